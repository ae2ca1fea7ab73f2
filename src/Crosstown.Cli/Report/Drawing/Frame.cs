using System.Collections.Immutable;
using Crosstown.Core.Time;

namespace Crosstown.Cli.Report.Drawing;

/// <summary>The box of a chart: axes, grid, gaps, and marks that every chart has in common.</summary>
internal sealed class Frame
{
    /// <summary>Width of a whole picture.</summary>
    public const double PictureWidth = 960;

    /// <summary>Room for the numbers and the name of a vertical axis.</summary>
    public const double Left = 62;

    /// <summary>Room behind the last time label.</summary>
    public const double Right = 18;

    private const double TimeLabelRoom = 96;

    /// <summary>About the width of a character of a label.</summary>
    private const double CharacterWidth = 6.4;

    public Frame(SvgCanvas canvas, double x, double y, double width, double height) => (Canvas, X, Y, Width, Height) = (canvas, x, y, width, height);

    public SvgCanvas Canvas { get; }

    public double X { get; }

    public double Y { get; }

    public double Width { get; }

    public double Height { get; }

    public double Bottom => Y + Height;

    public double End => X + Width;

    /// <summary>A frame over the picture's whole width.</summary>
    public static Frame Wide(SvgCanvas canvas, double y, double height) => new(canvas, Left, y, PictureWidth - Left - Right, height);

    /// <summary>Draws the box, grid lines and labels of a time axis along the bottom.</summary>
    /// <param name="labels">False where the frame below repeats them.</param>
    public TimeAxis Time(TimeRange span, LocalTimeMap clock, bool labels = true)
    {
        var axis = new TimeAxis(span, clock, X, Width);
        Canvas.Rectangle("plot", X, Y, Width, Height);
        foreach (var tick in axis.Ticks((int)(Width / TimeLabelRoom) + 1))
        {
            Canvas.Line(tick.IsDay ? "day" : "grid", tick.At, Y, tick.At, Bottom);
            if (labels)
            {
                Canvas.Text("t", tick.At, Bottom + 16, tick.Label, tick.At > End - 12 ? Anchor.End : tick.At < X + 12 ? Anchor.Start : Anchor.Middle);
            }
        }

        return axis;
    }

    /// <summary>Draws grid lines and labels of a vertical axis from 0.</summary>
    public NumberAxis Numbers(double most, string name, int ticks = 4, bool exact = false, Func<double, string>? format = null)
    {
        var axis = new NumberAxis(most, Bottom, Height, ticks, exact);
        foreach (var tick in axis.Ticks(format))
        {
            Canvas.Line("grid", X, tick.At, End, tick.At);
            Canvas.Text("t", X - 7, tick.At + 4, tick.Label, Anchor.End);
        }

        if (name.Length > 0)
        {
            Canvas.TextUpward("n", X - 46, Y + (Height / 2), name);
        }

        return axis;
    }

    /// <summary>Hatches times without data, so that a gap is seen as a gap (rule R13).</summary>
    public void Gaps(TimeAxis axis, ImmutableArray<TimeRange> gaps)
    {
        foreach (var gap in gaps)
        {
            var (from, to) = (axis.Clamped(gap.StartMs), axis.Clamped(gap.EndMs));
            if (to > from)
            {
                Canvas.Rectangle("gap", from, Y, to - from, Height);
            }
        }
    }

    /// <summary>A vertical line where something begins that lasts, such as a plan, with the first label above that has room.</summary>
    /// <param name="labels">From the longest to the shortest; none is written where even the last has no room.</param>
    public void Boundary(double x, double endX, params ReadOnlySpan<string> labels)
    {
        Canvas.Line("plan", x, Y - 4, x, Bottom);
        foreach (var label in labels)
        {
            if (label.Length * CharacterWidth < endX - x)
            {
                Canvas.Text("t", x + 4, Y - 6, label);
                return;
            }
        }
    }

    /// <summary>Draws the line around the box again, above what was drawn inside.</summary>
    public void Close() => Canvas.Rectangle("edge", X, Y, Width, Height);
}
