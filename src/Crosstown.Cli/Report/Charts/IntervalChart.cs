using Crosstown.Server.Measuring;
using System.Collections.Immutable;
using Crosstown.Cli.Report.Data;
using Crosstown.Cli.Report.Drawing;

namespace Crosstown.Cli.Report.Charts;

/// <summary>Before and after: per figure and phase, the change as a dot in its interval, in percent of what was before.</summary>
internal static class IntervalChart
{
    private const double Top = 24;
    private const double RowHeight = 22;
    private const double LabelRoom = 220;
    private const int MostRows = 16;

    /// <summary>Null when nothing could be compared.</summary>
    public static Chart? Draw(SignalView view)
    {
        if (view.Find("before-after") is not { } rows || ListChanges(rows) is not { Length: > 0 } changes)
        {
            return null;
        }

        var canvas = new SvgCanvas();
        var frame = new Frame(canvas, LabelRoom, Top, Frame.PictureWidth - LabelRoom - Frame.Right, changes.Length * RowHeight);
        var most = Math.Max(0.1, changes.Max(c => Math.Max(Math.Abs(c.Low), Math.Abs(c.High))));
        canvas.Rectangle("plot", frame.X, frame.Y, frame.Width, frame.Height);
        var step = NumberAxis.StepFor(2 * most, 8);
        for (var tick = -Math.Floor(most / step) * step; tick <= most; tick += step)
        {
            canvas.Line(Math.Abs(tick) < step / 2 ? "day" : "grid", At(tick), frame.Y, At(tick), frame.Bottom);
            canvas.Text("t", At(tick), frame.Bottom + 16, $"{(tick > step / 2 ? "+" : "")}{Words.Number(Math.Round(tick * 100, 1))} %", Anchor.Middle);
        }

        for (var i = 0; i < changes.Length; i++)
        {
            var (change, y) = (changes[i], Top + ((i + 0.5) * RowHeight));
            canvas.Text("t", LabelRoom - 8, y + 4, change.Name, Anchor.End);
            canvas.Trace(change.IsSure ? "line s1" : "line gray", [new(At(change.Low), y), new(At(change.High), y)]);
            canvas.Marks(change.IsSure ? "round blue" : "round gray", [new(At(change.Share), y)]);
        }

        frame.Close();
        var sure = changes.Where(c => c.IsSure).ToArray();
        return new Chart
        {
            Title = "Before and after",
            Reading = sure.Length == 0
                ? $"None of {Words.Counted(changes.Length, "figure")} changed by more than chance explains."
                : $"{Words.Count(sure.Length)} of {Words.Counted(changes.Length, "figure")} changed by more than chance explains; most: {sure.MaxBy(c => Math.Abs(c.Share))!.Name}, {Words.Number(Math.Round(sure.MaxBy(c => Math.Abs(c.Share))!.Share * 100, 1))} %.",
            Measure = "before-after",
            Height = frame.Bottom + 26,
            Body = canvas.ToString(),
            Legend = [new("line s1", Sign.Line, "Changed: the interval leaves out 0"), new("line gray", Sign.Line, "May be chance")],
            Table = new ChartTable(
                ["Figure", "Change", "From", "To"],
                [.. changes.Select(c => ImmutableArray.Create(c.Name, Words.Number(Math.Round(c.Share * 100, 1)) + " %", Words.Number(Math.Round(c.Low * 100, 1)) + " %", Words.Number(Math.Round(c.High * 100, 1)) + " %"))]),
        };

        double At(double share) => frame.X + ((Math.Clamp(share, -most, most) + most) / (2 * most) * frame.Width);
    }

    private static Change[] ListChanges(TableRows rows)
    {
        var (figure, phase, before, difference, low, high) =
            (rows.Column("figure"), rows.Column("phase"), rows.Column("before"), rows.Column("difference"), rows.Column("difference_low"), rows.Column("difference_high"));
        return
        [
            .. Enumerable.Range(0, rows.Count)
                .Where(r => before.Number(r) is > 0 && difference.Number(r) is not null && low.Number(r) is not null && high.Number(r) is not null)
                .Select(r => new Change(
                    $"{Words.Capital(Words.Spaced(figure.Word(r)))}{(phase.Integer(r) is { } p ? $", phase {p}" : "")}",
                    difference.Number(r)!.Value / before.Number(r)!.Value, low.Number(r)!.Value / before.Number(r)!.Value, high.Number(r)!.Value / before.Number(r)!.Value))
                .OrderBy(c => c.Name, StringComparer.Ordinal).Take(MostRows),
        ];
    }

    private sealed record Change(string Name, double Share, double Low, double High)
    {
        /// <summary>Whether the interval leaves out no change at all.</summary>
        public bool IsSure => Low > 0 || High < 0;
    }
}
