using System.Collections.Immutable;
using System.Globalization;
using Crosstown.Core;
using Crosstown.Core.Data;
using Crosstown.Core.Networks;

namespace Crosstown.Simulation.Sumo;

/// <summary>Reads demand files of SUMO (<c>.rou.xml</c>): vehicles with routes, trips, flows, persons that walk. Names of vehicles and persons are not read.</summary>
/// <remarks>
/// Trips without a route take the fastest way at the speed limits. Flows become single departures, evenly spaced, or by a seeded draw where a probability is given.
/// Rides in vehicles are left out: whom a bus carries does not change how it drives.
/// </remarks>
public sealed class SumoDemandReader
{
    /// <summary>Departures that one flow may make: a lane's capacity for two months.</summary>
    private const int LongestFlow = 3_000_000;

    private readonly RoadNetwork _network;
    private readonly Dictionary<string, int> _edgeOf;
    private readonly Dictionary<string, int> _laneOf;
    private readonly Dictionary<string, BusStop> _stopOf;
    private readonly ICollection<Problem> _problems;
    private readonly ulong _seed;
    private readonly RoadRouting _routing;
    private readonly List<VehicleKind> _kinds = [new VehicleKind { Name = "DEFAULT_VEHTYPE" }];
    private readonly Dictionary<string, int> _kindOf = new(StringComparer.Ordinal) { ["DEFAULT_VEHTYPE"] = 0 };
    private readonly Dictionary<string, (int[] Kinds, double[] Shares)> _mixes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ImmutableArray<int>> _routes = new(StringComparer.Ordinal);
    private readonly List<RouteDemand> _trips = [];
    private readonly List<WalkDemand> _walks = [];
    private int _draws;

    /// <param name="network">The network that the files belong to.</param>
    /// <param name="equipment">Where the bus stops are; null when there are none.</param>
    /// <param name="problems">Gets a problem for each row that is left out.</param>
    /// <param name="seed">Decides what files leave to chance.</param>
    public SumoDemandReader(RoadNetwork network, RoadEquipment? equipment, ICollection<Problem> problems, ulong seed = 1)
    {
        _network = network;
        _problems = problems;
        _seed = seed;
        _edgeOf = SumoNames.Edges(network);
        _laneOf = SumoNames.Lanes(network);
        _stopOf = (equipment?.BusStops ?? []).ToDictionary(s => s.Name, StringComparer.Ordinal);
        _routing = new RoadRouting(network);
    }

    /// <summary>Adds what a file holds; several files make one demand.</summary>
    /// <param name="stream">The file, not compressed.</param>
    /// <param name="source">Its name, for messages.</param>
    /// <exception cref="ProblemException">XT710: the file is no demand file.</exception>
    public void Read(Stream stream, string source)
    {
        using var xml = new SumoXml(stream, source, _problems);
        xml.ReadRoot("routes", "additional");
        while (xml.ReadElement())
        {
            try
            {
                ReadOne(xml);
            }
            catch (ProblemException e) when (e.Problems[0].Code is "XT711" or "XT712" or "XT715")
            {
                // A damaged row costs itself alone; what stands inside it is passed over as unknown.
                xml.LeaveOut(e.Problems[0]);
            }
        }

        xml.Finish();
    }

    /// <summary>All that was read, by departure.</summary>
    public RoadDemand Finish() => new()
    {
        Kinds = [.. _kinds],
        Trips = [.. _trips.OrderBy(t => t.DepartS)],
        Walks = [.. _walks.OrderBy(w => w.DepartS)],
    };

    private void ReadOne(SumoXml xml)
    {
        switch (xml.Xml.Name)
        {
            case "vType":
                ReadKind(xml);
                break;
            case "vTypeDistribution":
                ReadMix(xml);
                break;
            case "route" when xml.Find("id") is { } name:
                _routes[name] = ListEdges(xml);
                break;
            case "vehicle" or "trip":
                ReadTrip(xml, [ReadTime(xml, "depart")]);
                break;
            case "flow":
                ReadTrip(xml, ListDepartures(xml));
                break;
            case "person":
                ReadWalker(xml, [ReadTime(xml, "depart")]);
                break;
            case "personFlow":
                ReadWalker(xml, ListDepartures(xml));
                break;
        }
    }

    private int ReadKind(SumoXml xml)
    {
        var users = xml.Find("vClass") is { } name ? SumoClasses.Of(name) : RoadUsers.Passenger;
        var usual = UsualOf(users);
        var (mean, deviation, least, greatest) = ReadSpeedFactor(xml, usual.SpeedFactorDeviation);
        var kind = usual with
        {
            Name = xml.Get("id"),
            Class = users,
            LengthM = Positive(xml, "length", usual.LengthM),
            StandingGapM = xml.FindNumber("minGap") ?? usual.StandingGapM,
            AccelerationMps2 = Positive(xml, "accel", usual.AccelerationMps2),
            DecelerationMps2 = Positive(xml, "decel", usual.DecelerationMps2),
            MaximumSpeedMps = Positive(xml, "maxSpeed", usual.MaximumSpeedMps),
            HeadwayS = Positive(xml, "tau", usual.HeadwayS),
            Imperfection = Math.Clamp(xml.FindNumber("sigma") ?? usual.Imperfection, 0, 1),
            SpeedFactor = mean,
            SpeedFactorDeviation = deviation,
            LeastSpeedFactor = least,
            GreatestSpeedFactor = greatest,
        };
        if (_kindOf.TryGetValue(kind.Name, out var known))
        {
            _kinds[known] = kind;
            return known;
        }

        _kindOf.Add(kind.Name, _kinds.Count);
        _kinds.Add(kind);
        return _kinds.Count - 1;
    }

    private void ReadMix(SumoXml xml)
    {
        var name = xml.Get("id");
        var kinds = xml.ListWords("vTypes").Where(_kindOf.ContainsKey).Select(n => _kindOf[n]).ToList();
        var shares = kinds.Select(_ => 1.0).ToList();
        var given = xml.ListWords("probabilities");
        for (var i = 0; i < Math.Min(given.Length, shares.Count); i++)
        {
            if (double.TryParse(given[i], NumberStyles.Float, CultureInfo.InvariantCulture, out var share) && share >= 0)
            {
                shares[i] = share;
            }
        }

        if (!xml.Xml.IsEmptyElement)
        {
            var depth = xml.Xml.Depth;
            while (xml.ReadInside(depth))
            {
                if (xml.Xml.Name == "vType")
                {
                    var share = xml.FindNumber("probability") ?? 1;
                    kinds.Add(ReadKind(xml));
                    shares.Add(Math.Max(0, share));
                }
            }
        }

        if (shares.Sum() > 0)
        {
            _mixes[name] = ([.. kinds], [.. shares]);
        }
    }

    private void ReadTrip(SumoXml xml, IReadOnlyList<double> departures)
    {
        var where = xml.Where;
        var what = xml.Xml.Name;
        var kindName = xml.Find("type") ?? "DEFAULT_VEHTYPE";
        var from = xml.Find("from");
        var to = xml.Find("to");
        var via = xml.ListWords("via");
        var entryLane = Choice(xml.Find("departLane"));
        var entryPlace = Choice(xml.Find("departPos"));
        var entrySpeed = Choice(xml.Find("departSpeed"));
        ImmutableArray<int>? edges = xml.Find("route") is { } routeName
            ? _routes.TryGetValue(routeName, out var known) ? known : throw new ProblemException("XT712", where, $"<{what}> takes the route '{routeName}', which is not there; it is left out.")
            : null;
        var stops = ImmutableArray.CreateBuilder<PlannedStop>();
        ProblemException? inside = null;
        if (!xml.Xml.IsEmptyElement)
        {
            var depth = xml.Xml.Depth;
            while (xml.ReadInside(depth))
            {
                try
                {
                    switch (xml.Xml.Name)
                    {
                        case "route":
                            edges = ListEdges(xml);
                            break;
                        case "stop":
                            stops.Add(ReadStop(xml));
                            break;
                    }
                }
                catch (ProblemException e) when (e.Problems[0].Code is "XT711" or "XT712" or "XT715")
                {
                    inside ??= e;
                }
            }
        }

        if (inside is not null)
        {
            throw inside;
        }

        var mix = _mixes.TryGetValue(kindName, out var found) ? found : (Kinds: [KindOf(kindName, where)], Shares: [1.0]);
        edges ??= from is not null && to is not null
            ? FindWay([from, .. via, to], _kinds[mix.Kinds[0]].Class, where)
            : throw new ProblemException("XT711", where, $"<{what}> has neither a route nor 'from' and 'to'; it is left out.");
        foreach (var departS in departures)
        {
            _trips.Add(new RouteDemand
            {
                DepartS = departS,
                Kind = mix.Kinds.Length == 1 ? mix.Kinds[0] : Draw(mix.Kinds, mix.Shares),
                Edges = edges.Value,
                EntryLane = entryLane,
                EntryPlace = entryPlace,
                EntrySpeed = entrySpeed,
                Stops = stops.ToImmutable(),
            });
        }
    }

    private void ReadWalker(SumoXml xml, IReadOnlyList<double> departures)
    {
        var edges = ImmutableArray.CreateBuilder<int>();
        ProblemException? inside = null;
        if (!xml.Xml.IsEmptyElement)
        {
            var depth = xml.Xml.Depth;
            while (xml.ReadInside(depth))
            {
                try
                {
                    if (xml.Xml.Name is "walk" or "personTrip")
                    {
                        foreach (var edge in xml.Find("edges") is null ? FindWalk(xml) : ListPlaces(xml))
                        {
                            if (edges.Count == 0 || edges[^1] != edge)
                            {
                                edges.Add(edge);
                            }
                        }
                    }
                }
                catch (ProblemException e) when (e.Problems[0].Code is "XT711" or "XT712" or "XT715")
                {
                    inside ??= e;
                }
            }
        }

        if (inside is not null)
        {
            throw inside;
        }

        var way = edges.DrainToImmutable();
        if (way.Length > 0)
        {
            _walks.AddRange(departures.Select(d => new WalkDemand(d, way)));
        }
    }

    private PlannedStop ReadStop(SumoXml xml)
    {
        var durationS = xml.FindNumber("duration") ?? 0;
        var untilS = xml.FindNumber("until");
        if (xml.Find("busStop") is { } name)
        {
            return _stopOf.TryGetValue(name, out var stop)
                ? new PlannedStop(stop.Lane, stop.StartM, stop.EndM, durationS, untilS)
                : throw new ProblemException("XT712", xml.Where, $"A vehicle stops at '{name}', which is not there; it is left out.");
        }

        var laneName = xml.Get("lane");
        if (!_laneOf.TryGetValue(laneName, out var lane))
        {
            throw new ProblemException("XT712", xml.Where, $"A vehicle stops on the lane '{laneName}', which the network has not; it is left out.");
        }

        var lengthM = _network.Lanes[lane].LengthM;
        var endM = SumoNames.Place(xml.FindNumber("endPos") ?? lengthM, lengthM);
        return new PlannedStop(lane, SumoNames.Place(xml.FindNumber("startPos") ?? Math.Max(0, endM - 0.2), lengthM), endM, durationS, untilS);
    }

    private ImmutableArray<int> ListEdges(SumoXml xml)
    {
        var edges = ListPlaces(xml);
        for (var i = 1; i < edges.Length; i++)
        {
            if (!_routing.Connects(edges[i - 1], edges[i]))
            {
                throw new ProblemException(
                    "XT715", xml.Where, $"A route leads from edge '{_network.Edges[edges[i - 1]].Name}' to '{_network.Edges[edges[i]].Name}', which are not connected; it is left out.");
            }
        }

        return edges.Length > 0 ? edges : throw new ProblemException("XT715", xml.Where, "A route has no edge; it is left out.");
    }

    private ImmutableArray<int> ListPlaces(SumoXml xml)
    {
        var names = xml.ListWords("edges");
        var edges = ImmutableArray.CreateBuilder<int>(names.Length);
        foreach (var name in names)
        {
            edges.Add(EdgeOf(name, xml.Where));
        }

        return edges.DrainToImmutable();
    }

    private ImmutableArray<int> FindWay(string[] places, RoadUsers users, string where)
    {
        var way = new List<int> { EdgeOf(places[0], where) };
        for (var i = 1; i < places.Length; i++)
        {
            var part = _routing.FindRoute(way[^1], EdgeOf(places[i], where), users)
                ?? throw new ProblemException("XT715", where, $"There is no way from edge '{places[i - 1]}' to '{places[i]}'; the trip is left out.");
            way.AddRange(part.Skip(1));
        }

        return [.. way];
    }

    private ImmutableArray<int> FindWalk(SumoXml xml)
    {
        var from = xml.Get("from");
        var to = xml.Get("to");
        return _routing.FindWalk(EdgeOf(from, xml.Where), EdgeOf(to, xml.Where))
            ?? throw new ProblemException("XT715", xml.Where, $"There is no walk from edge '{from}' to '{to}'; it is left out.");
    }

    private int EdgeOf(string name, string where) =>
        _edgeOf.TryGetValue(name, out var edge) ? edge : throw new ProblemException("XT712", where, $"The edge '{name}' is not in the network; the row is left out.");

    private int KindOf(string name, string where)
    {
        if (_kindOf.TryGetValue(name, out var kind))
        {
            return kind;
        }

        // SUMO knows a type for each class without being told: DEFAULT_BIKETYPE and the like.
        var users = name switch
        {
            "DEFAULT_BIKETYPE" => RoadUsers.Bicycle,
            "DEFAULT_TAXITYPE" => RoadUsers.Taxi,
            "DEFAULT_RAILTYPE" => RoadUsers.Rail,
            _ => throw new ProblemException("XT712", where, $"The vehicle type '{name}' is not there; the row is left out."),
        };
        _kindOf.Add(name, _kinds.Count);
        _kinds.Add(UsualOf(users) with { Name = name, Class = users });
        return _kinds.Count - 1;
    }

    private int Draw(int[] kinds, double[] shares)
    {
        var at = new RandomNumbers(_seed, 2, _draws++).Between(0, shares.Sum());
        for (var i = 0; i < kinds.Length; i++)
        {
            at -= shares[i];
            if (at < 0)
            {
                return kinds[i];
            }
        }

        return kinds[^1];
    }

    private List<double> ListDepartures(SumoXml xml)
    {
        var beginS = ReadTime(xml, "begin");
        var endS = ReadTime(xml, "end");
        var number = xml.FindNumber("number");
        var hourly = xml.FindNumber("vehsPerHour") ?? xml.FindNumber("perHour");
        var periodS = xml.FindNumber("period") ?? (hourly is { } rate ? 3600 / rate : number is { } count and > 0 ? (endS - beginS) / count : null);
        var departures = new List<double>();
        if (xml.FindNumber("probability") is { } probability)
        {
            var draws = new RandomNumbers(_seed, 1, _draws++);
            for (var t = beginS; t < endS && departures.Count < LongestFlow; t++)
            {
                if (draws.NextDouble() < probability)
                {
                    departures.Add(t);
                }
            }

            return departures;
        }

        if (periodS is not { } gapS || !(gapS > 0))
        {
            throw xml.Wrong("period", "is missing or not above 0, and so are 'vehsPerHour' and 'number'");
        }

        for (var k = 0; k < (number ?? double.PositiveInfinity) && beginS + (k * gapS) < endS && k < LongestFlow; k++)
        {
            departures.Add(beginS + (k * gapS));
        }

        return departures;
    }

    /// <summary>Seconds, or <c>h:mm:ss</c>.</summary>
    private static double ReadTime(SumoXml xml, string name)
    {
        var text = xml.Get(name);
        var parts = text.Split(':');
        var seconds = 0.0;
        foreach (var part in parts)
        {
            if (!double.TryParse(part, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value))
            {
                throw xml.Wrong(name, $"is '{(text.Length > 40 ? text[..40] : text)}', and should be seconds or h:mm:ss; the row is left out");
            }

            seconds = (seconds * 60) + value;
        }

        return seconds;
    }

    private static double Positive(SumoXml xml, string name, double otherwise) => xml.Find(name) is null ? otherwise : xml.GetPositive(name);

    private static EntryChoice Choice(string? text) => text switch
    {
        "best" or "free" or "max" or "desired" or "speedLimit" or "last" or "allowed" => EntryChoice.Best,
        "random" or "random_free" => EntryChoice.Random,
        _ => EntryChoice.First,
    };

    /// <summary>A number, <c>norm(mean,deviation)</c> or <c>normc(mean,deviation,least,greatest)</c>; <c>speedDev</c> goes before the deviation in it.</summary>
    private static (double Mean, double Deviation, double Least, double Greatest) ReadSpeedFactor(SumoXml xml, double usualDeviation)
    {
        var text = xml.Find("speedFactor") ?? "1";
        var open = text.IndexOf('(', StringComparison.Ordinal);
        var parts = (open < 0 ? text : text[(open + 1)..].TrimEnd(')')).Split(',', StringSplitOptions.TrimEntries);
        var values = new double[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            if (!double.TryParse(parts[i], NumberStyles.Float, CultureInfo.InvariantCulture, out values[i]))
            {
                throw xml.Wrong("speedFactor", "is neither a number nor norm(...)");
            }
        }

        var deviation = xml.FindNumber("speedDev") ?? (values.Length > 1 ? values[1] : open < 0 && xml.Find("speedFactor") is not null ? 0 : usualDeviation);
        return (values[0], deviation, values.Length > 3 ? values[2] : 0.2, values.Length > 3 ? values[3] : 2);
    }

    /// <summary>What SUMO takes for a class when a type does not say otherwise (its table of vehicle classes).</summary>
    private static VehicleKind UsualOf(RoadUsers users)
    {
        var car = new VehicleKind { Name = "" };
        return users switch
        {
            RoadUsers.Truck => car with { LengthM = 7.1, AccelerationMps2 = 1.3, DecelerationMps2 = 4, MaximumSpeedMps = 130 / 3.6, SpeedFactorDeviation = 0.05 },
            RoadUsers.Trailer => car with { LengthM = 16.5, AccelerationMps2 = 1.1, DecelerationMps2 = 4, MaximumSpeedMps = 130 / 3.6, SpeedFactorDeviation = 0.05 },
            RoadUsers.Bus => car with { LengthM = 12, AccelerationMps2 = 1.2, DecelerationMps2 = 4, MaximumSpeedMps = 85 / 3.6, SpeedFactorDeviation = 0.05 },
            RoadUsers.Coach => car with { LengthM = 14, AccelerationMps2 = 2, DecelerationMps2 = 4, MaximumSpeedMps = 100 / 3.6, SpeedFactorDeviation = 0.05 },
            RoadUsers.Delivery => car with { LengthM = 6.5, SpeedFactorDeviation = 0.05 },
            RoadUsers.Motorcycle => car with { LengthM = 2.2, AccelerationMps2 = 6, DecelerationMps2 = 10 },
            RoadUsers.Moped => car with { LengthM = 2.1, AccelerationMps2 = 1.1, DecelerationMps2 = 7, MaximumSpeedMps = 60 / 3.6 },
            RoadUsers.Bicycle => car with { LengthM = 1.6, StandingGapM = 0.5, AccelerationMps2 = 1.2, DecelerationMps2 = 3, MaximumSpeedMps = 50 / 3.6 },
            RoadUsers.Tram => car with { LengthM = 22, AccelerationMps2 = 1, DecelerationMps2 = 3, MaximumSpeedMps = 80 / 3.6, SpeedFactorDeviation = 0 },
            RoadUsers.Emergency => car with { LengthM = 6.5 },
            _ => car,
        };
    }
}
