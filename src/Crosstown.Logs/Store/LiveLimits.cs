namespace Crosstown.Logs.Store;

/// <summary>How long and how much waits in memory and journal before it is put into segments.</summary>
internal sealed record LiveLimits
{
    /// <summary>A signal's events wait no longer than this: what a restart reads again is the journal of this time.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromMinutes(4);

    /// <summary>Memory for waiting events of all signals from which on the oldest leave early, in bytes: 2,500 signals at 25 events a second fill it in 3 minutes.</summary>
    public long TailBytes { get; init; } = 96L << 20;

    /// <summary>Memory for waiting events from which on those who bring more have to wait.</summary>
    public long MostTailBytes => 2 * TailBytes;

    /// <summary>How long someone who brings events waits for room before they are refused.</summary>
    public TimeSpan MaxWait { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time between two moves into segments.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Time until the next try when the disk had no room.</summary>
    public TimeSpan PauseWhenFull { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Most signals of one move, so that it holds the disk only briefly.</summary>
    public int MostSignals { get; init; } = 64;

    /// <summary>Events of one signal from which on it leaves at once: a file of an earlier time is being taken.</summary>
    public int LargeTail { get; init; } = 1 << 18;

    /// <summary>A file of the journal is ended once it is so long, in bytes.</summary>
    public long JournalFileBytes { get; init; } = 16L << 20;

    /// <summary>Whether events leave by themselves; tests that watch every step of the disk say when.</summary>
    public bool LeavesByItself { get; init; } = true;
}
