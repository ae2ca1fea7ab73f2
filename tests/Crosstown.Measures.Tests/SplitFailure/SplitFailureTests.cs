using Crosstown.Core.Street;
using Crosstown.Measures.Options;

namespace Crosstown.Measures.Tests.SplitFailure;

public sealed class SplitFailureTests
{
    private static readonly SignalConfiguration OneLoop = Drawn.SignalWith(Drawn.Detector(12, 2, DetectorFunctions.StopBarPresence));

    private static readonly SignalConfiguration TwoLoops =
        Drawn.SignalWith(Drawn.Detector(12, 2, DetectorFunctions.StopBarPresence), Drawn.Detector(13, 2, DetectorFunctions.StopBarPresence));

    // Green 5-15 s, yellow to 18 s, red to the next green at 30 s: the first five seconds of red are 18-23 s.
    private const string Phase = "phase 2 R5 G10 Y3 C2 R10 G10\n";

    [Fact]
    public void A_queue_that_covers_the_loop_through_green_and_five_seconds_of_red_is_a_split_failure()
    {
        var cycle = Assert.Single(Cycles(Phase + "det 12 .3 #30 .2"));

        Assert.Equal("2024-01-01T12:00:05.000", cycle["time"]);
        Assert.Equal("10.0", cycle["green_s"]);
        Assert.Equal("1.0", cycle["green_occupancy"]);
        Assert.Equal("1.0", cycle["red_occupancy"]);
        Assert.Equal("true", cycle["failed"]);
        Assert.Equal("0", cycle["repaired_pairs"]);
    }

    [Fact]
    public void A_queue_that_clears_in_green_is_none()
    {
        var cycle = Assert.Single(Cycles(Phase + "det 12 .3 #7 .30"));

        Assert.Equal("0.5", cycle["green_occupancy"]);
        Assert.Equal("0.0", cycle["red_occupancy"]);
        Assert.Equal("false", cycle["failed"]);
    }

    [Fact]
    public void Four_of_five_seconds_of_red_reach_the_threshold_unless_more_is_asked_for()
    {
        var drawing = Phase + "det 12 .3 #19 .15";

        Assert.Equal("true", Assert.Single(Cycles(drawing))["failed"]);
        Assert.Equal("false", Assert.Single(Cycles(drawing, changes: ("threshold_fails", false)))["failed"]);
        Assert.Equal("true", Assert.Single(Cycles(drawing, DefinitionSet.Udot5))["failed"]);
    }

    [Fact]
    public void Two_loops_that_take_turns_cover_the_green_together_but_not_each_alone()
    {
        var drawing = Phase + "det 12 .3 #7 .30\ndet 13 .1 #1 .6 #24 .8";

        Assert.Equal("true", Assert.Single(Cycles(drawing, configuration: TwoLoops))["failed"]);

        var each = Cycles(drawing, configuration: TwoLoops, changes: ("by_detector", true));
        Assert.Equal(["12", "13"], each.Select(c => c["channel"]));
        Assert.Equal(["0.5", "0.7"], each.Select(c => c["green_occupancy"]));
        Assert.All(each, c => Assert.Equal("false", c["failed"]));
    }

    [Fact]
    public void Of_two_ons_in_a_row_each_set_of_definitions_makes_its_own()
    {
        var drawing = Phase + "det 12 .3 #30 .2\nat 9s 82 12";

        var ours = Assert.Single(Cycles(drawing));
        Assert.Equal("1.0", ours["green_occupancy"]);
        Assert.Equal("1", ours["repaired_pairs"]);

        Assert.Equal("0.7", Assert.Single(OdotCycles(drawing))["Green_Occupancy"]);
        Assert.Equal("0.6", Assert.Single(Cycles(drawing, DefinitionSet.Udot5))["green_occupancy"]);
    }

    [Fact]
    public void Of_two_offs_in_a_row_the_halfway_repair_makes_an_actuation()
    {
        // Off at 7 s and again at 13 s: on from 10 s on, says Oregon's package.
        var drawing = Phase + "det 12 .3 #4 .28\nat 13s 81 12\nat 29s 82 12";

        Assert.Equal("0.2", Assert.Single(Cycles(drawing))["green_occupancy"]);
        Assert.Equal("0.5", Assert.Single(OdotCycles(drawing))["Green_Occupancy"]);
    }

    [Fact]
    public void An_off_that_opens_the_log_was_on_from_its_start_for_Utah_and_unknown_for_us()
    {
        var drawing = Phase + "det 12 #20 .20\nat 1s 1 4";

        Assert.Empty(Cycles(drawing));
        var cycle = Assert.Single(Cycles(drawing, DefinitionSet.Udot5));
        Assert.Equal("1.0", cycle["green_occupancy"]);
        Assert.Equal("0.4", cycle["red_occupancy"]);
    }

    [Fact]
    public void Two_ons_within_two_seconds_are_one_after_the_other_for_Oregon_s_package()
    {
        Assert.Equal("1.0", Assert.Single(OdotCycles(Phase + "det 12 .3 #30 .2\nat 5s 82 12"))["Green_Occupancy"]);
    }

    [Fact]
    public void A_cycle_before_the_loops_first_word_is_dropped()
    {
        var bin = Assert.Single(Drawn.Rows("split-failure", "split-failures", Phase + "det 12 .20 #10 .5", OneLoop));

        Assert.Equal("0", bin["cycles"]);
        Assert.Equal("", bin["share_failed"]);
        Assert.Equal("1", bin["dropped_cycles"]);
    }

    [Fact]
    public void A_green_that_comes_back_within_five_seconds_of_red_closes_a_cycle_that_cannot_be_judged()
    {
        Assert.Empty(Cycles("phase 2 R5 G10 Y3 C2 R2 G10 Y3\ndet 12 .3 #25 .7"));
    }

    [Fact]
    public void A_detector_on_for_more_than_half_an_hour_is_a_fault_and_not_a_failure()
    {
        var cycles = Cycles("phase 2 R5 G10 Y3 C2 R10\nrepeat 80\nat 1s 82 12\nat 2390s 81 12");

        Assert.Equal("true", cycles[0]["failed"]);
        Assert.Equal("", cycles[^2]["failed"]);
        Assert.Equal("1", cycles[^2]["faulted_detectors"]);
        Assert.All(Cycles("phase 2 R5 G10 Y3 C2 R10\nrepeat 80\nat 1s 82 12\nat 2390s 81 12", DefinitionSet.Udot5), c => Assert.Equal("true", c["failed"]));
    }

    [Fact]
    public void A_silence_of_the_log_drops_the_cycle_it_falls_into()
    {
        var drawing = "phase 2 R5 G10 ?400 Y3 C2 R10 G10\ndet 12 .3 #4 ?400 .33";

        Assert.Empty(Cycles(drawing));
    }

    [Fact]
    public void Oregon_s_package_says_nothing_detector_by_detector()
    {
        var drawing = Phase + "det 12 .3 #30 .2";

        Assert.Empty(Drawn.Rows("split-failure", "split_failures_by_cycle", drawing, OneLoop, DefinitionSet.Odot21, ("by_detector", true)));
    }

    private static IReadOnlyList<Drawn.Row> Cycles(
        string drawing, DefinitionSet set = DefinitionSet.Crosstown, SignalConfiguration? configuration = null, params ReadOnlySpan<(string, object)> changes) =>
        Drawn.Rows("split-failure", "split-failures-by-cycle", drawing, configuration ?? OneLoop, set, changes);

    private static IReadOnlyList<Drawn.Row> OdotCycles(string drawing) =>
        Drawn.Rows("split-failure", "split_failures_by_cycle", drawing, OneLoop, DefinitionSet.Odot21);
}
