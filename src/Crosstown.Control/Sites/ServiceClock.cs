using Crosstown.Core.Networks;

namespace Crosstown.Control.Sites;

/// <summary>Sees to it that nobody waits longer than a profile allows, whatever a controller prefers.</summary>
public static class ServiceClock
{
    /// <summary>What is kept in hand: which stages it takes is found one by one, and later it may turn out to take one more, s.</summary>
    private const int SpareS = 8;

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
        int? first = null;
        var needS = 0;
        while (true)
        {
            var longest = -1;
            for (var link = 0; link < card.LinkCount; link++)
            {
                if (isOpen[link] && (longest < 0 || driver.SinceS(link) < driver.SinceS(longest)))
                {
                    longest = link;
                }
            }

            if (longest < 0)
            {
                return null;
            }

            var (best, bestSum) = (-1, -1L);
            for (var s = 0; s < stages.Length; s++)
            {
                if (!stages[s][longest])
                {
                    continue;
                }

                var sum = 0L;
                for (var link = 0; link < card.LinkCount; link++)
                {
                    sum += isOpen[link] && stages[s][link] ? nowS - driver.SinceS(link) + 1 : 0;
                }

                if (sum > bestSum)
                {
                    (best, bestSum) = (s, sum);
                }
            }

            if (best < 0)
            {
                return null;
            }

            if (first is null)
            {
                // In this very second some other stage may be chosen, which then has to be gone through first.
                first = best;
                needS = Math.Max(StageS(site, profile, driver.Stage), LeaveS(site, profile, driver, nowS) + (before is { } between ? StageS(site, profile, between) : LongestStageS(site, profile, longest)));
            }

            if (nowS - driver.SinceS(longest) + needS + SpareS >= profile.LongestRedS)
            {
                return first;
            }

            for (var link = 0; link < card.LinkCount; link++)
            {
                isOpen[link] &= !stages[best][link];
            }

            needS += StageS(site, profile, best);
        }
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
