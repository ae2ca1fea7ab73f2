using System.Collections.Immutable;
using Crosstown.Core.Events;
using Crosstown.Core.Tables;
using Crosstown.Measures.BuildingBlocks;
using Crosstown.Measures.Engine;
using Crosstown.Measures.Options;

namespace Crosstown.Measures.CoordinationQuality;

/// <summary>Coordination quality: how much of the time a signal is in step with its plan, and how far its offset is from the programmed one.</summary>
public sealed class CoordinationQualityMeasure : Measure
{
    internal static readonly NumberOption LeastEvents = new(
        "least_events", "", "Oregon's package carries the state forward only through bins whose every 5 minutes hold so many standard events.",
        3, least: 1, most: 10_000);

    internal static readonly TableSchema Table = new()
    {
        Name = "coordination-quality",
        Columns =
        [
            new("time", ColumnType.Time, "", "Start of the bin."),
            new("signal", ColumnType.Signal, "", "The signal."),
            new("pattern", ColumnType.Integer, "", "Pattern in force at the end of the bin; 254 free, 255 flash; null before one was logged."),
            new("cycle_s", ColumnType.Integer, "s", "Programmed cycle length at the end of the bin; null before one was logged."),
            new("offset_s", ColumnType.Integer, "s", "Programmed offset at the end of the bin; null before one was logged."),
            new("actual_cycle_s", ColumnType.Real, "s", "Mean of the cycle lengths that the controller reported in the bin; null without one."),
            new("actual_offset_s", ColumnType.Integer, "s", "Last reported offset up to the end of the bin; null before one was logged."),
            new("pattern_changes", ColumnType.Integer, "", "Changes from one pattern to another in the bin; the same pattern logged again is none."),
            new("in_step_share", ColumnType.Real, "0-1", "Share of the bin's known time in step; null when the state was not known."),
            new("transition_share", ColumnType.Real, "0-1", "The same in transition: adding, subtracting or dwelling."),
            new("free_share", ColumnType.Real, "0-1", "The same running free."),
            new("transition_s", ColumnType.Real, "s", "Time in transition; null when the state was not known."),
            new("offset_error_s", ColumnType.Real, "s", "Mean distance of the reported offsets from the programmed one, around the cycle; null without either."),
            .. Quality.Columns,
        ],
    };

    internal static readonly TableSchema OdotTable = new()
    {
        Name = "coordination",
        TimeFirst = true,
        Columns =
        [
            new("TimeStamp", ColumnType.Time, "", "Start of the bin."),
            new("Raw_TimeStamp", ColumnType.Time, "", "Time of the event."),
            new("DeviceId", ColumnType.Signal, "", "The signal."),
            new("EventId", ColumnType.Integer, "", "131, 132, 316 or 318."),
            new("Parameter", ColumnType.Integer, "", "Its parameter."),
        ],
    };

    internal static readonly TableSchema OdotStateTable = new()
    {
        Name = "coordination_agg",
        TimeFirst = true,
        Columns =
        [
            new("TimeStamp", ColumnType.Time, "", "Start of the bin."),
            new("DeviceId", ColumnType.Signal, "", "The signal."),
            new("Pattern", ColumnType.Integer, "", "Last 131 up to the end of the bin; 0 before one was logged."),
            new("CycleLength", ColumnType.Integer, "s", "The same of 132."),
            new("ActualCycleLength", ColumnType.Integer, "s", "The same of 316."),
            new("ActualOffset", ColumnType.Integer, "s", "The same of 318."),
        ],
    };

    public override string Name => "coordination-quality";

    public override string Title => "Coordination quality";

    public override CodeSet Codes { get; } = CodeSet.Of(
        EventCode.CoordinationPatternChange, EventCode.CycleLengthChange, EventCode.OffsetChange, EventCode.CoordinationState,
        EventCode.CycleLengthLong, EventCode.ActualCycleLength, EventCode.ActualOffset);

    public override ImmutableArray<Option> Options => [LeastEvents];

    public override ImmutableArray<TableSchema> TablesIn(DefinitionSet set) => set switch
    {
        DefinitionSet.Odot21 => [OdotTable, OdotStateTable],
        DefinitionSet.Udot5 => [],
        _ => [Table],
    };

    public override SignalMeasure Start(MeasureContext context) =>
        context.Options.Set == DefinitionSet.Odot21 ? new OdotCoordination(context) : new CoordinationQuality(context);
}
