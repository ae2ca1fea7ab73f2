using System.Globalization;
using Crosstown.Measures.Options;

namespace Crosstown.Measures.Tests.CoordinationQuality;

public sealed class CoordinationQualityTests
{
    // Something every four minutes, so that the log is seen throughout.
    private const string Alive = "at 240s 1 2\nat 480s 1 2\nat 720s 1 2\nat 900s 1 2\n";

    [Fact]
    public void Time_in_step_and_in_transition_are_shares_of_the_bin()
    {
        var bin = Ours(Alive + "at 0s 150 1\nat 300s 150 2\nat 450s 150 1")[0];

        Assert.Equal(750 / 900.0, double.Parse(bin["in_step_share"], CultureInfo.InvariantCulture), 12);
        Assert.Equal("150.0", bin["transition_s"]);
        Assert.Equal("0.0", bin["free_share"]);
    }

    [Fact]
    public void Local_and_master_zero_are_moments_and_change_no_state()
    {
        Assert.Equal("1.0", Ours(Alive + "at 0s 150 1\nat 300s 150 5\nat 310s 150 7")[0]["in_step_share"]);
    }

    [Fact]
    public void A_state_that_was_never_logged_is_not_known()
    {
        var bin = Ours(Alive + "at 0s 131 5")[0];

        Assert.Equal("", bin["in_step_share"]);
        Assert.Equal("5", bin["pattern"]);
        Assert.Equal("", bin["cycle_s"]);
    }

    [Fact]
    public void Only_another_pattern_is_a_change()
    {
        Assert.Equal("1", Ours(Alive + "at 0s 131 5\nat 100s 131 5\nat 200s 131 7")[0]["pattern_changes"]);
    }

    [Fact]
    public void The_offset_error_goes_around_the_cycle_the_shorter_way()
    {
        var bin = Ours(Alive + "at 0s 132 100\nat 0s 133 10\nat 60s 318 95\nat 160s 318 15")[0];

        Assert.Equal("10.0", bin["offset_error_s"]);
        Assert.Equal("15", bin["actual_offset_s"]);
    }

    [Fact]
    public void State_and_pattern_go_on_into_the_next_bin()
    {
        var bin = Ours(Alive + "at 0s 131 5\nat 0s 150 1\nat 1100s 1 2\nat 1300s 1 2\nat 1500s 1 2\nat 1799s 1 2")[1];

        Assert.Equal("5", bin["pattern"]);
        Assert.Equal("1.0", bin["in_step_share"]);
        Assert.Equal("0", bin["pattern_changes"]);
    }

    [Fact]
    public void Oregon_s_package_says_nothing_of_bins_without_data()
    {
        Assert.Empty(Drawn.Rows("coordination-quality", "coordination_agg", Alive + "at 0s 131 5", set: DefinitionSet.Odot21));
    }

    private static IReadOnlyList<Drawn.Row> Ours(string drawing) =>
        Drawn.Rows("coordination-quality", "coordination-quality", drawing);
}
