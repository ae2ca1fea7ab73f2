namespace Crosstown.Core.Privacy;

/// <summary>How often the gate refused what, from where, in which hour: all that is ever known of a refused value (rule P07).</summary>
/// <remarks>Holds no value and no finer time. Memory is bounded: sources past <see cref="SourceLimit"/> are counted together.</remarks>
public sealed class RefusalCounter
{
    /// <summary>Sources that are counted by name.</summary>
    public const int SourceLimit = 1000;

    /// <summary>The name under which further sources are counted.</summary>
    public const string FurtherSources = "(further sources)";

    private const long HourMs = 3_600_000;
    private readonly HashSet<string> _sources = new(StringComparer.Ordinal);
    private readonly SortedDictionary<(long HourStartMs, string Source, Refusal Kind), long> _counts = [];

    /// <summary>All refusals so far.</summary>
    public long Count { get; private set; }

    /// <param name="kind">The shape that was met.</param>
    /// <param name="source">The file or feed, as the user named it.</param>
    /// <param name="timeMs">When it was met, ms UTC; kept as the hour that holds it.</param>
    public void Add(Refusal kind, string source, long timeMs)
    {
        if (!_sources.Contains(source))
        {
            if (_sources.Count < SourceLimit)
            {
                _sources.Add(source);
            }
            else
            {
                source = FurtherSources;
            }
        }

        var key = (timeMs - (((timeMs % HourMs) + HourMs) % HourMs), source, kind);
        _counts[key] = _counts.GetValueOrDefault(key) + 1;
        Count++;
    }

    /// <summary>The counts by hour, source and kind, in that order.</summary>
    public IReadOnlyList<(long HourStartMs, string Source, Refusal Kind, long Count)> ListCounts() =>
        [.. _counts.Select(p => (p.Key.HourStartMs, p.Key.Source, p.Key.Kind, p.Value))];
}
