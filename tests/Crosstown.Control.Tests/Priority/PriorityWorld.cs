using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Xml.Linq;
using Crosstown.Control.Adaptive;
using Crosstown.Control.Priority;
using Crosstown.Control.Sites;
using Crosstown.Control.Traci;
using Crosstown.Core;
using Crosstown.Core.Data;
using Crosstown.Core.Networks;
using Crosstown.Simulation.Sumo;
using Crosstown.Timing.Guard;

namespace Crosstown.Control.Tests.Priority;

/// <summary>
/// A grid of 6 by 3 signals and blocks of 300 m in SUMO, with 90 s of fixed cycle, cars from anywhere at the rim to anywhere, a rescue vehicle every five minutes along the middle street,
/// and two lines of buses with three stops along the other two.
/// </summary>
public sealed class PriorityWorld : IDisposable
{
    private const string Columns = "ABCDEF";
    private const int HeadwayS = 300;
    private const int FirstS = 300;
    private const int DrainS = 1200;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("crosstown-priority");
    private readonly Dictionary<string, Line> _lines = new(StringComparer.Ordinal);
    private readonly int _demandS;

    /// <param name="seed">Of the demand, and SUMO's own.</param>
    /// <param name="carsPerHour">Offered.</param>
    /// <param name="demandS">How long cars enter, s.</param>
    public PriorityWorld(int seed, int carsPerHour, int demandS)
    {
        Seed = seed;
        _demandS = demandS;
        Start(
            "netgenerate", "--grid", "--grid.x-number", "6", "--grid.y-number", "3", "--grid.length", "300", "--grid.attach-length", "300", "-L", "3", "-j", "traffic_light", "--tls.cycle.time", "90",
            "--tls.yellow.time", "4", "--tls.allred.time", "2", "--sidewalks.guess", "--crossings.guess", "--tls.crossing-min.time", "7", "--tls.crossing-clearance.time", "17", "--no-turnarounds",
            "--no-warnings", "-o", PathOf("net.net.xml"));
        using (var stream = File.OpenRead(PathOf("net.net.xml")))
        {
            Network = SumoNetworkReader.Read(stream, "net.net.xml", new List<Problem>());
        }

        WriteDetectors();
        using (var stream = File.OpenRead(PathOf("detectors.add.xml")))
        {
            Equipment = SumoEquipmentReader.Read(stream, "detectors.add.xml", Network, new List<Problem>());
        }

        WriteCars(carsPerHour);
        WriteLines();
    }

    /// <summary>Who decides.</summary>
    public enum Controller
    {
        /// <summary>The network's own plan.</summary>
        Fixed,
        Adaptive,
    }

    public static bool IsInstalled { get; } = Array.TrueForAll(["sumo", "netgenerate", "duarouter"], p => Find(p) is not null);

    public static RoadProfile Profile => RoadProfile.Field;

    public int Seed { get; }

    public RoadNetwork Network { get; }

    public RoadEquipment Equipment { get; }

    /// <summary>Runs SUMO with our controllers until the streets are empty.</summary>
    public Result Run(Controller controller, bool helpsBuses, bool helpsRescue)
    {
        var name = $"{controller}-{helpsBuses}-{helpsRescue}";
        File.WriteAllText(PathOf("measure.add.xml"), $"""
            <additional>
              <edgeData id="edges" file="{PathOf("edges.xml")}" vTypes="car"/>
              <timedEvent type="SaveTLSStates" dest="{PathOf("states.xml")}"/>
            </additional>
            """);
        var port = FreePort();
        using var sumo = Begin(
            "sumo", "-n", PathOf("net.net.xml"), "-r", $"{PathOf("cars.rou.xml")},{PathOf("lines.rou.xml")}", "-a", $"{PathOf("detectors.add.xml")},{PathOf("measure.add.xml")}",
            "--seed", Text(Seed), "--step-length", "1", "--time-to-teleport", "-1", "--ignore-junction-blocker", "60", "--collision.action", "warn", "--tripinfo-output", PathOf("trips.xml"),
            "--tripinfo-output.write-unfinished", "--tripinfo-output.write-undeparted", "--no-step-log", "--no-warnings", "--xml-validation", "never", "--remote-port", Text(port));
        var errors = sumo.StandardError.ReadToEndAsync();
        var output = sumo.StandardOutput.ReadToEndAsync();
        var records = new List<PriorityRecord>();
        var queues = new Dictionary<string, QueueTrace>(StringComparer.Ordinal);
        IReadOnlyList<double> times;
        var reference = Network.Programs;
        using (var stream = Connect(port, sumo))
        {
            using var client = new TraciClient(stream);
            var servers = new Dictionary<string, PriorityServer>(StringComparer.Ordinal);
            var units = new OnBoardUnits(stream, Network, servers, helpsBuses, helpsRescue);
            var endS = _demandS + DrainS;
            ISignalController Make(SignalSite site)
            {
                var server = servers[site.Card.Signal] = new PriorityServer(Network, site, PriorityLimits.Usual, records.Add);
                var plan = controller == Controller.Fixed ? new PlanClock(site, site.Card.Reference) : null;
                ISignalController inner = plan is null ? new RollingController(site, Profile) : new PlanFollower(plan);
                var served = new PriorityController(site, Profile, inner, server, plan);
                var trace = queues[site.Card.Signal] = new QueueTrace(site);
                return servers.Count > 1 ? new Leader(served, trace.See) : new Leader(served, (frame, nowS) =>
                {
                    trace.See(frame, nowS);
                    units.Tell(nowS, _lines);
                    if (nowS >= endS || (nowS > _demandS && nowS % 10 == 0 && units.ReadExpected() == 0))
                    {
                        units.Close();
                    }
                });
            }

            times = TraciRun.Drive(client, Network, Equipment, reference, Profile, new TraciSettings
            {
                Controller = Make,
                Guard = (card, nowS, state) => new StateGuard(card, Profile, nowS, state),
            }).StepMs;
        }

        sumo.WaitForExit();
        _ = output.GetAwaiter().GetResult();
        return sumo.ExitCode == 0 ? Measure(name, controller, records, queues, times) : throw new InvalidOperationException($"sumo ended with {sumo.ExitCode}: {errors.GetAwaiter().GetResult()}");
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private Result Measure(string name, Controller controller, List<PriorityRecord> records, Dictionary<string, QueueTrace> queues, IReadOnlyList<double> times)
    {
        var trips = XDocument.Load(PathOf("trips.xml")).Root!.Elements("tripinfo")
            .Select(t => (Kind: t.Attribute("vType")!.Value, DurationS: Number(t, "duration"), TimeLossS: Number(t, "timeLoss"), LossS: Math.Max(0, Number(t, "timeLoss")) + Math.Max(0, Number(t, "departDelay")), HasArrived: Number(t, "arrival") >= 0)).ToArray();
        var losses = XDocument.Load(PathOf("edges.xml")).Descendants("edge").ToDictionary(
            e => e.Attribute("id")!.Value, e => (LossS: Number(e, "timeLoss"), Vehicles: Number(e, "left") + Number(e, "arrived")), StringComparer.Ordinal);
        double Loss(IEnumerable<string> edges)
        {
            var found = edges.Where(losses.ContainsKey).Select(e => losses[e]).ToArray();
            return found.Sum(f => f.LossS) / found.Sum(f => f.Vehicles);
        }

        // Streets across: all that end at the signals of a row and belong to no row.
        string[] Across(int row) => [.. Network.Edges.Where(e => e.Function == EdgeFunction.Street && Network.Junctions[e.To].Name is [_, var r] && r == '0' + row && Network.Junctions[e.From].Name is var f
            && (f is ['A' or 'B' or 'C' or 'D' or 'E' or 'F', var q] ? q != r : f.StartsWith("top", StringComparison.Ordinal) || f.StartsWith("bottom", StringComparison.Ordinal))).Select(e => e.Name)];
        var judges = Judge();
        var cars = trips.Where(t => t.Kind == "car").ToArray();
        double[] Durations(string kind) => [.. trips.Where(t => t.Kind == kind && t.HasArrived).Select(t => t.DurationS).Order()];
        return new Result
        {
            Name = name,
            RescueS = Durations("rescue"),
            RescueFreeS = trips.Where(t => t.Kind == "rescue" && t.HasArrived).Average(t => t.DurationS - t.TimeLossS),
            BusS = Durations("bus"),
            CarLossS = cars.Average(t => t.LossS),
            RescueWayLossS = Loss(RowEast(1)),
            RescueAcrossLossS = Loss(Across(1)),
            BusWayLossS = Loss([.. RowEast(0), .. RowWest(2)]),
            BusAcrossLossS = Loss([.. Across(0), .. Across(2)]),
            Unfinished = trips.Count(t => !t.HasArrived),
            Broken = [.. judges.SelectMany(j => j.Value.Broken.Select(b => $"{j.Key} {b}"))],
            LongestRedS = judges.Values.Max(j => j.LongestRedS),
            Records = [.. records],
            RecoveryCycles = [.. records.Where(r => r.IsGrant).Select(r => controller == Controller.Fixed
                ? RecoveryCycles(r, judges[r.Signal], records) : queues[r.Signal].RecoveryCycles(r, Network.Edges.ToList().FindIndex(e => e.Name == r.Approach)))],
            StepMs = times.Average(),
        };
    }

    private Dictionary<string, StateJudge> Judge()
    {
        var judges = Network.Programs.ToDictionary(p => p.Signal, p => new StateJudge(Network, p, Profile), StringComparer.Ordinal);
        foreach (var state in XDocument.Load(PathOf("states.xml")).Descendants("tlsState"))
        {
            judges[state.Attribute("id")!.Value].See((int)Number(state, "time"), state.Attribute("state")!.Value);
        }

        return judges;
    }

    /// <summary>Cycles from the end of a grant until greens begin when the plan says, within 2 s, and go on to for a whole cycle or until the next grant; seen from outside. Null when that never came.</summary>
    private double? RecoveryCycles(PriorityRecord record, StateJudge judge, List<PriorityRecord> records)
    {
        var program = Network.Programs.Single(p => p.Signal == record.Signal);
        var cycle = (int)program.CycleS;
        var nextS = records.Where(r => r.Signal == record.Signal && r.GrantedS > record.EndedS).Select(r => r.GrantedS!.Value).DefaultIfEmpty(int.MaxValue).Min();
        bool IsInStep((int TimeS, int Link) begin)
        {
            var atS = 0.0;
            for (var p = 0; p < program.Phases.Length; p++)
            {
                var isBegin = program.Phases[p].State[begin.Link] is 'G' or 'g' && program.Phases[(p + program.Phases.Length - 1) % program.Phases.Length].State[begin.Link] is not ('G' or 'g');
                var apart = Math.Abs((((begin.TimeS - program.OffsetS - atS) % cycle) + (1.5 * cycle)) % cycle - (0.5 * cycle));
                if (isBegin && apart <= 2)
                {
                    return true;
                }

                atS += program.Phases[p].DurationS;
            }

            return false;
        }

        var after = judge.Begins.Where(b => b.TimeS > record.EndedS).ToArray();
        for (var i = 0; i < after.Length; i++)
        {
            if (IsInStep(after[i]) && after.Skip(i).TakeWhile(b => b.TimeS < after[i].TimeS + cycle && b.TimeS < nextS).All(IsInStep))
            {
                return (after[i].TimeS - record.EndedS) / (double)cycle;
            }
        }

        return null;
    }

    private static string[] RowEast(int row) =>
        [$"left{row}A{row}", .. Enumerable.Range(0, 5).Select(c => $"{Columns[c]}{row}{Columns[c + 1]}{row}"), $"F{row}right{row}"];

    private static string[] RowWest(int row) =>
        [$"right{row}F{row}", .. Enumerable.Range(0, 5).Select(c => $"{Columns[5 - c]}{row}{Columns[4 - c]}{row}"), $"A{row}left{row}"];

    private void WriteDetectors()
    {
        var xml = new StringBuilder("<additional>\n");
        var lanes = Network.Connections.Where(c => c.Signal is not null && Network.Edges[Network.Lanes[c.FromLane].Edge].Function == EdgeFunction.Street).ToArray();
        var end = $"friendlyPos=\"true\" freq=\"100000\" file=\"{PathOf("detected.xml")}\"/>";
        foreach (var lane in lanes.Select(c => Network.Lanes[c.FromLane]).Distinct())
        {
            var length = lane.LengthM;
            xml.AppendLine(CultureInfo.InvariantCulture, $"<laneAreaDetector id=\"q_{lane.Name}\" lane=\"{lane.Name}\" pos=\"{Math.Max(0, length - 200):0.##}\" endPos=\"{length - 0.25:0.##}\" {end}");
            xml.AppendLine(CultureInfo.InvariantCulture, $"<inductionLoop id=\"stop_{lane.Name}\" lane=\"{lane.Name}\" pos=\"{length - 1:0.##}\" {end}");
            xml.AppendLine(CultureInfo.InvariantCulture, $"<inductionLoop id=\"adv_{lane.Name}\" lane=\"{lane.Name}\" pos=\"{length - 45:0.##}\" {end}");
        }

        foreach (var lane in lanes.Select(c => Network.Lanes[c.ToLane]).Where(l => Network.Edges[l.Edge].Function == EdgeFunction.Street).Distinct())
        {
            xml.AppendLine(CultureInfo.InvariantCulture, $"<laneAreaDetector id=\"x_{lane.Name}\" lane=\"{lane.Name}\" pos=\"0\" endPos=\"100\" {end}");
        }

        File.WriteAllText(PathOf("detectors.add.xml"), xml.Append("</additional>\n").ToString());
    }

    private void WriteCars(int carsPerHour)
    {
        var random = new RandomNumbers((ulong)Seed, carsPerHour);
        var streets = Network.Edges.Where(e => e.Function == EdgeFunction.Street).ToArray();
        bool IsRim(int junction) => Network.Junctions[junction].Name.Length > 2;
        var entries = streets.Where(e => IsRim(e.From)).OrderBy(e => e.Name, StringComparer.Ordinal).ToArray();
        var exits = streets.Where(e => IsRim(e.To)).OrderBy(e => e.Name, StringComparer.Ordinal).ToArray();
        var xml = new StringBuilder("<routes>\n<vType id=\"car\" speedDev=\"0.1\"/>\n");
        var atS = 0.0;
        for (var n = 0; ; n++)
        {
            atS += random.Exponential(3600.0 / carsPerHour);
            if (atS >= _demandS)
            {
                break;
            }

            var from = entries[random.NextInt(entries.Length)];
            var to = exits[random.NextInt(exits.Length)];
            while (to.To == from.From)
            {
                to = exits[random.NextInt(exits.Length)];
            }

            xml.AppendLine(CultureInfo.InvariantCulture, $"<trip id=\"c{n}\" type=\"car\" depart=\"{atS:0.0}\" from=\"{from.Name}\" to=\"{to.Name}\" departLane=\"best\" departSpeed=\"max\"/>");
        }

        File.WriteAllText(PathOf("cars.trips.xml"), xml.Append("</routes>\n").ToString());
        Start("duarouter", "-n", PathOf("net.net.xml"), "-r", PathOf("cars.trips.xml"), "-o", PathOf("cars.rou.xml"), "--weights.random-factor", "1.3", "--seed", Text(Seed), "--no-warnings", "--no-step-log");
    }

    private void WriteLines()
    {
        var xml = new StringBuilder("""
            <routes>
            <vType id="rescue" vClass="emergency" speedFactor="1.2" speedDev="0" length="6.5"/>
            <vType id="bus" vClass="bus" length="12" accel="1.2" speedDev="0.05"/>

            """);
        for (var (n, atS) = (0, FirstS); atS < _demandS; n++, atS += HeadwayS)
        {
            Add($"rescue{n}", "rescue", atS, RowEast(1), []);
            Add($"bus{n}east", "bus", atS + 20, RowEast(0), ["A0B0", "C0D0", "E0F0"]);
            Add($"bus{n}west", "bus", atS + 150, RowWest(2), ["F2E2", "D2C2", "B2A2"]);
        }

        File.WriteAllText(PathOf("lines.rou.xml"), xml.Append("</routes>\n").ToString());
        void Add(string name, string type, int departS, string[] edges, string[] stops)
        {
            _lines[name] = new Line(type == "bus", [.. edges], [.. stops]);
            xml.AppendLine(CultureInfo.InvariantCulture, $"<vehicle id=\"{name}\" type=\"{type}\" depart=\"{departS}\" departLane=\"best\" departSpeed=\"max\"><route edges=\"{string.Join(' ', edges)}\"/>");
            foreach (var stop in stops)
            {
                xml.AppendLine(CultureInfo.InvariantCulture, $"<stop lane=\"{stop}_1\" startPos=\"60\" endPos=\"80\" duration=\"20\"/>");
            }

            xml.AppendLine("</vehicle>");
        }
    }

    private static double Number(XElement element, string name) => double.Parse(element.Attribute(name)?.Value ?? "0", CultureInfo.InvariantCulture);

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string? Find(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(p => Path.Combine(p, program)).FirstOrDefault(File.Exists);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static NetworkStream Connect(int port, Process sumo)
    {
        while (true)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                socket.Connect(IPAddress.Loopback, port);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException) when (!sumo.HasExited)
            {
                socket.Dispose();
                Thread.Sleep(50);
            }
        }
    }

    private static void Start(string program, params string[] arguments)
    {
        using var process = Begin(program, arguments);
        var errors = process.StandardError.ReadToEndAsync();
        _ = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {errors.GetAwaiter().GetResult()}");
        }
    }

    private static Process Begin(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(Find(program)!, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["SUMO_HOME"] = Environment.GetEnvironmentVariable("SUMO_HOME") ?? "/usr/share/sumo";
        return Process.Start(start)!;
    }

    private string PathOf(string file) => Path.Combine(_folder.FullName, file);

    /// <summary>A vehicle that may ask for priority.</summary>
    public sealed record Line(bool IsBus, ImmutableArray<string> EdgeList, ImmutableArray<string> StopEdges)
    {
        public List<string> Edges { get; } = [.. EdgeList];
    }

    /// <summary>What a run showed. Losses are per vehicle and edge or trip, s, of cars alone.</summary>
    public sealed record Result
    {
        public required string Name { get; init; }

        /// <summary>Trips of rescue vehicles, in order.</summary>
        public required double[] RescueS { get; init; }

        /// <summary>Mean of what the rescue vehicles' trips would take at their wanted speed with nothing in their way, s.</summary>
        public required double RescueFreeS { get; init; }

        /// <summary>Trips of buses, in order, with their stops.</summary>
        public required double[] BusS { get; init; }

        /// <summary>Time loss and delay of departure per car.</summary>
        public required double CarLossS { get; init; }

        public required double RescueWayLossS { get; init; }

        public required double RescueAcrossLossS { get; init; }

        public required double BusWayLossS { get; init; }

        public required double BusAcrossLossS { get; init; }

        public required int Unfinished { get; init; }

        public required string[] Broken { get; init; }

        public required int LongestRedS { get; init; }

        public required PriorityRecord[] Records { get; init; }

        /// <summary>By grant: around the plan until the signal is in step, around the adaptive controller until the queues across are back; null where that never came.</summary>
        public required double?[] RecoveryCycles { get; init; }

        public required double StepMs { get; init; }
    }

    /// <summary>Who stood before a signal, second by second, as SUMO's zones said.</summary>
    private sealed class QueueTrace(SignalSite site)
    {
        private readonly List<int[]> _byApproach = [];
        private int _fromS;

        public void See(DetectorFrame frame, int nowS)
        {
            _fromS = _byApproach.Count == 0 ? nowS : _fromS;
            _byApproach.Add([.. site.Approaches.Select(a => a.Lanes.Where(l => l.Zone >= 0 && !float.IsNaN(frame.Halting[l.Zone])).Sum(l => (int)frame.Halting[l.Zone]))]);
        }

        /// <summary>Cycles of the plan from the end of a grant until no more stand on the other approaches than in the worst second of the cycle before it; null when that never came.</summary>
        public double? RecoveryCycles(PriorityRecord record, int edge)
        {
            var cycleS = (int)site.Card.Reference.CycleS;
            var across = _byApproach.Select(q => q.Where((_, a) => site.Approaches[a].Edge != edge).Sum()).ToArray();
            var (granted, ended) = (record.GrantedS!.Value - _fromS, record.EndedS - _fromS);
            var level = across[Math.Max(0, granted - cycleS)..(granted + 1)].Max();
            var back = Array.FindIndex(across, Math.Min(ended, across.Length - 1), q => q <= level);
            return back < 0 ? null : (back - ended) / (double)cycleS;
        }
    }

    private sealed class Leader(ISignalController inner, Action<DetectorFrame, int> before) : ISignalController
    {
        public (int Stage, int HoldS) Decide(DetectorFrame frame, int nowS, StageDriver driver)
        {
            before(frame, nowS);
            return inner.Decide(frame, nowS, driver);
        }
    }
}
