using Crosstown.Core.Street;
using Crosstown.Core.Time;
using Crosstown.Logs;
using Crosstown.Measures.Engine;

namespace Crosstown.Server.Data;

/// <summary>What the log of one signal saw of one UTC day.</summary>
/// <param name="Day">Days since 1970-01-01.</param>
/// <param name="Events">Events of the day.</param>
/// <param name="SeenMs">Milliseconds of the day outside of silences longer than <see cref="SignalCoverage.GapMs"/>.</param>
/// <param name="Gaps">Such silences, those at the day's ends included.</param>
/// <param name="LongestGapMs">0 when there is none.</param>
/// <param name="FirstMs">First event of the day, ms UTC.</param>
/// <param name="LastMs">Last event of the day, ms UTC.</param>
internal sealed record DayCoverage(string Signal, long Day, long Events, long SeenMs, long Gaps, long LongestGapMs, long FirstMs, long LastMs)
{
    public const long DayMs = 86_400_000;

    /// <summary>The share of the day that the log saw, 0-1; of a day that is not over, of its time until now. Null before the day has begun.</summary>
    public double? SeenShare(long nowMs) => LengthMs(nowMs) is > 0 and var length ? Math.Min(1, (double)SeenMs / length) : null;

    /// <summary>Reads a day; null when it has no events.</summary>
    /// <param name="nowMs">Time after this has not been, and is no gap.</param>
    public static DayCoverage? Of(IEventSource events, SignalId signal, DateOnly day, long nowMs)
    {
        var number = day.DayNumber - new DateOnly(1970, 1, 1).DayNumber;
        var (startMs, endMs) = (number * DayMs, Math.Min((number + 1) * DayMs, Math.Max(nowMs, number * DayMs)));

        // Events just outside tell whether the silence at the day's ends is part of a gap.
        using var reader = events.Open(signal, new TimeRange(startMs - SignalCoverage.GapMs, startMs + DayMs + SignalCoverage.GapMs));
        long count = 0, seenMs = 0, gaps = 0, longestMs = 0, firstMs = 0, lastMs = 0;
        var beforeMs = startMs - SignalCoverage.GapMs - 1;
        while (reader.Next(out var block))
        {
            foreach (ref readonly var e in block)
            {
                Take(beforeMs, e.TimeMs);
                beforeMs = e.TimeMs;
                if (e.TimeMs >= startMs && e.TimeMs < startMs + DayMs)
                {
                    firstMs = count++ == 0 ? e.TimeMs : firstMs;
                    lastMs = e.TimeMs;
                }
            }
        }

        // Of a day that is over, an event within five minutes of its end would have been read. The newest moments of now are no gap yet.
        var isOver = nowMs >= startMs + DayMs + SignalCoverage.GapMs;
        Take(beforeMs, isOver || endMs - beforeMs > SignalCoverage.GapMs ? Math.Max(endMs, beforeMs + SignalCoverage.GapMs + 1) : endMs);
        return count == 0 ? null : new DayCoverage(signal.Value, number, count, seenMs, gaps, longestMs, firstMs, lastMs);

        void Take(long fromMs, long toMs)
        {
            var (from, to) = (Math.Max(fromMs, startMs), Math.Min(toMs, endMs));
            if (to <= from)
            {
                return;
            }

            if (toMs - fromMs <= SignalCoverage.GapMs)
            {
                seenMs += to - from;
            }
            else
            {
                gaps++;
                longestMs = Math.Max(longestMs, to - from);
            }
        }
    }

    private long LengthMs(long nowMs) => Math.Min(DayMs, nowMs - (Day * DayMs));
}
