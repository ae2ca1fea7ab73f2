using System.Globalization;
using Crosstown.Core.Events;

namespace Crosstown.Server.Live;

/// <summary>How a signal stands by what its log said last.</summary>
/// <param name="SinceMs">The event that began it, ms UTC; null when no single event did.</param>
/// <param name="Reasons">In words, the worst first; empty when healthy.</param>
internal readonly record struct SignalCondition(SignalClass Class, long? SinceMs, IReadOnlyList<string> Reasons)
{
    /// <summary>A clock that its cabinet reports to be further off is named.</summary>
    private const string Behind = "catching up";
    private const int MostDriftMs = 2000;

    /// <summary>For so long after it came back a failure of power is named.</summary>
    private const long PowerNamedMs = 30 * 60_000;

    private const int NotInFlash = 2;
    private const int FlashPattern = 255;
    private const int MostReasons = 8;

    private static readonly string[] s_flashCauses =
        ["other cause", "other cause", "none", "automatic", "local manual", "fault monitor", "conflict monitor (MMU)", "startup", "preempt"];

    /// <param name="log">Its lock is held.</param>
    /// <param name="nowMs">The wall clock, ms UTC.</param>
    /// <param name="behindAfterMs">Events older than this are called behind.</param>
    public static SignalCondition Of(SignalLog log, long nowMs, long behindAfterMs)
    {
        var reasons = new List<string>();
        var (flashSince, preemptSince) = (AddFlash(log, reasons), AddPreempts(log, reasons));
        var grave = reasons.Count;
        AddClock(log, nowMs, behindAfterMs, reasons);
        AddUnit(log, reasons);
        AddFaults(log.Detectors, "detector", reasons);
        AddFaults(log.Buttons, "push button", reasons);
        var found = flashSince is not null ? SignalClass.Flash
            : preemptSince is not null ? SignalClass.Preempt
            : reasons.Count > grave ? SignalClass.Degraded
            : SignalClass.Healthy;
        if (reasons.Count > MostReasons)
        {
            var more = reasons.Count - MostReasons + 1;
            reasons.RemoveRange(MostReasons - 1, more);
            reasons.Add(string.Create(CultureInfo.InvariantCulture, $"{more} more"));
        }

        return new SignalCondition(found, flashSince ?? preemptSince, reasons);
    }

    /// <summary>A length of time as people say it: seconds below 2 minutes, minutes below 2 hours, hours below 2 days, days.</summary>
    public static string Words(long ms) => (ms / 1000) switch
    {
        < 120 and var s => string.Create(CultureInfo.InvariantCulture, $"{s} s"),
        < 7200 and var s => string.Create(CultureInfo.InvariantCulture, $"{s / 60} min"),
        < 172_800 and var s => string.Create(CultureInfo.InvariantCulture, $"{s / 3600} h"),
        var s => string.Create(CultureInfo.InvariantCulture, $"{s / 86_400} days"),
    };

    private static long? AddFlash(SignalLog log, List<string> reasons)
    {
        if (log.Flash is { IsKnown: true, Parameter: not NotInFlash } flash)
        {
            reasons.Add($"flash: {(flash.Parameter is > 0 and var cause && cause < s_flashCauses.Length ? s_flashCauses[cause] : s_flashCauses[0])}");
            return flash.TimeMs;
        }

        if (log.Pattern is { IsKnown: true, Parameter: FlashPattern } pattern)
        {
            reasons.Add("flash: by its pattern");
            return pattern.TimeMs;
        }

        if (log.Alarm is { IsKnown: true } alarm && (alarm.Parameter & (Alarms.MonitorFlash | Alarms.LocalFlash)) != 0)
        {
            reasons.Add((alarm.Parameter & Alarms.MonitorFlash) != 0 ? "flash: conflict monitor (MMU)" : "flash: local");
            return alarm.TimeMs;
        }

        return null;
    }

    private static long? AddPreempts(SignalLog log, List<string> reasons)
    {
        long? since = null;
        for (var number = 1; number < log.Preempts.Length; number++)
        {
            ref readonly var times = ref log.Preempts[number];
            if (times.ActiveSince(log.LastMs) is { } start)
            {
                since = Math.Min(since ?? start, start);
                reasons.Add(string.Create(CultureInfo.InvariantCulture, $"preempt {number}{(times.IsOverMost ? ", longer than its maximum" : "")}"));
            }
        }

        return since;
    }

    /// <summary>Whether nothing is wrong but that the log is late: that is over for good once it has caught up, and does not come and go.</summary>
    public static bool IsOnlyBehind(IReadOnlyList<string> reasons) => reasons.Count == 1 && reasons[0].StartsWith(Behind, StringComparison.Ordinal);

    private static void AddClock(SignalLog log, long nowMs, long behindAfterMs, List<string> reasons)
    {
        if (log.AheadMs > 0)
        {
            reasons.Add($"its clock is {Words(log.AheadMs)} ahead, so what it shows now is not known");
        }
        else if (log.LastMs > 0 && nowMs - log.LastMs > behindAfterMs)
        {
            reasons.Add($"{Behind}, {Words(nowMs - log.LastMs)} behind");
        }

        if (log.Drift is { IsKnown: true } drift && Math.Abs((int)drift.Parameter) > MostDriftMs)
        {
            reasons.Add(string.Create(CultureInfo.InvariantCulture, $"its clock is {Math.Abs((int)drift.Parameter) / 1000.0:0.#} s {(drift.Parameter < 0 ? "behind" : "ahead")}, as the cabinet reports"));
        }
    }

    private static void AddUnit(SignalLog log, List<string> reasons)
    {
        if (log.Power is { IsKnown: true } power)
        {
            if (power.Code == EventCode.PowerFailed)
            {
                reasons.Add("power failed");
            }
            else if (log.LastMs - power.TimeMs < PowerNamedMs)
            {
                reasons.Add("power came back within the last 30 min");
            }
        }

        for (var number = 1; number < log.Preempts.Length; number++)
        {
            if (log.Preempts[number].IsOverMost && log.Preempts[number].ActiveSince(log.LastMs) is null)
            {
                reasons.Add(string.Create(CultureInfo.InvariantCulture, $"input of preempt {number} on for longer than its maximum"));
            }
        }

        var alarms = log.Alarm.IsKnown ? log.Alarm.Parameter : 0;
        AddIf((alarms & Alarms.CycleFault) != 0, "alarm: cycle fault", reasons);
        AddIf((alarms & Alarms.CoordinationFault) != 0, "alarm: coordination fault", reasons);
        AddIf((alarms & Alarms.CoordinationFail) != 0, "alarm: coordination failed", reasons);
        AddIf((alarms & Alarms.CycleFail) != 0, "alarm: cycle failed", reasons);
        AddIf(log.StopTime is { IsKnown: true, Parameter: not 0 }, "stop time is on", reasons);
        AddIf(log.Manual is { IsKnown: true, Parameter: not 0 } || log.Unit is { IsKnown: true, Parameter: 5 or 9 or 10 }, "under manual control", reasons);
        AddIf(log.Unit is { IsKnown: true, Parameter: 4 or 8 }, "runs on its backup plan", reasons);
    }

    private static void AddFaults(ReadOnlySpan<DetectorLast> channels, string kind, List<string> reasons)
    {
        for (var channel = 1; channel < channels.Length; channel++)
        {
            if (FaultOf(channels[channel]) is { } fault)
            {
                reasons.Add(string.Create(CultureInfo.InvariantCulture, $"{kind} {channel}: {WordsOf(fault)}"));
            }
        }
    }

    /// <summary>The fault that the cabinet reports of a channel; null for none.</summary>
    public static ReportedFault? FaultOf(in DetectorLast channel) => channel.Fault.Code switch
    {
        EventCode.DetectorFaultOther or EventCode.PedestrianDetectorFailed => ReportedFault.Other,
        EventCode.DetectorFaultWatchdog => ReportedFault.NoActivity,
        EventCode.DetectorFaultOpenLoop => ReportedFault.OpenLoop,
        EventCode.DetectorFaultShortedLoop => ReportedFault.ShortedLoop,
        EventCode.DetectorFaultExcessiveChange => ReportedFault.Erratic,
        _ => null,
    };

    private static string WordsOf(ReportedFault fault) => fault switch
    {
        ReportedFault.NoActivity => "no activity",
        ReportedFault.OpenLoop => "open loop",
        ReportedFault.ShortedLoop => "shorted loop",
        ReportedFault.Erratic => "erratic",
        _ => "failed",
    };

    private static void AddIf(bool holds, string reason, List<string> reasons)
    {
        if (holds)
        {
            reasons.Add(reason);
        }
    }

    /// <summary>Bits of code 174 (NTCIP 1202, short alarm status).</summary>
    private static class Alarms
    {
        public const int CycleFault = 1;
        public const int CoordinationFault = 2;
        public const int CoordinationFail = 4;
        public const int CycleFail = 8;
        public const int MonitorFlash = 16;
        public const int LocalFlash = 32;
    }
}
