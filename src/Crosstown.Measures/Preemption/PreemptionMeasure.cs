using System.Collections.Immutable;
using Crosstown.Core.Events;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Measures.BuildingBlocks;
using Crosstown.Measures.Engine;
using Crosstown.Measures.Options;

namespace Crosstown.Measures.Preemption;

/// <summary>Preemption: when a train or an emergency vehicle took over, how fast it was served and for how long.</summary>
public sealed class PreemptionMeasure : Measure
{
    /// <summary>A preempt that logs nothing for longer has ended: 20 minutes (ATSPM 5).</summary>
    private const long SilenceMs = 20 * 60_000;

    private const int Numbers = 256;

    internal static readonly FlagOption DwellToLastEvent = new(
        "dwell_to_last_event", "Without a logged end, let the dwell run to the preempt's last event, as ATSPM 5 does; else the dwell is not known.",
        crosstown: false, udot: true);

    internal static readonly TableSchema Services = new()
    {
        Name = "preemption",
        Columns =
        [
            new("time", ColumnType.Time, "", "Begin: the input, when the entry follows it directly, else the entry."),
            new("signal", ColumnType.Signal, "", "The signal."),
            new("preempt", ColumnType.Integer, "", "Preempt number."),
            new("end", ColumnType.Time, "", "Exit interval or next entry; where the preempt fell silent, its last event; null when the log ended before."),
            new("ended_by", ColumnType.Word, "", "How it ended.") { Words = ["exit", "next-entry", "silence", "log-end"] },
            new("delay_s", ColumnType.Real, "s", "From input to entry; null when no input directly before the entry was logged."),
            new("time_to_service_s", ColumnType.Real, "s", "From entry to track clearance, or to dwell where there is none; null when neither was logged."),
            new("track_clearance_s", ColumnType.Real, "s", "From track clearance to dwell; null without both."),
            new("dwell_s", ColumnType.Real, "s", "From dwell to the end; null when either is not known."),
            new("gate_down_s", ColumnType.Real, "s", "From begin to the gate's coming down; null when not logged."),
            new("max_presence_s", ColumnType.Real, "s", "From begin to the preempt's exceeding its maximum presence; null when not logged."),
            new("input_s", ColumnType.Real, "s", "From begin to the last time that the input went off; null when not logged."),
            .. Quality.Columns,
        ],
    };

    internal static readonly TableSchema Counts = new()
    {
        Name = "preemption-counts",
        Columns =
        [
            new("time", ColumnType.Time, "", "Start of the bin."),
            new("signal", ColumnType.Signal, "", "The signal."),
            new("preempt", ColumnType.Integer, "", "Preempt number."),
            new("inputs", ColumnType.Integer, "", "Times that the input went on (102)."),
            new("entries", ColumnType.Integer, "", "Entries that started (105)."),
            .. Quality.Columns,
        ],
    };

    public override string Name => "preemption";

    public override string Title => "Preemption";

    public override CodeSet Codes { get; } = CodeSet.Of().AndRange(EventCode.PreemptInputOn, EventCode.PreemptExit);

    public override ImmutableArray<Option> Options => [DwellToLastEvent];

    public override ImmutableArray<TableSchema> TablesIn(DefinitionSet set) => set == DefinitionSet.Odot21 ? [] : [Services, Counts];

    public override SignalMeasure Start(MeasureContext context) => new Preemption(context);

    private enum EndedBy
    {
        Exit,
        NextEntry,
        Silence,
        LogEnd,
    }

    private struct Count
    {
        public int Inputs;
        public int Entries;
    }

    private struct Service
    {
        public int Number;
        public long StartMs;
        public long EntryMs;
        public long LastMs;
        public bool HasInput;
        public long? GateDownMs;
        public long? TrackClearanceMs;
        public long? DwellMs;
        public long? MaxPresenceMs;
        public long? InputOffMs;
        public long? EndMs;
        public EndedBy EndedBy;
    }

    private sealed class Preemption(MeasureContext context) : SignalMeasure
    {
        private readonly RowBuffer _services = context.Rows(Services);
        private readonly RowBuffer _counts = context.Rows(Counts);
        private readonly bool _dwellToLast = context.Options[DwellToLastEvent];
        private readonly OpenBins<Count> _bins = new(context.Clock, context.Options.BinMs, Numbers);
        private readonly Service[] _open = new Service[Numbers];
        private readonly bool[] _isOpen = new bool[Numbers];

        /// <summary>Time of an input that is the preempt's newest event; null after any other.</summary>
        private readonly long?[] _inputMs = new long?[Numbers];
        private readonly HeldItems<Service> _ended = new();

        public override void Advance(ReadOnlySpan<ControllerEvent> events)
        {
            foreach (ref readonly var e in events)
            {
                if ((ushort)e.Parameter < Numbers)
                {
                    Take(e, e.Parameter);
                }
            }
        }

        public override void CloseUpTo(long watermarkMs)
        {
            var settledMs = watermarkMs;
            for (var number = 0; number < Numbers; number++)
            {
                EndIfSilent(number, watermarkMs);
                if (_isOpen[number])
                {
                    settledMs = Math.Min(settledMs, _open[number].StartMs);
                }

                if (_inputMs[number] is { } inputMs && watermarkMs - inputMs <= SilenceMs)
                {
                    settledMs = Math.Min(settledMs, inputMs);
                }
            }

            Write(settledMs);
            WriteCounts(watermarkMs);
        }

        public override void Finish(long endMs)
        {
            CloseUpTo(endMs);
            for (var number = 0; number < Numbers; number++)
            {
                if (_isOpen[number])
                {
                    End(number, null, EndedBy.LogEnd);
                }
            }

            Write(long.MaxValue);
            WriteCounts(long.MaxValue);
        }

        private void Take(in ControllerEvent e, int number)
        {
            EndIfSilent(number, e.TimeMs);
            var inputMs = _inputMs[number];
            _inputMs[number] = e.Code == EventCode.PreemptInputOn ? e.TimeMs : null;
            if (e.Code == EventCode.PreemptInputOn)
            {
                _bins.At(e.TimeMs, number).Inputs++;
            }
            else if (e.Code == EventCode.PreemptEntryStarted)
            {
                _bins.At(e.TimeMs, number).Entries++;
                Enter(number, e.TimeMs, inputMs);
            }

            if (!_isOpen[number])
            {
                return;
            }

            ref var service = ref _open[number];
            service.LastMs = e.TimeMs;
            switch (e.Code)
            {
                case EventCode.PreemptGateDown: service.GateDownMs ??= e.TimeMs; break;
                case EventCode.PreemptInputOff: service.InputOffMs = e.TimeMs; break;
                case EventCode.PreemptTrackClearance: service.TrackClearanceMs ??= e.TimeMs; break;
                case EventCode.PreemptDwell: service.DwellMs ??= e.TimeMs; break;
                case EventCode.PreemptMaxPresence: service.MaxPresenceMs ??= e.TimeMs; break;
                case EventCode.PreemptExit: End(number, e.TimeMs, EndedBy.Exit); break;
            }
        }

        private void Enter(int number, long timeMs, long? inputMs)
        {
            if (_isOpen[number])
            {
                End(number, timeMs, EndedBy.NextEntry);
            }

            var hasInput = inputMs is not null && timeMs - inputMs <= SilenceMs;
            _isOpen[number] = true;
            _open[number] = new Service { Number = number, StartMs = hasInput ? inputMs!.Value : timeMs, EntryMs = timeMs, LastMs = timeMs, HasInput = hasInput };
        }

        private void EndIfSilent(int number, long nowMs)
        {
            if (_isOpen[number] && nowMs - _open[number].LastMs > SilenceMs)
            {
                End(number, _open[number].LastMs, EndedBy.Silence);
            }
        }

        private void End(int number, long? endMs, EndedBy endedBy)
        {
            _isOpen[number] = false;
            var service = _open[number];
            service.EndMs = endMs;
            service.EndedBy = endedBy;
            _ended.Add(service.StartMs, number, service);
        }

        private void Write(long beforeMs)
        {
            while (_ended.TryTakeBefore(beforeMs, out var s))
            {
                var hasEnd = s.EndedBy is EndedBy.Exit or EndedBy.NextEntry || (_dwellToLast && s.EndedBy == EndedBy.Silence);
                _services.Time(s.StartMs).Integer(s.Number);
                if (s.EndMs is { } endMs)
                {
                    _services.Time(endMs);
                }
                else
                {
                    _services.Null();
                }

                _services.Word((int)s.EndedBy)
                    .Real(s.HasInput ? (s.EntryMs - s.StartMs) / 1000.0 : null)
                    .Real(Seconds(s.EntryMs, s.TrackClearanceMs ?? s.DwellMs))
                    .Real(Seconds(s.TrackClearanceMs, s.DwellMs))
                    .Real(hasEnd ? Seconds(s.DwellMs, s.EndMs) : null)
                    .Real(Seconds(s.StartMs, s.GateDownMs))
                    .Real(Seconds(s.StartMs, s.MaxPresenceMs))
                    .Real(Seconds(s.StartMs, s.InputOffMs));
                Quality.Write(_services, context.Coverage, new TimeRange(s.StartMs, s.LastMs), null, null, null);
            }
        }

        private void WriteCounts(long beforeMs)
        {
            while (_bins.TryClose(beforeMs, out var bin))
            {
                for (var number = 0; number < Numbers; number++)
                {
                    if (bin.Touched[number])
                    {
                        _counts.Time(bin.Range.StartMs).Integer(number).Integer(bin.Cells[number].Inputs).Integer(bin.Cells[number].Entries);
                        Quality.Write(_counts, context.Coverage, bin.Range, null, null, null);
                    }
                }
            }
        }

        private static double? Seconds(long? fromMs, long? toMs) => toMs >= fromMs ? (toMs - fromMs) / 1000.0 : null;
    }
}
