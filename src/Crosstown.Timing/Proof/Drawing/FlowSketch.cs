using Crosstown.Core.Networks;
using Crosstown.Core.Street;
using Crosstown.Timing.Model;

namespace Crosstown.Timing.Proof.Drawing;

/// <summary>Lanes of an intersection that come from one direction.</summary>
internal sealed class Approach(int junction, int signal, TravelDirection direction)
{
    public int Junction => junction;

    public int Signal => signal;

    public TravelDirection Direction => direction;

    /// <summary>Way of travel, degrees counterclockwise from east.</summary>
    public double HeadingDegrees { get; set; }

    /// <summary>From the curb to the median.</summary>
    public List<int> Groups { get; } = [];

    /// <summary>From where it begins to its stop line, m.</summary>
    public double LengthM { get; set; }

    public double LimitMps { get; set; }

    /// <summary>From upstream to the stop line.</summary>
    public List<Stretch> Stretches { get; } = [];

    /// <summary>Legs that lead to it.</summary>
    public List<Leg> From { get; } = [];
}

/// <summary>A part of an approach on which the number of lanes stays the same.</summary>
/// <param name="FromM">Begin, m before the stop line.</param>
/// <param name="ToM">End, m before the stop line.</param>
/// <param name="Lanes">By lane from the curb: the group and which of its lanes; group -1 for a lane that ends here.</param>
internal sealed record Stretch(double FromM, double ToM, List<(int Group, int Lane)> Lanes)
{
    public int Edge { get; set; }
}

/// <summary>Lanes that lead away from an intersection.</summary>
internal sealed class Leg(int junction, double headingDegrees)
{
    public int Junction => junction;

    public double HeadingDegrees => headingDegrees;

    /// <summary>Approaches that it leads to; empty where the drawing ends.</summary>
    public List<Approach> To { get; } = [];

    public int Lanes { get; set; } = 1;

    public double LengthM { get; set; }

    public double LimitMps { get; set; }

    public int Edge { get; set; }
}

/// <summary>How much of a group's traffic goes over a leg, and to which group from there.</summary>
/// <param name="Group">Where it comes from.</param>
/// <param name="Turn">Straight, left or right.</param>
/// <param name="Leg">The leg.</param>
/// <param name="ToGroup">The next stop line; -1 for those who leave the drawing.</param>
/// <param name="VehPerHour">How much.</param>
/// <param name="TravelS">From stop line to stop line; 0 for those who leave.</param>
internal sealed record Way(int Group, TurnDirection Turn, Leg Leg, int ToGroup, double VehPerHour, double TravelS);

/// <summary>Where the stop lines of a timing network lie to each other, and who goes from which to which.</summary>
/// <remarks>
/// A group's traffic goes on as the feeders of the groups downstream say. What no group downstream takes leaves: with the turns that feed nobody, as far as they can be so
/// many, else along the street. What does not come by feeders enters at the begin of the approach.
/// </remarks>
internal sealed class FlowSketch
{
    /// <summary>Headings that differ by less belong to one leg, degrees.</summary>
    private const double SameLegDegrees = 20;

    /// <summary>Most of a group's traffic that may turn from lanes shared with through traffic, when nobody counted it.</summary>
    private const double MostTurning = 0.3;
    private const double MostTurningFromOneLane = 0.5;

    /// <summary>Share of a shared group's traffic that turns each way when nothing is known.</summary>
    private const double UsualTurning = 0.12;

    private readonly TimingNetwork _network;
    private readonly TrafficDemand _demand;
    private readonly Dictionary<(int Signal, int Place), int> _junctions = [];

    public FlowSketch(TimingNetwork network, int demand, Func<int, bool> isDrawn)
    {
        _network = network;
        _demand = network.Demands[demand];
        var count = network.Groups.Length;
        ApproachOf = new Approach?[count];
        Entering = new double[count];
        Ways = [.. Enumerable.Range(0, count).Select(_ => new List<Way>())];
        for (var g = 0; g < count; g++)
        {
            var known = network.Signals[network.Groups[g].Signal].Phases.Aggregate(0u, (mask, p) => mask | (1u << p.Number));
            if (isDrawn(network.Groups[g].Signal) && _demand.VolumeVehPerHour[g] > 0 && ((network.Groups[g].Phases | network.Groups[g].PermissivePhases) & known) != 0)
            {
                Place(g);
            }
        }

        foreach (var approach in Approaches)
        {
            approach.Groups.Sort((a, b) => Rank(network.Groups[a].Movement) is var x && Rank(network.Groups[b].Movement) is var y && x != y ? x.CompareTo(y) : b.CompareTo(a));
        }

        SetHeadings();
        Connect();
    }

    public List<Approach> Approaches { get; } = [];

    public List<Leg> Legs { get; } = [];

    public int JunctionCount => _junctions.Count;

    /// <summary>By junction: signal, and which of its intersections.</summary>
    public IEnumerable<(int Signal, int Place)> Junctions => _junctions.OrderBy(j => j.Value).Select(j => j.Key);

    /// <summary>By group; null for one that is not drawn.</summary>
    public Approach?[] ApproachOf { get; }

    /// <summary>By group, veh/h that begin their way at its approach.</summary>
    public double[] Entering { get; }

    /// <summary>By group.</summary>
    public List<Way>[] Ways { get; }

    public static double Heading(TravelDirection direction) => direction switch
    {
        TravelDirection.Eastbound => 0,
        TravelDirection.Northeastbound => 45,
        TravelDirection.Northbound => 90,
        TravelDirection.Northwestbound => 135,
        TravelDirection.Westbound => 180,
        TravelDirection.Southwestbound => 225,
        TravelDirection.Southbound => 270,
        TravelDirection.Southeastbound => 315,
        _ => double.NaN,
    };

    /// <summary>From -180 up to 180.</summary>
    public static double Normalize(double degrees) => degrees - (360 * Math.Floor((degrees + 180) / 360));

    private static int Rank(LaneMovement movement) => movement switch
    {
        LaneMovement.Right => 0,
        LaneMovement.ThroughRight => 1,
        LaneMovement.ThroughLeft => 3,
        LaneMovement.Left => 4,
        _ => 2,
    };

    private static double Angle(TurnDirection turn) => turn switch { TurnDirection.Left => 90, TurnDirection.Right => -90, _ => 0 };

    private static TurnDirection[] Allowed(LaneMovement movement) => movement switch
    {
        LaneMovement.Left => [TurnDirection.Left],
        LaneMovement.Right => [TurnDirection.Right],
        LaneMovement.Through => [TurnDirection.Straight],
        LaneMovement.ThroughLeft => [TurnDirection.Straight, TurnDirection.Left],
        LaneMovement.ThroughRight => [TurnDirection.Straight, TurnDirection.Right],
        LaneMovement.LeftThroughRight => [TurnDirection.Straight, TurnDirection.Left, TurnDirection.Right],
        _ => [TurnDirection.Left, TurnDirection.Right],
    };

    private void Place(int g)
    {
        var group = _network.Groups[g];
        if (!_junctions.TryGetValue((group.Signal, group.Place), out var junction))
        {
            _junctions.Add((group.Signal, group.Place), junction = _junctions.Count);
        }

        // Groups whose direction nobody knows may come from anywhere: each is taken for an approach of its own.
        var approach = group.Direction == TravelDirection.Unknown ? null : Approaches.Find(a => a.Junction == junction && a.Direction == group.Direction);
        if (approach is null)
        {
            Approaches.Add(approach = new Approach(junction, group.Signal, group.Direction));
        }

        approach.Groups.Add(g);
        ApproachOf[g] = approach;
    }

    private void SetHeadings()
    {
        foreach (var at in Approaches.GroupBy(a => a.Junction))
        {
            var taken = new List<double>();
            foreach (var approach in at.OrderBy(a => a.Direction == TravelDirection.Unknown))
            {
                var heading = Heading(approach.Direction);
                if (double.IsNaN(heading))
                {
                    heading = Enumerable.Range(0, 8).Select(i => (i * 90.0) + (i >= 4 ? 45 : 0)).OrderByDescending(h => Math.Min(60, taken.Select(t => Math.Abs(Normalize(t - h))).DefaultIfEmpty(180).Min())).First();
                }

                taken.Add(heading);
                approach.HeadingDegrees = heading;
            }
        }
    }

    private void Connect()
    {
        var flows = Flows();
        for (var g = 0; g < Entering.Length; g++)
        {
            Entering[g] = ApproachOf[g] is null ? 0 : Math.Max(0, _demand.VolumeVehPerHour[g] - flows.Sum(f => f.Where(t => t.To == g).Sum(t => t.VehPerHour)));
        }

        // A leg points to where most of its traffic turns.
        var votes = new Dictionary<(int Junction, Approach To), Dictionary<double, double>>();
        for (var g = 0; g < flows.Length; g++)
        {
            foreach (var (to, volume, _) in flows[g])
            {
                var (from, next) = (ApproachOf[g]!, ApproachOf[to]!);
                var heading = Normalize(from.HeadingDegrees + Angle(TurnOf(g, next)));
                var of = votes.TryGetValue((from.Junction, next), out var known) ? known : votes[(from.Junction, next)] = [];
                of[heading] = of.GetValueOrDefault(heading) + volume;
            }
        }

        var legs = new Dictionary<(int Junction, Approach To), Leg>();
        foreach (var (key, headings) in votes.OrderBy(v => v.Key.Junction).ThenBy(v => Approaches.IndexOf(v.Key.To)))
        {
            var leg = LegAt(key.Junction, headings.OrderByDescending(h => h.Value).ThenBy(h => h.Key).First().Key);
            leg.To.Add(key.To);
            key.To.From.Add(leg);
            legs[key] = leg;
        }

        for (var g = 0; g < flows.Length; g++)
        {
            if (ApproachOf[g] is not { } from)
            {
                continue;
            }

            foreach (var (to, volume, travel) in flows[g])
            {
                Ways[g].Add(new Way(g, TurnOf(g, ApproachOf[to]!), legs[(from.Junction, ApproachOf[to]!)], to, volume, travel));
            }

            foreach (var (turn, volume) in Leaving(g))
            {
                var leg = Ways[g].Find(w => w.Turn == turn)?.Leg ?? LegAt(from.Junction, Normalize(from.HeadingDegrees + Angle(turn)));
                Ways[g].Add(new Way(g, turn, leg, -1, volume, 0));
            }
        }
    }

    /// <summary>By group: what goes on to which group, no more in sum than its volume.</summary>
    private List<(int To, double VehPerHour, double TravelS)>[] Flows()
    {
        var flows = Enumerable.Range(0, Entering.Length).Select(_ => new List<(int To, double VehPerHour, double TravelS)>()).ToArray();
        for (var g = 0; g < flows.Length; g++)
        {
            var feeders = _network.Groups[g].Feeders;
            for (var k = 0; ApproachOf[g] is not null && k < feeders.Length; k++)
            {
                var from = feeders[k].Group;
                var volume = _demand.FedVehPerHour[g][k];
                if (volume > 0 && ApproachOf[from] is { } approach && approach != ApproachOf[g])
                {
                    flows[from].Add((g, volume, feeders[k].TravelS));
                }
            }
        }

        for (var g = 0; g < flows.Length; g++)
        {
            var sum = flows[g].Sum(f => f.VehPerHour);
            if (sum > _demand.VolumeVehPerHour[g])
            {
                flows[g] = [.. flows[g].Select(f => (f.To, f.VehPerHour * _demand.VolumeVehPerHour[g] / sum, f.TravelS))];
            }
        }

        return flows;
    }

    private Leg LegAt(int junction, double heading)
    {
        var leg = Legs.Find(l => l.Junction == junction && Math.Abs(Normalize(l.HeadingDegrees - heading)) < SameLegDegrees);
        if (leg is null)
        {
            Legs.Add(leg = new Leg(junction, heading));
        }

        return leg;
    }

    private TurnDirection TurnOf(int g, Approach next)
    {
        var allowed = Allowed(_network.Groups[g].Movement);
        if (next.Direction == TravelDirection.Unknown || _network.Groups[g].Direction == TravelDirection.Unknown)
        {
            return allowed[0];
        }

        var turned = Normalize(next.HeadingDegrees - ApproachOf[g]!.HeadingDegrees);
        return allowed.OrderBy(t => Math.Abs(Normalize(turned - Angle(t)))).First();
    }

    /// <summary>What leaves the drawing after a stop line, by turn.</summary>
    private IEnumerable<(TurnDirection Turn, double VehPerHour)> Leaving(int g)
    {
        var group = _network.Groups[g];
        var volume = _demand.VolumeVehPerHour[g];
        var rest = volume - Ways[g].Sum(w => w.VehPerHour);
        if (rest <= volume * 1e-9)
        {
            yield break;
        }

        var allowed = Allowed(group.Movement);
        var open = allowed.Where(t => !Ways[g].Exists(w => w.Turn == t)).ToArray();
        if (allowed.Length == 1)
        {
            yield return (allowed[0], rest);
            yield break;
        }

        if (open.Length == 0)
        {
            foreach (var (turn, share) in Ways[g].GroupBy(w => w.Turn).Select(w => (w.Key, w.Sum(x => x.VehPerHour) / (volume - rest))).ToList())
            {
                yield return (turn, rest * share);
            }

            yield break;
        }

        if (!allowed.Contains(TurnDirection.Straight))
        {
            foreach (var turn in open)
            {
                yield return (turn, rest / open.Length);
            }

            yield break;
        }

        var turning = open.Where(t => t != TurnDirection.Straight).ToArray();
        var most = open.Contains(TurnDirection.Straight) ? UsualTurning : group.Lanes == 1 ? MostTurningFromOneLane : MostTurning;
        var each = turning.Length == 0 ? 0 : Math.Min(rest / turning.Length, most * volume);
        foreach (var turn in turning)
        {
            yield return (turn, each);
        }

        if (rest - (each * turning.Length) > volume * 1e-9)
        {
            yield return (TurnDirection.Straight, rest - (each * turning.Length));
        }
    }
}
