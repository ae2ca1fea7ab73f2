using Crosstown.Measures.TimingAndActuation;

namespace Crosstown.Measures.Tests.TimingAndActuation;

public sealed class TimingAndActuationTests
{
    private const string Table = "timing-and-actuation";
    private const string Shown = "time subject number state length_s begins ends";

    private static readonly TimingAndActuationMeasure Measure = new();

    [Fact]
    public void A_phase_shows_green_yellow_red_clearance_and_red_one_after_the_other()
    {
        var bars = Drawn.Run(Measure, "phase 2 RRGGGGYYYCRRR")[Table, Shown];

        Assert.Equal(
            [
                $"{Drawn.At(2)} phase 2 green 4.0 true true",
                $"{Drawn.At(6)} phase 2 yellow 3.0 true true",
                $"{Drawn.At(9)} phase 2 red-clearance 1.0 true true",
            ],
            bars[..3]);
    }

    [Fact]
    public void A_red_that_lasts_until_the_log_ends_has_no_end()
    {
        var bars = Drawn.Run(Measure, """
            phase 2 RGGYCRRRRRRR
            det 4   ..........#.
            """)[Table, "subject state length_s ends"];

        Assert.Equal(["phase green 2.0 true", "phase yellow 1.0 true", "phase red-clearance 1.0 true", "phase red 6.0 false", "detector on 1.0 true"], bars);
    }

    [Fact]
    public void Walk_clearance_overlap_arrow_detector_and_button_each_have_their_bar()
    {
        var bars = Drawn.Run(Measure, """
            phase 2   RRRRRRRRRRRRR
            ped 2     ...WWWFFF....
            overlap A RRGGGTTYYCRRR
            arrow 5   ..##.........
            det 31    .##..........
            button 4  .#...........
            """)[Table, "subject number state length_s"];

        Assert.Equal(
            [
                "detector 31 on 2.0", "push-button 4 on 1.0", "overlap 1 green 3.0", "flashing-yellow-arrow 5 permissive 2.0", "pedestrian 2 walk 3.0",
                "overlap 1 trailing-green 2.0", "pedestrian 2 pedestrian-clearance 3.0", "overlap 1 yellow 2.0", "overlap 1 red-clearance 1.0",
                "pedestrian 2 dont-walk 1.0",
            ],
            bars);
    }

    [Fact]
    public void A_green_across_a_quarter_hour_is_cut_there_and_goes_on()
    {
        var bars = Drawn.Run(Measure, """
            mark 1m
            det 9   .#.#.#.#.#.#.#.#.#.#.
            phase 2 RRRRRRRRRRGGGGGGGGGYR
            """, options: Drawn.With(Measure, ("show_detectors", false)))[Table, "time state length_s begins ends"];

        Assert.Equal([$"{Drawn.At(600)} green 300.0 true false", $"{Drawn.At(900)} green 240.0 false true", $"{Drawn.At(1140)} yellow 60.0 true true"], bars);
    }

    [Fact]
    public void A_green_that_ends_on_the_quarter_hour_itself_ends_there_and_leaves_no_empty_bar()
    {
        var bars = Drawn.Run(Measure, """
            mark 1m
            phase 2 RRRRRRRRRRGGGGGYRRRR
            """)[Table, "time state length_s begins ends"];

        Assert.Equal($"{Drawn.At(600)} green 300.0 true true", bars[0]);
        Assert.Equal($"{Drawn.At(900)} yellow 60.0 true true", bars[1]);
    }

    [Fact]
    public void A_gap_in_the_log_ends_what_was_displayed_without_saying_when()
    {
        var bars = Drawn.Run(Measure, """
            mark 1m
            phase 2 RG?????????GYR
            """)[Table, "time state length_s begins ends seen_share"];

        Assert.DoesNotContain(bars, b => b.Contains("green", StringComparison.Ordinal) && b.Contains("true true", StringComparison.Ordinal));
        Assert.Equal($"{Drawn.At(720)} yellow 60.0 true true 1.0", bars[^1]);
    }

    [Fact]
    public void A_detector_that_reports_on_twice_has_one_bar() => Assert.Equal(
        ["82 on 3.0"],
        Drawn.Run(Measure, """
            at 1s 82 82
            at 2s 82 82
            at 4s 81 82
            """)[Table, "number state length_s"]);

    [Fact]
    public void An_off_without_an_on_has_no_bar() => Assert.Empty(Drawn.Run(Measure, "at 1s 81 5")[Table, "number"]);

    [Fact]
    [Trait("Category", SharedData.Category)]
    public void A_minute_of_a_real_afternoon_reads_as_it_did_when_it_was_checked()
    {
        var log = EventLog.Read(SharedData.PathTo("data/hires/udot-7185/events_2017-10-17_17h.csv"), onlySignal: "7185").Single();
        var rows = Run.OneShot([Measure], Core.Street.SignalConfiguration.Unknown(log.Key), log.Value);

        Golden.Check(
            "timing-and-actuation",
            "Utah signal 7185, 2017-10-17 17:30-17:31, ATSPM 4 test data",
            rows[Table].Where(r => string.CompareOrdinal(r, "2017-10-17T17:30") >= 0 && string.CompareOrdinal(r, "2017-10-17T17:31") < 0));
    }
}
