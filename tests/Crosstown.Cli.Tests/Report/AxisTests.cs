using Crosstown.Cli.Report.Drawing;
using Crosstown.Core.Time;
using Crosstown.Logs.Zones;

namespace Crosstown.Cli.Tests.Report;

public sealed class AxisTests
{
    private const long HourMs = 3_600_000;

    [Fact]
    public void Times_stand_in_proportion()
    {
        var axis = new TimeAxis(new TimeRange(0, 4 * HourMs), LocalTimeMap.Utc, 100, 400);

        Assert.Equal(100, axis.At(0));
        Assert.Equal(200, axis.At(HourMs));
        Assert.Equal(500, axis.Clamped(9 * HourMs));
    }

    [Fact]
    public void Labels_are_round_times_of_the_wall_clock()
    {
        var denver = ZoneRules.For("America/Denver").Map;
        var start = new DateTimeOffset(2024, 5, 13, 15, 10, 0, TimeSpan.FromHours(-6)).ToUnixTimeMilliseconds();

        var ticks = new TimeAxis(new TimeRange(start, start + (2 * HourMs)), denver, 0, 800).Ticks(5);

        Assert.Equal(["15:30", "16:00", "16:30", "17:00"], ticks.Select(t => t.Label));
    }

    [Fact]
    [Trait("rule", "R09")]
    public void The_night_when_clocks_go_back_shows_its_hour_twice()
    {
        var denver = ZoneRules.For("America/Denver").Map;
        var start = new DateTimeOffset(2024, 11, 3, 0, 0, 0, TimeSpan.FromHours(-6)).ToUnixTimeMilliseconds();

        var ticks = new TimeAxis(new TimeRange(start, start + (4 * HourMs)), denver, 0, 800).Ticks(5);

        Assert.Equal(["00:00", "01:00", "01:00", "02:00", "03:00"], ticks.Select(t => t.Label));
        Assert.True(ticks[0].IsDay);
        Assert.Equal([0.0, 200, 400, 600, 800], ticks.Select(t => t.At));
    }

    [Fact]
    public void An_empty_span_has_no_axis() =>
        Assert.Throws<ArgumentException>(() => new TimeAxis(new TimeRange(5, 5), LocalTimeMap.Utc, 0, 100));

    [Theory]
    [InlineData(7, 4, 2, 8)]
    [InlineData(230, 5, 50, 250)]
    [InlineData(0.34, 4, 0.1, 0.4)]
    [InlineData(1900, 4, 500, 2000)]
    [InlineData(0, 4, 0.5, 1)]
    public void Numbers_end_at_a_round_one(double most, int ticks, double step, double end)
    {
        var axis = new NumberAxis(most, 100, 100, ticks);

        Assert.Equal(step, axis.Step, 9);
        Assert.Equal(end, axis.Most, 9);
        Assert.Equal(100, axis.At(0));
        Assert.Equal(0, axis.At(end));
    }

    [Fact]
    public void A_number_beyond_the_axis_stands_at_its_end() => Assert.Equal(0, new NumberAxis(10, 100, 100).At(1e9));

    [Fact]
    public void Ticks_carry_as_few_digits_as_they_need() =>
        Assert.Equal(["0", "0.1", "0.2", "0.3", "0.4"], new NumberAxis(0.4, 100, 100).Ticks().Select(t => t.Label));
}
