using Crosstown.Server.Measuring;
using System.Collections.Immutable;
using Crosstown.Cli.Report.Data;
using Crosstown.Cli.Report.Drawing;
using Crosstown.Core.Street;
using Crosstown.Core.Time;

namespace Crosstown.Cli.Report.Charts;

/// <summary>The split monitor: a small chart per phase, a mark per service at its length, against the programmed split of the plan in force.</summary>
internal static class SplitMonitorChart
{
    private const double PlotHeight = 104;
    private const double RowHeight = 158;
    private const double Top = 24;
    private const double Between = 66;
    private const double PlotWidth = (Frame.PictureWidth - Frame.Left - Frame.Right - Between) / 2;
    private const double ShownServiceShare = 0.985;

    public static readonly ImmutableArray<string> Tables = ["split-monitor", "split-monitor-plans"];

    public static Chart? Draw(SignalView view, TimeRange day)
    {
        if (view.Find("split-monitor") is not { } rows || ListServices(rows, day) is not { Count: > 0 } services)
        {
            return null;
        }

        var plans = ListPlans(view, day);
        var phases = services.Select(s => s.Phase).Distinct().Order().ToArray();
        var canvas = new SvgCanvas();
        for (var i = 0; i < phases.Length; i++)
        {
            DrawPhase(canvas, i, view, day, phases[i], [.. services.Where(s => s.Phase == phases[i])], [.. plans.Where(p => p.Phase == phases[i])]);
        }

        return new Chart
        {
            Title = $"Split monitor, {view.Day(day.StartMs)}",
            Reading = Read(view, plans, services),
            Measure = "split-monitor",
            Height = ((phases.Length + 1) / 2 * RowHeight) + 4,
            Body = canvas.ToString(),
            Legend =
            [
                new("line ink", Sign.Line, "Programmed split"), new("line dashed ink", Sign.Line, "85th percentile"), new("round green", Sign.Dot, "Gap-out"), new("square red", Sign.Square, "Max-out"),
                new("stick blue", Sign.Bar, "Force-off"), new("stick gray", Sign.Dash, "No reason logged"),
            ],
            Table = new ChartTable(
                ["From", "Plan", "Phase", "Programmed", "Services", "Mean", "50th", "85th", "Gap-outs", "Max-outs", "Force-offs", "Skips", "Time seen"],
                [
                    .. plans.Select(p => ImmutableArray.Create(
                        view.DayAndTime(p.Span.StartMs), Words.Plan(p.Number), $"{p.Phase}", Words.Seconds(p.ProgrammedS), Words.Count(p.Services), Words.Seconds(p.MeanS), Words.Seconds(p.P50S),
                        Words.Seconds(p.P85S), Words.Percent(p.GapOutShare), Words.Percent(p.MaxOutShare), Words.Percent(p.ForceOffShare), Words.Count(p.Skips), Words.Percent(p.SeenShare))),
                ]),
        };
    }

    private static void DrawPhase(SvgCanvas canvas, int place, SignalView view, TimeRange day, int phase, Service[] services, Plan[] plans)
    {
        var frame = new Frame(canvas, Frame.Left + (place % 2 * (PlotWidth + Between)), Top + (place / 2 * RowHeight), PlotWidth, PlotHeight);
        var lengths = services.Select(s => s.LengthS).Order().ToArray();
        canvas.Text("n", frame.X, frame.Y - 7, view.Name(SignalGroup.Phase(phase)));
        canvas.Text("t", frame.End, frame.Y - 7, $"median {Words.Seconds(lengths[lengths.Length / 2])}", Anchor.End);
        var time = frame.Time(day, view.Clock);
        var most = Math.Max(lengths[(int)((lengths.Length - 1) * ShownServiceShare)], plans.Max(p => p.ProgrammedS) ?? 0);
        var seconds = frame.Numbers(most, place % 2 == 0 ? "Seconds" : "", 3);
        frame.Gaps(time, view.Gaps);
        Marks("gap-out", "round green", "h0", 0, 0);
        Marks("max-out", "square red", "h0", 0, 0);
        Marks("force-off", "stick blue", "v40", 0, 40);
        Marks("unknown", "stick gray", "h30", 30, 0);
        canvas.Steps("line halo", Held(p => p.ProgrammedS));
        canvas.Steps("line ink", Held(p => p.ProgrammedS));
        canvas.Steps("line dashed ink", Held(p => p.P85S));
        frame.Close();

        void Marks(string termination, string style, string stroke, int strokeX, int strokeY) =>
            canvas.Marks(style, [.. services.Where(s => s.Termination == termination).Select(s => new Point(time.At(s.TimeMs), seconds.At(s.LengthS)))], stroke, strokeX, strokeY);

        List<Point> Held(Func<Plan, double?> value)
        {
            var points = new List<Point>();
            foreach (var plan in plans)
            {
                if (value(plan) is { } v)
                {
                    points.Add(new Point(time.Clamped(plan.Span.StartMs), seconds.At(v)));
                    points.Add(new Point(time.Clamped(plan.Span.EndMs), seconds.At(v)));
                }
                else
                {
                    points.Add(new Point(double.NaN, double.NaN));
                }
            }

            return points;
        }
    }

    private static string Read(SignalView view, List<Plan> plans, List<Service> services)
    {
        var text = $"{Words.Counted(services.Count, "service")} of {services.Select(s => s.Phase).Distinct().Count()} phases.";
        var over = plans.Where(p => p.ProgrammedS is > 0 && p.P85S > p.ProgrammedS && p.Services >= 10).OrderByDescending(p => p.P85S - p.ProgrammedS).FirstOrDefault();
        if (over is not null)
        {
            text += $" {view.Name(SignalGroup.Phase(over.Phase))} runs over most: from {view.TimeOfDay(over.Span.StartMs)} its 85th percentile is {Words.Seconds(over.P85S)}, programmed {Words.Seconds(over.ProgrammedS)}.";
        }

        var skipped = plans.Where(p => p.Skips > 0).GroupBy(p => p.Phase).Select(g => (Phase: g.Key, Skips: g.Sum(p => p.Skips))).DefaultIfEmpty().MaxBy(p => p.Skips);
        return skipped.Skips > 0 ? $"{text} Most skipped: {view.Name(SignalGroup.Phase(skipped.Phase)).ToLowerInvariant()}, {Words.Counted(skipped.Skips, "time")}." : text;
    }

    private static List<Service> ListServices(TableRows rows, TimeRange day)
    {
        var list = new List<Service>();
        var (time, phase, length, termination) = (rows.Column("time"), rows.Column("phase"), rows.Column("length_s"), rows.Column("termination"));
        for (var row = 0; row < rows.Count; row++)
        {
            if (day.Contains(time.Time(row)) && length.Number(row) is { } s)
            {
                list.Add(new Service(time.Time(row), (int)(phase.Integer(row) ?? 0), s, termination.Word(row)));
            }
        }

        return list;
    }

    private static List<Plan> ListPlans(SignalView view, TimeRange day)
    {
        var list = new List<Plan>();
        if (view.Find("split-monitor-plans") is not { } rows)
        {
            return list;
        }

        var (time, end, plan, phase) = (rows.Column("time"), rows.Column("end"), rows.Column("plan"), rows.Column("phase"));
        var (programmed, services, mean, p50, p85) = (rows.Column("programmed_split_s"), rows.Column("services"), rows.Column("mean_s"), rows.Column("p50_s"), rows.Column("p85_s"));
        var (gapOut, maxOut, forceOff) = (rows.Column("gap_out_share"), rows.Column("max_out_share"), rows.Column("force_off_share"));
        var (skips, seen) = (rows.Column("skips"), rows.Column("seen_share"));
        for (var row = 0; row < rows.Count; row++)
        {
            if (day.Contains(time.Time(row)))
            {
                list.Add(new Plan(
                    new TimeRange(time.Time(row), end.Time(row)), plan.Integer(row), (int)(phase.Integer(row) ?? 0), programmed.Number(row), services.Integer(row) ?? 0,
                    mean.Number(row), p50.Number(row), p85.Number(row), gapOut.Number(row), maxOut.Number(row), forceOff.Number(row), skips.Integer(row) ?? 0, seen.Number(row)));
            }
        }

        return list;
    }

    private readonly record struct Service(long TimeMs, int Phase, double LengthS, string Termination);

    private sealed record Plan(
        TimeRange Span, long? Number, int Phase, double? ProgrammedS, long Services, double? MeanS, double? P50S, double? P85S,
        double? GapOutShare, double? MaxOutShare, double? ForceOffShare, long Skips, double? SeenShare);
}
