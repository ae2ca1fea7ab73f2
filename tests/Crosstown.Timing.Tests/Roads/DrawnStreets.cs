using Crosstown.Core.Networks;

namespace Crosstown.Timing.Tests.Roads;

/// <summary>Small networks made in code: one-way streets that cross at signals.</summary>
internal static class DrawnStreets
{
    public const double SpeedMps = 13.89;

    /// <summary>
    /// A street from west to east over <paramref name="crossings"/> signals, each crossed by a side street from south to north. Edge names: <c>m0</c>, <c>m1</c>, … along the
    /// main street, <c>s0</c> and <c>n0</c> before and after the first signal on the side street. Link 0 of each signal is the main street, 1 the side street.
    /// </summary>
    public static RoadNetwork Street(int crossings, double blockM = 300, double sideM = 300)
    {
        var edges = new List<RoadEdge>();
        var lanes = new List<RoadLane>();
        var junctions = new List<RoadJunction>();
        var connections = new List<RoadConnection>();
        int Junction(string name, double x, double y, JunctionKind kind)
        {
            junctions.Add(new RoadJunction { Name = name, Kind = kind, Center = new RoadPoint(x, y) });
            return junctions.Count - 1;
        }

        int Edge(string name, int from, int to, double lengthM)
        {
            lanes.Add(new RoadLane
            {
                Name = $"{name}_0",
                Edge = edges.Count,
                Position = 0,
                LengthM = lengthM,
                SpeedMps = SpeedMps,
                Allowed = RoadUsers.All,
                Shape = [junctions[from].Center, junctions[to].Center],
            });
            edges.Add(new RoadEdge { Name = name, Function = EdgeFunction.Street, From = from, To = to, Lanes = [lanes.Count - 1] });
            return edges.Count - 1;
        }

        var west = Junction("west", 0, 0, JunctionKind.DeadEnd);
        var signals = Enumerable.Range(0, crossings).Select(k => Junction($"x{k}", (k + 1) * blockM, 0, JunctionKind.Signal)).ToArray();
        var east = Junction("east", (crossings + 1) * blockM, 0, JunctionKind.DeadEnd);
        var main = Enumerable.Range(0, crossings + 1).Select(k => Edge($"m{k}", k == 0 ? west : signals[k - 1], k == crossings ? east : signals[k], blockM)).ToArray();
        for (var k = 0; k < crossings; k++)
        {
            var south = Junction($"south{k}", (k + 1) * blockM, -sideM, JunctionKind.DeadEnd);
            var north = Junction($"north{k}", (k + 1) * blockM, sideM, JunctionKind.DeadEnd);
            var into = Edge($"s{k}", south, signals[k], sideM);
            var outOf = Edge($"n{k}", signals[k], north, sideM);
            var first = connections.Count;
            connections.Add(new RoadConnection { FromLane = edges[main[k]].Lanes[0], ToLane = edges[main[k + 1]].Lanes[0], Signal = $"x{k}", SignalLink = 0, IsMajor = true, Foes = [first + 1] });
            connections.Add(new RoadConnection { FromLane = edges[into].Lanes[0], ToLane = edges[outOf].Lanes[0], Signal = $"x{k}", SignalLink = 1, Foes = [first], YieldsTo = [first] });
        }

        return new RoadNetwork { Junctions = [.. junctions], Edges = [.. edges], Lanes = [.. lanes], Connections = [.. connections] };
    }

    /// <summary>A program for a signal of <see cref="Street"/>: main green, yellow, side green, yellow.</summary>
    public static FixedProgram Program(int signal, int mainS, int sideS, int yellowS = 3, int offsetS = 0) => new()
    {
        Signal = $"x{signal}",
        Name = "drawn",
        OffsetS = offsetS,
        Phases = [new FixedPhase(mainS, "Gr"), new FixedPhase(yellowS, "yr"), new FixedPhase(sideS, "rG"), new FixedPhase(yellowS, "ry")],
    };

    /// <summary>Cars at even times on the edges named.</summary>
    public static RoadDemand Cars(RoadNetwork network, params (string[] Way, double BeginS, double EndS, double EveryS)[] flows)
    {
        var edgeOf = network.Edges.Select((e, i) => (e.Name, i)).ToDictionary(p => p.Name, p => p.i);
        var trips = new List<RouteDemand>();
        foreach (var (way, beginS, endS, everyS) in flows)
        {
            for (var k = 0; beginS + (k * everyS) < endS; k++)
            {
                trips.Add(new RouteDemand
                {
                    DepartS = beginS + (k * everyS),
                    Kind = 0,
                    Edges = [.. way.Select(w => edgeOf[w])],
                    EntryLane = EntryChoice.Best,
                    EntrySpeed = EntryChoice.Best,
                });
            }
        }

        return new RoadDemand { Kinds = [new VehicleKind { Name = "car" }], Trips = [.. trips.OrderBy(t => t.DepartS)] };
    }
}
