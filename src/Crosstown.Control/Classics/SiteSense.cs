using Crosstown.Control.Sites;
using Crosstown.Core.Networks;

namespace Crosstown.Control.Classics;

/// <summary>All lanes of a signal as the classic controllers see them, and the pressure of its stages.</summary>
internal sealed class SiteSense(SignalSite site)
{
    private readonly LaneSense[] _lanes = [.. site.Lanes.Select(l => new LaneSense(l, RecallS(site, l)))];
    private readonly double[] _pressure = new double[site.Card.LinkCount];

    /// <summary>The green of a lane in a cycle of the reference program, s.</summary>
    private static double RecallS(SignalSite site, ApproachLane lane) =>
        site.Card.Reference.Phases.Where(p => lane.Links.Any(k => SignalCard.IsGreen(p.State[k.Link]))).Sum(p => p.DurationS);

    /// <summary>Takes in what the detectors said of a second.</summary>
    public void Update(DetectorFrame frame, StageDriver driver)
    {
        Array.Clear(_pressure);
        for (var l = 0; l < _lanes.Length; l++)
        {
            var links = site.Lanes[l].Links;
            var isGreen = false;
            foreach (var link in links)
            {
                isGreen |= driver.Aspect(link.Link) == LinkAspect.Green;
            }

            _lanes[l].Update(frame, isGreen);
            foreach (var link in links)
            {
                var ahead = link.ExitZone >= 0 && !float.IsNaN(frame.Halting[link.ExitZone]) ? frame.Halting[link.ExitZone] : 0;
                _pressure[link.Link] += link.Share * (_lanes[l].Queue - ahead);
            }
        }
    }

    /// <summary>Vehicles that wait for the links of a stage, less those that stand where they would go, each link by the share of its lane.</summary>
    public double PressureOf(int stage)
    {
        var sum = 0.0;
        for (var link = 0; link < _pressure.Length; link++)
        {
            sum += site.Menu.Stages[stage][link] ? _pressure[link] : 0;
        }

        return sum;
    }

    /// <summary>True when a stage would serve somebody who is not served now. Walkers are not sensed, so that every crossing always calls.</summary>
    public bool Calls(int stage, StageDriver driver)
    {
        var links = site.Menu.Stages[stage];
        for (var link = 0; link < links.Length; link++)
        {
            if (links[link] && driver.Aspect(link) != LinkAspect.Green && site.Card.IsCrossing(link))
            {
                return true;
            }
        }

        for (var l = 0; l < _lanes.Length; l++)
        {
            foreach (var link in site.Lanes[l].Links)
            {
                if (_lanes[l].HasCall && links[link.Link] && driver.Aspect(link.Link) != LinkAspect.Green)
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>True when vehicles still follow one another in a lane that is green and would not be in the next stage.</summary>
    public bool Extends(StageDriver driver, int next)
    {
        for (var l = 0; l < _lanes.Length; l++)
        {
            foreach (var link in site.Lanes[l].Links)
            {
                if (_lanes[l].Extends && driver.Aspect(link.Link) == LinkAspect.Green && !site.Menu.Stages[next][link.Link])
                {
                    return true;
                }
            }
        }

        return false;
    }
}
