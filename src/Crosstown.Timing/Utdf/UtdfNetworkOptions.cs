using System.Collections.Immutable;

namespace Crosstown.Timing.Utdf;

/// <summary>How a UTDF file is brought into the timing model.</summary>
public sealed record UtdfNetworkOptions
{
    /// <summary>Keep only signals that run on this cycle, s; null for all. Traffic from the others then comes evenly.</summary>
    public double? OnlyCycleS { get; init; }

    /// <summary>Multiply volumes by the Growth row.</summary>
    public bool AppliesGrowth { get; init; } = true;

    /// <summary>Divide volumes by the PHF row: the quarter of the hour with the most traffic.</summary>
    public bool AppliesPeakHourFactor { get; init; } = true;

    /// <summary>
    /// Where the file has no volume on any movement of an intersection, nobody counted there: its through traffic is then taken from the intersection beyond it, or from the one
    /// before, so that platoons go on. Each is told as an issue. False: no volume is no traffic.
    /// </summary>
    public bool FillsUncounted { get; init; } = true;

    /// <summary>Platoon dispersion factor of Robertson's model, for steps of 1 s.</summary>
    public double Alpha { get; init; } = 0.35;

    /// <summary>Travel time factor of Robertson's model, 0-1.</summary>
    public double Beta { get; init; } = 0.8;

    /// <summary>Length of the period, h.</summary>
    public double Hours { get; init; } = 0.25;

    /// <summary>Counts to serve in place of the file's own volumes, one demand for each; empty for the file's own.</summary>
    public ImmutableArray<UtdfCountPeriod> Counts { get; init; } = [];
}
