using System.Collections.Immutable;
using Crosstown.Core.Controllers;

namespace Crosstown.Timing.Guard;

/// <summary>A plan beside today's: what must be untouched, what needs an engineer's word, and how far one step may go.</summary>
internal static class ChangeRules
{
    private const double HighestSaturation = 0.95;

    public static void CheckUntouched(SignalFacts facts, SignalProposal proposal, Findings findings)
    {
        if (proposal.Overlaps is { } overlaps && !IsSame(overlaps, facts.Overlaps, IsSame))
        {
            findings.Add("XT638", "C02", "overlaps", $"The proposal's overlaps are not the cabinet's: a plan does not change them.");
        }

        if (proposal.Preempts is { } preempts && !IsSame(preempts, facts.Preempts, IsSame))
        {
            findings.Add("XT637", "C09", "preempts", $"The proposal's preempts are not the cabinet's: a plan does not change them.");
        }
    }

    public static void CheckPattern(SignalFacts facts, ImmutableArray<PhaseTiming> phases, PatternProposal proposal, ChangeKind kind, Findings findings)
    {
        CheckService(phases, proposal, findings);
        var replaces = proposal.Replaces ?? proposal.Timing.Number;
        if (replaces == PatternChanges.Free && kind == ChangeKind.Retiming)
        {
            return;
        }

        if (facts.Patterns.FirstOrDefault(p => p.Number == replaces) is not { CycleMs: > 0 } today)
        {
            findings.Add("XT621", "C11", proposal.Timing.Number, null, "today's pattern", null, null,
                $"A fact is missing: pattern {replaces}, which it replaces and would go back to, is not among the cabinet's.");
            return;
        }

        CheckAgainst(facts, phases, today, proposal, findings);
        if (kind == ChangeKind.Step)
        {
            CheckStep(today, proposal.Timing, findings);
        }
    }

    private static void CheckService(ImmutableArray<PhaseTiming> phases, PatternProposal proposal, Findings findings)
    {
        byte number = proposal.Timing.Number;
        foreach (var phase in phases)
        {
            var name = Findings.PhaseName(phase.Number);
            var expected = proposal.Predictions.IsDefault ? [] : proposal.Predictions.Where(p => p is not null && p.Phase == phase.Number).ToList();
            if (expected.Count == 0)
            {
                findings.Add("XT621", "C11", number, phase.Number, name, null, null, $"A fact is missing for {name}: what an evaluator expects of its saturation and queue.");
            }

            foreach (var prediction in expected)
            {
                if (!(prediction.DegreeOfSaturation is >= 0 and <= 1000) || !(prediction.QueueVeh is >= 0 and <= 1e6) || (prediction.StorageVeh is { } room && !(room is > 0 and <= 1e6)))
                {
                    findings.Add("XT622", "C03", number, phase.Number, name, null, null,
                        $"Degree of saturation {prediction.DegreeOfSaturation}, queue {prediction.QueueVeh} and storage {prediction.StorageVeh} vehicles are not figures that an evaluator gives.");
                    continue;
                }

                if (prediction.DegreeOfSaturation > HighestSaturation && !proposal.Has(NoteKind.NearCapacity, phase.Number))
                {
                    findings.Add("XT641", "C11", number, phase.Number, name, (decimal)prediction.DegreeOfSaturation, (decimal)HighestSaturation,
                        $"Degree of saturation {prediction.DegreeOfSaturation:0.00}: above {HighestSaturation} an engineer has to accept it in a note.");
                }

                if (prediction.QueueVeh > prediction.StorageVeh && !proposal.Has(NoteKind.QueueBeyondStorage, phase.Number))
                {
                    findings.Add("XT640", "C11", number, phase.Number, name, (decimal)prediction.QueueVeh, (decimal)prediction.StorageVeh,
                        $"A queue of {prediction.QueueVeh:0.0} vehicles where {prediction.StorageVeh:0.0} find room: an engineer has to accept it in a note.");
                }
            }
        }
    }

    private static void CheckAgainst(SignalFacts facts, ImmutableArray<PhaseTiming> phases, PatternTiming today, PatternProposal proposal, Findings findings)
    {
        foreach (var phase in phases)
        {
            var role = facts.Street.IsDefault ? null : facts.Street.FirstOrDefault(s => s?.Phase == phase.Number)?.Role;
            if (role is not (PhaseRole.LeftTurn or PhaseRole.Minor) || proposal.Has(NoteKind.LessThanToday, phase.Number))
            {
                continue;
            }

            var changeToday = facts.Phases.First(p => p.Number == phase.Number).ChangeMs;
            var before = (long)today.SplitMs.GetValueOrDefault(phase.Number) - changeToday;
            var now = (long)proposal.Timing.SplitMs.GetValueOrDefault(phase.Number) - phase.ChangeMs;
            if (now * today.CycleMs < before * proposal.Timing.CycleMs)
            {
                findings.Add("XT636", "C11", proposal.Timing.Number, phase.Number, Findings.PhaseName(phase.Number), Findings.Seconds(now), Findings.Seconds(before),
                    $"Green of {Findings.Seconds(now)} s in {Findings.Seconds(proposal.Timing.CycleMs)} s, today {Findings.Seconds(before)} s in {Findings.Seconds(today.CycleMs)} s: a smaller share of the hour for a left turn or minor street needs a note.");
            }
        }
    }

    private static void CheckStep(PatternTiming today, PatternTiming pattern, Findings findings)
    {
        if (!PatternChanges.IsCycleStep(today.CycleMs, pattern.CycleMs))
        {
            findings.Add("XT655", "C12", pattern.Number, null, "cycle", Findings.Seconds(pattern.CycleMs), Findings.Seconds(today.CycleMs),
                $"Cycle from {Findings.Seconds(today.CycleMs)} to {Findings.Seconds(pattern.CycleMs)} s: a step is a tenth at most.");
        }

        foreach (var phase in pattern.SplitMs.Keys.Union(today.SplitMs.Keys).Order())
        {
            var before = today.SplitMs.GetValueOrDefault(phase);
            var now = pattern.SplitMs.GetValueOrDefault(phase);
            if (!PatternChanges.IsSplitStep(before, now))
            {
                findings.Add("XT656", "C12", pattern.Number, phase, Findings.PhaseName(phase), Findings.Seconds(now), Findings.Seconds(before),
                    $"Split from {Findings.Seconds(before)} to {Findings.Seconds(now)} s: a step is {Findings.Seconds(PatternChanges.LargestSplitStepMs)} s at most.");
            }
        }
    }

    private static bool IsSame<T>(ImmutableArray<T> proposed, ImmutableArray<T> field, Func<T, T, bool> isSame)
        where T : class =>
        !proposed.IsDefault && !field.IsDefault && proposed.Length == field.Length && proposed.Zip(field).All(pair => pair.First is not null && pair.Second is not null && isSame(pair.First, pair.Second));

    // Records compare their arrays by identity: those are put aside and compared by content.
    private static bool IsSame(OverlapTiming a, OverlapTiming b) => a with { Parents = b.Parents } == b && IsSame(a.Parents, b.Parents);

    private static bool IsSame(PreemptTiming a, PreemptTiming b) =>
        a with { TrackPhases = b.TrackPhases, DwellPhases = b.DwellPhases, ExitPhases = b.ExitPhases } == b
        && IsSame(a.TrackPhases, b.TrackPhases) && IsSame(a.DwellPhases, b.DwellPhases) && IsSame(a.ExitPhases, b.ExitPhases);

    private static bool IsSame(ImmutableArray<byte> a, ImmutableArray<byte> b) => !a.IsDefault && !b.IsDefault && a.AsSpan().SequenceEqual(b.AsSpan());
}
