using System.Collections.Immutable;

namespace Crosstown.Core.Networks;

/// <summary>A fixed-time program: states of all links of a signal, one after the other, for ever.</summary>
public sealed record FixedProgram
{
    /// <summary>Name of the signal, as connections give it.</summary>
    public required string Signal { get; init; }

    /// <summary>Tells the programs of one signal apart.</summary>
    public required string Name { get; init; }

    /// <summary>The cycle begins when the time of day, less this, is a whole number of cycles.</summary>
    public double OffsetS { get; init; }

    public required ImmutableArray<FixedPhase> Phases { get; init; }

    public double CycleS => Phases.Sum(p => p.DurationS);
}

/// <summary>One state of a fixed-time program.</summary>
/// <param name="DurationS">s, above 0.</param>
/// <param name="State">
/// A letter per link: G green with the right of way, g green that yields, y yellow, r red, s right turn on red after a stop, u red and yellow, o flashing, O dark.
/// </param>
public sealed record FixedPhase(double DurationS, string State);
