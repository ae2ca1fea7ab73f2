using System.Collections.Immutable;
using Crosstown.Core.Controllers;
using Crosstown.Core.Data;

namespace Crosstown.Timing.Sheets;

/// <summary>Timing sheets: a page for each signal of a plan, to print, to sign and to take to the cabinet.</summary>
public static class TimingSheet
{
    /// <summary>Writes a self-contained HTML page, light, for Letter and A4; each signal begins on paper of its own.</summary>
    /// <param name="writer">Where it goes.</param>
    /// <param name="plan">What the guard approved: nothing else is printed.</param>
    /// <param name="details">Names, comparisons and what else stands on the sheets.</param>
    /// <exception cref="ProblemException">XT671: a pattern is not in whole seconds, or beyond what controllers hold.</exception>
    public static void Write(TextWriter writer, ApprovedPlan plan, SheetDetails details) => new TimingSheetPage(writer, details).Write(SheetTiming.Of(plan, details));
}

/// <summary>One signal's timing as a sheet shows it.</summary>
/// <param name="About">What is said of it.</param>
/// <param name="Phases">With intervals as they will be.</param>
/// <param name="CabinetPhases">The same with intervals as they are in the cabinet.</param>
/// <param name="Patterns">New patterns, at least one.</param>
/// <param name="Today">The pattern that each replaces; null where none is known.</param>
/// <param name="Notes">What an engineer accepted, by pattern number.</param>
internal sealed record SheetTiming(
    SheetSignal About,
    ImmutableArray<PhaseTiming> Phases,
    ImmutableArray<PhaseTiming> CabinetPhases,
    ImmutableArray<PatternTiming> Patterns,
    ImmutableArray<PatternTiming?> Today,
    ImmutableArray<(byte Pattern, PlanNote Note)> Notes)
{
    public static ImmutableArray<SheetTiming> Of(ApprovedPlan plan, SheetDetails details) =>
    [
        .. plan.Proposal.Signals.Zip(plan.Facts).Select(p => new SheetTiming(
            details.Of(p.First.Signal),
            p.First.Phases ?? p.Second.Phases,
            p.Second.Phases,
            [.. p.First.Patterns.Select(x => x.Timing)],
            [.. p.First.Patterns.Select(x => p.Second.Patterns.FirstOrDefault(t => t.Number == (x.Replaces ?? x.Timing.Number)))],
            [.. p.First.Patterns.SelectMany(x => x.Notes.Select(n => (x.Timing.Number, n)))])),
    ];
}
