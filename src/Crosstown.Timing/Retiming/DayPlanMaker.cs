using System.Collections.Immutable;
using Crosstown.Core.Controllers;
using Crosstown.Core.Street;
using Crosstown.Timing.Demand.InForce;
using Crosstown.Timing.Sheets;

namespace Crosstown.Timing.Retiming;

/// <summary>Says when which pattern runs at each cabinet that changes.</summary>
internal static class DayPlanMaker
{
    private const int MinutesOfDay = 1440;

    /// <summary>
    /// A day plan for each type of day whose periods cover it whole; a type with a gap has none, as nobody saw what should run in it. Nor has one in which a pattern of today stays that
    /// was seen by its behavior alone: its number is ours, and the cabinet may have another under it or none.
    /// </summary>
    public static ImmutableSortedDictionary<SignalId, ImmutableArray<DayPlan>> Make(ImmutableArray<RetimedPeriod> periods, ImmutableArray<TimingInForce> timings, ApprovedPlan? approval)
    {
        var plans = ImmutableSortedDictionary.CreateBuilder<SignalId, ImmutableArray<DayPlan>>();
        foreach (var proposal in approval?.Proposal.Signals ?? [])
        {
            var index = Enumerable.Range(0, timings.Length).First(i => timings[i].Signal == proposal.Signal);
            var own = ImmutableArray.CreateBuilder<DayPlan>();
            foreach (var type in periods.GroupBy(p => p.Study.DayType))
            {
                var day = type.OrderBy(p => p.Study.When.FromMinute).ToList();
                if (CoversTheDay(day) && EventsOf(day, proposal, index) is var events && events.All(e => timings[index].FindPattern(e.Pattern) is not { IsNumberLogged: false }))
                {
                    own.Add(new DayPlan { Number = (byte)(own.Count + 1), Days = [.. WeekdaysOf(type.Key.Days)], Events = events });
                }
            }

            plans.Add(proposal.Signal, own.ToImmutable());
        }

        return plans.ToImmutable();
    }

    private static bool CoversTheDay(List<RetimedPeriod> day) =>
        day[0].Study.When.FromMinute == 0 && day[^1].Study.When.ToMinute == MinutesOfDay && day.Zip(day.Skip(1)).All(p => p.First.Study.When.ToMinute == p.Second.Study.When.FromMinute);

    private static IEnumerable<DayOfWeek> WeekdaysOf(ImmutableArray<int> days) => days.Select(d => DateOnly.FromDateTime(DateTime.UnixEpoch).AddDays(d).DayOfWeek).Distinct().OrderBy(d => ((int)d + 6) % 7);

    private static ImmutableArray<DayPlanEvent> EventsOf(List<RetimedPeriod> day, SignalProposal proposal, int index)
    {
        var events = ImmutableArray.CreateBuilder<DayPlanEvent>();
        foreach (var period in day)
        {
            var changed = period.Result is not null && proposal.Patterns.Any(p => p.Timing.Number == period.Pattern);
            var pattern = changed ? period.Pattern : period.Study.Network.Signals[index].Today?.Number ?? ControllerStep.FreePattern;
            if (events.Count == 0 || events[^1].Pattern != pattern)
            {
                events.Add(new DayPlanEvent(new TimeOnly(period.Study.When.FromMinute / 60, period.Study.When.FromMinute % 60), pattern));
            }
        }

        return events.ToImmutable();
    }
}
