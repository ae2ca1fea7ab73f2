using Crosstown.Core;
using Crosstown.Core.Data;
using Crosstown.Core.Networks;

namespace Crosstown.Simulation.Vehicles;

public sealed partial class TrafficEngine
{
    private const double WalkSpread = 0.15;

    // By crossing: its lane, the connection whose signal it shows, and who stands at it or is on it.
    private readonly Dictionary<int, int> _crossingOf = [];
    private readonly List<Crossing> _crossings = [];
    private readonly PriorityQueue<int, (long TimeMs, int Walker)> _walkersToCome = new();
    private Walker[] _walkers = [];
    private int _walkerCount;

    private void LayOutWalks(RoadDemand demand)
    {
        var network = _streets.Network;
        for (var c = 0; c < _streets.LinkCount; c++)
        {
            var lane = _streets.ToLane[c];
            if (_streets.IsWalked[c] && (!_crossingOf.TryGetValue(lane, out var known) || _crossings[known].Link < 0 || network.Connections[_crossings[known].Link].Signal is null))
            {
                var phase = 0;
                var signal = network.Connections[c].Signal;
                var controller = signal is null ? null : _heads.ControllerOf(signal);
                if (controller is not null)
                {
                    phase = controller.Signal.Links[network.Connections[c].SignalLink].WalkPhase;
                }

                var crossing = new Crossing(c, network.Lanes[lane].LengthM, controller, phase);
                if (_crossingOf.TryGetValue(lane, out known))
                {
                    _crossings[known] = crossing;
                }
                else
                {
                    _crossingOf.Add(lane, _crossings.Count);
                    _crossings.Add(crossing);
                }
            }
        }

        var ways = new FootWays(_streets);
        var walkers = new List<Walker>();
        for (var i = 0; i < demand.Walks.Length; i++)
        {
            var walk = demand.Walks[i];
            var departMs = (long)Math.Round(walk.DepartS * 1000);
            if (departMs < _startMs || departMs >= _endMs || walk.Edges.IsDefaultOrEmpty)
            {
                continue;
            }

            var parts = new List<WalkPart>();
            var wayM = 0.0;
            var isWhole = walk.Edges.All(e => e >= 0 && e < network.Edges.Length);
            for (var e = 0; isWhole && e < walk.Edges.Length; e++)
            {
                wayM += _streets.LengthM[network.Edges[walk.Edges[e]].Lanes[0]];
                if (e == walk.Edges.Length - 1)
                {
                    break;
                }

                if (ways.Find(walk.Edges[e], walk.Edges[e + 1]) is not { } crossed)
                {
                    isWhole = false;
                    break;
                }

                foreach (var (lane, isReversed) in crossed)
                {
                    parts.Add(new WalkPart(wayM, _crossingOf[lane], isReversed));
                    wayM = 0;
                }
            }

            if (!isWhole)
            {
                Tell(DataIssueKind.BadRow, i, "walk", "Its edges do not meet at sidewalks; the walk is left out.");
                continue;
            }

            var random = new RandomNumbers(_settings.Seed, 2, i);
            var speed = Math.Max(0.5, random.Bell(_settings.WalkSpeedMps, WalkSpread));
            var walker = walkers.Count;
            walkers.Add(new Walker([.. parts], speed));
            if (parts.Count > 0)
            {
                _walkersToCome.Enqueue(walker, (departMs + (long)(1000 * parts[0].BeforeM / speed), walker));
            }
        }

        _walkers = [.. walkers];
        _sums.Walkers = walkers.Count;
    }

    private void Walk()
    {
        if (_walkers.Length == 0)
        {
            return;
        }

        while (_walkersToCome.TryPeek(out var walker, out var key) && key.TimeMs < _nowMs + _stepMs)
        {
            _walkersToCome.Dequeue();
            var part = _walkers[walker].Parts[_walkers[walker].Next];
            var crossing = _crossings[part.Crossing];
            crossing.Waiting.Add((walker, key.TimeMs));
            if (crossing.Phase > 0)
            {
                crossing.Controller!.Press(crossing.Phase);
            }
        }

        foreach (var crossing in _crossings)
        {
            if (crossing.Waiting.Count > 0 && _heads.Aspects[crossing.Link] is not (Aspect.Red or Aspect.Yellow))
            {
                foreach (var (walker, since) in crossing.Waiting)
                {
                    var part = _walkers[walker].Parts[_walkers[walker].Next];
                    crossing.OnIt.Add(new Pedestrian(walker, _nowMs + _stepMs, part.IsReversed, _walkers[walker].SpeedMps));
                    _sums.Walked((_nowMs + _stepMs - since) / 1000.0);
                    _walkerCount++;
                }

                crossing.Waiting.Clear();
            }

            for (var i = crossing.OnIt.Count - 1; i >= 0; i--)
            {
                var pedestrian = crossing.OnIt[i];
                if ((_nowMs + _stepMs - pedestrian.SinceMs) / 1000.0 * pedestrian.SpeedMps >= crossing.LengthM)
                {
                    crossing.OnIt.RemoveAt(i);
                    _walkerCount--;
                    GoOn(pedestrian.Walker);
                }
            }
        }
    }

    private void GoOn(int walker)
    {
        var w = _walkers[walker];
        w.Next++;
        if (w.Next < w.Parts.Length)
        {
            _walkersToCome.Enqueue(walker, (_nowMs + _stepMs + (long)(1000 * w.Parts[w.Next].BeforeM / w.SpeedMps), walker));
        }
    }

    /// <summary>Whether somebody walks where a way crosses a crossing, or will in a moment.</summary>
    private bool IsWalkedNow(in StreetLayout.Foe foe)
    {
        const double BehindM = 1.5;
        const double AheadM = 4;
        if (_walkerCount == 0)
        {
            return false;
        }

        var crossing = _crossings[_crossingOf[_streets.ToLane[foe.Link]]];
        foreach (var pedestrian in crossing.OnIt)
        {
            var walked = (_nowMs - pedestrian.SinceMs) / 1000.0 * pedestrian.SpeedMps;
            var place = pedestrian.IsReversed ? crossing.LengthM - foe.TheirsM : foe.TheirsM;
            if (place - walked is > -BehindM and < AheadM)
            {
                return true;
            }
        }

        return false;
    }

    private sealed class Crossing(int link, double lengthM, SignalHeads.Controlled? controller, int phase)
    {
        public int Link { get; } = link;

        public double LengthM { get; } = lengthM;

        public SignalHeads.Controlled? Controller { get; } = controller;

        public int Phase { get; } = phase;

        public List<(int Walker, long SinceMs)> Waiting { get; } = [];

        public List<Pedestrian> OnIt { get; } = [];
    }

    private sealed class Walker(WalkPart[] parts, double speedMps)
    {
        public WalkPart[] Parts { get; } = parts;

        public double SpeedMps { get; } = speedMps;

        public int Next { get; set; }
    }

    /// <summary>A way along sidewalks, and the crossing at its end.</summary>
    private readonly record struct WalkPart(double BeforeM, int Crossing, bool IsReversed);

    private readonly record struct Pedestrian(int Walker, long SinceMs, bool IsReversed, double SpeedMps);
}
