using Crosstown.Server.Measuring;
using System.Collections.Immutable;
using Crosstown.Cli.Report.Data;
using Crosstown.Cli.Report.Drawing;
using Crosstown.Core.Street;
using Crosstown.Core.Time;

namespace Crosstown.Cli.Report.Charts;

/// <summary>Timing and actuation: a few minutes of a signal, a row per phase, overlap, walk, button and detector, with bars for what each showed or saw.</summary>
internal static class TimingActuationChart
{
    private const double Top = 12;
    private const double GroupHeight = 20;
    private const double DetectorHeight = 12;
    private const double LabelRoom = 150;

    public static readonly ImmutableArray<string> Tables = ["timing-and-actuation"];

    public static Chart? Draw(SignalView view, TimeRange window, string why)
    {
        if (view.Find("timing-and-actuation") is not { } rows || ListBars(rows, window) is not { Count: > 0 } bars)
        {
            return null;
        }

        var lanes = bars.GroupBy(b => (b.Subject, b.Number)).Select(g => Lane(view, g.Key.Subject, g.Key.Number, [.. g])).OrderBy(l => l.Order).ToArray();
        var canvas = new SvgCanvas();
        var frame = new Frame(canvas, LabelRoom, Top, Frame.PictureWidth - LabelRoom - Frame.Right, lanes.Sum(l => l.Height));
        var time = frame.Time(window, view.Clock);
        frame.Gaps(time, view.Gaps);
        var y = Top;
        foreach (var lane in lanes)
        {
            canvas.Text(lane.Height == GroupHeight ? "n" : "t", LabelRoom - 8, y + (lane.Height / 2) + 4, lane.Name, Anchor.End);
            foreach (var (state, style, inset) in s_states)
            {
                canvas.Boxes(style, [.. lane.Bars.Where(b => b.State == state).Select(b => Box(b, y, lane.Height, inset))]);
            }

            y += lane.Height;
            canvas.Line("row", frame.X, y, frame.End, y);
        }

        frame.Close();
        return new Chart
        {
            Title = $"Timing and actuations, {view.DayAndTime(window.StartMs)} to {view.TimeOfDay(window.EndMs)}",
            Reading = $"{why} In these minutes {Words.Counted(Begun("phase", "green"), "green")}, {Words.Counted(Begun("pedestrian", "walk"), "walk")} and {Words.Counted(Begun("detector", "on"), "actuation")} began.",
            Measure = "timing-and-actuation",
            Height = frame.Bottom + 26,
            Body = canvas.ToString(),
            Legend =
            [
                new("area green", Sign.Area, "Green"), new("area yellow low", Sign.Area, "Yellow"), new("area red low", Sign.Area, "Red clearance"),
                new("area sky", Sign.Area, "Walk"), new("area sky low", Sign.Area, "Pedestrian clearance"), new("area ink", Sign.Area, "Detector or button on"),
            ],
            Table = new ChartTable(
                ["Row", "Bars", "First from", "Time on or green"],
                [
                    .. lanes.Select(l => ImmutableArray.Create(
                        l.Name, Words.Count(l.Bars.Length), view.TimeOfDay(l.Bars[0].Span.StartMs),
                        Words.Seconds(l.Bars.Where(b => b.State is "green" or "on" or "walk" or "permissive").Sum(b => Math.Min(b.Span.EndMs, window.EndMs) - Math.Max(b.Span.StartMs, window.StartMs)) / 1000.0))),
                ]),
        };

        long Begun(string subject, string state) => bars.Count(b => b.Subject == subject && b.State == state && b.Begins && window.Contains(b.Span.StartMs));

        (double X, double Y, double Width, double Height) Box(Bar bar, double top, double height, double inset)
        {
            var (from, to) = (time.Clamped(bar.Span.StartMs), time.Clamped(bar.Span.EndMs));
            return (from, top + inset, Math.Max(0.8, to - from), height - (2 * inset));
        }
    }

    /// <summary>States that are drawn, how far their bars stand off the row's edges, in the order in which they are laid down.</summary>
    private static readonly ImmutableArray<(string State, string Style, double Inset)> s_states =
    [
        ("green", "area green", 2), ("trailing-green", "area green low", 4), ("permissive", "area green low", 5), ("yellow", "area yellow", 5), ("red-clearance", "area red", 8),
        ("walk", "area sky", 3), ("pedestrian-clearance", "area sky low", 6), ("on", "area ink", 2.5),
    ];

    private static LaneRow Lane(SignalView view, string subject, int number, Bar[] bars) => subject switch
    {
        "phase" => new(0, number, view.Name(SignalGroup.Phase(number)), GroupHeight, bars),
        "overlap" => new(1, number, view.Name(SignalGroup.Overlap(number)), GroupHeight, bars),
        "flashing-yellow-arrow" => new(2, number, $"Yellow arrow {number}", GroupHeight, bars),
        "pedestrian" => new(3, number, $"Walk {number}", GroupHeight, bars),
        "pedestrian-overlap" => new(4, number, $"Walk overlap {(char)('A' + number - 1)}", GroupHeight, bars),
        "push-button" => new(5, number, $"Button {number}", DetectorHeight, bars),
        _ => new(
            6 + (view.Configuration.Detectors.FirstOrDefault(d => d.Channel == number)?.Phase ?? 100), number,
            view.Configuration.Detectors.FirstOrDefault(d => d.Channel == number)?.Phase is { } p ? $"Detector {number} (phase {p})" : $"Detector {number}", DetectorHeight, bars),
    };

    private static List<Bar> ListBars(TableRows rows, TimeRange window)
    {
        var list = new List<Bar>();
        var (time, end, subject, number, state, begins) = (rows.Column("time"), rows.Column("end"), rows.Column("subject"), rows.Column("number"), rows.Column("state"), rows.Column("begins"));
        for (var row = 0; row < rows.Count; row++)
        {
            var span = new TimeRange(time.Time(row), end.Integer(row) ?? window.EndMs);
            if (span.StartMs < window.EndMs && span.EndMs > window.StartMs)
            {
                list.Add(new Bar(subject.Word(row), (int)(number.Integer(row) ?? 0), state.Word(row), span, begins.Flag(row) == true));
            }
        }

        return list;
    }

    private sealed record Bar(string Subject, int Number, string State, TimeRange Span, bool Begins);

    private sealed record LaneRow(int Kind, int Number, string Name, double Height, Bar[] Bars)
    {
        public (int, int) Order => (Kind, Number);
    }
}
