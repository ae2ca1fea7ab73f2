using System.Collections.Immutable;
using Crosstown.Cli.Report.Data;
using Crosstown.Cli.Report.Drawing;
using Crosstown.Core.Street;
using Crosstown.Core.Time;

namespace Crosstown.Cli.Report.Charts;

/// <summary>The time-space diagram of a corridor: each signal at its distance, its greens as bars, and the bands that leave them toward the next signal.</summary>
internal static class TimeSpaceChart
{
    private const double Top = 14;
    private const double PlotHeight = 360;
    private const double LabelRoom = 118;
    private const double BarHeight = 5;

    private static readonly ImmutableArray<bool> s_ways = [true, false];

    public static readonly ImmutableArray<string> Tables = ["time-space-diagram"];

    /// <param name="views">The corridor's signals, in its order.</param>
    /// <param name="window">A few cycles.</param>
    public static Chart? Draw(Corridor corridor, IReadOnlyList<SignalView> views, TimeRange window)
    {
        var bands = views.SelectMany(v => ListBands(v, window)).ToArray();
        var length = corridor.Signals[^1].DistanceFt;
        if (bands.Length == 0 || length <= 0)
        {
            return null;
        }

        var canvas = new SvgCanvas();
        var frame = new Frame(canvas, LabelRoom, Top, Frame.PictureWidth - LabelRoom - Frame.Right, PlotHeight);
        var time = frame.Time(window, views[0].Clock);
        foreach (var signal in corridor.Signals)
        {
            canvas.Line("row", frame.X, At(signal.DistanceFt), frame.End, At(signal.DistanceFt));
            canvas.Text("n", frame.X - 8, At(signal.DistanceFt) + 4, $"{signal.Signal}", Anchor.End);
            canvas.Text("t", frame.X - 48, At(signal.DistanceFt) + 4, $"{Words.Count((long)signal.DistanceFt)} ft", Anchor.End);
        }

        canvas.Polygons("band", [.. bands.Where(b => b.IsForward).Select(Shape).OfType<Point[]>()]);
        canvas.Polygons("band back", [.. bands.Where(b => !b.IsForward).Select(Shape).OfType<Point[]>()]);
        canvas.Boxes("area green", [.. bands.Where(b => b.IsForward).Select(b => Bar(b, -BarHeight))]);
        canvas.Boxes("area blue", [.. bands.Where(b => !b.IsForward).Select(b => Bar(b, 0))]);
        frame.Close();
        return new Chart
        {
            Title = $"Time-space diagram, {(corridor.Name.Length > 0 ? corridor.Name : corridor.Id)}, {views[0].DayAndTime(window.StartMs)} to {views[0].TimeOfDay(window.EndMs)}",
            Reading = Read(corridor, bands),
            Measure = "time-space-diagram",
            Height = frame.Bottom + 26,
            Body = canvas.ToString(),
            Legend =
            [
                new("area green", Sign.Area, $"Green {Words.Of(corridor.Forward)}"), new("band", Sign.Area, "Its band to the next signal"),
                new("area blue", Sign.Area, $"Green {Words.Of(corridor.Backward)}"), new("band back", Sign.Area, "Its band to the next signal"),
            ],
            Table = new ChartTable(
                ["Signal", "Way", "Greens", "Mean green", "Bands that meet green at the next signal"],
                [
                    .. from signal in corridor.Signals
                       from forward in s_ways
                       let own = bands.Where(b => b.Signal == signal.Signal && b.IsForward == forward).ToArray()
                       where own.Length > 0
                       select ImmutableArray.Create(
                           $"{signal.Signal}", Words.Of(forward ? corridor.Forward : corridor.Backward), Words.Count(own.Length), Words.Seconds(own.Average(b => b.Span.LengthMs / 1000.0)),
                           Words.Percent(MetShare(own, bands))),
                ]),
        };

        double At(double distanceFt) => frame.Bottom - 14 - (distanceFt / length * (PlotHeight - 28));

        (double X, double Y, double Width, double Height) Bar(Band band, double above) =>
            (time.Clamped(band.Span.StartMs), At(band.DistanceFt) + above, Math.Max(0.5, time.Clamped(band.Span.EndMs) - time.Clamped(band.Span.StartMs)), BarHeight);

        Point[]? Shape(Band band) => band is { NextDistanceFt: { } next, FrontMs: { } front, BackMs: { } back } && band.Span.StartMs >= window.StartMs && back <= window.EndMs
            ? [
                new(time.Clamped(band.Span.StartMs), At(band.DistanceFt)), new(time.Clamped(band.Span.EndMs), At(band.DistanceFt)),
                new(time.Clamped(back), At(next)), new(time.Clamped(front), At(next)),
            ]
            : null;
    }

    private static string Read(Corridor corridor, Band[] bands)
    {
        var forward = MetShare([.. bands.Where(b => b.IsForward)], bands);
        var backward = MetShare([.. bands.Where(b => !b.IsForward)], bands);
        return $"Vehicles that leave at green and drive at the link's speed meet green at the next signal in {Words.Percent(forward)} of the band {Words.Of(corridor.Forward)} and {Words.Percent(backward)} {Words.Of(corridor.Backward)}.";
    }

    /// <summary>Share of the bands' time that falls into a green at the next signal; null when no band reaches one whose greens are known.</summary>
    private static double? MetShare(Band[] own, Band[] all)
    {
        double met = 0;
        double sent = 0;
        foreach (var band in own)
        {
            if (band is not { NextDistanceFt: { } next, FrontMs: { } front, BackMs: { } back } || back <= front)
            {
                continue;
            }

            var greens = all.Where(b => b.DistanceFt == next && b.IsForward == band.IsForward).ToArray();
            if (greens.Length == 0 || back > greens.Max(g => g.Span.EndMs))
            {
                continue;
            }

            sent += back - front;
            met += greens.Sum(g => Math.Max(0, Math.Min(back, g.Span.EndMs) - Math.Max(front, g.Span.StartMs)));
        }

        return sent > 0 ? met / sent : null;
    }

    private static IEnumerable<Band> ListBands(SignalView view, TimeRange window)
    {
        if (view.Find("time-space-diagram") is not { } rows)
        {
            yield break;
        }

        var (time, end, direction, distance, next) = (rows.Column("time"), rows.Column("end"), rows.Column("direction"), rows.Column("distance_ft"), rows.Column("next_distance_ft"));
        var (front, back) = (rows.Column("front_at_next"), rows.Column("back_at_next"));
        for (var row = 0; row < rows.Count; row++)
        {
            if (end.Integer(row) is { } endMs && time.Time(row) < window.EndMs && endMs > window.StartMs)
            {
                yield return new Band(
                    view.Signal, new TimeRange(time.Time(row), endMs), direction.Word(row) == "forward", distance.Number(row) ?? 0, next.Number(row), front.Integer(row), back.Integer(row));
            }
        }
    }

    private sealed record Band(SignalId Signal, TimeRange Span, bool IsForward, double DistanceFt, double? NextDistanceFt, long? FrontMs, long? BackMs);
}
