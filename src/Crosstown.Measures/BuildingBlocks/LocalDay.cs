using Crosstown.Core.Time;

namespace Crosstown.Measures.BuildingBlocks;

/// <summary>Days and hours of the wall clock, on days of 23 and 25 hours too.</summary>
public static class LocalDay
{
    private const long DayMs = 86_400_000;

    /// <summary>The whole local day that holds a moment.</summary>
    public static TimeRange At(LocalTimeMap clock, long timeMs)
    {
        var part = clock.BinAt(timeMs, DayMs);
        var (start, end) = (part.StartMs, part.EndMs);
        var day = Number(clock, timeMs);
        while (Number(clock, start - 1) == day)
        {
            start = clock.BinAt(start - 1, DayMs).StartMs;
        }

        while (Number(clock, end) == day)
        {
            end = clock.BinAt(end, DayMs).EndMs;
        }

        return new TimeRange(start, end);
    }

    /// <summary>From one hour of a local day to another; an hour that the clock skips begins where the clock goes on.</summary>
    /// <param name="day">A whole local day, as <see cref="At"/> gives it.</param>
    /// <param name="fromH">0 to 24.</param>
    /// <param name="toH">Not below <paramref name="fromH"/>.</param>
    public static TimeRange Window(LocalTimeMap clock, TimeRange day, double fromH, double toH)
    {
        var start = Find(clock, day, fromH);
        return new TimeRange(start, Math.Max(start, Find(clock, day, toH)));
    }

    private static long Find(LocalTimeMap clock, TimeRange day, double hour)
    {
        var wanted = (Number(clock, day.StartMs) * DayMs) + (long)(hour * 3_600_000);
        for (var at = day.StartMs; at < day.EndMs;)
        {
            var part = clock.BinAt(at, DayMs);
            var local = clock.ToLocalMs(part.StartMs);
            if (wanted < local + part.LengthMs)
            {
                return part.StartMs + Math.Max(0, wanted - local);
            }

            at = part.EndMs;
        }

        return day.EndMs;
    }

    private static long Number(LocalTimeMap clock, long timeMs)
    {
        var local = clock.ToLocalMs(timeMs);
        return (local / DayMs) - (local % DayMs < 0 ? 1 : 0);
    }
}
