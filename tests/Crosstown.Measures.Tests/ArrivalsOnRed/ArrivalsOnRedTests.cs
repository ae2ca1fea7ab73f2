using Crosstown.Measures.Options;

namespace Crosstown.Measures.Tests.ArrivalsOnRed;

public sealed class ArrivalsOnRedTests
{
    [Fact]
    public void The_moment_of_a_change_belongs_to_the_new_display()
    {
        // Hits at the begin of red, green, yellow, and of the red after the cycle.
        var row = Assert.Single(Drawn.Rows("arrivals-on-red", "arrivals-on-red", Drawn.Northbound(Drawn.Advance(5)), """
            mark 1s
            phase 2  R10 G20 Y4 R26 G20 Y4 R6
            det 5    .34 # .25 # .19 # .3 # .5
            """));

        Assert.Equal(("3", "1", "1", "1", "1"), (row["arrivals"], row["on_red"], row["on_yellow"], row["on_green"], row["outside_cycles"]));
        Assert.Equal(1.0 / 3, row.Number("share_on_red"));
    }

    [Fact]
    public void An_arrival_counts_in_its_own_bin_though_its_cycle_began_in_another()
    {
        var rows = Drawn.Rows("arrivals-on-red", "arrivals-on-red", Drawn.Northbound(Drawn.Advance(5)), """
            start 2024-01-01T12:14:20Z
            mark 1s
            phase 2  R10 G20 Y4 R26 G20 Y4 R6
            det 5    .36 # .23 # .29
            """);

        Assert.Equal(["2024-01-01T12:00:00.000 1 1", "2024-01-01T12:15:00.000 1 0"], rows.Select(r => $"{r["time"]} {r["arrivals"]} {r["on_red"]}"));
    }

    [Fact]
    public void Cycles_without_vehicles_have_no_share_and_the_peer_s_is_zero()
    {
        const string drawing = """
            mark 1s
            phase 2  R10 G20 Y4 R26 G20 Y4 R6
            """;
        var configuration = Drawn.Northbound(Drawn.Advance(5));

        Assert.True(Assert.Single(Drawn.Rows("arrivals-on-red", "arrivals-on-red", configuration, drawing)).IsNull("share_on_red"));
        Assert.Equal("0.0", Assert.Single(Drawn.Rows("arrivals-on-red", "arrivals-on-red", configuration, drawing, DefinitionSet.Udot5))["share_on_red"]);
    }

    [Fact]
    public void Hourly_figures_rest_on_the_time_that_the_log_saw()
    {
        // One hit on red in 74 s of log: 10 s to 84 s.
        var row = Assert.Single(Drawn.Rows("arrivals-on-red", "arrivals-on-red", Drawn.Northbound(Drawn.Advance(5)), """
            mark 1s
            phase 2  R10 G20 Y4 R26 G20 Y4 R6
            det 5    .40 # .49
            """));

        Assert.Equal(3600.0 / 74, row.Number("on_red_vph"), 9);
    }

    [Fact]
    public void A_plan_s_row_says_how_much_of_its_cycles_was_red()
    {
        var row = Assert.Single(Drawn.Rows("arrivals-on-red", "arrivals-on-red-plans", Drawn.Northbound(Drawn.Advance(5)), """
            mark 1s
            phase 2  R10 G20 Y4 R26 G20 Y4 R6
            """));

        Assert.Equal(0.52, row.Number("red_share"));
        Assert.True(row.IsNull("plan"));
    }
}
