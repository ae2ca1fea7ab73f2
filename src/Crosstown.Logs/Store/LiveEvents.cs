using System.Collections.Concurrent;
using System.Collections.Immutable;
using Crosstown.Core.Data;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Time;
using Crosstown.Logs.Zones;

namespace Crosstown.Logs.Store;

/// <summary>What became of events that were handed in.</summary>
/// <param name="Taken">Events that are on the disk now, known ones included.</param>
/// <param name="Refused">Events outside the time that the store takes.</param>
public readonly record struct AppendReceipt(int Taken, int Refused);

/// <summary>The events of a running server: what lies in segments, and what arrived since, in one sorted view.</summary>
/// <remarks>Any number of threads may append and read.</remarks>
public sealed class LiveEvents : IEventSource, IAsyncDisposable
{
    private readonly EventStore _store;
    private readonly DataIssueLog _issues;
    private readonly SemaphoreSlim _one = new(1);
    private readonly ConcurrentDictionary<SignalId, long> _versions = new();

    private LiveEvents(EventStore store, DataIssueLog issues) => (_store, _issues) = (store, issues);

    /// <summary>Called after events are on the disk, on the thread that wrote them; it must be quick and must not throw.</summary>
    public event Action<SignalId, ReadOnlyMemory<ControllerEvent>>? Appended;

    /// <summary>Opens the events of a data folder; what an earlier run left unfinished is taken up.</summary>
    /// <param name="issues">Takes what is found damaged.</param>
    public static LiveEvents Open(string dataFolder, DataIssueLog issues) => new(EventStore.Open(dataFolder, issues), issues);

    /// <summary>Takes one signal's events, in any order, known ones included. Done when they are on the disk (rule R01).</summary>
    /// <exception cref="IOException">The disk failed; nothing is acknowledged, and nothing more is taken (rule R03).</exception>
    public async ValueTask<AppendReceipt> AppendAsync(SignalId signal, string zone, ReadOnlyMemory<ControllerEvent> events, CancellationToken stop = default)
    {
        if (events.IsEmpty)
        {
            return default;
        }

        await _one.WaitAsync(stop).ConfigureAwait(false);
        CommitSummary commit;
        try
        {
            using var writer = _store.OpenWriter(_issues);
            writer.Add(signal, zone, events.Span);
            commit = writer.Commit();
        }
        finally
        {
            _one.Release();
        }

        _versions.AddOrUpdate(signal, 1, (_, v) => v + 1);
        Appended?.Invoke(signal, events);
        return new AppendReceipt(events.Length - (int)commit.Refused, (int)commit.Refused);
    }

    /// <inheritdoc/>
    public ImmutableArray<SignalId> ListSignals() => [.. _store.ListSignals()];

    /// <inheritdoc/>
    public LocalTimeMap ClockOf(SignalId signal) => FindZone(signal) is { } zone ? ZoneRules.MapFor(zone) : LocalTimeMap.Utc;

    /// <summary>IANA zone of a signal's wall clock; null when there are no events of it.</summary>
    public string? FindZone(SignalId signal) => _store.FindZone(signal);

    /// <inheritdoc/>
    public TimeRange? FindRange(SignalId signal) => _store.FindRange(signal);

    /// <summary>The UTC days on which a signal has events, sorted.</summary>
    public IReadOnlyList<DateOnly> ListDays(SignalId signal) => _store.ListDays(signal);

    /// <summary>The number of a signal's events of one UTC day.</summary>
    public long CountEvents(SignalId signal, DateOnly day) => _store.CountEvents(signal, day);

    /// <summary>Bytes on the disk.</summary>
    public long CountBytes() => _store.CountBytes();

    /// <inheritdoc/>
    public IEventReader Open(SignalId signal, TimeRange range) => _store.OpenReader(signal, range, _issues);

    /// <summary>Rises whenever a signal's events change; the same number means the same events within one run of the program.</summary>
    public long VersionOf(SignalId signal) => _versions.GetValueOrDefault(signal);

    /// <summary>Deletes the raw events of the UTC days before one (rules P13, P22).</summary>
    public async Task<DeleteSummary> DeleteBeforeAsync(DateOnly day, CancellationToken stop = default)
    {
        await _one.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            return _store.DeleteBefore(day, _issues);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Puts what arrived into segments and lets the folder go.</summary>
    public ValueTask DisposeAsync()
    {
        _one.Dispose();
        return ValueTask.CompletedTask;
    }
}
