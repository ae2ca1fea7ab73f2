using Crosstown.Core.Controllers;
using Crosstown.Core.Street;
using Crosstown.Core.Time;

namespace Crosstown.Timing.Demand.Reading;

/// <summary>What one signal's log holds for timing: services, detections and words of the coordinator, each in time order.</summary>
/// <remarks>Made by <see cref="SignalLogReader"/> in one forward pass. It holds one signal only: what is said of two is made from folded counts (rule P12).</remarks>
public sealed class SignalLog
{
    internal SignalLog(SignalId signal, LocalTimeMap localTime)
    {
        Signal = signal;
        LocalTime = localTime;
    }

    public SignalId Signal { get; }

    /// <summary>What the signal's clock shows.</summary>
    public LocalTimeMap LocalTime { get; }

    /// <summary>First event to last event; empty when there were none.</summary>
    public TimeRange Range { get; internal set; }

    /// <summary>Services of a phase 1-16, complete ones only.</summary>
    public IReadOnlyList<PhaseService> ServicesOf(int phase) => Services[phase];

    /// <summary>Times at which a channel went on, ms UTC.</summary>
    public IReadOnlyList<long> OnTimesOf(int channel) => Ons[channel];

    /// <summary>Share of a time that the log really saw, 0-1: five-minute pieces with three events or more.</summary>
    public double Coverage(TimeRange range)
    {
        if (range.LengthMs <= 0)
        {
            return 0;
        }

        var seen = 0L;
        for (var at = range.StartMs - Remainder(range.StartMs); at < range.EndMs; at += PieceMs)
        {
            if (SeenPieces.Contains(at / PieceMs))
            {
                seen += Math.Min(range.EndMs, at + PieceMs) - Math.Max(range.StartMs, at);
            }
        }

        return seen / (double)range.LengthMs;
    }

    /// <summary>Milliseconds after local midnight.</summary>
    public long LocalDayMs(long timeMs)
    {
        var day = LocalTime.ToLocalMs(timeMs) % DayMs;
        return day < 0 ? day + DayMs : day;
    }

    /// <summary>Days since 1970-01-01 on the local calendar.</summary>
    public int LocalDay(long timeMs) => (int)Math.Floor(LocalTime.ToLocalMs(timeMs) / (double)DayMs);

    internal const long DayMs = 86_400_000;
    internal const long PieceMs = 300_000;

    internal List<PhaseService>[] Services { get; } = Fill<PhaseService>(ControllerProgram.MaxPhase + 1);

    /// <summary>Lengths of walks (21 to 22), ms, by phase.</summary>
    internal List<int>[] WalkLengths { get; } = Fill<int>(ControllerProgram.MaxPhase + 1);

    /// <summary>Lengths of pedestrian clearances (22 to 23), ms, by phase.</summary>
    internal List<int>[] ClearanceLengths { get; } = Fill<int>(ControllerProgram.MaxPhase + 1);

    internal List<long>[] Ons { get; } = Fill<long>(256);

    /// <summary>On and off times by turns, on first.</summary>
    internal List<(long OnMs, long OffMs)>[] Presences { get; } = Fill<(long, long)>(256);

    /// <summary>Times in which the cabinet called a channel faulty (84-88 until 83).</summary>
    internal List<TimeRange>[] Faults { get; } = Fill<TimeRange>(256);

    internal List<CoordinationEntry> Coordination { get; } = [];

    /// <summary>Times in which a preempt bends the timing.</summary>
    internal List<TimeRange> Disturbances { get; } = [];

    internal HashSet<long> SeenPieces { get; } = [];

    /// <summary>Pairs of phases that were green together for a second or more; bit n for phase n.</summary>
    internal uint[] GreenWith { get; } = new uint[ControllerProgram.MaxPhase + 1];

    internal bool IsDisturbed(long timeMs) => Contains(Disturbances, timeMs);

    internal bool IsFaulty(int channel, long timeMs) => Contains(Faults[channel], timeMs);

    private static bool Contains(List<TimeRange> ranges, long timeMs)
    {
        foreach (var range in ranges)
        {
            if (range.Contains(timeMs))
            {
                return true;
            }
        }

        return false;
    }

    private static long Remainder(long timeMs) => ((timeMs % PieceMs) + PieceMs) % PieceMs;

    private static List<T>[] Fill<T>(int count)
    {
        var lists = new List<T>[count];
        for (var i = 0; i < count; i++)
        {
            lists[i] = [];
        }

        return lists;
    }
}
