using System.Collections.Immutable;
using Crosstown.Core.Networks;

namespace Crosstown.Control.Sites;

/// <summary>Sees to it that nobody waits longer than a profile allows, whatever a controller prefers.</summary>
public static class ServiceClock
{
    /// <summary>The stage that must come next so that every link is green in time; null while there is time.</summary>
    /// <param name="site">The signal.</param>
    /// <param name="profile">The times to keep.</param>
    /// <param name="driver">What the signal shows.</param>
    /// <param name="nowS">Seconds of the clock.</param>
    /// <param name="before">A stage that would be run first, for its least time; null for none.</param>
    public static int? FindDue(SignalSite site, RoadProfile profile, StageDriver driver, int nowS, int? before = null)
    {
        var card = site.Card;
        var stages = site.Menu.Stages;
        Span<bool> isOpen = stackalloc bool[card.LinkCount];
        for (var link = 0; link < card.LinkCount; link++)
        {
            // A walk of the running stage that has ended is given again by the driver.
            isOpen[link] = card.IsServed(link) && driver.Aspect(link) != LinkAspect.Green && !stages[before ?? driver.Stage][link];
        }

        // As many stages as it takes to serve all that wait, those that wait longest first: each must fit before the limit of the first in it.
        Span<int> order = stackalloc int[card.LinkCount];
        var count = Sort(driver, isOpen, order);
        int? first = null;
        var needS = 0;
        for (var place = 0; place < count; place++)
        {
            var longest = order[place];
            if (!isOpen[longest])
            {
                continue;
            }

            if (FindStage(stages, isOpen, order[place..count]) is not { } best)
            {
                return null;
            }

            if (first is null)
            {
                // In this very second some other stage may be chosen, which then has to be gone through first.
                first = best;
                needS = Math.Max(StageS(site, profile, driver.Stage), LeaveS(site, profile, driver, nowS) + (before is { } between ? StageS(site, profile, between) : LongestStageS(site, profile, longest)));
            }

            if (nowS - driver.SinceS(longest) + needS + 1 >= profile.LongestRedS)
            {
                return first;
            }

            needS += LongestLikeS(site, profile, best, isOpen, order[place..count]);
            for (var link = 0; link < card.LinkCount; link++)
            {
                isOpen[link] &= !stages[best][link];
            }
        }

        return null;
    }

    /// <summary>Puts the links that wait in order, the longest red first.</summary>
    private static int Sort(StageDriver driver, ReadOnlySpan<bool> isOpen, Span<int> order)
    {
        var count = 0;
        for (var link = 0; link < isOpen.Length; link++)
        {
            if (!isOpen[link])
            {
                continue;
            }

            var place = count++;
            while (place > 0 && driver.SinceS(order[place - 1]) > driver.SinceS(link))
            {
                order[place] = order[place - 1];
                place--;
            }

            order[place] = link;
        }

        return count;
    }

    /// <summary>The stage that serves the first of the links that wait, and of the others the earlier ones rather: so what is planned today is what will be planned when its turn has come, whoever has begun to wait meanwhile.</summary>
    private static int? FindStage(ImmutableArray<ImmutableArray<bool>> stages, ReadOnlySpan<bool> isOpen, ReadOnlySpan<int> order)
    {
        int? best = null;
        for (var s = 0; s < stages.Length; s++)
        {
            if (stages[s][order[0]] && (best is not { } known || Compare(stages[s], stages[known], isOpen, order) > 0))
            {
                best = s;
            }
        }

        return best;
    }

    private static int Compare(ImmutableArray<bool> stage, ImmutableArray<bool> other, ReadOnlySpan<bool> isOpen, ReadOnlySpan<int> order)
    {
        foreach (var link in order)
        {
            if (isOpen[link] && stage[link] != other[link])
            {
                return stage[link] ? 1 : -1;
            }
        }

        return 0;
    }

    /// <summary>The least time of the longest of the stages that serve the same of those who wait: who begins to wait meanwhile may make the choice among them, s.</summary>
    private static int LongestLikeS(SignalSite site, RoadProfile profile, int stage, ReadOnlySpan<bool> isOpen, ReadOnlySpan<int> order)
    {
        var stages = site.Menu.Stages;
        var longestS = 0;
        for (var s = 0; s < stages.Length; s++)
        {
            longestS = Compare(stages[s], stages[stage], isOpen, order) == 0 ? Math.Max(longestS, StageS(site, profile, s)) : longestS;
        }

        return longestS;
    }

    /// <summary>From now until the running stage has ended and what crosses it may begin, at the earliest, s.</summary>
    private static int LeaveS(SignalSite site, RoadProfile profile, StageDriver driver, int nowS)
    {
        var (leastS, walkersS) = (0, 0);
        for (var link = 0; link < site.Card.LinkCount; link++)
        {
            var shownS = nowS - driver.SinceS(link);
            if (driver.Aspect(link) == LinkAspect.Green)
            {
                leastS = Math.Max(leastS, (site.Card.IsCrossing(link) ? profile.WalkS : profile.MinimumGreenS) - shownS);
            }

            if (site.Card.IsCrossing(link))
            {
                var clearS = site.Card.ClearanceS(link, profile) - profile.ChangeS;
                walkersS = Math.Max(walkersS, driver.Aspect(link) == LinkAspect.Green ? clearS : clearS - shownS);
            }
        }

        return leastS + walkersS + profile.ChangeS;
    }

    /// <summary>The longest of the stages that a link is not in, s.</summary>
    private static int LongestStageS(SignalSite site, RoadProfile profile, int link)
    {
        var longestS = 0;
        for (var s = 0; s < site.Menu.Stages.Length; s++)
        {
            longestS = site.Menu.Stages[s][link] ? longestS : Math.Max(longestS, StageS(site, profile, s));
        }

        return longestS;
    }

    /// <summary>The least time that a stage takes, walks, their clearance and the change after it too, s.</summary>
    private static int StageS(SignalSite site, RoadProfile profile, int stage)
    {
        var green = profile.MinimumGreenS;
        for (var link = 0; link < site.Card.LinkCount; link++)
        {
            if (site.Menu.Stages[stage][link] && site.Card.IsCrossing(link))
            {
                green = Math.Max(green, profile.WalkS + site.Card.ClearanceS(link, profile) - profile.ChangeS);
            }
        }

        return green + profile.ChangeS + 1;
    }
}
