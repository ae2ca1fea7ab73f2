using System.Collections.Immutable;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Measures.BuildingBlocks;
using Crosstown.Measures.Options;
using Crosstown.Measures.TimeSpace;

namespace Crosstown.Measures.Composed.TimeSpaceDiagram;

/// <summary>Which begin of green the average diagram uses.</summary>
public enum BandTiming
{
    /// <summary>The median of what the log shows.</summary>
    Measured,

    /// <summary>Offset and programmed splits.</summary>
    Programmed,
}

/// <summary>Time-space diagram: a corridor's greens by distance, where their fronts and backs travel to, and the band that is green all along.</summary>
/// <remarks>
/// Recorded greens are placed signal by signal: each is carried to the next signal by distance and speed alone and is never matched with anything that
/// was recorded there. The band through several signals is taken from average timing.
/// </remarks>
public sealed class TimeSpaceDiagramMeasure : ComposedMeasure
{
    internal static readonly ChoiceOption<BandTiming> Timing = new(
        "band_timing", "Average greens begin where the log shows them, or where offset and splits put them as in ATSPM 5.", BandTiming.Measured, udot: BandTiming.Programmed);

    private static readonly ImmutableArray<string> Directions = ["forward", "backward"];

    internal static readonly TableSchema Greens = new()
    {
        Name = "time-space-diagram",
        Columns =
        [
            new("time", ColumnType.Time, "", "Begin of green."),
            new("signal", ColumnType.Signal, "", "The signal."),
            new("end", ColumnType.Time, "", "End of green; null when not known."),
            new("position", ColumnType.Integer, "", "The signal's place on the corridor, 1 for the first."),
            new("direction", ColumnType.Word, "", "Which way the green serves.") { Words = Directions },
            new("distance_ft", ColumnType.Real, "ft", "The signal's distance along the corridor."),
            new("next_distance_ft", ColumnType.Real, "ft", "Distance of the next signal that way; null at the end of the corridor."),
            new("front_at_next", ColumnType.Time, "", "When a vehicle that leaves at begin of green reaches the next signal at the link's speed; null without a speed."),
            new("back_at_next", ColumnType.Time, "", "The same for one that leaves at end of green."),
            .. Quality.Columns,
        ],
    };

    internal static readonly TableSchema Average = new()
    {
        Name = "time-space-average",
        Columns =
        [
            new("time", ColumnType.Time, "", "Begin of the time in which the timing of all signals of the stretch held."),
            new("signal", ColumnType.Signal, "", "The stretch's first signal in forward order."),
            new("end", ColumnType.Time, "", "End of that time."),
            new("first_position", ColumnType.Integer, "", "Place of the stretch's first signal."),
            new("last_position", ColumnType.Integer, "", "Place of its last signal: the next one for a link, the last one for the whole corridor."),
            new("direction", ColumnType.Word, "", "Which way the band runs.") { Words = Directions },
            new("cycle_s", ColumnType.Real, "s", "The cycle length that all signals share."),
            new("band_s", ColumnType.Real, "s", "The longest stretch of departures that meets green at every signal."),
            new("efficiency", ColumnType.Real, "0-1", "Band over cycle."),
            new("attainability", ColumnType.Real, "0-1", "Band over the shortest green."),
            .. Quality.Columns,
        ],
    };

    public override string Name => "time-space-diagram";

    public override string Title => "Time-space diagram";

    public override ImmutableArray<Option> Options => [Timing];

    public override ImmutableArray<string> Inputs => [TimeSpaceMeasure.Bands.Name, TimeSpaceMeasure.Timing.Name];

    public override ImmutableArray<TableSchema> Tables => [Greens, Average];

    public override ComposedWork? Start(ComposedContext context) => context.Corridor is { } corridor ? new TimeSpaceDiagram(context, corridor) : null;

    /// <summary>One signal's average green for one direction in one period of its pattern.</summary>
    private readonly record struct Period(TimeRange Span, double CycleS, double StartS, double GreenS, double SeenShare);

    private sealed class TimeSpaceDiagram : ComposedWork
    {
        private readonly ComposedContext _context;
        private readonly Corridor _corridor;
        private readonly RowBuffer _greens = new(Greens);
        private readonly List<Period>[,] _periods;
        private readonly LocalTimeMap[] _clocks;

        public TimeSpaceDiagram(ComposedContext context, Corridor corridor)
        {
            _context = context;
            _corridor = corridor;
            _periods = new List<Period>[corridor.Signals.Length, 2];
            _clocks = new LocalTimeMap[corridor.Signals.Length];
            for (var i = 0; i < corridor.Signals.Length; i++)
            {
                _periods[i, 0] = [];
                _periods[i, 1] = [];
                _clocks[i] = LocalTimeMap.Utc;
            }
        }

        public override void Take(SignalId signal, LocalTimeMap clock, RowBuffer rows)
        {
            if (_corridor.FindIndex(signal) is not { } index)
            {
                return;
            }

            _clocks[index] = clock;
            if (rows.Schema.Name == TimeSpaceMeasure.Bands.Name)
            {
                TakeGreens(index, rows);
                _context.HandOver(signal, clock, _greens);
            }
            else
            {
                TakeTiming(index, rows);
            }
        }

        public override void Finish()
        {
            var last = _corridor.Signals.Length - 1;
            for (var index = 0; index < last; index++)
            {
                var rows = new RowBuffer(Average);
                foreach (var forward in (ReadOnlySpan<bool>)[true, false])
                {
                    WriteStretch(rows, index, index + 1, forward);
                    if (index == 0 && last > 1)
                    {
                        WriteStretch(rows, 0, last, forward);
                    }
                }

                rows.SortBy(Average.IndexOf("time"), Average.IndexOf("last_position"), Average.IndexOf("direction"));
                _context.HandOver(_corridor.Signals[index].Signal, _clocks[index], rows);
            }
        }

        private void TakeGreens(int index, RowBuffer rows)
        {
            var schema = rows.Schema;
            var (time, end, group, number, seen) = (schema.IndexOf("time"), schema.IndexOf("end"), schema.IndexOf("group"), schema.IndexOf("number"), schema.IndexOf("seen_share"));
            for (var row = 0; row < rows.Count; row++)
            {
                var served = new SignalGroup((byte)rows.Bits(row, number), rows.Bits(row, group) == 1);
                foreach (var forward in (ReadOnlySpan<bool>)[true, false])
                {
                    if (_corridor.GroupAt(index, forward) != served)
                    {
                        continue;
                    }

                    var next = forward ? index + 1 : index - 1;
                    var isInside = next >= 0 && next < _corridor.Signals.Length;
                    var travelMs = isInside && _corridor.TravelTimeS(Math.Min(index, next)) is { } s ? (long?)Math.Round(s * 1000) : null;
                    var startMs = rows.Bits(row, time);
                    var endMs = rows.Whole(row, end);
                    _greens.Time(startMs);
                    PutTime(endMs);
                    _greens.Integer(index + 1).Word(forward ? 0 : 1).Real(_corridor.Signals[index].DistanceFt)
                        .Real(isInside ? _corridor.Signals[next].DistanceFt : null);
                    PutTime(startMs + travelMs);
                    PutTime(endMs + travelMs);
                    Quality.WriteComposed(_greens, rows.Value(row, seen));
                }
            }
        }

        private void PutTime(long? timeMs)
        {
            if (timeMs is { } ms)
            {
                _greens.Time(ms);
            }
            else
            {
                _greens.Null();
            }
        }

        private void TakeTiming(int index, RowBuffer rows)
        {
            var schema = rows.Schema;
            var (time, end, phase, cycle) = (schema.IndexOf("time"), schema.IndexOf("end"), schema.IndexOf("phase"), schema.IndexOf("cycle_s"));
            var start = schema.IndexOf(_context.Options.Choice(Timing) == BandTiming.Measured ? "measured_start_s" : "programmed_start_s");
            var (green, seen) = (schema.IndexOf("green_s"), schema.IndexOf("seen_share"));
            for (var row = 0; row < rows.Count; row++)
            {
                if (rows.Value(row, cycle) is not { } cycleS || rows.Value(row, start) is not { } startS)
                {
                    continue;
                }

                foreach (var forward in (ReadOnlySpan<bool>)[true, false])
                {
                    if (_corridor.GroupAt(index, forward) is { IsOverlap: false } group && group.Number == rows.Bits(row, phase))
                    {
                        _periods[index, forward ? 0 : 1].Add(new Period(
                            new TimeRange(rows.Bits(row, time), rows.Bits(row, end)), cycleS, startS, Math.Min(rows.Number(row, green), cycleS), rows.Value(row, seen) ?? 0));
                    }
                }
            }
        }

        /// <summary>Writes the band of a stretch for each span of time in which all its signals had the same cycle length.</summary>
        private void WriteStretch(RowBuffer rows, int first, int last, bool forward)
        {
            var travelS = new double[last - first + 1];
            for (var i = 1; i < travelS.Length; i++)
            {
                if (_corridor.TravelTimeS(first + i - 1) is not { } linkS)
                {
                    return;
                }

                travelS[i] = travelS[i - 1] + linkS;
            }

            var direction = forward ? 0 : 1;
            var cursor = new int[travelS.Length];
            while (true)
            {
                var (startMs, endMs) = (long.MinValue, long.MaxValue);
                for (var i = 0; i < cursor.Length; i++)
                {
                    var periods = _periods[first + i, direction];
                    if (cursor[i] == periods.Count)
                    {
                        return;
                    }

                    startMs = Math.Max(startMs, periods[cursor[i]].Span.StartMs);
                    endMs = Math.Min(endMs, periods[cursor[i]].Span.EndMs);
                }

                if (startMs < endMs)
                {
                    var parts = cursor.Select((c, i) => _periods[first + i, direction][c]).ToArray();
                    if (parts.All(p => p.CycleS == parts[0].CycleS))
                    {
                        // Backward traffic meets the last signal first.
                        var departS = forward ? travelS : [.. travelS.Select(s => travelS[^1] - s)];
                        var bandS = Band.LongestS(parts[0].CycleS, [.. parts.Select((p, i) => (p.StartS - departS[i], p.GreenS))]);
                        rows.Time(startMs).Time(endMs).Integer(first + 1).Integer(last + 1).Word(direction).Real(parts[0].CycleS)
                            .Real(bandS).Real(bandS / parts[0].CycleS).Real(bandS / parts.Min(p => p.GreenS));
                        Quality.WriteComposed(rows, parts.Average(p => p.SeenShare));
                    }
                }

                for (var i = 0; i < cursor.Length; i++)
                {
                    if (_periods[first + i, direction][cursor[i]].Span.EndMs == endMs)
                    {
                        cursor[i]++;
                    }
                }
            }
        }
    }
}
