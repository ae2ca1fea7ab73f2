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
/// <param name="Refused">Events outside the time that the store takes, or of a signal that is known under another zone; the issues say which.</param>
public readonly record struct AppendReceipt(int Taken, int Refused)
{
    /// <summary>Events of <see cref="Taken"/> that were not known. Known ones that only segments hold count as new unless they were looked for.</summary>
    public int Added { get; init; }
}

/// <summary>Tells of one signal's events that are on the disk; the memory is only good during the call.</summary>
public delegate void EventsAppended(SignalId signal, ReadOnlyMemory<ControllerEvent> events);

/// <summary>Whether events are taken.</summary>
public enum LiveHealth
{
    Taking,

    /// <summary>The disk has no room; taking goes on by itself once it has.</summary>
    DiskFull,

    /// <summary>The disk failed; only a restart takes events again (rule R03).</summary>
    DiskFailed,
}

/// <summary>The events of a running server: what lies in segments, and what arrived since, in one sorted view.</summary>
/// <remarks>
/// What arrives is appended to a journal, many callers' events with one sync, and acknowledged; then it waits in memory, readable, until it is put
/// into segments, a few signals at a time. A restart reads the journal again. This holds the folder's writer lock for as long as it lives: other
/// processes may read the segments, and change nothing. Any number of threads may append and read.
/// How it lies on the disk, and why: docs/decisions/0004-live-journal.md.
/// </remarks>
public sealed class LiveEvents : IEventSource, IAsyncDisposable
{
    /// <summary>Most events of one call; keeps a record of the journal far below the most that a frame may hold.</summary>
    public const int MostEvents = 1 << 20;

    /// <summary>So many events and more are not joined by further callers' in one sync.</summary>
    private const int MostEventsOfSync = 1 << 18;

    private readonly EventStore _store;
    private readonly DataIssueLog _issues;
    private readonly TimeProvider _time;
    private readonly LiveLimits _limits;
    private readonly FileStream _lock;
    private readonly JournalWriter _journal;
    private readonly BlockingCollection<PendingAppend> _queue = [];
    private readonly ConcurrentDictionary<SignalId, SignalTail> _tails = new();
    private readonly Lock _writing = new();
    private readonly SemaphoreSlim _leaving = new(1);
    private readonly AutoResetEvent _wake = new(false);
    private readonly ByteWriter _record = new();
    private readonly Thread _writes;
    private readonly Thread _leaves;
    private volatile TaskCompletionSource _room = NewRoom();
    private EventStoreWriter? _writer;
    private volatile Exception? _failure;
    private volatile bool _hasNoRoomForJournal;
    private volatile bool _hasNoRoomForSegments;
    private volatile bool _isEnding;
    private long _heldBytes;
    private long _changes;

    private LiveEvents(EventStore store, DataIssueLog issues, TimeProvider time, LiveLimits limits)
    {
        (_store, _issues, _time, _limits) = (store, issues, time, limits);
        _lock = store.Folder.Lock();
        try
        {
            store.Reload(issues);
            _writer = store.OpenWriter(issues, _lock);
            _journal = new JournalWriter(store.Folder, TakeUpJournal() + 1, limits.JournalFileBytes);
        }
        catch
        {
            _writer?.Dispose();
            _lock.Dispose();
            throw;
        }

        _writes = new Thread(WriteAll) { IsBackground = true, Name = "crosstown-journal" };
        _leaves = new Thread(MoveAll) { IsBackground = true, Name = "crosstown-segments" };
        _writes.Start();
        if (limits.LeavesByItself)
        {
            _leaves.Start();
        }
    }

    /// <summary>Called after events are on the disk, on the thread that wrote them; it must be quick and must not throw.</summary>
    public event EventsAppended? Appended;

    /// <summary>Whether events are taken now.</summary>
    public LiveHealth Health => _failure is not null ? LiveHealth.DiskFailed : _hasNoRoomForJournal || _hasNoRoomForSegments ? LiveHealth.DiskFull : LiveHealth.Taking;

    /// <summary>Opens the events of a data folder; what an earlier run left unfinished is taken up.</summary>
    /// <param name="issues">Takes what is found damaged.</param>
    /// <param name="time">Tells how long events have waited; null for the system's.</param>
    /// <exception cref="ProblemException">XT140: another process changes this folder.</exception>
    /// <exception cref="IOException">The disk failed.</exception>
    public static LiveEvents Open(string dataFolder, DataIssueLog issues, TimeProvider? time = null) =>
        Open(dataFolder, issues, time ?? TimeProvider.System, new LiveLimits(), new Disk());

    internal static LiveEvents Open(string dataFolder, DataIssueLog issues, TimeProvider time, LiveLimits limits, Disk disk) =>
        new(EventStore.Open(dataFolder, issues, disk), issues, time, limits);

    /// <summary>Takes one signal's events, in any order, known ones included. Done when they are on the disk (rule R01).</summary>
    /// <param name="events">At most <see cref="MostEvents"/>; they must not change until this is done.</param>
    /// <exception cref="AppendRefusedException">None were taken, and why.</exception>
    public ValueTask<AppendReceipt> AppendAsync(SignalId signal, string zone, ReadOnlyMemory<ControllerEvent> events, CancellationToken stop = default) =>
        AppendAsync(signal, zone, events, looksInSegments: false, stop);

    /// <summary>The same for events that may have been taken long ago, such as an uploaded file's: those that segments hold already are not written again, and are not counted as added.</summary>
    /// <param name="events">At most <see cref="MostEvents"/>; they must not change until this is done.</param>
    /// <exception cref="AppendRefusedException">None were taken, and why.</exception>
    public ValueTask<AppendReceipt> AppendUnknownAsync(SignalId signal, string zone, ReadOnlyMemory<ControllerEvent> events, CancellationToken stop = default) =>
        AppendAsync(signal, zone, events, looksInSegments: true, stop);

    /// <inheritdoc/>
    public ImmutableArray<SignalId> ListSignals()
    {
        var stored = _store.ListSignals();
        var recent = _tails.Values.Where(t => t.Zone is not null && _store.FindZone(t.Signal) is null).Select(t => t.Signal).ToList();
        return recent.Count == 0 ? [.. stored] : [.. stored.Concat(recent).Distinct().Order()];
    }

    /// <inheritdoc/>
    public LocalTimeMap ClockOf(SignalId signal) => FindZone(signal) is { } zone ? ZoneRules.MapFor(zone) : LocalTimeMap.Utc;

    /// <summary>IANA zone of a signal's wall clock; null when there are no events of it.</summary>
    public string? FindZone(SignalId signal) => _store.FindZone(signal) ?? FindTail(signal)?.Zone;

    /// <inheritdoc/>
    public TimeRange? FindRange(SignalId signal)
    {
        // Memory first: what leaves it in between is then in the segments.
        var recent = FindTail(signal)?.FindRange();
        var stored = _store.FindRange(signal);
        return recent is { } r && stored is { } s ? new TimeRange(Math.Min(r.StartMs, s.StartMs), Math.Max(r.EndMs, s.EndMs)) : recent ?? stored;
    }

    /// <summary>The UTC days on which a signal has events, sorted.</summary>
    public IReadOnlyList<DateOnly> ListDays(SignalId signal)
    {
        var recent = FindTail(signal)?.ListDays() ?? [];
        var stored = _store.ListDays(signal);
        return recent.Count == 0 ? stored : [.. stored.Union(recent.Select(EventKey.ToDate)).Order()];
    }

    /// <summary>The number of a signal's events of one UTC day.</summary>
    public long CountEvents(SignalId signal, DateOnly day)
    {
        var recent = FindTail(signal)?.CopyDay(EventKey.FromDate(day)) ?? [];
        var known = recent.Length == 0 ? 0 : recent.Length - WithoutStored(signal, EventKey.FromDate(day), recent).Length;
        return _store.CountEvents(signal, day) + recent.Length - known;
    }

    /// <summary>Bytes on the disk.</summary>
    public long CountBytes() => _store.CountBytes() + JournalFolder.List(_store.Folder).Sum(f => new FileInfo(f.Path) is { Exists: true } file ? file.Length : 0);

    /// <summary>Bytes of the segments of each UTC day, of all signals; what is only in the journal is not counted.</summary>
    public IReadOnlyDictionary<DateOnly, long> ListDayBytes() => _store.ListDayBytes();

    /// <inheritdoc/>
    public IEventReader Open(SignalId signal, TimeRange range)
    {
        var recent = FindTail(signal)?.Copy(range) ?? [];
        var stored = _store.OpenReader(signal, range, _issues);
        return recent.Length == 0 ? stored : new LiveReader(stored, recent);
    }

    /// <summary>Rises whenever a signal's events change; the same number means the same events within one run of the program.</summary>
    public long VersionOf(SignalId signal) => Interlocked.Read(ref _changes) + (FindTail(signal)?.Version ?? 0);

    /// <summary>Puts everything taken so far into segments and ends the journal up to here.</summary>
    /// <exception cref="IOException">The disk failed, or has no room; nothing that was acknowledged is lost.</exception>
    public async Task FlushAsync(CancellationToken stop = default)
    {
        await _leaving.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            MoveEverything();
        }
        finally
        {
            _leaving.Release();
        }
    }

    /// <summary>Deletes the raw events of the UTC days before one, wherever they are (rules P13, P22).</summary>
    /// <exception cref="IOException">The disk failed. Days that are left on it are deleted by the next call.</exception>
    public async Task<DeleteSummary> DeleteBeforeAsync(DateOnly day, CancellationToken stop = default)
    {
        await _leaving.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            MoveEverything();
            _writer?.Dispose();
            _writer = null;
            var summary = _store.DeleteHeld(day, _issues);
            Interlocked.Increment(ref _changes);
            return summary;
        }
        catch (SyncFailedException e)
        {
            _failure ??= e;
            throw;
        }
        finally
        {
            _leaving.Release();
        }
    }

    /// <summary>Puts what arrived into segments and lets the folder go. What a disk without room does not take stays in the journal.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isEnding)
        {
            return;
        }

        _isEnding = true;
        _queue.CompleteAdding();
        _room.TrySetResult();
        _wake.Set();
        await Task.Run(() =>
        {
            _writes.Join();
            if (_limits.LeavesByItself)
            {
                _leaves.Join();
            }
        }).ConfigureAwait(false);
        try
        {
            if (_failure is null)
            {
                await FlushAsync().ConfigureAwait(false);
            }
        }
        catch (IOException)
        {
            // Everything acknowledged is in the journal; the next run takes it up.
        }
        finally
        {
            _writer?.Dispose();
            _journal.Dispose();
            _lock.Dispose();
            _queue.Dispose();
            _wake.Dispose();
            _leaving.Dispose();
        }
    }

    private static TaskCompletionSource NewRoom() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private SignalTail? FindTail(SignalId signal) => _tails.GetValueOrDefault(signal);

    private async ValueTask<AppendReceipt> AppendAsync(SignalId signal, string zone, ReadOnlyMemory<ControllerEvent> events, bool looksInSegments, CancellationToken stop)
    {
        if (zone.Length is 0 or > SegmentHead.MaxZoneLength || !System.Text.Ascii.IsValid(zone))
        {
            throw new ArgumentException($"'{zone}' is no zone name: 1 to {SegmentHead.MaxZoneLength} ASCII characters.", nameof(zone));
        }

        ArgumentOutOfRangeException.ThrowIfGreaterThan(events.Length, MostEvents, nameof(events));
        if (events.IsEmpty)
        {
            return default;
        }

        await WaitForRoomAsync(stop).ConfigureAwait(false);
        var (runs, refused) = Split(signal, events.Span);
        if (looksInSegments)
        {
            runs = [.. runs.Select(r => r with { Keys = WithoutStored(signal, r.Day, r.Keys) }).Where(r => r.Keys.Length > 0)];
        }

        if (runs.Count == 0 && FindZone(signal) is { } known && IsSameZone(known, zone))
        {
            return new AppendReceipt(events.Length - refused, refused);
        }

        var pending = new PendingAppend(signal, zone, runs, events, refused);
        try
        {
            _queue.Add(pending, stop);
        }
        catch (InvalidOperationException)
        {
            throw Ending();
        }

        return await pending.Done.Task.ConfigureAwait(false);
    }

    /// <summary>Waits while too much is in memory; refuses when that lasts.</summary>
    private async ValueTask WaitForRoomAsync(CancellationToken stop)
    {
        var started = _time.GetTimestamp();
        while (true)
        {
            ThrowIfRefusing();
            var room = _room;
            if (Interlocked.Read(ref _heldBytes) <= _limits.MostTailBytes)
            {
                return;
            }

            _wake.Set();
            var left = _limits.MaxWait - _time.GetElapsedTime(started);
            try
            {
                await room.Task.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, _time, stop).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                throw _hasNoRoomForSegments
                    ? Full(null)
                    : new AppendRefusedException(AppendRefusal.Overloaded, "Events come faster than the disk takes them; these were not taken. Send them again a little later.");
            }
        }
    }

    private void ThrowIfRefusing()
    {
        if (_failure is { } failure)
        {
            throw Failed(failure);
        }

        if (_isEnding)
        {
            throw Ending();
        }
    }

    private static AppendRefusedException Failed(Exception failure) => new(
        AppendRefusal.DiskFailed,
        "The disk failed, so nothing more is taken; what was acknowledged is safe. Check the disk and start the program again.",
        failure);

    private static AppendRefusedException Full(Exception? cause) => new(
        AppendRefusal.DiskFull,
        "The disk has no room, so these events were not taken. Taking goes on by itself once there is room; send them again then.",
        cause);

    private static AppendRefusedException Ending() => new(AppendRefusal.Ending, "The program is ending; these events were not taken.");

    private static bool IsSameZone(string a, string b) => a == b || EventStoreWriter.CanonicalZone(a) == EventStoreWriter.CanonicalZone(b);

    /// <summary>Events as keys by UTC day: in order, each once.</summary>
    private (List<DayRun> Runs, int Refused) Split(SignalId signal, ReadOnlySpan<ControllerEvent> events)
    {
        var runs = new List<DayRun>(1);
        var refused = 0;
        ulong[] scratch = [];
        foreach (var day in ListDays(events))
        {
            if (day < EventKey.FirstDay || day > EventKey.LastDay)
            {
                refused += CountOn(events, day, signal);
                continue;
            }

            var keys = new ulong[CountOn(events, day, null)];
            var start = day * EventKey.DayMs;
            var at = 0;
            foreach (ref readonly var e in events)
            {
                if ((ulong)(e.TimeMs - start) < EventKey.DayMs)
                {
                    keys[at++] = EventKey.Of(e, start);
                }
            }

            KeySorter.Sort(keys, ref scratch);
            runs.Add(new DayRun((int)day, Distinct(keys)));
        }

        return (runs, refused);
    }

    private static List<long> ListDays(ReadOnlySpan<ControllerEvent> events)
    {
        var days = new List<long>(1);
        var last = long.MinValue;
        foreach (ref readonly var e in events)
        {
            var day = EventKey.DayOf(e.TimeMs);
            if (day != last && !days.Contains(day))
            {
                days.Add(day);
            }

            last = day;
        }

        days.Sort();
        return days;
    }

    /// <summary>Counts the events of a day.</summary>
    /// <param name="refusedOf">Reports each as outside every calendar, for this signal; null for a day that is fine.</param>
    private int CountOn(ReadOnlySpan<ControllerEvent> events, long day, SignalId? refusedOf)
    {
        var count = 0;
        foreach (ref readonly var e in events)
        {
            if (EventKey.DayOf(e.TimeMs) == day)
            {
                count++;
                if (refusedOf is { } signal)
                {
                    _issues.Add(
                        DataIssueKind.ImplausibleTime,
                        $"signal {signal}",
                        0,
                        e.TimeMs.ToString(System.Globalization.CultureInfo.InvariantCulture),
                        "No calendar day of the years 1 to 9999 has this time; the event is not stored.");
                }
            }
        }

        return count;
    }

    private static ulong[] Distinct(ulong[] keys)
    {
        var kept = 1;
        for (var i = 1; i < keys.Length; i++)
        {
            if (keys[i] != keys[kept - 1])
            {
                keys[kept++] = keys[i];
            }
        }

        return kept == keys.Length ? keys : keys[..kept];
    }

    /// <summary>The keys that no segment holds. Nothing is read where all of them are newer, as in live data.</summary>
    private ulong[] WithoutStored(SignalId signal, int day, ulong[] keys)
    {
        var start = day * EventKey.DayMs;
        var (firstMs, lastMs) = (EventKey.TimeOf(keys[0]), EventKey.TimeOf(keys[^1]));
        if (!_store.Content.PiecesOf(signal, day).Any(p => p.LastMs >= firstMs && p.FirstMs <= lastMs))
        {
            return keys;
        }

        using var stored = _store.OpenReader(signal, new TimeRange(start + firstMs, start + lastMs + 1), _issues);
        var (at, kept) = (0, 0);
        var unknown = new ulong[keys.Length];
        while (at < keys.Length && stored.Next(out var block))
        {
            foreach (ref readonly var e in block)
            {
                var key = EventKey.Of(e, start);
                while (at < keys.Length && keys[at] < key)
                {
                    unknown[kept++] = keys[at++];
                }

                if (at < keys.Length && keys[at] == key)
                {
                    at++;
                }
            }
        }

        keys.AsSpan(at).CopyTo(unknown.AsSpan(kept));
        return unknown[..(kept + keys.Length - at)];
    }

    /// <summary>The journal's thread: takes what waits, writes it with one sync, tells those who wait.</summary>
    private void WriteAll()
    {
        var batch = new List<PendingAppend>();
        while (_queue.TryTake(out var first, Timeout.Infinite))
        {
            batch.Add(first);
            for (var events = first.Count; events < MostEventsOfSync && batch.Count < JournalRecord.MaxZones && _queue.TryTake(out var next); events += next.Count)
            {
                batch.Add(next);
            }

            lock (_writing)
            {
                Write(batch);
            }

            batch.Clear();
        }
    }

    private void Write(List<PendingAppend> batch)
    {
        if (_failure is { } failure)
        {
            Refuse(batch, () => Failed(failure));
            return;
        }

        RefuseOtherZones(batch);
        var file = _journal.Number;
        try
        {
            Encode(batch);
            if (_record.Length > 0)
            {
                _journal.Append(_record.Written);
            }
        }
        catch (Exception e) when (DiskFull.Is(e))
        {
            _hasNoRoomForJournal = true;
            Refuse(batch, () => Full(e));
            return;
        }
#pragma warning disable CA1031 // Whatever it was, what is on the disk is not known: nothing more may be taken.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _failure = e;
            Refuse(batch, () => Failed(e));
            return;
        }

        _hasNoRoomForJournal = false;
        foreach (var pending in batch)
        {
            Take(pending, file);
        }
    }

    /// <summary>Answers those whose signal is known under another zone; what is left of the batch may be written.</summary>
    private void RefuseOtherZones(List<PendingAppend> batch)
    {
        var claimed = new Dictionary<SignalId, string>();
        for (var i = 0; i < batch.Count; i++)
        {
            var pending = batch[i];
            var known = claimed.GetValueOrDefault(pending.Signal) ?? FindZone(pending.Signal);
            if (known is null)
            {
                known = claimed[pending.Signal] = pending.Zone;
            }

            if (IsSameZone(known, pending.Zone))
            {
                pending.Zone = known;
                continue;
            }

            var count = pending.Events.Length - pending.Refused;
            _issues.AddMany(
                count,
                DataIssueKind.Conflict,
                $"signal {pending.Signal}",
                0,
                pending.Zone,
                $"The signal's events are stored with zone {known}, so times worked out with zone {pending.Zone} may be wrong; these events are not stored. Send them with the right zone, or delete the signal's events first.");
            pending.Done.SetResult(new AppendReceipt(0, pending.Events.Length));
            batch.RemoveAt(i--);
        }
    }

    /// <summary>Makes the record of a batch; none when there is nothing to write.</summary>
    private void Encode(List<PendingAppend> batch)
    {
        _record.Clear();
        if (!batch.Any(p => p.Runs.Count > 0))
        {
            return;
        }

        var zones = batch.Select(p => p.Zone).Distinct().ToList();
        var start = JournalRecord.Begin(_record, zones);
        foreach (var pending in batch)
        {
            var zone = zones.IndexOf(pending.Zone);
            foreach (var run in pending.Runs)
            {
                for (var at = 0; at < run.Keys.Length; at += JournalRecord.MaxRunEvents)
                {
                    JournalRecord.AddRun(_record, pending.Signal, zone, run.Day, run.Keys.AsSpan(at, Math.Min(JournalRecord.MaxRunEvents, run.Keys.Length - at)));
                }
            }
        }

        JournalRecord.End(_record, start);
    }

    /// <param name="file">The journal's file that has them.</param>
    private void Take(PendingAppend pending, long file)
    {
        var added = 0;
        foreach (var run in pending.Runs)
        {
            added += Remember(pending.Signal, pending.Zone, run.Day, run.Keys, file);
        }

        if (pending.Runs.Count > 0)
        {
            Appended?.Invoke(pending.Signal, pending.Events);
        }

        pending.Done.SetResult(new AppendReceipt(pending.Events.Length - pending.Refused, pending.Refused) { Added = added });
    }

    private int Remember(SignalId signal, string zone, int day, ReadOnlySpan<ulong> keys, long file)
    {
        var tail = _tails.GetOrAdd(signal, s => new SignalTail(s));
        var held = tail.HeldBytes;
        var added = tail.Add(zone, day, keys, file, _time.GetTimestamp());
        Interlocked.Add(ref _heldBytes, tail.HeldBytes - held);
        return added;
    }

    private static void Refuse(List<PendingAppend> batch, Func<Exception> why)
    {
        foreach (var pending in batch)
        {
            pending.Done.SetException(why());
        }
    }

    /// <summary>Takes up what an earlier run left in the journal; returns the number of its last file, 0 without any.</summary>
    private long TakeUpJournal()
    {
        long last = 0;
        foreach (var (number, path) in JournalFolder.List(_store.Folder))
        {
            JournalFile.Read(_store.Folder, path, number, _issues, (signal, zone, day, keys) => Remember(signal, FindZone(signal) ?? zone, day, keys, number));
            last = number;
            if (Interlocked.Read(ref _heldBytes) > _limits.TailBytes)
            {
                MoveIfRoom();
            }
        }

        return last;
    }

    /// <summary>Puts everything into segments; on a disk without room it stays in memory.</summary>
    private void MoveIfRoom()
    {
        try
        {
            MoveTails(_tails.Values);
        }
        catch (IOException e) when (DiskFull.Is(e))
        {
            _hasNoRoomForSegments = true;
        }
    }

    /// <summary>The thread that puts into segments what has waited long enough, a few signals at a time.</summary>
    private void MoveAll()
    {
        var pause = _limits.Pause;
        while (!_isEnding)
        {
            _wake.WaitOne(pause);
            pause = _limits.Pause;
            if (_isEnding || _failure is not null)
            {
                continue;
            }

            _leaving.Wait();
            try
            {
                List<SignalTail> due;
                do
                {
                    due = ListDue();
                    Move(due);
                }
                while (due.Count == _limits.MostSignals && !_isEnding);

                RemoveFinishedFiles();
            }
            catch (IOException e) when (DiskFull.Is(e))
            {
                _hasNoRoomForSegments = true;
                pause = _limits.PauseWhenFull;
            }
#pragma warning disable CA1031 // The failure is kept and told to everyone who brings events; this thread has nobody else to tell.
            catch (Exception e)
#pragma warning restore CA1031
            {
                _failure ??= e;
            }
            finally
            {
                _leaving.Release();
            }
        }
    }

    /// <summary>The signals that are due, oldest first: so many that each has its turn in time, more where memory is short.</summary>
    private List<SignalTail> ListDue()
    {
        var waiting = _tails.Values.Where(t => t.Count > 0).OrderBy(t => t.Since).ToList();
        var share = Math.Ceiling(waiting.Count * (_limits.Pause / _limits.MaxAge));
        var excess = Interlocked.Read(ref _heldBytes) - _limits.TailBytes;
        var due = new List<SignalTail>();
        foreach (var tail in waiting)
        {
            var age = _time.GetElapsedTime(tail.Since);
            if (age >= _limits.MaxAge || excess > 0 || tail.Count >= _limits.LargeTail || (due.Count < share && age >= _limits.MaxAge / 4))
            {
                due.Add(tail);
                excess -= tail.HeldBytes;
                if (due.Count == _limits.MostSignals)
                {
                    break;
                }
            }
        }

        return due;
    }

    private void MoveEverything()
    {
        ThrowIfFailed();
        lock (_writing)
        {
            _journal.Seal();
        }

        try
        {
            MoveTails(_tails.Values);
            RemoveFinishedFiles();
        }
        catch (Exception e) when (!DiskFull.Is(e))
        {
            _failure ??= e;
            throw;
        }
    }

    private void ThrowIfFailed()
    {
        if (_failure is { } failure)
        {
            throw Failed(failure);
        }
    }

    private void MoveTails(IEnumerable<SignalTail> tails)
    {
        foreach (var group in tails.Where(t => t.Count > 0).OrderBy(t => t.Signal).Chunk(_limits.MostSignals))
        {
            Move(group);
        }
    }

    /// <summary>Puts what waits of some signals into segments, with one commit.</summary>
    private void Move(IReadOnlyList<SignalTail> tails)
    {
        if (tails.Count == 0)
        {
            return;
        }

        try
        {
            _writer ??= _store.OpenWriter(_issues, _lock);
            foreach (var tail in tails)
            {
                foreach (var (day, keys) in tail.BeginLeaving())
                {
                    _writer.Add(tail.Signal, FindZone(tail.Signal)!, EventKey.ToEvents(keys.Keys, day * EventKey.DayMs));
                }
            }

            _writer.Commit();
            _hasNoRoomForSegments = false;
        }
        catch
        {
            foreach (var tail in tails)
            {
                var held = tail.HeldBytes;
                tail.UndoLeaving();
                Interlocked.Add(ref _heldBytes, tail.HeldBytes - held);
            }

            _writer?.Dispose();
            _writer = null;
            throw;
        }

        foreach (var tail in tails)
        {
            Interlocked.Add(ref _heldBytes, -tail.EndLeaving());
        }

        Interlocked.Exchange(ref _room, NewRoom()).TrySetResult();
    }

    /// <summary>Removes the files of the journal of which every event is in a segment, oldest first.</summary>
    private void RemoveFinishedFiles()
    {
        long needed;
        lock (_writing)
        {
            // Of the files below this, every event is in memory or in a segment.
            needed = _journal.Number;
        }

        foreach (var tail in _tails.Values)
        {
            needed = Math.Min(needed, tail.OldestFile ?? long.MaxValue);
        }

        JournalFolder.Remove(_store.Folder, JournalFolder.List(_store.Folder).Where(f => f.Number < needed).Select(f => f.Path));
    }

    private sealed record DayRun(int Day, ulong[] Keys);

    /// <summary>Events of one signal that wait for the journal.</summary>
    private sealed class PendingAppend(SignalId signal, string zone, List<DayRun> runs, ReadOnlyMemory<ControllerEvent> events, int refused)
    {
        public SignalId Signal => signal;

        public string Zone { get; set; } = zone;

        public List<DayRun> Runs => runs;

        public ReadOnlyMemory<ControllerEvent> Events => events;

        public int Refused => refused;

        public int Count { get; } = runs.Sum(r => r.Keys.Length);

        public TaskCompletionSource<AppendReceipt> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
