using Crosstown.Measures.TimeSpace;

namespace Crosstown.Measures.Tests.TimeSpace;

public sealed class TimeSpaceTests
{
    private const string Bands = "time-space-bands";
    private const string Passages = "time-space-passages";
    private const string Timing = "time-space-timing";

    private static readonly TimeSpaceMeasure Measure = new();

    [Fact]
    public void Each_green_is_a_band_in_the_order_of_its_begin()
    {
        var bands = Drawn.Run(Measure, """
            phase 2   RGGGGGGGYYCRR
            phase 4   RRRRRRRRRRRRG
            overlap A RRGGGTTYYCRRR
            """)[Bands, "time group number green_s"];

        Assert.Equal([$"{Drawn.At(1)} phase 2 7.0", $"{Drawn.At(2)} overlap 1 5.0", $"{Drawn.At(12)} phase 4 -"], bands);
    }

    [Fact]
    public void A_green_across_a_gap_in_the_log_has_no_end()
    {
        var bands = Drawn.Run(Measure, """
            mark 1m
            phase 2 RG???????GYRGYR
            """)[Bands, "time end green_s"];

        Assert.Equal([$"{Drawn.At(60)} - -", $"{Drawn.At(720)} {Drawn.At(780)} 60.0"], bands);
    }

    [Fact]
    public void A_green_that_rests_for_more_than_an_hour_is_no_band_and_holds_nothing_up()
    {
        var bands = Drawn.Run(Measure, """
            mark 1m
            phase 2 RG70 YR5
            phase 6 R60 GYR15
            det 1   .#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#
            """)[Bands, "time number green_s"];

        Assert.Equal([$"{Drawn.At(60)} 2 -", $"{Drawn.At(3600)} 6 60.0"], bands);
    }

    [Fact]
    public void A_hit_passes_the_stop_bar_its_travel_time_later_at_what_is_shown_then()
    {
        var passages = Drawn.Run(Measure, """
            phase 2 RRGGGGYYYCRRRRRRRRRRRRRGG
            det 5   #.#.........#............
            """, Streets.OneApproach)[Passages, "time hit channel distance_ft state"];

        // 440 ft at 30 mph, 1.467 ft/s per mph: 9.998 s.
        Assert.Equal([$"{Drawn.At(11.998)} {Drawn.At(2)} 5 440.0 red", $"{Drawn.At(21.998)} {Drawn.At(12)} 5 440.0 red"], passages);
    }

    [Fact]
    public void A_vehicle_that_has_not_arrived_when_the_log_ends_passes_at_an_unknown_display() => Assert.Equal(
        ["unknown"],
        Drawn.Run(Measure, """
            phase 2 RRGGGG
            det 5   ....#.
            """, Streets.OneApproach)[Passages, "state"]);

    [Fact]
    public void A_pattern_s_period_has_its_programmed_timing_and_the_median_green()
    {
        // Greens begin at 10, 70 and 130 s: second 10 of a 60 s cycle. At noon, since midnight: 43,200 s, a whole number of cycles.
        var timing = Drawn.Run(Measure, """
            phase 2 R10 G20 Y4 C1 R35 G30 Y4 C1 R25 G40 Y4 C1 R5
            at 1s 131 7
            at 1s 132 60
            at 1s 133 12
            at 1s 135 35
            """, Streets.OneApproach)[Timing, "time pattern phase cycle_s offset_s split_s programmed_start_s measured_start_s green_s greens"];

        Assert.Equal([$"{Drawn.At(1)} 7 2 60.0 12.0 35.0 12.0 10.0 30.0 3"], timing);
    }

    [Fact]
    public void An_offset_to_the_begin_of_yellow_puts_green_its_split_less_clearances_before()
    {
        const string drawing = """
            phase 3 R20 G5 Y3 C1 R31
            phase 2 R30 G20 Y4 C1 R5
            at 1s 131 7
            at 1s 132 60
            at 1s 133 12
            at 1s 135 35
            at 1s 136 9
            """;

        var timing = Drawn.Run(Measure, drawing, Streets.OneApproach, Drawn.With(Measure, ("offset_reference", "BeginYellow")))[Timing, "phase programmed_start_s"];

        // Phase 2: 12 - (35 - 5) = -18 = 42. Phase 3 follows it by a split: 42 + 35 = 77 = 17.
        Assert.Equal(["2 42.0", "3 17.0"], timing);
    }

    [Fact]
    public void A_new_pattern_forgets_the_old_one_s_programmed_values()
    {
        var timing = Drawn.Run(Measure, """
            phase 2 R10 G20 Y4 C1 R35 G30 Y4 C1 R5
            at 1s 131 7
            at 1s 132 60
            at 60s 131 254
            """, Streets.OneApproach)[Timing, "time end pattern cycle_s green_s"];

        Assert.Equal([$"{Drawn.At(1)} {Drawn.At(60)} 7 60.0 20.0", $"{Drawn.At(60)} {Drawn.At(105.001)} 254 - 30.0"], timing);
    }

    [Fact]
    public void Greens_that_begin_around_the_turn_of_the_cycle_have_their_median_there()
    {
        // Seconds 58, 2 and 0 of a 60 s cycle.
        var timing = Drawn.Run(Measure, """
            phase 2 R58 G20 Y4 C1 R39 G20 Y4 C1 R33 G20 Y4 C1 R5
            at 0s 132 60
            """, Streets.OneApproach)[Timing, "measured_start_s"];

        Assert.Equal(["0.0"], timing);
    }

    [Fact]
    [Trait("Category", SharedData.Category)]
    public void A_real_peak_hour_reads_as_it_did_when_it_was_checked()
    {
        var log = EventLog.Read(SharedData.PathTo("data/hires/udot-7185/events_2017-10-17_17h.csv"), onlySignal: "7185").Single();
        var rows = Run.OneShot([Measure], Streets.Utah7185(), log.Value);

        Golden.Check(
            "time-space",
            "Utah signal 7185, 2017-10-17 17-18 h, ATSPM 4 test data: all timing, the first 40 bands and passages",
            [.. rows[Timing], .. rows[Bands].Take(40), .. rows[Passages].Take(40)]);
    }
}
