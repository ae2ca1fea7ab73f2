using Crosstown.Core.Street;

namespace Crosstown.Measures.BuildingBlocks;

/// <summary>Moves a hit of an advance detector to the moment at which its vehicle would pass the stop bar.</summary>
public static class Projection
{
    /// <summary>Feet per second in a mile per hour, rounded as Utah DOT's ATSPM does it (exact: 22/15).</summary>
    public const double FeetPerSecondPerMph = 1.467;

    /// <summary>Milliseconds from the logged hit to the arrival: travel time less decision point less latency. May be negative.</summary>
    /// <remarks>
    /// t' = t + distance / (1.467 x mph) - decision point - latency (ATSPM 5, component details). A measured travel time stands in for distance and speed.
    /// Without either there is no travel time, and only the latency is taken off.
    /// </remarks>
    /// <param name="speedLimitMph">Posted speed of the approach; null or 0 when unknown.</param>
    public static double ShiftMs(Detector detector, int? speedLimitMph)
    {
        var travelS = detector.TravelTimeS
            ?? (detector.StopBarDistanceFt is { } feet && speedLimitMph is > 0 ? feet / (FeetPerSecondPerMph * speedLimitMph.Value) : 0);
        return (travelS - detector.DecisionPointS - detector.LatencyS) * 1000;
    }
}
