using Crosstown.Core.Events;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Measures.BuildingBlocks;
using Crosstown.Measures.Engine;
using Crosstown.Measures.Options;

namespace Crosstown.Measures.PhaseWait;

/// <summary>Follows each phase's calls to its green, and holds a wait until the preempts around it have ended.</summary>
internal sealed class PhaseWait : SignalMeasure
{
    private const int Phases = 256;

    /// <summary>Parameter of 132 that sends the reader to 156 for the length.</summary>
    private const int SeeLongCycle = 255;

    /// <summary>A preempt that lasts longer has lost its end: one day.</summary>
    private const long LongestPreemptMs = 86_400_000;

    private readonly MeasureContext _context;
    private readonly bool _isOdot;
    private readonly WaitStart _from;
    private readonly PreemptRule _preemptRule;
    private readonly long _recoveryMs;
    private readonly double _assumedCycleS;
    private readonly double _skipMultiplier;
    private readonly long _shortestMs;
    private readonly long _longestMs;
    private readonly RowBuffer _rows;
    private readonly Phase[] _phases = new Phase[Phases];
    private readonly long[] _preemptSinceMs = new long[Phases];
    private readonly List<TimeRange> _preempts = [];
    private readonly List<(long FromMs, int CycleS)> _cycles = [];
    private readonly Queue<Wait> _waits = new();
    private readonly OpenBins<Cell> _bins;

    public PhaseWait(MeasureContext context)
    {
        _context = context;
        var options = context.Options;
        _isOdot = options.Set == DefinitionSet.Odot21;
        _from = options.Choice(PhaseWaitMeasure.From);
        _preemptRule = options.Choice(PhaseWaitMeasure.Preempts);
        _recoveryMs = options.Milliseconds(PhaseWaitMeasure.PreemptRecoveryS);
        _assumedCycleS = options[PhaseWaitMeasure.AssumedCycleS];
        _skipMultiplier = options[PhaseWaitMeasure.SkipMultiplier];
        _shortestMs = options.Milliseconds(PhaseWaitMeasure.ShortestS);
        _longestMs = options.Milliseconds(PhaseWaitMeasure.LongestS);
        _rows = context.Rows(_isOdot ? PhaseWaitMeasure.OdotTable : PhaseWaitMeasure.Table);
        _bins = new OpenBins<Cell>(context.Clock, options.BinMs, Phases);
        Array.Fill(_phases, new Phase { WaitingSinceMs = long.MinValue });
        Array.Fill(_preemptSinceMs, long.MinValue);
    }

    public override void Advance(ReadOnlySpan<ControllerEvent> events)
    {
        foreach (ref readonly var e in events)
        {
            if (e.Code is EventCode.CycleLengthChange or EventCode.CycleLengthLong)
            {
                TakeCycleLength(e);
                continue;
            }

            if ((ushort)e.Parameter >= Phases)
            {
                continue;
            }

            switch (e.Code)
            {
                case EventCode.PreemptInputOn:
                    // An input may repeat its "on"; the peer then takes the last one.
                    if (_preemptSinceMs[e.Parameter] == long.MinValue || _preemptRule == PreemptRule.BeginsWithin
                        || e.TimeMs - _preemptSinceMs[e.Parameter] > LongestPreemptMs)
                    {
                        _preemptSinceMs[e.Parameter] = e.TimeMs;
                    }

                    break;
                case EventCode.PreemptInputOff:
                    EndPreempt(e);
                    break;
                default:
                    TakePhase(ref _phases[e.Parameter], e);
                    break;
            }
        }
    }

    public override void CloseUpTo(long watermarkMs)
    {
        var openPreemptMs = long.MaxValue;
        if (_waits.Count > 0 && _preemptRule != PreemptRule.Ignored)
        {
            foreach (var sinceMs in _preemptSinceMs)
            {
                if (sinceMs != long.MinValue && watermarkMs - sinceMs <= LongestPreemptMs)
                {
                    openPreemptMs = Math.Min(openPreemptMs, sinceMs);
                }
            }
        }

        Judge(watermarkMs, openPreemptMs);
    }

    public override void Finish(long endMs) => Judge(endMs + _context.Options.BinMs, long.MaxValue);

    private void TakeCycleLength(in ControllerEvent e)
    {
        if (e.Parameter >= 0 && (e.Code == EventCode.CycleLengthLong ? !_isOdot : _isOdot || e.Parameter != SeeLongCycle))
        {
            _cycles.Add((e.TimeMs, e.Parameter));
        }
    }

    private void EndPreempt(in ControllerEvent e)
    {
        var sinceMs = _preemptSinceMs[e.Parameter];
        if (sinceMs != long.MinValue && e.TimeMs - sinceMs >= _shortestMs && e.TimeMs - sinceMs <= LongestPreemptMs)
        {
            _preempts.Add(new TimeRange(sinceMs, e.TimeMs + _recoveryMs));
        }

        _preemptSinceMs[e.Parameter] = long.MinValue;
    }

    private void TakePhase(ref Phase phase, in ControllerEvent e)
    {
        switch (e.Code)
        {
            case EventCode.PhaseCallRegistered:
                phase.IsCalled = true;
                if (_from == WaitStart.LastCall || (phase.WaitingSinceMs == long.MinValue && !phase.IsServed))
                {
                    phase.WaitingSinceMs = e.TimeMs;
                }

                break;
            case EventCode.PhaseCallDropped:
                phase.IsCalled = false;
                if (_from != WaitStart.LastCall)
                {
                    phase.WaitingSinceMs = long.MinValue;
                }

                break;
            case EventCode.PhaseBeginGreen:
                if (phase.WaitingSinceMs != long.MinValue)
                {
                    _waits.Enqueue(new Wait(phase.WaitingSinceMs, e.TimeMs, (byte)e.Parameter, phase.EndedBy));
                }

                phase.WaitingSinceMs = long.MinValue;
                phase.IsServed = true;
                phase.EndedBy = 0;
                break;
            case EventCode.PhaseBeginYellow:
                EndService(ref phase, e.TimeMs, WaitStart.FirstCallAfterGreen);
                break;
            case EventCode.PhaseEndRedClearance:
            case EventCode.PhaseInactive:
                EndService(ref phase, e.TimeMs, WaitStart.FirstCallAfterClearance);
                break;
            default:
                phase.EndedBy = (byte)e.Code;
                break;
        }
    }

    private void EndService(ref Phase phase, long timeMs, WaitStart from)
    {
        if (_from == from && phase.IsServed)
        {
            phase.IsServed = false;
            if (phase.IsCalled)
            {
                phase.WaitingSinceMs = timeMs;
            }
        }
    }

    private void Judge(long watermarkMs, long openPreemptMs)
    {
        while (_waits.Count > 0)
        {
            var wait = _waits.Peek();
            if (openPreemptMs < (_preemptRule == PreemptRule.Overlaps ? wait.GreenMs : wait.StartMs + 1))
            {
                break;
            }

            Count(_waits.Dequeue());
        }

        var reachedMs = _waits.Count > 0 ? Math.Min(watermarkMs, _waits.Peek().GreenMs) : watermarkMs;
        ForgetBefore(reachedMs - _longestMs);
        while (_bins.TryClose(reachedMs, out var bin))
        {
            for (var phase = 0; phase < Phases; phase++)
            {
                if (bin.Touched[phase])
                {
                    Write(bin.Range, phase, bin.Cells[phase]);
                }
            }
        }
    }

    private void Count(in Wait wait)
    {
        ref var cell = ref _bins.At(wait.GreenMs, wait.Phase);
        var lengthMs = wait.GreenMs - wait.StartMs;
        if (lengthMs < _shortestMs || lengthMs > _longestMs || IsPreempted(wait))
        {
            cell.LeftOut++;
            return;
        }

        var lengthS = _isOdot ? (float)lengthMs / 1000 : lengthMs / 1000.0;
        cell.Waits++;
        cell.SumS += lengthS;
        cell.All.Add(lengthMs);
        cell.MaxMs = Math.Max(cell.MaxMs, lengthMs);
        cell.Skips += lengthS > CycleAtS(wait.StartMs) * _skipMultiplier ? 1 : 0;
        switch (wait.EndedBy)
        {
            case (byte)EventCode.PhaseGapOut: cell.AfterGapOut.Add(lengthMs); break;
            case (byte)EventCode.PhaseMaxOut: cell.AfterMaxOut.Add(lengthMs); break;
            case (byte)EventCode.PhaseForceOff: cell.AfterForceOff.Add(lengthMs); break;
            default: break;
        }
    }

    private bool IsPreempted(in Wait wait)
    {
        if (_preemptRule != PreemptRule.Ignored)
        {
            foreach (var preempt in _preempts)
            {
                if (_preemptRule == PreemptRule.Overlaps ? wait.StartMs < preempt.EndMs && preempt.StartMs < wait.GreenMs : preempt.Contains(wait.StartMs))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private double CycleAtS(long timeMs)
    {
        for (var i = _cycles.Count - 1; i >= 0; i--)
        {
            if (_cycles[i].FromMs <= timeMs)
            {
                return _cycles[i].CycleS == 0 ? _assumedCycleS : _cycles[i].CycleS;
            }
        }

        return _assumedCycleS;
    }

    private void ForgetBefore(long timeMs)
    {
        while (_cycles.Count > 1 && _cycles[1].FromMs < timeMs)
        {
            _cycles.RemoveAt(0);
        }

        while (_preempts.Count > 0 && _preempts[0].EndMs < timeMs)
        {
            _preempts.RemoveAt(0);
        }
    }

    private void Write(TimeRange bin, int phase, in Cell cell)
    {
        if (_isOdot)
        {
            if (cell.Waits > 0)
            {
                _rows.Time(bin.StartMs).Integer(phase).Real(cell.SumS / cell.Waits).Real((double)cell.Skips);
            }

            return;
        }

        _rows.Time(bin.StartMs).Integer(phase).Integer(cell.Waits)
            .Real(cell.All.MeanS)
            .Real(cell.Waits == 0 ? null : cell.MaxMs / 1000.0)
            .Integer(cell.Skips)
            .Real(cell.AfterGapOut.MeanS).Real(cell.AfterMaxOut.MeanS).Real(cell.AfterForceOff.MeanS)
            .Integer(cell.LeftOut);
        Quality.Write(_rows, _context.Coverage, bin, null, null, null);
    }

    private struct Phase
    {
        public long WaitingSinceMs;
        public bool IsCalled;
        public bool IsServed;
        public byte EndedBy;
    }

    private readonly record struct Wait(long StartMs, long GreenMs, byte Phase, byte EndedBy);

    private struct Mean
    {
        private long _sumMs;
        private int _count;

        public readonly double? MeanS => _count == 0 ? null : _sumMs / (1000.0 * _count);

        public void Add(long ms)
        {
            _sumMs += ms;
            _count++;
        }
    }

    private struct Cell
    {
        public int Waits;
        public int Skips;
        public int LeftOut;
        public double SumS;
        public long MaxMs;
        public Mean All;
        public Mean AfterGapOut;
        public Mean AfterMaxOut;
        public Mean AfterForceOff;
    }
}
