using Crosstown.Core.Controllers;

namespace Crosstown.Timing.Demand.InForce;

/// <summary>A pattern laid out along its cycle: where each phase's green is planned to begin and is forced off. Zero is the begin of barrier group 1.</summary>
internal sealed class CycleDiagram
{
    private readonly Dictionary<byte, int> _startMs = [];
    private readonly Dictionary<byte, int> _forceOffMs = [];

    private CycleDiagram(int cycleMs) => CycleMs = cycleMs;

    public int CycleMs { get; }

    /// <summary>Planned begin of green by phase.</summary>
    public IReadOnlyDictionary<byte, int> StartMs => _startMs;

    /// <summary>Force-off by phase: begin of its yellow when it uses its whole split.</summary>
    public IReadOnlyDictionary<byte, int> ForceOffMs => _forceOffMs;

    /// <summary>Earliest end of a coordinated phase.</summary>
    public int YieldMs { get; private init; }

    /// <summary>Place of each reference that an offset can have.</summary>
    public IReadOnlyDictionary<OffsetReference, int> ReferenceMs { get; private init; } = new Dictionary<OffsetReference, int>();

    /// <summary>Lays a pattern out.</summary>
    /// <param name="phases">All phases that the pattern gives a split.</param>
    /// <param name="pattern">Its splits must fill the cycle in each ring.</param>
    /// <returns>Null when no coordinated phase has a split.</returns>
    public static CycleDiagram? Of(IReadOnlyList<PhaseTiming> phases, PatternTiming pattern)
    {
        var known = phases.Where(p => pattern.SplitMs.ContainsKey(p.Number)).ToList();
        var coordinated = known.Where(p => p.IsCoordinated).ToList();
        if (coordinated.Count == 0)
        {
            return null;
        }

        var draft = new CycleDiagram(pattern.CycleMs);
        var groupStart = 0;
        foreach (var group in known.GroupBy(p => p.BarrierGroup).OrderBy(g => g.Key))
        {
            var rings = group.GroupBy(p => p.Ring).Select(ring => Ordered([.. ring], pattern)).ToList();
            var changeMs = rings.Max(r => r[^1].ChangeMs);
            foreach (var ring in rings)
            {
                var at = groupStart;
                foreach (var phase in ring)
                {
                    draft._startMs[phase.Number] = at;
                    at += pattern.SplitMs[phase.Number];
                    draft._forceOffMs[phase.Number] = at - (phase == ring[^1] ? changeMs : phase.ChangeMs);
                }
            }

            groupStart += rings.Max(r => r.Sum(p => pattern.SplitMs[p.Number]));
        }

        var first = coordinated.MinBy(p => draft._forceOffMs[p.Number])!;
        var yieldMs = draft._forceOffMs[first.Number];
        var done = new CycleDiagram(pattern.CycleMs)
        {
            YieldMs = yieldMs,
            ReferenceMs = new Dictionary<OffsetReference, int>
            {
                [OffsetReference.BeginGreen] = coordinated.Min(p => draft._startMs[p.Number]),
                [OffsetReference.BeginLastGreen] = coordinated.Max(p => draft._startMs[p.Number]),
                [OffsetReference.BeginYellow] = yieldMs,
                [OffsetReference.BeginRed] = (int)Circle.After(yieldMs + first.YellowMs, 0, pattern.CycleMs),
                [OffsetReference.BeginFlashingDontWalk] = (int)Circle.After(yieldMs - first.PedestrianClearanceMs, 0, pattern.CycleMs),
            },
        };
        foreach (var phase in known)
        {
            done._startMs[phase.Number] = draft._startMs[phase.Number];
            done._forceOffMs[phase.Number] = draft._forceOffMs[phase.Number];
        }

        return done;
    }

    /// <summary>The offset of the same plan, counted to another reference point.</summary>
    public int OffsetTo(PatternTiming pattern, OffsetReference reference) =>
        (int)Circle.After(pattern.OffsetMs + ReferenceMs[reference], ReferenceMs[pattern.Reference], CycleMs);

    private static List<PhaseTiming> Ordered(List<PhaseTiming> ring, PatternTiming pattern)
    {
        var index = ring[0].Ring - 1;
        var given = pattern.Sequence.IsDefaultOrEmpty || index >= pattern.Sequence.Length ? [] : pattern.Sequence[index];
        return [.. ring.OrderBy(p => given.IndexOf(p.Number)).ThenBy(p => p.Number)];
    }
}
