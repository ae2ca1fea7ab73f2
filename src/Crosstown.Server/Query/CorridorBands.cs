using Crosstown.Core.Street;

namespace Crosstown.Server.Query;

/// <summary>A signal's average green for one direction while one timing held.</summary>
/// <param name="StartMs">Begin of the time in which it held, ms UTC.</param>
/// <param name="EndMs">Its end.</param>
/// <param name="CycleS">Cycle length in seconds.</param>
/// <param name="StartS">Second of the cycle at which green begins.</param>
/// <param name="GreenS">Length of green in seconds.</param>
internal readonly record struct AverageGreen(long StartMs, long EndMs, double CycleS, double StartS, double GreenS);

/// <summary>The band through a stretch of signals while all of them shared a cycle.</summary>
/// <param name="Direction"><c>forward</c> or <c>backward</c>.</param>
/// <param name="Timing"><c>measured</c>: greens begin where the log shows them; <c>programmed</c>: where offsets and splits put them.</param>
/// <param name="First">Place of the stretch's first signal in forward order, 0 for the corridor's first.</param>
/// <param name="Last">Place of its last signal.</param>
/// <param name="FromMs">Begin of the time in which the timing of all its signals held, ms UTC.</param>
/// <param name="ToMs">Its end.</param>
/// <param name="CycleS">Shared cycle length, s.</param>
/// <param name="StartS">Second of the cycle at which the band leaves the signal that its direction meets first.</param>
/// <param name="BandS">How long departures there meet green at every signal, s; 0 when none do.</param>
/// <param name="Efficiency">Band over cycle, 0-1.</param>
/// <param name="Attainability">Band over the shortest green, 0-1.</param>
internal sealed record BandAnswer(
    string Direction, string Timing, int First, int Last, long FromMs, long ToMs, double CycleS, double StartS, double BandS, double Efficiency, double Attainability);

/// <summary>Finds bands with the moment at which they leave, which a drawing needs.</summary>
internal static class CorridorBands
{
    /// <summary>Bands of one direction: of every link, and of the whole corridor where it has more than one.</summary>
    /// <param name="greens">Each signal's average greens in time order.</param>
    public static IEnumerable<BandAnswer> Find(Corridor corridor, bool isForward, string timing, IReadOnlyList<IReadOnlyList<AverageGreen>> greens)
    {
        var last = corridor.Signals.Length - 1;
        var stretches = Enumerable.Range(0, last).Select(i => (First: i, Last: i + 1));
        foreach (var (from, to) in last > 1 ? stretches.Append((0, last)) : stretches)
        {
            if (TravelS(corridor, from, to) is not { } travelS)
            {
                continue;
            }

            var departS = isForward ? travelS : [.. travelS.Select(s => travelS[^1] - s)];
            foreach (var parts in Together([.. greens.Skip(from).Take(to - from + 1)]))
            {
                var cycleS = parts[0].CycleS;
                if (parts.Any(p => p.CycleS != cycleS))
                {
                    continue;
                }

                var (startS, bandS) = Longest(cycleS, [.. parts.Select((p, i) => (p.StartS - departS[i], p.GreenS))]);
                yield return new BandAnswer(
                    isForward ? "forward" : "backward", timing, from, to, parts.Max(p => p.StartMs), parts.Min(p => p.EndMs), cycleS,
                    Math.Round(startS, 3), Math.Round(bandS, 3), Math.Round(bandS / cycleS, 4), Math.Round(bandS / parts.Min(p => p.GreenS), 4));
            }
        }
    }

    /// <summary>The longest stretch of the cycle in which all greens, seen from the first signal, are shown, and where it begins.</summary>
    public static (double StartS, double LengthS) Longest(double cycleS, ReadOnlySpan<(double StartS, double LengthS)> greens)
    {
        var (start, longest) = (0.0, 0.0);
        foreach (var candidate in greens)
        {
            var shared = cycleS;
            foreach (var green in greens)
            {
                if (green.LengthS < cycleS)
                {
                    var since = Within(candidate.StartS - green.StartS, cycleS);
                    shared = Math.Min(shared, Math.Max(0, green.LengthS - (cycleS - since < 1e-6 ? 0 : since)));
                }
            }

            if (shared > longest)
            {
                (start, longest) = (Within(candidate.StartS, cycleS), shared);
            }
        }

        return (start, longest);
    }

    private static double Within(double s, double cycleS) => ((s % cycleS) + cycleS) % cycleS;

    private static double[]? TravelS(Corridor corridor, int first, int last)
    {
        var travelS = new double[last - first + 1];
        for (var i = 1; i < travelS.Length; i++)
        {
            if (corridor.TravelTimeS(first + i - 1) is not { } linkS)
            {
                return null;
            }

            travelS[i] = travelS[i - 1] + linkS;
        }

        return travelS;
    }

    /// <summary>The spans in which every signal has a timing, each with all signals' timings.</summary>
    private static IEnumerable<AverageGreen[]> Together(IReadOnlyList<AverageGreen>[] greens)
    {
        var cursor = new int[greens.Length];
        while (!cursor.Where((c, i) => c == greens[i].Count).Any())
        {
            var parts = cursor.Select((c, i) => greens[i][c]).ToArray();
            var endMs = parts.Min(p => p.EndMs);
            if (parts.Max(p => p.StartMs) < endMs)
            {
                yield return parts;
            }

            for (var i = 0; i < cursor.Length; i++)
            {
                cursor[i] += parts[i].EndMs == endMs ? 1 : 0;
            }
        }
    }
}
