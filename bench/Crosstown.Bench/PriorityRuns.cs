using System.Globalization;
using System.Text.Json;
using Crosstown.Control.Priority;
using Crosstown.Control.Tests.Priority;

namespace Crosstown.Bench;

/// <summary>Who is helped.</summary>
internal enum PriorityHelp
{
    Nobody,
    Rescue,
    Buses,
}

/// <summary>One run of the grid with buses and rescue vehicles.</summary>
internal sealed record PriorityRun(PriorityWorld.Controller Controller, PriorityHelp Help, int Seed)
{
    public string Key => string.Create(CultureInfo.InvariantCulture, $"priority~{Controller}~{Help}~{Seed}");
}

/// <summary>What a run showed. Losses are per car and edge or trip, s.</summary>
internal sealed record PriorityFigures
{
    public required double RescueS { get; init; }

    public required double RescueP90S { get; init; }

    /// <summary>The rescue vehicle's trip on an empty road with nothing but green, s.</summary>
    public required double RescueFreeS { get; init; }

    public required double BusS { get; init; }

    public required double BusP90S { get; init; }

    public required double CarLossS { get; init; }

    public required double RescueWayLossS { get; init; }

    public required double RescueAcrossLossS { get; init; }

    public required double BusWayLossS { get; init; }

    public required double BusAcrossLossS { get; init; }

    public required int Left { get; init; }

    public required int Broken { get; init; }

    public required int LongestRedS { get; init; }

    public required int Requests { get; init; }

    public required int NoneNeeded { get; init; }

    public required int Extended { get; init; }

    public required int Early { get; init; }

    public required int Useful { get; init; }

    /// <summary>Longest way back after a grant, cycles of the plan; null when one never came back.</summary>
    public required double? LongestRecovery { get; init; }

    public required double StepMs { get; init; }

    public int Grants => Extended + Early;

    public static PriorityFigures Of(PriorityWorld.Result run)
    {
        static double Percentile(double[] ordered) => ordered[(int)(0.9 * (ordered.Length - 1))];
        var grants = run.Records.Where(r => r.IsGrant).ToArray();
        return new PriorityFigures
        {
            RescueS = run.RescueS.Average(),
            RescueP90S = Percentile(run.RescueS),
            RescueFreeS = run.RescueFreeS,
            BusS = run.BusS.Average(),
            BusP90S = Percentile(run.BusS),
            CarLossS = run.CarLossS,
            RescueWayLossS = run.RescueWayLossS,
            RescueAcrossLossS = run.RescueAcrossLossS,
            BusWayLossS = run.BusWayLossS,
            BusAcrossLossS = run.BusAcrossLossS,
            Left = run.Unfinished,
            Broken = run.Broken.Length,
            LongestRedS = run.LongestRedS,
            Requests = run.Records.Length,
            NoneNeeded = run.Records.Count(r => r.Kind == PriorityKind.NoneNeeded),
            Extended = grants.Count(r => r.Kind == PriorityKind.Extension),
            Early = grants.Count(r => r.Kind == PriorityKind.EarlyGreen),
            Useful = grants.Count(r => r.IsUseful),
            LongestRecovery = run.RecoveryCycles.Contains(null) ? null : run.RecoveryCycles.Max() ?? 0,
            StepMs = run.StepMs,
        };
    }
}

/// <summary>Runs the grid with buses and rescue vehicles, and keeps what each run showed.</summary>
/// <param name="folder">Where it is kept, a file a run.</param>
internal sealed class PriorityRuns(string folder)
{
    public const int CarsPerHour = 6800;

    /// <summary>Those that the bars are held against.</summary>
    public static readonly int[] Seeds = [1, 2, 3];

    private const int DemandS = 3600;

    /// <param name="seeds">Those to run; none for those that the bars are held against.</param>
    public static IEnumerable<PriorityRun> List(int[] seeds) =>
        from seed in seeds.Length == 0 ? Seeds : seeds
        from controller in Enum.GetValues<PriorityWorld.Controller>().Reverse()
        from help in Enum.GetValues<PriorityHelp>()
        select new PriorityRun(controller, help, seed);

    /// <summary>What a run showed; null when it was not run.</summary>
    public PriorityFigures? Find(PriorityRun run) => File.Exists(PathOf(run)) ? JsonSerializer.Deserialize<PriorityFigures>(File.ReadAllText(PathOf(run))) : null;

    /// <summary>Runs the grid, unless it was run before.</summary>
    public PriorityFigures Run(PriorityRun run)
    {
        if (Find(run) is { } known)
        {
            return known;
        }

        using var world = new PriorityWorld(run.Seed, CarsPerHour, DemandS);
        var figures = PriorityFigures.Of(world.Run(run.Controller, helpsBuses: run.Help == PriorityHelp.Buses, helpsRescue: run.Help == PriorityHelp.Rescue));
        File.WriteAllText($"{PathOf(run)}.part", JsonSerializer.Serialize(figures));
        File.Move($"{PathOf(run)}.part", PathOf(run), overwrite: true);
        return figures;
    }

    /// <summary>Figures of the runs with a kind of help beside those of the same seeds without; only seeds that have both.</summary>
    public IReadOnlyList<(PriorityFigures Without, PriorityFigures With)> Pairs(PriorityWorld.Controller controller, PriorityHelp help) =>
        [.. Seeds.Select(s => (Without: Find(new PriorityRun(controller, PriorityHelp.Nobody, s)), With: Find(new PriorityRun(controller, help, s)))).Where(p => p is { Without: not null, With: not null })
            .Select(p => (p.Without!, p.With!))];

    /// <summary>The bars of priority around a controller.</summary>
    public IEnumerable<ControlBar> Bars(PriorityWorld.Controller controller)
    {
        var (rescue, buses) = (Pairs(controller, PriorityHelp.Rescue), Pairs(controller, PriorityHelp.Buses));
        var name = controller == PriorityWorld.Controller.Adaptive ? "around the adaptive controller" : "around the fixed plan";
        var all = rescue.Concat(buses).SelectMany(p => new[] { p.Without, p.With }).ToArray();
        yield return Bar($"Priority {name}: all rules kept", "no broken rule", rescue.Count + buses.Count, Seeds.Length * 2, () => all.Sum(f => f.Broken), b => b == 0, b => $"{b:0} broken");
        yield return Percent($"Emergency {name}: trip", "≤ −40 %", rescue, f => f.RescueS, -40, () => string.Create(
            CultureInfo.InvariantCulture, $"on an empty road with nothing but green it would be {100 * ((rescue.Average(p => p.With.RescueFreeS) / rescue.Average(p => p.Without.RescueS)) - 1):+0;−0} %"));
        yield return Percent($"Emergency {name}: delay of all cars", "≤ +1 %", rescue, f => f.CarLossS, 1);
        yield return Recovery($"Emergency {name}: longest way back", rescue);
        yield return Percent($"Bus {name}: trip", "≤ −8 %", buses, f => f.BusS, -8);
        yield return Percent($"Bus {name}: streets across", "≤ +3 %", buses, f => f.BusAcrossLossS, 3, () => string.Create(
            CultureInfo.InvariantCulture, $"all cars {Change(buses, f => f.CarLossS):+0.0;−0.0} %"));
        yield return Bar(
            $"Bus {name}: useful grants", "≥ 60 %", buses.Count, Seeds.Length, () => 100.0 * buses.Sum(p => p.With.Useful) / Math.Max(1, buses.Sum(p => p.With.Grants)), s => s >= 60, s => $"{s:0} % of {buses.Sum(p => p.With.Grants)}");
        yield return Recovery($"Bus {name}: longest way back", buses);
    }

    /// <summary>Percent that a figure's mean moves by.</summary>
    public static double Change(IReadOnlyList<(PriorityFigures Without, PriorityFigures With)> pairs, Func<PriorityFigures, double> of) => 100 * ((pairs.Average(p => of(p.With)) / pairs.Average(p => of(p.Without))) - 1);

    private string PathOf(PriorityRun run) => Path.Combine(folder, $"{run.Key}.json");

    private static ControlBar Percent(string what, string limit, IReadOnlyList<(PriorityFigures Without, PriorityFigures With)> pairs, Func<PriorityFigures, double> of, double most, Func<string>? note = null) =>
        Bar(what, limit, pairs.Count, Seeds.Length, () => Change(pairs, of), c => c <= most, c => $"{c:+0.0;−0.0} %", note);

    private static ControlBar Recovery(string what, IReadOnlyList<(PriorityFigures Without, PriorityFigures With)> pairs) =>
        Bar(what, "≤ 3 cycles", pairs.Count, Seeds.Length, () => pairs.Max(p => p.With.LongestRecovery ?? double.PositiveInfinity), c => c <= 3, c => double.IsFinite(c) ? $"{c:0.0} cycles" : "never in a run");

    private static ControlBar Bar(string what, string limit, int runs, int wanted, Func<double> of, Func<double, bool> holds, FormattableStringOf text, Func<string>? note = null)
    {
        if (runs == 0)
        {
            return new ControlBar(what, limit, "not run", ControlBarState.Open);
        }

        var value = of();
        var state = !holds(value) ? ControlBarState.NotMet : runs < wanted ? ControlBarState.Open : ControlBarState.Met;
        return new ControlBar(what, limit, text(value) + (runs < wanted ? $" (of {runs} of {wanted} runs)" : ""), state, note?.Invoke());
    }

    private delegate string FormattableStringOf(double value);
}
