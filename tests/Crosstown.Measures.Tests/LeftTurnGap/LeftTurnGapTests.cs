using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Measures.Options;
using Crosstown.Tests.Drawing;

namespace Crosstown.Measures.Tests.LeftTurnGap;

public sealed class LeftTurnGapTests
{
    /// <summary>Oncoming green and yellow from 50 s to 80 s; vehicles at 52, 55 and 65 s: gaps of 2, 3, 10 and 15 s.</summary>
    private const string OneGreen = """
        mark 1s
        phase 2  R10 G26 Y4 R10 G26 Y4 R6
        det 5    .52 # .2 # .9 # .20
        det 9    .20 # .5 # .59
        """;

    private static SignalConfiguration Crossing(params Detector[] oncoming) => Drawn.Northbound(oncoming) with
    {
        Approaches =
        [
            .. Drawn.Northbound().Approaches,
            new Approach { Id = "sb-left", Direction = TravelDirection.Southbound, Protected = SignalGroup.Phase(1), Permissive = SignalGroup.Phase(2) },
        ],
        Detectors = [.. Drawn.Northbound(oncoming).Detectors, Drawn.Counting(9, 1, LaneMovement.Left) with { ApproachId = "sb-left" }],
    };

    [Fact]
    public void Gaps_of_the_oncoming_traffic_are_classed_and_summed()
    {
        var row = Assert.Single(Drawn.Rows("left-turn-gap", "left-turn-gap", Crossing(Drawn.Counting(5)), OneGreen));

        Assert.Equal(("northbound", "2", "1", "30.0"), (row["direction"], row["phase"], row["greens"], row["green_s"]));
        Assert.Equal(("2", "0", "0", "2"), (row["gaps_1"], row["gaps_2"], row["gaps_3"], row["gaps_4"]));
        Assert.Equal(25.0 / 30, row.Number("turnable_share"), 12);
        Assert.Equal(25 / 4.1, row.Number("capacity"), 12);
        Assert.Equal("2", row["demand"]);
        Assert.Equal(2 / (25 / 4.1), row.Number("demand_to_capacity"), 12);
    }

    [Fact]
    public void Three_oncoming_lanes_take_longer_to_cross()
    {
        var row = Assert.Single(Drawn.Rows("left-turn-gap", "left-turn-gap", Crossing(Drawn.Counting(5), Drawn.Counting(6, 2), Drawn.Counting(7, 3)), OneGreen));

        Assert.Equal(25 / 5.3, row.Number("capacity"), 12);
    }

    [Fact]
    public void An_empty_green_is_one_gap()
    {
        var row = Assert.Single(Drawn.Rows("left-turn-gap", "left-turn-gap", Drawn.Northbound(Drawn.Counting(5)), """
            mark 1s
            phase 2  R10 G26 Y4 R10 G26 Y4 R6
            """));

        Assert.Equal(("0", "1"), (row["gaps_1"], row["gaps_4"]));
        Assert.Equal(1, row.Number("turnable_share"));
        Assert.True(row.IsNull("demand") && row.IsNull("demand_to_capacity") && row.IsNull("left_services"));
    }

    [Fact]
    public void A_gap_over_midnight_is_kept_and_the_peer_loses_it()
    {
        var log = Strip.Read("start 2024-01-01T23:59:00Z\n" + OneGreen);
        var losing = new MeasureOptions().With(Drawn.Option("left-turn-gap", "lose_gap_over_midnight"), true);
        var configuration = Drawn.Northbound(Drawn.Counting(5));

        var ours = Assert.Single(Drawn.Rows("left-turn-gap", "left-turn-gap", configuration, log));
        var peers = Assert.Single(Drawn.Rows("left-turn-gap", "left-turn-gap", configuration, log, losing));

        Assert.Equal((25.0 / 30, 15.0 / 30), (ours.Number("turnable_share"), peers.Number("turnable_share")));
    }

    [Fact]
    public void Own_services_gap_outs_and_walks_beside_are_counted()
    {
        var row = Assert.Single(Drawn.Rows("left-turn-gap", "left-turn-gap", Crossing(Drawn.Counting(5)), OneGreen + """

            phase 1  R40 G6 oY3 R36
            ped 2    .51 W5 F10 .19
            """));

        Assert.Equal(("1", "1", "1"), (row["left_services"], row["left_gap_outs"], row["pedestrian_services"]));
    }

    [Fact]
    public void Where_no_lane_s_movement_is_known_nothing_is_said()
    {
        var configuration = SignalConfiguration.Unknown(SignalId.Parse("1")) with
        {
            Detectors = [new Detector { Channel = 5, Phase = 2, Functions = DetectorFunctions.LaneByLaneCount }],
        };

        Assert.Empty(Drawn.Rows("left-turn-gap", "left-turn-gap", configuration, OneGreen));
    }

    [Fact]
    public void Gaps_may_be_measured_from_vehicles_that_leave()
    {
        ControllerEvent[] log = Strip.Read("""
            mark 1s
            phase 2  R10 G26 Y4 R10 G26 Y4 R6
            det 5    .52 ##### .29
            """);
        var leaving = new MeasureOptions().With(Drawn.Option("left-turn-gap", "hit_edge"), "VehicleLeaves");

        // Off at 57 s: gaps of 7 and 23 s; on at 52 s: gaps of 2 and 28 s.
        var row = Assert.Single(Drawn.Rows("left-turn-gap", "left-turn-gap", Drawn.Northbound(Drawn.Counting(5)), log, leaving));

        Assert.Equal(("0", "1", "1"), (row["gaps_1"], row["gaps_3"], row["gaps_4"]));
        Assert.Equal(23.0 / 30, row.Number("turnable_share"), 12);
    }
}
