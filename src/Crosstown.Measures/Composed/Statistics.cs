namespace Crosstown.Measures.Composed;

/// <summary>The few robust and classical statistics that composed measures need.</summary>
internal static class Statistics
{
    /// <summary>Standard deviations in a median absolute deviation of normal values.</summary>
    public const double DeviationsPerMad = 1.4826;

    /// <summary>The median; sorts what it is given. Null of nothing.</summary>
    public static double? Median(List<double> values)
    {
        if (values.Count == 0)
        {
            return null;
        }

        values.Sort();
        var middle = values.Count / 2;
        return values.Count % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }

    /// <summary>Median absolute deviation from the median, scaled to a standard deviation. Null of nothing.</summary>
    public static double? RobustDeviation(List<double> values)
    {
        if (Median(values) is not { } median)
        {
            return null;
        }

        return Median([.. values.Select(v => Math.Abs(v - median))]) * DeviationsPerMad;
    }

    /// <summary>GEH statistic with the sign of the difference: how far a count m lies from a model's c, sqrt(2 (m - c)^2 / (m + c)).</summary>
    /// <remarks>Of counts that vary as Poisson does it is nearly a standard normal deviate. 0 when both are 0.</remarks>
    public static double Geh(double count, double model) =>
        count + model <= 0 ? 0 : Math.Sign(count - model) * Math.Sqrt(2 * (count - model) * (count - model) / (count + model));

    /// <summary>Mean and sample standard deviation; the deviation is null of fewer than two values.</summary>
    public static (double Mean, double? Deviation) Spread(IReadOnlyCollection<double> values)
    {
        var mean = values.Average();
        return (mean, values.Count < 2 ? null : Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Count - 1)));
    }

    /// <summary>The chance that a value of Student's t distribution lies below t.</summary>
    /// <param name="freedom">Degrees of freedom, above 0, not necessarily whole.</param>
    public static double StudentBelow(double t, double freedom)
    {
        var tail = IncompleteBeta(freedom / (freedom + (t * t)), freedom / 2, 0.5) / 2;
        return t > 0 ? 1 - tail : tail;
    }

    /// <summary>The t below which a share of Student's t distribution lies.</summary>
    /// <param name="share">Above 0.5 and below 1.</param>
    public static double StudentQuantile(double share, double freedom)
    {
        var (low, high) = (0.0, 1.0);
        while (StudentBelow(high, freedom) < share)
        {
            high *= 2;
        }

        for (var i = 0; i < 200; i++)
        {
            var middle = (low + high) / 2;
            (low, high) = StudentBelow(middle, freedom) < share ? (middle, high) : (low, middle);
        }

        return (low + high) / 2;
    }

    /// <summary>Regularized incomplete beta function by its continued fraction (Abramowitz and Stegun 26.5.8), evaluated the Lentz way.</summary>
    private static double IncompleteBeta(double x, double a, double b)
    {
        if (x is <= 0 or >= 1)
        {
            return x <= 0 ? 0 : 1;
        }

        if (x > (a + 1) / (a + b + 2))
        {
            return 1 - IncompleteBeta(1 - x, b, a);
        }

        const double tiny = 1e-300;
        var front = Math.Exp(LogGamma(a + b) - LogGamma(a) - LogGamma(b) + (a * Math.Log(x)) + (b * Math.Log(1 - x))) / a;
        var (f, c, d) = (1.0, 1.0, 0.0);
        for (var i = 0; i <= 500; i++)
        {
            var m = i / 2;
            var numerator = i == 0 ? 1
                : i % 2 == 0 ? m * (b - m) * x / ((a + (2 * m) - 1) * (a + (2 * m)))
                : -(a + m) * (a + b + m) * x / ((a + (2 * m)) * (a + (2 * m) + 1));
            d = 1 + (numerator * d);
            d = 1 / (Math.Abs(d) < tiny ? tiny : d);
            c = 1 + (numerator / c);
            c = Math.Abs(c) < tiny ? tiny : c;
            f *= c * d;
            if (Math.Abs(1 - (c * d)) < 1e-14)
            {
                break;
            }
        }

        return front * (f - 1);
    }

    /// <summary>Logarithm of the gamma function, by Stirling's series above 10 and recurrence below.</summary>
    private static double LogGamma(double x)
    {
        var shift = 0.0;
        while (x < 10)
        {
            shift += Math.Log(x);
            x++;
        }

        var squared = x * x;
        return ((x - 0.5) * Math.Log(x)) - x + (0.5 * Math.Log(Math.Tau))
            + (((1.0 / 12) - (((1.0 / 360) - ((1.0 / 1260) / squared)) / squared)) / x) - shift;
    }
}
