using System.Collections.Immutable;
using Crosstown.Core.Events;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Measures.BuildingBlocks;
using Crosstown.Measures.Engine;
using Crosstown.Measures.Options;

namespace Crosstown.Measures.CommunicationsHealth;

/// <summary>Communications health: whether a signal's log is there at all, what the central system says of the line, and how far the clock drifts.</summary>
public sealed class CommunicationsHealthMeasure : Measure
{
    internal static readonly NumberOption LeastEvents = new(
        "least_events", "", "A bin has data when each of its 5 minutes holds at least so many standard events (Oregon's package: 3).", 3, least: 1, most: 10_000);

    internal static readonly FlagOption AttemptsAndFailures = new(
        "attempts_and_failures", "Report polls (500) and failed polls (501) too; Oregon's package is set to drift, loss and response time.",
        crosstown: true, odot: false);

    internal static readonly TableSchema Table = new()
    {
        Name = "communications-health",
        Columns =
        [
            new("time", ColumnType.Time, "", "Start of the bin."),
            new("signal", ColumnType.Signal, "", "The signal."),
            new("has_data", ColumnType.Boolean, "", "Each 5 minutes of the bin hold enough standard events."),
            new("least_events", ColumnType.Integer, "", "The smallest number of standard events in any 5 minutes of the bin."),
            new("clock_drift_ms", ColumnType.Real, "ms", "Mean reported clock drift, negative when the controller's clock is behind; null when none was reported."),
            new("clock_drift_most_ms", ColumnType.Integer, "ms", "The reported drift farthest from 0, with its sign; null when none was reported."),
            new("clock_updates", ColumnType.Integer, "", "How often the controller's clock was set."),
            new("attempts", ColumnType.Real, "", "Mean reported poll attempts; null when none were reported."),
            new("failures", ColumnType.Real, "", "Mean reported failed polls; null when none were reported."),
            new("loss_share", ColumnType.Real, "0-1", "Mean reported share of polls lost; null when none was reported."),
            new("response_ms", ColumnType.Real, "ms", "Mean reported response time; null when none was reported."),
            .. Quality.Columns,
        ],
    };

    internal static readonly TableSchema DayTable = new()
    {
        Name = "communications-days",
        Columns =
        [
            new("time", ColumnType.Time, "", "Start of the local day."),
            new("signal", ColumnType.Signal, "", "The signal."),
            new("bins", ColumnType.Integer, "", "Bins of the day from the log's first event to its last."),
            new("bins_with_data", ColumnType.Integer, "", "Of these, with data."),
            new("share_with_data", ColumnType.Real, "0-1", "Bins with data over bins."),
            .. Quality.Columns,
        ],
    };

    internal static readonly TableSchema OdotHasDataTable = new()
    {
        Name = "has_data",
        TimeFirst = true,
        Columns =
        [
            new("TimeStamp", ColumnType.Time, "", "Start of a bin with data."),
            new("DeviceId", ColumnType.Signal, "", "The signal."),
        ],
    };

    internal static readonly TableSchema OdotTable = new()
    {
        Name = "communications",
        TimeFirst = true,
        Columns =
        [
            new("TimeStamp", ColumnType.Time, "", "Start of the bin."),
            new("DeviceId", ColumnType.Signal, "", "The signal."),
            new("EventId", ColumnType.Integer, "", "Event code."),
            new("Average", ColumnType.Single, "", "Mean of its parameter."),
        ],
    };

    public override string Name => "communications-health";

    public override string Title => "Communications health";

    public override CodeSet Codes { get; } = CodeSet.Of(
        EventCode.ClockUpdated, EventCode.ClockDrift, EventCode.CommunicationAttempts, EventCode.CommunicationFailures,
        EventCode.CommunicationLossPercent, EventCode.CommunicationResponseMs);

    public override ImmutableArray<Option> Options => [LeastEvents, AttemptsAndFailures];

    public override ImmutableArray<TableSchema> TablesIn(DefinitionSet set) => set switch
    {
        DefinitionSet.Odot21 => [OdotHasDataTable, OdotTable],
        DefinitionSet.Udot5 => [],
        _ => [Table, DayTable],
    };

    public override SignalMeasure Start(MeasureContext context) => new CommunicationsHealth(context);

    private struct Sum
    {
        public int Count;
        public long Total;
        public int Most;

        public readonly double? Mean => Count == 0 ? null : (double)Total / Count;

        public void Add(int value)
        {
            Most = Math.Abs(value) > Math.Abs(Most) ? value : Most;
            Total += value;
            Count++;
        }
    }

    private sealed class CommunicationsHealth : SignalMeasure
    {
        private const int Drift = 0;
        private const int Attempts = 1;
        private const int Failures = 2;
        private const int Loss = 3;
        private const int Response = 4;
        private const int ClockUpdates = 5;
        private const int Kinds = 6;
        private const long DayMs = 86_400_000;

        private static readonly ushort[] CodeOf =
        [
            EventCode.ClockDrift, EventCode.CommunicationAttempts, EventCode.CommunicationFailures,
            EventCode.CommunicationLossPercent, EventCode.CommunicationResponseMs,
        ];

        private readonly MeasureContext _context;
        private readonly bool _isOdot;
        private readonly bool _attemptsAndFailures;
        private readonly int _leastEvents;
        private readonly RowBuffer _rows;
        private readonly RowBuffer _otherRows;
        private readonly OpenBins<Sum> _bins;
        private TimeRange _day;
        private int _dayBins;
        private int _dayBinsWithData;

        public CommunicationsHealth(MeasureContext context)
        {
            _context = context;
            _isOdot = context.Options.Set == DefinitionSet.Odot21;
            _attemptsAndFailures = context.Options[AttemptsAndFailures];
            _leastEvents = (int)context.Options[LeastEvents];
            _rows = context.Rows(_isOdot ? OdotTable : Table);
            _otherRows = context.Rows(_isOdot ? OdotHasDataTable : DayTable);
            _bins = new OpenBins<Sum>(context.Clock, context.Options.BinMs, Kinds);
        }

        public override void Advance(ReadOnlySpan<ControllerEvent> events)
        {
            foreach (ref readonly var e in events)
            {
                var kind = e.Code switch
                {
                    EventCode.ClockDrift => Drift,
                    EventCode.CommunicationAttempts when _attemptsAndFailures => Attempts,
                    EventCode.CommunicationFailures when _attemptsAndFailures => Failures,
                    EventCode.CommunicationLossPercent => Loss,
                    EventCode.CommunicationResponseMs => Response,
                    EventCode.ClockUpdated => ClockUpdates,
                    _ => -1,
                };
                if (kind >= 0 && (e.Parameter >= 0 || (kind == Drift && !_isOdot)))
                {
                    _bins.At(e.TimeMs, kind).Add(e.Parameter);
                }
            }
        }

        public override void CloseUpTo(long watermarkMs)
        {
            // A bin shorter than the five minutes in which events are counted waits for the end of these.
            var remainder = watermarkMs % SignalCoverage.GapMs;
            Close(watermarkMs - (remainder < 0 ? remainder + SignalCoverage.GapMs : remainder));
        }

        public override void Finish(long endMs)
        {
            Close(_context.Clock.BinAt(endMs - 1, _context.Options.BinMs).EndMs);
            if (!_isOdot)
            {
                WriteDay();
            }
        }

        private void Close(long reachedMs)
        {
            if (_context.Coverage.EventCount > 0)
            {
                _bins.FillThrough(_context.Coverage.FirstMs, reachedMs);
            }

            while (_bins.TryClose(reachedMs, out var bin))
            {
                var least = _context.Coverage.LeastEventsInFiveMinutes(bin.Range);
                if (_isOdot)
                {
                    WriteOdot(bin, least);
                }
                else
                {
                    Write(bin, least);
                }
            }
        }

        private void WriteOdot(in ClosedBin<Sum> bin, int least)
        {
            if (least >= _leastEvents)
            {
                _otherRows.Time(bin.Range.StartMs);
            }

            for (var kind = 0; kind < ClockUpdates; kind++)
            {
                if (bin.Touched[kind])
                {
                    _rows.Time(bin.Range.StartMs).Integer(CodeOf[kind]).Single((float)((double)bin.Cells[kind].Total / bin.Cells[kind].Count));
                }
            }
        }

        private void Write(in ClosedBin<Sum> bin, int least)
        {
            _rows.Time(bin.Range.StartMs).Boolean(least >= _leastEvents).Integer(least)
                .Real(bin.Cells[Drift].Mean).Integer(bin.Touched[Drift] ? bin.Cells[Drift].Most : (long?)null)
                .Integer(bin.Cells[ClockUpdates].Count)
                .Real(bin.Cells[Attempts].Mean).Real(bin.Cells[Failures].Mean)
                .Real(bin.Cells[Loss].Mean / 100).Real(bin.Cells[Response].Mean);
            Quality.Write(_rows, _context.Coverage, bin.Range, null, null, null);

            if (bin.Range.StartMs >= _day.EndMs)
            {
                WriteDay();
                _day = _context.Clock.BinAt(bin.Range.StartMs, DayMs);
            }

            _dayBins++;
            _dayBinsWithData += least >= _leastEvents ? 1 : 0;
        }

        private void WriteDay()
        {
            if (_dayBins > 0)
            {
                _otherRows.Time(_day.StartMs).Integer(_dayBins).Integer(_dayBinsWithData).Real((double)_dayBinsWithData / _dayBins);
                Quality.Write(_otherRows, _context.Coverage, _day, null, null, null);
            }

            _dayBins = 0;
            _dayBinsWithData = 0;
        }
    }
}
