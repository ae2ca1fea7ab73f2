namespace Crosstown.Measures.Tests.PhaseTermination;

public sealed class PhaseTerminationTests
{
    [Theory]
    [InlineData('o', "gap_out")]
    [InlineData('m', "max_out")]
    [InlineData('f', "force_off")]
    [InlineData('Y', "unknown")]
    public void A_green_ends_for_the_reason_that_is_logged_with_it(char ending, string reason)
    {
        var service = Assert.Single(Services($"phase 2 R5 G10 {ending}3 C2 R5"));

        Assert.Equal("2024-01-01T12:00:15.000", service["time"]);
        Assert.Equal(reason, service["reason"]);
        Assert.Equal("1", service["run"]);
    }

    [Fact]
    public void Of_several_reasons_the_last_before_yellow_holds()
    {
        Assert.Equal("force_off", Assert.Single(Services("phase 2 R5 G10 o3 C2 R5\nat 15s 6 2"))["reason"]);
        Assert.Equal("gap_out", Assert.Single(Services("phase 2 R5 G10 o3 C2 R5\nat 9s 5 2"))["reason"]);
    }

    [Fact]
    public void The_third_equal_reason_in_a_row_is_flagged()
    {
        var services = Services("phase 2 R5 G10 m3 C2 R5\nrepeat 4");

        Assert.Equal(["1", "2", "3", "4"], services.Select(s => s["run"]));
        Assert.Equal(["false", "false", "true", "true"], services.Select(s => s["flagged"]));
    }

    [Fact]
    public void Greens_without_a_reason_are_never_flagged()
    {
        Assert.All(Services("phase 2 R5 G10 Y3 C2 R5\nrepeat 5"), s => Assert.Equal("false", s["flagged"]));
    }

    [Fact]
    public void A_bin_counts_reasons_walks_and_lost_yellows()
    {
        var bin = Assert.Single(Drawn.Rows("phase-termination", "phase-termination", "phase 2 R5 G10 o3 R5 G10 m3 R5 G10 R5 G5 f2\nped 2 .5 W7 F5 .20"));

        Assert.Equal("3", bin["services"]);
        Assert.Equal("1", bin["gap_outs"]);
        Assert.Equal("1", bin["max_outs"]);
        Assert.Equal("1", bin["force_offs"]);
        Assert.Equal("1", bin["walks"]);
        Assert.Equal("1", bin["dropped_cycles"]);
    }

    private static IReadOnlyList<Drawn.Row> Services(string drawing) =>
        Drawn.Rows("phase-termination", "phase-terminations", drawing);
}
