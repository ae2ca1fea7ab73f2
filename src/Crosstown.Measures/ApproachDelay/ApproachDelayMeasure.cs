using System.Collections.Immutable;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Measures.BuildingBlocks;
using Crosstown.Measures.Engine;
using Crosstown.Measures.Options;

namespace Crosstown.Measures.ApproachDelay;

/// <summary>Approach delay: how long vehicles that arrive on red wait for the green.</summary>
/// <remarks>A lower bound: start-up loss, the queue ahead, and vehicles that miss the green are not in it.</remarks>
public sealed class ApproachDelayMeasure : Measure
{
    internal static readonly ChoiceOption<BinnedBy> BinBy = new(
        "bin_by", "Which bin an arrival counts in: its own, or that of its cycle's begin as in ATSPM 5.", BinnedBy.Arrival, udot: BinnedBy.CycleStart);

    internal static readonly FlagOption ZeroForNone = new(
        "zero_for_none", "Write 0 s per vehicle where none arrived, as ATSPM 5 does; else null.", crosstown: false, udot: true);

    internal static readonly FlagOption RoundPlans = new(
        "round_plans", "Round a plan's delays to whole seconds, as ATSPM 5 does.", crosstown: false, udot: true);

    private static readonly ImmutableArray<Column> SummaryColumns =
    [
        new("arrivals", ColumnType.Integer, "", "Vehicles that reached the stop bar in whole cycles."),
        new("delayed", ColumnType.Integer, "", "Of these, on red."),
        new("outside_cycles", ColumnType.Integer, "", "Vehicles that reached the stop bar in no whole cycle: in none of the other numbers."),
        new("delay_s", ColumnType.Real, "s", "From each arrival on red to the next green, summed."),
        new("delay_per_vehicle_s", ColumnType.Real, "s", "Delay over all arrivals, also those on green; null without arrivals."),
    ];

    internal static readonly TableSchema Bins = new()
    {
        Name = "approach-delay",
        Columns =
        [
            new("time", ColumnType.Time, "", "Start of the bin."), new("signal", ColumnType.Signal, "", "The signal."), .. ApproachGroup.Columns, .. SummaryColumns,
            new("delay_hours_per_hour", ColumnType.Real, "h/h", "Vehicle hours of delay per hour of bin."),
            .. Quality.Columns,
        ],
    };

    internal static readonly TableSchema Plans = new()
    {
        Name = "approach-delay-plans",
        Columns =
        [
            new("time", ColumnType.Time, "", "Begin of the plan, of the local day, or of the log."), new("signal", ColumnType.Signal, "", "The signal."),
            .. ArrivalCells.PlanColumns, .. ApproachGroup.Columns, .. SummaryColumns, .. Quality.Columns,
        ],
    };

    public override string Name => "approach-delay";

    public override string Title => "Approach delay";

    public override CodeSet Codes => CycleArrivals.Codes;

    public override ImmutableArray<Option> Options => [BinBy, ZeroForNone, RoundPlans];

    public override ImmutableArray<TableSchema> TablesIn(DefinitionSet set) => set == DefinitionSet.Odot21 ? [] : [Bins, Plans];

    public override SignalMeasure? Start(MeasureContext context) =>
        ApproachGroup.List(context.Configuration, DetectorFunctions.AdvanceCount) is { Length: > 0 } groups ? new ApproachDelay(context, groups) : null;

    private sealed class ApproachDelay(MeasureContext context, ApproachGroup[] groups) : ArrivalCells(context, groups, context.Options.Choice(BinBy))
    {
        private readonly double? _none = context.Options[ZeroForNone] ? 0 : null;
        private readonly bool _roundsPlans = context.Options[RoundPlans];
        private readonly RowBuffer _bins = context.Rows(Bins);
        private readonly RowBuffer _plans = context.Rows(ApproachDelayMeasure.Plans);

        protected override void WriteBin(TimeRange bin, int group, in ArrivalCell cell)
        {
            ApproachGroup.Write(_bins.Time(bin.StartMs), Groups[group].Group);
            WriteSummary(_bins, cell, rounds: false);
            _bins.Real((double)cell.DelayMs / bin.LengthMs);
            Quality.Write(_bins, Context.Coverage, bin, cell.Dropped, null, Groups[group].Channels);
        }

        protected override void WritePlan(PlanPeriod period, TimeRange span, int group, in ArrivalCell cell)
        {
            ApproachGroup.Write(WritePlan(_plans, period), Groups[group].Group);
            WriteSummary(_plans, cell, _roundsPlans);
            Quality.Write(_plans, Context.Coverage, span, cell.Dropped, null, Groups[group].Channels);
        }

        private void WriteSummary(RowBuffer rows, in ArrivalCell cell, bool rounds)
        {
            var delayS = cell.DelayMs / 1000.0;
            var perVehicleS = cell.Arrivals == 0 ? _none : delayS / cell.Arrivals;
            rows.Integer(cell.Arrivals).Integer(cell.OnRed).Integer(cell.Outside)
                .Real(rounds ? Math.Round(delayS) : delayS)
                .Real(rounds && perVehicleS is { } s ? Math.Round(s) : perVehicleS);
        }
    }
}
