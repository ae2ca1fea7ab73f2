using System.Collections.Immutable;
using Crosstown.Core.Controllers;
using Crosstown.Core.Data;
using Crosstown.Timing.Evaluation;
using Crosstown.Timing.Model;
using Crosstown.Timing.Optimization;

namespace Crosstown.Timing.Tests.Optimization;

/// <summary>Whole plans: they gain, they keep every rule, and the same seed gives the same one.</summary>
public sealed class PlanOptimizerTests
{
    private static readonly OptimizerOptions Quick = new() { MinCycleS = 80, MaxCycleS = 100, CycleStepS = 10 };

    [Fact]
    public void A_plan_is_better_than_today_s_and_every_controller_can_run_it()
    {
        var network = ReferenceGrid.Make(3, 4, 21);
        var result = new PlanOptimizer(network, Quick).Optimize();
        Assert.True(result.IsComplete);
        Assert.True(result.Evaluation.Index < result.Today!.Index * 0.8, $"{result.Today.Index} to {result.Evaluation.Index}");
        for (var s = 0; s < network.Signals.Length; s++)
        {
            var pattern = result.Plan.Patterns[s]!;
            _ = new ControllerProgram(network.Signals[s].Phases, patterns: [pattern]);
            Assert.All(pattern.SplitMs.Values, ms => Assert.Equal(0, ms % 1000));
            foreach (var phase in network.Signals[s].Phases)
            {
                Assert.True(pattern.SplitMs[phase.Number] >= Math.Max(phase.MinimumGreenMs, phase.WalkMs + phase.PedestrianClearanceMs) + phase.ChangeMs, $"signal {s}, phase {phase.Number}");
            }
        }
    }

    [Fact]
    public void The_index_that_is_reported_is_what_an_evaluator_says_of_the_plan()
    {
        var network = ReferenceGrid.Make(2, 3, 5);
        var result = new PlanOptimizer(network, Quick).Optimize();
        Assert.Equal(new PlanEvaluator(network, Quick.Evaluation, Quick.Objective).Evaluate(result.Plan).Index, result.Evaluation.Index);
    }

    [Fact]
    public void The_same_seed_gives_the_same_plan_for_one_thread_and_for_four()
    {
        var network = ReferenceGrid.Make(3, 3, 2);
        var one = new PlanOptimizer(network, Quick with { MaxThreads = 1 }).Optimize();
        var four = new PlanOptimizer(network, Quick with { MaxThreads = 4 }).Optimize();
        Assert.Equal(one.Evaluation.Index, four.Evaluation.Index);
        Assert.Equal(Show(one.Plan), Show(four.Plan));
        Assert.Equal(one.Changes.Select(c => c.Text), four.Changes.Select(c => c.Text));
    }

    [Fact]
    public void What_is_locked_stays_as_it_is_today()
    {
        var network = ReferenceGrid.Make(2, 4, 9);
        TimingLocks[] locks = [TimingLocks.Offset, TimingLocks.Splits, TimingLocks.Sequence, TimingLocks.Cycle, TimingLocks.Offset | TimingLocks.Splits | TimingLocks.Sequence | TimingLocks.Cycle];
        network = network with { Signals = [.. network.Signals.Select((s, i) => s with { Locks = i < locks.Length ? locks[i] : TimingLocks.None, Today = s.Today! with { OffsetMs = 1000 * (7 * i % 90) } })] };
        var plan = new PlanOptimizer(network, Quick).Optimize().Plan;
        for (var s = 0; s < locks.Length; s++)
        {
            var (now, today) = (plan.Patterns[s]!, network.Signals[s].Today!);
            Assert.True(!locks[s].HasFlag(TimingLocks.Offset) || now.OffsetMs == today.OffsetMs, $"offset of {s}: {now.OffsetMs}");
            Assert.True(!locks[s].HasFlag(TimingLocks.Splits) || now.SplitMs.SequenceEqual(today.SplitMs), $"splits of {s}");
            Assert.True(!locks[s].HasFlag(TimingLocks.Sequence) || now.Sequence.IsEmpty, $"sequence of {s}");
            Assert.True((locks[s] & (TimingLocks.Cycle | TimingLocks.Splits)) == 0 || now.CycleMs == today.CycleMs, $"cycle of {s}");
        }

        Assert.Equal(network.Signals[4].Today!.OffsetMs, plan.Patterns[4]!.OffsetMs);
    }

    [Fact]
    public void Offsets_and_splits_stay_within_their_limits_of_today()
    {
        var network = ReferenceGrid.Make(2, 4, 9);
        var options = Quick with { ChangesCycle = false, ChangesSequence = false, MaxOffsetChangeS = 12, MaxSplitChangeS = 3, KeepsPedestrianMinimums = false };
        var result = new PlanOptimizer(network, options).Optimize();
        Assert.True(result.Evaluation.Index < result.Today!.Index);
        for (var s = 0; s < network.Signals.Length; s++)
        {
            var (now, today) = (result.Plan.Patterns[s]!, network.Signals[s].Today!);
            var apart = Math.Abs(now.OffsetMs - today.OffsetMs);
            Assert.InRange(Math.Min(apart, 90_000 - apart), 0, 12_000);
            Assert.All(today.SplitMs, split => Assert.InRange(now.SplitMs[split.Key], split.Value - 3000, split.Value + 3000));
            Assert.Equal(90_000, now.CycleMs);
        }
    }

    [Fact]
    public void No_lock_is_ever_broken_and_near_today_stays_near_today_wherever_the_cycle_stays()
    {
        var stayed = 0;
        var moved = 0;
        for (var seed = 1UL; seed <= 24; seed++)
        {
            var random = new Core.RandomNumbers(seed, 77);
            var network = ReferenceGrid.Make(2, 3, seed, cycleS: 80 + (5 * random.NextInt(5)));
            network = network with
            {
                Signals =
                [
                    .. network.Signals.Select(s => s with
                    {
                        Locks = random.NextInt(2) == 0 ? TimingLocks.None : (TimingLocks)random.NextInt(16),
                        Today = s.Today! with { OffsetMs = 1000 * random.NextInt(s.Today!.CycleMs / 1000), Sequence = random.NextInt(2) == 0 ? [] : [[2, 1, 3, 4], [5, 6, 8, 7]] },
                    }),
                ],
            };
            var options = new OptimizerOptions
            {
                MinCycleS = 75, MaxCycleS = 100, Seed = seed, KeepsPedestrianMinimums = false, MaxThreads = 2,
                MaxOffsetChangeS = random.NextInt(3) == 0 ? null : random.NextInt(12), MaxSplitChangeS = random.NextInt(3) == 0 ? null : random.NextInt(6),
                Arterials = random.NextInt(3) == 0 ? [new() { Signals = [0, 1, 2] }] : [],
            };
            var plan = new PlanOptimizer(network, options).Optimize().Plan;
            for (var s = 0; s < network.Signals.Length; s++)
            {
                var (now, today, locks) = (plan.Patterns[s]!, network.Signals[s].Today!, network.Signals[s].Locks);
                var what = $"seed {seed}, signal {s}, {locks}";
                _ = new ControllerProgram(network.Signals[s].Phases, patterns: [now]);
                Assert.True(!locks.HasFlag(TimingLocks.Cycle) || now.CycleMs == today.CycleMs, what);
                Assert.True(!locks.HasFlag(TimingLocks.Splits) || now.SplitMs.SequenceEqual(today.SplitMs), what);
                Assert.True(!locks.HasFlag(TimingLocks.Offset) || now.OffsetMs == today.OffsetMs % now.CycleMs, $"{what}: {today.OffsetMs} to {now.OffsetMs}");
                Assert.True(!locks.HasFlag(TimingLocks.Sequence) || now.Sequence.Select(r => string.Join(' ', r)).SequenceEqual(today.Sequence.Select(r => string.Join(' ', r))), what);
                if (now.CycleMs != today.CycleMs)
                {
                    moved++;
                    continue;
                }

                stayed++;
                var apart = Math.Abs(now.OffsetMs - today.OffsetMs);
                Assert.True(options.MaxOffsetChangeS is not { } o || Math.Min(apart, now.CycleMs - apart) <= o * 1000, $"{what}: offset {today.OffsetMs} to {now.OffsetMs}, at most {options.MaxOffsetChangeS}");
                Assert.True(
                    options.MaxSplitChangeS is not { } x || today.SplitMs.All(p => Math.Abs(now.SplitMs[p.Key] - p.Value) <= x * 1000),
                    $"{what}: {string.Join(',', today.SplitMs.Values)} to {string.Join(',', now.SplitMs.Values)}, at most {options.MaxSplitChangeS}");
            }
        }

        Assert.True(stayed > 30 && moved > 30, $"{stayed} stayed, {moved} moved");
    }

    [Theory]
    [InlineData(3)]
    [InlineData(12)]
    public void What_coordination_brings_on_a_link_is_the_index_less_its_mean_over_all_offsets(int seed)
    {
        var network = ReferenceGrid.Make(1, 2, (ulong)seed);
        var options = new OptimizerOptions { ChangesCycle = false, ChangesSplits = false, ChangesSequence = false, Evaluation = new EvaluationOptions { MaxSweeps = 12, Tolerance = 1e-8 } };
        var result = new PlanOptimizer(network, options).Optimize();
        var evaluator = new PlanEvaluator(network, options.Evaluation);
        var uncoordinated = Enumerable.Range(0, 90)
            .Average(o => evaluator.Evaluate(new NetworkPlan { Patterns = result.Plan.Patterns.SetItem(1, result.Plan.Patterns[1]! with { OffsetMs = o * 1000 }) }).Index);
        Assert.Equal(2, result.Links.Length);
        Assert.Equal(uncoordinated - result.Evaluation.Index, result.Links.Sum(l => l.Gained), 0.005);
        Assert.All(result.Links, l => Assert.True(l.Gained <= l.Worth && l.Worth > 0));
        Assert.Equal(network.Demands[0].FedVehPerHour[8].Sum() + network.Demands[0].FedVehPerHour[9].Sum(), result.Links.Single(l => l.From == 0).VehPerHour, 0.01);
    }

    [Fact]
    public void Splits_are_never_shorter_than_an_engineer_asks_and_that_costs_something()
    {
        var network = ReferenceGrid.Make(2, 3, 8);
        var asked = Enumerable.Range(1, 8).ToImmutableSortedDictionary(p => (byte)p, p => p % 2 == 1 ? 21_000 : 24_000);
        var options = Quick with { KeepsPedestrianMinimums = false };
        var bound = network with { Signals = [.. network.Signals.Select((s, i) => i % 2 == 0 ? s with { Today = null, MinimumSplitMs = asked } : s)] };
        var free = new PlanOptimizer(network, options).Optimize();
        var result = new PlanOptimizer(bound, options).Optimize();
        Assert.Contains(free.Plan.Patterns[0]!.SplitMs, split => split.Value < asked[split.Key]);
        for (var s = 0; s < 6; s += 2)
        {
            Assert.All(result.Plan.Patterns[s]!.SplitMs, split => Assert.True(split.Value >= asked[split.Key], $"signal {s}, phase {split.Key}: {split.Value}"));
        }

        Assert.True(result.Evaluation.Index > free.Evaluation.Index);
    }

    [Fact]
    public void Finer_steps_around_the_best_cycle_never_cost_and_often_gain()
    {
        var gained = 0;
        for (var seed = 1UL; seed <= 4; seed++)
        {
            var network = ReferenceGrid.Make(2, 3, seed);
            var coarse = new PlanOptimizer(network, new OptimizerOptions { FineCycleStepS = 10 }).Optimize();
            var fine = new PlanOptimizer(network, new OptimizerOptions()).Optimize();
            Assert.True(fine.Evaluation.Index <= coarse.Evaluation.Index * 1.0001, $"seed {seed}: {coarse.Evaluation.Index} to {fine.Evaluation.Index}");
            Assert.Equal(0, coarse.Plan.Patterns[0]!.CycleMs % 10_000);
            gained += fine.Plan.Patterns[0]!.CycleMs % 10_000 != 0 ? 1 : 0;
        }

        Assert.InRange(gained, 1, 4);
    }

    [Fact]
    public void Canceled_before_it_begins_it_gives_a_plan_that_is_not_worse_than_today_s()
    {
        var network = ReferenceGrid.Make(2, 3, 3);
        using var cancel = new CancellationTokenSource();
        cancel.Cancel();
        var result = new PlanOptimizer(network, Quick with { KeepsPedestrianMinimums = false }).Optimize(cancellation: cancel.Token);
        Assert.False(result.IsComplete);
        Assert.True(result.Evaluation.Index <= result.Today!.Index * 1.0001);
    }

    [Fact]
    public void Minimums_that_fit_in_no_cycle_are_told_for_every_such_signal()
    {
        var network = ReferenceGrid.Make(1, 2, 3);
        var exception = Assert.Throws<ProblemException>(() =>
            new PlanOptimizer(network with { Signals = [.. network.Signals.Select(s => s with { Today = null })] }, new OptimizerOptions { MinCycleS = 40, MaxCycleS = 50, UsesHalfAndDoubleCycles = false }).Optimize());
        Assert.Equal(["XT691", "XT691"], exception.Problems.Select(p => p.Code));
        Assert.Contains("72 s", exception.Problems[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_signal_that_needs_more_than_the_common_cycle_runs_one_cycle_in_two()
    {
        var network = ReferenceGrid.Make(1, 3, 3);
        ImmutableArray<PhaseTiming> quick = [.. ReferenceGrid.Phases(hasWalks: false)];
        network = network with { Signals = [.. network.Signals.Select((s, i) => s with { Today = null, Phases = i == 1 ? s.Phases : quick })] };
        var plan = new PlanOptimizer(network, new OptimizerOptions { MinCycleS = 60, MaxCycleS = 60 }).Optimize().Plan;
        Assert.Equal([60_000, 120_000, 60_000], plan.Patterns.Select(p => p!.CycleMs));
    }

    [Fact]
    public void A_quiet_crossing_between_busy_ones_runs_two_cycles_in_one()
    {
        var network = ReferenceGrid.Make(1, 3, 3, cycleS: 140);
        ImmutableArray<PhaseTiming> quick = [.. ReferenceGrid.Phases(hasWalks: false)];
        var demand = network.Demands[0];
        double Volume(int g) => g / 8 != 1 ? demand.VolumeVehPerHour[g] * 1.1 : g % 2 == 1 ? 20 : 250;
        network = network with
        {
            Signals = [.. network.Signals.Select((s, i) => s with { Phases = i == 1 ? quick : s.Phases })],
            Demands = [demand with { VolumeVehPerHour = [.. Enumerable.Range(0, 24).Select(Volume)], FedVehPerHour = [.. demand.FedVehPerHour.Select(f => f.Select(x => x * 0.1).ToImmutableArray())] }],
        };
        var result = new PlanOptimizer(network, new OptimizerOptions { MinCycleS = 140, MaxCycleS = 140 }).Optimize();
        Assert.Equal(result.Plan.Patterns[0]!.CycleMs / 2, result.Plan.Patterns[1]!.CycleMs);
    }

    [Fact]
    public void A_left_turn_that_waits_for_gaps_without_an_arrow_keeps_its_order()
    {
        var network = ReferenceGrid.Make(2, 3, 14);
        network = network with
        {
            Groups = [.. network.Groups.Select((g, i) => i % 2 == 0 ? g : g with { PermissivePhases = 1u << new[] { 2, 4, 6, 8 }[i % 8 / 2], Opposing = [(i / 8 * 8) + ((((i % 8 / 2) + 2) % 4) * 2)] })],
        };
        var plan = new PlanOptimizer(network, Quick).Optimize().Plan;
        Assert.All(plan.Patterns, p => Assert.True(p!.Sequence.IsEmpty));
    }

    [Fact]
    public void A_plan_for_several_demands_serves_their_mean_or_guards_the_worst()
    {
        var network = ReferenceGrid.Make(2, 3, 6, demands: 3);
        var mean = new PlanOptimizer(network, Quick with { ChangesCycle = false }).Optimize();
        var guarded = new PlanOptimizer(network, Quick with { ChangesCycle = false, Objective = new TimingObjective { WorstShare = 1 } }).Optimize();
        Assert.Equal(mean.Evaluation.Demands.Average(d => d.Index), mean.Evaluation.Index, 1e-6);
        Assert.Equal(guarded.Evaluation.Demands.Max(d => d.Index), guarded.Evaluation.Index, 1e-6);
        Assert.True(guarded.Evaluation.Demands.Max(d => d.Index) <= mean.Evaluation.Demands.Max(d => d.Index) * 1.002, $"{string.Join(", ", guarded.Evaluation.Demands.Select(d => d.Index))} and {string.Join(", ", mean.Evaluation.Demands.Select(d => d.Index))}");
    }

    [Fact]
    public void Heavier_stops_give_a_plan_with_fewer_of_them_and_limits_of_waiting_shorter_cycles()
    {
        var network = ReferenceGrid.Make(2, 4, 17);
        var options = new OptimizerOptions { MinCycleS = 80, MaxCycleS = 140, CycleStepS = 20 };
        PlanEvaluation Evaluate(TimingObjective objective) =>
            new PlanEvaluator(network, options.Evaluation).Evaluate(new PlanOptimizer(network, options with { Objective = objective }).Optimize().Plan);
        var delay = Evaluate(new TimingObjective { StopPenaltyS = 0 }).Demands[0];
        var stops = Evaluate(new TimingObjective { StopPenaltyS = 60 }).Demands[0];
        Assert.True(stops.Stops < delay.Stops, $"{stops.Stops} and {delay.Stops}");
        Assert.True(delay.DelayVehHours < stops.DelayVehHours);
        var walkers = Evaluate(new TimingObjective { StopPenaltyS = 60, PedestrianWaitLimitS = 32, PedestrianWeight = 1 }).Demands[0];
        Assert.True(walkers.PedestrianDelayS <= 32, $"{walkers.PedestrianDelayS} and {stops.PedestrianDelayS}");
    }

    [Fact]
    public void Alternatives_trade_one_thing_for_another_and_none_beats_another_in_all()
    {
        var result = new PlanOptimizer(ReferenceGrid.Make(2, 4, 17), new OptimizerOptions { MinCycleS = 80, MaxCycleS = 140, CycleStepS = 20 }).Optimize();
        Assert.True(result.Alternatives.Length >= 2);
        Assert.Contains(result.Alternatives, a => a.Index == result.Evaluation.Index);
        Assert.All(result.Alternatives, a => Assert.DoesNotContain(result.Alternatives, b => b.DelayVehHours < a.DelayVehHours && b.Stops < a.Stops && b.PedestrianDelayS < a.PedestrianDelayS));
    }

    [Fact]
    public void A_change_of_offset_is_explained_by_what_going_back_would_cost()
    {
        var network = ReferenceGrid.Make(1, 4, 12);
        var good = new PlanOptimizer(network, Quick with { ChangesCycle = false, ChangesSplits = false, ChangesSequence = false }).Optimize().Plan;
        var spoiled = good.Patterns[2]! with { OffsetMs = (good.Patterns[2]!.OffsetMs + 37_000) % 90_000 };
        var today = network with { Signals = [.. network.Signals.Select((s, i) => s with { Today = i == 2 ? spoiled : good.Patterns[i] })] };
        var result = new PlanOptimizer(today, Quick with { ChangesCycle = false, ChangesSplits = false, ChangesSequence = false }).Optimize();
        var change = Assert.Single(result.Changes);
        Assert.Equal(2, change.Signal);
        Assert.Equal(-37, change.OffsetChangeS);
        var gain = result.Today!.Index - result.Evaluation.Index;
        Assert.InRange(change.Gain, gain * 0.95, gain * 1.05);
        Assert.StartsWith("Signal 3: offset -37 s: saves ", change.Text, StringComparison.Ordinal);
        Assert.Contains("bound", change.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_short_busy_link_is_worth_more_than_a_long_quiet_one()
    {
        var network = ReferenceGrid.Make(1, 3, 12);
        var demand = network.Demands[0];
        // Eastbound: group 8 is fed over the first block, group 16 over the second, which is made four times as long and carries a third.
        network = network with
        {
            Groups = [.. network.Groups.Select((g, i) => i is 16 or 17 ? g with { Feeders = [.. g.Feeders.Select(f => f with { TravelS = 140 })] } : g)],
            Demands = [demand with { VolumeVehPerHour = [.. demand.VolumeVehPerHour.Select((v, i) => i is 16 or 17 ? v / 3 : v)], FedVehPerHour = [.. demand.FedVehPerHour.Select((f, i) => i is 16 or 17 ? [.. f.Select(x => x / 3)] : f)] }],
        };
        var links = new PlanOptimizer(network, Quick).Optimize().Links;
        Assert.Equal(4, links.Length);
        var near = links.Single(l => l is { From: 0, To: 1 });
        var far = links.Single(l => l is { From: 1, To: 2 });
        Assert.True(near.Worth > 3 * far.Worth, $"{near.Worth} and {far.Worth}");
        Assert.All(links, l => Assert.InRange(l.Cost, l.BestCost, double.MaxValue));
    }

    [Fact]
    public void Parts_that_do_not_touch_choose_their_own_cycle()
    {
        var near = ReferenceGrid.Make(1, 2, 3);
        var far = ReferenceGrid.Make(1, 2, 4);
        LaneGroup Moved(LaneGroup g) => g with { Signal = g.Signal + 2, Feeders = [.. g.Feeders.Select(f => f with { Group = f.Group + 16 })] };
        var (a, b) = (near.Demands[0], far.Demands[0]);
        var network = new TimingNetwork
        {
            Signals = [.. near.Signals, .. far.Signals.Select((s, i) => s with { Signal = Core.Street.SignalId.Parse($"{i + 3}") })],
            Groups = [.. near.Groups, .. far.Groups.Select(Moved)],
            Demands = [a with { VolumeVehPerHour = [.. a.VolumeVehPerHour.Select(v => v * 0.35), .. b.VolumeVehPerHour.Select(v => v * 1.4)], FedVehPerHour = [.. a.FedVehPerHour.Select(f => f.Select(x => x * 0.35).ToImmutableArray()), .. b.FedVehPerHour] }],
        };
        var plan = new PlanOptimizer(network, new OptimizerOptions { MinCycleS = 75, MaxCycleS = 120, CycleStepS = 15, UsesHalfAndDoubleCycles = false }).Optimize().Plan;
        Assert.Equal(plan.Patterns[0]!.CycleMs, plan.Patterns[1]!.CycleMs);
        Assert.Equal(plan.Patterns[2]!.CycleMs, plan.Patterns[3]!.CycleMs);
        Assert.True(plan.Patterns[0]!.CycleMs < plan.Patterns[2]!.CycleMs, Show(plan));
    }

    private static string Show(NetworkPlan plan) => string.Join(
        "; ", plan.Patterns.Select(p => p is null ? "free" : $"{p.CycleMs} {p.OffsetMs} {string.Join(',', p.SplitMs.Values)} {string.Join('|', p.Sequence.Select(r => string.Join(',', r)))}"));
}
