using Crosstown.Core.Networks;

namespace Crosstown.Simulation.Vehicles;

/// <summary>For each lane on the way of a route: which lane is better, how far this one leads, and which connection comes next.</summary>
internal sealed class RouteTable
{
    /// <summary>Lanes that lead on farther than this are equally good, m.</summary>
    private const double HorizonM = 1500;

    /// <summary>In less than this nobody can change lanes, m.</summary>
    private const double TrapM = 12;

    private readonly StreetLayout _streets;
    private readonly Dictionary<(int First, int Last, int Count, RoadUsers User), List<int>> _known = [];
    private readonly List<Route> _routes = [];

    public RouteTable(StreetLayout streets) => _streets = streets;

    public Route this[int index] => _routes[index];

    public int Count => _routes.Count;

    /// <summary>The index of a route for a class of users; -1 with the first edge that leads nowhere when it cannot be driven.</summary>
    public int Find(ReadOnlySpan<int> edges, RoadUsers user, out int brokenAt)
    {
        brokenAt = -1;
        var key = (edges[0], edges[^1], edges.Length, user);
        if (!_known.TryGetValue(key, out var alike))
        {
            _known.Add(key, alike = []);
        }

        foreach (var index in alike)
        {
            if (_routes[index].Edges.AsSpan().SequenceEqual(edges))
            {
                return index;
            }
        }

        var route = Build(edges, user, out brokenAt);
        if (route is null)
        {
            return -1;
        }

        _routes.Add(route);
        alike.Add(_routes.Count - 1);
        return _routes.Count - 1;
    }

    private Route? Build(ReadOnlySpan<int> edges, RoadUsers user, out int brokenAt)
    {
        brokenAt = -1;
        var network = _streets.Network;
        var route = new Route(edges.ToArray());
        var total = 0;
        for (var i = 0; i < edges.Length; i++)
        {
            route.LaneStart[i] = total;
            total += network.Edges[edges[i]].Lanes.Length;
        }

        route.LaneStart[edges.Length] = total;
        route.Offset = new sbyte[total];
        route.UsableM = new double[total];
        route.Link = new int[total];
        for (var i = edges.Length - 1; i >= 0; i--)
        {
            var lanes = network.Edges[edges[i]].Lanes;
            var farthest = -1.0;
            for (var p = 0; p < lanes.Length; p++)
            {
                var at = route.LaneStart[i] + p;
                route.Link[at] = -1;
                if ((network.Lanes[lanes[p]].Allowed & user) == 0)
                {
                    route.UsableM[at] = -1;
                    continue;
                }

                if (i == edges.Length - 1)
                {
                    route.UsableM[at] = _streets.LengthM[lanes[p]] + HorizonM;
                }
                else
                {
                    Continue(route, i, p, lanes[p], user);
                }

                farthest = Math.Max(farthest, route.UsableM[at]);
            }

            // A lane that leads only onto the short end of another is a trap: better to change before it.
            for (var p = 0; i < edges.Length - 1 && p < lanes.Length; p++)
            {
                var at = route.LaneStart[i] + p;
                if (route.Link[at] >= 0 && route.UsableM[at] < farthest - 1 && route.UsableM[at] < _streets.LengthM[lanes[p]] + TrapM)
                {
                    route.Link[at] = -1;
                }
            }

            var leadsOn = i == edges.Length - 1;
            for (var p = 0; p < lanes.Length; p++)
            {
                leadsOn |= route.Link[route.LaneStart[i] + p] >= 0;
                route.Offset[route.LaneStart[i] + p] = ToBest(route, i, p, lanes.Length, farthest);
            }

            if (farthest < 0 || !leadsOn)
            {
                brokenAt = edges[i];
                return null;
            }
        }

        return route;
    }

    private void Continue(Route route, int step, int position, int lane, RoadUsers user)
    {
        var network = _streets.Network;
        var at = route.LaneStart[step] + position;
        var next = route.Edges[step + 1];
        var best = -1.0;
        var bestOff = int.MaxValue;
        foreach (var link in _streets.Outgoing[lane])
        {
            var to = _streets.ToLane[link];
            if (_streets.EdgeOf[to] != next || (network.Lanes[to].Allowed & user) == 0)
            {
                continue;
            }

            var there = network.Lanes[to].Position;
            var usable = Math.Min(HorizonM, route.UsableM[route.LaneStart[step + 1] + there]);
            var off = Math.Abs(there - position);
            if (usable > best + 1 || (usable > best - 1 && off < bestOff))
            {
                best = Math.Max(best, usable);
                bestOff = off;
                route.Link[at] = link;
            }
        }

        route.UsableM[at] = _streets.LengthM[lane] + Math.Max(0, best);
    }

    private static sbyte ToBest(Route route, int step, int position, int lanes, double farthest)
    {
        for (var away = 0; away < lanes; away++)
        {
            foreach (var p in (ReadOnlySpan<int>)[position - away, position + away])
            {
                if (p >= 0 && p < lanes && route.UsableM[route.LaneStart[step] + p] >= farthest - 1)
                {
                    return (sbyte)(p - position);
                }
            }
        }

        return 0;
    }

    internal sealed class Route(int[] edges)
    {
        public int[] Edges { get; } = edges;

        /// <summary>Where the lanes of each edge begin in the arrays below.</summary>
        public int[] LaneStart { get; } = new int[edges.Length + 1];

        /// <summary>How many lanes to the left (negative: right) the nearest best lane is.</summary>
        public sbyte[] Offset { get; set; } = [];

        /// <summary>From the lane's begin, how far one gets without changing lanes, m; below 0 where the class may not drive.</summary>
        public double[] UsableM { get; set; } = [];

        /// <summary>The connection to take from each lane; -1 where none leads on.</summary>
        public int[] Link { get; set; } = [];
    }
}
