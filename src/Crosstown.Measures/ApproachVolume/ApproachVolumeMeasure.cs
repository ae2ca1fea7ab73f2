using System.Collections.Immutable;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Measures.BuildingBlocks;
using Crosstown.Measures.Engine;
using Crosstown.Measures.Options;

namespace Crosstown.Measures.ApproachVolume;

/// <summary>Approach volume: vehicles per direction and bin, and the day's peak hour with its factors.</summary>
public sealed class ApproachVolumeMeasure : Measure
{
    internal static readonly FlagOption RoundFactors = new(
        "round_factors", "Round peak hour, K and D factors to three significant digits, as ATSPM 5 does.", crosstown: false, udot: true);

    private static readonly ImmutableArray<Column> KeyColumns =
    [
        new("direction", ColumnType.Word, "", "The way the traffic is headed; unknown when the configuration does not say, and then the row is of one phase or overlap.") { Words = ApproachGroup.DirectionWords },
        .. ApproachGroup.Columns,
    ];

    internal static readonly TableSchema Bins = new()
    {
        Name = "approach-volume",
        Columns =
        [
            new("time", ColumnType.Time, "", "Start of the bin."), new("signal", ColumnType.Signal, "", "The signal."), .. KeyColumns,
            new("count", ColumnType.Integer, "", "Vehicles that passed in the bin; null when the log saw nothing of it."),
            new("flow_vph", ColumnType.Real, "veh/h", "Vehicles per hour of time seen; null when the log saw nothing of the bin."),
            new("directional_share", ColumnType.Real, "0-1", "Count over that of this and the opposing direction; null without vehicles or without an opposing direction."),
            .. Quality.Columns,
        ],
    };

    internal static readonly TableSchema Peaks = new()
    {
        Name = "approach-volume-peaks",
        Columns =
        [
            new("time", ColumnType.Time, "", "Begin of the local day's first bin."), new("signal", ColumnType.Signal, "", "The signal."), .. KeyColumns,
            new("end", ColumnType.Time, "", "End of the local day's last bin."),
            new("volume", ColumnType.Integer, "", "Vehicles of the day, as far as the log goes."),
            new("peak_hour", ColumnType.Time, "", "Begin of the 60 minutes, at bin limits, with most vehicles; null without a whole hour or without vehicles."),
            new("peak_hour_volume", ColumnType.Integer, "", "Vehicles in them."),
            new("peak_hour_factor", ColumnType.Real, "0-1", "Peak hour volume over the hour's busiest bin times bins per hour."),
            new("k_factor", ColumnType.Real, "0-1", "Peak hour volume over the day's volume."),
            new("d_factor", ColumnType.Real, "0-1", "Peak hour volume over that of both directions in the same hour; null without an opposing direction."),
            .. Quality.Columns,
        ],
    };

    internal static readonly TableSchema UdotPhases = new()
    {
        Name = "phase-volume",
        Columns =
        [
            new("LocationId", ColumnType.Signal, "", "The signal."),
            new("Phase", ColumnType.Integer, "", "Phase or overlap."),
            new("BinStart", ColumnType.Time, "", "Start of the bin."),
            new("BinEnd", ColumnType.Time, "", "End of the bin."),
            new("Count", ColumnType.Integer, "", "Moved hits of advance detectors."),
        ],
    };

    public override string Name => "approach-volume";

    public override string Title => "Approach volume";

    public override CodeSet Codes { get; } = CodeSet.Of(EventCode.DetectorOn);

    public override ImmutableArray<Option> Options => [RoundFactors];

    public override ImmutableArray<TableSchema> TablesIn(DefinitionSet set) => set switch
    {
        DefinitionSet.Odot21 => [],
        DefinitionSet.Udot5 => [Bins, Peaks, UdotPhases],
        _ => [Bins, Peaks],
    };

    public override SignalMeasure? Start(MeasureContext context)
    {
        var lanes = ListDirections(context.Configuration);
        var phases = context.Options.Set == DefinitionSet.Udot5 ? ListPhases(context.Configuration) : [];
        return lanes.Length > 0 ? new ApproachVolume(context, [.. lanes, .. phases], lanes.Length) : null;
    }

    /// <summary>Advance counts where a direction has any, else lane-by-lane counts.</summary>
    private static CountedLanes[] ListDirections(SignalConfiguration configuration) =>
    [
        .. ApproachGroup.List(configuration, DetectorFunctions.AdvanceCount | DetectorFunctions.LaneByLaneCount)
            .GroupBy(g => (g.Direction, Group: g.Direction == TravelDirection.Unknown ? g.Group : (SignalGroup?)null))
            .OrderBy(g => g.Key.Direction).ThenBy(g => g.Key.Group?.IsOverlap).ThenBy(g => g.Key.Group?.Number)
            .Select(g =>
            {
                var detectors = g.SelectMany(a => a.Detectors.Select(d => (Detector: d, a.SpeedLimitMph))).ToArray();
                var hasAdvance = detectors.Any(d => d.Detector.Has(DetectorFunctions.AdvanceCount));
                return new CountedLanes(g.Key.Direction, g.Key.Group, null, null)
                {
                    Detectors =
                    [
                        .. detectors.Where(d => !hasAdvance || d.Detector.Has(DetectorFunctions.AdvanceCount))
                            .Select(d => (d.Detector.Channel, (long)Math.Round(Projection.ShiftMs(d.Detector, d.SpeedLimitMph)))).Distinct(),
                    ],
                };
            }),
    ];

    private static CountedLanes[] ListPhases(SignalConfiguration configuration) =>
    [
        .. ApproachGroup.List(configuration, DetectorFunctions.AdvanceCount).Select(g => new CountedLanes(g.Direction, g.Group, null, null)
        {
            Detectors = [.. g.Detectors.Select(d => (d.Channel, (long)Math.Round(Projection.ShiftMs(d, g.SpeedLimitMph)))).Distinct()],
        }),
    ];

    private sealed class ApproachVolume : BinnedHits
    {
        private readonly RowBuffer _bins;
        private readonly RowBuffer _peaks;
        private readonly RowBuffer? _phases;
        private readonly int _directions;
        private readonly int[] _opposing;
        private readonly bool _rounds;
        private readonly List<TimeRange> _quiet = [];
        private bool _hasPhaseHits;

        /// <param name="lanes">Directions first, then what the peer counts by phase.</param>
        /// <param name="directions">How many are directions.</param>
        public ApproachVolume(MeasureContext context, CountedLanes[] lanes, int directions)
            : base(context, lanes)
        {
            _bins = context.Rows(Bins);
            _peaks = context.Rows(Peaks);
            _phases = context.Options.Set == DefinitionSet.Udot5 ? context.Rows(UdotPhases) : null;
            _directions = directions;
            _rounds = context.Options[RoundFactors];
            _opposing =
            [
                .. lanes.Take(directions).Select(l => l.Direction == TravelDirection.Unknown
                    ? -1
                    : Array.FindIndex(lanes, 0, directions, o => o.Direction == ApproachGroup.Opposite(l.Direction))),
            ];
        }

        protected override void WriteBin(TimeRange bin, ReadOnlySpan<int> counts, ReadOnlySpan<bool> touched)
        {
            var seenMs = Context.Coverage.SeenMs(bin);
            for (var key = 0; key < _directions; key++)
            {
                WriteKey(_bins.Time(bin.StartMs), key);
                if (seenMs == 0 && !touched[key])
                {
                    _bins.Null().Null().Null();
                }
                else
                {
                    var both = _opposing[key] < 0 ? 0 : counts[key] + counts[_opposing[key]];
                    _bins.Integer(counts[key]).Real(seenMs == 0 ? null : counts[key] * 3_600_000.0 / seenMs).Real(both == 0 ? null : (double)counts[key] / both);
                }

                Quality.Write(_bins, Context.Coverage, bin, null, null, Lanes[key].Channels);
            }

            if (_phases is not null)
            {
                WritePhases(_phases, bin, counts);
            }
        }

        protected override void WriteDay()
        {
            var day = new TimeRange(Day[0].Bin.StartMs, Day[^1].Bin.EndMs);
            for (var key = 0; key < _directions; key++)
            {
                var series = SumOverKeys([key]);
                var volume = Sum(series);
                var peak = FindPeakHour(series);
                WriteKey(_peaks.Time(day.StartMs), key);
                _peaks.Time(day.EndMs).Integer(volume);
                if (peak is { } p)
                {
                    var opposing = _opposing[key] < 0 ? null : VolumeIn(p.Hour, _opposing[key]);
                    _peaks.Time(p.Hour.StartMs).Integer(p.Volume)
                        .Real(Rounded((double)p.Volume * Context.Options.BinMs / (3_600_000.0 * p.BusiestBin)))
                        .Real(Rounded((double)p.Volume / volume))
                        .Real(opposing is null ? null : Rounded((double)p.Volume / (p.Volume + opposing.Value)));
                }
                else
                {
                    _peaks.Null().Null().Null().Null().Null();
                }

                Quality.Write(_peaks, Context.Coverage, day, null, null, Lanes[key].Channels);
            }
        }

        private int? VolumeIn(TimeRange hour, int key)
        {
            var volume = 0;
            foreach (var (bin, counts) in Day)
            {
                volume += hour.Contains(bin.StartMs) ? counts[key] : 0;
            }

            return volume;
        }

        private void WriteKey(RowBuffer rows, int key)
        {
            rows.Word((int)Lanes[key].Direction);
            if (Lanes[key].Group is { } group)
            {
                ApproachGroup.Write(rows, group);
            }
            else
            {
                rows.Null().Null();
            }
        }

        /// <summary>The peer's bins run from the first hit to the last; quiet ones before or after, and those of a silence past its first day, are left out.</summary>
        private void WritePhases(RowBuffer rows, TimeRange bin, ReadOnlySpan<int> counts)
        {
            if (counts[_directions..].IndexOfAnyExcept(0) < 0)
            {
                if (_hasPhaseHits && _quiet.Count * Context.Options.BinMs < 86_400_000)
                {
                    _quiet.Add(bin);
                }

                return;
            }

            foreach (var quiet in _quiet)
            {
                WritePhases(rows, quiet);
            }

            _quiet.Clear();
            _hasPhaseHits = true;
            WritePhases(rows, bin, counts[_directions..], _directions);
        }

        private void WritePhases(RowBuffer rows, TimeRange bin)
        {
            for (var key = _directions; key < Lanes.Length; key++)
            {
                rows.Integer(Lanes[key].Group!.Value.Number).Time(bin.StartMs).Time(bin.EndMs).Integer(0);
            }
        }

        private void WritePhases(RowBuffer rows, TimeRange bin, ReadOnlySpan<int> counts, int firstKey)
        {
            for (var i = 0; i < counts.Length; i++)
            {
                rows.Integer(Lanes[firstKey + i].Group!.Value.Number).Time(bin.StartMs).Time(bin.EndMs).Integer(counts[i]);
            }
        }

        private double Rounded(double factor)
        {
            if (!_rounds || factor <= 0)
            {
                return factor;
            }

            var scale = Math.Pow(10, Math.Floor(Math.Log10(factor)) + 1);
            return scale * Math.Round(factor / scale, 3);
        }
    }
}
