namespace Crosstown.Measures.Composed.TimeSpaceDiagram;

/// <summary>Greens on the circle of a cycle, and the stretch that they share.</summary>
internal static class Band
{
    /// <summary>The longest stretch of the cycle in which all greens are shown.</summary>
    /// <param name="cycleS">Above 0.</param>
    /// <param name="greens">Each green's begin, any number of cycles off, and its length, at most the cycle.</param>
    /// <returns>Seconds, 0 when nothing is shared, <paramref name="cycleS"/> when all greens last the whole cycle.</returns>
    public static double LongestS(double cycleS, ReadOnlySpan<(double StartS, double LengthS)> greens)
    {
        // A shared stretch begins where one of the greens begins; it lasts until the first of them ends.
        var longest = 0.0;
        foreach (var candidate in greens)
        {
            var shared = cycleS;
            foreach (var green in greens)
            {
                if (green.LengthS >= cycleS)
                {
                    continue;
                }

                var since = (candidate.StartS - green.StartS) % cycleS;
                since = since < 0 ? since + cycleS : since;

                // A begin that rounding puts a hair before the candidate's own is the candidate's own.
                since = cycleS - since < 1e-6 ? 0 : since;
                shared = Math.Min(shared, Math.Max(0, green.LengthS - since));
            }

            longest = Math.Max(longest, shared);
        }

        return Math.Round(longest, 6);
    }
}
