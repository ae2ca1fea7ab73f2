using Crosstown.Timing.Intervals;

namespace Crosstown.Timing.Tests.Intervals;

public sealed class ChangeIntervalsTests
{
    [Theory]
    [Trait("rule", "C04")]
    [InlineData("30", "0", "3.2")]
    [InlineData("40", "0", "4.0")]
    [InlineData("45", "0", "4.3")]
    [InlineData("45", "-3", "4.7")]
    [InlineData("55", "0", "5.1")]
    [InlineData("25", "0", "3.0")]
    [InlineData("35", "0", "3.6")]
    [InlineData("45", "-4", "4.8")]
    public void Yellow_follows_speed_and_grade_rounded_up_to_a_tenth(string speedMph, string gradePercent, string yellowS) =>
        Assert.Equal(D(yellowS), ChangeIntervals.YellowS(D(speedMph), D(gradePercent)));

    [Theory]
    [InlineData("45", "0", "4.30")]
    [InlineData("45", "-4", "4.79")]
    [InlineData("35", "0", "3.57")]
    [InlineData("25", "0", "2.83")]
    public void Before_rounding_yellow_is_what_the_formula_gives(string speedMph, string gradePercent, string yellowS) =>
        Assert.Equal(D(yellowS), decimal.Round(ChangeIntervals.UnroundedYellowS(D(speedMph), D(gradePercent)), 2));

    [Fact]
    public void A_tenth_that_the_formula_meets_exactly_is_not_rounded_up()
    {
        // 30 mph are 44 ft/s: 1 + 44/20 is 3.2 to the last digit. 30.001 mph are above it.
        Assert.Equal(3.2m, ChangeIntervals.YellowS(30m, 0m));
        Assert.Equal(3.3m, ChangeIntervals.YellowS(30.000000000000000001m, 0m));
    }

    [Fact]
    public void A_turn_that_slows_from_45_to_20_mph_needs_6_13_seconds_of_yellow() =>
        Assert.Equal(6.2m, ChangeIntervals.TurningYellowS(45m, 20m));

    [Fact]
    public void A_turn_at_its_approach_speed_needs_no_less_than_three_seconds()
    {
        Assert.Equal(3.0m, ChangeIntervals.TurningYellowS(15m, 15m));
        Assert.Equal(ChangeIntervals.YellowS(45m, 0m), ChangeIntervals.TurningYellowS(45m, 45m));
    }

    [Theory]
    [Trait("rule", "C04")]
    [InlineData("84", "45", "0", "1.58", "1.6")]
    [InlineData("84", "45", "1", "0.58", "0.6")]
    [InlineData("24", "30", "0", "1.00", "1.0")]
    public void Red_clearance_lets_a_vehicle_leave_the_conflict(string widthFt, string speedMph, string creditS, string exactS, string redS)
    {
        Assert.Equal(D(exactS), decimal.Round(ChangeIntervals.UnroundedRedClearanceS(D(widthFt), D(speedMph), D(creditS)), 2));
        Assert.Equal(D(redS), ChangeIntervals.RedClearanceS(D(widthFt), D(speedMph), D(creditS)));
    }

    [Fact]
    public void A_credit_never_makes_red_clearance_negative() => Assert.Equal(0m, ChangeIntervals.RedClearanceS(10m, 60m, 1m));

    [Fact]
    [Trait("rule", "C03")]
    public void Without_speed_grade_or_width_there_is_no_answer()
    {
        Assert.Null(ChangeIntervals.YellowS(null, 0m));
        Assert.Null(ChangeIntervals.YellowS(45m, null));
        Assert.Null(ChangeIntervals.TurningYellowS(null, 20m));
        Assert.Null(ChangeIntervals.TurningYellowS(45m, null));
        Assert.Null(ChangeIntervals.RedClearanceS(null, 45m));
        Assert.Null(ChangeIntervals.RedClearanceS(84m, null));
    }

    [Fact]
    public void Nonsense_is_refused_with_its_value()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => ChangeIntervals.YellowS(0m, 0m));
        Assert.Throws<ArgumentOutOfRangeException>(() => ChangeIntervals.YellowS(45m, -32m));
        Assert.Throws<ArgumentOutOfRangeException>(() => ChangeIntervals.RedClearanceS(0m, 45m));
        Assert.Throws<ArgumentOutOfRangeException>(() => ChangeIntervals.RedClearanceS(84m, 0m));
        Assert.Throws<ArgumentOutOfRangeException>(() => ChangeIntervals.RedClearanceS(84m, 45m, 1.1m));
        Assert.Throws<ArgumentOutOfRangeException>(() => ChangeIntervals.RedClearanceS(84m, 45m, -0.1m));
        Assert.Throws<ArgumentOutOfRangeException>(() => ChangeIntervals.TurningYellowS(45m, 46m));
        Assert.Throws<ArgumentOutOfRangeException>(() => ChangeIntervals.TurningYellowS(45m, 0m));
        Assert.Throws<ArgumentOutOfRangeException>(() => ChangeIntervals.TurningYellowS(0m, 0m));
    }

    private static decimal D(string text) => decimal.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
