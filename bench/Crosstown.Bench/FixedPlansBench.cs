using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using Crosstown.Cli.Commands;
using Crosstown.Cli.Commands.Retime;
using Crosstown.Tests;

namespace Crosstown.Bench;

/// <summary>Our fixed-time plans in SUMO, which is not ours, against the plan in force, Webster's and coordinated ones. Makes the plans, scores all and writes the table.</summary>
/// <remarks>
/// Takes an hour or so on one core: every plan is searched for with the full number of steps, and scored with five seeds. What a run that was broken off has left in the temporary
/// folder <c>crosstown-fixed-plans</c> is used again; delete it to begin anew. A run that comes to its end deletes it.
/// </remarks>
internal static class FixedPlansBench
{
    private const string Seeds = "1,2,3,4,5";

    /// <summary>Networks on which the search and its settings were worked out.</summary>
    private static readonly string[] Known =
        ["cologne1", "cologne3", "cologne8", "ingolstadt1", "ingolstadt7", "grid4x4", "arterial4x4", "xt-arterial6", "xt-grid2x3"];

    /// <summary>Worlds that are made here and were not looked at before they were scored.</summary>
    private static readonly (string Name, string Specification)[] Fresh =
    [
        ("fresh-arterial", """{"name":"fresh-arterial","seed":8201,"rows":1,"cols":4,"main_rows":[0],"vph":2100,"pockets":60,"peds_ph":200}"""),
        ("fresh-grid", """{"name":"fresh-grid","seed":8202,"rows":2,"cols":2,"main_rows":[0],"vph":1700,"pockets":0,"peds_ph":150}"""),
        ("fresh-town", """{"name":"fresh-town","seed":8203,"rows":2,"cols":4,"main_rows":[0,1],"vph":2200,"pockets":70,"peds_ph":250,"truck_share":0.08}"""),
    ];

    public static bool Run(string? shared)
    {
        if (shared is null || SumoRun.Program is null)
        {
            Console.WriteLine("Skipped: it needs the reference scenarios (CROSSTOWN_SHARED) and the program sumo.");
            return true;
        }

        var scratch = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), "crosstown-fixed-plans"));
        var table = new StringBuilder();
        var isMet = true;
        foreach (var name in Known)
        {
            isMet &= Score(shared, Path.Combine(shared, "data", "scenarios", name), name, "worked on", scratch, table);
        }

        foreach (var (name, specification) in Fresh)
        {
            isMet &= Score(shared, MakeWorld(shared, scratch, name, specification), name, "fresh", scratch, table);
        }

        scratch.Delete(recursive: true);
        return isMet;
    }

    /// <summary>A new world with the plans that SUMO's own programs make for it from the plan it came with; its folder.</summary>
    public static string MakeWorld(string shared, DirectoryInfo scratch, string name, string specification)
    {
        var folder = Path.Combine(scratch.FullName, name);
        if (Directory.Exists(folder))
        {
            return folder;
        }

        var description = Path.Combine(scratch.FullName, $"{name}.spec.json");
        File.WriteAllText(description, specification);
        Start(Path.Combine(shared, "tools", "make-scenario"), [description, folder]);
        var baselines = Directory.CreateDirectory(Path.Combine(folder, "baselines")).FullName;
        var tools = Path.Combine(SumoHome, "tools");
        var (network, demand) = (Path.Combine(folder, "net.net.xml"), Path.Combine(folder, "demand.rou.xml"));
        var coordinated = Path.Combine(baselines, "coord.add.xml");
        var offsets = Path.Combine(baselines, "offsets.xml");
        Start("python3", [Path.Combine(tools, "tlsCycleAdaptation.py"), "-n", network, "-r", demand, "-o", Path.Combine(baselines, "webster.add.xml"), "-p", "web", "-g", "7"]);
        Start("python3", [Path.Combine(tools, "tlsCycleAdaptation.py"), "-n", network, "-r", demand, "-o", coordinated, "-p", "coord", "-g", "7", "-u"]);
        Start("python3", [Path.Combine(tools, "tlsCoordinator.py"), "-n", network, "-r", demand, "-a", coordinated, "-o", offsets]);
        var byName = XDocument.Load(offsets).Root!.Elements("tlLogic").ToDictionary(e => e.Attribute("id")!.Value, e => e.Attribute("offset")!.Value, StringComparer.Ordinal);
        var plans = XDocument.Load(coordinated);
        foreach (var logic in plans.Root!.Elements("tlLogic"))
        {
            logic.SetAttributeValue("offset", byName.GetValueOrDefault(logic.Attribute("id")!.Value, "0"));
        }

        plans.Save(coordinated);
        return folder;
    }

    private static bool Score(string shared, string folder, string name, string kind, DirectoryInfo scratch, StringBuilder table)
    {
        var own = Path.Combine(scratch.FullName, $"{name}.plan");
        if (!File.Exists(Path.Combine(own, "plan.add.xml")))
        {
            _ = RetimeScenario.Run(new RetimeScenarioRequest(folder, own, null, 1, null, false), CancellationToken.None);
        }

        var profile = RetimeScenario.ChooseProfile(ScenarioFolder.Open(folder), null).Name;
        Scores Delays(string what, params string[] plan) => Scored(shared, Path.Combine(scratch.FullName, $"{name}.{what}.json"), folder, profile, plan);
        var classic = new (string What, Scores Scores)[]
        {
            ("reference", Delays("reference", "--reference")),
            ("Webster", Delays("webster", "--program", Path.Combine(folder, "baselines", "webster.add.xml"))),
            ("coordinated", Delays("coord", "--program", Path.Combine(folder, "baselines", "coord.add.xml"))),
        };
        var ours = Delays("ours", "--program", Path.Combine(own, "plan.add.xml"));
        var (bestName, best) = classic.MinBy(c => c.Scores.DelayS.Average());
        if (!ours.IsValid)
        {
            Console.WriteLine($"MISSED {name}: our plan broke a rule of the profile {profile}.");
        }

        var worst = Enumerable.Range(0, ours.DelayS.Length).Max(i => ours.DelayS[i] / best.DelayS[i]);
        var mean = ours.DelayS.Average();
        var ratio = mean / best.DelayS.Average();
        var sd = Math.Sqrt(ours.DelayS.Sum(d => (d - mean) * (d - mean)) / (ours.DelayS.Length - 1));
        Append(table, string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {kind} | {profile} | {string.Join(" | ", classic.Select(c => Cell(c.Scores)))} | {Cell(ours)} | {sd:0.0} | {ours.DelayS.Max():0.0} | {100 * (ratio - 1):+0;-0} % | {100 * (worst - 1):+0;-0} % |"));
        return ours.IsValid & Figures.Hold($"{name}: our plan over the best of three ({bestName}), mean of five seeds", 100 * ratio, "%", 100, atLeast: false, string.Create(CultureInfo.InvariantCulture, $"aim 83; worst seed {100 * worst:0} %"));
    }

    private static Scores Scored(string shared, string report, string folder, string profile, string[] plan)
    {
        if (!File.Exists(report))
        {
            Start(Path.Combine(shared, "tools", "score-control"), [folder, .. plan, "--seeds", Seeds, "--profile", profile, "--out", $"{report}.part", "--brief"]);
            File.Move($"{report}.part", report);
        }

        using var json = JsonDocument.Parse(File.ReadAllText(report));
        var runs = json.RootElement.GetProperty("scenarios").EnumerateObject().Single().Value.GetProperty("runs").EnumerateArray().ToArray();
        return new Scores(
            [.. runs.OrderBy(r => r.GetProperty("seed").GetInt32()).Select(r => r.GetProperty("delay").GetDouble())], runs.All(r => r.GetProperty("valid").GetBoolean()));
    }

    private static string SumoHome => Environment.GetEnvironmentVariable("SUMO_HOME") ?? "/usr/share/sumo";

    private static string Cell(Scores scores) => scores.DelayS.Average().ToString("0.0", CultureInfo.InvariantCulture) + (scores.IsValid ? "" : " !");

    private static string Start(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["SUMO_HOME"] = SumoHome;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{Path.GetFileName(program)} ended with {process.ExitCode}: {errors.GetAwaiter().GetResult()}");
    }

    /// <summary>Adds a row and writes the page anew, so that a run that is broken off leaves what it has.</summary>
    private static void Append(StringBuilder table, string row)
    {
        table.AppendLine(row);
        var folder = Directory.CreateDirectory(Path.Combine("docs", "results")).FullName;
        File.WriteAllText(Path.Combine(folder, "fixed-plans.md"), $"""
            # Fixed-time plans, judged by another simulator

            Made by `bench fixed-plans`, which searches for every plan anew and scores all of them: {Start(SumoRun.Program!, ["--version"]).Split('\n')[0].Trim()}, seeds {Seeds}, steps of 1 s, no teleports,
            mean delay per scheduled vehicle in seconds (departure delay and time loss; what has not arrived is charged to the end), the safety rules of the profile checked second by second.
            Reference: the plan that came with the network. Webster: SUMO's `tlsCycleAdaptation`. Coordinated: the same with one cycle, and the offsets of `tlsCoordinator`.
            Ours: `crosstown retime --scenario`, its defaults, seed 1. "Over the best" compares the means with the best of the three; "worst seed" is the seed on which ours compares worst with that one.
            "!" marks a plan that breaks a rule of the profile in some run (a classic one is compared with all the same).
            *Worked on* marks the networks on which the lane-queue model, the search and their settings were worked out; *fresh* marks worlds that were made for this table and looked at by nobody before.

            | network | kind | profile | reference | Webster | coordinated | ours | sd | worst of ours | over the best | worst seed |
            |---|---|---|---:|---:|---:|---:|---:|---:|---:|---:|
            {table.ToString().TrimEnd()}

            """);
    }

    /// <summary>A plan's runs.</summary>
    /// <param name="DelayS">Mean delay by seed, s.</param>
    /// <param name="IsValid">Whether no run broke a rule.</param>
    private sealed record Scores(double[] DelayS, bool IsValid);
}
