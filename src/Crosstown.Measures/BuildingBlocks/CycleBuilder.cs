using Crosstown.Core.Events;
using Crosstown.Core.Street;

namespace Crosstown.Measures.BuildingBlocks;

/// <summary>What a cycle runs from and to.</summary>
public enum CycleBoundary
{
    /// <summary>Begin of red to begin of red: a whole green lies in the middle (Purdue coordination diagram).</summary>
    RedToRed,

    /// <summary>Begin of green to begin of green: the red that follows a green belongs to it (split failures).</summary>
    GreenToGreen,
}

/// <summary>One observed cycle of a signal group.</summary>
/// <param name="StartMs">Begin of red or of green, as the boundary says.</param>
/// <param name="GreenMs">Begin of green.</param>
/// <param name="YellowMs">Begin of yellow, the end of green.</param>
/// <param name="RedMs">Begin of the red that follows the green.</param>
/// <param name="EndMs">Start of the next cycle.</param>
public readonly record struct ObservedCycle(long StartMs, long GreenMs, long YellowMs, long RedMs, long EndMs)
{
    /// <summary>Displayed green in milliseconds.</summary>
    public long GreenLengthMs => YellowMs - GreenMs;

    public long LengthMs => EndMs - StartMs;
}

/// <summary>Cuts one group's events into cycles, and counts what is no cycle.</summary>
/// <remarks>
/// A cycle needs each of its boundaries once and in order: green (1; overlaps 61), yellow (8; 63), red (as <see cref="RedStart"/> says). An event
/// out of order breaks the cycle that it falls into; so does a log gap, which the caller reports by <see cref="Break"/>.
/// Another code for the state that already holds (an overlap's 62 after 61, red clearance after the end of yellow) breaks nothing. The same code
/// twice (1 and 1, without the 8 between) says that something was lost: the open cycle is broken, and a new one may begin there.
/// </remarks>
public sealed class CycleBuilder(SignalGroup group, CycleBoundary boundary, RedStart redStart = RedStart.EndOfYellow)
{
    private long _startMs = long.MinValue;
    private long _greenMs = long.MinValue;
    private long _yellowMs = long.MinValue;
    private long _redMs = long.MinValue;
    private DisplayState _state;
    private ushort _stateCode;

    public SignalGroup Group { get; } = group;

    /// <summary>Cycles that were begun and broken, since the count was last taken.</summary>
    public int Dropped { get; private set; }

    /// <summary>Begin of the cycle that is still open; null when none is.</summary>
    public long? OpenSinceMs => _startMs == long.MinValue ? null : _startMs;

    /// <summary>Takes an event; others than this group's are passed over.</summary>
    /// <returns>True when the event ends a cycle, which then is in <paramref name="cycle"/>.</returns>
    public bool Take(in ControllerEvent e, out ObservedCycle cycle)
    {
        cycle = default;
        if (e.Parameter != Group.Number || GroupStates.StateAfter(Group, redStart, e.Code) is not { } state)
        {
            return false;
        }

        if (state == _state)
        {
            if (e.Code != _stateCode || e.Code is not (EventCode.PhaseBeginGreen or EventCode.PhaseBeginYellow or EventCode.PhaseEndYellow
                or EventCode.PhaseBeginRedClearance or EventCode.OverlapBeginYellow or EventCode.OverlapBeginRedClearance))
            {
                return false;
            }

            Break();
        }

        var expected = _state switch
        {
            DisplayState.Red => DisplayState.Green,
            DisplayState.Green => DisplayState.Yellow,
            DisplayState.Yellow => DisplayState.Red,
            _ => state,
        };
        if (state != expected)
        {
            Break();
        }

        _state = state;
        _stateCode = e.Code;
        switch (state)
        {
            case DisplayState.Green:
                var ended = boundary == CycleBoundary.GreenToGreen && TryEnd(e.TimeMs, out cycle);
                _greenMs = e.TimeMs;
                if (boundary == CycleBoundary.GreenToGreen)
                {
                    Begin(e.TimeMs);
                }

                return ended;
            case DisplayState.Yellow:
                _yellowMs = e.TimeMs;
                return false;
            default:
                var done = false;
                if (boundary == CycleBoundary.RedToRed)
                {
                    _redMs = e.TimeMs;
                    done = TryEnd(e.TimeMs, out cycle);
                    Begin(e.TimeMs);
                }

                _redMs = e.TimeMs;
                return done;
        }
    }

    /// <summary>Drops the open cycle, because something of it is missing.</summary>
    public void Break()
    {
        if (_startMs != long.MinValue)
        {
            Dropped++;
        }

        Begin(long.MinValue);
        _state = DisplayState.Unknown;
    }

    /// <summary>The number of dropped cycles since the last call.</summary>
    public int TakeDropped()
    {
        var dropped = Dropped;
        Dropped = 0;
        return dropped;
    }

    private void Begin(long ms)
    {
        _startMs = ms;
        _yellowMs = long.MinValue;
        if (boundary == CycleBoundary.RedToRed)
        {
            _greenMs = long.MinValue;
        }
        else
        {
            _redMs = long.MinValue;
        }
    }

    private bool TryEnd(long endMs, out ObservedCycle cycle)
    {
        cycle = new ObservedCycle(_startMs, _greenMs, _yellowMs, _redMs, endMs);
        return _startMs != long.MinValue && _greenMs != long.MinValue && _yellowMs != long.MinValue && _redMs != long.MinValue;
    }
}
