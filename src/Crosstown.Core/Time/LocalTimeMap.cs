namespace Crosstown.Core.Time;

/// <summary>What a signal's wall clock shows at a moment: the zone's offsets, laid out as a table.</summary>
/// <remarks>
/// Measures bin by the wall clock (a 15-minute bin starts at a quarter of a local hour) without knowing where zone rules come from.
/// The table is made by whoever knows the rules (<c>Crosstown.Logs</c>, from the IANA database).
/// A local time is written as milliseconds since 1970-01-01T00:00 on the local calendar.
/// Bins never straddle a clock change: the repeated hour of autumn has its bins twice, told apart by their UTC start.
/// </remarks>
public sealed class LocalTimeMap
{
    private readonly long[] _fromMs;
    private readonly int[] _offsetMs;

    /// <param name="zone">IANA name, such as <c>America/Denver</c>.</param>
    /// <param name="fromMs">UTC start of each offset, rising; the first entry also serves all earlier times.</param>
    /// <param name="offsetMs">Local minus UTC from that moment on, in milliseconds; as long as <paramref name="fromMs"/>.</param>
    /// <exception cref="ArgumentException">The arrays are empty, differ in length, or do not rise.</exception>
    public LocalTimeMap(string zone, ReadOnlySpan<long> fromMs, ReadOnlySpan<int> offsetMs)
    {
        if (fromMs.Length == 0 || fromMs.Length != offsetMs.Length)
        {
            throw new ArgumentException($"Zone {zone}: {fromMs.Length} start times for {offsetMs.Length} offsets.", nameof(fromMs));
        }

        for (var i = 1; i < fromMs.Length; i++)
        {
            if (fromMs[i] <= fromMs[i - 1])
            {
                throw new ArgumentException($"Zone {zone}: offset {i} starts at {fromMs[i]}, not after {fromMs[i - 1]}.", nameof(fromMs));
            }
        }

        Zone = zone;
        _fromMs = fromMs.ToArray();
        _offsetMs = offsetMs.ToArray();
    }

    /// <summary>UTC itself: used where no zone is known, so that a wall clock is read as it stands.</summary>
    public static LocalTimeMap Utc { get; } = new("UTC", [0], [0]);

    /// <summary>IANA name.</summary>
    public string Zone { get; }

    /// <summary>Local minus UTC at a moment, in milliseconds.</summary>
    public int OffsetMs(long utcMs) => _offsetMs[Index(utcMs)];

    /// <summary>The wall clock at a moment.</summary>
    public long ToLocalMs(long utcMs) => utcMs + OffsetMs(utcMs);

    /// <summary>The bin of a given length that holds a moment, cut where the clock changes.</summary>
    /// <param name="utcMs">Any moment.</param>
    /// <param name="binMs">Length in milliseconds, above 0; bins are counted from local midnight of 1970-01-01.</param>
    public TimeRange BinAt(long utcMs, long binMs)
    {
        var i = Index(utcMs);
        var offset = _offsetMs[i];
        var local = utcMs + offset;
        var remainder = local % binMs;
        var start = utcMs - (remainder < 0 ? remainder + binMs : remainder);
        var end = start + binMs;
        if (i > 0 && start < _fromMs[i])
        {
            start = _fromMs[i];
        }

        if (i + 1 < _fromMs.Length && end > _fromMs[i + 1])
        {
            end = _fromMs[i + 1];
        }

        return new TimeRange(start, end);
    }

    private int Index(long utcMs)
    {
        var i = Array.BinarySearch(_fromMs, utcMs);
        return i >= 0 ? i : Math.Max(0, ~i - 1);
    }
}
