using System.Collections.Immutable;
using Crosstown.Core.Street;
using Crosstown.Measures.BuildingBlocks;

namespace Crosstown.Server.Public.Counts;

/// <summary>What is counted for the public.</summary>
public enum CountSubject
{
    /// <summary>Vehicles that passed a counting detector.</summary>
    Vehicles,

    /// <summary>Button presses for a walk, each by someone new; they say how much a crosswalk is used, not how many people walk.</summary>
    PedestrianCalls,
}

/// <summary>A place on the street of which counts are published: one movement or one approach of vehicles, or one crosswalk's phase.</summary>
/// <remarks>
/// Of one direction there are its movements or its approach, never both: an approach is the total of its movements, and a total shows what is
/// withheld (rule P14). Places follow from the configuration alone. A place without passers is published like any other, because a
/// cell that is not there would say zero.
/// </remarks>
/// <param name="Direction">The way vehicles are headed; unknown for crosswalks, and where the configuration does not say.</param>
/// <param name="Group">The phase or overlap; null where the direction says enough.</param>
/// <param name="Movement">Null for an approach as a whole and for crosswalks.</param>
internal sealed record CountedPlace(CountSubject Subject, TravelDirection Direction, SignalGroup? Group, LaneMovement? Movement)
{
    /// <summary>The places of a signal, in the order in which people read them.</summary>
    public static ImmutableArray<CountedPlace> List(SignalConfiguration configuration)
    {
        var lanes = ApproachGroup.List(configuration, DetectorFunctions.LaneByLaneCount)
            .SelectMany(g => g.Detectors.Select(d => new CountedPlace(CountSubject.Vehicles, g.Direction, GroupOf(g), d.Movement))).Distinct().ToArray();
        var approaches = ApproachGroup.List(configuration, DetectorFunctions.AdvanceCount)
            .Select(g => new CountedPlace(CountSubject.Vehicles, g.Direction, GroupOf(g), null)).Distinct()
            .Where(a => !lanes.Any(l => (l.Direction, l.Group) == (a.Direction, a.Group)));
        var crosswalks = configuration.PedestrianButtons.Select(b => b.Phase).Distinct()
            .Select(p => new CountedPlace(CountSubject.PedestrianCalls, TravelDirection.Unknown, SignalGroup.Phase(p), null));
        return [.. lanes.Concat(approaches).Concat(crosswalks).OrderBy(p => p.Subject).ThenBy(p => p.Direction).ThenBy(p => p.Group?.IsOverlap).ThenBy(p => p.Group?.Number).ThenBy(p => p.Movement)];
    }

    private static SignalGroup? GroupOf(ApproachGroup group) => group.Direction == TravelDirection.Unknown ? group.Group : null;
}
