using System.Collections.Immutable;

namespace Crosstown.Core.Networks;

/// <summary>Who wants to go where on a network, and when. Trips have no names: nobody is told from another.</summary>
public sealed record RoadDemand
{
    /// <summary>What drives; trips refer to them by index.</summary>
    public required ImmutableArray<VehicleKind> Kinds { get; init; }

    /// <summary>By departure.</summary>
    public required ImmutableArray<RouteDemand> Trips { get; init; }

    /// <summary>By departure.</summary>
    public ImmutableArray<WalkDemand> Walks { get; init; } = [];
}

/// <summary>How a kind of vehicle drives.</summary>
public sealed record VehicleKind
{
    public required string Name { get; init; }

    public RoadUsers Class { get; init; } = RoadUsers.Passenger;

    /// <summary>m, above 0.</summary>
    public double LengthM { get; init; } = 5;

    /// <summary>Least gap to the vehicle ahead when standing, m.</summary>
    public double StandingGapM { get; init; } = 2.5;

    /// <summary>m/s².</summary>
    public double AccelerationMps2 { get; init; } = 2.6;

    /// <summary>m/s².</summary>
    public double DecelerationMps2 { get; init; } = 4.5;

    /// <summary>The fastest that it can go, m/s.</summary>
    public double MaximumSpeedMps { get; init; } = 200 / 3.6;

    /// <summary>Time headway that a driver keeps, s.</summary>
    public double HeadwayS { get; init; } = 1;

    /// <summary>How unevenly a driver drives, 0-1 (Krauss' sigma).</summary>
    public double Imperfection { get; init; } = 0.5;

    /// <summary>Wanted speed over the limit, mean.</summary>
    public double SpeedFactor { get; init; } = 1;

    /// <summary>Standard deviation of the speed factor over drivers.</summary>
    public double SpeedFactorDeviation { get; init; } = 0.1;

    /// <summary>Bounds of the speed factor.</summary>
    public double LeastSpeedFactor { get; init; } = 0.2;

    /// <summary>Bounds of the speed factor.</summary>
    public double GreatestSpeedFactor { get; init; } = 2;
}

/// <summary>Where on its first edge, and how fast, a vehicle enters.</summary>
public enum EntryChoice
{
    /// <summary>The curb lane; at its begin; standing.</summary>
    First,

    /// <summary>The lane with the most free way; the best place; as fast as is safe.</summary>
    Best,

    /// <summary>Any free one.</summary>
    Random,
}

/// <summary>A vehicle that wants to drive.</summary>
public sealed record RouteDemand
{
    /// <summary>Seconds since the network's midnight, 0 or more.</summary>
    public required double DepartS { get; init; }

    /// <summary>Index into <see cref="RoadDemand.Kinds"/>.</summary>
    public required int Kind { get; init; }

    /// <summary>Edges, by index, each connected to the next; at least one.</summary>
    public required ImmutableArray<int> Edges { get; init; }

    public EntryChoice EntryLane { get; init; }

    public EntryChoice EntryPlace { get; init; }

    public EntryChoice EntrySpeed { get; init; }

    public ImmutableArray<PlannedStop> Stops { get; init; } = [];
}

/// <summary>A stop on the way, such as a bus makes.</summary>
/// <param name="Lane">Index of the lane.</param>
/// <param name="StartM">From the lane's begin.</param>
/// <param name="EndM">From the lane's begin, above the start.</param>
/// <param name="DurationS">How long it stands, s.</param>
/// <param name="UntilS">It stays at least until then, seconds since midnight; null for no such bound.</param>
public sealed record PlannedStop(int Lane, double StartM, double EndM, double DurationS, double? UntilS = null);

/// <summary>Somebody who wants to walk.</summary>
/// <param name="DepartS">Seconds since midnight.</param>
/// <param name="Edges">Edges, by index, along whose sidewalks the way leads.</param>
public sealed record WalkDemand(double DepartS, ImmutableArray<int> Edges);
