using System.Collections.Immutable;
using Crosstown.Core.Controllers;
using Crosstown.Core.Street;

namespace Crosstown.Core.Networks;

/// <summary>How a ring-barrier cabinet and the links of a road network belong together.</summary>
public sealed record CabinetLinks
{
    public required SignalId Signal { get; init; }

    public required ControllerProgram Program { get; init; }

    /// <summary>
    /// The reference: a state for each set of phases that can be green together, in the order of <see cref="Sets"/>. It is no program that runs; it says what each set shows.
    /// </summary>
    public required FixedProgram Reference { get; init; }

    /// <summary>Sets of phases by the states of <see cref="Reference"/>; bit n for phase n.</summary>
    public required ImmutableArray<uint> Sets { get; init; }

    /// <summary>Least green by link, s.</summary>
    public required ImmutableArray<int> LeastGreenS { get; init; }

    /// <summary>Detectors of this signal, as indices among the equipment's.</summary>
    public required ImmutableArray<CabinetZone> Zones { get; init; }
}

/// <summary>A zone of an approach lane, the place of those who wait for a walk, or a zone upstream.</summary>
/// <param name="Detector">Index among the equipment's detectors; -1 where nothing is sensed.</param>
/// <param name="Loop">Index of the loop that counts who leaves it; -1 without one.</param>
/// <param name="Phase">The phase that is called by who stands there; 0 for none.</param>
public sealed record CabinetZone(int Detector, int Loop, byte Phase);
