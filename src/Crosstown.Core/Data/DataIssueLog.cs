namespace Crosstown.Core.Data;

/// <summary>Collects data issues in bounded memory: every one is counted, the first few of each kind and source are kept whole.</summary>
/// <remarks>Any number of threads may add and list.</remarks>
public sealed class DataIssueLog
{
    /// <summary>How many issues of one kind from one source are kept with their position and value.</summary>
    public const int ExamplesKept = 20;

    private readonly Dictionary<(DataIssueKind Kind, string Source), List<DataIssue>> _examples = [];
    private readonly Dictionary<(DataIssueKind Kind, string Source), long> _counts = [];
    private readonly Lock _one = new();
    private long _count;

    /// <summary>The number of issues added, kept whole or not.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>The kinds and sources seen, with how often, in a stable order.</summary>
    public IReadOnlyList<(DataIssueKind Kind, string Source, long Count)> ListCounts()
    {
        lock (_one)
        {
            return [.. _counts.OrderBy(p => p.Key.Source, StringComparer.Ordinal).ThenBy(p => p.Key.Kind).Select(p => (p.Key.Kind, p.Key.Source, p.Value))];
        }
    }

    /// <summary>The issues kept whole, by source and kind, in the order in which they were met.</summary>
    public IEnumerable<DataIssue> ListExamples()
    {
        lock (_one)
        {
            return [.. _examples.OrderBy(p => p.Key.Source, StringComparer.Ordinal).ThenBy(p => p.Key.Kind).SelectMany(p => p.Value)];
        }
    }

    /// <summary>How often a kind was met, over all sources.</summary>
    public long CountOf(DataIssueKind kind)
    {
        lock (_one)
        {
            return _counts.Where(p => p.Key.Kind == kind).Sum(p => p.Value);
        }
    }

    public void Add(DataIssueKind kind, string source, long position, ReadOnlySpan<char> value, string assumed)
    {
        lock (_one)
        {
            if (Tally(kind, source, 1) is not { } kept)
            {
                return;
            }

            var shown = value.Length > DataIssue.MaxValueLength ? string.Concat(value[..(DataIssue.MaxValueLength - 1)], "…") : value.ToString();
            kept.Add(new DataIssue(kind, source, position, shown, assumed));
        }
    }

    /// <summary>Adds many issues of one kind at once, keeping one of them as the example.</summary>
    public void AddMany(long count, DataIssueKind kind, string source, long position, ReadOnlySpan<char> value, string assumed)
    {
        if (count <= 0)
        {
            return;
        }

        lock (_one)
        {
            Add(kind, source, position, value, assumed);
            Tally(kind, source, count - 1);
        }
    }

    /// <summary>Whether another issue of this kind and source would be kept whole; lets a hot loop skip making its message.</summary>
    public bool WouldKeep(DataIssueKind kind, string source)
    {
        lock (_one)
        {
            return !_examples.TryGetValue((kind, source), out var kept) || kept.Count < ExamplesKept;
        }
    }

    private List<DataIssue>? Tally(DataIssueKind kind, string source, long count)
    {
        var key = (kind, source);
        Interlocked.Add(ref _count, count);
        _counts[key] = _counts.GetValueOrDefault(key) + count;
        if (!_examples.TryGetValue(key, out var kept))
        {
            _examples[key] = kept = [];
        }

        return kept.Count < ExamplesKept ? kept : null;
    }
}
