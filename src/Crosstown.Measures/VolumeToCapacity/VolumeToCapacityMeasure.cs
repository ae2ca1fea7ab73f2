using System.Collections.Immutable;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Measures.BuildingBlocks;
using Crosstown.Measures.Engine;
using Crosstown.Measures.Options;

namespace Crosstown.Measures.VolumeToCapacity;

/// <summary>Volume to capacity: the vehicles that each green let through against those that it could have.</summary>
public sealed class VolumeToCapacityMeasure : Measure
{
    internal static readonly NumberOption SaturationFlowVph = new(
        "saturation_flow_vph", "veh/h", "Vehicles per hour of green and lane; the Highway Capacity Manual's base value is 1,900.", 1900, least: 300, most: 3000);

    internal static readonly NumberOption LostTimeS = new(
        "lost_time_s", "s", "Taken off each displayed green: start-up loss less the part of yellow and red clearance that is used. 0: they are alike.", 0, least: 0, most: 10);

    internal static readonly TableSchema Table = new()
    {
        Name = "volume-to-capacity",
        Columns =
        [
            new("time", ColumnType.Time, "", "Start of the bin."),
            new("signal", ColumnType.Signal, "", "The signal."),
            .. ApproachGroup.Columns,
            new("cycles", ColumnType.Integer, "", "Whole red-to-red cycles that began in the bin."),
            new("count", ColumnType.Integer, "", "Vehicles counted at the stop bar from begin of green to begin of red in these cycles."),
            new("green_s", ColumnType.Real, "s", "Effective green of these cycles."),
            new("lanes", ColumnType.Integer, "", "Lanes with a counting detector."),
            new("capacity", ColumnType.Real, "", "Vehicles that these greens could have let through."),
            new("volume_to_capacity", ColumnType.Real, "", "Count over capacity; null without green."),
            new("worst_cycle", ColumnType.Real, "", "The greatest ratio of one cycle; null without green."),
            new("cycles_at_capacity", ColumnType.Integer, "", "Cycles with a ratio of 1 or more."),
            .. Quality.Columns,
        ],
    };

    public override string Name => "volume-to-capacity";

    public override string Title => "Volume to capacity";

    public override CodeSet Codes => CycleArrivals.Codes;

    public override ImmutableArray<Option> Options => [SaturationFlowVph, LostTimeS];

    public override ImmutableArray<TableSchema> TablesIn(DefinitionSet set) => set == DefinitionSet.Crosstown ? [Table] : [];

    public override SignalMeasure? Start(MeasureContext context) =>
        ApproachGroup.List(context.Configuration, DetectorFunctions.LaneByLaneCount) is { Length: > 0 } groups ? new VolumeToCapacity(context, groups) : null;

    private struct Cell
    {
        public int Cycles;
        public int Count;
        public int Dropped;
        public int AtCapacity;
        public long GreenMs;
        public double Worst;
    }

    private sealed class VolumeToCapacity(MeasureContext context, ApproachGroup[] groups) : CycleArrivals(context, groups, projects: false)
    {
        private readonly RowBuffer _rows = context.Rows(Table);
        private readonly OpenBins<Cell> _bins = new(context.Clock, context.Options.BinMs, groups.Length);
        private readonly double _flowPerMs = context.Options[SaturationFlowVph] / 3_600_000;
        private readonly long _lostMs = context.Options.Milliseconds(LostTimeS);

        protected override void TakeCycle(int group, in ObservedCycle cycle, ReadOnlySpan<Arrival> arrivals, int droppedBefore)
        {
            var greenMs = Math.Max(0, cycle.GreenLengthMs - _lostMs);
            ref var cell = ref _bins.At(cycle.StartMs, group);
            cell.Cycles++;
            // What passes on red turns right, or left with another group's green: it uses none of this one.
            var count = 0;
            foreach (var arrival in arrivals)
            {
                count += arrival.TimeMs >= cycle.GreenMs ? 1 : 0;
            }

            cell.Count += count;
            cell.GreenMs += greenMs;
            if (greenMs > 0)
            {
                var ratio = count / Capacity(group, greenMs);
                cell.Worst = Math.Max(cell.Worst, ratio);
                cell.AtCapacity += ratio >= 1 ? 1 : 0;
            }
        }

        protected override void TakeOutside(int group, in Arrival arrival)
        {
        }

        protected override void TakeDropped(int group, long startMs) => _bins.At(startMs, group).Dropped++;

        protected override void Settle(long beforeMs)
        {
            while (_bins.TryClose(beforeMs, out var bin))
            {
                for (var g = 0; g < Groups.Length; g++)
                {
                    if (bin.Touched[g])
                    {
                        Write(bin.Range, g, bin.Cells[g]);
                    }
                }
            }
        }

        private double Capacity(int group, long greenMs) => _flowPerMs * greenMs * Groups[group].Detectors.Length;

        private void Write(TimeRange bin, int group, in Cell cell)
        {
            ApproachGroup.Write(_rows.Time(bin.StartMs), Groups[group].Group)
                .Integer(cell.Cycles).Integer(cell.Count).Real(cell.GreenMs / 1000.0).Integer(Groups[group].Detectors.Length);
            if (cell.GreenMs > 0)
            {
                var capacity = Capacity(group, cell.GreenMs);
                _rows.Real(capacity).Real(cell.Count / capacity).Real(cell.Worst);
            }
            else
            {
                _rows.Real(0).Null().Null();
            }

            _rows.Integer(cell.AtCapacity);
            Quality.Write(_rows, Context.Coverage, bin, cell.Dropped, null, Groups[group].Channels);
        }
    }
}
