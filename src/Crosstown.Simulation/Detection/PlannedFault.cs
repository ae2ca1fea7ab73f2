using Crosstown.Core.Time;

namespace Crosstown.Simulation.Detection;

/// <summary>How a detector, a button or a clock fails in the simulated town.</summary>
public enum FaultKind
{
    /// <summary>On for the whole time, whatever the traffic does. Reported by the cabinet (87) after ten minutes.</summary>
    StuckOn,

    /// <summary>Off for the whole time. Reported (85) after an hour.</summary>
    StuckOff,

    /// <summary>On and off several times a second. Reported (88) after two minutes.</summary>
    Chattering,

    /// <summary>Misses six of ten vehicles. The cabinet does not notice.</summary>
    LowCounts,

    /// <summary>On and off at random times that have nothing to do with traffic; reported (88) and restored (83) again and again.</summary>
    Erratic,

    /// <summary>A button that presses itself every few seconds. Reported (91) after ten minutes.</summary>
    PedestrianButtonStuck,

    /// <summary>The cabinet's clock is ahead (181 at both ends): all its events carry the wrong time.</summary>
    ClockJump,
}

/// <summary>A fault that the town plans for: the labelled truth that findings are scored against.</summary>
/// <param name="Kind">What fails.</param>
/// <param name="Channel">Detector channel, or pedestrian channel for a button; 0 for the clock.</param>
/// <param name="When">True time during which it is broken.</param>
/// <param name="ClockAheadMs">For a clock jump: how far ahead, a whole tenth of a second above 0; else 0.</param>
public sealed record PlannedFault(FaultKind Kind, byte Channel, TimeRange When, int ClockAheadMs = 0);
