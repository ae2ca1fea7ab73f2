using Crosstown.Control.Sites;

namespace Crosstown.Control.Adaptive;

/// <summary>How the vehicles of each lane share out over its ways on, learned from how many leave each lane and how many begin each street behind the signal.</summary>
/// <remarks>
/// Window by window, what began a street is shared out among the lanes that lead there, by how many left them and the shares known so far: expectation and maximization over counts.
/// Lanes that are served at different times tell their shares apart. Where nothing tells of a street, those went there who left and began none of the others that can be reached from the same lanes;
/// where not all who left were counted either, nothing is learned.
/// </remarks>
internal sealed class TurnShares
{
    /// <summary>Seconds that are counted together.</summary>
    private const int WindowS = 20;

    /// <summary>From a stop line to the street behind the junction, s.</summary>
    private const int CrossingS = 3;

    /// <summary>Vehicles that may have begun streets before they were seen to leave, at most.</summary>
    private const float MostRestVeh = 5;

    private const float PriorVeh = 12;
    private const float MemoryVeh = 150;

    private readonly float[][] _prior;
    private readonly float[][] _counted;
    private readonly float[] _left;
    private readonly float[,] _late;
    private readonly Part[] _parts;
    private readonly int[] _stopLoops;
    private int _seconds;

    public TurnShares(SignalSite site)
    {
        _prior = [.. site.Lanes.Select(l => l.Links.Select(k => (float)k.Share).ToArray())];
        Values = [.. _prior.Select(p => p.ToArray())];
        _counted = [.. _prior.Select(p => new float[p.Length])];
        _stopLoops = [.. site.Lanes.Select(l => l.StopLoop)];
        _left = new float[site.Lanes.Length];
        _late = new float[CrossingS, site.Lanes.Length];
        var exits = site.Lanes.SelectMany((l, lane) => l.Links.Select((k, link) => (Exit: k, Lane: lane, Link: link))).GroupBy(k => k.Exit.Street)
            .Select(g => new ExitFlow([.. g.Select(k => (k.Exit.ExitZone, k.Exit.ExitM)).Distinct()], [.. g.Select(k => (k.Lane, k.Link))])).ToList();
        var parts = new List<Part>();
        while (exits.Count > 0)
        {
            List<ExitFlow> part = [exits[0]];
            exits.RemoveAt(0);
            for (var e = 0; e < part.Count; e++)
            {
                var joined = exits.Where(o => o.From.Any(f => part[e].From.Any(g => g.Lane == f.Lane))).ToList();
                part.AddRange(joined);
                exits.RemoveAll(joined.Contains);
            }

            parts.Add(new Part([.. part], [.. part.SelectMany(e => e.From).Select(f => f.Lane).Distinct()]));
        }

        _parts = [.. parts];
    }

    /// <summary>By lane, by its links, 0-1; those of a lane sum to 1.</summary>
    public float[][] Values { get; }

    /// <summary>Takes in a second.</summary>
    /// <param name="frame">What the detectors said.</param>
    /// <param name="lanes">By lane: who left it.</param>
    /// <returns>True when the shares have changed.</returns>
    public bool Update(DetectorFrame frame, LaneWatch[] lanes)
    {
        var place = _seconds % CrossingS;
        for (var l = 0; l < lanes.Length; l++)
        {
            _left[l] += _late[place, l];
            _late[place, l] = lanes[l].Left;
        }

        foreach (var part in _parts)
        {
            foreach (var lane in part.Lanes)
            {
                part.IsCounted &= _stopLoops[lane] >= 0 && !float.IsNaN(frame.Passed[_stopLoops[lane]]);
            }

            foreach (var exit in part.Exits)
            {
                exit.Update(frame);
            }
        }

        if (++_seconds % WindowS != 0)
        {
            return false;
        }

        foreach (var part in _parts)
        {
            Share(part);
        }

        for (var l = 0; l < lanes.Length; l++)
        {
            Settle(l);
        }

        Array.Clear(_left);
        return true;
    }

    private void Share(Part part)
    {
        var (rest, unseen) = (part.RestVeh, 0f);
        foreach (var lane in part.Lanes)
        {
            rest += _left[lane];
        }

        foreach (var exit in part.Exits)
        {
            exit.Take();
        }

        var isCounted = part.IsCounted;
        part.IsCounted = true;
        if (!isCounted && part.Exits.Any(e => e.Began is null))
        {
            foreach (var lane in part.Lanes)
            {
                _left[lane] = 0;
            }

            return;
        }

        foreach (var exit in part.Exits)
        {
            var expected = Expected(exit);
            if (exit.Began is { } began)
            {
                rest -= began;
                Count(exit, expected > 0 ? began / expected : 0);
            }
            else
            {
                unseen += expected;
            }
        }

        foreach (var exit in part.Exits.Where(e => e.Began is null))
        {
            Count(exit, unseen > 0 ? Math.Max(0, rest) / unseen : 0);
        }

        // Who is still under way will begin a street in the next window.
        part.RestVeh = Math.Clamp(rest, -MostRestVeh, 0);
    }

    private float Expected(ExitFlow exit)
    {
        var expected = 0f;
        foreach (var (lane, link) in exit.From)
        {
            expected += _left[lane] * Values[lane][link];
        }

        return expected;
    }

    private void Count(ExitFlow exit, float factor)
    {
        foreach (var (lane, link) in exit.From)
        {
            _counted[lane][link] += _left[lane] * Values[lane][link] * factor;
        }
    }

    private void Settle(int lane)
    {
        var counted = _counted[lane];
        var keep = MathF.Exp(-_left[lane] / MemoryVeh);
        var sum = 0f;
        for (var k = 0; k < counted.Length; k++)
        {
            counted[k] *= keep;
            sum += counted[k] + (PriorVeh * _prior[lane][k]);
        }

        for (var k = 0; k < counted.Length; k++)
        {
            Values[lane][k] = (counted[k] + (PriorVeh * _prior[lane][k])) / sum;
        }
    }

    /// <summary>Streets that share lanes which lead there, and these lanes.</summary>
    private sealed class Part(ExitFlow[] exits, int[] lanes)
    {
        public ExitFlow[] Exits => exits;

        public int[] Lanes => lanes;

        /// <summary>True while loops count all who leave these lanes.</summary>
        public bool IsCounted { get; set; } = true;

        /// <summary>Vehicles that began streets and were not seen to leave: below 0, or 0.</summary>
        public float RestVeh { get; set; }
    }

    /// <summary>How many begin a street: what its zones hold more than before, and what left them meanwhile, by how many were how fast in them.</summary>
    private sealed class ExitFlow((int Zone, double LengthM)[] zones, (int Lane, int Link)[] from)
    {
        private float _before = float.NaN;
        private float _began;
        private bool _isKnown;

        public (int Lane, int Link)[] From => from;

        /// <summary>Vehicles that began the street in the last window; null when its zones did not say.</summary>
        public float? Began { get; private set; }

        public void Update(DetectorFrame frame)
        {
            var now = 0f;
            foreach (var (zone, lengthM) in zones)
            {
                now += zone < 0 ? float.NaN : frame.Vehicles[zone];
                _began += zone >= 0 && frame.SpeedMps[zone] > 0 ? frame.Vehicles[zone] * frame.SpeedMps[zone] / (float)lengthM : 0;
            }

            _isKnown &= !float.IsNaN(now) && !float.IsNaN(_before);
            _began += _isKnown ? now - _before : 0;
            _before = now;
        }

        /// <summary>Ends a window.</summary>
        public void Take()
        {
            Began = _isKnown ? Math.Max(0, _began) : null;
            _began = _isKnown ? Math.Min(0, _began) : 0;
            _isKnown = true;
        }
    }
}
