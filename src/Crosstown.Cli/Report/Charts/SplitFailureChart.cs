using Crosstown.Server.Measuring;
using System.Collections.Immutable;
using Crosstown.Cli.Report.Data;
using Crosstown.Cli.Report.Drawing;
using Crosstown.Core.Street;

namespace Crosstown.Cli.Report.Charts;

/// <summary>Split failures: per phase, failed cycles against judged cycles over time, and each cycle by its occupancy of green and of the first seconds of red.</summary>
internal static class SplitFailureChart
{
    private const double PlotHeight = 96;
    private const double RowHeight = 152;
    private const double Top = 24;
    private const double ScatterSize = 112;

    /// <summary>The corner of a failure is drawn at the occupancy that the default definition asks for.</summary>
    private const double FailureOccupancy = 0.8;

    public static readonly ImmutableArray<string> Tables = ["split-failures", "split-failures-by-cycle"];

    public static Chart? Draw(SignalView view)
    {
        if (view.Find("split-failures") is not { } rows || ListBins(rows) is not { Count: > 0 } bins)
        {
            return null;
        }

        var cycles = ListCycles(view);
        var phases = bins.Select(b => b.Phase).Distinct().Order().ToArray();
        var canvas = new SvgCanvas();
        for (var i = 0; i < phases.Length; i++)
        {
            DrawPhase(canvas, view, Top + (i * RowHeight), phases[i], [.. bins.Where(b => b.Phase == phases[i])], [.. cycles.Where(c => c.Phase == phases[i])], i == phases.Length - 1);
        }

        return new Chart
        {
            Title = "Split failures",
            Reading = Read(view, bins),
            Measure = "split-failure",
            Height = (phases.Length * RowHeight) + 22,
            Body = canvas.ToString(),
            Legend =
            [
                new("area gray", Sign.Area, "Judged cycles in the bin"), new("area red", Sign.Area, "Of these, failed"),
                new("round blue faint", Sign.Dot, "Cycle"), new("square red", Sign.Square, "Failed cycle"),
            ],
            Table = new ChartTable(
                ["Phase", "Judged cycles", "Failed", "Share", "Worst bin", "Failed in it", "Green occupancy", "Red occupancy", "Time seen"],
                [
                    .. phases.Select(p =>
                    {
                        var own = bins.Where(b => b.Phase == p).ToArray();
                        var worst = own.MaxBy(b => b.Failures)!;
                        var judged = own.Sum(b => b.Cycles);
                        return ImmutableArray.Create(
                            $"{p}", Words.Count(judged), Words.Count(own.Sum(b => b.Failures)), Words.Percent(judged == 0 ? null : (double)own.Sum(b => b.Failures) / judged),
                            worst.Failures == 0 ? Words.Missing : view.DayAndTime(worst.TimeMs), Words.Count(worst.Failures), Words.Percent(Mean(own, b => b.GreenOccupancy)),
                            Words.Percent(Mean(own, b => b.RedOccupancy)), Words.Percent(own.Average(b => b.SeenShare)));
                    }),
                ]),
        };
    }

    private static void DrawPhase(SvgCanvas canvas, SignalView view, double y, int phase, Bin[] bins, Cycle[] cycles, bool isLast)
    {
        var frame = new Frame(canvas, Frame.Left, y, Frame.PictureWidth - Frame.Left - Frame.Right - ScatterSize - 82, PlotHeight);
        var (judged, failed) = (bins.Sum(b => b.Cycles), bins.Sum(b => b.Failures));
        canvas.Text("n", frame.X, y - 7, view.Name(SignalGroup.Phase(phase)));
        canvas.Text("t", frame.End, y - 7, judged == 0 ? "no cycle could be judged" : $"{Words.Count(failed)} of {Words.Counted(judged, "cycle")} failed ({Words.Percent((double)failed / judged)})", Anchor.End);
        var time = frame.Time(view.Span, view.Clock);
        var count = frame.Numbers(bins.Max(b => b.Cycles), "Cycles", 3);
        frame.Gaps(time, view.Gaps);
        canvas.Boxes("area gray", [.. bins.Where(b => b.Cycles > 0).Select(b => Box(b, b.Cycles))]);
        canvas.Boxes("area red", [.. bins.Where(b => b.Failures > 0).Select(b => Box(b, b.Failures))]);
        frame.Close();

        var scatter = new Frame(canvas, Frame.PictureWidth - Frame.Right - ScatterSize, y - 14, ScatterSize, ScatterSize);
        canvas.Rectangle("plot", scatter.X, scatter.Y, ScatterSize, ScatterSize);
        var corner = ScatterSize * (1 - FailureOccupancy);
        canvas.Rectangle("corner", scatter.End - corner, scatter.Y, corner, corner);
        canvas.Marks("round blue faint", [.. cycles.Where(c => !c.Failed).Select(Place)]);
        canvas.Marks("square red", [.. cycles.Where(c => c.Failed).Select(Place)]);
        canvas.TextUpward("t", scatter.X - 22, scatter.Y + (ScatterSize / 2), "Red occ. %");
        canvas.Text("t", scatter.X - 5, scatter.Y + 9, "100", Anchor.End);
        canvas.Text("t", scatter.X - 5, scatter.Bottom, "0", Anchor.End);
        canvas.Text("t", scatter.X, scatter.Bottom + 15, "0");
        canvas.Text("t", scatter.End, scatter.Bottom + 15, "100", Anchor.End);
        canvas.Text("t", scatter.X + (ScatterSize / 2), scatter.Bottom + (isLast ? 27 : 15), isLast ? "Green occupancy %" : "", Anchor.Middle);
        scatter.Close();

        (double X, double Y, double Width, double Height) Box(Bin bin, double value)
        {
            var (left, right) = (time.Clamped(bin.TimeMs), time.Clamped(view.Clock.BinAt(bin.TimeMs, view.BinMs).EndMs));
            return (left + 0.4, count.At(value), Math.Max(0.6, right - left - 0.8), frame.Bottom - count.At(value));
        }

        Point Place(Cycle cycle) => new(scatter.X + (cycle.GreenOccupancy * ScatterSize), scatter.Bottom - (cycle.RedOccupancy * ScatterSize));
    }

    private static string Read(SignalView view, List<Bin> bins)
    {
        var (judged, failed) = (bins.Sum(b => b.Cycles), bins.Sum(b => b.Failures));
        if (judged == 0)
        {
            return "No cycle could be judged: the stop-bar detectors were at fault or not seen.";
        }

        if (failed == 0)
        {
            return $"None of {Words.Counted(judged, "judged cycle")} failed: every queue was served.";
        }

        var worst = bins.MaxBy(b => b.Failures)!;
        var byPhase = bins.GroupBy(b => b.Phase).Select(g => (Phase: g.Key, Failed: g.Sum(b => b.Failures), Judged: g.Sum(b => b.Cycles))).MaxBy(p => p.Failed);
        return $"{Words.Count(failed)} of {Words.Counted(judged, "judged cycle")} failed ({Words.Percent((double)failed / judged)}). {view.Name(SignalGroup.Phase(byPhase.Phase))} has most: "
            + $"{Words.Count(byPhase.Failed)}, {Words.Percent((double)byPhase.Failed / byPhase.Judged)} of its cycles. Worst {view.BinMs / 60_000} minutes: {view.DayAndTime(worst.TimeMs)}, phase {worst.Phase}, {Words.Count(worst.Failures)} of {Words.Count(worst.Cycles)}.";
    }

    private static double? Mean(Bin[] bins, Func<Bin, double?> value)
    {
        var known = bins.Where(b => b.Cycles > 0 && value(b) is not null).ToArray();
        return known.Length == 0 ? null : known.Sum(b => b.Cycles * value(b)!.Value) / known.Sum(b => b.Cycles);
    }

    private static List<Bin> ListBins(TableRows rows)
    {
        var list = new List<Bin>();
        var (time, phase, channel, cycles, failures) = (rows.Column("time"), rows.Column("phase"), rows.Column("channel"), rows.Column("cycles"), rows.Column("failures"));
        var (green, red, seen) = (rows.Column("green_occupancy"), rows.Column("red_occupancy"), rows.Column("seen_share"));
        for (var row = 0; row < rows.Count; row++)
        {
            if (channel.Integer(row) is null)
            {
                list.Add(new Bin(time.Time(row), (int)(phase.Integer(row) ?? 0), cycles.Integer(row) ?? 0, failures.Integer(row) ?? 0, green.Number(row), red.Number(row), seen.Number(row)));
            }
        }

        return list;
    }

    private static List<Cycle> ListCycles(SignalView view)
    {
        var list = new List<Cycle>();
        if (view.Find("split-failures-by-cycle") is not { } rows)
        {
            return list;
        }

        var (phase, channel, green, red, failed) = (rows.Column("phase"), rows.Column("channel"), rows.Column("green_occupancy"), rows.Column("red_occupancy"), rows.Column("failed"));
        for (var row = 0; row < rows.Count; row++)
        {
            if (channel.Integer(row) is null && failed.Flag(row) is { } isFailed)
            {
                list.Add(new Cycle((int)(phase.Integer(row) ?? 0), green.Number(row) ?? 0, red.Number(row) ?? 0, isFailed));
            }
        }

        list.Sort((a, b) => a.GreenOccupancy.CompareTo(b.GreenOccupancy));
        return list;
    }

    private sealed record Bin(long TimeMs, int Phase, long Cycles, long Failures, double? GreenOccupancy, double? RedOccupancy, double? SeenShare);

    private readonly record struct Cycle(int Phase, double GreenOccupancy, double RedOccupancy, bool Failed);
}
