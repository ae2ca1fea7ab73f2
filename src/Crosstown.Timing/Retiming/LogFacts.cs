using System.Collections.Immutable;
using Crosstown.Core.Controllers;
using Crosstown.Core.Data;
using Crosstown.Core.Street;
using Crosstown.Timing.Demand;
using Crosstown.Timing.Demand.Volumes;
using Crosstown.Timing.Guard;
using Crosstown.Timing.Intervals;
using Crosstown.Timing.Model;

namespace Crosstown.Timing.Retiming;

/// <summary>What the guard asks of signals that are known by their logs and configuration: what those tell, what an engineer measured, and what had to be assumed.</summary>
public sealed record LogFacts
{
    /// <summary>One per signal of the study, in its order.</summary>
    public required ImmutableArray<SignalFacts> Facts { get; init; }

    /// <summary>What nobody measured, one list per signal in the same order.</summary>
    public required ImmutableArray<ImmutableArray<FactAssumption>> Assumptions { get; init; }

    /// <summary>Takes facts out of a study.</summary>
    /// <remarks>
    /// Phases and patterns are those that were shown. What lacks is assumed to the safe side: speeds seven above the posted limit (NCHRP 731), downhill, widths and crossings
    /// from lanes that detectors name, bicycles everywhere, left turns in gaps on a circular green unless the configuration has an arrow for them. Where the intervals that
    /// run today are trusted, a street is taken to ask for no more than they give, though never for less than its posted limit; each such fact says so. Nothing says whether
    /// a controller prevents backup: that stays unknown until somebody states it.
    /// </remarks>
    /// <param name="signals">As given to the study.</param>
    /// <param name="study">With a period at least.</param>
    /// <param name="measured">What an engineer states, in an order in which later entries count more.</param>
    /// <param name="trustsIntervals">Whether the intervals that run today are taken to be enough for their streets, where nobody measured these.</param>
    /// <exception cref="ProblemException">XT673: a measured fact names a signal that there is not; all such are listed.</exception>
    public static LogFacts Of(IReadOnlyList<StudySignal> signals, StudyResult study, IReadOnlyList<MeasuredFacts> measured, bool trustsIntervals)
    {
        var periods = study.Periods.Select(p => p.Network).ToList();
        var inStep = InStep.GroupsOf(periods);
        var stated = signals.Select((signal, s) => new LogFactsReader(signal, study, periods[0], s, trustsIntervals).Read(inStep[s])).ToList();
        var known = StatedFacts.With(stated, [.. measured.Select(m => OfServed(m, stated))]);
        return new LogFacts { Facts = [.. known.Select(WithReference)], Assumptions = [.. known.Select(k => k.Assumptions)] };
    }

    /// <summary>What is measured of phases that the log shows: one that was never served in it has no timing that a plan could change.</summary>
    private static MeasuredFacts OfServed(MeasuredFacts measured, List<StatedFacts> stated)
    {
        if (stated.Find(s => s.Facts.Signal == measured.Signal) is not { } own)
        {
            return measured;
        }

        bool IsServed(byte phase) => own.Facts.Phases.Any(p => p.Number == phase);
        return measured with
        {
            Phases = [.. measured.Phases.Where(p => p.Phase is not { } number || IsServed(number))],
            LeftTurns = measured.LeftTurns is { } turns ? [.. turns.Where(t => IsServed(t.Turn.Through) && IsServed(t.Turn.Opposing) && (t.Turn.Protected is not { } arrow || IsServed(arrow)))] : null,
        };
    }

    /// <summary>Cabinet patterns with their offsets by the reference that holds at the signal.</summary>
    private static SignalFacts WithReference(StatedFacts stated) => stated.Facts is { OffsetReference: { } reference } facts
        ? facts with { Patterns = [.. facts.Patterns.Select(p => At(facts.Phases, p, reference))] }
        : stated.Facts;

    /// <summary>The same pattern with its offset counted to another point of the cycle; as it is where it does not fill its rings.</summary>
    internal static PatternTiming At(ImmutableArray<PhaseTiming> phases, PatternTiming pattern, OffsetReference reference)
    {
        if (pattern.Reference == reference || RingDiagram.Of(phases, pattern) is not { } diagram)
        {
            return pattern;
        }

        var offset = pattern.OffsetMs + diagram.ReferenceMs(reference) - diagram.ReferenceMs(pattern.Reference);
        return pattern with { Reference = reference, OffsetMs = ((offset % pattern.CycleMs) + pattern.CycleMs) % pattern.CycleMs };
    }
}

/// <summary>Reads what facts of one signal come from.</summary>
internal sealed class LogFactsReader
{
    private readonly StudySignal _signal;
    private readonly Demand.InForce.TimingInForce _timing;
    private readonly bool _trustsIntervals;
    private readonly List<LaneGroup> _groups;
    private readonly List<(TravelDirection Direction, int Entering, int Through)> _legs;

    /// <param name="network">Of any period: its lane groups are the same in all.</param>
    /// <param name="index">Of the signal in the study.</param>
    /// <param name="trustsIntervals">Whether today's intervals bound what is assumed.</param>
    public LogFactsReader(StudySignal signal, StudyResult study, TimingNetwork network, int index, bool trustsIntervals)
    {
        _signal = signal;
        _trustsIntervals = trustsIntervals;
        _timing = study.Timings[index];
        _groups = [.. network.Groups.Where(g => g.Signal == index)];
        _legs = [.. _groups.Where(g => g.Direction != TravelDirection.Unknown).GroupBy(g => g.Direction)
            .Select(leg => (leg.Key, leg.Sum(g => g.Lanes), leg.Where(IsThrough).Sum(g => g.Lanes)))];
    }

    public StatedFacts Read(string? group)
    {
        var assumptions = ImmutableArray.CreateBuilder<FactAssumption>();
        var street = _timing.Phases.Select(p => ReadPhase(p, assumptions)).ToImmutableArray();
        var turns = LeftTurns();
        assumptions.Add(new FactAssumption(StreetFact.Conflicts, null, null, "from rings, barriers and movements as they were shown: compare with the conflict monitor's program card"));
        if (turns.Length > 0)
        {
            assumptions.Add(new FactAssumption(StreetFact.LeftTurns, null, turns.Length, "that go in gaps, with arrows where the configuration has them, else a circular green: look"));
        }

        if (group is not null)
        {
            assumptions.Add(new FactAssumption(StreetFact.CoordinationGroup, null, null, $"{group}: signals that feed each other and share a cycle today"));
        }

        OffsetReference? reference = _timing.Patterns.IsEmpty
            ? null
            : _timing.Patterns.GroupBy(p => p.Timing.Reference).OrderByDescending(r => r.Count()).ThenBy(r => r.Key).First().Key;
        if (reference is not null)
        {
            assumptions.Add(new FactAssumption(StreetFact.OffsetReference, null, null, "as the offsets in the log fit best: compare with the controller's setting"));
        }

        return new StatedFacts(
            new SignalFacts
            {
                Signal = _timing.Signal,
                Phases = _timing.Phases,
                Street = street,
                Overlaps = _timing.Overlaps,
                OverlapStreet = [.. _timing.Overlaps.Select(o => OverlapStreetOf(o, street))],
                Patterns = [.. _timing.Patterns.Select(p => p.Timing)],
                Conflicts = Conflicts(),
                LeftTurns = turns,
                OffsetReference = reference,
                CoordinationGroup = group,
            },
            assumptions.ToImmutable());
    }

    private static bool IsThrough(LaneGroup group) => group.Movement is not (LaneMovement.Left or LaneMovement.Right);

    private OverlapFacts OverlapStreetOf(OverlapTiming overlap, ImmutableArray<PhaseFacts> street)
    {
        var parents = street.Where(s => overlap.Parents.Contains(s.Phase)).ToList();
        var (speed, grade, width) = (parents.Max(s => s.SpeedMph), parents.Min(s => s.GradePercent), parents.Max(s => s.WidthFt));
        if (_trustsIntervals && speed is { } mph)
        {
            speed = Math.Min(mph, SpeedStoppedMph(overlap.YellowMs));
            width = Math.Max(1, Math.Min(width ?? 1, decimal.Floor(WidthClearedFt(overlap.RedClearanceMs, speed.Value))));
        }

        return new OverlapFacts(overlap.Number, speed, grade, width);
    }

    private PhaseFacts ReadPhase(PhaseTiming phase, ImmutableArray<FactAssumption>.Builder assumptions)
    {
        void Assume(StreetFact fact, decimal? value, string basis) => assumptions.Add(new FactAssumption(fact, phase.Number, value, basis));
        var all = _groups.FindAll(g => Bits.Has(g.Phases | g.PermissivePhases, phase.Number));
        var served = all.Exists(g => g.Movement != LaneMovement.Right) ? all.FindAll(g => g.Movement != LaneMovement.Right) : all;
        var own = served.FindAll(g => Bits.Has(g.Phases, phase.Number));

        // A left turn's own phase stands beside the through traffic of its approach; the stem of a T is a street of its own.
        bool IsBesideThrough(LaneGroup left) => left.Movement == LaneMovement.Left && _groups.Exists(g => g.Direction == left.Direction && IsThrough(g) && !Bits.Has(g.Phases, phase.Number));
        var role = own.Count > 0 && own.TrueForAll(IsBesideThrough) ? PhaseRole.LeftTurn
            : served.Count > 0 && _timing.Phases.Any(p => p.IsCoordinated && p.BarrierGroup == phase.BarrierGroup) ? PhaseRole.Major
            : PhaseRole.Minor;
        Assume(StreetFact.Role, null, $"{role switch { PhaseRole.LeftTurn => "left turn", PhaseRole.Major => "major", _ => "minor" }}, from its movements and the coordinated phases");
        var gradePercent = _trustsIntervals ? 0 : SafeSide.GradePercent;
        Assume(StreetFact.Grade, gradePercent, _trustsIntervals ? "nothing tells it: level" : "nothing tells it: downhill");
        var speed = SpeedOf(phase, Assume);
        var width = Bounded(StreetFact.Width, Whole((2 * SafeSide.StopLineFt) + served.Select(ClearFt).DefaultIfEmpty(WidestFt).Max()), WidthClearedFt(phase.RedClearanceMs, speed), "red clearance", Assume);
        decimal? crossing = null;
        if (phase.WalkMs > 0)
        {
            var crossed = Whole(served.FindAll(IsThrough).Select(g => CrossedFt(g.Direction)).DefaultIfEmpty(WidestFt).Max());
            var walked = Math.Min(phase.PedestrianClearanceMs / 1000m * PedestrianIntervals.WalkingFtPerS, ((phase.WalkMs + phase.PedestrianClearanceMs) / 1000m * 3) - 6);
            crossing = Bounded(StreetFact.Crossing, crossed, walked, "walk and clearance", Assume);
        }

        var setback = SetbackOf(phase, own, speed, Assume);
        var bicycleFt = width;
        var needed = GreenIntervals.MinimumS(role, setback, bicycleFt, phase.ChangeMs / 1000m, 0);
        if (_trustsIntervals && needed > phase.MinimumGreenMs / 1000m)
        {
            bicycleFt = 0;
            Assume(StreetFact.BicycleCrossing, 0, "no bicycle needs more than today's minimum green");
        }
        else
        {
            Assume(StreetFact.BicycleCrossing, bicycleFt, "as wide as what vehicles clear: bicycles may ride here");
        }

        return new PhaseFacts
        {
            Phase = phase.Number,
            Role = role,
            SpeedMph = speed,
            GradePercent = gradePercent,
            WidthFt = width,
            BicycleCrossingFt = bicycleFt,
            CrossingFt = crossing,
            DetectorSetbackFt = setback,
        };
    }

    private const string LanesBasis = "from the lanes that detectors name, 12 ft each, a median, and crosswalks";

    private double WidestFt => _legs.Select(l => StreetFt(l.Direction)).DefaultIfEmpty((SafeSide.StreetLanes * SafeSide.LaneFt) + SafeSide.MedianFt).Max();

    /// <summary>Curb to curb of the leg on which traffic of a direction enters: its lanes, and as many the other way as come through on the far side.</summary>
    private double StreetFt(TravelDirection direction)
    {
        var entering = _legs.Where(l => l.Direction == direction).Sum(l => l.Entering);
        var leaving = _legs.Where(l => l.Direction == Heading.Opposite(direction)).Sum(l => l.Through);
        return ((entering + Math.Max(1, leaving)) * SafeSide.LaneFt) + SafeSide.MedianFt;
    }

    /// <summary>The widest leg that a direction crosses.</summary>
    private double CrossedFt(TravelDirection direction) => _legs
        .Where(l => l.Direction != direction && l.Direction != Heading.Opposite(direction)).Select(l => StreetFt(l.Direction)).DefaultIfEmpty(WidestFt).Max();

    /// <summary>From curb line to curb line on a group's way; a turn's is that or half of both streets.</summary>
    private double ClearFt(LaneGroup group)
    {
        var street = CrossedFt(group.Direction);
        return IsThrough(group) || group.Direction == TravelDirection.Unknown ? street : Math.Max(street, (street + StreetFt(group.Direction)) / 2);
    }

    private decimal SpeedOf(PhaseTiming phase, Action<StreetFact, decimal?, string> assume)
    {
        var configuration = _signal.Configuration;
        bool Serves(SignalGroup? group) => group is { IsOverlap: false } own ? own.Number == phase.Number
            : group is { IsOverlap: true } overlap && configuration.Overlaps.FirstOrDefault(o => o.Number == overlap.Number) is { } parents && parents.ParentPhases.Contains(phase.Number);
        var posted = configuration.Approaches.Where(a => Serves(a.Protected) || Serves(a.Permissive)).Select(a => a.SpeedLimitMph).ToList();
        if (posted.Count > 0 && posted.TrueForAll(s => s is > 0))
        {
            var limit = posted.Max()!.Value;
            var speed = limit + ChangeIntervals.AboveLimitMph;
            if (_trustsIntervals && SpeedStoppedMph(phase.YellowMs) < speed)
            {
                var stopped = Math.Max(limit, SpeedStoppedMph(phase.YellowMs));
                assume(StreetFact.Speed, stopped, stopped > limit ? "what today's yellow is enough for; the posted limit and seven is more" : "the posted limit, for which today's yellow is hardly or not enough");
                return stopped;
            }

            assume(StreetFact.Speed, speed, "the posted limit and seven");
            return speed;
        }

        if (_trustsIntervals)
        {
            assume(StreetFact.Speed, SpeedStoppedMph(phase.YellowMs), "no limit is configured: what today's yellow is enough for");
            return SpeedStoppedMph(phase.YellowMs);
        }

        var highest = (decimal)configuration.Approaches.Select(a => (double)(a.SpeedLimitMph ?? 0)).Append(SafeSide.SpeedMph).Max() + ChangeIntervals.AboveLimitMph;
        assume(StreetFact.Speed, highest, "no limit is configured: the highest of the signal's approaches, 45 mph at least, and seven");
        return highest;
    }

    /// <summary>The speed that a yellow is enough for on level ground, mph, to a tenth.</summary>
    private static decimal SpeedStoppedMph(int yellowMs) =>
        Down(Math.Max(ChangeIntervals.MinimumYellowS, yellowMs / 1000m) - ChangeIntervals.ReactionS, 2 * ChangeIntervals.DecelerationFtPerS2 * 15 / 22);

    /// <summary>The width that a red clearance is enough for, ft, to a tenth; may be below 0.</summary>
    private static decimal WidthClearedFt(int redMs, decimal speedMph) => Down(redMs / 1000m, speedMph * 22 / 15) - ChangeIntervals.VehicleLengthFt;

    private static decimal Down(decimal seconds, decimal perSecond) => decimal.Floor(seconds * perSecond * 10) / 10;

    /// <summary>What lanes give, or less where today's interval is trusted and enough for less only; 1 ft at least.</summary>
    private decimal Bounded(StreetFact fact, decimal byLanesFt, decimal byIntervalFt, string interval, Action<StreetFact, decimal?, string> assume)
    {
        if (_trustsIntervals && byIntervalFt < byLanesFt)
        {
            var feet = Math.Max(1, decimal.Floor(byIntervalFt));
            assume(fact, feet, $"what today's {interval} is enough for; the lanes that detectors name would make it wider");
            return feet;
        }

        assume(fact, byLanesFt, LanesBasis);
        return byLanesFt;
    }

    /// <summary>The farthest last detector of the phase's lanes: the stop line where presence is detected there, else the first counter ahead of it.</summary>
    private decimal SetbackOf(PhaseTiming phase, List<LaneGroup> own, decimal speedMph, Action<StreetFact, decimal?, string> assume)
    {
        if (own.Count == 0 || phase.Recall is Recall.Maximum)
        {
            assume(StreetFact.DetectorSetback, 0, own.Count == 0 ? "no lane has this phase" : "no detector ends this green");
            return 0;
        }

        var detectors = _signal.Configuration.Detectors.Where(d => d.Phase == phase.Number && d.LaneType != LaneType.Pedestrian).ToList();
        var atLine = detectors.FindAll(d => d.Has(DetectorFunctions.StopBarPresence) || d.Has(DetectorFunctions.LaneByLaneCount));
        if (atLine.Count > 0)
        {
            assume(StreetFact.DetectorSetback, 0, "detectors at the stop line");
            return 0;
        }

        if (detectors.Count > 0 && detectors.TrueForAll(d => d.StopBarDistanceFt is not null))
        {
            var setback = Whole(detectors.GroupBy(d => d.Lane).Max(lane => lane.Min(d => d.StopBarDistanceFt!.Value)));
            assume(StreetFact.DetectorSetback, setback, "the nearest detector of each lane");
            return setback;
        }

        var stopping = Whole((double)(ChangeIntervals.UnroundedYellowS(speedMph, SafeSide.GradePercent) * speedMph * 22 / 15));
        assume(StreetFact.DetectorSetback, stopping, "no detector with a distance: the stopping distance");
        return stopping;
    }

    /// <summary>Rings and barriers, movements that cross, and where directions are unknown pairs that were never green together.</summary>
    private ImmutableArray<uint> Conflicts()
    {
        var conflicts = new uint[ControllerProgram.MaxPhase + 1];
        foreach (var phase in _timing.Phases)
        {
            foreach (var other in _timing.Phases.Where(o => o.Number > phase.Number))
            {
                if (phase.Ring == other.Ring || phase.BarrierGroup != other.BarrierGroup || Cross(phase.Number, other.Number))
                {
                    conflicts[phase.Number] |= (uint)1 << other.Number;
                    conflicts[other.Number] |= (uint)1 << phase.Number;
                }
            }
        }

        return [.. conflicts];
    }

    private bool Cross(byte phase, byte other)
    {
        var (first, second) = (_groups.FindAll(g => Bits.Has(g.Phases, phase)), _groups.FindAll(g => Bits.Has(g.Phases, other)));
        if (first.Concat(second).Any(g => g.Direction == TravelDirection.Unknown))
        {
            return !Bits.Has(_signal.Log.GreenWith[phase], other);
        }

        bool Meet(LaneGroup a, LaneGroup b) => IsThrough(a) && IsThrough(b) && a.Direction != b.Direction && a.Direction != Heading.Opposite(b.Direction);
        bool LeftMeets(LaneGroup left, LaneGroup through) => left.Movement == LaneMovement.Left && IsThrough(through) && left.Direction == Heading.Opposite(through.Direction);
        return first.Exists(a => second.Exists(b => Meet(a, b) || LeftMeets(a, b) || LeftMeets(b, a)));
    }

    /// <summary>Left turns in gaps, where through traffic may come against them in the same green.</summary>
    private ImmutableArray<LeftTurnFacts> LeftTurns()
    {
        byte[] PhasesOf(uint mask) => [.. _timing.Phases.Select(p => p.Number).Where(n => Bits.Has(mask, n))];
        bool RunTogether(byte a, byte b) => _timing.Phases.First(p => p.Number == a) is var x && _timing.Phases.First(p => p.Number == b) is var y && x.BarrierGroup == y.BarrierGroup && x.Ring != y.Ring;
        var turns = new List<LeftTurnFacts>();
        foreach (var left in _groups.Where(g => g.PermissivePhases != 0 && g.Movement is LaneMovement.Left or LaneMovement.ThroughLeft or LaneMovement.LeftThroughRight))
        {
            var hasArrow = _signal.Configuration.Approaches.Any(a => a.Direction == left.Direction && a.Permissive is { IsOverlap: true } arrow
                && _signal.Configuration.Overlaps.Any(o => o.Number == arrow.Number && o.IsFlashingYellowArrow));
            var beside = _groups.Where(g => g.Direction == left.Direction && IsThrough(g)).SelectMany(g => PhasesOf(g.Phases)).Distinct().ToList();
            var against = _groups.Where(g => IsThrough(g) && g.Direction == Heading.Opposite(left.Direction)).SelectMany(g => PhasesOf(g.Phases)).Distinct().ToList();
            byte? own = PhasesOf(left.Phases) is [var first, ..] && left.Movement == LaneMovement.Left ? first : null;
            turns.AddRange(
                from through in beside.Count > 0 ? beside : [.. PhasesOf(left.PermissivePhases)]
                from opposing in against
                where RunTogether(through, opposing)
                select new LeftTurnFacts(hasArrow ? LeftTurnDisplay.FlashingYellowArrow : LeftTurnDisplay.CircularGreen, through, opposing, own));
        }

        return [.. turns.Distinct()];
    }

    private static decimal Whole(double feet) => (decimal)Math.Ceiling(feet - 1e-6);
}
