namespace Crosstown.Measures.Learning;

/// <summary>What evidence must reach before a statement is made. Below it the learner says unknown.</summary>
/// <remarks>
/// All are statistical levels or times that follow from how controllers work, not fits to a signal. Standard deviations are high because the
/// counts behind them are not independent: vehicles come in platoons.
/// </remarks>
internal static class LearningLimits
{
    /// <summary>A call is logged with the actuation that makes it, or one 100 ms step of the controller later.</summary>
    public const long CallWindowMs = 100;

    /// <summary>Standard deviations above chance at which an actuation is said to make the calls of a phase.</summary>
    public const double CallsSurely = 15;

    /// <summary>How many times stronger than for any other phase that must be.</summary>
    public const double CallsClearly = 4;

    /// <summary>Standard deviations by which hits at one lag must stand out for two detectors to lie in one lane.</summary>
    public const double SameLane = 4;

    /// <summary>
    /// Share of the rarer detector's hits that must make that peak: signals that start two movements together make peaks too, of the first vehicles of a queue,
    /// and over a long log even those stand out by many deviations.
    /// </summary>
    public const double SameVehicles = 0.07;

    /// <summary>The same for hits at the same time, where movements that start together differ from one lane only by how many hits agree.</summary>
    public const double SameVehiclesTogether = 0.4;

    /// <summary>Lags shorter than this are the same time.</summary>
    public const long TogetherMs = 1_000;

    /// <summary>Share of a channel's hits, or of a phase's calls, that must coincide beyond chance for the channel to be wired to the phase.</summary>
    public const double CallsOften = 0.1;

    /// <summary>Fewest actuations of a detector about which anything is said.</summary>
    public const int FewestActuations = 40;

    /// <summary>Share by which the display of one phase must explain a detector's hits better than that of any other.</summary>
    public const double DisplayClearly = 1.15;

    /// <summary>The same where the display stands against what the lane says.</summary>
    public const double DisplayContradicts = 1.5;

    /// <summary>Vehicles may still leave this long after the begin of red; later ones turned right on red or lie upstream.</summary>
    public const long DeepRedMs = 3_000;

    /// <summary>A detector whose hits end in red more often than this is not at the stop bar of a phase.</summary>
    public const double DeparturesInRed = 0.12;

    /// <summary>A zone behind the stop bar is hit by vehicles that move; it is on for less than this share of red.</summary>
    public const double EmptyInRed = 0.02;

    /// <summary>Nine hits in ten at a detector that vehicles pass without stopping are shorter than this, short queues included.</summary>
    public const long PassingMs = 6_000;

    /// <summary>A detector this far ahead of the last one in its lane lies upstream: 90 ft at 30 mph. Start-up alone makes up to a second and a half.</summary>
    public const long ShortestLeadMs = 2_000;

    /// <summary>Longest travel time between two detectors of a lane that is looked for.</summary>
    public const long LongestLagMs = 30_000;

    /// <summary>Resolution of travel times.</summary>
    public const long LagStepMs = 500;

    /// <summary>Actuations per detector that are compared with other detectors: more add nothing but work.</summary>
    public const int MostCompared = 8_000;

    /// <summary>Share of a plan's cycles that must agree for a cycle length or offset to be stated.</summary>
    public const double CyclesAgree = 0.6;
}
