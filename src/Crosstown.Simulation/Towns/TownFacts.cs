using System.Collections.Immutable;
using Crosstown.Core.Controllers;
using Crosstown.Core.Street;

namespace Crosstown.Simulation.Towns;

/// <summary>What an engineer would measure in the field about the town's signals, complete: what a guard of plans asks for.</summary>
public static class TownFacts
{
    /// <summary>Facts of every signal, in the town's order.</summary>
    public static ImmutableArray<SignalFacts> Of(Town town) => [.. town.Signals.Select(Of)];

    /// <summary>Facts of one signal, with phases, overlaps, preempts and patterns as they stand in its cabinet.</summary>
    /// <remarks>
    /// The town is flat. Everybody drives its streets' speeds past the detectors. Bicycles ride on all through lanes; turning left they cross in two steps. The conflict
    /// monitor forbids what rings and barriers do. With no call across the street its controllers go back to a left turn.
    /// </remarks>
    public static SignalFacts Of(TownSignal signal)
    {
        var program = signal.Program;
        return new SignalFacts
        {
            Signal = signal.Signal,
            Phases = program.Phases,
            Street = [.. program.Phases.Select(p => PhaseOf(signal, p))],
            Overlaps = program.Overlaps,
            OverlapStreet = [.. program.Overlaps.Select(o => OverlapOf(signal, o))],
            Preempts = program.Preempts,
            Patterns = program.Patterns,
            Conflicts = Conflicts(program),
            LeftTurns = LeftTurns(signal),
            OffsetReference = program.Patterns[0].Reference,
            PreventsBackup = false,
            CoordinationGroup = signal.Site.Kind == SiteKind.Grid ? "downtown" : "arterials",
        };
    }

    private static PhaseFacts PhaseOf(TownSignal signal, PhaseTiming phase)
    {
        var site = signal.Site;
        var direction = site.DirectionOf(phase.Number);
        var isLeft = phase.Number % 2 == 1;
        var crossedFt = SitePlanner.CrossedFt(site, phase.Number);
        return new PhaseFacts
        {
            Phase = phase.Number,
            Role = isLeft ? PhaseRole.LeftTurn : site.IsMain(direction) ? PhaseRole.Major : PhaseRole.Minor,
            SpeedMph = site.SpeedMph(direction),
            GradePercent = 0,
            WidthFt = isLeft ? SitePlanner.LeftPathFt : crossedFt,
            DetectorSetbackFt = SetbackFt(signal, phase.Number),
            BicycleCrossingFt = isLeft ? 0 : crossedFt,
            CrossingFt = isLeft ? null : crossedFt,
            ButtonToCurbFt = isLeft ? null : crossedFt + SitePlanner.ButtonBehindCurbFt,
        };
    }

    /// <summary>Of each lane the nearest detector that keeps the green, of the lanes the farthest; 0 where none does.</summary>
    private static decimal SetbackFt(TownSignal signal, byte phase)
    {
        var keep = signal.Detectors.Where(d => (d.Extends >> phase & 1) != 0).ToList();
        return Enumerable.Range(0, signal.Lanes.Length)
            .Select(lane => keep.Where(d => d.Lanes.Contains(lane)).Select(d => d.NearFt).ToList())
            .Where(near => near.Count > 0)
            .Select(near => (decimal)near.Min())
            .DefaultIfEmpty(0)
            .Max();
    }

    /// <summary>An arrow's way is that of its left turn, a right-turn overlap's that of the lane it shows green to.</summary>
    private static OverlapFacts OverlapOf(TownSignal signal, OverlapTiming overlap)
    {
        var isArrow = overlap.Kind == OverlapKind.FlashingYellowArrow;
        var direction = signal.Site.DirectionOf(isArrow ? overlap.ProtectedPhase : overlap.Parents[0]);
        return new OverlapFacts(overlap.Number, signal.Site.SpeedMph(direction), 0, isArrow ? SitePlanner.LeftPathFt : SitePlanner.RightPathFt);
    }

    private static ImmutableArray<uint> Conflicts(ControllerProgram program)
    {
        var conflicts = new uint[ControllerProgram.MaxPhase + 1];
        foreach (var (phase, other) in program.Phases.SelectMany(p => program.Phases.Select(o => (p, o))))
        {
            if (phase != other && (phase.Ring == other.Ring || phase.BarrierGroup != other.BarrierGroup))
            {
                conflicts[phase.Number] |= (uint)1 << other.Number;
            }
        }

        return [.. conflicts];
    }

    /// <summary>Left turns that go on a green that is not their own.</summary>
    private static ImmutableArray<LeftTurnFacts> LeftTurns(TownSignal signal)
    {
        var turns = ImmutableArray.CreateBuilder<LeftTurnFacts>();
        foreach (var lane in signal.Lanes.Where(l => l.Movement == LaneMovement.Left && (l.PermissivePhase != 0 || l.Arrow >= 0)))
        {
            var through = signal.Site.ThroughPhase(SitePlanner.Directions[lane.Leg]);
            var opposing = signal.Site.ThroughPhase(SitePlanner.Directions[lane.Leg ^ 1]);
            turns.Add(lane.Arrow >= 0
                ? new LeftTurnFacts(LeftTurnDisplay.FlashingYellowArrow, through, opposing, lane.Phase)
                : new LeftTurnFacts(LeftTurnDisplay.CircularGreen, through, opposing, null));
        }

        return turns.ToImmutable();
    }
}
