using System.Diagnostics;
using System.Globalization;
using System.Xml.Linq;
using Crosstown.Control.Tests.Priority;
using Crosstown.Tests;

namespace Crosstown.Bench;

/// <summary>Adaptive control in SUMO, which is not ours, under the judge <c>score-control</c>: every scenario, against the classics, SUMO's own programs and published results. Writes the whole table.</summary>
/// <remarks>
/// Takes hours on one core. <c>bench control [GROUP...] [--seeds 1,2] [--only PLACE,...] [--keep DIR] [--workers N] [--page FILE]</c> runs some groups, fewer seeds or places; what a run that was broken off has left in
/// the folder is used again, and the table holds all that the folder has. The group <c>none</c> only writes the table.
/// </remarks>
internal static class ControlBench
{
    /// <summary>Networks of published comparisons, the longest runs first.</summary>
    private static readonly string[] Published = ["arterial4x4", "grid4x4", "ingolstadt7", "cologne3", "cologne8", "cologne1", "ingolstadt1"];

    private static readonly string[] Worlds = ["xt-arterial6", "xt-grid2x3"];

    /// <summary>Worlds that nobody has looked at; the table may not be tuned to them.</summary>
    private static readonly (string Name, string Specification)[] Fresh =
    [
        ("new-grid2x4", """{"name":"new-grid2x4","seed":9301,"rows":2,"cols":4,"main_rows":[0],"vph":2300,"peds_ph":300}"""),
        ("new-arterial5", """{"name":"new-arterial5","seed":9302,"rows":1,"cols":5,"main_rows":[0],"spacing":[180,620],"vph":2800,"pockets":50,"peds_ph":350,"truck_share":0.08}"""),
        ("new-grid3x3", """{"name":"new-grid3x3","seed":9303,"rows":3,"cols":3,"main_rows":[1],"vph":2400,"pockets":0,"peds_ph":250}"""),
    ];

    public static readonly string[] Groups = ["shared", "cut", "scaled", "new", "loops", "failures", "priority"];

    public static bool Run(string? shared, string[] options)
    {
        var groups = new List<string>();
        string[]? only = null;
        var (seeds, workers) = (Array.Empty<int>(), Environment.ProcessorCount);
        var (keep, page) = (Path.Combine(Path.GetTempPath(), "crosstown-control"), Path.Combine("docs", "results", "control.md"));
        for (var o = 0; o < options.Length; o++)
        {
            switch (options[o])
            {
                case "--seeds" when o + 1 < options.Length:
                    seeds = [.. options[++o].Split(',').Select(s => int.Parse(s, CultureInfo.InvariantCulture))];
                    break;
                case "--only" when o + 1 < options.Length:
                    only = options[++o].Split(',');
                    break;
                case "--keep" when o + 1 < options.Length:
                    keep = options[++o];
                    break;
                case "--workers" when o + 1 < options.Length:
                    workers = int.Parse(options[++o], CultureInfo.InvariantCulture);
                    break;
                case "--page" when o + 1 < options.Length:
                    page = options[++o];
                    break;
                case "none":
                    groups.Add("none");
                    break;
                case var group when Groups.Contains(group):
                    groups.Add(group);
                    break;
                default:
                    Console.Error.WriteLine($"'{options[o]}' is no group of the bench control ({string.Join(", ", Groups)}, or none) and none of --seeds 1,2, --only PLACE,..., --keep DIR, --workers N and --page FILE.");
                    return false;
            }
        }

        if (shared is null || SumoRun.Program is null)
        {
            Console.WriteLine("Skipped: it needs the reference scenarios (CROSSTOWN_SHARED) and the program sumo.");
            return true;
        }

        if (groups.Count == 0)
        {
            groups = [.. Groups];
        }

        var version = SumoVersion();
        var folder = Directory.CreateDirectory(keep);
        var store = new ControlStore(shared, folder, version);
        var plan = new ControlPlan(
            [.. Published.Select(n => new ControlWorld(n, Path.Combine(shared, "data", "scenarios", n), "bench"))],
            [.. Worlds.Select(n => new ControlWorld(n, Path.Combine(shared, "data", "scenarios", n), "field"))],
            [.. Fresh.Select(f => new ControlWorld(f.Name, MakeWorld(shared, folder, f.Name, f.Specification), "field"))]);
        var priority = new PriorityRuns(store.PriorityFolder);
        var jobs = new List<(string Name, Action Do)>();
        foreach (var group in groups)
        {
            // The wanted seeds of a group are those of its bar, unless others are named.
            jobs.AddRange(plan.Trials(group, seeds).Where(t => (only is null || only.Contains(t.World.Name)) && store.IsAvailable(t) && store.Find(t) is null).Select(t => (t.Key, (Action)(() => _ = store.Run(t)))));
            if (group == "priority" && PriorityWorld.IsInstalled)
            {
                jobs.AddRange(PriorityRuns.List(seeds).Where(r => priority.Find(r) is null).Select(r => (r.Key, (Action)(() => _ = priority.Run(r)))));
            }
        }

        Do([.. jobs.DistinctBy(j => j.Name)], workers);
        var text = new ControlPage(plan, store, priority, version, Path.Combine(shared, "data", "baselines.json"));
        var whole = Path.GetFullPath(page);
        Directory.CreateDirectory(Path.GetDirectoryName(whole)!);
        File.WriteAllText(whole, text.Write(out var bars));
        foreach (var bar in bars)
        {
            Console.WriteLine($"{bar.Word.ToUpperInvariant(),-8} {bar.What}: {bar.Measured} (bar {bar.Limit})");
        }

        Console.WriteLine($"Written: {whole}");
        return bars.All(b => b.State != ControlBarState.NotMet);
    }

    private static void Do((string Name, Action Do)[] jobs, int workers)
    {
        var done = 0;
        var clock = Stopwatch.StartNew();
        Console.WriteLine($"{jobs.Length} runs, {workers} at a time");
        Parallel.ForEach(
            System.Collections.Concurrent.Partitioner.Create(jobs, System.Collections.Concurrent.EnumerablePartitionerOptions.NoBuffering),
            new ParallelOptions { MaxDegreeOfParallelism = workers },
            job =>
            {
                var began = clock.Elapsed;
                job.Do();
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Interlocked.Increment(ref done)}/{jobs.Length} {job.Name}: {(clock.Elapsed - began).TotalSeconds:0} s"));
            });
    }

    /// <summary>A new world with SUMO's own programs for it, made from its reference plan as those of the shared scenarios were.</summary>
    private static string MakeWorld(string shared, DirectoryInfo keep, string name, string specification)
    {
        var known = Path.Combine(keep.FullName, $"{name}.made.json");
        var folder = Path.Combine(keep.FullName, name);
        if (!File.Exists(known) || File.ReadAllText(known) != specification)
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }

            _ = FixedPlansBench.MakeWorld(shared, keep, name, specification);
            WriteSumoPrograms(folder, "actuated", []);
            WriteSumoPrograms(folder, "delay_based", [new XElement("param", new XAttribute("key", "detectorRange"), new XAttribute("value", "60"))]);
            File.WriteAllText(known, specification);
        }

        return folder;
    }

    /// <summary>SUMO's reacting programs: each stage of the reference plan for its least green to 50 s; what only lets walkers clear, and every change, as long as there.</summary>
    private static void WriteSumoPrograms(string folder, string type, XElement[] settings)
    {
        var plans = XDocument.Load(Path.Combine(folder, "reference.add.xml"));
        foreach (var logic in plans.Root!.Elements("tlLogic"))
        {
            logic.SetAttributeValue("type", type);
            logic.SetAttributeValue("programID", type);
            var phases = logic.Elements("phase").ToArray();
            for (var p = 0; p < phases.Length; p++)
            {
                var (state, before) = (phases[p].Attribute("state")!.Value, phases[(p + phases.Length - 1) % phases.Length].Attribute("state")!.Value);
                var isClearing = state != before && state.Zip(before).All(c => c.First == c.Second || (c.First == 'r' && c.Second is 'G' or 'g'));
                if (state.Any(c => c is 'G' or 'g') && !state.Contains('y', StringComparison.OrdinalIgnoreCase) && !isClearing)
                {
                    phases[p].SetAttributeValue("minDur", "7");
                    phases[p].SetAttributeValue("maxDur", "50");
                }
            }

            logic.AddFirst(settings.Select(s => new XElement(s)));
        }

        plans.Save(Path.Combine(folder, "baselines", $"{type}.add.xml"));
    }

    private static string SumoVersion()
    {
        using var process = Process.Start(new ProcessStartInfo(SumoRun.Program!, ["--version"]) { RedirectStandardOutput = true })!;
        var said = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return said.Split('\n')[0].Trim().Split(' ')[^1];
    }
}

/// <summary>Which runs the table needs.</summary>
/// <param name="Published">Scenarios that published work uses.</param>
/// <param name="Towns">Scenarios with walkers and buses.</param>
/// <param name="Fresh">Worlds made for the table.</param>
internal sealed record ControlPlan(ControlWorld[] Published, ControlWorld[] Towns, ControlWorld[] Fresh)
{
    public static readonly int[] FiveSeeds = [1, 2, 3, 4, 5];

    public static readonly int[] ThreeSeeds = [1, 2, 3];

    /// <summary>Methods beside which scaled and moved demand is looked at.</summary>
    public static readonly ControlMethod[] Plain = [ControlMethod.Adaptive, ControlMethod.Actuated, ControlMethod.OurActuated, ControlMethod.Reference];

    /// <summary>Methods that run cut at the end of demand.</summary>
    public static readonly ControlMethod[] Cut = [ControlMethod.Adaptive, ControlMethod.OurActuated, ControlMethod.MaxPressure, ControlMethod.Reference];

    /// <summary>Methods that are looked at with loops alone.</summary>
    public static readonly ControlMethod[] ByLoops = [ControlMethod.Adaptive, ControlMethod.OurActuated];

    /// <summary>Demands other than the scenarios' own.</summary>
    public static readonly (string Name, double Scale, int JitterS)[] Demands = [("0.75", 0.75, 0), ("1.10", 1.1, 0), ("1.25", 1.25, 0), ("moved by up to 300 s", 1, 300)];

    public static readonly int[] Failed = [10, 30, 100];

    public ControlWorld[] Shared => [.. Published, .. Towns];

    /// <param name="group">One of the groups.</param>
    /// <param name="seeds">Those to run; none for those that the bars are held against.</param>
    public IEnumerable<ControlTrial> Trials(string group, int[] seeds) => group switch
    {
        "shared" => Of(Shared, ControlMethod.All, seeds, FiveSeeds, t => t),
        "cut" => Of(Published, Cut, seeds, FiveSeeds, t => t with { IsCut = true }),
        "scaled" => Demands.SelectMany(d => Of(Shared, Plain, seeds, ThreeSeeds, t => t with { Scale = d.Scale, JitterS = d.JitterS })),
        "new" => Of(Fresh, ControlMethod.All, seeds, ThreeSeeds, t => t),
        "loops" => Of(Shared, ByLoops, seeds, ThreeSeeds, t => t).Concat(Of(Shared, ByLoops, seeds, ThreeSeeds, t => t with { SensesLoops = true })),
        "failures" => Failed.Prepend(0).SelectMany(f => Of(Shared, [ControlMethod.Adaptive], seeds, ThreeSeeds, t => t with { FailedPercent = f })),
        _ => [],
    };

    private static IEnumerable<ControlTrial> Of(ControlWorld[] worlds, ControlMethod[] methods, int[] seeds, int[] usual, Func<ControlTrial, ControlTrial> change) =>
        from seed in seeds.Length == 0 ? usual : seeds from world in worlds from method in methods select change(new ControlTrial(world, method, seed));
}

/// <summary>Whether what was asked for was reached.</summary>
internal enum ControlBarState
{
    /// <summary>All that it takes was run, and it holds.</summary>
    Met,

    /// <summary>What was run breaks it.</summary>
    NotMet,

    /// <summary>Not all that it takes was run; what was run does not break it.</summary>
    Open,
}

/// <summary>A line of the table of bars.</summary>
internal sealed record ControlBar(string What, string Limit, string Measured, ControlBarState State, string? Note = null)
{
    public string Word => State switch { ControlBarState.Met => "met", ControlBarState.NotMet => "not met", _ => "open" };
}
