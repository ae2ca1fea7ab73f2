using System.Collections.Immutable;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Measures.BuildingBlocks;
using Crosstown.Measures.Composed.DetectorModel;
using Crosstown.Measures.DetectorHealth;
using Crosstown.Measures.Options;
using Crosstown.Measures.Watchdog;

namespace Crosstown.Measures.Composed.DailyAlerts;

/// <summary>Daily alerts as Oregon's report raises them: a share that lately lies well above its own record.</summary>
public sealed class DailyAlertsMeasure : ComposedMeasure
{
    internal static readonly NumberOption MaxOutCusum = new("max_out_cusum", "", "Sum over seven days that a phase's max-outs must exceed.", 0.25);
    internal static readonly NumberOption MaxOutServices = new("max_out_services", "", "Services that the day must exceed.", 30);
    internal static readonly NumberOption MaxOutZ = new("max_out_z", "", "Deviations from the mean that the day must exceed.", 4);
    internal static readonly NumberOption MaxOutShare = new("max_out_share", "0-1", "Share of max-outs and force-offs that the day must exceed.", 0.2);
    internal static readonly NumberOption DetectorCusum = new("detector_cusum", "", "Sum over seven days that a detector's anomalies must exceed.", 0.20);
    internal static readonly NumberOption DetectorZ = new("detector_z", "", "Deviations from the mean that the day must exceed.", 3.5);
    internal static readonly NumberOption DetectorShare = new("detector_share", "0-1", "Share of anomalies that the day must exceed.", 0.10);
    internal static readonly NumberOption MissingCusum = new("missing_cusum", "", "Sum over seven days that a signal's missing time must exceed.", 0.10);
    internal static readonly NumberOption MissingZ = new("missing_z", "", "Deviations from the mean that the day must exceed.", 3);
    internal static readonly NumberOption MissingShare = new("missing_share", "0-1", "Share of missing time that the day must exceed.", 0.05);

    internal static readonly NumberOption SuppressDays = new(
        "suppress_days", "d", "An alert that was reported fewer days ago is not reported again.", 21, least: 0, most: 365);

    internal static readonly NumberOption RecordDays = new("record_days", "d", "Length of the record that mean and deviation are taken from.", 21, least: 7, most: 365);

    internal static readonly TableSchema Table = new()
    {
        Name = "daily-alerts",
        Columns =
        [
            new("time", ColumnType.Time, "", "Begin of the local day."),
            new("signal", ColumnType.Signal, "", "The signal."),
            new("subject", ColumnType.Word, "", "Whose share it is.") { Words = ["phase-max-outs", "detector-anomalies", "missing-data"] },
            new("number", ColumnType.Integer, "", "Phase or channel; null for the signal itself."),
            new("share", ColumnType.Real, "0-1", "The day's share."),
            new("mean", ColumnType.Real, "0-1", "Mean over the record."),
            new("deviation", ColumnType.Real, "0-1", "Sample standard deviation over the record; null of a single day."),
            new("z", ColumnType.Real, "", "(share - mean) / deviation; null without a deviation."),
            new("cusum", ColumnType.Real, "", "The weighted sum over seven days; null without a deviation."),
            new("services", ColumnType.Integer, "", "The phase's services in the day; null for others."),
            new("is_alert", ColumnType.Boolean, "", "All limits of the subject are exceeded."),
            new("is_reported", ColumnType.Boolean, "", "An alert that is not suppressed as a repeat."),
            .. Quality.Columns,
        ],
    };

    public override string Name => "daily-alerts";

    public override string Title => "Daily alerts";

    public override ImmutableArray<Option> Options =>
    [
        MaxOutCusum, MaxOutServices, MaxOutZ, MaxOutShare, DetectorCusum, DetectorZ, DetectorShare, MissingCusum, MissingZ, MissingShare, SuppressDays, RecordDays,
    ];

    public override ImmutableArray<string> Inputs => [DetectorHealthMeasure.PhaseDays.Name, DetectorModelMeasure.Days.Name, WatchdogMeasure.Days.Name];

    public override ImmutableArray<TableSchema> Tables => [Table];

    public override ComposedWork Start(ComposedContext context) => new DailyAlerts(context);

    private enum Subject
    {
        PhaseMaxOuts,
        DetectorAnomalies,
        MissingData,
    }

    private sealed class DailyAlerts(ComposedContext context) : ComposedWork
    {
        private readonly SortedDictionary<(SignalId Signal, Subject Subject, long Number), List<DailyShare>> _records = [];
        private readonly Dictionary<SignalId, LocalTimeMap> _clocks = [];

        public override void Take(SignalId signal, LocalTimeMap clock, RowBuffer rows)
        {
            _clocks[signal] = clock;
            var schema = rows.Schema;
            var (time, seen) = (schema.IndexOf("time"), schema.IndexOf("seen_share"));
            var subject = schema.Name == DetectorHealthMeasure.PhaseDays.Name ? Subject.PhaseMaxOuts
                : schema.Name == WatchdogMeasure.Days.Name ? Subject.MissingData : Subject.DetectorAnomalies;
            for (var row = 0; row < rows.Count; row++)
            {
                var timeMs = rows.Bits(row, time);
                var (number, share, services) = subject switch
                {
                    Subject.PhaseMaxOuts => MaxOuts(rows, row),
                    Subject.DetectorAnomalies => (rows.Bits(row, schema.IndexOf("channel")), rows.Value(row, schema.IndexOf("anomalous_share")), (long?)null),
                    _ => (-1, 1 - rows.Value(row, seen), null),
                };
                if (share is { } known)
                {
                    var key = (signal, subject, number);
                    if (!_records.TryGetValue(key, out var record))
                    {
                        _records[key] = record = [];
                    }

                    record.Add(new DailyShare(timeMs, LocalDays.NumberOf(clock.ToLocalMs(timeMs)), known, services, rows.Value(row, seen)));
                }
            }
        }

        public override void Finish()
        {
            RowBuffer? rows = null;
            var current = default(SignalId);
            foreach (var ((signal, subject, number), record) in _records)
            {
                if (rows is null || signal != current)
                {
                    HandOver(current, rows);
                    (rows, current) = (new RowBuffer(Table), signal);
                }

                Write(rows, subject, number, record);
            }

            HandOver(current, rows);
        }

        private static (long Number, double? Share, long? Services) MaxOuts(RowBuffer rows, int row)
        {
            var schema = rows.Schema;
            var services = rows.Bits(row, schema.IndexOf("services"));
            var held = rows.Bits(row, schema.IndexOf("max_outs")) + rows.Bits(row, schema.IndexOf("force_offs"));
            return (rows.Bits(row, schema.IndexOf("phase")), services == 0 ? null : (double)held / services, services);
        }

        private void HandOver(SignalId signal, RowBuffer? rows)
        {
            if (rows is not null)
            {
                rows.SortBy(Table.IndexOf("time"), Table.IndexOf("subject"), Table.IndexOf("number"));
                context.HandOver(signal, _clocks[signal], rows);
            }
        }

        private void Write(RowBuffer rows, Subject subject, long number, List<DailyShare> record)
        {
            var lastDay = record[^1].Day;
            record.RemoveAll(d => d.Day <= lastDay - (int)context.Options[RecordDays]);
            var (mean, deviation) = Statistics.Spread([.. record.Select(d => d.Share)]);
            var suppress = (int)context.Options[SuppressDays];
            int? reportedDay = null;
            for (var i = 0; i < record.Count; i++)
            {
                var day = record[i];
                var z = deviation is > 0 and var s ? (day.Share - mean) / s : (double?)null;
                var cusum = deviation is { } d ? WeightedSum.At(record, i, mean, d) : (double?)null;
                var isAlert = IsAlert(subject, day, z, cusum);
                var isReported = isAlert && (reportedDay is not { } last || day.Day - last >= suppress);
                reportedDay = isReported ? day.Day : reportedDay;
                rows.Time(day.TimeMs).Word((int)subject).Integer(number < 0 ? null : number).Real(day.Share).Real(mean).Real(deviation).Real(z).Real(cusum)
                    .Integer(day.Services).Boolean(isAlert).Boolean(isReported);
                Quality.WriteComposed(rows, day.SeenShare);
            }
        }

        private bool IsAlert(Subject subject, in DailyShare day, double? z, double? cusum)
        {
            var options = context.Options;
            return subject switch
            {
                Subject.PhaseMaxOuts => cusum > options[MaxOutCusum] && day.Services > options[MaxOutServices] && z > options[MaxOutZ] && day.Share > options[MaxOutShare],
                Subject.DetectorAnomalies => cusum > options[DetectorCusum] && z > options[DetectorZ] && day.Share > options[DetectorShare],
                _ => cusum > options[MissingCusum] && z > options[MissingZ] && day.Share > options[MissingShare],
            };
        }
    }
}
