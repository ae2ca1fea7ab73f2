using System.Collections.Immutable;
using Crosstown.Timing.Evaluation;
using Crosstown.Timing.Optimization.Bands;

namespace Crosstown.Timing.Optimization;

/// <summary>What the optimizer may change, and what it aims for. Locks of a signal bind beyond these.</summary>
public sealed record OptimizerOptions
{
    public TimingObjective Objective { get; init; } = new();

    public EvaluationOptions Evaluation { get; init; } = new() { MaxSweeps = 6 };

    public bool ChangesCycle { get; init; } = true;

    public bool ChangesSplits { get; init; } = true;

    /// <summary>Leading and lagging left turns. Never where a left turn is protected-permissive without a flashing yellow arrow: that could trap it on yellow.</summary>
    public bool ChangesSequence { get; init; } = true;

    public bool ChangesOffsets { get; init; } = true;

    /// <summary>
    /// Streets that are timed for bandwidth; empty for none. Their offsets, and where allowed the order of phases, give the widest bands both ways, each way weighted by its flow; room that
    /// this leaves and all other offsets serve the objective, which also decides between cycles and splits. A signal that two of them share keeps to the first. Offsets that are locked
    /// or limited stay so, and bands are then narrower.
    /// </summary>
    public ImmutableArray<Arterial> Arterials { get; init; } = [];

    /// <summary>Shortest common cycle to try, whole s, 30 or more.</summary>
    public int MinCycleS { get; init; } = 60;

    /// <summary>Longest common cycle to try, whole s, at most 255.</summary>
    public int MaxCycleS { get; init; } = 140;

    /// <summary>Step between the cycles that are tried over the whole range, s, 1 or more.</summary>
    public int CycleStepS { get; init; } = 10;

    /// <summary>Around the best plan the step is halved until it is no longer than this, s, 1 or more.</summary>
    public int FineCycleStepS { get; init; } = 2;

    /// <summary>Small signals may run two cycles in one; signals whose minimums do not fit may run one in two.</summary>
    public bool UsesHalfAndDoubleCycles { get; init; } = true;

    /// <summary>Splits hold walk, pedestrian clearance, yellow and red clearance of their phase; where the cycle has to stay and is too short for that, they get no shorter.</summary>
    public bool KeepsPedestrianMinimums { get; init; } = true;

    /// <summary>No offset farther than this from today's, s, either way round the cycle; null for any. Binds where the cycle stays.</summary>
    public int? MaxOffsetChangeS { get; init; }

    /// <summary>No split farther than this from today's, s; null for any. Binds where the cycle stays.</summary>
    public int? MaxSplitChangeS { get; init; }

    /// <summary>How many of the best cycles are worked out in full, 1 or more.</summary>
    public int RefinedCycles { get; init; } = 2;

    /// <summary>How long the search goes on, 1 or more: rounds of refinement and number of forests grow with it.</summary>
    public int Effort { get; init; } = 1;

    /// <summary>The same seed gives the same plan, for any number of threads.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Threads at most, 1 or more.</summary>
    public int MaxThreads { get; init; } = Environment.ProcessorCount;

    /// <summary>Number that new patterns get, 1-253, where a signal has none today.</summary>
    public byte PatternNumber { get; init; } = 1;
}
