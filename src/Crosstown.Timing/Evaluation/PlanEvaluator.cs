using System.Collections.Immutable;
using Crosstown.Core.Data;
using Crosstown.Timing.Model;

namespace Crosstown.Timing.Evaluation;

/// <summary>Says what a plan gives every lane group of a network, by cyclic flow profiles.</summary>
/// <remarks>
/// A platoon that leaves a stop line spreads out on its way and queues at the next (TRANSYT's model); randomness and overflow are added by a formula. Queues stand
/// upright: one that grows beyond its storage is reported and penalized, it does not block the signal upstream. The same network and plan give the same bits on
/// every processor. Not safe for several threads at once.
/// </remarks>
public sealed class PlanEvaluator
{
    private readonly TimingNetwork _network;
    private readonly EvaluationOptions _options;
    private readonly TimingObjective _objective;
    private readonly ProfileEngine[] _engines;
    private NetworkPlan? _last;

    /// <exception cref="ArgumentException">The network contradicts itself, or an option lies outside its limits; the message names the lane group or the option.</exception>
    public PlanEvaluator(TimingNetwork network, EvaluationOptions? options = null, TimingObjective? objective = null)
    {
        _network = network;
        _options = options ?? new EvaluationOptions();
        _objective = objective ?? new TimingObjective();
        if (network.Demands.IsDefaultOrEmpty)
        {
            throw new ArgumentException("The network has no demand.", nameof(network));
        }

        if (_options.Bins is < 16 or > 512 || _options.MaxSweeps < 1)
        {
            throw new ArgumentException($"Bins {_options.Bins}, sweeps {_options.MaxSweeps}: bins are 16-512, sweeps 1 or more.", nameof(options));
        }

        if (_objective.QueueLimitShare is <= 0 || _objective.StopPenaltyS < 0 || _objective.StoragePenaltyS < 0)
        {
            throw new ArgumentException(
                $"Queue limit {_objective.QueueLimitShare}, stop {_objective.StopPenaltyS} s, vehicle beyond storage {_objective.StoragePenaltyS} s: the limit is above 0, the rest 0 or more.", nameof(objective));
        }

        _engines = [.. Enumerable.Range(0, network.Demands.Length).Select(d => new ProfileEngine(network, d, _options, _objective))];
    }

    /// <summary>What a plan gives.</summary>
    /// <exception cref="ProblemException">XT690: the splits of a pattern do not fill its cycle; all such patterns are listed.</exception>
    public PlanEvaluation Evaluate(NetworkPlan plan)
    {
        _last = null;
        var demands = ImmutableArray.CreateBuilder<DemandEvaluation>(_engines.Length);
        foreach (var engine in _engines)
        {
            engine.SetPlan(plan);
            engine.Evaluate();
            demands.Add(engine.Report());
        }

        return Conclude(plan, demands);
    }

    private PlanEvaluation Conclude(NetworkPlan plan, ImmutableArray<DemandEvaluation>.Builder demands)
    {
        _last = plan;
        var index = Combine(_network, _objective, [.. demands.Select(d => d.Index)]);
        return new PlanEvaluation { Demands = demands.MoveToImmutable(), Index = index };
    }

    /// <summary>Like <see cref="Evaluate"/>, from the plan that was evaluated last: what its changes do not reach is not computed again.</summary>
    /// <remarks>Cycles must be those of the last plan, else all is evaluated. Answers differ from <see cref="Evaluate"/> by less than the tolerance of the options.</remarks>
    /// <exception cref="ProblemException">XT690: the splits of a pattern do not fill its cycle; all such patterns are listed.</exception>
    public PlanEvaluation EvaluateChange(NetworkPlan plan)
    {
        if (_last is not { } last || last.Patterns.Length != plan.Patterns.Length || !last.Patterns.Zip(plan.Patterns).All(p => p.First?.CycleMs == p.Second?.CycleMs))
        {
            return Evaluate(plan);
        }

        int[] changed = [.. Enumerable.Range(0, plan.Patterns.Length).Where(s => !ReferenceEquals(plan.Patterns[s], last.Patterns[s]))];
        _last = null;
        var demands = ImmutableArray.CreateBuilder<DemandEvaluation>(_engines.Length);
        foreach (var engine in _engines)
        {
            engine.ChangePatterns(plan, changed);
            engine.Propagate(changed);
            demands.Add(engine.Report());
        }

        return Conclude(plan, demands);
    }

    /// <summary>The mean cycle of one lane group under a plan, for drawings and checks; null at a signal that stays free.</summary>
    /// <exception cref="ProblemException">XT690: the splits of a pattern do not fill its cycle.</exception>
    public CyclicProfile? FindProfile(NetworkPlan plan, int demand, int group)
    {
        var engine = _engines[demand];
        _last = null;
        engine.SetPlan(plan);
        engine.Evaluate();
        return plan.Patterns[_network.Groups[group].Signal] is null ? null : engine.Profile(group);
    }

    /// <summary>The weighted mean over demands, with the worst one's share.</summary>
    internal static double Combine(TimingNetwork network, TimingObjective objective, ReadOnlySpan<double> indices)
    {
        var sum = 0.0;
        var weight = 0.0;
        var worst = double.MinValue;
        for (var d = 0; d < indices.Length; d++)
        {
            sum += network.Demands[d].Weight * indices[d];
            weight += network.Demands[d].Weight;
            worst = Math.Max(worst, indices[d]);
        }

        return ((1 - objective.WorstShare) * sum / weight) + (objective.WorstShare * worst);
    }
}
