using System.Collections.Immutable;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Measures.BuildingBlocks;
using Crosstown.Measures.Engine;
using Crosstown.Measures.Options;

namespace Crosstown.Measures.TurningMovements;

/// <summary>Turning movement counts: vehicles per movement and lane at the stop bar.</summary>
public sealed class TurningMovementsMeasure : Measure
{
    internal static readonly FlagOption SharedLanesAreThrough = new(
        "shared_lanes_are_through", "Count lanes shared by through and turning traffic with the through movement in the day's figures, as ATSPM 5 does; else as movements of their own.",
        crosstown: false, udot: true);

    internal static readonly FlagOption RoundFactors = new(
        "round_factors", "Round the peak hour factor to two significant digits, as ATSPM 5 does.", crosstown: false, udot: true);

    private static readonly ImmutableArray<string> MovementWords = ["unknown", "left", "through", "right", "through-left", "through-right", "left-through-right"];

    private static readonly Column Direction = new("direction", ColumnType.Word, "", "The way the traffic is headed; unknown when the configuration does not say, and then the row is of one phase or overlap.") { Words = ApproachGroup.DirectionWords };

    private static readonly Column Movement = new("movement", ColumnType.Word, "", "Where the lane leads.") { Words = MovementWords };

    internal static readonly TableSchema Bins = new()
    {
        Name = "turning-movements",
        Columns =
        [
            new("time", ColumnType.Time, "", "Start of the bin."), new("signal", ColumnType.Signal, "", "The signal."), Direction, .. ApproachGroup.Columns, Movement,
            new("lane", ColumnType.Integer, "", "Lane; null when unknown."),
            new("count", ColumnType.Integer, "", "Vehicles counted in the bin; null when the log saw nothing of it."),
            new("flow_vph", ColumnType.Real, "veh/h", "Vehicles per hour of time seen; null when the log saw nothing of the bin."),
            .. Quality.Columns,
        ],
    };

    internal static readonly TableSchema Totals = new()
    {
        Name = "turning-movement-totals",
        Columns =
        [
            new("time", ColumnType.Time, "", "Start of the bin."), new("signal", ColumnType.Signal, "", "The signal."),
            new("count", ColumnType.Integer, "", "Vehicles of all movements in the bin; null when the log saw nothing of it."),
            new("flow_vph", ColumnType.Real, "veh/h", "Vehicles per hour of time seen; null when the log saw nothing of the bin."),
            .. Quality.Columns,
        ],
    };

    internal static readonly TableSchema Peaks = new()
    {
        Name = "turning-movement-peaks",
        Columns =
        [
            new("time", ColumnType.Time, "", "Begin of the local day's first bin."), new("signal", ColumnType.Signal, "", "The signal."),
            Direction with { Description = "The way the traffic is headed; null for the whole intersection." }, .. ApproachGroup.Columns,
            Movement with { Description = "Where the lanes lead; null for the whole intersection." },
            new("end", ColumnType.Time, "", "End of the local day's last bin."),
            new("volume", ColumnType.Integer, "", "Vehicles of the day, as far as the log goes."),
            new("lanes", ColumnType.Integer, "", "Lanes that are counted; null for the whole intersection."),
            new("busiest_lane_volume", ColumnType.Integer, "", "Vehicles of the day in the busiest of these; null for the whole intersection."),
            new("lane_utilization", ColumnType.Real, "0-1", "Volume over lanes times busiest lane: 1 is all lanes alike; null without vehicles."),
            new("peak_hour", ColumnType.Time, "", "Begin of the 60 minutes, at bin limits, with most vehicles; null without a whole hour or without vehicles."),
            new("peak_hour_volume", ColumnType.Integer, "", "Vehicles in them."),
            new("peak_hour_factor", ColumnType.Real, "0-1", "Peak hour volume over the hour's busiest bin times bins per hour."),
            .. Quality.Columns,
        ],
    };

    public override string Name => "turning-movements";

    public override string Title => "Turning movement counts";

    public override CodeSet Codes { get; } = CodeSet.Of(EventCode.DetectorOn);

    public override ImmutableArray<Option> Options => [SharedLanesAreThrough, RoundFactors];

    public override ImmutableArray<TableSchema> TablesIn(DefinitionSet set) => set == DefinitionSet.Odot21 ? [] : [Bins, Totals, Peaks];

    public override SignalMeasure? Start(MeasureContext context)
    {
        var lanes = ApproachGroup.List(context.Configuration, DetectorFunctions.LaneByLaneCount)
            .SelectMany(g => g.Detectors.Select(d => (Detector: d, Group: g)))
            .GroupBy(d => (
                d.Group.Direction,
                Group: d.Group.Direction == TravelDirection.Unknown ? d.Group.Group : (SignalGroup?)null,
                d.Detector.Movement,
                d.Detector.Lane))
            .OrderBy(g => g.Key.Direction).ThenBy(g => g.Key.Group?.IsOverlap).ThenBy(g => g.Key.Group?.Number).ThenBy(g => g.Key.Movement).ThenBy(g => g.Key.Lane)
            .Select(g => new CountedLanes(g.Key.Direction, g.Key.Group, g.Key.Movement, g.Key.Lane)
            {
                Detectors = [.. g.Select(d => (d.Detector.Channel, (long)Math.Round(-1000 * d.Detector.LatencyS))).Distinct()],
            })
            .ToArray();
        return lanes.Length > 0 ? new TurningMovements(context, lanes) : null;
    }

    private sealed class TurningMovements : BinnedHits
    {
        private readonly RowBuffer _bins;
        private readonly RowBuffer _totals;
        private readonly RowBuffer _peaks;
        private readonly bool _rounds;
        private readonly System.Collections.BitArray _allChannels;
        private readonly int[] _allKeys;
        private readonly (CountedLanes First, LaneMovement Movement, int[] Keys, System.Collections.BitArray Channels)[] _movements;

        public TurningMovements(MeasureContext context, CountedLanes[] lanes)
            : base(context, lanes)
        {
            _bins = context.Rows(Bins);
            _totals = context.Rows(Totals);
            _peaks = context.Rows(Peaks);
            _rounds = context.Options[RoundFactors];
            _allChannels = Quality.Channels(lanes.SelectMany(l => l.Detectors.Select(d => d.Channel)));
            _allKeys = [.. Enumerable.Range(0, lanes.Length)];
            var shared = context.Options[SharedLanesAreThrough];
            _movements =
            [
                .. Enumerable.Range(0, lanes.Length)
                    .GroupBy(k => (lanes[k].Direction, lanes[k].Group, Movement: DayMovement(lanes[k].Movement!.Value, shared)))
                    .OrderBy(g => g.First())
                    .Select(g => (lanes[g.First()], g.Key.Movement, g.ToArray(), Quality.Channels(g.SelectMany(k => lanes[k].Detectors.Select(d => d.Channel))))),
            ];
        }

        protected override void WriteBin(TimeRange bin, ReadOnlySpan<int> counts, ReadOnlySpan<bool> touched)
        {
            var seenMs = Context.Coverage.SeenMs(bin);
            var total = 0;
            for (var key = 0; key < Lanes.Length; key++)
            {
                total += counts[key];
                WriteMovement(_bins.Time(bin.StartMs), Lanes[key], Lanes[key].Movement!.Value);
                _bins.Integer(Lanes[key].Lane);
                WriteCount(_bins, counts[key], seenMs, touched[key]);
                Quality.Write(_bins, Context.Coverage, bin, null, null, Lanes[key].Channels);
            }

            WriteCount(_totals.Time(bin.StartMs), total, seenMs, total > 0);
            Quality.Write(_totals, Context.Coverage, bin, null, null, _allChannels);
        }

        protected override void WriteDay()
        {
            var day = new TimeRange(Day[0].Bin.StartMs, Day[^1].Bin.EndMs);
            foreach (var (first, movement, keys, channels) in _movements)
            {
                var busiest = 0;
                foreach (var key in keys)
                {
                    busiest = Math.Max(busiest, Sum(SumOverKeys([key])));
                }

                var series = SumOverKeys(keys);
                var volume = Sum(series);
                WriteMovement(_peaks.Time(day.StartMs), first, movement);
                _peaks.Time(day.EndMs).Integer(volume).Integer(keys.Length).Integer(busiest).Real(busiest == 0 ? null : (double)volume / (keys.Length * busiest));
                WritePeak(series);
                Quality.Write(_peaks, Context.Coverage, day, null, null, channels);
            }

            var all = SumOverKeys(_allKeys);
            _peaks.Time(day.StartMs).Null().Null().Null().Null().Time(day.EndMs).Integer(Sum(all)).Null().Null().Null();
            WritePeak(all);
            Quality.Write(_peaks, Context.Coverage, day, null, null, _allChannels);
        }

        private static LaneMovement DayMovement(LaneMovement movement, bool sharedAreThrough) =>
            sharedAreThrough && movement is LaneMovement.ThroughLeft or LaneMovement.ThroughRight ? LaneMovement.Through : movement;

        private static void WriteMovement(RowBuffer rows, CountedLanes lanes, LaneMovement movement)
        {
            rows.Word((int)lanes.Direction);
            if (lanes.Group is { } group)
            {
                ApproachGroup.Write(rows, group);
            }
            else
            {
                rows.Null().Null();
            }

            rows.Word((int)movement);
        }

        private static void WriteCount(RowBuffer rows, int count, long seenMs, bool touched)
        {
            if (seenMs == 0 && !touched)
            {
                rows.Null().Null();
            }
            else
            {
                rows.Integer(count).Real(seenMs == 0 ? null : count * 3_600_000.0 / seenMs);
            }
        }

        private void WritePeak(ReadOnlySpan<int> series)
        {
            if (FindPeakHour(series) is not { } peak)
            {
                _peaks.Null().Null().Null();
                return;
            }

            var factor = (double)peak.Volume * Context.Options.BinMs / (3_600_000.0 * peak.BusiestBin);
            _peaks.Time(peak.Hour.StartMs).Integer(peak.Volume).Real(_rounds ? Math.Round(factor, factor >= 1 ? 1 : 2) : factor);
        }
    }
}
