using System.Collections.Immutable;
using Crosstown.Core.Controllers;
using Crosstown.Core.Data;
using Crosstown.Core.Street;
using Crosstown.Timing.Evaluation;
using Crosstown.Timing.Guard;
using Crosstown.Timing.Intervals;
using Crosstown.Timing.Model;
using Crosstown.Timing.Sheets;

namespace Crosstown.Timing.Optimization;

/// <summary>How a network is retimed under the guard.</summary>
public sealed record GuardedRetimingOptions
{
    public OptimizerOptions Optimizer { get; init; } = new();

    /// <summary>What an engineer accepts with open eyes wherever the guard asks for it.</summary>
    public ImmutableArray<NoteKind> Accepted { get; init; } = [];

    /// <summary>Why it is accepted; goes into each note.</summary>
    public string Reason { get; init; } = "";

    /// <summary>The one cycle of all signals that change, whole s; null for the optimizer's choice.</summary>
    public int? CycleS { get; init; }

    /// <summary>Number of the patterns that change, 1-253, so that today's stay in the cabinet to go back to; null to put them in place of today's.</summary>
    public byte? PatternNumber { get; init; }

    /// <summary>Searches at most, 1 or more: each after the first without the signals that were refused before.</summary>
    public int Searches { get; init; } = 4;
}

/// <summary>A signal that keeps today's timing because the guard refused every plan that was found for it.</summary>
/// <param name="Problems">Every reason against the last one.</param>
public sealed record RefusedSignal(SignalId Signal, ImmutableArray<GuardProblem> Problems);

/// <summary>What came of it.</summary>
public sealed record GuardedRetimingResult
{
    /// <summary>Signals whose timing changes; null when none does.</summary>
    public required ApprovedPlan? Approval { get; init; }

    /// <summary>By signal.</summary>
    public required ImmutableArray<RefusedSignal> Refused { get; init; }

    /// <summary>
    /// Signals that keep today's timing because the longer intervals that their streets ask for cost more than a plan gains: what it would have cost at the signal itself,
    /// vehicle hours per hour. The intervals in their cabinets are still shorter than the facts ask for.
    /// </summary>
    public required ImmutableSortedDictionary<SignalId, double> Costly { get; init; }

    /// <summary>Signals that were not asked to change: free, locked or without a pattern that is known.</summary>
    public required ImmutableArray<SignalId> Fixed { get; init; }

    /// <summary>The network with the intervals of the approved plan.</summary>
    public required TimingNetwork Network { get; init; }

    /// <summary>What runs at every signal after the change.</summary>
    public required NetworkPlan Plan { get; init; }

    /// <summary>Today's plan under today's intervals.</summary>
    public required PlanEvaluation Before { get; init; }

    /// <summary><see cref="Plan"/> under the intervals of <see cref="Network"/>.</summary>
    public required PlanEvaluation After { get; init; }

    /// <summary>What changes at approved signals and why, the most useful first.</summary>
    public required ImmutableArray<PlanChange> Changes { get; init; }

    /// <summary>What coordination is worth link by link, the most first; empty when nothing was searched.</summary>
    public required ImmutableArray<LinkBenefit> Links { get; init; }

    /// <summary>False when a search was cut off by its time.</summary>
    public required bool IsComplete { get; init; }
}

/// <summary>Optimizes a network and asks the guard, until what is left passes it.</summary>
/// <remarks>
/// Where the street asks for longer intervals than the cabinet has, they are proposed and the optimizer gives them room. A signal that the guard refuses keeps today's timing,
/// and the others are optimized again around it. Without a word of an engineer, left turns and minor streets get no less than today; as that depends on the cycle, the cycle
/// then stays, and so it does in a coordination group with a signal that stays as it is. A plan that as a whole would cost more than today's is given back signal by signal,
/// those first that pay most for longer intervals.
/// </remarks>
public sealed class GuardedRetiming
{
    private readonly TimingNetwork _network;
    private readonly ImmutableArray<SignalFacts> _facts;
    private readonly GuardedRetimingOptions _options;
    private readonly IPlanGuard _guard;
    private readonly ImmutableArray<ImmutableArray<PhaseTiming>> _needed;
    private readonly bool[] _stays;
    private readonly SortedDictionary<int, ImmutableArray<GuardProblem>> _refused = [];
    private readonly Dictionary<SignalId, double> _costly = [];

    /// <param name="facts">One per signal of the network, in its order.</param>
    /// <exception cref="ArgumentException">Facts are not those of the network's signals.</exception>
    public GuardedRetiming(TimingNetwork network, ImmutableArray<SignalFacts> facts, GuardedRetimingOptions options, IPlanGuard guard)
    {
        if (!network.Signals.Select(s => s.Signal).SequenceEqual(facts.Select(f => f.Signal)))
        {
            throw new ArgumentException($"Facts of {facts.Length} signals for a network of {network.Signals.Length}: one each, in its order.", nameof(facts));
        }

        (_network, _facts, _options, _guard) = (network, facts, options, guard);
        _needed = [.. facts.Select(NeededIntervals.Of)];
        _stays = [.. network.Signals.Select(s => s.IsIsolated || s.Today is null || s.Locks == (TimingLocks.Cycle | TimingLocks.Splits | TimingLocks.Sequence | TimingLocks.Offset))];
    }

    /// <param name="progress">Told after every stage of each search, by several threads.</param>
    /// <param name="limit">Gives each search, counted from 1, what ends it early.</param>
    /// <exception cref="ProblemException">XT690: a pattern of today does not fill its cycle.</exception>
    public GuardedRetimingResult Run(IProgress<OptimizerProgress>? progress, Func<int, CancellationToken> limit)
    {
        ImmutableArray<SignalId> kept = [.. _network.Signals.Where((_, s) => _stays[s]).Select(s => s.Signal)];
        var before = Evaluate(_network, Today());
        RefuseWhateverThePlan();
        var plan = Today();
        var (changes, links, isComplete) = (ImmutableArray<PlanChange>.Empty, ImmutableArray<LinkBenefit>.Empty, true);
        for (var search = 1; ; search++)
        {
            if (search <= _options.Searches && !_stays.All(s => s))
            {
                var found = new PlanOptimizer(ForSearch(), SearchOptions()).Optimize(progress, limit(search));
                (changes, links, isComplete) = (found.Changes, found.Links, isComplete && found.IsComplete);
                plan = Round(found.Plan);
            }

            plan = new NetworkPlan { Patterns = [.. plan.Patterns.Select((p, s) => _stays[s] ? _network.Signals[s].Today : p)] };
            var (network, verdict, after) = Judge(plan);
            if (verdict is { Problems.IsEmpty: true, Approval: { } approval } && after.Index > before.Index)
            {
                GiveBack(approval, before, after);
            }
            else if (verdict is null || verdict.Problems.IsEmpty)
            {
                var approved = verdict?.Approval?.Proposal.Signals.Select(s => s.Signal).ToHashSet() ?? [];
                return new GuardedRetimingResult
                {
                    Approval = verdict?.Approval,
                    Refused = [.. _refused.Select(r => new RefusedSignal(_network.Signals[r.Key].Signal, r.Value))],
                    Costly = _costly.ToImmutableSortedDictionary(),
                    Fixed = kept,
                    Network = network,
                    Plan = plan,
                    Before = before,
                    After = after,
                    Changes = [.. changes.Where(c => approved.Contains(c.Id))],
                    Links = links,
                    IsComplete = isComplete,
                };
            }

            foreach (var problems in verdict.Problems.GroupBy(p => p.Signal))
            {
                Refuse(IndexOf(problems.Key), [.. problems]);
            }
        }
    }

    /// <summary>Leaves signals as they are today whose own traffic pays for the plan: those with longer intervals, else all.</summary>
    private void GiveBack(ApprovedPlan approval, PlanEvaluation before, PlanEvaluation after)
    {
        var losses = approval.Proposal.Signals.Select(s => (s.Signal, HasLonger: s.Phases is not null, Loss: CostAt(IndexOf(s.Signal), after) - CostAt(IndexOf(s.Signal), before))).ToList();
        var payers = losses.FindAll(l => l.HasLonger && l.Loss > 0);
        foreach (var (signal, _, loss) in payers.Count > 0 ? payers : losses)
        {
            _stays[IndexOf(signal)] = true;
            _costly[signal] = loss;
        }
    }

    /// <summary>Delay and stops of a signal's own lane groups, vehicle hours per hour.</summary>
    private double CostAt(int signal, PlanEvaluation evaluation) => evaluation.CostOf(_network, _options.Optimizer.Objective.StopPenaltyS, g => g.Signal == signal);

    private static bool IsSame(PatternTiming a, PatternTiming b) =>
        a.CycleMs == b.CycleMs && a.OffsetMs == b.OffsetMs && a.Reference == b.Reference && a.SplitMs.SequenceEqual(b.SplitMs)
        && Order(a).SequenceEqual(Order(b));

    private static IEnumerable<string> Order(PatternTiming pattern) => pattern.Sequence.IsDefault ? [] : pattern.Sequence.Select(r => string.Join(' ', r.IsDefault ? [] : r));

    private int IndexOf(SignalId signal) => Enumerable.Range(0, _network.Signals.Length).First(s => _network.Signals[s].Signal == signal);

    private void Refuse(int signal, ImmutableArray<GuardProblem> problems)
    {
        _stays[signal] = true;
        _refused[signal] = problems;
    }

    private NetworkPlan Today() => new() { Patterns = [.. _network.Signals.Select(s => s.Today)] };

    private bool Accepts(NoteKind kind) => _options.Accepted.Contains(kind);

    private PlanEvaluation Evaluate(TimingNetwork network, NetworkPlan plan) => new PlanEvaluator(network, _options.Optimizer.Evaluation, _options.Optimizer.Objective).Evaluate(plan);

    /// <summary>Signals for which no plan can pass: what is wrong lies in the facts, the intervals that they need, or turns that any plan would trap.</summary>
    private void RefuseWhateverThePlan()
    {
        var patterns = _network.Signals.Select((s, i) => _stays[i] ? null : s.Today).ToImmutableArray();
        var nothing = _network.Groups.Select(_ => default(GroupPrediction)).ToList();
        var proposal = NetworkProposal.Of(_network, new NetworkPlan { Patterns = patterns }, nothing, ChangeKind.Retiming, ImmutableDictionary<SignalId, ImmutableArray<PlanNote>>.Empty);
        if (proposal.Signals.IsEmpty)
        {
            return;
        }

        var verdict = _guard.Check(_facts, WithIntervals(proposal));
        foreach (var problems in verdict.Problems.Where(p => p.Pattern is null || (p.Rule == "C08" && p.Phase is not null)).GroupBy(p => p.Signal))
        {
            Refuse(IndexOf(problems.Key), [.. problems]);
        }
    }

    private PlanProposal WithIntervals(PlanProposal proposal) => proposal with
    {
        Signals = [.. proposal.Signals.Select(s => IndexOf(s.Signal) is var i && _needed[i].SequenceEqual(_facts[i].Phases) ? s : s with { Phases = _needed[i] })],
    };

    private OptimizerOptions SearchOptions() => _options.CycleS is null
        ? _options.Optimizer
        : _options.Optimizer with { ChangesCycle = false };

    /// <summary>The network as the optimizer may change it.</summary>
    private TimingNetwork ForSearch()
    {
        var bound = Enumerable.Range(0, _stays.Length).Where(s => _stays[s] && _facts[s].CoordinationGroup is not null).Select(s => _facts[s].CoordinationGroup).ToHashSet();
        return _network with { Signals = [.. _network.Signals.Select((signal, s) => ForSearch(signal, s, isBound: _facts[s].CoordinationGroup is { } group && bound.Contains(group)))] };
    }

    private TimedSignal ForSearch(TimedSignal signal, int s, bool isBound)
    {
        if (_stays[s])
        {
            return signal with { Locks = TimingLocks.Cycle | TimingLocks.Splits | TimingLocks.Sequence | TimingLocks.Offset };
        }

        var field = signal.Phases;
        var today = signal.Today!;

        // Controllers take whole seconds: a cycle that stays is rounded up.
        var cycleMs = _options.CycleS * 1000 ?? (today.CycleMs + 999) / 1000 * 1000;
        bool MayLose(PhaseTiming phase) =>
            Accepts(NoteKind.LessThanToday) || _facts[s].Street.FirstOrDefault(f => f.Phase == phase.Number)?.Role == PhaseRole.Major;
        var phases = _needed[s].Select((p, i) =>
        {
            var floorMs = MayLose(p) ? 0 : (int)Math.Ceiling(((long)today.SplitMs.GetValueOrDefault(p.Number) - field[i].ChangeMs) * cycleMs / (double)today.CycleMs);
            return p with { MinimumGreenMs = Math.Max(p.MinimumGreenMs, floorMs) };
        }).ToImmutableArray();
        var keepsCycle = isBound || !_needed[s].All(MayLose);
        return signal with
        {
            Phases = phases,
            Today = cycleMs == today.CycleMs ? today : AtCycle(s, today, cycleMs),
            Locks = signal.Locks | (keepsCycle ? TimingLocks.Cycle : TimingLocks.None),
        };
    }

    /// <summary>Today's splits stretched or pressed to another cycle; today's own where the minimums do not fit it, which the guard then refuses.</summary>
    private PatternTiming AtCycle(int s, PatternTiming today, int cycleMs)
    {
        try
        {
            return WholeSeconds.Round(_needed[s], today with { CycleMs = cycleMs, OffsetMs = today.OffsetMs % cycleMs });
        }
        catch (ProblemException)
        {
            return today;
        }
    }

    /// <summary>The plan in whole seconds. A signal whose pattern has none is refused.</summary>
    private NetworkPlan Round(NetworkPlan plan)
    {
        var patterns = plan.Patterns.ToArray();
        for (var s = 0; s < patterns.Length; s++)
        {
            if (_stays[s] || patterns[s] is not { } pattern || IsSame(pattern, _network.Signals[s].Today!))
            {
                continue;
            }

            try
            {
                var whole = WholeSeconds.Has(pattern) ? pattern : WholeSeconds.Round(_needed[s], pattern);
                patterns[s] = whole with { Number = _options.PatternNumber ?? whole.Number };
            }
            catch (ProblemException e)
            {
                var signal = _network.Signals[s].Signal;
                Refuse(s, [.. e.Problems.Select(p => new GuardProblem(p.Code, signal, pattern.Number, null, "pattern", null, null, "C08", p.Message))]);
            }
        }

        return new NetworkPlan { Patterns = [.. patterns] };
    }

    /// <summary>Asks the guard about signals that change, with the notes that an engineer gave; the verdict is null when none changes.</summary>
    private (TimingNetwork Network, PlanVerdict? Verdict, PlanEvaluation After) Judge(NetworkPlan plan)
    {
        var changes = plan.Patterns.Select((p, s) => !_stays[s] && !IsSame(p!, _network.Signals[s].Today!)).ToArray();
        var network = _network with { Signals = [.. _network.Signals.Select((signal, s) => changes[s] ? signal with { Phases = _needed[s] } : signal)] };
        var after = Evaluate(network, plan);
        if (!changes.Contains(true))
        {
            return (network, null, after);
        }

        var predictions = Enumerable.Range(0, network.Groups.Length)
            .Select(g => after.Demands.Select(d => d.Groups[g]).Where(e => e is not null).Select(e => e!.Value).ToList() is { Count: > 0 } worst
                ? new GroupPrediction(worst.Max(e => e.DegreeOfSaturation), worst.Max(e => e.QueueReachVeh))
                : default)
            .ToList();
        var changed = new NetworkPlan { Patterns = [.. plan.Patterns.Select((p, s) => changes[s] ? p : null)] };
        var notes = new Dictionary<SignalId, ImmutableArray<PlanNote>>();
        PlanVerdict Check() => _guard.Check(_facts, WithIntervals(NetworkProposal.Of(_network, changed, predictions, ChangeKind.Retiming, notes)));
        var verdict = Check();
        foreach (var problems in verdict.Problems.GroupBy(p => p.Signal))
        {
            notes[problems.Key] =
            [
                .. problems.Where(p => p.Phase is not null && NeededNotes.KindFor(p) is { } kind && Accepts(kind))
                    .Select(p => new PlanNote(NeededNotes.KindFor(p)!.Value, p.Phase!.Value, _options.Reason)).Distinct(),
            ];
        }

        return (network, notes.Values.Any(n => !n.IsEmpty) ? Check() : verdict, after);
    }
}
