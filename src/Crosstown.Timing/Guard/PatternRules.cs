using System.Collections.Immutable;
using Crosstown.Core.Controllers;

namespace Crosstown.Timing.Guard;

/// <summary>What a pattern's cycle, splits, offset and sequence must be, by the cabinet's rings and barriers.</summary>
internal sealed class PatternRules(SignalFacts facts, ImmutableArray<PhaseTiming> phases, Findings findings)
{
    private const int ShortestCycleMs = 30_000;
    private const int LongestCycleMs = 255_000;

    // No call waits longer than this, and none longer than two cycles.
    private const int LongestWaitMs = 240_000;

    private readonly PhaseTiming[] _phases = [.. phases.OrderBy(p => p.Number)];
    private readonly int _ringCount = phases.Max(p => p.Ring);

    public void Check(PatternTiming pattern, Func<byte, bool> hasPedestriansByOverride)
    {
        CheckNumbers(pattern);
        CheckSplits(pattern, hasPedestriansByOverride);
        CheckSums(pattern);
        CheckSequence(pattern);
        CheckYellowTraps(pattern);
    }

    private void CheckNumbers(PatternTiming pattern)
    {
        byte number = pattern.Number;
        if (!Enum.IsDefined(pattern.ForceOff) || !Enum.IsDefined(pattern.Transition) || !Enum.IsDefined(pattern.Reference) || number is < 1 or > 253)
        {
            findings.Add("XT649", "C03", number, null, "pattern", number, 253, $"Pattern {number} with force-off mode {pattern.ForceOff}, transition {pattern.Transition} and reference {pattern.Reference}: numbers are 1-253, and the modes must be ones that there are.");
        }

        if (pattern.CycleMs % 1000 != 0 || pattern.OffsetMs % 1000 != 0 || pattern.SplitMs.Values.Any(s => s % 1000 != 0))
        {
            findings.Add("XT645", "C03", number, null, "cycle, offset and splits", null, null, $"Cycle, offset and splits are whole seconds; one of them is not.");
        }

        var neededMs = ShortestNeededMs();
        if (pattern.CycleMs < Math.Max(neededMs, ShortestCycleMs) || pattern.CycleMs > LongestCycleMs)
        {
            var isShort = pattern.CycleMs <= LongestCycleMs;
            var limitS = Findings.Seconds(isShort ? Math.Max(neededMs, ShortestCycleMs) : LongestCycleMs);
            findings.Add("XT644", "C07", number, null, "cycle", Findings.Seconds(pattern.CycleMs), limitS,
                $"Cycle of {Findings.Seconds(pattern.CycleMs)} s: minimum greens and change intervals need {Findings.Seconds(neededMs)} s, and a cycle is {Findings.Seconds(ShortestCycleMs)}-{Findings.Seconds(LongestCycleMs)} s.");
        }

        if (pattern.OffsetMs < 0 || pattern.OffsetMs >= pattern.CycleMs)
        {
            findings.Add("XT632", "C03", number, null, "offset", Findings.Seconds(pattern.OffsetMs), Findings.Seconds(pattern.CycleMs),
                $"Offset of {Findings.Seconds(pattern.OffsetMs)} s: 0 or more and below the cycle of {Findings.Seconds(pattern.CycleMs)} s.");
        }

        if (facts.OffsetReference is { } reference && pattern.Reference != reference)
        {
            findings.Add("XT633", "C03", number, null, "offset reference", null, null,
                $"The offset counts to {pattern.Reference}, and this controller counts to {reference}: convert it, or the whole corridor is out of step.");
        }
    }

    /// <summary>Minimum greens and change intervals of the longest ring of each barrier group.</summary>
    private long ShortestNeededMs() => Groups().Sum(g => (long)g.Rings.Max(r => r.Sum(p => (long)LeadMs(p) + p.MinimumGreenMs + p.ChangeMs)));

    private int LeadMs(PhaseTiming phase) => phase.WalkMs > 0 && StreetOf(phase.Number) is { LeadingWalkS: > 0 and <= 30 } street ? (int)(street.LeadingWalkS * 1000) : 0;

    private PhaseFacts? StreetOf(byte phase) => facts.Street.IsDefault ? null : facts.Street.FirstOrDefault(s => s?.Phase == phase);

    private void CheckSplits(PatternTiming pattern, Func<byte, bool> hasPedestriansByOverride)
    {
        foreach (var phase in pattern.SplitMs.Keys.Where(k => _phases.All(p => p.Number != k)))
        {
            findings.Add("XT647", "C03", pattern.Number, phase, Findings.PhaseName(phase), Findings.Seconds(pattern.SplitMs[phase]), null, $"A split for phase {phase}, which the signal does not have.");
        }

        foreach (var phase in _phases)
        {
            var name = Findings.PhaseName(phase.Number);
            var splitMs = pattern.SplitMs.GetValueOrDefault(phase.Number);
            var splitS = Findings.Seconds(splitMs);
            if (splitMs <= 0)
            {
                findings.Add("XT643", "C07", pattern.Number, phase.Number, name, splitS, null, $"Phase {phase.Number} has no split: who waits for it would wait forever.");
                continue;
            }

            var leadMs = LeadMs(phase);
            var neededMs = leadMs + (long)phase.MinimumGreenMs + phase.ChangeMs;
            if (splitMs < neededMs)
            {
                findings.Add("XT628", "C07", pattern.Number, phase.Number, name, splitS, Findings.Seconds(neededMs),
                    $"Split of {splitS} s: minimum green, yellow and red clearance, with any leading walk, need {Findings.Seconds(neededMs)} s.");
            }

            var walkNeedsMs = phase.WalkMs > 0 ? (long)phase.WalkMs + phase.PedestrianClearanceMs + phase.ChangeMs : 0;
            var walksEveryCycle = phase.Recall == Recall.Pedestrian || phase.RestsInWalk;
            if (splitMs < walkNeedsMs && (walksEveryCycle || !hasPedestriansByOverride(phase.Number)))
            {
                findings.Add("XT629", "C06", pattern.Number, phase.Number, name, splitS, Findings.Seconds(walkNeedsMs),
                    $"Split of {splitS} s: walk, pedestrian clearance, yellow and red clearance need {Findings.Seconds(walkNeedsMs)} s. Where walks are rare, mark it as pedestrians by override; with a walk every cycle it has to fit.");
            }

            var redMs = (long)pattern.CycleMs - splitMs + phase.ChangeMs;
            var boundMs = Math.Min(2L * pattern.CycleMs, LongestWaitMs);
            if (redMs > boundMs)
            {
                findings.Add("XT643", "C07", pattern.Number, phase.Number, name, Findings.Seconds(redMs), Findings.Seconds(boundMs),
                    $"Phase {phase.Number} is not green for {Findings.Seconds(redMs)} s of each cycle: nobody waits longer than {Findings.Seconds(boundMs)} s.");
            }
        }
    }

    private void CheckSums(PatternTiming pattern)
    {
        var lengths = new Dictionary<int, long>();
        foreach (var group in Groups())
        {
            var sums = group.Rings.Select(ring => (ring[0].Ring, SumMs: SumMs(pattern, ring))).ToList();
            lengths[group.Number] = sums.Max(s => s.SumMs);
            foreach (var (ring, sumMs) in sums.Where(s => s.SumMs != sums[0].SumMs))
            {
                findings.Add("XT631", "C08", pattern.Number, null, $"barrier group {group.Number}", Findings.Seconds(sumMs), Findings.Seconds(sums[0].SumMs),
                    $"Ring {ring} needs {Findings.Seconds(sumMs)} s up to the barrier and ring {sums[0].Ring} {Findings.Seconds(sums[0].SumMs)} s: they cross it together.");
            }
        }

        foreach (var ring in _phases.GroupBy(p => p.Ring).OrderBy(r => r.Key))
        {
            // Where a ring has no phase of a group, it waits as long as the others are there.
            var totalMs = Groups().Sum(g => g.Rings.Find(r => r[0].Ring == ring.Key) is { } own ? SumMs(pattern, own) : lengths[g.Number]);
            if (totalMs != pattern.CycleMs)
            {
                findings.Add("XT630", "C08", pattern.Number, null, $"ring {ring.Key}", Findings.Seconds(totalMs), Findings.Seconds(pattern.CycleMs),
                    $"Splits of ring {ring.Key} sum to {Findings.Seconds(totalMs)} s in a cycle of {Findings.Seconds(pattern.CycleMs)} s.");
            }
        }
    }

    private static long SumMs(PatternTiming pattern, List<PhaseTiming> ring) => ring.Sum(p => (long)pattern.SplitMs.GetValueOrDefault(p.Number));

    private List<(int Number, List<List<PhaseTiming>> Rings)> Groups() =>
        [.. _phases.GroupBy(p => (int)p.BarrierGroup).OrderBy(g => g.Key).Select(g => (g.Key, g.GroupBy(p => p.Ring).OrderBy(r => r.Key).Select(r => r.ToList()).ToList()))];

    private void CheckSequence(PatternTiming pattern)
    {
        if (pattern.Sequence.IsDefaultOrEmpty)
        {
            return;
        }

        for (var i = 0; i < Math.Max(_ringCount, pattern.Sequence.Length); i++)
        {
            var order = i < pattern.Sequence.Length && !pattern.Sequence[i].IsDefault ? pattern.Sequence[i] : [];
            var own = _phases.Where(p => p.Ring == i + 1).ToList();
            var ordered = order.Select(n => own.Find(p => p.Number == n)).ToList();
            var isWhole = order.Length == own.Count && order.Distinct().Count() == own.Count && ordered.TrueForAll(p => p is not null);
            var keepsBarriers = !isWhole || ordered.Zip(ordered.Skip(1)).All(pair => pair.First!.BarrierGroup <= pair.Second!.BarrierGroup);
            if (!isWhole || !keepsBarriers)
            {
                findings.Add("XT648", "C08", pattern.Number, null, $"ring {i + 1}", null, null,
                    $"Sequence {string.Join('-', order)} of ring {i + 1}: it has to name each of its phases ({string.Join(", ", own.Select(p => p.Number))}) once, one barrier group after the other.");
            }
        }
    }

    /// <summary>
    /// Where a left turn goes in gaps on its own approach's circular green, that green must not end while the opposing through stays green: who waits in
    /// the intersection sees yellow, expects the others to stop, and turns in front of them.
    /// </summary>
    private void CheckYellowTraps(PatternTiming pattern)
    {
        if (facts.LeftTurns is not { IsDefault: false } turns)
        {
            return;
        }

        foreach (var turn in turns.Where(t => t is not null && t.Display == LeftTurnDisplay.CircularGreen))
        {
            if (Array.Find(_phases, p => p.Number == turn.Through) is not { } through)
            {
                continue;
            }

            var beside = Order(pattern, through.Ring).Where(p => p.BarrierGroup == through.BarrierGroup).ToList();
            var at = beside.IndexOf(through);
            if (at < beside.Count - 1)
            {
                findings.Add("XT635", "C08", pattern.Number, through.Number, Findings.PhaseName(through.Number), null, null,
                    $"Phase {beside[at + 1].Number} follows phase {through.Number} while opposing phase {turn.Opposing} may stay green, and left turns go in gaps on the circular green of phase {through.Number}: a yellow trap. Let it lead, or give the turn a flashing yellow arrow.");
            }
            else if (at > 0 && facts.PreventsBackup != true)
            {
                var (code, what) = facts.PreventsBackup is null ? ("XT621", "A fact is missing: whether the controller prevents this.") : ("XT635", "Switch backup protection on, or give the turn a flashing yellow arrow.");
                findings.Add(code, "C08", pattern.Number, through.Number, Findings.PhaseName(through.Number), null, null,
                    $"With no call across the street the ring may go back from phase {through.Number} to phase {beside[0].Number} while opposing phase {turn.Opposing} stays green, and left turns go in gaps on its circular green: a yellow trap. {what}");
            }
        }
    }

    private List<PhaseTiming> Order(PatternTiming pattern, int ring)
    {
        var own = _phases.Where(p => p.Ring == ring);
        if (pattern.Sequence.IsDefaultOrEmpty || ring > pattern.Sequence.Length || pattern.Sequence[ring - 1].IsDefault)
        {
            return [.. own.OrderBy(p => p.BarrierGroup)];
        }

        var given = pattern.Sequence[ring - 1];
        return [.. own.OrderBy(p => p.BarrierGroup).ThenBy(p => given.IndexOf(p.Number))];
    }
}
