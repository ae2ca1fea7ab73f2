using System.Collections.Immutable;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Measures.BuildingBlocks;
using Crosstown.Measures.Engine;
using Crosstown.Measures.Options;

namespace Crosstown.Measures.YellowRed;

/// <summary>Yellow and red actuations: vehicles that passed the stop bar on yellow and on red. A figure of whole approaches, never of a vehicle.</summary>
public sealed class YellowRedMeasure : Measure
{
    internal static readonly NumberOption SevereAfterS = new(
        "severe_after_s", "s", "A hit on red later than this after the begin of red is severe. ATSPM 5 says 5 s; agencies use 4 s too.", 5, least: 0, most: 60);

    internal static readonly FlagOption DetectorLatency = new(
        "use_detector_latency", "Take off each detector's configured latency; Oregon's package takes one value off for all.", crosstown: true, odot: false);

    internal static readonly NumberOption LatencyS = new(
        "latency_s", "s", "Taken off every hit when the configured latencies are not used; typical for radar is 1.5 s.", 1.5, least: 0, most: 60);

    internal static readonly ChoiceOption<RedStart> RedFrom = new(
        "red_from", "When red begins: at the end of yellow, or at the begin of red clearance as in Oregon's package.",
        RedStart.EndOfYellow, odot: RedStart.RedClearance);

    internal static readonly NumberOption EarliestOffsetS = new(
        "earliest_offset_s", "s", "Hits that lie further before the begin of red do not enter the offsets (Oregon's package: 8 s).", -8, least: -600, most: 0);

    internal static readonly FlagOption FollowBinLength = new(
        "follow_bin_length", "Use the bins that all measures use; Oregon's package has 15-minute bins here whatever it is told.", crosstown: true, odot: false);

    internal static readonly TableSchema Table = new()
    {
        Name = "yellow-red",
        Columns =
        [
            new("time", ColumnType.Time, "", "Start of the bin in which red began."),
            new("signal", ColumnType.Signal, "", "The signal."),
            new("phase", ColumnType.Integer, "", "The phase."),
            new("cycles", ColumnType.Integer, "", "Cycles that were counted, green to green."),
            new("hits", ColumnType.Integer, "", "Vehicles that passed the stop bar in them."),
            new("on_yellow", ColumnType.Integer, "", "Of these, on yellow."),
            new("on_red", ColumnType.Integer, "", "Of these, after yellow had ended."),
            new("severe", ColumnType.Integer, "", "Of those on red, later than the limit after the begin of red."),
            new("share_on_yellow", ColumnType.Real, "0-1", "On yellow over all hits; null without hits."),
            new("share_on_red", ColumnType.Real, "0-1", "On red over all hits; null without hits."),
            new("mean_into_yellow_s", ColumnType.Real, "s", "Mean time since the begin of yellow of those on yellow; null without such."),
            new("mean_into_red_s", ColumnType.Real, "s", "Mean time since the begin of red of those on red; null without such."),
            .. Quality.Columns,
        ],
    };

    internal static readonly TableSchema OffsetTable = new()
    {
        Name = "yellow-red-offsets",
        Columns =
        [
            new("time", ColumnType.Time, "", "Start of the bin in which red began."),
            new("signal", ColumnType.Signal, "", "The signal."),
            new("phase", ColumnType.Integer, "", "The phase."),
            new("shown", ColumnType.Word, "", "What was shown when the vehicle passed.") { Words = ["green", "yellow", "red"] },
            new("offset_s", ColumnType.Real, "s", "Time of the hit less the begin of red, to half seconds; negative before red."),
            new("hits", ColumnType.Integer, "", "Vehicles."),
            .. Quality.Columns,
        ],
    };

    internal static readonly TableSchema OdotTable = new()
    {
        Name = "yellow_red",
        TimeFirst = true,
        Columns =
        [
            new("TimeStamp", ColumnType.Time, "", "Start of the bin in which red began."),
            new("DeviceId", ColumnType.Signal, "", "The signal."),
            new("Phase", ColumnType.Integer, "", "Phase."),
            new("Signal_State", ColumnType.Integer, "", "1 green, 8 yellow, 10 red."),
            new("Red_Offset", ColumnType.Single, "s", "Hit minus begin of red, to half seconds."),
            new("Count", ColumnType.Single, "", "Hits."),
        ],
    };

    public override string Name => "yellow-red";

    public override string Title => "Yellow and red actuations";

    public override CodeSet Codes { get; } = CodeSet.Of(
        EventCode.DetectorOn, EventCode.PhaseBeginGreen, EventCode.PhaseBeginYellow, EventCode.PhaseEndYellow,
        EventCode.PhaseBeginRedClearance, EventCode.PhaseInactive);

    public override ImmutableArray<Option> Options => [SevereAfterS, DetectorLatency, LatencyS, RedFrom, EarliestOffsetS, FollowBinLength];

    public override ImmutableArray<TableSchema> TablesIn(DefinitionSet set) => set == DefinitionSet.Odot21 ? [OdotTable] : [Table, OffsetTable];

    public override SignalMeasure? Start(MeasureContext context) =>
        context.Configuration.Detectors.Any(d => d.Has(DetectorFunctions.LaneByLaneSpeed) && d.Phase is not null) ? new YellowRed(context) : null;
}
