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
            isOpen[link] = card.IsServed(link) && driver.Aspect(link) != LinkAspect.Green && !(before is { } stage && stages[stage][link]);
        }

        // As many stages as it takes to serve all that wait, those that wait longest first: each must fit before the limit of the first in it.
        int? first = null;
        var needS = StageS(site, profile, driver.Stage) + (before is { } between ? StageS(site, profile, between) : 0);
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

            first ??= best;
            if (nowS - driver.SinceS(longest) + needS + 1 >= profile.LongestRedS)
            {
                return before is null && first == driver.Stage ? null : first;
            }

            for (var link = 0; link < card.LinkCount; link++)
            {
                isOpen[link] &= !stages[best][link];
            }

            needS += StageS(site, profile, best);
        }
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
