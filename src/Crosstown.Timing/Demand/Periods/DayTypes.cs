using System.Collections.Immutable;

namespace Crosstown.Timing.Demand.Periods;

/// <summary>Days whose traffic is alike.</summary>
/// <param name="Name">Such as <c>weekdays</c>, or the days' names.</param>
/// <param name="Days">Days since 1970-01-01 on the local calendar, rising.</param>
public sealed record DayType(string Name, ImmutableArray<int> Days);

/// <summary>Groups days by their volumes over the day.</summary>
internal static class DayTypes
{
    // Fewer days than this say nothing about what is usual: the calendar decides.
    private const int EnoughDays = 4;

    // Two types differ at least by so many times what the most alike days differ by.
    private const double LeastContrast = 3;

    private static readonly string[] Names = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

    /// <summary>Groups days: the most alike first, until groups differ clearly.</summary>
    /// <param name="days">Days since 1970-01-01, rising.</param>
    /// <param name="volumes">By day, then by bin of the day: vehicles; NaN where unknown.</param>
    public static ImmutableArray<DayType> Group(IReadOnlyList<int> days, IReadOnlyList<double[]> volumes)
    {
        var groups = days.Count >= EnoughDays ? ByProfile(days, volumes)
            : [.. days.GroupBy(d => Weekday(d) >= 5).OrderBy(g => g.Key).Select(g => g.ToList())];
        return [.. groups.OrderBy(g => Weekday(g[0]) >= 5).ThenBy(g => g[0]).Select(g => new DayType(NameOf(g, groups), [.. g.Order()]))];
    }

    /// <summary>0 Monday to 6 Sunday.</summary>
    internal static int Weekday(int day) => (int)((((day + 3L) % 7) + 7) % 7);

    private static List<List<int>> ByProfile(IReadOnlyList<int> days, IReadOnlyList<double[]> volumes)
    {
        var n = days.Count;
        var distance = new double[n, n];
        var nearest = new double[n];
        Array.Fill(nearest, double.PositiveInfinity);
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < n; j++)
            {
                distance[i, j] = i == j ? 0 : Distance(volumes[i], volumes[j]);
                if (i != j)
                {
                    nearest[i] = Math.Min(nearest[i], distance[i, j]);
                }
            }
        }

        var usual = nearest.Order().ElementAt((n - 1) / 2);
        var limit = LeastContrast * Math.Max(1, usual);
        var clusters = Enumerable.Range(0, n).Select(i => new List<int> { i }).ToList();
        while (clusters.Count > 1)
        {
            var best = (A: 0, B: 0, Distance: double.PositiveInfinity);
            for (var a = 0; a < clusters.Count; a++)
            {
                for (var b = a + 1; b < clusters.Count; b++)
                {
                    var mean = clusters[a].Average(i => clusters[b].Average(j => distance[i, j]));
                    if (mean < best.Distance)
                    {
                        best = (a, b, mean);
                    }
                }
            }

            if (best.Distance > limit)
            {
                break;
            }

            clusters[best.A].AddRange(clusters[best.B]);
            clusters.RemoveAt(best.B);
        }

        return [.. clusters.Select(c => c.Select(i => days[i]).Order().ToList())];
    }

    /// <summary>Mean squared difference over what counting by chance would make it: 1 for days that are the same but for chance.</summary>
    private static double Distance(double[] a, double[] b)
    {
        var (sum, count) = (0.0, 0);
        for (var i = 0; i < a.Length; i++)
        {
            if (!double.IsNaN(a[i]) && !double.IsNaN(b[i]) && a[i] + b[i] > 0)
            {
                sum += (a[i] - b[i]) * (a[i] - b[i]) / (a[i] + b[i]);
                count++;
            }
        }

        return count == 0 ? 0 : sum / count;
    }

    private static string NameOf(List<int> group, List<List<int>> all)
    {
        var weekdays = group.Select(Weekday).Distinct().Order().ToArray();
        bool Covers(Func<int, bool> kind) =>
            weekdays.All(kind) && all.SelectMany(g => g).Select(Weekday).Where(kind).Distinct().All(weekdays.Contains) && all.Count(g => g.Select(Weekday).Any(kind)) == 1;
        return all.Count == 1 && weekdays.Any(w => w < 5) && weekdays.Any(w => w >= 5) ? "all days"
            : Covers(w => w < 5) ? "weekdays"
            : Covers(w => w >= 5) ? "weekends"
            : string.Join(" ", weekdays.Select(w => Names[w]));
    }
}
