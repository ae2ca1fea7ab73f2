using System.Globalization;
using Crosstown.Core.Tables;
using Crosstown.Measures.Composed.DailyAlerts;
using static Crosstown.Measures.Tests.Composed.Rows;

namespace Crosstown.Measures.Tests.Composed;

public sealed class DailyAlertsTests
{
    private static readonly DailyAlertsMeasure Measure = new();

    [Fact]
    public void A_phase_that_maxes_out_for_one_day_after_three_quiet_weeks_raises_an_alert()
    {
        // 20 days of 2 in 100, then 90 in 100: mean 1.3/21 = 0.06190, sum of squares 20 x 0.0019^... so s = 0.19203; z = 4.364.
        var rows = Compose(Measure, null, ("a", PhaseDays([.. Enumerable.Repeat(2, 20), 90])))["daily-alerts", "share mean deviation z cusum services is_alert is_reported"];
        var last = rows[^1].Split(' ');

        Assert.Equal(21, rows.Length);
        Assert.Equal((20 * 0.02 + 0.9) / 21, Number(last[1]), 9);
        Assert.Equal(Math.Sqrt(((20 * Math.Pow(0.02 - Number(last[1]), 2)) + Math.Pow(0.9 - Number(last[1]), 2)) / 20), Number(last[2]), 9);
        Assert.Equal((0.9 - Number(last[1])) / Number(last[2]), Number(last[3]), 9);

        // Only the last of the seven days exceeds mean and half a deviation; its weight is 21 squared of 15 to 21 squared.
        Assert.Equal(7 * (0.9 - Number(last[1]) - (0.5 * Number(last[2]))) * 441 / (225 + 256 + 289 + 324 + 361 + 400 + 441), Number(last[4]), 9);
        Assert.Equal("100 true true", string.Join(' ', last[5..]));
        Assert.All(rows[..^1], r => Assert.EndsWith("false false", r, StringComparison.Ordinal));
    }

    [Fact]
    public void A_phase_with_few_services_raises_none() => Assert.DoesNotContain(
        "true", Compose(Measure, null, ("a", PhaseDays([.. Enumerable.Repeat(0, 20), 27], services: 30)))["daily-alerts", "is_alert"]);

    [Fact]
    public void An_alert_is_not_reported_again_for_three_weeks()
    {
        var options = Rows.With(Measure, ("max_out_z", 0), ("max_out_cusum", 0), ("max_out_share", 0));
        var rows = Compose(Measure, i => i with { Options = options }, ("a", PhaseDays([.. Enumerable.Repeat(0, 15), 50, 0, 50, 0, 50, 0])))["daily-alerts", "is_alert is_reported"];

        Assert.Equal(["true true", "true false", "true false"], rows.Where(r => r.StartsWith("true", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_detector_and_a_silent_signal_have_their_own_limits()
    {
        var detector = Rows.Of("detector-days", "time channel anomalous_share", Enumerable.Range(0, 21).Select(d => new object?[] { MondayMs + (d * DayMs), 4, d == 20 ? 0.5 : 0.0 }));
        var signal = Rows.Of("watchdog-days", "time events seen_share", Enumerable.Range(0, 21).Select(d => new object?[] { MondayMs + (d * DayMs), 9, d == 20 ? 0.5 : 1.0 }));

        var rows = Compose(Measure, null, ("a", detector), ("a", signal))["daily-alerts", "subject number is_alert"];

        Assert.Equal(["detector-anomalies 4 true", "missing-data - true"], rows.Where(r => r.EndsWith("true", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_share_that_never_changes_has_no_deviation_to_exceed() => Assert.All(
        Compose(Measure, null, ("a", PhaseDays([.. Enumerable.Repeat(100, 21)])))["daily-alerts", "z is_alert"], r => Assert.Equal("- false", r));

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static RowBuffer PhaseDays(int[] maxOuts, int services = 100) => Rows.Of(
        "phase-days", "time phase services gap_outs max_outs force_offs presses walks seen_share",
        maxOuts.Select((m, d) => new object?[] { MondayMs + (d * DayMs), 2, services, services - m, m, 0, 0, 0, 1.0 }));
}
