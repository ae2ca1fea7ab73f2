using Crosstown.Core;
using Crosstown.Core.Data;
using Crosstown.Timing.Proof;

namespace Crosstown.Timing.Tests.Proof;

public sealed class BeforeAfterTests
{
    // 2024-05-13, a Monday.
    private const int Monday = 19856;

    private static readonly ProofMeasure Delay = new("delay", "s", LowerIsBetter: true);

    /// <summary>Workdays 7:00 to 9:00: a level per weekday, a day's own luck, and noise.</summary>
    private static List<MeasuredBin> Days(RandomNumbers random, int firstDay, int weeks, double change, double dayDeviation = 2, Func<int, double>? level = null) =>
    [
        .. Enumerable.Range(firstDay, 7 * weeks).Where(d => (d - Monday) % 7 < 5).SelectMany(day =>
        {
            var luck = random.Bell(0, dayDeviation);
            return Enumerable.Range(0, 8).Select(b => new MeasuredBin(
                day, 420 + (15 * b), (level?.Invoke((day - Monday) % 7) ?? 40) + change + luck + random.Bell(0, 1), 100 + random.NextInt(50)));
        }).ToList(),
    ];

    [Fact]
    public void A_change_that_helped_is_said_to_have_worked_with_its_size()
    {
        var random = new RandomNumbers(8, 1);
        var result = BeforeAfter.Compare(Days(random, Monday, 3, 0), Days(random, Monday + 28, 3, -8), Delay);

        Assert.Equal(ProofVerdict.Better, result.Verdict);
        Assert.InRange(result.Difference!.Value, -10, -6);
        Assert.True(result.Low < -8 && result.High > -8 && result.High < 0);
        Assert.StartsWith("It worked: delay went from ", result.Sentence, StringComparison.Ordinal);
        Assert.Equal((15, 15, 40), (result.DaysBefore, result.DaysAfter, result.Pairs));
    }

    [Fact]
    public void More_arrivals_on_green_are_better_and_more_delay_is_worse()
    {
        var random = new RandomNumbers(8, 2);
        var (before, after) = (Days(random, Monday, 3, 0), Days(random, Monday + 28, 3, 9));

        Assert.Equal(ProofVerdict.Worse, BeforeAfter.Compare(before, after, Delay).Verdict);
        Assert.Equal(ProofVerdict.Better, BeforeAfter.Compare(before, after, new ProofMeasure("arrivals on green", "%", LowerIsBetter: false)).Verdict);
    }

    [Fact]
    public void Where_nothing_changed_the_interval_holds_zero_nineteen_times_in_twenty()
    {
        var wrong = 0;
        for (var seed = 0; seed < 60; seed++)
        {
            var random = new RandomNumbers(99, seed);
            wrong += BeforeAfter.Compare(Days(random, Monday, 4, 0), Days(random, Monday + 28, 4, 0), Delay, seed: (ulong)seed).Verdict == ProofVerdict.NoDifference ? 0 : 1;
        }

        // One in twenty of sixty is three; a fair interval is wrong nine times or more once in five hundred series.
        Assert.InRange(wrong, 0, 8);
    }

    [Fact]
    public void The_interval_is_as_wide_as_the_spread_of_days_makes_it()
    {
        var random = new RandomNumbers(8, 3);
        var (before, after) = (Days(random, Monday, 8, 0, 3), Days(random, Monday + 56, 8, -1, 3));
        var result = BeforeAfter.Compare(before, after, Delay);

        // Closed form: the difference of two means of day means, weekday effects being none.
        static double Variance(List<MeasuredBin> bins)
        {
            var means = bins.GroupBy(b => b.Day).Select(d => d.Sum(b => b.Value * b.Weight) / d.Sum(b => b.Weight)).ToList();
            var mean = means.Average();
            return means.Sum(m => (m - mean) * (m - mean)) / (means.Count - 1) / means.Count;
        }

        var half = 1.96 * Math.Sqrt(Variance(before) + Variance(after));
        Assert.InRange((result.High - result.Low)!.Value / 2, 0.75 * half, 1.2 * half);
    }

    [Fact]
    public void Only_like_weekdays_are_compared()
    {
        // Mondays are twice as bad. The period after has more of them, and nothing else changed.
        static double Level(int weekday) => weekday == 0 ? 80 : 40;
        var random = new RandomNumbers(8, 4);
        var before = Days(random, Monday, 4, 0, 1, Level).FindAll(b => (b.Day - Monday) % 7 != 0 || b.Day < Monday + 8);
        var after = Days(random, Monday + 28, 4, 0, 1, Level).FindAll(b => (b.Day - Monday) % 7 == 0 || b.Day < Monday + 35);

        Assert.True(after.Average(b => b.Value) - before.Average(b => b.Value) > 8);
        Assert.InRange(BeforeAfter.Compare(before, after, Delay).Difference!.Value, -1.5, 1.5);
    }

    [Fact]
    public void Too_few_days_are_called_too_few()
    {
        var random = new RandomNumbers(8, 5);
        var result = BeforeAfter.Compare(Days(random, Monday, 1, 0).FindAll(b => b.Day < Monday + 2), Days(random, Monday + 28, 1, -20), Delay);

        Assert.Equal(ProofVerdict.TooFew, result.Verdict);
        Assert.Null(result.Difference);
        Assert.StartsWith("It cannot be said whether it worked: 2 days before", result.Sentence, StringComparison.Ordinal);
        Assert.Equal(ProofVerdict.TooFew, BeforeAfter.Compare([], [], Delay).Verdict);
    }

    [Fact]
    public void Days_without_vehicles_weigh_nothing()
    {
        var random = new RandomNumbers(8, 6);
        var (before, after) = (Days(random, Monday, 3, 0), Days(random, Monday + 28, 3, -5));
        List<MeasuredBin> withEmpty = [.. after, .. after.Select(b => new MeasuredBin(b.Day + 7, b.Minute, 9999, 0))];

        Assert.Equal(BeforeAfter.Compare(before, after, Delay), BeforeAfter.Compare(before, withEmpty, Delay));
    }

    [Fact]
    public void What_cannot_be_compared_is_refused_with_every_reason()
    {
        var refused = Assert.Throws<ProblemException>(() => BeforeAfter.Compare(
            [new MeasuredBin(Monday, 420, double.NaN, 1)], [new MeasuredBin(Monday, 420, 1, 1)], Delay, confidence: 1));

        Assert.Equal(["XT696", "XT697", "XT698"], refused.Problems.Select(p => p.Code));
    }
}
