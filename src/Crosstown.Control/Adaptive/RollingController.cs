using Crosstown.Control.Sites;
using Crosstown.Core.Networks;

namespace Crosstown.Control.Adaptive;

/// <summary>Looks ahead every second: what each course of stages would cost the vehicles that are seen or expected, and takes the first step of the cheapest.</summary>
public sealed class RollingController : IPricedController
{
    private static readonly int[] Holds = [0, 1, 2, 3, 4, 6, 8, 11, 15, 20, 27, 36];

    private const int StoodS = 5;

    private readonly SignalSite _site;
    private readonly RoadProfile _profile;
    private readonly JunctionModel _model;
    private readonly LaneWatch[] _watches;
    private readonly ApproachWatch[] _approaches;
    private readonly TurnShares _shares;
    private readonly LaneWatch[][] _upstream;
    private readonly int[] _stoodS;
    private readonly double[] _seenS;
    private readonly ulong[] _blocked;
    private readonly bool[] _isStuck;
    private readonly bool[] _isWanted;
    private readonly bool[] _yielded;
    private readonly Course _prefix;
    private readonly Course _trial;
    private readonly Course _end;
    private int _plannedStage;
    private int _plannedHoldS;

    public RollingController(SignalSite site, RoadProfile profile)
    {
        _site = site;
        _profile = profile;
        _model = new JunctionModel(site, profile);
        _shares = new TurnShares(site);
        _watches = [.. site.Lanes.Select(l => new LaneWatch(l.ZoneM, l.SpeedMps, l.AdvanceM))];
        var first = 0;
        _approaches = [.. site.Approaches.Select(a => new ApproachWatch(a, _watches[first..(first += a.Lanes.Length)], site.Card.Reference))];
        _upstream = [.. site.Approaches.Select(a => a.Upstream.Select(u => new LaneWatch(u.ZoneM, u.SpeedMps)).ToArray())];
        _isStuck = new bool[site.Lanes.Length];
        _blocked = new ulong[site.Lanes.Length];
        _seenS = new double[site.Lanes.Length];
        _stoodS = new int[site.Lanes.Length];
        _yielded = new bool[site.Lanes.Length];
        _isWanted = new bool[_model.Stages];
        _prefix = new Course(site.Lanes.Length, _model.Crossings.Length);
        _trial = new Course(site.Lanes.Length, _model.Crossings.Length);
        _end = new Course(site.Lanes.Length, _model.Crossings.Length);
    }

    /// <inheritdoc/>
    public float OwnPrice { get; private set; }

    /// <inheritdoc/>
    public float Price(int holdS, int stage)
    {
        _trial.CopyFrom(_model.Start);
        _model.Hold(_trial, holdS);
        if (stage != _trial.Stage)
        {
            _model.Change(_trial, stage);
        }

        return Finish(float.MaxValue);
    }

    public (int Stage, int HoldS) Decide(DetectorFrame frame, int nowS, StageDriver driver)
    {
        See(frame, nowS, driver);
        if (driver.IsChanging)
        {
            return (driver.Target, 0);
        }

        if (ServiceClock.FindDue(_site, _profile, driver, nowS) is { } due)
        {
            return (due, driver.MayEnd(nowS) ? 0 : 1);
        }

        Forecast(frame, nowS, driver);
        return Search(nowS, driver);
    }

    private (int Stage, int HoldS) Search(int nowS, StageDriver driver)
    {
        var stay = driver.Stage;
        var first = driver.MayEnd(nowS) ? 0 : 1;

        for (var to = 0; to < _isWanted.Length; to++)
        {
            _isWanted[to] = to != stay && driver.MayCome(to) && _model.IsWanted(to);
            _model.FirstHoldS[to] = driver.WalkersHoldS(nowS, to);
        }

        // To stay and go on as a simple controller would is a course too.
        _trial.CopyFrom(_model.Start);
        _model.Hold(_trial, 1);
        var best = Finish(float.MaxValue);
        var (bestStage, bestHold) = (stay, 60);

        // What was best a second ago comes first: it is a good bound for the others.
        if (_plannedStage != stay && _isWanted[_plannedStage])
        {
            var hold = Math.Max(first, _plannedHoldS - 1);
            _trial.CopyFrom(_model.Start);
            _model.Hold(_trial, hold);
            Try(_plannedStage, hold);
        }

        _prefix.CopyFrom(_model.Start);
        for (var h = 0; h < Holds.Length; h++)
        {
            if (h > 0)
            {
                _model.Hold(_prefix, Holds[h] - Holds[h - 1]);
            }

            if (Holds[h] < first)
            {
                continue;
            }

            if (_prefix.Cost >= best)
            {
                break;
            }

            for (var to = 0; to < _model.Stages; to++)
            {
                if (!_isWanted[to])
                {
                    continue;
                }

                _trial.CopyFrom(_prefix);
                Try(to, Holds[h]);
            }
        }

        OwnPrice = best;
        (_plannedStage, _plannedHoldS) = (bestStage, bestHold);
        return bestHold == 0 ? (bestStage, 0) : (stay, bestHold);

        void Try(int to, int holdS)
        {
            _model.Change(_trial, to);
            var cost = Finish(best);
            if (cost < best - 1e-3f && (holdS > 0 || ServiceClock.FindDue(_site, _profile, driver, nowS, to) is null))
            {
                (best, bestStage, bestHold) = (cost, to, holdS);
            }
        }
    }

    /// <summary>What the course on trial costs at its end, if the best of the simple controllers goes on with it.</summary>
    private float Finish(float atMost)
    {
        _end.CopyFrom(_trial);
        var least = _model.Finish(_end, atMost, CourseEnd.ReferenceOrder);
        return Math.Min(least, _model.Finish(_trial, Math.Min(atMost, least), CourseEnd.MostServing));
    }

    private void See(DetectorFrame frame, int nowS, StageDriver driver)
    {
        foreach (var approach in _approaches)
        {
            approach.Update(frame, nowS, driver);
        }

        for (var l = 0; l < _watches.Length; l++)
        {
            var lane = _site.Lanes[l];

            // Who stands first on green for seconds wants another way than those that are green.
            var green = 0UL;
            var yields = false;
            var all = (1UL << lane.Links.Length) - 1;
            for (var k = 0; k < lane.Links.Length; k++)
            {
                var link = lane.Links[k].Link;
                green |= driver.Aspect(link) == LinkAspect.Green && driver.State[link] == 'G' ? 1UL << k : 0;
                yields |= driver.Aspect(link) == LinkAspect.Green && driver.State[link] != 'G';
            }

            // Who waits for a gap inside the junction leaves it when the green ends; what the next one wants is not known.
            if (_yielded[l] && !yields)
            {
                _stoodS[l] = 0;
                _blocked[l] = 0;
                _isStuck[l] = false;
            }

            _yielded[l] = yields;

            // Where the loop at the stop line has failed nobody knows whether the first one went.
            var isCounted = lane.StopLoop < 0 || !float.IsNaN(frame.Passed[lane.StopLoop]);
            _stoodS[l] = green == 0 || !isCounted || _watches[l].Left > 0 || _watches[l].Halting == 0 ? 0 : Room(lane, frame) < 1 ? _stoodS[l] : _stoodS[l] + 1;
            _blocked[l] = _watches[l].Left > 0 || _watches[l].DueS.Count == 0 ? 0 : _stoodS[l] >= StoodS ? _blocked[l] | green : _blocked[l];
            _isStuck[l] = _watches[l].Left == 0 && _watches[l].DueS.Count > 0 && (_isStuck[l] || _blocked[l] == all);
            _blocked[l] = _isStuck[l] ? 0 : _blocked[l];
        }

        if (_shares.Update(frame, _watches))
        {
            _model.Update(_shares.Values);
        }

        for (var a = 0; a < _upstream.Length; a++)
        {
            for (var u = 0; u < _upstream[a].Length; u++)
            {
                var zone = _site.Approaches[a].Upstream[u].Zone;
                if (float.IsNaN(frame.Vehicles[zone]))
                {
                    _upstream[a][u].Begin(isSensed: false, hasAdvance: false);
                }
                else
                {
                    _upstream[a][u].Update(nowS, (int)frame.Vehicles[zone], (int)frame.Halting[zone], null);
                }
            }
        }
    }

    /// <summary>Vehicles of a lane that its exits can take in the next seconds: many, unless one of them is full of vehicles that stand.</summary>
    private static float Room(ApproachLane lane, DetectorFrame frame)
    {
        const float vehicleM = 7.5f;
        const float slowMps = 3;
        var room = float.MaxValue;
        foreach (var link in lane.Links)
        {
            if (link.ExitZone < 0 || !(frame.SpeedMps[link.ExitZone] < slowMps) || frame.Halting[link.ExitZone] < 2)
            {
                continue;
            }

            var free = (float)(link.ExitM / vehicleM) - frame.Vehicles[link.ExitZone] - 0.5f;
            room = Math.Min(room, Math.Max(0, free) / Math.Max(0.05f, (float)link.Share));
        }

        return room;
    }

    private void Forecast(DetectorFrame frame, int nowS, StageDriver driver)
    {
        var arrivals = _model.Arrivals;
        arrivals.Clear();
        var start = _model.Start;
        var lanes = _watches.Length;
        var service = _model.Service(driver.Stage);
        start.Stage = driver.Stage;
        start.HeldS = 0;
        start.TimeS = 0;
        start.Cost = 0;
        for (var c = 0; c < _model.Crossings.Length; c++)
        {
            var link = _model.Crossings[c];
            start.Walkers[c] = driver.Aspect(link) == LinkAspect.Green ? 0 : JunctionModel.Walkers(nowS - driver.SinceS(link));
        }

        var first = 0;
        for (var a = 0; a < _site.Approaches.Length; a++)
        {
            var approach = _site.Approaches[a];
            var count = approach.Lanes.Length;
            Array.Clear(_seenS, 0, count);
            Array.Clear(start.Queue, first, count);
            for (var u = 0; u < _upstream[a].Length; u++)
            {
                var upstream = approach.Upstream[u];
                var watch = _upstream[a][u];
                if (!watch.IsSensed)
                {
                    continue;
                }

                var afterS = upstream.EndM / upstream.SpeedMps;
                var led = 0.0;
                foreach (var place in upstream.Leads)
                {
                    led += _watches[first + place].RateVps;
                }

                var comes = upstream.LeadsAway && watch.RateVps > 0 ? Math.Min(1, led / watch.RateVps) : 1;
                foreach (var place in upstream.Leads)
                {
                    var share = (float)(comes * (led > 0 ? _watches[first + place].RateVps / led : 1.0 / upstream.Leads.Length));
                    _seenS[place] = Math.Max(_seenS[place], afterS + (upstream.ZoneM / upstream.SpeedMps));
                    start.Queue[first + place] += (float)watch.Hidden * share;
                    foreach (var due in watch.DueS)
                    {
                        var at = (int)(Math.Max(due - nowS, 0) + afterS);
                        if (at < JunctionModel.HorizonS)
                        {
                            arrivals[(at * lanes) + first + place] += share;
                        }
                    }
                }
            }

            for (var i = 0; i < count; i++)
            {
                var l = first + i;
                var watch = _watches[l];
                var lane = _site.Lanes[l];
                start.Queue[l] += _seenS[i] > 0 ? 0 : (float)watch.Hidden;
                foreach (var due in watch.DueS)
                {
                    if (due <= nowS)
                    {
                        start.Queue[l]++;
                    }
                    else
                    {
                        var at = Math.Min((int)(due - nowS), JunctionModel.HorizonS - 1);
                        arrivals[(at * lanes) + l]++;
                    }
                }

                for (var t = (int)Math.Max(watch.ReachS, _seenS[i]); t < JunctionModel.HorizonS; t++)
                {
                    arrivals[(t * lanes) + l] += (float)watch.RateVps;
                }

                var go = service.Go[l];
                start.GreenS[l] = go > 0 ? 10 : 0;
                start.Budget[l] = float.NaN;
                start.Blocked[l] = _blocked[l];
                start.Room[l] = Room(lane, frame);
                start.Head[l] = 0;
                start.Sneak[l] = go > 0 ? 0.5f : 1.5f;
                start.LastOut[l] = go > 0 ? 0.5f : 0;
            }

            MoveStuck(first, count, service);
            first += count;
        }
    }

    /// <summary>Who stands where every way is open waits to change lanes: its lane's queue is counted to the lane beside it that is not served.</summary>
    private void MoveStuck(int first, int count, StageService service)
    {
        var queue = _model.Start.Queue;
        for (var l = first; l < first + count; l++)
        {
            if (!_isStuck[l])
            {
                continue;
            }

            var beside = l;
            for (var o = l + 1; o >= l - 1; o -= 2)
            {
                var isBeside = o >= first && o < first + count && !_isStuck[o];
                beside = isBeside && (beside == l || service.Go[o] < service.Go[beside]) && service.Go[o] < 1 ? o : beside;
            }

            if (beside != l)
            {
                queue[beside] += queue[l];
                queue[l] = 0;
            }
        }
    }
}
