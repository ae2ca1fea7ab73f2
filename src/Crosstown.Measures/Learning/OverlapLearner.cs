using System.Globalization;
using Crosstown.Core.Events;
using Crosstown.Core.Street;

namespace Crosstown.Measures.Learning;

/// <summary>Says which phases drive each overlap, by when it is green.</summary>
internal static class OverlapLearner
{
    /// <summary>A parent's green must be covered by the overlap's to this share: overlaps may start late or be cut by a preempt.</summary>
    private const double Covered = 0.9;

    /// <summary>The parents together must explain this share of the overlap's green; trailing greens add a little.</summary>
    private const double Explained = 0.85;

    private const int FewestGreens = 5;

    public static (List<OverlapConfiguration> Overlaps, List<Evidence> Evidence) Learn(ReadOnlySpan<ControllerEvent> events, PhaseDisplays displays)
    {
        var greens = ReadGreens(events, displays.EndMs);
        var overlaps = new List<OverlapConfiguration>();
        var evidence = new List<Evidence>();
        foreach (var (number, spans) in greens)
        {
            var total = spans.Sum(s => s.EndMs - s.StartMs);
            var parents = new List<byte>();
            var covered = new List<(long StartMs, long EndMs)>();
            foreach (var phase in displays.Phases)
            {
                var phaseGreens = ListGreens(displays, phase);
                var phaseTotal = phaseGreens.Sum(s => s.EndMs - s.StartMs);
                if (phaseGreens.Count >= FewestGreens && (double)SharedMs(phaseGreens, spans) / phaseTotal >= Covered)
                {
                    parents.Add(phase);
                    covered.AddRange(phaseGreens);
                }
            }

            var explained = total == 0 ? 0 : (double)SharedMs(Merge(covered), spans) / total;
            parents.RemoveAll(p => IsSpare(p, parents, displays, spans, explained * total));
            var isKnown = spans.Count >= FewestGreens && explained >= Explained && parents.Count > 0;
            evidence.Add(new Evidence(
                string.Create(CultureInfo.InvariantCulture, $"overlaps/{number}/parent_phases"),
                isKnown ? string.Join('+', parents) : "unknown",
                isKnown ? Math.Min(0.98, explained) : 0,
                string.Create(CultureInfo.InvariantCulture, $"{spans.Count} greens; the greens of these phases make up {100 * explained:0.#} % of them.")));
            overlaps.Add(new OverlapConfiguration { Number = number, ParentPhases = isKnown ? [.. parents] : [] });
        }

        return (overlaps, evidence);
    }

    /// <summary>A phase whose greens lie within other parents' is no parent of its own.</summary>
    private static bool IsSpare(byte phase, List<byte> parents, PhaseDisplays displays, List<(long, long)> overlap, double explainedMs)
    {
        var others = Merge([.. parents.Where(p => p != phase).SelectMany(p => ListGreens(displays, p))]);
        return others.Count > 0 && SharedMs(others, overlap) >= explainedMs * 0.999;
    }

    private static SortedDictionary<byte, List<(long StartMs, long EndMs)>> ReadGreens(ReadOnlySpan<ControllerEvent> events, long endMs)
    {
        var greens = new SortedDictionary<byte, List<(long StartMs, long EndMs)>>();
        var sinceMs = new long[256];
        Array.Fill(sinceMs, long.MinValue);
        foreach (ref readonly var e in events)
        {
            if (e.Parameter is < 1 or > 255)
            {
                continue;
            }

            var number = (byte)e.Parameter;
            switch (e.Code)
            {
                case EventCode.OverlapBeginGreen or EventCode.OverlapBeginTrailingGreen when sinceMs[number] == long.MinValue:
                    sinceMs[number] = e.TimeMs;
                    break;
                case EventCode.OverlapBeginYellow or EventCode.OverlapBeginRedClearance or EventCode.OverlapOff or EventCode.OverlapDark when sinceMs[number] != long.MinValue:
                    if (!greens.TryGetValue(number, out var spans))
                    {
                        greens[number] = spans = [];
                    }

                    spans.Add((sinceMs[number], Math.Min(e.TimeMs, endMs)));
                    sinceMs[number] = long.MinValue;
                    break;
                default:
                    break;
            }
        }

        return greens;
    }

    private static List<(long StartMs, long EndMs)> ListGreens(PhaseDisplays displays, byte phase)
    {
        var greens = new List<(long, long)>();
        var changes = displays.Changes(phase);
        for (var i = 0; i + 1 < changes.Count; i++)
        {
            if (changes[i].Kind == 'G')
            {
                greens.Add((changes[i].TimeMs, changes[i + 1].TimeMs));
            }
        }

        return greens;
    }

    private static List<(long StartMs, long EndMs)> Merge(List<(long StartMs, long EndMs)> spans)
    {
        var merged = new List<(long StartMs, long EndMs)>();
        foreach (var span in spans.Order())
        {
            if (merged.Count > 0 && span.StartMs <= merged[^1].EndMs)
            {
                merged[^1] = (merged[^1].StartMs, Math.Max(merged[^1].EndMs, span.EndMs));
            }
            else
            {
                merged.Add(span);
            }
        }

        return merged;
    }

    /// <summary>Milliseconds that two lists of spans, each in time order, have in common.</summary>
    private static long SharedMs(List<(long StartMs, long EndMs)> a, List<(long StartMs, long EndMs)> b)
    {
        long common = 0;
        var (i, j) = (0, 0);
        while (i < a.Count && j < b.Count)
        {
            common += Math.Max(0, Math.Min(a[i].EndMs, b[j].EndMs) - Math.Max(a[i].StartMs, b[j].StartMs));
            if (a[i].EndMs < b[j].EndMs)
            {
                i++;
            }
            else
            {
                j++;
            }
        }

        return common;
    }
}
