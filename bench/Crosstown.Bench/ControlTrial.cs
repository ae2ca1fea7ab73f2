using System.Globalization;
using System.Text.Json;

namespace Crosstown.Bench;

/// <summary>A place that signals are controlled in.</summary>
/// <param name="Name">Of its scenario.</param>
/// <param name="Folder">Where its files are.</param>
/// <param name="Profile">The times to keep: bench or field.</param>
internal sealed record ControlWorld(string Name, string Folder, string Profile);

/// <summary>Who controls.</summary>
/// <param name="Name">What the table calls it.</param>
/// <param name="Own">The word of <c>crosstown control --controller</c>; null for SUMO's own programs.</param>
/// <param name="Program">The file of SUMO's programs in a scenario's folder <c>baselines</c>; null for our controllers, and for the reference plan.</param>
internal sealed record ControlMethod(string Name, string? Own, string? Program)
{
    public static readonly ControlMethod Adaptive = new("adaptive", "adaptive", null);

    public static readonly ControlMethod OurActuated = new("our actuated", "actuated", null);

    public static readonly ControlMethod MaxPressure = new("our max-pressure", "max-pressure", null);

    public static readonly ControlMethod CyclicMaxPressure = new("our cyclic max-pressure", "cyclic-max-pressure", null);

    public static readonly ControlMethod OurFixed = new("our fixed", "fixed", null);

    public static readonly ControlMethod Reference = new("reference plan", null, null);

    public static readonly ControlMethod Actuated = new("SUMO actuated", null, "actuated.add.xml");

    public static readonly ControlMethod DelayBased = new("SUMO delay-based", null, "delay_based.add.xml");

    public static readonly ControlMethod Webster = new("Webster", null, "webster.add.xml");

    public static readonly ControlMethod Coordinated = new("Webster, coordinated", null, "coord.add.xml");

    public static readonly ControlMethod[] All = [Adaptive, OurActuated, MaxPressure, CyclicMaxPressure, OurFixed, Reference, Actuated, DelayBased, Webster, Coordinated];
}

/// <summary>One run: a place, who controls, and a seed.</summary>
internal sealed record ControlTrial(ControlWorld World, ControlMethod Method, int Seed)
{
    /// <summary>Demand over the scenario's own.</summary>
    public double Scale { get; init; } = 1;

    /// <summary>Departures are moved by up to so many seconds, by chance.</summary>
    public int JitterS { get; init; }

    /// <summary>True when the run ends with the demand, as in published work, and not when all have arrived.</summary>
    public bool IsCut { get; init; }

    /// <summary>True when loops are all that may be read.</summary>
    public bool SensesLoops { get; init; }

    /// <summary>Detectors that have failed, %.</summary>
    public int FailedPercent { get; init; }

    public string Key => string.Create(
        CultureInfo.InvariantCulture,
        $"{World.Name}~{World.Profile}~{Method.Name.Replace(' ', '-').Replace(",", "", StringComparison.Ordinal)}~{(SensesLoops ? "loops" : "area")}~{Scale:0.00}~{JitterS}~{(IsCut ? "cut" : "whole")}~{FailedPercent}~{Seed}");
}

/// <summary>What the judge said of a run, and what our controller recorded of it.</summary>
internal sealed record ControlScore
{
    public required int Seed { get; init; }

    /// <summary>Mean delay per scheduled vehicle, s; null when the run was broken off.</summary>
    public required double? DelayS { get; init; }

    /// <summary>Whether every rule was kept.</summary>
    public required bool IsValid { get; init; }

    /// <summary>Vehicles that had not arrived at the end of the run.</summary>
    public required int Left { get; init; }

    /// <summary>Mean delay of walkers, s; null when there are none.</summary>
    public required double? WalkersDelayS { get; init; }

    /// <summary>Kinds of broken rules; empty for none.</summary>
    public required string Broken { get; init; }

    /// <summary>Our own time for a signal and second, mean, ms; null when it is not our controller.</summary>
    public required double? OwnMeanMs { get; init; }

    /// <summary>The same, 99th percentile over the seconds, ms.</summary>
    public required double? OwnP99Ms { get; init; }

    /// <summary>States that the guards refused; null when it is not our controller.</summary>
    public required int? RefusedStates { get; init; }

    /// <summary>Signals that ended on their own plan; null when it is not our controller.</summary>
    public required int? FallenBack { get; init; }

    /// <param name="run">One of the judge's <c>runs</c>.</param>
    /// <param name="own">What <c>crosstown control --record</c> wrote; null for none.</param>
    public static ControlScore Read(JsonElement run, JsonElement? own)
    {
        static double? Number(JsonElement from, string name) => from.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;
        var isBroken = run.TryGetProperty("error", out _);
        return new ControlScore
        {
            Seed = run.GetProperty("seed").GetInt32(),
            DelayS = isBroken ? null : Number(run, "delay"),
            IsValid = run.GetProperty("valid").GetBoolean(),
            Left = (int)((Number(run, "unfinished") ?? 0) + (Number(run, "undeparted") ?? 0)),
            WalkersDelayS = isBroken ? null : Number(run, "ped_delay"),
            Broken = string.Join(", ", run.GetProperty("violations").EnumerateObject().Select(v => v.Name)),
            OwnMeanMs = own is { } a ? Number(a, "mean_ms") : null,
            OwnP99Ms = own is { } b ? Number(b, "p99_ms") : null,
            RefusedStates = own is { } c ? (int?)Number(c, "refused_states") : null,
            FallenBack = own is { } d && d.TryGetProperty("fallen_back", out var signals) ? signals.GetArrayLength() : null,
        };
    }
}

/// <summary>The runs of one method at one place.</summary>
/// <param name="scores">One a seed.</param>
/// <param name="wanted">How many there should be.</param>
internal sealed class ControlSummary(IReadOnlyList<ControlScore> scores, int wanted)
{
    private readonly double[] _delays = [.. scores.Where(s => s.DelayS is not null).Select(s => s.DelayS!.Value)];

    public IReadOnlyList<ControlScore> Scores => scores;

    public int Runs => scores.Count;

    public int Wanted => wanted;

    public bool IsWhole => scores.Count >= wanted;

    public int Aborted => scores.Count - _delays.Length;

    public int Valid => scores.Count(s => s.IsValid);

    /// <summary>Of the runs that were not broken off, s; null for none.</summary>
    public double? MeanS => _delays.Length == 0 ? null : _delays.Average();

    public double? DeviationS => _delays.Length < 2 ? null : Math.Sqrt(_delays.Sum(d => (d - _delays.Average()) * (d - _delays.Average())) / (_delays.Length - 1));

    public ControlScore? Worst => scores.Where(s => s.DelayS is not null).MaxBy(s => s.DelayS);

    public double? WorstOverMean => Worst?.DelayS / MeanS;

    public double? WalkersDelayS => Mean(s => s.WalkersDelayS);

    public double? OwnMeanMs => Mean(s => s.OwnMeanMs);

    public double? OwnP99Ms => scores.Max(s => s.OwnP99Ms);

    public int Left => scores.Sum(s => s.Left);

    public string Broken => string.Join(", ", scores.SelectMany(s => s.Broken.Split(", ", StringSplitOptions.RemoveEmptyEntries)).Distinct().Order(StringComparer.Ordinal));

    private double? Mean(Func<ControlScore, double?> of) => scores.Select(of).Where(v => v is not null).DefaultIfEmpty(null).Average();
}
