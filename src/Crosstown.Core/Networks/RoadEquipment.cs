using System.Collections.Immutable;

namespace Crosstown.Core.Networks;

/// <summary>What stands beside a network or lies in its lanes, in files of its own.</summary>
public sealed record RoadEquipment
{
    public ImmutableArray<FixedProgram> Programs { get; init; } = [];

    public ImmutableArray<BusStop> BusStops { get; init; } = [];

    public ImmutableArray<LaneDetector> Detectors { get; init; } = [];
}

/// <summary>A part of a lane where buses stop.</summary>
/// <param name="Name">Unique among stops.</param>
/// <param name="Lane">Index of the lane.</param>
/// <param name="StartM">From the lane's begin.</param>
/// <param name="EndM">From the lane's begin, above the start.</param>
public sealed record BusStop(string Name, int Lane, double StartM, double EndM);

/// <summary>A loop at one place of a lane, or a zone of it.</summary>
/// <param name="Name">Unique among detectors.</param>
/// <param name="Lane">Index of the lane.</param>
/// <param name="StartM">From the lane's begin.</param>
/// <param name="EndM">From the lane's begin; equal to the start for a loop.</param>
public sealed record LaneDetector(string Name, int Lane, double StartM, double EndM)
{
    public bool IsLoop => EndM <= StartM;
}
