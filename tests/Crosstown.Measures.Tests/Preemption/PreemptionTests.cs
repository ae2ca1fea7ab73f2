using Crosstown.Core.Street;
using Crosstown.Measures.Options;

namespace Crosstown.Measures.Tests.Preemption;

public sealed class PreemptionTests
{
    private static readonly SignalConfiguration Unknown = SignalConfiguration.Unknown(SignalId.Parse("1"));

    [Fact]
    public void A_train_is_followed_from_its_input_to_the_exit()
    {
        var service = Assert.Single(Services("""
            at 10s 102 1
            at 12s 105 1
            at 14s 103 1
            at 15s 106 1
            at 20s 107 1
            at 31s 110 1
            at 45s 104 1
            at 50s 111 1
            """));

        Assert.Equal(("1", "exit", "2024-01-01T12:00:10.000", "2024-01-01T12:00:50.000"), (service["preempt"], service["ended_by"], service["time"], service["end"]));
        Assert.Equal(
            (2, 3, 5, 30, 4, 21, 35),
            (service.Number("delay_s"), service.Number("time_to_service_s"), service.Number("track_clearance_s"), service.Number("dwell_s"),
                service.Number("gate_down_s"), service.Number("max_presence_s"), service.Number("input_s")));
    }

    [Fact]
    public void An_entry_without_an_input_directly_before_begins_by_itself()
    {
        var service = Assert.Single(Services("""
            at 10s 102 1
            at 11s 104 1
            at 12s 105 1
            at 20s 107 1
            at 50s 111 1
            """));

        Assert.Equal("2024-01-01T12:00:12.000", service["time"]);
        Assert.Equal(8, service.Number("time_to_service_s"));
        Assert.True(service.IsNull("delay_s") && service.IsNull("track_clearance_s"));
    }

    [Fact]
    public void A_next_entry_ends_the_one_before()
    {
        var services = Services("""
            at 10s 105 1
            at 20s 107 1
            at 60s 105 1
            at 65s 107 1
            at 90s 111 1
            """);

        Assert.Equal(["next-entry 40.0", "exit 25.0"], services.Select(s => $"{s["ended_by"]} {s["dwell_s"]}"));
    }

    [Fact]
    public void After_twenty_silent_minutes_the_end_is_not_known_and_the_peer_takes_the_last_event()
    {
        const string drawing = """
            at 10s 105 1
            at 20s 107 1
            at 45s 104 1
            at 30m 102 2
            """;

        var ours = Assert.Single(Services(drawing));
        var peers = Assert.Single(Services(drawing, DefinitionSet.Udot5));

        Assert.Equal(("silence", ""), (ours["ended_by"], ours["dwell_s"]));
        Assert.Equal(25, peers.Number("dwell_s"));
    }

    [Fact]
    public void A_preempt_that_the_log_leaves_open_has_no_end()
    {
        var service = Assert.Single(Services("""
            at 10s 105 1
            at 20s 107 1
            """));

        Assert.Equal(("log-end", ""), (service["ended_by"], service["end"]));
    }

    [Fact]
    public void Inputs_and_entries_are_counted_per_preempt()
    {
        var counts = Drawn.Rows("preemption", "preemption-counts", Unknown, """
            at 10s 102 1
            at 11s 102 1
            at 12s 105 1
            at 13s 102 4
            """);

        Assert.Equal(["1 2 1", "4 1 0"], counts.Select(c => $"{c["preempt"]} {c["inputs"]} {c["entries"]}"));
    }

    [Fact]
    [Trait("Category", SharedData.Category)]
    public void Real_preempts_agree_with_their_raw_rows()
    {
        var signal = SignalId.Parse("7706");
        var log = EventLog.Read(SharedData.PathTo("data/hires/udot-preempt-priority/preempt_7706_2021-09-17.csv"), "LocationId")[signal];

        // Here each input is followed by its entry, then by dwell and input off in either order, and by no exit.
        var expected = new List<string>();
        for (var i = 0; i < log.Length; i++)
        {
            if (log[i].Code == 102)
            {
                var own = log.Skip(i).Where(e => e.Parameter == log[i].Parameter).Take(4).ToArray();
                expected.Add($"{log[i].Parameter} {log[i].TimeMs} {(own.Single(e => e.Code == 107).TimeMs - own[1].TimeMs) / 1000.0} {(own.Single(e => e.Code == 104).TimeMs - own[0].TimeMs) / 1000.0}");
            }
        }

        var ours = Drawn.Rows("preemption", "preemption", SignalConfiguration.Unknown(signal), log)
            .Select(s => $"{s["preempt"]} {EventLog.TimeMs(s["time"])} {s.Number("time_to_service_s")} {s.Number("input_s")}");

        Assert.Equal(expected, ours);
    }

    private static IReadOnlyList<Drawn.Row> Services(string drawing, DefinitionSet set = DefinitionSet.Crosstown) =>
        Drawn.Rows("preemption", "preemption", Unknown, drawing, set);
}
