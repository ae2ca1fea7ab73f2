using Crosstown.Core.Data;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Time;

namespace Crosstown.Logs.Store;

/// <summary>Reads one signal's events of a time range, in their total order, a block at a time.</summary>
/// <remarks>
/// Allocates when it is made and a little when it opens a day's file, and nothing per event or block. One signal only: no reader of the store
/// sees single events of two signals (rule P12). Not for two threads at once; any number of readers may read beside each other and beside a writer.
/// Each day is read as it stood when its reading began.
/// </remarks>
public sealed class EventReader : IEventReader
{
    /// <summary>How often a day is looked up anew when its files were replaced between looking and opening.</summary>
    private const int MaxLookUps = 5;

    private readonly EventStore _store;
    private readonly SignalId _signal;
    private readonly TimeRange _range;
    private readonly DataIssueLog? _issues;
    private readonly IList<int> _days;
    private readonly SegmentCursor _cursor = new();
    private readonly ControllerEvent[] _events = new ControllerEvent[SegmentModel.BlockEvents];
    private readonly List<TimeRange> _damaged = [];
    private KeyMerge? _merge;
    private ulong[] _keys = [];
    private int _nextDay;
    private long _dayStartMs;
    private bool _isMerging;
    private bool _isOpen;

    internal EventReader(EventStore store, SignalId signal, TimeRange range, DataIssueLog? issues)
    {
        (_store, _signal, _range, _issues) = (store, signal, range, issues);
        _days = store.Content.Signals.TryGetValue(signal, out var content) ? content.Days.Keys : [];
        while (_nextDay < _days.Count && (_days[_nextDay] + 1) * EventKey.DayMs <= range.StartMs)
        {
            _nextDay++;
        }
    }

    /// <summary>
    /// The times whose stored events turned out to be unreadable, as far as reading has come: for a measure these are gaps in its data, not
    /// quiet times (rule R13). Empty when all was well.
    /// </summary>
    public IReadOnlyList<TimeRange> DamagedRanges => _damaged;

    /// <summary>Reads the next block. Blocks follow in time, across days too.</summary>
    /// <param name="block">One event or more, good until the next call. Empty at the end.</param>
    /// <returns>False at the end.</returns>
    /// <exception cref="InvalidDataException">Something stored is damaged and the reader was opened without a log for it.</exception>
    public bool Next(out ReadOnlySpan<ControllerEvent> block)
    {
        while (_isOpen || TryOpenDay())
        {
            var count = _isMerging ? ReadMerged() : _cursor.Read(_events);
            if (count == 0)
            {
                CloseDay();
                continue;
            }

            block = Cut(_events.AsSpan(0, count));
            if (!block.IsEmpty)
            {
                return true;
            }
        }

        block = [];
        return false;
    }

    public void Dispose()
    {
        _cursor.Dispose();
        _merge?.Dispose();
    }

    private bool TryOpenDay()
    {
        while (_nextDay < _days.Count)
        {
            var day = _days[_nextDay++];
            _dayStartMs = day * EventKey.DayMs;
            if (_dayStartMs >= _range.EndMs)
            {
                break;
            }

            for (var lookUps = 1; ; lookUps++)
            {
                if (!_store.Content.Signals.TryGetValue(_signal, out var content) || !content.Days.TryGetValue(day, out var pieces))
                {
                    break;
                }

                try
                {
                    Open(day, content.Zone, pieces);
                    break;
                }
                catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
                {
                    // A commit or a deletion came between: the newer list has all that this one had, or the day is gone for good.
                    if (lookUps == MaxLookUps)
                    {
                        ReportMissing(day, e.Message);
                        break;
                    }

                    _store.Reload(_issues);
                }
            }

            if (_isOpen)
            {
                return true;
            }
        }

        _nextDay = _days.Count;
        return false;
    }

    private void Open(int day, string zone, Piece[] pieces)
    {
        var fromMs = (int)(Math.Clamp(_range.StartMs, _dayStartMs, _dayStartMs + EventKey.DayMs) - _dayStartMs);
        var untilMs = (int)(Math.Clamp(_range.EndMs, _dayStartMs, _dayStartMs + EventKey.DayMs) - _dayStartMs);
        _isMerging = pieces.Length > 1;
        if (!_isMerging)
        {
            var path = _store.Folder.PathOf(_signal, day, pieces[0]);
            if (!_cursor.TryOpen(path, _store.Folder.NameOf(path), new SegmentHead(_signal, zone, day, pieces[0].Low, pieces[0].High), pieces[0].Count, _issues))
            {
                _damaged.Add(new TimeRange(_dayStartMs, _dayStartMs + EventKey.DayMs));
            }

            _cursor.Limit(fromMs, untilMs);
            _isOpen = _cursor.IsOpen;
            return;
        }

        _merge ??= new KeyMerge();
        _keys = _keys.Length == 0 ? new ulong[SegmentModel.BlockEvents] : _keys;
        _merge.Begin(day);
        foreach (var piece in pieces)
        {
            var path = _store.Folder.PathOf(_signal, day, piece);
            _merge.AddSegment(path, _store.Folder.NameOf(path), new SegmentHead(_signal, zone, day, piece.Low, piece.High), piece.Count, fromMs, untilMs, _issues);
        }

        _isOpen = true;
    }

    private void ReportMissing(int day, string message)
    {
        if (_issues is null)
        {
            throw new InvalidDataException(message);
        }

        _issues.Add(DataIssueKind.DamagedBlock, _store.Folder.NameOf(_store.Folder.DayFolder(day)), 0, _signal.Value, $"A segment is missing; its day is left out. {message}");
        _damaged.Add(new TimeRange(_dayStartMs, _dayStartMs + EventKey.DayMs));
    }

    private void CloseDay()
    {
        if (_isMerging)
        {
            _merge!.CopyDamage(_damaged);
            _merge.Close();
        }
        else
        {
            foreach (var (fromMs, untilMs) in _cursor.Damage)
            {
                _damaged.Add(new TimeRange(_dayStartMs + fromMs, _dayStartMs + untilMs));
            }

            _cursor.Close();
        }

        _isOpen = false;
    }

    private int ReadMerged()
    {
        var count = _merge!.Read(_keys);
        for (var i = 0; i < count; i++)
        {
            _events[i] = EventKey.ToEvent(_keys[i], _dayStartMs);
        }

        return count;
    }

    /// <summary>The events within the range; blocks at its ends reach beyond it.</summary>
    private ReadOnlySpan<ControllerEvent> Cut(ReadOnlySpan<ControllerEvent> events)
    {
        if (events[0].TimeMs >= _range.StartMs && events[^1].TimeMs < _range.EndMs)
        {
            return events;
        }

        var start = FirstAtOrAfter(events, _range.StartMs);
        return events[start..Math.Max(start, FirstAtOrAfter(events, _range.EndMs))];
    }

    private static int FirstAtOrAfter(ReadOnlySpan<ControllerEvent> events, long timeMs)
    {
        int low = 0, high = events.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = events[middle].TimeMs < timeMs ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
