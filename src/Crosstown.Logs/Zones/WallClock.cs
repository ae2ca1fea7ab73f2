namespace Crosstown.Logs.Zones;

/// <summary>How a wall-clock time relates to the zone's rules.</summary>
public enum WallClockKind
{
    /// <summary>The clock shows it once.</summary>
    Once,

    /// <summary>The clock shows it twice: the hour that autumn repeats.</summary>
    Twice,

    /// <summary>The clock never shows it: the hour that spring skips.</summary>
    Never,
}

/// <summary>What a wall-clock time may mean.</summary>
/// <param name="Kind">Whether the clock shows it once, twice or never.</param>
/// <param name="FirstUtcMs">
/// The moment, ms UTC; the earlier one of two; for a time that is skipped, the moment by the offset before the change, as a clock shows that was not put forward.
/// </param>
/// <param name="SecondUtcMs">The later moment of two; else equal to <paramref name="FirstUtcMs"/>.</param>
public readonly record struct WallClockReading(WallClockKind Kind, long FirstUtcMs, long SecondUtcMs);

/// <summary>Turns wall-clock times into UTC, fast for times that lie close together.</summary>
/// <remarks>
/// Keeps the stretch of local time around the last one in which the offset is certain: a time inside it costs two comparisons
/// (<see cref="WindowFromMs"/>, <see cref="WindowToMs"/>) and a subtraction. Not safe for use by several threads.
/// </remarks>
public sealed class WallClock(ZoneRules rules)
{
    /// <summary>Start of the stretch of local time in which <see cref="OffsetMs"/> is certain; empty at first.</summary>
    public long WindowFromMs { get; private set; } = long.MaxValue;

    /// <summary>End of that stretch, exclusive.</summary>
    public long WindowToMs { get; private set; } = long.MinValue;

    /// <summary>Local minus UTC inside the window.</summary>
    public int OffsetMs { get; private set; }

    /// <summary>What a local time means; moves the window when it means one moment only.</summary>
    /// <param name="localMs">Milliseconds since 1970-01-01T00:00 on the local calendar.</param>
    public WallClockReading Read(long localMs)
    {
        if (localMs >= WindowFromMs && localMs < WindowToMs)
        {
            return new WallClockReading(WallClockKind.Once, localMs - OffsetMs, localMs - OffsetMs);
        }

        var i = rules.LastStartingBy(localMs);
        var utcMs = localMs - rules.OffsetMs(i);
        if (localMs >= rules.LocalEndMs(i))
        {
            return new WallClockReading(WallClockKind.Never, utcMs, utcMs);
        }

        if (i > 0 && localMs < rules.LocalEndMs(i - 1))
        {
            return new WallClockReading(WallClockKind.Twice, localMs - rules.OffsetMs(i - 1), utcMs);
        }

        OffsetMs = rules.OffsetMs(i);
        WindowFromMs = i == 0 ? long.MinValue : Math.Max(rules.LocalStartMs(i), rules.LocalEndMs(i - 1));
        WindowToMs = i == rules.Count - 1 ? long.MaxValue : Math.Min(rules.LocalEndMs(i), rules.LocalStartMs(i + 1));
        return new WallClockReading(WallClockKind.Once, utcMs, utcMs);
    }
}
