namespace Crosstown.Timing.Demand.Reading;

/// <summary>One service of a phase, from begin of green to its last clearance. Times in ms UTC.</summary>
/// <param name="GreenMs">Begin of green (1).</param>
/// <param name="YellowMs">Begin of yellow (8).</param>
/// <param name="YellowEndMs">End of yellow (9); equal to <paramref name="YellowMs"/> when not logged.</param>
/// <param name="RedMs">End of red clearance (11), or end of yellow where there is none.</param>
/// <param name="MinimumDoneMs">Minimum green complete (3); null when not logged.</param>
/// <param name="CheckedMs">Maximum timing started (2); null when not logged.</param>
/// <param name="Reason">Code 4, 5, 6, 19 or 20 that ended it, the last before yellow; 0 when none was logged.</param>
/// <param name="HasRedClearance">True when a red clearance (10) was logged.</param>
/// <param name="WalkMs">Begin of its walk (21); null when it had none.</param>
public readonly record struct PhaseService(
    long GreenMs, long YellowMs, long YellowEndMs, long RedMs, long? MinimumDoneMs, long? CheckedMs, ushort Reason, bool HasRedClearance, long? WalkMs)
{
    /// <summary>Displayed green, ms.</summary>
    public long GreenLengthMs => YellowMs - GreenMs;
}

/// <summary>A code of coordination and when it was logged.</summary>
/// <param name="TimeMs">Ms UTC.</param>
/// <param name="Code">131-152, 156, 203-218 or 316-320.</param>
/// <param name="Parameter">As logged.</param>
public readonly record struct CoordinationEntry(long TimeMs, ushort Code, int Parameter);
