using Crosstown.Core.Events;

namespace Crosstown.Server.Live;

/// <summary>What one signal's log said last about each head, detector, preempt and condition. Events may come in any order, known ones included.</summary>
/// <remarks>Some kilobytes at most, since numbers end at 255. Callers hold its lock.</remarks>
internal sealed class SignalLog
{
    /// <summary>An event later than now by more is not believed: the cabinet's clock is wrong, and nothing would replace it for as long.</summary>
    public const long MostAheadMs = 10 * 60_000;

    private const int Numbers = 256;

    private Shown[] _phases = [];
    private Shown[] _overlaps = [];
    private Shown[] _walks = [];
    private Shown[] _overlapWalks = [];
    private DetectorLast[] _detectors = [];
    private DetectorLast[] _buttons = [];
    private PreemptTimes[] _preempts = [];
    private Last _pattern;
    private Last _flash;
    private Last _alarm;
    private Last _power;
    private Last _drift;
    private Last _manual;
    private Last _stopTime;
    private Last _unit;

    public ReadOnlySpan<Shown> Phases => _phases;

    public ReadOnlySpan<Shown> Overlaps => _overlaps;

    public ReadOnlySpan<Shown> Walks => _walks;

    public ReadOnlySpan<Shown> OverlapWalks => _overlapWalks;

    public ReadOnlySpan<DetectorLast> Detectors => _detectors;

    public ReadOnlySpan<DetectorLast> Buttons => _buttons;

    public ReadOnlySpan<PreemptTimes> Preempts => _preempts;

    public Last Pattern => _pattern;

    public Last Flash => _flash;

    public Last Alarm => _alarm;

    /// <summary>The last failure or return of power.</summary>
    public Last Power => _power;

    public Last Drift => _drift;

    public Last Manual => _manual;

    public Last StopTime => _stopTime;

    public Last Unit => _unit;

    /// <summary>The newest event, ms UTC; 0 before the first.</summary>
    public long LastMs { get; private set; }

    /// <summary>How far the newest event that was not believed lay ahead of the clock, in ms; 0 once believable ones arrive again.</summary>
    public long AheadMs { get; private set; }

    /// <param name="nowMs">The wall clock, ms UTC.</param>
    public void Take(ReadOnlySpan<ControllerEvent> events, long nowMs)
    {
        var aheadMs = 0L;
        foreach (ref readonly var e in events)
        {
            if (e.TimeMs > nowMs + MostAheadMs)
            {
                aheadMs = Math.Max(aheadMs, e.TimeMs - nowMs);
            }
            else
            {
                LastMs = Math.Max(LastMs, e.TimeMs);
                Take(e);
            }
        }

        AheadMs = aheadMs;
    }

    private void Take(in ControllerEvent e)
    {
        switch (e.Code)
        {
            // Code 0, phase on, is no display: it comes with the walk where that leads the green.
            case EventCode.PhaseBeginGreen:
                Show(ref _phases, e, HeadState.Green);
                break;
            case EventCode.PhaseBeginYellow:
                Show(ref _phases, e, HeadState.Yellow);
                break;
            case EventCode.PhaseEndYellow or EventCode.PhaseBeginRedClearance or EventCode.PhaseEndRedClearance or EventCode.PhaseInactive:
                Show(ref _phases, e, HeadState.Red);
                break;
            case EventCode.OverlapBeginGreen or EventCode.OverlapBeginTrailingGreen:
                Show(ref _overlaps, e, HeadState.Green);
                break;
            case EventCode.OverlapBeginYellow:
                Show(ref _overlaps, e, HeadState.Yellow);
                break;
            case EventCode.OverlapBeginRedClearance or EventCode.OverlapOff:
                Show(ref _overlaps, e, HeadState.Red);
                break;
            case EventCode.OverlapDark:
                Show(ref _overlaps, e, HeadState.Off);
                break;
            case >= EventCode.PedestrianBeginWalk and <= EventCode.PedestrianDark:
                Show(ref _walks, e, PedestrianHeadState.Walk + (e.Code - EventCode.PedestrianBeginWalk));
                break;
            case >= EventCode.PedestrianOverlapBeginWalk and <= EventCode.PedestrianOverlapDark:
                Show(ref _overlapWalks, e, PedestrianHeadState.Walk + (e.Code - EventCode.PedestrianOverlapBeginWalk));
                break;
            case EventCode.DetectorOff or EventCode.DetectorOn when At(ref _detectors, e.Parameter):
                Last.Take(ref _detectors[e.Parameter].Change, e);
                break;
            case >= EventCode.DetectorRestored and <= EventCode.DetectorFaultExcessiveChange when At(ref _detectors, e.Parameter):
                Last.Take(ref _detectors[e.Parameter].Fault, e);
                break;
            case EventCode.PedestrianDetectorOff or EventCode.PedestrianDetectorOn when At(ref _buttons, e.Parameter):
                Last.Take(ref _buttons[e.Parameter].Change, e);
                break;
            case EventCode.PedestrianDetectorFailed or EventCode.PedestrianDetectorRestored when At(ref _buttons, e.Parameter):
                Last.Take(ref _buttons[e.Parameter].Fault, e);
                break;
            case >= EventCode.PreemptInputOn and <= EventCode.PreemptExit when At(ref _preempts, e.Parameter):
                TakePreempt(ref _preempts[e.Parameter], e);
                break;
            case EventCode.CoordinationPatternChange:
                Last.Take(ref _pattern, e);
                break;
            case EventCode.FlashStatus:
                Last.Take(ref _flash, e);
                break;
            case EventCode.UnitAlarm1:
                Last.Take(ref _alarm, e);
                break;
            case EventCode.PowerFailed or EventCode.PowerRestored:
                Last.Take(ref _power, e);
                break;
            case EventCode.ClockDrift:
                Last.Take(ref _drift, e);
                break;
            case EventCode.ManualControlEnable:
                Last.Take(ref _manual, e);
                break;
            case EventCode.StopTime:
                Last.Take(ref _stopTime, e);
                break;
            case EventCode.UnitControlStatus:
                Last.Take(ref _unit, e);
                break;
            default:
                break;
        }
    }

    private static void TakePreempt(ref PreemptTimes times, in ControllerEvent e)
    {
        switch (e.Code)
        {
            case EventCode.PreemptInputOn:
                // May repeat: the first since the input was off, or since the last exit, began it.
                times.OnMs = times.OnMs > Math.Max(times.OffMs, times.ExitMs) && e.TimeMs > times.OnMs ? times.OnMs : Math.Max(times.OnMs, e.TimeMs);
                break;
            case EventCode.PreemptInputOff:
                times.OffMs = Math.Max(times.OffMs, e.TimeMs);
                break;
            case EventCode.PreemptEntryStarted or EventCode.PreemptTrackClearance or EventCode.PreemptDwell:
                times.EntryMs = times.EntryMs > times.ExitMs && e.TimeMs > times.EntryMs ? times.EntryMs : Math.Max(times.EntryMs, e.TimeMs);
                break;
            case EventCode.PreemptExit:
                times.ExitMs = Math.Max(times.ExitMs, e.TimeMs);
                break;
            case EventCode.PreemptMaxPresence:
                times.MostPresenceMs = Math.Max(times.MostPresenceMs, e.TimeMs);
                break;
            default:
                break;
        }
    }

    private static void Show(ref Shown[] heads, in ControllerEvent e, HeadState state)
    {
        if (At(ref heads, e.Parameter))
        {
            Shown.Take(ref heads[e.Parameter], e, (byte)state);
        }
    }

    private static void Show(ref Shown[] heads, in ControllerEvent e, PedestrianHeadState state)
    {
        if (At(ref heads, e.Parameter))
        {
            Shown.Take(ref heads[e.Parameter], e, (byte)state);
        }
    }

    /// <summary>Makes room for a number; false when it is none of a phase, overlap, channel or preempt.</summary>
    private static bool At<T>(ref T[] items, short number)
    {
        if (number is < 1 or >= Numbers)
        {
            return false;
        }

        if (number >= items.Length)
        {
            Array.Resize(ref items, Math.Min(Numbers, (number / 8 * 8) + 8));
        }

        return true;
    }
}
