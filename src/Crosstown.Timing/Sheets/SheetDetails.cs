using System.Collections.Immutable;
using Crosstown.Core.Street;
using Crosstown.Timing.Model;

namespace Crosstown.Timing.Sheets;

/// <summary>What stands on timing sheets beside the timing itself.</summary>
public sealed record SheetDetails
{
    /// <summary>Such as <c>Main Street, weekdays</c>.</summary>
    public required string Title { get; init; }

    public required DateOnly PreparedOn { get; init; }

    /// <summary>What the plan was made from, as a sentence such as <c>Made from five weekdays of logs.</c></summary>
    public string Source { get; init; } = "";

    /// <summary>By signal; a signal without an entry is printed with its id alone.</summary>
    public ImmutableArray<SheetSignal> Signals { get; init; } = [];

    internal SheetSignal Of(SignalId signal) => Signals.FirstOrDefault(s => s.Signal == signal) ?? new SheetSignal { Signal = signal };
}

/// <summary>What is said of one signal.</summary>
public sealed record SheetSignal
{
    public required SignalId Signal { get; init; }

    /// <summary>The streets that cross here.</summary>
    public string Name { get; init; } = "";

    /// <summary>Which movement a phase serves, such as <c>eastbound left</c>, by phase.</summary>
    public ImmutableSortedDictionary<byte, string> Movements { get; init; } = ImmutableSortedDictionary<byte, string>.Empty;

    /// <summary>Before and after by approach; empty when nothing was compared.</summary>
    public ImmutableArray<ApproachComparison> Comparisons { get; init; } = [];

    /// <summary>What the plan does here and why, as sentences; empty when nothing is said.</summary>
    public ImmutableArray<string> Explanations { get; init; } = [];

    /// <summary>When which pattern runs at its cabinet; empty when the schedule stays as it is.</summary>
    public ImmutableArray<DayPlan> DayPlans { get; init; } = [];

    /// <summary>Facts that nobody measured and that the plan was approved by.</summary>
    public ImmutableArray<FactAssumption> Assumptions { get; init; } = [];

    /// <summary>What else to look at in the field, as sentences.</summary>
    public ImmutableArray<string> FieldChecks { get; init; } = [];
}

/// <summary>A figure of an approach before and after, by each source that has it.</summary>
/// <param name="Pattern">The new pattern.</param>
/// <param name="Approach">Such as <c>eastbound through</c>.</param>
/// <param name="Measure">With its unit, such as <c>delay, s/veh</c>.</param>
/// <param name="Figures">At least one; sources in the same order for every approach.</param>
public sealed record ApproachComparison(byte Pattern, string Approach, string Measure, ImmutableArray<ComparedFigure> Figures);

/// <summary>What one source says.</summary>
/// <param name="Source">Such as <c>model</c>, <c>simulation</c> or <c>SUMO</c>.</param>
/// <param name="Before">Null when it was not found.</param>
/// <param name="After">Null when it was not found.</param>
/// <param name="BeforeSpread">Standard deviation over seeds or days; null when there is one only.</param>
/// <param name="AfterSpread">Standard deviation over seeds or days; null when there is one only.</param>
public sealed record ComparedFigure(string Source, double? Before, double? After, double? BeforeSpread = null, double? AfterSpread = null);

/// <summary>A day's patterns by time.</summary>
public sealed record DayPlan
{
    /// <summary>1-255.</summary>
    public required byte Number { get; init; }

    public required ImmutableArray<DayOfWeek> Days { get; init; }

    /// <summary>By time, the first at midnight.</summary>
    public required ImmutableArray<DayPlanEvent> Events { get; init; }
}

/// <summary>From a time of day on, a pattern runs.</summary>
/// <param name="At">Local time, whole minutes.</param>
/// <param name="Pattern">1-253, 254 for free, 255 for flash.</param>
public sealed record DayPlanEvent(TimeOnly At, byte Pattern);
