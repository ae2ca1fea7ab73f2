namespace Crosstown.Simulation.Traffic;

/// <summary>Things that happen at a time, earliest first; at one time by their tie number, so that the order never depends on who came first.</summary>
internal sealed class TimedHeap<T>
{
    private (long TimeMs, long Tie, T Item)[] _items = new (long, long, T)[16];

    public int Count { get; private set; }

    /// <summary>Time of the earliest; <see cref="long.MaxValue"/> when there is none.</summary>
    public long NextMs => Count == 0 ? long.MaxValue : _items[0].TimeMs;

    public void Add(long timeMs, long tie, T item)
    {
        if (Count == _items.Length)
        {
            Array.Resize(ref _items, Count * 2);
        }

        var i = Count++;
        while (i > 0)
        {
            var parent = (i - 1) / 2;
            if (!IsBefore(timeMs, tie, parent))
            {
                break;
            }

            _items[i] = _items[parent];
            i = parent;
        }

        _items[i] = (timeMs, tie, item);
    }

    public T Take(out long timeMs)
    {
        var first = _items[0];
        timeMs = first.TimeMs;
        var last = _items[--Count];
        var i = 0;
        while (true)
        {
            var child = (2 * i) + 1;
            if (child >= Count)
            {
                break;
            }

            if (child + 1 < Count && IsBefore(_items[child + 1].TimeMs, _items[child + 1].Tie, child))
            {
                child++;
            }

            if (!IsBefore(_items[child].TimeMs, _items[child].Tie, last.TimeMs, last.Tie))
            {
                break;
            }

            _items[i] = _items[child];
            i = child;
        }

        _items[i] = last;
        return first.Item;
    }

    private static bool IsBefore(long timeMs, long tie, long otherMs, long otherTie) => timeMs < otherMs || (timeMs == otherMs && tie < otherTie);

    private bool IsBefore(long timeMs, long tie, int index) => IsBefore(timeMs, tie, _items[index].TimeMs, _items[index].Tie);
}
