using Crosstown.Server.Measuring;
using System.Collections.Immutable;
using Crosstown.Cli.Report.Data;
using Crosstown.Cli.Report.Drawing;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;

namespace Crosstown.Cli.Report.Charts;

/// <summary>Rows that last: a line per thing, with a bar from begin to end of each row.</summary>
/// <param name="Measure">The measure that writes the table.</param>
/// <param name="Title">Title of the chart.</param>
/// <param name="Table">The table.</param>
/// <param name="Start">The column of the begin.</param>
/// <param name="End">The column of the end; null where a row stands for its bin.</param>
/// <param name="Keys">The columns that name a line.</param>
internal sealed record SpansChart(string Measure, string Title, string Table, string Start, string? End, ImmutableArray<string> Keys)
{
    private const double Top = 10;
    private const double RowHeight = 18;
    private const double LabelRoom = 250;
    private const int MostRows = 24;

    /// <summary>Null when the signal has no rows of the table in a window.</summary>
    public Chart? Draw(SignalView view, TimeRange window)
    {
        if (view.Find(Table) is not { } rows || ListLines(view, rows, window) is not { Count: > 0 } lines)
        {
            return null;
        }

        var shown = lines.OrderByDescending(l => l.Spans.Count).Take(MostRows).OrderBy(l => Words.SortKey(l.Name), StringComparer.Ordinal).ToArray();
        var canvas = new SvgCanvas();
        var frame = new Frame(canvas, LabelRoom, Top, Frame.PictureWidth - LabelRoom - Frame.Right, shown.Length * RowHeight);
        var time = frame.Time(window, view.Clock);
        frame.Gaps(time, view.Gaps);
        for (var i = 0; i < shown.Length; i++)
        {
            var y = Top + (i * RowHeight);
            canvas.Text("t", LabelRoom - 8, y + 13, shown[i].Name, Anchor.End);
            canvas.Line("row", frame.X, y + RowHeight, frame.End, y + RowHeight);
            canvas.Boxes("area blue", [.. shown[i].Spans.Select(s => (time.Clamped(s.StartMs), y + 4, Math.Max(1, time.Clamped(s.EndMs) - time.Clamped(s.StartMs)), RowHeight - 8))]);
        }

        frame.Close();
        var longest = shown.MaxBy(l => l.Spans.Sum(s => s.LengthMs))!;
        return new Chart
        {
            Title = Title,
            Reading = $"{Words.Counted(lines.Sum(l => l.Spans.Count), "span")} of {Words.Counted(lines.Count, "kind")}{(lines.Count > shown.Length ? $", {shown.Length} of them drawn" : "")}. Longest in all: {longest.Name}, {Words.Seconds(longest.Spans.Sum(s => s.LengthMs) / 1000.0)}.",
            Measure = Measure,
            Height = frame.Bottom + 26,
            Body = canvas.ToString(),
            Table = new ChartTable(
                ["Line", "Spans", "First from", "In all"],
                [.. lines.Select(l => ImmutableArray.Create(l.Name, Words.Count(l.Spans.Count), view.DayAndTime(l.Spans[0].StartMs), Words.Seconds(l.Spans.Sum(s => s.LengthMs) / 1000.0)))]),
        };
    }

    private List<Line> ListLines(SignalView view, TableRows rows, TimeRange window)
    {
        var lines = new Dictionary<string, Line>(StringComparer.Ordinal);
        var start = rows.Column(Start);
        TableColumn? end = End is null ? null : rows.Column(End);
        var keys = Keys.Select(rows.Column).ToArray();
        for (var row = 0; row < rows.Count; row++)
        {
            var from = start.Time(row);
            var to = end is { } e ? e.Integer(row) ?? window.EndMs : view.Clock.BinAt(from, view.BinMs).EndMs;
            if (from >= window.EndMs || to <= window.StartMs || to < from)
            {
                continue;
            }

            var name = Words.Capital(string.Join(' ', keys.Select(k => Text(k, row)).Where(t => t.Length > 0)));
            if (!lines.TryGetValue(name, out var line))
            {
                lines[name] = line = new Line(name, []);
            }

            line.Spans.Add(new TimeRange(Math.Max(from, window.StartMs), Math.Min(to, window.EndMs)));
        }

        return [.. lines.Values];
    }

    private static string Text(TableColumn column, int row) => column.Definition.Type == ColumnType.Word
        ? Words.Spaced(column.Word(row))
        : column.Integer(row) is not { } number ? ""
        : column.Definition.Name == "number" ? $"{number}"
        : $"{column.Definition.Name} {number}";

    private sealed record Line(string Name, List<TimeRange> Spans);
}
