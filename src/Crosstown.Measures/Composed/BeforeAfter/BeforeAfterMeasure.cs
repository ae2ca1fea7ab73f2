using System.Collections.Immutable;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Measures.BuildingBlocks;
using Crosstown.Measures.DetectorVolume;
using Crosstown.Measures.Options;

namespace Crosstown.Measures.Composed.BeforeAfter;

/// <summary>Before and after: each phase's figures in two periods, on the same days of the week, with how sure the difference is.</summary>
public sealed class BeforeAfterMeasure : ComposedMeasure
{
    internal static readonly NumberOption FromH = new("from_h", "h", "Bins that begin before this local hour are left out.", 0, least: 0, most: 24);
    internal static readonly NumberOption ToH = new("to_h", "h", "Bins that begin at or after this local hour are left out.", 24, least: 0, most: 24);

    internal static readonly NumberOption LeastSeenShare = new(
        "least_seen_share", "0-1", "A day of which the log saw less does not count; nor is a period compared of which it saw less.", 0.8, least: 0, most: 1);

    internal static readonly NumberOption LeastDays = new("least_days", "d", "Days that each side must have.", 3, least: 2, most: 365);

    internal static readonly NumberOption Confidence = new("confidence", "0-1", "Confidence of the interval for the difference.", 0.95, least: 0.5, most: 0.9999);

    internal static readonly TableSchema Table = new()
    {
        Name = "before-after",
        Columns =
        [
            new("time", ColumnType.Time, "", "Begin of the later period."),
            new("signal", ColumnType.Signal, "", "The signal."),
            new("figure", ColumnType.Word, "", "What is compared; counts per day, shares and means over the day.") { Words = Figure.Words },
            new("phase", ColumnType.Integer, "", "Phase."),
            new("answer", ColumnType.Word, "", "Whether the periods can be compared, and if not, why.") { Words = ["compared", "too-few-days-before", "too-few-days-after", "too-little-seen-before", "too-little-seen-after"] },
            new("before_days", ColumnType.Integer, "", "Days of the earlier period that count."),
            new("after_days", ColumnType.Integer, "", "Days of the later one."),
            new("before_seen_share", ColumnType.Real, "0-1", "Share of the earlier period's asked hours that the log saw."),
            new("after_seen_share", ColumnType.Real, "0-1", "Share of the later one's."),
            new("before", ColumnType.Real, "", "Mean of the earlier days' values; null when not compared."),
            new("after", ColumnType.Real, "", "Mean of the later days' values; null when not compared."),
            new("difference", ColumnType.Real, "", "After less before."),
            new("difference_low", ColumnType.Real, "", "Lower end of the interval for the difference (Welch)."),
            new("difference_high", ColumnType.Real, "", "Upper end of it."),
            new("confidence", ColumnType.Real, "0-1", "How sure it is that there is a difference: 1 less the two-sided chance of one as great by day-to-day variation alone."),
            .. Quality.Columns,
        ],
    };

    public override string Name => "before-after";

    public override string Title => "Before and after";

    public override ImmutableArray<Option> Options => [FromH, ToH, LeastSeenShare, LeastDays, Confidence];

    public override ImmutableArray<string> Inputs => [.. Figure.Tables, DetectorVolumeMeasure.Table.Name];

    public override ImmutableArray<TableSchema> Tables => [Table];

    public override ComposedWork? Start(ComposedContext context) => context.Compared is { } periods ? new BeforeAfter(context, periods) : null;

    private enum Answer
    {
        Compared,
        TooFewDaysBefore,
        TooFewDaysAfter,
        TooLittleSeenBefore,
        TooLittleSeenAfter,
    }

    private sealed class BeforeAfter : ComposedWork
    {
        private readonly ComposedContext _context;
        private readonly TimeRange[] _periods;
        private readonly double _fromH;
        private readonly double _toH;
        private readonly int _binsPerDay;
        private readonly SortedDictionary<SignalId, LocalTimeMap> _clocks = [];
        private readonly SortedDictionary<(SignalId Signal, int Figure, long Phase), SortedDictionary<int, (double Counted, double OutOf)>> _days = [];
        private readonly Dictionary<(SignalId Signal, int Day), float[]> _seen = [];

        public BeforeAfter(ComposedContext context, ComparedPeriods periods)
        {
            _context = context;
            _periods = [periods.Before, periods.After];
            _fromH = context.Options[FromH];
            _toH = context.Options[ToH];
            _binsPerDay = (int)((LocalDays.DayMs + context.Options.BinMs - 1) / context.Options.BinMs);
        }

        public override void Take(SignalId signal, LocalTimeMap clock, RowBuffer rows)
        {
            _clocks[signal] = clock;
            NoteSeen(signal, clock, rows);
            for (var f = 0; f < Figure.All.Length; f++)
            {
                if (Figure.All[f].Table == rows.Schema.Name)
                {
                    TakeFigure(signal, clock, rows, f);
                }
            }
        }

        public override void Finish()
        {
            foreach (var (signal, clock) in _clocks)
            {
                var rows = new RowBuffer(Table);
                foreach (var ((owner, figure, phase), days) in _days)
                {
                    if (owner == signal)
                    {
                        Write(rows, signal, clock, figure, phase, days);
                    }
                }

                _context.HandOver(signal, clock, rows);
            }
        }

        /// <summary>The local day and bin of a moment; null when it was not asked for.</summary>
        private (int Day, int Bin)? PlaceOf(LocalTimeMap clock, long timeMs)
        {
            var localMs = clock.ToLocalMs(timeMs);
            var day = LocalDays.NumberOf(localMs);
            var sinceMidnightMs = localMs - (day * LocalDays.DayMs);
            var hour = sinceMidnightMs / 3_600_000.0;
            return (_periods[0].Contains(timeMs) || _periods[1].Contains(timeMs)) && (_context.Days & LocalDays.TypeOf(day)) != 0 && hour >= _fromH && hour < _toH
                ? (day, (int)(sinceMidnightMs / _context.Options.BinMs))
                : null;
        }

        /// <summary>A bin is as well seen as the best of its rows says; a bin without any row was not seen.</summary>
        private void NoteSeen(SignalId signal, LocalTimeMap clock, RowBuffer rows)
        {
            var (time, seen) = (rows.Schema.IndexOf("time"), rows.Schema.IndexOf("seen_share"));
            for (var row = 0; row < rows.Count; row++)
            {
                if (PlaceOf(clock, rows.Bits(row, time)) is { } place)
                {
                    var key = (signal, place.Day);
                    if (!_seen.TryGetValue(key, out var bins))
                    {
                        _seen[key] = bins = new float[_binsPerDay];
                    }

                    bins[place.Bin] = Math.Max(bins[place.Bin], (float)(rows.Value(row, seen) ?? 0));
                }
            }
        }

        private void TakeFigure(SignalId signal, LocalTimeMap clock, RowBuffer rows, int f)
        {
            var columns = Figure.All[f].ColumnsIn(rows.Schema);
            for (var row = 0; row < rows.Count; row++)
            {
                if (PlaceOf(clock, rows.Bits(row, columns.Time)) is not { } place || rows.Whole(row, columns.Phase) is not { } phase || !columns.Speaks(rows, row)
                    || FigureColumns.Sum(rows, row, columns.Counted) is not { } counted || FigureColumns.Sum(rows, row, columns.OutOf) is not { } outOf)
                {
                    continue;
                }

                var key = (signal, f, phase);
                if (!_days.TryGetValue(key, out var days))
                {
                    _days[key] = days = [];
                }

                var day = days.GetValueOrDefault(place.Day);
                days[place.Day] = (day.Counted + counted, day.OutOf + outOf);
            }
        }

        private void Write(RowBuffer rows, SignalId signal, LocalTimeMap clock, int figure, long phase, SortedDictionary<int, (double Counted, double OutOf)> days)
        {
            var least = _context.Options[LeastSeenShare];
            var asked = new List<int>[2];
            for (var side = 0; side < 2; side++)
            {
                asked[side] = [.. AskedDays(clock, _periods[side])];
            }

            // Same days of the week on both sides: a Sunday more on one of them is no difference of the street.
            DayTypes[] usable = [.. asked.Select(list => list.Where(d => IsUsable(signal, d, days, figure, least)).Aggregate(DayTypes.None, (all, d) => all | LocalDays.TypeOf(d)))];
            var common = usable[0] & usable[1];
            var values = new List<double>[2];
            var seen = new double[2];
            for (var side = 0; side < 2; side++)
            {
                values[side] =
                [
                    .. asked[side].Where(d => (LocalDays.TypeOf(d) & common) != 0 && IsUsable(signal, d, days, figure, least)).Select(d => ValueOf(figure, days[d])!.Value),
                ];
                seen[side] = asked[side].Count == 0 ? 0 : asked[side].Average(d => SeenShare(signal, d));
            }

            var leastDays = (int)_context.Options[LeastDays];
            var answer = seen[0] < least ? Answer.TooLittleSeenBefore
                : seen[1] < least ? Answer.TooLittleSeenAfter
                : values[0].Count < leastDays ? Answer.TooFewDaysBefore
                : values[1].Count < leastDays ? Answer.TooFewDaysAfter
                : Answer.Compared;
            rows.Time(_periods[1].StartMs).Word(figure).Integer(phase).Word((int)answer).Integer(values[0].Count).Integer(values[1].Count).Real(seen[0]).Real(seen[1]);
            if (answer == Answer.Compared)
            {
                var welch = Welch.Compare(values[0], values[1], _context.Options[Confidence]);
                rows.Real(welch.Before).Real(welch.After).Real(welch.After - welch.Before).Real(welch.Low).Real(welch.High).Real(welch.Confidence);
            }
            else
            {
                rows.Null().Null().Null().Null().Null().Null();
            }

            Quality.WriteComposed(rows, Math.Min(seen[0], seen[1]));
        }

        private bool IsUsable(SignalId signal, int day, SortedDictionary<int, (double Counted, double OutOf)> days, int figure, double least) =>
            days.TryGetValue(day, out var sums) && ValueOf(figure, sums) is not null && SeenShare(signal, day) >= least;

        private static double? ValueOf(int figure, (double Counted, double OutOf) sums) =>
            Figure.All[figure].OutOf.IsEmpty ? sums.Counted : sums.OutOf > 0 ? sums.Counted / sums.OutOf : null;

        private double SeenShare(SignalId signal, int day)
        {
            var wanted = Math.Max(1, Math.Round((_toH - _fromH) / 24 * _binsPerDay));
            return _seen.TryGetValue((signal, day), out var bins) ? Math.Min(1, bins.Sum() / wanted) : 0;
        }

        private IEnumerable<int> AskedDays(LocalTimeMap clock, TimeRange period)
        {
            if (period.LengthMs == 0)
            {
                yield break;
            }

            var last = LocalDays.NumberOf(clock.ToLocalMs(period.EndMs - 1));
            for (var day = LocalDays.NumberOf(clock.ToLocalMs(period.StartMs)); day <= last; day++)
            {
                if ((_context.Days & LocalDays.TypeOf(day)) != 0)
                {
                    yield return day;
                }
            }
        }
    }
}
