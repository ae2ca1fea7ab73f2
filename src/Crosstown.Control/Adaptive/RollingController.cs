using Crosstown.Control.Sites;
using Crosstown.Core.Networks;

namespace Crosstown.Control.Adaptive;

/// <summary>Looks ahead every second: what each course of stages would cost the vehicles that are seen or expected, and takes the first step of the cheapest.</summary>
public sealed class RollingController : ISignalController
{
    private static readonly int[] Holds = [0, 1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 18, 22, 27, 33, 40];

    private const int StoodS = 5;

    private readonly SignalSite _site;
    private readonly RoadProfile _profile;
    private readonly JunctionModel _model;
    private readonly LaneWatch[] _watches;
    private readonly LaneWatch[][] _upstream;
    private readonly int[] _stoodS;
    private readonly double[] _seenS;
    private readonly ulong[] _blocked;
    private readonly Course _prefix;
    private readonly Course _trial;

    public RollingController(SignalSite site, RoadProfile profile)
    {
        _site = site;
        _profile = profile;
        _model = new JunctionModel(site, profile);
        if (Environment.GetEnvironmentVariable("XTRACE") is not null)
        {
            for (var l = 0; l < site.Lanes.Length; l++) Console.WriteLine($"lane {l} zone {site.Lanes[l].ZoneM:0} m {string.Join(",", site.Lanes[l].Links.Select(k => $"{k.Link}:{k.Share:0.00}"))}");
            for (var t = 0; t < site.Menu.Stages.Length; t++) Console.WriteLine($"stage {t} {string.Concat(site.Menu.Stages[t].Select(b => b ? 'G' : 'r'))} " + string.Join(" ", _model.Service(t).Go.Select((g, l) => $"{g:0.00}/{_model.Service(t).Yielding[l]:0.00}")));
        }
        _watches = [.. site.Lanes.Select(l => new LaneWatch(l.ZoneM, l.SpeedMps))];
        _upstream = [.. site.Approaches.Select(a => a.Upstream.Select(u => new LaneWatch(u.ZoneM, u.SpeedMps)).ToArray())];
        _blocked = new ulong[site.Lanes.Length];
        _seenS = new double[site.Lanes.Length];
        _stoodS = new int[site.Lanes.Length];
        _prefix = new Course(site.Lanes.Length);
        _trial = new Course(site.Lanes.Length);
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
            if (Environment.GetEnvironmentVariable("XTRACE") is not null)
            {
                Console.WriteLine($"{nowS} {driver.State} DUE {due}");
            }

            return (due, driver.MayEnd(nowS) ? 0 : 1);
        }

        Forecast(nowS, driver);
        return Search(nowS, driver);
    }

    private (int Stage, int HoldS) Search(int nowS, StageDriver driver)
    {
        var stay = driver.Stage;
        var first = driver.MayEnd(nowS) ? 0 : 1;

        // To stay and go on as a simple controller would is a course too.
        _trial.CopyFrom(_model.Start);
        _model.Hold(_trial, 1);
        var best = _model.Finish(_trial, float.MaxValue);
        var (bestStage, bestHold) = (stay, 60);
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
                if (to == stay)
                {
                    continue;
                }

                _trial.CopyFrom(_prefix);
                _model.Hold(_trial, driver.WalkersHoldS(nowS, to));
                _model.Change(_trial, to);
                var cost = _model.Finish(_trial, best);
                if (Environment.GetEnvironmentVariable("XTRACE") == $"{nowS}")
                {
                    _trial.CopyFrom(_prefix);
                    Console.WriteLine($"  option hold {Holds[h]} then {to}: {cost:0} (best {best:0})");
                    JunctionModel.Debug = true;
                    _model.Hold(_trial, driver.WalkersHoldS(nowS, to));
                    _model.Change(_trial, to);
                    _model.Finish(_trial, float.MaxValue);
                    JunctionModel.Debug = false;
                }
                if (cost < best - 1e-3f)
                {
                    best = cost;
                    (bestStage, bestHold) = (to, Holds[h]);
                }
            }
        }

        if (Environment.GetEnvironmentVariable("XTRACE") is not null)
        {
            Console.WriteLine($"{nowS} {driver.State} stage {stay} -> {bestStage} in {bestHold} cost {best:0} | " + string.Join(" ", _watches.Select((w, l) => $"{l}:{w.DueS.Count}/{w.Halting}/{_model.Start.Queue[l]:0}{(w.Left > 0 ? "*" : "")}")));
        }

        return bestHold == 0 ? (bestStage, 0) : (stay, bestHold);
    }

    private void See(DetectorFrame frame, int nowS, StageDriver driver)
    {
        for (var l = 0; l < _watches.Length; l++)
        {
            var lane = _site.Lanes[l];
            if (lane.Zone >= 0)
            {
                int? passed = lane.StopLoop >= 0 && !float.IsNaN(frame.Passed[lane.StopLoop]) ? (int)frame.Passed[lane.StopLoop] : null;
                _watches[l].Update(nowS, (int)frame.Vehicles[lane.Zone], (int)frame.Halting[lane.Zone], passed);
            }

            // Who stands first on green for seconds wants another way than those that are green.
            var green = 0UL;
            var all = (1UL << lane.Links.Length) - 1;
            for (var k = 0; k < lane.Links.Length; k++)
            {
                var link = lane.Links[k].Link;
                green |= driver.Aspect(link) == LinkAspect.Green && driver.State[link] == 'G' ? 1UL << k : 0;
            }

            _stoodS[l] = green == 0 || _watches[l].Left > 0 || _watches[l].Halting == 0 ? 0 : _stoodS[l] + 1;
            _blocked[l] = _watches[l].Left > 0 || _watches[l].DueS.Count == 0 ? 0 : _stoodS[l] >= StoodS ? _blocked[l] | green : _blocked[l];
            _blocked[l] = _blocked[l] == all ? 0 : _blocked[l];
        }

        for (var a = 0; a < _upstream.Length; a++)
        {
            for (var u = 0; u < _upstream[a].Length; u++)
            {
                var zone = _site.Approaches[a].Upstream[u].Zone;
                _upstream[a][u].Update(nowS, (int)frame.Vehicles[zone], (int)frame.Halting[zone], null);
            }
        }
    }

    private void Forecast(int nowS, StageDriver driver)
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

                for (var t = (int)Math.Max(lane.ZoneM / lane.SpeedMps, _seenS[i]); t < JunctionModel.HorizonS; t++)
                {
                    arrivals[(t * lanes) + l] += (float)watch.RateVps;
                }

                var go = service.Go[l];
                start.GreenS[l] = go > 0 ? 10 : 0;
                start.Budget[l] = float.NaN;
                start.Blocked[l] = _blocked[l];
                start.Sneak[l] = go > 0 ? 0.5f : 1.5f;
                start.LastOut[l] = go > 0 ? 0.5f : 0;
            }

            first += count;
        }
    }
}
