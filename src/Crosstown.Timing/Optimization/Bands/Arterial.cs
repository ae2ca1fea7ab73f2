using System.Collections.Immutable;

namespace Crosstown.Timing.Optimization.Bands;

/// <summary>A street whose through traffic is to pass in bands of green.</summary>
public sealed record Arterial
{
    /// <summary>Such as <c>Main Street</c>; for reports.</summary>
    public string Name { get; init; } = "";

    /// <summary>Indices of its signals in the network, in order along it; two or more, each once. Neighbors feed each other both ways.</summary>
    public required ImmutableArray<int> Signals { get; init; }
}

/// <summary>Bands of an arterial before and after.</summary>
/// <param name="Arterial">As it was asked for.</param>
/// <param name="Today">Null when a pattern of today is unknown, cycles differ along it, or neighbors do not feed each other both ways.</param>
/// <param name="Plan">The same of the plan.</param>
public sealed record ArterialProgression(Arterial Arterial, ArterialBand? Today, ArterialBand? Plan);
