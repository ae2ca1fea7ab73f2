using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Crosstown.Core.Data;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Logs.Store;
using Crosstown.Logs.Zones;
using Crosstown.Measures;
using Crosstown.Measures.Composed;
using Crosstown.Measures.Engine;
using Crosstown.Measures.Options;
using Crosstown.Server.City;
using Crosstown.Server.Query;

namespace Crosstown.Server.Measuring;

/// <summary>A part of a time: one kept day, or a stretch that is computed from raw events.</summary>
/// <param name="Day">The kept day; null for raw events.</param>
internal readonly record struct MeasureStretch(DateOnly? Day, TimeRange Range);

/// <summary>Which parts of a time are read from kept days, and which tables a question needs of them.</summary>
internal sealed record MeasurePlan(ImmutableArray<MeasureStretch> Stretches, ImmutableArray<TableSchema> Tables);

/// <summary>
/// Closed local days' binned tables, kept for good in 15-minute bins and our own definitions: what long times are read from, and all that is left of a
/// day whose raw events were deleted. Tables of the raw tier, and those with a row per cycle or interval, are never kept.
/// </summary>
internal sealed class KeptMeasures
{
    /// <summary>How long after its end a day is left open for events on their way: the look-ahead that its last cycles need, and a little more.</summary>
    public const long GraceMs = MeasureRun.LookAheadMs + (5 * 60_000);

    /// <summary>Rises when a definition changes without a change of columns.</summary>
    private const int DefinitionsVersion = 1;

    /// <summary>Tables with a row per cycle, interval or hit: what they say of closed days is in the binned tables beside them.</summary>
    private static readonly FrozenSet<string> s_fine = new[]
    {
        "coordination-cycles", "split-monitor", "time-space-bands", "split-failures-by-cycle", "phase-terminations", "yellow-red-offsets", "timeline", "arrivals-by-shift",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly ImmutableArray<Measure> s_measures =
        [.. MeasureCatalog.All.Where(m => m.TablesIn(DefinitionSet.Crosstown).Any(t => IsKept(t.Name)))];

    private static readonly FrozenDictionary<string, TableSchema> s_tables =
        s_measures.SelectMany(m => m.TablesIn(DefinitionSet.Crosstown)).Where(t => IsKept(t.Name)).ToFrozenDictionary(t => t.Name, StringComparer.Ordinal);

    private static readonly ulong s_definitions = InputTag(string.Join(
        '\n', s_tables.Values.OrderBy(t => t.Name, StringComparer.Ordinal).Select(t => $"{t.Name}({string.Join(',', t.Columns.Select(c => $"{c.Name}:{c.Type}"))})").Append($"{DefinitionsVersion}")));

    private readonly MeasureStore _store;
    private readonly LiveEvents _events;
    private readonly CityModel _city;
    private readonly DataIssueLog _issues;
    private readonly ConcurrentDictionary<(SignalId Signal, DateOnly Day), MeasureDayHead> _heads = new();
    private readonly ConcurrentDictionary<(SignalId Signal, DateOnly Day), byte> _changed = new();
    private readonly ConditionalWeakTable<SignalConfiguration, object> _inputTags = [];

    public KeptMeasures(MeasureStore store, LiveEvents events, CityModel city, DataIssueLog issues)
    {
        (_store, _events, _city, _issues) = (store, events, city, issues);
        events.Appended += (signal, added) => Mark(signal, added.Span);
    }

    /// <summary>Called after a day was kept, or kept anew.</summary>
    public event Action<SignalId, DateOnly>? Closed;

    /// <summary>The kept tables by name.</summary>
    public static FrozenDictionary<string, TableSchema> Tables => s_tables;

    /// <summary>The signals of which days are kept, in their order.</summary>
    public IReadOnlyList<SignalId> ListSignals() => _store.ListSignals();

    /// <summary>Whether all that a table is made of is kept.</summary>
    public static bool Keeps(TableSource source) => InputsOf(source) is not null;

    /// <summary>A signal's wall clock, also when its raw events are gone.</summary>
    public LocalTimeMap ClockOf(SignalId signal) =>
        _events.FindZone(signal) is { } zone ? ZoneRules.MapFor(zone)
        : _city.Now.Current.GetValueOrDefault(signal)?.Zone is { } configured ? ZoneRules.MapFor(configured)
        : LocalTimeMap.Utc;

    /// <summary>The local day that holds a moment.</summary>
    public static DateOnly DayOf(LocalTimeMap clock, long timeMs) => DateOnly.FromDayNumber(DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber + LocalDays.NumberOf(clock.ToLocalMs(timeMs)));

    /// <summary>From a local day's midnight to the next.</summary>
    public static TimeRange RangeOf(LocalTimeMap clock, DateOnly day) =>
        new(new LocalTime(day.ToDateTime(TimeOnly.MinValue), null).ToUtcMs(clock), new LocalTime(day.AddDays(1).ToDateTime(TimeOnly.MinValue), null).ToUtcMs(clock));

    /// <summary>How a time is to be answered; null when the table is not kept, or no day of the time is.</summary>
    public MeasurePlan? Plan(SignalId signal, TimeRange range, TableSource source)
    {
        if (InputsOf(source) is not { } tables)
        {
            return null;
        }

        var clock = ClockOf(signal);
        var stretches = ImmutableArray.CreateBuilder<MeasureStretch>();
        var raw = _events.FindRange(signal);
        var isAnyKept = false;
        for (var day = DayOf(clock, range.StartMs); ; day = day.AddDays(1))
        {
            var whole = RangeOf(clock, day);
            if (whole.StartMs >= range.EndMs)
            {
                break;
            }

            var part = new TimeRange(Math.Max(whole.StartMs, range.StartMs), Math.Min(whole.EndMs, range.EndMs));
            if (IsGood(signal, day, whole, raw))
            {
                stretches.Add(new MeasureStretch(day, part));
                isAnyKept = true;
            }
            else if (raw is { } held && part.StartMs < held.EndMs && part.EndMs > held.StartMs)
            {
                if (stretches.Count > 0 && stretches[^1] is { Day: null } last && last.Range.EndMs == part.StartMs)
                {
                    stretches[^1] = new MeasureStretch(null, new TimeRange(last.Range.StartMs, part.EndMs));
                }
                else
                {
                    stretches.Add(new MeasureStretch(null, part));
                }
            }
        }

        return isAnyKept ? new MeasurePlan(stretches.ToImmutable(), tables) : null;
    }

    /// <summary>Since when a signal is known by its log: its first event, or its first kept day; null for neither. ms UTC.</summary>
    public long? FirstMs(SignalId signal)
    {
        var first = _events.FindRange(signal)?.StartMs;
        var days = _store.ListDays(signal);
        return days.Count == 0 ? first : Math.Min(first ?? long.MaxValue, RangeOf(ClockOf(signal), days[0]).StartMs);
    }

    /// <summary>Whether a day is kept and still says what its events say.</summary>
    public bool IsGood(SignalId signal, DateOnly day) => IsGood(signal, day, RangeOf(ClockOf(signal), day), _events.FindRange(signal));

    /// <summary>Hands a kept day's rows whose first time lies in a range to a sink, table after table.</summary>
    public void Read(SignalId signal, DateOnly day, TimeRange range, ImmutableArray<TableSchema> tables, ITableSink sink)
    {
        var clock = ClockOf(signal);
        foreach (var rows in ReadTables(signal, day, tables).OfType<RowBuffer>())
        {
            rows.KeepFirstTimeIn(range);
            if (rows.Count > 0)
            {
                sink.Take(signal, clock, rows);
            }
        }
    }

    /// <summary>A kept day's tables; null for those that are not kept or damaged, and then the day is computed anew where that can be.</summary>
    public RowBuffer?[] ReadTables(SignalId signal, DateOnly day, ImmutableArray<TableSchema> tables)
    {
        var found = new DataIssueLog();
        var rows = _store.Read(signal, day, tables, found) ?? new RowBuffer?[tables.Length];
        Report(found, signal, day);
        return rows;
    }

    /// <summary>The closed days that are to be kept, or kept anew: newest first, so that what people look at most comes first.</summary>
    public IEnumerable<(SignalId Signal, DateOnly Day)> ListDue(long nowMs)
    {
        var due = new List<(SignalId Signal, DateOnly Day)>();
        foreach (var signal in _events.ListSignals())
        {
            if (_events.FindRange(signal) is not { } raw)
            {
                continue;
            }

            var clock = ClockOf(signal);
            var last = DayOf(clock, Math.Min(raw.EndMs - 1, nowMs));
            for (var day = DayOf(clock, raw.StartMs); day <= last; day = day.AddDays(1))
            {
                var range = RangeOf(clock, day);
                if (range.EndMs + GraceMs <= nowMs && !IsGood(signal, day, range, raw) && !IsCut(signal, day, range, raw))
                {
                    due.Add((signal, day));
                }
            }
        }

        return due.OrderByDescending(d => d.Day).ThenBy(d => d.Signal);
    }

    /// <summary>Computes a day's tables from its raw events and keeps them.</summary>
    /// <exception cref="IOException">The disk failed; what was kept before is still there.</exception>
    public void Close(SignalId signal, DateOnly day)
    {
        var clock = ClockOf(signal);
        var range = RangeOf(clock, day);
        _changed.TryRemove((signal, day), out _);
        var configuration = _city.Now.Configurations.Find(signal, range.StartMs) ?? SignalConfiguration.Unknown(signal);
        var rows = s_tables.Values.ToDictionary(t => t.Name, t => new RowBuffer(t));
        var pass = new SignalPass(s_measures, configuration, clock, new MeasureOptions(), range, new Collect(rows), new DataIssueLog());
        long count = 0;
        using (var reader = _events.Open(signal, new TimeRange(range.StartMs - MeasureRun.LookBackMs, range.EndMs + MeasureRun.LookAheadMs)))
        {
            while (reader.Next(out var block))
            {
                pass.Append(block);
                foreach (ref readonly var e in block)
                {
                    count += range.Contains(e.TimeMs) ? 1 : 0;
                }
            }
        }

        pass.Finish();
        var head = new MeasureDayHead(range.StartMs, range.EndMs, count, InputTagOf(configuration), s_definitions);
        _store.Write(signal, day, head, [.. rows.Values.Where(r => r.Count > 0)]);
        _heads[(signal, day)] = head;
        Closed?.Invoke(signal, day);
    }

    /// <summary>Looks whether a kept day has the events that the log has: some may have come while nobody was looking.</summary>
    public void Check(SignalId signal, DateOnly day)
    {
        var range = RangeOf(ClockOf(signal), day);
        if (!_store.Has(signal, day) || HeadOf(signal, day) is not { } head || _events.FindRange(signal) is not { } raw || raw.StartMs > range.StartMs)
        {
            return;
        }

        long count = 0;
        using var reader = _events.Open(signal, range);
        while (reader.Next(out var block))
        {
            count += block.Length;
        }

        if (count > head.EventCount)
        {
            _changed[(signal, day)] = 0;
        }
    }

    private static bool IsKept(string table) => !TableTiers.IsRaw(table) && !s_fine.Contains(table);

    /// <summary>The kept tables that a table is made from; null when one of them is not kept.</summary>
    private static ImmutableArray<TableSchema>? InputsOf(TableSource source)
    {
        var names = source.IsComposed
            ? source.Selection.Composed.SelectMany(c => c.Inputs).Except(source.Selection.Composed.SelectMany(c => c.Tables).Select(t => t.Name))
            : [source.Schema.Name];
        var tables = names.Distinct().Select(n => s_tables.GetValueOrDefault(n)).ToArray();
        return tables.Any(t => t is null) ? null : [.. tables.OfType<TableSchema>()];
    }

    /// <summary>Kept, and not overtaken by late events, another configuration or other definitions while its raw events are there.</summary>
    private bool IsGood(SignalId signal, DateOnly day, TimeRange range, TimeRange? raw)
    {
        if (!_store.Has(signal, day) || HeadOf(signal, day) is not { } head)
        {
            return false;
        }

        if (raw is not { } held || held.StartMs > range.StartMs)
        {
            return true;
        }

        return !_changed.ContainsKey((signal, day))
            && head.Definitions == s_definitions
            && head.Configuration == InputTagOf(_city.Now.Configurations.Find(signal, range.StartMs) ?? SignalConfiguration.Unknown(signal));
    }

    /// <summary>A day that is kept and of which a part of the raw events is deleted stays as it is: computed anew it would lose that part.</summary>
    private bool IsCut(SignalId signal, DateOnly day, TimeRange range, TimeRange raw) => raw.StartMs > range.StartMs && _store.Has(signal, day);

    private MeasureDayHead? HeadOf(SignalId signal, DateOnly day)
    {
        if (_heads.TryGetValue((signal, day), out var head))
        {
            return head;
        }

        var found = new DataIssueLog();
        if (_store.ReadHead(signal, day, found) is { } read)
        {
            return _heads[(signal, day)] = read;
        }

        Report(found, signal, day);
        return null;
    }

    private void Report(DataIssueLog found, SignalId signal, DateOnly day)
    {
        if (found.Count == 0)
        {
            return;
        }

        _changed[(signal, day)] = 0;
        lock (_issues)
        {
            foreach (var issue in found.ListExamples())
            {
                _issues.Add(issue.Kind, issue.Source, issue.Position, issue.Value, issue.Assumed);
            }
        }
    }

    private void Mark(SignalId signal, ReadOnlySpan<ControllerEvent> added)
    {
        LocalTimeMap? clock = null;
        var until = long.MinValue;
        var from = long.MaxValue;
        foreach (ref readonly var e in added)
        {
            if (e.TimeMs >= from && e.TimeMs < until)
            {
                continue;
            }

            clock ??= ClockOf(signal);
            var day = DayOf(clock, e.TimeMs);
            var range = RangeOf(clock, day);
            (from, until) = (range.StartMs, range.EndMs);
            if (_store.Has(signal, day))
            {
                _changed[(signal, day)] = 0;
            }
        }
    }

    private ulong InputTagOf(SignalConfiguration configuration) =>
        (ulong)_inputTags.GetValue(configuration, c => InputTag(JsonSerializer.Serialize(c with { Evidence = [] })));

    private static ulong InputTag(string text) => BitConverter.ToUInt64(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private sealed class Collect(Dictionary<string, RowBuffer> rows) : ITableSink
    {
        public void Take(SignalId signal, LocalTimeMap clock, RowBuffer added)
        {
            if (rows.TryGetValue(added.Schema.Name, out var kept))
            {
                for (var row = 0; row < added.Count; row++)
                {
                    kept.AddRow(added.Cells(row), added.Nulls(row));
                }
            }
        }
    }
}
