using System.Reflection;
using Crosstown.Core.Privacy;
using Crosstown.Core.Time;

namespace Crosstown.Core.Tests.Privacy;

[Trait("rule", "P11")]
public sealed class SpeedBinsTests
{
    private const long BinMs = 300_000;

    [Fact]
    public void Nine_readings_say_nothing_but_that_there_were_nine()
    {
        var bins = new SpeedBins(LocalTimeMap.Utc, BinMs);
        for (var i = 0; i < 9; i++)
        {
            bins.Add(12, i * 1000, 41.37);
        }

        var bin = Assert.Single(bins.TakeClosed(BinMs));

        Assert.Equal(9, bin.Readings);
        Assert.Null(bin.Values);
    }

    [Fact]
    public void Ten_readings_give_mean_deviation_and_percentiles()
    {
        var bins = new SpeedBins(LocalTimeMap.Utc, BinMs);
        for (var mph = 31; mph <= 40; mph++)
        {
            bins.Add(12, mph * 1000, mph);
        }

        var values = Assert.Single(bins.TakeClosed(BinMs)).Values!.Value;

        Assert.Equal(35.5, values.MeanMph, 12);
        Assert.Equal(Math.Sqrt(82.5 / 9), values.StandardDeviationMph, 12);
        Assert.Equal(32, values.Percentile15Mph);
        Assert.Equal(35, values.MedianMph);
        Assert.Equal(39, values.Percentile85Mph);
    }

    [Fact]
    public void A_bin_below_five_minutes_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new SpeedBins(LocalTimeMap.Utc, BinMs - 1));

    [Fact]
    public void Readings_in_any_order_give_the_same_bins()
    {
        const int seed = 7;
        var random = new Random(seed);
        var readings = Enumerable.Range(0, 400).Select(_ => ((byte)random.Next(1, 4), random.NextInt64(3 * BinMs), random.NextDouble() * 80)).ToArray();
        var expected = Bin(readings);
        random.Shuffle(readings);
        Assert.True(expected.SequenceEqual(Bin(readings)), $"seed {seed}");

        static IReadOnlyList<SpeedBin> Bin((byte Channel, long TimeMs, double Mph)[] readings)
        {
            var bins = new SpeedBins(LocalTimeMap.Utc, BinMs);
            foreach (var (channel, timeMs, mph) in readings)
            {
                bins.Add(channel, timeMs, mph);
            }

            return bins.TakeClosed(3 * BinMs);
        }
    }

    [Fact]
    public void An_open_bin_is_not_handed_over_and_a_closed_one_only_once()
    {
        var bins = new SpeedBins(LocalTimeMap.Utc, BinMs);
        bins.Add(1, 0, 30);
        bins.Add(1, BinMs, 30);

        Assert.Equal(0, Assert.Single(bins.TakeClosed(BinMs)).Time.StartMs);
        Assert.Empty(bins.TakeClosed(BinMs));
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(160.1)]
    [InlineData(double.NaN)]
    public void A_reading_that_is_no_road_speed_is_left_out_and_counted(double mph)
    {
        var bins = new SpeedBins(LocalTimeMap.Utc, BinMs);
        bins.Add(1, 0, mph);

        Assert.Equal(1, bins.LeftOut);
        Assert.Empty(bins.TakeClosed(BinMs));
    }

    [Fact]
    public void A_canary_reading_is_in_no_figure_that_comes_out_and_in_no_field_that_stays()
    {
        const double canary = 87.43;
        var bins = new SpeedBins(LocalTimeMap.Utc, BinMs);
        bins.Add(5, 1234, canary);
        Assert.False(Holds(bins, canary, 0), "the reading stays in memory");
        for (var i = 0; i < 30; i++)
        {
            bins.Add(5, 2000 + i, 30 + (i % 7));
        }

        var bin = Assert.Single(bins.TakeClosed(BinMs));
        Assert.False(Holds(bin, canary, 0), "the reading comes out");
        Assert.Equal(0, bin.Time.StartMs);
    }

    /// <summary>Looks for a speed, or its time in milliseconds, in all fields that an object reaches.</summary>
    private static bool Holds(object? value, double canary, int depth)
    {
        switch (value)
        {
            case null or string or Type or Pointer:
                return false;
            case double real:
                return Math.Abs(real - canary) < 0.001;
            case float real:
                return Math.Abs(real - canary) < 0.001;
            case long whole:
                return whole == 1234;
            case System.Collections.IEnumerable items:
                return depth < 8 && items.Cast<object?>().Any(item => Holds(item, canary, depth + 1));
        }

        return depth < 8 && !value.GetType().IsPrimitive && value.GetType()
            .GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
            .Any(field => Holds(field.GetValue(value), canary, depth + 1));
    }
}
