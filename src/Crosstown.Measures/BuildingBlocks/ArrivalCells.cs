using System.Collections.Immutable;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Measures.Engine;

namespace Crosstown.Measures.BuildingBlocks;

/// <summary>Sums over the cycles and arrivals of one approach in a bin or under a plan.</summary>
internal struct ArrivalCell
{
    public int Cycles;
    public int Dropped;
    public int Outside;
    public int OnGreen;
    public int OnYellow;
    public int OnRed;
    public long RedMs;
    public long GreenMs;
    public long CycleMs;

    /// <summary>From each arrival on red to the begin of its green, summed.</summary>
    public long DelayMs;

    /// <summary>Arrivals in whole cycles.</summary>
    public readonly int Arrivals => OnGreen + OnYellow + OnRed;

    /// <summary>Arrivals on green over all; null without arrivals.</summary>
    public readonly double? ShareOnGreen => Arrivals == 0 ? null : (double)OnGreen / Arrivals;

    /// <summary>Arrivals on red over all; null without arrivals.</summary>
    public readonly double? ShareOnRed => Arrivals == 0 ? null : (double)OnRed / Arrivals;

    /// <summary>Green over cycle time; null without cycles.</summary>
    public readonly double? GreenShare => CycleMs == 0 ? null : (double)GreenMs / CycleMs;

    /// <summary>Red over cycle time; null without cycles.</summary>
    public readonly double? RedShare => CycleMs == 0 ? null : (double)RedMs / CycleMs;
}

/// <summary>What an arrival's bin is chosen by.</summary>
public enum BinnedBy
{
    /// <summary>The arrival itself.</summary>
    Arrival,

    /// <summary>The begin of the cycle that it falls into.</summary>
    CycleStart,
}

/// <summary>Sums arrivals and cycles per approach, by bin and by plan. A cycle belongs to the bin and plan in which its red begins.</summary>
internal abstract class ArrivalCells : CycleArrivals
{
    private readonly OpenBins<ArrivalCell> _bins;
    private readonly OpenPlans<ArrivalCell> _plans;
    private readonly BinnedBy _binnedBy;

    protected ArrivalCells(MeasureContext context, ApproachGroup[] groups, BinnedBy binnedBy)
        : base(context, groups, projects: true)
    {
        _binnedBy = binnedBy;
        _bins = new OpenBins<ArrivalCell>(context.Clock, context.Options.BinMs, groups.Length);
        _plans = new OpenPlans<ArrivalCell>(Plans, groups.Length);
    }

    /// <summary>The columns that name a plan in a table of plans, after <c>time</c> and <c>signal</c>.</summary>
    public static ImmutableArray<Column> PlanColumns { get; } =
    [
        new("end", ColumnType.Time, "", "Next pattern change, local midnight, or end of the log."),
        new("plan", ColumnType.Integer, "", "Coordination pattern; 254 is free, 255 flash; null before the log's first pattern change."),
        new("cycle_length_s", ColumnType.Integer, "s", "Programmed cycle length; null when not logged with the pattern."),
        new("offset_s", ColumnType.Integer, "s", "Programmed offset; null when not logged with the pattern."),
    ];

    /// <summary>Writes <c>time</c> and the cells of <see cref="PlanColumns"/>.</summary>
    public static RowBuffer WritePlan(RowBuffer rows, PlanPeriod period) =>
        rows.Time(period.StartMs).Time(period.EndMs).Integer(period.Number).Integer(period.CycleLengthS).Integer(period.OffsetS);

    /// <summary>Writes a row for one approach in one bin.</summary>
    protected abstract void WriteBin(TimeRange bin, int group, in ArrivalCell cell);

    /// <summary>Writes a row for one approach under one plan.</summary>
    protected abstract void WritePlan(PlanPeriod period, TimeRange span, int group, in ArrivalCell cell);

    protected override void TakeCycle(int group, in ObservedCycle cycle, ReadOnlySpan<Arrival> arrivals, int droppedBefore)
    {
        AddCycle(ref _bins.At(cycle.StartMs, group), cycle);
        ref var plan = ref _plans.At(cycle.StartMs, group);
        AddCycle(ref plan, cycle);
        foreach (var arrival in arrivals)
        {
            AddArrival(ref _bins.At(_binnedBy == BinnedBy.Arrival ? arrival.TimeMs : cycle.StartMs, group), cycle, arrival.TimeMs);
            AddArrival(ref plan, cycle, arrival.TimeMs);
        }
    }

    protected override void TakeOutside(int group, in Arrival arrival)
    {
        _bins.At(arrival.TimeMs, group).Outside++;
        _plans.At(arrival.TimeMs, group).Outside++;
    }

    protected override void TakeDropped(int group, long startMs)
    {
        _bins.At(startMs, group).Dropped++;
        _plans.At(startMs, group).Dropped++;
    }

    protected override void Settle(long beforeMs)
    {
        while (_bins.TryClose(beforeMs, out var bin))
        {
            for (var g = 0; g < Groups.Length; g++)
            {
                if (bin.Touched[g])
                {
                    WriteBin(bin.Range, g, bin.Cells[g]);
                }
            }
        }

        while (_plans.TryClose(beforeMs, out var plan))
        {
            for (var g = 0; g < Groups.Length; g++)
            {
                if (plan.Touched[g])
                {
                    WritePlan(plan.Period, plan.Range, g, plan.Cells[g]);
                }
            }
        }
    }

    private static void AddCycle(ref ArrivalCell cell, in ObservedCycle cycle)
    {
        cell.Cycles++;
        cell.RedMs += cycle.GreenMs - cycle.StartMs;
        cell.GreenMs += cycle.GreenLengthMs;
        cell.CycleMs += cycle.LengthMs;
    }

    private static void AddArrival(ref ArrivalCell cell, in ObservedCycle cycle, long timeMs)
    {
        if (timeMs < cycle.GreenMs)
        {
            cell.OnRed++;
            cell.DelayMs += cycle.GreenMs - timeMs;
        }
        else if (timeMs < cycle.YellowMs)
        {
            cell.OnGreen++;
        }
        else
        {
            cell.OnYellow++;
        }
    }
}
