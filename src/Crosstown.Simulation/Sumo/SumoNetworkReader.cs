using System.Collections.Immutable;
using System.Globalization;
using Crosstown.Core.Data;
using Crosstown.Core.Networks;

namespace Crosstown.Simulation.Sumo;

/// <summary>Reads a SUMO network (<c>.net.xml</c>): lanes, connections, right of way, crossings and signal programs.</summary>
/// <remarks>Written for SUMO 1.x files. What a network cannot do without is a problem that ends the reading; a damaged connection or program is left out and reported.</remarks>
public static class SumoNetworkReader
{
    /// <param name="stream">The file, not compressed.</param>
    /// <param name="source">Its name, for messages.</param>
    /// <param name="problems">Gets a problem for each row that is left out.</param>
    /// <exception cref="ProblemException">The file is no network, or one that contradicts itself.</exception>
    public static RoadNetwork Read(Stream stream, string source, ICollection<Problem> problems)
    {
        using var xml = new SumoXml(stream, source, problems);
        var draft = new Draft(xml);
        xml.ReadRoot("net");
        draft.KeepsLeft = xml.Find("lefthand") is "true" or "1";
        while (xml.ReadElement())
        {
            switch (xml.Xml.Name)
            {
                case "location":
                    draft.Projection = ReadProjection(xml);
                    break;
                case "edge":
                    draft.AddEdge();
                    break;
                case "junction":
                    draft.AddJunction();
                    break;
                case "connection":
                    draft.AddConnection();
                    break;
                case "tlLogic":
                    if (SumoProgram.Read(xml) is { } program)
                    {
                        draft.Programs.Add(program);
                    }

                    break;
            }
        }

        var network = draft.Finish(source);
        xml.Finish();
        return network;
    }

    private static MapProjection? ReadProjection(SumoXml xml)
    {
        var words = xml.ListWords("projParameter");
        var offset = xml.ListPoints("netOffset");
        if (!words.Contains("+proj=utm") || offset.Length != 1)
        {
            return null;
        }

        var zone = words.FirstOrDefault(w => w.StartsWith("+zone=", StringComparison.Ordinal));
        return zone is not null && int.TryParse(zone.AsSpan("+zone=".Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= 60
            ? new MapProjection(number, words.Contains("+south"), offset[0].X, offset[0].Y)
            : null;
    }

    private sealed class Draft(SumoXml xml)
    {
        private readonly List<(RoadEdge Edge, string From, string To, string[] Crossed)> _edges = [];
        private readonly List<RoadLane> _lanes = [];
        private readonly List<(RoadJunction Junction, string[] Incoming, string[] Inside, List<(int Index, string Response, string Foes, bool Waits)> Requests, string Where)> _junctions = [];
        private readonly List<(RoadConnection Connection, string FromEdge, bool IsOverJunction)> _connections = [];
        private readonly Dictionary<string, int> _edgeOf = new(StringComparer.Ordinal);
        private readonly Dictionary<string, int> _laneOf = new(StringComparer.Ordinal);
        private readonly Dictionary<string, int> _junctionOf = new(StringComparer.Ordinal);

        public List<FixedProgram> Programs { get; } = [];

        public MapProjection? Projection { get; set; }

        public bool KeepsLeft { get; set; }

        public void AddEdge()
        {
            var name = xml.Get("id");
            var function = xml.Find("function") switch
            {
                "internal" => EdgeFunction.Inside,
                "crossing" => EdgeFunction.Crossing,
                "walkingarea" => EdgeFunction.WalkingArea,
                _ => EdgeFunction.Street,
            };
            if (!_edgeOf.TryAdd(name, _edges.Count))
            {
                throw new ProblemException("XT712", xml.Where, $"The edge '{name}' is there twice.");
            }

            var from = xml.Find("from") ?? "";
            var to = xml.Find("to") ?? "";
            var crossed = xml.ListWords("crossingEdges");
            var priority = (int)(xml.FindNumber("priority") ?? 0);
            var street = xml.Find("name") ?? "";
            var lanes = ImmutableArray.CreateBuilder<int>();
            if (!xml.Xml.IsEmptyElement)
            {
                var depth = xml.Xml.Depth;
                while (xml.ReadInside(depth))
                {
                    if (xml.Xml.Name == "lane")
                    {
                        lanes.Add(AddLane(lanes.Count));
                    }
                }
            }

            if (lanes.Count == 0)
            {
                throw new ProblemException("XT712", xml.Where, $"The edge '{name}' has no lane.");
            }

            var edge = new RoadEdge { Name = name, Function = function, From = -1, To = -1, Lanes = lanes.DrainToImmutable(), Priority = priority, StreetName = street };
            _edges.Add((edge, from, to, crossed));
        }

        public void AddJunction()
        {
            var name = xml.Get("id");
            var type = xml.Find("type") ?? "priority";
            var junction = new RoadJunction
            {
                Name = name,
                Kind = type switch
                {
                    "traffic_light" or "traffic_light_unregulated" or "traffic_light_right_on_red" => JunctionKind.Signal,
                    "priority" or "priority_stop" => JunctionKind.Priority,
                    "right_before_left" or "left_before_right" => JunctionKind.RightBeforeLeft,
                    "allway_stop" => JunctionKind.AllWayStop,
                    "zipper" => JunctionKind.Zipper,
                    "rail_crossing" or "rail_signal" => JunctionKind.RailCrossing,
                    "dead_end" => JunctionKind.DeadEnd,
                    "internal" => JunctionKind.Inside,
                    _ => JunctionKind.Unregulated,
                },
                Center = new RoadPoint(xml.GetNumber("x"), xml.GetNumber("y")),
                Shape = xml.ListPoints("shape"),
            };
            var incoming = xml.ListWords("incLanes");
            var inside = xml.ListWords("intLanes");
            var where = xml.Where;
            var requests = new List<(int, string, string, bool)>();
            if (!xml.Xml.IsEmptyElement)
            {
                var depth = xml.Xml.Depth;
                while (xml.ReadInside(depth))
                {
                    if (xml.Xml.Name == "request")
                    {
                        requests.Add((xml.GetIndex("index"), xml.Get("response"), xml.Get("foes"), xml.Find("cont") is "1" or "true" or "x"));
                    }
                }
            }

            if (!_junctionOf.TryAdd(name, _junctions.Count))
            {
                throw new ProblemException("XT712", where, $"The junction '{name}' is there twice.");
            }

            _junctions.Add((junction, incoming, inside, requests, where));
        }

        public void AddConnection()
        {
            var from = $"{xml.Get("from")}_{xml.GetIndex("fromLane")}";
            var to = $"{xml.Get("to")}_{xml.GetIndex("toLane")}";
            var via = xml.Find("via");
            var viaLane = -1;
            if (!_laneOf.TryGetValue(from, out var fromLane) || !_laneOf.TryGetValue(to, out var toLane) || (via is not null && !_laneOf.TryGetValue(via, out viaLane)))
            {
                xml.LeaveOut(new Problem("XT712", xml.Where, $"The connection from lane '{from}' to '{to}' names a lane that the network has not; it is left out."));
                return;
            }

            var signal = xml.Find("tl");
            var toFunction = _edges[_lanes[toLane].Edge].Edge.Function;
            var fromFunction = _edges[_lanes[fromLane].Edge].Edge.Function;
            var connection = new RoadConnection
            {
                FromLane = fromLane,
                ToLane = toLane,
                ViaLane = via is null ? -1 : viaLane,
                Direction = xml.Find("dir") switch
                {
                    "r" => TurnDirection.Right,
                    "R" => TurnDirection.PartlyRight,
                    "l" => TurnDirection.Left,
                    "L" => TurnDirection.PartlyLeft,
                    "t" => TurnDirection.Around,
                    "s" => TurnDirection.Straight,
                    _ => TurnDirection.None,
                },
                IsMajor = xml.Find("state") is "M" or "O",
                Signal = signal,
                SignalLink = signal is null ? -1 : xml.GetIndex("linkIndex"),
            };

            // The right of way of a junction counts its streets' connections and its crossings, and no step between sidewalks.
            var isOver = toFunction == EdgeFunction.Crossing || (fromFunction == EdgeFunction.Street && toFunction == EdgeFunction.Street);
            _connections.Add((connection, xml.Get("from"), isOver));
        }

        public RoadNetwork Finish(string source)
        {
            if (_edges.Count == 0 || _junctions.Count == 0)
            {
                throw new ProblemException("XT712", source, "The network has no edge or no junction.");
            }

            var fromLane = _connections.Select((c, i) => (c, i)).Where(p => p.c.IsOverJunction).ToLookup(p => p.c.Connection.FromLane, p => p.i);
            var connections = _connections.Select(c => c.Connection).ToArray();
            var junctions = _junctions.Select(j => Resolve(j.Junction, j.Incoming, j.Inside, j.Requests, j.Where, fromLane, connections)).ToImmutableArray();
            var edges = ImmutableArray.CreateBuilder<RoadEdge>(_edges.Count);
            foreach (var (edge, from, to, crossed) in _edges)
            {
                edges.Add(edge.Function == EdgeFunction.Street
                    ? edge with { From = JunctionOf(from, edge.Name), To = JunctionOf(to, edge.Name) }
                    : edge with { CrossedEdges = [.. crossed.Select(c => _edgeOf.GetValueOrDefault(c, -1)).Where(e => e >= 0)] });
            }

            for (var j = 0; j < junctions.Length; j++)
            {
                foreach (var lane in junctions[j].InsideLanes)
                {
                    Place(edges, _lanes[lane].Edge, j);
                }

                foreach (var lane in junctions[j].IncomingLanes)
                {
                    Place(edges, _lanes[lane].Edge, j);
                }

                foreach (var connection in junctions[j].Connections)
                {
                    Place(edges, _lanes[connections[connection].ToLane].Edge, j);
                }
            }

            return new RoadNetwork
            {
                Junctions = junctions,
                Edges = edges.DrainToImmutable(),
                Lanes = [.. _lanes],
                Connections = [.. connections],
                Programs = [.. Programs],
                Projection = Projection,
                KeepsLeft = KeepsLeft,
            };
        }

        /// <summary>An edge inside a junction begins and ends there; streets stay as they are.</summary>
        private static void Place(ImmutableArray<RoadEdge>.Builder edges, int edge, int junction)
        {
            if (edges[edge].Function != EdgeFunction.Street && edges[edge].From < 0)
            {
                edges[edge] = edges[edge] with { From = junction, To = junction };
            }
        }

        private int AddLane(int position)
        {
            var name = xml.Get("id");
            var shape = xml.ListPoints("shape");
            if (shape.Length < 2)
            {
                throw xml.Wrong("shape", $"has {shape.Length} points, and should have two or more");
            }

            if (!_laneOf.TryAdd(name, _lanes.Count))
            {
                throw new ProblemException("XT712", xml.Where, $"The lane '{name}' is there twice.");
            }

            _lanes.Add(new RoadLane
            {
                Name = name,
                Edge = _edges.Count,
                Position = position,
                LengthM = xml.GetPositive("length"),
                SpeedMps = xml.GetPositive("speed"),
                WidthM = xml.FindNumber("width") is { } width and > 0 ? width : 3.2,
                Allowed = SumoClasses.Allowed(xml.Find("allow"), xml.Find("disallow")),
                Shape = shape,
            });
            return _lanes.Count - 1;
        }

        private int JunctionOf(string name, string edge) =>
            _junctionOf.TryGetValue(name, out var index)
                ? index
                : throw new ProblemException("XT712", $"edge {edge}", $"It begins or ends at the junction '{name}', which the network has not.");

        private RoadJunction Resolve(
            RoadJunction junction,
            string[] incoming,
            string[] inside,
            List<(int Index, string Response, string Foes, bool Waits)> requests,
            string where,
            ILookup<int, int> fromLane,
            RoadConnection[] connections)
        {
            var lanes = incoming.Where(_laneOf.ContainsKey).Select(l => _laneOf[l]).ToImmutableArray();
            var insideLanes = inside.Where(_laneOf.ContainsKey).Select(l => _laneOf[l]).ToImmutableArray();
            if (junction.Kind == JunctionKind.Inside)
            {
                return junction with { IncomingLanes = lanes, InsideLanes = insideLanes };
            }

            var order = lanes.SelectMany(l => fromLane[l]).ToImmutableArray();
            if (requests.Count > 0 && requests.Count != order.Length)
            {
                xml.LeaveOut(new Problem(
                    "XT713", where, $"Junction '{junction.Name}' has {order.Length} connections and {requests.Count} rows of right of way; its right of way is left out."));
                return junction with { IncomingLanes = lanes, InsideLanes = insideLanes, Connections = order };
            }

            foreach (var (index, response, foes, waits) in requests)
            {
                if (index >= order.Length || response.Length != order.Length || foes.Length != order.Length)
                {
                    xml.LeaveOut(new Problem("XT713", where, $"Row {index} of the right of way of junction '{junction.Name}' does not fit its {order.Length} connections; it is left out."));
                    continue;
                }

                connections[order[index]] = connections[order[index]] with { Foes = Marked(foes, order), YieldsTo = Marked(response, order), WaitsInside = waits };
            }

            return junction with { IncomingLanes = lanes, InsideLanes = insideLanes, Connections = order };
        }

        /// <summary>Connections whose bit is set; the last letter is the first connection.</summary>
        private static ImmutableArray<int> Marked(string bits, ImmutableArray<int> order)
        {
            var marked = ImmutableArray.CreateBuilder<int>();
            for (var k = 0; k < bits.Length; k++)
            {
                if (bits[bits.Length - 1 - k] == '1')
                {
                    marked.Add(order[k]);
                }
            }

            return marked.DrainToImmutable();
        }
    }
}
