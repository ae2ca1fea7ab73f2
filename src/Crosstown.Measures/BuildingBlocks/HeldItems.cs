namespace Crosstown.Measures.BuildingBlocks;

/// <summary>Things that became known out of order and must leave in order of time, then key, then order of arrival.</summary>
public sealed class HeldItems<TItem>
    where TItem : struct
{
    private Entry[] _entries = new Entry[16];
    private int _first;
    private int _count;

    /// <summary>Time of the earliest; null when none waits.</summary>
    public long? FirstMs => _count == 0 ? null : _entries[_first].TimeMs;

    public void Add(long timeMs, int key, in TItem item)
    {
        if (_first + _count == _entries.Length)
        {
            if (_first > _entries.Length / 2)
            {
                Array.Copy(_entries, _first, _entries, 0, _count);
                _first = 0;
            }
            else
            {
                Array.Resize(ref _entries, _entries.Length * 2);
            }
        }

        var i = _first + _count;
        while (i > _first && (_entries[i - 1].TimeMs > timeMs || (_entries[i - 1].TimeMs == timeMs && _entries[i - 1].Key > key)))
        {
            _entries[i] = _entries[i - 1];
            i--;
        }

        _entries[i] = new Entry(timeMs, key, item);
        _count++;
    }

    /// <summary>Takes out the earliest when it lies before a moment.</summary>
    public bool TryTakeBefore(long timeMs, out TItem item)
    {
        if (_count == 0 || _entries[_first].TimeMs >= timeMs)
        {
            item = default;
            return false;
        }

        item = _entries[_first++].Item;
        _count--;
        if (_count == 0)
        {
            _first = 0;
        }

        return true;
    }

    private readonly record struct Entry(long TimeMs, int Key, TItem Item);
}
