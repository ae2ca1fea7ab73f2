using System.Collections.Immutable;
using Crosstown.Core.Controllers;

namespace Crosstown.Timing.Model;

/// <summary>One pattern for every signal of a network.</summary>
/// <remarks>Signals whose cycles are equal, or a half or double of each other, are in step with each other; others are not.</remarks>
public sealed record NetworkPlan
{
    /// <summary>One per signal of the network, in its order; null for a signal that stays free.</summary>
    public required ImmutableArray<PatternTiming?> Patterns { get; init; }
}
