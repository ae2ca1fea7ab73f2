namespace Crosstown.Server.Live;

/// <summary>What a vehicle head shows.</summary>
internal enum HeadState
{
    Green,
    Yellow,
    Red,

    /// <summary>Dark, as the log says of overlaps.</summary>
    Off,
}

/// <summary>What a pedestrian head shows.</summary>
internal enum PedestrianHeadState
{
    Walk,

    /// <summary>Flashing don't walk.</summary>
    Clearance,
    DontWalk,

    /// <summary>Dark.</summary>
    Off,
}

/// <summary>A fault that the cabinet itself reports of a detector (codes 84 to 88, and 91 of a push button).</summary>
internal enum ReportedFault
{
    Other,
    NoActivity,
    OpenLoop,
    ShortedLoop,
    Erratic,
}

/// <summary>Every head and detector of a signal as its log said last; what the log never mentioned is not listed.</summary>
/// <param name="AtMs">The newest event, ms UTC; null without events.</param>
/// <param name="ArrivedMs">When the newest events arrived here, ms UTC; null when none have since the program began.</param>
/// <param name="Pattern">Coordination pattern in force (254 free, 255 flash); null when unknown.</param>
/// <param name="Preempt">The preempt that is asked for or served; null when there is none.</param>
internal sealed record SignalStateAnswer(
    string Signal, long? AtMs, long? ArrivedMs, SignalStatus Status, IReadOnlyList<PhaseState> Phases, IReadOnlyList<PedestrianState> Pedestrians,
    IReadOnlyList<OverlapState> Overlaps, IReadOnlyList<DetectorState> Detectors, IReadOnlyList<DetectorState> Buttons, int? Pattern, int? Preempt);

/// <param name="SinceMs">First event that showed it, ms UTC.</param>
internal sealed record PhaseState(int Phase, HeadState State, long SinceMs);

/// <param name="Overlap">Overlap, A = 1.</param>
/// <param name="SinceMs">First event that showed it, ms UTC.</param>
internal sealed record OverlapState(int Overlap, HeadState State, long SinceMs);

/// <param name="Phase">The phase; null for a pedestrian overlap.</param>
/// <param name="Overlap">The pedestrian overlap, A = 1; null for a phase.</param>
/// <param name="SinceMs">First event that showed it, ms UTC.</param>
internal sealed record PedestrianState(int? Phase, int? Overlap, PedestrianHeadState State, long SinceMs);

/// <param name="IsOn">Null when the log has not said.</param>
/// <param name="SinceMs">Last change, ms UTC; null when the log has not said.</param>
/// <param name="Fault">What the cabinet reports; null for nothing.</param>
internal sealed record DetectorState(int Channel, bool? IsOn, long? SinceMs, ReportedFault? Fault);
