using System.Collections.Immutable;
using Crosstown.Core.Controllers;
using Crosstown.Core.Data;
using Crosstown.Timing.Model;

namespace Crosstown.Timing.Guard;

/// <summary>Facts of one signal, and those of them that nobody measured.</summary>
internal sealed record StatedFacts(SignalFacts Facts, ImmutableArray<FactAssumption> Assumptions)
{
    /// <summary>What an engineer measured in place of what a file or log said or what was assumed.</summary>
    /// <param name="measured">In an order in which later entries count more.</param>
    /// <exception cref="ProblemException">XT673: a measured fact names a signal or phase that there is not; all such are listed.</exception>
    public static IReadOnlyList<StatedFacts> With(IReadOnlyList<StatedFacts> stated, IReadOnlyList<MeasuredFacts> measured)
    {
        var problems = new List<Problem>();
        foreach (var entry in measured.Where(m => m.Signal is not null && stated.All(s => s.Facts.Signal != m.Signal)))
        {
            problems.Add(new Problem("XT673", $"signal {entry.Signal}", "Facts are given for it, and there is no such signal."));
        }

        foreach (var (facts, entry, phase) in stated.SelectMany(s => measured.Where(m => m.Signal == s.Facts.Signal).SelectMany(m => m.Phases.Select(p => (s.Facts, m, p.Phase)))))
        {
            if (phase is { } number && facts.Phases.All(p => p.Number != number))
            {
                problems.Add(new Problem("XT673", $"signal {entry.Signal}", $"Facts are given for phase {number}, which it does not have."));
            }
        }

        return problems.Count > 0
            ? throw new ProblemException(problems)
            : [.. stated.Select(s => measured.Where(m => m.Signal is null || m.Signal == s.Facts.Signal)
                .Aggregate(s, (now, entry) => new StatedFacts(entry.ApplyTo(now.Facts), entry.Without(now.Assumptions))))];
    }
}

/// <summary>What is assumed to the safe side where nothing tells it.</summary>
internal static class SafeSide
{
    /// <summary>Where no leg of a signal has a speed, mph.</summary>
    public const double SpeedMph = 45;

    /// <summary>Downhill where nobody gives a grade, percent.</summary>
    public const decimal GradePercent = -3;

    /// <summary>A lane, ft.</summary>
    public const double LaneFt = 12;

    /// <summary>What lies between the two ways of a street, ft.</summary>
    public const double MedianFt = 12;

    /// <summary>From the stop line to the curb line, with the crosswalk between them, ft; the far crosswalk counts as much.</summary>
    public const double StopLineFt = 14;

    /// <summary>Lanes of a street, both ways, where nothing tells them.</summary>
    public const int StreetLanes = 6;
}
