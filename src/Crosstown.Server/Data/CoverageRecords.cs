using System.Collections.Concurrent;
using Crosstown.Core.Street;
using Crosstown.Server.Store.Records;
using Dapper;

namespace Crosstown.Server.Data;

/// <summary>The coverage of signal-days that were looked at, in memory and in the records.</summary>
internal sealed class CoverageRecords
{
    private readonly RecordStore _records;
    private readonly ConcurrentDictionary<(string Signal, long Day), DayCoverage> _known = new();

    public CoverageRecords(RecordStore records)
    {
        _records = records;
        using var connection = records.Open();
        foreach (var day in connection.Query<DayCoverage>(
            "select signal as Signal, day as Day, events as Events, seen_ms as SeenMs, gaps as Gaps, longest_gap_ms as LongestGapMs, first_ms as FirstMs, last_ms as LastMs from data_day", buffered: false))
        {
            _known[(day.Signal, day.Day)] = day;
        }
    }

    /// <summary>The coverage of a day as it was last looked at; null when it was not.</summary>
    public DayCoverage? Find(SignalId signal, long day) => _known.GetValueOrDefault((signal.Value, day));

    public async Task KeepAsync(IReadOnlyCollection<DayCoverage> days, CancellationToken stop)
    {
        await _records.WriteAsync(
            (connection, transaction) => connection.ExecuteAsync(
                "insert into data_day (signal, day, events, seen_ms, gaps, longest_gap_ms, first_ms, last_ms) values (@Signal, @Day, @Events, @SeenMs, @Gaps, @LongestGapMs, @FirstMs, @LastMs) "
                + "on conflict (signal, day) do update set events = excluded.events, seen_ms = excluded.seen_ms, gaps = excluded.gaps, longest_gap_ms = excluded.longest_gap_ms, first_ms = excluded.first_ms, last_ms = excluded.last_ms",
                days,
                transaction),
            stop);
        foreach (var day in days)
        {
            _known[(day.Signal, day.Day)] = day;
        }
    }

    public async Task DeleteBeforeAsync(long day, CancellationToken stop)
    {
        await _records.WriteAsync((connection, transaction) => connection.ExecuteAsync("delete from data_day where day < @day", new { day }, transaction), stop);
        foreach (var key in _known.Keys.Where(k => k.Day < day))
        {
            _known.TryRemove(key, out _);
        }
    }
}
