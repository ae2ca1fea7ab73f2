using Crosstown.Core.Data;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Time;
using Crosstown.Measures.Engine;
using Crosstown.Measures.Options;
using Crosstown.Measures.Tests.Peers;

namespace Crosstown.Measures.Tests.SplitMonitor;

public sealed class SplitMonitorTests
{
    private static readonly SignalConfiguration Unknown = SignalConfiguration.Unknown(SignalId.Parse("1"));

    private const string TwoServices = """
        mark 1s
        phase 2  R10 G20 oY3 C2 R24 G15 fY3 C2 R9
        phase 4  R40 G10 mY2 C2 R35
        at 0s 131 3
        at 1s 135 30
        """;

    [Fact]
    public void A_service_runs_from_green_to_the_end_of_clearance_and_says_why_it_ended()
    {
        var services = Drawn.Rows("split-monitor", "split-monitor", Unknown, TwoServices);

        Assert.Equal(["2 26.0 gap-out", "4 15.0 max-out", "2 21.0 force-off"], services.Select(s => $"{s["phase"]} {s["length_s"]} {s["termination"]}"));
    }

    [Fact]
    public void A_plan_s_row_holds_the_programmed_split_and_what_was_served()
    {
        var plans = Drawn.Rows("split-monitor", "split-monitor-plans", Unknown, TwoServices);

        Assert.Equal(["2", "4"], plans.Select(p => p["phase"]));
        var main = plans[0];
        Assert.Equal(("3", "30", "2", "0"), (main["plan"], main["programmed_split_s"], main["services"], main["skips"]));
        Assert.Equal((23.5, 23.5, 21, 26), (main.Number("mean_s"), main.Number("p50_s"), main.Number("min_s"), main.Number("max_s")));
        Assert.Equal((0.5, 0, 0.5), (main.Number("gap_out_share"), main.Number("max_out_share"), main.Number("force_off_share")));
        Assert.Equal(("1", 0.5), (plans[1]["skips"], plans[1].Number("skip_share")));
        Assert.True(plans[1].IsNull("programmed_split_s"));
    }

    [Fact]
    public void The_peer_shows_no_max_outs_under_coordination_and_divides_by_the_most_served_phase()
    {
        var plans = Drawn.Rows("split-monitor", "split-monitor-plans", Unknown, TwoServices, DefinitionSet.Udot5);

        Assert.Equal((0.5, 0.5), (plans[0].Number("gap_out_share"), plans[0].Number("force_off_share")));
        Assert.Equal((0.0, 0.0), (plans[1].Number("max_out_share"), plans[1].Number("p50_s")));
    }

    [Fact]
    public void Without_red_clearance_a_service_ends_with_its_yellow()
    {
        var service = Assert.Single(Drawn.Rows("split-monitor", "split-monitor", Unknown, """
            mark 1s
            phase 2  R10 G10 Y4 R10
            """));

        Assert.Equal("14.0 unknown", $"{service["length_s"]} {service["termination"]}");
    }

    [Fact]
    public void A_green_whose_yellow_was_lost_is_dropped_and_counted()
    {
        var plan = Assert.Single(Drawn.Rows("split-monitor", "split-monitor-plans", Unknown, """
            mark 1s
            phase 2  R10 G10 R10
            """));

        Assert.Equal(("0", "1"), (plan["services"], plan["dropped_cycles"]));
        Assert.True(plan.IsNull("mean_s") && plan.IsNull("skip_share"));
    }

    [Fact]
    public void A_service_belongs_to_the_plan_in_which_it_began_and_the_peer_leaves_it_out()
    {
        const string drawing = """
            mark 1s
            phase 2  R10 G20 Y4 C2 R24 G15 Y4 C2 R9
            at 0s 131 3
            at 25s 131 4
            """;

        Assert.Equal(["3 1", "4 1"], Drawn.Rows("split-monitor", "split-monitor-plans", Unknown, drawing).Select(p => $"{p["plan"]} {p["services"]}"));
        Assert.Equal(["4 1"], Drawn.Rows("split-monitor", "split-monitor-plans", Unknown, drawing, DefinitionSet.Udot5).Select(p => $"{p["plan"]} {p["services"]}"));
    }

    [Fact]
    public void A_plan_that_holds_for_days_is_cut_at_local_midnight_also_when_the_clock_changes()
    {
        // From 6 to 7 hours behind UTC at 08:00 UTC of the third of November: that local day has 25 hours. One service an hour, at half past.
        var changeMs = EventLog.TimeMs("2024-11-03T08:00:00");
        var clock = new LocalTimeMap("America/Denver", [0, changeMs], [-6 * 3_600_000, -7 * 3_600_000]);
        var firstMs = EventLog.TimeMs("2024-11-02T06:30:00");
        ControllerEvent[] log =
        [
            .. Enumerable.Range(0, 24 + 25 + 24)
                .SelectMany(i => new ushort[] { 1, 8, 9, 11 }.Select((code, j) => new ControllerEvent(firstMs + (i * 3_600_000L) + (j * 5000), code, 2)))
                .Concat(Enumerable.Range(0, 73 * 20).Select(i => new ControllerEvent(firstMs + (i * 180_000L), 150, 1)))
                .Append(new(firstMs, 131, 7)).Order(),
        ];
        var measure = MeasureCatalog.Find("split-monitor")!;
        var sink = new CollectedRows();
        var pass = new SignalPass([measure], Unknown, clock, new MeasureOptions(), null, sink, new DataIssueLog());
        pass.Append(log);
        pass.Finish();

        var plans = Drawn.Named(measure, "split-monitor-plans", sink);

        Assert.Equal(["7 24", "7 25", "7 24"], plans.Select(p => $"{p["plan"]} {p["services"]}"));
        Assert.Equal(["2024-11-02T00:30:00.000", "2024-11-03T00:00:00.000", "2024-11-04T00:00:00.000"], plans.Select(p => p["time"]));
    }

    [Fact]
    [Trait("Category", SharedData.Category)]
    public void Services_fall_under_the_plans_of_a_real_month()
    {
        // A service every 20 minutes; the plan of each is the last change at or before it, looked up plainly.
        var changes = UtahLogs.Events7115("plan_changes_oct2022.csv");
        var greens = Enumerable.Range(1, 31 * 72).Select(i => changes[0].TimeMs + (i * 1_200_000L)).Where(t => t < changes[^1].TimeMs).ToArray();
        ControllerEvent[] log =
        [
            .. changes
                .Concat(greens.SelectMany(t => new ControllerEvent[] { new(t, 1, 2), new(t + 10_000, 8, 2), new(t + 14_000, 9, 2), new(t + 15_000, 11, 2) }))
                .Concat(Enumerable.Range(0, (int)((changes[^1].TimeMs - changes[0].TimeMs) / 240_000)).Select(i => new ControllerEvent(changes[0].TimeMs + (i * 240_000L), 150, 1)))
                .Distinct().Order(),
        ];
        var expected = new List<string>();
        foreach (var day in greens.GroupBy(t => t / 86_400_000))
        {
            var plans = day.Select(t => changes.Last(c => c.TimeMs <= t).Parameter).ToArray();
            for (var i = 0; i < plans.Length;)
            {
                var count = plans.Skip(i).TakeWhile(p => p == plans[i]).Count();
                expected.Add($"{plans[i]} {count}");
                i += count;
            }
        }

        var ours = Drawn.Rows("split-monitor", "split-monitor-plans", Unknown, log);

        Assert.Equal(expected, ours.Select(p => $"{p["plan"]} {p["services"]}"));
    }

    [Fact]
    [Trait("Category", SharedData.Category)]
    public void A_plain_pairing_of_greens_and_ends_gives_the_same_services_of_a_real_hour()
    {
        var log = UtahLogs.Events7185();
        var expected = new List<string>();
        foreach (var green in log.Where(e => e.Code == 1))
        {
            var end = log.FirstOrDefault(e => e.Code == 11 && e.Parameter == green.Parameter && e.TimeMs > green.TimeMs);
            if (end != default)
            {
                var reason = log.LastOrDefault(e => e.Code is 4 or 5 or 6 && e.Parameter == green.Parameter && e.TimeMs >= green.TimeMs && e.TimeMs < end.TimeMs).Code;
                expected.Add($"{green.TimeMs} {green.Parameter} {(end.TimeMs - green.TimeMs) / 1000.0} {reason switch { 4 => "gap-out", 5 => "max-out", 6 => "force-off", _ => "unknown" }}");
            }
        }

        var ours = Drawn.Rows("split-monitor", "split-monitor", Unknown, log)
            .Select(r => $"{EventLog.TimeMs(r["time"])} {r["phase"]} {r.Number("length_s")} {r["termination"]}");

        Assert.Equal(expected, ours);
    }
}
