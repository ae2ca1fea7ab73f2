using System.Collections.Immutable;
using Crosstown.Control.Sites;
using Crosstown.Core.Networks;

namespace Crosstown.Control.Priority;

/// <summary>Takes the requests of one signal, ranks them, and tells how they stand: the server of NTCIP 1211.</summary>
/// <remarks>
/// Emergency goes before transit; within a class, who wants to be served earlier. A request has a number from 0 to 255 while it lives; afterwards the number means nothing, and it is in no
/// record. Preempts are the cabinet's: the server neither begins nor ends one, and grants nothing during one and for a time after it.
/// </remarks>
public sealed class PriorityServer
{
    private const int Numbers = 256;

    private readonly RoadNetwork _network;
    private readonly Action<PriorityRecord> _log;
    private readonly List<PriorityCase> _open = [];
    private int _next;
    private int _restsUntilS = int.MinValue;
    private bool _isPreempted;
    private int _quietUntilS = int.MinValue;

    /// <param name="network">The streets.</param>
    /// <param name="site">The signal.</param>
    /// <param name="limits">How far priority may go.</param>
    /// <param name="log">Gets a record for each request, once the signal is back at what it would do by itself.</param>
    public PriorityServer(RoadNetwork network, SignalSite site, PriorityLimits limits, Action<PriorityRecord> log)
    {
        _network = network;
        Site = site;
        Limits = limits;
        _log = log;
    }

    public SignalSite Site { get; }

    public PriorityLimits Limits { get; }

    /// <summary>True while the cabinet has a preempt of its own, or had one too short a time ago.</summary>
    public bool IsQuiet(int nowS) => _isPreempted || nowS < _quietUntilS;

    /// <summary>The links from an edge that ends at the signal to one that leaves it; empty when there is no such way that the signal serves.</summary>
    /// <param name="entering">Index of the edge.</param>
    /// <param name="leaving">Index of the edge.</param>
    public ImmutableArray<int> ListLinks(int entering, int leaving) =>
        [.. Site.Approaches.Where(a => a.Edge == entering).SelectMany(a => a.Lanes).SelectMany(l => l.Links).Where(k => _network.Lanes[k.ToLane].Edge == leaving && Site.Card.IsServed(k.Link))
            .Select(k => k.Link).Distinct().Order()];

    /// <summary>Takes a request.</summary>
    /// <returns>Its number while it lives; null with the reason when it is not taken.</returns>
    public (int? Number, PriorityStatus Status) Open(PriorityRequest request, int nowS)
    {
        var isKnown = !request.Links.IsDefaultOrEmpty && request.Links.All(l => l >= 0 && l < Site.Card.LinkCount && Site.Card.IsServed(l)) && Site.Approaches.Any(a => a.Edge == request.Approach);
        var status = !isKnown || request.DepartureS < request.ServiceS || request.ExpiryS <= nowS || IsQuiet(nowS) || _open.Count == Numbers ? PriorityStatus.Rejected
            : request.Role == PriorityRole.Transit && nowS < _restsUntilS ? PriorityStatus.ReserviceLocked
            : PriorityStatus.Processing;
        if (status != PriorityStatus.Processing)
        {
            if (isKnown)
            {
                var refused = new PriorityCase(0, request, nowS) { Outcome = PriorityOutcome.Rejected, EndedS = nowS };
                Record(refused, nowS);
            }

            return (null, status);
        }

        while (_open.Exists(c => c.Number == _next))
        {
            _next = (_next + 1) % Numbers;
        }

        _open.Add(new PriorityCase(_next, request, nowS));
        _next = (_next + 1) % Numbers;
        return (_open[^1].Number, status);
    }

    /// <summary>Takes newer times of a living request; nothing for one that has ended.</summary>
    public void Update(int number, int serviceS, int departureS, int expiryS)
    {
        if (Find(number) is { } found)
        {
            found.Request = found.Request with { ServiceS = serviceS, DepartureS = Math.Max(serviceS, departureS), ExpiryS = expiryS };
        }
    }

    /// <summary>The vehicle has left the stop line.</summary>
    public void Pass(int number, int nowS) => End(number, PriorityOutcome.Passed, nowS);

    /// <summary>The generator takes the request back.</summary>
    public void Cancel(int number, int nowS) => End(number, PriorityOutcome.Canceled, nowS);

    public PriorityStatus Status(int number) => Find(number)?.Status ?? PriorityStatus.Unknown;

    /// <summary>The cabinet has begun a preempt of its own: everything living ends, nothing is taken.</summary>
    public void BeginPreempt(int nowS)
    {
        _isPreempted = true;
        foreach (var open in _open.ToArray())
        {
            End(open.Number, PriorityOutcome.Preempted, nowS);
        }
    }

    /// <summary>The cabinet's preempt is over.</summary>
    public void EndPreempt(int nowS)
    {
        _isPreempted = false;
        _quietUntilS = nowS + Limits.AfterPreemptS;
    }

    /// <summary>Cases that ended with a grant and whose recovery is not known yet, in the order of their ends.</summary>
    internal List<PriorityCase> Recovering { get; } = [];

    internal IReadOnlyList<PriorityCase> Living => _open;

    /// <summary>Ends what has expired, and gives the case that goes first; null for none.</summary>
    internal PriorityCase? Rank(int nowS)
    {
        for (var i = _open.Count - 1; i >= 0; i--)
        {
            if (nowS >= _open[i].Request.ExpiryS)
            {
                End(_open[i].Number, PriorityOutcome.Expired, nowS);
            }
        }

        PriorityCase? first = null;
        foreach (var open in _open)
        {
            if (open.Status != PriorityStatus.MaxPresence && !(open.Request.Role == PriorityRole.Transit && !open.IsGrant && nowS < _restsUntilS)
                && (first is null || (open.Request.Role, -open.Request.ServiceS).CompareTo((first.Request.Role, -first.Request.ServiceS)) > 0))
            {
                first = open;
            }
        }

        foreach (var open in _open)
        {
            open.Status = open == first || open.Status == PriorityStatus.MaxPresence ? open.Status == PriorityStatus.WatchOtherTraffic ? PriorityStatus.Processing : open.Status
                : PriorityStatus.WatchOtherTraffic;
        }

        return first;
    }

    /// <summary>Ends a case that has been served long enough.</summary>
    internal void EndPresence(PriorityCase served, int nowS) => End(served.Number, PriorityOutcome.MaximumPresence, nowS);

    /// <summary>Writes the records of all cases that wait for recovery.</summary>
    internal void Recovered(int nowS)
    {
        foreach (var ended in Recovering)
        {
            Record(ended, nowS);
        }

        Recovering.Clear();
    }

    private PriorityCase? Find(int number) => _open.Find(c => c.Number == number);

    private void End(int number, PriorityOutcome outcome, int nowS)
    {
        if (Find(number) is not { } found)
        {
            return;
        }

        _open.Remove(found);
        found.EndedS = nowS;
        found.Outcome = outcome;
        if (!found.IsGrant)
        {
            Record(found, nowS);
            return;
        }

        Recovering.Add(found);
        if (found.Request.Role == PriorityRole.Transit)
        {
            _restsUntilS = nowS + Limits.ReserviceS;
        }
    }

    private void Record(PriorityCase ended, int nowS) => _log(ended.Close(Site.Card.Signal, _network.Edges[ended.Request.Approach].Name, nowS));
}
