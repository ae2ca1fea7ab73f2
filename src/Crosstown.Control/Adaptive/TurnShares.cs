using Crosstown.Control.Sites;

namespace Crosstown.Control.Adaptive;

/// <summary>How the vehicles of each lane share out over its ways on, learned from how many leave each lane and how many begin each exit.</summary>
/// <remarks>
/// Whoever begins an exit is shared out among the lanes that let somebody go a few seconds before and lead there, by the shares known so far: expectation and maximization over counts, a vehicle at a time.
/// What is not seen keeps the shares that the site began with, and a lane of which one exit is not seen for a while keeps those that it has: who is seen at the others would look like all of them.
/// </remarks>
internal sealed class TurnShares
{
    private const int WindowS = 9;
    private const float PriorVeh = 12;
    private const float Memory = 1 - (1 / 400f);

    private readonly float[][] _prior;
    private readonly float[][] _counted;
    private readonly float[][] _left;
    private readonly bool[] _isPartly;
    private readonly (int Zone, LaneWatch Watch, (int Lane, int Link)[] From)[] _exits;

    public TurnShares(SignalSite site)
    {
        _prior = [.. site.Lanes.Select(l => l.Links.Select(k => (float)k.Share).ToArray())];
        Values = [.. _prior.Select(p => p.ToArray())];
        _counted = [.. _prior.Select(p => new float[p.Length])];
        _isPartly = new bool[site.Lanes.Length];
        _left = [.. site.Lanes.Select(_ => new float[WindowS])];
        _exits = [.. site.Lanes.SelectMany((l, lane) => l.Links.Select((k, link) => (Exit: k, Lane: lane, Link: link)))
            .Where(k => k.Exit.ExitZone >= 0).GroupBy(k => k.Exit.ExitZone)
            .Select(g => (g.Key, new LaneWatch(g.First().Exit.ExitM, 10), g.Select(k => (k.Lane, k.Link)).ToArray()))];
    }

    /// <summary>By lane, by its links, 0-1; those of a lane sum to 1.</summary>
    public float[][] Values { get; }

    /// <summary>Takes in a second.</summary>
    /// <param name="frame">What the detectors said.</param>
    /// <param name="nowS">Seconds of the clock.</param>
    /// <param name="lanes">By lane: who left it.</param>
    public void Update(DetectorFrame frame, int nowS, LaneWatch[] lanes)
    {
        for (var l = 0; l < lanes.Length; l++)
        {
            Array.Copy(_left[l], 0, _left[l], 1, WindowS - 1);
            _left[l][0] = lanes[l].Left;
        }

        Array.Clear(_isPartly);
        foreach (var (zone, _, from) in _exits)
        {
            foreach (var (lane, _) in from)
            {
                _isPartly[lane] |= float.IsNaN(frame.Vehicles[zone]);
            }
        }

        foreach (var (zone, watch, from) in _exits)
        {
            if (float.IsNaN(frame.Vehicles[zone]))
            {
                continue;
            }

            watch.Update(nowS, (int)frame.Vehicles[zone], (int)frame.Halting[zone], null);
            for (var i = 0; i < watch.Entered; i++)
            {
                Share(from);
            }
        }

        for (var l = 0; l < lanes.Length; l++)
        {
            var sum = 0f;
            for (var k = 0; k < Values[l].Length; k++)
            {
                _counted[l][k] *= lanes[l].Left > 0 ? Memory : 1;
                sum += _counted[l][k] + (PriorVeh * _prior[l][k]);
            }

            for (var k = 0; k < Values[l].Length; k++)
            {
                Values[l][k] = (_counted[l][k] + (PriorVeh * _prior[l][k])) / sum;
            }
        }
    }

    private void Share((int Lane, int Link)[] from)
    {
        var sum = 0f;
        foreach (var (lane, link) in from)
        {
            sum += Weight(lane) * Values[lane][link];
        }

        if (sum <= 0)
        {
            return;
        }

        foreach (var (lane, link) in from)
        {
            var part = Weight(lane) * Values[lane][link] / sum;
            _counted[lane][link] += _isPartly[lane] ? 0 : part;
            Take(lane, part);
        }
    }

    private float Weight(int lane)
    {
        var sum = 0f;
        foreach (var left in _left[lane])
        {
            sum += left;
        }

        return sum;
    }

    /// <summary>The first who left are the first to arrive.</summary>
    private void Take(int lane, float part)
    {
        for (var s = WindowS - 1; s >= 0 && part > 0; s--)
        {
            var taken = Math.Min(part, _left[lane][s]);
            _left[lane][s] -= taken;
            part -= taken;
        }
    }
}
