using System.Collections;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Measures.BuildingBlocks;
using Crosstown.Measures.Engine;
using Crosstown.Measures.Options;

namespace Crosstown.Measures.SplitFailure;

/// <summary>Cuts each phase into cycles, waits until its detectors' intervals are known, and judges.</summary>
internal sealed class SplitFailure : SignalMeasure
{
    private const int Phases = 256;

    /// <summary>A cycle that goes on for longer is judged as it then stands: one day.</summary>
    private const long LongestCycleMs = 86_400_000;

    private readonly MeasureContext _context;
    private readonly bool _isOdot;
    private readonly bool _thresholdFails;
    private readonly bool _leaveOutFaulted;
    private readonly bool _leaveOutGaps;
    private readonly bool _redIsClearance;
    private readonly bool _binByGreen;
    private readonly double _greenThreshold;
    private readonly double _redThreshold;
    private readonly long _windowMs;
    private readonly RowBuffer _binRows;
    private readonly RowBuffer _cycleRows;
    private readonly DetectorIntervals _intervals;
    private readonly int _slotCount;
    private readonly Phase?[] _phaseOf = new Phase?[Phases];
    private readonly Phase[] _phases;
    private readonly Judged[] _judgedUnits;
    private readonly OpenBins<Cell> _bins;
    private Verdict[] _verdicts = new Verdict[64];
    private int _verdictCount;

    public SplitFailure(MeasureContext context)
    {
        _context = context;
        var options = context.Options;
        _isOdot = options.Set == DefinitionSet.Odot21;
        _thresholdFails = options[SplitFailureMeasure.ThresholdFails];
        _leaveOutFaulted = options[SplitFailureMeasure.LeaveOutFaulted];
        _leaveOutGaps = options[SplitFailureMeasure.LeaveOutGaps];
        _redIsClearance = options.Choice(SplitFailureMeasure.RedFrom) == RedStart.RedClearance;
        _binByGreen = options.Choice(SplitFailureMeasure.BinBy) == CycleBin.BeginOfGreen;
        _greenThreshold = options[SplitFailureMeasure.GreenThreshold];
        _redThreshold = options[SplitFailureMeasure.RedThreshold];
        _windowMs = options.Milliseconds(SplitFailureMeasure.RedWindowS);
        _binRows = context.Rows(_isOdot ? SplitFailureMeasure.OdotTable : SplitFailureMeasure.Table);
        _cycleRows = context.Rows(_isOdot ? SplitFailureMeasure.OdotCycleTable : SplitFailureMeasure.CycleTable);

        var detectors = context.Configuration.Detectors.Where(d => d.Has(DetectorFunctions.StopBarPresence) && d.Phase is not null).ToArray();
        _intervals = new DetectorIntervals(detectors.Select(d => d.Channel), options.Choice(SplitFailureMeasure.Repair), context.Coverage);
        _slotCount = detectors.Select(d => d.Channel).Distinct().Count();
        var phases = new List<Phase>();
        var units = new List<Judged>();
        foreach (var number in detectors.Select(d => d.Phase!.Value).Distinct().Order())
        {
            var channels = detectors.Where(d => d.Phase == number).Select(d => d.Channel).Distinct().Order().ToArray();
            var phase = new Phase([.. channels.Select(c => _intervals.SlotOf(c))], units.Count);
            if (options[SplitFailureMeasure.ByDetector])
            {
                units.AddRange(channels.Select(c => new Judged(number, c, [_intervals.SlotOf(c)], Quality.Channels([c]))));
            }
            else
            {
                units.Add(new Judged(number, null, phase.Slots, Quality.Channels(channels)));
            }

            phase.EndUnit = units.Count;
            phases.Add(phase);
            _phaseOf[number] = phase;
        }

        _phases = [.. phases];
        _judgedUnits = [.. units];
        _bins = new OpenBins<Cell>(context.Clock, options.BinMs, units.Count);
    }

    public override void Advance(ReadOnlySpan<ControllerEvent> events)
    {
        var intervals = _intervals;
        foreach (ref readonly var e in events)
        {
            if (e.Code >= EventCode.DetectorOff)
            {
                intervals.Take(e);
            }
            else if ((ushort)e.Parameter < Phases && _phaseOf[e.Parameter] is { } phase)
            {
                Take(phase, e.Code, e.TimeMs);
            }
        }
    }

    public override void CloseUpTo(long watermarkMs) => CloseUpTo(watermarkMs, isEnd: false);

    public override void Finish(long endMs)
    {
        foreach (var phase in _phases)
        {
            EndCycle(phase, endMs, isLogEnd: true);
            phase.GreenMs = long.MinValue;
        }

        CloseUpTo(endMs + _windowMs + _context.Options.BinMs, isEnd: true);
    }

    private void Take(Phase phase, ushort code, long timeMs)
    {
        EndIfTooLong(phase, timeMs);
        switch (code)
        {
            case EventCode.PhaseBeginGreen:
                EndCycle(phase, timeMs);
                phase.GreenMs = timeMs;
                phase.Yellows = 0;
                phase.Reds = 0;
                break;
            case EventCode.PhaseBeginYellow:
                phase.YellowMs = timeMs;
                phase.Yellows++;
                break;
            case EventCode.PhaseBeginRedClearance when _redIsClearance:
                phase.RedMs = timeMs;
                phase.Reds++;
                break;
            default:
                if (!_redIsClearance && phase.Reds == 0 && phase.Yellows > 0)
                {
                    phase.RedMs = timeMs;
                    phase.Reds = 1;
                }

                break;
        }
    }

    private void EndIfTooLong(Phase phase, long timeMs)
    {
        if (phase.GreenMs != long.MinValue && timeMs - phase.GreenMs > LongestCycleMs)
        {
            EndCycle(phase, phase.GreenMs + LongestCycleMs);
            phase.GreenMs = long.MinValue;
        }
    }

    /// <summary>A cycle needs one yellow, one red and, before its end, the whole window of red.</summary>
    private void EndCycle(Phase phase, long endMs, bool isLogEnd = false)
    {
        if (phase.GreenMs == long.MinValue)
        {
            return;
        }

        var isWhole = phase.Yellows == 1 && phase.Reds == 1 && phase.YellowMs > phase.GreenMs && phase.RedMs >= phase.YellowMs
            && (phase.RedMs + _windowMs < endMs || (!_isOdot && phase.RedMs + _windowMs == endMs));
        if (isWhole)
        {
            phase.Add(new Cycle(phase.GreenMs, phase.YellowMs, phase.RedMs));
        }
        else if (!isLogEnd)
        {
            Drop(phase, phase.GreenMs);
        }
    }

    private void Drop(Phase phase, long greenMs)
    {
        if (!_isOdot)
        {
            for (var unit = phase.FirstUnit; unit < phase.EndUnit; unit++)
            {
                _bins.At(greenMs, unit).Dropped++;
            }
        }
    }

    private void CloseUpTo(long watermarkMs, bool isEnd)
    {
        var reachedMs = watermarkMs;
        foreach (var phase in _phases)
        {
            EndIfTooLong(phase, watermarkMs);
            if (phase.Waiting > 0)
            {
                JudgeUpTo(phase, isEnd ? long.MaxValue : ResolvedMs(phase, watermarkMs));
            }

            reachedMs = Math.Min(reachedMs, phase.EarliestMs);
        }

        for (var slot = 0; slot < _slotCount; slot++)
        {
            _intervals.ForgetBefore(slot, reachedMs);
        }

        WriteVerdicts(reachedMs);
        while (_bins.TryClose(reachedMs, out var bin))
        {
            for (var unit = 0; unit < _judgedUnits.Length; unit++)
            {
                if (bin.Touched[unit])
                {
                    WriteBin(bin.Range, bin.Cells[unit], _judgedUnits[unit]);
                }
            }
        }
    }

    private long ResolvedMs(Phase phase, long watermarkMs)
    {
        var resolvedMs = watermarkMs;
        foreach (var slot in phase.Slots)
        {
            resolvedMs = Math.Min(resolvedMs, _intervals.ResolvedMs(slot, watermarkMs));
        }

        return resolvedMs;
    }

    private void JudgeUpTo(Phase phase, long resolvedMs)
    {
        while (phase.Waiting > 0 && phase.First.RedMs + _windowMs <= resolvedMs)
        {
            var cycle = phase.TakeFirst();
            if (_leaveOutGaps && _context.Coverage.IsBroken(new TimeRange(cycle.GreenMs, cycle.RedMs + _windowMs)))
            {
                Drop(phase, cycle.GreenMs);
                continue;
            }

            for (var unit = phase.FirstUnit; unit < phase.EndUnit; unit++)
            {
                Judge(cycle, unit);
            }
        }
    }

    private void Judge(in Cycle cycle, int unit)
    {
        var judged = _judgedUnits[unit];
        var redEndMs = cycle.RedMs + _windowMs;
        var timeMs = _binByGreen ? cycle.GreenMs : redEndMs;
        var firstKnownMs = long.MaxValue;
        var repaired = 0;
        foreach (var slot in judged.Slots)
        {
            firstKnownMs = Math.Min(firstKnownMs, _intervals.FirstKnownMs(slot));
            repaired += _isOdot ? 0 : _intervals.RepairedCount(slot, cycle.GreenMs, redEndMs);
        }

        if (firstKnownMs >= cycle.GreenMs)
        {
            if (!_isOdot)
            {
                _bins.At(cycle.GreenMs, unit).Dropped++;
            }

            return;
        }

        var greenMs = cycle.YellowMs - cycle.GreenMs;
        var greenOnMs = _intervals.OccupiedMs(judged.Slots, cycle.GreenMs, cycle.YellowMs);
        var redOnMs = _intervals.OccupiedMs(judged.Slots, cycle.RedMs, redEndMs);
        var verdict = new Verdict
        {
            TimeMs = timeMs,
            StartMs = cycle.GreenMs,
            EndMs = redEndMs,
            Unit = unit,
            GreenS = _isOdot ? (float)greenMs / 1000 : greenMs / 1000.0,
            GreenOccupancy = _isOdot ? (float)greenOnMs / greenMs : (double)greenOnMs / greenMs,
            RedOccupancy = _isOdot ? (float)redOnMs / _windowMs : (double)redOnMs / _windowMs,
            Repaired = repaired,
        };
        verdict.HasFailed = Reaches(verdict.GreenOccupancy, _greenThreshold) && Reaches(verdict.RedOccupancy, _redThreshold);
        verdict.IsFaulted = _leaveOutFaulted && _context.Coverage.FaultedCount(new TimeRange(cycle.GreenMs, redEndMs), judged.Channels) > 0;
        Add(verdict);

        ref var cell = ref _bins.At(timeMs, unit);
        cell.Repaired += repaired;
        if (verdict.IsFaulted)
        {
            cell.Faulted++;
            return;
        }

        cell.Cycles++;
        cell.Failures += verdict.HasFailed ? 1 : 0;
        cell.GreenS += verdict.GreenS;
        cell.GreenMs += greenMs;
        cell.GreenOccupancy += verdict.GreenOccupancy;
        cell.RedOccupancy += verdict.RedOccupancy;
    }

    private bool Reaches(double value, double threshold)
    {
        var limit = _isOdot ? (float)threshold : threshold;
        return value > limit || (_thresholdFails && value == limit);
    }

    private void Add(in Verdict verdict)
    {
        if (_verdictCount == _verdicts.Length)
        {
            Array.Resize(ref _verdicts, _verdicts.Length * 2);
        }

        var i = _verdictCount++;
        while (i > 0 && (_verdicts[i - 1].TimeMs, _verdicts[i - 1].Unit).CompareTo((verdict.TimeMs, verdict.Unit)) > 0)
        {
            _verdicts[i] = _verdicts[i - 1];
            i--;
        }

        _verdicts[i] = verdict;
    }

    private void WriteVerdicts(long reachedMs)
    {
        var done = 0;
        while (done < _verdictCount && _verdicts[done].TimeMs < reachedMs)
        {
            ref readonly var v = ref _verdicts[done++];
            var judged = _judgedUnits[v.Unit];
            if (_isOdot)
            {
                _cycleRows.Time(v.TimeMs).Integer(judged.Phase)
                    .Single((float)v.GreenS).Single((float)v.GreenOccupancy).Single((float)v.RedOccupancy).Integer(v.HasFailed ? 1 : 0);
                continue;
            }

            _cycleRows.Time(v.TimeMs).Integer(judged.Phase).Integer((long?)judged.Channel)
                .Real(v.GreenS).Real(v.GreenOccupancy).Real(v.RedOccupancy);
            if (v.IsFaulted)
            {
                _cycleRows.Null();
            }
            else
            {
                _cycleRows.Boolean(v.HasFailed);
            }

            Quality.Write(_cycleRows, _context.Coverage, new TimeRange(v.StartMs, v.EndMs), 0, v.Repaired, judged.Channels);
        }

        if (done > 0)
        {
            _verdictCount -= done;
            Array.Copy(_verdicts, done, _verdicts, 0, _verdictCount);
        }
    }

    private void WriteBin(TimeRange bin, in Cell cell, Judged judged)
    {
        if (_isOdot)
        {
            _binRows.Time(bin.StartMs).Integer(judged.Phase)
                .Single((float)(cell.GreenS / cell.Cycles)).Single((float)(cell.GreenOccupancy / cell.Cycles)).Single((float)(cell.RedOccupancy / cell.Cycles))
                .Integer(cell.Failures);
            return;
        }

        _binRows.Time(bin.StartMs).Integer(judged.Phase).Integer((long?)judged.Channel).Integer(cell.Cycles).Integer(cell.Failures);
        if (cell.Cycles == 0)
        {
            _binRows.Null().Null().Null().Null();
        }
        else
        {
            _binRows.Real((double)cell.Failures / cell.Cycles)
                .Real(cell.GreenMs / (1000.0 * cell.Cycles)).Real(cell.GreenOccupancy / cell.Cycles).Real(cell.RedOccupancy / cell.Cycles);
        }

        _binRows.Integer(cell.Faulted);
        Quality.Write(_binRows, _context.Coverage, bin, cell.Dropped, cell.Repaired, judged.Channels);
    }

    private struct Cell
    {
        public int Cycles;
        public int Failures;
        public int Faulted;
        public int Dropped;
        public int Repaired;
        public long GreenMs;
        public double GreenS;
        public double GreenOccupancy;
        public double RedOccupancy;
    }

    private struct Verdict
    {
        public long TimeMs;
        public long StartMs;
        public long EndMs;
        public int Unit;
        public int Repaired;
        public double GreenS;
        public double GreenOccupancy;
        public double RedOccupancy;
        public bool HasFailed;
        public bool IsFaulted;
    }

    private readonly record struct Cycle(long GreenMs, long YellowMs, long RedMs);

    /// <summary>What is judged: a phase with all its detectors, or one detector of it.</summary>
    private sealed record Judged(byte Phase, byte? Channel, int[] Slots, BitArray Channels);

    private sealed class Phase(int[] slots, int firstUnit)
    {
        public long GreenMs = long.MinValue;
        public long YellowMs;
        public long RedMs;
        public int Yellows;
        public int Reds;
        private readonly Queue<Cycle> _whole = new();

        public int[] Slots { get; } = slots;

        public int FirstUnit { get; } = firstUnit;

        public int EndUnit { get; set; }

        public int Waiting => _whole.Count;

        public Cycle First => _whole.Peek();

        /// <summary>Nothing of this phase that is still to come lies before this.</summary>
        public long EarliestMs => _whole.Count > 0 ? _whole.Peek().GreenMs : GreenMs == long.MinValue ? long.MaxValue : GreenMs;

        public void Add(in Cycle cycle) => _whole.Enqueue(cycle);

        public Cycle TakeFirst() => _whole.Dequeue();
    }
}
