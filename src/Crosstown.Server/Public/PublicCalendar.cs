using System.Globalization;
using Crosstown.Core.Time;

namespace Crosstown.Server.Public;

/// <summary>Days on a wall clock, as public addresses name them.</summary>
internal static class PublicCalendar
{
    private const string Form = "yyyy-MM-dd";
    private const long DayMs = 86_400_000;

    /// <summary>Null for anything but a day such as <c>2026-11-21</c>.</summary>
    public static DateOnly? ParseDay(string? text) => DateOnly.TryParseExact(text, Form, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    /// <summary>The whole day on a wall clock.</summary>
    public static TimeRange DayAt(DateOnly day, LocalTimeMap clock) => new(MidnightMs(day, clock), MidnightMs(day.AddDays(1), clock));

    /// <summary>The days that a range touches, the earliest first.</summary>
    public static IEnumerable<string> ListDays(TimeRange range, LocalTimeMap clock)
    {
        var last = DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeMilliseconds(clock.ToLocalMs(range.EndMs - 1)).UtcDateTime);
        for (var day = DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeMilliseconds(clock.ToLocalMs(range.StartMs)).UtcDateTime); day <= last; day = day.AddDays(1))
        {
            yield return day.ToString(Form, CultureInfo.InvariantCulture);
        }
    }

    private static long MidnightMs(DateOnly day, LocalTimeMap clock)
    {
        var localMs = new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero).ToUnixTimeMilliseconds();

        // The offset of the guess may be that of before a change of clocks.
        var guess = localMs - clock.OffsetMs(localMs);
        guess = localMs - clock.OffsetMs(guess);
        return clock.ToLocalMs(guess) % DayMs == 0 ? guess : clock.BinAt(guess, DayMs).EndMs;
    }
}
