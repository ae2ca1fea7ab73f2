namespace Crosstown.Measures.BuildingBlocks;

/// <summary>Detector hits that were moved in time and wait until the log has reached them.</summary>
/// <remarks>A hit of an advance detector becomes an arrival when its vehicle would reach the stop bar, seconds later; radar logs late, which moves it back.</remarks>
public sealed class PendingArrivals
{
    private Arrival[] _items = new Arrival[64];
    private int _first;
    private int _count;

    /// <summary>Time of the earliest that waits; null when none does.</summary>
    public long? FirstMs => _count == 0 ? null : _items[_first].TimeMs;

    /// <param name="timeMs">When it counts as having arrived.</param>
    /// <param name="key">The caller's own number for what it belongs to, such as an index of approaches.</param>
    /// <param name="channel">The detector.</param>
    public void Add(long timeMs, int key, int channel)
    {
        if (_first + _count == _items.Length)
        {
            if (_first > _items.Length / 2)
            {
                Array.Copy(_items, _first, _items, 0, _count);
                _first = 0;
            }
            else
            {
                Array.Resize(ref _items, _items.Length * 2);
            }
        }

        var i = _first + _count;
        while (i > _first && _items[i - 1].TimeMs > timeMs)
        {
            _items[i] = _items[i - 1];
            i--;
        }

        _items[i] = new Arrival(timeMs, key, channel);
        _count++;
    }

    /// <summary>Takes out the earliest when it lies before a moment.</summary>
    public bool TryTakeBefore(long timeMs, out Arrival arrival)
    {
        if (_count == 0 || _items[_first].TimeMs >= timeMs)
        {
            arrival = default;
            return false;
        }

        arrival = _items[_first++];
        _count--;
        if (_count == 0)
        {
            _first = 0;
        }

        return true;
    }
}

/// <summary>One hit, moved to the stop bar.</summary>
/// <param name="TimeMs">When it counts as having arrived.</param>
/// <param name="Key">The caller's own number for what it belongs to.</param>
/// <param name="Channel">The detector.</param>
public readonly record struct Arrival(long TimeMs, int Key, int Channel);
