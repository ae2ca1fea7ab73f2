using System.Collections.Immutable;

namespace Crosstown.Server.Query;

/// <summary>Who has to look.</summary>
internal enum FindingCause
{
    /// <summary>The way of the log from the cabinet to us.</summary>
    Feed,

    /// <summary>The controller or its cabinet.</summary>
    Cabinet,

    /// <summary>A vehicle detector.</summary>
    Detector,

    /// <summary>The signal's timing.</summary>
    Timing,

    /// <summary>A push button or a walk.</summary>
    Pedestrian,
}

/// <summary>How urgent a finding is.</summary>
internal enum FindingSeverity
{
    /// <summary>Something does not work.</summary>
    Failing,

    /// <summary>Something works badly.</summary>
    Degraded,

    /// <summary>Something does not fit, and may be as it should.</summary>
    Check,
}

/// <summary>A kind of finding: what is said of all findings of it.</summary>
/// <param name="Name">As in ids and filters.</param>
/// <param name="Title">What is wrong, as a person would say it; {n} stands for the number.</param>
/// <param name="Action">What to do first.</param>
/// <param name="Unit">Unit of value and limit; empty for counts.</param>
internal sealed record FindingKind(string Name, FindingCause Cause, FindingSeverity Severity, string Title, string Action, string Unit)
{
    public static readonly FindingKind AllSilent = new("all-logs-silent", FindingCause.Feed, FindingSeverity.Failing, "Most signals' logs have stopped at once", "Look at the network and at the sources of logs before any cabinet: one failure is behind all of them.", "signals");
    public static readonly FindingKind Silent = new("log-silent", FindingCause.Feed, FindingSeverity.Failing, "No log arrives", "Check the cabinet's power and its line, then the source that collects its log.", "min");
    public static readonly FindingKind NoData = new("no-data", FindingCause.Feed, FindingSeverity.Failing, "Almost no events in the busiest hour", "Look whether the controller still logs, and whether its files are complete.", "events");
    public static readonly FindingKind Gaps = new("log-gaps", FindingCause.Feed, FindingSeverity.Degraded, "The log has gaps", "Check the line to the cabinet, and whether files are overwritten before they are collected.", "0-1");
    public static readonly FindingKind LineLoss = new("line-loss", FindingCause.Feed, FindingSeverity.Degraded, "Polls of the controller fail", "Check the radio or the line to the cabinet.", "%");
    public static readonly FindingKind Flash = new("flash", FindingCause.Cabinet, FindingSeverity.Failing, "The signal is in flash", "Send somebody: find what put it into flash before you restore it.", "min");
    public static readonly FindingKind ClockOff = new("clock-off", FindingCause.Cabinet, FindingSeverity.Degraded, "The controller's clock is off", "Check its time source: offsets along the street are wrong by as much.", "ms");
    public static readonly FindingKind ClockSet = new("clock-set", FindingCause.Cabinet, FindingSeverity.Check, "The controller's clock was set more than once within a day", "Check its time source: times around the settings are wrong by the step.", "settings");
    public static readonly FindingKind DetectorsSilent = new("detectors-silent", FindingCause.Cabinet, FindingSeverity.Failing, "Most detectors are at fault at once", "Look at what they share before any loop: the detector rack, its power, its bus.", "detectors");
    public static readonly FindingKind FaultReported = new("reported-fault", FindingCause.Detector, FindingSeverity.Failing, "The cabinet reports detector {n} at fault", "Look at the channel in the cabinet; test the loop or the sensor.", "h");
    public static readonly FindingKind NoActivity = new("no-activity", FindingCause.Detector, FindingSeverity.Failing, "The cabinet reports no activity on detector {n}", "Look whether the lane is open; then test the loop or the sensor.", "h");
    public static readonly FindingKind OpenLoop = new("open-loop", FindingCause.Detector, FindingSeverity.Failing, "The cabinet reports an open loop on detector {n}", "Measure the loop from the cabinet; look for pavement work.", "h");
    public static readonly FindingKind ShortedLoop = new("shorted-loop", FindingCause.Detector, FindingSeverity.Failing, "The cabinet reports a shorted loop on detector {n}", "Measure the loop and its lead-in; look for water.", "h");
    public static readonly FindingKind Erratic = new("erratic", FindingCause.Detector, FindingSeverity.Degraded, "The cabinet reports detector {n} as erratic", "Look for a loose lead-in or crosstalk; change the frequency.", "h");
    public static readonly FindingKind StuckOn = new("stuck-on", FindingCause.Detector, FindingSeverity.Failing, "Detector {n} is stuck on", "Reset the channel; until it is mended its phase is served as if somebody waited all the time.", "h");
    public static readonly FindingKind StuckOff = new("stuck-off", FindingCause.Detector, FindingSeverity.Failing, "Detector {n} has not seen anybody for a day or longer", "Look whether the lane is open; then test the loop or the sensor, and put the phase on recall.", "h");
    public static readonly FindingKind Quiet = new("quiet", FindingCause.Detector, FindingSeverity.Degraded, "Detector {n} is silent while its neighbors count", "Compare it with the lane beside it; adjust or test it.", "h");
    public static readonly FindingKind LowCounts = new("low-counts", FindingCause.Detector, FindingSeverity.Degraded, "Detector {n} counts too little in the busiest hour", "Compare it with a count by hand; adjust its sensitivity.", "hits");
    public static readonly FindingKind UnknownChannel = new("unknown-channel", FindingCause.Detector, FindingSeverity.Check, "Detector {n} counts and is not in the configuration", "Add it to the configuration, or switch the channel off.", "hits");
    public static readonly FindingKind UnknownPhase = new("unknown-phase", FindingCause.Timing, FindingSeverity.Check, "Phase {n} is served and is not in the configuration", "Add it to the configuration, or omit it in the controller.", "greens");
    public static readonly FindingKind NightMaxOuts = new("night-max-outs", FindingCause.Timing, FindingSeverity.Degraded, "Phase {n} runs to its maximum all night", "Look for a stuck detector or a recall that was left on.", "0-1");
    public static readonly FindingKind NightForceOffs = new("night-force-offs", FindingCause.Timing, FindingSeverity.Check, "Phase {n} is forced off all night", "Check whether the night should run free instead of coordinated.", "0-1");
    public static readonly FindingKind ButtonFailed = new("button-failed", FindingCause.Pedestrian, FindingSeverity.Failing, "The cabinet reports push button {n} at fault", "Look at the button and its wiring; put the walk on recall until it is mended.", "h");
    public static readonly FindingKind ButtonStuck = new("button-stuck", FindingCause.Pedestrian, FindingSeverity.Failing, "The walk of phase {n} is served all night: a button seems stuck", "Look at the buttons of the crossing.", "walks");
    public static readonly FindingKind ButtonDead = new("button-dead", FindingCause.Pedestrian, FindingSeverity.Failing, "Nobody could press a button of phase {n} for a day", "Press it; put the walk on recall until it is mended.", "presses");
    public static readonly FindingKind ButtonChatter = new("button-chatter", FindingCause.Pedestrian, FindingSeverity.Degraded, "A button of phase {n} reports far more presses than usual", "Look for a loose contact or a button that sticks.", "presses a walk");

    /// <summary>All kinds.</summary>
    public static ImmutableArray<FindingKind> All { get; } =
    [
        AllSilent, Silent, NoData, Gaps, LineLoss, Flash, ClockOff, ClockSet, DetectorsSilent, FaultReported, NoActivity, OpenLoop, ShortedLoop, Erratic, StuckOn, StuckOff, Quiet, LowCounts,
        UnknownChannel, UnknownPhase, NightMaxOuts, NightForceOffs, ButtonFailed, ButtonStuck, ButtonDead, ButtonChatter,
    ];
}

/// <summary>A point of a finding's evidence.</summary>
/// <param name="T">Begin of the bin or day, ms UTC.</param>
/// <param name="V">The figure; null where it is missing.</param>
internal readonly record struct EvidencePoint(long T, double? V);

/// <summary>Something that looks wrong at a signal, folded from all times that it was seen.</summary>
/// <param name="Signal">The signal's id; empty for the city as a whole.</param>
/// <param name="Number">Phase, channel or button; null where the whole signal is meant.</param>
/// <param name="SinceMs">Since when, ms UTC.</param>
/// <param name="LastMs">When it was seen last, ms UTC.</param>
/// <param name="Count">How many bins or days it was seen in.</param>
/// <param name="Value">What was found; null where there is no figure.</param>
/// <param name="Limit">What it was compared with; null where there is none.</param>
/// <param name="Evidence">The figure over the last day or the last days.</param>
/// <param name="SeenShare">Share of the time behind it that the log saw, 0-1; null when unknown.</param>
internal sealed record Finding(FindingKind Kind, string Signal, int? Number, long SinceMs, long LastMs, int Count, double? Value, double? Limit, ImmutableArray<EvidencePoint> Evidence, double? SeenShare)
{
    /// <summary>Stable as long as the finding is the same one: signal, kind and number, with colons between them.</summary>
    public string Id { get; } = $"{(Signal.Length == 0 ? "city" : Signal)}:{Kind.Name}{(Number is { } n ? $":{n}" : "")}";

    public string Title => Kind.Title.Replace("{n}", Number?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "", StringComparison.Ordinal);
}
