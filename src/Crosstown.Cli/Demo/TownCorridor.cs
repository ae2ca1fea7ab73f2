using System.Collections.Immutable;
using Crosstown.Core.Street;
using Crosstown.Simulation.Towns;

namespace Crosstown.Cli.Demo;

/// <summary>The town's longest street, as a corridor.</summary>
internal static class TownCorridor
{
    /// <summary>The longest chain of links that runs one way; null when no street joins two signals.</summary>
    public static Corridor? Find(Town town)
    {
        var chain = town.Links.GroupBy(l => l.Direction).SelectMany(g => Chains([.. g])).OrderByDescending(c => c.Count).ThenBy(c => c[0].Direction).FirstOrDefault();
        if (chain is null)
        {
            return null;
        }

        var forward = chain[0].Direction;
        var backward = Opposite(forward);
        var signals = ImmutableArray.CreateBuilder<CorridorSignal>();
        double distanceFt = 0;
        for (var i = 0; i <= chain.Count; i++)
        {
            var id = i < chain.Count ? chain[i].From : chain[^1].To;
            var configuration = town.FindSignal(id)!.Configuration;
            signals.Add(new CorridorSignal
            {
                Signal = id,
                DistanceFt = distanceFt,
                SpeedMphToNext = i < chain.Count ? chain[i].SpeedMph : null,
                ForwardGroup = ThroughGroup(configuration, forward),
                BackwardGroup = ThroughGroup(configuration, backward),
            });
            distanceFt += i < chain.Count ? chain[i].LengthFt : 0;
        }

        return new Corridor { Id = "main", Name = StreetOfAll(signals.Select(s => town.FindSignal(s.Signal)!.Configuration.Name)), Forward = forward, Backward = backward, Signals = signals.ToImmutable() };
    }

    /// <summary>The street that all the crossings name; empty when there is none.</summary>
    private static string StreetOfAll(IEnumerable<string> crossings) =>
        crossings.Select(c => c.Split(" & ").AsEnumerable()).Aggregate((a, b) => a.Intersect(b, StringComparer.Ordinal)).FirstOrDefault("");

    private static IEnumerable<List<TownLink>> Chains(TownLink[] links)
    {
        foreach (var first in links.Where(l => !Array.Exists(links, o => o.To == l.From)))
        {
            var chain = new List<TownLink> { first };
            while (Array.Find(links, l => l.From == chain[^1].To) is { } next)
            {
                chain.Add(next);
            }

            yield return chain;
        }
    }

    /// <summary>The group of the approach headed that way whose lanes go through.</summary>
    private static SignalGroup? ThroughGroup(SignalConfiguration configuration, TravelDirection direction)
    {
        var through = configuration.Detectors.Where(d => d.Movement is LaneMovement.Through or LaneMovement.ThroughRight or LaneMovement.LeftThroughRight or LaneMovement.ThroughLeft).Select(d => d.ApproachId).ToHashSet();
        return configuration.Approaches.FirstOrDefault(a => a.Direction == direction && through.Contains(a.Id))?.Protected;
    }

    private static TravelDirection Opposite(TravelDirection direction) => direction switch
    {
        TravelDirection.Northbound => TravelDirection.Southbound,
        TravelDirection.Southbound => TravelDirection.Northbound,
        TravelDirection.Eastbound => TravelDirection.Westbound,
        TravelDirection.Westbound => TravelDirection.Eastbound,
        _ => TravelDirection.Unknown,
    };
}
