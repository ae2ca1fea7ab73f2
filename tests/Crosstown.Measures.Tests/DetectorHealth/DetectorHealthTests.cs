using Crosstown.Core.Street;
using Crosstown.Measures.DetectorHealth;

namespace Crosstown.Measures.Tests.DetectorHealth;

public sealed class DetectorHealthTests
{
    private const string Table = "detector-health";
    private const string Days = "phase-days";

    private static readonly DetectorHealthMeasure Measure = new();

    private static readonly SignalConfiguration ThreeLanes = Drawn.Signal with
    {
        Detectors = [.. Enumerable.Range(1, 3).Select(c => new Detector { Channel = (byte)c, Phase = 2, Functions = DetectorFunctions.LaneByLaneCount })],
        PedestrianButtons = [new PedestrianButton(12, 2)],
    };

    [Fact]
    public void A_fault_that_the_controller_reports_is_open_until_it_is_restored()
    {
        var rows = Drawn.Run(Measure, """
            mark 1m
            det 9 .#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.
            at 10m 86 4
            at 40m 83 4
            """)[Table, "time channel fault since faulted_detectors"];

        Assert.Equal([$"{Drawn.At(0)} 4 open-loop {Drawn.At(600)} 1", $"{Drawn.At(900)} 4 open-loop {Drawn.At(600)} 1"], rows);
    }

    [Fact]
    public void A_detector_that_stays_on_for_half_an_hour_is_stuck()
    {
        var rows = Drawn.Run(Measure, """
            mark 1m
            det 9 .#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.#.
            det 4 .14 #46 .
            """)[Table, "time channel fault since"];

        // On from minute 14 to 60: 31 minutes at 45, 46 at 60; the off at 60 itself comes after the bin's end.
        Assert.Equal([$"{Drawn.At(1800)} 4 constant-on {Drawn.At(840)}", $"{Drawn.At(2700)} 4 constant-on {Drawn.At(840)}"], rows);
    }

    [Fact]
    public void A_gap_in_the_log_ends_what_is_known_of_an_actuation()
    {
        var rows = Drawn.Run(Measure, """
            mark 1m
            det 9 .#.#.#.#.#.#.#.#.#.#?????????????????#.#.#.#.#.#.#.#.#.#.#.#.
            at 1m 82 4
            """)[Table, "channel fault"];

        Assert.Empty(rows);
    }

    [Fact]
    public void A_lane_without_a_vehicle_while_its_neighbors_count_a_hundred_each_is_quiet()
    {
        var rows = Drawn.Run(Measure, """
            mark 5s
            det 1 .#
            det 2 #.
            det 3 ..
            repeat 130
            """, ThreeLanes)[Table, "time channel fault since"];

        // A hit each in 10 s: 90 in the first quarter of an hour; the log ends before the second quarter does.
        Assert.Empty(rows);

        rows = Drawn.Run(Measure, """
            mark 5s
            det 1 .#
            det 2 #.
            det 3 ..
            repeat 200
            """, ThreeLanes)[Table, "time channel fault since"];
        Assert.Equal([$"{Drawn.At(900)} 3 quiet {Drawn.At(5)}"], rows);
    }

    [Fact]
    public void A_detector_without_a_hit_for_a_day_is_off_for_good()
    {
        var rows = Drawn.Run(Measure, """
            mark 2m
            det 9 .#
            repeat 380
            at 1m 82 4
            at 2m 81 4
            """)[Table, "time channel fault since"];

        Assert.Equal($"{Drawn.At(86_400)} 4 constant-off {Drawn.At(60)}", rows[0]);
    }

    [Fact]
    public void A_day_counts_terminations_presses_and_walks_by_phase()
    {
        var rows = Drawn.Run(Measure, """
            phase 2 RGGGoYCRGGGmYCRGGGfYCRGGGYYCR
            ped 2   ..WWFF.......................
            button 12 .#.#.........................
            """, ThreeLanes)[Days, "phase services gap_outs max_outs force_offs presses walks"];

        Assert.Equal(["2 4 1 1 1 2 1"], rows);
    }

    [Fact]
    [Trait("Category", SharedData.Category)]
    public void A_real_peak_hour_reads_as_it_did_when_it_was_checked()
    {
        var log = EventLog.Read(SharedData.PathTo("data/hires/udot-7185/events_2017-10-17_17h.csv"), onlySignal: "7185").Single();
        var rows = Run.OneShot([Measure], Streets.Utah7185(), log.Value);

        Golden.Check("detector-health", "Utah signal 7185, 2017-10-17 17-18 h, ATSPM 4 test data", [.. rows[Table], .. rows[Days]]);
    }
}
