using Crosstown.Core;
using Crosstown.Timing.Demand.Periods;

namespace Crosstown.Timing.Tests.Demand;

public sealed class PeriodTests
{
    // 2024-05-13, a Monday.
    private const int Monday = 19856;

    private static double Poisson(RandomNumbers random, double mean)
    {
        var (count, time) = (0, random.Exponential(1));
        while (time < mean)
        {
            count++;
            time += random.Exponential(1);
        }

        return count;
    }

    private static double[] Day(RandomNumbers random, Func<int, double> mean, double level = 1) =>
        [.. Enumerable.Range(0, 96).Select(b => Poisson(random, level * mean(b)))];

    private static double Workday(int bin) => bin switch { < 24 => 20, < 38 => 240, < 60 => 120, < 74 => 260, < 84 => 100, _ => 30 };

    private static double Weekend(int bin) => bin switch { < 32 => 15, < 80 => 130, _ => 40 };

    [Fact]
    public void Weekdays_and_weekends_are_told_apart_by_their_traffic()
    {
        var random = new RandomNumbers(4, 1);
        var days = Enumerable.Range(Monday, 14).ToList();
        var types = DayTypes.Group(days, [.. days.Select(d => Day(random, DayTypes.Weekday(d) >= 5 ? Weekend : Workday, random.Between(0.96, 1.04)))]);

        Assert.Equal(["weekdays", "weekends"], types.Select(t => t.Name));
        Assert.Equal(10, types[0].Days.Length);
        Assert.All(types[1].Days, d => Assert.True(DayTypes.Weekday(d) >= 5));
    }

    [Fact]
    public void A_holiday_in_the_week_goes_with_the_days_it_is_like()
    {
        var random = new RandomNumbers(4, 2);
        var days = Enumerable.Range(Monday, 14).ToList();
        var types = DayTypes.Group(days, [.. days.Select(d => Day(random, DayTypes.Weekday(d) >= 5 || d == Monday + 2 ? Weekend : Workday))]);

        Assert.Equal(2, types.Length);
        Assert.Contains(types, t => t.Days.Contains(Monday + 2) && t.Days.Contains(Monday + 5) && !t.Days.Contains(Monday));
    }

    [Fact]
    public void Few_days_are_grouped_by_the_calendar()
    {
        var random = new RandomNumbers(4, 3);
        List<int> days = [Monday + 3, Monday + 4, Monday + 5];
        var types = DayTypes.Group(days, [.. days.Select(_ => Day(random, Workday))]);

        Assert.Equal(["weekdays", "weekends"], types.Select(t => t.Name));
    }

    [Fact]
    public void Days_that_differ_by_chance_alone_are_one_type()
    {
        var random = new RandomNumbers(4, 4);
        var days = Enumerable.Range(Monday, 7).ToList();

        Assert.Equal("all days", Assert.Single(DayTypes.Group(days, [.. days.Select(_ => Day(random, Workday))])).Name);
    }

    [Fact]
    public void Periods_begin_where_traffic_changes()
    {
        var random = new RandomNumbers(4, 5);
        double[][] volumes = [.. Enumerable.Range(0, 96).Select(b => new[] { Poisson(random, Workday(b)), Poisson(random, Workday(b) * 0.6), Poisson(random, Workday(b) * 0.2) })];

        Assert.Equal([(0, 24), (24, 38), (38, 60), (60, 74), (74, 84), (84, 96)], PeriodSegments.Cut(volumes, new bool[96]));
    }

    [Fact]
    public void The_best_cut_of_all_is_found()
    {
        // Against every cut of twelve bins into periods of two or more.
        var random = new RandomNumbers(4, 6);
        double[][] volumes = [.. Enumerable.Range(0, 12).Select(b => new[] { Poisson(random, b < 5 ? 40 : b < 9 ? 160 : 70) })];
        var found = PeriodSegments.Cut(volumes, new bool[12]);
        var best = double.PositiveInfinity;
        var bestCut = new List<(int, int)>();
        var whole = Cost(volumes, 0, 12);
        var price = Math.Log(12) + (0.02 * whole);
        for (var mask = 0; mask < 1 << 11; mask++)
        {
            var cut = new List<(int From, int To)>();
            var from = 0;
            for (var b = 1; b <= 12; b++)
            {
                if (b == 12 || (mask >> (b - 1) & 1) != 0)
                {
                    cut.Add((from, b));
                    from = b;
                }
            }

            var cost = cut.Sum(c => Cost(volumes, c.From, c.To)) + (price * (cut.Count - 1));
            if (cut.TrueForAll(c => c.To - c.From >= 2) && cost < best)
            {
                (best, bestCut) = (cost, cut);
            }
        }

        Assert.Equal(bestCut, found);
    }

    private static double Cost(double[][] volumes, int from, int to)
    {
        var values = volumes[from..to].Select(v => 2 * Math.Sqrt(v[0])).ToList();
        var mean = values.Average();
        return values.Sum(v => (v - mean) * (v - mean));
    }

    [Fact]
    public void Flat_traffic_is_one_period_and_hours_without_data_belong_to_none()
    {
        var random = new RandomNumbers(4, 7);
        double[]?[] volumes = [.. Enumerable.Range(0, 96).Select(b => b is < 20 or >= 60 and < 64 ? null : new[] { Poisson(random, 100), Poisson(random, 50) })];

        Assert.Equal([(20, 60), (64, 96)], PeriodSegments.Cut(volumes, new bool[96]));
    }

    [Fact]
    public void Where_a_plan_changes_today_a_smaller_change_of_traffic_is_enough()
    {
        // The same traffic, once with a change of plan at its weakest step.
        double[][] volumes = [.. Enumerable.Range(0, 96).Select(b => new[] { b < 30 ? 100.0 : b < 60 ? 115.0 : 300.0 })];
        var changes = new bool[96];
        changes[30] = true;

        Assert.Equal([(0, 60), (60, 96)], PeriodSegments.Cut(volumes, new bool[96]));
        Assert.Equal([(0, 30), (30, 60), (60, 96)], PeriodSegments.Cut(volumes, changes));
    }
}
