using System.Collections.Immutable;

namespace Crosstown.Timing.Demand.Volumes;

/// <summary>Where a volume comes from.</summary>
public enum VolumeSource
{
    /// <summary>Nothing tells it.</summary>
    None,

    /// <summary>Every lane was counted at the stop bar.</summary>
    StopBarCount,

    /// <summary>Some lanes were counted at the stop bar; the others are in their usual proportion.</summary>
    SomeLanes,

    /// <summary>Counted ahead of the stop bar.</summary>
    AdvanceCount,

    /// <summary>Actuations of presence detectors, which miss vehicles that follow closely.</summary>
    PresenceCount,

    /// <summary>From what neighbors send and receive.</summary>
    FlowBalance,

    /// <summary>A usual share of its approach; nothing else is known.</summary>
    UsualShare,
}

/// <summary>Vehicles of a lane group in 15 minutes.</summary>
/// <param name="Vehicles">Null when unknown.</param>
/// <param name="Coverage">Share of the time that the log saw, 0-1.</param>
/// <param name="Source">Where the figure comes from.</param>
/// <param name="Confidence">0-1.</param>
/// <param name="IsCapacity">True when queues did not clear: as many as could pass, not as many as came.</param>
public readonly record struct BinVolume(double? Vehicles, double Coverage, VolumeSource Source, double Confidence, bool IsCapacity);

/// <summary>A lane group's volumes, 15 minutes each.</summary>
/// <param name="Group">Its id, such as <c>1004 NBT</c>.</param>
/// <param name="FirstBinMs">Start of the first bin, ms UTC.</param>
/// <param name="Bins">One after the other.</param>
public sealed record VolumeSeries(string Group, long FirstBinMs, ImmutableArray<BinVolume> Bins)
{
    /// <summary>Length of a bin, ms.</summary>
    public const long BinMs = 900_000;
}
