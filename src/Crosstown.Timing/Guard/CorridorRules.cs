using Crosstown.Core.Controllers;

namespace Crosstown.Timing.Guard;

/// <summary>Signals that are in step with each other share a cycle, or run two of theirs in one of it.</summary>
internal static class CorridorRules
{
    /// <param name="findings">One per signal of the proposal, in its order.</param>
    public static void Check(IReadOnlyList<SignalFacts> facts, PlanProposal proposal, List<Findings> findings)
    {
        var members = facts.Where(f => f is not null && !string.IsNullOrEmpty(f.CoordinationGroup)).ToLookup(f => f.CoordinationGroup!);
        for (var i = 0; i < proposal.Signals.Length; i++)
        {
            var signal = proposal.Signals[i];
            if (facts.FirstOrDefault(f => f?.Signal == signal.Signal)?.CoordinationGroup is not { Length: > 0 } group || signal.Patterns.IsDefault)
            {
                continue;
            }

            foreach (var (pattern, replaces) in signal.Patterns.Where(p => p?.Timing is not null).Select(p => (p.Timing, p.Replaces ?? p.Timing.Number)))
            {
                var longestMs = members[group].Max(member => CycleOf(member, proposal, pattern.Number, replaces));
                if (pattern.CycleMs != longestMs && pattern.CycleMs * 2L != longestMs)
                {
                    findings[i].Add("XT646", "C03", pattern.Number, null, "cycle", Findings.Seconds(pattern.CycleMs), Findings.Seconds(longestMs),
                        $"Cycle of {Findings.Seconds(pattern.CycleMs)} s in group {group}, whose longest is {Findings.Seconds(longestMs)} s: the same or half of it, else no offset holds.");
                }
            }
        }
    }

    /// <summary>What a signal will run under a pattern's number: what is proposed, else what its cabinet has, else what it runs today beside the pattern that is replaced; 0 when none has it.</summary>
    private static int CycleOf(SignalFacts member, PlanProposal proposal, byte number, byte replaces)
    {
        var proposed = proposal.Signals.FirstOrDefault(s => s.Signal == member.Signal)?.Patterns;
        int? InCabinet(byte pattern) => member.Patterns.IsDefault ? null : member.Patterns.FirstOrDefault(p => p?.Number == pattern)?.CycleMs;
        return (proposed is { IsDefault: false } patterns ? patterns.FirstOrDefault(p => p?.Timing?.Number == number)?.Timing.CycleMs : null)
            ?? InCabinet(number)
            ?? InCabinet(replaces)
            ?? 0;
    }
}
