using Crosstown.Server.Measuring;
using System.Collections.Immutable;
using Crosstown.Cli.Report.Data;
using Crosstown.Cli.Report.Drawing;
using Crosstown.Core.Street;

namespace Crosstown.Cli.Report.Charts;

/// <summary>Arrivals on red: per approach, arrivals of each bin stacked by what they met, and the share that met red as a line.</summary>
internal static class ArrivalsOnRedChart
{
    private const double PlotHeight = 84;
    private const double RowHeight = 128;
    private const double Top = 24;
    private const double ShareRoom = 34;

    /// <summary>The share of fewer arrivals than this is chance, and is not drawn.</summary>
    private const int LeastArrivals = 5;

    public static readonly ImmutableArray<string> Tables = ["arrivals-on-red"];

    public static Chart? Draw(SignalView view)
    {
        if (view.Find("arrivals-on-red") is not { } rows || ListBins(rows) is not { Count: > 0 } bins)
        {
            return null;
        }

        var groups = bins.Select(b => b.Group).Distinct().OrderBy(g => g.IsOverlap).ThenBy(g => g.Number).ToArray();
        var canvas = new SvgCanvas();
        for (var i = 0; i < groups.Length; i++)
        {
            DrawGroup(canvas, view, Top + (i * RowHeight), groups[i], [.. bins.Where(b => b.Group == groups[i])]);
        }

        return new Chart
        {
            Title = "Arrivals on red",
            Reading = Read(view, bins),
            Measure = "arrivals-on-red",
            Height = (groups.Length * RowHeight) + 4,
            Body = canvas.ToString(),
            Legend = [new("area green", Sign.Area, "On green"), new("area yellow", Sign.Area, "On yellow"), new("area red", Sign.Area, "On red"), new("line ink", Sign.Line, "Share on red, of 5 arrivals or more")],
            Table = new ChartTable(
                ["Approach", "Arrivals", "On green", "On yellow", "On red", "Share on red", "Worst bin", "Share in it", "Time seen"],
                [
                    .. groups.Select(g =>
                    {
                        var own = bins.Where(b => b.Group == g).ToArray();
                        var worst = Worst(own);
                        return ImmutableArray.Create(
                            view.Name(g), Words.Count(own.Sum(b => b.Arrivals)), Words.Count(own.Sum(b => b.OnGreen)), Words.Count(own.Sum(b => b.OnYellow)), Words.Count(own.Sum(b => b.OnRed)),
                            Words.Percent(Share(own)), worst is null ? Words.Missing : view.DayAndTime(worst.TimeMs), Words.Percent(worst?.Share), Words.Percent(own.Average(b => b.SeenShare)));
                    }),
                ]),
        };
    }

    private static void DrawGroup(SvgCanvas canvas, SignalView view, double y, SignalGroup group, Bin[] bins)
    {
        var frame = new Frame(canvas, Frame.Left, y, Frame.PictureWidth - Frame.Left - Frame.Right - ShareRoom, PlotHeight);
        canvas.Text("n", frame.X, y - 7, view.Name(group));
        canvas.Text("t", frame.End, y - 7, $"{Words.Percent(Share(bins))} of {Words.Counted(bins.Sum(b => b.Arrivals), "arrival")} on red", Anchor.End);
        var time = frame.Time(view.Span, view.Clock);
        var count = frame.Numbers(bins.Max(b => b.Arrivals), "Arrivals", 3);
        var share = new NumberAxis(1, frame.Bottom, PlotHeight, 2, exact: true);
        foreach (var tick in share.Ticks(v => Words.Percent(v)))
        {
            canvas.Text("t", frame.End + 5, tick.At + 4, tick.Label);
        }

        frame.Gaps(time, view.Gaps);
        Stack("area green", _ => 0, b => b.OnGreen);
        Stack("area yellow", b => b.OnGreen, b => b.OnYellow);
        Stack("area red", b => b.OnGreen + b.OnYellow, b => b.OnRed);
        var steps = BinRows.Steps(bins.Select(b => new BinValue(b.TimeMs, b.Arrivals >= LeastArrivals ? b.Share : null)), view, time, share);
        canvas.Steps("line halo", steps);
        canvas.Steps("line ink", steps);
        frame.Close();

        void Stack(string style, Func<Bin, long> from, Func<Bin, long> height) =>
            canvas.Boxes(style, [.. bins.Where(b => height(b) > 0).Select(b => BinRows.Box(view.Clock.BinAt(b.TimeMs, view.BinMs), from(b), from(b) + height(b), time, count))]);
    }

    private static string Read(SignalView view, List<Bin> bins)
    {
        var byGroup = bins.GroupBy(b => b.Group).Where(g => g.Sum(b => b.Arrivals) > 0).Select(g => (Group: g.Key, Share: Share([.. g]))).ToArray();
        if (byGroup.Length == 0)
        {
            return "No arrival was seen.";
        }

        var worst = byGroup.MaxBy(g => g.Share);
        var best = byGroup.MinBy(g => g.Share);
        var text = $"{Words.Percent(Share(bins))} of {Words.Counted(bins.Sum(b => b.Arrivals), "arrival")} met red.";
        return byGroup.Length == 1 ? text : $"{text} {view.Name(worst.Group)} most often ({Words.Percent(worst.Share)}), {view.Name(best.Group).ToLowerInvariant()} least ({Words.Percent(best.Share)}).";
    }

    private static double? Share(IReadOnlyCollection<Bin> bins)
    {
        var arrivals = bins.Sum(b => b.Arrivals);
        return arrivals == 0 ? null : (double)bins.Sum(b => b.OnRed) / arrivals;
    }

    /// <summary>The bin with the highest share among those with at least half the usual arrivals: a night's single car says little.</summary>
    private static Bin? Worst(Bin[] bins)
    {
        var usual = bins.Average(b => b.Arrivals);
        return bins.Where(b => b.Share is not null && b.Arrivals * 2 >= usual).MaxBy(b => b.Share);
    }

    private static List<Bin> ListBins(TableRows rows)
    {
        var list = new List<Bin>();
        var (time, arrivals, red, yellow, green) = (rows.Column("time"), rows.Column("arrivals"), rows.Column("on_red"), rows.Column("on_yellow"), rows.Column("on_green"));
        var (share, seen) = (rows.Column("share_on_red"), rows.Column("seen_share"));
        var groups = rows.Groups();
        for (var row = 0; row < rows.Count; row++)
        {
            if (groups.At(row) is { } group)
            {
                list.Add(new Bin(
                    time.Time(row), group, arrivals.Integer(row) ?? 0, green.Integer(row) ?? 0, yellow.Integer(row) ?? 0, red.Integer(row) ?? 0, share.Number(row), seen.Number(row)));
            }
        }

        return list;
    }

    private sealed record Bin(long TimeMs, SignalGroup Group, long Arrivals, long OnGreen, long OnYellow, long OnRed, double? Share, double? SeenShare);
}
