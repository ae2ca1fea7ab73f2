using Crosstown.Measures.Options;
using Crosstown.Tests.Drawing;

namespace Crosstown.Measures.Tests.VolumeToCapacity;

public sealed class VolumeToCapacityTests
{
    private const string OneGreen = """
        mark 1s
        phase 2  R10 G26 Y4 R10 G26 Y4 R6
        det 5    .45 # .4 # .4 # .4 # .4 # .14 # .5
        """;

    [Fact]
    public void What_a_green_lets_through_is_held_against_its_saturation_flow()
    {
        // Green from 50 s; vehicles at 45 (red), 50, 55, 60, 65 and 80 s (the next red).
        var row = Assert.Single(Drawn.Rows("volume-to-capacity", "volume-to-capacity", Drawn.Northbound(Drawn.Counting(5)), OneGreen));

        var capacity = 1900 * 26 / 3600.0;
        Assert.Equal(("1", "4", "1", "0"), (row["cycles"], row["count"], row["lanes"], row["cycles_at_capacity"]));
        Assert.Equal(capacity, row.Number("capacity"), 12);
        Assert.Equal(4 / capacity, row.Number("volume_to_capacity"), 12);
        Assert.Equal(4 / capacity, row.Number("worst_cycle"), 12);
    }

    [Fact]
    public void Two_lanes_carry_twice_as_much()
    {
        var row = Assert.Single(Drawn.Rows("volume-to-capacity", "volume-to-capacity", Drawn.Northbound(Drawn.Counting(5), Drawn.Counting(6, 2)), OneGreen));

        Assert.Equal(2 * 1900 * 26 / 3600.0, row.Number("capacity"), 12);
    }

    [Fact]
    public void Lost_time_is_taken_off_each_green_and_may_leave_nothing()
    {
        var configuration = Drawn.Northbound(Drawn.Counting(5));
        var log = Strip.Read("""
            mark 1s
            phase 2  R10 G26 Y4 R10 G6 Y4 R6
            """);
        var options = new MeasureOptions().With(Drawn.Option("volume-to-capacity", "lost_time_s"), 6);

        var row = Assert.Single(Drawn.Rows("volume-to-capacity", "volume-to-capacity", configuration, log, options));

        Assert.Equal(0, row.Number("green_s"));
        Assert.True(row.IsNull("volume_to_capacity") && row.IsNull("worst_cycle"));
    }
}
