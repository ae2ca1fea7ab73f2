using System.Collections.Immutable;
using Crosstown.Core.Controllers;
using Crosstown.Core.Street;

namespace Crosstown.Timing.Tests.Guard;

/// <summary>One ordinary signal, drawn by hand: an arterial with left turns 1 and 5, a side street with walks, 90 s.</summary>
internal static class Crossing
{
    public static SignalId Id { get; } = SignalId.Parse("1004");

    /// <summary>45 mph need 4.3 s of yellow, and 84 ft 1.6 s of red clearance.</summary>
    public static ImmutableArray<PhaseTiming> Phases { get; } =
    [
        Phase(1, 1, 1, 5000, 3000, 2000), Phase(2, 1, 1, 10_000, 4300, 1600) with { IsCoordinated = true },
        Phase(4, 1, 2, 7000, 3600, 2300) with { WalkMs = 7000, PedestrianClearanceMs = 18_900 },
        Phase(5, 2, 1, 5000, 3000, 2000), Phase(6, 2, 1, 10_000, 4300, 1600) with { IsCoordinated = true },
        Phase(8, 2, 2, 7000, 3600, 2300) with { WalkMs = 7000, PedestrianClearanceMs = 18_900 },
    ];

    public static PatternTiming Pattern { get; } = new()
    {
        Number = 3,
        CycleMs = 90_000,
        OffsetMs = 17_000,
        SplitMs = new Dictionary<byte, int> { [1] = 15_000, [2] = 40_000, [4] = 35_000, [5] = 15_000, [6] = 40_000, [8] = 35_000 }.ToImmutableSortedDictionary(),
    };

    public static SignalFacts Facts { get; } = new()
    {
        Signal = Id,
        Phases = Phases,
        Street =
        [
            Street(1, PhaseRole.LeftTurn, 25, 52), Street(2, PhaseRole.Major, 45, 84), Street(4, PhaseRole.Minor, 35, 98) with { CrossingFt = 66 },
            Street(5, PhaseRole.LeftTurn, 25, 52), Street(6, PhaseRole.Major, 45, 84), Street(8, PhaseRole.Minor, 35, 98) with { CrossingFt = 66 },
        ],
        Overlaps = [new OverlapTiming { Number = 1, Kind = OverlapKind.FlashingYellowArrow, Parents = [2], ProtectedPhase = 1, YellowMs = 3000, RedClearanceMs = 2000 }],
        OverlapStreet = [new OverlapFacts(1, 25, 0, 52)],
        Preempts = [new PreemptTiming { Number = 1, DwellPhases = [2, 6], TrackPhases = [4], TrackClearanceMs = 9000, ExitPhases = [2] }],
        Patterns = [Pattern],
        Conflicts = Conflicts(),
        LeftTurns = [new LeftTurnFacts(LeftTurnDisplay.FlashingYellowArrow, 6, 2, 1), new LeftTurnFacts(LeftTurnDisplay.ProtectedOnly, 2, 6, 5)],
        OffsetReference = OffsetReference.BeginGreen,
        PreventsBackup = true,
        CoordinationGroup = "main street",
    };

    public static PatternProposal Proposed { get; } = new()
    {
        Timing = Pattern,
        Predictions = [.. Phases.Select(p => new ServicePrediction(p.Number, 0.8, 10, 12))],
    };

    public static PlanProposal Proposal { get; } = Propose(Proposed);

    public static ControllerStatus Status { get; } = new()
    {
        Pattern = 3,
        IsFlashing = false,
        IsPreempted = false,
        SincePreemptMs = null,
        SinceStartMs = 3_600_000,
        Greens = (1 << 2) | (1 << 6),
        Walkers = 0,
        GreenMs = [.. Enumerable.Range(0, 17).Select(p => p is 2 or 6 ? 12_000 : 0)],
        WaitedMs = [.. new int[17]],
    };

    public static SignalAdvice Advice(AdviceKind kind, byte number) => new() { Signal = Id, Fence = 8, Kind = kind, Number = number, LifetimeMs = 5000 };

    public static PlanProposal Propose(params PatternProposal[] patterns) =>
        new() { Kind = ChangeKind.Retiming, Signals = [new SignalProposal { Signal = Id, Patterns = [.. patterns] }] };

    /// <summary>The plan with the intervals of one phase changed.</summary>
    public static PlanProposal With(byte number, Func<PhaseTiming, PhaseTiming> change) =>
        Proposal with { Signals = [Proposal.Signals[0] with { Phases = [.. Phases.Select(p => p.Number == number ? change(p) : p)] }] };

    /// <summary>The plan with its pattern changed.</summary>
    public static PlanProposal Timed(Func<PatternTiming, PatternTiming> change) => Propose(Proposed with { Timing = change(Pattern) });

    /// <summary>Facts with the street behind one phase changed.</summary>
    public static SignalFacts On(byte number, Func<PhaseFacts, PhaseFacts> change) =>
        Facts with { Street = [.. Facts.Street.Select(s => s.Phase == number ? change(s) : s)] };

    private static PhaseTiming Phase(byte number, byte ring, byte group, int minimumMs, int yellowMs, int redMs) => new()
    {
        Number = number,
        Ring = ring,
        BarrierGroup = group,
        MinimumGreenMs = minimumMs,
        MaximumMs = minimumMs + 20_000,
        YellowMs = yellowMs,
        RedClearanceMs = redMs,
    };

    private static PhaseFacts Street(byte phase, PhaseRole role, decimal speedMph, decimal widthFt) =>
        new() { Phase = phase, Role = role, SpeedMph = speedMph, GradePercent = 0, WidthFt = widthFt, DetectorSetbackFt = 0, BicycleCrossingFt = 0 };

    private static ImmutableArray<uint> Conflicts()
    {
        var conflicts = new uint[17];
        foreach (var (a, b) in new[] { (1, 2), (1, 4), (1, 8), (2, 4), (2, 8), (4, 5), (4, 6), (5, 6), (5, 8), (6, 8) })
        {
            conflicts[a] |= (uint)1 << b;
            conflicts[b] |= (uint)1 << a;
        }

        return [.. conflicts];
    }
}
