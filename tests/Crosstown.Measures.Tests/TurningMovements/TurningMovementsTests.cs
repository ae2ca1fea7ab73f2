using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Measures.Options;
using Crosstown.Measures.Tests.Peers;
using Crosstown.Tests.Drawing;

namespace Crosstown.Measures.Tests.TurningMovements;

public sealed class TurningMovementsTests
{
    private static readonly SignalConfiguration ThreeLanes =
        Drawn.Northbound(Drawn.Counting(1, 1, LaneMovement.Left), Drawn.Counting(2), Drawn.Counting(3, 2, LaneMovement.ThroughRight));

    [Fact]
    public void Each_lane_and_movement_has_its_count_and_all_together_their_total()
    {
        ControllerEvent[] log = [.. Hits(1, 3).Concat(Hits(2, 10)).Concat(Hits(3, 30)).Order()];

        var lanes = Drawn.Rows("turning-movements", "turning-movements", ThreeLanes, log);
        var total = Assert.Single(Drawn.Rows("turning-movements", "turning-movement-totals", ThreeLanes, log));

        Assert.Equal(["left 1 3", "through 1 10", "through-right 2 30"], lanes.Select(l => $"{l["movement"]} {l["lane"]} {l["count"]}"));
        Assert.Equal("43", total["count"]);
    }

    [Fact]
    public void Lane_utilization_compares_the_lanes_of_a_movement_and_the_peer_joins_shared_lanes_to_the_through_ones()
    {
        ControllerEvent[] log = [.. Hits(1, 3).Concat(Hits(2, 10)).Concat(Hits(3, 30)).Order()];

        var ours = Drawn.Rows("turning-movements", "turning-movement-peaks", ThreeLanes, log);
        var peers = Drawn.Rows("turning-movements", "turning-movement-peaks", ThreeLanes, log, new MeasureOptions { Set = DefinitionSet.Udot5 });

        Assert.Equal(["left 1 1.0", "through 1 1.0", "through-right 1 1.0", "  "], ours.Select(p => $"{p["movement"]} {p["lanes"]} {p["lane_utilization"]}"));
        Assert.Equal(["left", "through", ""], peers.Select(p => p["movement"]));
        Assert.Equal(40 / (2 * 30.0), peers[1].Number("lane_utilization"), 12);
    }

    [Fact]
    public void The_whole_intersection_has_a_peak_hour_of_its_own()
    {
        ControllerEvent[] log =
        [
            .. Hits(1, 4, 0).Concat(Hits(2, 8, 1)).Concat(Hits(2, 6, 2)).Concat(Hits(3, 2, 3)).Concat(Hits(3, 3, 4))
                .Append(new(Strip.DefaultStartMs + 4_499_999, 150, 1)).Order(),
        ];

        var whole = Drawn.Rows("turning-movements", "turning-movement-peaks", ThreeLanes, log)[^1];

        Assert.True(whole.IsNull("direction") && whole.IsNull("movement") && whole.IsNull("lanes"));
        Assert.Equal(("23", "20", "2024-01-01T12:00:00.000"), (whole["volume"], whole["peak_hour_volume"], whole["peak_hour"]));
        Assert.Equal(20 / (4 * 8.0), whole.Number("peak_hour_factor"), 12);
    }

    [Fact]
    public void A_bicycle_lane_is_no_vehicle_lane()
    {
        var configuration = Drawn.Northbound(Drawn.Counting(1), Drawn.Counting(2, 2) with { LaneType = LaneType.Bicycle });

        Assert.Equal(["1"], Drawn.Rows("turning-movements", "turning-movements", configuration, [.. Hits(1, 1).Concat(Hits(2, 5)).Order()]).Select(r => r["lane"]));
    }

    [Fact]
    [Trait("Category", SharedData.Category)]
    public void A_plain_count_over_a_real_hour_gives_the_same_lanes()
    {
        var log = UtahLogs.Events7185();
        var lanes = UtahLogs.Read7185().Detectors.Where(d => d.Has(DetectorFunctions.LaneByLaneCount)).Select(d => d.Channel).ToHashSet();

        var expected = log.Where(e => e.Code == EventCode.DetectorOn && lanes.Contains((byte)e.Parameter)).GroupBy(e => e.TimeMs / 900_000).Select(b => b.Count());
        var rows = Drawn.Rows("turning-movements", "turning-movements", UtahLogs.Read7185(), log);
        var totals = Drawn.Rows("turning-movements", "turning-movement-totals", UtahLogs.Read7185(), log);

        Assert.Equal(expected, totals.Select(t => (int)t.Number("count")));
        Assert.Equal(expected, rows.GroupBy(r => r["time"]).Select(b => (int)b.Sum(r => r.Number("count"))));
    }

    private static IEnumerable<ControllerEvent> Hits(short channel, int count, int quarter = 0) =>
        Enumerable.Range(0, count).Select(i => new ControllerEvent(Strip.DefaultStartMs + (quarter * 900_000L) + (i * 20_000L) + channel, EventCode.DetectorOn, channel));
}
