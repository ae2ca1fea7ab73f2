using Crosstown.Core.Networks;

namespace Crosstown.Simulation.Vehicles;

/// <summary>Which crossings lead from one street's sidewalk to another's.</summary>
internal sealed class FootWays
{
    private readonly StreetLayout _streets;
    private readonly List<(int Lane, bool IsForward)>[] _beside;
    private readonly Dictionary<(int From, int To), List<(int Lane, bool IsReversed)>?> _known = [];

    public FootWays(StreetLayout streets)
    {
        _streets = streets;
        _beside = new List<(int, bool)>[streets.LaneCount];
        foreach (var connection in streets.Network.Connections)
        {
            if (IsForWalkers(connection.FromLane) && IsForWalkers(connection.ToLane))
            {
                (_beside[connection.FromLane] ??= []).Add((connection.ToLane, true));
                (_beside[connection.ToLane] ??= []).Add((connection.FromLane, false));
            }
        }
    }

    /// <summary>The crossings in order, and whether each is walked against its drawing; null when the sidewalks do not meet.</summary>
    public List<(int Lane, bool IsReversed)>? Find(int fromEdge, int toEdge)
    {
        if (!_known.TryGetValue((fromEdge, toEdge), out var ways))
        {
            _known.Add((fromEdge, toEdge), ways = Search(fromEdge, toEdge));
        }

        return ways;
    }

    private bool IsForWalkers(int lane) => (_streets.Network.Lanes[lane].Allowed & RoadUsers.Pedestrian) != 0 || FunctionOf(lane) is EdgeFunction.Crossing or EdgeFunction.WalkingArea;

    private EdgeFunction FunctionOf(int lane) => _streets.Network.Edges[_streets.EdgeOf[lane]].Function;

    private List<(int Lane, bool IsReversed)>? Search(int fromEdge, int toEdge)
    {
        var came = new Dictionary<int, (int From, bool IsForward)>();
        var queue = new Queue<int>();
        foreach (var lane in _streets.Network.Edges[fromEdge].Lanes.Where(l => (_streets.Network.Lanes[l].Allowed & RoadUsers.Pedestrian) != 0))
        {
            came.Add(lane, (-1, true));
            queue.Enqueue(lane);
        }

        while (queue.TryDequeue(out var lane))
        {
            if (_streets.EdgeOf[lane] == toEdge)
            {
                return Trace(came, lane);
            }

            // Other streets are not walked on the way; only what lies inside the junction is.
            if (FunctionOf(lane) == EdgeFunction.Street && _streets.EdgeOf[lane] != fromEdge)
            {
                continue;
            }

            foreach (var (next, isForward) in _beside[lane] ?? [])
            {
                if (came.TryAdd(next, (lane, isForward)))
                {
                    queue.Enqueue(next);
                }
            }
        }

        return null;
    }

    private List<(int Lane, bool IsReversed)> Trace(Dictionary<int, (int From, bool IsForward)> came, int lane)
    {
        var crossings = new List<(int, bool)>();
        for (var at = lane; at >= 0; at = came[at].From)
        {
            if (FunctionOf(at) == EdgeFunction.Crossing)
            {
                crossings.Add((at, !came[at].IsForward));
            }
        }

        crossings.Reverse();
        return crossings;
    }
}
