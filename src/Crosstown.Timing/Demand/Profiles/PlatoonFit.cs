namespace Crosstown.Timing.Demand.Profiles;

/// <summary>How platoons travel along a link, fitted to folded counts at both ends.</summary>
/// <param name="TravelS">Mean time from one count to the other, s.</param>
/// <param name="SpreadS">Standard deviation of the time, s.</param>
/// <param name="PlatoonShare">Share of what left upstream that arrives with the platoons.</param>
/// <param name="Fit">Share of the variance of the arrivals that the platoons explain, 0-1.</param>
/// <param name="IsInside">False when the best time lies at an end of what was looked at: it is then not to be trusted.</param>
internal sealed record PlatoonFit(double TravelS, double SpreadS, double PlatoonShare, double Fit, bool IsInside)
{
    /// <summary>Robertson's F for steps of one second that gives the same spread; 1 for no dispersion.</summary>
    public double Smoothing => SpreadS < 0.1 ? 1 : (Math.Sqrt(1 + (4 * SpreadS * SpreadS)) - 1) / (2 * SpreadS * SpreadS);

    private const double StepS = 0.25;
    private const double LongestSpreadS = 10;

    /// <summary>Fits one travel time and one spread to one or several pairs of profiles of the same link.</summary>
    /// <remarks>
    /// Departures are spread by a bell curve round the cycle, and arrivals regressed on them with a constant for what comes from in between. The bell
    /// keeps the mean where it is, which Robertson's one-sided tail would not when fitted itself; his factors follow from mean and spread.
    /// One pair tells the time only up to whole cycles; pairs of different cycles together tell more.
    /// </remarks>
    /// <param name="pairs">Departures and arrivals, folded by the same clock and cycle; at least one.</param>
    /// <param name="leastS">Shortest mean time that is looked at.</param>
    /// <param name="mostS">Longest mean time that is looked at.</param>
    /// <returns>Null when there is nothing to fit.</returns>
    public static PlatoonFit? Of(IReadOnlyList<(CycleProfile Departures, CycleProfile Arrivals)> pairs, double leastS, double mostS)
    {
        var used = pairs.Where(p => p.Departures.CycleS == p.Arrivals.CycleS && p.Departures.Total > 0 && p.Arrivals.Total > 0).ToList();
        var variance = used.Sum(p => Variance(p.Arrivals.Bins));
        if (variance <= 0)
        {
            return null;
        }

        PlatoonFit? best = null;
        for (var spreadS = 0.5; spreadS <= LongestSpreadS; spreadS += spreadS < 4 ? 0.5 : 1)
        {
            var spread = used.Select(p => Spread(p.Departures.Bins, spreadS)).ToList();
            for (var travelS = leastS; travelS <= mostS; travelS += StepS)
            {
                var (error, weighted, weight) = (0.0, 0.0, 0.0);
                for (var i = 0; i < used.Count; i++)
                {
                    var (slope, left) = Regress(spread[i], travelS, used[i].Arrivals.Bins);
                    error += left;
                    weighted += slope * used[i].Departures.Total;
                    weight += used[i].Departures.Total;
                }

                var fit = 1 - (error / variance);
                if (best is null || fit > best.Fit)
                {
                    best = new PlatoonFit(travelS, spreadS, Math.Clamp(weighted / weight, 0, 1), fit, travelS > leastS + 1 && travelS < mostS - 1);
                }
            }
        }

        return best;
    }

    /// <summary>Spreads by a bell curve round the cycle.</summary>
    private static double[] Spread(double[] departures, double spreadS)
    {
        var n = departures.Length;
        var reach = (int)Math.Ceiling(4 * spreadS);
        var weights = Enumerable.Range(-reach, (2 * reach) + 1).Select(d => Math.Exp(-d * d / (2 * spreadS * spreadS))).ToArray();
        var total = weights.Sum();
        var spread = new double[n];
        for (var t = 0; t < n; t++)
        {
            for (var d = -reach; d <= reach; d++)
            {
                spread[(((t + d) % n) + n) % n] += departures[t] * weights[d + reach] / total;
            }
        }

        return spread;
    }

    private static double Variance(double[] values)
    {
        var mean = values.Average();
        return values.Sum(v => (v - mean) * (v - mean));
    }

    /// <summary>Least squares of arrivals on shifted departures and a constant.</summary>
    private static (double Slope, double Error) Regress(double[] departures, double shiftS, double[] arrivals)
    {
        var n = arrivals.Length;
        var whole = (int)Math.Floor(shiftS);
        var part = shiftS - whole;
        var (sumX, sumY, sumXX, sumXY, sumYY) = (0.0, 0.0, 0.0, 0.0, 0.0);
        var at = (((-whole) % n) + n) % n;
        var before = (at + n - 1) % n;
        for (var t = 0; t < n; t++)
        {
            var x = ((1 - part) * departures[at]) + (part * departures[before]);
            var y = arrivals[t];
            before = at;
            at = at + 1 == n ? 0 : at + 1;
            sumX += x;
            sumY += y;
            sumXX += x * x;
            sumXY += x * y;
            sumYY += y * y;
        }

        var xx = sumXX - (sumX * sumX / n);
        var xy = sumXY - (sumX * sumY / n);
        var yy = sumYY - (sumY * sumY / n);
        return xx <= 1e-12 || xy <= 0 ? (0, yy) : (xy / xx, yy - (xy * xy / xx));
    }
}
