using System.Collections.Immutable;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Measures.ArrivalsByShift;
using Crosstown.Measures.BuildingBlocks;
using Crosstown.Measures.Options;

namespace Crosstown.Measures.Composed.LinkPivot;

/// <summary>Link pivot: the offset changes that bring most of a corridor's arrivals onto green.</summary>
/// <remarks>
/// Each link is turned about its downstream signal: when the upstream signal's offset grows by d, forward platoons reach the downstream signal d
/// later, and backward platoons meet the upstream signal's display as if they came d earlier. Both answers stand in the signals' own tables.
/// </remarks>
public sealed class LinkPivotMeasure : ComposedMeasure
{
    internal static readonly NumberOption Bias = new(
        "bias", "", "Weight of a direction: above 0 forward arrivals count 1 + bias, below 0 backward ones count 1 - bias.", 0, least: -10, most: 10);

    internal static readonly NumberOption FromH = new("from_h", "h", "Periods that begin before this local hour are left out.", 0, least: 0, most: 24);
    internal static readonly NumberOption ToH = new("to_h", "h", "Periods that begin at or after this local hour are left out.", 24, least: 0, most: 24);

    internal static readonly TableSchema Links = new()
    {
        Name = "link-pivot",
        Columns =
        [
            new("time", ColumnType.Time, "", "Begin of the first period that went in."),
            new("signal", ColumnType.Signal, "", "The link's upstream signal: its offset is what changes."),
            new("position", ColumnType.Integer, "", "Its place on the corridor, 1 for the first; the link ends at the next."),
            new("cycle_s", ColumnType.Integer, "s", "Cycle length of the periods that went in; other cycle lengths have rows of their own."),
            new("shift_s", ColumnType.Integer, "s", "Best shift of the upstream signal against the downstream one, 0 to cycle_s - 1."),
            new("forward_arrivals", ColumnType.Integer, "", "Forward arrivals at the downstream signal; null when it has no such table."),
            new("forward_on_green", ColumnType.Integer, "", "Of these, on green as recorded."),
            new("forward_on_green_predicted", ColumnType.Integer, "", "Of these, on green after the shift."),
            new("backward_arrivals", ColumnType.Integer, "", "Backward arrivals at the upstream signal; null when it has no such table."),
            new("backward_on_green", ColumnType.Integer, "", "Of these, on green as recorded."),
            new("backward_on_green_predicted", ColumnType.Integer, "", "Of these, on green after the shift."),
            new("share_on_green", ColumnType.Real, "0-1", "Both directions' arrivals on green over all, as recorded; null without arrivals."),
            new("share_on_green_predicted", ColumnType.Real, "0-1", "The same after the shift."),
            .. Quality.Columns,
        ],
    };

    internal static readonly TableSchema Shifts = new()
    {
        Name = "link-pivot-shifts",
        Columns =
        [
            new("time", ColumnType.Time, "", "Begin of the first period that went in."),
            new("signal", ColumnType.Signal, "", "The link's upstream signal."),
            new("position", ColumnType.Integer, "", "Its place on the corridor."),
            new("cycle_s", ColumnType.Integer, "s", "Cycle length."),
            new("shift_s", ColumnType.Integer, "s", "Shift of the upstream signal's offset."),
            new("forward_on_green", ColumnType.Integer, "", "Forward arrivals on green at this shift; null when not known."),
            new("backward_on_green", ColumnType.Integer, "", "Backward arrivals on green at this shift; null when not known."),
            new("weighted", ColumnType.Real, "", "Their sum with the weight of a direction: what is made as great as possible."),
            .. Quality.Columns,
        ],
    };

    internal static readonly TableSchema Offsets = new()
    {
        Name = "link-pivot-offsets",
        Columns =
        [
            new("time", ColumnType.Time, "", "Begin of the first period that went in."),
            new("signal", ColumnType.Signal, "", "The signal."),
            new("position", ColumnType.Integer, "", "Its place on the corridor."),
            new("cycle_s", ColumnType.Integer, "s", "Cycle length."),
            new("offset_change_s", ColumnType.Integer, "s", "What to add to the offset: the shifts of all links from here to the last signal, modulo the cycle."),
            .. Quality.Columns,
        ],
    };

    public override string Name => "link-pivot";

    public override string Title => "Link pivot";

    public override ImmutableArray<Option> Options => [Bias, FromH, ToH];

    public override ImmutableArray<string> Inputs => [ArrivalsByShiftMeasure.Table.Name];

    public override ImmutableArray<TableSchema> Tables => [Links, Shifts, Offsets];

    public override ComposedWork? Start(ComposedContext context) =>
        context.Corridor is { Signals.Length: > 1 } corridor ? new LinkPivot(context, corridor) : null;

    /// <summary>One direction's arrivals at one signal over all periods of one cycle length.</summary>
    private sealed class Curve(int cycleS)
    {
        private double _seen;
        private int _periods;

        public long Arrivals { get; private set; }

        public long[] Later { get; } = new long[cycleS];

        public long[] Earlier { get; } = new long[cycleS];

        public double? SeenShare => _periods == 0 ? null : _seen / _periods;

        public long Faulted { get; private set; }

        public void Add(int shiftS, long arrivals, long later, long earlier, double seenShare, long faulted)
        {
            if (shiftS == 0)
            {
                Arrivals += arrivals;
                _seen += seenShare;
                _periods++;
                Faulted = Math.Max(Faulted, faulted);
            }

            Later[shiftS] += later;
            Earlier[shiftS] += earlier;
        }
    }

    private sealed class LinkPivot : ComposedWork
    {
        private readonly ComposedContext _context;
        private readonly Corridor _corridor;
        private readonly double _forwardWeight;
        private readonly double _backwardWeight;
        private readonly SortedDictionary<(int CycleS, int Index, bool Forward), Curve> _curves = [];
        private readonly SortedDictionary<int, long> _firstMs = [];
        private readonly LocalTimeMap?[] _clocks;

        public LinkPivot(ComposedContext context, Corridor corridor)
        {
            _context = context;
            _corridor = corridor;
            _clocks = new LocalTimeMap?[corridor.Signals.Length];
            var bias = context.Options[Bias];
            _forwardWeight = 1 + Math.Max(0, bias);
            _backwardWeight = 1 - Math.Min(0, bias);
        }

        public override void Take(SignalId signal, LocalTimeMap clock, RowBuffer rows)
        {
            if (_corridor.FindIndex(signal) is not { } index)
            {
                return;
            }

            _clocks[index] = clock;
            var schema = rows.Schema;
            var (time, group, number, cycle, shift) = (schema.IndexOf("time"), schema.IndexOf("group"), schema.IndexOf("number"), schema.IndexOf("cycle_s"), schema.IndexOf("shift_s"));
            var (arrivals, later, earlier) = (schema.IndexOf("arrivals"), schema.IndexOf("on_green_later"), schema.IndexOf("on_green_earlier"));
            var (seen, faulted) = (schema.IndexOf("seen_share"), schema.IndexOf("faulted_detectors"));
            for (var row = 0; row < rows.Count; row++)
            {
                var served = new SignalGroup((byte)rows.Bits(row, number), rows.Bits(row, group) == 1);
                var timeMs = rows.Bits(row, time);
                if (!IsAsked(clock, timeMs))
                {
                    continue;
                }

                var cycleS = (int)rows.Bits(row, cycle);
                foreach (var forward in (ReadOnlySpan<bool>)[true, false])
                {
                    if (_corridor.GroupAt(index, forward) == served)
                    {
                        var key = (cycleS, index, forward);
                        if (!_curves.TryGetValue(key, out var curve))
                        {
                            _curves[key] = curve = new Curve(cycleS);
                        }

                        curve.Add(
                            (int)rows.Bits(row, shift), rows.Bits(row, arrivals), rows.Bits(row, later), rows.Bits(row, earlier),
                            rows.Value(row, seen) ?? 0, rows.Whole(row, faulted) ?? 0);
                        _firstMs[cycleS] = Math.Min(timeMs, _firstMs.GetValueOrDefault(cycleS, long.MaxValue));
                    }
                }
            }
        }

        public override void Finish()
        {
            var last = _corridor.Signals.Length - 1;
            var links = Enumerable.Range(0, last + 1).Select(_ => new RowBuffer(Links)).ToArray();
            var shifts = Enumerable.Range(0, last + 1).Select(_ => new RowBuffer(Shifts)).ToArray();
            var offsets = Enumerable.Range(0, last + 1).Select(_ => new RowBuffer(Offsets)).ToArray();
            foreach (var (cycleS, firstMs) in _firstMs.OrderBy(p => p.Value).ThenBy(p => p.Key))
            {
                var change = 0;
                WriteOffset(offsets[last], last, cycleS, firstMs, change);
                for (var index = last - 1; index >= 0; index--)
                {
                    change = (change + WriteLink(links[index], shifts[index], index, cycleS, firstMs)) % cycleS;
                    WriteOffset(offsets[index], index, cycleS, firstMs, change);
                }
            }

            for (var index = 0; index <= last; index++)
            {
                foreach (var rows in (ReadOnlySpan<RowBuffer>)[links[index], shifts[index], offsets[index]])
                {
                    _context.HandOver(_corridor.Signals[index].Signal, _clocks[index] ?? LocalTimeMap.Utc, rows);
                }
            }
        }

        private bool IsAsked(LocalTimeMap clock, long timeMs)
        {
            var localMs = clock.ToLocalMs(timeMs);
            var day = LocalDays.NumberOf(localMs);
            var hour = (localMs - (day * LocalDays.DayMs)) / 3_600_000.0;
            return (_context.Period?.Contains(timeMs) ?? true) && (_context.Days & LocalDays.TypeOf(day)) != 0
                && hour >= _context.Options[FromH] && hour < _context.Options[ToH];
        }

        /// <summary>Writes a link's rows and answers its best shift; 0 where nothing is known of it.</summary>
        private int WriteLink(RowBuffer links, RowBuffer shifts, int index, int cycleS, long firstMs)
        {
            var forward = _curves.GetValueOrDefault((cycleS, index + 1, true));
            var backward = _curves.GetValueOrDefault((cycleS, index, false));
            var best = 0;
            for (var shift = 1; shift < cycleS; shift++)
            {
                // Of equal shifts the one that moves the signal least, either way round the cycle.
                var gain = Weighted(forward, backward, shift) - Weighted(forward, backward, best);
                if (gain > 0 || (gain == 0 && Math.Min(shift, cycleS - shift) < Math.Min(best, cycleS - best)))
                {
                    best = shift;
                }
            }

            var seen = Seen(forward, backward);
            var faulted = forward is null && backward is null ? (long?)null : Math.Max(forward?.Faulted ?? 0, backward?.Faulted ?? 0);
            var all = (forward?.Arrivals ?? 0) + (backward?.Arrivals ?? 0);
            links.Time(firstMs).Integer(index + 1).Integer(cycleS).Integer(best)
                .Integer(forward?.Arrivals).Integer(forward?.Later[0]).Integer(forward?.Later[best])
                .Integer(backward?.Arrivals).Integer(backward?.Earlier[0]).Integer(backward?.Earlier[best])
                .Real(Share(forward, backward, 0, all)).Real(Share(forward, backward, best, all));
            Quality.WriteComposed(links, seen, faulted);
            for (var shift = 0; shift < cycleS; shift++)
            {
                shifts.Time(firstMs).Integer(index + 1).Integer(cycleS).Integer(shift)
                    .Integer(forward?.Later[shift]).Integer(backward?.Earlier[shift]).Real(Weighted(forward, backward, shift));
                Quality.WriteComposed(shifts, seen, faulted);
            }

            return best;
        }

        private void WriteOffset(RowBuffer rows, int index, int cycleS, long firstMs, int change)
        {
            rows.Time(firstMs).Integer(index + 1).Integer(cycleS).Integer(change);
            Quality.WriteComposed(rows, Seen(_curves.GetValueOrDefault((cycleS, index, true)), _curves.GetValueOrDefault((cycleS, index, false))));
        }

        private double Weighted(Curve? forward, Curve? backward, int shift) =>
            (_forwardWeight * (forward?.Later[shift] ?? 0)) + (_backwardWeight * (backward?.Earlier[shift] ?? 0));

        private static double? Share(Curve? forward, Curve? backward, int shift, long all) =>
            all == 0 ? null : (double)((forward?.Later[shift] ?? 0) + (backward?.Earlier[shift] ?? 0)) / all;

        private static double? Seen(Curve? forward, Curve? backward) =>
            forward?.SeenShare is { } f ? (backward?.SeenShare is { } b ? (f + b) / 2 : f) : backward?.SeenShare;
    }
}
