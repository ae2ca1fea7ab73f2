using System.Collections.Immutable;
using Crosstown.Core.Controllers;
using Crosstown.Core.Data;
using Crosstown.Core.Street;

namespace Crosstown.Simulation.Towns;

/// <summary>New timing for one signal of the town.</summary>
public sealed record TownPlan
{
    public required SignalId Signal { get; init; }

    /// <summary>Each takes the place of the pattern of its number, or stands beside those that there are; the last of a number counts.</summary>
    public ImmutableArray<PatternTiming> Patterns { get; init; } = [];

    /// <summary>Phases with new intervals, all of the signal's; null when the cabinet's stay.</summary>
    public ImmutableArray<PhaseTiming>? Phases { get; init; }

    /// <summary>Patterns by the clock, Monday to Friday; null when they stay.</summary>
    public ImmutableArray<DayPlanEntry>? Weekdays { get; init; }

    /// <summary>Patterns by the clock, Saturday and Sunday; null when they stay.</summary>
    public ImmutableArray<DayPlanEntry>? Weekends { get; init; }

    /// <summary>The signal with this timing in its cabinet and its configuration.</summary>
    internal TownSignal ApplyTo(TownSignal signal, List<Problem> problems)
    {
        var found = problems.Count;
        var old = signal.Program;
        var phases = Phases ?? old.Phases;
        if (!phases.Select(Place).Order().SequenceEqual(old.Phases.Select(Place).Order()))
        {
            problems.Add(new Problem("XT796", $"signal {Signal}, phases", "A plan gives new intervals to all phases of the signal, in their rings and barrier groups: it neither adds, moves nor leaves out any."));
        }

        ImmutableArray<PatternTiming> patterns = [.. old.Patterns.Concat(Patterns.IsDefault ? [] : Patterns).GroupBy(p => p.Number).Select(p => p.Last())];
        var (weekdays, weekends) = (Weekdays ?? signal.Weekdays, Weekends ?? signal.Weekends);
        CheckDay("weekdays", weekdays, patterns, problems);
        CheckDay("weekends", weekends, patterns, problems);
        if (problems.Count > found)
        {
            return signal;
        }

        try
        {
            var program = new ControllerProgram(phases, old.Overlaps, patterns, old.Preempts, old.Priorities);
            return signal with
            {
                Program = program,
                Weekdays = weekdays,
                Weekends = weekends,
                Configuration = signal.Configuration with
                {
                    Phases = [.. program.Phases.Select(SitePlanner.ConfigurationOf)],
                    Patterns = [.. program.Patterns.Select(SitePlanner.ConfigurationOf)],
                },
            };
        }
        catch (ProblemException refused)
        {
            problems.AddRange(refused.Problems.Select(p => p with { Where = $"signal {Signal}, {p.Where}" }));
            return signal;
        }
    }

    private static (byte Number, byte Ring, byte Group) Place(PhaseTiming phase) => (phase.Number, phase.Ring, phase.BarrierGroup);

    private void CheckDay(string name, ImmutableArray<DayPlanEntry> day, ImmutableArray<PatternTiming> patterns, List<Problem> problems)
    {
        if (day.IsDefaultOrEmpty || day[0].FromMinute != 0 || day[^1].FromMinute >= 1440 || day.Zip(day.Skip(1)).Any(p => p.First.FromMinute >= p.Second.FromMinute))
        {
            problems.Add(new Problem("XT797", $"signal {Signal}, {name}", $"Entries begin at {string.Join(", ", day.IsDefault ? [] : day.Select(e => e.FromMinute))}: the first begins at minute 0, and each later than the one before, up to 1439."));
            return;
        }

        foreach (var entry in day.Where(e => e.Pattern != ControllerStep.FreePattern && patterns.All(p => p.Number != e.Pattern)))
        {
            problems.Add(new Problem("XT797", $"signal {Signal}, {name}, minute {entry.FromMinute}", $"Pattern {entry.Pattern} is not among the signal's: {string.Join(", ", patterns.Select(p => p.Number))}, or {ControllerStep.FreePattern} for free."));
        }
    }
}
