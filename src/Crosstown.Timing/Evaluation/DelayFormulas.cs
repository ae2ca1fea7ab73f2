namespace Crosstown.Timing.Evaluation;

/// <summary>Closed forms of delay, queue and capacity at a signal.</summary>
/// <remarks>
/// C is the cycle in s, λ the share of it that is effective green, X the degree of saturation (volume over capacity), T a period in h. Volumes, capacities
/// and saturation flows are in veh/h unless a name says otherwise; delays in s per vehicle.
/// </remarks>
public static class DelayFormulas
{
    /// <summary>Webster's cycle of least delay, s.</summary>
    /// <param name="lostS">Lost time per cycle, s, above 0.</param>
    /// <param name="flowRatio">Sum of the critical flow ratios, 0 up to, not including, 1. The formula is trusted up to 0.9.</param>
    /// <exception cref="ArgumentOutOfRangeException">The flow ratio is not in [0, 1): no cycle is long enough.</exception>
    public static double WebsterCycleS(double lostS, double flowRatio)
    {
        CheckFlowRatio(flowRatio, 1);
        return ((1.5 * lostS) + 5) / (1 - flowRatio);
    }

    /// <summary>The shortest cycle that keeps every critical movement at a degree of saturation, s.</summary>
    /// <param name="lostS">Lost time per cycle, s.</param>
    /// <param name="flowRatio">Sum of the critical flow ratios, below <paramref name="targetSaturation"/>.</param>
    /// <param name="targetSaturation">Practical degree of saturation, usually 0.85-0.95.</param>
    /// <exception cref="ArgumentOutOfRangeException">No cycle keeps that degree of saturation.</exception>
    public static double PracticalCycleS(double lostS, double flowRatio, double targetSaturation = 0.9)
    {
        CheckFlowRatio(flowRatio, targetSaturation);
        return lostS / (1 - (flowRatio / targetSaturation));
    }

    /// <summary>Webster's delay, s/veh: uniform, random, and his correction; null at or above capacity, where it has no meaning.</summary>
    public static double? WebsterDelayS(double cycleS, double greenShare, double volumeVehPerHour, double saturation)
    {
        if (saturation >= 1 || volumeVehPerHour <= 0)
        {
            return null;
        }

        var q = volumeVehPerHour / 3600;
        return (cycleS * (1 - greenShare) * (1 - greenShare) / (2 * (1 - (greenShare * saturation))))
            + (saturation * saturation / (2 * q * (1 - saturation)))
            - (0.65 * Math.Cbrt(cycleS / (q * q)) * Math.Pow(saturation, 2 + (5 * greenShare)));
    }

    /// <summary>HCM uniform delay d1, s/veh.</summary>
    public static double UniformDelayS(double cycleS, double greenShare, double saturation) =>
        greenShare >= 1 ? 0 : 0.5 * cycleS * (1 - greenShare) * (1 - greenShare) / (1 - (Math.Min(1, saturation) * greenShare));

    /// <summary>HCM incremental delay d2, s/veh: random arrivals and overflow within the period.</summary>
    /// <param name="saturation">Degree of saturation, 0 or more.</param>
    /// <param name="capacityVehPerHour">Above 0.</param>
    /// <param name="hours">Length of the period.</param>
    /// <param name="incrementalFactor">k: 0.5 for fixed time, less for actuated phases (<see cref="ActuatedFactor"/>).</param>
    /// <param name="upstreamFactor">I: 1 for a signal by itself, less below others (<see cref="UpstreamFactor"/>).</param>
    public static double IncrementalDelayS(double saturation, double capacityVehPerHour, double hours, double incrementalFactor = 0.5, double upstreamFactor = 1)
    {
        var excess = saturation - 1;
        return 900 * hours * (excess + Math.Sqrt((excess * excess) + (8 * incrementalFactor * upstreamFactor * saturation / (capacityVehPerHour * hours))));
    }

    /// <summary>HCM initial queue delay d3, s/veh.</summary>
    /// <param name="queueVeh">Vehicles that wait at the begin of the period.</param>
    public static double InitialQueueDelayS(double queueVeh, double saturation, double capacityVehPerHour, double hours)
    {
        if (queueVeh <= 0)
        {
            return 0;
        }

        var spare = capacityVehPerHour * (1 - Math.Min(1, saturation));
        var t = spare <= 0 ? hours : Math.Min(hours, queueVeh / spare);
        var u = t < hours ? 0 : 1 - (spare * hours / queueVeh);
        return 1800 * queueVeh * (1 + u) * t / (capacityVehPerHour * hours);
    }

    /// <summary>HCM progression factor PF for a uniform delay that was computed for flat arrivals. Never for a delay from a cyclic profile.</summary>
    /// <param name="arrivalOnGreenShare">Share of vehicles that arrive in green, 0-1.</param>
    /// <param name="platoonAdjustment">f_PA of the HCM, about 0.93-1.15; 1 when unknown.</param>
    public static double ProgressionFactor(double arrivalOnGreenShare, double greenShare, double platoonAdjustment = 1) =>
        (1 - arrivalOnGreenShare) * platoonAdjustment / (1 - greenShare);

    /// <summary>HCM k for an actuated phase, 0.04-0.5.</summary>
    /// <param name="passageS">Passage time, s; formula for 2-5 s, held at its value there outside.</param>
    public static double ActuatedFactor(double saturation, double passageS)
    {
        var least = LeastActuatedFactor(passageS);
        return Math.Clamp(((1 - (2 * least)) * (saturation - 0.5)) + least, least, 0.5);
    }

    /// <summary>HCM k_min of a passage time in s, 0.04 or more.</summary>
    public static double LeastActuatedFactor(double passageS)
    {
        var p = Math.Clamp(passageS, 2, 5);
        return Math.Max(0.04, -0.375 + (0.354 * p) - (0.091 * p * p) + (0.00889 * p * p * p));
    }

    /// <summary>HCM I: how much of the randomness a signal upstream has taken out, 0.09-1.</summary>
    /// <param name="upstreamSaturation">Degree of saturation of the movements that feed, weighted by volume.</param>
    public static double UpstreamFactor(double upstreamSaturation) => Math.Max(0.09, 1 - (0.91 * Math.Pow(Math.Min(1, upstreamSaturation), 2.68)));

    /// <summary>Akçelik's mean overflow queue, veh (ARR 123).</summary>
    /// <param name="capacityVehPerS">Veh/s.</param>
    /// <param name="periodS">Length of the period, s.</param>
    /// <param name="vehiclesPerCycle">Saturation flow times effective green: vehicles that one green can pass.</param>
    public static double AkcelikOverflowVeh(double saturation, double capacityVehPerS, double periodS, double vehiclesPerCycle)
    {
        var threshold = 0.67 + (vehiclesPerCycle / 600);
        if (saturation <= threshold)
        {
            return 0;
        }

        var z = saturation - 1;
        var qt = capacityVehPerS * periodS;
        return qt / 4 * (z + Math.Sqrt((z * z) + (12 * (saturation - threshold) / qt)));
    }

    /// <summary>Akçelik's mean delay, s/veh: uniform and overflow part.</summary>
    /// <param name="volumeVehPerS">Veh/s, above 0.</param>
    /// <param name="saturationVehPerS">Veh/s, above the volume.</param>
    public static double AkcelikDelayS(double cycleS, double greenS, double saturationVehPerS, double volumeVehPerS, double periodS)
    {
        var u = greenS / cycleS;
        var y = volumeVehPerS / saturationVehPerS;
        var capacity = saturationVehPerS * u;
        var x = volumeVehPerS / capacity;
        var uniform = x >= 1 ? volumeVehPerS * cycleS * (1 - u) / 2 : volumeVehPerS * cycleS * (1 - u) * (1 - u) / (2 * (1 - y));
        return (uniform + (AkcelikOverflowVeh(x, capacity, periodS, saturationVehPerS * greenS) * x)) / volumeVehPerS;
    }

    /// <summary>TRANSYT's random and oversaturation delay: the mean number of vehicles that wait for it (veh·h per h).</summary>
    public static double TransytOverflowVeh(double volumeVehPerHour, double capacityVehPerHour, double hours)
    {
        var excess = volumeVehPerHour - capacityVehPerHour;
        return hours / 4 * (Math.Sqrt((excess * excess) + (4 * volumeVehPerHour / hours)) + excess);
    }

    /// <summary>Time of green until the queue of flat arrivals is gone, s; the whole green at or above capacity.</summary>
    public static double QueueClearanceS(double cycleS, double greenS, double saturationVehPerS, double volumeVehPerS) =>
        volumeVehPerS * cycleS >= saturationVehPerS * greenS ? greenS : volumeVehPerS * (cycleS - greenS) / (saturationVehPerS - volumeVehPerS);

    /// <summary>Farthest back of the queue of flat arrivals, veh from the stop line.</summary>
    public static double QueueReachVeh(double cycleS, double greenS, double saturationVehPerS, double volumeVehPerS) =>
        volumeVehPerS * (cycleS - greenS + QueueClearanceS(cycleS, greenS, saturationVehPerS, volumeVehPerS));

    /// <summary>Share of flat arrivals that stop, 0-1.</summary>
    public static double StoppedShare(double cycleS, double greenS, double saturationVehPerS, double volumeVehPerS) =>
        (cycleS - greenS + QueueClearanceS(cycleS, greenS, saturationVehPerS, volumeVehPerS)) / cycleS;

    /// <summary>Flow that finds gaps in an opposing flow, veh/h for one lane.</summary>
    /// <param name="opposingVehPerHour">Opposing flow while it runs unblocked, 0 or more.</param>
    /// <param name="criticalGapS">s.</param>
    /// <param name="followUpS">s, above 0.</param>
    public static double PermissiveFlowVehPerHour(double opposingVehPerHour, double criticalGapS = 4.5, double followUpS = 2.5)
    {
        // As the opposing flow goes to 0 the fraction goes to 1 / follow-up; below 1 veh/h that is its value to four digits.
        var v = Math.Max(1, opposingVehPerHour);
        return v * Math.Exp(-v * criticalGapS / 3600) / (1 - Math.Exp(-v * followUpS / 3600));
    }

    /// <summary>Mean wait of walkers who come at any moment of the cycle, s.</summary>
    /// <param name="walkS">Part of the cycle in which they may start.</param>
    public static double PedestrianDelayS(double cycleS, double walkS) =>
        walkS >= cycleS ? 0 : (cycleS - walkS) * (cycleS - walkS) / (2 * cycleS);

    /// <summary>HCM level of service, A to F.</summary>
    public static char LevelOfService(double delayS, double saturation) =>
        saturation > 1 ? 'F' : delayS switch { <= 10 => 'A', <= 20 => 'B', <= 35 => 'C', <= 55 => 'D', <= 80 => 'E', _ => 'F' };

    private static void CheckFlowRatio(double flowRatio, double limit)
    {
        if (!(flowRatio >= 0 && flowRatio < limit))
        {
            throw new ArgumentOutOfRangeException(nameof(flowRatio), flowRatio, $"Flow ratios must sum to 0 or more and below {limit}: no cycle is long enough otherwise.");
        }
    }
}
