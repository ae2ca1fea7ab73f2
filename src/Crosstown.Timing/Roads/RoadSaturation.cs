using Crosstown.Core.Networks;

namespace Crosstown.Timing.Roads;

/// <summary>Saturation flow and start-up loss of a lane, from how vehicles follow each other.</summary>
/// <remarks>
/// Krauss' model: behind each other at speed v, vehicles keep the time headway and their own length and gap; uneven driving adds 0.1 + 0.6 sigma. Measured on one lane in
/// SUMO 1.15 at limits of 6.5 to 20 m/s and two kinds of car: within 5 % (1.94 s at 13.9 m/s, 2.42 s in a left turn at 7.3 m/s).
/// </remarks>
public static class RoadSaturation
{
    private static readonly VehicleKind Car = new() { Name = "car" };

    /// <summary>Seconds between vehicles of a kind that follow each other over the stop line at a speed.</summary>
    public static double HeadwayS(VehicleKind kind, double speedMps) =>
        kind.HeadwayS + 0.1 + (0.6 * kind.Imperfection) + ((kind.LengthM + kind.StandingGapM) / Math.Min(speedMps, kind.MaximumSpeedMps));

    /// <summary>Vehicles in an hour of green on one lane, cars of 5 m.</summary>
    public static double VehPerHour(double speedMps) => 3600 / HeadwayS(Car, speedMps);

    /// <summary>What a start from standing takes beyond driving on, s.</summary>
    public static double StartLossS(VehicleKind kind, double speedMps) => speedMps / (2 * kind.AccelerationMps2 * (1 - (kind.Imperfection / 2)));

    /// <summary>What the start of a queue takes beyond its headways, s: a queue's first vehicles cross the line while they still speed up.</summary>
    public static double QueueStartLossS(VehicleKind kind, double speedMps) => Math.Max(0, StartLossS(kind, speedMps) - 1.4);
}
