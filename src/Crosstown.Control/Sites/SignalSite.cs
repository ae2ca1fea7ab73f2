using System.Collections.Immutable;
using Crosstown.Core.Controllers;
using Crosstown.Core.Networks;

namespace Crosstown.Control.Sites;

/// <summary>One signal as its controller knows it: lanes, detectors and stages, all of it from the network, the equipment and the reference plan.</summary>
public sealed class SignalSite
{
    private const double StopLoopM = 6;
    private const double ReachM = 400;
    private const double FeederS = 60;

    private SignalSite(SignalCard card, StageMenu menu, ImmutableArray<Approach> approaches)
    {
        Card = card;
        Menu = menu;
        Approaches = approaches;
        Lanes = [.. approaches.SelectMany(a => a.Lanes)];
    }

    public SignalCard Card { get; }

    public StageMenu Menu { get; }

    public ImmutableArray<Approach> Approaches { get; }

    /// <summary>Lanes of all approaches, in their order.</summary>
    public ImmutableArray<ApproachLane> Lanes { get; }

    /// <summary>
    /// By pair of stages, from times the count of stages plus to: lanes, a bit each, that must be without a vehicle so that one can follow the other at once; all bits where it never can.
    /// Empty where any stage can follow any other. A signal behind a cabinet has at most 63 lanes.
    /// </summary>
    public ImmutableArray<ulong> Skipped { get; private init; } = [];

    private ImmutableArray<int> LeastGreens { get; init; } = [];

    /// <summary>Least green of a link of vehicles, s.</summary>
    public int LeastGreenS(int link, RoadProfile profile) => LeastGreens.IsEmpty ? profile.MinimumGreenS : LeastGreens[link];

    /// <summary>The same signal behind a cabinet that keeps the order of its rings and its own minimums.</summary>
    public SignalSite Behind(CabinetLinks cabinet)
    {
        var lanes = Lanes.Select(l => cabinet.Zones.FirstOrDefault(z => z.Detector == l.Zone && l.Zone >= 0)?.Phase ?? 0).ToArray();
        var stages = Menu.Stages.Length;
        var skipped = Enumerable.Repeat(ulong.MaxValue, stages * stages).ToArray();
        for (var a = 0; a < cabinet.Sets.Length; a++)
        {
            for (var b = 0; b < cabinet.Sets.Length; b++)
            {
                if (RingChoices.FindSkipped(cabinet.Program, cabinet.Sets[a], cabinet.Sets[b]) is { } phases)
                {
                    var calling = 0UL;
                    for (var l = 0; l < lanes.Length; l++)
                    {
                        calling |= Bits.Has(phases, lanes[l]) ? 1UL << l : 0;
                    }

                    skipped[(Menu.ReferenceOrder[Menu.ReferencePlaces[a]] * stages) + Menu.ReferenceOrder[Menu.ReferencePlaces[b]]] = calling;
                }
            }
        }

        return new SignalSite(Card, Menu, Approaches) { Skipped = [.. skipped], LeastGreens = cabinet.LeastGreenS };
    }

    /// <summary>The signals of a network that have a reference program with a stage. One that is dark or flashes all the time is left as it is.</summary>
    /// <param name="network">The streets.</param>
    /// <param name="equipment">Their detectors.</param>
    /// <param name="reference">At most a program for each signal.</param>
    /// <param name="isOfReference">True where the stages of the reference program are all that there are: a cabinet brings no other about.</param>
    public static ImmutableArray<SignalSite> List(RoadNetwork network, RoadEquipment equipment, ImmutableArray<FixedProgram> reference, bool isOfReference = false)
    {
        var zones = equipment.Detectors.Select((d, i) => (Detector: d, Index: i)).Where(d => !d.Detector.IsLoop).ToLookup(d => d.Detector.Lane);
        var loops = equipment.Detectors.Select((d, i) => (Detector: d, Index: i)).Where(d => d.Detector.IsLoop).ToLookup(d => d.Detector.Lane);
        var into = network.Connections.ToLookup(c => c.ToLane);
        var from = network.Connections.ToLookup(c => c.FromLane);
        return [.. reference.Where(p => p.Phases.Any(s => s.State.Any(SignalCard.IsGreen) && !s.State.Any(SignalCard.IsYellow))).Select(Make)];

        SignalSite Make(FixedProgram program)
        {
            var card = new SignalCard(network, program);
            var linksOf = Enumerable.Range(0, card.LinkCount).Where(l => !card.IsCrossing(l)).SelectMany(l => card.Connections[l].Select(c => (Link: l, Connection: network.Connections[c])))
                .Where(l => network.Edges[network.Lanes[l.Connection.FromLane].Edge].Function == EdgeFunction.Street)
                .ToLookup(l => network.Lanes[l.Connection.FromLane].Edge);
            var approaches = linksOf.Select(edge => new Approach
            {
                Edge = edge.Key,
                Lanes = [.. edge.GroupBy(l => l.Connection.FromLane).OrderBy(l => l.Key).Select(l => MakeLane(card, l.Key, [.. l]))],
                Upstream = [.. ListUpstream([.. edge.Select(l => l.Connection.FromLane).Distinct().Order()])],
                Feeders = [.. ListFeeders([.. edge.Select(l => l.Connection.FromLane).Distinct().Order()])],
            }).ToImmutableArray();
            var menu = isOfReference ? StageMenu.OfReference(card) : StageMenu.OfLanes(card, approaches.SelectMany(a => a.Lanes).Select(l => l.Links.Select(k => k.Link).ToArray()));
            return new SignalSite(card, menu, approaches);
        }

        ApproachLane MakeLane(SignalCard card, int lane, (int Link, RoadConnection Connection)[] links)
        {
            var length = network.Lanes[lane].LengthM;
            var zone = zones[lane].OrderByDescending(z => z.Detector.EndM).FirstOrDefault((Detector: null!, Index: -1));
            var stop = StopLoop(lane);
            var advance = loops[lane].Where(l => length - l.Detector.StartM > StopLoopM).OrderBy(l => l.Detector.StartM).FirstOrDefault((Detector: null!, Index: -1));
            var served = links.Where(l => card.IsServed(l.Link)).ToArray();
            served = served.Length > 0 ? served : links;
            var weights = served.Select(l => Weight(l.Connection)).ToArray();
            return new ApproachLane
            {
                Lane = lane,
                SpeedMps = network.Lanes[lane].SpeedMps,
                Links = [.. served.Select((l, i) => MakeLink(l.Link, l.Connection.ToLane, weights[i] / weights.Sum()))],
                Zone = zone.Index,
                ZoneM = zone.Index < 0 ? 0 : length - zone.Detector.StartM,
                StopLoop = stop.Index,
                AdvanceLoop = advance.Index,
                AdvanceM = advance.Index < 0 ? 0 : length - advance.Detector.StartM,
            };
        }

        LaneLink MakeLink(int link, int toLane, double share)
        {
            var exit = zones[toLane].OrderBy(z => z.Detector.StartM).ThenBy(z => z.Detector.EndM).FirstOrDefault((Detector: null!, Index: -1));
            return new LaneLink(link, toLane, exit.Index, exit.Index < 0 ? 0 : exit.Detector.EndM - exit.Detector.StartM, share)
            {
                Street = network.Lanes[toLane].Edge,
            };
        }

        (LaneDetector Detector, int Index) StopLoop(int lane) =>
            loops[lane].Where(l => network.Lanes[lane].LengthM - l.Detector.StartM <= StopLoopM).OrderByDescending(l => l.Detector.StartM).FirstOrDefault((Detector: null!, Index: -1));

        double Weight(RoadConnection connection) => connection.Direction == TurnDirection.Straight ? 4 : connection.Direction == TurnDirection.Around ? 0.1 : 1;

        // Lanes at other signals from which vehicles come here next, by the shortest way.
        IEnumerable<FeederLane> ListFeeders(ImmutableArray<int> lanes)
        {
            var links = new Dictionary<int, (double Share, double DriveS)>();
            var open = new Queue<(int Lane, double DriveS)>(lanes.Select(l => (l, DriveS(l))));
            var seen = new HashSet<int>(lanes);
            while (open.TryDequeue(out var next))
            {
                foreach (var connection in into[next.Lane].Where(c => network.Edges[network.Lanes[c.FromLane].Edge].Function == EdgeFunction.Street))
                {
                    var lane = connection.FromLane;
                    if (connection.Signal is not null)
                    {
                        var known = links.GetValueOrDefault(lane, (0, next.DriveS));
                        links[lane] = (known.Share + (Weight(connection) / from[lane].Sum(Weight)), Math.Min(known.DriveS, next.DriveS));
                    }
                    else if (next.DriveS < FeederS && seen.Add(lane))
                    {
                        open.Enqueue((lane, next.DriveS + DriveS(lane)));
                    }
                }
            }

            foreach (var (lane, link) in links.OrderBy(l => l.Key))
            {
                if (StopLoop(lane).Index is >= 0 and var loop)
                {
                    yield return new FeederLane(loop, Math.Min(1, link.Share), link.DriveS);
                }
            }

            double DriveS(int lane) => network.Lanes[lane].LengthM / network.Lanes[lane].SpeedMps;
        }

        // Lanes with zones from which the approach is fed over junctions without a signal, nearest first.
        IEnumerable<UpstreamLane> ListUpstream(ImmutableArray<int> lanes)
        {
            var leads = new Dictionary<int, SortedSet<int>>();
            var order = new List<(int Lane, double BeforeM)>();
            for (var place = 0; place < lanes.Length; place++)
            {
                var open = new Queue<(int Lane, double BeforeM)>([(lanes[place], network.Lanes[lanes[place]].LengthM)]);
                var seen = new HashSet<int>();
                while (open.TryDequeue(out var next))
                {
                    foreach (var lane in into[next.Lane].Where(c => c.Signal is null && network.Edges[network.Lanes[c.FromLane].Edge].Function == EdgeFunction.Street).Select(c => c.FromLane))
                    {
                        // A lane that also feeds a signal of its own is an approach elsewhere.
                        if (next.BeforeM > ReachM || from[lane].Any(c => c.Signal is not null) || !seen.Add(lane))
                        {
                            continue;
                        }

                        if (!leads.TryGetValue(lane, out var places))
                        {
                            leads[lane] = places = [];
                            order.Add((lane, next.BeforeM));
                        }

                        places.Add(place);
                        open.Enqueue((lane, next.BeforeM + network.Lanes[lane].LengthM));
                    }
                }
            }

            var isOurs = new HashSet<int>([.. lanes, .. leads.Keys]);
            foreach (var (lane, beforeM) in order.OrderBy(o => o.BeforeM))
            {
                var length = network.Lanes[lane].LengthM;
                foreach (var zone in zones[lane])
                {
                    yield return new UpstreamLane(
                        lane, zone.Index, zone.Detector.EndM - zone.Detector.StartM, beforeM + length - zone.Detector.EndM, network.Lanes[lane].SpeedMps,
                        [.. leads[lane]], from[lane].Any(c => !isOurs.Contains(c.ToLane)));
                }
            }
        }
    }
}

/// <summary>Lanes of one street that end at the signal together.</summary>
public sealed record Approach
{
    /// <summary>Index in the network.</summary>
    public required int Edge { get; init; }

    /// <summary>At least one, from the curb.</summary>
    public required ImmutableArray<ApproachLane> Lanes { get; init; }

    public required ImmutableArray<UpstreamLane> Upstream { get; init; }

    public ImmutableArray<FeederLane> Feeders { get; init; } = [];
}
