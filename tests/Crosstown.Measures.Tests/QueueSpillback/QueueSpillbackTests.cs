using Crosstown.Measures.QueueSpillback;

namespace Crosstown.Measures.Tests.QueueSpillback;

public sealed class QueueSpillbackTests
{
    private const string Table = "queue-spillback";
    private const string Counts = "cycles queued_cycles queued_at_green blocked_cycles queued_red_s blocked_green_s green_s";

    private static readonly QueueSpillbackMeasure Measure = new();

    [Fact]
    public void A_queue_that_stands_on_the_detector_as_green_begins_reaches_that_far_back()
    {
        var row = Drawn.Run(Measure, """
            phase 2 GYR R20 G20 Y3 C2 R10
            det 5   ...  .10 #15 .33
            """, Streets.OneApproach)[Table, Counts];

        // On from second 13 to 28; red from 2 to 23, green 23 to 43, yellow to 46.
        Assert.Equal(["1 1 1 0 10.0 0.0 20.0"], row);
    }

    [Fact]
    public void Traffic_that_stands_on_the_detector_late_in_green_is_held_up_downstream()
    {
        var row = Drawn.Run(Measure, """
            phase 2 GYR R20 G50 Y3 C2 R10
            det 5   ...  .60 #20 .10
            """, Streets.OneApproach)[Table, Counts + " spatial_index"];

        // On from 63 to 83; green 23 to 73, its later part from 53 on: 10 s blocked.
        Assert.Equal(["1 1 0 1 0.0 10.0 50.0 0.2"], row);
    }

    [Fact]
    public void Vehicles_that_roll_over_the_detector_are_no_queue()
    {
        var row = Drawn.Run(Measure, """
            phase 2 GYR R20 G50 Y3 C2 R10
            det 5   ... #4 .2 #4 .2 #4 .2 #4 .2 #4 .62
            """, Streets.OneApproach)[Table, Counts];

        Assert.Equal(["1 0 0 0 0.0 0.0 50.0"], row);
    }

    [Fact]
    public void A_vehicle_that_covers_the_detector_for_exactly_the_limit_stands() => Assert.Equal(
        ["1 1 0 0 5.0 0.0 50.0"],
        Drawn.Run(Measure, """
            phase 2 GYR R20 G50 Y3 C2 R10
            det 5   ... #5 .80
            """, Streets.OneApproach)[Table, Counts]);

    [Fact]
    public void A_cycle_with_a_gap_in_it_is_left_out_and_counted()
    {
        var rows = Drawn.Run(Measure, """
            mark 1m
            phase 2 GYRG??????GYRGYR
            det 5   ################
            """, Streets.OneApproach)[Table, "time cycles dropped_cycles"];

        // Red begins at minutes 2 (then the gap), 12 (a whole cycle) and 15 (open).
        Assert.Equal([$"{Drawn.At(0)} 1 1"], rows);
    }

    [Fact]
    public void A_phase_that_is_not_served_for_over_an_hour_is_in_no_cycle()
    {
        var rows = Drawn.Run(Measure, """
            mark 1m
            phase 2 GYR70 GYR2
            det 5   .#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.
            """, Streets.OneApproach)[Table, "cycles dropped_cycles"];

        Assert.Equal(["0 1"], rows);
    }

    [Fact]
    public void A_detector_stuck_on_is_told_in_its_row() => Assert.All(
        Drawn.Run(Measure, """
            phase 2 R30 G20 Y3 C2 R5
            repeat 60
            at 1s 82 5
            """, Streets.OneApproach)[Table, "faulted_detectors"][2..],
        faulted => Assert.Equal("1", faulted));

    [Fact]
    public void Without_cycles_there_are_no_rows() =>
        Assert.Empty(Drawn.Run(Measure, "det 5 .#####", Streets.OneApproach)[Table, "cycles"]);

    [Fact]
    [Trait("Category", SharedData.Category)]
    public void A_real_afternoon_reads_as_it_did_when_it_was_checked()
    {
        var configurations = EventLog.ReadOregonDetectors(SharedData.PathTo("data/hires/odot-3h/detectors.csv"));
        var logs = EventLog.Read(SharedData.PathTo("data/hires/odot-3h/events.csv"));

        Golden.Check(
            "queue-spillback",
            "Oregon signals 227 and 452, 2024-05-13 15-18 h, atspm 2.1.0 test data",
            logs.SelectMany(log => Run.OneShot([Measure], configurations[log.Key], log.Value)[Table]));
    }
}
