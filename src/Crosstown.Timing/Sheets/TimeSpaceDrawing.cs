using System.Collections.Immutable;
using System.Globalization;
using Crosstown.Core.Controllers;
using Crosstown.Core.Street;

namespace Crosstown.Timing.Sheets;

/// <summary>A signal's timing on a time-space diagram.</summary>
/// <param name="Phases">Of the signal.</param>
/// <param name="Overlaps">Of the signal; those that serve the street count with their parents' greens.</param>
/// <param name="Pattern">Null for a signal that runs free: it is drawn without greens and ends the bands.</param>
/// <param name="ArrivalsForward">Share of a cycle's arrivals at the stop line by equal bins from the master's zero; empty where not measured.</param>
/// <param name="ArrivalsBackward">The same for the other way.</param>
public sealed record TimeSpaceSignal(
    ImmutableArray<PhaseTiming> Phases,
    ImmutableArray<OverlapTiming> Overlaps,
    PatternTiming? Pattern,
    ImmutableArray<double> ArrivalsForward,
    ImmutableArray<double> ArrivalsBackward);

/// <summary>The part of the cycle in which a vehicle at the street's speed meets every green of a corridor.</summary>
/// <param name="WidthS">s; 0 when there is none.</param>
/// <param name="LeavesMs">Where in the cycle it leaves the first signal of its way.</param>
/// <param name="Efficiency">Share of the cycle.</param>
/// <param name="Attainability">Share of the shortest green on the way.</param>
public sealed record Band(double WidthS, int LeavesMs, double Efficiency, double Attainability);

/// <summary>Draws a corridor's greens, bands and measured arrivals as a picture that stands alone.</summary>
public static class TimeSpaceDrawing
{
    private const double Left = 150;
    private const double Right = 16;
    private const double Margin = 10;
    private const double Width = 760;
    private const double Top = 66;
    private const double BarHeight = 6;
    private const double ArrivalHeight = 20;
    private const int StepMs = 100;

    /// <summary>The widest band that goes all the way, in one direction; null when a signal runs free or on a cycle of its own, a speed is unknown, or nothing serves this way.</summary>
    public static Band? FindBand(Corridor corridor, IReadOnlyList<TimeSpaceSignal> signals, bool forward)
    {
        var cycle = signals[0].Pattern?.CycleMs ?? 0;
        if (cycle == 0 || signals.Any(s => s.Pattern?.CycleMs != cycle))
        {
            return null;
        }

        var open = new bool[cycle / StepMs];
        Array.Fill(open, true);
        var shortest = cycle;
        for (var i = 0; i < signals.Count; i++)
        {
            var at = forward ? i : signals.Count - 1 - i;
            var (greens, travelMs) = (GreensOf(corridor, signals, at, forward), TravelMs(corridor, forward ? 0 : signals.Count - 1, at));
            if (greens is null || travelMs is null)
            {
                return null;
            }

            var isGreen = new bool[open.Length];
            foreach (var (start, length) in greens)
            {
                for (var t = 0; t < length; t += StepMs)
                {
                    isGreen[(start + t) % cycle / StepMs] = true;
                }
            }

            shortest = Math.Min(shortest, greens.Max(g => g.LengthMs));
            for (var t = 0; t < open.Length; t++)
            {
                open[t] &= isGreen[(t + (travelMs.Value / StepMs)) % open.Length];
            }
        }

        var (best, from) = LongestRun(open);
        return new Band(best * StepMs / 1000.0, from * StepMs, (double)best / open.Length, (double)best * StepMs / shortest);
    }

    /// <summary>Writes the picture as SVG: distance up, two cycles and a bit to the right, greens of both ways as bars, bands between them.</summary>
    /// <param name="writer">Where it goes.</param>
    /// <param name="corridor">The street; at least two signals.</param>
    /// <param name="signals">In the corridor's order.</param>
    /// <param name="title">Such as <c>Main Street, pattern 3</c>.</param>
    /// <exception cref="ArgumentException">The corridor has fewer than two signals, or not as many as are given.</exception>
    public static void Write(TextWriter writer, Corridor corridor, IReadOnlyList<TimeSpaceSignal> signals, string title)
    {
        if (corridor.Signals.Length != signals.Count || signals.Count < 2)
        {
            throw new ArgumentException($"{signals.Count} timings for {corridor.Signals.Length} signals: give one for each, of at least two.", nameof(signals));
        }

        new Picture(new Markup(writer), corridor, signals).Write(title);
    }

    /// <summary>Seconds of driving between two signals, with the way from the first; the same both ways. Null when a speed is unknown.</summary>
    private static int? TravelMs(Corridor corridor, int from, int to)
    {
        var sum = 0.0;
        for (var link = Math.Min(from, to); link < Math.Max(from, to); link++)
        {
            if (corridor.TravelTimeS(link) is not { } seconds)
            {
                return null;
            }

            sum += seconds;
        }

        return (int)Math.Round(sum * 10) * 100;
    }

    /// <summary>Greens on the master's clock; null when nothing serves this way here. Phases of one ring that follow each other give one green.</summary>
    private static List<(int StartMs, int LengthMs)>? GreensOf(Corridor corridor, IReadOnlyList<TimeSpaceSignal> signals, int index, bool forward)
    {
        var (signal, group) = (signals[index], corridor.GroupAt(index, forward));
        if (signal.Pattern is not { } pattern || group is not { } serving)
        {
            return null;
        }

        var diagram = new PatternView(signal.Phases, pattern);
        var numbers = serving.IsOverlap ? signal.Overlaps.FirstOrDefault(o => o.Number == serving.Number)?.Parents ?? [] : [serving.Number];
        var greens = numbers.Where(n => signal.Phases.Any(p => p.Number == n))
            .Select(n => (diagram.PlaceOf(n).StartMs, diagram.PlaceOf(n).ForceOffMs))
            .Where(g => g.ForceOffMs > g.StartMs)
            .Select(g => (diagram.OnMasterMs(g.StartMs), g.ForceOffMs - g.StartMs)).ToList();
        return greens.Count > 0 ? greens : null;
    }

    private static (int Length, int From) LongestRun(bool[] open)
    {
        if (open.All(o => o))
        {
            return (open.Length, 0);
        }

        var (best, from, run) = (0, 0, 0);
        for (var t = 0; t < 2 * open.Length; t++)
        {
            run = open[t % open.Length] ? run + 1 : 0;
            if (run > best)
            {
                (best, from) = (run, t - run + 1);
            }
        }

        return (best, from % open.Length);
    }

    private sealed class Picture(Markup markup, Corridor corridor, IReadOnlyList<TimeSpaceSignal> signals)
    {
        private readonly double _length = Math.Max(1, corridor.Signals[^1].DistanceFt);
        private readonly double _plotHeight = Math.Max(220, corridor.Signals.Length * 46);
        private readonly int _shownMs = (int)(signals.Max(s => s.Pattern?.CycleMs ?? 60_000) * 2.5);

        private double Bottom => Top + _plotHeight + 24;

        public void Write(string title)
        {
            var height = Bottom + 34;
            markup.Raw($"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {N(Left + Width + Right)} {N(height)}\" role=\"img\" aria-labelledby=\"t d\"><title id=\"t\">").Text($"Time-space diagram: {title}").Raw("</title>");
            markup.Raw("<desc id=\"d\">").Text($"{Words(true)} {Words(false)}").Raw("</desc><style>").Raw(SheetStyle.Drawing).Raw($"</style><rect width=\"{N(Left + Width + Right)}\" height=\"{N(height)}\" fill=\"#fff\"/>");
            markup.Raw($"<text class=\"title\" x=\"{N(Margin)}\" y=\"20\">").Text($"Time-space diagram: {title}").Raw("</text>");
            markup.Raw($"<text x=\"{N(Margin)}\" y=\"39\" class=\"tick\">").Text(Words(true)).Raw($"</text><text x=\"{N(Margin)}\" y=\"55\" class=\"tick\">").Text(Words(false)).Raw("</text>");
            markup.Raw($"<clipPath id=\"p\"><rect x=\"{N(Left)}\" y=\"{N(Top)}\" width=\"{N(Width)}\" height=\"{N(Bottom - Top)}\"/></clipPath><g clip-path=\"url(#p)\">");
            Bands(true);
            Bands(false);
            markup.Raw("</g>");
            for (var i = 0; i < signals.Count; i++)
            {
                Signal(i);
            }

            Axis();
            markup.Raw("</svg>\n");
        }

        private static string N(double value) => Math.Round(value, 1).ToString("0.#", CultureInfo.InvariantCulture);

        private static string Way(TravelDirection direction, string otherwise) => direction == TravelDirection.Unknown ? otherwise : $"{direction}";

        private double X(double ms) => Left + (Width * ms / _shownMs);

        private double Y(int index) => Top + 24 + ((1 - (corridor.Signals[index].DistanceFt / _length)) * (_plotHeight - 24));

        private string Words(bool forward)
        {
            var way = forward ? Way(corridor.Forward, "Forward") : Way(corridor.Backward, "Backward");
            return FindBand(corridor, signals, forward) is { WidthS: > 0 } band
                ? $"{way} ({(forward ? "green, above the line" : "blue, below the line")}): band of {Markup.Number(band.WidthS)} s, {Markup.Number(100 * band.Efficiency)} % of the cycle and {Markup.Number(100 * band.Attainability)} % of the shortest green."
                : $"{way} ({(forward ? "green, above the line" : "blue, below the line")}): no band over the whole street.";
        }

        private void Signal(int index)
        {
            var y = Y(index);
            markup.Raw($"<path class=\"row\" d=\"M{N(Left)} {N(y)}H{N(Left + Width)}\"/><text x=\"{N(Left - 8)}\" y=\"{N(y + 1)}\" text-anchor=\"end\">").Text($"{corridor.Signals[index].Signal}");
            markup.Raw($"</text><text class=\"tick\" x=\"{N(Left - 8)}\" y=\"{N(y + 13)}\" text-anchor=\"end\">").Text(string.Create(CultureInfo.InvariantCulture, $"{corridor.Signals[index].DistanceFt:#,0} ft")).Raw("</text>");
            foreach (var forward in new[] { true, false })
            {
                if (GreensOf(corridor, signals, index, forward) is not { } greens)
                {
                    continue;
                }

                Arrivals(forward ? signals[index].ArrivalsForward : signals[index].ArrivalsBackward, signals[index].Pattern!.CycleMs, y, forward);
                foreach (var (start, length) in greens)
                {
                    for (var at = start - signals[index].Pattern!.CycleMs; at < _shownMs; at += signals[index].Pattern!.CycleMs)
                    {
                        var (from, to) = (Math.Max(0, at), Math.Min(_shownMs, at + length));
                        if (to > from)
                        {
                            markup.Raw($"<rect class=\"{(forward ? "forward" : "backward")}\" x=\"{N(X(from))}\" y=\"{N(forward ? y - BarHeight : y)}\" width=\"{N(X(to) - X(from))}\" height=\"{N(BarHeight)}\"/>");
                        }
                    }
                }
            }
        }

        /// <summary>Small columns on the far side of the bar: how many vehicles reach the stop line when.</summary>
        private void Arrivals(ImmutableArray<double> shares, int cycleMs, double y, bool forward)
        {
            if (shares.IsDefaultOrEmpty || shares.Max() <= 0)
            {
                return;
            }

            var binMs = (double)cycleMs / shares.Length;
            var path = new System.Text.StringBuilder();
            for (var at = 0; at * binMs < _shownMs; at++)
            {
                var height = shares[at % shares.Length] / shares.Max() * ArrivalHeight;
                var foot = forward ? y - BarHeight - 1 : y + BarHeight + 1;
                if (height >= 0.5)
                {
                    path.Append(CultureInfo.InvariantCulture, $"M{N(X(at * binMs))} {N(foot)}v{N(forward ? -height : height)}H{N(X(Math.Min(_shownMs, (at + 1) * binMs)))}V{N(foot)}z");
                }
            }

            markup.Raw($"<path class=\"arrivals\" d=\"{path}\"/>");
        }

        private void Bands(bool forward)
        {
            if (FindBand(corridor, signals, forward) is not { WidthS: > 0 } band)
            {
                return;
            }

            var cycle = signals[0].Pattern!.CycleMs;
            var first = forward ? 0 : signals.Count - 1;
            var longest = TravelMs(corridor, 0, signals.Count - 1)!.Value;
            for (var leave = band.LeavesMs - (((longest / cycle) + 1) * cycle); leave < _shownMs; leave += cycle)
            {
                var points = new List<(double X, double Y)>();
                for (var side = 0; side < 2; side++)
                {
                    for (var i = 0; i < signals.Count; i++)
                    {
                        var step = side == 0 ? i : signals.Count - 1 - i;
                        var at = forward ? step : signals.Count - 1 - step;
                        var ms = leave + TravelMs(corridor, first, at)!.Value + (side == 0 ? 0 : band.WidthS * 1000);
                        points.Add((X(ms), Y(at)));
                    }
                }

                if (points.Max(p => p.X) > Left)
                {
                    markup.Raw($"<path class=\"band{(forward ? "" : " back")}\" d=\"M{string.Join('L', points.Select(p => $"{N(p.X)} {N(p.Y)}"))}z\"/>");
                }
            }
        }

        private void Axis()
        {
            markup.Raw($"<path class=\"axis\" d=\"M{N(Left)} {N(Bottom - 10)}H{N(Left + Width)}\"/>");
            for (var at = 0; at <= _shownMs; at += 20_000)
            {
                markup.Raw($"<path class=\"axis\" d=\"M{N(X(at))} {N(Bottom - 10)}v4\"/><text class=\"tick\" text-anchor=\"middle\" x=\"{N(X(at))}\" y=\"{N(Bottom + 7)}\">{at / 1000}</text>");
            }

            markup.Raw($"<text class=\"tick\" x=\"{N(Left)}\" y=\"{N(Bottom + 25)}\">Seconds from the master's zero. Gray columns: measured arrivals at the stop line, where there are any.</text>");
        }
    }
}
