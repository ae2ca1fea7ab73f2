using Crosstown.Core.Controllers;
using Crosstown.Timing.Intervals;

namespace Crosstown.Timing.Tests.Intervals;

public sealed class GreenIntervalsTests
{
    [Fact]
    [Trait("rule", "C07")]
    public void Drivers_expect_five_seconds_of_a_left_turn_seven_of_a_minor_street_and_ten_of_an_arterial()
    {
        Assert.Equal(5m, GreenIntervals.ExpectancyS(PhaseRole.LeftTurn));
        Assert.Equal(7m, GreenIntervals.ExpectancyS(PhaseRole.Minor));
        Assert.Equal(10m, GreenIntervals.ExpectancyS(PhaseRole.Major));
        Assert.Null(GreenIntervals.ExpectancyS(null));
        Assert.Throws<ArgumentOutOfRangeException>(() => GreenIntervals.ExpectancyS((PhaseRole)9));
    }

    [Fact]
    public void A_queue_of_four_vehicles_before_the_line_needs_eleven_seconds()
    {
        Assert.Equal(11m, GreenIntervals.QueueS(100m));
        Assert.Equal(11.1m, GreenIntervals.QueueS(100.1m));
        Assert.Equal(0m, GreenIntervals.QueueS(0m));
        Assert.Null(GreenIntervals.QueueS(null));
        Assert.Throws<ArgumentOutOfRangeException>(() => GreenIntervals.QueueS(-1m));
    }

    [Fact]
    public void A_bicycle_over_73_5_feet_needs_eleven_seconds_of_which_the_change_counts()
    {
        Assert.Equal(11m - 5.5m, GreenIntervals.BicycleS(73.5m, 5.5m));
        Assert.Equal(0m, GreenIntervals.BicycleS(73.5m, 12m));
        Assert.Equal(0m, GreenIntervals.BicycleS(0m, 1m));
        Assert.Null(GreenIntervals.BicycleS(null, 5m));
        Assert.Throws<ArgumentOutOfRangeException>(() => GreenIntervals.BicycleS(-1m, 5m));
    }

    [Fact]
    [Trait("rule", "C07")]
    public void The_longest_of_expectancy_queue_bicycles_and_walkers_is_the_minimum()
    {
        Assert.Equal(10m, GreenIntervals.MinimumS(PhaseRole.Major, 0m, 0m, 5m, 0m));
        Assert.Equal(15m, GreenIntervals.MinimumS(PhaseRole.Major, 150m, 0m, 5m, 0m));
        Assert.Equal(12m, GreenIntervals.MinimumS(PhaseRole.Minor, 0m, 161.7m, 5m, 0m));
        Assert.Equal(26m, GreenIntervals.MinimumS(PhaseRole.Minor, 50m, 73.5m, 5m, 26m));
    }

    [Fact]
    [Trait("rule", "C03")]
    public void With_any_of_them_unknown_there_is_no_minimum()
    {
        Assert.Null(GreenIntervals.MinimumS(null, 0m, 0m, 5m, 0m));
        Assert.Null(GreenIntervals.MinimumS(PhaseRole.Minor, null, 0m, 5m, 0m));
        Assert.Null(GreenIntervals.MinimumS(PhaseRole.Minor, 0m, null, 5m, 0m));
    }

    [Fact]
    public void Passage_is_the_allowed_gap_less_the_time_over_the_detector()
    {
        // 30 mph are 44 ft/s; 24 ft of detector and 20 ft of vehicle are passed in 1 s.
        Assert.Equal(2m, GreenIntervals.PassageS(3m, 24m, 30m));
        Assert.Equal(2m, GreenIntervals.PassageS(3m, 24m, 30.0m));
        Assert.Equal(2.6m, GreenIntervals.PassageS(3m, 0m, 30m));
        Assert.Equal(0m, GreenIntervals.PassageS(2m, 200m, 10m));
        Assert.Null(GreenIntervals.PassageS(3m, 24m, null));
        Assert.Throws<ArgumentOutOfRangeException>(() => GreenIntervals.PassageS(1.9m, 24m, 30m));
        Assert.Throws<ArgumentOutOfRangeException>(() => GreenIntervals.PassageS(3.6m, 24m, 30m));
        Assert.Throws<ArgumentOutOfRangeException>(() => GreenIntervals.PassageS(3m, -1m, 30m));
        Assert.Throws<ArgumentOutOfRangeException>(() => GreenIntervals.PassageS(3m, 24m, 0m));
    }
}
