using System.Collections.Immutable;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Measures.BuildingBlocks;
using Crosstown.Measures.Options;
using Crosstown.Measures.Watchdog;

namespace Crosstown.Measures.Composed.WatchdogReport;

/// <summary>Watchdog report: each day's findings with the day on which they were first seen; what was reported a few days ago is not reported again.</summary>
public sealed class WatchdogReportMeasure : ComposedMeasure
{
    internal static readonly NumberOption SuppressDays = new(
        "suppress_days", "d", "A finding that was reported fewer days ago is not reported again; one that was away for this long is a new one.", 7, odot: 21, udot: 0, least: 0, most: 365);

    internal static readonly TableSchema Report = new()
    {
        Name = "watchdog-report",
        Columns =
        [
            new("time", ColumnType.Time, "", "Begin of the local day."),
            new("signal", ColumnType.Signal, "", "The signal."),
            new("finding", ColumnType.Word, "", "What is wrong.") { Words = WatchdogMeasure.Table.Columns[WatchdogMeasure.Table.IndexOf("finding")].Words },
            new("number", ColumnType.Integer, "", "Phase or channel; null where the whole signal is meant."),
            new("value", ColumnType.Real, "", "Events, hits or share that was found."),
            new("limit", ColumnType.Real, "", "What it was compared with; null for what is not configured."),
            new("first_seen", ColumnType.Time, "", "Begin of the day on which the finding first appeared without having been away since."),
            new("days_seen", ColumnType.Integer, "", "Days on which it was seen since then, this one included."),
            new("is_reported", ColumnType.Boolean, "", "True when it is news today; false while it is suppressed as a repeat."),
            .. Quality.Columns,
        ],
    };

    internal static readonly TableSchema Silence = new()
    {
        Name = "watchdog-silence",
        Columns =
        [
            new("time", ColumnType.Time, "", "Begin of the first local day of which the signal's log has nothing."),
            new("signal", ColumnType.Signal, "", "The signal."),
            new("days", ColumnType.Integer, "", "Local days without any event in a row, within the asked period."),
            .. Quality.Columns,
        ],
    };

    public override string Name => "watchdog-report";

    public override string Title => "Watchdog report";

    public override ImmutableArray<Option> Options => [SuppressDays];

    public override ImmutableArray<string> Inputs => [WatchdogMeasure.Table.Name, WatchdogMeasure.Days.Name];

    public override ImmutableArray<TableSchema> Tables => [Report, Silence];

    public override ComposedWork Start(ComposedContext context) => new WatchdogReport(context);

    private struct History
    {
        public long FirstSeenMs;
        public int LastDay;
        public int ReportedDay;
        public int DaysSeen;
    }

    private sealed class WatchdogReport(ComposedContext context) : ComposedWork
    {
        private readonly int _suppressDays = (int)context.Options[SuppressDays];
        private readonly RowBuffer _report = new(Report);
        private readonly Dictionary<(SignalId Signal, long Finding, long? Number), History> _histories = [];
        private readonly SortedDictionary<SignalId, (LocalTimeMap Clock, SortedSet<int> Days)> _heard = [];

        public override void Take(SignalId signal, LocalTimeMap clock, RowBuffer rows)
        {
            var schema = rows.Schema;
            if (schema.Name == WatchdogMeasure.Days.Name)
            {
                TakeDays(signal, clock, rows);
                return;
            }

            var (time, finding, number) = (schema.IndexOf("time"), schema.IndexOf("finding"), schema.IndexOf("number"));
            var (value, limit, seen) = (schema.IndexOf("value"), schema.IndexOf("limit"), schema.IndexOf("seen_share"));
            for (var row = 0; row < rows.Count; row++)
            {
                var timeMs = rows.Bits(row, time);
                var history = Update((signal, rows.Bits(row, finding), rows.Whole(row, number)), timeMs, LocalDays.NumberOf(clock.ToLocalMs(timeMs)), out var isReported);
                _report.Time(timeMs).Word((int)rows.Bits(row, finding)).Integer(rows.Whole(row, number)).Real(rows.Value(row, value)).Real(rows.Value(row, limit))
                    .Time(history.FirstSeenMs).Integer(history.DaysSeen).Boolean(isReported);
                Quality.WriteComposed(_report, rows.Value(row, seen));
            }

            context.HandOver(signal, clock, _report);
        }

        public override void Finish()
        {
            foreach (var signal in context.Configurations.Keys)
            {
                _heard.TryAdd(signal, (LocalTimeMap.Utc, []));
            }

            if (context.Period is not { LengthMs: > 0 } period)
            {
                return;
            }

            foreach (var (signal, (clock, days)) in _heard)
            {
                var rows = new RowBuffer(Silence);
                var (silentSinceMs, silentDays) = (0L, 0);
                for (var day = LocalDay.At(clock, period.StartMs); day.StartMs < period.EndMs; day = LocalDay.At(clock, day.EndMs))
                {
                    if (!days.Contains(LocalDays.NumberOf(clock.ToLocalMs(day.StartMs))))
                    {
                        silentSinceMs = silentDays++ == 0 ? day.StartMs : silentSinceMs;
                    }
                    else
                    {
                        WriteSilence(rows, silentSinceMs, silentDays);
                        silentDays = 0;
                    }
                }

                WriteSilence(rows, silentSinceMs, silentDays);
                context.HandOver(signal, clock, rows);
            }
        }

        private static void WriteSilence(RowBuffer rows, long sinceMs, int days)
        {
            if (days > 0)
            {
                rows.Time(sinceMs).Integer(days);
                Quality.WriteComposed(rows, 0);
            }
        }

        private void TakeDays(SignalId signal, LocalTimeMap clock, RowBuffer rows)
        {
            if (!_heard.TryGetValue(signal, out var heard))
            {
                _heard[signal] = heard = (clock, []);
            }

            var (time, events) = (rows.Schema.IndexOf("time"), rows.Schema.IndexOf("events"));
            for (var row = 0; row < rows.Count; row++)
            {
                if (rows.Bits(row, events) > 0)
                {
                    heard.Days.Add(LocalDays.NumberOf(clock.ToLocalMs(rows.Bits(row, time))));
                }
            }
        }

        private History Update((SignalId, long, long?) key, long timeMs, int day, out bool isReported)
        {
            if (!_histories.TryGetValue(key, out var history) || day - history.LastDay > Math.Max(1, _suppressDays))
            {
                history = new History { FirstSeenMs = timeMs, ReportedDay = int.MinValue };
            }

            isReported = history.ReportedDay == int.MinValue || day - history.ReportedDay >= _suppressDays;
            history.ReportedDay = isReported ? day : history.ReportedDay;
            history.DaysSeen += day != history.LastDay || history.DaysSeen == 0 ? 1 : 0;
            history.LastDay = day;
            _histories[key] = history;
            return history;
        }
    }
}
