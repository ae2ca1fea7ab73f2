using System.Collections.Immutable;
using Crosstown.Control.Sites;
using Crosstown.Core.Networks;

namespace Crosstown.Control.Tests.Priority;

/// <summary>
/// Two streets of one lane each way that cross, with a crossing over each: links 0 and 1 go east and west, 2 and 3 north and south, 4 is the walk along the first street and 5 along the
/// second. The plan: 40 s for the first street, 38 s for the second, 6 s to change, 90 s in all.
/// </summary>
internal sealed class DrawnCrossing
{
    private static readonly string[] Approaches = ["east", "west", "north", "south"];

    public DrawnCrossing()
    {
        var junctions = ImmutableArray.CreateBuilder<RoadJunction>();
        junctions.Add(new RoadJunction { Name = "middle", Kind = JunctionKind.Signal, Center = new RoadPoint(0, 0) });
        var edges = ImmutableArray.CreateBuilder<RoadEdge>();
        var lanes = ImmutableArray.CreateBuilder<RoadLane>();
        void Add(string name, EdgeFunction function, int from, int to, double lengthM)
        {
            edges.Add(new RoadEdge { Name = name, Function = function, From = from, To = to, Lanes = [lanes.Count] });
            lanes.Add(new RoadLane
            {
                Name = $"{name}_0",
                Edge = edges.Count - 1,
                Position = 0,
                LengthM = lengthM,
                SpeedMps = 14,
                Allowed = function == EdgeFunction.Street ? RoadUsers.Passenger : RoadUsers.Pedestrian,
                Shape = [new RoadPoint(0, 0), new RoadPoint(lengthM, 0)],
            });
        }

        for (var a = 0; a < 4; a++)
        {
            junctions.Add(new RoadJunction { Name = $"from {Approaches[a]}", Kind = JunctionKind.DeadEnd, Center = new RoadPoint(300, a) });
            Add($"in {Approaches[a]}", EdgeFunction.Street, a + 1, 0, 300);
        }

        for (var a = 0; a < 4; a++)
        {
            Add($"out {Approaches[a]}", EdgeFunction.Street, 0, a + 1, 300);
        }

        Add("corner", EdgeFunction.WalkingArea, 0, 0, 2);
        Add("walk along the first", EdgeFunction.Crossing, 0, 0, 12);
        Add("walk along the second", EdgeFunction.Crossing, 0, 0, 12);
        var connections = ImmutableArray.CreateBuilder<RoadConnection>();
        for (var a = 0; a < 4; a++)
        {
            connections.Add(new RoadConnection
            {
                FromLane = a,
                ToLane = 4 + a,
                Signal = "middle",
                SignalLink = a,
                Foes = a < 2 ? [2, 3, 5] : [0, 1, 4],
            });
        }

        connections.Add(new RoadConnection { FromLane = 8, ToLane = 9, Signal = "middle", SignalLink = 4, Foes = [2, 3] });
        connections.Add(new RoadConnection { FromLane = 8, ToLane = 10, Signal = "middle", SignalLink = 5, Foes = [0, 1] });
        Network = new RoadNetwork { Junctions = junctions.ToImmutable(), Edges = edges.ToImmutable(), Lanes = lanes.ToImmutable(), Connections = connections.ToImmutable() };
        Plan = new FixedProgram
        {
            Signal = "middle",
            Name = "drawn",
            Phases =
            [
                new FixedPhase(36, "GGrrGr"), new FixedPhase(4, "GGrrrr"), new FixedPhase(4, "yyrrrr"), new FixedPhase(2, "rrrrrr"),
                new FixedPhase(34, "rrGGrG"), new FixedPhase(4, "rrGGrr"), new FixedPhase(4, "rryyrr"), new FixedPhase(2, "rrrrrr"),
            ],
        };
        Equipment = new RoadEquipment { Detectors = [.. Enumerable.Range(0, 4).Select(a => new LaneDetector($"zone {a}", a, 100, 299))] };
        Site = SignalSite.List(Network, Equipment, [Plan])[0];
    }

    public RoadNetwork Network { get; }

    public RoadEquipment Equipment { get; }

    public FixedProgram Plan { get; }

    public SignalSite Site { get; }

    /// <summary>Detectors that see so many vehicles, standing, on each approach.</summary>
    public DetectorFrame Frame(params int[] vehicles)
    {
        var frame = new DetectorFrame(Equipment.Detectors.Length);
        for (var a = 0; a < 4; a++)
        {
            frame.Vehicles[a] = frame.Halting[a] = a < vehicles.Length ? vehicles[a] : 0;
        }

        return frame;
    }
}
