using Crosstown.Server.Measuring;
using System.Collections.Immutable;
using System.Globalization;
using Crosstown.Core.Street;
using Crosstown.Core.Time;

namespace Crosstown.Cli.Report.Data;

/// <summary>One signal as the charts see it: its rows, its clock, the time shown, and the gaps in it.</summary>
internal sealed class SignalView
{
    /// <summary>A bin of which less was seen is shown as a gap.</summary>
    private const double LeastSeenShare = 0.95;

    private const long DayMs = 86_400_000;

    private readonly CollectedTables _tables;
    private readonly Dictionary<string, TableRows?> _cut = new(StringComparer.Ordinal);
    private readonly bool _isCut;

    /// <param name="configuration">The signal; what is not known of it is left out of titles.</param>
    /// <param name="span">The time that its log covers, from first to last event.</param>
    /// <param name="binMs">Length of the bins in the tables.</param>
    /// <param name="isCut">True where the tables reach beyond the span: rows that begin outside are then left out.</param>
    public SignalView(SignalConfiguration configuration, LocalTimeMap clock, TimeRange span, long binMs, CollectedTables tables, bool isCut = false)
    {
        _isCut = isCut;
        Configuration = configuration;
        Clock = clock;
        BinMs = binMs;
        _tables = tables;
        Span = new TimeRange(clock.BinAt(span.StartMs, binMs).StartMs, clock.BinAt(span.EndMs - 1, binMs).EndMs);
        (Gaps, SeenShare) = FindGaps();
    }

    public SignalConfiguration Configuration { get; }

    public SignalId Signal => Configuration.Signal;

    /// <summary>Number and streets.</summary>
    public string Label => Configuration.Name.Length > 0 ? $"{Signal} {Configuration.Name}" : $"{Signal}";

    public LocalTimeMap Clock { get; }

    /// <summary>What is shown: whole bins.</summary>
    public TimeRange Span { get; }

    public long BinMs { get; }

    /// <summary>Bins that the log did not see, joined where they touch.</summary>
    public ImmutableArray<TimeRange> Gaps { get; }

    /// <summary>Share of the span that was seen, 0-1; null when the log does not say.</summary>
    public double? SeenShare { get; }

    /// <summary>Rows of a table; null when the signal has none.</summary>
    public TableRows? Find(string table)
    {
        if (!_isCut)
        {
            return _tables.Find(Signal, table);
        }

        if (!_cut.TryGetValue(table, out var rows))
        {
            _cut[table] = rows = _tables.Find(Signal, table)?.CutTo(Span);
        }

        return rows;
    }

    /// <summary>The local days of the span, each cut to it.</summary>
    public IEnumerable<TimeRange> Days()
    {
        for (var startMs = Span.StartMs; startMs < Span.EndMs;)
        {
            var endMs = Math.Min(Span.EndMs, Clock.BinAt(startMs, DayMs).EndMs);
            yield return new TimeRange(startMs, endMs);
            startMs = endMs;
        }
    }

    /// <summary>A group as people name it: phase or overlap, with the way its traffic is headed where that is known.</summary>
    public string Name(SignalGroup group)
    {
        var directions = Configuration.Approaches.Where(a => a.Protected == group && a.Direction != TravelDirection.Unknown).Select(a => a.Direction).Distinct().ToArray();
        var name = Words.Capital(group.ToString());
        return directions.Length == 1 ? $"{name} {Words.Of(directions[0])}" : name;
    }

    public string TimeOfDay(long timeMs) => Local(timeMs).ToString("HH:mm", CultureInfo.InvariantCulture);

    public string DayAndTime(long timeMs) => Local(timeMs).ToString("ddd MMM d HH:mm", CultureInfo.InvariantCulture);

    public string Day(long timeMs) => Local(timeMs).ToString("ddd MMM d", CultureInfo.InvariantCulture);

    private DateTime Local(long timeMs) => DateTime.UnixEpoch.AddMilliseconds(Clock.ToLocalMs(timeMs));

    private (ImmutableArray<TimeRange> Gaps, double? SeenShare) FindGaps()
    {
        if (Find("communications-health") is not { } rows)
        {
            return ([], null);
        }

        var time = rows.Column("time");
        var seen = rows.Column("seen_share");
        var gaps = ImmutableArray.CreateBuilder<TimeRange>();
        var reachedMs = Span.StartMs;
        double seenMs = 0;
        for (var row = 0; row < rows.Count; row++)
        {
            var bin = Clock.BinAt(time.Time(row), BinMs);
            if (!Span.Contains(bin.StartMs))
            {
                continue;
            }

            AddGap(gaps, reachedMs, bin.StartMs);
            var share = seen.Number(row) ?? 0;
            seenMs += share * bin.LengthMs;
            if (share < LeastSeenShare)
            {
                AddGap(gaps, bin.StartMs, bin.EndMs);
            }

            reachedMs = Math.Max(reachedMs, bin.EndMs);
        }

        AddGap(gaps, reachedMs, Span.EndMs);
        return (gaps.ToImmutable(), seenMs / Span.LengthMs);
    }

    private static void AddGap(ImmutableArray<TimeRange>.Builder gaps, long startMs, long endMs)
    {
        if (endMs <= startMs)
        {
            return;
        }

        if (gaps.Count > 0 && gaps[^1].EndMs == startMs)
        {
            gaps[^1] = new TimeRange(gaps[^1].StartMs, endMs);
        }
        else
        {
            gaps.Add(new TimeRange(startMs, endMs));
        }
    }
}
