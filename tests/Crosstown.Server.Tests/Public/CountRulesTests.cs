using System.Collections.Immutable;
using Crosstown.Core.Privacy;
using Crosstown.Core.Street;
using Crosstown.Core.Time;
using Crosstown.Server.Public.Counts;

namespace Crosstown.Server.Tests.Public;

public sealed class CountRulesTests
{
    private const long QuarterMs = 900_000;
    private static readonly TimeRange s_hour = new(0, 4 * QuarterMs);

    [Fact]
    [Trait("rule", "P14")]
    public void An_hour_whose_quarters_all_reach_ten_is_told_by_quarters() =>
        Assert.Equal([10, 11, 12, 13], Close(10, 11, 12, 13).Select(c => c.Count));

    [Fact]
    [Trait("rule", "P14")]
    public void An_hour_with_a_quarter_below_ten_is_told_as_one_figure() => Assert.Equal(48, Assert.Single(Close(20, 9, 10, 9)).Count);

    [Theory]
    [Trait("rule", "P14")]
    [InlineData(3, 3, 3, 0)]
    [InlineData(0, 0, 0, 0)]
    public void An_hour_below_ten_is_withheld_and_so_is_one_without_any(int a, int b, int c, int d)
    {
        var cell = Assert.Single(Close(a, b, c, d));

        Assert.Null(cell.Count);
        Assert.True(cell.IsWithheld);
        Assert.Equal(s_hour, cell.Range);
    }

    [Fact]
    public void An_hour_of_which_nothing_was_seen_has_no_count_and_is_not_withheld()
    {
        var cell = Assert.Single(Close(null, null, null, null));

        Assert.Null(cell.Count);
        Assert.False(cell.IsWithheld);
        Assert.Equal(0, cell.SeenShare);
    }

    [Fact]
    public void A_quarter_that_was_not_seen_is_missing_and_the_rest_says_its_share()
    {
        Assert.Equal([12, null, 14, 15], Close(12, null, 14, 15).Select(c => c.Count));
        Assert.Equal([1.0, 0, 1, 1], Close(12, null, 14, 15).Select(c => c.SeenShare));
        Assert.Equal(0.75, Assert.Single(Close(9, null, 9, 9)).SeenShare);
    }

    [Fact]
    [Trait("rule", "P14")]
    public void A_day_of_calls_is_one_figure_whatever_its_parts_are() =>
        Assert.Equal(200, Assert.Single(CountRules.Close(s_hour, Bins(50, 50, 50, 50), 10, mayShowBins: false)).Count);

    /// <summary>Every hour that four quarters of 0 to 8 can make, with k = 3 and any quarter unseen: all that look alike from outside are put together.</summary>
    [Fact]
    [Trait("rule", "P14")]
    public void Whoever_knows_the_rule_itself_cannot_tell_a_withheld_figure_or_quarter_more_narrowly_than_zero_to_below_k()
    {
        const int k = 3;
        const int most = 8;
        var alike = new Dictionary<string, List<int?[]>>();
        foreach (var quarters in ListAll(most))
        {
            var cells = CountRules.Close(s_hour, Bins(quarters), k, mayShowBins: true);
            var seen = string.Concat(quarters.Select(q => q is null ? '-' : '+'));
            var outside = seen + string.Join(';', cells.Select(c => $"{c.Range.StartMs}-{c.Range.EndMs}={c.Count}{c.IsWithheld}{c.SeenShare}"));
            (alike.TryGetValue(outside, out var list) ? list : alike[outside] = []).Add(quarters);
        }

        foreach (var (outside, inputs) in alike.Where(a => !a.Key.StartsWith("----", StringComparison.Ordinal)))
        {
            if (outside.Contains("=True", StringComparison.Ordinal))
            {
                Assert.Equal(Enumerable.Range(0, k), inputs.Select(i => i.Sum(q => q ?? 0)).Distinct().Order());
            }

            // A larger hour would be cut by the largest quarter that is tried.
            var isWhole = inputs.Select(i => i.Sum(q => q ?? 0)).Distinct().ToArray() is [<= most] && inputs.Count > 1;
            for (var quarter = 0; quarter < 4 && isWhole; quarter++)
            {
                var possible = inputs.Select(i => i[quarter]).Distinct().ToArray();
                Assert.True(possible is [null] || Enumerable.Range(0, k).All(v => possible.Contains(v)), $"{outside}: quarter {quarter} is one of {string.Join(", ", possible)}");
            }
        }

        Assert.True(alike.Count > 100);
    }

    [Fact]
    [Trait("rule", "P14")]
    public void The_solver_finds_a_quarter_that_a_total_gives_away()
    {
        var leaky = new CountSolver([Count(0, 1, 12), Count(1, 1, 11), Count(2, 1, 13), Count(3, 1, null), Count(0, 4, 41)]);

        Assert.Contains(leaky.ListNarrow(), n => n.EndsWith("is 5 to 5", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("rule", "P14")]
    public void The_solver_finds_a_turn_that_an_approach_gives_away_and_hours_that_a_day_gives_away()
    {
        var approach = new CountSolver([Count(0, 4, 30, LaneMovement.Through), Count(0, 4, null, LaneMovement.Left), Count(0, 4, 33, null)]);
        Assert.Contains(approach.ListNarrow(), n => n.EndsWith("is 3 to 3", StringComparison.Ordinal));

        var day = new CountSolver([.. Enumerable.Range(0, 24).Select(h => Count(4 * h, 4, null)), Count(0, 96, 214)]);
        Assert.NotEmpty(day.ListNarrow());
    }

    [Fact]
    [Trait("rule", "P14")]
    public void The_solver_sees_a_figure_that_was_changed_after_it_was_out() => Assert.True(new CountSolver([Count(0, 4, 30), Count(0, 4, 31)]).IsContradictory);

    [Fact]
    [Trait("rule", "P14")]
    public void No_hour_drawn_at_random_can_be_solved()
    {
        for (var seed = 1; seed <= 20; seed++)
        {
            var random = new Random(seed);
            var counts = Enumerable.Range(0, 200).SelectMany(hour =>
            {
                var range = new TimeRange(hour * s_hour.LengthMs, (hour + 1) * s_hour.LengthMs);
                var busy = random.Next(1, 30);
                var bins = Enumerable.Range(0, 4).Select(q => new CountedBin(new TimeRange(range.StartMs + (q * QuarterMs), range.StartMs + ((q + 1) * QuarterMs)), random.Next(busy), 1, 0)).ToArray();
                return CountRules.Close(range, bins, PrivacyLimits.PublicCountMinimum, true)
                    .Select(c => new PublicCount("1", CountSubject.Vehicles, TravelDirection.Northbound, LaneMovement.Left, null, null, c.Range.StartMs, c.Range.EndMs, c.Count, c.IsWithheld, 1, 0));
            }).ToArray();
            var solver = new CountSolver(counts);

            Assert.True(counts.Any(c => c.IsWithheld) && counts.Any(c => c.EndMs - c.StartMs == QuarterMs), $"seed {seed}");
            Assert.False(solver.IsContradictory);
            Assert.True(solver.ListNarrow() is [], $"seed {seed}: {solver.ListNarrow().FirstOrDefault()}");
        }
    }

    private static IEnumerable<int?[]> ListAll(int most)
    {
        var values = Enumerable.Range(0, most + 1).Select(v => (int?)v).Append(null).ToArray();
        return from a in values from b in values from c in values from d in values select new[] { a, b, c, d };
    }

    private static ImmutableArray<PublishedCell> Close(params int?[] quarters) => CountRules.Close(s_hour, Bins(quarters), PrivacyLimits.PublicCountMinimum, mayShowBins: true);

    private static CountedBin[] Bins(params int?[] quarters) =>
        [.. quarters.Select((q, i) => new CountedBin(new TimeRange(i * QuarterMs, (i + 1) * QuarterMs), q, q is null ? 0 : 1, 0))];

    private static PublicCount Count(int quarter, int length, int? count) => Count(quarter, length, count, LaneMovement.Left);

    private static PublicCount Count(int quarter, int length, int? count, LaneMovement? movement) => new(
        "1", CountSubject.Vehicles, TravelDirection.Northbound, movement, null, null, quarter * QuarterMs, (quarter + length) * QuarterMs, count, count is null, 1, 0);
}
