using Crosstown.Core.Street;
using Crosstown.Core.Time;
using Crosstown.Measures.Composed.WatchdogReport;
using static Crosstown.Measures.Tests.Composed.Rows;

namespace Crosstown.Measures.Tests.Composed;

public sealed class WatchdogReportTests
{
    private static readonly WatchdogReportMeasure Measure = new();

    [Fact]
    public void A_finding_of_every_day_is_news_once_in_seven_days_and_keeps_its_first_day()
    {
        var rows = Compose(Measure, null, ("a", LowHits(0, 1, 2, 6, 7, 8)))["watchdog-report", "time first_seen days_seen is_reported"];

        Assert.Equal(
            [
                "2024-01-01T00:00:00.000 2024-01-01T00:00:00.000 1 true", "2024-01-02T00:00:00.000 2024-01-01T00:00:00.000 2 false",
                "2024-01-03T00:00:00.000 2024-01-01T00:00:00.000 3 false", "2024-01-07T00:00:00.000 2024-01-01T00:00:00.000 4 false",
                "2024-01-08T00:00:00.000 2024-01-01T00:00:00.000 5 true", "2024-01-09T00:00:00.000 2024-01-01T00:00:00.000 6 false",
            ],
            rows);
    }

    [Fact]
    public void A_finding_that_was_away_for_longer_is_a_new_one()
    {
        var rows = Compose(Measure, null, ("a", LowHits(0, 8)))["watchdog-report", "first_seen days_seen is_reported"];

        Assert.Equal(["2024-01-01T00:00:00.000 1 true", "2024-01-09T00:00:00.000 1 true"], rows);
    }

    [Fact]
    public void Another_channel_or_signal_is_another_finding() => Assert.Equal(
        ["1 true", "1 true", "1 true"],
        Compose(
            Measure, null, ("a", LowHits(0)), ("b", LowHits(0)),
            ("a", Rows.Of("watchdog", "time finding number value limit", [MondayMs + DayMs, "low-hits", 9, 3.0, 50.0])))["watchdog-report", "days_seen is_reported"]);

    [Fact]
    public void Without_suppression_every_day_is_reported() => Assert.Equal(
        ["true", "true"],
        Compose(Measure, i => i with { Options = Rows.With(Measure, ("suppress_days", 0)) }, ("a", LowHits(0, 1)))["watchdog-report", "is_reported"]);

    [Fact]
    public void Days_of_which_a_signal_s_log_has_nothing_are_told_and_so_are_signals_that_never_spoke()
    {
        var days = Rows.Of("watchdog-days", "time events", [MondayMs, 900], [MondayMs + DayMs, 0], [MondayMs + (3 * DayMs), 900]);

        var rows = Compose(
            Measure,
            i => i with { Period = new TimeRange(MondayMs, MondayMs + (5 * DayMs)), Configurations = new() { [SignalId.Parse("b")] = SignalConfiguration.Unknown(SignalId.Parse("b")) } },
            ("a", days))["watchdog-silence", "signal time days"];

        Assert.Equal(["a 2024-01-02T00:00:00.000 2", "a 2024-01-05T00:00:00.000 1", "b 2024-01-01T00:00:00.000 5"], rows);
    }

    private static Core.Tables.RowBuffer LowHits(params int[] days) =>
        Rows.Of("watchdog", "time finding number value limit", days.Select(d => new object?[] { MondayMs + (d * DayMs), "low-hits", 5, 12.0, 50.0 }));
}
