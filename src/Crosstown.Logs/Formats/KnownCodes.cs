using Crosstown.Core.Events;

namespace Crosstown.Logs.Formats;

/// <summary>The event codes that some list gives a meaning to.</summary>
/// <remarks>
/// Indiana Traffic Signal Hi Resolution Data Logger Enumerations, August 2020, and the Intelight/Q-Free MaxTime and MaxView codes that are
/// publicly described. A code outside is kept all the same: agencies load new firmware before lists are printed.
/// </remarks>
public static class KnownCodes
{
    /// <summary>Codes from here on are counted as unknown.</summary>
    public const int End = 1024;

    private static readonly bool[] Known = Mark(
        (EventCode.PhaseOn, EventCode.PedestrianOversized),
        (EventCode.BarrierTermination, EventCode.FlashingYellowArrowEnd),
        (EventCode.PhaseHoldOn, EventCode.AdvanceWarningSignOff),
        (EventCode.OverlapBeginGreen, EventCode.OverlapWarningSignOff),
        (EventCode.DetectorOff, EventCode.TransitPriorityDetectorOn),
        (EventCode.PreemptAdvanceWarning, EventCode.TransitPriorityServiceEnd),
        (EventCode.CoordinationPatternChange, EventCode.CycleLengthLong),
        (EventCode.TestInputOn, EventCode.PowerFailed),
        (EventCode.PowerRestored, EventCode.VendorAlarm),
        (EventCode.AlarmOn, EventCode.SplitPhase32),
        (EventCode.ActualSplitPhase1, 371),
        (EventCode.ClockDrift, EventCode.ClockDrift),
        (500, 503),
        (612, 651),
        (701, 710));

    /// <summary>Whether a list gives the code a meaning.</summary>
    public static bool Contains(int code) => (uint)code < (uint)Known.Length && Known[code];

    private static bool[] Mark(params ReadOnlySpan<(int First, int Last)> ranges)
    {
        var known = new bool[End];
        foreach (var (first, last) in ranges)
        {
            known.AsSpan(first, last - first + 1).Fill(true);
        }

        return known;
    }
}
