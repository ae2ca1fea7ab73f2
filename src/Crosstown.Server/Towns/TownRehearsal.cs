using System.Collections.Immutable;
using Crosstown.Core.Street;
using Crosstown.Core.Time;
using Crosstown.Simulation.Towns;
using Crosstown.Timing.Retiming;

namespace Crosstown.Server.Towns;

/// <summary>What really happened on a street of the made-up town in one period, under today's timing and under a plan.</summary>
/// <param name="Corridor">The corridor's id; null for all signals together.</param>
/// <param name="Name">The street.</param>
/// <param name="Period">Such as <c>weekdays 06:00-09:00</c>.</param>
/// <param name="Days">Days of that type that were simulated.</param>
/// <param name="Vehicles">That crossed a stop bar under today's timing.</param>
/// <param name="DelayTodayS">Delay, s/veh and stop bar.</param>
/// <param name="DelayPlanS">The same under the plan.</param>
/// <param name="StopsToday">Share of crossings with a stop, 0-1.</param>
/// <param name="StopsPlan">The same under the plan.</param>
internal sealed record RehearsedStreet(
    string? Corridor, string Name, string Period, int Days, int Vehicles, double DelayTodayS, double DelayPlanS, double StopsToday, double StopsPlan)
{
    /// <summary>Such as <c>Harrison Avenue, weekdays 06:00-09:00: 31.4 s a vehicle today, 26.0 s with the plan (-17 %)</c>.</summary>
    public string Sentence => FormattableString.Invariant(
        $"{Name}, {Period}: {DelayTodayS:0.0} s of delay a crossing under today's timing, {DelayPlanS:0.0} s under the plan ({((DelayPlanS / DelayTodayS) - 1) * 100:+0;-0;0} %), {100 * StopsToday:0} and {100 * StopsPlan:0} stops in 100");
}

/// <summary>Tries a plan in the made-up town before anyone touches a cabinet: the same days with the same vehicles, once under today's timing and once under the plan.</summary>
internal static class TownRehearsal
{
    private const long DayMs = 86_400_000;

    /// <summary>Simulates whole days twice.</summary>
    /// <param name="result">With an approval.</param>
    /// <param name="corridors">Streets to look at, beside all signals together.</param>
    /// <param name="days">Whole local days.</param>
    /// <returns>Streets and periods with traffic, in the order of corridors; periods that the days do not have are left out.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> asked for it.</exception>
    public static ImmutableArray<RehearsedStreet> Run(Town town, LogRetimingResult result, IReadOnlyList<Corridor> corridors, TimeRange days, CancellationToken stop)
    {
        var before = Totals(town, days, stop);
        var after = Totals(town.WithPlans(PlansOf(town, result)), days, stop);
        var all = town.Signals.Select(s => s.Signal).ToHashSet();
        var streets = corridors.Select(c => ((string?)c.Id, c.Name, c.Signals.Select(s => s.Signal).ToHashSet())).Append((null, "All signals", all));
        var rehearsed = ImmutableArray.CreateBuilder<RehearsedStreet>();
        foreach (var (id, name, signals) in streets)
        {
            foreach (var period in result.Periods.Where(p => p.Result?.Approval is not null))
            {
                var ranges = RangesOf(town.LocalTime, period, days);
                var (today, plan) = (Sum(before, signals, ranges), Sum(after, signals, ranges));
                if (today.Vehicles > 0 && plan.Vehicles > 0)
                {
                    rehearsed.Add(new RehearsedStreet(
                        id, name, period.Study.Name, ranges.Count, today.Vehicles, today.DelayS / today.Vehicles, plan.DelayS / plan.Vehicles, (double)today.Stops / today.Vehicles, (double)plan.Stops / plan.Vehicles));
                }
            }
        }

        return rehearsed.ToImmutable();
    }

    /// <summary>The plan as the town's cabinets take it: each period's new pattern in its time of day, what the cabinet has at all others.</summary>
    private static IEnumerable<TownPlan> PlansOf(Town town, LogRetimingResult result)
    {
        foreach (var proposal in result.Approval?.Proposal.Signals ?? [])
        {
            if (town.FindSignal(proposal.Signal) is not { } signal)
            {
                continue;
            }

            var changed = result.Periods.Where(p => proposal.Patterns.Any(x => x.Timing.Number == p.Pattern)).ToList();
            yield return new TownPlan
            {
                Signal = proposal.Signal,
                Patterns = [.. proposal.Patterns.Select(p => p.Timing)],
                Phases = proposal.Phases,
                Weekdays = DayOf(signal.Weekdays, changed.FindAll(p => !IsWeekend(p))),
                Weekends = DayOf(signal.Weekends, changed.FindAll(IsWeekend)),
            };
        }
    }

    private static bool IsWeekend(RetimedPeriod period) => DateOnly.FromDateTime(DateTime.UnixEpoch).AddDays(period.Study.DayType.Days[0]).DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday;

    private static ImmutableArray<DayPlanEntry> DayOf(ImmutableArray<DayPlanEntry> own, List<RetimedPeriod> changed)
    {
        var day = ImmutableArray.CreateBuilder<DayPlanEntry>();
        foreach (var minute in own.Select(e => e.FromMinute).Concat(changed.SelectMany(p => new[] { p.Study.When.FromMinute, p.Study.When.ToMinute })).Where(m => m < 1440).Distinct().Order())
        {
            var period = changed.Find(p => p.Study.When.FromMinute <= minute && minute < p.Study.When.ToMinute);
            var pattern = period?.Pattern ?? own.Last(e => e.FromMinute <= minute).Pattern;
            if (day.Count == 0 || day[^1].Pattern != pattern)
            {
                day.Add(new DayPlanEntry(minute, pattern));
            }
        }

        return day.ToImmutable();
    }

    private static IReadOnlyList<TownTotals> Totals(Town town, TimeRange days, CancellationToken stop)
    {
        var simulation = new TownSimulation(town, days.StartMs);
        while (simulation.TimeMs < days.EndMs)
        {
            stop.ThrowIfCancellationRequested();
            simulation.Advance(Math.Min(days.EndMs, simulation.TimeMs + 600_000), static (_, _) => { });
        }

        return simulation.ListTotals(days);
    }

    private static List<TimeRange> RangesOf(LocalTimeMap clock, RetimedPeriod period, TimeRange days)
    {
        var types = period.Study.DayType.Days.ToHashSet();
        var ranges = new List<TimeRange>();
        for (var day = clock.BinAt(days.StartMs, DayMs); day.StartMs < days.EndMs; day = clock.BinAt(day.EndMs, DayMs))
        {
            if (types.Contains((int)(clock.ToLocalMs(day.StartMs) / DayMs)))
            {
                ranges.Add(new TimeRange(day.StartMs + (period.Study.When.FromMinute * 60_000L), day.StartMs + (period.Study.When.ToMinute * 60_000L)));
            }
        }

        return ranges;
    }

    private static (int Vehicles, double DelayS, int Stops) Sum(IReadOnlyList<TownTotals> totals, HashSet<SignalId> signals, List<TimeRange> ranges)
    {
        var sum = (Vehicles: 0, DelayS: 0.0, Stops: 0);
        foreach (var total in totals)
        {
            if (signals.Contains(total.Signal) && ranges.Exists(r => r.Contains(total.StartMs)))
            {
                sum = (sum.Vehicles + total.Vehicles, sum.DelayS + total.DelayS, sum.Stops + total.Stops);
            }
        }

        return sum;
    }
}
