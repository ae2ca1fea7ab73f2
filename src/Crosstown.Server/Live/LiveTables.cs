using System.Security.Cryptography;
using Crosstown.Core.Data;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Logs;
using Crosstown.Logs.Configuration;
using Crosstown.Measures;
using Crosstown.Measures.Engine;
using Crosstown.Measures.Options;
using Crosstown.Server.Measuring;

namespace Crosstown.Server.Live;

/// <summary>One signal's rows of one local day, growing as its events arrive.</summary>
/// <remarks>
/// What arrives waits until <see cref="Advance"/> is called, which one thread does for all signals in turn. A late event makes the day be measured again from
/// the stored events, at most once a minute; an arrival too large to wait does so too.
/// </remarks>
internal sealed class LiveTables : ILiveTableSink, IEventHistory
{
    /// <summary>Most events that wait, 2.4 MB: above it they are let go and read from the store.</summary>
    private const int MostWaiting = 200_000;

    private static readonly TimeSpan s_betweenRestarts = TimeSpan.FromMinutes(1);

    private readonly SignalId _signal;
    private readonly IEventSource _source;
    private readonly IReadOnlyList<Measure> _measures;
    private readonly MeasureOptions _options = new();
    private readonly Lock _queue = new();
    private readonly Lock _rowsLock = new();
    private readonly Dictionary<string, PackedRows> _rows;
    private readonly TimeProvider _time;
    private List<ControllerEvent> _waiting = [];
    private ControllerEvent? _late;
    private bool _isOverfull;
    private SignalConfigurations? _configurations;
    private string _configurationDigest = "";
    private TimeRange _day;
    private LiveSignal? _live;
    private long _newestMs;
    private long _startedAt;

    /// <param name="wanted">Tables whose rows are kept.</param>
    public LiveTables(SignalId signal, IEventSource source, IReadOnlyList<Measure> measures, IReadOnlyList<TableSchema> wanted, TimeProvider time)
    {
        (_signal, _source, _measures, _time) = (signal, source, measures, time);
        _rows = wanted.ToDictionary(t => t.Name, t => new PackedRows(t), StringComparer.Ordinal);
    }

    /// <summary>The local day whose rows these are; null before the first.</summary>
    public TimeRange? Day { get; private set; }

    /// <summary>How often a late event made the day be measured again.</summary>
    public int RestartCount { get; private set; }

    /// <summary>Memory of the rows, in bytes.</summary>
    public long RowBytes
    {
        get
        {
            lock (_rowsLock)
            {
                return _rows.Values.Sum(r => (long)r.Bytes);
            }
        }
    }

    /// <summary>Takes stored events that have just arrived; quick.</summary>
    public void Arrive(ReadOnlySpan<ControllerEvent> events)
    {
        lock (_queue)
        {
            if (_waiting.Count + events.Length > MostWaiting)
            {
                _isOverfull = true;
                _waiting = [];
            }
            else
            {
                _waiting.AddRange(events);
            }
        }
    }

    /// <summary>Measures what arrived.</summary>
    /// <param name="configurations">The signal's is the one that holds at the start of the day, as for charts.</param>
    /// <param name="nowMs">The wall clock, ms UTC: it says which day it is.</param>
    /// <param name="buffers">Shared by all signals that take turns.</param>
    /// <returns>Whether rows may have changed.</returns>
    public bool Advance(SignalConfigurations configurations, long nowMs, RowBuffers buffers)
    {
        List<ControllerEvent> arrived;
        bool isOverfull;
        lock (_queue)
        {
            (arrived, _waiting) = (_waiting, []);
            (isOverfull, _isOverfull) = (_isOverfull, false);
        }

        var day = Measures.BuildingBlocks.LocalDay.At(_source.ClockOf(_signal), nowMs);
        if (_live is null || isOverfull || day != _day || HasChanged(configurations))
        {
            _configurations = configurations;
            Begin(configurations.Find(_signal, day.StartMs) ?? SignalConfiguration.Unknown(_signal), day, buffers);
            return true;
        }

        return Append(arrived);
    }

    /// <summary>The rows of the day so far; null when there are none, or the table is not kept.</summary>
    public TableRows? Find(string table)
    {
        lock (_rowsLock)
        {
            return _rows.TryGetValue(table, out var rows) && rows.Count > 0 ? new TableRows(rows.Unpack()) : null;
        }
    }

    /// <inheritdoc/>
    public void Restart(SignalId signal)
    {
        lock (_rowsLock)
        {
            foreach (var rows in _rows.Values)
            {
                rows.Clear();
            }
        }
    }

    /// <inheritdoc/>
    public void Take(SignalId signal, LocalTimeMap clock, RowBuffer rows)
    {
        lock (_rowsLock)
        {
            if (_rows.TryGetValue(rows.Schema.Name, out var kept))
            {
                kept.Add(rows);
            }
        }
    }

    /// <inheritdoc/>
    public void Read(long beforeMs, EventsShown show)
    {
        var start = _day.StartMs - MeasureRun.LookBackMs;
        if (beforeMs > start)
        {
            using var reader = _source.Open(_signal, new TimeRange(start, beforeMs));
            while (reader.Next(out var block))
            {
                show(block);
            }
        }
    }

    /// <summary>Whether this signal's configuration is another one. A change of any signal reads all of them anew, so that only their text tells.</summary>
    private bool HasChanged(SignalConfigurations configurations)
    {
        if (ReferenceEquals(configurations, _configurations))
        {
            return false;
        }

        _configurations = configurations;
        return Digest(configurations.Find(_signal, _day.StartMs) ?? SignalConfiguration.Unknown(_signal)) != _configurationDigest;
    }

    private static string Digest(SignalConfiguration configuration)
    {
        using var text = new MemoryStream();
        SignalFiles.Write(text, configuration);
        return Convert.ToHexStringLower(SHA256.HashData(text.GetBuffer().AsSpan(0, (int)text.Length)));
    }

    private void Begin(SignalConfiguration configuration, TimeRange day, RowBuffers buffers)
    {
        (_configurationDigest, _day, _late) = (Digest(configuration), day, null);
        Restart(_signal);
        var clock = _source.ClockOf(_signal);
        _live = new LiveSignal(_signal, () => new SignalPass(_measures, configuration, clock, _options, day, this, new DataIssueLog(), buffers), this, this);
        _newestMs = 0;
        _startedAt = _time.GetTimestamp();
        Read(long.MaxValue, events =>
        {
            _live.Append(events);
            _newestMs = events[^1].TimeMs;
        });
        _live.HandOver();
        Day = day;
    }

    private bool Append(List<ControllerEvent> arrived)
    {
        var timely = new List<ControllerEvent>(arrived.Count + 1);
        foreach (var e in arrived)
        {
            if (e.TimeMs < _day.StartMs - MeasureRun.LookBackMs)
            {
                continue;
            }

            // The store shows all late ones when the day is measured again: one is enough to ask for that.
            if (e.TimeMs < _newestMs - LiveSignal.DefaultHoldMs)
            {
                _late ??= e;
            }
            else
            {
                timely.Add(e);
            }
        }

        if (_late is { } late && _time.GetElapsedTime(_startedAt) >= s_betweenRestarts)
        {
            timely.Add(late);
            _late = null;
            _startedAt = _time.GetTimestamp();
        }

        if (timely.Count == 0)
        {
            return false;
        }

        _live!.Append(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(timely));
        foreach (var e in timely)
        {
            _newestMs = Math.Max(_newestMs, e.TimeMs);
        }

        _live.HandOver();
        RestartCount = _live.RestartCount;
        return true;
    }
}
