using Crosstown.Core.Data;
using Crosstown.Core.Events;

namespace Crosstown.Logs.Store;

/// <summary>Merges sorted keys of one day from memory and from segments into one ascending stream without duplicates.</summary>
internal sealed class KeyMerge : IDisposable
{
    private readonly List<Source> _sources = [];
    private readonly ControllerEvent[] _events = new ControllerEvent[SegmentModel.BlockEvents];
    private int _used;
    private long _dayStartMs;
    private ulong _last;
    private bool _hasLast;

    /// <summary>Keys that were left out because they were there already.</summary>
    public long Duplicates { get; private set; }

    /// <summary>Whether part of any source could not be read so far.</summary>
    public bool IsDamaged
    {
        get
        {
            var damaged = false;
            for (var i = 0; i < _used; i++)
            {
                damaged |= IsSourceDamaged(i);
            }

            return damaged;
        }
    }

    /// <summary>The number of sources taken.</summary>
    public int Sources => _used;

    /// <summary>Whether part of one source could not be read so far; sources count from 0 in the order in which they were taken.</summary>
    public bool IsSourceDamaged(int source) => _sources[source].IsDamaged;

    public void Begin(int day)
    {
        Close();
        (_dayStartMs, _hasLast, Duplicates) = (day * EventKey.DayMs, false, 0);
    }

    /// <summary>Takes sorted keys, duplicates among them or not. The array stays the caller's and is only read.</summary>
    public void AddMemory(ulong[] keys, int count) => TakeSource().Open(keys, count);

    /// <summary>Takes a segment, all of it or a part of the day. A missing or unreadable one is reported and counts as damage.</summary>
    public void AddSegment(string path, string name, SegmentHead head, long count, int fromMs, int untilMs, DataIssueLog? issues) =>
        TakeSource().Open(path, name, head, count, fromMs, untilMs, issues);

    /// <summary>Adds the times whose events could not be read to a list, as far as they were met.</summary>
    public void CopyDamage(List<Core.Time.TimeRange> to)
    {
        for (var i = 0; i < _used; i++)
        {
            foreach (var (fromMs, untilMs) in _sources[i].Damage)
            {
                to.Add(new Core.Time.TimeRange(_dayStartMs + fromMs, _dayStartMs + untilMs));
            }
        }
    }

    /// <summary>Fills an array with the next keys; returns how many, 0 at the end.</summary>
    public int Read(ulong[] to)
    {
        var count = 0;
        while (count < to.Length)
        {
            // The source with the lowest key, and the lowest key of the others: up to that, one source can be copied without looking at the rest.
            Source? lowest = null;
            var until = ulong.MaxValue;
            for (var i = 0; i < _used; i++)
            {
                var source = _sources[i];
                if (!source.HasKey && !source.TryFill(_events, _dayStartMs))
                {
                    continue;
                }

                if (lowest is null || source.Key < lowest.Key)
                {
                    until = lowest?.Key ?? until;
                    lowest = source;
                }
                else if (source.Key < until)
                {
                    until = source.Key;
                }
            }

            if (lowest is null)
            {
                break;
            }

            count = Copy(lowest.TakeUntil(until), to, count, lowest);
        }

        return count;
    }

    public void Close()
    {
        for (var i = 0; i < _used; i++)
        {
            _sources[i].Close();
        }

        _used = 0;
    }

    public void Dispose()
    {
        foreach (var source in _sources)
        {
            source.Dispose();
        }
    }

    private int Copy(ReadOnlySpan<ulong> keys, ulong[] to, int count, Source source)
    {
        var taken = 0;
        foreach (var key in keys)
        {
            if (_hasLast && key == _last)
            {
                Duplicates++;
            }
            else if (count == to.Length)
            {
                break;
            }
            else
            {
                to[count++] = _last = key;
                _hasLast = true;
            }

            taken++;
        }

        source.Skip(taken);
        return count;
    }

    private Source TakeSource()
    {
        if (_used == _sources.Count)
        {
            _sources.Add(new Source());
        }

        return _sources[_used++];
    }

    /// <summary>One sorted input: an array, or a segment that is read a block at a time.</summary>
    private sealed class Source : IDisposable
    {
        private SegmentCursor? _cursor;
        private ulong[] _own = [];
        private ulong[] _keys = [];
        private int _at;
        private int _count;
        private bool _isSegment;
        private bool _isLost;

        public bool HasKey => _at < _count;

        public ulong Key => _keys[_at];

        public bool IsDamaged => _isSegment && (_isLost || _cursor!.Damage.Count > 0);

        public IReadOnlyList<TimeSpanMs> Damage => !_isSegment ? [] : _isLost ? [new TimeSpanMs(0, (int)EventKey.DayMs)] : _cursor!.Damage;

        public void Open(ulong[] keys, int count) => (_keys, _at, _count, _isSegment) = (keys, 0, count, false);

        public void Open(string path, string name, SegmentHead head, long count, int fromMs, int untilMs, DataIssueLog? issues)
        {
            _cursor ??= new SegmentCursor();
            if (_own.Length == 0)
            {
                _own = new ulong[SegmentModel.BlockEvents];
            }

            (_keys, _at, _count, _isSegment) = (_own, 0, 0, true);
            _isLost = !_cursor.TryOpen(path, name, head, count, issues);
            _cursor.Limit(fromMs, untilMs);
        }

        public bool TryFill(ControllerEvent[] events, long dayStartMs)
        {
            if (!_isSegment || _isLost)
            {
                return false;
            }

            (_at, _count) = (0, _cursor!.Read(events));
            for (var i = 0; i < _count; i++)
            {
                _keys[i] = EventKey.Of(events[i], dayStartMs);
            }

            return _count > 0;
        }

        /// <summary>The keys at hand up to and including a limit; at least one.</summary>
        public ReadOnlySpan<ulong> TakeUntil(ulong limit)
        {
            var keys = _keys.AsSpan(_at, _count - _at);
            if (keys[^1] <= limit)
            {
                return keys;
            }

            var end = 1;
            while (keys[end] <= limit)
            {
                end++;
            }

            return keys[..end];
        }

        public void Skip(int count) => _at += count;

        public void Close() => _cursor?.Close();

        public void Dispose() => _cursor?.Dispose();
    }
}
