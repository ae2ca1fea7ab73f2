using System.Collections.Immutable;
using System.Text;
using Crosstown.Core;
using Crosstown.Core.Data;
using Crosstown.Core.Networks;
using Crosstown.Simulation.Osm;

namespace Crosstown.Simulation.Tests.Vehicles;

/// <summary>Small networks drawn for tests.</summary>
internal static class DrawnStreets
{
    public const double SpeedMps = 13.89;

    /// <summary>A car that drives as evenly as a machine.</summary>
    public static VehicleKind EvenCar { get; } = new() { Name = "even car", Imperfection = 0, SpeedFactorDeviation = 0 };

    public static VehicleKind Car { get; } = new() { Name = "car" };

    /// <summary>One straight street in parts, with a signal at the end of the first part: link n for its lane n.</summary>
    public static RoadNetwork Straight(int lanes, params double[] lengthsM)
    {
        var edges = new List<RoadEdge>();
        var laneList = new List<RoadLane>();
        var connections = new List<RoadConnection>();
        var junctions = new List<RoadJunction>();
        var x = 0.0;
        for (var e = 0; e < lengthsM.Length; e++)
        {
            for (var l = 0; l < lanes; l++)
            {
                if (e > 0)
                {
                    connections.Add(new RoadConnection
                    {
                        FromLane = ((e - 1) * lanes) + l,
                        ToLane = (e * lanes) + l,
                        IsMajor = true,
                        Signal = e == 1 ? "s" : null,
                        SignalLink = e == 1 ? l : -1,
                    });
                }

                laneList.Add(new RoadLane
                {
                    Name = $"e{e}_{l}",
                    Edge = e,
                    Position = l,
                    LengthM = lengthsM[e],
                    SpeedMps = SpeedMps,
                    Allowed = RoadUsers.All,
                    Shape = [new RoadPoint(x, l * 3.2), new RoadPoint(x + lengthsM[e], l * 3.2)],
                });
            }

            edges.Add(new RoadEdge { Name = $"e{e}", Function = EdgeFunction.Street, From = e, To = e + 1, Lanes = [.. Enumerable.Range(e * lanes, lanes)] });
            x += lengthsM[e] + 0.5;
        }

        for (var j = 0; j <= lengthsM.Length; j++)
        {
            junctions.Add(new RoadJunction { Name = $"j{j}", Kind = j == 1 ? JunctionKind.Signal : JunctionKind.DeadEnd, Center = new RoadPoint(0, 0) });
        }

        return new RoadNetwork { Junctions = [.. junctions], Edges = [.. edges], Lanes = [.. laneList], Connections = [.. connections] };
    }

    public static FixedProgram Program(params (double DurationS, string State)[] phases) =>
        new() { Signal = "s", Name = "test", Phases = [.. phases.Select(p => new FixedPhase(p.DurationS, p.State))] };

    /// <summary>Vehicles that come at random, so many per hour on the mean.</summary>
    public static IEnumerable<RouteDemand> AtRandom(double perHour, double untilS, ulong seed, ImmutableArray<int> edges, int kind = 0)
    {
        var random = new RandomNumbers(seed, edges[0], edges[^1]);
        for (var t = random.Exponential(3600 / perHour); t < untilS; t += random.Exponential(3600 / perHour))
        {
            yield return new RouteDemand { DepartS = t, Kind = kind, Edges = edges, EntryLane = EntryChoice.Best, EntrySpeed = EntryChoice.Best };
        }
    }

    public static RoadDemand Demand(IEnumerable<RouteDemand> trips, params VehicleKind[] kinds) =>
        new() { Kinds = [.. kinds], Trips = [.. trips.OrderBy(t => t.DepartS)] };

    /// <summary>A crossing of two streets with a signal in the middle and 300 m to each side, as the open map would say it.</summary>
    public static string CrossMap(string mainTags = "", string sideTags = "", string center = "traffic_signals", bool hasCrossings = false)
    {
        const double Degree = 111_195;
        var text = new StringBuilder("<osm version=\"0.6\">\n");
        void Node(int id, double north, double east, string tags = "") => text.AppendLine(
            System.Globalization.CultureInfo.InvariantCulture, $"<node id=\"{id}\" lat=\"{45 + (north / Degree):F7}\" lon=\"{9 + (east / Degree / Math.Cos(Math.PI / 4)):F7}\">{tags}</node>");
        var crossing = hasCrossings ? "<tag k=\"highway\" v=\"crossing\"/>" : "";
        Node(1, 0, 0, $"<tag k=\"highway\" v=\"{center}\"/>");
        Node(2, 0, 300);
        Node(3, 300, 0);
        Node(4, 0, -300);
        Node(5, -300, 0);
        Node(12, 0, 14, crossing);
        Node(13, 14, 0, crossing);
        Node(14, 0, -14, crossing);
        Node(15, -14, 0, crossing);
        text.AppendLine(System.Globalization.CultureInfo.InvariantCulture, $"<way id=\"100\"><nd ref=\"4\"/><nd ref=\"14\"/><nd ref=\"1\"/><nd ref=\"12\"/><nd ref=\"2\"/><tag k=\"highway\" v=\"primary\"/><tag k=\"name\" v=\"Main\"/>{mainTags}</way>");
        text.AppendLine(System.Globalization.CultureInfo.InvariantCulture, $"<way id=\"200\"><nd ref=\"5\"/><nd ref=\"15\"/><nd ref=\"1\"/><nd ref=\"13\"/><nd ref=\"3\"/><tag k=\"highway\" v=\"residential\"/>{sideTags}</way>");
        return text.Append("</osm>").ToString();
    }

    public static RoadNetwork Cross(string mainTags = "", string sideTags = "", string center = "traffic_signals", bool hasCrossings = false)
    {
        var problems = new List<Problem>();
        var network = OsmNetworkReader.Read(new MemoryStream(Encoding.UTF8.GetBytes(CrossMap(mainTags, sideTags, center, hasCrossings))), "test.osm", problems);
        Assert.Empty(problems);
        return network;
    }

    /// <summary>The edge that comes to or goes from the middle of the cross on one side.</summary>
    public static int Edge(RoadNetwork network, char side, bool isIncoming)
    {
        var center = network.Junctions.ToList().FindIndex(j => j.Name == "n1");
        return network.Edges.ToList().FindIndex(e =>
            e.Function == EdgeFunction.Street && (isIncoming ? e.To : e.From) == center
            && network.Junctions[isIncoming ? e.From : e.To].Name == side switch { 'E' => "n2", 'N' => "n3", 'W' => "n4", _ => "n5" });
    }

    public static ImmutableArray<int> Way(RoadNetwork network, char from, char to) => [Edge(network, from, true), Edge(network, to, false)];
}
