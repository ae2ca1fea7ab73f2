using System.Collections.Concurrent;
using System.Globalization;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Logs;
using Crosstown.Measures.Options;
using Crosstown.Server.Measuring;

namespace Crosstown.Server.Query;

/// <summary>A ranking that can be asked for.</summary>
/// <param name="Name">As in the address.</param>
/// <param name="Unit">Unit of the value; empty for counts.</param>
/// <param name="Description">What the value says.</param>
/// <param name="IsLeastFirst">True where little is bad, so that the least come first.</param>
internal sealed record RankingSummary(string Name, string Title, string Unit, string Description, bool IsLeastFirst);

/// <summary>Signals in the order of a figure, worst first.</summary>
/// <param name="FromMs">First moment, ms UTC.</param>
/// <param name="ToMs">First moment behind, ms UTC.</param>
/// <param name="Total">Number of entries, those left out of the answer included.</param>
/// <param name="Items">The entries.</param>
internal sealed record RankingAnswer(string Name, string Title, string Unit, string Description, bool IsLeastFirst, long FromMs, long ToMs, int Total, IReadOnlyList<RankingItem> Items);

/// <summary>An entry of a ranking.</summary>
/// <param name="Group">The part of the signal that is meant, as in <c>phase 2</c>; null for all of it.</param>
/// <param name="Value">The figure; null when there is nothing to divide by.</param>
/// <param name="Count">What the value is out of; of plain sums the sum itself.</param>
/// <param name="SeenShare">Share of the rows' time that the log saw, 0-1; null when unknown.</param>
internal sealed record RankingItem(string Signal, string? Group, double? Value, double? Count, double? SeenShare);

/// <summary>Ranks signals from the kept days' tables and today's.</summary>
internal sealed class RankingQuery
{
    /// <summary>Sums of whole closed days are remembered; each is some groups of four numbers.</summary>
    private const int MostRemembered = 50_000;

    private readonly ConcurrentDictionary<(string Ranking, SignalId Signal, DateOnly Day), Dictionary<string, Sum>> _closed = new();

    private readonly DayTables _days;
    private readonly KeptMeasures _kept;
    private readonly IEventSource _events;
    private readonly TimeProvider _time;

    public RankingQuery(DayTables days, KeptMeasures kept, IEventSource events, TimeProvider time)
    {
        (_days, _kept, _events, _time) = (days, kept, events, time);
        kept.Closed += Forget;
    }

    public RankingAnswer Find(Ranking ranking, TimeRange range, int limit)
    {
        var items = new List<RankingItem>();
        foreach (var signal in _events.ListSignals().Union(_kept.ListSignals()).Order())
        {
            var sums = SumsOf(ranking, signal, range);
            if (ranking.IsOverTime)
            {
                AddOverTime(ranking, signal, range, sums.GetValueOrDefault(""), items);
                continue;
            }

            foreach (var (group, sum) in sums)
            {
                var isRatio = !ranking.OutOf.IsEmpty;
                var count = isRatio ? sum.OutOf : sum.Counted * ranking.Factor;
                if (sum.Rows > 0 && count >= ranking.LeastCount * (isRatio ? 1 : ranking.Factor))
                {
                    items.Add(new RankingItem(
                        signal.Value, group.Length == 0 ? null : group, isRatio ? (sum.OutOf > 0 ? Math.Round(sum.Counted / sum.OutOf * ranking.Factor, 6) : null) : sum.Counted * ranking.Factor,
                        Math.Round(count, 3), sum.SeenRows == 0 ? null : Math.Round(sum.Seen / sum.SeenRows, 4)));
                }
            }
        }

        var order = ranking.IsLeastFirst ? items.OrderBy(i => i.Value ?? double.MaxValue) : items.OrderByDescending(i => i.Value ?? double.MinValue);
        return new RankingAnswer(ranking.Name, ranking.Title, ranking.Unit, ranking.Description, ranking.IsLeastFirst, range.StartMs, range.EndMs, items.Count, [.. order.Take(limit)]);
    }

    private void AddOverTime(Ranking ranking, SignalId signal, TimeRange range, Sum sum, List<RankingItem> items)
    {
        // Counted from the signal's first event or kept day on, up to the last whole bin of now.
        var since = _kept.FirstMs(signal) ?? range.EndMs;
        var bins = (Math.Min(range.EndMs, _time.GetUtcNow().ToUnixTimeMilliseconds()) - Math.Max(range.StartMs, since)) / MeasureOptions.DefaultBinMs;
        if (bins > 0)
        {
            var value = Math.Min(1, sum.Counted / bins);
            items.Add(new RankingItem(signal.Value, null, Math.Round(value * ranking.Factor, 6), bins, sum.SeenRows == 0 ? 0 : Math.Round(Math.Min(1, sum.Seen / bins), 4)));
        }
    }

    private Dictionary<string, Sum> SumsOf(Ranking ranking, SignalId signal, TimeRange range)
    {
        var sums = new Dictionary<string, Sum>(StringComparer.Ordinal);
        var clock = _kept.ClockOf(signal);
        for (var day = KeptMeasures.DayOf(clock, range.StartMs); ; day = day.AddDays(1))
        {
            var whole = KeptMeasures.RangeOf(clock, day);
            if (whole.StartMs >= range.EndMs)
            {
                return sums;
            }

            var isWhole = whole.StartMs >= range.StartMs && whole.EndMs <= range.EndMs;
            foreach (var (group, sum) in isWhole && _kept.IsGood(signal, day) ? ClosedDay(ranking, signal, day) : Add(ranking, _days.Find(signal, day, ranking.Table), range))
            {
                sums[group] = sums.GetValueOrDefault(group).Plus(sum);
            }
        }
    }

    private Dictionary<string, Sum> ClosedDay(Ranking ranking, SignalId signal, DateOnly day)
    {
        var key = (ranking.Name, signal, day);
        if (_closed.TryGetValue(key, out var known))
        {
            return known;
        }

        if (_closed.Count >= MostRemembered)
        {
            _closed.Clear();
        }

        return _closed[key] = Add(ranking, _days.Find(signal, day, ranking.Table), null);
    }

    /// <summary>Forgets a day that was kept anew.</summary>
    private void Forget(SignalId signal, DateOnly day)
    {
        foreach (var ranking in Ranking.All)
        {
            _closed.TryRemove((ranking.Name, signal, day), out _);
        }
    }

    private static Dictionary<string, Sum> Add(Ranking ranking, RowBuffer? buffer, TimeRange? range)
    {
        var sums = new Dictionary<string, Sum>(StringComparer.Ordinal);
        if (buffer is null)
        {
            return sums;
        }

        var rows = new TableRows(buffer);
        var (time, seen) = (rows.Column("time"), rows.Column("seen_share"));
        var counted = ranking.Counted.Length > 0 ? rows.Column(ranking.Counted) : (TableColumn?)null;
        var weight = ranking.Weight is { } w ? rows.Column(w) : (TableColumn?)null;
        var without = ranking.Without is { } u ? rows.Column(u) : (TableColumn?)null;
        var outOf = ranking.OutOf.Where(o => o.Length > 0).Select(rows.Column).ToArray();
        var groups = ranking.Groups.Where(rows.Has).Select(g => (Name: g, Column: rows.Column(g))).ToArray();
        for (var row = 0; row < rows.Count; row++)
        {
            if ((range is { } r && !r.Contains(time.Time(row))) || without?.Integer(row) is not null)
            {
                continue;
            }

            var value = counted is null ? 1 : counted.Value.Number(row);
            var divisor = outOf.Length == 0 ? 1 : outOf.Sum(o => o.Number(row) ?? double.NaN);
            if (value is { } number && weight is { } by)
            {
                value = number * by.Number(row);
            }

            if (value is null || double.IsNaN(divisor))
            {
                continue;
            }

            var group = groups.Select(g => NameOf(g.Name, g.Column, row)).FirstOrDefault(n => n is not null) ?? "";
            sums[group] = sums.GetValueOrDefault(group).Plus(new Sum(value.Value, divisor, seen.Number(row) ?? 0, seen.Number(row) is null ? 0 : 1, 1));
        }

        return sums;
    }

    private static string? NameOf(string column, TableColumn cells, int row) => column switch
    {
        "direction" => cells.Word(row) is { Length: > 0 } word and not "unknown" ? word : null,
        "overlap" => cells.Integer(row) is { } overlap ? SignalGroup.Overlap((int)overlap).ToString() : null,
        "channel" => cells.Integer(row) is { } channel ? string.Create(CultureInfo.InvariantCulture, $"detector {channel}") : null,
        _ => cells.Integer(row) is { } number ? string.Create(CultureInfo.InvariantCulture, $"{column} {number}") : null,
    };

    private readonly record struct Sum(double Counted, double OutOf, double Seen, int SeenRows, int Rows)
    {
        public Sum Plus(Sum other) => new(Counted + other.Counted, OutOf + other.OutOf, Seen + other.Seen, SeenRows + other.SeenRows, Rows + other.Rows);
    }
}
