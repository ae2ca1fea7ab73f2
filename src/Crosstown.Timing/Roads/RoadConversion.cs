using System.Collections.Immutable;
using Crosstown.Core.Controllers;
using Crosstown.Core.Data;
using Crosstown.Core.Networks;
using Crosstown.Core.Street;
using Crosstown.Timing.Model;

namespace Crosstown.Timing.Roads;

/// <summary>Brings a road network with stage signals into the form that the profile evaluator and the optimizer work on, and their plans back into stages.</summary>
/// <remarks>
/// The stages of a signal's reference become the phases of one ring. Lanes of an approach that show the same greens become a lane group: protected in stages in which all its used
/// links are green and none yields, permissive where one does, opposed by the groups that it yields to. Saturation flow follows from the speed of its turns
/// (<see cref="RoadSaturation"/>). Volumes and feeders are counted along the routes, by quarter hours, at free-flow travel times.
/// </remarks>
public sealed class RoadConversion
{
    /// <summary>A vehicle in a queue takes so much of its lane, m.</summary>
    private const double PlaceM = 7.5;
    private const double SliceS = 900;

    private readonly StreetPlans _plans;
    private readonly RoadNetwork _network;
    private readonly Dictionary<int, int> _groupOfLane = [];
    private readonly List<Draft> _groups = [];

    /// <param name="network">The streets.</param>
    /// <param name="demand">Who drives.</param>
    /// <param name="plans">Its signals.</param>
    /// <param name="beginS">Begin of the demand, seconds since midnight.</param>
    /// <param name="endS">Its end.</param>
    /// <exception cref="ProblemException">XT716: a signal has more stages than a controller has phases.</exception>
    public RoadConversion(RoadNetwork network, RoadDemand demand, StreetPlans plans, double beginS, double endS)
    {
        _plans = plans;
        _network = network;
        foreach (var menu in plans.Menus)
        {
            if (menu.ReferenceOrder.Length > ControllerProgram.MaxPhase)
            {
                throw new ProblemException("XT716", $"signal {menu.Card.Signal}", $"It has {menu.ReferenceOrder.Length} stages; {ControllerProgram.MaxPhase} are the most.");
            }
        }

        for (var s = 0; s < plans.Menus.Length; s++)
        {
            AddGroups(s);
        }

        var slices = Math.Max(1, (int)Math.Ceiling((endS - beginS) / SliceS));
        Count(demand, beginS, slices);
        Network = new TimingNetwork
        {
            Signals = [.. Enumerable.Range(0, plans.Menus.Length).Select(Signal)],
            Groups = [.. _groups.Select(Group)],
            Demands = [.. Enumerable.Range(0, slices).Select(i => Demand(i, Math.Min(SliceS, endS - beginS - (i * SliceS)) / 3600))],
        };
    }

    /// <summary>What the optimizer works on. Signals stand in the order of the plans.</summary>
    public TimingNetwork Network { get; }

    /// <summary>The plan in force: the reference's greens with the changes of the profile.</summary>
    public NetworkPlan Today => new() { Patterns = [.. Network.Signals.Select(s => s.Today)] };

    /// <summary>A plan for the phases as stages; greens are rounded to whole seconds, and raised to what the stages need.</summary>
    public ImmutableArray<StagePlan> ToStages(NetworkPlan plan)
    {
        var stages = ImmutableArray.CreateBuilder<StagePlan>(_plans.Menus.Length);
        for (var s = 0; s < _plans.Menus.Length; s++)
        {
            var menu = _plans.Menus[s];
            if (plan.Patterns[s] is not { } pattern)
            {
                stages.Add(_plans.Today(s));
                continue;
            }

            var phases = pattern.Sequence.IsDefaultOrEmpty || pattern.Sequence[0].IsDefaultOrEmpty ? [.. Network.Signals[s].Phases.Select(p => p.Number)] : pattern.Sequence[0];
            var order = phases.Select(p => menu.ReferenceOrder[p - 1]).ToImmutableArray();
            var shape = new StagePlan(menu, order, [.. order.Select(_ => 1)], 0);
            var changes = shape.ChangesS(_plans.Profile);
            var greens = phases.Select((p, k) => Math.Max(1, (int)Math.Round(pattern.SplitMs[p] / 1000.0) - changes[k])).ToImmutableArray();
            stages.Add(_plans.Raise(shape with { GreenS = greens, OffsetS = (int)Math.Round(pattern.OffsetMs / 1000.0) }));
        }

        return stages.DrainToImmutable();
    }

    private static uint Bit(int stage) => 1u << (stage + 1);

    private void AddGroups(int signal)
    {
        var menu = _plans.Menus[signal];
        var card = menu.Card;
        var linksOf = new SortedDictionary<int, List<int>>();
        for (var link = 0; link < card.LinkCount; link++)
        {
            foreach (var c in card.Connections[link])
            {
                var lane = _network.Connections[c].FromLane;
                if (!card.IsCrossing(link) && card.IsServed(link) && _network.Edges[_network.Lanes[lane].Edge].Function == EdgeFunction.Street)
                {
                    if (!linksOf.TryGetValue(lane, out var links))
                    {
                        linksOf[lane] = links = [];
                    }

                    links.Add(link);
                }
            }
        }

        foreach (var (lane, links) in linksOf)
        {
            // A link that nobody takes says nothing of the lane, unless all are so.
            var used = links.Where(l => _plans.RatioOf(signal, l) > 0).DefaultIfEmpty(links[0]).ToArray();
            var (free, yielding) = (0u, 0u);
            for (var k = 0; k < menu.ReferenceOrder.Length; k++)
            {
                var stage = menu.Stages[menu.ReferenceOrder[k]];
                if (used.All(l => stage[l]))
                {
                    var isYielding = used.Any(l => Enumerable.Range(0, card.LinkCount).Any(o => stage[o] && !card.IsCrossing(o) && card.Crosses(l, o) && card.Yields(l, o)));
                    free |= isYielding ? 0 : Bit(k);
                    yielding |= isYielding ? Bit(k) : 0;
                }
            }

            var edge = _network.Lanes[lane].Edge;
            var like = _groups.FindIndex(g => g.Signal == signal && g.Edge == edge && g.Free == free && g.Yielding == yielding);
            if (like < 0)
            {
                like = _groups.Count;
                _groups.Add(new Draft(signal, edge, free, yielding));
            }

            _groups[like].Lanes.Add(lane);
            _groups[like].Links.UnionWith(used);
            _groupOfLane[lane] = like;
        }
    }

    /// <summary>Follows each trip over the stop lines of the signals.</summary>
    private void Count(RoadDemand demand, double beginS, int slices)
    {
        foreach (var group in _groups)
        {
            group.Volume = new double[slices];
        }

        var leading = _network.Connections.ToLookup(c => (_network.Lanes[c.FromLane].Edge, _network.Lanes[c.ToLane].Edge));
        foreach (var trip in demand.Trips)
        {
            var timeS = trip.DepartS;
            var (before, sinceS) = (-1, 0.0);
            for (var i = 0; i < trip.Edges.Length; i++)
            {
                var road = _network.Lanes[_network.Edges[trip.Edges[i]].Lanes[^1]];
                timeS += road.LengthM / road.SpeedMps;
                sinceS += road.LengthM / road.SpeedMps;
                if (i + 1 == trip.Edges.Length)
                {
                    break;
                }

                var groups = leading[(trip.Edges[i], trip.Edges[i + 1])].Select(c => _groupOfLane.GetValueOrDefault(c.FromLane, -1)).Where(g => g >= 0).Distinct().ToArray();
                if (groups.Length == 0)
                {
                    continue;
                }

                var slice = Math.Clamp((int)((timeS - beginS) / SliceS), 0, slices - 1);
                foreach (var g in groups)
                {
                    _groups[g].Volume[slice] += 1.0 / groups.Length;
                    if (before >= 0)
                    {
                        var fed = _groups[g].Fed.TryGetValue(before, out var known) ? known : new Flow(new double[slices]);
                        fed.Count[slice] += 1.0 / groups.Length;
                        fed.TravelS += sinceS / groups.Length;
                        _groups[g].Fed[before] = fed;
                    }
                }

                (before, sinceS) = (groups[0], 0);
            }
        }
    }

    private TimedSignal Signal(int index)
    {
        var menu = _plans.Menus[index];
        var profile = _plans.Profile;
        var today = _plans.Today(index);
        var changes = today.ChangesS(profile);
        var phases = ImmutableArray.CreateBuilder<PhaseTiming>();
        for (var k = 0; k < today.Order.Length; k++)
        {
            phases.Add(new PhaseTiming
            {
                Number = (byte)(k + 1),
                Ring = 1,
                BarrierGroup = 1,
                MinimumGreenMs = today.LeastGreenS(k, profile) * 1000,
                MaximumMs = profile.LongestRedS * 1000,
                YellowMs = profile.YellowS * 1000,
                RedClearanceMs = Math.Max(0, changes[k] - profile.YellowS) * 1000,
                Recall = Recall.Maximum,
                IsCoordinated = k == 0,
            });
        }

        // A stage that hands on without a change interval still has one here: the model's lost time is the reference's at least.
        var splits = phases.Select((p, k) => (p.Number, Split: (today.GreenS[k] * 1000) + p.ChangeMs)).ToImmutableSortedDictionary(p => p.Number, p => p.Split);
        var cycle = splits.Values.Sum();
        var center = _network.Junctions.FirstOrDefault(j => j.Connections.Any(c => _network.Connections[c].Signal == menu.Card.Signal))?.Center;
        var place = center is { } at ? _network.Projection?.ToDegrees(at) : null;
        return new TimedSignal
        {
            Signal = SignalId.TryParse(menu.Card.Signal, out var id) ? id : SignalId.Parse($"S{index + 1}"),
            Name = menu.Card.Signal,
            Latitude = place?.Latitude,
            Longitude = place?.Longitude,
            Phases = phases.DrainToImmutable(),
            Today = new PatternTiming { Number = 1, CycleMs = cycle, OffsetMs = ((today.OffsetS * 1000 % cycle) + cycle) % cycle, SplitMs = splits },
        };
    }

    private LaneGroup Group(Draft draft)
    {
        var card = _plans.Menus[draft.Signal].Card;
        var links = draft.Links.Order().ToArray();
        var turns = links.SelectMany(l => card.Connections[l]).Select(c => _network.Connections[c]).ToArray();
        var speed = turns.Average(t => t.ViaLane < 0 ? _network.Lanes[t.FromLane].SpeedMps : Math.Min(_network.Lanes[t.ViaLane].SpeedMps, _network.Lanes[t.FromLane].SpeedMps));
        var car = new VehicleKind { Name = "car" };
        var opposing = _groups.Select((g, i) => (g, i))
            .Where(p => p.g.Signal == draft.Signal && p.g != draft && ((p.g.Free | p.g.Yielding) & draft.Yielding) != 0 && p.g.Links.Any(o => links.Any(l => card.Yields(l, o) && card.Crosses(l, o))))
            .Select(p => p.i);
        var first = _network.Lanes[draft.Lanes[0]];
        var (from, to) = (first.Shape[^2], first.Shape[^1]);
        return new LaneGroup
        {
            Id = $"{card.Signal} {string.Join('+', draft.Lanes.Select(l => _network.Lanes[l].Name))}",
            Signal = draft.Signal,
            Direction = Math.Abs(to.X - from.X) > Math.Abs(to.Y - from.Y)
                ? to.X > from.X ? TravelDirection.Eastbound : TravelDirection.Westbound
                : to.Y > from.Y ? TravelDirection.Northbound : TravelDirection.Southbound,
            Movement = MovementOf(turns),
            Phases = draft.Free,
            PermissivePhases = draft.Yielding,
            Opposing = [.. opposing],
            Lanes = draft.Lanes.Count,
            SaturationVehPerHour = draft.Lanes.Count * RoadSaturation.VehPerHour(speed),
            StartLostS = RoadSaturation.QueueStartLossS(car, speed),
            EndGainS = 0,
            Sneakers = turns.Any(t => t.WaitsInside) ? 1 : 0,
            StorageVeh = draft.Lanes.Sum(l => _network.Lanes[l].LengthM / PlaceM),
            Feeders = [.. draft.Fed.Select(f => new Feeder(f.Key, Math.Max(0.1, f.Value.TravelS / Math.Max(1e-9, f.Value.Count.Sum()))))],
        };
    }

    private static LaneMovement MovementOf(RoadConnection[] turns)
    {
        var hasLeft = turns.Any(t => t.Direction is TurnDirection.Left or TurnDirection.PartlyLeft or TurnDirection.Around);
        var hasRight = turns.Any(t => t.Direction is TurnDirection.Right or TurnDirection.PartlyRight);
        var hasThrough = turns.Any(t => t.Direction == TurnDirection.Straight);
        return (hasLeft, hasThrough, hasRight) switch
        {
            (true, true, true) => LaneMovement.LeftThroughRight,
            (true, true, false) => LaneMovement.ThroughLeft,
            (false, true, true) => LaneMovement.ThroughRight,
            (true, false, false) => LaneMovement.Left,
            (false, false, true) => LaneMovement.Right,
            (false, true, false) => LaneMovement.Through,
            _ => LaneMovement.Unknown,
        };
    }

    private TrafficDemand Demand(int slice, double hours) => new()
    {
        Name = $"quarter {slice + 1}",
        Weight = Math.Max(1e-3, hours / (SliceS / 3600)),
        Hours = hours,
        VolumeVehPerHour = [.. _groups.Select(g => g.Volume[slice] / hours)],
        FedVehPerHour = [.. _groups.Select(g => g.Fed.Select(f => f.Value.Count[slice] / hours).ToImmutableArray())],
    };

    private sealed class Draft(int signal, int edge, uint free, uint yielding)
    {
        public int Signal => signal;

        public int Edge => edge;

        public uint Free => free;

        public uint Yielding => yielding;

        public List<int> Lanes { get; } = [];

        public SortedSet<int> Links { get; } = [];

        public double[] Volume { get; set; } = [];

        public SortedDictionary<int, Flow> Fed { get; } = [];
    }

    private sealed class Flow(double[] count)
    {
        public double[] Count => count;

        public double TravelS { get; set; }
    }
}
