using Crosstown.Control.Sites;

namespace Crosstown.Control.Adaptive;

/// <summary>How the vehicles of each lane share out over its ways on, learned from how many leave each lane and how many begin each street behind the signal.</summary>
/// <remarks>
/// Window by window, what began a street is shared out among the lanes that lead there, by how many left them and the shares known so far: expectation and maximization over counts.
/// Lanes that are served at different times tell their shares apart; what is not seen keeps the shares that the site began with.
/// </remarks>
internal sealed class TurnShares
{
    /// <summary>Seconds that are counted together.</summary>
    private const int WindowS = 20;

    /// <summary>From a stop line to the street behind the junction, s.</summary>
    private const int CrossingS = 3;

    private const float PriorVeh = 12;
    private const float MemoryVeh = 150;

    private readonly float[][] _prior;
    private readonly float[][] _counted;
    private readonly float[] _left;
    private readonly float[,] _late;
    private readonly ExitFlow[] _exits;
    private int _seconds;

    public TurnShares(SignalSite site)
    {
        _prior = [.. site.Lanes.Select(l => l.Links.Select(k => (float)k.Share).ToArray())];
        Values = [.. _prior.Select(p => p.ToArray())];
        _counted = [.. _prior.Select(p => new float[p.Length])];
        _left = new float[site.Lanes.Length];
        _late = new float[CrossingS, site.Lanes.Length];
        _exits = [.. site.Lanes.SelectMany((l, lane) => l.Links.Select((k, link) => (Exit: k, Lane: lane, Link: link)))
            .Where(k => k.Exit.ExitZone >= 0).GroupBy(k => k.Exit.Street)
            .Select(g => new ExitFlow([.. g.Select(k => (k.Exit.ExitZone, k.Exit.ExitM)).Distinct()], [.. g.Select(k => (k.Lane, k.Link))]))];
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

        foreach (var exit in _exits)
        {
            exit.Update(frame);
        }

        if (++_seconds % WindowS != 0)
        {
            return false;
        }

        foreach (var exit in _exits)
        {
            Share(exit.From, exit.Take());
        }

        for (var l = 0; l < lanes.Length; l++)
        {
            Settle(l);
        }

        // A zone that has failed may have lied before that was known.
        foreach (var exit in _exits.Where(e => e.IsLost))
        {
            foreach (var (lane, _) in exit.From)
            {
                Array.Clear(_counted[lane]);
                _prior[lane].CopyTo(Values[lane], 0);
            }
        }

        Array.Clear(_left);
        return true;
    }

    private void Share((int Lane, int Link)[] from, float? began)
    {
        var expected = 0f;
        foreach (var (lane, link) in from)
        {
            expected += _left[lane] * Values[lane][link];
        }

        // A street that was not seen is thought to have got what was expected.
        var factor = began is { } known ? expected > 0 ? known / expected : 0 : 1;
        foreach (var (lane, link) in from)
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

    /// <summary>How many begin a street: what its zones hold more than before, and what left them meanwhile, by how many were how fast in them.</summary>
    private sealed class ExitFlow((int Zone, double LengthM)[] zones, (int Lane, int Link)[] from)
    {
        private float _before = float.NaN;
        private float _began;
        private bool _isKnown;

        public (int Lane, int Link)[] From => from;

        /// <summary>True when its zones did not say all of the last window.</summary>
        public bool IsLost { get; private set; }

        public void Update(DetectorFrame frame)
        {
            var now = 0f;
            foreach (var (zone, lengthM) in zones)
            {
                now += frame.Vehicles[zone];
                _began += frame.SpeedMps[zone] > 0 ? frame.Vehicles[zone] * frame.SpeedMps[zone] / (float)lengthM : 0;
            }

            _isKnown &= !float.IsNaN(now) && !float.IsNaN(_before);
            _began += _isKnown ? now - _before : 0;
            _before = now;
        }

        /// <returns>Vehicles that began the street since the last call; null when its zones did not say.</returns>
        public float? Take()
        {
            float? began = _isKnown ? Math.Max(0, _began) : null;
            IsLost = !_isKnown;
            _began = _isKnown ? Math.Min(0, _began) : 0;
            _isKnown = true;
            return began;
        }
    }
}
