using System.Globalization;
using System.Text;
using System.Text.Json;
using Crosstown.Control.Tests.Priority;

namespace Crosstown.Bench;

/// <summary>Writes docs/results/control.md from all that was run.</summary>
internal sealed class ControlPage(ControlPlan plan, ControlStore store, PriorityRuns priority, string sumo, string baselines)
{
    private const string None = "–";

    /// <summary>What published work reports of the RESCO networks.</summary>
    private static readonly string[] PublishedMethods = ["fixed", "greedy", "max-pressure", "IDQN", "IPPO", "MPLight", "FMA2C"];

    /// <summary>Mean delay, s: the fixed, greedy and max-pressure rules over 30 to 100 runs; the learned ones by their best training episode, and by the mean of the last ten.</summary>
    private static readonly Dictionary<string, (string[] Cells, double Best)> Published = new(StringComparer.Ordinal)
    {
        ["cologne1"] = (["56.6 ± 1.1", "27.8 ± 1.0", "65.9 ± 188", "26.1 / 28.9", "43.2 / 211", "28.7 / 53", "30.8 / 32.3"], 26.1),
        ["cologne3"] = (["46.4 ± 26", "90.7 ± 127", "162 ± 199", "24.0 / 95.5", "24.0 / 123", "83.6 / 714", "26.9 / 106"], 24.0),
        ["cologne8"] = (["63.8 ± 1.9", "21.9 ± 0.5", "47.7 ± 65", "22.1 / 22.3", "21.6 / 22.5", "60.4 / 252", "33.9 / 37.5"], 21.6),
        ["ingolstadt1"] = (["39.4 ± 0.7", "28.3 ± 1.9", "23.6 ± 0.6", "21.5 / 22.2", "20.9 / 22.7", "28.3 / 31.2", "27.0 / 31.8"], 20.9),
        ["ingolstadt7"] = (["91.3 ± 2.7", "80.6 ± 6.5", "46.8 ± 3.7", "31.2 / 35.6", "31.7 / 32.5", "48.2 / 83", "51.4 / 56.3"], 31.2),
        ["grid4x4"] = ([None, "34.3 ± 0.6", "52.6 ± 0.8", "32.9 / 34.1", "44.0 / 45.9", "46.9 / 47.9", "99.8 / 107"], 32.9),
        ["arterial4x4"] = ([None, "821 ± 213", "953 ± 61", "1168 / 1316", "687 / 1458", "838 / 990", "654 / 773"], 654),
    };

    private readonly List<ControlBar> _bars = [];

    /// <summary>The whole page.</summary>
    /// <param name="bars">What was asked for, and whether it was reached.</param>
    public string Write(out IReadOnlyList<ControlBar> bars)
    {
        _bars.Clear();
        var sections = new StringBuilder();
        foreach (var section in new Action<StringBuilder>[] { WriteShared, WriteCut, WriteScaled, WriteNew, WriteLoops, WriteFailures, WritePriority })
        {
            section(sections);
        }

        AddOwnTime();
        bars = [.. _bars];
        var table = new StringBuilder();
        foreach (var bar in _bars)
        {
            table.AppendLine(CultureInfo.InvariantCulture, $"| {bar.What} | {bar.Limit} | {bar.Measured}{(bar.Note is { } note ? $"; {note}" : "")} | {(bar.State == ControlBarState.NotMet ? "**not met**" : bar.Word)} |");
        }

        return $"""
            # Adaptive control, judged by another simulator

            Made by `bench control`; do not edit. SUMO {sumo}, steps of 1 s, no teleports, drivers get past a vehicle that is stuck inside a junction after 60 s, every run on to an empty network or 3,600 s after the
            last departure. The judge (`score-control`, protocol `crosstown-control-1`) shares no code with Crosstown: it lets controllers read nothing but their detectors, reads from SUMO's log what every link showed in every second, and a run
            that breaks a rule of its profile is not valid.

            **Delay** is departure delay and time loss per scheduled vehicle, s; who has not arrived is charged to the end. **sd** is over the seeds; **worst** is the worst seed's delay, with its number.
            **Left**: vehicles that had not arrived, all runs together. **Walkers**: mean delay of a walk, s. **Own time** is Crosstown's own, for one signal and second, ms: mean, and the 99th percentile over the seconds of a run,
            the highest of the runs, on a core that other runs may share. **Ratio** is the adaptive controller's delay over that of the method in the row.
            Profile `bench`: {Profile("bench")}. Profile `field`: {Profile("field")}.
            Bars count all seeds that are named for their section. *open*: not all of that was run, and what was run does not break the bar.

            ## Bars

            | Figure | Bar | Measured | |
            |---|---|---|---|
            {table.ToString().TrimEnd()}
            {sections.ToString().TrimEnd()}

            """;
    }

    private static string Profile(string name) => name == "bench"
        ? "yellow 3 s, no red clearance, green 5 s at least, red 180 s at most, walk 4 s, walkers 1.5 m/s"
        : "yellow 4 s, red clearance 2 s, green 7 s at least, red 150 s at most, walk 7 s, walkers 1.2 m/s";

    private void WriteShared(StringBuilder page)
    {
        Head(page, "All scenarios", $"Seeds {List(ControlPlan.FiveSeeds)}. Published networks under profile `bench`, the `xt` worlds, which have walkers and buses, under `field`.");
        WriteMethods(page, plan.Shared, ControlMethod.All, ControlPlan.FiveSeeds, t => t);
        var own = plan.Shared.Select(w => (World: w, Runs: Of(w, ControlMethod.Adaptive, ControlPlan.FiveSeeds))).ToArray();
        AddValid("All scenarios: every run valid", own);
        Add("All scenarios: no seed above 1.3 × its scenario's mean", "≤ 1.30", own, r => r.WorstOverMean, 1.3, isRatio: true);
        foreach (var method in ControlMethod.All.Where(m => m.Own is null).Append(ControlMethod.MaxPressure))
        {
            AddRatios($"All scenarios: below {method.Name} on every one", "< 1.00", Compare(plan.Shared, method, ControlPlan.FiveSeeds), 1, isStrict: true);
        }

        AddGeometric("All scenarios: geometric mean of the ratios to SUMO actuated", "≤ 0.75 (aim 0.60)", Compare(plan.Shared, ControlMethod.Actuated, ControlPlan.FiveSeeds), 0.75);
        page.AppendLine().AppendLine("Geometric means of the ratios over the scenarios where both were run:").AppendLine().AppendLine("| Adaptive over | geometric mean | scenarios |").AppendLine("|---|---:|---:|");
        foreach (var method in ControlMethod.All.Skip(1))
        {
            var ratios = Compare(plan.Shared, method, ControlPlan.FiveSeeds).Where(c => c.Ratio is not null).Select(c => c.Ratio!.Value).ToArray();
            page.AppendLine(CultureInfo.InvariantCulture, $"| {method.Name} | {(ratios.Length == 0 ? "not run" : Number(Geometric(ratios), 3))} | {ratios.Length} of {plan.Shared.Length} |");
        }

        using var json = JsonDocument.Parse(File.ReadAllText(baselines));
        var classics = json.RootElement.GetProperty("scenarios");
        var overs = plan.Shared.Where(w => classics.TryGetProperty(w.Name, out _))
            .Select(w => Of(w, ControlMethod.Adaptive, ControlPlan.FiveSeeds).MeanS / classics.GetProperty(w.Name).GetProperty("summary").GetProperty("delay").GetProperty("mean").GetDouble()).Where(r => r is not null)
            .Select(r => r!.Value).ToArray();
        page.AppendLine(CultureInfo.InvariantCulture, $"| the best valid classic method of each scenario, as it was measured before (`baselines.json`) | {(overs.Length == 0 ? "not run" : Number(Geometric(overs), 3))} | {overs.Length} of {plan.Shared.Length} |");
    }

    private void WriteCut(StringBuilder page)
    {
        Head(page, "Against published results", $"""
            Seeds {List(ControlPlan.FiveSeeds)}, profile `bench`, runs cut at the end of the demand as in the published work (`--cut`), which leaves out what still stands then. Published: Ault and Sharon, *Reinforcement
            Learning Benchmarks for Traffic Signal Control* (RESCO), NeurIPS 2021, mean delay computed from its raw result files; SUMO 1.9 there. Learned methods: best single training episode / mean of the last ten. "Best claimed" is the least of all
            of these, episodes that were picked afterwards included. Ours is the mean of all seeds, nothing picked.
            """);
        page.AppendLine(CultureInfo.InvariantCulture, $"| network | {string.Join(" | ", PublishedMethods)} | best claimed | adaptive | ratio |").AppendLine(CultureInfo.InvariantCulture, $"|---|{string.Concat(PublishedMethods.Select(_ => "---:|"))}---:|---:|---:|");
        var ratios = new List<(ControlWorld World, double? Ratio, bool IsWhole)>();
        foreach (var world in plan.Published)
        {
            var (cells, best) = Published[world.Name];
            var runs = Of(world, ControlMethod.Adaptive, ControlPlan.FiveSeeds, t => t with { IsCut = true });
            ratios.Add((world, runs.MeanS / best, runs.IsWhole));
            page.AppendLine(CultureInfo.InvariantCulture, $"| {world.Name} | {string.Join(" | ", cells)} | {Number(best, 1)} | {(runs.MeanS is null ? "not run" : $"{Number(runs.MeanS, 1)} ± {Number(runs.DeviationS, 1)}")} | {Number(runs.MeanS / best, 2)} |");
        }

        page.AppendLine();
        WriteMethods(page, plan.Published, ControlPlan.Cut, ControlPlan.FiveSeeds, t => t with { IsCut = true });
        AddGeometric("Published networks: geometric mean of the ratios to the best claimed", "≤ 0.97 (aim 0.90)", ratios, 0.97);
        AddRatios("Published networks: none worse than best claimed by more than 5 %", "≤ 1.05", ratios, 1.05, isStrict: false);
        AddValid("Published networks, cut: every run valid", [.. plan.Published.Select(w => (w, Of(w, ControlMethod.Adaptive, ControlPlan.FiveSeeds, t => t with { IsCut = true })))]);
    }

    private void WriteScaled(StringBuilder page)
    {
        Head(page, "Other demand", $"Seeds {List(ControlPlan.ThreeSeeds)}; the demand of each scenario scaled, or every departure moved by chance.");
        foreach (var (name, scale, jitter) in ControlPlan.Demands)
        {
            ControlTrial Change(ControlTrial t) => t with { Scale = scale, JitterS = jitter };
            page.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"### Demand {name}").AppendLine();
            WriteMethods(page, plan.Shared, ControlPlan.Plain, ControlPlan.ThreeSeeds, Change);
            AddRatios($"Demand {name}: no worse than SUMO actuated anywhere", "≤ 1.00", Compare(plan.Shared, ControlMethod.Actuated, ControlPlan.ThreeSeeds, Change), 1, isStrict: false);
            AddValid($"Demand {name}: every run valid", [.. plan.Shared.Select(w => (w, Of(w, ControlMethod.Adaptive, ControlPlan.ThreeSeeds, Change)))]);
            var pairs = plan.Shared.SelectMany(w => ControlPlan.ThreeSeeds.Select(s => (World: w, Seed: s, Own: store.Find(Change(new ControlTrial(w, ControlMethod.Adaptive, s))), Plan: store.Find(Change(new ControlTrial(w, ControlMethod.Reference, s)))))).ToArray();
            var locked = pairs.Where(p => p is { Own: { } own, Plan: { Left: 0 } } && (own.Left > 0 || own.DelayS is null)).Select(p => $"{p.World.Name} seed {p.Seed}").ToArray();
            var both = pairs.Count(p => p is { Own: not null, Plan: not null });
            _bars.Add(new ControlBar(
                $"Demand {name}: nobody left where the reference plan leaves nobody", "no run", both == 0 ? "not run" : locked.Length == 0 ? $"none of {both}" : string.Join(", ", locked),
                locked.Length > 0 ? ControlBarState.NotMet : both < pairs.Length ? ControlBarState.Open : ControlBarState.Met));
        }
    }

    private void WriteNew(StringBuilder page)
    {
        Head(page, "New worlds", $"Seeds {List(ControlPlan.ThreeSeeds)}, profile `field`. Made by `make-scenario` for this table, with walkers and buses: a grid of 2 by 4 signals, an arterial of five with blocks of 180 to 620 m, a grid of 3 by 3 without turn pockets.");
        WriteMethods(page, plan.Fresh, ControlMethod.All, ControlPlan.ThreeSeeds, t => t);
        foreach (var (kind, worlds, seeds) in new[] { ("The xt worlds", plan.Towns, ControlPlan.FiveSeeds), ("New worlds", plan.Fresh, ControlPlan.ThreeSeeds) })
        {
            AddValid($"{kind}: every run valid", [.. worlds.Select(w => (w, Of(w, ControlMethod.Adaptive, seeds)))]);
            AddRatios($"{kind}: at least 15 % below SUMO actuated", "≤ 0.85 (aim 0.70)", Compare(worlds, ControlMethod.Actuated, seeds), 0.85, isStrict: false);
            AddRatios($"{kind}: walkers' delay no worse than under SUMO actuated", "≤ 1.00", Compare(worlds, ControlMethod.Actuated, seeds, of: r => r.WalkersDelayS), 1, isStrict: false);
            AddRatios($"{kind}: beside our own actuated (no bar of its own)", None, Compare(worlds, ControlMethod.OurActuated, seeds), double.PositiveInfinity, isStrict: false);
        }
    }

    private void WriteLoops(StringBuilder page)
    {
        Head(page, "Loops alone", $"Seeds {List(ControlPlan.ThreeSeeds)}. The same, with nothing but loops at the stop line and 45 m before it; ratio: over the same method with zones too.");
        WriteBeside(page, ControlPlan.ByLoops, [("zones and loops", t => t), ("loops alone", t => t with { SensesLoops = true })]);
        var compared = plan.Shared.Select(w => Ratio(w, Of(w, ControlMethod.Adaptive, ControlPlan.ThreeSeeds, t => t with { SensesLoops = true }), Of(w, ControlMethod.Adaptive, ControlPlan.ThreeSeeds), r => r.MeanS)).ToArray();
        AddRatios("Loops alone: within 10 % of zones and loops", "≤ 1.10", compared, 1.1, isStrict: false);
        AddValid("Loops alone: every run valid", [.. plan.Shared.Select(w => (w, Of(w, ControlMethod.Adaptive, ControlPlan.ThreeSeeds, t => t with { SensesLoops = true })))]);
    }

    private void WriteFailures(StringBuilder page)
    {
        Head(page, "Failed detectors", $"Seeds {List(ControlPlan.ThreeSeeds)}. A share of the detectors is stuck, chatters or is silent, drawn by the seed, from the begin of the run; ratio: over the same with all of them working.");
        if (!store.CanFailDetectors)
        {
            page.AppendLine("Not available: `crosstown control` cannot be told that detectors fail.");
        }
        else
        {
            WriteBeside(page, [ControlMethod.Adaptive], [("all working", t => t), .. ControlPlan.Failed.Select(f => ($"{f} % failed", (Func<ControlTrial, ControlTrial>)(t => t with { FailedPercent = f })))]);
        }

        var compared = plan.Shared.Select(w => Ratio(w, Of(w, ControlMethod.Adaptive, ControlPlan.ThreeSeeds, t => t with { FailedPercent = 30 }), Of(w, ControlMethod.Adaptive, ControlPlan.ThreeSeeds), r => r.MeanS)).ToArray();
        AddRatios("30 % of detectors failed: over its own score with all", "≤ 1.10", compared, 1.1, isStrict: false);
        foreach (var failed in ControlPlan.Failed)
        {
            AddValid($"{failed} % of detectors failed: every run valid", [.. plan.Shared.Select(w => (w, Of(w, ControlMethod.Adaptive, ControlPlan.ThreeSeeds, t => t with { FailedPercent = failed })))]);
        }
    }

    private void WritePriority(StringBuilder page)
    {
        Head(page, "Priority", $"""
            Seeds {List(PriorityRuns.Seeds)}, profile `field`. A grid of 6 by 3 signals in SUMO, blocks of 300 m, {PriorityRuns.CarsPerHour.ToString("N0", CultureInfo.InvariantCulture)} cars an hour, a rescue vehicle every five minutes through six signals, two bus lines with three stops: the same hour and cars
            with and without help. Losses are of cars, per car and edge, s. **Way back**: around the plan, cycles until greens begin when the plan says; around the adaptive controller, which has no plan to come back to, cycles of the reference plan until no
            more vehicles stand on the other approaches than in the worst second of the cycle before the grant; the longest of all grants. Judged by rules written apart from the signals.
            """);
        page.AppendLine("| controller | helped | runs | rescue's trip | bus trip | all cars | on rescue's way | across it | on the buses' way | across them | grants (useful) | way back | rules broken | left |")
            .AppendLine("|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
        foreach (var controller in Enum.GetValues<PriorityWorld.Controller>())
        {
            foreach (var help in Enum.GetValues<PriorityHelp>())
            {
                var runs = PriorityRuns.Seeds.Select(s => priority.Find(new PriorityRun(controller, help, s))).OfType<PriorityFigures>().ToArray();
                string Cell(Func<PriorityFigures, double> of) => runs.Length == 0 ? None : Number(runs.Average(of), 1);
                var back = runs.Length == 0 || help == PriorityHelp.Nobody ? None : runs.Any(r => r.LongestRecovery is null) ? "not in a run" : Number(runs.Max(r => r.LongestRecovery), 1);
                page.AppendLine(CultureInfo.InvariantCulture, $"| {(controller == PriorityWorld.Controller.Adaptive ? "adaptive" : "fixed plan")} | {(help == PriorityHelp.Nobody ? "nobody" : help == PriorityHelp.Rescue ? "rescue" : "buses")} | {(runs.Length == 0 ? "not run" : $"{runs.Length} of {PriorityRuns.Seeds.Length}")} | {Cell(r => r.RescueS)} | {Cell(r => r.BusS)} | {Cell(r => r.CarLossS)} | {Cell(r => r.RescueWayLossS)} | {Cell(r => r.RescueAcrossLossS)} | {Cell(r => r.BusWayLossS)} | {Cell(r => r.BusAcrossLossS)} | {(help == PriorityHelp.Nobody ? None : $"{runs.Sum(r => r.Grants)} ({runs.Sum(r => r.Useful)})")} | {back} | {runs.Sum(r => r.Broken)} | {runs.Sum(r => r.Left)} |");
            }
        }

        foreach (var controller in Enum.GetValues<PriorityWorld.Controller>())
        {
            _bars.AddRange(priority.Bars(controller));
        }

        var rescued = priority.Pairs(PriorityWorld.Controller.Adaptive, PriorityHelp.Rescue);
        var byPlan = PriorityRuns.Seeds.Select(s => priority.Find(new PriorityRun(PriorityWorld.Controller.Fixed, PriorityHelp.Nobody, s))).OfType<PriorityFigures>().ToArray();
        if (rescued.Count > 0 && byPlan.Length > 0)
        {
            page.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"Against the fixed plan without priority, adaptive control with it changes the rescue vehicle's trip by {100 * ((rescued.Average(p => p.With.RescueS) / byPlan.Average(p => p.RescueS)) - 1):+0;−0} % and the delay of all cars by {100 * ((rescued.Average(p => p.With.CarLossS) / byPlan.Average(p => p.CarLossS)) - 1):+0;−0} %.");
        }
    }

    private void AddOwnTime()
    {
        var runs = Groups().SelectMany(t => store.Find(t) is { } found && t.Method == ControlMethod.Adaptive ? [found.OwnP99Ms] : (double?[])[]).Where(v => v is not null).Select(v => v!.Value).ToArray();
        var worst = runs.DefaultIfEmpty(double.NaN).Max();
        _bars.Add(new ControlBar(
            "Own computing time per signal and second, 99th percentile, worst run", "≤ 2 ms (aim 0.2 ms)", runs.Length == 0 ? "not run" : string.Create(CultureInfo.InvariantCulture, $"{worst:0.00} ms of {runs.Length} runs"),
            runs.Length == 0 ? ControlBarState.Open : worst <= 2 ? ControlBarState.Met : ControlBarState.NotMet));
    }

    private IEnumerable<ControlTrial> Groups() => ControlBench.Groups.SelectMany(g => plan.Trials(g, [])).DistinctBy(t => t.Key).Where(store.IsAvailable);

    private void WriteMethods(StringBuilder page, ControlWorld[] worlds, ControlMethod[] methods, int[] seeds, Func<ControlTrial, ControlTrial> change)
    {
        page.AppendLine("| scenario | method | delay | sd | worst | valid | left | walkers | own time, mean / p99 | ratio |").AppendLine("|---|---|---:|---:|---:|---:|---:|---:|---:|---:|");
        foreach (var world in worlds)
        {
            var own = Of(world, ControlMethod.Adaptive, seeds, change);
            foreach (var method in methods)
            {
                WriteRow(page, world, method.Name, Of(world, method, seeds, change), store.IsAvailable(change(new ControlTrial(world, method, seeds[0]))), method == ControlMethod.Adaptive ? null : own);
            }
        }
    }

    /// <summary>Kinds of the same runs, one below the other; ratios over the first kind.</summary>
    private void WriteBeside(StringBuilder page, ControlMethod[] methods, (string Name, Func<ControlTrial, ControlTrial> Change)[] kinds)
    {
        page.AppendLine("| scenario | method | delay | sd | worst | valid | left | walkers | own time, mean / p99 | ratio |").AppendLine("|---|---|---:|---:|---:|---:|---:|---:|---:|---:|");
        foreach (var world in plan.Shared)
        {
            foreach (var method in methods)
            {
                var first = Of(world, method, ControlPlan.ThreeSeeds, kinds[0].Change);
                foreach (var (name, change) in kinds)
                {
                    var runs = Of(world, method, ControlPlan.ThreeSeeds, change);
                    WriteRow(page, world, $"{method.Name}, {name}", runs, true, null, name == kinds[0].Name ? null : runs.MeanS / first.MeanS);
                }
            }
        }
    }

    private static void WriteRow(StringBuilder page, ControlWorld world, string name, ControlSummary runs, bool isAvailable, ControlSummary? own, double? ratio = null)
    {
        if (runs.Runs == 0)
        {
            page.AppendLine(CultureInfo.InvariantCulture, $"| {world.Name} | {name} | {(isAvailable ? "not run" : "has none")} | | | | | | | |");
            return;
        }

        var valid = $"{runs.Valid} of {runs.Runs}{(runs.IsWhole ? "" : $", {runs.Wanted - runs.Runs} not run")}{(runs.Broken.Length > 0 ? $": {runs.Broken.Replace('_', ' ')}" : "")}{(runs.Aborted > 0 ? $"; {runs.Aborted} broken off" : "")}";
        var refused = runs.Scores.Sum(s => s.RefusedStates ?? 0);
        page.AppendLine(CultureInfo.InvariantCulture, $"| {world.Name} | {name} | {(runs.MeanS is null ? "aborts" : Number(runs.MeanS, 1))} | {Number(runs.DeviationS, 1)} | {(runs.Worst is { } worst ? $"{Number(worst.DelayS, 1)} ({worst.Seed})" : None)} | {valid}{(refused > 0 ? $"; {refused} states refused" : "")} | {runs.Left} | {Number(runs.WalkersDelayS, 1)} | {(runs.OwnMeanMs is null ? None : $"{Number(runs.OwnMeanMs, 3)} / {Number(runs.OwnP99Ms, 2)}")} | {Number(ratio ?? (own?.MeanS / runs.MeanS), 2)} |");
    }

    private ControlSummary Of(ControlWorld world, ControlMethod method, int[] seeds, Func<ControlTrial, ControlTrial>? change = null)
    {
        var trials = seeds.Select(s => new ControlTrial(world, method, s)).Select(t => change?.Invoke(t) ?? t).ToArray();
        return new ControlSummary([.. trials.Select(store.Find).OfType<ControlScore>()], trials.Length);
    }

    private (ControlWorld World, double? Ratio, bool IsWhole)[] Compare(
        ControlWorld[] worlds, ControlMethod method, int[] seeds, Func<ControlTrial, ControlTrial>? change = null, Func<ControlSummary, double?>? of = null) =>
        [.. worlds.Where(w => store.IsAvailable(new ControlTrial(w, method, seeds[0]))).Select(w => Ratio(w, Of(w, ControlMethod.Adaptive, seeds, change), Of(w, method, seeds, change), of ?? (r => r.MeanS)))];

    /// <summary>What two methods reached over each other; over a method that always aborts there is no ratio, and nothing is missing.</summary>
    private static (ControlWorld World, double? Ratio, bool IsWhole) Ratio(ControlWorld world, ControlSummary own, ControlSummary other, Func<ControlSummary, double?> of) =>
        (world, own.Aborted > 0 ? double.PositiveInfinity : of(own) / of(other), own.IsWhole && other.IsWhole);

    private void AddValid(string what, (ControlWorld World, ControlSummary Runs)[] all)
    {
        var bad = all.Where(a => a.Runs.Valid < a.Runs.Runs).Select(a => $"{a.World.Name} {a.Runs.Runs - a.Runs.Valid}").ToArray();
        var runs = all.Sum(a => a.Runs.Runs);
        var wanted = all.Sum(a => a.Runs.Wanted);
        _bars.Add(new ControlBar(
            what, "all", runs == 0 ? "not run" : $"{all.Sum(a => a.Runs.Valid)} of {runs}{(runs < wanted ? $", {wanted - runs} not run" : "")}{(bad.Length > 0 ? "; not valid: " + string.Join(", ", bad) : "")}",
            bad.Length > 0 ? ControlBarState.NotMet : runs < wanted ? ControlBarState.Open : ControlBarState.Met));
    }

    private void Add(string what, string limit, (ControlWorld World, ControlSummary Runs)[] all, Func<ControlSummary, double?> of, double most, bool isRatio) =>
        AddRatios(what, limit, [.. all.Select(a => (a.World, a.Runs.Aborted > 0 ? double.PositiveInfinity : of(a.Runs), a.Runs.IsWhole))], most, isStrict: !isRatio);

    private void AddRatios(string what, string limit, IReadOnlyList<(ControlWorld World, double? Ratio, bool IsWhole)> all, double most, bool isStrict)
    {
        var known = all.Where(a => a.Ratio is not null).ToArray();
        var above = known.Where(a => isStrict ? a.Ratio >= most : a.Ratio > most).OrderByDescending(a => a.Ratio).ToArray();
        var missing = all.Count(a => !a.IsWhole);
        var worst = known.Length == 0 ? default : known.MaxBy(a => a.Ratio);
        var measured = known.Length == 0 ? (missing > 0 ? "not run" : "it aborts everywhere")
            : above.Length > 0 ? $"above on {above.Length} of {known.Length}: {string.Join(", ", above.Select(a => $"{a.World.Name} {Number(a.Ratio, 2)}"))}" : $"worst {worst.World.Name} {Number(worst.Ratio, 2)}, of {known.Length}";
        _bars.Add(new ControlBar(what, limit, measured + (missing > 0 && known.Length > 0 ? $" ({missing} not whole)" : ""), above.Length > 0 ? ControlBarState.NotMet : missing > 0 || known.Length == 0 ? ControlBarState.Open : ControlBarState.Met));
    }

    private void AddGeometric(string what, string limit, IReadOnlyList<(ControlWorld World, double? Ratio, bool IsWhole)> all, double most)
    {
        var known = all.Where(a => a.Ratio is not null).Select(a => a.Ratio!.Value).ToArray();
        var isWhole = all.All(a => a.IsWhole) && known.Length == all.Count;
        _bars.Add(new ControlBar(
            what, limit, known.Length == 0 ? "not run" : $"{Number(Geometric(known), 3)} of {known.Length} of {all.Count}",
            !isWhole ? ControlBarState.Open : Geometric(known) <= most ? ControlBarState.Met : ControlBarState.NotMet));
    }

    private static double Geometric(double[] ratios) => Math.Exp(ratios.Average(Math.Log));

    private static void Head(StringBuilder page, string title, string text) => page.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"## {title}").AppendLine().AppendLine(text).AppendLine();

    private static string List(int[] seeds) => string.Join(", ", seeds);

    private static string Number(double? value, int places) => value is not { } known ? None : double.IsFinite(known) ? known.ToString($"N{places}", CultureInfo.InvariantCulture) : "broken off";
}
