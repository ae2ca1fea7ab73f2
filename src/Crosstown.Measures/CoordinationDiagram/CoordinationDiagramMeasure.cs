using System.Collections.Immutable;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Measures.BuildingBlocks;
using Crosstown.Measures.Engine;
using Crosstown.Measures.Options;

namespace Crosstown.Measures.CoordinationDiagram;

/// <summary>Purdue coordination diagram: each arrival in its cycle, and how well the platoons meet the green.</summary>
public sealed class CoordinationDiagramMeasure : Measure
{
    internal static readonly FlagOption RoundShares = new(
        "round_shares", "Round the share on green and the green share to whole percent before dividing them, and the ratio to hundredths, as ATSPM 5 does.",
        crosstown: false, udot: true);

    internal static readonly FlagOption ZeroForNone = new(
        "zero_for_none", "Write 0 where there is nothing to divide by, as ATSPM 5 does; else null.", crosstown: false, udot: true);

    private static readonly ImmutableArray<Column> SummaryColumns =
    [
        new("cycles", ColumnType.Integer, "", "Whole red-to-red cycles that began in the row's time."),
        new("arrivals", ColumnType.Integer, "", "Vehicles that reached the stop bar in these cycles."),
        new("on_green", ColumnType.Integer, "", "Of these, while green was shown."),
        new("on_yellow", ColumnType.Integer, "", "Of these, while yellow was shown."),
        new("on_red", ColumnType.Integer, "", "Of these, while red was shown."),
        new("outside_cycles", ColumnType.Integer, "", "Vehicles that reached the stop bar in no whole cycle: in none of the shares."),
        new("share_on_green", ColumnType.Real, "0-1", "Arrivals on green over arrivals; null without arrivals."),
        new("green_share", ColumnType.Real, "0-1", "Green over cycle time; null without cycles."),
        new("platoon_ratio", ColumnType.Real, "", "Share on green over green share: 1 is arrival at random; null when either is missing or no green was shown."),
        new("arrival_type", ColumnType.Integer, "1-6", "Arrival type of the Highway Capacity Manual: 3 is random, 6 exceptional progression; null without a ratio."),
    ];

    internal static readonly TableSchema Bins = new()
    {
        Name = "coordination-diagram",
        Columns = [new("time", ColumnType.Time, "", "Start of the bin."), new("signal", ColumnType.Signal, "", "The signal."), .. ApproachGroup.Columns, .. SummaryColumns, .. Quality.Columns],
    };

    internal static readonly TableSchema Plans = new()
    {
        Name = "coordination-plans",
        Columns =
        [
            new("time", ColumnType.Time, "", "Begin of the plan, of the local day, or of the log."), new("signal", ColumnType.Signal, "", "The signal."),
            .. ArrivalCells.PlanColumns, .. ApproachGroup.Columns, .. SummaryColumns, .. Quality.Columns,
        ],
    };

    internal static readonly TableSchema Cycles = new()
    {
        Name = "coordination-cycles",
        Columns =
        [
            new("time", ColumnType.Time, "", "Begin of red."),
            new("signal", ColumnType.Signal, "", "The signal."),
            .. ApproachGroup.Columns,
            new("green", ColumnType.Time, "", "Begin of green."),
            new("yellow", ColumnType.Time, "", "Begin of yellow."),
            new("end", ColumnType.Time, "", "Begin of the next red."),
            new("red_s", ColumnType.Real, "s", "Red shown before the green."),
            new("green_s", ColumnType.Real, "s", "Green."),
            new("yellow_s", ColumnType.Real, "s", "Yellow."),
            new("cycle_s", ColumnType.Real, "s", "Red to red."),
            new("arrivals", ColumnType.Integer, "", "Vehicles that reached the stop bar in the cycle."),
            new("on_green", ColumnType.Integer, "", "Of these, while green was shown."),
            .. Quality.Columns,
        ],
    };

    internal static readonly TableSchema Arrivals = new()
    {
        Name = "coordination-arrivals",
        Columns =
        [
            new("time", ColumnType.Time, "", "When the vehicle reached the stop bar: the detector hit, projected."),
            new("signal", ColumnType.Signal, "", "The signal."),
            .. ApproachGroup.Columns,
            new("channel", ColumnType.Integer, "", "Detector channel."),
            new("in_cycle_s", ColumnType.Real, "s", "Seconds since the begin of red."),
            new("state", ColumnType.Word, "", "What was shown.") { Words = ["red", "green", "yellow"] },
            .. Quality.Columns,
        ],
    };

    internal static readonly TableSchema UdotCycles = new()
    {
        Name = "redtored",
        Columns =
        [
            new("LocationId", ColumnType.Signal, "", "The signal."),
            new("Phase", ColumnType.Integer, "", "Phase or overlap."),
            new("Start", ColumnType.Time, "", "Begin of red."),
            new("GreenEvent", ColumnType.Time, "", "Begin of green."),
            new("YellowEvent", ColumnType.Time, "", "Begin of yellow."),
            new("End", ColumnType.Time, "", "Begin of the next red."),
            new("RedS", ColumnType.Real, "s", "Red."),
            new("GreenS", ColumnType.Real, "s", "Green."),
            new("YellowS", ColumnType.Real, "s", "Yellow."),
            new("TotalS", ColumnType.Real, "s", "Red to red."),
        ],
    };

    internal static readonly TableSchema UdotDetections = new()
    {
        Name = "adjusted-detections",
        Columns =
        [
            new("LocationId", ColumnType.Signal, "", "The signal."),
            new("Phase", ColumnType.Integer, "", "Phase or overlap."),
            new("DetectorChannel", ColumnType.Integer, "", "Detector channel."),
            new("TimeStamp", ColumnType.Time, "", "The hit, moved to the stop bar."),
        ],
    };

    public override string Name => "coordination-diagram";

    public override string Title => "Purdue coordination diagram";

    public override CodeSet Codes => CycleArrivals.Codes;

    public override ImmutableArray<Option> Options => [RoundShares, ZeroForNone];

    public override ImmutableArray<TableSchema> TablesIn(DefinitionSet set) => set switch
    {
        DefinitionSet.Odot21 => [],
        DefinitionSet.Udot5 => [Bins, Plans, Arrivals, UdotCycles, UdotDetections],
        _ => [Bins, Plans, Cycles, Arrivals],
    };

    public override SignalMeasure? Start(MeasureContext context) =>
        ApproachGroup.List(context.Configuration, DetectorFunctions.AdvanceCount) is { Length: > 0 } groups ? new CoordinationDiagram(context, groups) : null;

    /// <summary>Arrival type by platoon ratio: Highway Capacity Manual, 6th edition, chapter 19.</summary>
    internal static int ArrivalType(double platoonRatio) => platoonRatio switch
    {
        <= 0.50 => 1,
        <= 0.85 => 2,
        <= 1.15 => 3,
        <= 1.50 => 4,
        <= 2.00 => 5,
        _ => 6,
    };

    private readonly record struct DrawnCycle(int Group, ObservedCycle Cycle, int Arrivals, int OnGreen, int DroppedBefore);

    private readonly record struct DrawnArrival(int Group, long TimeMs, int Channel, long CycleStartMs, int State);

    private readonly record struct Detection(int Group, long TimeMs, int Channel);

    private sealed class CoordinationDiagram : ArrivalCells
    {
        private readonly bool _isUdot;
        private readonly bool _rounds;
        private readonly bool _zeroForNone;
        private readonly RowBuffer _bins;
        private readonly RowBuffer _plans;
        private readonly RowBuffer _arrivals;
        private readonly RowBuffer _cycles;
        private readonly RowBuffer? _detections;
        private readonly HeldItems<DrawnCycle> _drawnCycles = new();
        private readonly HeldItems<DrawnArrival> _drawnArrivals = new();
        private readonly HeldItems<Detection> _held = new();

        public CoordinationDiagram(MeasureContext context, ApproachGroup[] groups)
            : base(context, groups, BinnedBy.CycleStart)
        {
            _isUdot = context.Options.Set == DefinitionSet.Udot5;
            _rounds = context.Options[RoundShares];
            _zeroForNone = context.Options[ZeroForNone];
            _bins = context.Rows(Bins);
            _plans = context.Rows(CoordinationDiagramMeasure.Plans);
            _arrivals = context.Rows(Arrivals);
            _cycles = context.Rows(_isUdot ? UdotCycles : Cycles);
            _detections = _isUdot ? context.Rows(UdotDetections) : null;
        }

        protected override void TakeHitOf(int group, long arrivalMs, int channel)
        {
            if (_isUdot)
            {
                _held.Add(arrivalMs, group, new Detection(group, arrivalMs, channel));
            }
        }

        protected override void TakeCycle(int group, in ObservedCycle cycle, ReadOnlySpan<Arrival> arrivals, int droppedBefore)
        {
            base.TakeCycle(group, cycle, arrivals, droppedBefore);
            var onGreen = 0;
            foreach (var arrival in arrivals)
            {
                var state = arrival.TimeMs < cycle.GreenMs ? 0 : arrival.TimeMs < cycle.YellowMs ? 1 : 2;
                onGreen += state == 1 ? 1 : 0;
                _drawnArrivals.Add(arrival.TimeMs, group, new DrawnArrival(group, arrival.TimeMs, arrival.Channel, cycle.StartMs, state));
            }

            _drawnCycles.Add(cycle.StartMs, group, new DrawnCycle(group, cycle, arrivals.Length, onGreen, droppedBefore));
        }

        protected override void Settle(long beforeMs)
        {
            base.Settle(beforeMs);
            while (_drawnCycles.TryTakeBefore(beforeMs, out var drawn))
            {
                WriteCycle(drawn);
            }

            while (_drawnArrivals.TryTakeBefore(beforeMs, out var drawn))
            {
                ApproachGroup.Write(_arrivals.Time(drawn.TimeMs), Groups[drawn.Group].Group).Integer(drawn.Channel)
                    .Real((drawn.TimeMs - drawn.CycleStartMs) / 1000.0).Word(drawn.State);
                var span = new TimeRange(drawn.CycleStartMs, drawn.TimeMs);
                _arrivals.Real(Context.Coverage.SeenShare(span)).Integer(0).Null().Integer(Context.Coverage.IsFaulted(span, drawn.Channel) ? 1 : 0);
            }

            while (_held.TryTakeBefore(beforeMs, out var detection))
            {
                _detections!.Integer(Groups[detection.Group].Group.Number).Integer(detection.Channel).Time(detection.TimeMs);
            }
        }

        protected override void WriteBin(TimeRange bin, int group, in ArrivalCell cell)
        {
            ApproachGroup.Write(_bins.Time(bin.StartMs), Groups[group].Group);
            WriteSummary(_bins, bin, group, cell);
        }

        protected override void WritePlan(PlanPeriod period, TimeRange span, int group, in ArrivalCell cell)
        {
            ApproachGroup.Write(WritePlan(_plans, period), Groups[group].Group);
            WriteSummary(_plans, span, group, cell);
        }

        private void WriteCycle(in DrawnCycle drawn)
        {
            var cycle = drawn.Cycle;
            var group = Groups[drawn.Group];
            if (_isUdot)
            {
                _cycles.Integer(group.Group.Number);
            }

            _cycles.Time(cycle.StartMs);
            if (!_isUdot)
            {
                ApproachGroup.Write(_cycles, group.Group);
            }

            _cycles.Time(cycle.GreenMs).Time(cycle.YellowMs).Time(cycle.EndMs)
                .Real((cycle.GreenMs - cycle.StartMs) / 1000.0).Real(cycle.GreenLengthMs / 1000.0)
                .Real((cycle.EndMs - cycle.YellowMs) / 1000.0).Real(cycle.LengthMs / 1000.0);
            if (!_isUdot)
            {
                _cycles.Integer(drawn.Arrivals).Integer(drawn.OnGreen);
                Quality.Write(_cycles, Context.Coverage, new TimeRange(cycle.StartMs, cycle.EndMs), drawn.DroppedBefore, null, group.Channels);
            }
        }

        private void WriteSummary(RowBuffer rows, TimeRange span, int group, in ArrivalCell cell)
        {
            double? none = _zeroForNone ? 0 : null;
            var onGreen = Rounded(cell.ShareOnGreen, 2) ?? none;
            var green = Rounded(cell.GreenShare, 2) ?? none;
            var ratio = onGreen is { } a && green is > 0 ? Rounded(a / green.Value, 2) : none;
            rows.Integer(cell.Cycles).Integer(cell.Arrivals).Integer(cell.OnGreen).Integer(cell.OnYellow).Integer(cell.OnRed).Integer(cell.Outside)
                .Real(onGreen).Real(green).Real(ratio).Integer(ratio is { } r && cell.Arrivals > 0 ? ArrivalType(r) : (long?)null);
            Quality.Write(rows, Context.Coverage, span, cell.Dropped, null, Groups[group].Channels);
        }

        private double? Rounded(double? value, int digits) => _rounds && value is { } v ? Math.Round(v, digits) : value;
    }
}
