using System.Collections.Immutable;

namespace Crosstown.Core.Street;

/// <summary>What a detector is for, as the measures ask. One detector may do several.</summary>
[Flags]
public enum DetectorFunctions
{
    None = 0,

    /// <summary>AC: counts vehicles well before the stop bar; its hits, moved by travel time, are arrivals.</summary>
    AdvanceCount = 1,

    /// <summary>AS: reads speeds before the stop bar.</summary>
    AdvanceSpeed = 2,

    /// <summary>LLC: counts each lane at the stop bar.</summary>
    LaneByLaneCount = 4,

    /// <summary>LLS: lane by lane with a speed filter; its hits after the end of yellow are red-light actuations.</summary>
    LaneByLaneSpeed = 8,

    /// <summary>SBP: on while a vehicle stands at the stop bar.</summary>
    StopBarPresence = 16,

    /// <summary>AP: presence on the approach, upstream of the stop bar.</summary>
    ApproachPresence = 32,

    /// <summary>PP: presence of a walker, in place of a button.</summary>
    PedestrianPresence = 64,
}

/// <summary>Where the vehicles in a detector's lane go.</summary>
public enum LaneMovement
{
    Unknown,
    Left,
    Through,
    Right,
    ThroughLeft,
    ThroughRight,
    LeftThroughRight,
}

/// <summary>What may use a lane.</summary>
public enum LaneType
{
    Vehicle,
    Bicycle,
    Pedestrian,
    Exit,
    LightRail,
    Bus,
    HighOccupancy,
}

/// <summary>The way an approach's traffic is headed.</summary>
public enum TravelDirection
{
    Unknown,
    Northbound,
    Southbound,
    Eastbound,
    Westbound,
    Northeastbound,
    Northwestbound,
    Southeastbound,
    Southwestbound,
}

/// <summary>What displays a movement: a phase, or an overlap driven by phases.</summary>
/// <param name="Number">Phase 1-255, or overlap with A = 1.</param>
/// <param name="IsOverlap">True when <paramref name="Number"/> names an overlap.</param>
public readonly record struct SignalGroup(byte Number, bool IsOverlap)
{
    public static SignalGroup Phase(int number) => new(checked((byte)number), false);

    public static SignalGroup Overlap(int number) => new(checked((byte)number), true);

    public override string ToString() => IsOverlap ? $"overlap {(char)('A' + Number - 1)}" : $"phase {Number}";
}

/// <summary>One leg's lanes toward the stop bar, as far as one signal group serves them.</summary>
public sealed record Approach
{
    /// <summary>Unique within the signal; the agency's own id where there is one.</summary>
    public required string Id { get; init; }

    public string Description { get; init; } = "";

    public TravelDirection Direction { get; init; }

    /// <summary>Posted speed in miles per hour; null when unknown.</summary>
    public int? SpeedLimitMph { get; init; }

    /// <summary>What gives this approach a protected green; null when it has none.</summary>
    public SignalGroup? Protected { get; init; }

    /// <summary>What lets it go while others have the right of way; null when it has none.</summary>
    public SignalGroup? Permissive { get; init; }

    /// <summary>The walk that runs beside it; null when there is none.</summary>
    public SignalGroup? Pedestrian { get; init; }
}

/// <summary>One detector channel and what is known about it.</summary>
public sealed record Detector
{
    /// <summary>The controller's channel, 1-255: the parameter of codes 81 and 82.</summary>
    public required byte Channel { get; init; }

    /// <summary>The phase that it calls or is measured against; null when unknown or when an overlap serves it.</summary>
    public byte? Phase { get; init; }

    /// <summary>The overlap that it is measured against; null for most.</summary>
    public byte? Overlap { get; init; }

    /// <summary>The <see cref="Approach.Id"/> that it lies on; null when unknown.</summary>
    public string? ApproachId { get; init; }

    public DetectorFunctions Functions { get; init; }

    /// <summary>Lane counted from the median, 1-based; null when unknown or when it covers several.</summary>
    public int? Lane { get; init; }

    public LaneMovement Movement { get; init; }

    public LaneType LaneType { get; init; }

    /// <summary>Feet upstream of the stop bar, as agencies enter it; null when unknown.</summary>
    public double? StopBarDistanceFt { get; init; }

    /// <summary>Seconds from here to the stop bar in moving traffic, where measured rather than reckoned from distance and speed; null when unknown.</summary>
    public double? TravelTimeS { get; init; }

    /// <summary>Seconds that the detection reaches the log late; radar is typically 1.2-1.5 s, a loop 0.</summary>
    public double LatencyS { get; init; }

    /// <summary>Seconds before the stop bar at which a driver decides; 0 when not used.</summary>
    public double DecisionPointS { get; init; }

    /// <summary>Seconds from green before speeds count (start-up).</summary>
    public double MovementDelayS { get; init; }

    /// <summary>Speeds below are not vehicles in free flow; null when no filter is set.</summary>
    public double? MinimumSpeedMph { get; init; }

    public bool Has(DetectorFunctions function) => (Functions & function) != 0;
}

/// <summary>A phase and what is known of its timing.</summary>
public sealed record PhaseConfiguration
{
    /// <summary>1-255.</summary>
    public required byte Number { get; init; }

    /// <summary>Ring 1-16; null when unknown.</summary>
    public byte? Ring { get; init; }

    /// <summary>Barrier group, 1-based; phases of different groups never run together; null when unknown.</summary>
    public byte? BarrierGroup { get; init; }

    /// <summary>True for a phase that the coordinator keeps in step.</summary>
    public bool IsCoordinated { get; init; }

    public double? YellowS { get; init; }

    public double? RedClearanceS { get; init; }

    public double? MinimumGreenS { get; init; }

    public double? WalkS { get; init; }

    public double? PedestrianClearanceS { get; init; }
}

/// <summary>An overlap and the phases that drive it.</summary>
public sealed record OverlapConfiguration
{
    /// <summary>A = 1.</summary>
    public required byte Number { get; init; }

    public ImmutableArray<byte> ParentPhases { get; init; } = [];

    /// <summary>True when the overlap shows a flashing yellow arrow.</summary>
    public bool IsFlashingYellowArrow { get; init; }
}

/// <summary>A pedestrian channel and the phase that it calls.</summary>
/// <param name="Channel">Parameter of codes 89 and 90.</param>
/// <param name="Phase">The phase whose walk it asks for.</param>
public sealed record PedestrianButton(byte Channel, byte Phase);

/// <summary>A coordination pattern as programmed.</summary>
public sealed record CoordinationPattern
{
    /// <summary>Parameter of code 131.</summary>
    public required byte Number { get; init; }

    /// <summary>Cycle length in seconds; null when free or unknown.</summary>
    public double? CycleLengthS { get; init; }

    /// <summary>Offset in seconds from the master's zero; null when unknown.</summary>
    public double? OffsetS { get; init; }

    /// <summary>Programmed split in seconds by phase, yellow and red clearance included.</summary>
    public ImmutableSortedDictionary<byte, double> SplitS { get; init; } = ImmutableSortedDictionary<byte, double>.Empty;
}

/// <summary>One statement of a learnt configuration, how sure it is, and what it rests on.</summary>
/// <param name="Field">What it is about, such as <c>detectors/12/phase</c>.</param>
/// <param name="Value">The value, or <c>unknown</c> below the confidence that the field needs.</param>
/// <param name="Confidence">0-1: how far the kind of evidence is trusted, from what it got right on signals whose configuration is known; 0 where nothing is said.</param>
/// <param name="Basis">The figures that it rests on, in words.</param>
public sealed record Evidence(string Field, string Value, double Confidence, string Basis);

/// <summary>Everything that the measures ask about one signal, from a date on.</summary>
public sealed record SignalConfiguration
{
    public required SignalId Signal { get; init; }

    /// <summary>The streets that cross here.</summary>
    public string Name { get; init; } = "";

    /// <summary>IANA zone of the cabinet's clock; null when unknown.</summary>
    public string? Zone { get; init; }

    public double? Latitude { get; init; }

    public double? Longitude { get; init; }

    /// <summary>First moment for which this holds, ms UTC.</summary>
    public long ValidFromMs { get; init; } = long.MinValue;

    public ImmutableArray<Approach> Approaches { get; init; } = [];

    public ImmutableArray<Detector> Detectors { get; init; } = [];

    public ImmutableArray<PhaseConfiguration> Phases { get; init; } = [];

    public ImmutableArray<OverlapConfiguration> Overlaps { get; init; } = [];

    public ImmutableArray<PedestrianButton> PedestrianButtons { get; init; } = [];

    public ImmutableArray<CoordinationPattern> Patterns { get; init; } = [];

    /// <summary>What a learnt configuration rests on; empty when a person entered it.</summary>
    public ImmutableArray<Evidence> Evidence { get; init; } = [];

    /// <summary>A signal of which nothing is known but its name.</summary>
    public static SignalConfiguration Unknown(SignalId signal) => new() { Signal = signal };

    /// <summary>The phase that a pedestrian channel calls; the channel's own number when nothing is configured.</summary>
    public byte PhaseOfPedestrianChannel(byte channel)
    {
        foreach (var button in PedestrianButtons)
        {
            if (button.Channel == channel)
            {
                return button.Phase;
            }
        }

        return channel;
    }
}
