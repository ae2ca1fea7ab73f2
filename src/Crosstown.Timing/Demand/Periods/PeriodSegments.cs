namespace Crosstown.Timing.Demand.Periods;

/// <summary>Cuts a day into periods of like traffic by optimal segmentation.</summary>
internal static class PeriodSegments
{
    // No plan shorter than half an hour: transitions would eat its gain.
    private const int ShortestBins = 2;

    /// <summary>The cut with the least sum of squared differences from each period's means plus a price for every period.</summary>
    /// <param name="volumes">By bin of the day: one figure per lane group, vehicles; null for bins without data.</param>
    /// <param name="isChange">By bin: a plan changes there today, so that another change costs less.</param>
    /// <returns>First and one past the last bin of each period, in order; bins without data belong to none.</returns>
    public static List<(int From, int To)> Cut(IReadOnlyList<double[]?> volumes, IReadOnlyList<bool> isChange)
    {
        var periods = new List<(int From, int To)>();
        for (var from = 0; from < volumes.Count;)
        {
            if (volumes[from] is null)
            {
                from++;
                continue;
            }

            var to = from;
            while (to < volumes.Count && volumes[to] is not null)
            {
                to++;
            }

            periods.AddRange(CutRun([.. volumes.Skip(from).Take(to - from).Select(v => v!)], [.. isChange.Skip(from).Take(to - from)])
                .Select(p => (p.From + from, p.To + from)));
            from = to;
        }

        return periods;
    }

    private static List<(int From, int To)> CutRun(List<double[]> volumes, List<bool> isChange)
    {
        var n = volumes.Count;
        var groups = volumes[0].Length;
        var sums = new double[n + 1, groups];
        var squares = new double[n + 1];
        for (var i = 0; i < n; i++)
        {
            squares[i + 1] = squares[i];
            for (var g = 0; g < groups; g++)
            {
                // The square root of a count varies by chance alike, whether it is large or small.
                var value = 2 * Math.Sqrt(volumes[i][g]);
                sums[i + 1, g] = sums[i, g] + value;
                squares[i + 1] += value * value;
            }
        }

        double Cost(int from, int to)
        {
            var cost = squares[to] - squares[from];
            for (var g = 0; g < groups; g++)
            {
                var sum = sums[to, g] - sums[from, g];
                cost -= sum * sum / (to - from);
            }

            return cost;
        }

        // Chance alone lets each group differ by 1 per bin. Splitting a period must explain more than its means cost (Bayes' criterion) and more than a
        // change of plan costs the street: a fiftieth of what tells the whole day from a flat one.
        var price = (groups * Math.Log(Math.Max(2, n))) + (0.02 * Cost(0, n));
        var best = new double[n + 1];
        var cameFrom = new int[n + 1];
        for (var to = 1; to <= n; to++)
        {
            best[to] = double.PositiveInfinity;
            for (var from = 0; from <= Math.Max(0, to - ShortestBins); from++)
            {
                var value = best[from] + Cost(from, to) + (from == 0 ? 0 : isChange[from] ? 0.25 * price : price);
                if (value < best[to])
                {
                    (best[to], cameFrom[to]) = (value, from);
                }
            }
        }

        var periods = new List<(int From, int To)>();
        for (var to = n; to > 0; to = cameFrom[to])
        {
            periods.Add((cameFrom[to], to));
        }

        periods.Reverse();
        return periods;
    }
}
