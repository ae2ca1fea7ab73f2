using System.Collections.Immutable;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Measures.BuildingBlocks;
using Crosstown.Measures.Engine;
using Crosstown.Measures.Options;

namespace Crosstown.Measures.SplitFailure;

/// <summary>The bin in which a cycle counts.</summary>
public enum CycleBin
{
    /// <summary>Where its green began.</summary>
    BeginOfGreen,

    /// <summary>Where the judged part of its red ended.</summary>
    EndOfRedWindow,
}

/// <summary>Purdue split failure: greens that were full to the end and left vehicles standing in the first seconds of red.</summary>
public sealed class SplitFailureMeasure : Measure
{
    internal static readonly NumberOption RedWindowS = new(
        "red_window_s", "s", "How much of the red after a green is looked at (Freije et al. 2014: 5 s).", 5, least: 1, most: 30);

    internal static readonly NumberOption GreenThreshold = new(
        "green_occupancy_threshold", "0-1", "Occupancy of the green from which it counts as full.", 0.8, udot: 0.79, least: 0, most: 1);

    internal static readonly NumberOption RedThreshold = new(
        "red_occupancy_threshold", "0-1", "Occupancy of the first seconds of red from which vehicles were left standing.", 0.8, udot: 0.79, least: 0, most: 1);

    internal static readonly FlagOption ThresholdFails = new(
        "threshold_fails", "Whether an occupancy exactly at its threshold counts; ATSPM 5 wants more than 79 %.", crosstown: true, udot: false);

    internal static readonly ChoiceOption<RedStart> RedFrom = new(
        "red_from", "When red begins: at the end of yellow, or at the begin of red clearance as in Oregon's package.",
        RedStart.EndOfYellow, odot: RedStart.RedClearance);

    internal static readonly ChoiceOption<CycleBin> BinBy = new(
        "bin_by", "The bin that a cycle counts in.", CycleBin.BeginOfGreen, odot: CycleBin.EndOfRedWindow);

    internal static readonly ChoiceOption<PairRepair> Repair = new(
        "pair_repair", "What is made of detector ons and offs that do not pair.", PairRepair.KeepFirst, PairRepair.Halfway, PairRepair.ExactPairs);

    internal static readonly FlagOption ByDetector = new(
        "by_detector", "Judge each detector on its own instead of a phase's detectors together. Oregon's package then loses all rows, and so does its option set.",
        crosstown: false);

    internal static readonly FlagOption LeaveOutFaulted = new(
        "leave_out_faulted", "Mark cycles whose detectors are at fault or stuck instead of judging them. Neither peer does.",
        crosstown: true, odot: false, udot: false);

    internal static readonly FlagOption LeaveOutGaps = new(
        "leave_out_gaps", "Drop cycles in which the log was silent for longer than 5 minutes. Neither peer does.",
        crosstown: true, odot: false, udot: false);

    internal static readonly TableSchema Table = new()
    {
        Name = "split-failures",
        Columns =
        [
            new("time", ColumnType.Time, "", "Start of the bin."),
            new("signal", ColumnType.Signal, "", "The signal."),
            new("phase", ColumnType.Integer, "", "The phase."),
            new("channel", ColumnType.Integer, "", "The detector; null when the phase's detectors are judged together."),
            new("cycles", ColumnType.Integer, "", "Cycles that were judged."),
            new("failures", ColumnType.Integer, "", "Of these, split failures."),
            new("share_failed", ColumnType.Real, "0-1", "Failures over judged cycles; null without such cycles."),
            new("green_s", ColumnType.Real, "s", "Mean green of the judged cycles."),
            new("green_occupancy", ColumnType.Real, "0-1", "Mean share of green during which a vehicle stood on a detector."),
            new("red_occupancy", ColumnType.Real, "0-1", "The same of the first seconds of red."),
            new("faulted_cycles", ColumnType.Integer, "", "Cycles that were not judged because a detector was at fault or stuck on."),
            .. Quality.Columns,
        ],
    };

    internal static readonly TableSchema CycleTable = new()
    {
        Name = "split-failures-by-cycle",
        Columns =
        [
            new("time", ColumnType.Time, "", "Begin of green, or end of the judged red, as the bins count."),
            new("signal", ColumnType.Signal, "", "The signal."),
            new("phase", ColumnType.Integer, "", "The phase."),
            new("channel", ColumnType.Integer, "", "The detector; null when the phase's detectors are judged together."),
            new("green_s", ColumnType.Real, "s", "Displayed green."),
            new("green_occupancy", ColumnType.Real, "0-1", "Share of green during which a vehicle stood on a detector."),
            new("red_occupancy", ColumnType.Real, "0-1", "The same of the first seconds of red."),
            new("failed", ColumnType.Boolean, "", "A split failure; null when a detector was at fault or stuck on."),
            .. Quality.Columns,
        ],
    };

    internal static readonly TableSchema OdotTable = PeerTable("split_failures");
    internal static readonly TableSchema OdotCycleTable = PeerTable("split_failures_by_cycle");

    public override string Name => "split-failure";

    public override string Title => "Purdue split failure";

    public override CodeSet Codes { get; } = CodeSet.Of(
        EventCode.DetectorOff, EventCode.DetectorOn, EventCode.PhaseBeginGreen, EventCode.PhaseBeginYellow,
        EventCode.PhaseEndYellow, EventCode.PhaseBeginRedClearance, EventCode.PhaseInactive);

    public override ImmutableArray<Option> Options =>
        [RedWindowS, GreenThreshold, RedThreshold, ThresholdFails, RedFrom, BinBy, Repair, ByDetector, LeaveOutFaulted, LeaveOutGaps];

    public override ImmutableArray<TableSchema> TablesIn(DefinitionSet set) =>
        set == DefinitionSet.Odot21 ? [OdotTable, OdotCycleTable] : [Table, CycleTable];

    public override SignalMeasure? Start(MeasureContext context) =>
        !context.Configuration.Detectors.Any(d => d.Has(DetectorFunctions.StopBarPresence) && d.Phase is not null)
        || (context.Options.Set == DefinitionSet.Odot21 && context.Options[ByDetector])
            ? null
            : new SplitFailure(context);

    private static TableSchema PeerTable(string name) => new()
    {
        Name = name,
        TimeFirst = true,
        Columns =
        [
            new("TimeStamp", ColumnType.Time, "", "Start of the bin, or of the cycle's red plus the window."),
            new("DeviceId", ColumnType.Signal, "", "The signal."),
            new("Phase", ColumnType.Integer, "", "Phase."),
            new("Green_Time", ColumnType.Single, "s", "Green, in bins the mean."),
            new("Green_Occupancy", ColumnType.Single, "0-1", "Occupancy of green, in bins the mean."),
            new("Red_Occupancy", ColumnType.Single, "0-1", "Occupancy of the red window, in bins the mean."),
            new("Split_Failure", ColumnType.Integer, "", "Split failures."),
        ],
    };
}
