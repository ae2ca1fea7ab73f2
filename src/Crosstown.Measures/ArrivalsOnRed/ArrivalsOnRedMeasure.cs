using System.Collections.Immutable;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Measures.BuildingBlocks;
using Crosstown.Measures.Engine;
using Crosstown.Measures.Options;

namespace Crosstown.Measures.ArrivalsOnRed;

/// <summary>Arrivals on red: how many of an approach's vehicles reach a red, and have to stop.</summary>
public sealed class ArrivalsOnRedMeasure : Measure
{
    internal static readonly FlagOption ZeroForNone = new(
        "zero_for_none", "Write a share of 0 where no vehicle arrived, as ATSPM 5 does; else null.", crosstown: false, udot: true);

    internal static readonly FlagOption HourlyBySeenTime = new(
        "hourly_by_seen_time", "Count per hour of time that the log saw; else per hour of bin, as ATSPM 5 does.", crosstown: true, udot: false);

    private static readonly ImmutableArray<Column> SummaryColumns =
    [
        new("arrivals", ColumnType.Integer, "", "Vehicles that reached the stop bar in whole cycles."),
        new("on_red", ColumnType.Integer, "", "Of these, while red was shown."),
        new("on_yellow", ColumnType.Integer, "", "Of these, while yellow was shown."),
        new("on_green", ColumnType.Integer, "", "Of these, while green was shown."),
        new("outside_cycles", ColumnType.Integer, "", "Vehicles that reached the stop bar in no whole cycle: in none of the other numbers."),
        new("share_on_red", ColumnType.Real, "0-1", "Arrivals on red over arrivals; null without arrivals."),
    ];

    internal static readonly TableSchema Bins = new()
    {
        Name = "arrivals-on-red",
        Columns =
        [
            new("time", ColumnType.Time, "", "Start of the bin."), new("signal", ColumnType.Signal, "", "The signal."), .. ApproachGroup.Columns, .. SummaryColumns,
            new("arrivals_vph", ColumnType.Real, "veh/h", "Arrivals per hour; null when the log saw nothing of the bin."),
            new("on_red_vph", ColumnType.Real, "veh/h", "Arrivals on red per hour; null when the log saw nothing of the bin."),
            .. Quality.Columns,
        ],
    };

    internal static readonly TableSchema Plans = new()
    {
        Name = "arrivals-on-red-plans",
        Columns =
        [
            new("time", ColumnType.Time, "", "Begin of the plan, of the local day, or of the log."), new("signal", ColumnType.Signal, "", "The signal."),
            .. ArrivalCells.PlanColumns, .. ApproachGroup.Columns, .. SummaryColumns,
            new("red_share", ColumnType.Real, "0-1", "Red over cycle time: what the share on red would be with arrivals at random; null without cycles."),
            .. Quality.Columns,
        ],
    };

    public override string Name => "arrivals-on-red";

    public override string Title => "Arrivals on red";

    public override CodeSet Codes => CycleArrivals.Codes;

    public override ImmutableArray<Option> Options => [ZeroForNone, HourlyBySeenTime];

    public override ImmutableArray<TableSchema> TablesIn(DefinitionSet set) => set == DefinitionSet.Odot21 ? [] : [Bins, Plans];

    public override SignalMeasure? Start(MeasureContext context) =>
        ApproachGroup.List(context.Configuration, DetectorFunctions.AdvanceCount) is { Length: > 0 } groups ? new ArrivalsOnRed(context, groups) : null;

    private sealed class ArrivalsOnRed(MeasureContext context, ApproachGroup[] groups) : ArrivalCells(context, groups, BinnedBy.Arrival)
    {
        private readonly double? _none = context.Options[ZeroForNone] ? 0 : null;
        private readonly bool _bySeenTime = context.Options[HourlyBySeenTime];
        private readonly RowBuffer _bins = context.Rows(Bins);
        private readonly RowBuffer _plans = context.Rows(ArrivalsOnRedMeasure.Plans);

        protected override void WriteBin(TimeRange bin, int group, in ArrivalCell cell)
        {
            ApproachGroup.Write(_bins.Time(bin.StartMs), Groups[group].Group);
            WriteSummary(_bins, cell);
            var ms = _bySeenTime ? Context.Coverage.SeenMs(bin) : bin.LengthMs;
            _bins.Real(ms == 0 ? null : cell.Arrivals * 3_600_000.0 / ms).Real(ms == 0 ? null : cell.OnRed * 3_600_000.0 / ms);
            Quality.Write(_bins, Context.Coverage, bin, cell.Dropped, null, Groups[group].Channels);
        }

        protected override void WritePlan(PlanPeriod period, TimeRange span, int group, in ArrivalCell cell)
        {
            ApproachGroup.Write(WritePlan(_plans, period), Groups[group].Group);
            WriteSummary(_plans, cell);
            _plans.Real(cell.RedShare);
            Quality.Write(_plans, Context.Coverage, span, cell.Dropped, null, Groups[group].Channels);
        }

        private void WriteSummary(RowBuffer rows, in ArrivalCell cell) =>
            rows.Integer(cell.Arrivals).Integer(cell.OnRed).Integer(cell.OnYellow).Integer(cell.OnGreen).Integer(cell.Outside).Real(cell.ShareOnRed ?? _none);
    }
}
