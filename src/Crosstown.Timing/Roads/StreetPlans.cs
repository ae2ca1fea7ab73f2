using System.Collections.Immutable;
using Crosstown.Core.Data;
using Crosstown.Core.Networks;

namespace Crosstown.Timing.Roads;

/// <summary>The signals of a network with what they may show, and how much traffic each link has to pass.</summary>
public sealed class StreetPlans
{
    /// <summary>Share of a protected link's capacity that a link has whose traffic yields; only to begin with, the model then sees every gap.</summary>
    private const double YieldingShare = 0.35;

    private readonly double[][] _ratio;

    /// <param name="network">The streets.</param>
    /// <param name="demand">Who drives.</param>
    /// <param name="reference">One program per signal that is to be timed.</param>
    /// <param name="beginS">Begin of the time to plan for.</param>
    /// <param name="endS">Its end.</param>
    /// <param name="profile">The times to keep.</param>
    /// <exception cref="ProblemException">XT716: a program does not fit its signal.</exception>
    public StreetPlans(RoadNetwork network, RoadDemand demand, ImmutableArray<FixedProgram> reference, double beginS, double endS, RoadProfile profile)
    {
        Profile = profile;
        Menus = [.. reference.Select(r => new StageMenu(new SignalCard(network, r)))];
        var empty = Menus.FirstOrDefault(m => m.ReferenceOrder.IsEmpty);
        if (empty is not null)
        {
            throw new ProblemException("XT716", $"signal {empty.Card.Signal}", $"Program '{empty.Card.Reference.Name}' has no phase that is green and not yellow.");
        }

        var hours = Math.Max(1e-6, (endS - beginS) / 3600);
        var byEdges = CountTurns(demand, beginS, endS);
        _ratio = [.. Menus.Select(m => RatiosOf(network, m.Card, byEdges, hours))];
    }

    public RoadProfile Profile { get; }

    /// <summary>What each signal may show, in the order of the reference programs.</summary>
    public ImmutableArray<StageMenu> Menus { get; }

    /// <summary>Flow over saturation flow of a link, 0 or more.</summary>
    public double RatioOf(int signal, int link) => _ratio[signal][link];

    /// <summary>The reference as a plan: its stages with its greens, and the changes of the profile.</summary>
    public StagePlan Today(int signal)
    {
        var menu = Menus[signal];
        var program = menu.Card.Reference;
        var greens = menu.ReferenceOrder.Select(s => Math.Max(1, (int)Math.Round(
            program.Phases.Where(p => p.State.Select(SignalCard.IsGreen).SequenceEqual(menu.Stages[s])).Sum(p => p.DurationS)))).ToImmutableArray();
        return Raise(new StagePlan(menu, menu.ReferenceOrder, greens, (int)Math.Round(program.OffsetS)));
    }

    /// <summary>A plan of a cycle in which the busiest link of each stage is as full as that of the others; null when the stages do not fit.</summary>
    public StagePlan? Balance(int signal, ImmutableArray<int> order, int cycleS, int offsetS)
    {
        var plan = Raise(new StagePlan(Menus[signal], order, [.. order.Select(_ => 1)], offsetS));
        var spare = cycleS - plan.CycleS(Profile);
        if (spare < 0)
        {
            return null;
        }

        var greens = plan.GreenS.ToArray();
        for (; spare > 0; spare--)
        {
            greens[Fullest(signal, order, greens)]++;
        }

        return plan with { GreenS = [.. greens] };
    }

    /// <summary>The reference order without each stage that the others can do without, the emptiest first.</summary>
    public ImmutableArray<int> Shortest(int signal)
    {
        var menu = Menus[signal];
        var order = menu.ReferenceOrder;
        while (true)
        {
            var without = Enumerable.Range(0, order.Length)
                .Where(k => order.Length > 2 && menu.Serves(order.RemoveAt(k).AsSpan()))
                .OrderBy(k => Enumerable.Range(0, menu.Card.LinkCount).Where(l => menu.Stages[order[k]][l]).Sum(l => _ratio[signal][l]))
                .Take(1)
                .ToArray();
            if (without.Length == 0)
            {
                return order;
            }

            order = order.RemoveAt(without[0]);
        }
    }

    /// <summary>Every stage at least as long as its links need.</summary>
    public StagePlan Raise(StagePlan plan)
    {
        var greens = plan.GreenS.ToArray();

        // The least green of a stage depends on that of the next through crossings that clear into it, so it takes a few rounds at most.
        for (var round = 0; round < 4; round++)
        {
            var raised = plan with { GreenS = [.. greens] };
            var isDone = true;
            for (var k = 0; k < greens.Length; k++)
            {
                var least = raised.LeastGreenS(k, Profile);
                isDone &= greens[k] >= least;
                greens[k] = Math.Max(greens[k], least);
            }

            if (isDone)
            {
                break;
            }
        }

        return plan with { GreenS = [.. greens] };
    }

    private static Dictionary<(int, int), double> CountTurns(RoadDemand demand, double beginS, double endS)
    {
        var counts = new Dictionary<(int, int), double>();
        foreach (var trip in demand.Trips)
        {
            if (trip.DepartS < beginS || trip.DepartS >= endS)
            {
                continue;
            }

            for (var i = 1; i < trip.Edges.Length; i++)
            {
                var turn = (trip.Edges[i - 1], trip.Edges[i]);
                counts[turn] = counts.GetValueOrDefault(turn) + 1;
            }
        }

        return counts;
    }

    private static double[] RatiosOf(RoadNetwork network, SignalCard card, Dictionary<(int, int), double> turns, double hours)
    {
        var ratios = new double[card.LinkCount];
        var connections = card.Connections.SelectMany((cs, link) => cs.Select(c => (Link: link, Connection: network.Connections[c]))).ToArray();
        var laneSum = new Dictionary<int, double>();
        var own = new List<(int Link, int Lane)>();
        foreach (var group in connections.Where(c => !card.IsCrossing(c.Link)).GroupBy(c => (From: network.Lanes[c.Connection.FromLane].Edge, To: network.Lanes[c.Connection.ToLane].Edge)))
        {
            // A turn that several lanes serve is spread evenly over them.
            var each = turns.GetValueOrDefault(group.Key) / hours / group.Count();
            foreach (var (link, connection) in group)
            {
                var speed = connection.ViaLane >= 0 ? Math.Min(network.Lanes[connection.ViaLane].SpeedMps, network.Lanes[connection.FromLane].SpeedMps) : network.Lanes[connection.FromLane].SpeedMps;
                laneSum[connection.FromLane] = laneSum.GetValueOrDefault(connection.FromLane) + (each / RoadSaturation.VehPerHour(speed));
                if (each > 0)
                {
                    own.Add((link, connection.FromLane));
                }
            }
        }

        foreach (var (link, lane) in own)
        {
            ratios[link] = Math.Max(ratios[link], laneSum[lane]);
        }

        return ratios;
    }

    private int Fullest(int signal, ImmutableArray<int> order, int[] greens)
    {
        var menu = Menus[signal];
        var worst = 0;
        var worstFullness = -1.0;
        for (var link = 0; link < menu.Card.LinkCount; link++)
        {
            if (_ratio[signal][link] <= 0)
            {
                continue;
            }

            var effective = 0.0;
            var best = -1;
            var bestShare = 0.0;
            for (var k = 0; k < order.Length; k++)
            {
                var share = ShareOf(menu, order[k], link);
                effective += share * Math.Max(0, greens[k] - 1);
                if (share > bestShare)
                {
                    bestShare = share;
                    best = k;
                }
            }

            if (best >= 0 && _ratio[signal][link] / Math.Max(0.1, effective) is var fullness && fullness > worstFullness)
            {
                worstFullness = fullness;
                worst = best;
            }
        }

        return worst;
    }

    private static double ShareOf(StageMenu menu, int stage, int link)
    {
        if (!menu.Stages[stage][link])
        {
            return 0;
        }

        for (var other = 0; other < menu.Card.LinkCount; other++)
        {
            if (menu.Stages[stage][other] && !menu.Card.IsCrossing(other) && menu.Card.Crosses(link, other) && menu.Card.Yields(link, other))
            {
                return YieldingShare;
            }
        }

        return 1;
    }
}
