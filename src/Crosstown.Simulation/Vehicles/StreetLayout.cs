using Crosstown.Core.Networks;

namespace Crosstown.Simulation.Vehicles;

/// <summary>A road network as the engine drives on it: flat arrays, indexed as in the network.</summary>
/// <remarks>
/// A track is what vehicles stand on one behind the other: a lane (its index), or the way of a connection over a junction (number of lanes
/// plus index of the connection).
/// </remarks>
internal sealed class StreetLayout
{
    /// <summary>Half the width that two crossing ways need, m.</summary>
    public const double ConflictM = 2;

    private const double StandingRoomM = 6;

    public StreetLayout(RoadNetwork network)
    {
        Network = network;
        LaneCount = network.Lanes.Length;
        LinkCount = network.Connections.Length;
        LengthM = new double[LaneCount + LinkCount];
        LimitMps = new double[LengthM.Length];
        EdgeOf = new int[LaneCount];
        IsStreet = new bool[LaneCount];
        IsDriven = new bool[LinkCount];
        IsWalked = new bool[LinkCount];
        WaitM = new double[LinkCount];
        FromLane = new int[LinkCount];
        ToLane = new int[LinkCount];
        var incoming = new List<int>[LaneCount];
        var outgoing = new List<int>[LaneCount];
        for (var l = 0; l < LaneCount; l++)
        {
            LengthM[l] = network.Lanes[l].LengthM;
            LimitMps[l] = network.Lanes[l].SpeedMps;
            EdgeOf[l] = network.Lanes[l].Edge;
            IsStreet[l] = network.Edges[EdgeOf[l]].Function == EdgeFunction.Street;
            incoming[l] = [];
            outgoing[l] = [];
        }

        for (var c = 0; c < LinkCount; c++)
        {
            outgoing[network.Connections[c].FromLane].Add(c);
        }

        var shapes = new RoadPoint[LinkCount][];
        for (var c = 0; c < LinkCount; c++)
        {
            var connection = network.Connections[c];
            FromLane[c] = connection.FromLane;
            ToLane[c] = connection.ToLane;
            IsDriven[c] = IsStreet[connection.FromLane] && IsStreet[connection.ToLane];
            IsWalked[c] = network.Edges[EdgeOf[connection.ToLane]].Function == EdgeFunction.Crossing;
            shapes[c] = IsWalked[c] ? [.. network.Lanes[connection.ToLane].Shape] : DrawPath(c, outgoing);
            if (IsDriven[c])
            {
                incoming[connection.ToLane].Add(c);
            }
        }

        Incoming = [.. incoming.Select(i => i.ToArray())];
        Outgoing = [.. outgoing.Select(o => o.Where(c => IsDriven[c]).ToArray())];
        Foes = new Foe[LinkCount][];
        for (var c = 0; c < LinkCount; c++)
        {
            Foes[c] = IsDriven[c] ? FindFoes(c, shapes) : [];
        }

        for (var c = 0; c < LinkCount; c++)
        {
            WaitM[c] = BoundWait(c, shapes);
        }

        CrossesOthers = [.. Foes.Select(f => f.Length > 0)];
        Neighbors(network);
    }

    public RoadNetwork Network { get; }

    public int LaneCount { get; }

    public int LinkCount { get; }

    public int TrackCount => LengthM.Length;

    /// <summary>By track.</summary>
    public double[] LengthM { get; }

    /// <summary>By track.</summary>
    public double[] LimitMps { get; }

    /// <summary>By lane.</summary>
    public int[] EdgeOf { get; }

    /// <summary>By lane.</summary>
    public bool[] IsStreet { get; }

    /// <summary>By connection: between two street lanes.</summary>
    public bool[] IsDriven { get; }

    /// <summary>By connection: onto a crossing.</summary>
    public bool[] IsWalked { get; }

    /// <summary>By connection: where on its way a vehicle waits for its gap, m; 0 for the stop line.</summary>
    public double[] WaitM { get; }

    public int[] FromLane { get; }

    public int[] ToLane { get; }

    /// <summary>By lane: driven connections that end on it.</summary>
    public int[][] Incoming { get; }

    /// <summary>By lane: driven connections that begin on it.</summary>
    public int[][] Outgoing { get; }

    /// <summary>By connection.</summary>
    public Foe[][] Foes { get; }

    /// <summary>By connection: whether another way crosses or joins its own, so that standing on it would block somebody.</summary>
    public bool[] CrossesOthers { get; }

    /// <summary>By lane: the next toward the center that vehicles may use; -1 for none.</summary>
    public int[] LeftOf { get; private set; } = [];

    /// <summary>By lane: the next toward the curb that vehicles may use; -1 for none.</summary>
    public int[] RightOf { get; private set; } = [];

    /// <summary>Lanes that have another beside them.</summary>
    public int[] LanesWithNeighbors { get; private set; } = [];

    private void Neighbors(RoadNetwork network)
    {
        LeftOf = new int[LaneCount];
        RightOf = new int[LaneCount];
        Array.Fill(LeftOf, -1);
        Array.Fill(RightOf, -1);
        foreach (var edge in network.Edges.Where(e => e.Function == EdgeFunction.Street))
        {
            for (var i = 1; i < edge.Lanes.Length; i++)
            {
                LeftOf[edge.Lanes[i - 1]] = edge.Lanes[i];
                RightOf[edge.Lanes[i]] = edge.Lanes[i - 1];
            }
        }

        LanesWithNeighbors = [.. Enumerable.Range(0, LaneCount).Where(l => LeftOf[l] >= 0 || RightOf[l] >= 0)];
    }

    private RoadPoint[] DrawPath(int c, List<int>[] outgoing)
    {
        var connection = Network.Connections[c];
        var from = Network.Lanes[connection.FromLane];
        var to = Network.Lanes[connection.ToLane];
        var track = LaneCount + c;
        if (connection.ViaLane < 0)
        {
            LengthM[track] = Math.Max(0.5, from.Shape[^1].DistanceTo(to.Shape[0]));
            LimitMps[track] = TurningSpeed(connection.Direction, Math.Min(from.SpeedMps, to.SpeedMps));
            WaitM[c] = connection.WaitsInside && LengthM[track] > 2 * StandingRoomM ? LengthM[track] / 2 : 0;
            return [from.Shape[^1], to.Shape[0]];
        }

        var points = new List<RoadPoint>();
        var length = 0.0;
        var limit = double.MaxValue;
        var via = connection.ViaLane;
        for (var part = 0; via >= 0 && part < 4; part++)
        {
            var lane = Network.Lanes[via];
            if (part > 0 && WaitM[c] == 0)
            {
                WaitM[c] = length;
            }

            points.AddRange(lane.Shape);
            length += lane.LengthM;
            limit = Math.Min(limit, lane.SpeedMps);
            via = outgoing[via].Count > 0 ? Network.Connections[outgoing[via][0]].ViaLane : -1;
        }

        if (WaitM[c] == 0 && connection.WaitsInside && length > 2 * StandingRoomM)
        {
            WaitM[c] = length / 2;
        }

        LengthM[track] = Math.Max(0.1, length);
        LimitMps[track] = limit;
        return [.. points];
    }

    /// <summary>A vehicle waits inside before the first way that it yields to there: any, or at a signal those of the opposing street.</summary>
    private double BoundWait(int c, RoadPoint[][] shapes)
    {
        var wait = WaitM[c];
        foreach (var foe in Foes[c])
        {
            if (IsDriven[foe.Link] && foe.GoesFirst && !foe.Joins && (Network.Connections[c].Signal is null || IsOpposing(shapes[c], shapes[foe.Link])))
            {
                wait = Math.Min(wait, foe.MineM - ConflictM);
            }
        }

        return wait < 1 ? 0 : wait;
    }

    private static bool IsOpposing(RoadPoint[] a, RoadPoint[] b)
    {
        var (ax, ay) = (a[1].X - a[0].X, a[1].Y - a[0].Y);
        var (bx, by) = (b[1].X - b[0].X, b[1].Y - b[0].Y);
        return (ax * bx) + (ay * by) < -0.5 * Math.Sqrt(((ax * ax) + (ay * ay)) * ((bx * bx) + (by * by)));
    }

    private static double TurningSpeed(TurnDirection direction, double limit) => direction switch
    {
        TurnDirection.Right => Math.Min(limit, 6.5),
        TurnDirection.Left => Math.Min(limit, 8.5),
        TurnDirection.Around => Math.Min(limit, 4),
        _ => limit,
    };

    private Foe[] FindFoes(int c, RoadPoint[][] shapes)
    {
        var connection = Network.Connections[c];
        var foes = new List<Foe>();
        foreach (var other in connection.Foes)
        {
            if (!IsDriven[other] && !IsWalked[other])
            {
                continue;
            }

            var joins = IsDriven[other] && ToLane[other] == ToLane[c];
            var diverges = IsDriven[other] && FromLane[other] == FromLane[c];
            if (diverges)
            {
                continue;
            }

            var mine = LengthM[LaneCount + c];
            var theirs = IsDriven[other] ? LengthM[LaneCount + other] : Network.Lanes[ToLane[other]].LengthM;
            (double, double)? crossing = joins ? (1, 1) : Cross(shapes[c], shapes[other]);

            // Ways side by side onto lanes of one edge meet only where their drivers then change lanes.
            joins |= crossing is null && IsDriven[other] && EdgeOf[ToLane[other]] == EdgeOf[ToLane[c]];
            var at = crossing ?? (joins ? (1, 1) : (0.5, 0.5));
            foes.Add(new Foe(other, connection.YieldsTo.Contains(other), Network.Connections[other].YieldsTo.Contains(c), joins, at.Item1 * mine, at.Item2 * theirs));
        }

        return [.. foes];
    }

    /// <summary>Where two lines cross, as shares of their lengths; null when they do not.</summary>
    internal static (double First, double Second)? Cross(ReadOnlySpan<RoadPoint> a, ReadOnlySpan<RoadPoint> b)
    {
        var totalA = LengthOf(a);
        var totalB = LengthOf(b);
        var beforeA = 0.0;
        for (var i = 1; i < a.Length; i++)
        {
            var partA = a[i - 1].DistanceTo(a[i]);
            var beforeB = 0.0;
            for (var j = 1; j < b.Length; j++)
            {
                var partB = b[j - 1].DistanceTo(b[j]);
                var (ax, ay) = (a[i].X - a[i - 1].X, a[i].Y - a[i - 1].Y);
                var (bx, by) = (b[j].X - b[j - 1].X, b[j].Y - b[j - 1].Y);
                var turn = (ax * by) - (ay * bx);
                if (Math.Abs(turn) > 1e-9)
                {
                    var (cx, cy) = (b[j - 1].X - a[i - 1].X, b[j - 1].Y - a[i - 1].Y);
                    var s = ((cx * by) - (cy * bx)) / turn;
                    var t = ((cx * ay) - (cy * ax)) / turn;
                    if (s is >= 0 and <= 1 && t is >= 0 and <= 1)
                    {
                        return ((beforeA + (s * partA)) / totalA, (beforeB + (t * partB)) / totalB);
                    }
                }

                beforeB += partB;
            }

            beforeA += partA;
        }

        return null;
    }

    private static double LengthOf(ReadOnlySpan<RoadPoint> line)
    {
        var sum = 0.0;
        for (var i = 1; i < line.Length; i++)
        {
            sum += line[i - 1].DistanceTo(line[i]);
        }

        return Math.Max(sum, 1e-9);
    }

    /// <summary>A way that crosses or joins another.</summary>
    /// <param name="Link">Index of the connection.</param>
    /// <param name="GoesFirst">Whether one must yield to it.</param>
    /// <param name="Yields">Whether it must yield in turn.</param>
    /// <param name="Joins">Whether both end on the same lane.</param>
    /// <param name="MineM">Where they meet, on one's own way.</param>
    /// <param name="TheirsM">Where they meet, on the other's way.</param>
    internal readonly record struct Foe(int Link, bool GoesFirst, bool Yields, bool Joins, double MineM, double TheirsM);
}
