using System.Collections.Immutable;
using Crosstown.Core.Controllers;
using Crosstown.Core.Street;
using Crosstown.Timing.Model;

namespace Crosstown.Timing.Sheets;

/// <summary>What an engineer should look at after the change, from what the plan changes.</summary>
public static class FieldChecks
{
    /// <summary>What to look at, as sentences, by signal in the plan's order; the same as on its sheets.</summary>
    public static ImmutableArray<(SignalId Signal, ImmutableArray<string> Checks)> Of(ApprovedPlan plan, SheetDetails details) =>
        [.. SheetTiming.Of(plan, details).Select(s => (s.About.Signal, For(s).ToImmutableArray()))];

    internal static IEnumerable<string> For(SheetTiming signal)
    {
        yield return "Intervals in the cabinet are those of this sheet: minimum green, yellow, red clearance, walk and flashing don't walk, phase by phase.";
        foreach (var (pattern, today) in signal.Patterns.Zip(signal.Today))
        {
            var diagram = new PatternView(signal.Phases, pattern);
            yield return $"Pattern {pattern.Number}: the controller's offset refers to the {(pattern.Reference == OffsetReference.BeginGreen ? "begin of the first coordinated green" : "same point of the cycle")}; a green begins when the master clock says {Markup.Seconds(diagram.OnMasterMs(Start(diagram)))} s.";
            foreach (var phase in signal.Phases.Where(p => p.WalkMs > 0 && p.WalkMs + p.PedestrianClearanceMs + p.ChangeMs > pattern.SplitMs.GetValueOrDefault(p.Number)))
            {
                yield return $"Pattern {pattern.Number}: a walk of phase {phase.Number} needs {Markup.Seconds(phase.WalkMs + phase.PedestrianClearanceMs + phase.ChangeMs)} s and its split is {Markup.Seconds(pattern.SplitMs.GetValueOrDefault(phase.Number))} s: press the button and see that walk and clearance run in full and the controller is back in step within a few cycles.";
            }

            if (today is null)
            {
                continue;
            }

            var before = new PatternView(signal.Phases, today);
            foreach (var phase in signal.Phases.Where(p => pattern.SplitMs.GetValueOrDefault(p.Number) < today.SplitMs.GetValueOrDefault(p.Number)))
            {
                yield return $"Pattern {pattern.Number}: phase {phase.Number} has {Markup.Seconds(today.SplitMs.GetValueOrDefault(phase.Number) - pattern.SplitMs.GetValueOrDefault(phase.Number))} s less than today: its queue clears, and does not fill its lanes.";
            }

            if (!diagram.Rings.Zip(before.Rings).All(r => r.First.Select(p => p.Number).SequenceEqual(r.Second.Select(p => p.Number))))
            {
                yield return $"Pattern {pattern.Number}: the order of phases is new: no left turn yields on green while the traffic against it keeps its green (yellow trap), and drivers see the arrow that they expect.";
            }
        }

        foreach (var (pattern, note) in signal.Notes)
        {
            yield return $"Pattern {pattern}, phase {note.Phase}: {Word(note.Kind)} ({note.Reason}).";
        }

        foreach (var assumption in signal.About.Assumptions.GroupBy(a => (a.Fact, a.Basis)))
        {
            var values = assumption.Where(a => a.Phase is not null).Select(a => $"phase {a.Phase}{(a.Value is { } value ? $" {Markup.Number((double)value)} {Unit(a.Fact)}" : "")}").ToList();
            yield return $"Not measured: {Word(assumption.Key.Fact)}, {assumption.Key.Basis}{(values.Count > 0 ? $": {string.Join(", ", values)}" : "")}.";
        }

        foreach (var check in signal.About.FieldChecks)
        {
            yield return check;
        }

        yield return "After the change the controller is in step within five cycles, and no detector or walk that is not used is on recall by mistake.";
    }

    internal static string Word(StreetFact fact) => fact switch
    {
        StreetFact.Role => "role",
        StreetFact.Speed => "approach speed",
        StreetFact.Grade => "grade",
        StreetFact.Width => "width to clear",
        StreetFact.DetectorSetback => "detector setback",
        StreetFact.BicycleCrossing => "bicycle crossing",
        StreetFact.Crossing => "length of the crossing",
        StreetFact.Conflicts => "conflicts",
        StreetFact.LeftTurns => "left turns",
        StreetFact.OffsetReference => "offset reference",
        _ => "coordination group",
    };

    internal static string Unit(StreetFact fact) => fact switch
    {
        StreetFact.Speed => "mph",
        StreetFact.Grade => "percent",
        StreetFact.Role or StreetFact.Conflicts or StreetFact.LeftTurns or StreetFact.CoordinationGroup or StreetFact.OffsetReference => "",
        _ => "ft",
    };

    private static string Word(NoteKind kind) => kind switch
    {
        NoteKind.PedestriansByOverride => "its walk does not fit the split and puts the controller out of step for a while",
        NoteKind.LessThanToday => "it gets less than today",
        NoteKind.NearCapacity => "it runs near its capacity",
        _ => "its queue may grow beyond its lanes",
    };

    private static int Start(PatternView diagram) =>
        diagram.Phases.Where(p => p.IsCoordinated).Select(p => diagram.PlaceOf(p.Number).StartMs).DefaultIfEmpty(0).Min();
}
