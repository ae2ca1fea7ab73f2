namespace Crosstown.Core.Events;

/// <summary>The events that a simulated cabinet has logged and nobody has taken yet.</summary>
/// <remarks>
/// Events are added in the order of the cabinet's clock, which may jump back where a clock fault ends; they are sorted when they are taken.
/// The same event twice in one tick is logged once: a controller logs changes.
/// </remarks>
public sealed class EventBuffer
{
    private ControllerEvent[] _events = new ControllerEvent[1024];
    private int _count;
    private int _taken;

    /// <summary>Milliseconds that the cabinet's clock is ahead of true time: 0 but for a clock fault. Never negative.</summary>
    public int ClockAheadMs { get; set; }

    /// <summary>Whether codes from 300 on are logged: a maker's own, which many cabinets do not have.</summary>
    public bool WithVendorCodes { get; set; }

    /// <summary>Adds one event at a true time.</summary>
    public void Add(long timeMs, int code, int parameter)
    {
        if (code >= EventCode.ActualSplitPhase1 && !WithVendorCodes)
        {
            return;
        }

        if (_count == _events.Length)
        {
            Array.Resize(ref _events, _count * 2);
        }

        _events[_count++] = new ControllerEvent(timeMs + ClockAheadMs, (ushort)code, (short)parameter);
    }

    /// <summary>Forgets everything.</summary>
    public void Clear() => _count = _taken = 0;

    /// <summary>The events logged before a time of the cabinet's clock, in their total order. They are gone with the next call.</summary>
    public ReadOnlySpan<ControllerEvent> TakeBefore(long timeMs)
    {
        _events.AsSpan(_taken, _count - _taken).CopyTo(_events);
        _count -= _taken;
        var all = _events.AsSpan(0, _count);
        all.Sort();
        var kept = 0;
        for (var i = 0; i < all.Length; i++)
        {
            if (i == 0 || all[i] != all[kept - 1])
            {
                all[kept++] = all[i];
            }
        }

        _count = kept;
        _taken = kept;
        while (_taken > 0 && _events[_taken - 1].TimeMs >= timeMs)
        {
            _taken--;
        }

        return _events.AsSpan(0, _taken);
    }
}
