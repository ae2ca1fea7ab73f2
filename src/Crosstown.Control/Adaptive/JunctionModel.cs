using Crosstown.Control.Sites;
using Crosstown.Core.Networks;

namespace Crosstown.Control.Adaptive;

/// <summary>The queues of one signal under a course of stages, second by second: the model that a controller thinks ahead with.</summary>
internal sealed class JunctionModel
{
    /// <summary>How far ahead it looks, s.</summary>
    public const int HorizonS = 100;

    /// <summary>Vehicles that a lane lets go in a second of green while a queue stands.</summary>
    private const float SaturationVps = 0.52f;

    /// <summary>What braking to a stand and speeding up again costs, s.</summary>
    private const float StopCostS = 4;

    /// <summary>Seconds of yellow in which vehicles still go.</summary>
    private const float YellowUseS = 2;

    /// <summary>Vehicles that wait for a gap inside the junction and leave it when the stage ends.</summary>
    private const float SneakersVeh = 1.5f;

    /// <summary>The gap that who yields takes, s.</summary>
    public const float GapS = 4.5f;

    /// <summary>What each vehicle that still waits at the horizon will cost, s.</summary>
    private const float EndCostS = 12;

    /// <summary>What it will cost more for each vehicle before it on its lane, s: they go one after another.</summary>
    private const float EndQueueCostS = 1;

    /// <summary>Vehicles a second that come out of a queue which somebody yields to.</summary>
    public const float FoeVps = 0.6f;

    /// <summary>Share of a stop that joining a queue which moves costs.</summary>
    private const float JoinShare = 0.5f;

    /// <summary>Walkers who may be expected at each crossing in a second, since nothing counts them.</summary>
    private const float WalkersPerS = 0.008f;

    /// <summary>Longest green of the simple controller that ends each course, s.</summary>
    private const int LongestBaseS = 50;

    /// <summary>Arrivals that make a stage worth a look come within so many seconds.</summary>
    private const int SoonS = 25;

    /// <summary>Seconds for which a full exit is expected to stay so.</summary>
    private const int ExitS = 10;

    private readonly int _lanes;
    private readonly int _stages;
    private readonly StageService[] _service;
    private readonly StageService[] _kept;
    private readonly int[] _changeS;
    private readonly byte[] _startS;
    private readonly int[] _leastS;
    private readonly float[] _arrivals;
    private readonly int[] _crossings;
    private readonly bool[][] _walks;
    private readonly ulong[] _skipped;
    private readonly int[] _order;

    public JunctionModel(SignalSite site, RoadProfile profile)
    {
        _lanes = site.Lanes.Length;
        _stages = site.Menu.Stages.Length;
        _skipped = [.. site.Skipped];
        _order = [.. site.Menu.ReferenceOrder];
        var card = site.Card;
        var stages = site.Menu.Stages;
        _service = [.. stages.Select(s => new StageService(site, l => s[l]))];
        _kept = new StageService[_stages * _stages];
        _changeS = new int[_stages * _stages];
        _startS = new byte[_stages * _stages * _lanes];
        _leastS = new int[_stages];
        for (var a = 0; a < _stages; a++)
        {
            // Walks begin with their stage and have to clear before the next one.
            _leastS[a] = Enumerable.Range(0, card.LinkCount).Where(l => stages[a][l])
                .Select(l => card.IsCrossing(l) ? profile.WalkS + Math.Max(0, card.ClearanceS(l, profile) - profile.ChangeS) : site.LeastGreenS(l, profile)).DefaultIfEmpty(1).Max();
            for (var b = 0; b < _stages; b++)
            {
                var (from, to) = (stages[a], stages[b]);
                _kept[(a * _stages) + b] = new StageService(site, l => from[l] && to[l]);
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

        _crossings = [.. Enumerable.Range(0, card.LinkCount).Where(l => card.IsServed(l) && card.IsCrossing(l))];
        _walks = [.. stages.Select(s => _crossings.Select(c => s[c]).ToArray())];
        _arrivals = new float[HorizonS * _lanes];
        Start = new Course(_lanes, _crossings.Length);
        FirstHoldS = new int[_stages];
        Update([.. site.Lanes.Select(l => l.Links.Select(k => (float)k.Share).ToArray())]);
    }

    /// <summary>Seconds that the running stage goes on after the order to change while its walkers clear, by the stage that comes: filled before each decision.</summary>
    public int[] FirstHoldS { get; }

    /// <summary>Where every course begins: filled before each decision.</summary>
    public Course Start { get; }

    /// <summary>Links of the signal's crossings.</summary>
    public ReadOnlySpan<int> Crossings => _crossings;

    /// <summary>Walkers who may be expected to wait at a crossing after some seconds without a walk; nothing counts them.</summary>
    public static float Walkers(int waitedS) => WalkersPerS * waitedS;

    public int Stages => _stages;

    /// <summary>Expected arrivals at the stop lines: second by second, lane by lane.</summary>
    public Span<float> Arrivals => _arrivals;

    public StageService Service(int stage) => _service[stage];

    public int ChangeS(int from, int to) => _changeS[(from * _stages) + to];

    public int LeastS(int stage) => _leastS[stage];

    /// <summary>Takes in how the vehicles of the lanes share out over their ways: by lane, by its links, 0-1.</summary>
    public void Update(float[][] shares)
    {
        foreach (var service in _service)
        {
            service.Update(shares);
        }

        foreach (var service in _kept)
        {
            service.Update(shares);
        }
    }

    /// <summary>True when somebody waits for a stage or is seen to come to it.</summary>
    public bool IsWanted(int stage)
    {
        var service = _service[stage];
        for (var l = 0; l < _lanes; l++)
        {
            if (service.Go[l] <= 0)
            {
                continue;
            }

            var coming = Start.Queue[l];
            for (var t = 0; t < SoonS; t++)
            {
                coming += _arrivals[(t * _lanes) + l];
            }

            if (coming > 0.5f)
            {
                return true;
            }
        }

        for (var c = 0; c < _crossings.Length; c++)
        {
            if (_walks[stage][c] && Start.Walkers[c] > 0.25f)
            {
                return true;
            }
        }

        return false;
    }

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

            Tick(course, _walks[course.Stage]);
        }
    }

    /// <summary>Changes the stage of a course, and runs the new one for its least green.</summary>
    public void Change(Course course, int to)
    {
        if (!course.HasChanged)
        {
            course.HasChanged = true;
            Hold(course, FirstHoldS[to]);
        }

        var pair = (course.Stage * _stages) + to;
        var from = _service[course.Stage];
        var common = _kept[pair];
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

            Tick(course, null);
        }

        // Who turns left in gaps and waits inside gets out in the change.
        for (var l = 0; l < _lanes; l++)
        {
            if (from.Yielding[l] > 0 && common.Go[l] <= 0)
            {
                course.Queue[l] -= Math.Min(course.Queue[l], Math.Max(0, course.Sneak[l]));
                course.Blocked[l] = 0;
                course.Head[l] = 0;
                course.Budget[l] = float.NaN;
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

    /// <summary>Goes on to the horizon as a simple controller would: each stage until its queues have gone, then the next.</summary>
    /// <param name="course">Taken to its end.</param>
    /// <param name="atMost">It is left where it costs more.</param>
    /// <param name="end">Which stage is the next.</param>
    /// <returns>The cost of the whole course, vehicle-seconds.</returns>
    public float Finish(Course course, float atMost, CourseEnd end)
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

            var next = isServing ? course.Stage : end == CourseEnd.ReferenceOrder && Array.IndexOf(_order, course.Stage) is >= 0 and var place ? NextInOrder(course, place) : Best(course);
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
            course.Cost += course.Queue[l] * (EndCostS + (EndQueueCostS * course.Queue[l]));
        }

        return course.Cost;
    }

    /// <summary>False where a cabinet would not go from one stage to the other past those who wait in between.</summary>
    private bool MayFollow(Course course, int to)
    {
        const float Nobody = 0.5f;
        var lanes = _skipped.Length == 0 ? 0 : _skipped[(course.Stage * _stages) + to];
        if (lanes == ulong.MaxValue)
        {
            return false;
        }

        for (var l = 0; lanes != 0; l++, lanes >>= 1)
        {
            if ((lanes & 1) != 0 && course.Queue[l] > Nobody)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The next stage of the reference program that somebody waits for who is not served now; the same one where nobody does.</summary>
    private int NextInOrder(Course course, int place)
    {
        const float Somebody = 0.5f;
        var now = _service[course.Stage];
        for (var i = 1; i < _order.Length; i++)
        {
            var s = _order[(place + i) % _order.Length];
            if (s == course.Stage || !MayFollow(course, s))
            {
                continue;
            }

            var waiting = 0f;
            for (var l = 0; l < _lanes; l++)
            {
                waiting += _service[s].Go[l] > 0 && now.Go[l] <= 0 ? course.Queue[l] : 0;
            }

            for (var c = 0; c < _crossings.Length; c++)
            {
                waiting += _walks[s][c] ? course.Walkers[c] : 0;
            }

            if (waiting > Somebody)
            {
                return s;
            }
        }

        return course.Stage;
    }

    /// <summary>The stage that serves most a second.</summary>
    private int Best(Course course)
    {
        var best = course.Stage;
        var bestRate = 0f;
        for (var s = 0; s < _stages; s++)
        {
            if (s == course.Stage || !MayFollow(course, s))
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

            for (var c = 0; c < _walks[s].Length; c++)
            {
                sum += _walks[s][c] ? course.Walkers[c] : 0;
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
        var open = links & ~course.Blocked[l];
        var isHeadYielding = false;
        if (open == 0)
        {
            capacity = 0;
        }
        else
        {
            isHeadYielding = course.Blocked[l] != 0 && (open & ~service.YieldingLinks[l]) == 0;
            if (!isHeadYielding && (course.Blocked[l] != 0 || float.IsNaN(course.Budget[l])))
            {
                course.Budget[l] = go >= 0.999f ? float.MaxValue : (go / (1 - go)) + (course.Blocked[l] != 0 ? 1 : 0);
                course.Blocked[l] = 0;
            }

            capacity = isHeadYielding ? capacity : Math.Min(capacity, course.Budget[l]);
        }

        if (course.TimeS < ExitS)
        {
            capacity = Math.Min(capacity, course.Room[l]);
        }

        var yielding = service.Yielding[l];
        if (yielding > 0)
        {
            var gap = 1f;
            for (var f = 0; f < service.Foes[l].Length; f++)
            {
                var foe = service.Foes[l][f];
                var comes = _arrivals[(course.TimeS * _lanes) + foe];
                gap *= course.Queue[foe] > 0.5f ? service.QueueGaps[l][f] : Gap(GapS * comes * service.FoeShares[l][f]);
            }

            var turning = Math.Max(SaturationVps * gap, 0.01f);
            var mixed = isHeadYielding ? turning : 1 / (((1 - (yielding / go)) / SaturationVps) + (yielding / go / turning));
            if (!isHeadYielding && mixed < capacity && course.Sneak[l] > 0)
            {
                course.Sneak[l] -= Math.Min(queue, capacity) * yielding;
            }
            else
            {
                capacity = Math.Min(capacity, mixed);
            }
        }

        var outNow = Math.Min(queue, capacity);
        if (isHeadYielding)
        {
            // One gap lets the first go; who is behind it may want any way.
            course.Head[l] += outNow;
            if (course.Head[l] >= 1)
            {
                course.Head[l] = 0;
                course.Blocked[l] = 0;
                course.Budget[l] = float.NaN;
            }
        }
        else if (go < 0.999f && capacity > 0)
        {
            course.Budget[l] -= outNow;
            if (course.Budget[l] < 0.01f)
            {
                course.Blocked[l] = links;
            }
        }

        course.LastOut[l] = outNow;
        course.Room[l] -= outNow;
        queue -= outNow;
        course.Queue[l] = queue;
        course.Cost += queue;
        if (queue > 0.5f)
        {
            course.Cost += arriving * StopCostS * JoinShare;
        }
    }

    /// <summary>Chance of a gap: the exponential of what is expected, below 0, within 0.03.</summary>
    private static float Gap(float expected) => 1 / (1 + (expected * (1 + (expected * (0.5f + (expected / 6))))));

    private static void Tick(Course course, bool[]? walks)
    {
        for (var c = 0; c < course.Walkers.Length; c++)
        {
            course.Walkers[c] = walks is not null && walks[c] ? 0 : course.Walkers[c] + WalkersPerS;
            course.Cost += course.Walkers[c];
        }

        course.TimeS++;
        course.HeldS++;
    }
}

/// <summary>Which stage is the next, where a simple controller goes on with a course.</summary>
internal enum CourseEnd
{
    /// <summary>The next of the reference program that somebody waits for, as an actuated controller does.</summary>
    ReferenceOrder,

    /// <summary>The one that serves most a second.</summary>
    MostServing,
}

/// <summary>A course of stages under way in the model.</summary>
internal sealed class Course(int lanes, int crossings)
{
    /// <summary>Walkers who may be expected to wait, by crossing.</summary>
    public float[] Walkers { get; } = new float[crossings];

    public float[] Queue { get; } = new float[lanes];

    /// <summary>Seconds of green so far, by lane.</summary>
    public int[] GreenS { get; } = new int[lanes];

    /// <summary>Vehicles that can pass before one stands first whose way is red, by lane; NaN for not known yet.</summary>
    public float[] Budget { get; } = new float[lanes];

    /// <summary>Links, a bit each, that are not the way of the vehicle that stands first, by lane; 0 when it may go any way.</summary>
    public ulong[] Blocked { get; } = new ulong[lanes];

    /// <summary>How much of the first vehicle, that waits for a gap, has gone, by lane.</summary>
    public float[] Head { get; } = new float[lanes];

    /// <summary>Vehicles that the exits take in the next seconds, by lane.</summary>
    public float[] Room { get; } = new float[lanes];

    /// <summary>Places inside the junction where turners can wait, by lane.</summary>
    public float[] Sneak { get; } = new float[lanes];

    /// <summary>Vehicles that left in the last second, by lane.</summary>
    public float[] LastOut { get; } = new float[lanes];

    public int Stage { get; set; }

    /// <summary>True once the stage that runs now has ended.</summary>
    public bool HasChanged { get; set; }

    public int HeldS { get; set; }

    public int TimeS { get; set; }

    public float Cost { get; set; }

    public void CopyFrom(Course other)
    {
        other.Queue.CopyTo(Queue, 0);
        other.Walkers.CopyTo(Walkers, 0);
        other.GreenS.CopyTo(GreenS, 0);
        other.Budget.CopyTo(Budget, 0);
        other.Blocked.CopyTo(Blocked, 0);
        other.Sneak.CopyTo(Sneak, 0);
        other.Room.CopyTo(Room, 0);
        other.Head.CopyTo(Head, 0);
        other.LastOut.CopyTo(LastOut, 0);
        Stage = other.Stage;
        HasChanged = other.HasChanged;
        HeldS = other.HeldS;
        TimeS = other.TimeS;
        Cost = other.Cost;
    }
}
