using Crosstown.Core.Data;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Time;
using Crosstown.Measures.Engine;
using Crosstown.Measures.Options;
using Crosstown.Measures.Watchdog;

namespace Crosstown.Measures.Tests.Watchdog;

public sealed class WatchdogTests
{
    private const long HourMs = 3_600_000;

    /// <summary>2024-01-01T00:00:00Z, a Monday.</summary>
    private const long MidnightMs = 1_704_067_200_000;

    private static readonly WatchdogMeasure Measure = new();

    [Fact]
    public void A_signal_that_logs_all_day_and_nothing_odd_has_no_finding()
    {
        var answer = Findings(Day(0, 20_000), Streets.AtStopBar);

        Assert.Empty(answer["watchdog"]);
        Assert.Single(answer["watchdog-days"]);
    }

    [Fact]
    public void A_busy_hour_with_no_more_than_500_events_is_no_data()
    {
        var rows = Findings(Day(0, 20_000).Where(e => HourOf(e) != 17 || e.TimeMs % HourMs < 1_200_000), Streets.AtStopBar)["watchdog"];

        Assert.StartsWith("2024-01-01T00:00:00.000,7,no-data,,", Assert.Single(rows), StringComparison.Ordinal);
    }

    [Fact]
    public void A_day_without_one_event_between_others_is_no_data()
    {
        var rows = Findings([.. Day(0, 20_000), .. Day(2, 20_000)], Streets.AtStopBar)["watchdog"];

        Assert.StartsWith("2024-01-02T00:00:00.000,7,no-data,,0.0,500.0,0.0", Assert.Single(rows), StringComparison.Ordinal);
    }

    [Fact]
    public void A_download_that_ends_in_the_busy_hour_says_nothing_of_it()
    {
        Assert.Empty(Findings(Day(0, 20_000).Where(e => HourOf(e) < 17), Streets.AtStopBar)["watchdog"]);
    }

    [Fact]
    public void An_advance_detector_with_49_hits_in_the_busy_hour_has_too_few_and_with_50_enough()
    {
        static ControllerEvent[] WithHits(int count) =>
        [
            .. Day(0, 20_000).Where(e => e.Code != EventCode.DetectorOn),
            .. Enumerable.Range(0, count).Select(i => new ControllerEvent(MidnightMs + (17 * HourMs) + (i * 10_000), EventCode.DetectorOn, 5)),
        ];

        Assert.StartsWith("2024-01-01T00:00:00.000,7,low-hits,5,49.0,50.0", Assert.Single(Findings(WithHits(49), Streets.AtStopBar)["watchdog"]), StringComparison.Ordinal);
        Assert.Empty(Findings(WithHits(50), Streets.AtStopBar)["watchdog"]);
    }

    [Fact]
    public void Under_utah_s_definition_each_vehicle_counts_twice()
    {
        ControllerEvent[] log =
        [
            .. Day(0, 40_000).Where(e => e.Code is not (EventCode.DetectorOn or EventCode.DetectorOff)),
            .. Enumerable.Range(0, 30).Select(i => new ControllerEvent(MidnightMs + (17 * HourMs) + (i * 10_000), EventCode.DetectorOn, 5)),
            .. Enumerable.Range(0, 30).Select(i => new ControllerEvent(MidnightMs + (17 * HourMs) + (i * 10_000) + 500, EventCode.DetectorOff, 5)),
        ];

        Assert.Empty(Findings(log, Streets.AtStopBar, DefinitionSet.Udot5)["watchdog"]);
        Assert.Single(Findings(log, Streets.AtStopBar)["watchdog"]);
    }

    [Fact]
    public void More_than_200_walks_and_don_t_walks_at_night_are_a_stuck_button()
    {
        ControllerEvent[] log =
        [
            .. Day(0, 20_000),
            .. Enumerable.Range(0, 101).SelectMany(i => new[]
            {
                new ControllerEvent(MidnightMs + HourMs + (i * 120_000), EventCode.PedestrianBeginWalk, 4),
                new ControllerEvent(MidnightMs + HourMs + (i * 120_000) + 20_000, EventCode.PedestrianBeginDontWalk, 4),
            }),
        ];

        Assert.StartsWith("2024-01-01T00:00:00.000,7,stuck-pedestrian-button,4,202.0,200.0", Assert.Single(Findings(log, Streets.AtStopBar)["watchdog"]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(DefinitionSet.Crosstown, 0, 0)]
    [InlineData(DefinitionSet.Crosstown, 1, 1)]
    [InlineData(DefinitionSet.Udot5, 0, 1)]
    public void Walks_that_no_button_asked_for_are_on_recall_and_accuse_none(DefinitionSet set, int presses, int findings)
    {
        ControllerEvent[] log =
        [
            .. Day(0, 20_000),
            new ControllerEvent(MidnightMs + 1000, EventCode.PedestrianDetectorOn, 4),
            new ControllerEvent(MidnightMs + 2000, EventCode.PedestrianDetectorOff, 4),
            .. Enumerable.Range(0, presses).SelectMany(i => new[]
            {
                new ControllerEvent(MidnightMs + HourMs + 1000 + i, EventCode.PedestrianDetectorOn, 4),
                new ControllerEvent(MidnightMs + HourMs + 1500 + i, EventCode.PedestrianDetectorOff, 4),
            }),
            .. Enumerable.Range(0, 101).SelectMany(i => new[]
            {
                new ControllerEvent(MidnightMs + HourMs + (i * 120_000), EventCode.PedestrianBeginWalk, 4),
                new ControllerEvent(MidnightMs + HourMs + (i * 120_000) + 20_000, EventCode.PedestrianBeginDontWalk, 4),
            }),
        ];

        Assert.Equal(findings, Findings(log, Streets.AtStopBar, set)["watchdog"].Count(f => f.Contains("stuck-pedestrian-button", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_phase_that_maxes_out_in_over_nine_of_ten_services_at_night_is_called_too_often()
    {
        ControllerEvent[] log =
        [
            .. Day(0, 20_000),
            .. Enumerable.Range(0, 60).SelectMany(i => new[]
            {
                new ControllerEvent(MidnightMs + HourMs + (i * 120_000), EventCode.PhaseBeginGreen, 2),
                new ControllerEvent(MidnightMs + HourMs + (i * 120_000) + 20_000, i < 57 ? EventCode.PhaseMaxOut : EventCode.PhaseGapOut, 2),
                new ControllerEvent(MidnightMs + HourMs + (i * 120_000) + 20_000, EventCode.PhaseBeginYellow, 2),
            }),
        ];

        Assert.StartsWith("2024-01-01T00:00:00.000,7,max-outs,2,0.95,0.9", Assert.Single(Findings(log, Streets.AtStopBar)["watchdog"]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_phase_and_a_channel_that_nobody_configured_are_named()
    {
        ControllerEvent[] log =
        [
            .. Day(0, 20_000),
            new(MidnightMs + HourMs, EventCode.PhaseBeginGreen, 7),
            new(MidnightMs + HourMs, EventCode.DetectorOn, 31),
        ];

        var rows = Findings(log, Streets.AtStopBar)["watchdog"];

        Assert.Equal(2, rows.Count);
        Assert.StartsWith("2024-01-01T00:00:00.000,7,phase-not-configured,7,1.0,,", rows[0], StringComparison.Ordinal);
        Assert.StartsWith("2024-01-01T00:00:00.000,7,channel-not-configured,31,1.0,,", rows[1], StringComparison.Ordinal);
        Assert.Empty(Findings(log, SignalConfiguration.Unknown(SignalId.Parse("7")))["watchdog"]);
    }

    [Fact]
    [Trait("rule", "R09")]
    public void On_the_night_of_the_clock_change_the_busy_hour_is_still_five_in_the_afternoon()
    {
        // 2024-03-10: local time is UTC-7 until 02:00, then UTC-6. 17 h local is 23 h UTC.
        const long changeMs = 1_710_061_200_000;
        var clock = new LocalTimeMap("America/Denver", [changeMs - (30 * HourMs), changeMs], [-7 * 3_600_000, -6 * 3_600_000]);
        var startMs = changeMs - (2 * HourMs);
        ControllerEvent[] log = [.. Enumerable.Range(0, 23 * 3600 / 5).Select(i => new ControllerEvent(startMs + (i * 5000L), EventCode.PhaseCheck, 2))];
        var sink = new CollectedRows();
        var pass = new SignalPass([Measure], Streets.AtStopBar, clock, new MeasureOptions(), null, sink, new DataIssueLog());

        pass.Append(log);
        pass.Finish();

        Assert.StartsWith("2024-03-10T00:00:00.000,7,16560,720,1,", Assert.Single(sink["watchdog-days"]), StringComparison.Ordinal);
        Assert.StartsWith("2024-03-10T00:00:00.000,7,low-hits,5,0.0", Assert.Single(sink["watchdog"]), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Category", SharedData.Category)]
    public void A_real_peak_hour_reads_as_it_did_when_it_was_checked()
    {
        var log = EventLog.Read(SharedData.PathTo("data/hires/udot-7185/events_2017-10-17_17h.csv"), onlySignal: "7185").Single();
        var rows = Run.OneShot([Measure], Streets.Utah7185(), log.Value);

        Golden.Check("watchdog", "Utah signal 7185, 2017-10-17 17-18 h, ATSPM 4 test data", [.. rows["watchdog"], .. rows["watchdog-days"]]);
    }

    private static int HourOf(ControllerEvent e) => (int)((e.TimeMs - MidnightMs) / HourMs % 24);

    /// <summary>A day of events every few seconds, a vehicle on the advance detector among them.</summary>
    private static IEnumerable<ControllerEvent> Day(int day, int count) => Enumerable.Range(0, count).Select(i => new ControllerEvent(
        MidnightMs + (day * 24 * HourMs) + (i * (24 * HourMs / count)), i % 4 == 0 ? EventCode.DetectorOn : i % 4 == 1 ? EventCode.DetectorOff : EventCode.PhaseCheck, 5));

    private static CollectedRows Findings(IEnumerable<ControllerEvent> log, SignalConfiguration configuration, DefinitionSet set = DefinitionSet.Crosstown) =>
        Run.OneShot([Measure], configuration, log.Distinct().Order().ToArray(), new MeasureOptions { Set = set });
}
