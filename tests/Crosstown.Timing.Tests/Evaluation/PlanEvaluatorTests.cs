using System.Collections.Immutable;
using Crosstown.Core.Controllers;
using Crosstown.Timing.Evaluation;
using Crosstown.Timing.Model;
using Crosstown.Timing.Optimization;
using Crosstown.Timing.Tests.Optimization;

namespace Crosstown.Timing.Tests.Evaluation;

/// <summary>The profile model against closed forms, and its laws.</summary>
public sealed class PlanEvaluatorTests
{
    [Theory]
    [InlineData(90, 35, 3600, 1120, null, 0.001)]
    [InlineData(90, 35, 3600, 1120, 60, 0.002)]
    [InlineData(90, 35, 3600, 300, null, 0.001)]
    [InlineData(120, 22, 1800, 200, null, 0.001)]
    [InlineData(100, 51, 1900, 900, null, 0.001)]
    [InlineData(61, 20, 1900, 500, null, 0.001)]
    public void Flat_arrivals_wait_as_the_closed_form_says(int cycle, int green, double saturation, double volume, int? bins, double tolerance)
    {
        var (network, plan) = SingleSignal.Make(cycle, green, saturation, volume);
        var group = new PlanEvaluator(network, new EvaluationOptions { Bins = bins }).Evaluate(plan).Demands[0].Groups[0]!.Value;

        var x = volume / (saturation * green / cycle);
        var expected = DelayFormulas.UniformDelayS(cycle, green / (double)cycle, x);
        Assert.InRange(group.UniformDelayS, expected * (1 - tolerance), expected * (1 + tolerance));
        Assert.Equal(x, group.DegreeOfSaturation, 1e-5);
        Assert.Equal(DelayFormulas.IncrementalDelayS(x, saturation * green / cycle, 0.25), group.OverflowDelayS, 1e-3);
        Assert.InRange(group.StopsPerVehicle, DelayFormulas.StoppedShare(cycle, green, saturation / 3600, volume / 3600) - (1.0 / cycle), DelayFormulas.StoppedShare(cycle, green, saturation / 3600, volume / 3600) + (1.0 / cycle));
    }

    [Fact]
    public void The_HCM_example_comes_out_of_the_profile_within_a_percent_below_and_above_capacity()
    {
        foreach (var (volume, uniform, overflow) in new[] { (1120.0, 24.395, 4.878), (1500.0, 27.5, 45.706) })
        {
            var (network, plan) = SingleSignal.Make(90, 35, 3600, volume);
            var group = new PlanEvaluator(network).Evaluate(plan).Demands[0].Groups[0]!.Value;
            Assert.InRange(group.UniformDelayS, uniform * 0.99, uniform * 1.01);
            Assert.InRange(group.OverflowDelayS, overflow * 0.99, overflow * 1.01);
        }
    }

    [Fact]
    public void The_queue_reaches_back_as_far_as_the_closed_form_says()
    {
        var (network, plan) = SingleSignal.Make(90, 35, 3600, 1120, g => g with { StorageVeh = 20 });
        var group = new PlanEvaluator(network).Evaluate(plan).Demands[0].Groups[0]!.Value;
        var overflow = group.OverflowDelayS * 1120 / 3600;
        Assert.Equal(24.84 + overflow, group.QueueReachVeh, 0.5);
        Assert.Equal(group.QueueReachVeh - 20, group.ExcessQueueVeh, 1e-9);
    }

    [Fact]
    public void A_platoon_spreads_as_Robertson_worked_it_out()
    {
        Span<double> expected = [.0002, .1517, .5603, .8066, .6844, .3547, .0686, .0058];
        int[] at = [15, 16, 20, 25, 26, 30, 40, 55];
        var dispersion = Dispersion.Of(new DispersionKey(20, 0.35, 0.8, 1, 60));
        Assert.Equal(16, dispersion.ShiftBins, 1e-9);
        Assert.Equal(0.1515, dispersion.Now, 1e-4);
        var arrivals = new double[60];
        var state = 0.0;
        for (var t = 0; t < 60 * 5; t++)
        {
            var from = ((t - 16) % 60 + 60) % 60;
            state = (dispersion.Now * (from < 10 ? 1 : 0)) + ((1 - dispersion.Now) * state);
            arrivals[t % 60] = state;
        }

        for (var i = 0; i < at.Length; i++)
        {
            Assert.Equal(expected[i], arrivals[at[i]], 0.0001);
        }
    }

    [Fact]
    public void Bins_of_another_length_keep_mean_and_spread_of_the_travel_time()
    {
        var fine = Dispersion.Of(new DispersionKey(30, 0.35, 0.8, 1, 90));
        var coarse = Dispersion.Of(new DispersionKey(30, 0.35, 0.8, 1.5, 60));
        static double Mean(Dispersion d, double binS) => (d.ShiftBins + ((1 - d.Now) / d.Now)) * binS;
        static double Variance(Dispersion d, double binS) => (1 - d.Now) / (d.Now * d.Now) * binS * binS;
        Assert.Equal(Mean(fine, 1), Mean(coarse, 1.5), 1e-4);
        Assert.Equal(Variance(fine, 1), Variance(coarse, 1.5), 1e-3);
    }

    [Fact]
    public void Every_kernel_width_gives_the_same_bits()
    {
        var network = ReferenceGrid.Make(4, 5, seed: 3);
        var random = new Core.RandomNumbers(9);
        var plan = new NetworkPlan { Patterns = [.. network.Signals.Select(s => s.Today! with { OffsetMs = 1000 * random.NextInt(90) })] };
        var answers = new List<(double Index, float[] Rows)>();
        foreach (var width in new[] { LaneWidth.One, LaneWidth.Half, LaneWidth.Wide })
        {
            if (width == LaneWidth.Wide && !Lanes512.IsSupported)
            {
                continue;
            }

            foreach (int? bins in new int?[] { null, 60, 64 })
            {
                var engine = new ProfileEngine(network, 0, new EvaluationOptions { Bins = bins }, new TimingObjective()) { Kernel = width };
                engine.SetPlan(plan);
                var index = engine.Evaluate();
                answers.Add((index, [.. Enumerable.Range(0, network.Groups.Length).SelectMany(g => engine.Departures(g).ToArray())]));
            }
        }

        Assert.InRange(answers[0].Index, 50, 1000);
        for (var i = 3; i < answers.Count; i++)
        {
            Assert.Equal(answers[i % 3].Index, answers[i].Index);
            Assert.Equal(answers[i % 3].Rows, answers[i].Rows);
        }
    }

    [Fact]
    public void Lanes_that_share_a_platoon_get_what_each_would_get_of_a_platoon_of_its_own()
    {
        // A hair's breadth between the proportions, and every group has a link of its own.
        var network = ReferenceGrid.Make(3, 4, seed: 3);
        var demand = network.Demands[0];
        ImmutableArray<double> Parted(ImmutableArray<double> fed, int g) => fed.Length < 2 || g % 2 == 0 ? fed : fed.SetItem(0, fed[0] * (1 + 1e-5));
        var parted = network with { Demands = [demand with { FedVehPerHour = [.. demand.FedVehPerHour.Select(Parted)] }] };
        var random = new Core.RandomNumbers(5);
        var plan = new NetworkPlan { Patterns = [.. network.Signals.Select(s => s.Today! with { OffsetMs = 1000 * random.NextInt(90) })] };
        var shared = new ProfileEngine(network, 0, new EvaluationOptions(), new TimingObjective());
        var own = new ProfileEngine(parted, 0, new EvaluationOptions(), new TimingObjective());
        Assert.True(own.LinkCount > shared.LinkCount * 1.9, $"{own.LinkCount} and {shared.LinkCount}");
        shared.SetPlan(plan);
        own.SetPlan(plan);
        Assert.InRange(own.Evaluate() / shared.Evaluate(), 1 - 1e-4, 1 + 1e-4);
        for (var g = 0; g < network.Groups.Length; g++)
        {
            Assert.All(own.Departures(g).ToArray().Zip(shared.Departures(g).ToArray()), d => Assert.Equal(d.First, d.Second, 2e-3));
            Assert.Equal(own.FedFrom(g, network.Groups[g].Signal + 1), shared.FedFrom(g, network.Groups[g].Signal + 1), 0.01);
        }
    }

    [Fact]
    public void Trying_plans_on_an_engine_that_is_ready_takes_no_memory()
    {
        var network = ReferenceGrid.Make(4, 5, seed: 3);
        network = network with
        {
            Groups = [.. network.Groups.Select((g, i) => i % 8 == 1 ? g with { PermissivePhases = 1u << 2, Opposing = [(i / 8 * 8) + 4] } : g)],
        };
        var engine = new ProfileEngine(network, 0, new EvaluationOptions { MaxSweeps = 3 }, new TimingObjective { PedestrianWaitLimitS = 40 });
        engine.SetPlan(ReferenceGrid.Today(network));
        var tables = new PairTables(engine);
        var search = new OffsetSearch(tables, new float[tables.SignalCount][]);
        int[] changed = [7];
        var splits = engine.Layout(7).SplitMs.ToArray();
        var sum = 0.0;
        for (var pass = 0; pass < 2; pass++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var trial = 0; trial < 20; trial++)
            {
                for (var s = 0; s < network.Signals.Length; s++)
                {
                    engine.SetZero(s, trial * (s % 7));
                }

                engine.ResetFlow();
                sum += engine.Evaluate();
                engine.SetOffset(7, trial, OffsetReference.BeginGreen);
                (splits[2], splits[6], splits[4], splits[8]) = (splits[4], splits[8], splits[2], splits[6]);
                engine.SetTiming(7, [], splits);
                sum += engine.Propagate(changed);
                tables.Clear();
                tables.Add(engine, 1);
                tables.Close();
                search.Offsets[3] = trial;
                search.Descend();
                sum += search.Cost();
            }

            Assert.True(pass == 0 || GC.GetAllocatedBytesForCurrentThread() == before, $"{GC.GetAllocatedBytesForCurrentThread() - before} bytes");
        }

        Assert.InRange(sum, 100, 1e6);
    }

    [Fact]
    public void What_arrives_in_a_cycle_leaves_in_it()
    {
        var network = ReferenceGrid.Make(3, 4, seed: 5);
        var evaluator = new PlanEvaluator(network);
        var plan = ReferenceGrid.Today(network);
        for (var g = 0; g < network.Groups.Length; g++)
        {
            var profile = evaluator.FindProfile(plan, 0, g)!;
            var scaled = Math.Min(network.Demands[0].VolumeVehPerHour[g], profile.Service.Sum() * 40);
            Assert.Equal(profile.Arrivals.Sum(), profile.Departures.Sum(), 1e-3);
            Assert.InRange(profile.Departures.Sum() * 40, scaled * 0.9, scaled * 1.001);
            Assert.All(profile.Departures.Zip(profile.Service), bin => Assert.InRange(bin.First, 0, bin.Second + 1e-4));
        }
    }

    [Fact]
    public void The_same_shift_of_all_offsets_changes_nothing()
    {
        var network = ReferenceGrid.Make(4, 4, seed: 8);
        var random = new Core.RandomNumbers(2);
        var offsets = network.Signals.Select(_ => random.NextInt(90)).ToArray();
        var evaluator = new PlanEvaluator(network);
        var index = evaluator.Evaluate(Plan(0)).Index;
        Assert.InRange(index, 50, 1000);
        foreach (var shift in new[] { 1, 17, 44, 89 })
        {
            Assert.InRange(evaluator.Evaluate(Plan(shift)).Index, index * 0.99999, index * 1.00001);
        }

        NetworkPlan Plan(int shift) => new() { Patterns = [.. network.Signals.Select((s, i) => s.Today! with { OffsetMs = (offsets[i] + shift) % 90 * 1000 })] };
    }

    [Fact]
    public void Coordinated_arrivals_wait_less_than_flat_ones_and_uncoordinated_more()
    {
        var network = ReferenceGrid.Make(1, 2, seed: 4);
        var evaluator = new PlanEvaluator(network);
        var delays = Enumerable.Range(0, 90)
            .Select(o => evaluator.Evaluate(new NetworkPlan { Patterns = [network.Signals[0].Today, network.Signals[1].Today! with { OffsetMs = o * 1000 }] }).Demands[0].Groups[8]!.Value.UniformDelayS)
            .ToList();
        var x = network.Demands[0].VolumeVehPerHour[8] / (3420 * 24 / 90.0);
        var flat = DelayFormulas.UniformDelayS(90, 24 / 90.0, x);
        Assert.True(delays.Min() < flat * 0.75, $"best {delays.Min()}, flat {flat}");
        Assert.True(delays.Max() > flat * 1.1, $"worst {delays.Max()}, flat {flat}");
    }

    [Fact]
    public void Splits_that_do_not_fill_the_cycle_are_told_with_the_signal()
    {
        var (network, plan) = SingleSignal.Make(90, 35, 3600, 1120);
        var broken = new NetworkPlan { Patterns = [plan.Patterns[0]! with { CycleMs = 100_000 }] };
        var problem = Assert.Single(Assert.Throws<Core.Data.ProblemException>(() => new PlanEvaluator(network).Evaluate(broken)).Problems);
        Assert.Equal("XT690", problem.Code);
        Assert.Contains("signal 1", problem.Where, StringComparison.Ordinal);
    }

    [Fact]
    public void A_free_signal_has_no_figures_and_gives_an_even_flow()
    {
        var network = ReferenceGrid.Make(1, 2, seed: 4);
        var plan = new NetworkPlan { Patterns = [null, network.Signals[1].Today] };
        var evaluator = new PlanEvaluator(network);
        var evaluation = evaluator.Evaluate(plan).Demands[0];
        Assert.Null(evaluation.Groups[0]);
        var profile = evaluator.FindProfile(plan, 0, 8)!;
        Assert.Equal(profile.Arrivals.Min(), profile.Arrivals.Max(), 1e-6);
        Assert.Equal(network.Demands[0].VolumeVehPerHour[8] * 90 / 3600, profile.Arrivals.Sum(), 1e-3);
    }

    [Fact]
    public void Evaluating_a_change_gives_what_evaluating_the_whole_gives_and_computes_less()
    {
        var network = ReferenceGrid.Make(8, 8, seed: 6);
        var options = new EvaluationOptions { MaxSweeps = 30, Tolerance = 1e-7 };
        var evaluator = new PlanEvaluator(network, options);
        var plan = ReferenceGrid.Today(network);
        evaluator.Evaluate(plan);
        var changed = new NetworkPlan { Patterns = plan.Patterns.SetItem(27, plan.Patterns[27]! with { OffsetMs = 31_000 }) };
        var quick = evaluator.EvaluateChange(changed);
        var whole = new PlanEvaluator(network, options).Evaluate(changed);
        Assert.InRange(quick.Index, whole.Index * 0.9999, whole.Index * 1.0001);
        Assert.NotEqual(new PlanEvaluator(network, options).Evaluate(plan).Index, quick.Index);

        var engine = new ProfileEngine(network, 0, options, new TimingObjective());
        engine.SetPlan(plan);
        engine.Evaluate();
        engine.SetOffset(27, 31, OffsetReference.BeginGreen);
        Assert.InRange(engine.Propagate([27]), whole.Index * 0.9999, whole.Index * 1.0001);
        Assert.InRange(engine.UpdateCount, 8, engine.GroupCount * 4);
    }

    [Fact]
    public void A_permissive_left_turn_goes_in_gaps_after_the_opposing_queue_and_at_the_end()
    {
        // Phase 1 serves both; the left turn waits for an opposing flow of 600 veh/h on 1800.
        var (network, plan) = SingleSignal.Make(
            90, 40, 1800, 600, null,
            [new LaneGroup { Id = "1 SBL", Signal = 0, Phases = 0, PermissivePhases = 1 << 1, Opposing = [0], SaturationVehPerHour = 1700, StartLostS = 0, EndGainS = 0, Sneakers = 2 }],
            60);
        var left = new PlanEvaluator(network).Evaluate(plan).Demands[0].Groups[1]!.Value;
        // Hand: queue clears after (600/3600 · 50) / (0.5 - 600/3600) = 25 s of 40 s; gaps of 600 veh/h for 15 s of 90 s, and two sneakers each cycle.
        var gaps = DelayFormulas.PermissiveFlowVehPerHour(600) * 15 / 90;
        Assert.Equal(gaps + (2 * 3600 / 90.0), left.CapacityVehPerHour, 20.0);
    }

    [Fact]
    public void Two_phases_in_a_row_give_one_green_through_the_change_between_them()
    {
        var (network, plan) = SingleSignal.Make(90, 30, 1800, 100, g => g with { Phases = (1 << 1) | (1 << 2) });
        Assert.Equal(1800, new PlanEvaluator(network).Evaluate(plan).Demands[0].Groups[0]!.Value.CapacityVehPerHour, 0.01);
    }

    [Fact]
    public void Measured_arrivals_are_taken_as_they_are_and_turn_with_the_signal()
    {
        // Everybody comes in the ten seconds from local second 5 to 15 of a green of 35 s: nobody waits but for the one before.
        var (network, plan) = SingleSignal.Make(90, 35, 3600, 200);
        var shares = Enumerable.Range(0, 90).Select(t => t is >= 5 and < 15 ? 0.1 : 0.0);
        network = network with { Demands = [network.Demands[0] with { MeasuredArrivals = [[.. shares]] }] };
        var evaluator = new PlanEvaluator(network);
        Assert.Equal(0, evaluator.Evaluate(plan).Demands[0].Groups[0]!.Value.UniformDelayS, 0.01);
        Assert.Equal(1, evaluator.Evaluate(plan).Demands[0].Groups[0]!.Value.ArrivalOnGreenShare!.Value, 1e-3);

        // Offset 40 s later: they come at local 55 to 65, in red, and wait for second 90.
        var later = new NetworkPlan { Patterns = [plan.Patterns[0]! with { OffsetMs = 40_000 }] };
        Assert.InRange(evaluator.Evaluate(later).Demands[0].Groups[0]!.Value.UniformDelayS, 28, 33);
    }

    [Fact]
    public void Half_a_cycle_in_step_is_the_same_as_two_cycles_in_one()
    {
        var network = ReferenceGrid.Make(1, 2, seed: 4);
        var phases = ReferenceGrid.Phases(hasWalks: false);
        PatternTiming Pattern(int cycle, int[] splits) => network.Signals[0].Today! with { CycleMs = cycle, SplitMs = Enumerable.Range(1, 8).ToImmutableSortedDictionary(p => (byte)p, p => splits[p - 1] * 1000) };
        var whole = Pattern(100_000, [15, 35, 15, 35, 15, 35, 15, 35]);
        var half = Pattern(50_000, [9, 16, 9, 16, 9, 16, 9, 16]);
        network = network with { Signals = [.. network.Signals.Select(s => s with { Phases = phases })] };
        var evaluator = new PlanEvaluator(network);
        var profile = evaluator.FindProfile(new NetworkPlan { Patterns = [whole, half] }, 0, 8)!;
        Assert.Equal(100, profile.Service.Length);
        Assert.Equal(profile.Service[..50].ToArray(), profile.Service[50..].ToArray());
        Assert.NotEqual(profile.Arrivals[..50].ToArray(), profile.Arrivals[50..].ToArray());
        Assert.Equal(
            evaluator.Evaluate(new NetworkPlan { Patterns = [whole, half] }).Index,
            evaluator.Evaluate(new NetworkPlan { Patterns = [whole with { OffsetMs = 50_000 }, half] }).Index, 1e-3);
    }
}
