namespace Crosstown.Measures.Tests.GreenTimeUse;

public sealed class GreenTimeUseTests
{
    private const string OneGreen = """
        mark 1s
        phase 2  R10 G26 Y4 C2 R8 G26 Y4 C2 R4
        det 5    .50 # . # .2 # .19 # .2 # .7
        """;

    [Fact]
    public void Vehicles_fall_into_parts_of_four_seconds_since_green()
    {
        // Green from 50 s to 76 s; vehicles at 50, 52, 55, 75 s, and one in the yellow at 78 s.
        var rows = Drawn.Rows("green-time-use", "green-time-use", Drawn.Northbound(Drawn.Counting(5)), OneGreen);

        Assert.Equal(["0.0 2", "4.0 1", "8.0 0", "12.0 0", "16.0 0", "20.0 0", "24.0 1"], rows.Select(r => $"{r["from_s"]} {r["hits"]}"));
        Assert.All(rows, r => Assert.Equal(("1", "26.0"), (r["services"], r["mean_green_s"])));
    }

    [Fact]
    public void The_programmed_green_is_the_split_less_the_clearance_seen()
    {
        var rows = Drawn.Rows("green-time-use", "green-time-use", Drawn.Northbound(Drawn.Counting(5)), OneGreen + "\nat 0s 131 2\nat 0s 135 40\nat 83s 150 1");

        Assert.All(rows, r => Assert.Equal(("40", "34.0"), (r["programmed_split_s"], r["programmed_green_s"])));
    }

    [Fact]
    public void Without_a_logged_split_there_is_no_programmed_green()
    {
        var rows = Drawn.Rows("green-time-use", "green-time-use", Drawn.Northbound(Drawn.Counting(5)), OneGreen);

        Assert.All(rows, r => Assert.True(r.IsNull("programmed_split_s") && r.IsNull("programmed_green_s")));
    }

    [Fact]
    public void Hits_are_shared_out_over_all_greens_of_the_bin()
    {
        var rows = Drawn.Rows("green-time-use", "green-time-use", Drawn.Northbound(Drawn.Counting(5)), """
            mark 1s
            phase 2  R10 G20 Y4 R16 G20 Y4 R16 G20 Y4 R6
            det 5    .50 # .69
            """);

        Assert.Equal(0.5, rows[0].Number("hits_per_service"));
        Assert.Equal("2", rows[0]["services"]);
    }
}
