using Crosstown.Core.Data;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using NodaTime.TimeZones;

namespace Crosstown.Logs.Store;

/// <summary>Takes events in any order and makes them part of the store, all at once, at <see cref="Commit"/>.</summary>
/// <remarks>
/// Until the commit nobody sees what was added; when <see cref="Commit"/> has returned it is on the disk (rule R01). A process that ends at any
/// point leaves the old content or the new one. A failed write or sync is final (rule R03): the writer takes nothing more, and opening the
/// store again finds the last commit. Not for two threads at once.
/// </remarks>
public sealed class EventStoreWriter : IEventSink, IDisposable
{
    /// <summary>Memory for waiting events unless told otherwise, in bytes: 8 million events.</summary>
    public const long DefaultBufferBytes = 64L << 20;

    /// <summary>A piece is merged with the one before while that is no more than so many times its size; keeps pieces few and rewriting rare.</summary>
    private const int MergeRatio = 2;

    private readonly EventStore _store;
    private readonly StoreFolder _folder;
    private readonly FileStream? _lock;
    private readonly DataIssueLog _issues;
    private readonly long _bufferBytes;
    private readonly Dictionary<SignalId, SignalBuffer> _signals = [];
    private readonly SegmentWriterBuffers _buffers = new();
    private readonly KeyMerge _fresh = new();
    private readonly KeyMerge _stored = new();
    private readonly ulong[] _freshKeys = new ulong[SegmentModel.BlockEvents];
    private readonly ulong[] _storedKeys = new ulong[SegmentModel.BlockEvents];
    private readonly List<SegmentWriter> _finished = [];
    private readonly KeyArrays _arrays = new();
    private StoreContent _content;
    private ulong[] _scratch = [];
    private SignalBuffer? _lastSignal;
    private long _nextPiece;
    private long _heldBytes;
    private long _refused;
    private bool _isBroken;
    private bool _isDisposed;

    /// <param name="held">The folder's lock when the caller has it and keeps it; it then looks after the journal as well. Null takes it.</param>
    internal EventStoreWriter(EventStore store, DataIssueLog issues, long bufferBytes, FileStream? held)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bufferBytes, 64 << 10);
        (_store, _folder, _issues, _bufferBytes) = (store, store.Folder, issues, bufferBytes);
        _lock = held is null ? _folder.Lock() : null;
        try
        {
            _content = _folder.LoadToChange(issues);
            _nextPiece = _content.NextPiece;
            if (held is null)
            {
                TakeUpJournal();
            }
        }
        catch
        {
            _lock?.Dispose();
            throw;
        }
    }

    /// <summary>Takes a run of one signal's events. Events of a signal that is known under another zone are refused and reported.</summary>
    /// <exception cref="IOException">The disk failed; nothing since the last commit will be kept.</exception>
    /// <exception cref="InvalidOperationException">The disk failed before.</exception>
    public void Add(SignalId signal, string zone, ReadOnlySpan<ControllerEvent> events)
    {
        ThrowIfUnusable();
        if (events.IsEmpty)
        {
            return;
        }

        var buffer = _lastSignal;
        if (buffer is null || buffer.Signal != signal || buffer.Zone != zone)
        {
            buffer = FindBuffer(signal, zone, events.Length);
            if (buffer is null)
            {
                return;
            }
        }

        while (!events.IsEmpty)
        {
            var day = buffer.LastDay;
            if (day is null || !day.Holds(events[0].TimeMs))
            {
                day = FindDay(buffer, events[0].TimeMs);
                if (day is null)
                {
                    events = events[1..];
                    continue;
                }
            }

            var held = day.HeldBytes;
            events = events[day.Take(events)..];
            _heldBytes += day.HeldBytes - held;
            if (_heldBytes > _bufferBytes)
            {
                Guard(SpillLargest);
            }
        }
    }

    /// <summary>Puts everything added since the last commit on the disk and makes it part of the store.</summary>
    /// <returns>What the commit did. Returned only after all of it is on the disk.</returns>
    /// <exception cref="IOException">The disk failed; nothing since the last commit is acknowledged.</exception>
    /// <exception cref="InvalidOperationException">The disk failed before.</exception>
    public CommitSummary Commit()
    {
        ThrowIfUnusable();
        CommitSummary? summary = null;
        Guard(() => summary = CommitAll());
        return summary!;
    }

    /// <summary>Forgets what was not committed and lets the next writer in.</summary>
    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        _fresh.Dispose();
        _stored.Dispose();
        if (!_isBroken)
        {
            foreach (var signal in _signals.Values)
            {
                foreach (var day in signal.Days.Values)
                {
                    RemoveSpilled(day);
                }
            }
        }

        _lock?.Dispose();
    }

    /// <summary>Puts what a server took, and was ended before it had put into segments, there.</summary>
    private void TakeUpJournal()
    {
        var files = JournalFolder.List(_folder);
        foreach (var (number, path) in files)
        {
            JournalFile.Read(_folder, path, number, _issues, (signal, zone, day, keys) => Add(signal, zone, EventKey.ToEvents(keys, day * EventKey.DayMs)));
        }

        if (files.Count > 0)
        {
            Commit();
            JournalFolder.Remove(_folder, files.Select(f => f.Path));
        }
    }

    private void ThrowIfUnusable()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_isBroken)
        {
            throw new InvalidOperationException(
                "An earlier write to the event store failed, so this writer takes nothing more. Open the store again: it holds the last commit that was reported as done.");
        }
    }

    /// <summary>Does what touches the disk; any failure ends this writer.</summary>
    private void Guard(Action work)
    {
        try
        {
            work();
        }
        catch
        {
            _isBroken = true;
            throw;
        }
    }

    private SignalBuffer? FindBuffer(SignalId signal, string zone, int count)
    {
        if (zone.Length is 0 or > SegmentHead.MaxZoneLength || !System.Text.Ascii.IsValid(zone))
        {
            throw new ArgumentException($"'{zone}' is no zone name: 1 to {SegmentHead.MaxZoneLength} ASCII characters.", nameof(zone));
        }

        if (!_signals.TryGetValue(signal, out var buffer))
        {
            buffer = new SignalBuffer(signal, _content.Signals.TryGetValue(signal, out var content) ? content.Zone : zone);
            _signals.Add(signal, buffer);
        }

        if (buffer.Zone == zone || CanonicalZone(buffer.Zone) == CanonicalZone(zone))
        {
            return _lastSignal = buffer;
        }

        _refused += count;
        _issues.AddMany(
            count,
            DataIssueKind.Conflict,
            $"signal {signal}",
            0,
            zone,
            $"The signal's events are stored with zone {buffer.Zone}, so times worked out with zone {zone} may be wrong; these events are not stored. Import with the right --zone, or delete the signal's events first.");
        return null;
    }

    /// <summary>One name for all names of a zone, so that <c>US/Pacific</c> and <c>America/Los_Angeles</c> do not disagree.</summary>
    internal static string CanonicalZone(string zone) =>
        TzdbDateTimeZoneSource.Default.CanonicalIdMap.TryGetValue(zone, out var canonical) ? canonical : zone;

    private DayBuffer? FindDay(SignalBuffer signal, long timeMs)
    {
        var number = EventKey.DayOf(timeMs);
        if (number < EventKey.FirstDay || number > EventKey.LastDay)
        {
            _refused++;
            _issues.Add(
                DataIssueKind.ImplausibleTime,
                $"signal {signal.Signal}",
                0,
                timeMs.ToString(System.Globalization.CultureInfo.InvariantCulture),
                "No calendar day of the years 1 to 9999 has this time; the event is not stored.");
            return null;
        }

        if (!signal.Days.TryGetValue((int)number, out var day))
        {
            day = new DayBuffer((int)number, _arrays);
            signal.Days.Add((int)number, day);
        }

        return signal.LastDay = day;
    }

    /// <summary>Writes the largest signal-days to the disk until half of the memory is free.</summary>
    private void SpillLargest()
    {
        var largest = _signals.Values
            .SelectMany(s => s.Days.Values.Where(d => d.HeldBytes > 0).Select(d => (Signal: s, Day: d)))
            .OrderByDescending(d => d.Day.HeldBytes)
            .ToList();
        foreach (var (signal, day) in largest)
        {
            if (_heldBytes <= _bufferBytes / 2)
            {
                break;
            }

            Spill(signal, day);
        }
    }

    private void Spill(SignalBuffer signal, DayBuffer day)
    {
        day.Sort(ref _scratch);
        _fresh.Begin(day.Day);
        _fresh.AddMemory(day.Keys, day.Count);
        using var writer = OpenSegment(signal, day.Day, _nextPiece);
        int count;
        while ((count = _fresh.Read(_freshKeys)) > 0)
        {
            writer.Add(_freshKeys.AsSpan(0, count));
        }

        day.Duplicates += _fresh.Duplicates;
        // Synced now, through the handle that wrote it: a later handle might not be told of a write that failed.
        day.Spilled.Add((writer, writer.End(sync: true)));
        _heldBytes -= day.HeldBytes;
        day.Release();
    }

    private SegmentWriter OpenSegment(SignalBuffer signal, int day, long low)
    {
        var head = new SegmentHead(signal.Signal, signal.Zone, day, low, Math.Max(low, _nextPiece));
        _nextPiece = head.High + 1;
        _folder.Disk.MakeFolder(_folder.DayFolder(day));
        return new SegmentWriter(_folder.Disk, _buffers, _folder.PathOf(signal.Signal, day, head.Low, head.High), head);
    }

    private CommitSummary CommitAll()
    {
        var signals = new Dictionary<SignalId, SignalContent>(_content.Signals);
        var touched = new List<SignalDay>();
        var replaced = new List<(string Path, bool IsDamaged)>();
        long added = 0;
        long duplicates = 0;
        foreach (var signal in _signals.Values.OrderBy(s => s.Signal))
        {
            SignalContent? changed = null;
            foreach (var day in signal.Days.Values)
            {
                var stored = _content.PiecesOf(signal.Signal, day.Day);
                var result = CommitDay(signal, day, stored, replaced);
                added += result.Added;
                duplicates += result.Duplicates;
                if (result.Added == 0)
                {
                    continue;
                }

                changed ??= signals.TryGetValue(signal.Signal, out var old)
                    ? old with { Days = new SortedList<int, Piece[]>(old.Days) }
                    : new SignalContent(signal.Zone, []);
                changed.Days[day.Day] = result.Pieces;
                touched.Add(new SignalDay(signal.Signal, EventKey.ToDate(day.Day)));
            }

            if (changed is not null)
            {
                signals[signal.Signal] = changed;
            }
        }

        if (touched.Count > 0)
        {
            Finish(new StoreContent(_nextPiece, signals), touched, replaced);
        }

        var summary = new CommitSummary(added, duplicates, _refused, touched);
        _signals.Clear();
        (_lastSignal, _heldBytes, _refused) = (null, 0, 0);
        return summary;
    }

    /// <summary>Gives the new segments their names, publishes the new content, then clears away what it no longer names.</summary>
    private void Finish(StoreContent content, List<SignalDay> touched, List<(string Path, bool IsDamaged)> replaced)
    {
        foreach (var writer in _finished)
        {
            _folder.Disk.Rename(writer.UnfinishedPath, writer.Path);
        }

        foreach (var day in touched.Select(t => t.Day).Distinct().Order())
        {
            _folder.Disk.SyncFolder(_folder.DayFolder(EventKey.FromDate(day)));
        }

        _folder.Publish(content);
        _finished.Clear();
        _store.Content = _content = content;
        foreach (var (path, isDamaged) in replaced)
        {
            if (isDamaged)
            {
                _folder.Quarantine(path);
            }
            else
            {
                _folder.Disk.RemoveFile(path);
            }
        }
    }

    private (Piece[] Pieces, long Added, long Duplicates) CommitDay(
        SignalBuffer signal, DayBuffer day, Piece[] stored, List<(string Path, bool IsDamaged)> replaced)
    {
        if (stored.Length == 0 && day.Count == 0 && day.Spilled.Count == 1)
        {
            var (only, alone) = day.Spilled[0];
            _finished.Add(only);
            return ([alone], alone.Count, day.Duplicates);
        }

        day.Sort(ref _scratch);
        var (fresh, isDamaged, duplicates) = WriteFresh(signal, day, stored);
        duplicates += day.Duplicates;
        _heldBytes -= day.HeldBytes;
        day.Release();
        RemoveSpilled(day);
        if (fresh is null)
        {
            return (stored, 0, duplicates);
        }

        var (writer, piece) = fresh.Value;
        var added = piece.Count;
        var from = stored.Length;
        while (from > 0 && (isDamaged || stored[from - 1].Count <= MergeRatio * stored.Skip(from).Sum(p => p.Count) + (MergeRatio * added)))
        {
            from--;
        }

        if (from == stored.Length)
        {
            _finished.Add(writer);
            return ([.. stored, piece], added, duplicates);
        }

        var merged = Merge(signal, day.Day, stored.AsSpan(from), writer, replaced);
        return ([.. stored.AsSpan(0, from), merged], added, duplicates);
    }

    /// <summary>Writes the events of a day that the store does not have yet; none when it has them all.</summary>
    private ((SegmentWriter Writer, Piece Piece)? Fresh, bool IsDamaged, long Duplicates) WriteFresh(SignalBuffer signal, DayBuffer day, Piece[] stored)
    {
        _fresh.Begin(day.Day);
        _fresh.AddMemory(day.Keys, day.Count);
        foreach (var (spilled, piece) in day.Spilled)
        {
            _fresh.AddSegment(
                spilled.UnfinishedPath, _folder.NameOf(spilled.UnfinishedPath), new SegmentHead(signal.Signal, signal.Zone, day.Day, piece.Low, piece.High), piece.Count, 0, (int)EventKey.DayMs, null);
        }

        var (firstMs, lastMs) = day.Span();
        var isDamaged = false;
        _stored.Begin(day.Day);
        foreach (var piece in stored)
        {
            if (piece.LastMs >= firstMs && piece.FirstMs <= lastMs)
            {
                isDamaged |= !TryAddStored(signal, day.Day, piece, firstMs, lastMs + 1);
            }
        }

        SegmentWriter? writer = null;
        try
        {
            long known = 0;
            int at = 0, have = 0, count;
            while ((count = _fresh.Read(_freshKeys)) > 0)
            {
                var kept = 0;
                foreach (var key in _freshKeys.AsSpan(0, count))
                {
                    while (at < have && _storedKeys[at] < key)
                    {
                        at++;
                    }

                    while (at == have && have >= 0)
                    {
                        (at, have) = (0, _stored.Read(_storedKeys));
                        if (have == 0)
                        {
                            have = -1;
                        }

                        while (at < have && _storedKeys[at] < key)
                        {
                            at++;
                        }
                    }

                    if (at < have && _storedKeys[at] == key)
                    {
                        known++;
                    }
                    else
                    {
                        _freshKeys[kept++] = key;
                    }
                }

                if (kept > 0)
                {
                    writer ??= OpenSegment(signal, day.Day, _nextPiece);
                    writer.Add(_freshKeys.AsSpan(0, kept));
                }
            }

            isDamaged |= _stored.IsDamaged;
            var duplicates = known + _fresh.Duplicates;
            return (writer is null ? null : (writer, writer.End(sync: true)), isDamaged, duplicates);
        }
        finally
        {
            writer?.Dispose();
            _fresh.Close();
            _stored.Close();
        }
    }

    private bool TryAddStored(SignalBuffer signal, int day, in Piece piece, int fromMs, int untilMs)
    {
        var path = _folder.PathOf(signal.Signal, day, piece);
        if (!File.Exists(path))
        {
            _issues.Add(DataIssueKind.DamagedBlock, _folder.NameOf(path), 0, "", $"The file with {piece.Count} events is missing; they are no longer part of the store.");
            return false;
        }

        _stored.AddSegment(path, _folder.NameOf(path), new SegmentHead(signal.Signal, signal.Zone, day, piece.Low, piece.High), piece.Count, fromMs, untilMs, _issues);
        return true;
    }

    private Piece Merge(SignalBuffer signal, int day, ReadOnlySpan<Piece> stored, SegmentWriter fresh, List<(string Path, bool IsDamaged)> replaced)
    {
        var full = (int)EventKey.DayMs;
        _stored.Begin(day);
        _stored.AddSegment(fresh.UnfinishedPath, _folder.NameOf(fresh.UnfinishedPath), fresh.Head, fresh.Count, 0, full, null);
        var sources = new List<(string Path, int Source)>();
        foreach (var piece in stored)
        {
            if (TryAddStored(signal, day, piece, 0, full))
            {
                sources.Add((_folder.PathOf(signal.Signal, day, piece), _stored.Sources - 1));
            }
        }

        using var writer = OpenSegment(signal, day, stored[0].Low);
        int count;
        while ((count = _stored.Read(_storedKeys)) > 0)
        {
            writer.Add(_storedKeys.AsSpan(0, count));
        }

        var merged = writer.End(sync: true);
        replaced.AddRange(sources.Select(s => (s.Path, _stored.IsSourceDamaged(s.Source))));
        _stored.Close();
        _finished.Add(writer);
        _folder.Disk.RemoveFile(fresh.UnfinishedPath);
        return merged;
    }

    private void RemoveSpilled(DayBuffer day)
    {
        foreach (var (writer, _) in day.Spilled)
        {
            _folder.Disk.RemoveFile(writer.UnfinishedPath);
        }

        day.Spilled.Clear();
    }

    /// <summary>The events of one signal that wait.</summary>
    private sealed class SignalBuffer(SignalId signal, string zone)
    {
        public SignalId Signal => signal;

        public string Zone => zone;

        public SortedList<int, DayBuffer> Days { get; } = [];

        public DayBuffer? LastDay { get; set; }
    }

    /// <summary>The events of one signal-day that wait, in memory and in segments that have no name yet.</summary>
    private sealed class DayBuffer(int day, KeyArrays arrays)
    {
        private readonly long _startMs = day * EventKey.DayMs;
        private ulong[] _keys = [];
        private bool _isSorted = true;

        public int Day => day;

        public int Count { get; private set; }

        public ulong[] Keys => _keys;

        public long HeldBytes => (long)_keys.Length * sizeof(ulong);

        /// <summary>Duplicates that were found when events were spilled.</summary>
        public long Duplicates { get; set; }

        public List<(SegmentWriter Writer, Piece Piece)> Spilled { get; } = [];

        public bool Holds(long timeMs) => (ulong)(timeMs - _startMs) < EventKey.DayMs;

        /// <summary>Takes events up to the first of another day, or as many as there is room for; at least one. Returns how many.</summary>
        public int Take(ReadOnlySpan<ControllerEvent> events)
        {
            if (Count == _keys.Length)
            {
                _keys = arrays.Grow(_keys);
            }

            var room = _keys.AsSpan(Count);
            var count = Math.Min(events.Length, room.Length);
            var last = Count == 0 ? 0 : _keys[Count - 1];
            var sorted = _isSorted;
            var taken = 0;
            for (; taken < count; taken++)
            {
                ref readonly var e = ref events[taken];
                if ((ulong)(e.TimeMs - _startMs) >= EventKey.DayMs)
                {
                    break;
                }

                var key = EventKey.Of(e, _startMs);
                sorted &= key >= last;
                room[taken] = last = key;
            }

            _isSorted = sorted;
            Count += taken;
            return taken;
        }

        public void Sort(ref ulong[] scratch)
        {
            if (!_isSorted)
            {
                KeySorter.Sort(_keys.AsSpan(0, Count), ref scratch);
                _isSorted = true;
            }
        }

        /// <summary>First and last time, ms since the day's start. In memory the keys must be sorted.</summary>
        public (int FirstMs, int LastMs) Span()
        {
            var (first, last) = Count == 0 ? (int.MaxValue, 0) : (EventKey.TimeOf(_keys[0]), EventKey.TimeOf(_keys[Count - 1]));
            foreach (var (_, piece) in Spilled)
            {
                (first, last) = (Math.Min(first, piece.FirstMs), Math.Max(last, piece.LastMs));
            }

            return (first, last);
        }

        public void Release()
        {
            arrays.Return(_keys);
            (_keys, Count, _isSorted) = ([], 0, true);
        }
    }
}

/// <summary>What a commit did.</summary>
/// <param name="Added">Events that the store did not have before.</param>
/// <param name="Duplicates">Events that were there already, or twice in what was added; one of each is kept.</param>
/// <param name="Refused">Events that were not stored; the issues say why.</param>
/// <param name="Touched">The signal-days that changed, by signal and day.</param>
public sealed record CommitSummary(long Added, long Duplicates, long Refused, IReadOnlyList<SignalDay> Touched);

/// <summary>One UTC day of one signal.</summary>
public readonly record struct SignalDay(SignalId Signal, DateOnly Day);
