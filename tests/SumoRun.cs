using System.Diagnostics;
using System.Globalization;
using System.Xml;

namespace Crosstown.Tests;

/// <summary>Runs the simulator SUMO, which is not ours, on a scenario's folder and reads what it measured. Absent cleanly.</summary>
internal static class SumoRun
{
    /// <summary>The program; null where it is not installed.</summary>
    public static string? Program { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Select(p => Path.Combine(p, "sumo")).FirstOrDefault(File.Exists);

    /// <summary>Mean of departure delay and time loss over every vehicle asked for, s: those that have not arrived are charged to the end.</summary>
    /// <param name="folder">The scenario.</param>
    /// <param name="plan">An additional file with signal programs; null for the reference alone.</param>
    /// <param name="beginS">Begin of the demand.</param>
    /// <param name="endS">End of the run.</param>
    /// <param name="seed">SUMO's own.</param>
    public static double MeanDelayS(string folder, string? plan, double beginS, double endS, int seed)
    {
        var scratch = Directory.CreateTempSubdirectory("crosstown-sumo");
        try
        {
            var trips = Path.Combine(scratch.FullName, "trips.xml");
            var additional = new[] { Path.Combine(folder, "stops.add.xml"), Path.Combine(folder, "reference.add.xml"), plan }.Where(f => f is not null && File.Exists(f));
            var start = new ProcessStartInfo(Program!) { RedirectStandardOutput = true, RedirectStandardError = true };
            foreach (var argument in new[]
            {
                "-n", Path.Combine(folder, "net.net.xml"), "-r", string.Join(',', Directory.GetFiles(folder, "*.rou.xml").Order(StringComparer.Ordinal)), "-a", string.Join(',', additional),
                "-b", Text(beginS), "--end", Text(endS), "--seed", Text(seed), "--step-length", "1", "--time-to-teleport", "-1", "--ignore-junction-blocker", "60",
                "--collision.action", "warn", "--tripinfo-output", trips, "--tripinfo-output.write-unfinished", "--tripinfo-output.write-undeparted",
                "--no-step-log", "--no-warnings", "--xml-validation", "never",
            })
            {
                start.ArgumentList.Add(argument);
            }

            start.Environment["SUMO_HOME"] = Environment.GetEnvironmentVariable("SUMO_HOME") ?? "/usr/share/sumo";
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync();
            _ = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? Read(trips) : throw new InvalidOperationException($"sumo ended with {process.ExitCode}: {errors.GetAwaiter().GetResult()}");
        }
        finally
        {
            scratch.Delete(recursive: true);
        }
    }

    /// <summary>Spearman's rank correlation of two lists of the same length, at least two values.</summary>
    public static double RankCorrelation(IReadOnlyList<double> a, IReadOnlyList<double> b)
    {
        static double[] Ranks(IReadOnlyList<double> values) => [.. values.Select(v => values.Count(o => o < v) + ((values.Count(o => o == v) - 1) / 2.0))];
        var (x, y) = (Ranks(a), Ranks(b));
        var (mx, my) = (x.Average(), y.Average());
        return x.Zip(y).Sum(p => (p.First - mx) * (p.Second - my)) / Math.Sqrt(x.Sum(v => (v - mx) * (v - mx)) * y.Sum(v => (v - my) * (v - my)));
    }

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);

    private static double Read(string trips)
    {
        var (sum, count) = (0.0, 0);
        using var xml = XmlReader.Create(trips, new XmlReaderSettings { ConformanceLevel = ConformanceLevel.Fragment });
        while (xml.Read())
        {
            if (xml.NodeType == XmlNodeType.Element && xml.Name == "tripinfo")
            {
                double Number(string name) => double.Parse(xml.GetAttribute(name)!, CultureInfo.InvariantCulture);
                count++;
                sum += Math.Max(0, Number("departDelay")) + (Number("depart") >= 0 ? Math.Max(0, Number("timeLoss")) : 0);
            }
        }

        return sum / count;
    }
}
