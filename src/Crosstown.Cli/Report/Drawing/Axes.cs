using System.Globalization;
using Crosstown.Core.Time;

namespace Crosstown.Cli.Report.Drawing;

/// <summary>A mark on an axis.</summary>
/// <param name="At">Position in the picture.</param>
/// <param name="Label">What stands beside it.</param>
/// <param name="IsDay">True where a local day begins.</param>
internal readonly record struct Tick(double At, string Label, bool IsDay = false);

/// <summary>Time from left to right, labeled by the signal's wall clock.</summary>
internal sealed class TimeAxis
{
    private const long MinuteMs = 60_000;
    private const long HourMs = 60 * MinuteMs;
    private const long DayMs = 24 * HourMs;

    private static readonly long[] s_stepsMs =
    [
        1000, 5000, 10_000, 15_000, 30_000, MinuteMs, 2 * MinuteMs, 5 * MinuteMs, 10 * MinuteMs, 15 * MinuteMs, 30 * MinuteMs,
        HourMs, 2 * HourMs, 3 * HourMs, 4 * HourMs, 6 * HourMs, 12 * HourMs, DayMs, 2 * DayMs, 7 * DayMs, 28 * DayMs,
    ];

    private readonly double _x;
    private readonly double _width;

    /// <param name="span">What is shown; not empty.</param>
    /// <param name="clock">The wall clock of the labels.</param>
    /// <param name="x">Left end in the picture.</param>
    /// <param name="width">Length in the picture.</param>
    /// <exception cref="ArgumentException">The span is empty.</exception>
    public TimeAxis(TimeRange span, LocalTimeMap clock, double x, double width)
    {
        if (span.LengthMs <= 0)
        {
            throw new ArgumentException($"A time axis needs a span; this one is empty at {span.StartMs} ms.", nameof(span));
        }

        (Span, Clock, _x, _width) = (span, clock, x, width);
    }

    public TimeRange Span { get; }

    public LocalTimeMap Clock { get; }

    /// <summary>The place of a moment; outside the picture's axis when it lies outside the span.</summary>
    public double At(long timeMs) => _x + ((double)(timeMs - Span.StartMs) / Span.LengthMs * _width);

    /// <summary>The place of a moment, held within the axis.</summary>
    public double Clamped(long timeMs) => Math.Clamp(At(timeMs), _x, _x + _width);

    /// <summary>Round times of the wall clock, at most so many.</summary>
    public IReadOnlyList<Tick> Ticks(int most)
    {
        var stepMs = s_stepsMs[^1];
        foreach (var step in s_stepsMs)
        {
            if (Span.LengthMs / step <= most)
            {
                stepMs = step;
                break;
            }
        }

        var ticks = new List<Tick>();
        var bin = Clock.BinAt(Span.StartMs, stepMs);
        for (var timeMs = bin.StartMs < Span.StartMs ? bin.EndMs : bin.StartMs; timeMs <= Span.EndMs; timeMs = Clock.BinAt(timeMs, stepMs).EndMs)
        {
            var local = DateTime.UnixEpoch.AddMilliseconds(Clock.ToLocalMs(timeMs));
            var isDay = local.TimeOfDay == TimeSpan.Zero;
            ticks.Add(new Tick(At(timeMs), local.ToString(stepMs < MinuteMs ? "HH:mm:ss" : stepMs >= DayMs ? "MMM d" : "HH:mm", CultureInfo.InvariantCulture), isDay));
        }

        return ticks;
    }
}

/// <summary>Numbers from bottom to top.</summary>
internal sealed class NumberAxis
{
    private readonly double _bottom;
    private readonly double _height;

    /// <param name="most">Wanted upper end; the axis ends at the next round number.</param>
    /// <param name="bottom">Place of 0 in the picture.</param>
    /// <param name="height">Length in the picture.</param>
    /// <param name="ticks">About how many ticks above 0.</param>
    /// <param name="exact">True where the axis ends at <paramref name="most"/> itself, as shares do at 1.</param>
    public NumberAxis(double most, double bottom, double height, int ticks = 4, bool exact = false)
    {
        (_bottom, _height) = (bottom, height);
        var end = most > 0 ? most : 1;
        Step = StepFor(end, ticks);
        Most = exact ? end : Step * Math.Ceiling((end / Step) - 1e-9);
    }

    /// <summary>Upper end.</summary>
    public double Most { get; }

    public double Step { get; }

    /// <summary>The place of a number; numbers beyond the ends stand at the ends.</summary>
    public double At(double value) => _bottom - (Math.Clamp(value, 0, Most) / Most * _height);

    /// <param name="format">How a tick's number is written; null for as few digits as its step needs.</param>
    public IReadOnlyList<Tick> Ticks(Func<double, string>? format = null)
    {
        var ticks = new List<Tick>();
        for (var i = 0; i * Step <= Most + (Step * 1e-6); i++)
        {
            var value = i * Step;
            ticks.Add(new Tick(At(value), format?.Invoke(value) ?? Math.Round(value, 6).ToString("#,0.######", CultureInfo.InvariantCulture)));
        }

        return ticks;
    }

    /// <summary>The step of 1, 2 or 5 times a power of ten that cuts a range into about so many parts.</summary>
    internal static double StepFor(double range, int parts)
    {
        var raw = range / Math.Max(1, parts);
        var power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        var rest = raw / power;
        return power * (rest <= 1.0001 ? 1 : rest <= 2.0001 ? 2 : rest <= 5.0001 ? 5 : 10);
    }
}
