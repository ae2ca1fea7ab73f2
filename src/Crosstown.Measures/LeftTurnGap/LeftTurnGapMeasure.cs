using System.Collections.Immutable;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Measures.BuildingBlocks;
using Crosstown.Measures.Engine;
using Crosstown.Measures.Options;

namespace Crosstown.Measures.LeftTurnGap;

/// <summary>What a gap is measured between.</summary>
public enum HitEdge
{
    /// <summary>Detector on to detector on: front to front of vehicles.</summary>
    VehicleArrives,

    /// <summary>Detector off to detector off, as in ATSPM 5.</summary>
    VehicleLeaves,
}

/// <summary>Left-turn gaps: the gaps in the oncoming traffic that a permissive left turn could use.</summary>
public sealed class LeftTurnGapMeasure : Measure
{
    internal static readonly ChoiceOption<HitEdge> Edge = new(
        "hit_edge", "What gaps are measured between.", HitEdge.VehicleArrives, udot: HitEdge.VehicleLeaves);

    internal static readonly ChoiceOption<RedStart> RedFrom = new(
        "red_from", "Until when the last gap of a green runs: the end of yellow, or the begin of red clearance as in ATSPM 5.", RedStart.EndOfYellow, udot: RedStart.RedClearance);

    internal static readonly NumberOption ShortestS = new("shortest_gap_s", "s", "Gaps of this length or less are not counted.", 1, least: 0, most: 60);

    internal static readonly NumberOption Class1S = new("class_1_up_to_s", "s", "Longest gap of class 1.", 3.3, least: 0, most: 60);

    internal static readonly NumberOption Class2S = new("class_2_up_to_s", "s", "Longest gap of class 2.", 3.7, least: 0, most: 60);

    internal static readonly NumberOption Class3S = new("class_3_up_to_s", "s", "Longest gap of class 3; longer ones are of class 4.", 7.4, least: 0, most: 60);

    internal static readonly NumberOption TurnableS = new("turnable_gap_s", "s", "Gaps of at least this length let vehicles turn.", 7.4, least: 0, most: 60);

    internal static readonly NumberOption CriticalTwoLanesS = new(
        "critical_gap_two_lanes_s", "s", "Time that one turning vehicle needs across one or two oncoming lanes.", 4.1, least: 1, most: 20);

    internal static readonly NumberOption CriticalThreeLanesS = new(
        "critical_gap_three_lanes_s", "s", "Time that one turning vehicle needs across three oncoming lanes or more.", 5.3, least: 1, most: 20);

    internal static readonly FlagOption MeanOfGreens = new(
        "mean_of_greens", "Turnable share as the mean of each green's share, as ATSPM 5 does; else of all greens together.", crosstown: false, udot: true);

    internal static readonly FlagOption LosesMidnight = new(
        "lose_gap_over_midnight", "Leave out the gap that runs over local midnight: ATSPM 5 subtracts times of day.", crosstown: false, udot: true);

    internal static readonly TableSchema Table = new()
    {
        Name = "left-turn-gap",
        Columns =
        [
            new("time", ColumnType.Time, "", "Start of the bin."),
            new("signal", ColumnType.Signal, "", "The signal."),
            new("direction", ColumnType.Word, "", "The way the oncoming traffic is headed; the left turns come the other way.") { Words = ApproachGroup.DirectionWords },
            .. ApproachGroup.Columns.Select(c => c with { Description = c.Description.Replace("the approach", "the oncoming through traffic", StringComparison.Ordinal) }),
            new("greens", ColumnType.Integer, "", "Oncoming greens that began in the bin, of whole cycles."),
            new("green_s", ColumnType.Real, "s", "Their time, begin of green to begin of red."),
            new("gaps_1", ColumnType.Integer, "", "Gaps of class 1: above 1 to 3.3 s by default."),
            new("gaps_2", ColumnType.Integer, "", "Gaps of class 2: above 3.3 to 3.7 s by default."),
            new("gaps_3", ColumnType.Integer, "", "Gaps of class 3: above 3.7 to 7.4 s by default."),
            new("gaps_4", ColumnType.Integer, "", "Gaps of class 4: above 7.4 s by default."),
            new("turnable_share", ColumnType.Real, "0-1", "Time in turnable gaps over the time of the greens; null without greens."),
            new("capacity", ColumnType.Real, "", "Vehicles that could turn: the time of all gaps that reach the critical gap, over the critical gap."),
            new("demand", ColumnType.Integer, "", "Left turns counted in the bin; null when none are counted here."),
            new("demand_to_capacity", ColumnType.Real, "", "Demand over capacity; null without either."),
            new("left_services", ColumnType.Integer, "", "Services of the left turns' own protected phase that ended in the bin; null when they have none."),
            new("left_gap_outs", ColumnType.Integer, "", "Of these, gapped out; null when they have no phase of their own."),
            new("pedestrian_services", ColumnType.Integer, "", "Walks that began beside the oncoming traffic, which a left turn has to cross; null for an overlap without a known walk."),
            .. Quality.Columns,
        ],
    };

    public override string Name => "left-turn-gap";

    public override string Title => "Left-turn gap";

    public override CodeSet Codes { get; } = PlanTracker.AddCodes(CodeSet.Of(
    [
        EventCode.DetectorOn, EventCode.DetectorOff, EventCode.PhaseGapOut, EventCode.PhaseMaxOut, EventCode.PhaseForceOff, EventCode.PedestrianBeginWalk,
        .. GroupStates.Codes,
    ]));

    public override ImmutableArray<Option> Options =>
        [Edge, RedFrom, ShortestS, Class1S, Class2S, Class3S, TurnableS, CriticalTwoLanesS, CriticalThreeLanesS, MeanOfGreens, LosesMidnight];

    public override ImmutableArray<TableSchema> TablesIn(DefinitionSet set) => set == DefinitionSet.Odot21 ? [] : [Table];

    public override SignalMeasure? Start(MeasureContext context)
    {
        // Lane-by-lane counts where there are any, else stop-bar presence.
        var counts = ApproachGroup.List(context.Configuration, DetectorFunctions.LaneByLaneCount | DetectorFunctions.StopBarPresence)
            .Select(g => g.FindPart(d => IsOncoming(d) && d.Has(DetectorFunctions.LaneByLaneCount)) ?? g.FindPart(IsOncoming))
            .OfType<ApproachGroup>()
            .ToArray();
        return counts.Length > 0 ? new LeftTurnGap(context, counts) : null;
    }

    private static bool IsOncoming(Detector detector) => detector.Movement is not (LaneMovement.Left or LaneMovement.Unknown);

    private struct Cell
    {
        public int Greens;
        public long GreenMs;
        public int Gaps1;
        public int Gaps2;
        public int Gaps3;
        public int Gaps4;
        public long TurnableMs;
        public double TurnableShares;
        public long CriticalMs;
        public int Demand;
        public int LeftServices;
        public int LeftGapOuts;
        public int Walks;
        public int Dropped;
    }

    /// <summary>What lies beside one stream of oncoming traffic.</summary>
    /// <param name="HasDemand">Whether left turns are counted.</param>
    /// <param name="LeftPhases">Protected phases of the left turns.</param>
    /// <param name="Walk">The phase whose walk they cross; null when unknown.</param>
    /// <param name="CriticalMs">Time that one turning vehicle needs.</param>
    private sealed record Crossing(bool HasDemand, byte[] LeftPhases, byte? Walk, long CriticalMs);

    private sealed class LeftTurnGap : CycleArrivals
    {
        private readonly RowBuffer _rows;
        private readonly OpenBins<Cell> _bins;
        private readonly Crossing[] _crossings;
        private readonly int[][] _crossingsOfLeft = new int[256][];
        private readonly int[][] _crossingsOfWalk = new int[256][];
        private readonly bool[] _gappedOut = new bool[256];
        private readonly long _shortestMs;
        private readonly long _class1Ms;
        private readonly long _class2Ms;
        private readonly long _class3Ms;
        private readonly long _turnableMs;
        private readonly bool _meanOfGreens;
        private readonly bool _losesMidnight;

        public LeftTurnGap(MeasureContext context, ApproachGroup[] oncoming)
            : base(
                context,
                oncoming,
                projects: false,
                context.Options.Choice(RedFrom),
                context.Options.Choice(Edge) == HitEdge.VehicleArrives ? EventCode.DetectorOn : EventCode.DetectorOff)
        {
            _rows = context.Rows(Table);
            _bins = new OpenBins<Cell>(context.Clock, context.Options.BinMs, oncoming.Length);
            _shortestMs = context.Options.Milliseconds(ShortestS);
            _class1Ms = context.Options.Milliseconds(Class1S);
            _class2Ms = context.Options.Milliseconds(Class2S);
            _class3Ms = context.Options.Milliseconds(Class3S);
            _turnableMs = context.Options.Milliseconds(TurnableS);
            _meanOfGreens = context.Options[MeanOfGreens];
            _losesMidnight = context.Options[LosesMidnight];
            _crossings = new Crossing[oncoming.Length];
            Array.Fill(_crossingsOfLeft, []);
            Array.Fill(_crossingsOfWalk, []);
            for (var g = 0; g < oncoming.Length; g++)
            {
                _crossings[g] = Look(context, oncoming[g], g);
                foreach (var phase in _crossings[g].LeftPhases)
                {
                    _crossingsOfLeft[phase] = [.. _crossingsOfLeft[phase], g];
                }

                if (_crossings[g].Walk is { } walk)
                {
                    _crossingsOfWalk[walk] = [.. _crossingsOfWalk[walk], g];
                }
            }
        }

        protected override bool TakesOther => true;

        protected override void TakeOther(in ControllerEvent e)
        {
            if ((ushort)e.Parameter >= 256)
            {
                return;
            }

            switch (e.Code)
            {
                case EventCode.PhaseBeginGreen:
                    _gappedOut[e.Parameter] = false;
                    break;
                case EventCode.PhaseGapOut:
                    _gappedOut[e.Parameter] = true;
                    break;
                case EventCode.PhaseMaxOut or EventCode.PhaseForceOff:
                    _gappedOut[e.Parameter] = false;
                    break;
                case EventCode.PhaseBeginYellow:
                    foreach (var g in _crossingsOfLeft[e.Parameter])
                    {
                        ref var cell = ref _bins.At(e.TimeMs, g);
                        cell.LeftServices++;
                        cell.LeftGapOuts += _gappedOut[e.Parameter] ? 1 : 0;
                    }

                    break;
                case EventCode.PedestrianBeginWalk:
                    foreach (var g in _crossingsOfWalk[e.Parameter])
                    {
                        _bins.At(e.TimeMs, g).Walks++;
                    }

                    break;
            }
        }

        protected override void TakeCounted(int key, long timeMs) => _bins.At(timeMs, key).Demand++;

        protected override void TakeCycle(int group, in ObservedCycle cycle, ReadOnlySpan<Arrival> arrivals, int droppedBefore)
        {
            ref var cell = ref _bins.At(cycle.GreenMs, group);
            var turnableBeforeMs = cell.TurnableMs;
            var fromMs = cycle.GreenMs;
            foreach (var arrival in arrivals)
            {
                if (arrival.TimeMs > cycle.GreenMs)
                {
                    AddGap(ref cell, fromMs, arrival.TimeMs, _crossings[group].CriticalMs);
                    fromMs = arrival.TimeMs;
                }
            }

            AddGap(ref cell, fromMs, cycle.EndMs, _crossings[group].CriticalMs);
            var greenMs = cycle.EndMs - cycle.GreenMs;
            cell.Greens++;
            cell.GreenMs += greenMs;
            cell.TurnableShares += (double)(cell.TurnableMs - turnableBeforeMs) / greenMs;
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

        private Crossing Look(MeasureContext context, ApproachGroup oncoming, int key)
        {
            var configuration = context.Configuration;
            var from = ApproachGroup.Opposite(oncoming.Direction);
            var left = configuration.Detectors
                .Where(d => d.Movement == LaneMovement.Left && from != TravelDirection.Unknown && ApproachGroup.FindDirection(configuration, d) == from)
                .ToArray();
            var counted = left.Where(d => d.Has(DetectorFunctions.LaneByLaneCount)).Select(d => d.Channel).Distinct().ToArray();
            foreach (var channel in counted)
            {
                Count(channel, key);
            }

            var lanes = oncoming.Detectors.Count(d => d.Movement != LaneMovement.Right);
            var approach = configuration.Approaches.FirstOrDefault(a => a.Protected == oncoming.Group && a.Pedestrian is not null);
            return new Crossing(
                counted.Length > 0,
                [
                    .. left.Select(d => ApproachGroup.FindApproach(configuration, d)?.Protected).OfType<SignalGroup>()
                        .Where(p => !p.IsOverlap && p != oncoming.Group).Select(p => p.Number).Distinct(),
                ],
                approach?.Pedestrian is { IsOverlap: false } walk ? walk.Number : oncoming.Group.IsOverlap ? null : oncoming.Group.Number,
                context.Options.Milliseconds(lanes <= 2 ? CriticalTwoLanesS : CriticalThreeLanesS));
        }

        private void AddGap(ref Cell cell, long fromMs, long toMs, long criticalMs)
        {
            var gapMs = toMs - fromMs;
            if (_losesMidnight && Context.Clock.ToLocalMs(fromMs) / 86_400_000 != Context.Clock.ToLocalMs(toMs) / 86_400_000)
            {
                return;
            }

            if (gapMs > _class3Ms)
            {
                cell.Gaps4++;
            }
            else if (gapMs > _class2Ms)
            {
                cell.Gaps3++;
            }
            else if (gapMs > _class1Ms)
            {
                cell.Gaps2++;
            }
            else if (gapMs > _shortestMs)
            {
                cell.Gaps1++;
            }

            cell.TurnableMs += gapMs >= _turnableMs ? gapMs : 0;
            cell.CriticalMs += gapMs >= criticalMs ? gapMs : 0;
        }

        private void Write(TimeRange bin, int group, in Cell cell)
        {
            var crossing = _crossings[group];
            var capacity = (double)cell.CriticalMs / crossing.CriticalMs;
            ApproachGroup.Write(_rows.Time(bin.StartMs).Word((int)Groups[group].Direction), Groups[group].Group)
                .Integer(cell.Greens).Real(cell.GreenMs / 1000.0)
                .Integer(cell.Gaps1).Integer(cell.Gaps2).Integer(cell.Gaps3).Integer(cell.Gaps4)
                .Real(cell.Greens == 0 ? null : _meanOfGreens ? cell.TurnableShares / cell.Greens : (double)cell.TurnableMs / cell.GreenMs)
                .Real(capacity)
                .Integer(crossing.HasDemand ? cell.Demand : (long?)null)
                .Real(crossing.HasDemand && capacity > 0 ? cell.Demand / capacity : null)
                .Integer(crossing.LeftPhases.Length > 0 ? cell.LeftServices : (long?)null)
                .Integer(crossing.LeftPhases.Length > 0 ? cell.LeftGapOuts : (long?)null)
                .Integer(crossing.Walk is null ? null : cell.Walks);
            Quality.Write(_rows, Context.Coverage, bin, cell.Dropped, null, Groups[group].Channels);
        }
    }
}
