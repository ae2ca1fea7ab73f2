using System.Globalization;
using Crosstown.Core.Networks;

namespace Crosstown.Simulation.Sumo;

/// <summary>Writes streets, connections and signals in the plain form that SUMO's <c>netconvert</c> makes a network of.</summary>
/// <remarks>
/// Lengths, speed limits and the speed over intersections are stated; the inside of intersections and who yields there SUMO works out by itself. Sidewalks and crossings
/// are left out.
/// </remarks>
public static class SumoNetworkWriter
{
    /// <param name="network">The streets. Every signal of its connections needs a program.</param>
    /// <param name="programs">One for each signal; SUMO begins with it.</param>
    /// <param name="create">Makes a file by its ending: <c>nod.xml</c>, <c>edg.xml</c>, <c>con.xml</c>, <c>tll.xml</c>.</param>
    public static void Write(RoadNetwork network, IReadOnlyCollection<FixedProgram> programs, Func<string, Stream> create)
    {
        using (var stream = create("nod.xml"))
        {
            WriteNodes(stream, network);
        }

        using (var stream = create("edg.xml"))
        {
            WriteEdges(stream, network);
        }

        using (var stream = create("con.xml"))
        {
            WriteConnections(stream, network);
        }

        using (var stream = create("tll.xml"))
        {
            WriteSignals(stream, network, programs);
        }
    }

    private static bool IsStreet(RoadNetwork network, int lane) => network.Edges[network.Lanes[lane].Edge].Function == EdgeFunction.Street;

    private static IEnumerable<RoadConnection> Driven(RoadNetwork network) => network.Connections.Where(c => IsStreet(network, c.FromLane) && IsStreet(network, c.ToLane));

    private static void WriteNodes(Stream stream, RoadNetwork network)
    {
        var signalOf = new Dictionary<int, string>();
        foreach (var connection in Driven(network).Where(c => c.Signal is not null))
        {
            signalOf.TryAdd(network.Edges[network.Lanes[connection.FromLane].Edge].To, connection.Signal!);
        }

        using var xml = SumoFiles.Begin(stream, "nodes");
        for (var j = 0; j < network.Junctions.Length; j++)
        {
            var junction = network.Junctions[j];
            if (junction.Kind == JunctionKind.Inside)
            {
                continue;
            }

            var (x, y) = (SumoFiles.Number(junction.Center.X), SumoFiles.Number(junction.Center.Y));
            if (signalOf.TryGetValue(j, out var signal))
            {
                xml.Element("node", ("id", junction.Name), ("x", x), ("y", y), ("type", "traffic_light"), ("tl", signal));
            }
            else
            {
                xml.Element("node", ("id", junction.Name), ("x", x), ("y", y), ("type", TypeOf(junction.Kind)));
            }
        }

        xml.WriteEndElement();
    }

    private static string TypeOf(JunctionKind kind) => kind switch
    {
        JunctionKind.RightBeforeLeft => "right_before_left",
        JunctionKind.AllWayStop => "allway_stop",
        JunctionKind.Zipper => "zipper",
        JunctionKind.RailCrossing => "rail_crossing",
        JunctionKind.DeadEnd => "dead_end",
        JunctionKind.Unregulated => "unregulated",
        _ => "priority",
    };

    private static void WriteEdges(Stream stream, RoadNetwork network)
    {
        using var xml = SumoFiles.Begin(stream, "edges");
        foreach (var edge in network.Edges.Where(e => e.Function == EdgeFunction.Street))
        {
            var (curb, median) = (network.Lanes[edge.Lanes[0]], network.Lanes[edge.Lanes[^1]]);
            var shape = curb.Shape.Length == median.Shape.Length ? curb.Shape.Zip(median.Shape, (a, b) => new RoadPoint((a.X + b.X) / 2, (a.Y + b.Y) / 2)) : curb.Shape;
            xml.Element(
                "edge", ("id", edge.Name), ("from", network.Junctions[edge.From].Name), ("to", network.Junctions[edge.To].Name), ("numLanes", $"{edge.Lanes.Length}"),
                ("speed", SumoFiles.Number(curb.SpeedMps)), ("length", SumoFiles.Number(curb.LengthM)), ("width", SumoFiles.Number(curb.WidthM)), ("spreadType", "center"),
                ("priority", edge.Priority.ToString(CultureInfo.InvariantCulture)), ("shape", string.Join(' ', shape.Select(p => $"{SumoFiles.Number(p.X)},{SumoFiles.Number(p.Y)}"))));
        }

        xml.WriteEndElement();
    }

    private static (string From, string To, string FromLane, string ToLane) Ends(RoadNetwork network, RoadConnection connection)
    {
        var (from, to) = (network.Lanes[connection.FromLane], network.Lanes[connection.ToLane]);
        return (network.Edges[from.Edge].Name, network.Edges[to.Edge].Name, from.Position.ToString(CultureInfo.InvariantCulture), to.Position.ToString(CultureInfo.InvariantCulture));
    }

    private static void WriteConnections(Stream stream, RoadNetwork network)
    {
        using var xml = SumoFiles.Begin(stream, "connections");
        foreach (var connection in Driven(network))
        {
            var (from, to, fromLane, toLane) = Ends(network, connection);
            var speed = connection.ViaLane >= 0 ? network.Lanes[connection.ViaLane].SpeedMps : Math.Min(network.Lanes[connection.FromLane].SpeedMps, network.Lanes[connection.ToLane].SpeedMps);
            xml.Element("connection", ("from", from), ("to", to), ("fromLane", fromLane), ("toLane", toLane), ("speed", SumoFiles.Number(speed)));
        }

        xml.WriteEndElement();
    }

    private static void WriteSignals(Stream stream, RoadNetwork network, IEnumerable<FixedProgram> programs)
    {
        using var xml = SumoFiles.Begin(stream, "tlLogics");
        foreach (var program in programs)
        {
            SumoProgram.Write(xml, program with { Name = "0" });
        }

        foreach (var connection in Driven(network).Where(c => c.Signal is not null))
        {
            var (from, to, fromLane, toLane) = Ends(network, connection);
            xml.Element(
                "connection", ("from", from), ("to", to), ("fromLane", fromLane), ("toLane", toLane), ("tl", connection.Signal!),
                ("linkIndex", connection.SignalLink.ToString(CultureInfo.InvariantCulture)));
        }

        xml.WriteEndElement();
    }
}
