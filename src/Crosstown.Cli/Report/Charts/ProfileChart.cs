using Crosstown.Server.Measuring;
using System.Collections.Immutable;
using System.Globalization;
using Crosstown.Cli.Report.Data;
using Crosstown.Cli.Report.Drawing;
using Crosstown.Core.Tables;

namespace Crosstown.Cli.Report.Charts;

/// <summary>A table summed over time against one of its numbers: hits by seconds since green, arrivals on green by shift.</summary>
/// <param name="Measure">The measure that writes the table.</param>
/// <param name="Title">Title of the chart.</param>
/// <param name="Table">The table.</param>
/// <param name="Across">The column from left to right.</param>
/// <param name="Value">The column that is summed.</param>
/// <param name="Key">The column that tells the lines apart; null for one line.</param>
internal sealed record ProfileChart(string Measure, string Title, string Table, string Across, string Value, string? Key)
{
    private const double Top = 14;
    private const double PlotHeight = 190;
    private const int MostLines = 8;

    /// <summary>The far end may be left out up to this share of all.</summary>
    private const double DroppedShare = 0.003;

    /// <summary>Null when the signal has no rows of the table.</summary>
    public Chart? Draw(SignalView view)
    {
        if (view.Find(Table) is not { } rows || ListLines(rows) is not { Count: > 0 } lines)
        {
            return null;
        }

        var (across, value) = (rows.Column(Across).Definition, rows.Column(Value).Definition);
        var shown = lines.OrderByDescending(l => l.Sums.Values.Sum()).Take(MostLines).OrderBy(l => Words.SortKey(l.Name), StringComparer.Ordinal).ToArray();
        Trim(shown);
        var (least, most) = (shown.Min(l => l.Sums.Keys[0]), shown.Max(l => l.Sums.Keys[^1]));
        var width = StepOf(shown);
        var canvas = new SvgCanvas();
        var frame = Frame.Wide(canvas, Top, PlotHeight);
        canvas.Rectangle("plot", frame.X, frame.Y, frame.Width, frame.Height);
        var numbers = frame.Numbers(shown.Max(l => l.Sums.Values.Max()), Words.NameOf(value));
        var step = NumberAxis.StepFor(most + width - least, 12);
        for (var tick = Math.Ceiling(least / step) * step; tick <= most + width; tick += step)
        {
            canvas.Line("grid", At(tick), frame.Y, At(tick), frame.Bottom);
            canvas.Text("t", At(tick), frame.Bottom + 16, Math.Round(tick, 6).ToString(CultureInfo.InvariantCulture), Anchor.Middle);
        }

        if (least < 0 && most > 0)
        {
            canvas.Line("day", At(0), frame.Y, At(0), frame.Bottom);
        }

        canvas.Text("n", frame.X + (frame.Width / 2), frame.Bottom + 33, AcrossName(across), Anchor.Middle);
        for (var i = 0; i < shown.Length; i++)
        {
            canvas.Steps(StyleOf(shown[i].Name, i), Points(shown[i]));
        }

        frame.Close();
        var peak = shown.MaxBy(l => l.Sums.Values.Max())!;
        var at = peak.Sums.MaxBy(p => p.Value);
        return new Chart
        {
            Title = Title,
            Reading = $"{Words.NameOf(value)}: most at {Words.Number(at.Key)} {across.Unit}, {Words.Number(at.Value)}{(peak.Name.Length > 0 ? $", {peak.Name.ToLowerInvariant()}" : "")}.",
            Measure = Measure,
            Height = frame.Bottom + 42,
            Body = canvas.ToString(),
            Legend = Key is null ? [] : [.. shown.Select((l, i) => new LegendEntry(StyleOf(l.Name, i), Sign.Line, l.Name))],
            Table = new ChartTable(
                ["Line", $"Most at, {across.Unit}", "Most", "Sum"],
                [
                    .. lines.Select(l =>
                    {
                        var top = l.Sums.MaxBy(p => p.Value);
                        return ImmutableArray.Create(l.Name.Length > 0 ? l.Name : Title, Words.Number(top.Key), Words.Number(top.Value), Words.Number(l.Sums.Values.Sum()));
                    }),
                ]),
        };

        double At(double number) => frame.X + ((number - least) / (most + width - least) * frame.Width);

        List<Point> Points(Line line)
        {
            var points = new List<Point>();
            for (var number = line.Sums.Keys[0]; number <= line.Sums.Keys[^1] + (width / 2); number += width)
            {
                var y = numbers.At(line.Sums.GetValueOrDefault(Math.Round(number, 6)));
                points.Add(new Point(At(number), y));
                points.Add(new Point(At(number + width), y));
            }

            return points;
        }
    }

    private static string AcrossName(Column across) => Words.NameOf(across) + (across.Unit.Length > 0 ? $", {across.Unit}" : "");

    /// <summary>Lines named after what a signal shows have its colors; others have the palette's in turn.</summary>
    private static string StyleOf(string name, int place) => name switch
    {
        "Green" => "line green",
        "Yellow" => "line yellow",
        "Red" => "line red",
        _ => $"line s{place + 1}",
    };

    /// <summary>Drops the far end where next to nothing is left.</summary>
    private static void Trim(Line[] lines)
    {
        var all = lines.Sum(l => l.Sums.Values.Sum());
        double dropped = 0;
        while (true)
        {
            var last = lines.Max(l => l.Sums.Keys[^1]);
            dropped += lines.Sum(l => l.Sums.GetValueOrDefault(last));
            if (dropped > all * DroppedShare || lines.Any(l => l.Sums.Keys[0] == last))
            {
                return;
            }

            foreach (var line in lines)
            {
                line.Sums.Remove(last);
            }
        }
    }

    /// <summary>The smallest distance between two numbers: how wide each is drawn.</summary>
    private static double StepOf(Line[] lines)
    {
        var all = lines.SelectMany(l => l.Sums.Keys).Distinct().Order().ToArray();
        var step = double.MaxValue;
        for (var i = 1; i < all.Length; i++)
        {
            step = Math.Min(step, all[i] - all[i - 1]);
        }

        return step == double.MaxValue ? 1 : step;
    }

    private List<Line> ListLines(TableRows rows)
    {
        var lines = new Dictionary<string, Line>(StringComparer.Ordinal);
        var (across, value) = (rows.Column(Across), rows.Column(Value));
        TableColumn? key = Key is null ? null : rows.Column(Key);
        TableColumn? group = Key == "number" && rows.Has("group") ? rows.Column("group") : null;
        for (var row = 0; row < rows.Count; row++)
        {
            var name = key is not { } k ? ""
                : k.Definition.Type == ColumnType.Word ? Words.Capital(Words.Spaced(k.Word(row)))
                : $"{(group is { } g ? Words.Capital(g.Word(row)) : Words.NameOf(k.Definition))} {k.Integer(row)}{(k.Definition.Unit.Length > 0 ? $" {k.Definition.Unit}" : "")}";
            if (across.Number(row) is { } x && value.Number(row) is { } y)
            {
                if (!lines.TryGetValue(name, out var line))
                {
                    lines[name] = line = new Line(name, []);
                }

                x = Math.Round(x, 6);
                line.Sums[x] = line.Sums.GetValueOrDefault(x) + y;
            }
        }

        return [.. lines.Values];
    }

    private sealed record Line(string Name, SortedList<double, double> Sums);
}
