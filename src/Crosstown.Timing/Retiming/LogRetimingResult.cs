using System.Collections.Immutable;
using Crosstown.Core.Controllers;
using Crosstown.Core.Street;
using Crosstown.Timing.Demand;
using Crosstown.Timing.Model;
using Crosstown.Timing.Optimization;
using Crosstown.Timing.Sheets;

namespace Crosstown.Timing.Retiming;

/// <summary>Parts of the day, by where the middle of a period lies.</summary>
public enum DayPart
{
    /// <summary>20:00-05:00.</summary>
    Night,

    /// <summary>05:00-10:00.</summary>
    Morning,

    /// <summary>10:00-15:00.</summary>
    Midday,

    /// <summary>15:00-20:00.</summary>
    Evening,
}

/// <summary>How plans are made from logs.</summary>
public sealed record LogRetimingOptions
{
    public StudyOptions Study { get; init; } = new();

    /// <summary>Its pattern number is not used: each period gets one that no cabinet has.</summary>
    public GuardedRetimingOptions Retiming { get; init; } = new();

    /// <summary>Whether the intervals that run today are taken to be enough for their streets, where nobody measured these; else streets are assumed to the safe side.</summary>
    public bool TrustsIntervals { get; init; } = true;

    /// <summary>Whether corridors get the widest bands of green, both ways by their traffic; what they leave open is searched for the objective.</summary>
    public bool ForBands { get; init; }

    /// <summary>Parts of the day that are retimed; empty for all.</summary>
    public ImmutableArray<DayPart> Parts { get; init; } = [];

    /// <summary>What an engineer does not let change, by signal.</summary>
    public ImmutableSortedDictionary<SignalId, TimingLocks> Locks { get; init; } = ImmutableSortedDictionary<SignalId, TimingLocks>.Empty;
}

/// <summary>How far a retiming from logs is.</summary>
/// <param name="Period">Which period is searched, such as <c>weekdays 06:00-09:00</c>.</param>
/// <param name="Share">Of all periods, 0-1.</param>
/// <param name="Search">What the optimizer of this period says.</param>
public sealed record LogRetimingProgress(string Period, double Share, OptimizerProgress Search);

/// <summary>What came of one period.</summary>
/// <param name="Study">Its traffic and today's timing. Offsets in it count to the reference that holds at each signal.</param>
/// <param name="Pattern">Number that changed patterns have.</param>
/// <param name="Result">Null for a period that was not to be retimed, or in which no signal is coordinated.</param>
public sealed record RetimedPeriod(PeriodStudy Study, byte Pattern, GuardedRetimingResult? Result);

/// <summary>Plans from logs.</summary>
public sealed record LogRetimingResult
{
    public required StudyResult Study { get; init; }

    public required LogFacts Facts { get; init; }

    /// <summary>In the study's order.</summary>
    public required ImmutableArray<RetimedPeriod> Periods { get; init; }

    /// <summary>All patterns of all periods as the guard passed them together; null when nothing changes.</summary>
    public required ApprovedPlan? Approval { get; init; }

    /// <summary>Signals that keep their timing in every period because of what all their patterns share, with the reasons.</summary>
    public required ImmutableArray<RefusedSignal> Withdrawn { get; init; }

    /// <summary>When which pattern runs, by signal that changes; none where the log does not cover whole days.</summary>
    public required ImmutableSortedDictionary<SignalId, ImmutableArray<DayPlan>> DayPlans { get; init; }

    /// <summary>Which share of the corridors' delay and stops today's timing costs more than the best plan that is known.</summary>
    public required ImmutableArray<CorridorLoss> Losses { get; init; }
}

/// <summary>What today's timing of a corridor costs in one period beside the best plan that is known.</summary>
/// <param name="Corridor">The corridor's id; null for all signals together.</param>
/// <param name="Name">The street.</param>
/// <param name="Period">Such as <c>weekdays 06:00-09:00</c>.</param>
/// <param name="Today">Delay and stops at its signals under today's timing, vehicle hours per hour.</param>
/// <param name="Best">The same under the best plan that the guard passes.</param>
/// <param name="Coverage">Share of the period's time that the logs of its signals really saw, 0-1.</param>
public sealed record CorridorLoss(string? Corridor, string Name, string Period, double Today, double Best, double Coverage)
{
    /// <summary>Share of today's cost, 0-1, that the best plan would save; null without traffic.</summary>
    public double? Share => Today > 0 ? Math.Max(0, 1 - (Best / Today)) : null;
}
