using System.Collections.Immutable;
using Crosstown.Core.Street;
using Crosstown.Simulation.Towns;

namespace Crosstown.Server.Towns;

/// <summary>The town's streets with signals in a row, as corridors.</summary>
internal static class TownCorridors
{
    /// <summary>The fewest signals that make a street worth timing as one.</summary>
    private const int LeastSignals = 3;

    /// <summary>The longest street; null when no street joins two signals.</summary>
    public static Corridor? FindLongest(Town town) => Chains(town).Select(c => Build(town, c, "main")).FirstOrDefault();

    /// <summary>Every street with three signals or more, eastward or northward, the longest first.</summary>
    public static IReadOnlyList<Corridor> ListAll(Town town) =>
    [
        .. Chains(town)
            .Where(c => c.Count + 1 >= LeastSignals && c[0].Direction is TravelDirection.Eastbound or TravelDirection.Northbound)
            .Select(c => Build(town, c, null)),
    ];

    private static IEnumerable<List<TownLink>> Chains(Town town) =>
        town.Links.GroupBy(l => l.Direction).SelectMany(g => Chains([.. g])).OrderByDescending(c => c.Count).ThenBy(c => c[0].Direction);

    private static Corridor Build(Town town, List<TownLink> chain, string? id)
    {
        var forward = chain[0].Direction;
        var backward = Opposite(forward);
        var signals = ImmutableArray.CreateBuilder<CorridorSignal>();
        double distanceFt = 0;
        for (var i = 0; i <= chain.Count; i++)
        {
            var signal = i < chain.Count ? chain[i].From : chain[^1].To;
            var configuration = town.FindSignal(signal)!.Configuration;
            signals.Add(new CorridorSignal
            {
                Signal = signal,
                DistanceFt = distanceFt,
                SpeedMphToNext = i < chain.Count ? chain[i].SpeedMph : null,
                ForwardGroup = ThroughGroup(configuration, forward),
                BackwardGroup = ThroughGroup(configuration, backward),
            });
            distanceFt += i < chain.Count ? chain[i].LengthFt : 0;
        }

        var name = StreetOfAll(signals.Select(s => town.FindSignal(s.Signal)!.Configuration.Name));
        return new Corridor { Id = id ?? name.Split(' ')[0].ToLowerInvariant(), Name = name, Forward = forward, Backward = backward, Signals = signals.ToImmutable() };
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
