namespace Crosstown.Server.Data;

/// <summary>UTC days as numbers: days since 1970-01-01.</summary>
internal static class DataDays
{
    private static readonly int s_first = new DateOnly(1970, 1, 1).DayNumber;

    public static long NumberOf(DateOnly day) => day.DayNumber - s_first;

    public static long NumberOf(long timeMs) => Math.DivRem(timeMs, DayCoverage.DayMs, out var rest) - (rest < 0 ? 1 : 0);

    public static DateOnly ToDate(long number) => DateOnly.FromDayNumber((int)number + s_first);
}
