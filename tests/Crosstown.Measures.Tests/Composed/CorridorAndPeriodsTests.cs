using System.Globalization;
using Crosstown.Core.Data;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Measures.Composed;
using Crosstown.Measures.Composed.BeforeAfter;
using Crosstown.Measures.Composed.CorridorSummary;
using Crosstown.Measures.Composed.Reports;
using Crosstown.Measures.Options;
using Crosstown.Tests.Drawing;
using static Crosstown.Measures.Tests.Composed.Rows;

namespace Crosstown.Measures.Tests.Composed;

public sealed class CorridorAndPeriodsTests
{
    [Fact]
    public void A_corridor_s_share_on_green_weighs_each_signal_by_its_arrivals()
    {
        var rows = Compose(
            new CorridorSummaryMeasure(), i => i with { Corridor = Street("a", "b") },
            ("a", Arrivals((0, 2, 100, 80), (0, 6, 50, 10), (0, 4, 999, 999))), ("b", Arrivals((0, 2, 300, 120))))["corridor-summary", "direction figure counted out_of value signals least most"];

        Assert.Equal(
            [
                "forward arrivals 400.0 - - 2 100.0 300.0", "forward arrivals-on-green 200.0 400.0 0.5 2 0.4 0.8",
                "backward arrivals 50.0 - - 1 50.0 50.0", "backward arrivals-on-green 10.0 50.0 0.2 1 0.2 0.2",
            ],
            rows);
    }

    [Fact]
    public void A_signal_off_the_corridor_adds_nothing() =>
        Assert.Empty(Compose(new CorridorSummaryMeasure(), i => i with { Corridor = Street("a", "b") }, ("z", Arrivals((0, 2, 100, 80))))["corridor-summary", "value"]);

    [Fact]
    public void Welch_s_interval_is_that_of_the_textbook()
    {
        // 10, 12, 14, 16, 18 against 13, 15, 17, 19, 26: means 14 and 18, variances 10 and 25, so standard error sqrt(7) = 2.6458, 6.726 degrees of
        // freedom, t 1.5119, p 0.176; half width 2.3843 x 2.6458 = 6.308 (t from tables between 2.365 at 7 and 2.447 at 6).
        var row = Compared([10, 12, 14, 16, 18], [13, 15, 17, 19, 26])["before-after", "answer before after difference difference_low difference_high confidence"].Single(r => r.Contains("14.0", StringComparison.Ordinal)).Split(' ');

        Assert.Equal(["compared", "14.0", "18.0", "4.0"], row[..4]);
        Assert.InRange(Number(row[4]), 4 - 6.33, 4 - 6.29);
        Assert.InRange(Number(row[5]), 4 + 6.29, 4 + 6.33);
        Assert.InRange(Number(row[6]), 0.82, 0.83);
    }

    [Fact]
    public void Periods_of_which_the_log_saw_too_little_are_not_compared()
    {
        var rows = Compared([10, 12, 14, 16, 18], [13, 15, 17, 19, 26], seenAfter: 0.5)["before-after", "answer after_seen_share difference"];

        Assert.All(rows, r => Assert.Equal("too-little-seen-after 0.5 -", r));
    }

    [Fact]
    public void Too_few_days_are_not_compared() => Assert.All(
        Compared([10, 12], [13, 15, 17, 19, 26], daysBefore: 2)["before-after", "answer difference"], r => Assert.Equal("too-few-days-before -", r));

    [Fact]
    public void Only_days_of_the_week_that_both_sides_have_are_compared()
    {
        // Before: Monday to Friday. After: Monday to Sunday, with a wild weekend.
        var rows = Compared([10, 10, 10, 10, 11], [20, 20, 20, 20, 21, 900, 900], daysAfter: 7)["before-after", "after_days after"];

        Assert.Contains("5 20.2", rows);
    }

    [Fact]
    public void A_saved_report_is_read_with_its_days_and_hours()
    {
        var report = ReportDefinition.Read(
            """
            { "name": "Main St PM", "measures": ["arrivals-on-green", "before-after"], "corridor": "main", "from": "2026-03-02", "until": "2026-03-16",
              "days": "weekdays", "fromHour": 15, "toHour": 19, "before": { "from": "2026-02-02", "until": "2026-02-16" } }
            """, "pm.json");

        Assert.Equal(DayTypes.Weekdays, report.Days);
        Assert.True(report.Wants(LocalTimeMap.Utc, Ms("2026-03-02T15:00:00Z")));
        Assert.False(report.Wants(LocalTimeMap.Utc, Ms("2026-03-02T19:00:00Z")));
        Assert.False(report.Wants(LocalTimeMap.Utc, Ms("2026-03-07T15:00:00Z")));
        Assert.Equal(new TimeRange(Ms("2026-03-02T00:00:00Z"), Ms("2026-03-16T00:00:00Z")), report.Period.On(LocalTimeMap.Utc));
    }

    [Fact]
    public void All_that_is_wrong_with_a_report_is_said_at_once()
    {
        var problem = Assert.Throws<ProblemException>(() => ReportDefinition.Read(
            """{ "measures": ["nonsense", "before-after"], "signals": ["???"], "from": "2026-03-02", "until": "2026-03-01", "days": ["someday"], "fromHour": 25, "color": 1 }""", "bad.json"));

        Assert.Equal(
            ["XT131 days", "XT131 fromHour", "XT131 signals", "XT131 until", "XT132 color", "XT132 measures", "XT133 before", "XT133 name"],
            problem.Problems.Select(p => $"{p.Code} {p.Where["bad.json: ".Length..]}").Order(StringComparer.Ordinal));
        Assert.Equal("XT130", Assert.Single(Assert.Throws<ProblemException>(() => ReportDefinition.Read("{", "bad.json")).Problems).Code);
    }

    [Fact]
    public void A_report_runs_the_measures_that_its_composed_ones_read_and_gives_only_what_was_asked()
    {
        var log = Strip.Read("phase 2 R10 G10 Y5 R5\ndet 5 .15 #1 .14\nrepeat 240\nat 0s 132 30");
        var street = Street("a", "b") with { Signals = [Street("a").Signals[0], Street("a", "b").Signals[1]] };
        var configurations = new[] { "a", "b" }.ToDictionary(SignalId.Parse, s => Streets.AtStopBar with { Signal = SignalId.Parse(s) });
        var definition = ReportDefinition.Read(
            """{ "name": "x", "measures": ["corridor-summary", "link-pivot"], "corridor": "main", "from": "2024-01-01", "until": "2024-01-02", "fromHour": 12, "toHour": 13 }""", "x.json");
        var sink = new CollectedRows();
        var run = new ReportRun(definition, new MeasureOptions(), configurations, [street]);

        run.Run(_ => LocalTimeMap.Utc, (signal, range, show) => show(log.Where(e => range.Contains(e.TimeMs)).ToArray()), sink, new DataIssueLog());

        Assert.Contains("arrivals-by-shift", run.Measures.Select(m => m.Name));
        Assert.Equal(["corridor-summary", "link-pivot", "link-pivot-offsets", "link-pivot-shifts"], sink.Tables.Keys.Order());
        Assert.Contains("forward,arrivals-on-green,", string.Join('\n', sink["corridor-summary"]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_report_on_a_corridor_or_signal_that_does_not_exist_is_refused()
    {
        var definition = ReportDefinition.Read("""{ "name": "x", "measures": ["watchdog"], "corridor": "nowhere", "from": "2024-01-01", "until": "2024-01-02" }""", "x.json");

        Assert.Equal("XT134", Assert.Single(Assert.Throws<ProblemException>(() => new ReportRun(definition, new MeasureOptions(), new Dictionary<SignalId, SignalConfiguration>(), [])).Problems).Code);
    }

    [Fact]
    public void A_day_of_a_report_begins_at_local_midnight()
    {
        var denver = new LocalTimeMap("America/Denver", [0], [-7 * 3_600_000]);

        Assert.Equal(Ms("2024-01-01T07:00:00Z"), new DateSpan(new DateOnly(2024, 1, 1), new DateOnly(2024, 1, 2)).On(denver).StartMs);
    }

    private static long Ms(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture).ToUnixTimeMilliseconds();

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static RowBuffer Arrivals(params (int Bin, int Phase, int Arrivals, int OnGreen)[] bins) => Rows.Of(
        "arrivals-on-green", "time phase arrivals on_green on_yellow on_red state_unknown seen_share",
        bins.Select(b => new object?[] { MondayMs + (b.Bin * 900_000L), b.Phase, b.Arrivals, b.OnGreen, 0, b.Arrivals - b.OnGreen, 0, 1.0 }));

    /// <summary>One bin of arrivals a day, and a detector whose volume shows what the log saw; the later period begins on the second Monday.</summary>
    private static Rows.Composed Compared(int[] before, int[] after, double seenAfter = 1, int daysBefore = 5, int daysAfter = 5)
    {
        var rows = new List<(string, RowBuffer)>();
        foreach (var (values, start, seen) in new[] { (before, MondayMs, 1.0), (after, MondayMs + (7 * DayMs), seenAfter) })
        {
            rows.Add(("a", Rows.Of(
                "arrivals-on-green", "time phase arrivals on_green on_yellow on_red state_unknown seen_share",
                values.Select((v, d) => new object?[] { start + (d * DayMs), 2, v, v, 0, 0, 0, seen }))));
            rows.Add(("a", Rows.Of("detector-volume", "time channel count seen_share", Enumerable.Range(0, values.Length * 96).Select(b => new object?[] { start + (b * 900_000L), 1, 1, seen }))));
        }

        var periods = new ComparedPeriods(new TimeRange(MondayMs, MondayMs + (daysBefore * DayMs)), new TimeRange(MondayMs + (7 * DayMs), MondayMs + ((7 + daysAfter) * DayMs)));
        return Compose(new BeforeAfterMeasure(), i => i with { Compared = periods }, rows);
    }
}
