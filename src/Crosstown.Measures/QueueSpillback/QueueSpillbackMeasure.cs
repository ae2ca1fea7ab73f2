using System.Collections.Immutable;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Measures.BuildingBlocks;
using Crosstown.Measures.Engine;
using Crosstown.Measures.Options;

namespace Crosstown.Measures.QueueSpillback;

/// <summary>Queue over the advance detector: how far back the queue reaches, and whether green goes to waste because traffic cannot leave.</summary>
public sealed class QueueSpillbackMeasure : Measure
{
    internal static readonly NumberOption StandingS = new(
        "standing_s", "s",
        "A detector covered for this long without a break has a queue standing on it: a car rolling at 10 mph covers a 6 ft loop for under 2 s, a bus for under 4 s.",
        5, least: 1, most: 60);

    internal static readonly NumberOption DischargeS = new(
        "discharge_s", "s",
        "From this long after begin of green a queue standing on the detector is held up by what lies downstream: by then the start of the own queue's discharge, which runs back at some 15 ft/s, has passed a detector 400 ft away.",
        30, least: 0, most: 120);

    internal static readonly TableSchema Table = new()
    {
        Name = "queue-spillback",
        Columns =
        [
            new("time", ColumnType.Time, "", "Start of the bin in which the cycles' red began."),
            new("signal", ColumnType.Signal, "", "The signal."),
            new("phase", ColumnType.Integer, "", "The phase that serves the approach."),
            new("channel", ColumnType.Integer, "", "Advance detector."),
            new("distance_ft", ColumnType.Real, "ft", "Distance to the stop bar: the queue reaches at least as far; null when not configured."),
            new("cycles", ColumnType.Integer, "", "Cycles from begin of red to begin of red."),
            new("queued_cycles", ColumnType.Integer, "", "Of these, with a queue standing on the detector at any time."),
            new("queued_at_green", ColumnType.Integer, "", "Of these, with the queue still standing on it as green began."),
            new("blocked_cycles", ColumnType.Integer, "", "Of these, with a queue standing on it in the later part of green."),
            new("queued_red_s", ColumnType.Real, "s", "Time in red with a queue standing on the detector."),
            new("blocked_green_s", ColumnType.Real, "s", "Time in the later part of green with a queue standing on the detector."),
            new("green_s", ColumnType.Real, "s", "Green of the cycles."),
            new("spatial_index", ColumnType.Real, "0-1", "Blocked green over green: the spatial oversaturation severity index; null without green."),
            .. Quality.Columns,
        ],
    };

    public override string Name => "queue-spillback";

    public override string Title => "Queue spillback";

    public override ImmutableArray<Option> Options => [StandingS, DischargeS];

    public override CodeSet Codes { get; } = CodeSet.Of([EventCode.DetectorOn, EventCode.DetectorOff, .. GroupStates.Codes]);

    public override ImmutableArray<TableSchema> TablesIn(DefinitionSet set) => set == DefinitionSet.Odot21 ? [] : [Table];

    public override SignalMeasure? Start(MeasureContext context) =>
        context.Configuration.Detectors.Any(d => d.Has(DetectorFunctions.AdvanceCount) && d.Phase is not null) ? new QueueSpillback(context) : null;

    private struct Cell
    {
        public int Cycles;
        public int Queued;
        public int QueuedAtGreen;
        public int Blocked;
        public long QueuedRedMs;
        public long BlockedGreenMs;
        public long GreenMs;
        public int Dropped;
    }

    private sealed class QueueSpillback : SignalMeasure
    {
        private const int Channels = 256;
        private const long LongestCycleMs = 60 * 60_000;

        private readonly MeasureContext _context;
        private readonly RowBuffer _rows;
        private readonly long _standingMs;
        private readonly long _dischargeMs;
        private readonly Detector[] _detectors;
        private readonly CycleBuilder[] _cycles;
        private readonly int[] _cycleOfDetector;
        private readonly sbyte[] _detectorOfChannel = new sbyte[Channels];
        private readonly long[] _onSinceMs;
        private readonly List<TimeRange>[] _standing;
        private readonly Queue<(int Phase, ObservedCycle Cycle)> _waiting = new(32);
        private readonly OpenBins<Cell> _bins;
        private readonly GapCursor _gaps;

        public QueueSpillback(MeasureContext context)
        {
            _context = context;
            _rows = context.Rows(Table);
            _gaps = new GapCursor(context.Coverage);
            _standingMs = context.Options.Milliseconds(StandingS);
            _dischargeMs = context.Options.Milliseconds(DischargeS);
            _detectors =
            [
                .. context.Configuration.Detectors.Where(d => d.Has(DetectorFunctions.AdvanceCount) && d.Phase is not null)
                    .DistinctBy(d => d.Channel).OrderBy(d => d.Phase).ThenBy(d => d.Channel),
            ];
            var phases = _detectors.Select(d => d.Phase!.Value).Distinct().ToArray();
            _cycles = [.. phases.Select(p => new CycleBuilder(SignalGroup.Phase(p), CycleBoundary.RedToRed))];
            _cycleOfDetector = [.. _detectors.Select(d => Array.IndexOf(phases, d.Phase!.Value))];
            _onSinceMs = [.. _detectors.Select(_ => long.MaxValue)];
            _standing = [.. _detectors.Select(_ => new List<TimeRange>(256))];
            _bins = new OpenBins<Cell>(context.Clock, context.Options.BinMs, _detectors.Length);
            Array.Fill(_detectorOfChannel, (sbyte)-1);
            for (var d = 0; d < _detectors.Length; d++)
            {
                _detectorOfChannel[_detectors[d].Channel] = (sbyte)d;
            }
        }

        public override void Advance(ReadOnlySpan<ControllerEvent> events)
        {
            foreach (ref readonly var e in events)
            {
                PassGaps(e.TimeMs);
                CloseCyclesUpTo(e.TimeMs);
                if (e.Code is EventCode.DetectorOn or EventCode.DetectorOff)
                {
                    if ((ushort)e.Parameter < Channels && _detectorOfChannel[e.Parameter] is >= 0 and var d)
                    {
                        TakeDetector(d, e);
                    }

                    continue;
                }

                BreakLongCycles(e.TimeMs);
                for (var p = 0; p < _cycles.Length; p++)
                {
                    var openSinceMs = _cycles[p].OpenSinceMs;
                    if (_cycles[p].Take(e, out var cycle))
                    {
                        _waiting.Enqueue((p, cycle));
                    }

                    if (_cycles[p].TakeDropped() > 0)
                    {
                        NoteDropped(p, openSinceMs);
                    }
                }
            }
        }

        public override void CloseUpTo(long watermarkMs)
        {
            PassGaps(watermarkMs);
            BreakLongCycles(watermarkMs);
            CloseCyclesUpTo(watermarkMs);
            var earliestMs = watermarkMs - _standingMs;
            foreach (var cycle in _cycles)
            {
                earliestMs = Math.Min(earliestMs, cycle.OpenSinceMs ?? long.MaxValue);
            }

            foreach (var (_, cycle) in _waiting)
            {
                earliestMs = Math.Min(earliestMs, cycle.StartMs);
            }

            foreach (var standing in _standing)
            {
                var drop = 0;
                while (drop < standing.Count && standing[drop].EndMs <= earliestMs)
                {
                    drop++;
                }

                standing.RemoveRange(0, drop);
            }

            WriteUpTo(earliestMs);
        }

        public override void Finish(long endMs)
        {
            PassGaps(endMs);
            CloseCyclesUpTo(endMs + _standingMs + 1);
            WriteUpTo(long.MaxValue);
        }

        private void PassGaps(long timeMs)
        {
            while (_gaps.TryPass(timeMs, out var gap))
            {
                CloseCyclesUpTo(gap.EndMs);
                Array.Fill(_onSinceMs, long.MaxValue);
                for (var p = 0; p < _cycles.Length; p++)
                {
                    Break(p);
                }
            }
        }

        /// <summary>A phase that rests is in no cycle; without this, one that is never served again would hold all later bins back.</summary>
        private void BreakLongCycles(long timeMs)
        {
            for (var p = 0; p < _cycles.Length; p++)
            {
                if (_cycles[p].OpenSinceMs is { } since && timeMs - since > LongestCycleMs)
                {
                    Break(p);
                }
            }
        }

        private void Break(int p)
        {
            NoteDropped(p, _cycles[p].OpenSinceMs);
            _cycles[p].Break();
            _cycles[p].TakeDropped();
        }

        private void NoteDropped(int phase, long? sinceMs)
        {
            if (sinceMs is not { } since)
            {
                return;
            }

            for (var d = 0; d < _detectors.Length; d++)
            {
                if (_cycleOfDetector[d] == phase)
                {
                    _bins.At(since, d).Dropped++;
                }
            }
        }

        private void TakeDetector(int d, in ControllerEvent e)
        {
            if (e.Code == EventCode.DetectorOn)
            {
                // Of two "on"s in a row the first counts: a lost "off" is likelier than a vehicle on top of another.
                _onSinceMs[d] = Math.Min(_onSinceMs[d], e.TimeMs);
            }
            else if (_onSinceMs[d] != long.MaxValue)
            {
                if (e.TimeMs - _onSinceMs[d] >= _standingMs)
                {
                    _standing[d].Add(new TimeRange(_onSinceMs[d], e.TimeMs));
                }

                _onSinceMs[d] = long.MaxValue;
            }
        }

        /// <summary>Counts the cycles that ended long enough before a moment to know whether what covered the detector at their end stands.</summary>
        private void CloseCyclesUpTo(long timeMs)
        {
            while (_waiting.TryPeek(out var first) && first.Cycle.EndMs + _standingMs < timeMs)
            {
                _waiting.Dequeue();
                for (var d = 0; d < _detectors.Length; d++)
                {
                    if (_cycleOfDetector[d] == first.Phase)
                    {
                        Count(d, first.Cycle, timeMs);
                    }
                }
            }
        }

        private void Count(int d, in ObservedCycle cycle, long timeMs)
        {
            ref var cell = ref _bins.At(cycle.StartMs, d);
            cell.Cycles++;
            cell.GreenMs += cycle.GreenLengthMs;
            var (isQueued, isQueuedAtGreen, isBlocked) = (false, false, false);
            for (var i = 0; i <= _standing[d].Count; i++)
            {
                TimeRange span;
                if (i < _standing[d].Count)
                {
                    span = _standing[d][i];
                }
                else if (_onSinceMs[d] != long.MaxValue && timeMs - _onSinceMs[d] > _standingMs)
                {
                    span = new TimeRange(_onSinceMs[d], timeMs);
                }
                else
                {
                    break;
                }

                if (span.StartMs >= cycle.EndMs || span.EndMs <= cycle.StartMs)
                {
                    continue;
                }

                isQueued = true;
                isQueuedAtGreen |= span.Contains(cycle.GreenMs);
                cell.QueuedRedMs += OverlapMs(span, cycle.StartMs, cycle.GreenMs);
                var blockedMs = OverlapMs(span, Math.Min(cycle.GreenMs + _dischargeMs, cycle.YellowMs), cycle.YellowMs);
                cell.BlockedGreenMs += blockedMs;
                isBlocked |= blockedMs > 0;
            }

            cell.Queued += isQueued ? 1 : 0;
            cell.QueuedAtGreen += isQueuedAtGreen ? 1 : 0;
            cell.Blocked += isBlocked ? 1 : 0;
        }

        private static long OverlapMs(TimeRange span, long startMs, long endMs) => Math.Max(0, Math.Min(span.EndMs, endMs) - Math.Max(span.StartMs, startMs));

        private void WriteUpTo(long timeMs)
        {
            while (_bins.TryClose(timeMs, out var bin))
            {
                for (var d = 0; d < _detectors.Length; d++)
                {
                    if (!bin.Touched[d])
                    {
                        continue;
                    }

                    var cell = bin.Cells[d];
                    _rows.Time(bin.Range.StartMs).Integer(_detectors[d].Phase!.Value).Integer(_detectors[d].Channel).Real(_detectors[d].StopBarDistanceFt)
                        .Integer(cell.Cycles).Integer(cell.Queued).Integer(cell.QueuedAtGreen).Integer(cell.Blocked)
                        .Real(cell.QueuedRedMs / 1000.0).Real(cell.BlockedGreenMs / 1000.0).Real(cell.GreenMs / 1000.0)
                        .Real(cell.GreenMs == 0 ? null : (double)cell.BlockedGreenMs / cell.GreenMs);
                    Quality.Write(_rows, _context.Coverage, bin.Range, cell.Dropped, null, _detectors[d].Channel);
                }
            }
        }
    }
}
