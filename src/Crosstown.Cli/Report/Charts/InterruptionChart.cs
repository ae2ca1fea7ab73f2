using System.Collections.Immutable;
using System.Globalization;
using Crosstown.Cli.Report.Data;
using Crosstown.Cli.Report.Drawing;
using Crosstown.Core.Time;

namespace Crosstown.Cli.Report.Charts;

/// <summary>Preempts and transit priority: a row per input, a bar from begin to end of each, and the list of them.</summary>
internal static class InterruptionChart
{
    private const double Top = 10;
    private const double RowHeight = 30;
    private const double LabelRoom = 110;
    private const int ListedRows = 200;

    public static readonly ImmutableArray<string> Tables = ["preemption", "transit-priority"];

    public static Chart? Draw(SignalView view)
    {
        var all = ListPreempts(view).Concat(ListRequests(view)).OrderBy(i => i.Span.StartMs).ToArray();
        if (all.Length == 0)
        {
            return null;
        }

        var rows = all.Select(i => i.Row).Distinct().Order(StringComparer.Ordinal).ToArray();
        var canvas = new SvgCanvas();
        var frame = new Frame(canvas, LabelRoom, Top, Frame.PictureWidth - LabelRoom - Frame.Right, rows.Length * RowHeight);
        var time = frame.Time(view.Span, view.Clock);
        frame.Gaps(time, view.Gaps);
        for (var i = 0; i < rows.Length; i++)
        {
            var y = Top + (i * RowHeight);
            canvas.Text("n", LabelRoom - 8, y + 19, rows[i], Anchor.End);
            canvas.Line("row", frame.X, y + RowHeight, frame.End, y + RowHeight);
            var own = all.Where(x => x.Row == rows[i]).ToArray();
            canvas.Boxes(own[0].IsPreempt ? "area red" : "area blue", [.. own.Select(x => (time.Clamped(x.Span.StartMs), y + 6, Math.Max(2, time.Clamped(x.Span.EndMs) - time.Clamped(x.Span.StartMs)), RowHeight - 12))]);
        }

        frame.Close();
        return new Chart
        {
            Title = "Preemption and transit priority",
            Reading = Read(view, all),
            Measure = all.Any(i => i.IsPreempt) ? "preemption" : "transit-priority",
            Height = frame.Bottom + 26,
            Body = canvas.ToString(),
            Legend =
            [
                .. all.Any(i => i.IsPreempt) ? [new LegendEntry("area red", Sign.Area, "Preempt")] : ImmutableArray<LegendEntry>.Empty,
                .. all.All(i => i.IsPreempt) ? [] : ImmutableArray.Create(new LegendEntry("area blue", Sign.Area, "Transit priority request")),
            ],
            Table = new ChartTable(
                ["From", "Input", "Length", "How it went", "Time seen"],
                [.. all.Take(ListedRows).Select(i => ImmutableArray.Create(view.DayAndTime(i.Span.StartMs), i.Row, i.LengthS is { } s ? Words.Seconds(s) : Words.Missing, i.Course, Words.Percent(i.SeenShare)))]),
        };
    }

    private static string Read(SignalView view, Interruption[] all)
    {
        var preempts = all.Where(i => i.IsPreempt).ToArray();
        var requests = all.Where(i => !i.IsPreempt).ToArray();
        var parts = new List<string>();
        if (preempts.Length > 0)
        {
            var longest = preempts.MaxBy(p => p.LengthS ?? 0)!;
            parts.Add($"{Words.Counted(preempts.Length, "preempt")}, the longest {Words.Seconds(longest.LengthS)} from {view.DayAndTime(longest.Span.StartMs)}.");
        }

        if (requests.Length > 0)
        {
            parts.Add($"{Words.Counted(requests.Length, "transit priority request")}, {Words.Percent((double)requests.Count(r => r.IsAdjusted) / requests.Length)} of them with an adjustment of the signal.");
        }

        return string.Join(' ', parts);
    }

    private static IEnumerable<Interruption> ListPreempts(SignalView view)
    {
        if (view.Find("preemption") is not { } rows)
        {
            yield break;
        }

        var (time, number, end, endedBy) = (rows.Column("time"), rows.Column("preempt"), rows.Column("end"), rows.Column("ended_by"));
        var (toService, track, dwell, seen) = (rows.Column("time_to_service_s"), rows.Column("track_clearance_s"), rows.Column("dwell_s"), rows.Column("seen_share"));
        for (var row = 0; row < rows.Count; row++)
        {
            yield return new Interruption(
                string.Create(CultureInfo.InvariantCulture, $"Preempt {number.Integer(row)}"), new TimeRange(time.Time(row), end.Integer(row) ?? time.Time(row)), end.Integer(row) is null ? null : (end.Time(row) - time.Time(row)) / 1000.0,
                $"Time to service {Words.Seconds(toService.Number(row))}, track clearance {Words.Seconds(track.Number(row))}, dwell {Words.Seconds(dwell.Number(row))}, ended by {Words.Spaced(endedBy.Word(row))}",
                IsPreempt: true, IsAdjusted: false, seen.Number(row));
        }
    }

    private static IEnumerable<Interruption> ListRequests(SignalView view)
    {
        if (view.Find("transit-priority") is not { } rows)
        {
            yield break;
        }

        var (time, number, end, endedBy, length) = (rows.Column("time"), rows.Column("request"), rows.Column("end"), rows.Column("ended_by"), rows.Column("length_s"));
        var (early, extended, seen) = (rows.Column("early_greens"), rows.Column("extended_greens"), rows.Column("seen_share"));
        for (var row = 0; row < rows.Count; row++)
        {
            var (earlyGreens, extendedGreens) = (early.Integer(row) ?? 0, extended.Integer(row) ?? 0);
            yield return new Interruption(
                string.Create(CultureInfo.InvariantCulture, $"Priority {number.Integer(row)}"), new TimeRange(time.Time(row), end.Integer(row) ?? time.Time(row)), length.Number(row),
                $"{Words.Counted(earlyGreens, "early green")}, {Words.Counted(extendedGreens, "extended green")}, ended by {Words.Spaced(endedBy.Word(row))}",
                IsPreempt: false, IsAdjusted: earlyGreens + extendedGreens > 0, seen.Number(row));
        }
    }

    private sealed record Interruption(string Row, TimeRange Span, double? LengthS, string Course, bool IsPreempt, bool IsAdjusted, double? SeenShare);
}
