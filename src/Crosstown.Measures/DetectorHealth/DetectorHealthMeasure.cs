using System.Collections.Immutable;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Measures.BuildingBlocks;
using Crosstown.Measures.Engine;
using Crosstown.Measures.Options;

namespace Crosstown.Measures.DetectorHealth;

/// <summary>Detector health from one signal's log: what the controller reports, what does not move, and what is quiet beside busy neighbors.</summary>
public sealed class DetectorHealthMeasure : Measure
{
    internal static readonly NumberOption ConstantOnMin = new(
        "constant_on_min", "min", "A detector that stays on for longer is stuck; longer than a queue stands on it through a cycle.", 30, least: 1, most: 1440);

    internal static readonly NumberOption ConstantOffH = new(
        "constant_off_h", "h", "A detector without a hit for longer is off for good.", 24, least: 1, most: 720);

    internal static readonly NumberOption NeighborHits = new(
        "neighbor_hits", "hits",
        "A detector without a hit while the others of its phase and kind had this many on average is quiet: with equal traffic the chance is below one in a billion from 21 on; more allows for unequal lanes.",
        100, least: 1);

    internal static readonly TableSchema Table = new()
    {
        Name = "detector-health",
        Columns =
        [
            new("time", ColumnType.Time, "", "Start of the bin at whose end the fault is open."),
            new("signal", ColumnType.Signal, "", "The signal."),
            new("channel", ColumnType.Integer, "", "Detector channel."),
            new("fault", ColumnType.Word, "", "What is wrong; a detector may have several rows.")
            {
                Words = ["other", "watchdog", "open-loop", "shorted-loop", "excessive-change", "constant-on", "constant-off", "quiet"],
            },
            new("since", ColumnType.Time, "", "Since when: the controller's report, the last change, or the last hit."),
            .. Quality.Columns,
        ],
    };

    internal static readonly TableSchema PhaseDays = new()
    {
        Name = "phase-days",
        Columns =
        [
            new("time", ColumnType.Time, "", "Begin of the local day."),
            new("signal", ColumnType.Signal, "", "The signal."),
            new("phase", ColumnType.Integer, "", "Phase that was served or called by a button in the day."),
            new("services", ColumnType.Integer, "", "Greens that ended."),
            new("gap_outs", ColumnType.Integer, "", "Of these, by gap-out."),
            new("max_outs", ColumnType.Integer, "", "Of these, by max-out."),
            new("force_offs", ColumnType.Integer, "", "Of these, by force-off."),
            new("presses", ColumnType.Integer, "", "Actuations (90) of the phase's push buttons."),
            new("walks", ColumnType.Integer, "", "Walks that began."),
            .. Quality.Columns,
        ],
    };

    public override string Name => "detector-health";

    public override string Title => "Detector health";

    public override ImmutableArray<Option> Options => [ConstantOnMin, ConstantOffH, NeighborHits];

    public override CodeSet Codes { get; } = CodeSet.Of(
        EventCode.DetectorOn, EventCode.DetectorOff, EventCode.DetectorRestored, EventCode.DetectorFaultOther, EventCode.DetectorFaultWatchdog,
        EventCode.DetectorFaultOpenLoop, EventCode.DetectorFaultShortedLoop, EventCode.DetectorFaultExcessiveChange, EventCode.PhaseBeginGreen, EventCode.PhaseGapOut,
        EventCode.PhaseMaxOut, EventCode.PhaseForceOff, EventCode.PhaseBeginYellow, EventCode.PedestrianBeginWalk, EventCode.PedestrianDetectorOn);

    public override ImmutableArray<TableSchema> TablesIn(DefinitionSet set) => set == DefinitionSet.Odot21 ? [] : [Table, PhaseDays];

    public override SignalMeasure Start(MeasureContext context) => new DetectorHealth(context);

    private enum Fault
    {
        ConstantOn = 5,
        ConstantOff,
        Quiet,
    }

    private sealed class DetectorHealth(MeasureContext context) : SignalMeasure
    {
        private readonly DetectorStates _detectors = new(context);
        private readonly PhaseTotals _phases = new(context);

        public override void Advance(ReadOnlySpan<ControllerEvent> events)
        {
            foreach (ref readonly var e in events)
            {
                if (e.Code is >= EventCode.DetectorOff and <= EventCode.DetectorFaultExcessiveChange)
                {
                    _detectors.Take(e);
                }
                else
                {
                    _phases.Take(e);
                }
            }
        }

        public override void CloseUpTo(long watermarkMs)
        {
            _detectors.PassTo(watermarkMs);
            _phases.PassTo(watermarkMs);
        }

        public override void Finish(long endMs)
        {
            _detectors.PassTo(endMs);
            _phases.Finish(endMs);
        }
    }

    /// <summary>What each channel's state says at the end of each bin.</summary>
    private sealed class DetectorStates
    {
        private const int Channels = 256;
        private const long Never = long.MaxValue;

        private readonly MeasureContext _context;
        private readonly RowBuffer _rows;
        private readonly long _constantOnMs;
        private readonly long _constantOffMs;
        private readonly double _neighborHits;
        private readonly GapCursor _gaps;
        private readonly bool[] _isKnown = new bool[Channels];
        private readonly long[] _onSinceMs = new long[Channels];
        private readonly long[] _quietSinceMs = new long[Channels];
        private readonly int[] _faults = new int[Channels];
        private readonly long[] _faultSinceMs = new long[Channels];
        private readonly short[] _groupOfChannel = new short[Channels];
        private readonly int[] _groupSize;
        private readonly long[] _groupHits;
        private readonly long[] _ownHits = new long[Channels];
        private readonly long[] _neighborHitsAtLastHit = new long[Channels];
        private TimeRange? _bin;

        public DetectorStates(MeasureContext context)
        {
            _context = context;
            _rows = context.Rows(Table);
            _gaps = new GapCursor(context.Coverage);
            _constantOnMs = (long)(context.Options[ConstantOnMin] * 60_000);
            _constantOffMs = (long)(context.Options[ConstantOffH] * 3_600_000);
            _neighborHits = context.Options[NeighborHits];
            Array.Fill(_onSinceMs, Never);
            Array.Fill(_quietSinceMs, Never);
            Array.Fill(_faults, -1);
            Array.Fill(_groupOfChannel, (short)-1);
            const DetectorFunctions counting = DetectorFunctions.AdvanceCount | DetectorFunctions.LaneByLaneCount | DetectorFunctions.StopBarPresence;
            var groups = context.Configuration.Detectors
                .Where(d => (d.Functions & counting) != 0 && d.Phase is not null)
                .GroupBy(d => (d.Phase, Kind: d.Functions & counting))
                .Where(g => g.Count() > 1)
                .OrderBy(g => g.Key.Phase).ThenBy(g => g.Key.Kind)
                .ToArray();
            _groupSize = [.. groups.Select(g => g.Count())];
            _groupHits = new long[groups.Length];
            for (var g = 0; g < groups.Length; g++)
            {
                foreach (var detector in groups[g])
                {
                    _groupOfChannel[detector.Channel] = (short)g;
                }
            }

            foreach (var detector in context.Configuration.Detectors)
            {
                _isKnown[detector.Channel] = true;
            }
        }

        public void Take(in ControllerEvent e)
        {
            PassTo(e.TimeMs);
            if ((ushort)e.Parameter >= Channels)
            {
                return;
            }

            var channel = e.Parameter;
            _isKnown[channel] = true;
            switch (e.Code)
            {
                case EventCode.DetectorOn:
                    _onSinceMs[channel] = Math.Min(_onSinceMs[channel], e.TimeMs);
                    _quietSinceMs[channel] = e.TimeMs;
                    if (_groupOfChannel[channel] is >= 0 and var group)
                    {
                        _groupHits[group]++;
                        _ownHits[channel]++;
                        _neighborHitsAtLastHit[channel] = _groupHits[group] - _ownHits[channel];
                    }

                    break;
                case EventCode.DetectorOff:
                    _onSinceMs[channel] = Never;
                    break;
                case EventCode.DetectorRestored:
                    _faults[channel] = -1;
                    break;
                default:
                    if (_faults[channel] != e.Code - EventCode.DetectorFaultOther)
                    {
                        _faults[channel] = e.Code - EventCode.DetectorFaultOther;
                        _faultSinceMs[channel] = e.TimeMs;
                    }

                    break;
            }
        }

        public void PassTo(long timeMs)
        {
            if (_context.Coverage.EventCount == 0)
            {
                return;
            }

            _bin ??= BinAt(_context.Coverage.FirstMs);
            while (_gaps.TryPass(timeMs, out var gap))
            {
                CloseBinsUpTo(gap.StartMs);

                // What happened in the gap is not known: an actuation open before it may have ended, a quiet detector may have been hit.
                Array.Fill(_onSinceMs, Never);
                for (var channel = 0; channel < Channels; channel++)
                {
                    _quietSinceMs[channel] = _quietSinceMs[channel] == Never ? Never : gap.EndMs;
                    if (_groupOfChannel[channel] is >= 0 and var group)
                    {
                        _neighborHitsAtLastHit[channel] = _groupHits[group] - _ownHits[channel];
                    }
                }

                _bin = BinAt(gap.EndMs);
            }

            CloseBinsUpTo(timeMs);
        }

        private void CloseBinsUpTo(long timeMs)
        {
            for (var bin = _bin!.Value; bin.EndMs <= timeMs; bin = BinAt(bin.EndMs))
            {
                Close(bin);
                _bin = BinAt(bin.EndMs);
            }
        }

        private void Close(TimeRange bin)
        {
            for (var channel = 0; channel < Channels; channel++)
            {
                if (!_isKnown[channel])
                {
                    continue;
                }

                if (_faults[channel] >= 0)
                {
                    Write(bin, channel, _faults[channel], _faultSinceMs[channel]);
                }

                if (_onSinceMs[channel] != Never && bin.EndMs - _onSinceMs[channel] >= _constantOnMs)
                {
                    Write(bin, channel, (int)Fault.ConstantOn, _onSinceMs[channel]);
                    continue;
                }

                var quietSinceMs = _quietSinceMs[channel] == Never ? _context.Coverage.FirstMs : _quietSinceMs[channel];
                if (bin.EndMs - quietSinceMs >= _constantOffMs)
                {
                    Write(bin, channel, (int)Fault.ConstantOff, quietSinceMs);
                }

                if (_groupOfChannel[channel] is >= 0 and var group)
                {
                    var neighborHits = _groupHits[group] - _ownHits[channel] - _neighborHitsAtLastHit[channel];
                    if ((double)neighborHits / (_groupSize[group] - 1) >= _neighborHits)
                    {
                        Write(bin, channel, (int)Fault.Quiet, quietSinceMs);
                    }
                }
            }
        }

        private void Write(TimeRange bin, int channel, int fault, long sinceMs)
        {
            _rows.Time(bin.StartMs).Integer(channel).Word(fault).Time(sinceMs);
            Quality.Write(_rows, _context.Coverage, bin, null, null, channel);
        }

        private TimeRange BinAt(long timeMs) => _context.Clock.BinAt(timeMs, _context.Options.BinMs);
    }

    /// <summary>Each phase's terminations, presses and walks of a day.</summary>
    private sealed class PhaseTotals(MeasureContext context)
    {
        private const int Phases = 256;

        private readonly RowBuffer _rows = context.Rows(PhaseDays);
        private readonly Totals[] _totals = new Totals[Phases];
        private readonly ushort[] _reason = new ushort[Phases];
        private TimeRange? _day;

        public void Take(in ControllerEvent e)
        {
            PassTo(e.TimeMs);
            _day ??= LocalDay.At(context.Clock, e.TimeMs);
            if ((ushort)e.Parameter >= Phases)
            {
                return;
            }

            var phase = e.Code == EventCode.PedestrianDetectorOn ? context.Configuration.PhaseOfPedestrianChannel((byte)e.Parameter) : e.Parameter;
            ref var totals = ref _totals[phase];
            switch (e.Code)
            {
                case EventCode.PhaseBeginGreen:
                    _reason[phase] = 0;
                    break;
                case EventCode.PhaseBeginYellow:
                    totals.Services++;
                    totals.GapOuts += _reason[phase] == EventCode.PhaseGapOut ? 1 : 0;
                    totals.MaxOuts += _reason[phase] == EventCode.PhaseMaxOut ? 1 : 0;
                    totals.ForceOffs += _reason[phase] == EventCode.PhaseForceOff ? 1 : 0;
                    break;
                case EventCode.PedestrianBeginWalk:
                    totals.Walks++;
                    break;
                case EventCode.PedestrianDetectorOn:
                    totals.Presses++;
                    break;
                default:
                    _reason[phase] = e.Code;
                    break;
            }
        }

        public void PassTo(long timeMs)
        {
            if (_day is { } day && timeMs >= day.EndMs)
            {
                Close(day);
            }
        }

        public void Finish(long endMs)
        {
            PassTo(endMs);
            if (_day is { } day)
            {
                Close(day);
            }
        }

        private void Close(TimeRange day)
        {
            for (var phase = 0; phase < Phases; phase++)
            {
                var totals = _totals[phase];
                if (totals.Services + totals.Presses + totals.Walks > 0)
                {
                    _rows.Time(day.StartMs).Integer(phase).Integer(totals.Services).Integer(totals.GapOuts).Integer(totals.MaxOuts)
                        .Integer(totals.ForceOffs).Integer(totals.Presses).Integer(totals.Walks);
                    Quality.Write(_rows, context.Coverage, day, null, null, null);
                }
            }

            Array.Clear(_totals);
            _day = null;
        }

        private struct Totals
        {
            public int Services;
            public int GapOuts;
            public int MaxOuts;
            public int ForceOffs;
            public int Presses;
            public int Walks;
        }
    }
}
