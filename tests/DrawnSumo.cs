using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Crosstown.Core.Networks;
using Crosstown.Simulation.Sumo;
using Crosstown.Timing.Tests.Roads;

namespace Crosstown.Tests;

/// <summary>A drawn street with two signals as a scenario's folder, and the real SUMO on it that waits for a client. Absent cleanly.</summary>
internal sealed class DrawnSumo : IDisposable
{
    /// <summary>Begin of the simulation, s.</summary>
    public const int BeginS = 100;

    private readonly Process _sumo;

    private DrawnSumo(string folder, int port, Process sumo) => (Folder, Port, _sumo) = (folder, port, sumo);

    public string Folder { get; }

    public int Port { get; }

    /// <summary>Makes the folder and starts SUMO, or skips the running test where SUMO is not installed.</summary>
    public static DrawnSumo Start(double stepS = 1)
    {
        Assert.SkipWhen(SumoRun.Program is null, "SUMO is not installed: tests of its control protocol need sumo and netconvert.");
        var folder = Directory.CreateTempSubdirectory("crosstown-traci").FullName;
        string PathOf(string name) => Path.Combine(folder, name);
        var drawn = DrawnStreets.Street(2);
        FixedProgram[] programs = [DrawnStreets.Program(0, 30, 20), DrawnStreets.Program(1, 25, 25, offsetS: 10)];
        SumoNetworkWriter.Write(drawn, programs, ending => File.Create(PathOf($"plain.{ending}")));
        using (var made = Launch("netconvert",
            "-n", PathOf("plain.nod.xml"), "-e", PathOf("plain.edg.xml"), "-x", PathOf("plain.con.xml"), "-i", PathOf("plain.tll.xml"), "-o", PathOf("net.net.xml"),
            "--no-turnarounds", "true", "--offset.disable-normalization", "true", "--no-warnings", "true", "--xml-validation", "never"))
        {
            made.WaitForExit();
            Assert.Equal(0, made.ExitCode);
        }

        using (var reference = File.Create(PathOf("reference.add.xml")))
        {
            SumoProgram.Write(reference, programs);
        }

        using (var net = File.OpenRead(PathOf("net.net.xml")))
        {
            var lanes = SumoNetworkReader.Read(net, "net.net.xml", []).Lanes.Where(l => l.Name[0] is 'm' or 's' or 'n').ToArray();
            File.WriteAllText(PathOf("detectors.add.xml"), $"<additional>{string.Concat(lanes.Select(Detectors))}</additional>");
        }

        File.WriteAllText(PathOf("demand.rou.xml"), """
            <routes>
                <vType id="car"/>
                <flow id="east" begin="100" end="4000" period="5"><route edges="m0 m1 m2"/></flow>
                <flow id="north0" begin="100" end="4000" period="9"><route edges="s0 n0"/></flow>
                <flow id="north1" begin="100" end="4000" period="9"><route edges="s1 n1"/></flow>
            </routes>
            """);
        File.WriteAllText(PathOf("scenario.json"), """{ "name": "drawn", "net": "net.net.xml", "detectors": "detectors.add.xml", "reference": "reference.add.xml", "begin": 100, "end": 4000 }""");
        var port = FreePort();
        var sumo = Launch(SumoRun.Program!,
            "-n", PathOf("net.net.xml"), "-r", PathOf("demand.rou.xml"), "-a", $"{PathOf("reference.add.xml")},{PathOf("detectors.add.xml")}", "-b", Text(BeginS), "--seed", "1",
            "--step-length", Text(stepS), "--remote-port", Text(port), "--num-clients", "1", "--no-step-log", "--no-warnings", "--xml-validation", "never");
        return new DrawnSumo(folder, port, sumo);
    }

    public void Dispose()
    {
        if (!_sumo.HasExited)
        {
            _sumo.Kill();
        }

        _sumo.WaitForExit();
        _sumo.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    public static int FreePort()
    {
        using var any = new TcpListener(IPAddress.Loopback, 0);
        any.Start();
        return ((IPEndPoint)any.LocalEndpoint).Port;
    }

    private static string Detectors(RoadLane lane)
    {
        var (name, end) = (lane.Name, lane.LengthM);
        string At(double m) => Text(Math.Round(m, 2));
        return $"""
            <laneAreaDetector id="{(name[0] == 'n' ? "x" : "q")}_{name}" lane="{name}" pos="{At(name[0] == 'n' ? 0 : end - 150)}" endPos="{At(name[0] == 'n' ? 80 : end - 0.5)}" friendlyPos="true" freq="100000" file="/dev/null"/>
            <inductionLoop id="stop_{name}" lane="{name}" pos="{At(end - 1)}" friendlyPos="true" freq="100000" file="/dev/null"/>
            <inductionLoop id="adv_{name}" lane="{name}" pos="{At(end - 45)}" friendlyPos="true" freq="100000" file="/dev/null"/>
            """;
    }

    private static Process Launch(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["SUMO_HOME"] = Environment.GetEnvironmentVariable("SUMO_HOME") ?? "/usr/share/sumo";
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Stands between a client and SUMO, counts the commands that pass, and hangs up after a number of steps.</summary>
internal sealed class TraciRelay : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Thread _thread;

    public TraciRelay(int sumoPort, int steps)
    {
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _thread = new Thread(() => Run(sumoPort, steps)) { IsBackground = true };
        _thread.Start();
    }

    public int Port { get; }

    /// <summary>Commands that the client sent, by number.</summary>
    public ConcurrentDictionary<byte, int> Commands { get; } = [];

    public void Dispose()
    {
        _listener.Stop();
        _thread.Join(TimeSpan.FromSeconds(10));
    }

    private void Run(int sumoPort, int steps)
    {
        try
        {
            using var client = _listener.AcceptTcpClient();
            using var sumo = Connect(sumoPort);
            while (Commands.GetValueOrDefault((byte)0x02) <= steps && Take(client.GetStream()) is { } asked)
            {
                Count(asked.AsSpan(4));
                sumo.GetStream().Write(asked);
                if (Take(sumo.GetStream()) is not { } answer || Commands.GetValueOrDefault((byte)0x02) > steps)
                {
                    return;
                }

                client.GetStream().Write(answer);
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            // Either side may go first.
        }
    }

    /// <summary>Connects to a simulator that may still be starting.</summary>
    internal static TcpClient Connect(int port)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                return new TcpClient("127.0.0.1", port) { NoDelay = true };
            }
            catch (SocketException) when (tries < 400)
            {
                Thread.Sleep(25);
            }
        }
    }

    /// <summary>One whole message with its length; null when the other side has gone.</summary>
    internal static byte[]? Take(NetworkStream from)
    {
        var head = new byte[4];
        if (from.ReadAtLeast(head, 4, throwOnEndOfStream: false) < 4)
        {
            return null;
        }

        var message = new byte[BinaryPrimitives.ReadInt32BigEndian(head)];
        head.CopyTo(message, 0);
        from.ReadExactly(message.AsSpan(4));
        return message;
    }

    private void Count(ReadOnlySpan<byte> commands)
    {
        while (!commands.IsEmpty)
        {
            var (length, head) = commands[0] == 0 ? (BinaryPrimitives.ReadInt32BigEndian(commands[1..]), 5) : (commands[0], 1);
            Commands.AddOrUpdate(commands[head], 1, (_, count) => count + 1);
            commands = commands[length..];
        }
    }
}
