using System.Collections.Immutable;
using Crosstown.Core.Controllers;
using Crosstown.Core.Street;

namespace Crosstown.Timing.Model;

/// <summary>What evaluators and the optimizer know of a place: signals, the lane groups at their stop lines, and which feeds which.</summary>
/// <remarks>UTDF files, logs and road networks are all brought into this form; nothing after it asks where a figure came from.</remarks>
public sealed record TimingNetwork
{
    public required ImmutableArray<TimedSignal> Signals { get; init; }

    /// <summary>Every lane group of every signal; indices into this array name a group everywhere.</summary>
    public required ImmutableArray<LaneGroup> Groups { get; init; }

    /// <summary>What traffic asks for, one entry for each period, day or scatter that a plan must serve; at least one, each with figures for every group.</summary>
    public required ImmutableArray<TrafficDemand> Demands { get; init; }
}

/// <summary>A signal as the optimizer sees it: what is fixed at the cabinet, what runs today, and what must stay.</summary>
public sealed record TimedSignal
{
    public required SignalId Signal { get; init; }

    public string Name { get; init; } = "";

    /// <summary>Degrees; null when unknown. Used for drawings only.</summary>
    public double? Latitude { get; init; }

    /// <summary>Degrees; null when unknown. Used for drawings only.</summary>
    public double? Longitude { get; init; }

    /// <summary>
    /// Phases with rings, barrier groups, minimums and change intervals. A signal with stages in place of rings has one ring whose phases are
    /// its stages in order, all in one barrier group.
    /// </summary>
    public required ImmutableArray<PhaseTiming> Phases { get; init; }

    public ImmutableArray<OverlapTiming> Overlaps { get; init; } = [];

    /// <summary>The pattern in force for this period; null when unknown or free.</summary>
    public PatternTiming? Today { get; init; }

    /// <summary>True for a signal that keeps to its own cycle: its lane groups get flat arrivals and give flat departures.</summary>
    public bool IsIsolated { get; init; }

    /// <summary>What an engineer does not let the optimizer change.</summary>
    public TimingLocks Locks { get; init; }

    /// <summary>Share of cycles, 0-1, in which each phase's walk is called, by phase; a phase without an entry: every cycle.</summary>
    public ImmutableSortedDictionary<byte, double> WalkCallShare { get; init; } = ImmutableSortedDictionary<byte, double>.Empty;

    /// <summary>
    /// Shortest split that an engineer allows beside what minimum green, yellow and red clearance (and a walk, where it is served) ask for, by phase; ms. A phase without an
    /// entry: no more than those. Today's split may be shorter: it then stays allowed.
    /// </summary>
    public ImmutableSortedDictionary<byte, int> MinimumSplitMs { get; init; } = ImmutableSortedDictionary<byte, int>.Empty;
}

/// <summary>What stays as it is today.</summary>
[Flags]
public enum TimingLocks
{
    None = 0,
    Cycle = 1,
    Splits = 2,
    Sequence = 4,
    Offset = 8,
}

/// <summary>Lanes at one stop line that share a queue and a signal group.</summary>
public sealed record LaneGroup
{
    /// <summary>Unique in the network, such as <c>1004 NBT</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Index of the signal in <see cref="TimingNetwork.Signals"/>.</summary>
    public required int Signal { get; init; }

    /// <summary>Which of the signal's intersections it stands at, 0 for the first: one cabinet may run several.</summary>
    public int Place { get; init; }

    public TravelDirection Direction { get; init; }

    public LaneMovement Movement { get; init; }

    /// <summary>Phases that give it a protected green; bit n for phase n. Two that follow each other give one green: the change between them is green too.</summary>
    public required uint Phases { get; init; }

    /// <summary>Phases in whose green it may go where gaps allow; bit n for phase n.</summary>
    public uint PermissivePhases { get; init; }

    /// <summary>Groups, by index, whose vehicles have the right of way over it in its permissive green.</summary>
    public ImmutableArray<int> Opposing { get; init; } = [];

    /// <summary>Lanes at the stop line, 1 or more.</summary>
    public int Lanes { get; init; } = 1;

    /// <summary>Saturation flow of all its lanes in protected green, veh/h, above 0.</summary>
    public required double SaturationVehPerHour { get; init; }

    /// <summary>Start-up lost time, s.</summary>
    public double StartLostS { get; init; } = 2;

    /// <summary>Yellow and red clearance that is used as green, s.</summary>
    public double EndGainS { get; init; } = 2;

    /// <summary>Critical gap of its permissive movement, s.</summary>
    public double CriticalGapS { get; init; } = 4.5;

    /// <summary>Follow-up headway of its permissive movement, s.</summary>
    public double FollowUpS { get; init; } = 2.5;

    /// <summary>Vehicles that go at the end of each permissive green.</summary>
    public double Sneakers { get; init; } = 2;

    /// <summary>Vehicles that its lanes hold before the queue reaches the signal upstream, or the main lanes for a turning bay; null when there is no bound.</summary>
    public double? StorageVeh { get; init; }

    /// <summary>Where its vehicles come from, as far as they come from a signal of the network.</summary>
    public ImmutableArray<Feeder> Feeders { get; init; } = [];

    /// <summary>Weight of its delay in the index.</summary>
    public double DelayWeight { get; init; } = 1;

    /// <summary>Weight of its stops in the index.</summary>
    public double StopWeight { get; init; } = 1;

    /// <summary>Persons in a vehicle; null when unknown (it then counts as one).</summary>
    public double? Occupancy { get; init; }
}

/// <summary>A lane group upstream, and the way from its stop line to this one's.</summary>
/// <param name="Group">Index of the upstream group in <see cref="TimingNetwork.Groups"/>.</param>
/// <param name="TravelS">Mean cruise time from stop line to stop line, s, above 0.</param>
/// <param name="Alpha">Platoon dispersion factor of Robertson's model, for steps of 1 s.</param>
/// <param name="Beta">Travel time factor of Robertson's model, 0-1.</param>
public sealed record Feeder(int Group, double TravelS, double Alpha = 0.35, double Beta = 0.8);

/// <summary>What traffic asks for over one period.</summary>
public sealed record TrafficDemand
{
    /// <summary>Such as <c>weekdays am</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Weight beside the other demands, above 0.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>Length of the period, h: how long a queue may grow.</summary>
    public double Hours { get; init; } = 0.25;

    /// <summary>Veh/h; one per lane group of the network, in its order.</summary>
    public required ImmutableArray<double> VolumeVehPerHour { get; init; }

    /// <summary>
    /// Veh/h that come by each feeder; one array per lane group with one value per feeder of it. Their sum is at most the group's volume: the rest enters
    /// evenly in between.
    /// </summary>
    public required ImmutableArray<ImmutableArray<double>> FedVehPerHour { get; init; }

    /// <summary>
    /// Arrivals at the stop line as measured, by lane group: shares of a cycle that sum to 1, from the signal's own local zero under its plan of today, in equal bins.
    /// Empty where not measured; they then follow from the feeders.
    /// </summary>
    public ImmutableArray<ImmutableArray<double>> MeasuredArrivals { get; init; } = [];
}
