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

    /// <summary>Fewest actuations of a detector about which anything is said.</summary>
    public const int FewestActuations = 40;

    /// <summary>Share by which the display of one phase must explain a detector's hits better than that of any other.</summary>
    public const double DisplayClearly = 1.15;

    /// <summary>Vehicles may still leave this long after the begin of red; later ones turned right on red or lie upstream.</summary>
    public const long DeepRedMs = 3_000;

    /// <summary>A detector whose hits end in red more often than this is not at the stop bar of a phase.</summary>
    public const double DeparturesInRed = 0.12;

    /// <summary>Longest on-time of nine hits in ten at a detector that counts passages and never holds a presence.</summary>
    public const long PulseMs = 1_000;

    /// <summary>Longest travel time between two detectors of a lane that is looked for.</summary>
    public const long LongestLagMs = 30_000;

    /// <summary>Resolution of travel times.</summary>
    public const long LagStepMs = 500;

    /// <summary>Actuations per detector that are compared with other detectors: more add nothing but work.</summary>
    public const int MostCompared = 8_000;

    /// <summary>Share of a plan's cycles that must agree for a cycle length or offset to be stated.</summary>
    public const double CyclesAgree = 0.6;
}
