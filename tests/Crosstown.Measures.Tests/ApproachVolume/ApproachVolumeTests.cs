using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Tests.Drawing;

namespace Crosstown.Measures.Tests.ApproachVolume;

public sealed class ApproachVolumeTests
{
    private static readonly SignalConfiguration BothWays = Drawn.Northbound(Drawn.Advance(5)) with
    {
        Approaches = [.. Drawn.Northbound().Approaches, new Approach { Id = "sb", Direction = TravelDirection.Southbound, Protected = SignalGroup.Phase(6) }],
        Detectors = [.. Drawn.Northbound(Drawn.Advance(5)).Detectors, Drawn.Advance(6) with { ApproachId = "sb" }, Drawn.Counting(7) with { ApproachId = "sb" }],
    };

    [Fact]
    public void The_peak_hour_is_the_busiest_sixty_minutes_on_bin_limits()
    {
        var log = Quarters(5, 1, 2, 3, 4, 5, 4, 1, 0).Concat(Quarters(6, 1, 1, 1, 1, 1, 1, 1, 1)).Append(new(Strip.DefaultStartMs + 7_199_999, 150, 1));

        var peaks = Drawn.Rows("approach-volume", "approach-volume-peaks", BothWays, [.. log.Order()]);

        var northbound = peaks[0];
        Assert.Equal(("northbound", "20", "16", "2024-01-01T12:30:00.000"), (northbound["direction"], northbound["volume"], northbound["peak_hour_volume"], northbound["peak_hour"]));
        Assert.Equal(16 / (4 * 5.0), northbound.Number("peak_hour_factor"), 12);
        Assert.Equal(16 / 20.0, northbound.Number("k_factor"), 12);
        Assert.Equal(16 / 20.0, northbound.Number("d_factor"), 12);
    }

    [Fact]
    public void Advance_counts_are_taken_where_there_are_any_and_lane_counts_are_not_added()
    {
        var bins = Drawn.Rows("approach-volume", "approach-volume", BothWays, [.. Quarters(6, 3).Concat(Quarters(7, 40)).Order()]);

        Assert.Equal(["northbound 0", "southbound 3"], bins.Select(b => $"{b["direction"]} {b["count"]}"));
        Assert.Equal(1, bins[1].Number("directional_share"));
    }

    [Fact]
    public void A_vehicle_counts_in_the_bin_in_which_it_reaches_the_stop_bar()
    {
        // 660 ft at 45 mph take 10 s.
        ControllerEvent[] log = [new(Strip.DefaultStartMs + 895_000, EventCode.DetectorOn, 5), new(Strip.DefaultStartMs + 930_000, EventCode.DetectorOff, 5)];

        var bins = Drawn.Rows("approach-volume", "approach-volume", Drawn.Northbound(Drawn.Advance(5, 660)), log);

        Assert.Equal(["2024-01-01T12:15:00.000 1"], bins.Where(b => b["count"] != "0").Select(b => $"{b["time"]} {b["count"]}"));
    }

    [Fact]
    public void A_bin_that_the_log_did_not_see_is_missing_and_not_zero()
    {
        ControllerEvent[] log = [new(Strip.DefaultStartMs, EventCode.DetectorOn, 5), new(Strip.DefaultStartMs + 2_000_000, EventCode.DetectorOn, 5)];

        var bins = Drawn.Rows("approach-volume", "approach-volume", Drawn.Northbound(Drawn.Advance(5)), log);

        Assert.Equal(["1", "", "1"], bins.Select(b => b["count"]));
        Assert.Equal("0.0", bins[1]["seen_share"]);
    }

    [Fact]
    public void Less_than_an_hour_has_no_peak_hour()
    {
        var peak = Assert.Single(Drawn.Rows("approach-volume", "approach-volume-peaks", Drawn.Northbound(Drawn.Advance(5)), [.. Quarters(5, 2, 2)]));

        Assert.Equal("4", peak["volume"]);
        Assert.True(peak.IsNull("peak_hour") && peak.IsNull("k_factor") && peak.IsNull("d_factor"));
    }

    [Fact]
    public void Without_approaches_each_phase_is_counted_by_itself()
    {
        var configuration = SignalConfiguration.Unknown(SignalId.Parse("1")) with
        {
            Detectors = [Drawn.Advance(5) with { Phase = 2 }, Drawn.Advance(6) with { Phase = 6 }],
        };

        var bins = Drawn.Rows("approach-volume", "approach-volume", configuration, [.. Quarters(5, 2).Concat(Quarters(6, 3)).Order()]);

        Assert.Equal(["unknown 2 2", "unknown 6 3"], bins.Select(b => $"{b["direction"]} {b["phase"]} {b["count"]}"));
    }

    /// <summary>So many hits in each quarter of an hour, ten seconds apart.</summary>
    private static IEnumerable<ControllerEvent> Quarters(short channel, params int[] counts) =>
        counts.SelectMany((count, quarter) => Enumerable.Range(0, count)
            .Select(i => new ControllerEvent(Strip.DefaultStartMs + (quarter * 900_000L) + (i * 10_000L) + channel, EventCode.DetectorOn, channel)));
}
