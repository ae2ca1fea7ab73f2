using System.Globalization;
using Crosstown.Core.Tables;
using Crosstown.Measures.Composed.DetectorModel;
using static Crosstown.Measures.Tests.Composed.Rows;

namespace Crosstown.Measures.Tests.Composed;

public sealed class DetectorModelTests
{
    private const int Bins = 96;
    private const int FaultDay = 21;

    private static readonly DetectorModelMeasure Measure = new();

    [Fact]
    public void Two_weeks_of_counts_are_needed_before_a_day_is_judged()
    {
        var verdicts = Compose(Measure, null, ("a", Weeks(17, (_, _, count) => count)))["detector-days", "verdict"];

        Assert.All(verdicts[..14], v => Assert.Equal("unknown", v));
        Assert.All(verdicts[14..], v => Assert.Equal("healthy", v));
    }

    [Fact]
    public void Steady_traffic_is_expected_to_the_vehicle()
    {
        var expected = Compose(Measure, null, ("a", Weeks(15, (day, bin, _) => Shape(day, bin))))["detector-model", "count expected geh is_anomaly"][^Bins..];

        Assert.All(expected.Select(r => r.Split(' ')), c =>
        {
            Assert.Equal(double.Parse(c[0], CultureInfo.InvariantCulture), double.Parse(c[1], CultureInfo.InvariantCulture), 6);
            Assert.Equal("false", c[3]);
        });
    }

    [Theory]
    [InlineData("dead")]
    [InlineData("missing")]
    [InlineData("frozen")]
    [InlineData("saturated")]
    [InlineData("over")]
    [InlineData("under")]
    [InlineData("shifted")]
    [InlineData("erratic")]
    public void A_broken_day_among_healthy_ones_is_named(string verdict)
    {
        // Seeds are fixed, so that a failure can be run again.
        for (var seed = 1; seed <= 3; seed++)
        {
            var random = new Random(seed);
            var rows = Weeks(
                FaultDay + 1,
                (day, bin, count) => day != FaultDay ? count : verdict switch
                {
                    "dead" => bin is >= 60 and < 80 ? 0 : count,
                    "missing" => bin is >= 40 and < 44 ? null : count,
                    "frozen" => bin is >= 40 and < 50 ? 55 : count,
                    "saturated" => Math.Min(count, 45),
                    "over" => (int)(count * 1.7),
                    "under" => count / 2,
                    "shifted" => Poisson(new Random((seed * 1000) + bin), Shape(day, (bin + Bins - 8) % Bins)),
                    _ => bin is >= 30 and < 60 && random.Next(2) == 0 ? count * 3 : count,
                },
                seed);

            Assert.Equal(verdict, Compose(Measure, null, ("a", rows))["detector-days", "verdict"][FaultDay]);
        }
    }

    [Fact]
    public void Healthy_days_are_rarely_called_broken()
    {
        var verdicts = Compose(Measure, null, Enumerable.Range(1, 10).Select(s => ($"{s}", Weeks(42, (_, _, count) => count, s))))["detector-days", "verdict"];
        var judged = verdicts.Where(v => v != "unknown").ToArray();

        Assert.Equal(280, judged.Length);
        Assert.True(judged.Count(v => v != "healthy") <= 3, string.Join(' ', judged.Where(v => v != "healthy")));
    }

    [Fact]
    public void A_street_that_is_empty_on_all_detectors_is_no_dead_detector()
    {
        (string, RowBuffer)[] Closed(params int[] closed) =>
        [
            .. Enumerable.Range(1, 4).Select(channel => ("a", Channel: channel)).GroupBy(c => c.Item1).Select(_ => (
                "a",
                Rows.Of("detector-volume", "time channel count seen_share faulted_detectors", Cells(
                    FaultDay + 1, [1, 2, 3, 4], (day, bin, channel, count) => day == FaultDay && bin is >= 60 and < 80 && closed.Contains(channel) ? 0 : count)))),
        ];

        Assert.DoesNotContain("dead", Compose(Measure, null, Closed(1, 2, 3, 4))["detector-days", "verdict"]);
        Assert.Equal(["2 dead"], Compose(Measure, null, Closed(2))["detector-days", "channel verdict"].Where(r => r.EndsWith("dead", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(30, "unknown")]
    [InlineData(60, "healthy")]
    public void A_day_that_the_rows_reach_in_part_is_judged_by_what_they_reach_or_not_at_all(int bins, string verdict)
    {
        var rows = Rows.Of("detector-volume", "time channel count seen_share faulted_detectors", Cells(22, [1], (_, _, _, count) => count).Take((21 * Bins) + bins));

        Assert.Equal(verdict, Compose(Measure, null, ("a", rows))["detector-days", "verdict"][21]);
    }

    [Fact]
    public void The_finding_s_bins_are_told()
    {
        var rows = Weeks(FaultDay + 1, (day, bin, count) => day == FaultDay && bin is >= 60 and < 80 ? 0 : count);

        Assert.Equal("2024-01-22T15:00:00.000 2024-01-22T20:00:00.000", Compose(Measure, null, ("a", rows))["detector-days", "from to"][FaultDay]);
    }

    [Fact]
    [Trait("Category", SharedData.Category)]
    public void Injected_faults_in_real_counts_are_found_as_well_as_when_this_was_last_measured()
    {
        // Measured: precision 0.69 (real faults hide in the counts, so this is a lower bound), recall 0.96, right class 0.92.
        var (precision, recall, rightClass) = Faults.Score();

        Assert.True(recall >= 0.95, $"recall {recall:0.000}");
        Assert.True(precision >= 0.65, $"precision {precision:0.000}");
        Assert.True(rightClass >= 0.9, $"right class {rightClass:0.000}");
    }

    /// <summary>Vehicles expected in a bin: two peaks on weekdays, one broad one at the weekend.</summary>
    private static double Shape(int day, int bin)
    {
        var hour = bin / 4.0;
        var isWeekend = day % 7 >= 5;
        static double Peak(double hour, double at, double width, double height) => height * Math.Exp(-(hour - at) * (hour - at) / (2 * width * width));
        return Math.Round(2 + (isWeekend ? Peak(hour, 14, 4, 60) : Peak(hour, 8, 1.5, 70) + Peak(hour, 13, 3, 45) + Peak(hour, 17, 1.5, 80)));
    }

    private static int Poisson(Random random, double mean)
    {
        var (limit, product, n) = (Math.Exp(-mean), random.NextDouble(), 0);
        while (product > limit)
        {
            product *= random.NextDouble();
            n++;
        }

        return n;
    }

    private static RowBuffer Weeks(int days, Func<int, int, int, double?> change, int seed = 1) =>
        Rows.Of("detector-volume", "time channel count seen_share faulted_detectors", Cells(days, [1], (day, bin, _, count) => change(day, bin, count), seed));

    private static IEnumerable<object?[]> Cells(int days, int[] channels, Func<int, int, int, int, double?> change, int seed = 1)
    {
        var random = new Random(seed);
        for (var day = 0; day < days; day++)
        {
            for (var bin = 0; bin < Bins; bin++)
            {
                foreach (var channel in channels)
                {
                    var count = change(day, bin, channel, Poisson(random, Shape(day, bin)));
                    yield return [MondayMs + (day * DayMs) + (bin * 900_000L), channel, count, count is null ? 0.0 : 1.0, 0];
                }
            }
        }
    }
}
