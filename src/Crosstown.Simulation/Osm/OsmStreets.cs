using System.Collections.Immutable;
using System.Globalization;
using Crosstown.Core.Data;
using Crosstown.Core.Networks;

namespace Crosstown.Simulation.Osm;

/// <summary>Cuts ways into edges between junctions, joins them by connections and gives signals their programs.</summary>
internal sealed class OsmStreets(OsmMap map, string source)
{
    private const double LaneM = 3.2;
    private const double SetbackM = 8;
    private const double SameSignalM = 40;
    private const double SignalReachM = 35;
    private const double CrossingReachM = 30;
    private const int MostLanes = 8;

    private readonly List<RoadEdge> _edges = [];
    private readonly List<RoadLane> _lanes = [];
    private readonly List<RoadConnection> _connections = [];
    private readonly List<Leg> _legs = [];
    private readonly SortedDictionary<long, int> _junctionOf = [];
    private readonly Dictionary<int, string> _signalOf = [];
    private readonly Dictionary<string, int> _linkCount = new(StringComparer.Ordinal);
    private MapProjection _projection = new(1, false, 0, 0);

    public RoadNetwork Build()
    {
        var ways = map.Ways.Where(IsStreet).ToList();
        foreach (var way in ways.ToList())
        {
            if (Array.Find(way.Nodes, n => !map.Places.ContainsKey(n)) is var missing && missing != 0)
            {
                map.LeaveOut($"way {way.Id}", $"Its node {missing} is not in the file; the way is left out.");
                ways.Remove(way);
            }
        }

        if (ways.Count == 0)
        {
            throw new ProblemException("XT738", source, "It has no street for cars: export an area with ways tagged highway.");
        }

        Project(ways);
        FindJunctions(ways);
        foreach (var way in ways.OrderBy(w => w.Id))
        {
            AddWay(way);
        }

        FindSignals();
        var ofJunction = _legs.ToLookup(l => l.ToJunction);
        var fromJunction = _legs.ToLookup(l => l.FromJunction);
        var junctions = new List<RoadJunction>();
        foreach (var (node, junction) in _junctionOf.OrderBy(j => j.Value))
        {
            junctions.Add(Join(node, junction, [.. ofJunction[junction]], [.. fromJunction[junction]]));
        }

        return new RoadNetwork
        {
            Junctions = [.. junctions],
            Edges = [.. _edges],
            Lanes = [.. _lanes],
            Connections = [.. _connections],
            Programs = [.. _signalOf.Values.Distinct().Order(StringComparer.Ordinal).Where(_linkCount.ContainsKey).Select(Program)],
            Projection = _projection,
        };
    }

    private static bool IsStreet(OsmMap.Way way) =>
        StreetKind.Of(way.Tags["highway"]) is not null
        && way.Tags.GetValueOrDefault("access") is not ("no" or "private")
        && way.Tags.GetValueOrDefault("motor_vehicle") is not ("no" or "private");

    private void Project(List<OsmMap.Way> ways)
    {
        var (west, south) = (double.MaxValue, double.MaxValue);
        foreach (var node in ways.SelectMany(w => w.Nodes))
        {
            var (latitude, longitude) = map.Places[node];
            west = Math.Min(west, longitude);
            south = Math.Min(south, latitude);
        }

        var zone = Math.Clamp((int)Math.Floor((west + 180) / 6) + 1, 1, 60);
        var corner = new MapProjection(zone, south < 0, 0, 0).FromDegrees(south, west);
        _projection = new MapProjection(zone, south < 0, -Math.Floor(corner.X), -Math.Floor(corner.Y));
    }

    private RoadPoint PlaceOf(long node) => _projection.FromDegrees(map.Places[node].Latitude, map.Places[node].Longitude);

    private void FindJunctions(List<OsmMap.Way> ways)
    {
        var uses = new Dictionary<long, int>();
        foreach (var way in ways)
        {
            for (var i = 0; i < way.Nodes.Length; i++)
            {
                // An end counts as one use, a place inside a way as two: a street that only goes on under another way is no junction.
                var isEnd = i == 0 || i == way.Nodes.Length - 1;
                uses[way.Nodes[i]] = uses.GetValueOrDefault(way.Nodes[i]) + (isEnd ? 1 : 2);
            }
        }

        foreach (var way in ways)
        {
            for (var i = 0; i < way.Nodes.Length; i++)
            {
                var isEnd = i == 0 || i == way.Nodes.Length - 1;
                if (isEnd || uses[way.Nodes[i]] > 2)
                {
                    _junctionOf.TryAdd(way.Nodes[i], 0);
                }
            }
        }

        var next = 0;
        foreach (var node in _junctionOf.Keys.ToList())
        {
            _junctionOf[node] = next++;
        }
    }

    private void AddWay(OsmMap.Way way)
    {
        var tags = way.Tags;
        var kind = StreetKind.Of(tags["highway"])!.Value;
        var oneway = tags.GetValueOrDefault("oneway") switch
        {
            "yes" or "true" or "1" => 1,
            "-1" or "reverse" => -1,
            "no" or "false" or "0" => 0,
            _ => tags.GetValueOrDefault("junction") is "roundabout" or "circular" || tags["highway"] == "motorway" ? 1 : 0,
        };
        var speed = StreetKind.ReadSpeed(tags.GetValueOrDefault("maxspeed"));
        if (speed is null && tags.TryGetValue("maxspeed", out var said) && said is not ("none" or "signals" or "walk") && !said.Contains(':', StringComparison.Ordinal))
        {
            map.LeaveOut($"way {way.Id} maxspeed", $"'{said}' is no speed such as 50 or 30 mph; {kind.SpeedKmh} km/h is taken for its kind.");
        }

        var limit = speed ?? kind.SpeedKmh / 3.6;
        var begin = 0;
        for (var i = 1; i < way.Nodes.Length; i++)
        {
            if (!_junctionOf.ContainsKey(way.Nodes[i]))
            {
                continue;
            }

            var nodes = way.Nodes[begin..(i + 1)];
            if (nodes[0] != nodes[^1] || nodes.Length > 2)
            {
                if (oneway >= 0)
                {
                    AddEdge(way, nodes, true, oneway != 0, kind, limit, i == way.Nodes.Length - 1);
                }

                if (oneway <= 0)
                {
                    AddEdge(way, [.. nodes.Reverse()], false, oneway != 0, kind, limit, begin == 0);
                }
            }

            begin = i;
        }
    }

    private void AddEdge(OsmMap.Way way, long[] nodes, bool isForward, bool isOneway, StreetKind kind, double limit, bool isLast)
    {
        var side = isForward ? "forward" : "backward";
        var lanes = CountLanes(way, side, isForward, isOneway, kind);
        var turns = isLast ? way.Tags.GetValueOrDefault($"turn:lanes:{side}") ?? (isOneway ? way.Tags.GetValueOrDefault("turn:lanes") : null) : null;
        var allowed = turns?.Split('|').Reverse().ToArray();
        if (allowed is not null && allowed.Length != lanes)
        {
            map.LeaveOut($"way {way.Id} turn:lanes", $"It names {allowed.Length} lanes where {lanes} are; turns are made up by the shape of the junction.");
            allowed = null;
        }

        var center = nodes.Select(PlaceOf).ToArray();
        var edge = _edges.Count;
        var first = _lanes.Count;
        var name = string.Create(CultureInfo.InvariantCulture, $"{(isForward ? "" : "-")}{way.Id}#{nodes[0]}");
        var length = Math.Max(1, Length(center) - Math.Min(2 * SetbackM, Length(center) / 2));
        for (var l = 0; l < lanes; l++)
        {
            // Streets in two directions keep to the right of their middle; lane 0 is the farthest from it.
            var shift = isOneway ? ((lanes - 1) / 2.0 - l) * LaneM : (lanes - l - 0.5) * LaneM;
            _lanes.Add(new RoadLane
            {
                Name = $"{name}_{l}",
                Edge = edge,
                Position = l,
                LengthM = length,
                SpeedMps = limit,
                WidthM = LaneM,
                Allowed = RoadUsers.All & ~(RoadUsers.Pedestrian | RoadUsers.Tram | RoadUsers.Rail | RoadUsers.Ship),
                Shape = Shift(center, shift),
            });
        }

        _edges.Add(new RoadEdge
        {
            Name = name,
            Function = EdgeFunction.Street,
            From = _junctionOf[nodes[0]],
            To = _junctionOf[nodes[^1]],
            Lanes = [.. Enumerable.Range(first, lanes)],
            Priority = kind.Rank,
            StreetName = way.Tags.GetValueOrDefault("name", ""),
        });
        _legs.Add(new Leg(edge, way.Id, nodes, _junctionOf[nodes[0]], _junctionOf[nodes[^1]], Heading(center[^2], center[^1]), Heading(center[0], center[1]), kind.Rank, lanes, allowed));
    }

    private int CountLanes(OsmMap.Way way, string side, bool isForward, bool isOneway, StreetKind kind)
    {
        foreach (var key in (ReadOnlySpan<string>)[$"lanes:{side}", "lanes"])
        {
            if (!way.Tags.TryGetValue(key, out var text))
            {
                continue;
            }

            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var lanes) || lanes is < 1 or > 2 * MostLanes)
            {
                map.LeaveOut($"way {way.Id} {key}", $"'{text}' is no number of lanes from 1 to {2 * MostLanes}; {kind.Lanes} in each direction is taken for its kind.");
                continue;
            }

            return Math.Clamp(isOneway || key != "lanes" ? lanes : isForward ? (lanes + 1) / 2 : lanes / 2, 1, MostLanes);
        }

        return kind.Lanes;
    }

    private static ImmutableArray<RoadPoint> Shift(RoadPoint[] line, double right)
    {
        var whole = Length(line);
        var cut = Math.Min(SetbackM, whole / 4);
        var shifted = new RoadPoint[line.Length];
        for (var i = 0; i < line.Length; i++)
        {
            var from = line[Math.Max(0, i - 1)];
            var to = line[Math.Min(line.Length - 1, i + 1)];
            var along = Math.Max(1e-6, from.DistanceTo(to));
            var (dx, dy) = ((to.X - from.X) / along, (to.Y - from.Y) / along);
            var back = i == 0 ? cut : i == line.Length - 1 ? -cut : 0;
            shifted[i] = new RoadPoint(line[i].X + (dy * right) + (dx * back), line[i].Y - (dx * right) + (dy * back));
        }

        return [.. shifted];
    }

    private static double Length(ReadOnlySpan<RoadPoint> line)
    {
        var sum = 0.0;
        for (var i = 1; i < line.Length; i++)
        {
            sum += line[i - 1].DistanceTo(line[i]);
        }

        return sum;
    }

    private static double Heading(RoadPoint from, RoadPoint to) => Math.Atan2(to.Y - from.Y, to.X - from.X);

    /// <summary>Turn from one heading to another, -π to π; left is positive.</summary>
    private static double Turn(double from, double to)
    {
        var turn = to - from;
        while (turn > Math.PI)
        {
            turn -= 2 * Math.PI;
        }

        while (turn <= -Math.PI)
        {
            turn += 2 * Math.PI;
        }

        return turn;
    }

    /// <summary>A junction has a signal when its node is tagged so, or a node on the last meters of a street toward it; those close together share a controller.</summary>
    private void FindSignals()
    {
        var signaled = new SortedDictionary<int, long>();
        var nodeOf = _junctionOf.ToDictionary(j => j.Value, j => j.Key);
        foreach (var (node, junction) in _junctionOf)
        {
            if (IsSignal(node) && _legs.Count(l => l.ToJunction == junction || l.FromJunction == junction) > 2)
            {
                signaled[junction] = node;
            }
        }

        foreach (var leg in _legs)
        {
            var gone = 0.0;
            for (var i = leg.Nodes.Length - 2; i > 0; i--)
            {
                gone += PlaceOf(leg.Nodes[i]).DistanceTo(PlaceOf(leg.Nodes[i + 1]));
                if (gone > SignalReachM)
                {
                    break;
                }

                if (IsSignal(leg.Nodes[i]) && map.NodeTags[leg.Nodes[i]].GetValueOrDefault("traffic_signals:direction") is not "backward")
                {
                    signaled.TryAdd(leg.ToJunction, nodeOf[leg.ToJunction]);
                }
            }
        }

        foreach (var (junction, node) in signaled)
        {
            var place = PlaceOf(node);
            var near = _signalOf.Keys.Order().Where(other => PlaceOf(nodeOf[other]).DistanceTo(place) <= SameSignalM).Select(other => _signalOf[other]).FirstOrDefault();
            _signalOf[junction] = near ?? string.Create(CultureInfo.InvariantCulture, $"s{node}");
        }
    }

    private bool IsSignal(long node) => map.NodeTags.TryGetValue(node, out var tags) && tags["highway"] == "traffic_signals";

    private RoadJunction Join(long node, int junction, Leg[] incoming, Leg[] outgoing)
    {
        var signal = _signalOf.GetValueOrDefault(junction);
        var first = _connections.Count;
        foreach (var leg in incoming)
        {
            Connect(leg, outgoing, node, signal);
        }

        var last = _connections.Count;
        if (signal is not null)
        {
            foreach (var leg in incoming)
            {
                AddCrossing(leg, junction, signal);
            }
        }

        var kind = outgoing.Length == 0 || incoming.Length == 0 || (incoming.Length == 1 && outgoing.Length == 1 && incoming[0].Way == outgoing[0].Way) ? JunctionKind.DeadEnd
            : signal is not null ? JunctionKind.Signal
            : incoming.Select(l => l.Rank).Distinct().Count() > 1 || incoming.Length < 3 ? JunctionKind.Priority
            : JunctionKind.RightBeforeLeft;
        var over = Enumerable.Range(first, _connections.Count - first).Where(c => c < last || IsCrossing(c)).ToArray();
        Yield(over, incoming, kind);
        return new RoadJunction
        {
            Name = string.Create(CultureInfo.InvariantCulture, $"n{node}"),
            Kind = kind,
            Center = PlaceOf(node),
            IncomingLanes = [.. incoming.SelectMany(l => _edges[l.Edge].Lanes)],
            Connections = [.. over],
        };
    }

    private bool IsCrossing(int connection) => _edges[_lanes[_connections[connection].ToLane].Edge].Function == EdgeFunction.Crossing;

    private void Connect(Leg leg, Leg[] outgoing, long node, string? signal)
    {
        var only = map.Restrictions.Where(r => r.IsOnly && r.From == leg.Way && r.Via == node).Select(r => r.To).ToHashSet();
        var goals = outgoing
            .Where(o => (o.Way != leg.Way || o.Nodes[1] != leg.Nodes[^2]) || outgoing.Length == 1)
            .Where(o => only.Count == 0 || only.Contains(o.Way))
            .Where(o => !map.Restrictions.Any(r => !r.IsOnly && r.From == leg.Way && r.Via == node && r.To == o.Way))
            .Select(o => (Leg: o, Turn: Turn(leg.ToHeading, o.FromHeading)))
            .OrderBy(o => o.Turn)
            .ToList();
        var lanes = _edges[leg.Edge].Lanes;
        foreach (var (goal, turn) in goals)
        {
            var direction = goal.Way == leg.Way && goal.Nodes[1] == leg.Nodes[^2] ? TurnDirection.Around
                : turn < -Math.PI / 4 ? TurnDirection.Right
                : turn > Math.PI / 4 ? TurnDirection.Left
                : TurnDirection.Straight;

            // Where no street goes straight on, the one that bends least is the way through.
            if (direction != TurnDirection.Around && goals.Count == 1)
            {
                direction = TurnDirection.Straight;
            }

            var from = LanesFor(leg, direction, goals.Any(g => g.Turn < -Math.PI / 4), goals.Any(g => g.Turn > Math.PI / 4), goals.Any(g => Math.Abs(g.Turn) <= Math.PI / 4));
            var to = _edges[goal.Edge].Lanes;
            for (var i = 0; i < from.Count; i++)
            {
                // Right turns keep to the curb, left turns to the middle, and the way through keeps its lane.
                var target = direction switch
                {
                    TurnDirection.Left or TurnDirection.Around => to.Length - from.Count + i,
                    TurnDirection.Right => i,
                    _ => from.Count <= to.Length && from[0] > 0 ? to.Length - from.Count + i : i,
                };
                Add(lanes[from[i]], to[Math.Clamp(target, 0, to.Length - 1)], direction, signal);
            }
        }
    }

    private static List<int> LanesFor(Leg leg, TurnDirection direction, bool hasRight, bool hasLeft, bool hasThrough)
    {
        var all = Enumerable.Range(0, leg.Lanes).ToList();
        if (leg.Turns is not null)
        {
            var word = direction switch
            {
                TurnDirection.Right => "right",
                TurnDirection.Left => "left",
                TurnDirection.Around => "reverse",
                _ => "through",
            };
            var named = all.Where(l => leg.Turns[l].Split(';').Any(t => t == word || (word is "right" or "left" && t.EndsWith(word, StringComparison.Ordinal) && !t.StartsWith("merge", StringComparison.Ordinal))
                || (word == "through" && t is "" or "none"))).ToList();
            if (named.Count > 0)
            {
                return named;
            }
        }

        return direction switch
        {
            TurnDirection.Right => [0],
            TurnDirection.Left or TurnDirection.Around => [leg.Lanes - 1],
            _ when leg.Lanes >= 3 && hasLeft && hasThrough => all[..^1],
            _ when !hasThrough && leg.Lanes > 1 && hasRight && hasLeft => all[..1],
            _ => all,
        };
    }

    private void Add(int from, int to, TurnDirection direction, string? signal) => _connections.Add(new RoadConnection
    {
        FromLane = from,
        ToLane = to,
        Direction = direction,
        IsMajor = true,
        Signal = signal,
        SignalLink = signal is null ? -1 : NextLink(signal),
        WaitsInside = direction == TurnDirection.Left,
    });

    private int NextLink(string signal)
    {
        var link = _linkCount.GetValueOrDefault(signal);
        _linkCount[signal] = link + 1;
        return link;
    }

    /// <summary>A crossing over a leg of a signal's junction, where the map has one on its last meters.</summary>
    private void AddCrossing(Leg leg, int junction, string signal)
    {
        var gone = 0.0;
        var hasCrossing = false;
        for (var i = leg.Nodes.Length - 1; i > 0 && gone <= CrossingReachM && !hasCrossing; i--)
        {
            hasCrossing = i < leg.Nodes.Length - 1 && map.NodeTags.TryGetValue(leg.Nodes[i], out var tags) && tags["highway"] == "crossing";
            gone += PlaceOf(leg.Nodes[i]).DistanceTo(PlaceOf(leg.Nodes[i - 1]));
        }

        if (!hasCrossing)
        {
            return;
        }

        var back = _legs.Find(l => l.FromJunction == junction && l.Way == leg.Way && l.Nodes[1] == leg.Nodes[^2]);
        int[] crossed = back is null ? [leg.Edge] : [leg.Edge, back.Edge];
        var lanes = crossed.SelectMany(e => _edges[e].Lanes).ToArray();
        var curb = _lanes[_edges[leg.Edge].Lanes[0]].Shape[^1];
        var far = back is null ? _lanes[_edges[leg.Edge].Lanes[^1]].Shape[^1] : _lanes[_edges[back.Edge].Lanes[0]].Shape[0];
        var (dx, dy) = (Math.Cos(leg.ToHeading), Math.Sin(leg.ToHeading));
        var (sx, sy) = (dy * LaneM / 2, -dx * LaneM / 2);
        RoadPoint[] shape = [new RoadPoint(curb.X + sx + dx, curb.Y + sy + dy), new RoadPoint(far.X - sx + dx, far.Y - sy + dy)];
        var name = $":{_edges[leg.Edge].Name}";
        var near = AddFootEdge($"{name}_w0", EdgeFunction.WalkingArea, junction, 2, [new RoadPoint(shape[0].X + sx, shape[0].Y + sy), shape[0]], []);
        var over = AddFootEdge($"{name}_c", EdgeFunction.Crossing, junction, Math.Max(shape[0].DistanceTo(shape[1]), lanes.Length * LaneM), shape, [.. crossed]);
        var other = AddFootEdge($"{name}_w1", EdgeFunction.WalkingArea, junction, 2, [shape[1], new RoadPoint(shape[1].X - sx, shape[1].Y - sy)], []);
        _connections.Add(new RoadConnection { FromLane = near, ToLane = over, Direction = TurnDirection.Straight, IsMajor = true, Signal = signal, SignalLink = NextLink(signal) });
        _connections.Add(new RoadConnection { FromLane = over, ToLane = other, Direction = TurnDirection.Straight, IsMajor = true });
    }

    private int AddFootEdge(string name, EdgeFunction function, int junction, double lengthM, RoadPoint[] shape, ImmutableArray<int> crossed)
    {
        var lane = _lanes.Count;
        _lanes.Add(new RoadLane { Name = $"{name}_0", Edge = _edges.Count, Position = 0, LengthM = lengthM, SpeedMps = 2.78, Allowed = RoadUsers.Pedestrian, Shape = [.. shape] });
        _edges.Add(new RoadEdge { Name = name, Function = function, From = junction, To = junction, Lanes = [lane], CrossedEdges = crossed });
        return lane;
    }

    /// <summary>Finds which ways cross or join, and who goes first.</summary>
    private void Yield(int[] over, Leg[] incoming, JunctionKind kind)
    {
        var legOf = incoming.ToDictionary(l => l.Edge);
        foreach (var a in over)
        {
            var foes = new List<int>();
            var first = new List<int>();
            foreach (var b in over)
            {
                if (a == b || !Meet(a, b))
                {
                    continue;
                }

                foes.Add(b);
                if (MustYield(a, b, legOf, kind))
                {
                    first.Add(b);
                }
            }

            _connections[a] = _connections[a] with { Foes = [.. foes], YieldsTo = [.. first], IsMajor = first.TrueForAll(IsCrossing) };
        }
    }

    private bool Meet(int a, int b)
    {
        var (one, two) = (_connections[a], _connections[b]);
        if (one.FromLane == two.FromLane || (IsCrossing(a) && IsCrossing(b)))
        {
            return false;
        }

        if (IsCrossing(a) || IsCrossing(b))
        {
            var crossed = _edges[_lanes[(IsCrossing(a) ? one : two).ToLane].Edge].CrossedEdges;
            var driven = IsCrossing(a) ? two : one;
            return crossed.Contains(_lanes[driven.FromLane].Edge) || crossed.Contains(_lanes[driven.ToLane].Edge);
        }

        return one.ToLane == two.ToLane
            || Vehicles.StreetLayout.Cross([_lanes[one.FromLane].Shape[^1], _lanes[one.ToLane].Shape[0]], [_lanes[two.FromLane].Shape[^1], _lanes[two.ToLane].Shape[0]]) is not null;
    }

    private bool MustYield(int a, int b, Dictionary<int, Leg> legOf, JunctionKind kind)
    {
        if (IsCrossing(a) || IsCrossing(b))
        {
            return IsCrossing(b);
        }

        var (one, two) = (legOf[_lanes[_connections[a].FromLane].Edge], legOf[_lanes[_connections[b].FromLane].Edge]);
        var angle = Turn(one.ToHeading, two.ToHeading);
        var isOpposing = Math.Abs(angle) > Math.PI * 0.7;
        if (kind != JunctionKind.Signal && one.Rank != two.Rank)
        {
            return one.Rank < two.Rank;
        }

        if (isOpposing || one.Edge == two.Edge)
        {
            var (mine, theirs) = (Yielding(_connections[a].Direction), Yielding(_connections[b].Direction));
            return mine > theirs || (mine == theirs && a > b);
        }

        // Who comes from the right heads to one's left.
        return kind == JunctionKind.Signal ? Yielding(_connections[a].Direction) > 0 : angle > 0;
    }

    private static int Yielding(TurnDirection direction) => direction switch
    {
        TurnDirection.Straight => 0,
        TurnDirection.Right => 1,
        TurnDirection.Left => 2,
        _ => 3,
    };

    /// <summary>A stage for each axis of streets: through and right with the right of way where nobody is met, left turns where gaps allow.</summary>
    private FixedProgram Program(string signal)
    {
        const double GreenS = 30;
        const double YellowS = 4;
        const double RedS = 2;
        var links = _linkCount[signal];
        var own = _connections.Where(c => c.Signal == signal).OrderBy(c => c.SignalLink).ToArray();
        var legOf = _legs.ToDictionary(l => l.Edge);
        var driven = own.Where(c => _edges[_lanes[c.FromLane].Edge].Function == EdgeFunction.Street).ToArray();
        var axes = new List<double>();
        int AxisOf(RoadConnection c)
        {
            var heading = legOf[_lanes[c.FromLane].Edge].ToHeading;
            var axis = axes.FindIndex(x => Math.Abs(Math.Sin(heading - x)) < Math.Sin(Math.PI / 4));
            if (axis < 0)
            {
                axes.Add(heading);
                axis = axes.Count - 1;
            }

            return axis;
        }

        var axisOf = driven.ToDictionary(c => c.SignalLink, AxisOf);
        var phases = ImmutableArray.CreateBuilder<FixedPhase>();
        for (var axis = 0; axis < axes.Count; axis++)
        {
            var green = new char[links];
            Array.Fill(green, 'r');
            foreach (var c in driven.Where(c => axisOf[c.SignalLink] == axis))
            {
                var meets = c.YieldsTo.Any(f => _connections[f].Signal == signal && (IsCrossing(f) || axisOf.GetValueOrDefault(_connections[f].SignalLink, -1) == axis));
                green[c.SignalLink] = meets ? 'g' : 'G';
            }

            // Walkers cross the streets that have red, as those who turn let them pass.
            foreach (var c in own.Where(c => _edges[_lanes[c.ToLane].Edge].Function == EdgeFunction.Crossing))
            {
                var approach = driven.FirstOrDefault(d => _edges[_lanes[c.ToLane].Edge].CrossedEdges.Contains(_lanes[d.FromLane].Edge));
                if (approach is not null && axisOf[approach.SignalLink] != axis)
                {
                    green[c.SignalLink] = 'G';
                }
            }

            var walkEnd = new string([.. green.Select((g, i) => axisOf.ContainsKey(i) ? g : 'r')]);
            phases.Add(new FixedPhase(GreenS / 2, new string(green)));
            phases.Add(new FixedPhase(GreenS / 2, walkEnd));
            phases.Add(new FixedPhase(YellowS, new string([.. walkEnd.Select(g => g is 'G' or 'g' ? 'y' : 'r')])));
            phases.Add(new FixedPhase(RedS, new string('r', links)));
        }

        return new FixedProgram { Signal = signal, Name = "0", Phases = phases.ToImmutable() };
    }

    /// <summary>One direction of a part of a way, between two junctions.</summary>
    private sealed record Leg(int Edge, long Way, long[] Nodes, int FromJunction, int ToJunction, double ToHeading, double FromHeading, int Rank, int Lanes, string[]? Turns);
}
