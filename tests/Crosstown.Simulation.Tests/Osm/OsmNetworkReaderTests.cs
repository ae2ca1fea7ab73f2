using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Crosstown.Core.Data;
using Crosstown.Core.Networks;
using Crosstown.Simulation.Osm;
using Crosstown.Simulation.Tests.Vehicles;

namespace Crosstown.Simulation.Tests.Osm;

public sealed class OsmNetworkReaderTests
{
    [Fact]
    public void A_crossing_of_two_streets_has_four_ways_in_twelve_movements_and_a_program()
    {
        var network = DrawnStreets.Cross();

        Assert.Equal(8, network.Edges.Length);
        Assert.Equal(8, network.Lanes.Length);
        Assert.Equal(12, network.Connections.Count(c => c.Signal == "s1"));
        Assert.Equal(4, network.Connections.Count(c => c.Signal is not null && c.Direction == TurnDirection.Left));
        Assert.Equal(4, network.Connections.Count(c => c.Signal is not null && c.Direction == TurnDirection.Right));
        var program = Assert.Single(network.Programs);
        Assert.All(program.Phases, p => Assert.Equal(12, p.State.Length));
        for (var link = 0; link < 12; link++)
        {
            Assert.Contains(program.Phases, p => p.State[link] is 'G' or 'g');
            Assert.Contains(program.Phases, p => p.State[link] == 'r');
        }

        Assert.Equal("Main", network.Edges[DrawnStreets.Edge(network, 'W', true)].StreetName);
        Assert.All(network.Edges, e => Assert.InRange(network.Lanes[e.Lanes[0]].LengthM, 280, 300));
    }

    [Fact]
    public void No_two_ways_that_cross_are_green_together_unless_one_yields()
    {
        var network = DrawnStreets.Cross("<tag k=\"lanes\" v=\"4\"/>", hasCrossings: true);
        foreach (var phase in network.Programs[0].Phases)
        {
            for (var c = 0; c < network.Connections.Length; c++)
            {
                var one = network.Connections[c];
                if (one.SignalLink < 0 || phase.State[one.SignalLink] != 'G')
                {
                    continue;
                }

                foreach (var foe in one.Foes.Select(f => (Index: f, Connection: network.Connections[f])).Where(f => f.Connection.SignalLink >= 0 && phase.State[f.Connection.SignalLink] is 'G' or 'g'))
                {
                    Assert.True(foe.Connection.YieldsTo.Contains(c) && phase.State[foe.Connection.SignalLink] == 'g');
                }
            }
        }
    }

    [Fact]
    public void Lanes_turn_lanes_limits_and_one_way_streets_are_as_the_map_says()
    {
        var network = DrawnStreets.Cross(
            "<tag k=\"lanes\" v=\"5\"/><tag k=\"lanes:forward\" v=\"3\"/><tag k=\"lanes:backward\" v=\"2\"/><tag k=\"turn:lanes:forward\" v=\"left|through|through;right\"/><tag k=\"maxspeed\" v=\"30 mph\"/>",
            "<tag k=\"oneway\" v=\"yes\"/><tag k=\"maxspeed\" v=\"30\"/>");
        var west = network.Edges[DrawnStreets.Edge(network, 'W', true)];
        var east = network.Edges[DrawnStreets.Edge(network, 'E', true)];

        Assert.Equal(3, west.Lanes.Length);
        Assert.Equal(2, east.Lanes.Length);
        Assert.Equal(30 * 0.44704, network.Lanes[west.Lanes[0]].SpeedMps, 1e-9);
        Assert.Equal(30 / 3.6, network.Lanes[network.Edges[DrawnStreets.Edge(network, 'S', true)].Lanes[0]].SpeedMps, 1e-9);
        Assert.Equal(-1, DrawnStreets.Edge(network, 'N', true));
        Assert.Equal(-1, DrawnStreets.Edge(network, 'S', false));

        TurnDirection[] Turns(int lane) => [.. network.Connections.Where(c => c.FromLane == west.Lanes[lane]).Select(c => c.Direction).Distinct().Order()];
        Assert.Equal([TurnDirection.Straight], Turns(0));
        Assert.Equal([TurnDirection.Straight], Turns(1));
        Assert.Equal([TurnDirection.Left], Turns(2));
    }

    [Theory]
    [InlineData("no_left_turn", 2, false)]
    [InlineData("no_straight_on", 2, true)]
    [InlineData("only_straight_on", 1, false)]
    public void Turn_restrictions_hold(string kind, int ways, bool straightToSelf)
    {
        var to = straightToSelf || kind == "only_straight_on" ? 100 : 200;
        var text = DrawnStreets.CrossMap().Replace(
            "</osm>",
            $"<relation id=\"9\"><member type=\"way\" ref=\"100\" role=\"from\"/><member type=\"node\" ref=\"1\" role=\"via\"/><member type=\"way\" ref=\"{to}\" role=\"to\"/><tag k=\"type\" v=\"restriction\"/><tag k=\"restriction\" v=\"{kind}\"/></relation></osm>",
            StringComparison.Ordinal);
        var network = ReadText(text, out var problems);
        var from = network.Edges[DrawnStreets.Edge(network, 'W', true)].Lanes[0];

        Assert.Empty(problems);
        Assert.Equal(kind == "no_left_turn" ? 1 : ways, network.Connections.Count(c => c.FromLane == from));
    }

    [Fact]
    public void Crossings_at_a_signal_become_crossings_with_links_of_their_own()
    {
        var network = DrawnStreets.Cross(hasCrossings: true);
        var crossings = network.Edges.Where(e => e.Function == EdgeFunction.Crossing).ToList();

        Assert.Equal(4, crossings.Count);
        Assert.All(crossings, c => Assert.Equal(2, c.CrossedEdges.Length));
        Assert.Equal(16, network.Connections.Where(c => c.Signal == "s1").Select(c => c.SignalLink).Distinct().Count());
    }

    [Fact]
    public void Without_a_signal_the_lower_street_yields()
    {
        var network = DrawnStreets.Cross(center: "give_way");
        var side = network.Edges[DrawnStreets.Edge(network, 'S', true)].Lanes[0];
        var main = network.Edges[DrawnStreets.Edge(network, 'W', true)].Lanes[0];

        Assert.Empty(network.Programs);
        Assert.Equal(JunctionKind.Priority, network.Junctions.Single(j => j.Name == "n1").Kind);
        Assert.False(network.Connections.Single(c => c.FromLane == side && c.Direction == TurnDirection.Straight).IsMajor);
        Assert.True(network.Connections.Single(c => c.FromLane == main && c.Direction == TurnDirection.Straight).IsMajor);
    }

    [Fact]
    public void Protocol_buffers_give_the_same_network_as_XML()
    {
        var xml = DrawnStreets.Cross("<tag k=\"lanes\" v=\"4\"/>", hasCrossings: true);
        var problems = new List<Problem>();
        using var pbf = new MemoryStream(WritePbf("4"));
        var read = OsmNetworkReader.Read(pbf, "test.osm.pbf", problems);

        Assert.Empty(problems);
        Assert.Equal(JsonSerializer.Serialize(xml), JsonSerializer.Serialize(read));
    }

    [Fact]
    [Trait("rule", "P06")]
    public void Who_drew_the_map_is_never_read()
    {
        var text = DrawnStreets.CrossMap()
            .Replace("<node ", "<node user=\"zanzibar_mapper\" uid=\"777123\" changeset=\"888456\" timestamp=\"2019-01-02T03:04:05Z\" ", StringComparison.Ordinal)
            .Replace("<way ", "<way user=\"zanzibar_mapper\" uid=\"777123\" changeset=\"888456\" ", StringComparison.Ordinal)
            .Replace("<tag k=\"name\"", "<tag k=\"source\" v=\"zanzibar_mapper\"/><tag k=\"note\" v=\"zanzibar_mapper\"/><tag k=\"name\"", StringComparison.Ordinal);
        var plain = DrawnStreets.Cross();
        var fromXml = JsonSerializer.Serialize(ReadText(text, out _));
        using var pbf = new MemoryStream(WritePbf("2"));
        var fromPbf = JsonSerializer.Serialize(OsmNetworkReader.Read(pbf, "test", new List<Problem>()));

        Assert.Equal(JsonSerializer.Serialize(plain), fromXml);
        foreach (var canary in (ReadOnlySpan<string>)["zanzibar", "777123", "888456"])
        {
            Assert.DoesNotContain(canary, fromXml, StringComparison.Ordinal);
            Assert.DoesNotContain(canary, fromPbf, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Bad_elements_are_left_out_and_told_and_good_ones_kept()
    {
        var text = DrawnStreets.CrossMap("<tag k=\"maxspeed\" v=\"fast\"/><tag k=\"lanes\" v=\"-3\"/>").Replace(
            "</osm>",
            "<node id=\"x\" lat=\"1\" lon=\"2\"/><node id=\"77\" lat=\"95\" lon=\"2\"/><way id=\"300\"><nd ref=\"1\"/><tag k=\"highway\" v=\"primary\"/></way><way id=\"301\"><nd ref=\"1\"/><nd ref=\"4711\"/><tag k=\"highway\" v=\"primary\"/></way></osm>",
            StringComparison.Ordinal);
        var network = ReadText(text, out var problems);

        Assert.Equal(8, network.Edges.Length);
        Assert.All(problems, p => Assert.Equal("XT737", p.Code));
        foreach (var part in (ReadOnlySpan<string>)["line", "node 77", "way 300", "4711", "'fast'", "'-3'"])
        {
            Assert.Contains(problems, p => (p.Where + p.Message).Contains(part, StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("<gpx></gpx>", "XT735")]
    [InlineData("<osm><node", "XT735")]
    [InlineData("<!DOCTYPE osm [<!ENTITY a \"b\">]><osm>&a;</osm>", "XT735")]
    [InlineData("<osm></osm>", "XT738")]
    [InlineData("", "XT735")]
    public void What_is_no_map_is_refused_with_its_code(string text, string code)
    {
        var problem = Assert.Throws<ProblemException>(() => ReadText(text, out _));

        Assert.Equal(code, problem.Problems[0].Code);
    }

    [Fact]
    public void Caps_hold_in_both_formats()
    {
        var limits = new OsmLimits { Nodes = 5 };
        var bytes = Encoding.UTF8.GetBytes(DrawnStreets.CrossMap());

        Assert.Equal("XT736", Assert.Throws<ProblemException>(() => OsmNetworkReader.Read(new MemoryStream(bytes), "a", new List<Problem>(), limits)).Problems[0].Code);
        Assert.Equal("XT736", Assert.Throws<ProblemException>(() => OsmNetworkReader.Read(new MemoryStream(WritePbf("2")), "a", new List<Problem>(), limits)).Problems[0].Code);
    }

    [Fact]
    public void A_damaged_file_of_protocol_buffers_is_refused_and_never_breaks_the_reader()
    {
        var good = WritePbf("4");
        for (var cut = 1; cut < good.Length; cut += 7)
        {
            using var part = new MemoryStream(good, 0, cut);
            TryRead(part);
        }

        var random = new Crosstown.Core.RandomNumbers(5);
        for (var run = 0; run < 300; run++)
        {
            var bytes = (byte[])good.Clone();
            for (var i = 0; i < 3; i++)
            {
                bytes[random.NextInt(bytes.Length)] = (byte)random.NextInt(256);
            }

            using var part = new MemoryStream(bytes);
            TryRead(part);
        }

        static void TryRead(Stream stream)
        {
            try
            {
                OsmNetworkReader.Read(stream, "damaged", new List<Problem>());
            }
            catch (ProblemException e)
            {
                Assert.All(e.Problems, p => Assert.Matches("^XT73[5-8]$", p.Code));
            }
        }
    }

    private static RoadNetwork ReadText(string text, out List<Problem> problems)
    {
        problems = [];
        return OsmNetworkReader.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), "test.osm", problems);
    }

    /// <summary>The drawn crossing with crossings, as protocol buffers with the names of its mapper in every place that the format has for them.</summary>
    private static byte[] WritePbf(string lanes)
    {
        var problems = new List<Problem>();
        var words = new List<string> { "", "highway", "traffic_signals", "crossing", "primary", "residential", "name", "Main", "lanes", lanes, "zanzibar_mapper", "source" };
        var map = System.Xml.Linq.XDocument.Parse(DrawnStreets.CrossMap("<tag k=\"lanes\" v=\"4\"/>", hasCrossings: true));
        var (ids, latitudes, longitudes, tags, infos) = (new MemoryStream(), new MemoryStream(), new MemoryStream(), new MemoryStream(), new MemoryStream());
        long id = 0, latitude = 0, longitude = 0;
        foreach (var node in map.Root!.Elements("node"))
        {
            var (i, a, o) = ((long)node.Attribute("id")!, Scale(node.Attribute("lat")!.Value), Scale(node.Attribute("lon")!.Value));
            Number(ids, Fold(i - id));
            Number(latitudes, Fold(a - latitude));
            Number(longitudes, Fold(o - longitude));
            (id, latitude, longitude) = (i, a, o);
            foreach (var tag in node.Elements("tag"))
            {
                Number(tags, (ulong)words.IndexOf(tag.Attribute("k")!.Value));
                Number(tags, (ulong)words.IndexOf(tag.Attribute("v")!.Value));
            }

            Number(tags, 0);
            Number(infos, Fold(777123));
        }

        var info = Message((4, infos.ToArray()), (5, infos.ToArray()));
        var group = new MemoryStream();
        Field(group, 2, Message((1, ids.ToArray()), (5, info), (8, latitudes.ToArray()), (9, longitudes.ToArray()), (10, tags.ToArray())));
        foreach (var way in map.Root.Elements("way"))
        {
            var (keys, values, nodes) = (new MemoryStream(), new MemoryStream(), new MemoryStream());
            long last = 0;
            foreach (var node in way.Elements("nd"))
            {
                Number(nodes, Fold((long)node.Attribute("ref")! - last));
                last = (long)node.Attribute("ref")!;
            }

            foreach (var tag in way.Elements("tag"))
            {
                Number(keys, (ulong)words.IndexOf(tag.Attribute("k")!.Value));
                Number(values, (ulong)(tag.Attribute("k")!.Value == "lanes" ? words.IndexOf(lanes) : words.IndexOf(tag.Attribute("v")!.Value)));
            }

            Number(keys, 11);
            Number(values, 10);
            var bytes = new MemoryStream();
            Number(bytes, 1 << 3);
            Number(bytes, (ulong)(long)way.Attribute("id")!);
            bytes.Write(Message((2, keys.ToArray()), (3, values.ToArray()), (4, info), (8, nodes.ToArray())));
            Field(group, 3, bytes.ToArray());
        }

        var table = new MemoryStream();
        foreach (var word in words)
        {
            Field(table, 1, Encoding.UTF8.GetBytes(word));
        }

        var file = new MemoryStream();
        Block(file, "OSMHeader", Message((4, Encoding.UTF8.GetBytes("OsmSchema-V0.6")), (4, Encoding.UTF8.GetBytes("DenseNodes")), (16, Encoding.UTF8.GetBytes("zanzibar_mapper"))));
        Block(file, "OSMData", Message((1, table.ToArray()), (2, group.ToArray())));
        Assert.Empty(problems);
        return file.ToArray();
    }

    private static long Scale(string degrees) => (long)Math.Round(decimal.Parse(degrees, System.Globalization.CultureInfo.InvariantCulture) * 10_000_000m);

    private static ulong Fold(long value) => (ulong)((value << 1) ^ (value >> 63));

    private static void Number(Stream to, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            to.WriteByte((byte)(value | 0x80));
        }

        to.WriteByte((byte)value);
    }

    private static void Field(Stream to, int number, byte[] bytes)
    {
        Number(to, ((ulong)number << 3) | 2);
        Number(to, (ulong)bytes.Length);
        to.Write(bytes);
    }

    private static byte[] Message(params (int Number, byte[] Bytes)[] fields)
    {
        var bytes = new MemoryStream();
        foreach (var (number, field) in fields)
        {
            Field(bytes, number, field);
        }

        return bytes.ToArray();
    }

    private static void Block(Stream to, string type, byte[] content)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            zlib.Write(content);
        }

        var blob = new MemoryStream();
        Number(blob, 2 << 3);
        Number(blob, (ulong)content.Length);
        Field(blob, 3, packed.ToArray());
        var header = new MemoryStream();
        Field(header, 1, Encoding.UTF8.GetBytes(type));
        Number(header, 3 << 3);
        Number(header, (ulong)blob.Length);
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, (int)header.Length);
        to.Write(length);
        to.Write(header.ToArray());
        to.Write(blob.ToArray());
    }
}
