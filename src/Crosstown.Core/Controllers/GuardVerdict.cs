using System.Collections.Immutable;
using Crosstown.Core.Data;
using Crosstown.Core.Street;

namespace Crosstown.Core.Controllers;

/// <summary>The one judge of what may go to a controller, as those see it who only ask.</summary>
public interface IPlanGuard
{
    /// <summary>Looks at a whole proposal; every reason against it is in the verdict, never only the first.</summary>
    /// <param name="facts">What the asker knows of the signals; a signal without facts is refused.</param>
    PlanVerdict Check(IReadOnlyList<SignalFacts> facts, PlanProposal proposal);

    /// <summary>Looks at advice for a running controller.</summary>
    /// <param name="facts">Null when nothing is known of the signal: refused.</param>
    /// <param name="status">Null when the controller has not been heard: refused.</param>
    /// <param name="lastFence">The largest fencing number that was used for this signal; 0 for none.</param>
    AdviceVerdict Check(SignalFacts? facts, ControllerStatus? status, long lastFence, SignalAdvice advice);
}

/// <summary>One reason why a plan or advice is refused.</summary>
/// <param name="Code">XT and three digits; one code per kind of reason.</param>
/// <param name="Signal">Whose plan it is.</param>
/// <param name="Pattern">The pattern; null when it is about the signal as a whole.</param>
/// <param name="Phase">The phase; null when it is about none or about more than one.</param>
/// <param name="Part">What is meant, in words: a phase, an overlap, a ring, a fact.</param>
/// <param name="Value">What was found, s unless the message says otherwise; null when it is no number or is not known.</param>
/// <param name="Limit">What it is held against; null when there is no number.</param>
/// <param name="Rule">The rule that it breaks, such as <c>C04</c>.</param>
/// <param name="Message">All of it as a sentence, and how to mend it.</param>
public sealed record GuardProblem(
    string Code, SignalId Signal, byte? Pattern, byte? Phase, string Part, decimal? Value, decimal? Limit, string Rule, string Message)
{
    /// <summary>The same as other parts report problems.</summary>
    public Problem ToProblem() =>
        new(Code, Pattern is { } pattern ? $"signal {Signal}, pattern {pattern}, {Part}" : $"signal {Signal}, {Part}", $"{Message} ({Rule})");
}

/// <summary>What the guard says of a proposal: either problems, or an approval.</summary>
public sealed class PlanVerdict
{
    internal PlanVerdict(ImmutableArray<GuardProblem> problems, ApprovedPlan? approval)
    {
        Problems = problems;
        Approval = approval;
    }

    /// <summary>Every reason against it, by signal; empty when it is approved.</summary>
    public ImmutableArray<GuardProblem> Problems { get; }

    /// <summary>What a writer or sender asks for; null when there are problems.</summary>
    public ApprovedPlan? Approval { get; }

    /// <summary>The approval.</summary>
    /// <exception cref="ProblemException">The plan was refused; all reasons are listed.</exception>
    public ApprovedPlan GetApproval() => Approval ?? throw new ProblemException([.. Problems.Select(p => p.ToProblem())]);
}

/// <summary>What the guard says of advice: either problems, or an approval.</summary>
public sealed class AdviceVerdict
{
    internal AdviceVerdict(ImmutableArray<GuardProblem> problems, ApprovedAdvice? approval)
    {
        Problems = problems;
        Approval = approval;
    }

    /// <summary>Every reason against it; empty when it is approved.</summary>
    public ImmutableArray<GuardProblem> Problems { get; }

    /// <summary>What a sender asks for; null when there are problems.</summary>
    public ApprovedAdvice? Approval { get; }
}

/// <summary>A proposal that the guard has passed. Only the guard makes one: whoever writes or sends a plan asks for it instead of the plan.</summary>
public sealed class ApprovedPlan
{
    internal ApprovedPlan(PlanProposal proposal, ImmutableArray<SignalFacts> facts)
    {
        Proposal = proposal;
        Facts = facts;
    }

    /// <summary>Exactly what was judged.</summary>
    public PlanProposal Proposal { get; }

    /// <summary>What it was judged by, one per signal of the proposal in its order: a plan is approved for these streets and cabinets only.</summary>
    public ImmutableArray<SignalFacts> Facts { get; }
}

/// <summary>Advice that the guard has passed. Only the guard makes one.</summary>
public sealed class ApprovedAdvice
{
    internal ApprovedAdvice(SignalAdvice advice) => Advice = advice;

    /// <summary>Exactly what was judged.</summary>
    public SignalAdvice Advice { get; }
}
