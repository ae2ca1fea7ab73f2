using System.Numerics;
using Crosstown.Core.Events;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Measures.BuildingBlocks;
using Crosstown.Measures.Engine;
using Crosstown.Measures.Options;

namespace Crosstown.Measures.Timeline;

/// <summary>Pairs starts with ends. What begins takes its place in the queue at once, so that rows leave in the order of their starts.</summary>
internal sealed class Timeline : SignalMeasure
{
    private const int Numbers = 256;
    private const long None = -1;

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

    /// <summary>Tickets of open intervals, by class and number.</summary>
    private readonly long[] _open = new long[(int)TimelineClass.Count * Numbers];

    /// <summary>For the classes shown between two ends: when the last end was, as tickets by place and number.</summary>
    private readonly long[] _betweenEnds = new long[EndedTwice * Numbers];

    private readonly byte[] _pedestrianBefore = new byte[Numbers];
    private readonly long[] _alarms = new long[NamedAlarmBits];
    private long _flash = None;
    private long _transition = None;
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
        Array.Fill(_open, None);
        Array.Fill(_betweenEnds, None);
        Array.Fill(_alarms, None);
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

    public override void CloseUpTo(long watermarkMs) => WriteUpTo(watermarkMs, isEnd: false);

    public override void Finish(long endMs) => WriteUpTo(endMs, isEnd: true);

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
                    Drop(TimelineClass.PhaseWait, e);
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

    private ref long Open(TimelineClass @class, int number) => ref _open[((int)@class * Numbers) + number];

    private void Start(TimelineClass @class, in ControllerEvent e) => Start(@class, e.Parameter, e.TimeMs);

    private void Start(TimelineClass @class, short number, long timeMs)
    {
        ref var ticket = ref Open(@class, number);
        if (IsOpen(ticket, timeMs))
        {
            if (!_repeatsEnd)
            {
                return;
            }

            Finish(ticket, timeMs, IntervalState.Incomplete);
        }

        ticket = _queue.Begin(timeMs, @class, number);
    }

    private void End(TimelineClass @class, in ControllerEvent e) => End(@class, e.Parameter, e.TimeMs, IntervalState.Complete);

    private void End(TimelineClass @class, int number, long timeMs, IntervalState state)
    {
        ref var ticket = ref Open(@class, number);
        if (IsOpen(ticket, timeMs))
        {
            Finish(ticket, timeMs, state);
        }

        ticket = None;
    }

    private void Drop(TimelineClass @class, in ControllerEvent e) => End(@class, e.Parameter, e.TimeMs, IntervalState.Void);

    private bool IsOpen(long ticket, long timeMs) => ticket >= _queue.FirstTicket && timeMs - _queue.At(ticket).StartMs <= _longestMs;

    private void Finish(long ticket, long timeMs, IntervalState state)
    {
        ref var interval = ref _queue.At(ticket);
        interval.EndMs = timeMs;
        interval.State = state;
    }

    private void AddInstant(TimelineClass @class, in ControllerEvent e) =>
        Finish(_queue.Begin(e.TimeMs, @class, e.Parameter), e.TimeMs + _instantMs, IntervalState.Complete);

    /// <summary>Oregon's package counts a wait from the last call before the green, dropped or not.</summary>
    private void StartWait(in ControllerEvent e)
    {
        ref var ticket = ref Open(TimelineClass.PhaseWait, e.Parameter);
        if (IsOpen(ticket, e.TimeMs))
        {
            if (!_isOdot)
            {
                return;
            }

            Finish(ticket, e.TimeMs, IntervalState.Void);
        }
        else if (!_isOdot && IsOpen(Open(TimelineClass.Green, e.Parameter), e.TimeMs))
        {
            return;
        }

        ticket = _queue.Begin(e.TimeMs, TimelineClass.PhaseWait, e.Parameter);
    }

    private void TakePedestrian(in ControllerEvent e)
    {
        ref var before = ref _pedestrianBefore[e.Parameter];
        if (e.Code == EventCode.PedestrianDetectorOn)
        {
            ref var ticket = ref Open(TimelineClass.PedestrianDelay, e.Parameter);
            if (before is 0 or (byte)EventCode.PedestrianBeginClearance && !IsOpen(ticket, e.TimeMs))
            {
                ticket = _queue.Begin(e.TimeMs, TimelineClass.PedestrianDelay, e.Parameter);
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
            if (IsOpen(ticket, e.TimeMs))
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
        if (IsOpen(_transition, e.TimeMs))
        {
            Finish(_transition, e.TimeMs, IntervalState.Complete);
        }

        _transition = e.Parameter >= TransitionAddState
            ? _queue.Begin(e.TimeMs, After(TimelineClass.TransitionAdd, e.Parameter - TransitionAddState), e.Parameter)
            : None;
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
        if (IsOpen(_flash, e.TimeMs))
        {
            Finish(_flash, e.TimeMs, IntervalState.Complete);
        }

        _flash = e.Parameter is >= 1 and <= Kinds ? _queue.Begin(e.TimeMs, After(TimelineClass.FlashOther, e.Parameter - 1), e.Parameter) : None;
    }

    private void TakeAlarms(in ControllerEvent e)
    {
        for (var bit = 0; bit < NamedAlarmBits; bit++)
        {
            if (!_isOdot && (e.Parameter >> bit & 1) != 0 && IsOpen(_alarms[bit], e.TimeMs))
            {
                continue;
            }

            if (IsOpen(_alarms[bit], e.TimeMs))
            {
                Finish(_alarms[bit], e.TimeMs, IntervalState.Complete);
            }

            _alarms[bit] = (e.Parameter >> bit & 1) != 0 ? _queue.Begin(e.TimeMs, After(TimelineClass.CycleFault, bit), e.Parameter) : None;
        }
    }

    private void TakeAlarmGroup(in ControllerEvent e)
    {
        End(TimelineClass.AlarmGroup, 0, e.TimeMs, IntervalState.Complete);
        if (_isOdot || BitOperations.PopCount((uint)e.Parameter) > 0)
        {
            Open(TimelineClass.AlarmGroup, 0) = _queue.Begin(e.TimeMs, TimelineClass.AlarmGroup, e.Parameter);
        }
    }

    private void WriteUpTo(long watermarkMs, bool isEnd)
    {
        while (_queue.Count > 0 && (isEnd || _queue.First.StartMs < watermarkMs))
        {
            var alike = 0;
            while (alike < _queue.Count && _queue.AtPlace(alike).StartMs == _queue.First.StartMs)
            {
                ref readonly var interval = ref _queue.AtPlace(alike);
                if (interval.State == IntervalState.Open && !isEnd && watermarkMs - interval.StartMs <= _longestMs)
                {
                    return;
                }

                alike++;
            }

            for (var i = 0; i < alike; i++)
            {
                Write(_queue.AtPlace(i), isEnd);
            }

            _queue.Leave(alike);
        }
    }

    private void Write(in Interval interval, bool isEnd)
    {
        var endMs = interval.EndMs;
        if (interval.State == IntervalState.Open && _isOdot && isEnd && interval.Class >= TimelineClass.CycleFault)
        {
            // The peer gives the last alarm of a log the length of a moment.
            endMs = interval.StartMs + _instantMs;
        }

        var isOpen = endMs == long.MaxValue;
        if (interval.State == IntervalState.Void || (isOpen && _isOdot) || (!isOpen && endMs - interval.StartMs < _shortestMs))
        {
            return;
        }

        if (_isOdot)
        {
            _rows.Time(interval.StartMs).Time(endMs).Single((float)(endMs - interval.StartMs) / 1000)
                .Boolean(interval.State != IntervalState.Incomplete).Word((int)interval.Class).Integer(Number(interval));
            return;
        }

        _rows.Time(interval.StartMs);
        if (isOpen)
        {
            _rows.Null().Null();
        }
        else
        {
            _rows.Time(endMs).Real((endMs - interval.StartMs) / 1000.0);
        }

        _rows.Word((int)interval.Class).Integer(Number(interval)).Boolean(interval.State == IntervalState.Complete);
        Quality.Write(_rows, _context.Coverage, new TimeRange(interval.StartMs, isOpen ? interval.StartMs : endMs), null, null, null);
    }

    private static long? Number(in Interval interval) => interval.Class is
        (>= TimelineClass.TransitionAdd and <= TimelineClass.TransitionDwell)
        or TimelineClass.PowerFailed or TimelineClass.PowerRestored
        or (>= TimelineClass.CycleFault and <= TimelineClass.FlashPreempt)
            ? null
            : interval.Number;
}
