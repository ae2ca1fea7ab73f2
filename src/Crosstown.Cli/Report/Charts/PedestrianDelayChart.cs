using Crosstown.Server.Measuring;
using System.Collections.Immutable;
using Crosstown.Cli.Report.Data;
using Crosstown.Cli.Report.Drawing;
using Crosstown.Core.Street;

namespace Crosstown.Cli.Report.Charts;

/// <summary>Pedestrian delay: per phase, the mean wait of each bin as a bar, with a tick at the longest.</summary>
internal static class PedestrianDelayChart
{
    private const double PlotHeight = 70;
    private const double RowHeight = 112;
    private const double Top = 24;

    public static readonly ImmutableArray<string> Tables = ["pedestrian-delay"];

    public static Chart? Draw(SignalView view)
    {
        if (view.Find("pedestrian-delay") is not { } rows || ListBins(rows) is not { Count: > 0 } bins)
        {
            return null;
        }

        var phases = bins.Select(b => b.Phase).Distinct().Order().ToArray();
        var most = bins.Max(b => b.MaxS);
        var canvas = new SvgCanvas();
        for (var i = 0; i < phases.Length; i++)
        {
            var own = bins.Where(b => b.Phase == phases[i]).ToArray();
            var frame = Frame.Wide(canvas, Top + (i * RowHeight), PlotHeight);
            canvas.Text("n", frame.X, frame.Y - 7, view.Name(SignalGroup.Phase(phases[i])));
            canvas.Text("t", frame.End, frame.Y - 7, $"{Words.Counted(own.Sum(b => b.Waits), "wait")}, mean {Words.Seconds(Mean(own))}, longest {Words.Seconds(own.Max(b => b.MaxS))}", Anchor.End);
            var time = frame.Time(view.Span, view.Clock);
            var seconds = frame.Numbers(most, "Seconds", 2);
            frame.Gaps(time, view.Gaps);
            canvas.Boxes("area sky", [.. own.Select(b => BinRows.Box(b.TimeMs, b.MeanS, view, time, seconds))]);
            canvas.Marks("cap", [.. own.Select(b => new Point((time.Clamped(b.TimeMs) + time.Clamped(view.Clock.BinAt(b.TimeMs, view.BinMs).EndMs)) / 2, seconds.At(b.MaxS)))], "h36", 36);
            frame.Close();
        }

        return new Chart
        {
            Title = "Pedestrian delay",
            Reading = Read(view, bins),
            Measure = "pedestrian-delay",
            Height = (phases.Length * RowHeight) + 4,
            Body = canvas.ToString(),
            Legend = [new("area sky", Sign.Area, "Mean wait in the bin"), new("cap", Sign.Dash, "Longest wait in the bin")],
            Table = new ChartTable(
                ["Phase", "Waits", "Mean", "Longest", "Longest from", "Time seen"],
                [
                    .. phases.Select(p =>
                    {
                        var own = bins.Where(b => b.Phase == p).ToArray();
                        var longest = own.MaxBy(b => b.MaxS)!;
                        return ImmutableArray.Create(
                            $"{p}", Words.Count(own.Sum(b => b.Waits)), Words.Seconds(Mean(own)), Words.Seconds(longest.MaxS), view.DayAndTime(longest.TimeMs), Words.Percent(own.Average(b => b.SeenShare)));
                    }),
                ]),
        };
    }

    private static double Mean(IReadOnlyCollection<Bin> bins) => bins.Sum(b => b.MeanS * b.Waits) / bins.Sum(b => b.Waits);

    private static string Read(SignalView view, List<Bin> bins)
    {
        var longest = bins.MaxBy(b => b.MaxS)!;
        var slowest = bins.GroupBy(b => b.Phase).Select(g => (Phase: g.Key, MeanS: Mean([.. g]))).MaxBy(p => p.MeanS);
        return $"{Words.Counted(bins.Sum(b => b.Waits), "walk")} answered a press, after {Words.Seconds(Mean(bins))} on average. Phase {slowest.Phase} waits longest: {Words.Seconds(slowest.MeanS)} on average. "
            + $"The longest wait of all, {Words.Seconds(longest.MaxS)}, was at phase {longest.Phase} in the {view.BinMs / 60_000} minutes from {view.DayAndTime(longest.TimeMs)}.";
    }

    private static List<Bin> ListBins(TableRows rows)
    {
        var list = new List<Bin>();
        var (time, phase, waits, mean, max, seen) = (rows.Column("time"), rows.Column("phase"), rows.Column("waits"), rows.Column("mean_s"), rows.Column("max_s"), rows.Column("seen_share"));
        for (var row = 0; row < rows.Count; row++)
        {
            if (mean.Number(row) is { } m && max.Number(row) is { } x)
            {
                list.Add(new Bin(time.Time(row), (int)(phase.Integer(row) ?? 0), waits.Integer(row) ?? 0, m, x, seen.Number(row)));
            }
        }

        return list;
    }

    private sealed record Bin(long TimeMs, int Phase, long Waits, double MeanS, double MaxS, double? SeenShare);
}
