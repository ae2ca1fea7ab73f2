using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Time;

namespace Crosstown.Logs.Store;

/// <summary>One signal's events that are in the journal and in no segment yet.</summary>
/// <remarks>
/// While they are put into segments they stay readable here, beside what arrives meanwhile; a reader that looks here first and at the segments
/// afterwards therefore misses nothing, and may see an event twice. Safe for any number of threads.
/// </remarks>
internal sealed class SignalTail(SignalId signal)
{
    private readonly Lock _one = new();
    private SortedList<int, TailDay> _days = [];
    private SortedList<int, TailDay> _leaving = [];
    private string? _zone;
    private long _file;
    private long _leavingFile;
    private long _leavingSince;
    private long _since;
    private long _heldBytes;
    private long _version;
    private int _count;

    public SignalId Signal => signal;

    /// <summary>Zone of the events here; null without any.</summary>
    public string? Zone
    {
        get
        {
            lock (_one)
            {
                return _days.Count + _leaving.Count > 0 ? _zone : null;
            }
        }
    }

    /// <summary>Rises with every change.</summary>
    public long Version => Interlocked.Read(ref _version);

    /// <summary>Bytes of memory for events.</summary>
    public long HeldBytes => Interlocked.Read(ref _heldBytes);

    /// <summary>Events that wait, those on their way into segments apart.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>When the oldest of the waiting events came, by the monotonic clock.</summary>
    public long Since => Interlocked.Read(ref _since);

    /// <summary>The oldest file of the journal with an event that is in no segment; null without any.</summary>
    public long? OldestFile
    {
        get
        {
            lock (_one)
            {
                return _leaving.Count > 0 ? _leavingFile : _days.Count > 0 ? _file : null;
            }
        }
    }

    /// <summary>Takes events of one UTC day that are in the journal: in order, each once. Returns how many are new here.</summary>
    public int Add(string zone, int day, ReadOnlySpan<ulong> keys, long file, long now)
    {
        lock (_one)
        {
            if (_days.Count == 0)
            {
                (_file, _since) = (file, now);
            }

            _zone = zone;
            _file = Math.Min(_file, file);
            var added = _leaving.TryGetValue(day, out var leaving) ? AddUnknown(day, leaving, keys) : AddAll(day, keys);
            _version++;
            return added;
        }
    }

    /// <summary>Hands out everything that waits, by day, for putting it into segments. Ended by <see cref="EndLeaving"/> or <see cref="UndoLeaving"/>.</summary>
    public SortedList<int, TailDay> BeginLeaving()
    {
        lock (_one)
        {
            (_leaving, _leavingFile, _leavingSince) = (_days, _file, _since);
            (_days, _count) = ([], 0);
            return _leaving;
        }
    }

    /// <summary>The events handed out are in segments now. Returns the bytes of memory that this frees.</summary>
    public long EndLeaving()
    {
        lock (_one)
        {
            long freed = 0;
            foreach (var day in _leaving.Values)
            {
                freed += day.HeldBytes;
                day.Dispose();
            }

            _leaving = [];
            _heldBytes -= freed;
            return freed;
        }
    }

    /// <summary>The events handed out did not get into segments; they wait again.</summary>
    public void UndoLeaving()
    {
        lock (_one)
        {
            if (_leaving.Count == 0)
            {
                return;
            }

            var back = _leaving;
            _leaving = [];
            (_file, _since) = (_leavingFile, _leavingSince);
            foreach (var (day, keys) in back)
            {
                _heldBytes -= keys.HeldBytes;
                AddAll(day, keys.Keys);
                keys.Dispose();
            }
        }
    }

    /// <summary>The events of a time, in order, each once; none is the shared empty array.</summary>
    public ControllerEvent[] Copy(TimeRange range)
    {
        lock (_one)
        {
            var count = 0;
            foreach (var (day, keys) in Both())
            {
                count += Within(keys, day, range).Length;
            }

            if (count == 0)
            {
                return [];
            }

            var events = new ControllerEvent[count];
            var at = 0;
            foreach (var (day, keys) in Both())
            {
                foreach (var key in Within(keys, day, range))
                {
                    events[at++] = EventKey.ToEvent(key, day * EventKey.DayMs);
                }
            }

            // Either half is in order; together they are where nothing came late while a half was leaving.
            if (_leaving.Count > 0 && _days.Count > 0)
            {
                Array.Sort(events);
            }

            return events;
        }
    }

    /// <summary>The keys of a day, in order, each once.</summary>
    public ulong[] CopyDay(int day)
    {
        lock (_one)
        {
            ulong[] keys = [.. _leaving.TryGetValue(day, out var leaving) ? leaving.Keys : [], .. _days.TryGetValue(day, out var waiting) ? waiting.Keys : []];
            Array.Sort(keys);
            return keys;
        }
    }

    /// <summary>The UTC days with events here.</summary>
    public List<int> ListDays()
    {
        lock (_one)
        {
            return [.. _leaving.Keys.Union(_days.Keys)];
        }
    }

    /// <summary>From the first to just behind the last event here; null without any.</summary>
    public TimeRange? FindRange()
    {
        lock (_one)
        {
            TimeRange? range = null;
            foreach (var (day, keys) in Both())
            {
                var start = day * EventKey.DayMs;
                var (first, last) = (start + EventKey.TimeOf(keys.Keys[0]), start + EventKey.TimeOf(keys.Keys[^1]) + 1);
                range = range is { } r ? new TimeRange(Math.Min(r.StartMs, first), Math.Max(r.EndMs, last)) : new TimeRange(first, last);
            }

            return range;
        }
    }

    private IEnumerable<KeyValuePair<int, TailDay>> Both() => _leaving.Concat(_days);

    private static ReadOnlySpan<ulong> Within(TailDay keys, int day, TimeRange range)
    {
        var start = day * EventKey.DayMs;
        var from = Math.Clamp(range.StartMs - start, 0, EventKey.DayMs);
        return keys.Within((int)from, (int)Math.Clamp(range.EndMs - start, from, EventKey.DayMs));
    }

    private int AddUnknown(int day, TailDay leaving, ReadOnlySpan<ulong> keys)
    {
        var added = 0;
        var start = 0;
        for (var i = 0; i < keys.Length; i++)
        {
            if (leaving.Contains(keys[i]))
            {
                added += AddAll(day, keys[start..i]);
                start = i + 1;
            }
        }

        return added + AddAll(day, keys[start..]);
    }

    private int AddAll(int day, ReadOnlySpan<ulong> keys)
    {
        if (keys.IsEmpty)
        {
            return 0;
        }

        if (!_days.TryGetValue(day, out var waiting))
        {
            _days.Add(day, waiting = new TailDay());
        }

        var held = waiting.HeldBytes;
        var added = waiting.Add(keys);
        _heldBytes += waiting.HeldBytes - held;
        _count += added;
        return added;
    }
}
