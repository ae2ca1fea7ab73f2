namespace Crosstown.Timing.Utdf;

/// <summary>The legs of an intersection as lanes, medians and crosswalks of the file draw them. Lengths in ft.</summary>
internal sealed class UtdfLegs
{
    /// <summary>From the stop line to the crosswalk (MUTCD 3B.16).</summary>
    private const double LineToCrosswalkFt = 4;

    /// <summary>Width of a lane that the file does not give, ft.</summary>
    private const double LaneFt = 12;

    /// <summary>A crosswalk whose width the file does not give; MUTCD asks for 6 at least.</summary>
    private const double CrosswalkFt = 10;

    /// <summary>Sine of the angle from which on a leg belongs to a crossing street.</summary>
    private const double Crossing = 0.25;

    /// <summary>Least sine that a skew is reckoned with: beyond it, stop lines stand square.</summary>
    private const double LeastSine = 0.5;

    private static readonly (double X, double Y)[] s_headings = [(0, 1), (0, -1), (1, 0), (-1, 0), (0.7071, 0.7071), (-0.7071, 0.7071), (0.7071, -0.7071), (-0.7071, -0.7071)];

    private readonly List<Leg> _legs = [];
    private readonly UtdfNode _node;

    /// <param name="node">With its movements.</param>
    /// <param name="nodes">All of the file, for where legs lead to.</param>
    /// <param name="medianFt">By direction of travel toward the intersection; null where the file has none.</param>
    /// <param name="crosswalkFt">By direction of travel toward the intersection; null where the file has none.</param>
    public UtdfLegs(UtdfNode node, IReadOnlyDictionary<int, UtdfNode> nodes, double?[] medianFt, double?[] crosswalkFt)
    {
        _node = node;
        var neighbors = node.Upstream.Concat(node.Movements.Select(m => m.Destination)).Where(n => n is not null).Select(n => n!.Value).Distinct();
        foreach (var neighbor in neighbors)
        {
            var toward = node.From(neighbor);
            var leaving = node.Movements.Where(m => m.Destination == neighbor).ToList();
            var outward = nodes.TryGetValue(neighbor, out var other) && other.X is { } x && other.Y is { } y && node.X is { } x0 && node.Y is { } y0 && Math.Max(Math.Abs(x - x0), Math.Abs(y - y0)) > 1
                ? Unit(x - x0, y - y0)
                : toward is { } d ? (-s_headings[d].X, -s_headings[d].Y) : s_headings[leaving.OrderBy(m => m.IsThrough ? 0 : 1).First().Direction];
            var enteringFt = node.Movements.Where(m => node.Upstream[m.Direction] == neighbor).Sum(m => m.Lanes * (m.WidthFt ?? LaneFt));
            var leavingFt = leaving.Count == 0 ? 0 : LaneFt * leaving.Max(m => Math.Max(1, m.Lanes));
            _legs.Add(new Leg(neighbor, toward, enteringFt + leavingFt + (toward is { } at ? medianFt[at] ?? 0 : 0), toward is { } way ? crosswalkFt[way] ?? CrosswalkFt : CrosswalkFt, outward));
        }
    }

    /// <summary>From the stop line of an approach over its crosswalk, the widest crossing street and the crosswalk behind it; a turn's way is at most that or half of both streets.</summary>
    public double WidthFt(int direction, bool isTurn)
    {
        var own = Own(direction);
        var street = StreetFt(direction);
        var clear = isTurn ? Math.Max(street, (street + own.SectionFt) / 2) : street;
        return LineToCrosswalkFt + own.CrosswalkFt + clear + LineToCrosswalkFt + _legs.Max(l => l.CrosswalkFt);
    }

    /// <summary>Curb to far curb for those who walk along an approach: the widest street that crosses it.</summary>
    public double StreetFt(int direction)
    {
        var own = Own(direction);
        var onward = _node.Movements.FirstOrDefault(m => m.Direction == direction && m.IsThrough)?.Destination;
        var crossing = _legs
            .Where(l => l != own && l.Neighbor != onward)
            .Select(l => (l.SectionFt, Sine: Math.Abs((own.Outward.X * l.Outward.Y) - (own.Outward.Y * l.Outward.X))))
            .Where(l => l.Sine >= Crossing && l.SectionFt > 0)
            .Select(l => l.SectionFt / Math.Max(LeastSine, l.Sine))
            .ToList();
        return crossing.Count > 0 ? crossing.Max() : WidestFt;
    }

    /// <summary>The widest leg.</summary>
    public double WidestFt => _legs.Max(l => l.SectionFt);

    /// <summary>Whether two approaches cross each other.</summary>
    public bool Cross(int direction, int other)
    {
        var (a, b) = (Own(direction).Outward, Own(other).Outward);
        return Math.Abs((a.X * b.Y) - (a.Y * b.X)) >= LeastSine;
    }

    private Leg Own(int direction) => _legs.First(l => l.Neighbor == _node.Upstream[direction]);

    private static (double X, double Y) Unit(double x, double y)
    {
        var length = Math.Sqrt((x * x) + (y * y));
        return (x / length, y / length);
    }

    private sealed record Leg(int Neighbor, int? Toward, double SectionFt, double CrosswalkFt, (double X, double Y) Outward);
}
