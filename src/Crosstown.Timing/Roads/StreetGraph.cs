using Crosstown.Core.Networks;

namespace Crosstown.Timing.Roads;

/// <summary>A network and its demand, laid out for the lane-queue model: what no plan changes.</summary>
internal sealed class StreetGraph
{
    /// <summary>Edges shorter than this leave no room to change lanes, so the lane is chosen one edge earlier, m.</summary>
    private const double LaneChangeM = 120;

    private readonly Dictionary<(int, int, int), int> _choices = [];
    private readonly List<int> _choiceStart = [0];
    private readonly List<int> _choiceLane = [];
    private readonly List<int> _choiceConnection = [];

    public StreetGraph(RoadNetwork network, RoadDemand demand)
    {
        Network = network;
        Kinds = [.. demand.Kinds];
        var signals = network.Connections.Where(c => c.Signal is not null).Select(c => c.Signal!).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        SignalNames = signals;
        var signalOf = signals.Select((s, i) => (s, i)).ToDictionary(p => p.s, p => p.i, StringComparer.Ordinal);
        var count = network.Connections.Length;
        FromLane = new int[count];
        ToLane = new int[count];
        Signal = new int[count];
        Link = new int[count];
        InsideM = new double[count];
        SpeedMps = new double[count];
        InsideS = new double[count];
        PastWaitingM = new double[count];
        Waiting = new int[count];
        Yields = new int[count][];
        Crosses = new int[count][];
        Behind = new int[count][];
        var next = NextInside(network);
        for (var c = 0; c < count; c++)
        {
            var connection = network.Connections[c];
            FromLane[c] = connection.FromLane;
            ToLane[c] = connection.ToLane;
            Signal[c] = connection.Signal is null ? -1 : signalOf[connection.Signal];
            Link[c] = connection.SignalLink;
            var speed = Math.Min(network.Lanes[connection.FromLane].SpeedMps, network.Lanes[connection.ToLane].SpeedMps);
            var steps = 0;
            for (var lane = connection.ViaLane; lane >= 0 && steps < 8; lane = next[lane])
            {
                InsideM[c] += network.Lanes[lane].LengthM;
                InsideS[c] += network.Lanes[lane].LengthM / network.Lanes[lane].SpeedMps;
                speed = Math.Min(speed, network.Lanes[lane].SpeedMps);
                steps++;
            }

            SpeedMps[c] = Math.Max(1, speed);
            PastWaitingM[c] = connection.WaitsInside && steps > 1 ? InsideM[c] - network.Lanes[connection.ViaLane].LengthM : InsideM[c];
            Waiting[c] = connection.WaitsInside && connection.ViaLane >= 0 ? Math.Max(1, (int)(network.Lanes[connection.ViaLane].LengthM / 7.5)) : 0;
            Yields[c] = [.. connection.YieldsTo.Where(IsForVehicles)];
            Crosses[c] = [.. connection.Foes.Where(IsForVehicles)];
        }

        var fromLane = Enumerable.Range(0, count).ToLookup(c => FromLane[c]);
        for (var c = 0; c < count; c++)
        {
            Behind[c] = [.. fromLane[FromLane[c]].Where(o => o != c && Waiting[o] > 0 && IsBlockedBy(network, c, o))];
        }

        var positions = demand.Trips.Sum(t => t.Edges.Length);
        TripStart = new int[demand.Trips.Length + 1];
        Choice = new int[positions];
        TripEdge = new int[positions];
        Trips = [.. demand.Trips];
        var at = 0;
        for (var v = 0; v < demand.Trips.Length; v++)
        {
            var edges = demand.Trips[v].Edges;
            TripStart[v] = at;
            for (var i = 0; i < edges.Length; i++)
            {
                TripEdge[at] = edges[i];
                Choice[at++] = ChoiceFor(edges[i], i + 1 < edges.Length ? edges[i + 1] : -1, i + 2 < edges.Length ? edges[i + 2] : -1, Kinds[demand.Trips[v].Kind].Class);
            }
        }

        TripStart[^1] = at;
        ChoiceStart = [.. _choiceStart];
        ChoiceLane = [.. _choiceLane];
        ChoiceConnection = [.. _choiceConnection];

        bool IsForVehicles(int c)
        {
            var connection = network.Connections[c];
            return network.Edges[network.Lanes[connection.FromLane].Edge].Function == EdgeFunction.Street
                && network.Edges[network.Lanes[connection.ToLane].Edge].Function == EdgeFunction.Street;
        }
    }

    public RoadNetwork Network { get; }

    public VehicleKind[] Kinds { get; }

    public RouteDemand[] Trips { get; }

    public string[] SignalNames { get; }

    public int[] FromLane { get; }

    public int[] ToLane { get; }

    /// <summary>Index into <see cref="SignalNames"/>; -1 for none.</summary>
    public int[] Signal { get; }

    public int[] Link { get; }

    /// <summary>Length of the way over the junction, m.</summary>
    public double[] InsideM { get; }

    /// <summary>Length of the way from where a vehicle may wait inside the junction; the whole way where it may not, m.</summary>
    public double[] PastWaitingM { get; }

    /// <summary>Time over the junction at its limits, s.</summary>
    public double[] InsideS { get; }

    /// <summary>The least limit on the way, m/s.</summary>
    public double[] SpeedMps { get; }

    /// <summary>Vehicles that can wait for a gap inside the junction.</summary>
    public int[] Waiting { get; }

    public int[][] Yields { get; }

    public int[][] Crosses { get; }

    /// <summary>Ways from the same lane on which a vehicle that waits inside the junction stands in the way.</summary>
    public int[][] Behind { get; }

    /// <summary>Where the places of each trip begin in <see cref="Choice"/>; one more at the end.</summary>
    public int[] TripStart { get; }

    public int[] TripEdge { get; }

    /// <summary>Which list of lanes a trip may take at each of its edges.</summary>
    public int[] Choice { get; }

    public int[] ChoiceStart { get; }

    public int[] ChoiceLane { get; }

    /// <summary>The connection that leads on from the lane; -1 on the last edge.</summary>
    public int[] ChoiceConnection { get; }

    private static int[] NextInside(RoadNetwork network)
    {
        var next = new int[network.Lanes.Length];
        Array.Fill(next, -1);
        foreach (var connection in network.Connections)
        {
            if (network.Edges[network.Lanes[connection.FromLane].Edge].Function == EdgeFunction.Inside)
            {
                next[connection.FromLane] = connection.ViaLane;
            }
        }

        return next;
    }

    /// <summary>True when the rear of a vehicle that waits on a way is still beside, not clear of, another way from the same lane.</summary>
    private static bool IsBlockedBy(RoadNetwork network, int connection, int waiting)
    {
        const double VehicleM = 5;
        const double ClearM = 2.2;
        var wait = network.Lanes[network.Connections[waiting].ViaLane];
        var via = network.Connections[connection].ViaLane;
        var rearM = wait.LengthM - VehicleM;
        return rearM <= 0 || via < 0 || PointAt(wait.Shape, rearM).DistanceTo(PointAt(network.Lanes[via].Shape, rearM)) < ClearM;
    }

    private static RoadPoint PointAt(IReadOnlyList<RoadPoint> shape, double atM)
    {
        for (var i = 1; i < shape.Count; i++)
        {
            var lengthM = shape[i - 1].DistanceTo(shape[i]);
            if (atM <= lengthM && lengthM > 0)
            {
                var share = atM / lengthM;
                return new RoadPoint(double.Lerp(shape[i - 1].X, shape[i].X, share), double.Lerp(shape[i - 1].Y, shape[i].Y, share));
            }

            atM -= lengthM;
        }

        return shape[^1];
    }

    private int ChoiceFor(int edge, int next, int afterNext, RoadUsers users)
    {
        var key = (edge, next, afterNext < 0 || Network.Lanes[Network.Edges[next].Lanes[0]].LengthM > LaneChangeM ? -1 : afterNext);
        if (_choices.TryGetValue(key, out var known))
        {
            return known;
        }

        var options = new List<(int Lane, int Connection)>();
        if (next < 0)
        {
            options.AddRange(Network.Edges[edge].Lanes.Where(l => (Network.Lanes[l].Allowed & users) != 0).Select(l => (l, -1)));
        }
        else
        {
            var all = Leading(edge, next, users).ToList();
            var further = key.Item3 < 0 ? all : all.Where(o => Leading(next, key.Item3, users).Any(p => p.Lane == ToLane[o.Connection])).ToList();
            options.AddRange(further.Count > 0 ? further : all);
        }

        if (options.Count == 0)
        {
            options.Add((Network.Edges[edge].Lanes[^1], -1));
        }

        foreach (var (lane, connection) in options)
        {
            _choiceLane.Add(lane);
            _choiceConnection.Add(connection);
        }

        _choiceStart.Add(_choiceLane.Count);
        _choices.Add(key, _choiceStart.Count - 2);
        return _choiceStart.Count - 2;
    }

    private IEnumerable<(int Lane, int Connection)> Leading(int edge, int next, RoadUsers users)
    {
        for (var c = 0; c < FromLane.Length; c++)
        {
            if (Network.Lanes[FromLane[c]].Edge == edge && Network.Lanes[ToLane[c]].Edge == next
                && (Network.Lanes[FromLane[c]].Allowed & users) != 0 && (Network.Lanes[ToLane[c]].Allowed & users) != 0)
            {
                yield return (FromLane[c], c);
            }
        }
    }
}
