using Crosstown.Server.Measuring;
using System.Globalization;
using Crosstown.Cli.Report.Charts;
using Crosstown.Cli.Report.Data;
using Crosstown.Cli.Report.Drawing;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Measures;
using Crosstown.Measures.Options;

namespace Crosstown.Cli.Tests.Report;

public sealed class ChartTests
{
    private const long MinuteMs = 60_000;
    private const long HourMs = 60 * MinuteMs;
    private const long BinMs = 15 * MinuteMs;

    private static readonly SignalId s_signal = SignalId.Parse("7");

    [Fact]
    [Trait("rule", "R13")]
    public void A_bin_that_was_not_seen_is_a_gap_and_one_without_a_row_is_too()
    {
        var view = View(2, Health((0, 1), (1, 0.4), (2, 1), (4, 1), (5, 1), (6, 1), (7, 1)));

        Assert.Equal([new TimeRange(BinMs, 2 * BinMs), new TimeRange(3 * BinMs, 4 * BinMs)], view.Gaps);
        Assert.Equal((6 + 0.4) / 8, view.SeenShare!.Value, 9);
    }

    [Fact]
    [Trait("rule", "R13")]
    public void Gaps_are_hatched_in_every_chart_over_time()
    {
        var seen = Enumerable.Range(0, 8).Where(i => i != 3).Select(i => (i, 1.0)).ToArray();
        var view = View(2, Health(seen), Table("pedestrian-delay", [At(1), 2, 3, 40.0, 10.0, 90.0, 120.0, 3, 0, 2, 3, 0, 1.0, null, null, null]));

        var chart = PedestrianDelayChart.Draw(view)!;

        Assert.Equal(1, Occurrences(chart.Body, "class=\"gap\""));
    }

    [Fact]
    public void A_stepped_line_breaks_at_a_missing_bin_and_at_a_missing_number()
    {
        var view = View(2);
        var canvas = new SvgCanvas();
        var frame = Frame.Wide(canvas, 0, 100);
        var time = frame.Time(view.Span, view.Clock);
        var numbers = frame.Numbers(10, "");

        var points = BinRows.Steps([new(At(0), 1), new(At(1), 2), new(At(3), 3), new(At(4), null), new(At(5), 4)], view, time, numbers);

        var lengths = string.Join(' ', string.Concat(points.Select(p => double.IsNaN(p.X) ? '|' : 'x')).Split('|', StringSplitOptions.RemoveEmptyEntries).Select(s => s.Length));
        Assert.Equal("4 2 2", lengths);
    }

    [Fact]
    public void The_coordination_diagram_has_a_dot_for_each_arrival_of_its_group_and_day()
    {
        var cycles = Enumerable.Range(0, 30).Select(i => Cycle(i * 2 * MinuteMs, phase: 2)).Append(Cycle(0, phase: 6)).ToArray();
        var arrivals = Enumerable.Range(0, 50).Select(i => Arrival(i * MinuteMs, phase: 2)).Append(Arrival(5 * MinuteMs, phase: 6)).Append(Arrival(25 * HourMs, phase: 2)).ToArray();
        var view = View(48, Table("coordination-cycles", cycles), Table("coordination-arrivals", arrivals));

        var charts = CoordinationDiagramChart.DrawEach(view, new TimeRange(0, 24 * HourMs)).ToArray();

        Assert.Equal(2, charts.Length);
        Assert.Equal("Coordination diagram, Phase 2, Thu Jan 1", charts[0].Title);
        Assert.Equal(50, Occurrences(charts[0].Body, "h0"));
        Assert.Equal(1, Occurrences(charts[1].Body, "h0"));
    }

    [Fact]
    public void A_phase_that_maxes_out_in_a_row_is_named_in_the_reading()
    {
        var rows = Enumerable.Range(0, 6).Select(i => new object?[] { i * MinuteMs, 4, "max_out", i + 1, i >= 2, 1.0, null, null, null }).ToArray();

        var chart = PhaseTerminationChart.Draw(View(1, Table("phase-terminations", rows)), new TimeRange(0, HourMs))!;

        Assert.Contains("6 services: 0 % gapped out, 100 % maxed out", chart.Reading, StringComparison.Ordinal);
        Assert.Contains("6 max-outs of phase 4 up to 00:05", chart.Reading, StringComparison.Ordinal);
        Assert.Equal(["4", "6", "0", "6", "0", "0", "6 max-outs", "0"], chart.Table.Rows[0]);
    }

    [Fact]
    public void Split_failures_count_what_their_rows_count()
    {
        var view = View(
            2,
            Table("split-failures", [At(0), 2, null, 7, 3, 3 / 7.0, 20.0, 0.9, 0.7, 0, 1.0, 0, 0, 0], [At(1), 2, null, 8, 1, 1 / 8.0, 20.0, 0.8, 0.4, 0, 1.0, 0, 0, 0], [At(1), 2, 12, 8, 8, 1.0, 20.0, 0.8, 0.4, 0, 1.0, 0, 0, 0]));

        var chart = SplitFailureChart.Draw(view)!;

        Assert.StartsWith("4 of 15 judged cycles failed (27 %). Phase 2 has most: 4", chart.Reading, StringComparison.Ordinal);
        Assert.Contains("Worst 15 minutes: Thu Jan 1 00:00, phase 2, 3 of 7.", chart.Reading, StringComparison.Ordinal);
    }

    [Fact]
    public void A_number_that_is_not_known_is_a_dash_and_what_is_not_quite_all_is_not_100_percent()
    {
        Assert.Equal("–", Words.Percent(null));
        Assert.Equal("0 %", Words.Percent(0));
        Assert.Equal("99.9 %", Words.Percent(0.9999));
        Assert.Equal("100 %", Words.Percent(1));
        Assert.Equal("4.0 %", Words.Percent(0.04));
    }

    [Fact]
    public void Channel_3_comes_before_channel_10() =>
        Assert.Equal(["Channel 3", "Channel 10"], new[] { "Channel 10", "Channel 3" }.OrderBy(Words.SortKey, StringComparer.Ordinal));

    [Fact]
    public void The_chart_of_any_table_takes_its_first_number_with_a_unit()
    {
        var chart = SeriesChart.For("m", "M", Schema("phase-wait"))!;

        Assert.Equal("mean_s", Assert.Single(chart.Values));
        Assert.Equal(["phase"], chart.Keys);
    }

    [Fact]
    public void Every_table_that_a_chart_asks_for_is_one_that_a_measure_writes()
    {
        var written = MeasureCatalog.All.SelectMany(m => m.TablesIn(DefinitionSet.Crosstown)).Concat(Crosstown.Measures.Composed.ComposedCatalog.All.SelectMany(m => m.Tables)).Select(t => t.Name).ToHashSet();

        Assert.All(SignalCharts.Tables.Concat(Findings.Tables).Concat(TimeSpaceChart.Tables), t => Assert.Contains(t, written));
    }

    private static long At(int bin) => bin * BinMs;

    private static object?[] Cycle(long startMs, int phase) =>
        [startMs, phase, null, startMs + 40_000, startMs + 80_000, startMs + (2 * MinuteMs), 40.0, 40.0, 4.0, 120.0, 3, 1, 1.0, 0, null, 0];

    private static object?[] Arrival(long timeMs, int phase) => [timeMs, phase, null, 5, timeMs % (2 * MinuteMs) / 1000.0, "red", 1.0, 0, null, 0];

    private static RowBuffer Health(params ReadOnlySpan<(int Bin, double Seen)> bins)
    {
        var rows = new RowBuffer(Schema("communications-health"));
        foreach (var (bin, seen) in bins)
        {
            Add(rows, [At(bin), true, 5, null, null, 0, null, null, null, null, seen, null, null, null]);
        }

        return rows;
    }

    private static RowBuffer Table(string name, params ReadOnlySpan<object?[]> cells)
    {
        var rows = new RowBuffer(Schema(name));
        foreach (var row in cells)
        {
            Add(rows, row);
        }

        return rows;
    }

    /// <summary>Adds a row, cell by cell without the signal's.</summary>
    private static void Add(RowBuffer rows, object?[] cells)
    {
        var columns = rows.Schema.Columns.Where(c => c.Type != ColumnType.Signal).ToArray();
        Assert.Equal(columns.Length, cells.Length);
        for (var i = 0; i < cells.Length; i++)
        {
            _ = cells[i] is null ? rows.Null() : columns[i].Type switch
            {
                ColumnType.Time => rows.Time(Convert.ToInt64(cells[i], CultureInfo.InvariantCulture)),
                ColumnType.Integer => rows.Integer(Convert.ToInt64(cells[i], CultureInfo.InvariantCulture)),
                ColumnType.Real => rows.Real(Convert.ToDouble(cells[i], CultureInfo.InvariantCulture)),
                ColumnType.Boolean => rows.Boolean((bool)cells[i]!),
                ColumnType.Word => rows.Word(columns[i].Words.IndexOf((string)cells[i]!)),
                _ => throw new ArgumentOutOfRangeException(nameof(cells)),
            };
        }
    }

    private static TableSchema Schema(string name) => MeasureCatalog.All.SelectMany(m => m.TablesIn(DefinitionSet.Crosstown)).First(t => t.Name == name);

    private static SignalView View(int hours, params ReadOnlySpan<RowBuffer> tables)
    {
        var collected = new CollectedTables(tables.ToArray().Select(t => t.Schema.Name));
        foreach (var table in tables)
        {
            collected.Take(s_signal, LocalTimeMap.Utc, table);
        }

        return new SignalView(SignalConfiguration.Unknown(s_signal), LocalTimeMap.Utc, new TimeRange(0, hours * HourMs), BinMs, collected);
    }

    private static int Occurrences(string text, string part) => (text.Length - text.Replace(part, "", StringComparison.Ordinal).Length) / part.Length;
}
