using System.Collections.Immutable;
using Crosstown.Control.Sites;
using Crosstown.Core.Networks;

namespace Crosstown.Control.Tests.Adaptive;

/// <summary>
/// A signal with two lanes that face each other, each with two ways on: link 0 from the first to street 0, link 1 to street 1 and over the way of link 2, to which it yields; link 2 from the
/// second to street 1, link 3 to street 0. Detectors 0 and 1 are the exits' zones, 2 and 3 the loops at the stop lines.
/// </summary>
internal static class SharedLanes
{
    public const double ExitM = 100;

    public static SignalSite Make()
    {
        var junctions = ImmutableArray.CreateBuilder<RoadJunction>();
        junctions.Add(new RoadJunction { Name = "middle", Kind = JunctionKind.Signal, Center = new RoadPoint(0, 0) });
        var edges = ImmutableArray.CreateBuilder<RoadEdge>();
        var lanes = ImmutableArray.CreateBuilder<RoadLane>();
        for (var s = 0; s < 4; s++)
        {
            junctions.Add(new RoadJunction { Name = $"end {s}", Kind = JunctionKind.DeadEnd, Center = new RoadPoint(300, s) });
            edges.Add(new RoadEdge { Name = $"street {s}", Function = EdgeFunction.Street, From = s < 2 ? 0 : s + 1, To = s < 2 ? s + 1 : 0, Lanes = [s] });
            lanes.Add(new RoadLane
            {
                Name = $"street {s}_0",
                Edge = s,
                Position = 0,
                LengthM = 300,
                SpeedMps = 10,
                Allowed = RoadUsers.Passenger,
                Shape = [new RoadPoint(0, s), new RoadPoint(300, s)],
            });
        }

        RoadConnection Way(int link, int from, int to, int[] foes, int[] yieldsTo) => new()
        {
            FromLane = from,
            ToLane = to,
            Signal = "middle",
            SignalLink = link,
            Foes = [.. foes],
            YieldsTo = [.. yieldsTo],
        };
        var network = new RoadNetwork
        {
            Junctions = junctions.ToImmutable(),
            Edges = edges.ToImmutable(),
            Lanes = lanes.ToImmutable(),
            Connections = [Way(0, 2, 0, [], []), Way(1, 2, 1, [2], [2]), Way(2, 3, 1, [1], []), Way(3, 3, 0, [], [])],
        };
        var plan = new FixedProgram
        {
            Signal = "middle",
            Name = "drawn",
            Phases = [new FixedPhase(30, "GgGG"), new FixedPhase(3, "yyGG"), new FixedPhase(30, "rrGG"), new FixedPhase(3, "rryy"), new FixedPhase(30, "GGrr"), new FixedPhase(3, "GGrr")],
        };
        var equipment = new RoadEquipment { Detectors = [new LaneDetector("x0", 0, 0, ExitM), new LaneDetector("x1", 1, 0, ExitM), new LaneDetector("stop0", 2, 299, 299), new LaneDetector("stop1", 3, 299, 299)] };
        return Assert.Single(SignalSite.List(network, equipment, [plan]));
    }
}
