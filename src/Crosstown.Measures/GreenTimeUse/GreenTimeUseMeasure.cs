using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Measures.BuildingBlocks;
using Crosstown.Measures.Engine;
using Crosstown.Measures.Options;

namespace Crosstown.Measures.GreenTimeUse;

/// <summary>Green time utilization: how many vehicles use each part of the green.</summary>
public sealed class GreenTimeUseMeasure : Measure
{
    private const int Slots = 100;

    internal static readonly NumberOption SlotS = new("slot_s", "s", "Length of the parts into which greens are cut.", 4, least: 1, most: 60);

    internal static readonly FlagOption RoundHits = new(
        "round_hits", "Round hits per service to hundredths, as ATSPM 5 does.", crosstown: false, udot: true);

    internal static readonly TableSchema Table = new()
    {
        Name = "green-time-use",
        Columns =
        [
            new("time", ColumnType.Time, "", "Start of the bin."),
            new("signal", ColumnType.Signal, "", "The signal."),
            .. ApproachGroup.Columns,
            new("from_s", ColumnType.Real, "s", "Begin of the part, seconds after the begin of green; the hundredth part also holds all later ones."),
            new("services", ColumnType.Integer, "", "Greens that began in the bin, of whole cycles."),
            new("hits", ColumnType.Integer, "", "Vehicles counted at the stop bar in this part of these greens."),
            new("hits_per_service", ColumnType.Real, "", "Hits over services."),
            new("mean_green_s", ColumnType.Real, "s", "Mean green of these services."),
            new("programmed_split_s", ColumnType.Integer, "s", "Programmed split under the bin's last service; null when not logged, for overlaps too."),
            new("programmed_green_s", ColumnType.Real, "s", "Programmed split less the mean yellow and red clearance seen in the bin; null when either is missing."),
            .. Quality.Columns,
        ],
    };

    public override string Name => "green-time-use";

    public override string Title => "Green time utilization";

    public override CodeSet Codes { get; } = PlanTracker.AddCodes(CodeSet.Of([EventCode.DetectorOn, EventCode.PhaseEndRedClearance, .. GroupStates.Codes]));

    public override ImmutableArray<Option> Options => [SlotS, RoundHits];

    public override ImmutableArray<TableSchema> TablesIn(DefinitionSet set) => set == DefinitionSet.Odot21 ? [] : [Table];

    public override SignalMeasure? Start(MeasureContext context) =>
        ApproachGroup.List(context.Configuration, DetectorFunctions.LaneByLaneCount) is { Length: > 0 } groups ? new GreenTimeUse(context, groups) : null;

    [InlineArray(Slots)]
    private struct HitsOfSlots
    {
        private int _first;
    }

    private struct Cell
    {
        public HitsOfSlots Hits;
        public int Services;
        public int Dropped;
        public long GreenMs;
        public long LongestGreenMs;
        public int? SplitS;
        public long ClearanceMs;
        public int Clearances;
    }

    private sealed class GreenTimeUse : CycleArrivals
    {
        private readonly RowBuffer _rows;
        private readonly OpenBins<Cell> _bins;
        private readonly long _slotMs;
        private readonly bool _rounds;
        private readonly int[] _groupOfPhase = new int[256];
        private readonly long[] _yellowMs;

        public GreenTimeUse(MeasureContext context, ApproachGroup[] groups)
            : base(context, groups, projects: false)
        {
            _rows = context.Rows(Table);
            _bins = new OpenBins<Cell>(context.Clock, context.Options.BinMs, groups.Length);
            _slotMs = context.Options.Milliseconds(SlotS);
            _rounds = context.Options[RoundHits];
            _yellowMs = new long[groups.Length];
            Array.Fill(_yellowMs, long.MinValue);
            Array.Fill(_groupOfPhase, -1);
            for (var g = 0; g < groups.Length; g++)
            {
                if (!groups[g].Group.IsOverlap)
                {
                    _groupOfPhase[groups[g].Group.Number] = g;
                }
            }
        }

        protected override bool TakesOther => true;

        protected override void TakeOther(in ControllerEvent e)
        {
            if (e.Code is not (EventCode.PhaseBeginYellow or EventCode.PhaseEndRedClearance) || (ushort)e.Parameter >= 256 || _groupOfPhase[e.Parameter] is var g && g < 0)
            {
                return;
            }

            if (e.Code == EventCode.PhaseBeginYellow)
            {
                _yellowMs[g] = e.TimeMs;
            }
            else if (_yellowMs[g] != long.MinValue)
            {
                ref var cell = ref _bins.At(e.TimeMs, g);
                cell.ClearanceMs += e.TimeMs - _yellowMs[g];
                cell.Clearances++;
                _yellowMs[g] = long.MinValue;
            }
        }

        protected override void TakeCycle(int group, in ObservedCycle cycle, ReadOnlySpan<Arrival> arrivals, int droppedBefore)
        {
            ref var cell = ref _bins.At(cycle.GreenMs, group);
            cell.Services++;
            cell.GreenMs += cycle.GreenLengthMs;
            cell.LongestGreenMs = Math.Max(cell.LongestGreenMs, cycle.GreenLengthMs);
            cell.SplitS = Groups[group].Group.IsOverlap ? null : Plans.At(cycle.GreenMs).SplitS(Groups[group].Group.Number);
            foreach (var arrival in arrivals)
            {
                if (arrival.TimeMs >= cycle.GreenMs && arrival.TimeMs < cycle.YellowMs)
                {
                    cell.Hits[(int)Math.Min(Slots - 1, (arrival.TimeMs - cycle.GreenMs) / _slotMs)]++;
                }
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
                    if (bin.Cells[g].Services > 0)
                    {
                        Write(bin.Range, g, bin.Cells[g]);
                    }
                }
            }
        }

        private void Write(TimeRange bin, int group, in Cell cell)
        {
            var slots = (int)Math.Min(Slots, ((cell.LongestGreenMs - 1) / _slotMs) + 1);
            for (var slot = 0; slot < slots; slot++)
            {
                var perService = (double)cell.Hits[slot] / cell.Services;
                ApproachGroup.Write(_rows.Time(bin.StartMs), Groups[group].Group)
                    .Real(slot * _slotMs / 1000.0)
                    .Integer(cell.Services)
                    .Integer(cell.Hits[slot])
                    .Real(_rounds ? Math.Round(perService, 2) : perService)
                    .Real(cell.GreenMs / 1000.0 / cell.Services)
                    .Integer(cell.SplitS)
                    .Real(cell.SplitS is { } splitS && cell.Clearances > 0 ? splitS - (cell.ClearanceMs / 1000.0 / cell.Clearances) : null);
                Quality.Write(_rows, Context.Coverage, bin, cell.Dropped, null, Groups[group].Channels);
            }
        }
    }
}
