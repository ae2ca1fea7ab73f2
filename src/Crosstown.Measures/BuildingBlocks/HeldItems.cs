namespace Crosstown.Measures.BuildingBlocks;

/// <summary>Things that became known out of order and must leave in order of time, then key, then the order in which they came.</summary>
/// <remarks>Each key's things come almost in order, so each key has its own queue; what leaves is the earliest of their heads.</remarks>
public sealed class HeldItems<TItem>
    where TItem : struct
{
    private Queue[] _queues = [];
    private int _count;

    /// <param name="timeMs">By this it leaves.</param>
    /// <param name="key">From 0; a small number, such as an index of approaches or a phase.</param>
    /// <param name="item">What leaves.</param>
    public void Add(long timeMs, int key, in TItem item)
    {
        if (key >= _queues.Length)
        {
            var old = _queues.Length;
            Array.Resize(ref _queues, key + 1);
            for (var k = old; k <= key; k++)
            {
                _queues[k] = new Queue();
            }
        }

        _queues[key].Add(timeMs, item);
        _count++;
    }

    /// <summary>Takes out the earliest when it lies before a moment.</summary>
    public bool TryTakeBefore(long timeMs, out TItem item)
    {
        var earliest = -1;
        var earliestMs = timeMs;
        for (var key = 0; _count > 0 && key < _queues.Length; key++)
        {
            if (_queues[key].FirstMs < earliestMs)
            {
                earliest = key;
                earliestMs = _queues[key].FirstMs;
            }
        }

        if (earliest < 0)
        {
            item = default;
            return false;
        }

        item = _queues[earliest].Take();
        _count--;
        return true;
    }

    private sealed class Queue
    {
        private (long TimeMs, TItem Item)[] _items = [];
        private int _first;
        private int _count;

        /// <summary><see cref="long.MaxValue"/> when empty.</summary>
        public long FirstMs { get; private set; } = long.MaxValue;

        public void Add(long timeMs, in TItem item)
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
                    Array.Resize(ref _items, Math.Max(16, _items.Length * 2));
                }
            }

            var i = _first + _count;
            while (i > _first && _items[i - 1].TimeMs > timeMs)
            {
                _items[i] = _items[i - 1];
                i--;
            }

            _items[i] = (timeMs, item);
            _count++;
            FirstMs = _items[_first].TimeMs;
        }

        public TItem Take()
        {
            var item = _items[_first++].Item;
            _count--;
            if (_count == 0)
            {
                _first = 0;
                FirstMs = long.MaxValue;
            }
            else
            {
                FirstMs = _items[_first].TimeMs;
            }

            return item;
        }
    }
}
