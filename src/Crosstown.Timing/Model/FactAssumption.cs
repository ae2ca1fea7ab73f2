namespace Crosstown.Timing.Model;

/// <summary>What a fact of the field is about.</summary>
public enum StreetFact
{
    /// <summary>Left turn, minor or major.</summary>
    Role,

    /// <summary>Approach speed, mph.</summary>
    Speed,

    /// <summary>Percent.</summary>
    Grade,

    /// <summary>Width to clear, ft.</summary>
    Width,

    /// <summary>From the last detector to the line, ft.</summary>
    DetectorSetback,

    /// <summary>The way of a bicycle from the line to the far side, ft.</summary>
    BicycleCrossing,

    /// <summary>Curb to far curb, ft.</summary>
    Crossing,

    /// <summary>What the conflict monitor forbids together.</summary>
    Conflicts,

    /// <summary>How left turns are signaled.</summary>
    LeftTurns,

    /// <summary>Which signals are in step with each other.</summary>
    CoordinationGroup,

    /// <summary>The point of the cycle that offsets are counted to.</summary>
    OffsetReference,
}

/// <summary>A fact that nobody measured: it was taken from something else, to the safe side, and has to be looked at in the field.</summary>
/// <param name="Fact">What it is about.</param>
/// <param name="Phase">1-16; null for the signal as a whole.</param>
/// <param name="Value">In the unit of the fact; null when it is no number.</param>
/// <param name="Basis">What it was taken from, in words that follow the name of the fact.</param>
public sealed record FactAssumption(StreetFact Fact, byte? Phase, decimal? Value, string Basis);
