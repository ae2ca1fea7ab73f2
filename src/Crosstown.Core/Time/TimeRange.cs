namespace Crosstown.Core.Time;

/// <summary>A half-open span of time, <c>[StartMs, EndMs)</c>, in milliseconds UTC.</summary>
public readonly record struct TimeRange
{
    /// <exception cref="ArgumentException"><paramref name="endMs"/> lies before <paramref name="startMs"/>.</exception>
    public TimeRange(long startMs, long endMs)
    {
        if (endMs < startMs)
        {
            throw new ArgumentException($"A time range ends at {endMs} ms, before it starts at {startMs} ms.", nameof(endMs));
        }

        StartMs = startMs;
        EndMs = endMs;
    }

    public long StartMs { get; }

    public long EndMs { get; }

    /// <summary>Length in milliseconds; 0 for an empty range.</summary>
    public long LengthMs => EndMs - StartMs;

    public bool Contains(long timeMs) => timeMs >= StartMs && timeMs < EndMs;
}
