using System.Collections.Immutable;
using Crosstown.Core.Controllers;

namespace Crosstown.Timing.Guard;

/// <summary>How far one step may change a pattern, and the steps by which a retiming goes out.</summary>
public static class PatternChanges
{
    /// <summary>Stands for a signal without coordination where a pattern's number is asked for.</summary>
    internal const byte Free = 254;

    /// <summary>Most by which one step changes a split (rule C12), ms.</summary>
    public const int LargestSplitStepMs = 5000;

    /// <summary>One step changes a cycle by this part of it at most (rule C12).</summary>
    public const int CycleStepShare = 10;

    /// <summary>Whether a cycle may follow another in one step.</summary>
    public static bool IsCycleStep(int todayMs, int nextMs) => Math.Abs((long)nextMs - todayMs) * CycleStepShare <= todayMs;

    /// <summary>Whether a split may follow another in one step.</summary>
    public static bool IsSplitStep(int todayMs, int nextMs) => Math.Abs((long)nextMs - todayMs) <= LargestSplitStepMs;

    /// <summary>
    /// The patterns from today's to a new one, each a legal step from the one before: the last is the new one itself. Splits and cycle go evenly in whole
    /// seconds, and every ring sums to its cycle in each; sequence, modes and reference are the new pattern's from the first stage on, the offset moves
    /// evenly the shorter way round.
    /// </summary>
    /// <remarks>Stages are proposals like any other: the guard looks at each before it goes out.</remarks>
    /// <param name="phases">The signal's phases: rings and barrier groups.</param>
    /// <exception cref="ArgumentException">One of the patterns does not fill its rings, or has no split for a phase.</exception>
    public static ImmutableArray<PatternTiming> Stage(ImmutableArray<PhaseTiming> phases, PatternTiming today, PatternTiming target)
    {
        Require(phases, today);
        Require(phases, target);
        var count = 1;
        while (true)
        {
            var stages = Enumerable.Range(1, count).Select(i => i == count ? target : Between(phases, today, target, i, count)).ToImmutableArray();
            if (stages.Prepend(today).Zip(stages).All(pair => IsStep(pair.First, pair.Second)))
            {
                return stages;
            }

            count++;
        }
    }

    private static bool IsStep(PatternTiming from, PatternTiming to) =>
        IsCycleStep(from.CycleMs, to.CycleMs) && to.SplitMs.All(s => IsSplitStep(from.SplitMs.GetValueOrDefault(s.Key), s.Value));

    private static void Require(ImmutableArray<PhaseTiming> phases, PatternTiming pattern)
    {
        var groups = phases.GroupBy(p => p.BarrierGroup).Select(g => g.GroupBy(p => p.Ring).Select(r => r.Sum(p => pattern.SplitMs.GetValueOrDefault(p.Number))).Distinct().ToList()).ToList();
        if (groups.Exists(sums => sums.Count != 1) || groups.Sum(sums => sums[0]) != pattern.CycleMs || phases.Any(p => pattern.SplitMs.GetValueOrDefault(p.Number) <= 0)
            || pattern.SplitMs.Any(s => s.Value % 1000 != 0))
        {
            throw new ArgumentException($"Pattern {pattern.Number} has to fill the same whole seconds in every ring of each barrier group, with a split for each phase.", nameof(pattern));
        }
    }

    private static PatternTiming Between(ImmutableArray<PhaseTiming> phases, PatternTiming today, PatternTiming target, int stage, int of)
    {
        var splits = target.SplitMs.ToBuilder();
        var cycleS = 0;
        foreach (var group in phases.GroupBy(p => p.BarrierGroup))
        {
            var rings = group.GroupBy(p => p.Ring).Select(r => r.ToList()).ToList();
            var lengthS = Part(rings[0].Sum(p => today.SplitMs[p.Number]), rings[0].Sum(p => target.SplitMs[p.Number]), stage, of);
            cycleS += lengthS;
            foreach (var ring in rings)
            {
                // Running sums are rounded, not splits: the ring then fills its group to the second.
                var (fromMs, toMs, doneS) = (0, 0, 0);
                foreach (var phase in ring)
                {
                    fromMs += today.SplitMs[phase.Number];
                    toMs += target.SplitMs[phase.Number];
                    var endS = phase == ring[^1] ? lengthS : Part(fromMs, toMs, stage, of);
                    splits[phase.Number] = (endS - doneS) * 1000;
                    doneS = endS;
                }
            }
        }

        var cycleMs = cycleS * 1000;
        var turnMs = ((((target.OffsetMs - today.OffsetMs) % target.CycleMs) + target.CycleMs + (target.CycleMs / 2)) % target.CycleMs) - (target.CycleMs / 2);
        var offsetS = Part(today.OffsetMs, today.OffsetMs + turnMs, stage, of);
        return target with { CycleMs = cycleMs, SplitMs = splits.ToImmutable(), OffsetMs = ((offsetS * 1000 % cycleMs) + cycleMs) % cycleMs };
    }

    /// <summary>Whole seconds on the way between two times.</summary>
    private static int Part(int fromMs, int toMs, int stage, int of) => (int)Math.Round((fromMs + ((toMs - fromMs) * (double)stage / of)) / 1000, MidpointRounding.AwayFromZero);
}
