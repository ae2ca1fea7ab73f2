using System.Collections.Immutable;

namespace Crosstown.Core.Networks;

/// <summary>Finds the fastest way through a network at the speed limits.</summary>
/// <remarks>Ways over equal times are chosen by edge index, so the answer never depends on the order of questions.</remarks>
public sealed class RoadRouting
{
    private readonly RoadNetwork _network;
    private readonly int[][] _next;
    private readonly int[][] _neighbors;

    public RoadRouting(RoadNetwork network)
    {
        _network = network;
        _next = Follow(network);
        _neighbors = Touch(network);
    }

    /// <summary>The fastest way by car from one edge to another, both included; null when there is none.</summary>
    public ImmutableArray<int>? FindRoute(int from, int to, RoadUsers user) =>
        Search(from, to, edge => _next[edge], edge => TravelS(edge, user));

    /// <summary>The shortest walk from one edge to another along streets in either direction, both included; null when there is none.</summary>
    public ImmutableArray<int>? FindWalk(int from, int to) =>
        Search(from, to, edge => _neighbors[edge], WalkM);

    /// <summary>True when a lane of the second edge can be reached from a lane of the first.</summary>
    public bool Connects(int edge, int next) => Array.IndexOf(_next[edge], next) >= 0;

    private static int[][] Follow(RoadNetwork network)
    {
        var sets = new SortedSet<int>[network.Edges.Length];
        foreach (var connection in network.Connections)
        {
            var from = network.Lanes[connection.FromLane].Edge;
            var to = network.Lanes[connection.ToLane].Edge;
            if (network.Edges[from].Function == EdgeFunction.Street && network.Edges[to].Function == EdgeFunction.Street)
            {
                (sets[from] ??= []).Add(to);
            }
        }

        return [.. sets.Select(s => s?.ToArray() ?? [])];
    }

    private static int[][] Touch(RoadNetwork network)
    {
        var atJunction = new List<int>[network.Junctions.Length];
        for (var e = 0; e < network.Edges.Length; e++)
        {
            var edge = network.Edges[e];
            if (edge.Function == EdgeFunction.Street && edge.Lanes.Any(l => network.Lanes[l].Allowed.HasFlag(RoadUsers.Pedestrian)))
            {
                (atJunction[edge.From] ??= []).Add(e);
                (atJunction[edge.To] ??= []).Add(e);
            }
        }

        var neighbors = new int[network.Edges.Length][];
        for (var e = 0; e < neighbors.Length; e++)
        {
            var edge = network.Edges[e];
            neighbors[e] = edge.Function != EdgeFunction.Street
                ? []
                : [.. (atJunction[edge.From] ?? []).Concat(atJunction[edge.To] ?? []).Where(o => o != e).Distinct().Order()];
        }

        return neighbors;
    }

    private double TravelS(int edge, RoadUsers user)
    {
        var best = double.PositiveInfinity;
        foreach (var lane in _network.Edges[edge].Lanes)
        {
            var l = _network.Lanes[lane];
            if ((l.Allowed & user) != 0)
            {
                best = Math.Min(best, l.LengthM / l.SpeedMps);
            }
        }

        return best;
    }

    private double WalkM(int edge) => _network.Lanes[_network.Edges[edge].Lanes[0]].LengthM;

    private static ImmutableArray<int>? Search(int from, int to, Func<int, int[]> next, Func<int, double> cost)
    {
        if (!double.IsFinite(cost(from)) || !double.IsFinite(cost(to)))
        {
            return null;
        }

        var best = new Dictionary<int, (double Cost, int Before)> { [from] = (0, -1) };
        var queue = new PriorityQueue<int, (double, int)>();
        var isDone = new HashSet<int>();
        queue.Enqueue(from, (0, from));
        while (queue.TryDequeue(out var edge, out _))
        {
            if (!isDone.Add(edge))
            {
                continue;
            }

            if (edge == to)
            {
                return Trace(best, to);
            }

            foreach (var other in next(edge))
            {
                var reached = best[edge].Cost + cost(other);
                if (double.IsFinite(reached) && !isDone.Contains(other) && (!best.TryGetValue(other, out var known) || reached < known.Cost))
                {
                    best[other] = (reached, edge);
                    queue.Enqueue(other, (reached, other));
                }
            }
        }

        return null;
    }

    private static ImmutableArray<int> Trace(Dictionary<int, (double Cost, int Before)> best, int to)
    {
        var way = new List<int>();
        for (var edge = to; edge >= 0; edge = best[edge].Before)
        {
            way.Add(edge);
        }

        way.Reverse();
        return [.. way];
    }
}
