using System.Collections.Immutable;
using Crosstown.Core;
using Crosstown.Core.Controllers;
using Crosstown.Core.Street;
using Crosstown.Timing.Model;
using Crosstown.Timing.Optimization;

namespace Crosstown.Timing.Tests.Optimization;

/// <summary>Splits that the optimizer begins with: every controller takes them, and they keep what an engineer asked for.</summary>
public sealed class SplitRulesTests
{
    [Fact]
    public void Splits_that_fill_a_cycle_leave_coordinated_phases_green_together_whatever_their_order_and_flows()
    {
        var random = new RandomNumbers(31);
        var tight = 0;
        for (var draw = 0; draw < 500; draw++)
        {
            var phases = ReferenceGrid.Phases(hasWalks: false).Select(p => p with
            {
                MinimumGreenMs = 1000 * (4 + random.NextInt(12)),
                YellowMs = 3000 + (100 * random.NextInt(20)),
                RedClearanceMs = 500 + (100 * random.NextInt(20)),
                IsCoordinated = (draw % 2 == 0 ? new[] { 2, 6 } : [3, 8]).Contains(p.Number),
            }).ToImmutableArray();
            ImmutableArray<ImmutableArray<byte>> sequence = [Order(random, [1, 2], [3, 4]), Order(random, [5, 6], [7, 8])];
            var signal = new TimedSignal { Signal = SignalId.Parse("1"), Phases = phases };
            var rules = new SplitRules(signal, keepsPedestrians: false);
            var minimums = rules.Minimums(sequence);
            var shortest = rules.ShortestCycleMs(minimums, sequence);
            var flows = Enumerable.Range(0, 17).Select(_ => random.NextInt(4) == 0 ? random.Between(0, 0.6) : random.Between(0, 0.05)).ToArray();
            tight += shortest > rules.Groups.Sum(b => rules.Cells.Max(ring => ring[b].Sum(p => minimums[p]))) ? 1 : 0;
            foreach (var cycle in new[] { shortest, shortest + 1000, shortest + 7000, shortest + 40_000 })
            {
                var splits = rules.Fill(cycle, minimums, sequence, flows);
                var pattern = new PatternTiming { Number = 1, CycleMs = cycle, OffsetMs = 0, Sequence = sequence, SplitMs = phases.ToImmutableSortedDictionary(p => p.Number, p => splits[p.Number]) };

                // Throws when a controller would refuse the pattern: rings that differ, a cycle not filled, minimums, or coordinated phases never green together.
                _ = new ControllerProgram(phases, patterns: [pattern]);
                Assert.False(rules.PartsCoordinated(splits, sequence));
                Assert.All(phases, p => Assert.True(splits[p.Number] >= minimums[p.Number]));
            }
        }

        Assert.InRange(tight, 20, 400);
    }

    [Fact]
    public void Splits_that_keep_coordinated_phases_apart_are_told()
    {
        // Phase 2 lags in ring 1, phase 6 leads in ring 2: 25 s and 20 s of 50 s never meet, 30 s and 35 s do.
        var rules = new SplitRules(new TimedSignal { Signal = SignalId.Parse("1"), Phases = ReferenceGrid.Phases(hasWalks: false) }, keepsPedestrians: false);
        ImmutableArray<ImmutableArray<byte>> sequence = [[1, 2, 3, 4], [6, 5, 7, 8]];
        var splits = new int[17];
        (splits[1], splits[2], splits[6], splits[5]) = (25_000, 25_000, 20_000, 30_000);
        Assert.True(rules.PartsCoordinated(splits, sequence));
        (splits[1], splits[2], splits[6], splits[5]) = (20_000, 30_000, 35_000, 15_000);
        Assert.False(rules.PartsCoordinated(splits, sequence));
    }

    [Fact]
    public void An_engineer_s_shortest_split_counts_beside_minimum_green_and_change_but_does_not_forbid_today_s()
    {
        var today = ReferenceGrid.Make(1, 2).Signals[0];
        var signal = today with
        {
            MinimumSplitMs = ImmutableSortedDictionary<byte, int>.Empty.Add(1, 12_000).Add(3, 14_400).Add(5, 40_000).Add(2, 3000),
            Today = today.Today! with { SplitMs = today.Today!.SplitMs.SetItem(5, 15_500) },
        };
        var minimums = new SplitRules(signal, keepsPedestrians: false).Minimums([]);
        Assert.Equal(12_000, minimums[1]);
        Assert.Equal(15_000, minimums[3]);
        Assert.Equal(15_000, minimums[5]);
        Assert.Equal(13_000, minimums[2]);
        Assert.Equal(40_000, new SplitRules(signal with { Today = null }, keepsPedestrians: false).Minimums([])[5]);
    }

    private static ImmutableArray<byte> Order(RandomNumbers random, byte[] first, byte[] second) =>
        [.. random.NextInt(2) == 0 ? first : first.Reverse(), .. random.NextInt(2) == 0 ? second : second.Reverse()];
}
