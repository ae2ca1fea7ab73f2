using Crosstown.Core.Events;
using Crosstown.Core.Street;

namespace Crosstown.Measures.BuildingBlocks;

/// <summary>What a signal group displays to vehicles.</summary>
public enum DisplayState
{
    /// <summary>Nothing has been logged yet.</summary>
    Unknown,
    Green,
    Yellow,
    Red,
}

/// <summary>When red is taken to begin.</summary>
public enum RedStart
{
    /// <summary>At the end of yellow (9, overlaps 64): red is displayed from then on.</summary>
    EndOfYellow,

    /// <summary>At the begin of red clearance (10): a phase without one stays yellow to its next green, as in Oregon's package.</summary>
    RedClearance,
}

/// <summary>The recent past of one group's display: asked for the state at a moment.</summary>
/// <remarks>
/// Green is from 1 (overlaps: 61, 62) to 8 (63), yellow to the begin of red as <see cref="RedStart"/> says, red to the next green; a dark overlap
/// lets nobody go and counts as red. Changes to the
/// state that already holds are not new changes. The past is kept until it is forgotten.
/// </remarks>
public sealed class GroupStates(SignalGroup group, RedStart redStart = RedStart.EndOfYellow)
{
    private long[] _times = new long[64];
    private DisplayState[] _states = new DisplayState[64];
    private int _first;
    private int _count;

    public SignalGroup Group { get; } = group;

    /// <summary>The codes that it reads for phases and for overlaps.</summary>
    public static ReadOnlySpan<ushort> Codes =>
    [
        EventCode.PhaseBeginGreen, EventCode.PhaseBeginYellow, EventCode.PhaseEndYellow, EventCode.PhaseBeginRedClearance, EventCode.PhaseInactive,
        EventCode.OverlapBeginGreen, EventCode.OverlapBeginTrailingGreen, EventCode.OverlapBeginYellow, EventCode.OverlapBeginRedClearance, EventCode.OverlapOff,
        EventCode.OverlapDark,
    ];

    /// <summary>The state that holds after the last change.</summary>
    public DisplayState Current => _count == 0 ? DisplayState.Unknown : _states[_first + _count - 1];

    /// <summary>Takes an event; others than this group's changes are passed over.</summary>
    /// <returns>True when the display changed.</returns>
    public bool Take(in ControllerEvent e)
    {
        if (e.Parameter != Group.Number || StateAfter(Group, redStart, e.Code) is not { } state || state == Current)
        {
            return false;
        }

        if (_first + _count == _times.Length)
        {
            MakeRoom();
        }

        _times[_first + _count] = e.TimeMs;
        _states[_first + _count] = state;
        _count++;
        return true;
    }

    /// <summary>The state at a moment; a change at the moment itself has happened.</summary>
    public DisplayState At(long timeMs)
    {
        var i = IndexAt(timeMs);
        return i < 0 ? DisplayState.Unknown : _states[_first + i];
    }

    /// <summary>Drops changes that no question about a moment at or after this one needs.</summary>
    public void ForgetBefore(long timeMs)
    {
        var keepFrom = IndexAt(timeMs);
        if (keepFrom > 0)
        {
            _first += keepFrom;
            _count -= keepFrom;
        }
    }

    /// <summary>The display that a code of this group's begins; null for codes that change nothing.</summary>
    internal static DisplayState? StateAfter(SignalGroup group, RedStart redStart, ushort code) => group.IsOverlap
        ? code switch
        {
            EventCode.OverlapBeginGreen or EventCode.OverlapBeginTrailingGreen => DisplayState.Green,
            EventCode.OverlapBeginYellow => DisplayState.Yellow,
            EventCode.OverlapBeginRedClearance or EventCode.OverlapOff or EventCode.OverlapDark => DisplayState.Red,
            _ => null,
        }
        : code switch
        {
            EventCode.PhaseBeginGreen => DisplayState.Green,
            EventCode.PhaseBeginYellow => DisplayState.Yellow,
            EventCode.PhaseEndYellow when redStart == RedStart.EndOfYellow => DisplayState.Red,
            EventCode.PhaseBeginRedClearance => DisplayState.Red,
            EventCode.PhaseInactive when redStart == RedStart.EndOfYellow => DisplayState.Red,
            _ => null,
        };

    private int IndexAt(long timeMs)
    {
        var low = 0;
        var high = _count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_times[_first + middle] <= timeMs)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low - 1;
    }

    private void MakeRoom()
    {
        if (_first > 0)
        {
            Array.Copy(_times, _first, _times, 0, _count);
            Array.Copy(_states, _first, _states, 0, _count);
            _first = 0;
        }
        else
        {
            Array.Resize(ref _times, _times.Length * 2);
            Array.Resize(ref _states, _states.Length * 2);
        }
    }
}
