using System.Collections.Immutable;
using Crosstown.Core.Street;

namespace Crosstown.Core.Controllers;

/// <summary>How far a proposal may go from what runs today.</summary>
public enum ChangeKind
{
    /// <summary>One step of continuous retiming: cycle within ten percent, splits within five seconds.</summary>
    Step,

    /// <summary>An engineer's retiming. It has no bound of its own: it goes out in stages, each of them a <see cref="Step"/> or watched by people.</summary>
    Retiming,
}

/// <summary>Timing that someone proposes, for one signal or many.</summary>
public sealed record PlanProposal
{
    public required ImmutableArray<SignalProposal> Signals { get; init; }

    public required ChangeKind Kind { get; init; }
}

/// <summary>What is proposed for one signal.</summary>
public sealed record SignalProposal
{
    public required SignalId Signal { get; init; }

    /// <summary>At least one.</summary>
    public required ImmutableArray<PatternProposal> Patterns { get; init; }

    /// <summary>Phases with new intervals, all of the signal's; null when the cabinet's stay.</summary>
    public ImmutableArray<PhaseTiming>? Phases { get; init; }

    /// <summary>The overlaps that the proposal came with; null when it says nothing of them. They must be the cabinet's.</summary>
    public ImmutableArray<OverlapTiming>? Overlaps { get; init; }

    /// <summary>The preempts that the proposal came with; null when it says nothing of them. They must be the cabinet's.</summary>
    public ImmutableArray<PreemptTiming>? Preempts { get; init; }
}

/// <summary>A pattern and what is said about it.</summary>
public sealed record PatternProposal
{
    public required PatternTiming Timing { get; init; }

    /// <summary>The pattern that runs in its place today and that one goes back to; 254 for free, null for the pattern of the same number.</summary>
    public byte? Replaces { get; init; }

    /// <summary>What an evaluator expects, for each movement; at least one for each phase.</summary>
    public ImmutableArray<ServicePrediction> Predictions { get; init; } = [];

    public ImmutableArray<PlanNote> Notes { get; init; } = [];

    /// <summary>Whether a phase carries a note of a kind.</summary>
    public bool Has(NoteKind kind, byte phase) => Notes.Any(n => n.Kind == kind && n.Phase == phase && n.Reason.Length > 0);
}

/// <summary>What an engineer accepts with open eyes.</summary>
public enum NoteKind
{
    /// <summary>Walks are too rare to fit the split: a walk makes the phase longer, and the controller falls out of step for a while.</summary>
    PedestriansByOverride,

    /// <summary>A left turn or minor street gets less than today.</summary>
    LessThanToday,

    /// <summary>Its degree of saturation is above 0.95.</summary>
    NearCapacity,

    /// <summary>Its queue is expected to be longer than its lanes.</summary>
    QueueBeyondStorage,
}

/// <summary>A note on one phase of a pattern.</summary>
/// <param name="Kind">What is accepted.</param>
/// <param name="Phase">1-16.</param>
/// <param name="Reason">Why, in words; a note without a reason is none.</param>
public sealed record PlanNote(NoteKind Kind, byte Phase, string Reason);

/// <summary>What an evaluator expects of one movement under a pattern, at the worst of the demands that the plan must serve.</summary>
/// <param name="Phase">1-16.</param>
/// <param name="DegreeOfSaturation">0 or more.</param>
/// <param name="QueueVeh">Farthest back of the queue, vehicles, 0 or more.</param>
/// <param name="StorageVeh">Vehicles that its lanes hold, above 0; null when there is no bound.</param>
public sealed record ServicePrediction(byte Phase, double DegreeOfSaturation, double QueueVeh, double? StorageVeh);

/// <summary>What a running controller may be asked. There is no other kind, and no kind has a field for an interval.</summary>
public enum AdviceKind
{
    /// <summary>Run a pattern that is in the cabinet.</summary>
    ChoosePattern,

    /// <summary>Keep a green.</summary>
    Hold,

    /// <summary>End a green whose minimum and walkers are served.</summary>
    ForceOff,
}

/// <summary>One thing that a running controller is asked to do. Doing nothing is what happens when it expires.</summary>
public sealed record SignalAdvice
{
    public required SignalId Signal { get; init; }

    /// <summary>Fencing number, above 0 and larger than that of any advice before: whoever holds the largest speaks.</summary>
    public required long Fence { get; init; }

    public required AdviceKind Kind { get; init; }

    /// <summary>The phase to hold or end, or the pattern to run, as <see cref="Kind"/> says.</summary>
    public required byte Number { get; init; }

    /// <summary>How long it holds unless repeated, ms; above 0, to 10,000.</summary>
    public required int LifetimeMs { get; init; }
}
