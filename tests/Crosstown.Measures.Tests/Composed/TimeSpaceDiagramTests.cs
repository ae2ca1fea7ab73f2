using Crosstown.Core.Tables;
using Crosstown.Measures.Composed.TimeSpaceDiagram;
using static Crosstown.Measures.Tests.Composed.Rows;

namespace Crosstown.Measures.Tests.Composed;

public sealed class TimeSpaceDiagramTests
{
    private static readonly TimeSpaceDiagramMeasure Measure = new();

    [Fact]
    public void A_green_s_front_and_back_reach_the_next_signal_after_the_travel_time()
    {
        var greens = Rows.Of("time-space-bands", "time end group number", [MondayMs, MondayMs + 20_000, "phase", 2], [MondayMs + 5000, null, "phase", 6], [MondayMs + 6000, MondayMs + 9000, "phase", 4]);

        var rows = Compose(Measure, i => i with { Corridor = Street("a", "b", "c") }, ("b", greens))["time-space-diagram", "signal position direction distance_ft next_distance_ft front_at_next back_at_next"];

        Assert.Equal(
            [
                "b 2 forward 1320.0 2640.0 2024-01-01T00:00:30.000 2024-01-01T00:00:50.000",
                "b 2 backward 1320.0 0.0 2024-01-01T00:00:35.000 -",
            ],
            rows);
    }

    [Fact]
    public void Greens_that_begin_a_travel_time_apart_pass_their_whole_length()
    {
        var rows = Compose(Measure, i => i with { Corridor = Street("a", "b") }, ("a", Timing(10, 20)), ("b", Timing(40, 20)))["time-space-average", "direction band_s efficiency attainability"];

        // Backward: b leaves at 40, is at a at 70 = 10 of the 60 s cycle: green too.
        Assert.Equal(["forward 20.0 0.3333333333333333 1.0", "backward 20.0 0.3333333333333333 1.0"], rows);
    }

    [Fact]
    public void A_late_green_downstream_narrows_the_band_and_the_corridor_s_band_is_no_wider_than_a_link_s()
    {
        var rows = Compose(
            Measure, i => i with { Corridor = Street("a", "b", "c") }, ("a", Timing(10, 20)), ("b", Timing(45, 20)), ("c", Timing(20, 20)))["time-space-average", "first_position last_position direction band_s"];

        // Forward: b begins 5 s late: 15 s. c is reached at 10 + 60 = 70 = 10, begins at 20, 10 s late against a, 5 s against b: 15 and through all 10.
        Assert.Contains("1 2 forward 15.0", rows);
        Assert.Contains("2 3 forward 15.0", rows);
        Assert.Contains("1 3 forward 10.0", rows);
    }

    [Fact]
    public void A_green_across_the_turn_of_the_cycle_is_one_green()
    {
        var rows = Compose(Measure, i => i with { Corridor = Street("a", "b") }, ("a", Timing(50, 20)), ("b", Timing(20, 20)))["time-space-average", "direction band_s"];

        Assert.Equal(["forward 20.0", "backward 20.0"], rows);
    }

    [Fact]
    public void Greens_that_never_meet_have_no_band() => Assert.Contains(
        "forward 0.0",
        Compose(Measure, i => i with { Corridor = Street("a", "b") }, ("a", Timing(10, 20)), ("b", Timing(10, 20)))["time-space-average", "direction band_s"]);

    [Fact]
    public void Signals_with_different_cycle_lengths_have_no_band() => Assert.Empty(
        Compose(Measure, i => i with { Corridor = Street("a", "b") }, ("a", Timing(10, 20)), ("b", Timing(10, 20, cycleS: 90)))["time-space-average", "band_s"]);

    [Fact]
    public void Without_a_speed_nothing_is_said_of_the_next_signal()
    {
        var street = Street("a", "b");
        street = street with { Signals = [street.Signals[0] with { SpeedMphToNext = null }, street.Signals[1]] };
        var greens = Rows.Of("time-space-bands", "time end group number", [MondayMs, MondayMs + 20_000, "phase", 2]);

        var answer = Compose(Measure, i => i with { Corridor = street }, ("a", greens), ("a", Timing(10, 20)), ("b", Timing(40, 20)));

        Assert.Equal(["- -"], answer["time-space-diagram", "front_at_next back_at_next"]);
        Assert.Empty(answer["time-space-average", "band_s"]);
    }

    private static RowBuffer Timing(double startS, double greenS, double cycleS = 60) => Rows.Of(
        "time-space-timing", "time end phase cycle_s measured_start_s green_s seen_share",
        [MondayMs, MondayMs + DayMs, 2, cycleS, startS, greenS, 1.0], [MondayMs, MondayMs + DayMs, 6, cycleS, startS, greenS, 1.0]);
}
