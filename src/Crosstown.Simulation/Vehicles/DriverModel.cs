namespace Crosstown.Simulation.Vehicles;

/// <summary>How a driver keeps a safe speed: the car-following rule of Krauss, in steps.</summary>
/// <remarks>
/// A speed is safe when the driver, who keeps it for the reaction time and then brakes step by step, still stops behind the point where the
/// vehicle ahead would stop if it braked now. Time goes in steps, so braking distances are sums over steps, and the rule is exact for them.
/// </remarks>
internal static class DriverModel
{
    /// <summary>Meters from now to standstill when braking begins in the next step.</summary>
    public static double BrakingM(double speed, double deceleration, double stepS)
    {
        var perStep = deceleration * stepS;
        var steps = Math.Floor(speed / perStep);
        return stepS * ((steps * speed) - (perStep * steps * (steps + 1) / 2));
    }

    /// <summary>The highest safe speed for the next step.</summary>
    /// <param name="gapM">Free way ahead.</param>
    /// <param name="leaderBrakingM">How far the vehicle ahead goes until it stands; 0 for a fixed point.</param>
    public static double SafeSpeed(double gapM, double leaderBrakingM, double deceleration, double reactionS, double stepS)
    {
        var way = gapM + leaderBrakingM;
        if (way <= 0)
        {
            return 0;
        }

        // n whole braking steps fit when n·b·s·reaction + b·s²·n(n-1)/2 is within the way; the rest of the speed follows from what is left.
        var early = reactionS - (stepS / 2);
        var steps = Math.Max(0, Math.Floor((Math.Sqrt((early * early) + (2 * way / deceleration)) - early) / stepS));
        return (way + (deceleration * stepS * stepS * steps * (steps + 1) / 2)) / (reactionS + (steps * stepS));
    }

    /// <summary>Seconds over a way when accelerating to a bound.</summary>
    public static double TravelS(double wayM, double speed, double acceleration, double bound)
    {
        if (wayM <= 0)
        {
            return 0;
        }

        var top = Math.Max(bound, speed);
        var gaining = ((top * top) - (speed * speed)) / (2 * acceleration);
        return gaining >= wayM
            ? (Math.Sqrt((speed * speed) + (2 * acceleration * wayM)) - speed) / acceleration
            : ((top - speed) / acceleration) + ((wayM - gaining) / Math.Max(top, 0.1));
    }

    /// <summary>A number from 0 up to 1 that only the seed, the vehicle's place in the demand and the step decide.</summary>
    public static double Draw(ulong seed, int serial, long step)
    {
        var z = seed + ((ulong)(uint)serial * 0x9E3779B97F4A7C15) + ((ulong)step * 0xD1B54A32D192ED03);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return ((z ^ (z >> 31)) >> 11) * (1.0 / (1UL << 53));
    }
}
