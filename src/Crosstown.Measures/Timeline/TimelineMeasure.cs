using System.Collections.Immutable;
using Crosstown.Core.Events;
using Crosstown.Core.Tables;
using Crosstown.Measures.BuildingBlocks;
using Crosstown.Measures.Engine;
using Crosstown.Measures.Options;

namespace Crosstown.Measures.Timeline;

/// <summary>Timeline: everything that lasted, from its start to its end, with a flag for what the log does not wholly tell.</summary>
public sealed class TimelineMeasure : Measure
{
    internal static readonly NumberOption ShortestS = new(
        "shortest_s", "s", "Shorter intervals are left out (Oregon's package as set up: 0.2 s).", 0, odot: 0.2, least: 0, most: 3600);

    internal static readonly NumberOption InstantS = new(
        "instant_s", "s", "Length that Oregon's table gives to what has none, such as a pattern change; ours gives none.", 0, odot: 60, least: 0, most: 3600);

    internal static readonly NumberOption LongestH = new(
        "longest_h", "h", "How long Oregon's table, which is in the order of starts, waits for an end; what lasts longer is left out of it. Ours waits for nothing.",
        168, least: 1, most: 168);

    internal static readonly FlagOption RepeatsEnd = new(
        "repeats_end", "A second start without an end ends the first interval (Oregon's package). Otherwise the first goes on; either way it is not complete.",
        crosstown: false, odot: true);

    internal static readonly FlagOption PedestrianOverlapEndsWithOverlap = new(
        "pedestrian_overlap_ends_with_overlap", "End a pedestrian overlap's service at code 65, the end of the vehicle overlap of that number, as Oregon's package does, instead of 69.",
        crosstown: false, odot: true);

    internal static readonly TableSchema Table = new()
    {
        Name = "timeline",
        Columns =
        [
            new("time", ColumnType.Time, "", "End; of what is still open, the log's end."),
            new("signal", ColumnType.Signal, "", "The signal."),
            new("start_time", ColumnType.Time, "", "Start."),
            new("duration_s", ColumnType.Real, "s", "Length; of what is still open, so far."),
            new("class", ColumnType.Word, "", "What it is.") { Words = TimelineWords.Ours },
            new("number", ColumnType.Integer, "", "The phase, overlap, channel, pattern or other number that it is about; null where there is none."),
            new("is_complete", ColumnType.Boolean, "", "Start and end were logged once each."),
            new("is_open", ColumnType.Boolean, "", "The log ended before it did."),
            .. Quality.Columns,
        ],
    };

    internal static readonly TableSchema OdotTable = new()
    {
        Name = "timeline",
        Columns =
        [
            new("DeviceId", ColumnType.Signal, "", "The signal."),
            new("StartTime", ColumnType.Time, "", "Start."),
            new("EndTime", ColumnType.Time, "", "End."),
            new("Duration", ColumnType.Single, "s", "Length."),
            new("IsValid", ColumnType.Boolean, "", "Start and end fit."),
            new("EventClass", ColumnType.Word, "", "What it is.") { Words = TimelineWords.Odot },
            new("EventValue", ColumnType.Integer, "", "The parameter."),
        ],
    };

    public override string Name => "timeline";

    public override string Title => "Timeline of intervals";

    public override CodeSet Codes { get; } = CodeSet.Of(
        EventCode.PhaseOn, EventCode.PhaseBeginGreen, EventCode.PhaseGreenTermination, EventCode.PhaseBeginYellow, EventCode.PhaseEndYellow,
        EventCode.PhaseBeginRedClearance, EventCode.PhaseEndRedClearance, EventCode.PhaseInactive,
        EventCode.PedestrianBeginWalk, EventCode.PedestrianBeginClearance, EventCode.PedestrianBeginDontWalk,
        EventCode.FlashingYellowArrowBegin, EventCode.FlashingYellowArrowEnd,
        EventCode.PhaseHoldOn, EventCode.PhaseHoldOff, EventCode.PhaseCallRegistered, EventCode.PhaseCallDropped,
        EventCode.PhaseOmitOn, EventCode.PhaseOmitOff, EventCode.PedestrianOmitOn, EventCode.PedestrianOmitOff,
        EventCode.AdvanceWarningSignOn, EventCode.AdvanceWarningSignOff, EventCode.OverlapWarningSignOn, EventCode.OverlapWarningSignOff,
        EventCode.PedestrianOverlapBeginWalk, EventCode.PedestrianOverlapBeginDontWalk,
        EventCode.PedestrianDetectorOn, EventCode.PedestrianDetectorFailed, EventCode.PedestrianDetectorRestored,
        EventCode.TransitPriorityDetectorOff, EventCode.TransitPriorityDetectorOn, EventCode.PreemptInputOn, EventCode.PreemptInputOff,
        EventCode.CoordinationPatternChange, EventCode.CycleLengthChange, EventCode.OffsetChange, EventCode.CoordinationState,
        EventCode.SpecialFunctionOn, EventCode.SpecialFunctionOff, EventCode.PowerFailed, EventCode.PowerRestored, EventCode.AuxiliarySwitch)
        .AndRange(EventCode.OverlapBeginGreen, EventCode.OverlapDark)
        .AndRange(EventCode.DetectorRestored, EventCode.DetectorFaultExcessiveChange)
        .AndRange(EventCode.TransitPriorityCheckIn, EventCode.TransitPriorityCheckOut)
        .AndRange(EventCode.TransitPriorityServiceStart, EventCode.TransitPriorityServiceEnd)
        .AndRange(EventCode.FlashStatus, EventCode.AlarmGroupState)
        .AndRange(EventCode.ManualControlEnable, EventCode.ClockUpdated);

    public override ImmutableArray<Option> Options => [ShortestS, InstantS, LongestH, RepeatsEnd, PedestrianOverlapEndsWithOverlap];

    public override ImmutableArray<TableSchema> TablesIn(DefinitionSet set) => set switch
    {
        DefinitionSet.Odot21 => [OdotTable],
        DefinitionSet.Udot5 => [],
        _ => [Table],
    };

    public override SignalMeasure Start(MeasureContext context) => new Timeline(context);
}
