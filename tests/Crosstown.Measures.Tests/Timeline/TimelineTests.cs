using Crosstown.Measures.Options;

namespace Crosstown.Measures.Tests.Timeline;

public sealed class TimelineTests
{
    [Fact]
    public void A_phase_s_service_is_told_interval_by_interval()
    {
        var rows = Ours("phase 2 R5 G10 Y3 C2 R5");

        Assert.Equal(
            ["green 2 12:00:05.000 10.0 true", "yellow 2 12:00:15.000 3.0 true", "red_clearance 2 12:00:18.000 2.0 true", "split 2 12:00:05.000 15.0 true"],
            rows.Select(r => $"{r["class"]} {r["number"]} {r["start_time"][11..]} {r["duration_s"]} {r["is_complete"]}"));
    }

    [Fact]
    public void What_the_log_s_end_leaves_open_is_said_to_be_open()
    {
        var row = Ours("at 5s 102 1\nat 9s 21 2").First(r => r["class"] == "preempt");

        Assert.Equal("true", row["is_open"]);
        Assert.Equal("false", row["is_complete"]);
        Assert.Equal("4.0", row["duration_s"]);
    }

    [Fact]
    public void A_start_logged_twice_makes_the_interval_incomplete()
    {
        const string Drawing = "at 5s 43 2\nat 8s 43 2\nat 12s 44 2";

        var ours = Assert.Single(Ours(Drawing), r => r["class"] == "phase_call");
        Assert.Equal("7.0 false", $"{ours["duration_s"]} {ours["is_complete"]}");

        var odot = Odot(Drawing);
        Assert.Equal(["3.0 false", "4.0 true"], odot.Select(r => $"{r["Duration"]} {r["IsValid"]}"));
    }

    [Fact]
    public void An_end_without_a_start_says_nothing()
    {
        Assert.Empty(Ours("at 5s 44 2\nat 8s 7 2\nat 9s 83 4"));
    }

    [Fact]
    public void A_detector_fault_lasts_until_the_detector_is_restored()
    {
        var row = Assert.Single(Ours("at 5s 88 14\nat 65s 83 14"));

        Assert.Equal("detector_fault_erratic 14 60.0", $"{row["class"]} {row["number"]} {row["duration_s"]}");
    }

    [Fact]
    public void Alarms_of_one_report_are_told_bit_by_bit()
    {
        var rows = Ours("at 0s 174 3\nat 10s 174 2\nat 30s 174 0");

        Assert.Equal(["cycle_fault 10.0", "coordination_fault 30.0"], rows.Select(r => $"{r["class"]} {r["duration_s"]}"));
    }

    [Fact]
    public void Oregon_s_table_draws_a_moment_and_leaves_out_the_shortest()
    {
        var rows = Odot("at 0s 131 5\nat 10s 43 2\nat 10.1s 44 2\nat 20s 43 2\nat 20.2s 44 2");

        Assert.Equal(["Pattern Change 60.0 5", "Phase Call 0.2 2"], rows.Select(r => $"{r["EventClass"]} {r["Duration"]} {r["EventValue"]}"));
    }

    [Fact]
    public void A_wait_begins_with_the_first_call_and_ends_with_the_green()
    {
        const string Drawing = "phase 2 R20 G10 Y3 R5\nat 5s 43 2\nat 9s 43 2";

        Assert.Equal("15.0", Assert.Single(Ours(Drawing), r => r["class"] == "phase_wait")["duration_s"]);
        Assert.Equal("11.0", Assert.Single(Odot(Drawing), r => r["EventClass"] == "Phase Wait")["Duration"]);
    }

    [Fact]
    public void A_transition_lasts_until_the_next_state()
    {
        var row = Assert.Single(Ours("at 0s 150 1\nat 10s 150 3\nat 40s 150 1"));

        Assert.Equal("transition_subtract  30.0", $"{row["class"]} {row["number"]} {row["duration_s"]}");
    }

    private static IReadOnlyList<Drawn.Row> Ours(string drawing) => Drawn.Rows("timeline", "timeline", drawing);

    private static IReadOnlyList<Drawn.Row> Odot(string drawing) =>
        Drawn.Rows("timeline", "timeline", drawing, set: DefinitionSet.Odot21);
}
