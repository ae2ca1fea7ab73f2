using Crosstown.Core.Events;

namespace Crosstown.Measures.BuildingBlocks;

/// <summary>Why a green ended.</summary>
public enum TerminationReason
{
    /// <summary>None of the three was logged.</summary>
    Unknown,
    GapOut,
    MaxOut,
    ForceOff,
}

/// <summary>One service of a phase.</summary>
/// <param name="Phase">1-255.</param>
/// <param name="StartMs">Begin of green.</param>
/// <param name="EndMs">End of red clearance (11); without one, when the phase went inactive (12), or the end of yellow (9).</param>
/// <param name="Termination">Of 4, 5 and 6 the last before the yellow.</param>
public readonly record struct PhaseService(int Phase, long StartMs, long EndMs, TerminationReason Termination)
{
    public long LengthMs => EndMs - StartMs;
}

/// <summary>Cuts phase events into services, green to end of clearance.</summary>
/// <remarks>A service without its yellow, or longer than <see cref="CycleArrivals.LongestCycleMs"/>, is dropped.</remarks>
public sealed class PhaseServices
{
    private const int Phases = 256;

    private readonly long[] _startMs = NewTimes();
    private readonly long[] _endYellowMs = NewTimes();
    private readonly bool[] _hasYellow = new bool[Phases];
    private readonly TerminationReason[] _termination = new TerminationReason[Phases];

    /// <summary>The codes that it reads.</summary>
    public static ReadOnlySpan<ushort> Codes =>
    [
        EventCode.PhaseBeginGreen, EventCode.PhaseGapOut, EventCode.PhaseMaxOut, EventCode.PhaseForceOff, EventCode.PhaseBeginYellow,
        EventCode.PhaseEndYellow, EventCode.PhaseEndRedClearance, EventCode.PhaseInactive,
    ];

    /// <summary>Begin of the earliest open service; <see cref="long.MaxValue"/> when none is open.</summary>
    public long EarliestOpenMs()
    {
        var earliest = long.MaxValue;
        foreach (var startMs in _startMs)
        {
            earliest = startMs == long.MinValue ? earliest : Math.Min(earliest, startMs);
        }

        return earliest;
    }

    /// <summary>Takes an event.</summary>
    /// <param name="e">Of any code; others than <see cref="Codes"/> are passed over.</param>
    /// <param name="service">A service that ended; it may have ended before the event, where only a next green tells.</param>
    /// <param name="droppedStartMs">Begin of a service that was dropped, else null.</param>
    /// <returns>True when a service ended.</returns>
    public bool Take(in ControllerEvent e, out PhaseService service, out long? droppedStartMs)
    {
        service = default;
        droppedStartMs = null;
        if ((ushort)e.Parameter >= Phases || e.Code > EventCode.PhaseInactive)
        {
            return false;
        }

        var phase = e.Parameter;
        if (_startMs[phase] != long.MinValue && e.TimeMs - _startMs[phase] > CycleArrivals.LongestCycleMs)
        {
            droppedStartMs = _startMs[phase];
            _startMs[phase] = long.MinValue;
        }

        var isOpen = _startMs[phase] != long.MinValue;
        var ended = false;
        switch (e.Code)
        {
            case EventCode.PhaseBeginGreen:
                if (isOpen)
                {
                    ended = End(phase, _endYellowMs[phase], ref service, ref droppedStartMs);
                }

                _startMs[phase] = e.TimeMs;
                _endYellowMs[phase] = long.MinValue;
                _hasYellow[phase] = false;
                _termination[phase] = TerminationReason.Unknown;
                break;
            case EventCode.PhaseGapOut or EventCode.PhaseMaxOut or EventCode.PhaseForceOff when !_hasYellow[phase]:
                _termination[phase] = TerminationReason.GapOut + (e.Code - EventCode.PhaseGapOut);
                break;
            case EventCode.PhaseBeginYellow:
                _hasYellow[phase] = true;
                break;
            case EventCode.PhaseEndYellow when _hasYellow[phase]:
                _endYellowMs[phase] = e.TimeMs;
                break;
            case EventCode.PhaseEndRedClearance or EventCode.PhaseInactive when isOpen:
                ended = End(phase, _hasYellow[phase] ? e.TimeMs : long.MinValue, ref service, ref droppedStartMs);
                break;
        }

        return ended;
    }

    /// <summary>Drops a service that has been open for too long.</summary>
    /// <returns>True when there was one; call again for the next.</returns>
    public bool TryDropLong(long watermarkMs, out int phase, out long startMs)
    {
        for (phase = 0; phase < Phases; phase++)
        {
            startMs = _startMs[phase];
            if (startMs != long.MinValue && watermarkMs - startMs > CycleArrivals.LongestCycleMs)
            {
                _startMs[phase] = long.MinValue;
                return true;
            }
        }

        startMs = 0;
        return false;
    }

    private bool End(int phase, long endMs, ref PhaseService service, ref long? droppedStartMs)
    {
        var startMs = _startMs[phase];
        _startMs[phase] = long.MinValue;
        if (endMs == long.MinValue)
        {
            droppedStartMs = startMs;
            return false;
        }

        service = new PhaseService(phase, startMs, endMs, _termination[phase]);
        return true;
    }

    private static long[] NewTimes()
    {
        var times = new long[Phases];
        Array.Fill(times, long.MinValue);
        return times;
    }
}
