using Crosstown.Core.Street;
using Crosstown.Measures.Options;
using Crosstown.Measures.Tests.Peers;

namespace Crosstown.Measures.Tests.CoordinationDiagram;

public sealed class CoordinationDiagramTests
{
    private const string OneCycle = """
        mark 1s
        phase 2  R10 G20 Y4 R26 G20 Y4 R6
        det 5    .40 # .24 # .4 # .11 # .7
        """;

    [Fact]
    public void Arrivals_in_a_cycle_are_told_apart_by_what_was_shown()
    {
        var row = Assert.Single(Drawn.Rows("coordination-diagram", "coordination-diagram", Drawn.Northbound(Drawn.Advance(5)), OneCycle));

        Assert.Equal(("1", "4", "2", "1", "1", "0"), (row["cycles"], row["arrivals"], row["on_green"], row["on_yellow"], row["on_red"], row["outside_cycles"]));
        Assert.Equal(0.5, row.Number("share_on_green"));
        Assert.Equal(0.4, row.Number("green_share"));
        Assert.Equal(1.25, row.Number("platoon_ratio"));
        Assert.Equal("4", row["arrival_type"]);
    }

    [Fact]
    public void The_cycle_is_drawn_with_its_limits_and_each_arrival_with_its_second()
    {
        var configuration = Drawn.Northbound(Drawn.Advance(5));

        var cycle = Assert.Single(Drawn.Rows("coordination-diagram", "coordination-cycles", configuration, OneCycle));
        var arrivals = Drawn.Rows("coordination-diagram", "coordination-arrivals", configuration, OneCycle);

        Assert.Equal(("2024-01-01T12:00:34.000", "2024-01-01T12:01:24.000"), (cycle["time"], cycle["end"]));
        Assert.Equal((26, 20, 4, 50), (cycle.Number("red_s"), cycle.Number("green_s"), cycle.Number("yellow_s"), cycle.Number("cycle_s")));
        Assert.Equal(["6.0 red", "31.0 green", "36.0 green", "48.0 yellow"], arrivals.Select(a => $"{a["in_cycle_s"]} {a["state"]}"));
    }

    [Fact]
    public void The_platoon_ratio_is_not_rounded_and_the_peer_s_is_made_of_rounded_shares()
    {
        const string drawing = """
            mark 1s
            phase 2  R10 G20 Y4 R26 G20 Y4 R6
            det 5    .40 # .4 # .20 # .23
            """;
        var configuration = Drawn.Northbound(Drawn.Advance(5));

        var ours = Assert.Single(Drawn.Rows("coordination-diagram", "coordination-diagram", configuration, drawing));
        var peers = Assert.Single(Drawn.Rows("coordination-diagram", "coordination-diagram", configuration, drawing, DefinitionSet.Udot5));

        Assert.Equal(1.0 / 3 / 0.4, ours.Number("platoon_ratio"), 12);
        Assert.Equal(0.82, peers.Number("platoon_ratio"));
        Assert.Equal(0.33, peers.Number("share_on_green"));
    }

    [Fact]
    public void A_hit_far_upstream_arrives_in_the_next_cycle()
    {
        // 660 ft at 45 mph take 10 s: a hit in the yellow meets the following red.
        var cycles = Drawn.Rows("coordination-diagram", "coordination-cycles", Drawn.Northbound(Drawn.Advance(5, 660)), """
            mark 1s
            phase 2  R10 G20 Y4 R26 G20 Y4 R26 G20 Y4 R6
            det 5    .80 # .59
            """);

        Assert.Equal(["0", "1"], cycles.Select(c => c["arrivals"]));
        Assert.Equal(["0", "0"], cycles.Select(c => c["on_green"]));
    }

    [Fact]
    public void A_cycle_with_a_log_gap_in_it_is_dropped_and_its_arrivals_lie_outside()
    {
        var row = Assert.Single(Drawn.Rows("coordination-diagram", "coordination-diagram", Drawn.Northbound(Drawn.Advance(5)), """
            mark 1s
            phase 2  R10 G20 Y4 R10 ?400 R5 G20 Y4 R6
            det 5    .40 # .438
            """));

        Assert.Equal(("0", "0", "1", "1"), (row["cycles"], row["arrivals"], row["outside_cycles"], row["dropped_cycles"]));
        Assert.True(row.IsNull("share_on_green") && row.IsNull("platoon_ratio") && row.IsNull("arrival_type"));
    }

    [Fact]
    public void A_second_green_without_the_yellow_between_breaks_the_cycle()
    {
        var row = Assert.Single(Drawn.Rows("coordination-diagram", "coordination-diagram", Drawn.Northbound(Drawn.Advance(5)), """
            mark 1s
            phase 2  R10 G20 Y4 R26 G20 Y4 R6
            at 70s 1 2
            """));

        Assert.Equal(("0", "1"), (row["cycles"], row["dropped_cycles"]));
    }

    [Fact]
    public void An_approach_may_be_served_by_an_overlap()
    {
        var configuration = new SignalConfiguration
        {
            Signal = SignalId.Parse("1"),
            Approaches = [new Approach { Id = "nb", Protected = SignalGroup.Overlap(1) }],
            Detectors = [Drawn.Advance(5) with { ApproachId = "nb" }],
        };

        var row = Assert.Single(Drawn.Rows("coordination-diagram", "coordination-diagram", configuration, """
            mark 1s
            overlap A  R10 G15 T5 Y4 C2 R24 G20 Y4 C2 R4
            det 5      .40 # .24 # .24
            """));

        Assert.Equal(("", "1", "1", "2", "1"), (row["phase"], row["overlap"], row["cycles"], row["arrivals"], row["on_green"]));
    }

    [Fact]
    public void Each_plan_has_its_own_row_with_what_was_programmed()
    {
        var plans = Drawn.Rows("coordination-diagram", "coordination-plans", Drawn.Northbound(Drawn.Advance(5)), """
            mark 1s
            phase 2  R10 G20 Y4 R26 G20 Y4 R26 G20 Y4 R6
            at 5s 131 3
            at 5s 132 90
            at 6.9s 133 12
            at 83s 131 3
            at 83.5s 131 4
            at 86s 132 100
            """);

        Assert.Equal(["3 90 12 1", "4   1"], plans.Select(p => $"{p["plan"]} {p["cycle_length_s"]} {p["offset_s"]} {p["cycles"]}"));
    }

    [Fact]
    [Trait("Category", SharedData.Category)]
    public void A_plain_count_over_a_real_hour_gives_the_same_arrivals()
    {
        var log = UtahLogs.Events7185();
        var rows = Drawn.Rows("coordination-diagram", "coordination-diagram", UtahLogs.Read7185(), log, new MeasureOptions { Set = DefinitionSet.Udot5 });

        foreach (var (phase, channel) in new[] { (2, 18), (6, 20) })
        {
            var turns = log.Where(e => e.Parameter == phase && e.Code is 1 or 8 or 9 && e.Parameter == phase).ToArray();
            var hits = log.Where(e => e.Code == 82 && e.Parameter == channel).Select(e => e.TimeMs + (350 / (1.467 * 45) * 1000)).ToArray();
            var cycles = Enumerable.Range(0, turns.Length - 3)
                .Where(i => (turns[i].Code, turns[i + 1].Code, turns[i + 2].Code, turns[i + 3].Code) == (9, 1, 8, 9))
                .Select(i => (Red: turns[i].TimeMs, Green: turns[i + 1].TimeMs, Yellow: turns[i + 2].TimeMs, End: turns[i + 3].TimeMs))
                .GroupBy(c => c.Red / 900_000);
            var expected = cycles.Select(bin =>
            {
                var (green, yellow, red) = (0, 0, 0);
                foreach (var c in bin)
                {
                    green += hits.Count(t => t >= c.Green && t < c.Yellow);
                    yellow += hits.Count(t => t >= c.Yellow && t < c.End);
                    red += hits.Count(t => t >= c.Red && t < c.Green);
                }

                return $"{bin.Count()} {green} {yellow} {red}";
            });

            var ours = rows.Where(r => r.Number("phase") == phase).Select(r => $"{r["cycles"]} {r["on_green"]} {r["on_yellow"]} {r["on_red"]}");
            Assert.Equal(expected, ours);
        }
    }
}
