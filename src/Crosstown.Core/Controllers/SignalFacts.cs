using System.Collections.Immutable;
using Crosstown.Core.Street;

namespace Crosstown.Core.Controllers;

/// <summary>What a phase is for; it decides the least green that drivers expect.</summary>
public enum PhaseRole
{
    LeftTurn,
    Minor,

    /// <summary>A through movement of an arterial.</summary>
    Major,
}

/// <summary>How left turns are signaled.</summary>
public enum LeftTurnDisplay
{
    /// <summary>Arrows only: it never goes on another phase's green.</summary>
    ProtectedOnly,

    /// <summary>Goes in gaps on the circular green of its own approach, with or without an arrow of its own.</summary>
    CircularGreen,

    /// <summary>Goes in gaps on an arrow that the opposing through drives.</summary>
    FlashingYellowArrow,
}

/// <summary>What is known of one signal in the field: the guard judges by nothing else.</summary>
/// <remarks>
/// Whoever runs a guard brings facts of their own: a sender does not take them from the one who proposes. What nobody has stated is null, and
/// a guard that needs it refuses and names it.
/// </remarks>
public sealed record SignalFacts
{
    public required SignalId Signal { get; init; }

    /// <summary>Phases as they stand in the cabinet.</summary>
    public required ImmutableArray<PhaseTiming> Phases { get; init; }

    /// <summary>The street behind the phases; a phase without an entry is a phase without facts.</summary>
    public required ImmutableArray<PhaseFacts> Street { get; init; }

    /// <summary>Overlaps as they stand in the cabinet.</summary>
    public ImmutableArray<OverlapTiming> Overlaps { get; init; } = [];

    /// <summary>The street behind the overlaps.</summary>
    public ImmutableArray<OverlapFacts> OverlapStreet { get; init; } = [];

    /// <summary>Preempts as they stand in the cabinet.</summary>
    public ImmutableArray<PreemptTiming> Preempts { get; init; } = [];

    /// <summary>Patterns as they stand in the cabinet: what a plan is compared with and rolled back to.</summary>
    public ImmutableArray<PatternTiming> Patterns { get; init; } = [];

    /// <summary>
    /// Phases that the conflict monitor forbids together, by phase: bit n for phase n, index 0 unused, 17 long. Null when unknown. At least what rings and barriers
    /// forbid; a monitor may forbid more.
    /// </summary>
    public ImmutableArray<uint>? Conflicts { get; init; }

    /// <summary>Every left turn that may go on a green that is not its own; null when nobody has looked.</summary>
    public ImmutableArray<LeftTurnFacts>? LeftTurns { get; init; }

    /// <summary>The point of the cycle that this maker's controller counts offsets to; null when unknown.</summary>
    public OffsetReference? OffsetReference { get; init; }

    /// <summary>True when the controller cannot go back to a left turn without leaving the barrier group; null when unknown.</summary>
    public bool? PreventsBackup { get; init; }

    /// <summary>Signals that share a cycle, or halves of it, by a name; null for a signal in step with none.</summary>
    public string? CoordinationGroup { get; init; }
}

/// <summary>The street behind one phase. Lengths in ft, speeds in mph; null is unknown.</summary>
public sealed record PhaseFacts
{
    /// <summary>1-16.</summary>
    public required byte Phase { get; init; }

    public PhaseRole? Role { get; init; }

    /// <summary>85th-percentile approach speed, or the posted limit and seven; above 0, to 80.</summary>
    public decimal? SpeedMph { get; init; }

    /// <summary>Percent, -15 to 15; downhill toward the line is negative.</summary>
    public decimal? GradePercent { get; init; }

    /// <summary>From the stop line to the far side of the farthest conflict; above 0, to 400.</summary>
    public decimal? WidthFt { get; init; }

    /// <summary>From the last detector to the line, 0 for one at the line, to 1000.</summary>
    public decimal? DetectorSetbackFt { get; init; }

    /// <summary>From the line to the far side as a bicycle rides; 0 where none do, to 400.</summary>
    public decimal? BicycleCrossingFt { get; init; }

    /// <summary>Curb to far curb of the crossing that the phase's walk serves; above 0, to 400. Needed where the phase has a walk.</summary>
    public decimal? CrossingFt { get; init; }

    /// <summary>From the button to the far curb; null when unknown: the crossing and six feet then stand for it.</summary>
    public decimal? ButtonToCurbFt { get; init; }

    /// <summary>Walking speed of the clearance, ft/s, where an engineer found walkers slower than 3.5; 2 to 3.5.</summary>
    public decimal WalkingFtPerS { get; init; } = 3.5m;

    /// <summary>Walk ahead of the phase's green, s; 0 for none.</summary>
    public decimal LeadingWalkS { get; init; }
}

/// <summary>The street behind one overlap. Lengths in ft, speeds in mph; null is unknown.</summary>
/// <param name="Overlap">A = 1.</param>
/// <param name="SpeedMph">85th-percentile approach speed, or the posted limit and seven; above 0, to 80.</param>
/// <param name="GradePercent">Percent, -15 to 15; downhill toward the line is negative.</param>
/// <param name="WidthFt">From the stop line to the far side of the farthest conflict; above 0, to 400.</param>
public sealed record OverlapFacts(byte Overlap, decimal? SpeedMph, decimal? GradePercent, decimal? WidthFt);

/// <summary>A left turn that may go on a green that is not its own.</summary>
/// <param name="Display">How it is signaled.</param>
/// <param name="Through">The through phase of its own approach, whose circular green it shares.</param>
/// <param name="Opposing">The through phase that it must give way to.</param>
/// <param name="Protected">The phase of its own arrow; null when it has none.</param>
public sealed record LeftTurnFacts(LeftTurnDisplay Display, byte Through, byte Opposing, byte? Protected);

/// <summary>What a controller shows and has shown lately, as far as advice depends on it.</summary>
public sealed record ControllerStatus
{
    /// <summary>The pattern in force; 254 for free.</summary>
    public required byte Pattern { get; init; }

    /// <summary>True while the monitor or the controller flashes.</summary>
    public required bool IsFlashing { get; init; }

    /// <summary>True from the input of a preempt to its exit.</summary>
    public required bool IsPreempted { get; init; }

    /// <summary>Since the last preempt ended, ms; null when none has been since the controller started.</summary>
    public long? SincePreemptMs { get; init; }

    /// <summary>Since the controller started or last flashed, ms; null when unknown.</summary>
    public long? SinceStartMs { get; init; }

    /// <summary>Phases that are green; bit n for phase n.</summary>
    public required uint Greens { get; init; }

    /// <summary>Phases that show walk or flashing don't walk.</summary>
    public required uint Walkers { get; init; }

    /// <summary>How long each green phase has been green, ms, by phase; index 0 unused, 17 long.</summary>
    public required ImmutableArray<int> GreenMs { get; init; }

    /// <summary>How long a call of each phase has waited, ms, by phase; 0 for none; index 0 unused, 17 long.</summary>
    public required ImmutableArray<int> WaitedMs { get; init; }
}
