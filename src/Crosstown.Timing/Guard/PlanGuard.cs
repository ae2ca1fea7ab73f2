using System.Collections.Immutable;
using Crosstown.Core.Controllers;
using Crosstown.Core.Data;

namespace Crosstown.Timing.Guard;

/// <summary>The guard: judges every plan and every advice, wherever it comes from, by rules C02-C12, and is the only maker of approvals.</summary>
/// <remarks>
/// Pure: the same facts and proposal give the same verdict. It reckons with rings and splits by itself rather than with the controller's engine, which
/// then has to accept the plan as well; a slip in one of the two does not pass the other. It holds no state, so one serves all threads.
/// </remarks>
public sealed class PlanGuard : IPlanGuard
{
    /// <summary>Named in each record of a decision; grows when a rule does.</summary>
    public const int Version = 1;

    /// <inheritdoc/>
    public PlanVerdict Check(IReadOnlyList<SignalFacts> facts, PlanProposal proposal)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(proposal);
        var all = new List<Findings>();
        var judgedBy = ImmutableArray.CreateBuilder<SignalFacts>();
        if (proposal.Signals.IsDefaultOrEmpty || proposal.Signals.Any(s => s is null) || !Enum.IsDefined(proposal.Kind))
        {
            var findings = new Findings(default);
            findings.Add("XT649", "C03", "proposal", $"A proposal names at least one signal and says whether it is a step or a retiming.");
            return new PlanVerdict(findings.ToImmutable(), null);
        }

        foreach (var signal in proposal.Signals)
        {
            var findings = new Findings(signal.Signal);
            all.Add(findings);
            if (proposal.Signals.Count(s => s.Signal == signal.Signal) > 1)
            {
                findings.Add("XT649", "C03", "proposal", $"The signal is proposed more than once.");
            }

            var known = facts.Where(f => f is not null && f.Signal == signal.Signal).ToList();
            if (known.Count == 0)
            {
                findings.Add("XT620", "C03", "facts", $"Nothing is known of this signal in the field: no facts, no approval.");
            }
            else if (known.Count > 1)
            {
                findings.Add("XT622", "C03", "facts", $"Facts of this signal are stated {known.Count} times.");
            }
            else
            {
                judgedBy.Add(known[0]);
                CheckSignal(known[0], signal, proposal.Kind, findings);
            }
        }

        CorridorRules.Check(facts, proposal, all);
        ImmutableArray<GuardProblem> problems = [.. all.SelectMany(f => f.Problems)];
        return problems.IsEmpty ? new PlanVerdict(problems, new ApprovedPlan(proposal, judgedBy.ToImmutable())) : new PlanVerdict(problems, null);
    }

    /// <inheritdoc/>
    public AdviceVerdict Check(SignalFacts? facts, ControllerStatus? status, long lastFence, SignalAdvice advice)
    {
        ArgumentNullException.ThrowIfNull(advice);
        var findings = new Findings(advice.Signal);
        if (facts is null || facts.Signal != advice.Signal)
        {
            findings.Add("XT620", "C03", "facts", $"Nothing is known of this signal in the field: no facts, no approval.");
        }
        else if (FactRules.Check(facts, findings))
        {
            CheckIntervals(facts, facts.Phases, findings);
            AdviceRules.Check(facts, status, lastFence, advice, findings);
        }

        return findings.Count == 0 ? new AdviceVerdict([], new ApprovedAdvice(advice)) : new AdviceVerdict(findings.ToImmutable(), null);
    }

    private static void CheckSignal(SignalFacts facts, SignalProposal proposal, ChangeKind kind, Findings findings)
    {
        if (!FactRules.Check(facts, findings))
        {
            return;
        }

        var phases = proposal.Phases ?? facts.Phases;
        if (proposal.Phases is not null && !HasThePhases(facts, phases, findings))
        {
            return;
        }

        CheckIntervals(facts, phases, findings);
        ChangeRules.CheckUntouched(facts, proposal, findings);
        if (proposal.Patterns.IsDefaultOrEmpty || proposal.Patterns.Any(p => p?.Timing?.SplitMs is null || p.Notes.IsDefault || p.Notes.Any(n => n?.Reason is null)))
        {
            findings.Add("XT649", "C03", "patterns", $"At least one pattern, each with its splits, and no note without a reason.");
            return;
        }

        var rules = new PatternRules(facts, phases, findings);
        foreach (var pattern in proposal.Patterns)
        {
            if (proposal.Patterns.Count(p => p.Timing.Number == pattern.Timing.Number) > 1)
            {
                findings.Add("XT649", "C03", pattern.Timing.Number, null, "pattern", pattern.Timing.Number, null, $"Pattern {pattern.Timing.Number} is proposed more than once.");
            }

            rules.Check(pattern.Timing, phase => pattern.Has(NoteKind.PedestriansByOverride, phase));
            ChangeRules.CheckPattern(facts, phases, pattern, kind, findings);
        }

        if (findings.Count == 0)
        {
            AskEngine(facts, phases, proposal, findings);
        }
    }

    /// <summary>The phases of a proposal have to be the cabinet's, each once; what they show is judged after that.</summary>
    private static bool HasThePhases(SignalFacts facts, ImmutableArray<PhaseTiming> phases, Findings findings)
    {
        var numbers = phases.IsDefault || phases.Any(p => p is null) ? [] : phases.Select(p => p.Number).Order().ToList();
        if (numbers.SequenceEqual(facts.Phases.Select(p => p.Number).Order()))
        {
            return true;
        }

        findings.Add("XT647", "C08", "phases", $"The proposal has phases {string.Join(", ", numbers)}; the cabinet has {string.Join(", ", facts.Phases.Select(p => p.Number).Order())}.");
        return false;
    }

    private static void CheckIntervals(SignalFacts facts, ImmutableArray<PhaseTiming> phases, Findings findings)
    {
        ConcurrencyRules.Check(facts, phases, findings);
        foreach (var phase in phases)
        {
            var street = facts.Street.IsDefault ? null : facts.Street.FirstOrDefault(s => s?.Phase == phase.Number);
            IntervalRules.Check(facts.Phases.First(p => p.Number == phase.Number), phase, street, findings);
        }

        foreach (var overlap in facts.Overlaps.IsDefault ? [] : facts.Overlaps.Where(o => o is not null))
        {
            IntervalRules.Check(overlap, facts.OverlapStreet.IsDefault ? null : facts.OverlapStreet.FirstOrDefault(s => s?.Overlap == overlap.Number), findings);
        }
    }

    private static void AskEngine(SignalFacts facts, ImmutableArray<PhaseTiming> phases, SignalProposal proposal, Findings findings)
    {
        try
        {
            _ = new ControllerProgram(phases, facts.Overlaps, proposal.Patterns.Select(p => p.Timing), facts.Preempts);
        }
        catch (ProblemException refusal)
        {
            foreach (var problem in refusal.Problems)
            {
                findings.Add(problem.Code, "C08", problem.Where, $"{problem.Message}");
            }
        }
    }
}
