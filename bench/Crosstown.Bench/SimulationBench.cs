using System.Diagnostics;
using System.Globalization;
using Crosstown.Core;
using Crosstown.Simulation.Vehicles;
using Crosstown.Timing.Model;
using Crosstown.Timing.Tests.Optimization;
using Crosstown.Timing.Transmission;

namespace Crosstown.Bench;

/// <summary>The traffic engine and the link transmission model.</summary>
internal static class SimulationBench
{
    /// <summary>Vehicle-steps per second that the CityFlow paper's simulator makes on one core of this kind of machine, in millions.</summary>
    private const double CityFlow = 0.25;

    /// <summary>The reference grid of 500 signals, 16 plans with other offsets, bounded room.</summary>
    public static bool Transmission()
    {
        var grid = ReferenceGrid.Make();
        var network = grid with { Groups = [.. grid.Groups.Select(g => g with { StorageVeh = 20 * g.Lanes })] };
        var random = new RandomNumbers(3);
        var plans = Enumerable.Range(0, TransmissionModel.MaxPlans).Select(_ => new NetworkPlan
        {
            Patterns = [.. network.Signals.Select(s => s.Today! with { OffsetMs = random.NextInt(90) * 1000 })],
        }).ToArray();
        var model = new TransmissionModel(network, 0, new TransmissionOptions { WarmUpS = 300, DurationS = 900 });
        var best = double.MaxValue;
        var bestCpu = double.MaxValue;
        var lost = 0.0;
        for (var pass = 0; pass < 5; pass++)
        {
            var cpu = Figures.CpuSeconds();
            var start = Stopwatch.GetTimestamp();
            var answers = model.Run(plans);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
            bestCpu = Math.Min(bestCpu, Figures.CpuSeconds() - cpu);
            lost = answers.Max(a => Math.Abs(a.LostVeh));
        }

        var steps = model.LinkSteps(plans.Length) / 1e6;
        return Figures.Hold(
                "link transmission model, 16 plans at once", steps / best, "M link-steps/s", 100, atLeast: true,
                string.Create(CultureInfo.InvariantCulture, $"{steps / bestCpu:N0} M by processor time, {network.Groups.Length} lane groups"))
            & Figures.Hold("vehicles lost by it", lost, "vehicles", 1e-6, atLeast: false);
    }

    /// <summary>The full model, one core, steps of 1 s. SUMO runs the same scenario where it is installed.</summary>
    public static bool Simulate(string? shared)
    {
        var isMet = true;
        foreach (var name in (ReadOnlySpan<string>)["xt-arterial6", "arterial4x4"])
        {
            var folder = shared is null ? null : Path.Combine(shared, "data", "scenarios", name);
            if (folder is null || !Directory.Exists(folder))
            {
                Console.WriteLine($"Scenario {name} is not here; nothing is claimed for it.");
                continue;
            }

            var scenario = Scenario.Read(f => File.OpenRead(Path.Combine(folder, f)));
            var best = double.MaxValue;
            var bestCpu = double.MaxValue;
            var steps = 0L;
            var delay = 0.0;
            for (var pass = 0; pass < 5; pass++)
            {
                var engine = new TrafficEngine(
                    scenario.Network,
                    scenario.Demand,
                    new TrafficControl { Programs = scenario.Reference, Detectors = scenario.Detectors() },
                    new TrafficSettings { StartS = scenario.StartS, EndS = scenario.EndS, DrainS = scenario.DrainS });
                var cpu = Figures.CpuSeconds();
                var start = Stopwatch.GetTimestamp();
                var totals = engine.Run();
                best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
                bestCpu = Math.Min(bestCpu, Figures.CpuSeconds() - cpu);
                steps = engine.VehicleSteps;
                delay = totals.MeanDelayS ?? 0;
            }

            var sumo = RunSumo(folder, scenario);
            var rate = steps / best / 1e6;
            var peer = string.Create(
                CultureInfo.InvariantCulture,
                $"{steps / bestCpu / 1e6:N2} M by processor time, mean delay {delay:N1} s; CityFlow {CityFlow} M: {rate / CityFlow:N0} times; SUMO {(sumo is { } m ? $"{m:N2} M: {rate / m:N1} times" : "gave no figure (is it installed?)")}");
            isMet &= Figures.Hold($"traffic engine, {name}, steps of 1 s", rate, "M vehicle-steps/s", 1, atLeast: true, peer);
        }

        return isMet;
    }

    /// <summary>SUMO's own count of vehicle updates per second, in millions; null where it is not installed or does not run.</summary>
    private static double? RunSumo(string folder, Scenario scenario)
    {
        var about = System.Text.Json.JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "scenario.json"))).RootElement;
        string Files(string field) => !about.TryGetProperty(field, out var value) ? ""
            : value.ValueKind == System.Text.Json.JsonValueKind.String ? Path.Combine(folder, value.GetString()!)
            : string.Join(',', value.EnumerateArray().Select(v => Path.Combine(folder, v.GetString()!)));
        var additional = string.Join(',', new[] { Files("additional"), Files("reference") }.Where(f => f.Length > 0));
        var best = 0.0;
        for (var pass = 0; pass < 3; pass++)
        {
            try
            {
                using var process = Process.Start(new ProcessStartInfo("sumo")
                {
                    Environment = { ["SUMO_HOME"] = Environment.GetEnvironmentVariable("SUMO_HOME") ?? "/usr/share/sumo" },
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                    ArgumentList =
                    {
                        "-n", Files("net"), "-r", Files("demand"), "-a", additional, "-b", scenario.StartS.ToString(CultureInfo.InvariantCulture),
                        "-e", (scenario.EndS + scenario.DrainS).ToString(CultureInfo.InvariantCulture), "--time-to-teleport", "-1",
                        "--ignore-junction-blocker", "60", "--no-step-log", "--duration-log.statistics",
                    },
                })!;
                _ = process.StandardError.ReadToEndAsync();
                var output = process.StandardOutput.ReadToEnd();
                process.WaitForExit();
                var line = output.Split('\n').FirstOrDefault(l => l.Contains("UPS:", StringComparison.Ordinal));
                best = Math.Max(best, line is null ? 0 : double.Parse(line.Split(':')[1], CultureInfo.InvariantCulture) / 1e6);
            }
            catch (System.ComponentModel.Win32Exception)
            {
                return null;
            }
        }

        return best > 0 ? best : null;
    }
}
