using System.Collections.Immutable;
using Crosstown.Core.Controllers;
using Crosstown.Core.Data;
using Crosstown.Core.Street;
using Crosstown.Timing.Model;

namespace Crosstown.Timing.Utdf;

/// <summary>A UTDF file as the evaluators and the optimizer need it, with what it takes to write a plan back.</summary>
public sealed record UtdfNetwork
{
    public required TimingNetwork Network { get; init; }

    /// <summary>The plan that the file holds. Null for a signal whose splits do not fill its cycle or that names no reference phase.</summary>
    public required NetworkPlan Today { get; init; }

    /// <summary>The controllers of the file, in the order of <see cref="TimingNetwork.Signals"/>.</summary>
    public required ImmutableArray<UtdfSignal> Signals { get; init; }

    /// <summary>Turns a UTDF document of the combined format into the timing model.</summary>
    /// <remarks>
    /// Lane groups are formed as the file's Lanes and Shared rows say; a shared lane's group takes its turning traffic along. A permissive left turn from a shared lane is
    /// in the group's saturation flow (SatFlowPerm); right turns yield to walkers only, so their permissive phases count as protected. Saturation flow that the file does not
    /// give is computed with the usual factors. Feeders are traced through bends, and through intersections where the street has no sign.
    /// Signals that run uncoordinated are isolated: they keep to their own cycle.
    /// </remarks>
    /// <exception cref="ProblemException">XT662: a section that a network needs is missing. XT663: no signal can be used.</exception>
    public static UtdfNetwork Read(UtdfDocument document, UtdfNetworkOptions options, DataIssueLog issues)
    {
        var cells = new UtdfCells(document, issues);
        var roads = UtdfRoads.Read(cells);
        var signals = new UtdfSignalReader(cells).Read();
        if (options.OnlyCycleS is { } only)
        {
            signals = [.. signals.Where(s => s.CycleMs == (int)Math.Round(only * 1000))];
        }

        if (signals.IsEmpty)
        {
            throw new ProblemException(
                "XT663", document.Name,
                options.OnlyCycleS is { } cycle ? $"No signal of the file runs on a cycle of {cycle:0.#} s." : "The file has no signal with a cycle length and phases.");
        }

        signals = [.. signals.Select(s => Place(s, roads))];
        return new UtdfNetworkBuilder(roads, signals, options, cells).Build();
    }

    private static UtdfSignal Place(UtdfSignal signal, UtdfRoads roads)
    {
        if (!roads.Nodes.TryGetValue(signal.Controller, out var node))
        {
            return signal;
        }

        return signal with
        {
            X = node.X,
            Y = node.Y,
            Name = string.Join(" & ", node.Streets.Where(s => s.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase).Take(2)),
        };
    }
}

/// <summary>Forms lane groups, feeders and demands.</summary>
internal sealed class UtdfNetworkBuilder(UtdfRoads roads, ImmutableArray<UtdfSignal> signals, UtdfNetworkOptions options, UtdfCells cells)
{
    private const int LongestChain = 12;

    private readonly List<LaneGroup> _groups = [];
    private readonly List<List<UtdfMovement>> _members = [];
    private readonly List<UtdfMovement> _mains = [];
    private readonly Dictionary<int, int> _signalOfNode = [];

    public UtdfNetwork Build()
    {
        for (var s = 0; s < signals.Length; s++)
        {
            foreach (var id in signals[s].Nodes)
            {
                if (!_signalOfNode.TryAdd(id, s))
                {
                    Report(id, "is on two controllers: the first counts");
                }
            }
        }

        for (var s = 0; s < signals.Length; s++)
        {
            foreach (var id in signals[s].Nodes.Where(n => _signalOfNode[n] == s))
            {
                AddGroups(s, id);
            }
        }

        for (var g = 0; g < _groups.Count; g++)
        {
            _groups[g] = Oppose(g);
        }

        var volumes = options.Counts.IsDefaultOrEmpty ? [OwnVolumes()] : options.Counts.Select(VolumesOf).ToList();
        var names = options.Counts.IsDefaultOrEmpty ? [ScenarioTitle()] : options.Counts.Select(c => c.Title).ToList();
        var timed = signals.Select(SignalOf).ToImmutableArray();
        var network = new TimingNetwork { Signals = timed, Groups = [], Demands = [] };
        return new UtdfNetwork
        {
            Network = Feed(network, volumes, names),
            Today = new NetworkPlan { Patterns = [.. timed.Select(t => t.Today)] },
            Signals = signals,
        };
    }

    private void Report(int node, string what) => cells.Issues.Add(DataIssueKind.Conflict, cells.Document.Name, 0, $"{node}", $"Node {node} {what}");

    private string ScenarioTitle()
    {
        var network = cells.Document.Named("Network").FirstOrDefault();
        var words = network is null ? [] : new[] { cells.Texts(network, "ScenarioDate", null), cells.Texts(network, "ScenarioTime", null) };
        var title = string.Join(' ', words.Where(w => w.Length > 1).Select(w => w[1]).Where(w => w.Length > 0));
        return title.Length > 0 ? title : "volumes of the file";
    }

    private void AddGroups(int signal, int id)
    {
        if (!roads.Nodes.TryGetValue(id, out var node))
        {
            Report(id, "is on a controller but not in [Nodes]");
            return;
        }

        for (var d = 0; d < 8; d++)
        {
            var approach = node.Movements.Where(m => m.Direction == d).OrderBy(m => m.Turn).ToList();
            var owners = approach.Where(m => m.Lanes > 0 && (m.Phases | m.PermissivePhases) != 0).ToList();
            if (owners.Count == 0)
            {
                if (approach.Sum(m => m.Volume) > 0)
                {
                    Report(id, $"has traffic {UtdfMovement.Directions[d]} but no lane with a phase: it is left out");
                }

                continue;
            }

            var first = _groups.Count;
            foreach (var owner in owners)
            {
                _mains.Add(owner);
                _members.Add([]);
                _groups.Add(null!);
            }

            foreach (var movement in approach)
            {
                movement.Groups.AddRange(SharesOf(movement, approach, owners).Select(s => (first + s.Owner, s.Share)));
                foreach (var (group, _) in movement.Groups)
                {
                    _members[group].Add(movement);
                }
            }

            for (var i = 0; i < owners.Count; i++)
            {
                _groups[first + i] = GroupOf(signal, node, first + i);
            }
        }
    }

    /// <summary>Which owners of lanes a movement uses, with the share of it at each.</summary>
    private static List<(int Owner, double Share)> SharesOf(UtdfMovement movement, List<UtdfMovement> approach, List<UtdfMovement> owners)
    {
        var own = owners.IndexOf(movement);
        if (own >= 0)
        {
            var beside = Array.FindIndex(Neighbors(own, owners.Count), i => i >= 0 && IsSharedWith(owners[i], movement));
            if (beside < 0)
            {
                return [(own, 1)];
            }

            var other = Neighbors(own, owners.Count)[beside];
            var inShared = movement.InSharedLane ?? Balanced(movement, owners[other], approach);
            return inShared <= 0 ? [(own, 1)] : inShared >= 1 ? [(other, 1)] : [(own, 1 - inShared), (other, inShared)];
        }

        // No lane of its own: the nearest lanes that may be shared, else the nearest.
        var nearest = Enumerable.Range(0, owners.Count)
            .OrderBy(i => IsSharedWith(owners[i], movement) ? 0 : 1)
            .ThenBy(i => Math.Abs(owners[i].Turn - movement.Turn))
            .First();
        return [(nearest, 1)];
    }

    /// <summary>The lanes next to an owner's, on the side of the median and on that of the curb; -1 where there are none.</summary>
    private static int[] Neighbors(int owner, int count) => [owner - 1, owner + 1 < count ? owner + 1 : -1];

    private static bool IsSharedWith(UtdfMovement owner, UtdfMovement movement) =>
        movement.Turn < owner.Turn ? (owner.Shared & 1) != 0 : (owner.Shared & 2) != 0;

    /// <summary>The share of a turn in the shared lane that loads its own lanes and the shared lanes alike. Through traffic has no lanes but those of its own group.</summary>
    private static double Balanced(UtdfMovement turn, UtdfMovement shared, List<UtdfMovement> approach)
    {
        if (turn.Volume <= 0 || turn.IsThrough)
        {
            return 0;
        }

        var others = approach.Where(m => m == shared || (m.Lanes == 0 && m.Turn != turn.Turn)).Sum(m => m.Volume);
        return Math.Clamp(((turn.Volume * shared.Lanes) - (others * turn.Lanes)) / (turn.Volume * (shared.Lanes + turn.Lanes)), 0, 1);
    }

    private LaneGroup GroupOf(int signal, UtdfNode node, int index)
    {
        var main = _mains[index];
        var members = _members[index];
        var (timed, lanes) = (signals[signal], main.Lanes);
        var known = timed.Phases.Aggregate(0u, (mask, p) => mask | ((uint)1 << p.Number));
        var phases = (main.Phases == uint.MaxValue || main.PermissivePhases == uint.MaxValue ? uint.MaxValue : main.Phases | (main.IsLeft ? 0 : main.PermissivePhases)) & known;
        var permissive = main.IsLeft && phases != known ? main.PermissivePhases & known & ~phases : 0;
        if ((phases | permissive) == 0)
        {
            Report(node.Id, $"{main.Column} names only phases that signal {timed.Controller} does not have: it never gets green");
        }

        var turnsBlocked = !main.IsLeft && members.Exists(m => m.IsLeft && m.Volume > 0 && (m.Phases & phases) == 0 && (m.PermissivePhases & phases) != 0);
        var yieldsToWalkers = main.IsRight && (main.Phases & known) == 0;
        var stated = turnsBlocked || yieldsToWalkers ? main.PermissiveSaturationVehPerHour : main.SaturationVehPerHour;
        var change = timed.Phases.Where(p => ((phases | permissive) >> p.Number & 1) != 0).Select(p => p.ChangeMs / 1000.0).DefaultIfEmpty(4).Min();
        var endGain = Math.Clamp(2 - main.LostTimeAdjustS, 0, change);
        return new LaneGroup
        {
            Id = $"{node.Id} {main.Column}",
            Signal = signal,
            Place = Math.Max(0, signals[signal].Nodes.IndexOf(node.Id)),
            Direction = UtdfMovement.Heading(main.Direction),
            Movement = MovementOf(main, members),
            Phases = phases,
            PermissivePhases = permissive,
            Lanes = lanes,
            SaturationVehPerHour = stated is > 0 and var flow ? flow : SaturationOf(node, main, members),
            StartLostS = Math.Max(0, endGain + main.LostTimeAdjustS),
            EndGainS = endGain,
            CriticalGapS = roads.CriticalGapS,
            FollowUpS = roads.FollowUpS,
            StorageVeh = StorageOf(node, main),
        };
    }

    private static LaneMovement MovementOf(UtdfMovement main, List<UtdfMovement> members)
    {
        var left = members.Exists(m => m.IsLeft);
        var right = members.Exists(m => m.IsRight);
        return main.IsThrough || members.Exists(m => m.IsThrough)
            ? (left, right) switch
            {
                (true, true) => LaneMovement.LeftThroughRight,
                (true, false) => LaneMovement.ThroughLeft,
                (false, true) => LaneMovement.ThroughRight,
                _ => LaneMovement.Through,
            }
            : left && right ? LaneMovement.Unknown : left ? LaneMovement.Left : LaneMovement.Right;
    }

    /// <summary>Saturation flow by the usual factors: lanes, width, heavy vehicles, grade, lane use and turns.</summary>
    private double SaturationOf(UtdfNode node, UtdfMovement main, List<UtdfMovement> members)
    {
        var volume = members.Sum(m => m.Volume);
        var left = volume > 0 ? members.Where(m => m.IsLeft).Sum(m => m.Volume) / volume : main.IsLeft ? 1 : 0;
        var right = volume > 0 ? members.Where(m => m.IsRight).Sum(m => m.Volume) / volume : main.IsRight ? 1 : 0;
        var laneUse = (main.IsThrough, main.IsLeft, main.Lanes) switch
        {
            (_, _, 1) => 1,
            (true, _, 2) => 0.95,
            (true, _, _) => 0.91,
            (_, true, 2) => 0.97,
            (_, true, _) => 0.94,
            (_, _, 2) => 0.885,
            _ => 0.76,
        };
        var turns = main.IsLeft && right == 0 ? 0.95 : main.IsRight && left == 0 ? 0.85 : 1 / (1 + (0.05 * left)) * (1 - (0.15 * right));
        return (main.IdealFlow ?? roads.IdealFlow) * main.Lanes * laneUse * turns
            * (1 + (((main.WidthFt ?? 12) - 12) / 30))
            / (1 + main.HeavyShare)
            * (1 - ((node.GradePercent[main.Direction] ?? 0) / 200));
    }

    /// <summary>A bay holds what its length says; other lanes hold what the link to the next signal does.</summary>
    private double? StorageOf(UtdfNode node, UtdfMovement main)
    {
        if (main.StorageFt is { } bay)
        {
            return bay * Math.Max(1, main.StorageLanes is > 0 and var count ? count : main.Lanes) / roads.VehicleFt;
        }

        var (length, at, direction) = (0.0, node, main.Direction);
        for (var step = 0; step < LongestChain; step++)
        {
            length += at.DistanceFt[direction] ?? 0;
            if (at.Upstream[direction] is not { } up || !roads.Nodes.TryGetValue(up, out var next) || next.Type == 1)
            {
                return null;
            }

            if (next.Type != 2)
            {
                return length > 0 ? length * main.Lanes / roads.VehicleFt : null;
            }

            var onward = Through(next, at.Id);
            if (onward is null)
            {
                return null;
            }

            (at, direction) = (next, onward.Value);
        }

        return null;
    }

    /// <summary>At a bend, the direction of traffic that goes on to a node.</summary>
    private static int? Through(UtdfNode bend, int to)
    {
        for (var d = 0; d < 8; d++)
        {
            if (bend.Upstream[d] is { } from && from != to)
            {
                return d;
            }
        }

        return null;
    }

    /// <summary>
    /// A permissive left turn yields to the groups that carry through traffic headed for the leg that it comes from, with the right turns in them; right turns in lanes of
    /// their own do not count. Where nothing comes against it, its permissive green is as good as a protected one.
    /// </summary>
    private LaneGroup Oppose(int index)
    {
        var group = _groups[index];
        if (group.PermissivePhases == 0)
        {
            return group;
        }

        var main = _mains[index];
        var node = roads.Nodes[main.Node];
        var origin = node.Upstream[main.Direction];
        var throughs = node.Movements.Where(m => m.Direction != main.Direction && m.IsThrough && (m.Lanes > 0 || m.Volume > 0)).ToList();
        var across = throughs.Where(m => m.Destination == origin).ToList();
        if (across.Count == 0)
        {
            var facing = main.Direction switch { 0 => 1, 1 => 0, 2 => 3, 3 => 2, 4 => 7, 7 => 4, 5 => 6, _ => 5 };
            across = [.. throughs.Where(m => m.Direction == facing && m.Destination is null)];
        }

        ImmutableArray<int> opposing = [.. across.SelectMany(m => m.Groups).Select(g => g.Group).Where(g => g != index).Distinct().Order()];
        return opposing.IsEmpty
            ? group with
            {
                Phases = group.Phases | group.PermissivePhases,
                PermissivePhases = 0,
                SaturationVehPerHour = group.Phases == 0 && main.PermissiveSaturationVehPerHour is > 0 and var flow ? flow : group.SaturationVehPerHour,
            }
            : group with { Opposing = opposing };
    }

    private TimedSignal SignalOf(UtdfSignal signal)
    {
        var layout = UtdfLayout.Of(signal);
        var isCoordinated = signal.Control is UtdfControl.Pretimed or UtdfControl.ActuatedCoordinated;
        return new TimedSignal
        {
            Signal = SignalId.Parse($"{signal.Controller}"),
            Name = signal.Name,
            Phases = [.. signal.Phases.Select(signal.TimingOf)],
            Today = PatternOf(signal, layout),
            IsIsolated = !isCoordinated,
            Locks = signal.IsLocked ? TimingLocks.Cycle | TimingLocks.Splits | TimingLocks.Sequence | TimingLocks.Offset : TimingLocks.None,
            WalkCallShare = WalkShares(signal),
            MinimumSplitMs = signal.Phases.Where(p => p.MinimumSplitMs is not null).ToImmutableSortedDictionary(p => p.Number, p => p.MinimumSplitMs!.Value),
        };
    }

    private static PatternTiming? PatternOf(UtdfSignal signal, UtdfLayout layout)
    {
        if (layout.LengthMs != signal.CycleMs || layout.FilePointMs(signal.Reference) is not { } filePoint)
        {
            return null;
        }

        var reference = UtdfPlans.Core(signal.Reference);
        var zero = signal.OffsetMs - filePoint;
        return new PatternTiming
        {
            Number = 1,
            CycleMs = signal.CycleMs,
            OffsetMs = layout.Modulo(zero + layout.PatternPointMs(reference)!.Value),
            Reference = reference,
            SplitMs = signal.Phases.ToImmutableSortedDictionary(p => p.Number, p => layout.SplitMs(p.Number)),
            Sequence = layout.Sequence,
        };
    }

    /// <summary>Calls at random: the share of cycles with at least one. Walks that come by recall or at a pretimed signal come every cycle.</summary>
    private static ImmutableSortedDictionary<byte, double> WalkShares(UtdfSignal signal) =>
        signal.Control == UtdfControl.Pretimed
            ? ImmutableSortedDictionary<byte, double>.Empty
            : signal.Phases
                .Where(p => p.WalkMs > 0 && p.Recall < 2 && p.WalkCallsPerHour is not null)
                .ToImmutableSortedDictionary(p => p.Number, p => 1 - Math.Exp(-p.WalkCallsPerHour!.Value * signal.CycleMs / 3_600_000));

    private double[] OwnVolumes() => Fill([.. roads.Movements.Select(m => m.Adjusted(m.Volume, options))]);

    /// <summary>Gives intersections that nobody counted the through traffic of their neighbors; a chain of them takes a round for each.</summary>
    private double[] Fill(double[] volumes)
    {
        var uncounted = options.FillsUncounted
            ? roads.Nodes.Values.Where(n => n.Movements.Count > 0 && n.Movements.TrueForAll(m => volumes[m.Index] <= 0)).ToList()
            : [];
        for (var round = 0; round < LongestChain; round++)
        {
            foreach (var movement in uncounted.SelectMany(n => n.Movements).Where(m => m.IsThrough && volumes[m.Index] <= 0 && (m.Lanes > 0 || roads.Nodes[m.Node].Type != 0)))
            {
                volumes[movement.Index] = Beyond(movement, volumes) is > 0 and var beyond ? beyond : Before(movement, volumes);
            }
        }

        foreach (var node in uncounted.Where(n => n.Movements.Exists(m => volumes[m.Index] > 0)))
        {
            cells.Issues.Add(DataIssueKind.AssumedDefault, cells.Document.Name, 0, $"{node.Id}", $"Node {node.Id} has no volume on any movement: its through traffic is taken from the intersections beside it");
        }

        return volumes;
    }

    /// <summary>Volume of the approach that a movement leads to, round bends.</summary>
    private double Beyond(UtdfMovement movement, double[] volumes)
    {
        var (from, to) = (movement.Node, movement.Destination);
        for (var step = 0; step < LongestChain && to is { } id && roads.Nodes.TryGetValue(id, out var node); step++)
        {
            if (node.Type != 2)
            {
                return node.From(from) is { } direction ? ApproachVolume(node, direction, volumes) : 0;
            }

            (from, to) = (id, node.Upstream.FirstOrDefault(u => u is { } other && other != from));
        }

        return 0;
    }

    /// <summary>Traffic that the intersection upstream sends to a movement's approach, round bends.</summary>
    private double Before(UtdfMovement movement, double[] volumes)
    {
        var (node, direction) = (roads.Nodes[movement.Node], (int?)movement.Direction);
        for (var step = 0; step < LongestChain && direction is { } d && node.Upstream[d] is { } id && roads.Nodes.TryGetValue(id, out var up); step++)
        {
            if (up.Type != 2)
            {
                return up.Movements.Where(m => m.Destination == node.Id).Sum(m => volumes[m.Index]);
            }

            (direction, node) = (Through(up, node.Id), up);
        }

        return 0;
    }

    /// <summary>Counted movements as counted; those of intersections that were not counted as in the file.</summary>
    private double[] VolumesOf(UtdfCountPeriod period) => [.. roads.Movements.Select(m =>
        period.VehPerHour.TryGetValue(m.Node, out var counted) && counted.TryGetValue(m.Column, out var flow)
            ? flow * (options.AppliesGrowth ? m.Growth : 1) / (options.AppliesPeakHourFactor && period.Minutes == 60 ? m.PeakHourFactor : 1)
            : m.Adjusted(m.Volume, options))];

    private TimingNetwork Feed(TimingNetwork network, List<double[]> volumes, List<string> names)
    {
        var flows = volumes.Select(FlowsOf).ToList();
        var groups = _groups.ToArray();
        var feeders = new List<(int Group, double TravelS)>[groups.Length];
        for (var g = 0; g < groups.Length; g++)
        {
            feeders[g] = [.. flows.SelectMany(f => f.Fed[g].Where(p => p.Value > 0).Select(p => p.Key)).Distinct().Order()];
            groups[g] = groups[g] with { Feeders = [.. feeders[g].Select(f => new Feeder(f.Group, f.TravelS, options.Alpha, options.Beta))] };
        }

        return network with
        {
            Groups = [.. groups],
            Demands = [.. flows.Select((flow, i) => new TrafficDemand
            {
                Name = names[i],
                Hours = options.Hours,
                VolumeVehPerHour = [.. flow.Volumes],
                FedVehPerHour = [.. feeders.Select((list, g) => list.Select(f => flow.Fed[g].GetValueOrDefault(f)).ToImmutableArray())],
            })],
        };
    }

    private (double[] Volumes, Dictionary<(int Group, double TravelS), double>[] Fed) FlowsOf(double[] volumes)
    {
        var ofGroup = new double[_groups.Count];
        foreach (var movement in roads.Movements)
        {
            foreach (var (group, share) in movement.Groups)
            {
                ofGroup[group] += volumes[movement.Index] * share;
            }
        }

        var fed = new Dictionary<(int, double), double>[_groups.Count];
        for (var g = 0; g < fed.Length; g++)
        {
            fed[g] = [];
            var main = _mains[g];
            var node = roads.Nodes[main.Node];
            var approach = ApproachVolume(node, main.Direction, volumes);
            if (approach <= 0 || ofGroup[g] <= 0)
            {
                continue;
            }

            var sources = Sources(node, main.Direction, volumes, 0);
            var sum = sources.Sum(s => s.Flow);
            var room = approach * (1 - node.MidblockShare[main.Direction]);
            var scale = ofGroup[g] / approach * (sum > room ? room / sum : 1);
            foreach (var (group, travel, flow) in sources)
            {
                var key = (group, Math.Round(travel, 1));
                fed[g][key] = fed[g].GetValueOrDefault(key) + (flow * scale);
            }
        }

        return (ofGroup, fed);
    }

    private static double ApproachVolume(UtdfNode node, int direction, double[] volumes) =>
        node.Movements.Where(m => m.Direction == direction).Sum(m => volumes[m.Index]);

    /// <summary>Traffic that comes to an approach from lane groups of signals: group, travel time in s, veh/h.</summary>
    private List<(int Group, double TravelS, double Flow)> Sources(UtdfNode node, int direction, double[] volumes, int depth)
    {
        if (depth > LongestChain || node.Upstream[direction] is not { } from || !roads.Nodes.TryGetValue(from, out var up) || node.TravelS[direction] is not { } travel)
        {
            return [];
        }

        var incoming = up.Movements.Where(m => m.Destination == node.Id && volumes[m.Index] > 0).ToList();
        switch (up.Type)
        {
            case 2 when Through(up, node.Id) is { } onward:
                return [.. Sources(up, onward, volumes, depth + 1).Select(s => (s.Group, s.TravelS + travel, s.Flow))];
            case 3:
                return [.. incoming.Where(m => up.Sign[m.Direction] is 0 && m.IsThrough).SelectMany(m => PassOn(up, m, volumes, depth).Select(s => (s.Group, s.TravelS + travel, s.Flow)))];
            default:
                return [.. incoming.SelectMany(m => m.Groups.Select(g => (g.Group, travel, volumes[m.Index] * g.Share)))];
        }
    }

    /// <summary>What of an approach's sources goes on with one of its movements.</summary>
    private IEnumerable<(int Group, double TravelS, double Flow)> PassOn(UtdfNode node, UtdfMovement movement, double[] volumes, int depth)
    {
        var approach = ApproachVolume(node, movement.Direction, volumes);
        var sources = Sources(node, movement.Direction, volumes, depth + 1);
        var scale = volumes[movement.Index] / Math.Max(approach, sources.Sum(s => s.Flow));
        return sources.Select(s => (s.Group, s.TravelS, s.Flow * scale));
    }
}
