using System.Globalization;
using Crosstown.Core.Data;
using Crosstown.Core.Time;

namespace Crosstown.Server.Measuring;

/// <summary>A moment as a person gives it: with an offset it is absolute, without one it is read on each signal's own clock.</summary>
internal readonly record struct LocalTime(DateTime Clock, TimeSpan? Offset)
{
    private static readonly string[] s_clockForms = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss"];

    /// <exception cref="ProblemException">The text is no date and time.</exception>
    public static LocalTime? Parse(string? text, string option)
    {
        if (text is null)
        {
            return null;
        }

        if (DateTime.TryParseExact(text, s_clockForms, CultureInfo.InvariantCulture, DateTimeStyles.None, out var clock))
        {
            return new LocalTime(clock, null);
        }

        return DateTimeOffset.TryParseExact(text, ["yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment)
            ? new LocalTime(moment.DateTime, moment.Offset)
            : throw new ProblemException("XT123", option, $"'{text}' is no time; give 2026-05-13, 2026-05-13T15:00 (the signal's clock) or 2026-05-13T15:00Z.");
    }

    /// <summary>The moment in milliseconds UTC, on a signal's clock where no offset was given; the first of two in the repeated hour of autumn.</summary>
    public long ToUtcMs(LocalTimeMap clock)
    {
        var localMs = (Clock - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMillisecond;
        if (Offset is { } offset)
        {
            return localMs - (long)offset.TotalMilliseconds;
        }

        var early = localMs - clock.OffsetMs(localMs - 86_400_000);
        return clock.ToLocalMs(early) == localMs ? early : localMs - clock.OffsetMs(localMs + 86_400_000);
    }
}
