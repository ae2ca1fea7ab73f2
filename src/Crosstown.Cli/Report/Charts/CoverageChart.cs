using System.Collections.Immutable;
using Crosstown.Cli.Report.Data;
using Crosstown.Cli.Report.Drawing;
using Crosstown.Core.Time;

namespace Crosstown.Cli.Report.Charts;

/// <summary>Coverage: a strip per signal, filled where its log was seen and hatched where it was not.</summary>
internal static class CoverageChart
{
    private const double Top = 10;
    private const double RowHeight = 22;
    private const double LabelRoom = 62;
    private const double ShareRoom = 52;

    public static readonly ImmutableArray<string> Tables = ["communications-health"];

    /// <param name="views">At least one; the first one's clock labels the axis.</param>
    public static Chart Draw(IReadOnlyList<SignalView> views)
    {
        var span = new TimeRange(views.Min(v => v.Span.StartMs), views.Max(v => v.Span.EndMs));
        var canvas = new SvgCanvas();
        var frame = new Frame(canvas, LabelRoom, Top, Frame.PictureWidth - LabelRoom - ShareRoom, views.Count * RowHeight);
        var time = frame.Time(span, views[0].Clock);
        for (var i = 0; i < views.Count; i++)
        {
            var view = views[i];
            var y = Top + (i * RowHeight);
            canvas.Text("n", LabelRoom - 8, y + 15, view.Signal.Value, Anchor.End);
            canvas.Rectangle("area blue", time.At(view.Span.StartMs), y + 4, time.At(view.Span.EndMs) - time.At(view.Span.StartMs), RowHeight - 8);
            foreach (var gap in view.Gaps.Append(new TimeRange(span.StartMs, view.Span.StartMs)).Append(new TimeRange(view.Span.EndMs, span.EndMs)).Where(g => g.LengthMs > 0))
            {
                var (from, to) = (time.At(gap.StartMs), time.At(gap.EndMs));
                canvas.Rectangle("paper", from, y + 4, to - from, RowHeight - 8);
                canvas.Rectangle("gap", from, y + 4, to - from, RowHeight - 8);
            }

            canvas.Text("t", frame.End + 6, y + 15, Words.Percent(view.SeenShare));
        }

        frame.Close();
        var gaps = views.SelectMany(v => v.Gaps.Select(g => (View: v, Gap: g))).ToArray();
        return new Chart
        {
            Title = "Time seen",
            Reading = Read(views, gaps),
            Measure = "communications-health",
            Height = frame.Bottom + 26,
            Body = canvas.ToString(),
            Legend = [new("area blue", Sign.Area, "Seen"), new("gap", Sign.Area, "Not seen, or in part")],
            Table = new ChartTable(
                ["Signal", "First bin", "End of last bin", "Time seen", "Gaps", "Longest gap"],
                [
                    .. views.Select(v => ImmutableArray.Create(
                        v.Label, v.DayAndTime(v.Span.StartMs), v.DayAndTime(v.Span.EndMs), Words.Percent(v.SeenShare), Words.Count(v.Gaps.Length),
                        v.Gaps.IsEmpty ? Words.Missing : $"{v.Gaps.Max(g => g.LengthMs) / 60_000} min")),
                ]),
        };
    }

    private static string Read(IReadOnlyList<SignalView> views, (SignalView View, TimeRange Gap)[] gaps)
    {
        var known = views.Where(v => v.SeenShare is not null).ToArray();
        if (known.Length == 0)
        {
            return "The logs do not say how much of the time they saw.";
        }

        var text = $"{Words.Percent(known.Average(v => v.SeenShare))} of the time was seen at {Words.Counted(known.Length, "signal")}.";
        if (gaps.Length == 0)
        {
            return $"{text} No bin is missing.";
        }

        var (view, gap) = gaps.MaxBy(g => g.Gap.LengthMs);
        return $"{text} The longest gap: signal {view.Signal}, {view.DayAndTime(gap.StartMs)} to {view.DayAndTime(gap.EndMs)}.";
    }
}
