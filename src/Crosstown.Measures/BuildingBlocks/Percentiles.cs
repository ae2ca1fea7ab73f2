namespace Crosstown.Measures.BuildingBlocks;

/// <summary>How a percentile that falls between two values is found.</summary>
public enum PercentileRule
{
    /// <summary>Linear between the two values around position (n - 1) x q: the rule of spreadsheets and NumPy. Null without values.</summary>
    Linear,

    /// <summary>ATSPM 5: the value at place n x q counted from 1, linear between places; 0 for two values or fewer.</summary>
    Utah,
}

/// <summary>Percentiles of sorted values.</summary>
public static class Percentiles
{
    /// <summary>A percentile of values in rising order.</summary>
    /// <param name="sorted">Rising.</param>
    /// <param name="percent">0-100.</param>
    /// <returns>In the unit of the values; null without any (0 by <see cref="PercentileRule.Utah"/>).</returns>
    public static double? Of(ReadOnlySpan<int> sorted, int percent, PercentileRule rule)
    {
        var n = sorted.Length;
        if (rule == PercentileRule.Utah && n <= 2)
        {
            return 0;
        }

        if (n == 0)
        {
            return null;
        }

        // Hundredths of a place, so that a whole place is told apart from one that rounding made whole.
        var place = rule == PercentileRule.Utah ? Math.Max(0, (n * percent) - 100) : (n - 1) * percent;
        var lower = Math.Min(place / 100, n - 1);
        var upper = Math.Min(lower + 1, n - 1);
        return sorted[lower] + ((sorted[upper] - sorted[lower]) * (place % 100) / 100.0);
    }
}
