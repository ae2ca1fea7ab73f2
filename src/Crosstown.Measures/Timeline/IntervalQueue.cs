using System.Buffers;
using System.Diagnostics;

namespace Crosstown.Measures.Timeline;

/// <summary>Intervals in the order of their starts; one leaves when it and all before it have ended.</summary>
/// <remarks>A ring that grows when it must, in memory that the queues of one signal after the other share. An interval is named by its ticket, the number of intervals that began before it.</remarks>
internal sealed class IntervalQueue
{
    private Interval[] _items = ArrayPool<Interval>.Shared.Rent(256);
    private int _capacity = 256;
    private long _first;
    private long _next;

    /// <summary>The number of intervals held.</summary>
    public int Count => (int)(_next - _first);

    /// <summary>Begins an interval and names it.</summary>
    public long Begin(long startMs, TimelineClass @class, short number)
    {
        if (Count == _capacity)
        {
            Grow();
        }

        Debug.Assert(Count == 0 || At(_next - 1).StartMs <= startMs, "Intervals begin in time order.");
        _items[_next & (_capacity - 1)] = new Interval { StartMs = startMs, EndMs = long.MaxValue, Class = @class, Number = number, State = IntervalState.Open };
        return _next++;
    }

    /// <summary>The interval of a ticket that has not left.</summary>
    public ref Interval At(long ticket) => ref _items[ticket & (_capacity - 1)];

    /// <summary>The earliest interval; there must be one.</summary>
    public ref Interval First => ref At(_first);

    /// <summary>The earliest interval's ticket.</summary>
    public long FirstTicket => _first;

    /// <summary>Lets the earliest go.</summary>
    public void Leave() => _first++;

    /// <summary>Gives the memory back; the queue is not used afterwards.</summary>
    public void Release()
    {
        ArrayPool<Interval>.Shared.Return(_items);
        _items = [];
        _first = _next;
    }

    private void Grow()
    {
        var items = ArrayPool<Interval>.Shared.Rent(_capacity * 2);
        for (var ticket = _first; ticket < _next; ticket++)
        {
            items[ticket & ((_capacity * 2) - 1)] = At(ticket);
        }

        ArrayPool<Interval>.Shared.Return(_items);
        _items = items;
        _capacity *= 2;
    }
}

internal enum IntervalState : byte
{
    Open,
    Complete,
    Incomplete,

    /// <summary>Turned out to be nothing.</summary>
    Void,
}

internal struct Interval
{
    public long StartMs;
    public long EndMs;
    public short Number;
    public TimelineClass Class;
    public IntervalState State;
}
