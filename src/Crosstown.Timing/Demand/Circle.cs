namespace Crosstown.Timing.Demand;

/// <summary>Arithmetic on places in a cycle.</summary>
internal static class Circle
{
    /// <summary>How far a place lies after another, going forward round the cycle; 0 up to, not including, the cycle.</summary>
    public static long After(long place, long from, long cycle)
    {
        var distance = (place - from) % cycle;
        return distance < 0 ? distance + cycle : distance;
    }

    /// <summary>Shortest way between two places, either way round; 0 to half a cycle.</summary>
    public static long Distance(long a, long b, long cycle)
    {
        var forward = After(a, b, cycle);
        return Math.Min(forward, cycle - forward);
    }

    /// <summary>How strongly values gather at one place of a cycle, 0-1: the length of their mean vector.</summary>
    /// <returns>0 for no values.</returns>
    public static double Concentration(IEnumerable<long> values, long cycle, int harmonic = 1)
    {
        var (x, y, n) = (0.0, 0.0, 0);
        foreach (var value in values)
        {
            var (sin, cos) = Math.SinCos(2 * Math.PI * harmonic * After(value, 0, cycle) / cycle);
            x += cos;
            y += sin;
            n++;
        }

        return n == 0 ? 0 : Math.Sqrt((x * x) + (y * y)) / n;
    }

    /// <summary>The place where most values lie within a narrow window.</summary>
    /// <param name="values">In the unit of <paramref name="cycle"/>, any size; none for no mode.</param>
    /// <param name="cycle">Length of the circle.</param>
    /// <param name="window">Width of the window, far below the cycle.</param>
    public static Mode? ModeOf(IEnumerable<long> values, long cycle, long window)
    {
        var places = values.Select(v => After(v, 0, cycle)).Order().ToArray();
        if (places.Length == 0)
        {
            return null;
        }

        var (bestFrom, bestCount, end) = (0, 0, 0);
        for (var from = 0; from < places.Length; from++)
        {
            end = Math.Max(end, from + 1);
            while (end < from + places.Length && After(places[end % places.Length], places[from], cycle) <= window)
            {
                end++;
            }

            if (end - from > bestCount)
            {
                (bestFrom, bestCount) = (from, end - from);
            }
        }

        // The most frequent value inside the window, not its middle: what is programmed comes up again and again to the tenth.
        var (value, often) = (places[bestFrom], 0);
        for (var i = bestFrom; i < bestFrom + bestCount; i++)
        {
            var candidate = places[i % places.Length];
            var count = 0;
            for (var j = bestFrom; j < bestFrom + bestCount; j++)
            {
                count += places[j % places.Length] == candidate ? 1 : 0;
            }

            if (count > often)
            {
                (value, often) = (candidate, count);
            }
        }

        return new Mode(value, bestCount, places.Length);
    }
}

/// <summary>A value that comes up most often.</summary>
/// <param name="Value">In the unit of what was asked.</param>
/// <param name="Count">How many lie at it, within the window.</param>
/// <param name="Of">How many were looked at.</param>
internal readonly record struct Mode(long Value, int Count, int Of)
{
    /// <summary>0-1.</summary>
    public double Share => Count / (double)Of;
}
