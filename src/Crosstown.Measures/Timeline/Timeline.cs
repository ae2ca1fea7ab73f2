using Crosstown.Core.Events;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Measures.BuildingBlocks;
using Crosstown.Measures.Engine;
using Crosstown.Measures.Options;

namespace Crosstown.Measures.Timeline;

/// <summary>Pairs starts with ends. A row of ours leaves when its interval ends.</summary>
/// <remarks>Oregon's rows are in the order of their starts: what begins takes its place in a queue at once, and leaves it when all before it have ended.</remarks>
internal sealed class Timeline : SignalMeasure
{
    private const int Numbers = 256;
    private const long None = -1;

    private static readonly Comparison<Interval> InPeerOrder = ComparePeerOrder;

    /// <summary>Classes whose second end in a row Oregon's package shows as an interval between the two ends.</summary>
    private const int EndedTwice = 2;

    /// <summary>The highest bit of 174 that has a name.</summary>
    private const int NamedAlarmBits = 6;

    private readonly MeasureContext _context;
    private readonly bool _isOdot;
    private readonly bool _repeatsEnd;
    private readonly ushort _pedestrianOverlapEnd;
    private readonly long _shortestMs;
    private readonly long _instantMs;
    private readonly long _longestMs;
    private readonly RowBuffer _rows;
    private readonly IntervalQueue _queue = new();

    /// <summary>Intervals that began at one moment and wait for the next to begin.</summary>
    private readonly List<Interval> _together = [];

    /// <summary>Open intervals by class and number; null for classes that were not met yet.</summary>
    private readonly OpenInterval[]?[] _open = new OpenInterval[(int)TimelineClass.Count][];

    /// <summary>For the classes shown between two ends: when the last end was, as tickets by place and number.</summary>
    private readonly long[] _betweenEnds = new long[EndedTwice * Numbers];

    private readonly byte[] _pedestrianBefore = new byte[Numbers];
    private long _transitionMs = long.MinValue;

    public Timeline(MeasureContext context)
    {
        _context = context;
        _isOdot = context.Options.Set == DefinitionSet.Odot21;
        _repeatsEnd = context.Options[TimelineMeasure.RepeatsEnd];
        _pedestrianOverlapEnd = context.Options[TimelineMeasure.PedestrianOverlapEndsWithOverlap] ? EventCode.OverlapOff : EventCode.PedestrianOverlapBeginDontWalk;
        _shortestMs = context.Options.Milliseconds(TimelineMeasure.ShortestS);
        _instantMs = context.Options.Milliseconds(TimelineMeasure.InstantS);
        _longestMs = (long)(context.Options[TimelineMeasure.LongestH] * 3_600_000);
        _rows = context.Rows(_isOdot ? TimelineMeasure.OdotTable : TimelineMeasure.Table);
        Array.Fill(_betweenEnds, None);
    }

    public override void Advance(ReadOnlySpan<ControllerEvent> events)
    {
        foreach (ref readonly var e in events)
        {
            if ((ushort)e.Parameter < Numbers)
            {
                Take(e);
            }
        }
    }

    public override void CloseUpTo(long watermarkMs) => WriteQueueUpTo(watermarkMs, isEnd: false);

    public override void Finish(long endMs)
    {
        WriteQueueUpTo(endMs, isEnd: true);
        for (var @class = 0; @class < _open.Length && !_isOdot; @class++)
        {
            foreach (ref readonly var open in _open[@class].AsSpan())
            {
                if (open.IsOpen)
                {
                    Write(open, (TimelineClass)@class, endMs - 1, isComplete: false, hasEnd: false);
                }
            }
        }
    }

    private void Take(in ControllerEvent e)
    {
        switch (e.Code)
        {
            case EventCode.PhaseOn: Start(TimelineClass.Split, e); break;
            case EventCode.PhaseInactive: End(TimelineClass.Split, e); break;
            case EventCode.PhaseBeginGreen:
                End(TimelineClass.PhaseWait, e);
                Start(TimelineClass.Green, e);
                break;
            case EventCode.PhaseGreenTermination: End(TimelineClass.Green, e); break;
            case EventCode.PhaseBeginYellow: Start(TimelineClass.Yellow, e); break;
            case EventCode.PhaseEndYellow: End(TimelineClass.Yellow, e); break;
            case EventCode.PhaseBeginRedClearance: Start(TimelineClass.RedClearance, e); break;
            case EventCode.PhaseEndRedClearance: End(TimelineClass.RedClearance, e); break;
            case EventCode.PhaseCallRegistered:
                Start(TimelineClass.PhaseCall, e);
                StartWait(e);
                break;
            case EventCode.PhaseCallDropped:
                End(TimelineClass.PhaseCall, e);
                if (!_isOdot)
                {
                    End(TimelineClass.PhaseWait, e.Parameter, e.TimeMs, IntervalState.Void);
                }

                break;
            case EventCode.PedestrianBeginWalk:
            case EventCode.PedestrianBeginClearance:
            case EventCode.PedestrianDetectorOn:
                TakePedestrian(e);
                break;
            case EventCode.PedestrianBeginDontWalk: End(TimelineClass.PedestrianService, e); break;
            case EventCode.FlashingYellowArrowBegin: Start(TimelineClass.FlashingYellowArrow, e); break;
            case EventCode.FlashingYellowArrowEnd: End(TimelineClass.FlashingYellowArrow, e); break;
            case EventCode.PhaseHoldOn: Start(TimelineClass.PhaseHold, e); break;
            case EventCode.PhaseHoldOff: End(TimelineClass.PhaseHold, e); break;
            case EventCode.PhaseOmitOn: Start(TimelineClass.PhaseOmit, e); break;
            case EventCode.PhaseOmitOff: End(TimelineClass.PhaseOmit, e); break;
            case EventCode.PedestrianOmitOn: Start(TimelineClass.PedestrianOmit, e); break;
            case EventCode.PedestrianOmitOff: End(TimelineClass.PedestrianOmit, e); break;
            case EventCode.AdvanceWarningSignOn: Start(TimelineClass.PhaseWarningSign, e); break;
            case EventCode.AdvanceWarningSignOff: End(TimelineClass.PhaseWarningSign, e); break;
            case EventCode.OverlapWarningSignOn: Start(TimelineClass.OverlapWarningSign, e); break;
            case EventCode.OverlapWarningSignOff: End(TimelineClass.OverlapWarningSign, e); break;
            case >= EventCode.OverlapBeginGreen and <= EventCode.OverlapDark: TakeOverlap(e); break;
            case EventCode.PedestrianOverlapBeginWalk: Start(TimelineClass.PedestrianOverlapService, e); break;
            case EventCode.PedestrianOverlapBeginDontWalk:
                if (_pedestrianOverlapEnd == e.Code)
                {
                    End(TimelineClass.PedestrianOverlapService, e);
                }

                break;
            case >= EventCode.DetectorRestored and <= EventCode.DetectorFaultExcessiveChange: TakeFault(e); break;
            case EventCode.PedestrianDetectorFailed when !_isOdot: Start(TimelineClass.PedestrianDetectorFault, e); break;
            case EventCode.PedestrianDetectorRestored when !_isOdot: End(TimelineClass.PedestrianDetectorFault, e); break;
            case EventCode.PreemptInputOn: Start(TimelineClass.Preempt, e); break;
            case EventCode.PreemptInputOff: End(TimelineClass.Preempt, e); break;
            default: TakeOther(e); break;
        }
    }

    private void TakeOther(in ControllerEvent e)
    {
        switch (e.Code)
        {
            case EventCode.TransitPriorityDetectorOn: StartBetweenEnds(TimelineClass.TransitPriorityDetector, 0, e); break;
            case EventCode.TransitPriorityDetectorOff: EndBetweenEnds(TimelineClass.TransitPriorityDetector, 0, e); break;
            case EventCode.TransitPriorityServiceStart: StartBetweenEnds(TimelineClass.TransitPriorityService, 1, e); break;
            case EventCode.TransitPriorityServiceEnd: EndBetweenEnds(TimelineClass.TransitPriorityService, 1, e); break;
            case EventCode.TransitPriorityCheckIn: Start(TimelineClass.TransitPriorityCall, e); break;
            case EventCode.TransitPriorityEarlyGreen:
            case EventCode.TransitPriorityExtendedGreen:
                End(TimelineClass.TransitPriorityAdjustment, e);
                Start(TimelineClass.TransitPriorityAdjustment, e);
                break;
            case EventCode.TransitPriorityCheckOut:
                End(TimelineClass.TransitPriorityCall, e);
                End(TimelineClass.TransitPriorityAdjustment, e);
                break;
            case EventCode.CoordinationState: TakeTransition(e); break;
            case EventCode.CoordinationPatternChange: AddInstant(TimelineClass.PatternChange, e); break;
            case EventCode.CycleLengthChange: AddInstant(TimelineClass.CycleLengthChange, e); break;
            case EventCode.OffsetChange when !_isOdot: AddInstant(TimelineClass.OffsetChange, e); break;
            case EventCode.ClockUpdated when !_isOdot: AddInstant(TimelineClass.ClockUpdate, e); break;
            case EventCode.IntervalAdvance: AddInstant(TimelineClass.IntervalAdvance, e); break;
            case EventCode.PowerFailed: AddInstant(TimelineClass.PowerFailed, e); break;
            case EventCode.PowerRestored: AddInstant(TimelineClass.PowerRestored, e); break;
            case EventCode.SpecialFunctionOn: Start(TimelineClass.SpecialFunction, e); break;
            case EventCode.SpecialFunctionOff: End(TimelineClass.SpecialFunction, e); break;
            case EventCode.ManualControlEnable: TakeSwitch(TimelineClass.ManualControl, e); break;
            case EventCode.StopTime: TakeSwitch(TimelineClass.StopTime, e); break;
            case EventCode.AuxiliarySwitch: TakeSwitch(TimelineClass.AuxiliarySwitch, e); break;
            case EventCode.FlashStatus: TakeFlash(e); break;
            case EventCode.UnitAlarm1: TakeAlarms(e); break;
            case EventCode.AlarmGroupState: TakeAlarmGroup(e); break;
            default: break;
        }
    }

    private static TimelineClass After(TimelineClass first, int places) => (TimelineClass)((int)first + places);

    private ref OpenInterval Open(TimelineClass @class, int number) => ref (_open[(int)@class] ??= new OpenInterval[Numbers])[number];

    private void Start(TimelineClass @class, in ControllerEvent e) => Start(@class, e.Parameter, e.TimeMs);

    private void Start(TimelineClass @class, short number, long timeMs)
    {
        ref var open = ref Open(@class, number);
        if (IsOpen(open, timeMs))
        {
            if (!_repeatsEnd)
            {
                open.IsRepeated = true;
                return;
            }

            Finish(ref open, @class, timeMs, IntervalState.Incomplete);
        }

        Begin(ref open, @class, number, timeMs);
    }

    private void End(TimelineClass @class, in ControllerEvent e) => End(@class, e.Parameter, e.TimeMs, IntervalState.Complete);

    private void End(TimelineClass @class, int number, long timeMs, IntervalState state)
    {
        ref var open = ref Open(@class, number);
        if (IsOpen(open, timeMs))
        {
            Finish(ref open, @class, timeMs, state);
        }

        open.IsOpen = false;
    }

    private bool IsOpen(in OpenInterval open, long timeMs) => open.IsOpen && (!_isOdot || timeMs - open.StartMs <= _longestMs);

    private void Begin(ref OpenInterval open, TimelineClass @class, short number, long timeMs) => open = new OpenInterval
    {
        IsOpen = true,
        StartMs = timeMs,
        Number = number,
        Ticket = _isOdot ? _queue.Begin(timeMs, @class, number) : None,
    };

    private void Finish(ref OpenInterval open, TimelineClass @class, long endMs, IntervalState state)
    {
        open.IsOpen = false;
        if (_isOdot)
        {
            Finish(open.Ticket, endMs, state);
        }
        else if (state != IntervalState.Void)
        {
            Write(open, @class, endMs, state == IntervalState.Complete && !open.IsRepeated, hasEnd: true);
        }
    }

    private void Finish(long ticket, long endMs, IntervalState state)
    {
        ref var interval = ref _queue.At(ticket);
        interval.EndMs = endMs;
        interval.State = state;
    }

    private void AddInstant(TimelineClass @class, in ControllerEvent e)
    {
        if (_isOdot)
        {
            Finish(_queue.Begin(e.TimeMs, @class, e.Parameter), e.TimeMs + _instantMs, IntervalState.Complete);
        }
        else
        {
            Write(new OpenInterval { StartMs = e.TimeMs, Number = e.Parameter }, @class, e.TimeMs, isComplete: true, hasEnd: true);
        }
    }

    /// <summary>Oregon's package counts a wait from the last call before the green, dropped or not.</summary>
    private void StartWait(in ControllerEvent e)
    {
        ref var open = ref Open(TimelineClass.PhaseWait, e.Parameter);
        if (IsOpen(open, e.TimeMs))
        {
            if (!_isOdot)
            {
                return;
            }

            Finish(ref open, TimelineClass.PhaseWait, e.TimeMs, IntervalState.Void);
        }
        else if (!_isOdot && Open(TimelineClass.Green, e.Parameter).IsOpen)
        {
            return;
        }

        Begin(ref open, TimelineClass.PhaseWait, e.Parameter, e.TimeMs);
    }

    private void TakePedestrian(in ControllerEvent e)
    {
        ref var before = ref _pedestrianBefore[e.Parameter];
        if (e.Code == EventCode.PedestrianDetectorOn)
        {
            ref var open = ref Open(TimelineClass.PedestrianDelay, e.Parameter);
            if (before is 0 or (byte)EventCode.PedestrianBeginClearance && !IsOpen(open, e.TimeMs))
            {
                Begin(ref open, TimelineClass.PedestrianDelay, e.Parameter, e.TimeMs);
            }
        }
        else if (e.Code == EventCode.PedestrianBeginWalk)
        {
            End(TimelineClass.PedestrianDelay, e);
            Start(TimelineClass.PedestrianService, e);
        }
        else if (_isOdot)
        {
            End(TimelineClass.PedestrianDelay, e);
        }

        before = (byte)e.Code;
    }

    private void TakeOverlap(in ControllerEvent e)
    {
        EndOverlap(TimelineClass.OverlapGreen, EventCode.OverlapBeginGreen, e);
        EndOverlap(TimelineClass.OverlapTrailingGreen, EventCode.OverlapBeginTrailingGreen, e);
        EndOverlap(TimelineClass.OverlapYellow, EventCode.OverlapBeginYellow, e);
        EndOverlap(TimelineClass.OverlapRedClearance, EventCode.OverlapBeginRedClearance, e);
        switch (e.Code)
        {
            case EventCode.OverlapBeginGreen: Start(TimelineClass.OverlapGreen, e); break;
            case EventCode.OverlapBeginTrailingGreen: Start(TimelineClass.OverlapTrailingGreen, e); break;
            case EventCode.OverlapBeginYellow: Start(TimelineClass.OverlapYellow, e); break;
            case EventCode.OverlapBeginRedClearance: Start(TimelineClass.OverlapRedClearance, e); break;
            default: break;
        }

        if (e.Code == _pedestrianOverlapEnd)
        {
            End(TimelineClass.PedestrianOverlapService, e);
        }
    }

    /// <summary>Any next event of an overlap ends what it showed; the same event again means that one in between was lost.</summary>
    private void EndOverlap(TimelineClass @class, ushort startCode, in ControllerEvent e)
    {
        if (e.Code != startCode || _repeatsEnd)
        {
            End(@class, e.Parameter, e.TimeMs, e.Code == startCode ? IntervalState.Incomplete : IntervalState.Complete);
        }
    }

    private void TakeFault(in ControllerEvent e)
    {
        var state = e.Code == EventCode.DetectorRestored ? IntervalState.Complete : IntervalState.Incomplete;
        for (var @class = TimelineClass.DetectorFaultOther; @class <= TimelineClass.DetectorFaultErratic; @class++)
        {
            if (_repeatsEnd || state == IntervalState.Complete)
            {
                End(@class, e.Parameter, e.TimeMs, state);
            }
        }

        if (e.Code != EventCode.DetectorRestored)
        {
            Start(After(TimelineClass.DetectorFaultOther, e.Code - EventCode.DetectorFaultOther), e);
        }
    }

    private void StartBetweenEnds(TimelineClass @class, int place, in ControllerEvent e)
    {
        Cancel(ref _betweenEnds[(place * Numbers) + e.Parameter]);
        Start(@class, e);
    }

    private void EndBetweenEnds(TimelineClass @class, int place, in ControllerEvent e)
    {
        End(@class, e);
        if (_isOdot)
        {
            ref var ticket = ref _betweenEnds[(place * Numbers) + e.Parameter];
            if (ticket >= _queue.FirstTicket && e.TimeMs - _queue.At(ticket).StartMs <= _longestMs)
            {
                Finish(ticket, e.TimeMs, IntervalState.Incomplete);
            }

            ticket = _queue.Begin(e.TimeMs, @class, e.Parameter);
        }
    }

    private void Cancel(ref long ticket)
    {
        if (ticket >= _queue.FirstTicket)
        {
            _queue.At(ticket).State = IntervalState.Void;
        }

        ticket = None;
    }

    /// <summary>Of several states at one moment the lowest holds.</summary>
    private void TakeTransition(in ControllerEvent e)
    {
        const int TransitionAddState = 2;
        const int DwellState = 4;
        if (e.Parameter > DwellState || e.TimeMs == _transitionMs)
        {
            return;
        }

        _transitionMs = e.TimeMs;
        for (var @class = TimelineClass.TransitionAdd; @class <= TimelineClass.TransitionDwell; @class++)
        {
            End(@class, 0, e.TimeMs, IntervalState.Complete);
        }

        if (e.Parameter >= TransitionAddState)
        {
            Start(After(TimelineClass.TransitionAdd, e.Parameter - TransitionAddState), 0, e.TimeMs);
        }
    }

    private void TakeSwitch(TimelineClass @class, in ControllerEvent e)
    {
        if (e.Parameter == 1)
        {
            if (_isOdot)
            {
                End(@class, 0, e.TimeMs, IntervalState.Void);
            }

            Start(@class, 1, e.TimeMs);
        }
        else if (e.Parameter == 0)
        {
            End(@class, 1, e.TimeMs, IntervalState.Complete);
            if (_isOdot)
            {
                Start(@class, 0, e.TimeMs);
            }
        }
    }

    private void TakeFlash(in ControllerEvent e)
    {
        const int Kinds = 8;
        for (var @class = TimelineClass.FlashOther; @class <= TimelineClass.FlashPreempt; @class++)
        {
            End(@class, 0, e.TimeMs, IntervalState.Complete);
        }

        if (e.Parameter is >= 1 and <= Kinds)
        {
            Start(After(TimelineClass.FlashOther, e.Parameter - 1), 0, e.TimeMs);
        }
    }

    /// <summary>Each bit is an alarm of its own. Oregon's package ends all of them at each report, whether they go on or not.</summary>
    private void TakeAlarms(in ControllerEvent e)
    {
        for (var bit = 0; bit < NamedAlarmBits; bit++)
        {
            var @class = After(TimelineClass.CycleFault, bit);
            var isOn = (e.Parameter >> bit & 1) != 0;
            if (_isOdot || !isOn)
            {
                End(@class, 0, e.TimeMs, IntervalState.Complete);
            }

            if (isOn && !Open(@class, 0).IsOpen)
            {
                Start(@class, 0, e.TimeMs);
            }
        }
    }

    private void TakeAlarmGroup(in ControllerEvent e)
    {
        End(TimelineClass.AlarmGroup, 0, e.TimeMs, IntervalState.Complete);
        if (_isOdot || e.Parameter > 0)
        {
            Begin(ref Open(TimelineClass.AlarmGroup, 0), TimelineClass.AlarmGroup, e.Parameter, e.TimeMs);
        }
    }

    private void WriteQueueUpTo(long watermarkMs, bool isEnd)
    {
        while (_queue.Count > 0 && (isEnd || _queue.First.StartMs < watermarkMs))
        {
            ref var interval = ref _queue.First;
            if (interval.State == IntervalState.Open)
            {
                if (!isEnd && watermarkMs - interval.StartMs <= _longestMs)
                {
                    return;
                }

                if (isEnd && interval.Class >= TimelineClass.CycleFault)
                {
                    // The peer gives the last alarm of a log the length of a moment.
                    interval.EndMs = interval.StartMs + _instantMs;
                    interval.State = IntervalState.Complete;
                }
            }

            if (interval.State is IntervalState.Complete or IntervalState.Incomplete && interval.EndMs - interval.StartMs >= _shortestMs)
            {
                if (_together.Count > 0 && _together[0].StartMs != interval.StartMs)
                {
                    WriteTogether();
                }

                _together.Add(interval);
            }

            _queue.Leave();
        }

        if (isEnd)
        {
            WriteTogether();
            _queue.Release();
        }
    }

    /// <summary>Writes the intervals that began at one moment, in the order of the peer's file: by end, class and number.</summary>
    private void WriteTogether()
    {
        _together.Sort(InPeerOrder);
        foreach (var interval in _together)
        {
            _rows.Time(interval.StartMs).Time(interval.EndMs).Single((float)(interval.EndMs - interval.StartMs) / 1000)
                .Boolean(interval.State == IntervalState.Complete).Word((int)interval.Class).Integer(Number(interval.Class, interval.Number));
        }

        _together.Clear();
    }

    private static int ComparePeerOrder(Interval a, Interval b)
    {
        if (a.EndMs != b.EndMs)
        {
            return a.EndMs.CompareTo(b.EndMs);
        }

        if (a.State != b.State)
        {
            return (a.State == IntervalState.Complete).CompareTo(b.State == IntervalState.Complete);
        }

        var byClass = string.CompareOrdinal(TimelineWords.Odot[(int)a.Class], TimelineWords.Odot[(int)b.Class]);
        return byClass != 0 ? byClass : a.Number - b.Number;
    }

    private void Write(in OpenInterval interval, TimelineClass @class, long endMs, bool isComplete, bool hasEnd)
    {
        if (endMs - interval.StartMs < _shortestMs)
        {
            return;
        }

        _rows.Time(endMs).Time(interval.StartMs).Real((endMs - interval.StartMs) / 1000.0)
            .Word((int)@class).Integer(Number(@class, interval.Number)).Boolean(isComplete).Boolean(!hasEnd);
        Quality.Write(_rows, _context.Coverage, new TimeRange(interval.StartMs, endMs), null, null, null);
    }

    private static long? Number(TimelineClass @class, short number) => @class is
        (>= TimelineClass.TransitionAdd and <= TimelineClass.TransitionDwell)
        or TimelineClass.PowerFailed or TimelineClass.PowerRestored
        or (>= TimelineClass.CycleFault and <= TimelineClass.FlashPreempt)
            ? null
            : number;

    private struct OpenInterval
    {
        public long StartMs;
        public long Ticket;
        public short Number;
        public bool IsOpen;
        public bool IsRepeated;
    }
}
