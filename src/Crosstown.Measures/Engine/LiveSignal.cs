using System.Runtime.InteropServices;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;

namespace Crosstown.Measures.Engine;

/// <summary>Takes a live signal's rows, and their replacement when a late event changed what was said.</summary>
public interface ILiveTableSink : ITableSink
{
    /// <summary>All rows of a signal taken so far are void; they follow anew.</summary>
    void Restart(SignalId signal);
}

/// <summary>Where a live signal reads its past again: the event store.</summary>
public interface IEventHistory
{
    /// <summary>Shows all events before a moment, in the total order, the newest late ones included.</summary>
    /// <param name="beforeMs">Events at or after this are not shown.</param>
    /// <param name="show">Called with any number of events at a time.</param>
    void Read(long beforeMs, EventsShown show);
}

/// <summary>Takes a run of events; the span is only good during the call.</summary>
public delegate void EventsShown(ReadOnlySpan<ControllerEvent> events);

/// <summary>Keeps one signal's measures up to date while its events arrive in pieces, repeated and out of order.</summary>
/// <remarks>
/// Events are held back for a while, so that those a little late fall into place; then they go through the pass for good. An event that comes
/// later than that restarts the pass from the stored history: a bin that it changes is said again. In the end the rows are those of one pass over
/// the whole log. The caller stores events before it shows them here.
/// </remarks>
public sealed class LiveSignal
{
    /// <summary>How long events are held back: 2 minutes, above the polling intervals in the field.</summary>
    public const long DefaultHoldMs = 2 * 60_000;

    /// <summary>Room for held events, 6 kB, that is kept in any case.</summary>
    private const int LeastRoom = 512;

    private readonly SignalId _signal;
    private readonly Func<SignalPass> _start;
    private readonly IEventHistory _history;
    private readonly ILiveTableSink _sink;
    private readonly long _holdMs;
    private readonly List<ControllerEvent> _held = [];
    private SignalPass _pass;
    private long _committedMs = long.MinValue;

    /// <param name="signal">Whose events come.</param>
    /// <param name="start">Makes a fresh pass that writes to <paramref name="sink"/>.</param>
    /// <param name="history">All events stored so far.</param>
    /// <param name="sink">Takes the rows.</param>
    /// <param name="holdMs">How long events are held back, 0 or more milliseconds.</param>
    public LiveSignal(SignalId signal, Func<SignalPass> start, IEventHistory history, ILiveTableSink sink, long holdMs = DefaultHoldMs)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(holdMs);
        _signal = signal;
        _start = start;
        _history = history;
        _sink = sink;
        _holdMs = holdMs;
        _pass = start();
    }

    /// <summary>How often a late event made the pass start again.</summary>
    public int RestartCount { get; private set; }

    /// <summary>Takes events in any order, known ones included.</summary>
    /// <param name="events">Stored already.</param>
    public void Append(ReadOnlySpan<ControllerEvent> events)
    {
        var isLate = false;
        foreach (ref readonly var e in events)
        {
            if (e.TimeMs < _committedMs)
            {
                isLate = true;
            }
            else
            {
                _held.Add(e);
            }
        }

        SortAndDropRepeats();
        if (isLate)
        {
            StartAgain();
        }

        if (_held.Count > 0)
        {
            Commit(_held[^1].TimeMs - _holdMs);
        }
    }

    /// <summary>Hands over all rows that only a late event could change.</summary>
    public void HandOver() => _pass.HandOver();

    /// <summary>The log has ended: everything held back goes through, and what is open is closed.</summary>
    public void Finish()
    {
        Commit(long.MaxValue);
        _pass.Finish();
    }

    private void SortAndDropRepeats()
    {
        _held.Sort();
        var kept = 0;
        for (var i = 0; i < _held.Count; i++)
        {
            if (kept == 0 || _held[i] != _held[kept - 1])
            {
                _held[kept++] = _held[i];
            }
        }

        _held.RemoveRange(kept, _held.Count - kept);
    }

    private void Commit(long beforeMs)
    {
        var count = 0;
        while (count < _held.Count && _held[count].TimeMs < beforeMs)
        {
            count++;
        }

        if (count > 0)
        {
            _pass.Append(CollectionsMarshal.AsSpan(_held)[..count]);
            _held.RemoveRange(0, count);

            // Reading a day again leaves room for far more than two minutes hold.
            if (_held.Capacity > LeastRoom && _held.Capacity > 4 * _held.Count)
            {
                _held.Capacity = Math.Max(LeastRoom, 2 * _held.Count);
            }
        }

        _committedMs = Math.Max(_committedMs, beforeMs);
    }

    private void StartAgain()
    {
        RestartCount++;
        _sink.Restart(_signal);
        _pass = _start();
        _history.Read(_committedMs, events => _pass.Append(events));
    }
}
