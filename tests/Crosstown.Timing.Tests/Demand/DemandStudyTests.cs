using Crosstown.Core.Controllers;
using Crosstown.Core.Data;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Simulation.Traffic;
using Crosstown.Timing.Demand;
using Crosstown.Timing.Demand.Saturation;
using Crosstown.Timing.Demand.InForce;
using Crosstown.Timing.Demand.Volumes;
using Crosstown.Timing.Model;

namespace Crosstown.Timing.Tests.Demand;

/// <summary>A town whose truth is known: what its logs tell against what really happened.</summary>
public sealed class DemandStudyTests
{
    private static readonly StudyOptions Morning = new() { Periods = PeriodRule.Given, GivenPeriods = [new TimeOfDay(420, 540)] };

    private static readonly Lazy<StudyResult> Studied = new(() => DemandStudy.Run(Record.Signals(), Record.Links(), Morning));

    private static TownRecord Record => TownRecord.Of(7, 8, 5.5, 12);

    private static Turn[] TurnsOf(LaneGroup group) => group.Movement switch
    {
        LaneMovement.Left => [Turn.Left],
        LaneMovement.Right => [Turn.Right],
        LaneMovement.Through => [Turn.Through],
        _ => [Turn.Through, Turn.Right],
    };

    private static double TrueVolume(TownRecord record, PeriodStudy period, int group)
    {
        var one = period.Network.Groups[group];
        return TurnsOf(one).Sum(t => record.TrueVehPerHour(period.Network.Signals[one.Signal].Signal, one.Direction, t, 7, 9));
    }

    [Fact]
    public void Volumes_of_every_movement_are_within_five_percent_of_what_crossed()
    {
        var period = Assert.Single(Studied.Value.Periods);

        Assert.Equal(66, period.Groups.Length);
        Assert.All(Enumerable.Range(0, period.Groups.Length), g =>
        {
            var truth = TrueVolume(Record, period, g);
            Assert.InRange(period.Groups[g].MedianVehPerHour, 0.95 * truth, 1.05 * truth);
            Assert.Equal(VolumeSource.StopBarCount, period.Groups[g].Source);
            Assert.Equal(1, period.Groups[g].Coverage);
        });
    }

    [Fact]
    public void Saturation_flows_and_lost_times_come_from_queues_as_they_leave()
    {
        var result = Studied.Value;
        var groups = result.Periods[0].Network.Groups;
        var measured = Enumerable.Range(0, groups.Length).Where(g => result.Groups[g].Saturation.IsMeasured).ToList();

        Assert.True(measured.Count >= 20);
        foreach (var g in measured)
        {
            var lanes = Record.Town.Signals[groups[g].Signal].Lanes.Where(l => Crosstown.Simulation.Towns.SitePlanner.Directions[l.Leg] == groups[g].Direction
                && (l.Movement == LaneMovement.Left) == (groups[g].Movement == LaneMovement.Left) && (l.Movement == LaneMovement.Right) == (groups[g].Movement == LaneMovement.Right));

            // Vehicles cross on the simulation's ticks: half of one later than their headway asks for, on average.
            var truth = lanes.Sum(l => 3_600_000.0 / (l.SaturationHeadwayMs + (ControllerStep.TickMs / 2.0)));
            Assert.InRange(result.Groups[g].Saturation.SaturationVehPerHour, 0.95 * truth, 1.05 * truth);
            Assert.InRange(result.Groups[g].Saturation.StartLostS, 1.5, 2.5);
        }

        // A left turn with few queues gets what the others do, and says so.
        var few = Enumerable.Range(0, groups.Length).First(g => !result.Groups[g].Saturation.IsMeasured);
        Assert.Contains(result.Figures, f => f.Where == groups[few].Id && f.What == "saturation flow" && f.Confidence <= 0.5);
    }

    [Fact]
    public void Links_are_driven_in_the_time_that_platoons_take_within_a_second()
    {
        var result = Studied.Value;
        var fitted = result.Links.Where(l => l.IsFitted).ToList();

        Assert.True(fitted.Count >= 10);
        Assert.All(fitted, link =>
        {
            var truth = Record.Town.Links.First(l => l.From == link.Link.From && l.To == link.Link.To).TravelS;
            Assert.InRange(link.TravelS!.Value, truth - 1, truth + 1);

            // Speeds differ by 7 %, so arrivals spread by that share of the time; Robertson's factors say the same spread.
            var smoothing = 1 / (1 + (link.Alpha * link.Beta * link.TravelS.Value));
            var spreadS = Math.Sqrt(1 - smoothing) / smoothing;
            Assert.InRange(spreadS, 0.3 * 0.07 * truth, 3 * 0.07 * truth);
        });
        Assert.All(result.Links.Where(l => !l.IsFitted), l => Assert.Contains("length over speed", l.Basis, StringComparison.Ordinal));
    }

    [Fact]
    public void Travel_times_are_found_without_length_or_speed()
    {
        var result = DemandStudy.Run(Record.Signals(), Record.Links(withLength: false), Morning);

        Assert.All(result.Links.Where(l => l.IsFitted && l.Fit > 0.7), link =>
        {
            var truth = Record.Town.Links.First(l => l.From == link.Link.From && l.To == link.Link.To).TravelS;
            Assert.InRange(link.TravelS!.Value, truth - 1, truth + 1);
        });
        Assert.True(result.Links.Count(l => l.IsFitted && l.Fit > 0.7) >= 8);
        Assert.All(result.Links.Where(l => !l.IsFitted), l => Assert.Null(l.TravelS));
    }

    [Fact]
    public void The_plan_in_force_and_measured_arrivals_stand_in_each_period()
    {
        var period = Studied.Value.Periods[0];
        var demand = period.Network.Demands[0];
        for (var i = 0; i < period.Network.Signals.Length; i++)
        {
            var truth = Record.Town.Signals[i].Program.Patterns.First(p => p.Number == 1);
            var today = period.Network.Signals[i].Today!;
            Assert.Equal((truth.CycleMs, truth.OffsetMs, truth.Reference), (today.CycleMs, today.OffsetMs, today.Reference));
            Assert.Equal(truth.SplitMs, today.SplitMs);
            _ = new ControllerProgram(period.Network.Signals[i].Phases, period.Network.Signals[i].Overlaps, [today]);
        }

        var measured = Enumerable.Range(0, period.Network.Groups.Length).Where(g => !demand.MeasuredArrivals[g].IsEmpty).ToList();
        Assert.True(measured.Count >= 12);
        Assert.All(measured, g =>
        {
            Assert.Equal(1, demand.MeasuredArrivals[g].Sum(), 9);
            Assert.Equal(period.Network.Signals[period.Network.Groups[g].Signal].Today!.CycleMs / 1000, demand.MeasuredArrivals[g].Length);
        });
        Assert.All(Enumerable.Range(0, period.Network.Groups.Length), g =>
        {
            Assert.Equal(period.Network.Groups[g].Feeders.Length, demand.FedVehPerHour[g].Length);
            Assert.True(demand.FedVehPerHour[g].Sum() <= demand.VolumeVehPerHour[g] + 1e-6);
        });
    }

    [Fact]
    public void A_lane_group_without_detectors_is_filled_by_flow_balance_and_flagged()
    {
        // The eastbound through lanes of the second signal lose every detector.
        static SignalConfiguration Blind(SignalConfiguration configuration) => configuration.Signal.ToString() != "1002" ? configuration
            : configuration with { Detectors = [.. configuration.Detectors.Where(d => d.ApproachId != "EBT2")] };
        var result = DemandStudy.Run(Record.Signals(change: Blind), Record.Links(), Morning);
        var period = result.Periods[0];
        var g = Enumerable.Range(0, period.Groups.Length).First(i => period.Network.Groups[i].Id == "1002 EBT");
        var truth = Record.TrueVehPerHour(period.Network.Signals[1].Signal, TravelDirection.Eastbound, Turn.Through, 7, 9);

        Assert.Equal(VolumeSource.FlowBalance, period.Groups[g].Source);
        Assert.InRange(period.Groups[g].MedianVehPerHour, 0.75 * truth, 1.25 * truth);
        Assert.True(period.Groups[g].Confidence <= 0.5);
        Assert.Contains(result.Lacks[1].ForSplits, l => l.Contains("1002 EBT", StringComparison.Ordinal) && l.Contains("volume", StringComparison.Ordinal));
    }

    [Fact]
    public void Advance_counts_stand_in_where_stop_bar_counts_are_missing()
    {
        static SignalConfiguration WithoutCounts(SignalConfiguration configuration) => configuration with
        {
            Detectors = [.. configuration.Detectors.Where(d => !d.Has(DetectorFunctions.LaneByLaneCount))],
        };
        var period = DemandStudy.Run(Record.Signals(change: WithoutCounts), Record.Links(), Morning).Periods[0];
        var advance = Enumerable.Range(0, period.Groups.Length).Where(g => period.Groups[g].Source == VolumeSource.AdvanceCount).ToList();

        Assert.True(advance.Count >= 12);
        Assert.All(advance, g => Assert.InRange(period.Groups[g].MedianVehPerHour, 0.95 * TrueVolume(Record, period, g), 1.05 * TrueVolume(Record, period, g)));
        Assert.All(period.Groups.Where(g => g.Source == VolumeSource.PresenceCount), g => Assert.True(g.Confidence <= 0.5));
    }

    [Fact]
    public void Where_a_queue_never_clears_the_count_is_called_capacity()
    {
        // Side streets of the fifth and sixth signal have outgrown their splits.
        var record = TownRecord.Of(3, 6, 6, 9);
        var result = DemandStudy.Run(record.Signals(), record.Links(), Morning);
        var period = result.Periods[0];
        var over = Enumerable.Range(0, period.Groups.Length).Where(g => period.Groups[g].IsLowerBound).Select(g => period.Network.Groups[g].Id).ToList();

        Assert.Contains("1005 WBT", over);
        Assert.Contains("1006 EBT", over);
        Assert.Contains("1006 WBT", over);
        Assert.Contains(result.Lacks[5].ForSplits, l => l.Contains("demand of 1006 WBT", StringComparison.Ordinal));
        Assert.DoesNotContain("1005 NBT", over);
        Assert.DoesNotContain("1006 SBT", over);
        Assert.DoesNotContain("1001 EBT", over);
        Assert.DoesNotContain("1002 WBT", over);
    }

    [Fact]
    public void Offsets_need_no_geometry()
    {
        static SignalConfiguration Bare(SignalConfiguration configuration) => configuration with
        {
            Latitude = null,
            Longitude = null,
            Patterns = [],
            Phases = [],
        };
        var result = DemandStudy.Run(Record.Signals(change: Bare), Record.Links(withLength: false), Morning);

        Assert.All(result.Lacks.Take(7), l => Assert.DoesNotContain(l.ForOffsets, o => o.Contains("length", StringComparison.Ordinal) || o.Contains("width", StringComparison.Ordinal)));
        Assert.Empty(result.Lacks[1].ForOffsets.Where(o => o.Contains("arrives", StringComparison.Ordinal)));
        Assert.All(result.Lacks, l => Assert.Contains(l.ForSplits, s => s.Contains("crosswalk", StringComparison.Ordinal) || s.Contains("widths", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_same_events_give_the_same_study()
    {
        var again = DemandStudy.Run(Record.Signals(), Record.Links(), Morning);

        Assert.Equal(Studied.Value.Figures, again.Figures);
        Assert.Equal(Studied.Value.Periods[0].Network.Demands[0].MeasuredArrivals.SelectMany(a => a), again.Periods[0].Network.Demands[0].MeasuredArrivals.SelectMany(a => a));
    }

    [Fact]
    public void What_cannot_be_studied_is_refused_with_every_reason()
    {
        var empty = new StudySignal(SignalConfiguration.Unknown(SignalId.Parse("1")), Timing.Demand.Reading.SignalLogReader.Read(SignalId.Parse("1"), Core.Time.LocalTimeMap.Utc, ReadOnlySpan<ControllerEvent>.Empty));
        var refused = Assert.Throws<ProblemException>(() => DemandStudy.Run(
            [empty, empty], [], new StudyOptions { Periods = PeriodRule.Given, GivenPeriods = [new TimeOfDay(10, 5)] }));

        Assert.Equal(["XT700", "XT692", "XT693"], refused.Problems.Select(p => p.Code));
        Assert.Equal("XT699", Assert.Throws<ProblemException>(() => DemandStudy.Run([empty], [], new StudyOptions { Periods = PeriodRule.Given })).Problems[0].Code);
    }

    [Fact]
    public void Lanes_that_are_not_counted_pass_what_the_others_do_however_many_queues_there_were()
    {
        // A lane's queues of two days are more than fit an int once multiplied by the milliseconds of an hour.
        var record = TownRecord.Of(7, 3, 0, 72);
        var (measured, lanes) = record.Signals()
            .SelectMany(s => StopLine.GroupsOf(0, s.Configuration, InForceLearner.Learn(s.Configuration, s.Log).Phases).Where(g => g.Lanes > 1 && g.Counts.Length > 1)
                .Select(g => (Flow: QueueDischarge.Measure(s.Log, g with { Counts = [g.Counts[0]] }), g.Lanes)))
            .MaxBy(g => g.Flow.Queues);

        Assert.True(measured.Queues > 600, $"{measured.Queues} queues");
        Assert.InRange(measured.SaturationVehPerHour / lanes, 1500, 2200);
    }
}
