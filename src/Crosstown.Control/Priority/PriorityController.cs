using Crosstown.Control.Sites;
using Crosstown.Core.Networks;

namespace Crosstown.Control.Priority;

/// <summary>Gives priority around any other controller of a signal: the coordinator of NTCIP 1211.</summary>
/// <remarks>
/// <para>It only says which stage shall run: how stages change, with yellow, clearances, least greens and walks, is the driver's, and nobody waits longer than the service clock allows.</para>
/// <para>Transit: a green that would end is held for some seconds, one that is due comes some seconds earlier, and on a plan no stage is left out and none loses its walk.
/// Emergency: the stage is chosen in time for the queue before the vehicle, as the detectors see it, to leave, and is held until the vehicle has passed.</para>
/// <para>On a plan, what priority moved is taken back within the stages that follow, until a stage begins when the plan says.</para>
/// </remarks>
public sealed class PriorityController : ISignalController
{
    private const int MarginS = 3;
    private const int StartS = 2;
    private const double SecondsPerVehicle = 2;
    private const int LongestQueueS = 40;

    /// <summary>Vehicles that are assumed to wait where no detector says.</summary>
    private const int UnseenVehicles = 5;

    /// <summary>A stage that begins within this of the plan is in step.</summary>
    private const int StepS = 2;

    /// <summary>Moving a green by less is not worth it.</summary>
    private const int LeastAdvanceS = 2;

    /// <summary>Around a controller without a plan, a green that comes earlier is worth what it takes from others only when the vehicle gains so many seconds by it.</summary>
    private const int LeastGainS = 5;

    /// <summary>Around a controller that knows prices, what others may lose for each second that a vehicle of transit gains, vehicle-seconds.</summary>
    private const float MostPrice = 4;

    /// <summary>Of the green that transit took from a stage, the share that it gets back. The bus has moved some of its street's queue along with it, so that a little less will do.</summary>
    private const double GiveBack = 0.9;

    private readonly SignalSite _site;
    private readonly RoadProfile _profile;
    private readonly ISignalController _inner;
    private readonly PriorityServer _server;
    private readonly PlanClock? _plan;
    private readonly PriorityLimits _limits;

    /// <summary>Seconds by which the signal's own clock runs ahead of the plan's.</summary>
    private int _shiftS;

    /// <summary>By place in the plan: seconds of green that it has had beyond the plan's through transit; below 0 for those that it is owed.</summary>
    private readonly int[] _gainedS;

    /// <summary>True from a grant to transit until it is known how much of what it took is given back.</summary>
    private bool _isUnsettled;

    /// <summary>True while an emergency has the signal.</summary>
    private bool _isTaken;

    /// <summary>True from the end of an emergency until the plan is in step.</summary>
    private bool _isCatchingUp;

    /// <param name="site">The signal.</param>
    /// <param name="profile">The times to keep.</param>
    /// <param name="inner">Who decides while nobody asks for priority.</param>
    /// <param name="server">Where requests for this signal arrive.</param>
    /// <param name="plan">The program that the inner controller follows by the clock; null when it follows none.</param>
    public PriorityController(SignalSite site, RoadProfile profile, ISignalController inner, PriorityServer server, PlanClock? plan)
    {
        _site = site;
        _profile = profile;
        _inner = inner;
        _server = server;
        _plan = plan;
        _limits = server.Limits;
        _gainedS = new int[plan?.Count ?? 0];
    }

    public (int Stage, int HoldS) Decide(DetectorFrame frame, int nowS, StageDriver driver)
    {
        var own = _inner.Decide(frame, nowS, driver);
        var first = _server.Rank(nowS);
        Observe(nowS, driver);
        if (first is { Request.Role: PriorityRole.Emergency, GrantedS: { } granted } && nowS - granted >= _limits.LongestPresenceS)
        {
            _server.EndPresence(first, nowS);
            first = null;
        }

        if (driver.IsChanging)
        {
            return (driver.Target, 0);
        }

        var isMoved = _isTaken || _shiftS != 0 || _server.Recovering.Count > 0 || first is not null;
        if (isMoved && ServiceClock.FindDue(_site, _profile, driver, nowS) is { } due)
        {
            return (due, driver.MayEnd(nowS) ? 0 : 1);
        }

        if (first is { Request.Role: PriorityRole.Emergency })
        {
            return Preempt(first, frame, nowS, driver, _plan is null || _isTaken ? own : Coordinate(null, frame, nowS, driver, own));
        }

        if (_isTaken)
        {
            _isTaken = false;
            Resume(nowS, driver);
        }

        var decision = _plan is null ? Assist(first, frame, nowS, driver, own) : Coordinate(first, frame, nowS, driver, own);
        if (_server.Recovering.Count > 0 && IsBack(nowS, driver, decision == own))
        {
            _server.Recovered(nowS);
        }

        return decision;
    }

    /// <summary>Serves an emergency: lets the signal do what it wants only while there is time to be back.</summary>
    private (int Stage, int HoldS) Preempt(PriorityCase served, DetectorFrame frame, int nowS, StageDriver driver, (int Stage, int HoldS) own)
    {
        var queueS = QueueS(served.Request, frame, isEmergency: true, driver);
        var targetS = served.Request.ServiceS - queueS - MarginS;
        var isLeaving = own.HoldS == 0 && own.Stage != driver.Stage;
        if (Serves(driver.Stage, served))
        {
            if (!isLeaving || Serves(own.Stage, served) || nowS + AwayS(driver, nowS, own.Stage) <= targetS)
            {
                return own;
            }

            Take(served, PriorityKind.Extension, nowS, driver, queueS, own);
            return (driver.Stage, Math.Max(1, served.Request.DepartureS - nowS));
        }

        if (isLeaving && Serves(own.Stage, served))
        {
            return own;
        }

        var to = FindStage(served);
        var inTimeS = targetS - nowS - NeedS(driver, nowS, to);
        if (to != driver.Stage && HasRoom(driver, nowS, to) && (inTimeS <= 0 || (isLeaving && nowS + AwayS(driver, nowS, own.Stage) > targetS)))
        {
            Take(served, PriorityKind.EarlyGreen, nowS, driver, queueS, own);
            return (to, 0);
        }

        return isLeaving ? own : (own.Stage, Math.Min(own.HoldS, Math.Max(1, inTimeS)));
    }

    private void Take(PriorityCase served, PriorityKind kind, int nowS, StageDriver driver, int queueS, (int Stage, int HoldS) own)
    {
        if (!served.IsGrant)
        {
            served.OwnEndS = kind == PriorityKind.Extension ? nowS : null;
            served.QueueS = queueS;
            served.OwnDepartureS = OwnDepartureS(kind, nowS, driver, own, queueS);
        }

        served.Grant(kind, nowS);
        _isTaken = true;
        _shiftS = 0;
    }

    /// <summary>Goes on with the plan after an emergency: with the stage that should run now, from its begin, so that those who waited are served.</summary>
    private void Resume(int nowS, StageDriver driver)
    {
        if (_plan is null)
        {
            return;
        }

        var (entry, beginS, endS) = _plan.At(nowS);
        Array.Clear(_gainedS);
        _isUnsettled = false;
        _isCatchingUp = true;
        _shiftS = beginS > 0 || _plan.Stage(entry) == driver.Stage ? 0 : endS - _plan.GreenS(entry) - _profile.ChangeS;
    }

    /// <summary>Runs the plan by the signal's own clock, which transit may move by some seconds and which then comes back.</summary>
    private (int Stage, int HoldS) Coordinate(PriorityCase? asked, DetectorFrame frame, int nowS, StageDriver driver, (int Stage, int HoldS) own)
    {
        if (_isCatchingUp && _shiftS == 0)
        {
            _isCatchingUp = false;
            Array.Clear(_gainedS);
        }

        if (_isUnsettled && asked is not { IsGrant: true } && _shiftS >= 0)
        {
            _isUnsettled = false;
            Forgive(_plan!.At(nowS + _shiftS).Entry);
        }

        if (asked is null && _shiftS == 0 && Array.TrueForAll(_gainedS, g => g == 0))
        {
            return own;
        }

        var (entry, _, endS) = _plan!.At(nowS + _shiftS);
        var stage = _plan.Stage(entry);
        if (stage != driver.Stage)
        {
            return (stage, 0);
        }

        var leastLeftS = Math.Max(0, LeastS(stage) - (nowS - StageSinceS(driver)));
        if (_shiftS < 0 && !(asked is { IsGrant: true, OwnEndS: not null } && Serves(stage, asked)))
        {
            // Late: each stage ends when the plan ends it, or as soon as it has had its least.
            if (_plan.At(nowS).Entry == entry)
            {
                return (stage, Math.Max(1, Math.Max(leastLeftS, _plan.At(nowS).EndS)));
            }

            return leastLeftS > 0 ? (stage, leastLeftS) : Next(entry, endS, nowS);
        }

        if (asked is not null && Serves(stage, asked))
        {
            if (Extends(asked, entry, endS, nowS))
            {
                if (!asked.IsGrant)
                {
                    asked.OwnEndS = nowS + 1;
                    asked.OwnDepartureS = OwnDepartureS(PriorityKind.Extension, nowS, driver, own, 0);
                }

                asked.OwnEndS ??= nowS + 1;
                asked.Grant(PriorityKind.Extension, nowS);
                _isUnsettled = true;
                Hold(entry);
                return (stage, Math.Max(1, asked.Request.DepartureS - nowS));
            }

            return asked.Request.DepartureS > nowS + endS ? (stage, endS) : Settle(entry, endS, leastLeftS, nowS);
        }

        if (asked is not null && FindEntry(asked, entry) is { } wanted)
        {
            var queueS = QueueS(asked.Request, frame, isEmergency: false, driver);
            var naturalS = nowS + _plan.UntilBegin(wanted, nowS + _shiftS);
            var advanceS = Math.Min(Math.Min(naturalS + queueS - asked.Request.ServiceS, _limits.LongestEarlyS - _shiftS), endS - leastLeftS);
            if (advanceS >= (asked.IsGrant ? 1 : LeastAdvanceS))
            {
                if (endS > advanceS)
                {
                    return (stage, endS - advanceS);
                }

                if (!asked.IsGrant)
                {
                    asked.QueueS = queueS;
                    asked.OwnDepartureS = OwnDepartureS(PriorityKind.EarlyGreen, nowS, driver, own, queueS);
                }

                asked.Grant(PriorityKind.EarlyGreen, nowS);
                _isUnsettled = true;
                return Next(entry, endS, nowS);
            }
        }

        return Settle(entry, endS, leastLeftS, nowS);
    }

    /// <summary>Ends a stage before its time.</summary>
    private (int Stage, int HoldS) Next(int entry, int endS, int nowS)
    {
        _shiftS += endS;
        _gainedS[entry] -= endS;
        return (_plan!.Stage(_plan.At(nowS + _shiftS).Entry), 0);
    }

    /// <summary>Lets a stage go on for a second at the end of its time.</summary>
    private void Hold(int entry)
    {
        _shiftS--;
        _gainedS[entry]++;
    }

    /// <summary>Lets the stage that runs keep what is not given back to those that are owed.</summary>
    private void Forgive(int running)
    {
        for (var e = 0; e < _gainedS.Length; e++)
        {
            if (e != running && _gainedS[e] < 0)
            {
                var keptS = (int)Math.Round(-_gainedS[e] * (1 - GiveBack));
                _gainedS[e] += keptS;
                _gainedS[running] -= keptS;
            }
        }
    }

    /// <summary>Runs a stage that nobody asks for: one that lost green gets it back from the one that had it, until all have had what the plan gives them and the plan is in step.</summary>
    private (int Stage, int HoldS) Settle(int entry, int endS, int leastLeftS, int nowS)
    {
        var stage = _plan!.Stage(entry);
        var isOwed = _gainedS[entry] < 0 || Array.TrueForAll(_gainedS, g => g >= 0);
        if (_shiftS > 0 && isOwed)
        {
            var backS = _gainedS[entry] < 0 ? Math.Min(_shiftS, -_gainedS[entry]) : _shiftS;
            if (endS == 1)
            {
                Hold(entry);
            }

            return (stage, endS - 1 + backS);
        }

        if (_gainedS[entry] > 0)
        {
            var lessS = Math.Min(_gainedS[entry], endS - leastLeftS);
            return lessS > 0 && endS <= lessS ? Next(entry, endS, nowS) : (stage, Math.Max(1, endS - Math.Max(0, lessS)));
        }

        return (stage, endS);
    }

    /// <summary>True when a green that is about to end should go on: the vehicle can be over the stop line within the limit, and those that follow can make it up.</summary>
    private bool Extends(PriorityCase asked, int entry, int endS, int nowS)
    {
        if (endS > 1)
        {
            return false;
        }

        var room = 0;
        for (var e = 0; e < _plan!.Count; e++)
        {
            room += e == entry ? 0 : Math.Max(0, _plan.GreenS(e) - LeastS(_plan.Stage(e)));
        }

        var longestS = Math.Min(_limits.LongestExtensionS, room) + _shiftS;
        return longestS > 0 && asked.Request.DepartureS > nowS && asked.Request.DepartureS <= nowS + 1 + longestS;
    }

    /// <summary>Helps transit around a controller that follows no clock.</summary>
    private (int Stage, int HoldS) Assist(PriorityCase? asked, DetectorFrame frame, int nowS, StageDriver driver, (int Stage, int HoldS) own)
    {
        if (asked is null)
        {
            return own;
        }

        var isLeaving = own.HoldS == 0 && own.Stage != driver.Stage;
        if (Serves(driver.Stage, asked))
        {
            if (!isLeaving || Serves(own.Stage, asked))
            {
                return own;
            }

            var endS = asked.OwnEndS ?? nowS;
            if (nowS - endS >= _limits.LongestExtensionS || asked.Request.DepartureS > endS + _limits.LongestExtensionS)
            {
                return own;
            }

            if (!asked.IsGrant)
            {
                var ownDepartureAtS = OwnDepartureS(PriorityKind.Extension, nowS, driver, own, 0);
                if (!IsWorth(ownDepartureAtS - asked.Request.DepartureS, asked.Request.DepartureS - nowS, own.Stage))
                {
                    return own;
                }

                asked.OwnDepartureS = ownDepartureAtS;
            }

            asked.OwnEndS = endS;
            asked.Grant(PriorityKind.Extension, nowS);
            return (driver.Stage, Math.Max(1, asked.Request.DepartureS - nowS));
        }

        if (isLeaving && Serves(own.Stage, asked))
        {
            return own;
        }

        var queueS = QueueS(asked.Request, frame, isEmergency: false, driver);
        var to = FindStage(asked);
        var needS = NeedS(driver, nowS, to);
        var ownDepartureS = OwnDepartureS(PriorityKind.EarlyGreen, nowS, driver, own, queueS);
        var gainS = ownDepartureS - Math.Max(asked.Request.DepartureS, nowS + needS + StartS + queueS);
        if (!asked.IsGrant && gainS < LeastGainS)
        {
            // The signal serves it as soon by itself.
            return own;
        }

        var inTimeS = asked.Request.ServiceS - queueS - nowS - needS;
        if (to == driver.Stage || inTimeS > 0 || !HasRoom(driver, nowS, to) || !(isLeaving || own.HoldS <= _limits.LongestEarlyS))
        {
            return isLeaving ? own : (own.Stage, Math.Min(own.HoldS, Math.Max(1, inTimeS)));
        }

        if (!driver.MayEnd(nowS))
        {
            return (driver.Stage, 1);
        }

        if (!asked.IsGrant)
        {
            if (!IsWorth(gainS, 0, to))
            {
                return own;
            }

            asked.QueueS = queueS;
            asked.OwnDepartureS = ownDepartureS;
        }

        asked.Grant(PriorityKind.EarlyGreen, nowS);
        return (to, 0);
    }

    /// <summary>False when the others would lose more than a vehicle of transit gains.</summary>
    private bool IsWorth(int gainS, int holdS, int stage) => _inner is not IPricedController priced || priced.Price(Math.Max(0, holdS), stage) - priced.OwnPrice <= MostPrice * gainS;

    /// <summary>When the signal by itself would let the vehicle leave the stop line at the earliest: on a plan by its clock, else as soon as the stages that it names could be over.</summary>
    private int OwnDepartureS(PriorityKind kind, int nowS, StageDriver driver, (int Stage, int HoldS) own, int queueS)
    {
        var aheadS = own.HoldS > 0 && own.Stage == driver.Stage ? own.HoldS + _profile.ChangeS : NeedS(driver, nowS, own.Stage) + LeastS(own.Stage) + _profile.ChangeS;
        return nowS + aheadS + StartS + (kind == PriorityKind.EarlyGreen ? queueS : 0);
    }

    /// <summary>Notes what living requests met, and judges the grants of those that have ended.</summary>
    private void Observe(int nowS, StageDriver driver)
    {
        foreach (var living in _server.Living)
        {
            var isGreen = IsGreen(driver, living);
            living.HasWaited |= !isGreen && nowS >= living.Request.ServiceS - 1;
            living.GreenS ??= living.IsGrant && isGreen ? nowS : null;
        }

        if (_plan is null)
        {
            return;
        }

        foreach (var ended in _server.Recovering.Where(c => !c.IsJudged))
        {
            // What the plan alone would have shown when the vehicle passed: green for long enough, or the next green.
            var passedS = ended.EndedS!.Value;
            var (entry, beginS, endS) = _plan.At(passedS);
            var greenS = beginS > 0 ? -beginS : _plan.GreenS(entry) - endS;
            var next = FindEntry(ended, entry);
            ended.OwnDepartureS = Serves(_plan.Stage(entry), ended) ? Math.Max(passedS, passedS - greenS + StartS + ended.QueueS)
                : next is { } n ? passedS + _plan.UntilBegin(n, passedS) + StartS : passedS;
            ended.IsJudged = true;
        }
    }

    /// <summary>True when the signal does again what it would do by itself: on a plan, when the running stage began when the plan says.</summary>
    private bool IsBack(int nowS, StageDriver driver, bool isOwn)
    {
        if (_plan is null)
        {
            return isOwn;
        }

        var (entry, beginS, endS) = _plan.At(nowS);
        return _shiftS == 0 && Array.TrueForAll(_gainedS, g => g == 0) && beginS == 0 && _plan.Stage(entry) == driver.Stage && Math.Abs(_plan.GreenS(entry) - endS - (nowS - StageSinceS(driver))) <= StepS;
    }

    /// <summary>The next place in the plan whose stage serves a request; null for none.</summary>
    private int? FindEntry(PriorityCase asked, int after)
    {
        for (var i = 1; i <= _plan!.Count; i++)
        {
            var entry = (after + i) % _plan.Count;
            if (Serves(_plan.Stage(entry), asked))
            {
                return entry;
            }
        }

        return null;
    }

    /// <summary>The stage for a request when no plan says it: one that serves all it wants, the whole street that it comes on, nobody that it would have to yield to, and as much else as may be.</summary>
    private int FindStage(PriorityCase asked)
    {
        var card = _site.Card;
        var stages = _site.Menu.Stages;
        var street = _site.Approaches.First(a => a.Edge == asked.Request.Approach).Lanes.SelectMany(l => l.Links).Select(k => k.Link).ToArray();
        return Enumerable.Range(0, stages.Length).Where(s => Serves(s, asked)).Select(s => (Stage: s, Rank: (
            -asked.Request.Links.Count(l => Enumerable.Range(0, card.LinkCount).Any(o => stages[s][o] && card.Yields(l, o))),
            street.Count(l => stages[s][l]),
            _site.Menu.ReferenceOrder.Contains(s) ? 1 : 0,
            stages[s].Count(g => g)))).DefaultIfEmpty((Stage: _plan is null ? 0 : _plan.Stage(0), Rank: default)).MaxBy(s => s.Rank).Stage;
    }

    /// <summary>Seconds in which those that wait before the vehicle leave, from the begin of green; 0 when nobody waits.</summary>
    private int QueueS(PriorityRequest request, DetectorFrame frame, bool isEmergency, StageDriver driver)
    {
        var approach = _site.Approaches.First(a => a.Edge == request.Approach);
        var most = 0.0;
        for (var i = 0; i < approach.Lanes.Length; i++)
        {
            var lane = approach.Lanes[i];
            if (!lane.Links.Any(k => request.Links.Contains(k.Link)))
            {
                continue;
            }

            // Whoever is in the zone while it is red will stand before an emergency arrives.
            var isRed = lane.Links.All(k => driver.Aspect(k.Link) != LinkAspect.Green);
            var counts = isEmergency && isRed ? frame.Vehicles : frame.Halting;
            var vehicles = lane.Zone < 0 || float.IsNaN(counts[lane.Zone]) ? UnseenVehicles : counts[lane.Zone];
            foreach (var upstream in approach.Upstream)
            {
                if (upstream.Leads.Contains(i) && !float.IsNaN(counts[upstream.Zone]))
                {
                    vehicles += counts[upstream.Zone] / upstream.Leads.Length;
                }
            }

            most = Math.Max(most, vehicles);
        }

        return most < 0.5 ? 0 : Math.Min(LongestQueueS, StartS + (int)Math.Ceiling(most * SecondsPerVehicle));
    }

    private bool Serves(int stage, PriorityCase asked)
    {
        var greens = _site.Menu.Stages[stage];
        foreach (var link in asked.Request.Links)
        {
            if (!greens[link])
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsGreen(StageDriver driver, PriorityCase asked)
    {
        foreach (var link in asked.Request.Links)
        {
            if (driver.Aspect(link) != LinkAspect.Green)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>True when all that wait can still be served in time after a stage that is ordered now has run for its least.</summary>
    private bool HasRoom(StageDriver driver, int nowS, int to)
    {
        if (ServiceClock.FindDue(_site, _profile, driver, nowS, to) is not null)
        {
            return false;
        }

        var card = _site.Card;
        var stages = _site.Menu.Stages;
        Span<bool> isOpen = stackalloc bool[card.LinkCount];
        for (var link = 0; link < card.LinkCount; link++)
        {
            isOpen[link] = card.IsServed(link) && driver.Aspect(link) != LinkAspect.Green && !stages[to][link];
        }

        var needS = AwayS(driver, nowS, to) + 1;
        while (true)
        {
            var longest = -1;
            for (var link = 0; link < card.LinkCount; link++)
            {
                longest = isOpen[link] && (longest < 0 || driver.SinceS(link) < driver.SinceS(longest)) ? link : longest;
            }

            if (longest < 0)
            {
                return true;
            }

            if (nowS - driver.SinceS(longest) + needS + 1 >= _profile.LongestRedS)
            {
                return false;
            }

            // Those that wait longest go with the stage that serves most of the others too.
            var (best, most) = (-1, 0);
            for (var s = 0; s < stages.Length; s++)
            {
                var count = 0;
                for (var link = 0; link < card.LinkCount; link++)
                {
                    count += isOpen[link] && stages[s][longest] && stages[s][link] ? 1 : 0;
                }

                (best, most) = count > most ? (s, count) : (best, most);
            }

            if (best < 0)
            {
                return true;
            }

            for (var link = 0; link < card.LinkCount; link++)
            {
                isOpen[link] &= !stages[best][link];
            }

            needS += LeastS(best) + _profile.ChangeS + 1;
        }
    }

    /// <summary>Seconds from now until another stage could be green.</summary>
    private int NeedS(StageDriver driver, int nowS, int to)
    {
        if (to == driver.Stage)
        {
            return 0;
        }

        var greens = _site.Menu.Stages[to];
        var leftS = 0;
        for (var link = 0; link < greens.Length; link++)
        {
            if (!greens[link] && driver.Aspect(link) == LinkAspect.Green)
            {
                leftS = Math.Max(leftS, (_site.Card.IsCrossing(link) ? _profile.WalkS : _profile.MinimumGreenS) - (nowS - driver.SinceS(link)));
            }
        }

        return leftS + driver.WalkersHoldS(nowS, to) + _profile.ChangeS;
    }

    /// <summary>Seconds from now until the signal could be back from a stage that it wants to go to.</summary>
    private int AwayS(StageDriver driver, int nowS, int to) => NeedS(driver, nowS, to) + LeastS(to) + _profile.ChangeS;

    /// <summary>The least green of a stage with its walks and most of their clearance, s.</summary>
    private int LeastS(int stage)
    {
        var least = _profile.MinimumGreenS;
        for (var link = 0; link < _site.Card.LinkCount; link++)
        {
            if (_site.Menu.Stages[stage][link] && _site.Card.IsCrossing(link))
            {
                least = Math.Max(least, _profile.WalkS + _site.Card.ClearanceS(link, _profile) - _profile.ChangeS);
            }
        }

        return least;
    }

    /// <summary>Second of the clock since which all vehicle links of the running stage are green.</summary>
    private int StageSinceS(StageDriver driver)
    {
        var since = int.MinValue;
        for (var link = 0; link < _site.Card.LinkCount; link++)
        {
            if (_site.Menu.Stages[driver.Stage][link] && !_site.Card.IsCrossing(link))
            {
                since = Math.Max(since, driver.SinceS(link));
            }
        }

        return since;
    }
}
