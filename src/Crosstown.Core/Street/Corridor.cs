using System.Collections.Immutable;

namespace Crosstown.Core.Street;

/// <summary>A street with signals that are timed together, in the order in which forward traffic meets them.</summary>
/// <remarks>
/// What is said of a corridor is made from tables of its signals: counts, shares, bands, programmed timing. Nothing here leads from an event at one
/// signal to an event at another (rule P12).
/// </remarks>
public sealed record Corridor
{
    /// <summary>Feet per second in a mile per hour.</summary>
    public const double FeetPerSecondPerMph = 22.0 / 15.0;

    /// <summary>The agency's short name for it, as it may stand in a file name: the same letters as a signal's id.</summary>
    public required string Id { get; init; }

    /// <summary>The street, as people call it.</summary>
    public string Name { get; init; } = "";

    /// <summary>The way traffic is headed that meets the first signal first.</summary>
    public TravelDirection Forward { get; init; }

    /// <summary>The other way.</summary>
    public TravelDirection Backward { get; init; }

    /// <summary>At least one, by rising distance, no signal twice.</summary>
    public required ImmutableArray<CorridorSignal> Signals { get; init; }

    /// <summary>Index of a signal in <see cref="Signals"/>; null when it is not on the corridor.</summary>
    public int? FindIndex(SignalId signal)
    {
        for (var i = 0; i < Signals.Length; i++)
        {
            if (Signals[i].Signal == signal)
            {
                return i;
            }
        }

        return null;
    }

    /// <summary>Seconds from the stop bar of one signal to that of the next, at the link's speed, either way.</summary>
    /// <param name="link">0 for the link from the first signal to the second.</param>
    /// <returns>Null when no speed is known.</returns>
    public double? TravelTimeS(int link) => Signals[link].SpeedMphToNext is > 0 and var mph
        ? (Signals[link + 1].DistanceFt - Signals[link].DistanceFt) / (FeetPerSecondPerMph * mph)
        : null;

    /// <summary>The group that serves the corridor's traffic at a signal; null when none is given.</summary>
    public SignalGroup? GroupAt(int index, bool forward) => forward ? Signals[index].ForwardGroup : Signals[index].BackwardGroup;
}

/// <summary>A signal's place on a corridor.</summary>
public sealed record CorridorSignal
{
    public required SignalId Signal { get; init; }

    /// <summary>Feet along the street from the first signal's stop bar, 0 or more.</summary>
    public double DistanceFt { get; init; }

    /// <summary>Speed of a platoon on the link to the next signal, in miles per hour; null when unknown, and at the last signal.</summary>
    public double? SpeedMphToNext { get; init; }

    /// <summary>What serves forward through traffic here; null when nothing does (the end of a one-way street).</summary>
    public SignalGroup? ForwardGroup { get; init; }

    /// <summary>What serves backward through traffic here; null when nothing does.</summary>
    public SignalGroup? BackwardGroup { get; init; }
}
