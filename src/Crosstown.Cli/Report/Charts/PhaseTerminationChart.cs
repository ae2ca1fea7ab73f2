using Crosstown.Server.Measuring;
using System.Collections.Immutable;
using Crosstown.Cli.Report.Data;
using Crosstown.Cli.Report.Drawing;
using Crosstown.Core.Street;
using Crosstown.Core.Time;

namespace Crosstown.Cli.Report.Charts;

/// <summary>The phase termination diagram: a row per phase, a mark per service for why its green ended, and a triangle per walk.</summary>
/// <remarks>Reasons differ in shape and height in the row, not in color alone. Marks of a run of equal reasons are drawn strong, the others faint.</remarks>
internal static class PhaseTerminationChart
{
    private const double Top = 12;
    private const double RowHeight = 46;

    public static readonly ImmutableArray<string> Tables = ["phase-terminations", "timing-and-actuation"];

    private static readonly ImmutableArray<Reason> s_reasons =
    [
        new("gap_out", "gap-outs", "Gap-out", "round green", Sign.Dot, 32, "h0", 0, 0),
        new("max_out", "max-outs", "Max-out", "square red", Sign.Square, 21, "h0", 0, 0),
        new("force_off", "force-offs", "Force-off", "stick blue", Sign.Bar, 21, "v84", 0, 84),
        new("unknown", "without a logged reason", "No reason logged", "stick gray", Sign.Dash, 40, "h40", 40, 0),
    ];

    public static Chart? Draw(SignalView view, TimeRange day)
    {
        if (view.Find("phase-terminations") is not { } rows || ListServices(rows, day) is not { Count: > 0 } services)
        {
            return null;
        }

        var phases = services.Select(s => s.Phase).Distinct().Order().ToArray();
        var canvas = new SvgCanvas();
        var frame = Frame.Wide(canvas, Top, phases.Length * RowHeight);
        var time = frame.Time(day, view.Clock);
        frame.Gaps(time, view.Gaps);
        var walks = ListWalks(view, day);
        for (var i = 0; i < phases.Length; i++)
        {
            var y = Top + (i * RowHeight);
            canvas.Text("n", Frame.Left - 8, y + 27, $"Phase {phases[i]}", Anchor.End);
            if (i > 0)
            {
                canvas.Line("row", frame.X, y, frame.End, y);
            }

            canvas.Marks("walk", [.. walks.Where(w => w.Phase == phases[i]).Select(w => new Point(time.At(w.TimeMs), y + 6))], "l30 55h-60z");
            foreach (var reason in s_reasons)
            {
                foreach (var flagged in (ReadOnlySpan<bool>)[false, true])
                {
                    var points = services.Where(s => s.Phase == phases[i] && s.Reason == reason.Word && s.IsFlagged == flagged).Select(s => new Point(time.At(s.TimeMs), y + reason.Height)).ToArray();
                    canvas.Marks(flagged ? reason.Style : reason.Style + " faint", points, reason.Stroke, reason.StrokeX, reason.StrokeY);
                }
            }
        }

        frame.Close();
        return new Chart
        {
            Title = $"Phase terminations, {view.Day(day.StartMs)}",
            Reading = Read(view, services, walks.Count),
            Measure = "phase-termination",
            Height = frame.Bottom + 26,
            Body = canvas.ToString(),
            Legend = [.. s_reasons.Select(r => new LegendEntry(r.Style, r.Sign, r.Label)), new("walk", Sign.Triangle, "Walk"), new("round green faint", Sign.Dot, "Faint: not one of a run of equal reasons")],
            Table = new ChartTable(
                ["Phase", "Services", "Gap-outs", "Max-outs", "Force-offs", "No reason logged", "Longest run", "Walks"],
                [
                    .. phases.Select(p =>
                    {
                        var own = services.Where(s => s.Phase == p).ToArray();
                        var longest = own.MaxBy(s => s.Run);
                        return ImmutableArray.Create([
                            $"{p}", Words.Count(own.Length), .. s_reasons.Select(r => Words.Count(own.Count(s => s.Reason == r.Word))),
                            $"{longest.Run} {s_reasons.First(r => r.Word == longest.Reason).Plural}", Words.Count(walks.Count(w => w.Phase == p)),
                        ]);
                    }),
                ]),
        };
    }

    private static string Read(SignalView view, List<Service> services, int walkCount)
    {
        var byPhase = services.GroupBy(s => s.Phase).Select(g => (Phase: g.Key, Count: g.Count(), MaxOuts: g.Count(s => s.Reason == "max_out"))).ToArray();
        var mostMaxed = byPhase.MaxBy(p => (double)p.MaxOuts / p.Count);
        var longest = services.Where(s => s.Reason is "max_out" or "force_off").DefaultIfEmpty().MaxBy(s => s.Run);
        var text = $"{Words.Counted(services.Count, "service")}: {Words.Percent(Share("gap_out"))} gapped out, {Words.Percent(Share("max_out"))} maxed out, {Words.Percent(Share("force_off"))} were forced off; {Words.Counted(walkCount, "walk")}.";
        if (mostMaxed.MaxOuts > 0)
        {
            text += $" {view.Name(SignalGroup.Phase(mostMaxed.Phase))} maxed out most: {Words.Percent((double)mostMaxed.MaxOuts / mostMaxed.Count)} of its services.";
        }

        if (longest is { Run: > 1 })
        {
            text += $" The longest run that did not gap out: {longest.Run} {s_reasons.First(r => r.Word == longest.Reason).Plural} of phase {longest.Phase} up to {view.TimeOfDay(longest.TimeMs)}.";
        }

        return text;

        double Share(string reason) => (double)services.Count(s => s.Reason == reason) / services.Count;
    }

    private static List<Service> ListServices(TableRows rows, TimeRange day)
    {
        var list = new List<Service>();
        var (time, phase, reason, run, flagged) = (rows.Column("time"), rows.Column("phase"), rows.Column("reason"), rows.Column("run"), rows.Column("flagged"));
        for (var row = 0; row < rows.Count; row++)
        {
            if (day.Contains(time.Time(row)))
            {
                list.Add(new Service(time.Time(row), (int)(phase.Integer(row) ?? 0), reason.Word(row), (int)(run.Integer(row) ?? 0), flagged.Flag(row) == true));
            }
        }

        return list;
    }

    private static List<(long TimeMs, int Phase)> ListWalks(SignalView view, TimeRange day)
    {
        var list = new List<(long, int)>();
        if (view.Find("timing-and-actuation") is not { } rows)
        {
            return list;
        }

        var (time, subject, number, state, begins) = (rows.Column("time"), rows.Column("subject"), rows.Column("number"), rows.Column("state"), rows.Column("begins"));
        for (var row = 0; row < rows.Count; row++)
        {
            if (day.Contains(time.Time(row)) && begins.Flag(row) == true && state.Word(row) == "walk" && subject.Word(row) == "pedestrian")
            {
                list.Add((time.Time(row), (int)(number.Integer(row) ?? 0)));
            }
        }

        return list;
    }

    private readonly record struct Service(long TimeMs, int Phase, string Reason, int Run, bool IsFlagged);

    /// <summary>How a reason is named and drawn.</summary>
    /// <param name="Height">Place in the row.</param>
    /// <param name="Stroke">Relative path of the mark, in tenths.</param>
    private sealed record Reason(string Word, string Plural, string Label, string Style, Sign Sign, double Height, string Stroke, int StrokeX, int StrokeY);
}
