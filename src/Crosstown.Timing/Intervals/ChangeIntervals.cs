namespace Crosstown.Timing.Intervals;

/// <summary>How long yellow and red clearance have to be. Speeds in mph, grades in percent (downhill negative), lengths in ft, answers in s.</summary>
/// <remarks>
/// ITE RP-040B, NCHRP 731, MUTCD 11th ed. 4F.17. Exact decimals: a limit that a tenth meets exactly is met, and one that it misses by any
/// amount is rounded up. An unknown speed, grade or width gives null, never a default: who asks then lacks a fact.
/// </remarks>
public static class ChangeIntervals
{
    /// <summary>Shortest yellow whatever the speed, s (MUTCD 4F.17).</summary>
    public const decimal MinimumYellowS = 3.0m;

    /// <summary>Longest yellow, s (MUTCD 4F.17).</summary>
    public const decimal MaximumYellowS = 6.0m;

    /// <summary>Longest red clearance, s (MUTCD 4F.17).</summary>
    public const decimal MaximumRedClearanceS = 6.0m;

    /// <summary>Perception and reaction of a driver who sees yellow, s.</summary>
    public const decimal ReactionS = 1.0m;

    /// <summary>Deceleration that a driver accepts, ft/s².</summary>
    public const decimal DecelerationFtPerS2 = 10m;

    /// <summary>ft/s².</summary>
    public const decimal GravityFtPerS2 = 32.2m;

    /// <summary>Length of a vehicle, ft.</summary>
    public const decimal VehicleLengthFt = 20m;

    /// <summary>What an 85th percentile lies above the posted limit where it was not measured, mph (NCHRP 731).</summary>
    public const decimal AboveLimitMph = 7m;

    /// <summary>The yellow that speed and grade need, rounded up to a tenth and at least 3 s; null when either is unknown.</summary>
    /// <remarks>More than <see cref="MaximumYellowS"/> is possible: no legal yellow then suffices, and the speed has to come down.</remarks>
    /// <param name="speedMph">85th-percentile approach speed, above 0.</param>
    /// <param name="gradePercent">Grade toward the stop line; -4 falls four feet in a hundred. Above -31, where no vehicle could stop.</param>
    public static decimal? YellowS(decimal? speedMph, decimal? gradePercent)
    {
        if (speedMph is not { } speed || gradePercent is not { } grade)
        {
            return null;
        }

        var (feet, per) = Stopping(speed, grade);
        return Math.Max(MinimumYellowS, ReactionS + RoundUpToTenth(feet, per));
    }

    /// <summary>The same before rounding and without the 3 s bound.</summary>
    public static decimal UnroundedYellowS(decimal speedMph, decimal gradePercent)
    {
        var (feet, per) = Stopping(speedMph, gradePercent);
        return ReactionS + (feet / per);
    }

    /// <summary>
    /// The yellow of a turning movement that slows to its entry speed by the line (ITE 2020, extended kinematic equation), rounded up to a tenth and at least 3 s;
    /// null when a speed is unknown. Longer than <see cref="YellowS"/> would give for the entry speed alone; an agency's policy says whether it is used.
    /// </summary>
    /// <param name="entrySpeedMph">Speed at which the intersection is entered, above 0 and at most the approach speed.</param>
    public static decimal? TurningYellowS(decimal? speedMph, decimal? entrySpeedMph)
    {
        if (speedMph is not { } speed || entrySpeedMph is not { } entry)
        {
            return null;
        }

        Require(speed > 0 && entry > 0 && entry <= speed, nameof(entrySpeedMph), entry, "An entry speed is above 0 and at most the approach speed.");
        var feet = (speed - (entry / 2)) * 22;
        return Math.Max(MinimumYellowS, ReactionS + RoundUpToTenth(feet, 15 * DecelerationFtPerS2));
    }

    /// <summary>The red clearance that lets a vehicle at the end of yellow leave the conflict, rounded up to a tenth; null when speed or width is unknown.</summary>
    /// <param name="widthFt">From the stop line to the far side of the farthest conflict, above 0.</param>
    /// <param name="startCreditS">Start-up time of the conflicting traffic that policy lets count, 0-1 s. The guard gives none.</param>
    public static decimal? RedClearanceS(decimal? widthFt, decimal? speedMph, decimal startCreditS = 0)
    {
        if (widthFt is not { } width || speedMph is not { } speed)
        {
            return null;
        }

        Require(startCreditS is >= 0 and <= 1, nameof(startCreditS), startCreditS, "A start-up credit is 0-1 s.");
        var (feet, per) = Crossing(width, speed);
        return Math.Max(0, RoundUpToTenth(feet - (startCreditS * per), per));
    }

    /// <summary>The same before rounding.</summary>
    public static decimal UnroundedRedClearanceS(decimal widthFt, decimal speedMph, decimal startCreditS = 0)
    {
        var (feet, per) = Crossing(widthFt, speedMph);
        return (feet / per) - startCreditS;
    }

    /// <summary>Seconds as a fraction, so that nothing is rounded before the tenth is.</summary>
    private static (decimal Feet, decimal Per) Stopping(decimal speedMph, decimal gradePercent)
    {
        var per = 15 * 2 * (DecelerationFtPerS2 + (GravityFtPerS2 * gradePercent / 100));
        Require(speedMph > 0, nameof(speedMph), speedMph, "A speed is above 0 mph.");
        Require(per > 0, nameof(gradePercent), gradePercent, "On this grade no vehicle could stop.");
        return (speedMph * 22, per);
    }

    private static (decimal Feet, decimal Per) Crossing(decimal widthFt, decimal speedMph)
    {
        Require(widthFt > 0, nameof(widthFt), widthFt, "A width is above 0 ft.");
        Require(speedMph > 0, nameof(speedMph), speedMph, "A speed is above 0 mph.");
        return ((widthFt + VehicleLengthFt) * 15, speedMph * 22);
    }

    private static decimal RoundUpToTenth(decimal numerator, decimal denominator) => Tenths.Up(numerator, denominator);

    private static void Require(bool holds, string name, decimal value, string what)
    {
        if (!holds)
        {
            throw new ArgumentOutOfRangeException(name, value, what);
        }
    }
}
