namespace Crosstown.Server.Polling;

/// <summary>What one reading of a source may take, and how many run at once (rule R11).</summary>
internal sealed record PollLimits
{
    /// <summary>Longest time to connect.</summary>
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest time of one reading, from its start to its end.</summary>
    public TimeSpan Whole { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>A reading that takes longer gives its place to the next, and goes on aside.</summary>
    public TimeSpan Quick { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Most bytes of one answer or file. A MaxTime controller's whole memory, 10,000 events, is some 0.9 MB.</summary>
    public int AnswerBytes { get; init; } = 8 << 20;

    /// <summary>Answers up to so many bytes take no part of <see cref="SharedBytes"/>.</summary>
    public int FreeBytes { get; init; } = 256 << 10;

    /// <summary>Memory for all large answers that are being read at once.</summary>
    public long SharedBytes { get; init; } = 256L << 20;

    /// <summary>Most files of a folder that are read at once; the rest follow with the next reading.</summary>
    public int FilesAtOnce { get; init; } = 12;

    /// <summary>Most names that a folder may list.</summary>
    public int ListedFiles { get; init; } = 20_000;

    /// <summary>Longest time between two tries of a source that fails, where its interval is not longer.</summary>
    public TimeSpan LongestBackOff { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Places for sources that answered last time.</summary>
    public int QuickPlaces { get; init; } = 128;

    /// <summary>Places for readings that turned out slow; without one the reading is given up.</summary>
    public int AsidePlaces { get; init; } = 256;

    /// <summary>Places for sources that failed last time: they never wait with the others.</summary>
    public int SuspectPlaces { get; init; } = 64;

    /// <summary>For sources read by a program of their own, each place is a process: so many times fewer.</summary>
    public int ProgramDivisor { get; init; } = 8;
}
