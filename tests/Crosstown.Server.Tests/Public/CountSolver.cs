using Crosstown.Server.Public.Counts;

namespace Crosstown.Server.Tests.Public;

/// <summary>Finds out from published figures how narrowly a figure that is not published can be told (rule P14).</summary>
/// <remarks>
/// The unknowns are the counts of single movements, or crosswalks, in single quarters of an hour. Every published figure says that the sum of some of them is
/// this much, and every withheld one that it is 0 to 9. An approach is the sum of its movements and a longer time the sum of its quarters, whatever we
/// meant by them. From a sum and others that are parts of it follow bounds of each part and of what is left, and all such bounds are pushed on until none moves.
/// </remarks>
internal sealed class CountSolver
{
    private const long QuarterMs = 900_000;
    private const long Unbounded = 1_000_000;
    private const int Withheld = 9;

    private readonly Dictionary<string, int> _unknowns = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Sum> _sums = new(StringComparer.Ordinal);
    private readonly Dictionary<int, List<Sum>> _byUnknown = [];
    private readonly List<(Sum Sum, string Name)> _withheld = [];
    private readonly List<(Sum Sum, string Name)> _told = [];

    /// <summary>Takes in everything that is public, from any number of pages and versions.</summary>
    public CountSolver(IEnumerable<PublicCount> counts)
    {
        var all = counts.Distinct().ToArray();
        var movements = all.Where(c => c.Movement is not null).GroupBy(PlaceOf).ToDictionary(g => g.Key, g => g.Select(c => $"{c.Movement}").Distinct().ToArray());
        foreach (var count in all.Where(c => c.Count is not null || c.IsWithheld))
        {
            var parts = count.Movement is { } m ? [$"{m}"] : movements.GetValueOrDefault(PlaceOf(count)) ?? ["all"];
            var sum = Take(parts.SelectMany(p => Quarters(count).Select(q => Unknown($"{PlaceOf(count)} {p} {q}"))));
            Narrow(sum, count.Count ?? 0, count.Count ?? Withheld);
            (count.IsWithheld ? _withheld : _told).Add((sum, $"{PlaceOf(count)} {count.Movement} {count.StartMs}-{count.EndMs}: {count.Count}"));
        }

        Push();
    }

    /// <summary>Figures that contradict each other, as when one was changed after it was out.</summary>
    public bool IsContradictory { get; private set; }

    /// <summary>How many different figures there are.</summary>
    public int FigureCount => _withheld.Count + _told.Count;

    /// <summary>Withheld figures, and quarters behind a published figure, that can be told more narrowly than 0 to 9.</summary>
    public List<string> ListNarrow()
    {
        var narrow = _withheld.Where(w => IsNarrow(w.Sum)).Select(w => $"{w.Name} is {w.Sum.Least} to {w.Sum.Most}").ToList();
        var published = _told.Select(t => t.Sum).ToHashSet();
        foreach (var (sum, name) in _told.Concat(_withheld).Where(t => t.Sum.Unknowns.Length > 1))
        {
            narrow.AddRange(sum.Unknowns.Select(u => Take([u])).Where(p => !published.Contains(p) && IsNarrow(p)).Select(p => $"a part of {name} is {p.Least} to {p.Most}"));
        }

        return narrow;
    }

    private static bool IsNarrow(Sum sum) => sum.Least > 0 || sum.Most < Withheld;

    private static string PlaceOf(PublicCount c) => $"{c.Signal} {c.Subject} {c.Direction} {c.Phase} {c.Overlap}";

    private static IEnumerable<long> Quarters(PublicCount c)
    {
        for (var ms = c.StartMs; ms < c.EndMs; ms += QuarterMs)
        {
            yield return ms;
        }
    }

    private int Unknown(string name)
    {
        if (!_unknowns.TryGetValue(name, out var index))
        {
            _unknowns[name] = index = _unknowns.Count;
        }

        return index;
    }

    private Sum Take(IEnumerable<int> unknowns)
    {
        var sorted = unknowns.Order().ToArray();
        var key = string.Join(',', sorted);
        if (!_sums.TryGetValue(key, out var sum))
        {
            _sums[key] = sum = new Sum(sorted, 0, Unbounded * sorted.Length);
            foreach (var u in sorted)
            {
                (_byUnknown.TryGetValue(u, out var list) ? list : _byUnknown[u] = []).Add(sum);
            }
        }

        return sum;
    }

    private bool Narrow(Sum sum, long least, long most)
    {
        var (newLeast, newMost) = (Math.Max(sum.Least, least), Math.Min(sum.Most, most));
        IsContradictory |= newLeast > newMost;
        var isMoved = newLeast != sum.Least || newMost != sum.Most;
        (sum.Least, sum.Most) = (newLeast, newMost);
        return isMoved;
    }

    private void Push()
    {
        foreach (var unknown in _unknowns.Values)
        {
            Take([unknown]);
        }

        for (var moved = true; moved && !IsContradictory;)
        {
            moved = false;
            foreach (var whole in _sums.Values.Where(s => s.Unknowns.Length > 1).ToArray())
            {
                var parts = whole.Unknowns.SelectMany(u => _byUnknown[u]).Distinct().Where(s => s != whole && s.Unknowns.Length < whole.Unknowns.Length && s.Unknowns.All(whole.Contains)).ToArray();
                moved |= PushThrough(whole, parts.OrderByDescending(p => p.Unknowns.Length)) | PushThrough(whole, parts.OrderBy(p => p.Unknowns.Length));
            }
        }
    }

    /// <summary>Takes parts that do not overlap in the order given: each is the whole less the others, and so is what they leave.</summary>
    private bool PushThrough(Sum whole, IEnumerable<Sum> parts)
    {
        var chosen = new List<Sum>();
        var left = whole.Unknowns.ToHashSet();
        foreach (var part in parts.Where(p => p.Unknowns.All(left.Contains)))
        {
            chosen.Add(part);
            left.ExceptWith(part.Unknowns);
        }

        if (left.Count > 0 && left.Count < whole.Unknowns.Length)
        {
            chosen.Add(Take(left));
        }

        var (low, high) = (chosen.Sum(p => p.Least), chosen.Sum(p => p.Most));
        var moved = Narrow(whole, low, high);
        foreach (var part in chosen)
        {
            moved |= Narrow(part, whole.Least - (high - part.Most), whole.Most - (low - part.Least));
        }

        return moved;
    }

    private sealed class Sum(int[] unknowns, long least, long most)
    {
        private readonly HashSet<int> _unknowns = [.. unknowns];

        public int[] Unknowns { get; } = unknowns;

        public long Least { get; set; } = least;

        public long Most { get; set; } = most;

        public bool Contains(int unknown) => _unknowns.Contains(unknown);
    }
}
