using System.Collections.Immutable;

namespace Crosstown.Server.Public;

/// <summary>How well the signals of an area serve, in one word.</summary>
public enum AreaService
{
    /// <summary>No signal of the area is heard.</summary>
    Unknown,

    /// <summary>Nine of ten signals are in service, or more.</summary>
    Good,

    /// <summary>Six of ten or more.</summary>
    Reduced,

    /// <summary>Fewer.</summary>
    Poor,
}

/// <summary>An area and how its signals are: a street whose signals are timed together, or all others.</summary>
/// <param name="Id">The corridor's id; <c>other</c> for signals on none.</param>
/// <param name="Name">The street.</param>
/// <param name="Signals">How many signals it has.</param>
/// <param name="InService">Of these, heard and without a finding; serving a train or a fire engine is service too.</param>
/// <param name="NeedsWork">Heard, and something about them needs a look.</param>
/// <param name="NotReporting">Not heard now. They may work all the same.</param>
/// <param name="Service">The area in one word.</param>
/// <param name="Places">Longitude and latitude of its signals, in order along the street.</param>
public sealed record AreaStatus(string Id, string Name, int Signals, int InService, int NeedsWork, int NotReporting, AreaService Service, ImmutableArray<(double Longitude, double Latitude)> Places);

/// <summary>How the city's signals are, by area and quarter of an hour (rule P15).</summary>
/// <param name="FromMs">Begin of the quarter of an hour, ms UTC.</param>
/// <param name="ToMs">Its end: what is said holds until then.</param>
/// <param name="City">All signals, each once.</param>
/// <param name="Areas">In the order in which the city lists its corridors; a signal where two cross counts with both.</param>
public sealed record PublicStatus(long FromMs, long ToMs, AreaStatus City, ImmutableArray<AreaStatus> Areas);
