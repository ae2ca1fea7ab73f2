using System.Text;
using Crosstown.Core.Data;
using Crosstown.Core.Networks;
using Crosstown.Simulation.Sumo;

namespace Crosstown.Simulation.Tests.Sumo;

/// <summary>Files of SUMO, whole and damaged.</summary>
public sealed class SumoReaderTests
{
    /// <summary>A street from a to c by the signal b, and a side street d that joins there and yields.</summary>
    private const string Net = """
        <?xml version="1.0" encoding="UTF-8"?>
        <net version="1.9">
            <location netOffset="-342498.65,-5630866.92" convBoundary="0,0,1,1" origBoundary="6,50,7,51" projParameter="+proj=utm +zone=32 +ellps=WGS84"/>
            <edge id=":b_0" function="internal"><lane id=":b_0_0" index="0" speed="13.9" length="10" shape="100,0 110,0"/></edge>
            <edge id=":b_1" function="internal"><lane id=":b_1_0" index="0" speed="6" length="9" shape="105,-5 110,0"/></edge>
            <edge id="ab" from="a" to="b" priority="3">
                <lane id="ab_0" index="0" allow="pedestrian" speed="13.9" length="100" width="2" shape="0,-3 100,-3"/>
                <lane id="ab_1" index="1" disallow="pedestrian tram" speed="13.9" length="100" shape="0,0 100,0"/>
            </edge>
            <edge id="bc" from="b" to="c" priority="3"><lane id="bc_0" index="0" speed="13.9" length="90" shape="110,0,4 200,0,4"/></edge>
            <edge id="db" from="d" to="b" priority="1"><lane id="db_0" index="0" speed="8.3" length="50" shape="105,-55 105,-5"/></edge>
            <tlLogic id="b" type="static" programID="0" offset="4">
                <phase duration="31" state="Gg"/><phase duration="3" state="yy"/>
            </tlLogic>
            <junction id="a" type="dead_end" x="0" y="0" incLanes="" intLanes="" shape="0,0 0,1"/>
            <junction id="c" type="dead_end" x="200" y="0" incLanes="bc_0" intLanes=""/>
            <junction id="d" type="dead_end" x="105" y="-55" incLanes="" intLanes=""/>
            <junction id="b" type="traffic_light" x="105" y="0" incLanes="ab_0 ab_1 db_0" intLanes=":b_0_0 :b_1_0" shape="100,-5 110,5">
                <request index="0" response="00" foes="10" cont="0"/>
                <request index="1" response="01" foes="01" cont="1"/>
            </junction>
            <connection from="ab" to="bc" fromLane="1" toLane="0" via=":b_0_0" tl="b" linkIndex="0" dir="s" state="O"/>
            <connection from="db" to="bc" fromLane="0" toLane="0" via=":b_1_0" tl="b" linkIndex="1" dir="r" state="o"/>
            <connection from=":b_0" to="bc" fromLane="0" toLane="0" dir="s" state="M"/>
            <connection from=":b_1" to="bc" fromLane="0" toLane="0" dir="r" state="M"/>
        </net>
        """;

    private static MemoryStream Text(string text) => new(Encoding.UTF8.GetBytes(text));

    private static RoadNetwork ReadNet(string text, out List<Problem> problems)
    {
        problems = [];
        return SumoNetworkReader.Read(Text(text), "net.xml", problems);
    }

    [Fact]
    public void A_network_keeps_its_lanes_right_of_way_and_programs()
    {
        var network = ReadNet(Net, out var problems);

        Assert.Empty(problems);
        Assert.Equal(["ab_0", "ab_1"], network.Edges.Single(e => e.Name == "ab").Lanes.Select(l => network.Lanes[l].Name));
        Assert.Equal(RoadUsers.Pedestrian, network.Lanes.Single(l => l.Name == "ab_0").Allowed);
        Assert.Equal(RoadUsers.All & ~(RoadUsers.Pedestrian | RoadUsers.Tram), network.Lanes.Single(l => l.Name == "ab_1").Allowed);
        Assert.Equal(new RoadPoint(200, 0), network.Lanes.Single(l => l.Name == "bc_0").Shape[1]);
        var main = network.Connections[0];
        var side = network.Connections[1];
        Assert.Equal("b", main.Signal);
        Assert.Equal([1], main.Foes);
        Assert.Empty(main.YieldsTo);
        Assert.Equal([0], side.YieldsTo);
        Assert.True(side.WaitsInside);
        Assert.Equal(TurnDirection.Right, side.Direction);
        Assert.Equal(":b_1_0", network.Lanes[side.ViaLane].Name);
        Assert.Equal("b", network.Junctions[network.Edges.Single(e => e.Name == ":b_1").From].Name);
        var program = Assert.Single(network.Programs);
        Assert.Equal(34, program.CycleS);
        Assert.Equal(4, program.OffsetS);
        Assert.Equal(32, network.Projection!.Zone);
    }

    [Theory]
    [InlineData("<net", "XT710")]
    [InlineData("<routes/>", "XT710")]
    [InlineData("<!DOCTYPE net [<!ENTITY a \"aaaa\">]><net>&a;</net>", "XT710")]
    [InlineData("<net><edge id='e' from='x' to='x'><lane id='e_0' speed='1' length='0' shape='0,0 1,0'/></edge></net>", "XT711")]
    [InlineData("<net><edge id='e' from='x' to='x'><lane id='e_0' speed='one' length='1' shape='0,0 1,0'/></edge></net>", "XT711")]
    [InlineData("<net><edge id='e' from='x' to='x'><lane id='e_0' speed='1' length='1' shape='0,0'/></edge></net>", "XT711")]
    [InlineData("<net><edge id='e' from='x' to='x'/></net>", "XT712")]
    [InlineData("<net></net>", "XT712")]
    [InlineData("<net><edge id='e' from='x' to='x'><lane id='e_0' speed='1' length='1' shape='0,0 1,0'/></edge><junction id='j' x='0' y='0'/></net>", "XT712")]
    public void A_file_that_is_no_network_is_refused_with_its_reason(string text, string code)
    {
        var thrown = Assert.Throws<ProblemException>(() => ReadNet(text, out _));

        Assert.Equal(code, thrown.Problems[0].Code);
        Assert.NotEmpty(thrown.Problems[0].Where);
    }

    [Fact]
    public void Damaged_rows_are_left_out_and_named_while_the_rest_is_kept()
    {
        var text = Net
            .Replace("<request index=\"1\" response=\"01\"", "<request index=\"1\" response=\"0\"", StringComparison.Ordinal)
            .Replace("state=\"yy\"", "state=\"yyy\"", StringComparison.Ordinal)
            .Replace("<connection from=\":b_1\" to=\"bc\"", "<connection from=\":b_1\" to=\"nowhere\"", StringComparison.Ordinal);

        var network = ReadNet(text, out var problems);

        Assert.Equal(["XT712", "XT713", "XT714"], problems.Select(p => p.Code).Order());
        Assert.Empty(network.Programs);
        Assert.Equal([1], network.Connections[0].Foes);
        Assert.Empty(network.Connections[1].Foes);
    }

    [Fact]
    public void Trips_flows_routes_and_walks_become_departures()
    {
        var network = ReadNet(Net, out _);
        var problems = new List<Problem>();
        var equipment = SumoEquipmentReader.Read(
            Text("<additional><busStop id='s' lane='bc_0' startPos='10' endPos='-50'/><inductionLoop id='l' lane='ab_1' pos='-1' freq='1' file='x'/><laneAreaDetector id='z' lane='ab_1' pos='20' length='30'/></additional>"),
            "add.xml", network, problems);
        var reader = new SumoDemandReader(network, equipment, problems);
        reader.Read(
            Text("""
                <routes>
                  <vType id="truck" vClass="truck" length="9" speedFactor="normc(1.1,0.05,0.5,1.5)"/>
                  <route id="r" edges="ab bc"/>
                  <vehicle id="x" type="truck" depart="0:01:30" route="r" departLane="best" departSpeed="max"><stop busStop="s" duration="20"/></vehicle>
                  <vehicle id="y" depart="5"><route edges="db bc"/></vehicle>
                  <trip id="z" depart="7.5" from="ab" to="bc"/>
                  <flow id="f" begin="100" end="200" number="4" from="db" to="bc"/>
                  <person id="p" depart="3"><walk edges="ab"/></person>
                  <vehicle id="bad1" depart="1"><route edges="ab db"/></vehicle>
                  <vehicle id="bad2" depart="1"><route edges="ab nowhere"/></vehicle>
                  <vehicle id="bad3" depart="soon"><route edges="ab bc"/></vehicle>
                  <trip id="bad4" depart="1" from="bc" to="ab"/>
                </routes>
                """),
            "rou.xml");
        var demand = reader.Finish();

        Assert.Equal([5, 7.5, 90, 100, 125, 150, 175], demand.Trips.Select(t => t.DepartS));
        Assert.Equal(["XT711", "XT712", "XT715", "XT715"], problems.Select(p => p.Code).Order());
        var truck = demand.Trips[2];
        Assert.Equal(9, demand.Kinds[truck.Kind].LengthM);
        Assert.Equal(1.1, demand.Kinds[truck.Kind].SpeedFactor);
        Assert.Equal(EntryChoice.Best, truck.EntrySpeed);
        Assert.Equal(40, Assert.Single(truck.Stops).EndM);
        Assert.Equal(["ab", "bc"], demand.Trips[1].Edges.Select(e => network.Edges[e].Name));
        Assert.Equal(3, Assert.Single(demand.Walks).DepartS);
        Assert.Equal(99, equipment.Detectors[0].StartM);
        Assert.True(equipment.Detectors[0].IsLoop);
        Assert.Equal(50, equipment.Detectors[1].EndM);
    }

    [Fact]
    public void Programs_come_back_as_they_were_written()
    {
        var network = ReadNet(Net, out _);
        var program = network.Programs[0] with { Name = "retimed", OffsetS = 12.5 };
        using var file = new MemoryStream();

        SumoProgram.Write(file, [program]);
        file.Position = 0;
        var problems = new List<Problem>();
        var back = Assert.Single(SumoEquipmentReader.Read(file, "plan.add.xml", network, problems).Programs);

        Assert.Empty(problems);
        Assert.Equal(program.Name, back.Name);
        Assert.Equal(program.OffsetS, back.OffsetS);
        Assert.Equal(program.Phases, back.Phases);
    }

    [Theory]
    [Trait("Category", SharedData.Category)]
    [InlineData("cologne1", 1)]
    [InlineData("cologne3", 3)]
    [InlineData("cologne8", 8)]
    [InlineData("ingolstadt1", 1)]
    [InlineData("ingolstadt7", 7)]
    [InlineData("grid4x4", 16)]
    [InlineData("arterial4x4", 16)]
    [InlineData("xt-arterial6", 6)]
    [InlineData("xt-grid2x3", 6)]
    public void Scenarios_of_other_makers_are_read_without_loss(string name, int signals)
    {
        var folder = SharedData.PathTo($"data/scenarios/{name}");
        var problems = new List<Problem>();
        RoadNetwork network;
        using (var file = File.OpenRead(Path.Combine(folder, "net.net.xml")))
        {
            network = SumoNetworkReader.Read(file, "net.net.xml", problems);
        }

        RoadEquipment Equipment(string file)
        {
            using var stream = File.OpenRead(Path.Combine(folder, file));
            return SumoEquipmentReader.Read(stream, file, network, problems);
        }

        var stops = File.Exists(Path.Combine(folder, "stops.add.xml")) ? Equipment("stops.add.xml") : null;
        var reader = new SumoDemandReader(network, stops, problems);
        var vehicles = 0;
        var persons = 0;
        foreach (var path in Directory.GetFiles(folder, "*.rou.xml"))
        {
            var text = File.ReadAllText(path);
            vehicles += text.Split("<vehicle ").Length - 1;
            persons += text.Split("<person ").Length - 1;
            using var stream = File.OpenRead(path);
            reader.Read(stream, Path.GetFileName(path));
        }

        var demand = reader.Finish();
        Assert.Empty(problems);
        Assert.Equal(signals, Equipment("reference.add.xml").Programs.Length);
        Assert.Equal(vehicles, demand.Trips.Length);
        Assert.Equal(persons, demand.Walks.Length);
        Assert.NotEmpty(Equipment("detectors.add.xml").Detectors);
        Assert.All(network.Connections.Where(c => c.Signal is not null), c => Assert.InRange(c.SignalLink, 0, 63));
        Assert.All(network.Connections.Select((c, i) => (c, i)), p => Assert.All(p.c.Foes, f => Assert.Contains(p.i, network.Connections[f].Foes)));
    }
}
