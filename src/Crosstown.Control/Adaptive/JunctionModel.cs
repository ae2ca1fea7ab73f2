using Crosstown.Control.Sites;
using Crosstown.Core.Networks;

namespace Crosstown.Control.Adaptive;

/// <summary>The queues of one signal under a course of stages, second by second: the model that a controller thinks ahead with.</summary>
internal sealed class JunctionModel
{
    public const int HorizonS = 100;
    private const float SaturationVps = 0.52f;
    private const float StopCostS = 4;
    private const float YellowUseS = 2;
    private const float SneakersVeh = 1.5f;
    private const float GapS = 4.5f;
    private const float EndCostS = 12;

    private readonly int _lanes;
    private readonly int _stages;
    private readonly StageService[] _service;
    private readonly StageService[] _common;
    private readonly int[] _changeS;
    private readonly byte[] _startS;
    private readonly int[] _leastS;
    private readonly float[] _arrivals;

    public JunctionModel(SignalSite site, RoadProfile profile)
    {
        _lanes = site.Lanes.Length;
        _stages = site.Menu.Stages.Length;
        var card = site.Card;
        var stages = site.Menu.Stages;
        float[][] shares = [.. site.Lanes.Select(l => l.Links.Select(k => (float)k.Share).ToArray())];
        _service = [.. stages.Select(s => new StageService(site, l => s[l], shares))];
        _common = new StageService[_stages * _stages];
        _changeS = new int[_stages * _stages];
        _startS = new byte[_stages * _stages * _lanes];
        _leastS = new int[_stages];
        for (var a = 0; a < _stages; a++)
        {
            _leastS[a] = Enumerable.Range(0, card.LinkCount).Where(l => stages[a][l]).Select(l => card.IsCrossing(l) ? profile.WalkS : profile.MinimumGreenS).DefaultIfEmpty(1).Max();
            for (var b = 0; b < _stages; b++)
            {
                var (from, to) = (stages[a], stages[b]);
                _common[(a * _stages) + b] = new StageService(site, l => from[l] && to[l], shares);
                int Start(int link) => !to[link] || from[link] ? 0
                    : Enumerable.Range(0, card.LinkCount).Any(o => from[o] && !to[o] && !card.IsCrossing(o) && !card.MayShare(link, o)) ? profile.ChangeS : 0;
                _changeS[(a * _stages) + b] = a == b ? 0 : Math.Max(
                    Enumerable.Range(0, card.LinkCount).Any(l => from[l] && !to[l] && !card.IsCrossing(l)) ? profile.YellowS : 0,
                    Enumerable.Range(0, card.LinkCount).Max(Start));
                for (var l = 0; l < _lanes; l++)
                {
                    _startS[(((a * _stages) + b) * _lanes) + l] = (byte)site.Lanes[l].Links.Max(k => Start(k.Link));
                }
            }
        }

        _arrivals = new float[HorizonS * _lanes];
        Start = new Course(_lanes);
    }

    /// <summary>Where every course begins: filled before each decision.</summary>
    public Course Start { get; }

    public int Lanes => _lanes;

    public int Stages => _stages;

    /// <summary>Expected arrivals at the stop lines: second by second, lane by lane.</summary>
    public Span<float> Arrivals => _arrivals;

    public StageService Service(int stage) => _service[stage];

    public int ChangeS(int from, int to) => _changeS[(from * _stages) + to];

    public int LeastS(int stage) => _leastS[stage];

    /// <summary>Runs the stage of a course for some seconds.</summary>
    public void Hold(Course course, int seconds)
    {
        var service = _service[course.Stage];
        for (var s = 0; s < seconds && course.TimeS < HorizonS; s++)
        {
            for (var l = 0; l < _lanes; l++)
            {
                Serve(course, l, service, service.Go[l]);
            }

            Tick(course);
        }
    }

    /// <summary>Changes the stage of a course, and runs the new one for its least green.</summary>
    public void Change(Course course, int to)
    {
        var pair = (course.Stage * _stages) + to;
        var from = _service[course.Stage];
        var common = _common[pair];
        var next = _service[to];
        var changeS = _changeS[pair];
        for (var s = 0; s < changeS && course.TimeS < HorizonS; s++)
        {
            for (var l = 0; l < _lanes; l++)
            {
                if (from.Go[l] > common.Go[l])
                {
                    // What ends is still used in the first seconds of yellow.
                    var service = s < YellowUseS ? from : common;
                    Serve(course, l, service, service.Go[l]);
                }
                else
                {
                    var service = next.Go[l] > common.Go[l] && s >= _startS[(pair * _lanes) + l] ? next : common;
                    Serve(course, l, service, service.Go[l]);
                }
            }

            Tick(course);
        }

        // Who turns left in gaps and waits inside gets out in the change.
        for (var l = 0; l < _lanes; l++)
        {
            if (from.Yielding[l] > 0 && common.Go[l] <= 0)
            {
                course.Queue[l] -= Math.Min(course.Queue[l], Math.Max(0, course.Sneak[l]));
            }

            if (next.Go[l] <= 0 || common.Go[l] <= 0)
            {
                course.Sneak[l] = SneakersVeh;
            }
        }

        course.Stage = to;
        course.HeldS = 0;
        Hold(course, _leastS[to]);
    }

    /// <summary>Goes on to the horizon as a simple controller would: each stage until its queues have gone, then the one that serves most a second.</summary>
    /// <returns>The cost of the whole course, vehicle-seconds.</returns>
    public float Finish(Course course, float atMost)
    {
        while (course.TimeS < HorizonS && course.Cost < atMost)
        {
            var service = _service[course.Stage];
            var isServing = course.HeldS < LongestBaseS;
            if (isServing)
            {
                isServing = false;
                for (var l = 0; l < _lanes && !isServing; l++)
                {
                    isServing = course.Queue[l] > 0.4f && service.Go[l] > 0 && course.LastOut[l] > 0.12f;
                }
            }

            var next = isServing ? course.Stage : Best(course);
            if (next == course.Stage)
            {
                Hold(course, 1);
            }
            else
            {
                Change(course, next);
            }
        }

        for (var l = 0; l < _lanes; l++)
        {
            course.Cost += course.Queue[l] * EndCostS;
        }

        return course.Cost;
    }

    private const int LongestBaseS = 50;

    private int Best(Course course)
    {
        var best = course.Stage;
        var bestRate = 0f;
        for (var s = 0; s < _stages; s++)
        {
            if (s == course.Stage)
            {
                continue;
            }

            var service = _service[s];
            var sum = 0f;
            var longest = 0f;
            for (var l = 0; l < _lanes; l++)
            {
                var go = service.Go[l];
                if (go <= 0 || course.Queue[l] <= 0)
                {
                    continue;
                }

                var part = go >= 0.999f ? course.Queue[l] : Math.Min(course.Queue[l], go / (1 - go));
                part *= 1 - (0.6f * service.Yielding[l]);
                sum += part;
                longest = Math.Max(longest, part / SaturationVps);
            }

            var rate = sum / (ChangeS(course.Stage, s) + Math.Max(longest, _leastS[s]));
            if (rate > bestRate && sum > 0.5f)
            {
                bestRate = rate;
                best = s;
            }
        }

        return best;
    }

    private void Serve(Course course, int l, StageService service, float go)
    {
        var arriving = _arrivals[(course.TimeS * _lanes) + l];
        var queue = course.Queue[l] + arriving;
        if (go <= 0)
        {
            course.Queue[l] = queue;
            course.GreenS[l] = 0;
            course.LastOut[l] = 0;
            course.Cost += queue + (arriving * StopCostS);
            return;
        }

        var green = course.GreenS[l];
        if (green == 0 && course.Queue[l] < 0.5f)
        {
            // Nobody stands: nobody has to start.
            green = 2;
        }

        var capacity = green == 0 ? 0 : green == 1 ? 0.5f * SaturationVps : SaturationVps;
        course.GreenS[l] = green + 1;
        var links = service.Links[l];
        if ((links & ~course.Blocked[l]) != 0)
        {
            if (course.Blocked[l] != 0 || float.IsNaN(course.Budget[l]))
            {
                course.Blocked[l] = 0;
                course.Budget[l] = go >= 0.999f ? float.MaxValue : go / (1 - go);
            }

            capacity = Math.Min(capacity, course.Budget[l]);
        }
        else
        {
            capacity = 0;
        }

        var yielding = service.Yielding[l];
        if (yielding > 0)
        {
            var gap = 1f;
            foreach (var foe in service.Foes[l])
            {
                gap *= course.Queue[foe] > 0.5f ? 0.04f : MathF.Exp(-GapS * Math.Max(_arrivals[(course.TimeS * _lanes) + foe], 0));
            }

            var turning = Math.Max(SaturationVps * gap, 0.01f);
            var mixed = 1 / (((1 - (yielding / go)) / SaturationVps) + (yielding / go / turning));
            if (mixed < capacity && course.Sneak[l] > 0)
            {
                course.Sneak[l] -= Math.Min(queue, capacity) * yielding;
            }
            else
            {
                capacity = Math.Min(capacity, mixed);
            }
        }

        var outNow = Math.Min(queue, capacity);
        if (go < 0.999f && capacity > 0)
        {
            course.Budget[l] -= outNow;
            if (course.Budget[l] < 0.01f)
            {
                course.Blocked[l] = links;
            }
        }

        course.LastOut[l] = outNow;
        queue -= outNow;
        course.Queue[l] = queue;
        course.Cost += queue;
        if (queue > 0.5f)
        {
            course.Cost += arriving * StopCostS * 0.5f;
        }
    }

    public static bool Debug;

    private static void Tick(Course course)
    {
        if (Debug && course.TimeS % 3 == 0) Console.WriteLine($"     t {course.TimeS} stage {course.Stage} cost {course.Cost:0} " + string.Join(" ", course.Queue.Select(q => $"{q:0.0}")));
        course.TimeS++;
        course.HeldS++;
    }
}

/// <summary>A course of stages under way in the model.</summary>
internal sealed class Course(int lanes)
{
    public float[] Queue { get; } = new float[lanes];

    /// <summary>Seconds of green so far, by lane.</summary>
    public int[] GreenS { get; } = new int[lanes];

    /// <summary>Vehicles that can pass before one stands first whose way is red, by lane; NaN for not known yet.</summary>
    public float[] Budget { get; } = new float[lanes];

    /// <summary>Links, a bit each, that are not the way of the vehicle that stands first, by lane; 0 when it may go any way.</summary>
    public ulong[] Blocked { get; } = new ulong[lanes];

    /// <summary>Places inside the junction where turners can wait, by lane.</summary>
    public float[] Sneak { get; } = new float[lanes];

    /// <summary>Vehicles that left in the last second, by lane.</summary>
    public float[] LastOut { get; } = new float[lanes];

    public int Stage { get; set; }

    public int HeldS { get; set; }

    public int TimeS { get; set; }

    public float Cost { get; set; }

    public void CopyFrom(Course other)
    {
        other.Queue.CopyTo(Queue, 0);
        other.GreenS.CopyTo(GreenS, 0);
        other.Budget.CopyTo(Budget, 0);
        other.Blocked.CopyTo(Blocked, 0);
        other.Sneak.CopyTo(Sneak, 0);
        other.LastOut.CopyTo(LastOut, 0);
        Stage = other.Stage;
        HeldS = other.HeldS;
        TimeS = other.TimeS;
        Cost = other.Cost;
    }
}
