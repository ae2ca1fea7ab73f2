using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Crosstown.Core.Controllers;
using Crosstown.Core.Data;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Time;
using Crosstown.Simulation.Towns;
using Crosstown.Simulation.Traffic;

namespace Crosstown.Simulation.Tests;

/// <summary>The same day under another plan, and the truth that the two are compared by.</summary>
public sealed class TownPlanTests(ITestOutputHelper output)
{
    private const long Hour = 3_600_000;
    private const long Start = Town.DefaultStartMs + (48 * Hour);

    private static readonly SignalId BadOffset = SignalId.Parse("1004");

    private static string Hash(Town town, TimeRange range)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        TownLog.Write(town, range, (signal, events) =>
        {
            hash.AppendData(System.Text.Encoding.UTF8.GetBytes(signal.Value));
            hash.AppendData(MemoryMarshal.AsBytes(events));
        });
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private static TownSimulation Simulated(Town town, TimeRange range)
    {
        var simulation = new TownSimulation(town, range.StartMs);
        simulation.Advance(range.EndMs, (_, _) => { });
        return simulation;
    }

    /// <summary>The signal whose offset is bad with its greens moved by a share of the cycle in every pattern.</summary>
    private static TownPlan Moved(Town town, double share) => new()
    {
        Signal = BadOffset,
        Patterns = [.. town.FindSignal(BadOffset)!.Program.Patterns.Select(p => p with { OffsetMs = (p.OffsetMs + ((int)(share * p.CycleMs / 1000) * 1000)) % p.CycleMs })],
    };

    [Fact]
    public void The_same_timing_gives_the_same_bytes_and_another_others()
    {
        var town = Town.Create(5);
        var range = new TimeRange(Start + (7 * Hour), Start + (8 * Hour));
        var own = town.Signals.Select(s => new TownPlan { Signal = s.Signal, Patterns = s.Program.Patterns, Phases = s.Program.Phases, Weekdays = s.Weekdays, Weekends = s.Weekends });
        var before = Hash(town, range);

        Assert.Equal(before, Hash(town.WithPlans(own), range));
        Assert.Equal(before, Hash(town.WithPlans([]), range));
        Assert.Equal(Hash(town.WithPlans([Moved(town, 0.4)]), range), Hash(town.WithPlans([Moved(town, 0.4)]), range));
        Assert.NotEqual(before, Hash(town.WithPlans([Moved(town, 0.4)]), range));
    }

    [Theory]
    [InlineData(1, 8)]
    [InlineData(3, 8)]
    [InlineData(7, 24)]
    public void A_better_offset_where_it_is_bad_lowers_the_true_delay_of_its_street(ulong seed, int signals)
    {
        var town = Town.Create(seed, signals);
        foreach (var (from, to, atMost) in new[] { (7, 9, 0.93), (16, 18, 0.97) })
        {
            var range = new TimeRange(Start + (from * Hour), Start + (to * Hour));
            (double AtSignalS, double StreetS, int Stops) Sum(Town one)
            {
                var own = Simulated(one, range).ListTotals(range).Where(t => t.Direction is TravelDirection.Eastbound or TravelDirection.Westbound
                    && one.FindSignal(t.Signal)!.Configuration.Name.StartsWith("Harrison Avenue", StringComparison.Ordinal)).ToList();
                var here = own.Where(t => t.Signal == BadOffset).ToList();
                return (here.Sum(t => t.DelayS) / here.Sum(t => t.Vehicles), own.Sum(t => t.DelayS), own.Sum(t => t.Stops));
            }

            var before = Sum(town);
            var after = new[] { 0.2, 0.4, 0.6, 0.8 }.Select(share => Sum(town.WithPlans([Moved(town, share)]))).MinBy(s => s.StreetS);
            output.WriteLine($"seed {seed}, {from}-{to} h: {before.AtSignalS:0.0} to {after.AtSignalS:0.0} s at the signal, {before.StreetS / 3600:0.0} to {after.StreetS / 3600:0.0} veh-h and {before.Stops} to {after.Stops} stops on the street");
            Assert.True(after.StreetS < atMost * before.StreetS);
            Assert.True(after.AtSignalS < before.AtSignalS);
            Assert.True(after.Stops < before.Stops);
        }
    }

    [Fact]
    public void Splits_by_todays_volumes_lower_the_true_delay_of_the_street_whose_side_streets_are_starved()
    {
        // The arterial's seconds that it does not need go across, in proportion to what is there.
        var town = Town.Create(1, Town.MaxSignals);
        var plans = town.Signals.Where(s => !s.StarvedPhases.IsEmpty).Select(s => new TownPlan
        {
            Signal = s.Signal,
            Patterns = [.. s.Program.Patterns.Select(p => p with
            {
                SplitMs = p.SplitMs.ToImmutableSortedDictionary(x => x.Key, x => x.Value + (x.Key is 2 or 6 ? -12_000 : x.Key is 1 or 5 ? 0 : 6000)),
            })],
        }).ToList();
        var range = new TimeRange(Start + (6 * Hour), Start + (11 * Hour));
        double DelayS(Town one) => Simulated(one, range).ListTotals(range).Where(t => !town.FindSignal(t.Signal)!.StarvedPhases.IsEmpty).Sum(t => t.DelayS);
        var (before, after) = (DelayS(town), DelayS(town.WithPlans(plans)));

        output.WriteLine($"{before / 3600:0} to {after / 3600:0} veh-h");
        Assert.True(after < 0.8 * before);
    }

    [Fact]
    public void Who_comes_from_outside_is_the_same_under_any_plan()
    {
        var town = Town.Create(2, 4);
        var other = town.WithPlans([Moved(town, 0.4)]);
        var range = new TimeRange(Start, Start + (24 * Hour));
        var (one, two) = (Simulated(town, range), Simulated(other, range));
        var compared = 0;
        foreach (var signal in town.Signals)
        {
            foreach (var leg in signal.Legs.Where(l => signal.LinksIn.All(i => i.Direction != l.Direction)))
            {
                foreach (var turn in Enum.GetValues<Turn>())
                {
                    // Who has come and not yet crossed as the day ends may differ.
                    var (before, after) = (one.Total(signal.Signal, leg.Direction, turn, range).Vehicles, two.Total(signal.Signal, leg.Direction, turn, range).Vehicles);
                    Assert.True(before > 400);
                    Assert.InRange(after, before - 3, before + 3);
                    compared++;
                }
            }
        }

        Assert.Equal(10 * 3, compared);
    }

    [Fact]
    public void True_delay_is_that_between_the_advance_detector_and_the_stop_bar()
    {
        // Through lanes of the first signal, whose detectors are whole, at a time in which no queue reaches the advance detectors.
        var town = Town.Create(1, 1);
        var signal = town.Signals[0];
        var range = new TimeRange(Start + (20 * Hour), Start + (24 * Hour));
        var ons = new Dictionary<int, List<long>>();
        var simulation = new TownSimulation(town, range.StartMs);
        simulation.Advance(range.EndMs, (_, events) =>
        {
            foreach (var e in events)
            {
                if (e.Code == EventCode.DetectorOn)
                {
                    ons.TryAdd(e.Parameter, []);
                    ons[e.Parameter].Add(e.TimeMs);
                }
            }
        });
        foreach (var direction in new[] { TravelDirection.Eastbound, TravelDirection.Westbound })
        {
            var lanes = signal.Detectors.Zip(signal.Configuration.Detectors).Where(d => signal.Legs[signal.Lanes[d.First.Lanes[0]].Leg].Direction == direction).GroupBy(d => d.First.Lanes[0]);
            var (vehicles, delayS, longStops) = (0, 0.0, 0);
            foreach (var lane in lanes.Where(l => l.Any(d => d.Second.Has(DetectorFunctions.AdvanceCount))))
            {
                var advance = lane.Single(d => d.Second.Has(DetectorFunctions.AdvanceCount)).First;
                var leftMs = ons[lane.Single(d => d.Second.Has(DetectorFunctions.LaneByLaneCount)).First.Channel];
                var freeMs = (long)(advance.FarFt / (40 * 5280 / 3_600_000.0));
                var arrivedMs = ons[advance.Channel].Select(on => on + freeMs).ToList();
                var before = leftMs.Count(l => l < arrivedMs[0] - 200);
                for (var i = 0; i < Math.Min(arrivedMs.Count, leftMs.Count - before); i++)
                {
                    vehicles++;
                    delayS += (leftMs[i + before] - arrivedMs[i]) / 1000.0;
                    longStops += leftMs[i + before] - arrivedMs[i] >= 2933 ? 1 : 0;
                }
            }

            var truth = new[] { Turn.Through, Turn.Right }.Select(t => simulation.Total(signal.Signal, direction, t, range)).ToList();
            output.WriteLine($"{direction}: {vehicles} vehicles, {delayS:0} s, {longStops} stops from the log; {string.Join(" and ", truth)}");
            Assert.InRange(vehicles, truth.Sum(t => t.Vehicles) - 3, truth.Sum(t => t.Vehicles) + 3);
            Assert.InRange(delayS, 0.98 * truth.Sum(t => t.DelayS), 1.02 * truth.Sum(t => t.DelayS));
            Assert.InRange(longStops, 0.97 * truth.Sum(t => t.Stops), 1.03 * truth.Sum(t => t.Stops));
        }
    }

    [Fact]
    public void Totals_hold_every_approach_and_quarter_that_was_simulated_and_no_other()
    {
        var town = Town.Create(1, 3);
        var range = new TimeRange(Start + (3 * Hour), Start + (5 * Hour));
        var simulation = Simulated(town, range);
        var totals = simulation.ListTotals(range);

        Assert.Equal(3 * 4 * 8, totals.Count);
        Assert.Equal(totals.Count, totals.Select(t => (t.Signal, t.Direction, t.StartMs)).Distinct().Count());
        Assert.All(totals, t => Assert.True(t.Stops <= t.Vehicles && t.DelayS >= 0 && range.Contains(t.StartMs)));
        Assert.Equal(totals, simulation.ListTotals(new TimeRange(range.StartMs - (2 * Hour), range.EndMs + Hour)));
        Assert.Equal(totals.Where(t => t.StartMs == range.StartMs), simulation.ListTotals(new TimeRange(range.StartMs, range.StartMs + TownSimulation.QuarterMs)));
        Assert.Throws<ArgumentOutOfRangeException>(() => simulation.ListTotals(new TimeRange(range.StartMs, range.StartMs + 60_000)));

        simulation.Advance(range.EndMs + 1000, (_, _) => { });
        var after = simulation.ListTotals(new TimeRange(range.StartMs, range.EndMs + Hour));
        Assert.Equal(totals.Count + 12, after.Count);
        Assert.Contains(after, t => t is { Vehicles: 0, DelayS: 0, Stops: 0 } && t.StartMs == range.EndMs);
    }

    [Fact]
    public void A_day_plan_and_new_intervals_take_effect_and_reach_the_configuration()
    {
        var town = Town.Create(1, 1);
        var signal = town.Signals[0];
        var late = signal.Program.Patterns.Single(p => p.Number == 3) with { Number = 9, OffsetMs = 21_000 };
        var longer = signal.Program.Phases.Select(p => p.Number == 4 ? p with { WalkMs = 9000 } : p).ToImmutableArray();
        var other = town.WithPlans([new TownPlan { Signal = signal.Signal, Patterns = [late], Phases = longer, Weekdays = [new(0, 254), new(600, 9)] }]);
        var changes = new List<(long, int)>();
        TownLog.Write(other, new TimeRange(Start + (9 * Hour), Start + (11 * Hour)), (_, events) =>
        {
            foreach (var e in events)
            {
                if (e.Code == EventCode.CoordinationPatternChange)
                {
                    changes.Add((e.TimeMs, e.Parameter));
                }
            }
        });

        Assert.Equal([(Start + (10 * Hour), 9)], changes);
        var configuration = other.Signals[0].Configuration;
        Assert.Equal(21, configuration.Patterns.Single(p => p.Number == 9).OffsetS);
        Assert.Equal(9, configuration.Phases.Single(p => p.Number == 4).WalkS);
        Assert.Equal(signal.Configuration.Patterns, configuration.Patterns.Where(p => p.Number != 9), (a, b) => a.Number == b.Number && a.SplitS.SequenceEqual(b.SplitS));
        Assert.Equal((signal.Story, signal.Faults, signal.Weekends), (other.Signals[0].Story, other.Signals[0].Faults, other.Signals[0].Weekends));
        Assert.Equal((9000, 7000), (other.Signals[0].Program.Phases.Single(p => p.Number == 4).WalkMs, signal.Program.Phases.Single(p => p.Number == 4).WalkMs));
    }

    [Fact]
    public void A_plan_that_cannot_run_is_refused_with_every_reason()
    {
        var town = Town.Create(1, 2);
        var (first, second) = (town.Signals[0], town.Signals[1]);
        var pattern = first.Program.Patterns[0];
        var refused = Assert.Throws<ProblemException>(() => town.WithPlans(
        [
            new TownPlan { Signal = SignalId.Parse("77") },
            new TownPlan { Signal = first.Signal, Patterns = [pattern with { SplitMs = pattern.SplitMs.SetItem(2, pattern.SplitMs[2] + 1000) }] },
            new TownPlan { Signal = second.Signal, Phases = second.Program.Phases.RemoveAt(0), Weekdays = [new(60, 1)], Weekends = [new(0, 1), new(700, 77)] },
            new TownPlan { Signal = second.Signal },
        ]));

        Assert.Equal(["XT795", "XT795", "XT615", "XT616", "XT796", "XT797", "XT797"], refused.Problems.Select(p => p.Code));
        Assert.Equal("signal 77", refused.Problems[0].Where);
        Assert.Equal("signal 1001, pattern 1", refused.Problems[2].Where);
        Assert.Contains("77", refused.Problems[^1].Message, StringComparison.Ordinal);
        Assert.Equal("signal 1002, weekends, minute 700", refused.Problems[^1].Where);
        foreach (var day in new ImmutableArray<DayPlanEntry>[] { default, [], [new(0, 1), new(0, 2)], [new(0, 1), new(1440, 2)] })
        {
            Assert.Equal("XT797", Assert.Throws<ProblemException>(() => town.WithPlans([new TownPlan { Signal = first.Signal, Weekdays = day }])).Problems[0].Code);
        }

        ImmutableArray<PhaseTiming> moved = [.. second.Program.Phases.Select(p => p.Number == 3 ? p with { Ring = 2 } : p)];
        Assert.Equal("XT796", Assert.Throws<ProblemException>(() => town.WithPlans([new TownPlan { Signal = second.Signal, Phases = moved }])).Problems[0].Code);
    }
}
