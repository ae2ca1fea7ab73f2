using Crosstown.Core.Networks;

namespace Crosstown.Simulation.Sumo;

/// <summary>What files of SUMO call the parts of a network.</summary>
internal static class SumoNames
{
    public static Dictionary<string, int> Lanes(RoadNetwork network)
    {
        var lanes = new Dictionary<string, int>(network.Lanes.Length, StringComparer.Ordinal);
        for (var i = 0; i < network.Lanes.Length; i++)
        {
            lanes[network.Lanes[i].Name] = i;
        }

        return lanes;
    }

    public static Dictionary<string, int> Edges(RoadNetwork network)
    {
        var edges = new Dictionary<string, int>(network.Edges.Length, StringComparer.Ordinal);
        for (var i = 0; i < network.Edges.Length; i++)
        {
            edges[network.Edges[i].Name] = i;
        }

        return edges;
    }

    /// <summary>A place on a lane: negative ones count from its end, and none lies outside.</summary>
    public static double Place(double at, double lengthM) => Math.Clamp(at < 0 ? lengthM + at : at, 0, lengthM);
}
