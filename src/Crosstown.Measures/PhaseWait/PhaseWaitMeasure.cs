using System.Collections.Immutable;
using Crosstown.Core.Events;
using Crosstown.Core.Tables;
using Crosstown.Measures.BuildingBlocks;
using Crosstown.Measures.Engine;
using Crosstown.Measures.Options;

namespace Crosstown.Measures.PhaseWait;

/// <summary>Which call a wait is counted from.</summary>
public enum WaitStart
{
    /// <summary>The first call that stands while the phase is not green; a dropped call starts no wait.</summary>
    FirstCallAfterGreen,

    /// <summary>The same, but calls count only from the end of the phase's clearance (ATSPM 5).</summary>
    FirstCallAfterClearance,

    /// <summary>The last call logged before the green, dropped or not (Oregon's package).</summary>
    LastCall,
}

/// <summary>Which waits a preempt spoils.</summary>
public enum PreemptRule
{
    /// <summary>Every wait of which any part lies in a preempt or its recovery.</summary>
    Overlaps,

    /// <summary>Only waits that begin in a preempt or its recovery (Oregon's package).</summary>
    BeginsWithin,

    /// <summary>None.</summary>
    Ignored,
}

/// <summary>Phase wait time: how long a called phase waits for its green, and how often it is passed over.</summary>
public sealed class PhaseWaitMeasure : Measure
{
    internal static readonly ChoiceOption<WaitStart> From = new(
        "from", "The call that a wait is counted from.", WaitStart.FirstCallAfterGreen, WaitStart.LastCall, WaitStart.FirstCallAfterClearance);

    internal static readonly ChoiceOption<PreemptRule> Preempts = new(
        "preempts", "Which waits a preempt leaves out.", PreemptRule.Overlaps, PreemptRule.BeginsWithin, PreemptRule.Ignored);

    internal static readonly NumberOption PreemptRecoveryS = new(
        "preempt_recovery_s", "s", "How long after a preempt the signal is still recovering.", 120, least: 0, most: 3600);

    internal static readonly NumberOption AssumedCycleS = new(
        "assumed_cycle_s", "s", "Cycle length while the signal runs free or none was logged.", 140, least: 1, most: 1000);

    internal static readonly NumberOption SkipMultiplier = new(
        "skip_multiplier", "cycles", "A wait longer than this many cycles means that the phase was passed over.", 1.5, least: 0.1, most: 100);

    internal static readonly NumberOption ShortestS = new(
        "shortest_s", "s", "Shorter waits are left out; Oregon's package does not show intervals below 0.2 s.", 0, odot: 0.2, least: 0, most: 60);

    internal static readonly NumberOption LongestS = new(
        "longest_s", "s", "Longer waits are left out: the green was lost, or the phase omitted.", 3600, odot: 86_400, udot: 360, least: 1, most: 86_400);

    internal static readonly TableSchema Table = new()
    {
        Name = "phase-wait",
        Columns =
        [
            new("time", ColumnType.Time, "", "Start of the bin in which the green began."),
            new("signal", ColumnType.Signal, "", "The signal."),
            new("phase", ColumnType.Integer, "", "The phase."),
            new("waits", ColumnType.Integer, "", "Greens that answered a waiting call."),
            new("mean_s", ColumnType.Real, "s", "Mean wait."),
            new("max_s", ColumnType.Real, "s", "Longest wait."),
            new("skips", ColumnType.Integer, "", "Waits so long that the phase was passed over."),
            new("mean_after_gap_out_s", ColumnType.Real, "s", "Mean wait after the phase had gapped out before; null without such."),
            new("mean_after_max_out_s", ColumnType.Real, "s", "The same after a max-out."),
            new("mean_after_force_off_s", ColumnType.Real, "s", "The same after a force-off."),
            new("left_out", ColumnType.Integer, "", "Waits left out because of a preempt or their length."),
            .. Quality.Columns,
        ],
    };

    internal static readonly TableSchema OdotTable = new()
    {
        Name = "phase_wait",
        TimeFirst = true,
        Columns =
        [
            new("TimeStamp", ColumnType.Time, "", "Start of the bin in which the green began."),
            new("DeviceId", ColumnType.Signal, "", "The signal."),
            new("Phase", ColumnType.Integer, "", "Phase."),
            new("AvgPhaseWait", ColumnType.Real, "s", "Mean wait."),
            new("TotalSkips", ColumnType.Real, "", "Waits longer than the limit."),
        ],
    };

    public override string Name => "phase-wait";

    public override string Title => "Phase wait time";

    public override CodeSet Codes { get; } = CodeSet.Of(
        EventCode.PhaseBeginGreen, EventCode.PhaseGapOut, EventCode.PhaseMaxOut, EventCode.PhaseForceOff, EventCode.PhaseBeginYellow,
        EventCode.PhaseEndRedClearance, EventCode.PhaseInactive, EventCode.PhaseCallRegistered, EventCode.PhaseCallDropped,
        EventCode.PreemptInputOn, EventCode.PreemptInputOff, EventCode.CycleLengthChange, EventCode.CycleLengthLong);

    public override ImmutableArray<Option> Options => [From, Preempts, PreemptRecoveryS, AssumedCycleS, SkipMultiplier, ShortestS, LongestS];

    public override ImmutableArray<TableSchema> TablesIn(DefinitionSet set) => set == DefinitionSet.Odot21 ? [OdotTable] : [Table];

    public override SignalMeasure Start(MeasureContext context) => new PhaseWait(context);
}
