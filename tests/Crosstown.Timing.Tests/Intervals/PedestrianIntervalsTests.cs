using Crosstown.Timing.Intervals;

namespace Crosstown.Timing.Tests.Intervals;

public sealed class PedestrianIntervalsTests
{
    [Fact]
    [Trait("rule", "C06")]
    public void Sixty_feet_take_17_2_seconds_to_clear() => Assert.Equal(17.2m, PedestrianIntervals.ClearanceS(60m));

    [Fact]
    [Trait("rule", "C06")]
    public void Sixty_six_feet_from_the_button_take_22_seconds_in_total() => Assert.Equal(22.0m, PedestrianIntervals.WalkAndClearanceS(66m, 60m));

    [Fact]
    public void A_crossing_of_66_feet_clears_in_19_seconds_and_passes_the_total_check_from_six_feet_behind_the_curb()
    {
        var clearanceS = PedestrianIntervals.ClearanceS(66m);
        Assert.Equal(18.9m, clearanceS);
        Assert.Equal(24m, PedestrianIntervals.WalkAndClearanceS(null, 66m));
        Assert.True(PedestrianIntervals.MinimumWalkS + decimal.Ceiling(clearanceS!.Value) >= 24m);
    }

    [Fact]
    public void Slow_walkers_get_more_and_nobody_is_taken_for_faster()
    {
        Assert.Equal(20m, PedestrianIntervals.ClearanceS(60m, 3.0m));
        Assert.Equal(20m, PedestrianIntervals.ClearanceS(70m));
        Assert.Throws<ArgumentOutOfRangeException>(() => PedestrianIntervals.ClearanceS(60m, 3.6m));
        Assert.Throws<ArgumentOutOfRangeException>(() => PedestrianIntervals.ClearanceS(60m, 0m));
    }

    [Fact]
    [Trait("rule", "C03")]
    public void A_crossing_of_unknown_length_has_no_answer()
    {
        Assert.Null(PedestrianIntervals.ClearanceS(null));
        Assert.Null(PedestrianIntervals.WalkAndClearanceS(null, null));
        Assert.Throws<ArgumentOutOfRangeException>(() => PedestrianIntervals.ClearanceS(0m));
        Assert.Throws<ArgumentOutOfRangeException>(() => PedestrianIntervals.WalkAndClearanceS(0m, null));
    }
}
