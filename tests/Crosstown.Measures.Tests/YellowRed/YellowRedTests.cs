using Crosstown.Core.Street;
using Crosstown.Measures.Options;

namespace Crosstown.Measures.Tests.YellowRed;

public sealed class YellowRedTests
{
    private static readonly SignalConfiguration Radar = Drawn.SignalWith(Drawn.Detector(30, 2, DetectorFunctions.LaneByLaneSpeed));

    // Green at 5 s, yellow at 15 s, red at 19 s, next green at 41 s.
    private const string Phase = "phase 2 R5 G10 Y4 C2 R20 G10\n";

    [Fact]
    public void Hits_are_told_apart_by_what_was_shown_and_by_how_long_red_had_been()
    {
        var bin = Assert.Single(Bins(Phase + "at 8s 82 30\nat 16s 82 30\nat 19s 82 30\nat 24s 82 30\nat 24.5s 82 30"));

        Assert.Equal("1", bin["cycles"]);
        Assert.Equal("5", bin["hits"]);
        Assert.Equal("1", bin["on_yellow"]);
        Assert.Equal("3", bin["on_red"]);
        Assert.Equal("1", bin["severe"]);
        Assert.Equal("1.0", bin["mean_into_yellow_s"]);
        Assert.Equal("3.5", bin["mean_into_red_s"]);
    }

    [Fact]
    public void A_late_detector_s_hits_are_moved_back()
    {
        var late = Drawn.SignalWith(Drawn.Detector(30, 2, DetectorFunctions.LaneByLaneSpeed, latencyS: 1.5));

        Assert.Equal("1", Assert.Single(Bins(Phase + "at 20.4s 82 30", late))["on_yellow"]);
        Assert.Equal("1", Assert.Single(Bins(Phase + "at 20.5s 82 30", late))["on_red"]);
    }

    [Fact]
    public void A_phase_without_red_clearance_has_cycles_for_us_and_none_for_Oregon_s_package()
    {
        const string Drawing = "phase 2 R5 G10 Y4 R20 G10\nat 22s 82 30";

        Assert.Equal("1", Assert.Single(Bins(Drawing))["on_red"]);
        Assert.Empty(Drawn.Rows("yellow-red", "yellow_red", Drawing, Radar, DefinitionSet.Odot21));
    }

    [Fact]
    public void Offsets_are_rounded_to_half_seconds_away_from_zero()
    {
        // 1.5 s are taken off: 18.75 s is a quarter second before red, 19.25 s a quarter after.
        var rows = Drawn.Rows("yellow-red", "yellow_red", Phase + "at 20.25s 82 30\nat 20.75s 82 30", Radar, DefinitionSet.Odot21);

        Assert.Equal(["8 -0.5 1.0", "10 0.5 1.0"], rows.Select(r => $"{r["Signal_State"]} {r["Red_Offset"]} {r["Count"]}"));
    }

    [Fact]
    public void A_cycle_with_two_yellows_is_dropped()
    {
        var bin = Assert.Single(Bins("phase 2 R5 G10 Y4 C2 R20 G10\nat 30s 8 2\nat 22s 82 30"));

        Assert.Equal("0", bin["hits"]);
        Assert.Equal("1", bin["dropped_cycles"]);
    }

    [Fact]
    public void Hits_before_the_first_green_belong_to_no_cycle()
    {
        Assert.Equal("0", Assert.Single(Bins(Phase + "at 2s 82 30"))["hits"]);
    }

    private static IReadOnlyList<Drawn.Row> Bins(string drawing, SignalConfiguration? configuration = null) =>
        Drawn.Rows("yellow-red", "yellow-red", drawing, configuration ?? Radar);
}
