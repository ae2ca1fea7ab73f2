using System.Collections.Immutable;

namespace Crosstown.Measures.Composed;

/// <summary>Days of the week, as a set.</summary>
[Flags]
public enum DayTypes
{
    None = 0,
    Monday = 1,
    Tuesday = 2,
    Wednesday = 4,
    Thursday = 8,
    Friday = 16,
    Saturday = 32,
    Sunday = 64,

    /// <summary>Monday to Friday.</summary>
    Weekdays = Monday | Tuesday | Wednesday | Thursday | Friday,

    /// <summary>Tuesday to Thursday: the days that agencies count on.</summary>
    Midweek = Tuesday | Wednesday | Thursday,

    /// <summary>Saturday and Sunday.</summary>
    Weekend = Saturday | Sunday,

    All = Weekdays | Weekend,
}

/// <summary>Days of the local calendar.</summary>
public static class LocalDays
{
    /// <summary>Milliseconds in a day without a clock change.</summary>
    public const long DayMs = 86_400_000;

    /// <summary>The number of a local day, counted from 1970-01-01.</summary>
    /// <param name="localMs">Milliseconds on the local calendar.</param>
    public static int NumberOf(long localMs) => (int)Math.Floor((double)localMs / DayMs);

    /// <summary>Which day of the week a local day is: 0 for Monday.</summary>
    public static int DayOfWeek(int day) => (((day + 3) % 7) + 7) % 7;

    /// <summary>The day as a set of one.</summary>
    public static DayTypes TypeOf(int day) => (DayTypes)(1 << DayOfWeek(day));

    /// <summary>The words for a row's day of the week, Monday first.</summary>
    public static ImmutableArray<string> Words { get; } = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
}
