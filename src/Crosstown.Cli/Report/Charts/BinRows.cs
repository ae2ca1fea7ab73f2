using Crosstown.Cli.Report.Data;
using Crosstown.Cli.Report.Drawing;
using Crosstown.Core.Time;

namespace Crosstown.Cli.Report.Charts;

/// <summary>A number per bin, in time order.</summary>
/// <param name="TimeMs">Start of the bin.</param>
/// <param name="Value">Null when missing.</param>
internal readonly record struct BinValue(long TimeMs, double? Value);

/// <summary>Draws numbers per bin.</summary>
internal static class BinRows
{
    /// <summary>A stepped line over bins; it breaks where a bin is missing or has no number, so that a gap is seen as a gap (rule R13).</summary>
    public static List<Point> Steps(IEnumerable<BinValue> bins, SignalView view, TimeAxis time, NumberAxis numbers)
    {
        var points = new List<Point>();
        var reachedMs = long.MinValue;
        foreach (var (timeMs, value) in bins)
        {
            var bin = view.Clock.BinAt(timeMs, view.BinMs);
            if (timeMs != reachedMs || value is null)
            {
                points.Add(new Point(double.NaN, double.NaN));
            }

            if (value is { } v)
            {
                points.Add(new Point(time.Clamped(timeMs), numbers.At(v)));
                points.Add(new Point(time.Clamped(bin.EndMs), numbers.At(v)));
            }

            reachedMs = bin.EndMs;
        }

        return points;
    }

    /// <summary>A box from the axis up to a bin's number.</summary>
    public static (double X, double Y, double Width, double Height) Box(long timeMs, double value, SignalView view, TimeAxis time, NumberAxis numbers) =>
        Box(view.Clock.BinAt(timeMs, view.BinMs), 0, value, time, numbers);

    /// <summary>A box between two numbers.</summary>
    public static (double X, double Y, double Width, double Height) Box(TimeRange bin, double from, double to, TimeAxis time, NumberAxis numbers)
    {
        var (left, right) = (time.Clamped(bin.StartMs), time.Clamped(bin.EndMs));
        return (left + 0.4, numbers.At(to), Math.Max(0.6, right - left - 0.8), numbers.At(from) - numbers.At(to));
    }
}
