using System.Collections.Concurrent;
using Crosstown.Core.Data;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Logs.Store;
using Crosstown.Measures;
using Crosstown.Measures.Options;
using Crosstown.Server.City;
using Crosstown.Server.Live;
using Crosstown.Server.Query;

namespace Crosstown.Server.Measuring;

/// <summary>Rows of one signal's local day, from wherever they are at hand: kept, rolling live, or computed from raw events and remembered for a while.</summary>
internal sealed class DayTables(KeptMeasures kept, LiveMeasures live, LiveEvents events, EventVersions versions, CityModel city, TimeProvider time)
{
    /// <summary>What was computed of a day that still changes is used for so long, so that a list of all signals is not computed anew with each event.</summary>
    private static readonly TimeSpan s_staleAfter = TimeSpan.FromMinutes(5);

    private const int MostRemembered = 4096;

    private readonly ConcurrentDictionary<(SignalId Signal, DateOnly Day, string Measure), Remembered> _computed = new();

    /// <summary>The rows of a table in 15-minute bins; null when the day has none.</summary>
    public RowBuffer? Find(SignalId signal, DateOnly day, string table)
    {
        if (KeptMeasures.Tables.TryGetValue(table, out var schema) && kept.IsGood(signal, day))
        {
            return kept.ReadTables(signal, day, [schema])[0];
        }

        var range = KeptMeasures.RangeOf(kept.ClockOf(signal), day);
        if (events.FindRange(signal) is not { } raw || raw.EndMs <= range.StartMs || raw.StartMs >= range.EndMs)
        {
            return null;
        }

        return live.DayOf(signal) == range && LiveMeasures.Kept.Any(t => t.Name == table) ? live.Rows(signal, table)?.Rows : Compute(signal, day, range, table);
    }

    private RowBuffer? Compute(SignalId signal, DateOnly day, TimeRange range, string table)
    {
        var measure = MeasureCatalog.Find(TableCatalog.Find(table)!.Measure)!;
        var version = HashCode.Combine(versions.Of(signal, new TimeRange(range.StartMs - MeasureRun.LookBackMs, range.EndMs + MeasureRun.LookAheadMs)), city.Now.Version);
        var key = (signal, day, measure.Name);
        if (_computed.TryGetValue(key, out var known) && (known.Version == version || time.GetElapsedTime(known.At) < s_staleAfter))
        {
            return known.Tables.Find(signal, table)?.Rows;
        }

        if (_computed.Count >= MostRemembered)
        {
            foreach (var old in _computed.OrderBy(c => c.Value.At).Take(MostRemembered / 4).Select(c => c.Key).ToArray())
            {
                _computed.TryRemove(old, out _);
            }
        }

        var configuration = city.Now.Configurations.Find(signal, range.StartMs) ?? SignalConfiguration.Unknown(signal);
        var tables = SignalTables.Run(events, [measure], configuration, range, new MeasureOptions(), new DataIssueLog());
        _computed[key] = new Remembered(version, time.GetTimestamp(), tables);
        return tables.Find(signal, table)?.Rows;
    }

    private sealed record Remembered(int Version, long At, CollectedTables Tables);
}
