using Crosstown.Control.Priority;
using Crosstown.Control.Sites;
using Crosstown.Core.Networks;

namespace Crosstown.Control.Tests.Priority;

/// <summary>A drawn crossing under priority, second by second, with the judge looking on.</summary>
internal sealed class SignalTrial
{
    private readonly PriorityController _controller;
    private readonly StageDriver _driver;

    public SignalTrial(PriorityLimits? limits = null, Func<SignalSite, ISignalController>? inner = null)
    {
        var profile = RoadProfile.Field;
        Street = new DrawnCrossing();
        Plan = new PlanClock(Street.Site, Street.Plan);
        Server = new PriorityServer(Street.Network, Street.Site, limits ?? PriorityLimits.Usual, Log.Add);
        _controller = new PriorityController(Street.Site, profile, inner?.Invoke(Street.Site) ?? new PlanFollower(Plan), Server, inner is null ? Plan : null);
        _driver = new StageDriver(Street.Site.Menu, profile, 0, "GGrrGr");
        Judge = new StateJudge(Street.Network, Street.Plan, profile);
        Frame = Street.Frame();
    }

    public DrawnCrossing Street { get; }

    public PlanClock Plan { get; }

    public PriorityServer Server { get; }

    public StateJudge Judge { get; }

    public List<PriorityRecord> Log { get; } = [];

    public DetectorFrame Frame { get; set; }

    public int NowS { get; private set; }

    /// <summary>What was shown so far, by second.</summary>
    public List<string> States { get; } = [];

    /// <summary>Runs until a second of the clock; before each, something may happen.</summary>
    public void RunTo(int endS, Action<int>? before = null)
    {
        for (; NowS < endS; NowS++)
        {
            before?.Invoke(NowS);
            var (stage, holdS) = _controller.Decide(Frame, NowS, _driver);
            _driver.Advance(NowS, holdS > 0 && !_driver.IsChanging ? _driver.Stage : stage, holdS);
            States.Add(_driver.State);
            Judge.See(NowS, _driver.State);
        }
    }

    /// <summary>Asks for one of the four approaches.</summary>
    public int? Ask(PriorityRole role, int approach, int serviceS, int expiryS = 10_000) => Server.Open(
        new PriorityRequest { Role = role, Approach = approach, Links = Server.ListLinks(approach, approach + 4), ServiceS = serviceS, DepartureS = serviceS + 2, ExpiryS = expiryS }, NowS).Number;

    /// <summary>Seconds at which a link begins to be green.</summary>
    public int[] Begins(int link) => [.. Enumerable.Range(1, States.Count - 1).Where(t => States[t][link] is 'G' or 'g' && States[t - 1][link] is not ('G' or 'g'))];

    /// <summary>Seconds at which a link ends to be green.</summary>
    public int[] Ends(int link) => [.. Enumerable.Range(1, States.Count - 1).Where(t => States[t][link] is not ('G' or 'g') && (States[t - 1][link] is 'G' or 'g'))];
}
