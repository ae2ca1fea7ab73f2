using System.Collections.Immutable;
using Crosstown.Core.Networks;
using Crosstown.Core.Street;
using Crosstown.Timing.Model;

namespace Crosstown.Timing.Proof.Drawing;

/// <summary>Lays the sketch out in the plane and makes lanes and connections of it.</summary>
internal sealed class RoadBuilder
{
    private const double LaneM = 3.2;
    private const double LeastRadiusM = 9;
    private const double MostRadiusM = 40;
    private const double LeastApproachM = 40;
    private const double LeastLegM = 20;
    private const double MostLegM = 60;

    /// <summary>A leg that leads out of the drawing: long enough to be back at speed.</summary>
    private const double ExitM = 100;

    /// <summary>What a lane carries without a signal that stops it, with room to change lanes.</summary>
    private const double MostVehPerHour = 1200;

    /// <summary>Share of a lane's fair part of the traffic from which on a bay is used enough to be a lane of the street.</summary>
    private const double LeastShare = 0.3;

    /// <summary>Two changes of the number of lanes lie at least so far from each other.</summary>
    private const double LeastStretchM = 15;

    /// <summary>Signals lie at least so far from each other on the map, where coordinates are not known.</summary>
    private const double LeastSpacingM = 150;
    private const double LeastSpeedMps = 8;
    private const double MostSpeedMps = 25;

    private readonly TimingNetwork _network;
    private readonly StreetDrawingOptions _options;
    private readonly FlowSketch _sketch;
    private readonly double[] _radiusM;
    private readonly RoadPoint[] _centers;
    private readonly List<RoadJunction> _junctions = [];
    private readonly List<RoadEdge> _edges = [];
    private readonly List<RoadLane> _lanes = [];
    private readonly List<RoadConnection> _connections = [];
    private readonly List<int> _groupOf = [];

    /// <summary>By approach that is fed: length of leg and approach together, by leg.</summary>
    private readonly Dictionary<Approach, List<(Leg Leg, double LengthM)>> _wholeM = [];

    public RoadBuilder(TimingNetwork network, StreetDrawingOptions options, FlowSketch sketch)
    {
        (_network, _options, _sketch) = (network, options, sketch);
        _radiusM = [.. Enumerable.Range(0, sketch.JunctionCount).Select(Radius)];
        foreach (var approach in sketch.Approaches)
        {
            SetLength(approach);
        }

        foreach (var approach in sketch.Approaches)
        {
            // A leg that leads to several approaches is as long as the one that needs most of it.
            approach.LengthM = _wholeM.TryGetValue(approach, out var whole) ? Math.Max(LeastApproachM, whole.Min(w => w.LengthM - w.Leg.LengthM)) : approach.LengthM;
            SetStretches(approach);
        }

        foreach (var leg in sketch.Legs)
        {
            leg.Lanes = Math.Max(ArrivingLanes(leg), leg.To.Select(a => a.Stretches[0].Lanes.Count).DefaultIfEmpty(1).Max());
        }

        _centers = Centers();
    }

    /// <summary>By connection: the group whose stop line it begins at; -1 for others.</summary>
    public List<int> GroupOf => _groupOf;

    public RoadNetwork Build(DriverFit fit)
    {
        foreach (var (signal, place) in _sketch.Junctions)
        {
            var at = _junctions.Count;
            _junctions.Add(new RoadJunction { Name = $"J{signal}.{place}", Kind = JunctionKind.Signal, Center = _centers[at] });
        }

        foreach (var approach in _sketch.Approaches)
        {
            DrawApproach(approach);
        }

        foreach (var leg in _sketch.Legs)
        {
            DrawLeg(leg);
        }

        foreach (var approach in _sketch.Approaches)
        {
            ConnectStretches(approach);
            ConnectLegs(approach);
        }

        var first = _connections.Count;
        for (var g = 0; g < _network.Groups.Length; g++)
        {
            if (_sketch.ApproachOf[g] is not null)
            {
                foreach (var turn in _sketch.Ways[g].GroupBy(w => (w.Turn, w.Leg)).Select(w => w.Key))
                {
                    DrawTurn(g, turn.Turn, turn.Leg, fit);
                }
            }
        }

        FindFoes(first);
        return new RoadNetwork { Junctions = [.. _junctions], Edges = [.. _edges], Lanes = [.. _lanes], Connections = [.. _connections] };
    }

    private static (double X, double Y) Unit(double degrees) => (Math.Cos(double.DegreesToRadians(degrees)), Math.Sin(double.DegreesToRadians(degrees)));

    private int LanesOf(Approach approach) => approach.Groups.Sum(g => _network.Groups[g].Lanes);

    /// <summary>The most lanes that turn onto a leg at once.</summary>
    private int ArrivingLanes(Leg leg) => Math.Max(1, _sketch.Ways.SelectMany(w => w).Where(w => w.Leg == leg)
        .GroupBy(w => (_sketch.ApproachOf[w.Group], w.Turn))
        .Select(w => w.Select(x => x.Group).Distinct().Sum(g => LanesThatTurn(g, w.Key.Turn).Count))
        .DefaultIfEmpty(1).Max());

    /// <summary>A turn from lanes shared with through traffic is made from the outermost.</summary>
    private (int First, int Count) LanesThatTurn(int g, TurnDirection turn)
    {
        var group = _network.Groups[g];
        var isShared = group.Movement is LaneMovement.ThroughLeft or LaneMovement.ThroughRight or LaneMovement.LeftThroughRight or LaneMovement.Unknown;
        return !isShared || turn == TurnDirection.Straight ? (0, group.Lanes) : turn == TurnDirection.Right ? (0, 1) : (group.Lanes - 1, 1);
    }

    private double Radius(int junction)
    {
        var arms = _sketch.Approaches.Where(a => a.Junction == junction).Select(a => (Heading: a.HeadingDegrees + 180, Width: LanesOf(a) * LaneM))
            .Concat(_sketch.Legs.Where(l => l.Junction == junction).Select(l => (Heading: l.HeadingDegrees, Width: ArrivingLanes(l) * LaneM))).ToList();
        var radius = Math.Max(LeastRadiusM, arms.Max(a => a.Width) + 3);
        foreach (var (heading, width) in arms)
        {
            foreach (var (other, otherWidth) in arms)
            {
                var between = Math.Abs(FlowSketch.Normalize(heading - other));
                if (between is > 20 and < 80)
                {
                    radius = Math.Max(radius, (width + otherWidth) / 2 / Math.Tan(double.DegreesToRadians(between / 2)));
                }
            }
        }

        return Math.Min(MostRadiusM, radius);
    }

    private bool IsTurnOnly(int g) => _network.Groups[g].Movement is LaneMovement.Left or LaneMovement.Right;

    /// <summary>Length by the travel time from stop line to stop line; speed by storage or the map where they say it.</summary>
    private void SetLength(Approach approach)
    {
        var ways = _sketch.Ways.SelectMany(w => w).Where(w => w.ToGroup >= 0 && _sketch.ApproachOf[w.ToGroup] == approach).ToList();
        var storageM = approach.Groups.Where(g => !IsTurnOnly(g) || approach.Groups.TrueForAll(IsTurnOnly))
            .Select(g => _network.Groups[g].StorageVeh / _network.Groups[g].Lanes * DriverFit.SpaceM).Max();
        if (ways.Count == 0)
        {
            approach.LimitMps = _options.SpeedMps;
            approach.LengthM = Math.Max(_options.EntryM, Math.Min(storageM ?? 0, 2 * _options.EntryM));
            return;
        }

        double Mean(IEnumerable<Way> some) => some.Sum(w => w.TravelS * w.VehPerHour) / some.Sum(w => w.VehPerHour);
        var travelS = Mean(ways);
        var main = ways.GroupBy(w => w.Leg).OrderByDescending(l => l.Sum(w => w.VehPerHour)).First().Key;
        approach.LimitMps = new[] { storageM, MapM(approach.Signal, _sketch.Approaches.First(a => a.Junction == main.Junction).Signal) }
            .Select(m => m / travelS).FirstOrDefault(v => v is >= LeastSpeedMps and <= MostSpeedMps) ?? _options.SpeedMps;
        var rest = ways.GroupBy(w => w.Leg).Select(l => (Leg: l.Key, LengthM: Math.Max(LeastApproachM + LeastLegM, (Mean(l) * approach.LimitMps) - (2 * _radiusM[l.Key.Junction])))).ToList();
        var shortest = rest.Min(r => r.LengthM);
        approach.LengthM = Math.Max(LeastApproachM, shortest - Math.Clamp(0.35 * shortest, LeastLegM, MostLegM));
        _wholeM[approach] = rest;
        foreach (var (leg, length) in rest)
        {
            leg.LengthM = Math.Max(leg.LengthM, Math.Max(LeastLegM, length - approach.LengthM));
            leg.LimitMps = Math.Max(leg.LimitMps, approach.LimitMps);
        }
    }

    private double? MapM(int a, int b)
    {
        var (first, second) = (_network.Signals[a], _network.Signals[b]);
        if (first.Latitude is not { } y1 || first.Longitude is not { } x1 || second.Latitude is not { } y2 || second.Longitude is not { } x2)
        {
            return null;
        }

        var (from, to) = (OnPlane(y1, x1, y1), OnPlane(y2, x2, y1));
        return from.DistanceTo(to);
    }

    /// <summary>Meters on a plane that fits within some tens of kilometers.</summary>
    private static RoadPoint OnPlane(double latitude, double longitude, double middle)
    {
        const double Meters = 111_195;
        return new RoadPoint(longitude * Meters * Math.Cos(double.DegreesToRadians(middle)), latitude * Meters);
    }

    /// <summary>Turning bays begin where their storage says; where more lanes arrive than go on, bays begin with the approach, or lanes end on it.</summary>
    private void SetStretches(Approach approach)
    {
        var bayM = new Dictionary<int, double>();

        // Where all turn, their lanes are the street.
        foreach (var g in approach.Groups.Where(g => IsTurnOnly(g) && !approach.Groups.TrueForAll(IsTurnOnly)))
        {
            var length = Math.Max(LeastStretchM, _network.Groups[g].StorageVeh / _network.Groups[g].Lanes * DriverFit.SpaceM ?? double.MaxValue);
            if (length < approach.LengthM - LeastStretchM)
            {
                bayM[g] = length;
            }
        }

        // A bay that many take begins with the street where the lanes before it could not carry or take over what comes.
        var volumes = _network.Demands[_options.Demand].VolumeVehPerHour;
        var volume = approach.Groups.Sum(g => volumes[g]);
        var arriving = approach.From.Select(ArrivingLanes).DefaultIfEmpty(1).Max();
        int Main() => LanesOf(approach) - bayM.Keys.Sum(g => _network.Groups[g].Lanes);
        while (bayM.Count > 0 && (Main() < arriving || volume > MostVehPerHour * Main()))
        {
            var taken = bayM.Keys.OrderByDescending(g => volumes[g]).ThenBy(g => g).First();
            if (volume <= MostVehPerHour * Main() && volumes[taken] * LanesOf(approach) < LeastShare * volume * _network.Groups[taken].Lanes)
            {
                break;
            }

            bayM.Remove(taken);
        }

        var missing = arriving - Main();
        var cuts = new List<double> { approach.LengthM };
        var endM = 0.0;
        if (missing > 0)
        {
            endM = Math.Max(0.4 * approach.LengthM, bayM.Values.DefaultIfEmpty(0).Max() + LeastStretchM);
            if (endM > approach.LengthM - LeastStretchM)
            {
                missing = 0;
            }
            else
            {
                cuts.Add(endM);
            }
        }

        foreach (var (g, length) in bayM.OrderByDescending(b => b.Value).ToList())
        {
            if (cuts[^1] - length < LeastStretchM)
            {
                bayM[g] = cuts[^1];
            }
            else
            {
                cuts.Add(length);
            }
        }

        for (var i = 0; i < cuts.Count; i++)
        {
            var lanes = Enumerable.Repeat((-1, 0), missing > 0 && cuts[i] > endM ? missing : 0).ToList();
            foreach (var g in approach.Groups.Where(g => !bayM.TryGetValue(g, out var bay) || bay >= cuts[i]))
            {
                lanes.AddRange(Enumerable.Range(0, _network.Groups[g].Lanes).Select(l => (g, l)));
            }

            approach.Stretches.Add(new Stretch(cuts[i], i + 1 < cuts.Count ? cuts[i + 1] : 0, lanes));
        }
    }

    /// <summary>Where signals lie: by their coordinates, else one after the other by the streets between them.</summary>
    private RoadPoint[] Centers()
    {
        var centers = new RoadPoint?[_sketch.JunctionCount];
        var at = _sketch.Junctions.ToArray();
        var middle = _network.Signals.Where(s => s.Latitude is not null).Select(s => s.Latitude!.Value).DefaultIfEmpty(0).Average();
        var west = _network.Signals.Where(s => s.Longitude is not null).Select(s => s.Longitude!.Value).DefaultIfEmpty(0).Min();
        for (var j = 0; j < centers.Length; j++)
        {
            var signal = _network.Signals[at[j].Signal];
            if (at[j].Place == 0 && signal.Latitude is { } latitude && signal.Longitude is { } longitude)
            {
                centers[j] = OnPlane(latitude - middle, longitude - west, middle);
            }
        }

        var next = new Queue<int>();
        for (var start = 0; start < centers.Length; start++)
        {
            if (centers[start] is null && !Array.Exists(centers, c => c is not null))
            {
                centers[start] = new RoadPoint(0, 0);
            }
        }

        for (var j = 0; j < centers.Length; j++)
        {
            if (centers[j] is not null)
            {
                next.Enqueue(j);
            }
        }

        for (var rest = 0; rest < centers.Length;)
        {
            if (!next.TryDequeue(out var j))
            {
                if (centers[rest] is null)
                {
                    // Not tied to any street of those before: it stands by itself.
                    centers[rest] = new RoadPoint(0, centers.Where(c => c is not null).Min(c => c!.Value.Y) - 2000);
                    next.Enqueue(rest);
                }

                rest++;
                continue;
            }

            foreach (var approach in _sketch.Approaches)
            {
                foreach (var leg in approach.From.Where(l => l.Junction == j || approach.Junction == j))
                {
                    var isAhead = leg.Junction == j;
                    var other = isAhead ? approach.Junction : leg.Junction;
                    if (centers[other] is null)
                    {
                        var (x, y) = Unit(isAhead ? leg.HeadingDegrees : leg.HeadingDegrees + 180);
                        var length = Math.Max(LeastSpacingM, approach.LengthM + leg.LengthM + (2 * _radiusM[j]));
                        var place = new RoadPoint(centers[j]!.Value.X + (x * length), centers[j]!.Value.Y + (y * length));
                        while (Array.Exists(centers, c => c is { } taken && taken.DistanceTo(place) < LeastSpacingM))
                        {
                            place = new RoadPoint(place.X + (0.6 * LeastSpacingM), place.Y + (0.4 * LeastSpacingM));
                        }

                        centers[other] = place;
                        next.Enqueue(other);
                    }
                }
            }
        }

        return [.. centers.Select(c => c!.Value)];
    }

    /// <summary>A lane's place beside the middle of its street: to the right of where it leads.</summary>
    private static RoadPoint Beside(RoadPoint center, double headingDegrees, double alongM, int lane, int lanes)
    {
        var (x, y) = Unit(headingDegrees);
        var right = (lanes - lane - 0.5) * LaneM;
        return new RoadPoint(center.X + (x * alongM) + (y * right), center.Y + (y * alongM) - (x * right));
    }

    private RoadPoint OnApproach(Approach approach, double beforeM, int lane, int lanes) =>
        Beside(_centers[approach.Junction], approach.HeadingDegrees, -_radiusM[approach.Junction] - beforeM, lane, lanes);

    private int AddJunction(string name, JunctionKind kind, RoadPoint center)
    {
        _junctions.Add(new RoadJunction { Name = name, Kind = kind, Center = center });
        return _junctions.Count - 1;
    }

    private int AddEdge(string name, int from, int to, double lengthM, double limitMps, int lanes, Func<int, RoadPoint[]> shape, EdgeFunction function = EdgeFunction.Street)
    {
        var edge = _edges.Count;
        var first = _lanes.Count;
        for (var l = 0; l < lanes; l++)
        {
            _lanes.Add(new RoadLane
            {
                Name = $"{name}_{l}", Edge = edge, Position = l, LengthM = lengthM, SpeedMps = limitMps, WidthM = LaneM, Allowed = RoadUsers.All & ~RoadUsers.Pedestrian, Shape = [.. shape(l)],
            });
        }

        _edges.Add(new RoadEdge { Name = name, Function = function, From = from, To = to, Lanes = [.. Enumerable.Range(first, lanes)] });
        return edge;
    }

    private readonly Dictionary<Approach, int> _beginOf = [];

    private void DrawApproach(Approach approach)
    {
        var name = $"A{_sketch.Approaches.IndexOf(approach)}";
        if (!_beginOf.TryGetValue(approach, out var node))
        {
            node = AddJunction($"{name}.begin", approach.From.Count > 0 ? JunctionKind.Priority : JunctionKind.DeadEnd, Middle(approach, approach.LengthM));
            Share(approach, node);
        }

        var isFirst = _junctions[node].Center == Middle(approach, approach.LengthM);
        for (var i = 0; i < approach.Stretches.Count; i++)
        {
            var (stretch, begin) = (approach.Stretches[i], node);
            node = i + 1 < approach.Stretches.Count ? AddJunction($"{name}.{i}", JunctionKind.Priority, Middle(approach, stretch.ToM)) : approach.Junction;
            stretch.Edge = AddEdge(
                $"{name}-{i}", begin, node, stretch.FromM - stretch.ToM, approach.LimitMps, stretch.Lanes.Count,
                l => [.. isFirst || stretch.FromM < approach.LengthM ? Array.Empty<RoadPoint>() : [_junctions[begin].Center], OnApproach(approach, stretch.FromM, l, stretch.Lanes.Count), OnApproach(approach, stretch.ToM, l, stretch.Lanes.Count)]);
        }
    }

    /// <summary>Approaches that a leg branches to begin at one place.</summary>
    private void Share(Approach approach, int node)
    {
        if (_beginOf.TryAdd(approach, node))
        {
            foreach (var other in approach.From.SelectMany(l => l.To))
            {
                Share(other, node);
            }
        }
    }

    private RoadPoint Middle(Approach approach, double beforeM)
    {
        var (x, y) = Unit(approach.HeadingDegrees);
        var along = -_radiusM[approach.Junction] - beforeM;
        var center = _centers[approach.Junction];
        return new RoadPoint(center.X + (x * along), center.Y + (y * along));
    }

    private void DrawLeg(Leg leg)
    {
        var name = $"L{_sketch.Legs.IndexOf(leg)}";
        var (center, radius) = (_centers[leg.Junction], _radiusM[leg.Junction]);
        var isExit = leg.To.Count == 0;
        if (isExit)
        {
            leg.LengthM = ExitM;
            leg.LimitMps = _sketch.Ways.SelectMany(w => w).Where(w => w.Leg == leg).Max(w => _sketch.ApproachOf[w.Group]!.LimitMps);
        }

        var (x, y) = Unit(leg.HeadingDegrees);
        var main = isExit ? null : leg.To[0];
        var to = main is null ? AddJunction($"{name}.end", JunctionKind.DeadEnd, new RoadPoint(center.X + (x * (radius + ExitM)), center.Y + (y * (radius + ExitM)))) : _beginOf[main];
        leg.Edge = AddEdge(name, leg.Junction, to, leg.LengthM, leg.LimitMps, leg.Lanes, l =>
        {
            var begin = Beside(center, leg.HeadingDegrees, radius, l, leg.Lanes);
            if (main is null)
            {
                return [begin, Beside(center, leg.HeadingDegrees, radius + ExitM, l, leg.Lanes)];
            }

            var lanes = main.Stretches[0].Lanes.Count;
            return [begin, Beside(center, leg.HeadingDegrees, radius + 8, l, leg.Lanes), OnApproach(main, main.LengthM + 8, Math.Min(l, lanes - 1), lanes), OnApproach(main, main.LengthM, Math.Min(l, lanes - 1), lanes)];
        });
    }

    private void Connect(int fromLane, int toLane, TurnDirection turn, bool isMajor, int via = -1, string? signal = null, int link = -1, int group = -1, bool waits = false)
    {
        _connections.Add(new RoadConnection
        {
            FromLane = fromLane, ToLane = toLane, Direction = turn, IsMajor = isMajor, ViaLane = via, Signal = signal, SignalLink = link, WaitsInside = waits,
        });
        _groupOf.Add(group);
    }

    private void ConnectStretches(Approach approach)
    {
        for (var i = 1; i < approach.Stretches.Count; i++)
        {
            var (before, after) = (approach.Stretches[i - 1], approach.Stretches[i]);
            var (from, to) = (_edges[before.Edge].Lanes, _edges[after.Edge].Lanes);
            for (var l = 0; l < to.Length; l++)
            {
                var same = before.Lanes.IndexOf(after.Lanes[l]);
                for (var away = 1; same < 0; away++)
                {
                    // A bay is reached from the lane beside it.
                    same = l - away >= 0 ? before.Lanes.IndexOf(after.Lanes[l - away]) : -1;
                    same = same < 0 && l + away < to.Length ? before.Lanes.IndexOf(after.Lanes[l + away]) : same;
                }

                Connect(from[same], to[l], TurnDirection.Straight, true);
            }
        }
    }

    /// <summary>Legs go over into the approach lane by lane. Where several meet, the one with the most traffic goes first.</summary>
    private void ConnectLegs(Approach approach)
    {
        var to = _edges[approach.Stretches[0].Edge].Lanes;
        var legs = approach.From.OrderByDescending(l => _sketch.Ways.SelectMany(w => w).Where(w => w.Leg == l).Sum(w => w.VehPerHour)).ToList();
        var first = _connections.Count;
        foreach (var leg in legs)
        {
            var from = _edges[leg.Edge].Lanes;
            for (var l = 0; l < to.Length; l++)
            {
                Connect(from[Math.Min(l, from.Length - 1)], to[l], TurnDirection.Straight, leg == legs[0]);
            }
        }

        for (var c = first; c < _connections.Count && legs.Count > 1; c++)
        {
            ImmutableArray<int> joining = [.. Enumerable.Range(first, _connections.Count - first)
                .Where(o => o != c && _connections[o].ToLane == _connections[c].ToLane && _lanes[_connections[o].FromLane].Edge != _lanes[_connections[c].FromLane].Edge)];
            _connections[c] = _connections[c] with { Foes = joining, YieldsTo = [.. joining.Where(o => o < c)] };
        }
    }

    private readonly Dictionary<int, int> _links = [];

    private void DrawTurn(int g, TurnDirection turn, Leg leg, DriverFit fit)
    {
        var approach = _sketch.ApproachOf[g]!;
        var last = approach.Stretches[^1];
        var (first, count) = LanesThatTurn(g, turn);
        var speed = Math.Min(fit.CrossingMps(g, turn), leg.LimitMps);
        for (var k = 0; k < count; k++)
        {
            var at = last.Lanes.IndexOf((g, first + k));
            var to = (turn == TurnDirection.Left ? leg.Lanes - Turning(approach.Groups, turn, leg) : 0) + Turning(approach.Groups.TakeWhile(o => o != g), turn, leg) + k;
            var (fromLane, toLane) = (_edges[last.Edge].Lanes[at], _edges[leg.Edge].Lanes[Math.Clamp(to, 0, leg.Lanes - 1)]);
            var shape = Bend(_lanes[fromLane], _lanes[toLane]);
            var inside = AddEdge($":{approach.Junction}_{_connections.Count}", approach.Junction, approach.Junction, Math.Max(1, LengthOf(shape)), speed, 1, _ => shape, EdgeFunction.Inside);
            var link = _links.GetValueOrDefault(approach.Signal);
            _links[approach.Signal] = link + 1;
            Connect(fromLane, toLane, turn, turn == TurnDirection.Straight, _edges[inside].Lanes[0], StreetDrawing.NameOf(approach.Signal), link, g, turn == TurnDirection.Left);
        }
    }

    /// <summary>Lanes of groups that turn onto a leg; several groups' stand beside each other there.</summary>
    private int Turning(IEnumerable<int> groups, TurnDirection turn, Leg leg) =>
        groups.Where(o => _sketch.Ways[o].Exists(w => w.Turn == turn && w.Leg == leg)).Sum(o => LanesThatTurn(o, turn).Count);

    private static RoadPoint[] Bend(RoadLane from, RoadLane to)
    {
        const int Parts = 10;
        var (a, b, c, d) = (from.Shape[^2], from.Shape[^1], to.Shape[0], to.Shape[1]);
        var reach = 0.4 * b.DistanceTo(c);
        var (first, second) = (Toward(b, a, -reach), Toward(c, d, -reach));
        var points = new RoadPoint[Parts + 1];
        for (var i = 0; i <= Parts; i++)
        {
            var t = (double)i / Parts;
            var (w0, w1, w2, w3) = ((1 - t) * (1 - t) * (1 - t), 3 * (1 - t) * (1 - t) * t, 3 * (1 - t) * t * t, t * t * t);
            points[i] = new RoadPoint((w0 * b.X) + (w1 * first.X) + (w2 * second.X) + (w3 * c.X), (w0 * b.Y) + (w1 * first.Y) + (w2 * second.Y) + (w3 * c.Y));
        }

        return points;
    }

    private static RoadPoint Toward(RoadPoint from, RoadPoint to, double way)
    {
        var share = way / Math.Max(1e-9, from.DistanceTo(to));
        return new RoadPoint(from.X + ((to.X - from.X) * share), from.Y + ((to.Y - from.Y) * share));
    }

    private static double LengthOf(RoadPoint[] line) => Enumerable.Range(1, line.Length - 1).Sum(i => line[i - 1].DistanceTo(line[i]));

    /// <summary>Ways over an intersection that cross or join; through traffic goes before right turns, these before left turns, and what a group opposes before it.</summary>
    private void FindFoes(int first)
    {
        var foes = new List<int>[_connections.Count];
        foreach (var at in Enumerable.Range(first, _connections.Count - first).GroupBy(c => _sketch.ApproachOf[_groupOf[c]]!.Junction))
        {
            var ways = at.ToArray();
            foreach (var a in ways)
            {
                foreach (var b in ways.Where(o => o > a && _connections[o].FromLane != _connections[a].FromLane))
                {
                    if (_connections[a].ToLane == _connections[b].ToLane || Crosses(_lanes[_connections[a].ViaLane].Shape, _lanes[_connections[b].ViaLane].Shape))
                    {
                        (foes[a] ??= []).Add(b);
                        (foes[b] ??= []).Add(a);
                    }
                }
            }
        }

        for (var c = first; c < foes.Length; c++)
        {
            if (foes[c] is { } own)
            {
                _connections[c] = _connections[c] with { Foes = [.. own.Order()], YieldsTo = [.. own.Where(o => MayShareGreen(_groupOf[o], _groupOf[c]) && GoesBefore(o, c)).Order()] };
            }
        }
    }

    /// <summary>Whether the controller can show both green at once: a phase of both, or phases of two rings in one barrier group.</summary>
    private bool MayShareGreen(int a, int b)
    {
        var (first, second) = (_network.Groups[a].Phases | _network.Groups[a].PermissivePhases, _network.Groups[b].Phases | _network.Groups[b].PermissivePhases);
        var phases = _network.Signals[_network.Groups[a].Signal].Phases;
        return (first & second) != 0 || phases.Any(p => (first >> p.Number & 1) != 0 && phases.Any(q => (second >> q.Number & 1) != 0 && p.Ring != q.Ring && p.BarrierGroup == q.BarrierGroup));
    }

    private bool GoesBefore(int a, int b)
    {
        var (isOpposed, opposes) = (_network.Groups[_groupOf[b]].Opposing.Contains(_groupOf[a]), _network.Groups[_groupOf[a]].Opposing.Contains(_groupOf[b]));
        static int Rank(TurnDirection turn) => turn switch { TurnDirection.Straight => 0, TurnDirection.Right => 1, _ => 2 };
        var (first, second) = (Rank(_connections[a].Direction), Rank(_connections[b].Direction));
        return first != second ? first < second : isOpposed != opposes ? isOpposed : a < b;
    }

    private static bool Crosses(ImmutableArray<RoadPoint> a, ImmutableArray<RoadPoint> b)
    {
        for (var i = 1; i < a.Length; i++)
        {
            for (var j = 1; j < b.Length; j++)
            {
                var (ax, ay) = (a[i].X - a[i - 1].X, a[i].Y - a[i - 1].Y);
                var (bx, by) = (b[j].X - b[j - 1].X, b[j].Y - b[j - 1].Y);
                var turn = (ax * by) - (ay * bx);
                if (Math.Abs(turn) > 1e-9)
                {
                    var (cx, cy) = (b[j - 1].X - a[i - 1].X, b[j - 1].Y - a[i - 1].Y);
                    var (s, t) = (((cx * by) - (cy * bx)) / turn, ((cx * ay) - (cy * ax)) / turn);
                    if (s is >= 0 and <= 1 && t is >= 0 and <= 1)
                    {
                        return true;
                    }
                }
            }
        }

        return false;
    }
}
