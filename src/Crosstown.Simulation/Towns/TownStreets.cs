using System.Collections.Immutable;
using Crosstown.Core.Controllers;
using Crosstown.Core.Networks;
using Crosstown.Core.Street;
using Crosstown.Simulation.Traffic;

namespace Crosstown.Simulation.Towns;

/// <summary>The town as a lane network, with area detectors in its lanes, and how its cabinets belong to that.</summary>
/// <remarks>
/// The area detectors are not the cabinets': beside loops, each lane has one that counts vehicles in its last feet before the stop bar, those that stand, and those that leave it. A place in which
/// those wait who pressed a button is drawn as a lane of its own, with one waiting or none: a button tells no more.
/// </remarks>
public sealed class TownStreets
{
    /// <summary>Stopped vehicles that a zone holds at most: so far an area detector looks.</summary>
    private const int ZoneVehicles = 22;

    private const double FeetPerMeter = 1 / 0.3048;
    private const double OutsideFt = 1300;

    /// <summary>Length of the zones upstream, and how far before the stop bar they end at most.</summary>
    internal const double UpstreamFt = 300;
    private const double FarthestFt = 1300;

    private readonly List<RoadJunction> _junctions = [];
    private readonly List<RoadEdge> _edges = [];
    private readonly List<RoadLane> _lanes = [];
    private readonly List<RoadConnection> _connections = [];
    private readonly List<LaneDetector> _detectors = [];
    private readonly Dictionary<(SignalId Signal, TravelDirection Direction), int> _approach = [];
    private readonly Dictionary<(SignalId Signal, TravelDirection Direction), int> _upstream = [];

    private TownStreets(Town town)
    {
        foreach (var signal in town.Signals)
        {
            _junctions.Add(new RoadJunction { Name = signal.Signal.Value, Kind = JunctionKind.Signal, Center = PointOf(signal.Site, 0, 0) });
        }

        foreach (var signal in town.Signals)
        {
            AddApproaches(town, signal);
        }

        Cabinets = [.. town.Signals.Select(s => AddSignal(town, s))];
        Network = new RoadNetwork { Junctions = [.. _junctions], Edges = [.. _edges], Lanes = [.. _lanes], Connections = [.. _connections] };
        Equipment = new RoadEquipment { Detectors = [.. _detectors] };
    }

    public RoadNetwork Network { get; }

    public RoadEquipment Equipment { get; }

    /// <summary>By signal, in the town's order.</summary>
    public ImmutableArray<CabinetLinks> Cabinets { get; }

    public static TownStreets Of(Town town) => new(town);

    /// <summary>What to think with about a signal: whole seconds, as near as they come to what its cabinet keeps.</summary>
    public static RoadProfile ProfileOf(TownSignal signal)
    {
        var phases = signal.Program.Phases;
        return new RoadProfile(
            "cabinet", (int)Math.Round(phases.Average(p => p.YellowMs) / 1000), (int)Math.Round(phases.Average(p => p.RedClearanceMs) / 1000),
            (int)Math.Round(phases.Average(p => p.MinimumGreenMs) / 1000), 120, phases.Max(p => p.WalkMs) / 1000, 1.07);
    }

    /// <summary>Feet before the stop bar that the area detector of a leg sees.</summary>
    internal static double ZoneFt(LegPlan leg) => Math.Min(ZoneVehicles * Lane.JamSpacingFt, leg.SpeedMph * 5280 / 3600.0 * (SignalRun.LeadMs - 500) / 1000);

    /// <summary>Feet before the stop bar at which the zone upstream of a street between two signals ends.</summary>
    internal static double ApproachFt(TownLink link) => Math.Min(link.LengthFt - UpstreamFt, FarthestFt);

    /// <summary>Legs with a zone upstream, in the order of their places.</summary>
    internal static IEnumerable<(int Leg, TownLink Link)> UpstreamOf(TownSignal signal) =>
        signal.Legs.Select((l, i) => (i, signal.LinksIn.FirstOrDefault(k => k.Direction == l.Direction)!)).Where(l => l.Item2 is not null);

    /// <summary>What each link of a signal shows, in the order in which they are drawn here.</summary>
    internal static void WriteLetters(TownSignal signal, Func<LanePlan, Display> lanes, Func<PhaseTiming, Display> walks, Span<char> letters)
    {
        var link = 0;
        foreach (var lane in signal.Lanes)
        {
            var letter = LetterOf(lanes(lane));
            foreach (var _ in TurnsOf(lane))
            {
                letters[link++] = letter;
            }
        }

        foreach (var phase in WalksOf(signal))
        {
            letters[link++] = LetterOf(walks(phase));
        }
    }

    /// <summary>Phases with walkers of their own, in the order of their links.</summary>
    internal static IEnumerable<PhaseTiming> WalksOf(TownSignal signal) => signal.Program.Phases.Where(p => p.WalkMs > 0);

    internal static int LinksOf(TownSignal signal) => signal.Lanes.Sum(l => TurnsOf(l).Length) + WalksOf(signal).Count();

    private static char LetterOf(Display display) => display switch
    {
        Display.Go => 'G',
        Display.Permissive => 'g',
        Display.Caution or Display.PermissiveCaution => 'y',
        _ => 'r',
    };

    private static Turn[] TurnsOf(LanePlan lane) => lane.Movement switch
    {
        LaneMovement.Left => [Turn.Left],
        LaneMovement.Through => [Turn.Through],
        LaneMovement.Right => [Turn.Right],
        LaneMovement.ThroughRight => [Turn.Through, Turn.Right],
        LaneMovement.ThroughLeft => [Turn.Through, Turn.Left],
        _ => [Turn.Left, Turn.Through, Turn.Right],
    };

    private static RoadPoint PointOf(Site site, double eastFt, double northFt) => new((site.EastFt + eastFt) / FeetPerMeter, (site.NorthFt + northFt) / FeetPerMeter);

    private void AddApproaches(Town town, TownSignal signal)
    {
        var at = town.Signals.ToList().IndexOf(signal);
        foreach (var leg in signal.Legs)
        {
            var link = signal.LinksIn.FirstOrDefault(l => l.Direction == leg.Direction);
            var lengthFt = link?.LengthFt ?? OutsideFt;
            var from = link is null ? AddDeadEnd() : town.Signals.ToList().FindIndex(s => s.Signal == link.From);

            var approachFt = link is null ? lengthFt : ApproachFt(link);
            var before = from;
            if (link is not null)
            {
                before = AddJunction($"{signal.Signal} {leg.Direction} before", JunctionKind.Unregulated, PointOf(signal.Site, 0, 0));
                _upstream[(signal.Signal, leg.Direction)] =
                    AddEdge($"{signal.Signal} {leg.Direction} begin", from, before, 1, lengthFt - approachFt, leg.SpeedMph, signal.Site, leg.Direction, isBefore: true);
            }

            // Lanes are planned from the median, and drawn from the curb.
            var lanes = signal.Lanes.Count(l => signal.Legs[l.Leg] == leg);
            var edge = _approach[(signal.Signal, leg.Direction)] = AddEdge($"{signal.Signal} {leg.Direction}", before, at, lanes, approachFt, leg.SpeedMph, signal.Site, leg.Direction, isBefore: true);
            if (link is not null)
            {
                var beginLane = _edges[_upstream[(signal.Signal, leg.Direction)]].Lanes[0];
                _connections.AddRange(_edges[edge].Lanes.Select(l => new RoadConnection { FromLane = beginLane, ToLane = l, Direction = TurnDirection.Straight }));

                // Some park, shop or live along the way.
                var aside = AddEdge($"{signal.Signal} {leg.Direction} aside", before, AddDeadEnd(), 1, 100, 15, signal.Site, leg.Direction, isBefore: true);
                _connections.Add(new RoadConnection { FromLane = beginLane, ToLane = _edges[aside].Lanes[0], Direction = TurnDirection.Right });
            }
        }
    }

    private int AddDeadEnd() => AddJunction($"end {_junctions.Count}", JunctionKind.DeadEnd, new RoadPoint(0, 0));

    private int AddJunction(string name, JunctionKind kind, RoadPoint center)
    {
        _junctions.Add(new RoadJunction { Name = name, Kind = kind, Center = center });
        return _junctions.Count - 1;
    }

    private int AddEdge(string name, int from, int to, int lanes, double lengthFt, int speedMph, Site site, TravelDirection direction, bool isBefore)
    {
        var (east, north) = direction switch
        {
            TravelDirection.Northbound => (0, 1),
            TravelDirection.Southbound => (0, -1),
            TravelDirection.Eastbound => (1, 0),
            _ => (-1, 0),
        };
        var (beginFt, endFt) = isBefore ? (-lengthFt, 0.0) : (0.0, lengthFt);
        var first = _lanes.Count;
        for (var i = 0; i < lanes; i++)
        {
            _lanes.Add(new RoadLane
            {
                Name = $"{name} {i}",
                Edge = _edges.Count,
                Position = i,
                LengthM = lengthFt / FeetPerMeter,
                SpeedMps = speedMph * 0.44704,
                Allowed = RoadUsers.Passenger,
                Shape = [PointOf(site, east * beginFt, north * beginFt), PointOf(site, east * endFt, north * endFt)],
            });
        }

        _edges.Add(new RoadEdge { Name = name, Function = EdgeFunction.Street, From = from, To = to, Lanes = [.. Enumerable.Range(first, lanes)] });
        return _edges.Count - 1;
    }

    private CabinetLinks AddSignal(Town town, TownSignal signal)
    {
        var at = town.Signals.ToList().IndexOf(signal);
        var sets = RingChoices.ListWhole(signal.Program).ToImmutableArray();
        var count = LinksOf(signal);
        var states = sets.Select(set => StateOf(signal, set, count)).ToArray();
        var firstConnection = _connections.Count;
        var zones = ImmutableArray.CreateBuilder<CabinetZone>();
        var used = new Dictionary<int, int>();
        var link = 0;
        foreach (var lane in signal.Lanes)
        {
            var leg = signal.Legs[lane.Leg];
            var edge = _edges[_approach[(signal.Signal, leg.Direction)]];
            var place = used[lane.Leg] = used.GetValueOrDefault(lane.Leg, edge.Lanes.Length) - 1;
            var laneIndex = edge.Lanes[place];
            foreach (var turn in TurnsOf(lane))
            {
                _connections.Add(new RoadConnection
                {
                    FromLane = laneIndex,
                    ToLane = ExitOf(town, signal, SignalRun.Turned(leg.Direction, turn), at),
                    Direction = turn == Turn.Left ? TurnDirection.Left : turn == Turn.Right ? TurnDirection.Right : TurnDirection.Straight,
                    Signal = signal.Signal.Value,
                    SignalLink = link++,
                });
            }

            zones.Add(AddZone($"{signal.Signal} lane {zones.Count + 1}", laneIndex, ZoneFt(leg) / FeetPerMeter, lane.Phase != 0 ? lane.Phase : lane.PermissivePhase));
        }

        foreach (var phase in WalksOf(signal))
        {
            zones.Add(AddWalk(signal, at, phase, link++));
        }

        foreach (var (_, entered) in UpstreamOf(signal))
        {
            var lane = _edges[_upstream[(signal.Signal, entered.Direction)]].Lanes[0];
            var lengthM = _lanes[lane].LengthM;
            _detectors.Add(new LaneDetector($"{signal.Signal} {entered.Direction} upstream", lane, lengthM - (UpstreamFt / FeetPerMeter), lengthM));
            zones.Add(new CabinetZone(_detectors.Count - 1, -1, 0));
        }

        AddFoes(signal, states, firstConnection);
        return new CabinetLinks
        {
            Signal = signal.Signal,
            Program = signal.Program,
            Reference = new FixedProgram { Signal = signal.Signal.Value, Name = "sets", Phases = [.. states.Select(s => new FixedPhase(10, s))] },
            Sets = sets,
            LeastGreenS =
            [
                .. signal.Lanes.SelectMany(l => TurnsOf(l).Select(_ => signal.Program.GetPhase(l.Phase != 0 ? l.Phase : l.PermissivePhase).MinimumGreenMs / 1000)),
                // Where each green brings a walk, it lasts as long as that and its clearance.
                .. WalksOf(signal).Select(p => (p.Recall == Recall.Pedestrian ? Math.Max(p.MinimumGreenMs, p.WalkMs + p.PedestrianClearanceMs) : p.MinimumGreenMs) / 1000),
            ],
            Zones = zones.ToImmutable(),
        };
    }

    private CabinetZone AddZone(string name, int lane, double zoneM, byte phase)
    {
        var lengthM = _lanes[lane].LengthM;
        _detectors.Add(new LaneDetector(name, lane, Math.Max(0, lengthM - zoneM), lengthM));
        _detectors.Add(new LaneDetector($"{name}, leaving", lane, lengthM - 1, lengthM - 1));
        return new CabinetZone(_detectors.Count - 2, _detectors.Count - 1, phase);
    }

    /// <summary>The place in which who pressed the button waits, and the way across.</summary>
    private CabinetZone AddWalk(TownSignal signal, int at, PhaseTiming phase, int link)
    {
        const double LengthFt = 30;
        const int SpeedMph = 3;
        var direction = signal.Site.DirectionOf(phase.Number);
        var wait = AddEdge($"{signal.Signal} walk {phase.Number} wait", at, at, 1, LengthFt, SpeedMph, signal.Site, direction, isBefore: true);
        var cross = AddEdge($"{signal.Signal} walk {phase.Number}", at, at, 1, LengthFt, SpeedMph, signal.Site, direction, isBefore: false);
        var from = _edges[wait].Lanes[0];
        _connections.Add(new RoadConnection { FromLane = from, ToLane = _edges[cross].Lanes[0], Direction = TurnDirection.Straight, Signal = signal.Signal.Value, SignalLink = link });
        _detectors.Add(new LaneDetector($"{signal.Signal} walk {phase.Number}", from, 0, _lanes[from].LengthM));
        return new CabinetZone(_detectors.Count - 1, -1, phase.Number);
    }

    private int ExitOf(Town town, TownSignal signal, TravelDirection direction, int at)
    {
        if (town.Links.FirstOrDefault(l => l.From == signal.Signal && l.Direction == direction) is { } link)
        {
            return _edges[_upstream[(link.To, direction)]].Lanes[0];
        }

        var name = $"{signal.Signal} {direction} out";
        var known = _edges.FindIndex(e => e.Name == name);
        return _edges[known >= 0 ? known : AddEdge(name, at, AddDeadEnd(), 1, OutsideFt, signal.Site.SpeedMph(direction), signal.Site, direction, isBefore: false)].Lanes[0];
    }

    private static string StateOf(TownSignal signal, uint set, int count) => string.Create(count, (signal, set), static (letters, of) => WriteLetters(
        of.signal,
        lane =>
        {
            bool IsIn(int phase) => phase != 0 && Bits.Has(of.set, phase);
            var overlaps = of.signal.Program.Overlaps;
            return IsIn(lane.Phase) || (lane.Overlap >= 0 && overlaps[lane.Overlap].Parents.Any(p => IsIn(p))) ? Display.Go
                : IsIn(lane.PermissivePhase) || (lane.Arrow >= 0 && overlaps[lane.Arrow].Parents.Any(p => IsIn(p))) ? Display.Permissive
                : Display.Stop;
        },
        phase => Bits.Has(of.set, phase.Number) ? Display.Go : Display.Stop,
        letters));

    /// <summary>What is never green together crosses; who turns left in gaps crosses what comes against it, and waits for it.</summary>
    private void AddFoes(TownSignal signal, string[] states, int first)
    {
        var lanes = new List<int>();
        for (var l = 0; l < signal.Lanes.Length; l++)
        {
            lanes.AddRange(TurnsOf(signal.Lanes[l]).Select(_ => l));
        }

        for (var a = 0; first + a < _connections.Count; a++)
        {
            var foes = ImmutableArray.CreateBuilder<int>();
            var yields = ImmutableArray.CreateBuilder<int>();
            for (var b = 0; first + b < _connections.Count; b++)
            {
                var mayYield = a < lanes.Count && b < lanes.Count && signal.Lanes[lanes[a]].YieldsTo.Contains(lanes[b]);
                var isYielded = a < lanes.Count && b < lanes.Count && signal.Lanes[lanes[b]].YieldsTo.Contains(lanes[a]);
                if (a != b && (mayYield || isYielded || !states.Any(s => SignalCard.IsGreen(s[a]) && SignalCard.IsGreen(s[b]))))
                {
                    foes.Add(first + b);
                    if (mayYield)
                    {
                        yields.Add(first + b);
                    }
                }
            }

            _connections[first + a] = _connections[first + a] with { Foes = foes.ToImmutable(), YieldsTo = yields.ToImmutable() };
        }
    }
}
