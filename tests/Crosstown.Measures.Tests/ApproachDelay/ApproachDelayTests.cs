using Crosstown.Measures.Options;
using Crosstown.Measures.Tests.Peers;

namespace Crosstown.Measures.Tests.ApproachDelay;

public sealed class ApproachDelayTests
{
    [Fact]
    public void Vehicles_on_red_wait_for_the_green_and_others_do_not()
    {
        // Green at 60 s: 20 s, 10 s and 0 s.
        var row = Assert.Single(Drawn.Rows("approach-delay", "approach-delay", Drawn.Northbound(Drawn.Advance(5)), """
            mark 1s
            phase 2  R10 G20 Y4 R26 G20 Y4 R6
            det 5    .40 # .9 # .19 # .19
            """));

        Assert.Equal(("3", "2"), (row["arrivals"], row["delayed"]));
        Assert.Equal(30, row.Number("delay_s"));
        Assert.Equal(10, row.Number("delay_per_vehicle_s"));
        Assert.Equal(30.0 / 900, row.Number("delay_hours_per_hour"), 12);
    }

    [Fact]
    public void The_peer_counts_a_delay_in_the_bin_in_which_its_cycle_began()
    {
        const string drawing = """
            start 2024-01-01T12:14:20Z
            mark 1s
            phase 2  R10 G20 Y4 R26 G20 Y4 R6
            det 5    .50 # .39
            """;
        var configuration = Drawn.Northbound(Drawn.Advance(5));

        var ours = Drawn.Rows("approach-delay", "approach-delay", configuration, drawing);
        var peers = Drawn.Rows("approach-delay", "approach-delay", configuration, drawing, DefinitionSet.Udot5);

        Assert.Equal(["2024-01-01T12:00:00.000 0.0", "2024-01-01T12:15:00.000 10.0"], ours.Select(r => $"{r["time"]} {r["delay_s"]}"));
        Assert.Equal(["2024-01-01T12:00:00.000 10.0"], peers.Select(r => $"{r["time"]} {r["delay_s"]}"));
    }

    [Fact]
    public void A_red_that_outlasts_the_log_gives_no_delay_and_is_no_zero()
    {
        var row = Assert.Single(Drawn.Rows("approach-delay", "approach-delay", Drawn.Northbound(Drawn.Advance(5)), """
            mark 1s
            phase 2  R10 G20 Y4 R30
            det 5    .40 # .23
            """));

        Assert.Equal(("0", "1"), (row["arrivals"], row["outside_cycles"]));
        Assert.True(row.IsNull("delay_per_vehicle_s"));
    }

    [Fact]
    public void The_peer_rounds_the_delays_of_a_plan()
    {
        const string drawing = """
            mark 500ms
            phase 2  R20 G40 Y8 R52 G40 Y8 R12
            det 5    .95 # .84
            """;
        var configuration = Drawn.Northbound(Drawn.Advance(5));

        Assert.Equal(12.5, Assert.Single(Drawn.Rows("approach-delay", "approach-delay-plans", configuration, drawing)).Number("delay_s"));
        Assert.Equal(12, Assert.Single(Drawn.Rows("approach-delay", "approach-delay-plans", configuration, drawing, DefinitionSet.Udot5)).Number("delay_s"));
    }

    [Fact]
    [Trait("Category", SharedData.Category)]
    public void A_plain_sum_over_a_real_hour_gives_the_same_delay()
    {
        var log = UtahLogs.Events7185();
        var turns = log.Where(e => e.Parameter == 6 && e.Code is 1 or 8 or 9 && e.Parameter == 6).ToArray();
        var shiftMs = (long)Math.Round(350 / (1.467 * 45) * 1000);
        var waits = new List<long>();
        for (var i = 0; i + 3 < turns.Length; i++)
        {
            if ((turns[i].Code, turns[i + 1].Code, turns[i + 2].Code, turns[i + 3].Code) == (9, 1, 8, 9))
            {
                waits.AddRange(log.Where(e => e.Code == 82 && e.Parameter == 20).Select(e => e.TimeMs + shiftMs)
                    .Where(t => t >= turns[i].TimeMs && t < turns[i + 1].TimeMs).Select(t => turns[i + 1].TimeMs - t));
            }
        }

        var rows = Drawn.Rows("approach-delay", "approach-delay", UtahLogs.Read7185(), log).Where(r => r["phase"] == "6").ToArray();

        Assert.NotEmpty(waits);
        Assert.Equal(waits.Count, rows.Sum(r => (int)r.Number("delayed")));
        Assert.Equal(waits.Sum() / 1000.0, rows.Sum(r => r.Number("delay_s")), 6);
    }
}
