using Crosstown.Core.Street;

namespace Crosstown.Measures.Tests.TransitPriority;

public sealed class TransitPriorityTests
{
    private static readonly SignalConfiguration Unknown = SignalConfiguration.Unknown(SignalId.Parse("1"));

    [Fact]
    public void A_bus_is_followed_from_check_in_to_check_out_and_the_service_end_just_after_is_its_own()
    {
        var request = Assert.Single(Requests("""
            at 10s 112 3
            at 11s 114 3
            at 12s 118 3
            at 20s 113 3
            at 40s 115 3
            at 41s 119 3
            at 60s 150 1
            """));

        Assert.Equal(("3", "check-out", "1", "1", "false"), (request["request"], request["ended_by"], request["early_greens"], request["extended_greens"], request["preempted"]));
        Assert.Equal((30, 1, 2, 29), (request.Number("length_s"), request.Number("first_adjustment_s"), request.Number("service_offset_s"), request.Number("service_s")));
    }

    [Fact]
    public void A_service_end_more_than_a_second_after_check_out_is_not_its_own()
    {
        var request = Assert.Single(Requests("""
            at 10s 112 3
            at 12s 118 3
            at 40s 115 3
            at 41.1s 119 3
            """));

        Assert.True(request.IsNull("service_s"));
    }

    [Fact]
    public void The_next_check_in_ends_a_request_whose_check_out_was_lost()
    {
        var requests = Requests("""
            at 10s 112 3
            at 70s 112 3
            at 90s 115 3
            at 95s 150 1
            """);

        Assert.Equal(["next-check-in 60.0", "check-out 20.0"], requests.Select(r => $"{r["ended_by"]} {r["length_s"]}"));
    }

    [Fact]
    public void A_preempt_may_force_a_bus_off()
    {
        var request = Assert.Single(Requests("""
            at 10s 112 3
            at 15s 117 3
            at 20s 116 3
            at 30s 115 3
            """));

        Assert.Equal(("true", "1"), (request["preempted"], request["early_force_offs"]));
        Assert.True(request.IsNull("first_adjustment_s"));
    }

    [Fact]
    public void A_bin_says_how_many_were_helped()
    {
        var bin = Assert.Single(Drawn.Rows("transit-priority", "transit-priority-bins", Unknown, """
            at 10s 112 3
            at 11s 114 3
            at 40s 115 3
            at 100s 112 3
            at 120s 115 3
            at 125s 150 1
            """));

        Assert.Equal(("2", "0", "1", "0.5", "25.0"), (bin["check_ins"], bin["early_greens"], bin["extended_greens"], bin["adjusted_share"], bin["mean_length_s"]));
        Assert.True(bin.IsNull("mean_service_offset_s"));
    }

    [Theory]
    [InlineData("f", 0)]
    [InlineData("o", 24)]
    public void A_phase_that_is_not_used_to_its_limit_can_give_split_away(string ending, int reductionS)
    {
        // Services of 20 s in a split of 40 s; the least is 12 s, so the need is halfway: 16 s.
        var configuration = Unknown with { Phases = [new PhaseConfiguration { Number = 2, MinimumGreenS = 7, YellowS = 4, RedClearanceS = 1 }] };

        var split = Assert.Single(Drawn.Rows("transit-priority", "transit-priority-splits", configuration, $"""
            mark 1s
            phase 2  R10 G14 {ending} Y3 C2 R30 G14 {ending} Y3 C2 R30
            at 0s 131 3
            at 0s 135 40
            """));

        Assert.Equal(("2", "40", "12.0", "20.0"), (split["services"], split["programmed_split_s"], split["minimum_s"], split["p50_s"]));
        Assert.Equal(reductionS, split.Number("reduction_s"));
    }

    [Fact]
    [Trait("Category", SharedData.Category)]
    public void Real_requests_agree_with_their_raw_rows()
    {
        var signal = SignalId.Parse("7706");
        var log = EventLog.Read(SharedData.PathTo("data/hires/udot-preempt-priority/priority_7706_2021-09-17.csv"), "LocationId")[signal];
        var expected = new List<string>();
        for (var i = 0; i < log.Length; i++)
        {
            if (log[i].Code == 112)
            {
                var own = log.Skip(i).TakeWhile(e => e.Code != 115).ToArray();
                expected.Add($"{log[i].Parameter} {(log[i + own.Length].TimeMs - log[i].TimeMs) / 1000.0} {own.Count(e => e.Code == 113)} {own.Count(e => e.Code == 114)}");
            }
        }

        var ours = Drawn.Rows("transit-priority", "transit-priority", SignalConfiguration.Unknown(signal), log)
            .Select(r => $"{r["request"]} {r.Number("length_s")} {r["early_greens"]} {r["extended_greens"]}");

        Assert.Equal(expected, ours);
    }

    private static IReadOnlyList<Drawn.Row> Requests(string drawing) => Drawn.Rows("transit-priority", "transit-priority", Unknown, drawing);
}
