using System.Collections.Immutable;
using Crosstown.Core.Controllers;
using Crosstown.Core.Data;

namespace Crosstown.Timing.Sheets;

/// <summary>Rounds a pattern to the whole seconds that controllers take over NTCIP 1202, so that every ring still fills the cycle.</summary>
public static class WholeSeconds
{
    private const int SecondMs = 1000;

    /// <summary>The pattern in whole seconds.</summary>
    /// <remarks>
    /// Barriers share the cycle and phases their barrier by the largest remainders; no phase falls below its minimum green, yellow and red clearance, or below its own split if
    /// that is shorter. The offset keeps the reference point where it was, to the nearest second.
    /// </remarks>
    /// <exception cref="ProblemException">XT670: the cycle is no whole second, or minimums of whole seconds do not fit into it.</exception>
    public static PatternTiming Round(ImmutableArray<PhaseTiming> phases, PatternTiming pattern)
    {
        if (pattern.CycleMs % SecondMs != 0)
        {
            throw new ProblemException("XT670", $"pattern {pattern.Number}", $"The cycle is {pattern.CycleMs / 1000.0:0.#} s: choose a whole second first.");
        }

        var barriers = phases.Select(p => p.BarrierGroup).Distinct().Order()
            .Select(b => phases.Where(p => p.BarrierGroup == b).GroupBy(p => p.Ring).Select(r => r.ToList()).ToList()).ToList();
        var cycle = pattern.CycleMs / SecondMs;
        var lengths = Share(
            cycle,
            [.. barriers.Select(rings => rings.Max(r => r.Sum(p => Split(pattern, p))))],
            [.. barriers.Select(rings => rings.Max(r => r.Sum(p => Least(pattern, p))))], pattern);
        var splits = ImmutableSortedDictionary.CreateBuilder<byte, int>();
        for (var b = 0; b < barriers.Count; b++)
        {
            foreach (var ring in barriers[b])
            {
                var shares = Share(lengths[b], [.. ring.Select(p => Split(pattern, p))], [.. ring.Select(p => Least(pattern, p))], pattern);
                for (var i = 0; i < ring.Count; i++)
                {
                    splits[ring[i].Number] = shares[i] * SecondMs;
                }
            }
        }

        var offset = (int)Math.Round(pattern.OffsetMs / (double)SecondMs, MidpointRounding.AwayFromZero) % cycle * SecondMs;
        return pattern with { SplitMs = splits.ToImmutable(), OffsetMs = offset };
    }

    /// <summary>Whether cycle, offset and splits are whole seconds.</summary>
    public static bool Has(PatternTiming pattern) =>
        pattern.CycleMs % SecondMs == 0 && pattern.OffsetMs % SecondMs == 0 && pattern.SplitMs.Values.All(s => s % SecondMs == 0);

    private static int Split(PatternTiming pattern, PhaseTiming phase) => pattern.SplitMs.GetValueOrDefault(phase.Number);

    private static int Least(PatternTiming pattern, PhaseTiming phase) =>
        (Math.Min(phase.MinimumGreenMs + phase.ChangeMs, Split(pattern, phase)) + SecondMs - 1) / SecondMs;

    /// <summary>Whole seconds that sum to a total, each at least its least and as near its share as that allows.</summary>
    private static int[] Share(int total, int[] partsMs, int[] least, PatternTiming pattern)
    {
        if (least.Sum() > total)
        {
            throw new ProblemException("XT670", $"pattern {pattern.Number}", $"Minimums take {least.Sum()} s in whole seconds where {total} s are left: give these phases more time first.");
        }

        // Shares of what there is, should the parts not sum to the total.
        var scale = (double)total * SecondMs / Math.Max(1, partsMs.Sum());
        var exact = partsMs.Select(p => p * scale / SecondMs).ToArray();
        var whole = exact.Select((e, i) => Math.Max((int)e, least[i])).ToArray();
        for (var left = total - whole.Sum(); left != 0; left -= Math.Sign(left))
        {
            var step = Math.Sign(left);
            var chosen = Enumerable.Range(0, whole.Length).Where(i => step > 0 || whole[i] > least[i]).MaxBy(i => step * (exact[i] - whole[i]));
            whole[chosen] += step;
        }

        return whole;
    }
}
