using System.Collections.Immutable;

namespace Crosstown.Core.Networks;

/// <summary>Streets as lanes: what a traffic simulator drives on, and what signals stand at.</summary>
/// <remarks>Everything refers to everything else by its index in the arrays here; -1 stands for none.</remarks>
public sealed record RoadNetwork
{
    public required ImmutableArray<RoadJunction> Junctions { get; init; }

    public required ImmutableArray<RoadEdge> Edges { get; init; }

    public required ImmutableArray<RoadLane> Lanes { get; init; }

    public required ImmutableArray<RoadConnection> Connections { get; init; }

    /// <summary>Programs that came with the network, in the order of the file.</summary>
    public ImmutableArray<FixedProgram> Programs { get; init; } = [];

    /// <summary>How its meters become degrees; null when the network lies nowhere on Earth.</summary>
    public MapProjection? Projection { get; init; }

    /// <summary>True where traffic keeps to the left: lanes then count from the left.</summary>
    public bool KeepsLeft { get; init; }
}

/// <summary>Who goes first at a junction.</summary>
public enum JunctionKind
{
    /// <summary>Nobody is told to wait.</summary>
    Unregulated,

    /// <summary>A street with the right of way, and streets that yield or stop.</summary>
    Priority,
    Signal,
    RightBeforeLeft,
    AllWayStop,

    /// <summary>The merge of equal lanes, one by one.</summary>
    Zipper,
    RailCrossing,
    DeadEnd,

    /// <summary>A place inside a junction at which a turning vehicle waits for a gap.</summary>
    Inside,
}

/// <summary>Where edges meet.</summary>
public sealed record RoadJunction
{
    /// <summary>As the file names it; unique in the network.</summary>
    public required string Name { get; init; }

    public required JunctionKind Kind { get; init; }

    public required RoadPoint Center { get; init; }

    /// <summary>Its outline, around; empty when not drawn.</summary>
    public ImmutableArray<RoadPoint> Shape { get; init; } = [];

    /// <summary>Lanes that end here, around the junction.</summary>
    public ImmutableArray<int> IncomingLanes { get; init; } = [];

    /// <summary>Lanes inside it.</summary>
    public ImmutableArray<int> InsideLanes { get; init; } = [];

    /// <summary>The connections over it, crossings too, in the order in which the file gives the right of way.</summary>
    public ImmutableArray<int> Connections { get; init; } = [];
}

public enum EdgeFunction
{
    /// <summary>A street in one direction.</summary>
    Street,

    /// <summary>The way of a connection over a junction.</summary>
    Inside,

    /// <summary>Where pedestrians cross a street.</summary>
    Crossing,

    /// <summary>Where sidewalks and crossings meet.</summary>
    WalkingArea,
}

/// <summary>One direction of a street between two junctions.</summary>
public sealed record RoadEdge
{
    /// <summary>As the file names it; unique in the network.</summary>
    public required string Name { get; init; }

    public required EdgeFunction Function { get; init; }

    /// <summary>Index of the junction where it begins; for an edge inside a junction, that junction.</summary>
    public required int From { get; init; }

    /// <summary>Index of the junction where it ends; for an edge inside a junction, that junction.</summary>
    public required int To { get; init; }

    /// <summary>Indices of its lanes, from the curb.</summary>
    public required ImmutableArray<int> Lanes { get; init; }

    /// <summary>Rank among edges: the higher goes first at priority junctions.</summary>
    public int Priority { get; init; }

    /// <summary>What the street is called; empty when unknown.</summary>
    public string StreetName { get; init; } = "";

    /// <summary>For a crossing: the edges that it crosses.</summary>
    public ImmutableArray<int> CrossedEdges { get; init; } = [];
}

/// <summary>A lane of an edge.</summary>
public sealed record RoadLane
{
    /// <summary>As the file names it; unique in the network.</summary>
    public required string Name { get; init; }

    public required int Edge { get; init; }

    /// <summary>0 at the curb.</summary>
    public required int Position { get; init; }

    /// <summary>Above 0. It may differ from the length of <see cref="Shape"/>: this one is driven.</summary>
    public required double LengthM { get; init; }

    /// <summary>The limit, m/s, above 0.</summary>
    public required double SpeedMps { get; init; }

    /// <summary>Above 0.</summary>
    public double WidthM { get; init; } = 3.2;

    public required RoadUsers Allowed { get; init; }

    /// <summary>Its center line, from begin to end, at least two points.</summary>
    public required ImmutableArray<RoadPoint> Shape { get; init; }
}

public enum TurnDirection
{
    Straight,
    Right,
    PartlyRight,
    Left,
    PartlyLeft,
    Around,
    None,
}

/// <summary>The way from one lane to the next.</summary>
public sealed record RoadConnection
{
    public required int FromLane { get; init; }

    public required int ToLane { get; init; }

    /// <summary>The first lane inside the junction on this way; -1 when the network has none drawn.</summary>
    public int ViaLane { get; init; } = -1;

    public TurnDirection Direction { get; init; }

    /// <summary>True when, without a signal, it need not yield to another of its junction.</summary>
    public bool IsMajor { get; init; }

    /// <summary>Name of the signal that rules it; null for none.</summary>
    public string? Signal { get; init; }

    /// <summary>Its place in the states of that signal's programs; -1 for none.</summary>
    public int SignalLink { get; init; } = -1;

    /// <summary>Connections, by index, whose way crosses or joins its own.</summary>
    public ImmutableArray<int> Foes { get; init; } = [];

    /// <summary>Those of <see cref="Foes"/> that it must yield to where the signal gives both a green.</summary>
    public ImmutableArray<int> YieldsTo { get; init; } = [];

    /// <summary>True when it may wait for its gap inside the junction.</summary>
    public bool WaitsInside { get; init; }
}
