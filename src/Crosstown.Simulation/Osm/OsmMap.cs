using Crosstown.Core.Data;

namespace Crosstown.Simulation.Osm;

/// <summary>Limits of a file from OpenStreetMap.</summary>
public sealed record OsmLimits
{
    /// <summary>Nodes that are kept at most.</summary>
    public int Nodes { get; init; } = 20_000_000;

    /// <summary>Ways and relations that are kept at most.</summary>
    public int Ways { get; init; } = 2_000_000;

    /// <summary>Nodes of one way, and members of one relation.</summary>
    public int NodesOfWay { get; init; } = 2000;
}

/// <summary>What of an OpenStreetMap file streets are made from.</summary>
/// <remarks>
/// Only the tags that say something about streets are kept. Who drew an element, when, and in which edit, is never read: neither format's reader has a place for it.
/// </remarks>
internal sealed class OsmMap(string source, OsmLimits limits, ICollection<Problem> problems)
{
    private const int ProblemsKept = 100;
    private const int LongestValue = 255;

    private static readonly HashSet<string> Kept = new(StringComparer.Ordinal)
    {
        "highway", "oneway", "junction", "lanes", "lanes:forward", "lanes:backward", "turn:lanes", "turn:lanes:forward", "turn:lanes:backward", "maxspeed", "name",
        "crossing", "traffic_signals:direction", "direction", "type", "restriction", "access", "motor_vehicle", "sidewalk",
    };

    private int _problemCount;

    public Dictionary<long, (double Latitude, double Longitude)> Places { get; } = [];

    /// <summary>Nodes that have a tag of use.</summary>
    public Dictionary<long, Dictionary<string, string>> NodeTags { get; } = [];

    public List<Way> Ways { get; } = [];

    public List<Restriction> Restrictions { get; } = [];

    public static bool IsKept(string key) => Kept.Contains(key);

    public void AddNode(long id, double latitude, double longitude, Dictionary<string, string>? tags)
    {
        if (!(Math.Abs(latitude) <= 90 && Math.Abs(longitude) <= 180))
        {
            LeaveOut($"node {id}", $"Its place {latitude}, {longitude} is not on Earth; it is left out.");
            return;
        }

        if (Places.Count >= limits.Nodes)
        {
            throw new ProblemException("XT736", source, $"It has more than {limits.Nodes} nodes: cut it to the streets that are needed.");
        }

        Places[id] = (latitude, longitude);
        if (tags is { Count: > 0 } && tags.GetValueOrDefault("highway") is "traffic_signals" or "crossing" or "stop" or "give_way")
        {
            NodeTags[id] = tags!;
        }
    }

    public void AddWay(long id, List<long> nodes, Dictionary<string, string>? tags)
    {
        if (tags is null || !tags.ContainsKey("highway"))
        {
            return;
        }

        if (Ways.Count + Restrictions.Count >= limits.Ways)
        {
            throw new ProblemException("XT736", source, $"It has more than {limits.Ways} ways and relations: cut it to the streets that are needed.");
        }

        if (nodes.Count < 2 || nodes.Count > limits.NodesOfWay)
        {
            LeaveOut($"way {id}", $"It has {nodes.Count} nodes; 2 to {limits.NodesOfWay} are needed. It is left out.");
            return;
        }

        Ways.Add(new Way(id, [.. nodes], tags));
    }

    public void AddRelation(long id, List<(char Type, long Id, string Role)> members, Dictionary<string, string>? tags)
    {
        if (tags is null || tags.GetValueOrDefault("type") != "restriction" || !tags.TryGetValue("restriction", out var kind))
        {
            return;
        }

        if (Ways.Count + Restrictions.Count >= limits.Ways)
        {
            throw new ProblemException("XT736", source, $"It has more than {limits.Ways} ways and relations: cut it to the streets that are needed.");
        }

        var from = members.Where(m => m is { Type: 'w', Role: "from" }).Select(m => m.Id).ToArray();
        var via = members.Where(m => m is { Type: 'n', Role: "via" }).Select(m => m.Id).ToArray();
        var to = members.Where(m => m is { Type: 'w', Role: "to" }).Select(m => m.Id).ToArray();
        if (from.Length == 0 || via.Length != 1 || to.Length == 0)
        {
            LeaveOut($"relation {id}", $"A turn restriction needs a way from, one node via and a way to; this has {from.Length}, {via.Length} and {to.Length}. It is left out.");
            return;
        }

        foreach (var f in from)
        {
            foreach (var t in to)
            {
                Restrictions.Add(new Restriction(f, via[0], t, kind.StartsWith("only_", StringComparison.Ordinal)));
            }
        }
    }

    public void LeaveOut(string where, string message)
    {
        if (++_problemCount <= ProblemsKept)
        {
            problems.Add(new Problem("XT737", $"{source} {where}", message));
        }
    }

    public void Finish()
    {
        if (_problemCount > ProblemsKept)
        {
            problems.Add(new Problem("XT737", source, $"{_problemCount - ProblemsKept} more elements were left out."));
        }
    }

    /// <summary>A tag as it is kept: its value no longer than 255 characters, as the map itself allows.</summary>
    public static string Cut(string value) => value.Length > LongestValue ? value[..LongestValue] : value;

    internal sealed record Way(long Id, long[] Nodes, Dictionary<string, string> Tags);

    /// <param name="From">Way that it holds for.</param>
    /// <param name="Via">Node at which.</param>
    /// <param name="To">Way that is meant.</param>
    /// <param name="IsOnly">True when nothing else may be taken; else this may not.</param>
    internal readonly record struct Restriction(long From, long Via, long To, bool IsOnly);
}
