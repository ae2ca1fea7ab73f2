using Crosstown.Core.Controllers;

namespace Crosstown.Timing.Intervals;

/// <summary>How short a green may be, and how long a gap may keep it. Lengths in ft, speeds in mph, answers in s.</summary>
/// <remarks>Signal Timing Manual (NCHRP 812) chapter 6; the least values are rule C07's. What is unknown gives null.</remarks>
public static class GreenIntervals
{
    /// <summary>Least green of a left turn, s.</summary>
    public const decimal LeftTurnS = 5m;

    /// <summary>Least green of a minor street, s.</summary>
    public const decimal MinorS = 7m;

    /// <summary>Least green of an arterial, s.</summary>
    public const decimal MajorS = 10m;

    /// <summary>Space of a standing vehicle, ft.</summary>
    public const decimal StandingVehicleFt = 25m;

    /// <summary>Least time in which a bicycle starts and crosses, before the crossing's own share, s.</summary>
    public const decimal BicycleStartS = 6m;

    /// <summary>ft/s.</summary>
    public const decimal BicycleFtPerS = 14.7m;

    /// <summary>The green that drivers expect; null when the phase's role is unknown.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The role is none that there is.</exception>
    public static decimal? ExpectancyS(PhaseRole? role) => role switch
    {
        null => null,
        PhaseRole.LeftTurn => LeftTurnS,
        PhaseRole.Minor => MinorS,
        PhaseRole.Major => MajorS,
        _ => throw new ArgumentOutOfRangeException(nameof(role), role, "There is no such role."),
    };

    /// <summary>The green that serves the vehicles between an advance detector and the line, rounded up to a tenth; null when the setback is unknown.</summary>
    /// <param name="setbackFt">From the last detector to the stop line, 0 or more. 0, a detector at the line itself, needs nothing.</param>
    public static decimal? QueueS(decimal? setbackFt) => setbackFt switch
    {
        null => null,
        < 0 => throw new ArgumentOutOfRangeException(nameof(setbackFt), setbackFt, "A setback is 0 ft or more."),
        0 => 0,
        { } feet => 3 + Tenths.Up(2 * feet, StandingVehicleFt),
    };

    /// <summary>The green that, with yellow and red clearance, lets a bicycle start and cross; rounded up to a tenth, 0 where the change is long enough; null when unknown.</summary>
    /// <param name="crossingFt">The way of a bicycle from the line to the far side; 0 where none ride.</param>
    /// <param name="changeS">Yellow and red clearance of the phase.</param>
    public static decimal? BicycleS(decimal? crossingFt, decimal changeS) => crossingFt switch
    {
        null => null,
        < 0 => throw new ArgumentOutOfRangeException(nameof(crossingFt), crossingFt, "A crossing is 0 ft or more."),
        0 => 0,
        { } feet => Math.Max(0, BicycleStartS + Tenths.Up(feet, BicycleFtPerS) - changeS),
    };

    /// <summary>The minimum green: the longest of what drivers expect, a queue, bicycles and, on recall, walkers need. Null when any of them is unknown.</summary>
    /// <param name="walkAndClearanceS">Walk and pedestrian clearance where the walk comes with every green, else 0.</param>
    public static decimal? MinimumS(PhaseRole? role, decimal? setbackFt, decimal? bicycleCrossingFt, decimal changeS, decimal walkAndClearanceS) =>
        ExpectancyS(role) is { } expected && QueueS(setbackFt) is { } queue && BicycleS(bicycleCrossingFt, changeS) is { } bicycles
            ? Math.Max(Math.Max(expected, queue), Math.Max(bicycles, walkAndClearanceS))
            : null;

    /// <summary>The passage time that keeps the allowed gap between vehicles, rounded up to a tenth, 0 or more; null when the speed is unknown.</summary>
    /// <param name="allowedGapS">Time between vehicles, front to front past a point, that still keeps the green; 2-3.5 s.</param>
    /// <param name="detectorLengthFt">0 or more; with the vehicle's length it is how far a vehicle drives while it is seen.</param>
    public static decimal? PassageS(decimal allowedGapS, decimal detectorLengthFt, decimal? speedMph)
    {
        if (speedMph is not { } speed)
        {
            return null;
        }

        if (speed <= 0 || detectorLengthFt < 0 || allowedGapS is < 2 or > 3.5m)
        {
            throw new ArgumentOutOfRangeException(nameof(allowedGapS), allowedGapS, $"Gap {allowedGapS} s at {speed} mph over {detectorLengthFt} ft: a gap is 2-3.5 s, a speed above 0, a length 0 or more.");
        }

        var per = speed * 22;
        return Math.Max(0, Tenths.Up((allowedGapS * per) - ((detectorLengthFt + ChangeIntervals.VehicleLengthFt) * 15), per));
    }
}
