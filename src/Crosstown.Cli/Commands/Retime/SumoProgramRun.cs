using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Crosstown.Core.Networks;
using Crosstown.Simulation.Sumo;

namespace Crosstown.Cli.Commands.Retime;

/// <summary>The simulator SUMO on drawn streets, where it is installed: an opinion that is not ours.</summary>
internal sealed class SumoProgramRun : IDisposable
{
    private const int PeriodS = 60;

    private readonly DirectoryInfo _scratch = Directory.CreateTempSubdirectory("crosstown-proof");
    private readonly RoadNetwork _network;

    /// <summary>Whether <c>sumo</c> and <c>netconvert</c> are on the path.</summary>
    public static bool IsInstalled { get; } = Find("sumo") is not null && Find("netconvert") is not null;

    /// <exception cref="InvalidOperationException">netconvert failed; the message holds what it said.</exception>
    public SumoProgramRun(RoadNetwork network, IReadOnlyCollection<FixedProgram> programs)
    {
        _network = network;
        try
        {
            SumoNetworkWriter.Write(network, programs, ending => File.Create(PathOf($"plain.{ending}")));
            Start("netconvert", CancellationToken.None,
                "-n", PathOf("plain.nod.xml"), "-e", PathOf("plain.edg.xml"), "-x", PathOf("plain.con.xml"), "-i", PathOf("plain.tll.xml"), "-o", PathOf("net.net.xml"),
                "--no-turnarounds", "true", "--offset.disable-normalization", "true", "--junctions.join-same", "false", "--no-warnings", "true", "--xml-validation", "never");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Runs SUMO and gives what it measured by section between two times.</summary>
    /// <param name="name">Tells runs at the same time apart.</param>
    /// <param name="demand">Who drives.</param>
    /// <param name="programs">What signals show.</param>
    /// <param name="begins">By edge: the section that begins there, or -1.</param>
    /// <param name="fromS">Whole minutes.</param>
    /// <param name="toS">Whole minutes.</param>
    /// <param name="seed">SUMO's own.</param>
    /// <param name="cancel">Ends the program.</param>
    /// <exception cref="InvalidOperationException">SUMO failed; the message holds what it said.</exception>
    public SumoSection[] Run(string name, RoadDemand demand, IEnumerable<FixedProgram> programs, ImmutableArray<int> begins, double fromS, double toS, int seed, CancellationToken cancel)
    {
        var (routes, plan, detectors, measured, trips) = (PathOf($"{name}.rou.xml"), PathOf($"{name}.tls.xml"), PathOf($"{name}.det.xml"), PathOf($"{name}.out.xml"), PathOf($"{name}.trips.xml"));
        Write(routes, stream => SumoDemandWriter.Write(stream, _network, demand));
        Write(plan, stream => SumoProgram.Write(stream, programs));
        Write(detectors, stream => SumoSections.Write(stream, _network, begins, PeriodS, measured));
        Start("sumo", cancel,
            "-n", PathOf("net.net.xml"), "-r", routes, "-a", $"{plan},{detectors}", "-b", "0", "-e", Text(toS), "--seed", Text(seed), "--step-length", "1",
            "--time-to-teleport", "-1", "--ignore-junction-blocker", "60", "--collision.action", "none", "--tripinfo-output", trips, "--tripinfo-output.write-unfinished",
            "--tripinfo-output.write-undeparted", "--no-step-log", "--no-warnings", "--xml-validation", "never");
        using var read = File.OpenRead(measured);
        using var readTrips = File.OpenRead(trips);
        var sections = SumoSections.Read(read, readTrips, begins, fromS, toS);
        foreach (var file in new[] { routes, plan, detectors, measured, trips })
        {
            File.Delete(file);
        }

        return sections;
    }

    public void Dispose() => _scratch.Delete(recursive: true);

    private static string? Find(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Select(p => Path.Combine(p, OperatingSystem.IsWindows() ? program + ".exe" : program)).FirstOrDefault(File.Exists);

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);

    private static void Write(string path, Action<Stream> write)
    {
        using var stream = File.Create(path);
        write(stream);
    }

    private static void Start(string program, CancellationToken cancel, params string[] arguments)
    {
        var start = new ProcessStartInfo(Find(program)!, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (Environment.GetEnvironmentVariable("SUMO_HOME") is null && Directory.Exists("/usr/share/sumo"))
        {
            start.Environment["SUMO_HOME"] = "/usr/share/sumo";
        }

        using var process = Process.Start(start)!;
        using var end = cancel.Register(() => process.Kill(entireProcessTree: true));
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        cancel.ThrowIfCancellationRequested();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {errors.GetAwaiter().GetResult()}");
        }
    }

    private string PathOf(string file) => Path.Combine(_scratch.FullName, file);
}
