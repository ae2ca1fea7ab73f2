using Crosstown.Server.Measuring;
using System.Collections.Immutable;
using System.Globalization;
using Crosstown.Cli.Report.Data;
using Crosstown.Cli.Report.Drawing;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;

namespace Crosstown.Cli.Report.Charts;

/// <summary>Any table over time: one column's numbers as stepped lines, or as dots where rows stand at moments rather than bins.</summary>
/// <param name="Measure">The measure that writes the table.</param>
/// <param name="Title">Title of the chart.</param>
/// <param name="Table">The table.</param>
/// <param name="Values">The columns that are drawn, all in the unit of the first.</param>
/// <param name="Keys">The columns that tell the lines apart: phase, channel, movement.</param>
internal sealed record SeriesChart(string Measure, string Title, string Table, ImmutableArray<string> Values, ImmutableArray<string> Keys)
{
    private const double Top = 14;
    private const double PlotHeight = 190;

    /// <summary>Lines are told apart by color and by dashes; more than this many would not be.</summary>
    private const int MostLines = 8;

    /// <summary>Only rows with this word or number in this column; null for all.</summary>
    public (string Column, string Text)? Only { get; init; }

    /// <summary>A moment is drawn as a dot in one of these.</summary>
    private static readonly ImmutableArray<(string Style, Sign Sign, string Stroke, int StrokeX, int StrokeY)> s_marks =
    [
        ("round blue", Sign.Dot, "h0", 0, 0), ("square red", Sign.Square, "h0", 0, 0), ("stick green", Sign.Bar, "v50", 0, 50), ("stick purple", Sign.Dash, "h50", 50, 0),
        ("round gray", Sign.Dot, "h0", 0, 0), ("square yellow", Sign.Square, "h0", 0, 0), ("stick blue", Sign.Bar, "v50", 0, 50), ("stick red", Sign.Dash, "h50", 50, 0),
    ];

    /// <summary>The chart of a measure's main table: its first number with a unit, else its first count, by all columns that come before.</summary>
    /// <returns>Null for a table without time or numbers.</returns>
    public static SeriesChart? For(string measure, string title, TableSchema table)
    {
        var columns = table.Columns.TakeWhile(c => c.Name != "seen_share").ToArray();
        var isNumber = (Column c) => c.Type is ColumnType.Real or ColumnType.Single or ColumnType.Integer;
        var value = columns.FirstOrDefault(c => c.Unit.Length > 0 && isNumber(c)) ?? columns.LastOrDefault(isNumber);
        var isKeyed = columns.Any(c => c.Type == ColumnType.Time);
        return value is null || !isKeyed
            ? null
            : new SeriesChart(measure, title, table.Name, [value.Name], [.. columns.Where(c => s_keyColumns.Contains(c.Name) && c.Name != value.Name).Select(c => c.Name)]);
    }

    private static readonly ImmutableArray<string> s_keyColumns =
        ["phase", "overlap", "channel", "direction", "movement", "preempt", "request", "group", "subject", "number", "kind", "quantity", "shown", "fault", "finding"];

    /// <summary>Null when the signal has no rows of the table, or no number in them.</summary>
    public Chart? Draw(SignalView view)
    {
        if (view.Find(Table) is not { } rows || ListLines(rows) is not { Count: > 0 } lines)
        {
            return null;
        }

        var definition = rows.Column(Values[0]).Definition;
        var isShare = definition.Unit == "0-1";
        var isBinned = lines.All(l => l.Points.TrueForAll(p => view.Clock.BinAt(p.TimeMs, view.BinMs).StartMs == p.TimeMs));
        var shown = lines.OrderByDescending(l => l.Points.Count).ThenByDescending(l => l.Points.Sum(p => Math.Abs(p.Value ?? 0))).Take(MostLines).OrderBy(l => Words.SortKey(l.Name), StringComparer.Ordinal).ToArray();
        var most = shown.Max(l => l.Points.Max(p => p.Value ?? 0));
        var canvas = new SvgCanvas();
        var frame = Frame.Wide(canvas, Top, PlotHeight);
        var time = frame.Time(view.Span, view.Clock);
        var name = NameOf(definition) + (isShare || definition.Unit.Length == 0 ? "" : $", {definition.Unit}");
        var numbers = isShare ? frame.Numbers(1, name, 4, exact: true, format: v => Words.Percent(v)) : frame.Numbers(most, name);
        frame.Gaps(time, view.Gaps);
        for (var i = 0; i < shown.Length; i++)
        {
            if (isBinned)
            {
                canvas.Steps($"line s{i + 1}", BinRows.Steps(shown[i].Points, view, time, numbers));
            }
            else
            {
                var mark = s_marks[i];
                canvas.Marks(mark.Style, [.. shown[i].Points.Where(p => p.Value is not null).Select(p => new Point(time.Clamped(p.TimeMs), numbers.At(p.Value!.Value)))], mark.Stroke, mark.StrokeX, mark.StrokeY);
            }
        }

        frame.Close();
        return new Chart
        {
            Title = Title,
            Reading = Read(shown, definition, lines.Count),
            Measure = Measure,
            Height = frame.Bottom + 26,
            Body = canvas.ToString(),
            Legend = shown.Length == 1 && shown[0].Name.Length == 0
                ? []
                : [.. shown.Select((l, i) => isBinned ? new LegendEntry($"line s{i + 1}", Sign.Line, l.Name) : new LegendEntry(s_marks[i].Style, s_marks[i].Sign, l.Name))],
            Table = new ChartTable(
                ["Line", "Rows", "Mean", "Least", "Most"],
                [
                    .. lines.Select(l =>
                    {
                        var values = l.Points.Where(p => p.Value is not null).Select(p => p.Value!.Value).ToArray();
                        return ImmutableArray.Create(
                            l.Name.Length > 0 ? l.Name : Title, Words.Count(l.Points.Count), Write(definition, values.Average()), Write(definition, values.Min()), Write(definition, values.Max()));
                    }),
                ]),
        };
    }

    private string Read(Line[] lines, Column definition, int allLines)
    {
        var top = lines.MaxBy(l => l.Points.Max(p => p.Value ?? double.MinValue))!;
        var values = top.Points.Where(p => p.Value is not null).Select(p => p.Value!.Value).ToArray();
        var of = top.Name.Length > 0 ? $", {top.Name.ToLowerInvariant()}" : "";
        var rest = allLines > lines.Length ? $" {lines.Length} of {allLines} lines are drawn." : "";
        return $"{NameOf(definition)}: up to {Write(definition, values.Max())}{of}, where the mean is {Write(definition, values.Average())}.{rest}";
    }

    /// <summary>What is drawn: the figure that rows were picked for, what several columns have in common, or the one column.</summary>
    private string NameOf(Column definition) => Only is { Text: var text } && !char.IsAsciiDigit(text[0]) ? Words.Capital(Words.Spaced(text))
        : Values.Length == 1 ? Words.NameOf(definition)
        : definition.Unit == "0-1" ? "Share" : definition.Unit.Length > 0 ? "Value" : "Count";

    private static string Write(Column definition, double value) => definition.Unit switch
    {
        "0-1" => Words.Percent(value),
        "" => Words.Number(Math.Round(value, 1)),
        _ => $"{Words.Number(Math.Round(value, 1))} {definition.Unit}",
    };

    private List<Line> ListLines(TableRows rows)
    {
        var lines = new Dictionary<string, Line>(StringComparer.Ordinal);
        var time = rows.Column(rows.Schema.Columns.First(c => c.Type == ColumnType.Time).Name);
        var values = Values.Select(v => (Name: Values.Length == 1 ? "" : Words.NameOf(rows.Column(v).Definition).ToLowerInvariant(), Column: rows.Column(v))).ToArray();
        var keys = Keys.Select(k => (Name: k, Column: rows.Column(k))).ToArray();
        for (var row = 0; row < rows.Count; row++)
        {
            if (Only is { } only && rows.Column(only.Column).Text(row) != only.Text)
            {
                continue;
            }

            foreach (var value in values)
            {
                var name = Words.Capital(string.Join(' ', keys.Select(k => KeyText(k.Name, k.Column, row)).Append(value.Name).Where(t => t.Length > 0)));
                if (!lines.TryGetValue(name, out var line))
                {
                    lines[name] = line = new Line(name, []);
                }

                line.Points.Add(new BinValue(time.Time(row), value.Column.Number(row)));
            }
        }

        return [.. lines.Values.Where(l => l.Points.Exists(p => p.Value is not null))];
    }

    private static string KeyText(string name, TableColumn column, int row) => column.Definition.Type == ColumnType.Word
        ? Words.Spaced(column.Word(row))
        : column.Integer(row) is not { } number ? ""
        : name == "overlap" ? SignalGroup.Overlap((int)number).ToString()
        : name == "number" ? number.ToString(CultureInfo.InvariantCulture)
        : $"{name} {number}";

    private sealed record Line(string Name, List<BinValue> Points);
}
