using System.Collections.Immutable;
using Crosstown.Core.Events;
using Crosstown.Core.Tables;
using Crosstown.Measures.BuildingBlocks;
using Crosstown.Measures.Engine;
using Crosstown.Measures.Options;

namespace Crosstown.Measures.PedestrianDelay;

/// <summary>Pedestrian delay: how long one who pressed the button waits for the walk.</summary>
public sealed class PedestrianDelayMeasure : Measure
{
    internal static readonly NumberOption ShortestS = new(
        "shortest_s", "s", "Shorter waits are left out; Oregon's package does not show intervals below 0.2 s.", 0, odot: 0.2, least: 0, most: 60);

    internal static readonly NumberOption LongestS = new(
        "longest_s", "s", "A press that is older when a walk begins is forgotten: its walk was lost, or the button is broken. The peers keep it.",
        3600, odot: 1_000_000_000, udot: 1_000_000_000, least: 1, most: 1_000_000_000);

    internal static readonly TableSchema Table = new()
    {
        Name = "pedestrian-delay",
        Columns =
        [
            new("time", ColumnType.Time, "", "Start of the bin."),
            new("signal", ColumnType.Signal, "", "The signal."),
            new("phase", ColumnType.Integer, "", "The phase whose walk was asked for."),
            new("waits", ColumnType.Integer, "", "Walks of the bin that answered a press; the first press of those waiting counts."),
            new("mean_s", ColumnType.Real, "s", "Mean wait; null without waits."),
            new("min_s", ColumnType.Real, "s", "Shortest wait; null without waits."),
            new("max_s", ColumnType.Real, "s", "Longest wait; null without waits."),
            new("total_s", ColumnType.Real, "s", "All waits together."),
            new("presses", ColumnType.Integer, "", "Presses in the bin."),
            new("presses_in_walk", ColumnType.Integer, "", "Of these, while walk was shown: they wait for nothing."),
            new("calls", ColumnType.Integer, "", "Pedestrian calls (45) that the controller registered in the bin."),
            new("walks", ColumnType.Integer, "", "Walks that began in the bin, asked for or not."),
            new("given_up", ColumnType.Integer, "", "Presses that waited longer than the limit when their walk came in the bin."),
            .. Quality.Columns,
        ],
    };

    internal static readonly TableSchema OdotTable = new()
    {
        Name = "ped_delay",
        TimeFirst = true,
        Columns =
        [
            new("TimeStamp", ColumnType.Time, "", "Start of the bin in which walk began."),
            new("DeviceId", ColumnType.Signal, "", "The signal."),
            new("Phase", ColumnType.Integer, "", "Phase."),
            new("AvgPedDelay", ColumnType.Real, "s", "Mean wait."),
            new("Samples", ColumnType.Integer, "", "Waits."),
        ],
    };

    internal static readonly TableSchema UdotTable = new()
    {
        Name = "PhasePedAggregation",
        Columns =
        [
            new("PhaseNumber", ColumnType.Integer, "", "Phase."),
            new("Start", ColumnType.Time, "", "Start of the bin."),
            new("End", ColumnType.Time, "", "End of the bin."),
            new("PedCycles", ColumnType.Integer, "", "Runs of presses that got a walk in the bin."),
            new("PedDelay", ColumnType.Real, "s", "Their waits together, to 0.1 s."),
            new("MinPedDelay", ColumnType.Real, "s", "Shortest wait above 0; 0 without one."),
            new("MaxPedDelay", ColumnType.Real, "s", "Longest wait; 0 without one."),
            new("ImputedPedCallsRegistered", ColumnType.Integer, "", "Presses that directly followed a walk or a phase on."),
            new("UniquePedDetections", ColumnType.Integer, "", "Presses more than 15 s after the one before."),
            new("PedBeginWalkCount", ColumnType.Integer, "", "Walks with an event before and after."),
            new("PedCallsRegisteredCount", ColumnType.Integer, "", "Calls in the cycles of these walks."),
            new("PedRequests", ColumnType.Integer, "", "Presses in the cycles of these walks."),
        ],
    };

    public override string Name => "pedestrian-delay";

    public override string Title => "Pedestrian delay";

    public override CodeSet Codes { get; } = CodeSet.Of(
        EventCode.PhaseOn, EventCode.PedestrianBeginWalk, EventCode.PedestrianBeginClearance, EventCode.PedestrianCallRegistered,
        EventCode.PedestrianOverlapBeginWalk, EventCode.PedestrianOverlapBeginClearance, EventCode.PedestrianDetectorOn);

    public override ImmutableArray<Option> Options => [ShortestS, LongestS];

    public override ImmutableArray<TableSchema> TablesIn(DefinitionSet set) => set switch
    {
        DefinitionSet.Odot21 => [OdotTable],
        DefinitionSet.Udot5 => [UdotTable],
        _ => [Table],
    };

    public override SignalMeasure Start(MeasureContext context) =>
        context.Options.Set == DefinitionSet.Udot5 ? new UdotPedestrianDelay(context) : new PedestrianDelay(context);
}
