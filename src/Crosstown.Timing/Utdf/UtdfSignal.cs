using System.Collections.Immutable;
using Crosstown.Core.Controllers;

namespace Crosstown.Timing.Utdf;

/// <summary>How a controller of a UTDF file is run.</summary>
public enum UtdfControl
{
    Pretimed,
    ActuatedUncoordinated,
    SemiActuated,
    ActuatedCoordinated,
}

/// <summary>Which moment of the cycle an offset of a UTDF file points at.</summary>
public enum UtdfReference
{
    /// <summary>Begin of the last coordinated green (TS1).</summary>
    LastGreen,

    /// <summary>Begin of yellow of the first coordinated phase to end.</summary>
    Yellow,

    /// <summary>End of the red clearance of the first coordinated phase to end: that is what Start, End and Offset of such files agree on.</summary>
    Red,

    /// <summary>Begin of the first coordinated green (TS2).</summary>
    FirstGreen,

    /// <summary>Begin of flashing don't walk of the first coordinated phase to end (170).</summary>
    FlashingDontWalk,
}

/// <summary>A column of the Phases section. Times in ms.</summary>
public sealed record UtdfPhase
{
    /// <summary>1-16, the number of the column.</summary>
    public required byte Number { get; init; }

    /// <summary>1-9 in the file; the first digit of BRP.</summary>
    public required int Barrier { get; init; }

    /// <summary>The second digit of BRP.</summary>
    public required int Ring { get; init; }

    /// <summary>The third digit of BRP: the place within barrier and ring.</summary>
    public required int Position { get; init; }

    public required int MinimumGreenMs { get; init; }

    /// <summary>MaxGreen: the split less yellow and red clearance.</summary>
    public required int MaximumGreenMs { get; init; }

    public required int YellowMs { get; init; }

    public required int RedClearanceMs { get; init; }

    public int PassageMs { get; init; }

    public int MinimumGapMs { get; init; }

    public int TimeBeforeReductionMs { get; init; }

    public int TimeToReduceMs { get; init; }

    /// <summary>0 none, 1 minimum, 2 pedestrian, 3 maximum or coordinated, 4 rest in walk.</summary>
    public int Recall { get; init; }

    public int WalkMs { get; init; }

    public int DontWalkMs { get; init; }

    /// <summary>Calls of the walk per hour; null when the file does not say.</summary>
    public double? WalkCallsPerHour { get; init; }

    /// <summary>Null when the file does not say.</summary>
    public int? MinimumSplitMs { get; init; }

    public bool DualEntry { get; init; }

    /// <summary>Start as the file states it, on the system clock; null when it does not.</summary>
    public int? StartMs { get; init; }

    /// <summary>End as the file states it; null when it does not.</summary>
    public int? EndMs { get; init; }

    /// <summary>Yield (begin of yellow) as the file states it; null when it does not.</summary>
    public int? YieldMs { get; init; }

    public int ChangeMs => YellowMs + RedClearanceMs;

    /// <summary>The split as the file's MaxGreen gives it.</summary>
    public int SplitMs => MaximumGreenMs + ChangeMs;
}

/// <summary>A controller of a UTDF file: a row group of the Timeplans and Phases sections. Times in ms.</summary>
public sealed record UtdfSignal
{
    /// <summary>INTID of the controller.</summary>
    public required int Controller { get; init; }

    /// <summary>The intersections that it runs, its own first.</summary>
    public required ImmutableArray<int> Nodes { get; init; }

    public required UtdfControl Control { get; init; }

    public required int CycleMs { get; init; }

    /// <summary>The offset that counts: a second Timeplans section behind Phases before Start, and Start before the first.</summary>
    public required int OffsetMs { get; init; }

    public required UtdfReference Reference { get; init; }

    /// <summary>Reference phases that the signal has; empty when it names none.</summary>
    public required ImmutableArray<byte> ReferencePhases { get; init; }

    public required bool IsLocked { get; init; }

    /// <summary>By number.</summary>
    public required ImmutableArray<UtdfPhase> Phases { get; init; }

    /// <summary>Feet or metres, as the file has them; positive is east. Null when unknown.</summary>
    public double? X { get; init; }

    /// <summary>Feet or metres, as the file has them; positive is north. Null when unknown.</summary>
    public double? Y { get; init; }

    /// <summary>The streets that cross here; empty when unnamed.</summary>
    public string Name { get; init; } = "";

    /// <summary>A phase in the words of controllers.</summary>
    internal PhaseTiming TimingOf(UtdfPhase phase) => new()
    {
        Number = phase.Number,
        Ring = (byte)phase.Ring,
        BarrierGroup = (byte)phase.Barrier,
        MinimumGreenMs = phase.MinimumGreenMs,
        PassageMs = phase.PassageMs,
        MaximumMs = Math.Max(phase.MaximumGreenMs, phase.MinimumGreenMs),
        YellowMs = phase.YellowMs,
        RedClearanceMs = phase.RedClearanceMs,
        WalkMs = phase.WalkMs,
        PedestrianClearanceMs = phase.DontWalkMs,
        Recall = phase.Recall switch
        {
            0 => Recall.None,
            1 => Recall.Minimum,
            2 => Recall.Pedestrian,
            _ => Recall.Maximum,
        },
        RestsInWalk = phase.Recall == 4,
        IsCoordinated = ReferencePhases.Contains(phase.Number),
        DualEntry = phase.DualEntry,
        TimeBeforeReductionMs = phase.TimeBeforeReductionMs,
        TimeToReduceMs = phase.TimeToReduceMs,
        MinimumGapMs = phase.MinimumGapMs,
    };
}
