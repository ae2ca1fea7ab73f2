using System.Collections.Immutable;
using Crosstown.Core.Controllers;
using Crosstown.Core.Street;
using Crosstown.Timing.Model;

namespace Crosstown.Timing.Guard;

/// <summary>Facts that an engineer measured or looked up; what is null is not stated.</summary>
public sealed record MeasuredFacts
{
    /// <summary>Null for every signal.</summary>
    public SignalId? Signal { get; init; }

    public ImmutableArray<MeasuredPhase> Phases { get; init; } = [];

    public bool? PreventsBackup { get; init; }

    /// <summary>Empty for a signal in step with none.</summary>
    public string? CoordinationGroup { get; init; }

    /// <summary>The point of the cycle that this maker's controller counts offsets to.</summary>
    public OffsetReference? OffsetReference { get; init; }

    /// <summary>Every left turn that may go on a green that is not its own.</summary>
    public ImmutableArray<MeasuredLeftTurn>? LeftTurns { get; init; }

    /// <summary>Pairs of phases that the conflict monitor forbids beside what rings and barriers forbid; null when nobody looked.</summary>
    public ImmutableArray<(byte Phase, byte Other)>? Conflicts { get; init; }

    /// <summary>Facts with these in place of what was there.</summary>
    internal SignalFacts ApplyTo(SignalFacts facts)
    {
        facts = facts with
        {
            PreventsBackup = PreventsBackup ?? facts.PreventsBackup,
            OffsetReference = OffsetReference ?? facts.OffsetReference,
            CoordinationGroup = CoordinationGroup is { } group ? group.Length > 0 ? group : null : facts.CoordinationGroup,
            Phases = [.. facts.Phases.Select(p => Phases.Where(m => m.Phase is null || m.Phase == p.Number).Aggregate(p, (timing, phase) => phase.ApplyTo(timing)))],
            Street = [.. facts.Street.Select(s => Phases.Where(p => p.Phase is null || p.Phase == s.Phase).Aggregate(s, (street, phase) => phase.ApplyTo(street)))],
        };
        if (Conflicts is { } pairs && facts.Conflicts is { } known)
        {
            var conflicts = known.ToArray();
            foreach (var (phase, other) in pairs)
            {
                conflicts[phase] |= (uint)1 << other;
                conflicts[other] |= (uint)1 << phase;
            }

            facts = facts with { Conflicts = [.. conflicts] };
        }

        return LeftTurns is { } turns ? WithLeftTurns(facts, turns) : facts;
    }

    /// <summary>Assumptions that are left when these facts are known.</summary>
    internal ImmutableArray<FactAssumption> Without(ImmutableArray<FactAssumption> assumptions) => [.. assumptions.Where(a => a.Fact switch
    {
        StreetFact.Conflicts => Conflicts is null,
        StreetFact.LeftTurns => LeftTurns is null,
        StreetFact.CoordinationGroup => CoordinationGroup is null,
        StreetFact.OffsetReference => OffsetReference is null,
        _ => !Phases.Any(p => (p.Phase is null || p.Phase == a.Phase) && p.States(a.Fact)),
    })];

    private static SignalFacts WithLeftTurns(SignalFacts facts, ImmutableArray<MeasuredLeftTurn> turns)
    {
        var arrows = turns.Where(t => t.Overlap is not null).ToList();
        return facts with
        {
            LeftTurns = [.. turns.Select(t => t.Turn)],
            Overlaps =
            [
                .. facts.Overlaps.Where(o => arrows.TrueForAll(t => t.Overlap != o.Number)),
                .. arrows.Select(t => new OverlapTiming
                {
                    Number = t.Overlap!.Value,
                    Kind = OverlapKind.FlashingYellowArrow,
                    Parents = [t.Turn.Opposing],
                    ProtectedPhase = t.Turn.Protected ?? 0,
                    YellowMs = t.YellowMs,
                    RedClearanceMs = t.RedClearanceMs,
                }),
            ],
            OverlapStreet =
            [
                .. facts.OverlapStreet.Where(o => arrows.TrueForAll(t => t.Overlap != o.Overlap)),
                .. arrows.Select(t => facts.Street.FirstOrDefault(s => s.Phase == (t.Turn.Protected ?? t.Turn.Through)) is { } street
                    ? new OverlapFacts(t.Overlap!.Value, street.SpeedMph, street.GradePercent, street.WidthFt)
                    : new OverlapFacts(t.Overlap!.Value, null, null, null)),
            ],
        };
    }
}

/// <summary>Measured facts of a phase. Lengths in ft; null is not stated.</summary>
public sealed record MeasuredPhase
{
    /// <summary>1-16; null for every phase.</summary>
    public byte? Phase { get; init; }

    public PhaseRole? Role { get; init; }

    /// <summary>85th percentile, mph.</summary>
    public decimal? SpeedMph { get; init; }

    /// <summary>Downhill toward the line is negative.</summary>
    public decimal? GradePercent { get; init; }

    public decimal? WidthFt { get; init; }

    public decimal? DetectorSetbackFt { get; init; }

    public decimal? BicycleCrossingFt { get; init; }

    public decimal? CrossingFt { get; init; }

    public decimal? ButtonToCurbFt { get; init; }

    public decimal? WalkingFtPerS { get; init; }

    public decimal? LeadingWalkS { get; init; }

    /// <summary>Seconds that the controller adds to the minimum green for each vehicle that came on red; 0 where it adds none. No log shows it.</summary>
    public decimal? AddedInitialS { get; init; }

    /// <summary>The longest minimum green with what is added.</summary>
    public decimal? MaximumInitialS { get; init; }

    internal PhaseTiming ApplyTo(PhaseTiming timing) => timing with
    {
        AddedInitialMs = AddedInitialS is { } added ? (int)(added * 1000) : timing.AddedInitialMs,
        MaximumInitialMs = MaximumInitialS is { } most ? (int)(most * 1000) : timing.MaximumInitialMs,
    };

    internal PhaseFacts ApplyTo(PhaseFacts street) => street with
    {
        Role = Role ?? street.Role,
        SpeedMph = SpeedMph ?? street.SpeedMph,
        GradePercent = GradePercent ?? street.GradePercent,
        WidthFt = WidthFt ?? street.WidthFt,
        DetectorSetbackFt = DetectorSetbackFt ?? street.DetectorSetbackFt,
        BicycleCrossingFt = BicycleCrossingFt ?? street.BicycleCrossingFt,
        CrossingFt = CrossingFt ?? street.CrossingFt,
        ButtonToCurbFt = ButtonToCurbFt ?? street.ButtonToCurbFt,
        WalkingFtPerS = WalkingFtPerS ?? street.WalkingFtPerS,
        LeadingWalkS = LeadingWalkS ?? street.LeadingWalkS,
    };

    internal bool States(StreetFact fact) => fact switch
    {
        StreetFact.Role => Role is not null,
        StreetFact.Speed => SpeedMph is not null,
        StreetFact.Grade => GradePercent is not null,
        StreetFact.Width => WidthFt is not null,
        StreetFact.DetectorSetback => DetectorSetbackFt is not null,
        StreetFact.BicycleCrossing => BicycleCrossingFt is not null,
        StreetFact.Crossing => CrossingFt is not null,
        _ => false,
    };
}

/// <summary>A left turn as it was found in the field.</summary>
/// <param name="Turn">What the guard asks for.</param>
/// <param name="Overlap">The overlap of its flashing yellow arrow, A = 1; null for another display.</param>
/// <param name="YellowMs">Of that overlap in the cabinet.</param>
/// <param name="RedClearanceMs">Of that overlap in the cabinet.</param>
public sealed record MeasuredLeftTurn(LeftTurnFacts Turn, byte? Overlap, int YellowMs, int RedClearanceMs);
