using Crosstown.Core.Controllers;

namespace Crosstown.Timing.Guard;

/// <summary>Rules C02, C09, C10 and C12 for what a running controller is asked: nothing but approved patterns and greens inside them, never near a preempt, never for long.</summary>
internal static class AdviceRules
{
    private const int LongestLifetimeMs = 10_000;
    private const int CyclesAfterPreempt = 2;
    private const int QuietAfterStartMs = 15 * 60_000;

    // Bound of any wait, and the length of a cycle where a signal is free and has none.
    private const int LongestWaitMs = 240_000;
    private const int FreeCycleMs = 120_000;

    public static void Check(SignalFacts facts, ControllerStatus? status, long lastFence, SignalAdvice advice, Findings findings)
    {
        if (advice.Fence <= lastFence || advice.Fence <= 0)
        {
            findings.Add("XT658", "C10", "fence", $"Fencing number {advice.Fence} after {lastFence}: somebody else holds the signal, or the advice is old.");
        }

        if (advice.LifetimeMs is <= 0 or > LongestLifetimeMs)
        {
            findings.Add("XT658", "C10", null, null, "lifetime", Findings.Seconds(advice.LifetimeMs), Findings.Seconds(LongestLifetimeMs),
                $"Advice for {Findings.Seconds(advice.LifetimeMs)} s: above 0, to {Findings.Seconds(LongestLifetimeMs)} s, and then repeated or over.");
        }

        const int slots = ControllerProgram.MaxPhase + 1;
        if (status is null || status.GreenMs.IsDefault || status.GreenMs.Length != slots || status.WaitedMs.IsDefault || status.WaitedMs.Length != slots || status.SinceStartMs is null)
        {
            findings.Add("XT621", "C03", "status", $"A fact is missing: what the controller shows now and since when it runs. Without it nothing is approved.");
            return;
        }

        var running = facts.Patterns.FirstOrDefault(p => p.Number == status.Pattern);
        if (running is null && status.Pattern != PatternChanges.Free)
        {
            findings.Add("XT659", "C02", status.Pattern, null, "pattern in force", status.Pattern, null, $"Pattern {status.Pattern} is in force and not among the cabinet's that are known: it was never approved.");
        }

        var cycleMs = running?.CycleMs ?? FreeCycleMs;
        CheckQuiet(status, cycleMs, findings);
        switch (advice.Kind)
        {
            case AdviceKind.ChoosePattern:
                CheckChoice(facts, advice, findings);
                break;
            case AdviceKind.Hold:
                CheckHold(facts, status, running, cycleMs, advice, findings);
                break;
            case AdviceKind.ForceOff:
                CheckForceOff(facts, status, advice, findings);
                break;
            default:
                findings.Add("XT659", "C02", "advice", $"There is no advice of kind {(int)advice.Kind}.");
                break;
        }

        if (running is not null && advice.Kind != AdviceKind.ChoosePattern)
        {
            new PatternRules(facts, facts.Phases, findings).Check(running, _ => true);
        }
    }

    private static void CheckQuiet(ControllerStatus status, int cycleMs, Findings findings)
    {
        if (status.IsPreempted)
        {
            findings.Add("XT657", "C09", "preempt", $"A preempt is at work: nothing is advised.");
        }
        else if (status.SincePreemptMs < (long)CyclesAfterPreempt * cycleMs)
        {
            findings.Add("XT657", "C09", null, null, "preempt", Findings.Seconds(status.SincePreemptMs.Value), Findings.Seconds((long)CyclesAfterPreempt * cycleMs),
                $"A preempt ended {Findings.Seconds(status.SincePreemptMs.Value)} s ago: nothing is advised for two cycles, {Findings.Seconds((long)CyclesAfterPreempt * cycleMs)} s.");
        }

        if (status.IsFlashing)
        {
            findings.Add("XT657", "C12", "flash", $"The signal flashes: nothing is advised.");
        }
        else if (status.SinceStartMs < QuietAfterStartMs)
        {
            findings.Add("XT657", "C12", null, null, "start", Findings.Seconds(status.SinceStartMs.Value), Findings.Seconds(QuietAfterStartMs),
                $"The controller started or flashed {Findings.Seconds(status.SinceStartMs.Value)} s ago: nothing is advised for {Findings.Seconds(QuietAfterStartMs)} s.");
        }
    }

    private static void CheckChoice(SignalFacts facts, SignalAdvice advice, Findings findings)
    {
        if (advice.Number == PatternChanges.Free)
        {
            return;
        }

        if (facts.Patterns.FirstOrDefault(p => p.Number == advice.Number) is not { } chosen)
        {
            findings.Add("XT659", "C02", advice.Number, null, "pattern", advice.Number, null, $"Pattern {advice.Number} is not among the cabinet's.");
            return;
        }

        // A cabinet's own pattern was approved with its notes on walks; what could conflict is judged again.
        new PatternRules(facts, facts.Phases, findings).Check(chosen, _ => true);
    }

    private static void CheckHold(SignalFacts facts, ControllerStatus status, PatternTiming? running, int cycleMs, SignalAdvice advice, Findings findings)
    {
        if (!IsGreen(facts, status, advice, findings))
        {
            return;
        }

        var boundMs = Math.Min(2L * cycleMs, LongestWaitMs);
        foreach (var phase in facts.Phases.Where(p => p.Number != advice.Number && status.WaitedMs[p.Number] > 0))
        {
            // At worst it comes last: all the rest of a cycle lies between the end of the hold and its green.
            var restMs = cycleMs - (running?.SplitMs.GetValueOrDefault(phase.Number) ?? phase.MinimumGreenMs + phase.ChangeMs);
            var waitMs = (long)status.WaitedMs[phase.Number] + advice.LifetimeMs + restMs;
            if (waitMs > boundMs)
            {
                findings.Add("XT643", "C07", phase.Number, Findings.Seconds(waitMs), Findings.Seconds(boundMs),
                    $"Phase {phase.Number} has waited {Findings.Seconds(status.WaitedMs[phase.Number])} s; with this hold it may wait {Findings.Seconds(waitMs)} s, and nobody waits longer than {Findings.Seconds(boundMs)} s.");
            }
        }
    }

    private static void CheckForceOff(SignalFacts facts, ControllerStatus status, SignalAdvice advice, Findings findings)
    {
        if (!IsGreen(facts, status, advice, findings))
        {
            return;
        }

        var phase = facts.Phases.First(p => p.Number == advice.Number);
        if (status.GreenMs[phase.Number] < phase.MinimumGreenMs)
        {
            findings.Add("XT642", "C07", phase.Number, Findings.Seconds(status.GreenMs[phase.Number]), Findings.Seconds(phase.MinimumGreenMs),
                $"Phase {phase.Number} has been green for {Findings.Seconds(status.GreenMs[phase.Number])} s of its minimum of {Findings.Seconds(phase.MinimumGreenMs)} s.");
        }

        if (Bits.Has(status.Walkers, phase.Number))
        {
            findings.Add("XT654", "C06", phase.Number, null, null, $"Walkers are crossing with phase {phase.Number}: a walk or clearance that began is never cut.");
        }
    }

    private static bool IsGreen(SignalFacts facts, ControllerStatus status, SignalAdvice advice, Findings findings)
    {
        if (facts.Phases.Any(p => p.Number == advice.Number) && Bits.Has(status.Greens, advice.Number))
        {
            return true;
        }

        findings.Add("XT659", "C02", advice.Number, advice.Number, null, $"Phase {advice.Number} is not green, so it can be neither held nor ended.");
        return false;
    }
}
