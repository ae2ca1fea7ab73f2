using Crosstown.Core;
using Crosstown.Core.Controllers;
using Crosstown.Timing.Evaluation;
using Crosstown.Timing.Model;
using Crosstown.Timing.Optimization;

namespace Crosstown.Timing.Tests.Optimization;

/// <summary>Pair tables against full evaluation, and the search on them against trying everything.</summary>
public sealed class OffsetSearchTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_table_says_what_evaluating_each_difference_of_offsets_says(int seed)
    {
        var network = ReferenceGrid.Make(1, 2, (ulong)seed);
        var engine = Engine(network, bins: 45);
        engine.SetPlan(ReferenceGrid.Today(network));
        engine.Evaluate();
        var tables = Tables(engine);
        var row = System.Runtime.InteropServices.MemoryMarshal.CreateReadOnlySpan(ref tables.Row(tables.FirstEdge(1)), 45).ToArray();
        var fixedCost = double.NaN;
        var zero = engine.ZeroS(1);
        for (var d = 0; d < 45; d++)
        {
            engine.SetZero(1, zero + (2 * d));
            var index = engine.Evaluate();
            fixedCost = double.IsNaN(fixedCost) ? index - row[d] : fixedCost;
            Assert.Equal(index - fixedCost, row[d], 1e-3);
        }
    }

    [Fact]
    public void A_table_with_a_storage_bound_and_two_sources_says_the_same()
    {
        var network = ReferenceGrid.Make(1, 3, 7);
        // The middle signal's westbound through also gets a tenth from the signal west of it, as if a street joined there.
        const int Group = 8 + 4;
        var group = network.Groups[Group] with { StorageVeh = 9, Feeders = network.Groups[Group].Feeders.Add(new Feeder(0, 30)) };
        var demand = network.Demands[0];
        var fed = demand.FedVehPerHour[Group];
        network = network with
        {
            Groups = network.Groups.SetItem(Group, group),
            Demands = [demand with { FedVehPerHour = demand.FedVehPerHour.SetItem(Group, [.. fed.Select(f => f * 0.9), fed.Sum() * 0.1]) }],
        };
        var engine = Engine(network, bins: 45);
        engine.SetPlan(ReferenceGrid.Today(network));
        engine.Evaluate();
        var tables = Tables(engine);
        var link = tables.Links.ToArray().Single(l => l.Group == Group && l.Up == 2);
        tables.Tabulate(engine, link);
        var row = tables.LastCosts(45).ToArray();
        var start = engine.Cost(Group);
        var zero = engine.ZeroS(2);
        for (var d = 0; d < 45; d++)
        {
            // Turning what comes from the signal upstream alone is moving that signal the other way; its own departures keep their shape.
            engine.SetZero(2, zero - (2 * d));
            engine.Update([Group], keepsFlow: false);
            Assert.Equal(engine.Cost(Group) - start, row[d] - row[0], 1e-3);
        }
    }

    [Fact]
    public void The_best_offsets_of_a_street_are_exact()
    {
        for (var seed = 1UL; seed <= 5; seed++)
        {
            var network = ReferenceGrid.Make(1, 4, seed);
            var engine = Engine(network, bins: 16);
            engine.SetPlan(ReferenceGrid.Today(network));
            engine.Evaluate();
            var search = new OffsetSearch(Tables(engine), new float[4][]);
            search.SolveForest([2, 0, 3, 1]);
            var found = search.Cost();
            var best = double.MaxValue;
            for (var i = 0; i < 16 * 16 * 16; i++)
            {
                search.Offsets[1] = i % 16;
                search.Offsets[2] = i / 16 % 16;
                search.Offsets[3] = i / 256;
                search.Offsets[0] = 0;
                best = Math.Min(best, search.Cost());
            }

            Assert.Equal(best, found, 1e-4);
        }
    }

    [Fact]
    public void No_move_makes_the_cost_greater()
    {
        var network = ReferenceGrid.Make(5, 6, 11);
        var engine = Engine(network, bins: 60);
        engine.SetPlan(ReferenceGrid.Today(network));
        engine.Evaluate();
        var search = new OffsetSearch(Tables(engine), new float[30][]);
        var random = new RandomNumbers(4);
        for (var s = 0; s < 30; s++)
        {
            search.Offsets[s] = random.NextInt(60);
        }

        var cost = search.Cost();
        for (var move = 0; move < 60; move++)
        {
            switch (move % 3)
            {
                case 0:
                    search.SolveRandomForest(random);
                    break;
                case 1:
                    search.ShiftTogether([move % 30, (move + 1) % 30, (move + 7) % 30]);
                    break;
                default:
                    search.Improve(move % 30);
                    break;
            }

            var after = search.Cost();
            Assert.True(after <= cost + 1e-3, $"move {move}: {cost} to {after}");
            cost = after;
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void On_a_block_of_four_signals_the_search_finds_what_trying_everything_finds(int seed)
    {
        const int Bins = 24;
        var network = ReferenceGrid.Make(2, 2, (ulong)seed, cycleS: 96);
        var evaluation = new EvaluationOptions { Bins = Bins, MaxSweeps = 6 };
        var search = new NetworkSearch(network, new OptimizerOptions { Evaluation = evaluation }, 1, CancellationToken.None);
        search.Load([.. network.Signals.Select(s => SignalState.Of(s.Today!))]);
        search.SearchOffsets(10, 20);

        var engine = new ProfileEngine(network, 0, evaluation, new TimingObjective());
        engine.SetPlan(ReferenceGrid.Today(network));
        var best = double.MaxValue;
        for (var i = 0; i < Bins * Bins * Bins; i++)
        {
            engine.SetOffset(1, i % Bins * 4, OffsetReference.BeginGreen);
            engine.SetOffset(2, i / Bins % Bins * 4, OffsetReference.BeginGreen);
            engine.SetOffset(3, i / Bins / Bins * 4, OffsetReference.BeginGreen);
            best = Math.Min(best, engine.Evaluate());
        }

        Assert.InRange(search.Index, best * 0.999, best * 1.005);
    }

    [Fact]
    public void Every_kernel_width_builds_the_same_tables()
    {
        var network = ReferenceGrid.Make(2, 3, 2);
        var rows = new List<float[]>();
        foreach (var width in new[] { LaneWidth.One, LaneWidth.Half, LaneWidth.Wide }.Where(w => w != LaneWidth.Wide || Lanes512.IsSupported))
        {
            var engine = new ProfileEngine(network, 0, new EvaluationOptions(), new TimingObjective()) { Kernel = width };
            engine.SetPlan(ReferenceGrid.Today(network));
            engine.Evaluate();
            var tables = Tables(engine);
            rows.Add([.. Enumerable.Range(0, tables.FirstEdge(6)).SelectMany(e => System.Runtime.InteropServices.MemoryMarshal.CreateReadOnlySpan(ref tables.Row(e), 180).ToArray())]);
        }

        Assert.All(rows, row => Assert.Equal(rows[0], row));
    }

    private static ProfileEngine Engine(TimingNetwork network, int bins) => new(network, 0, new EvaluationOptions { Bins = bins, Tolerance = 0 }, new TimingObjective());

    private static PairTables Tables(ProfileEngine engine)
    {
        var tables = new PairTables(engine);
        tables.Add(engine, 1);
        tables.Close();
        return tables;
    }
}
