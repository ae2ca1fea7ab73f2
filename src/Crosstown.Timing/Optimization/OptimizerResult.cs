using System.Collections.Immutable;
using Crosstown.Core.Street;
using Crosstown.Timing.Evaluation;
using Crosstown.Timing.Model;
using Crosstown.Timing.Optimization.Bands;

namespace Crosstown.Timing.Optimization;

/// <summary>How far the optimizer is.</summary>
/// <param name="Stage">What it does, in words.</param>
/// <param name="DoneShare">0-1.</param>
/// <param name="BestIndex">Index of the best plan so far, vehicle hours per hour; null before the first.</param>
public sealed record OptimizerProgress(string Stage, double DoneShare, double? BestIndex);

/// <summary>What the optimizer found.</summary>
public sealed record OptimizerResult
{
    /// <summary>The best plan. Never worse than today's by the objective, where today's may stay.</summary>
    public required NetworkPlan Plan { get; init; }

    public required PlanEvaluation Evaluation { get; init; }

    /// <summary>Today's plan under the same demands; null when a signal's pattern of today is unknown or does not fill its cycle.</summary>
    public required PlanEvaluation? Today { get; init; }

    /// <summary>Plans of which none is better in delay, stops and walkers' wait at once; the best plan is one of them. By delay.</summary>
    public required ImmutableArray<PlanAlternative> Alternatives { get; init; }

    /// <summary>One per signal that changes, the most useful first.</summary>
    public required ImmutableArray<PlanChange> Changes { get; init; }

    /// <summary>What coordination is worth link by link, the most first.</summary>
    public required ImmutableArray<LinkBenefit> Links { get; init; }

    /// <summary>One per arterial of the options.</summary>
    public required ImmutableArray<ArterialProgression> Arterials { get; init; }

    /// <summary>False when the search was canceled: the plan is the best until then.</summary>
    public required bool IsComplete { get; init; }
}

/// <summary>A plan that trades delay, stops and walkers' wait in another way.</summary>
/// <param name="Name">How it came about, such as <c>cycle 80 s</c>.</param>
/// <param name="Plan">The plan.</param>
/// <param name="Index">Value of the asked objective, vehicle hours per hour.</param>
/// <param name="DelayVehHours">Weighted mean over demands, vehicle hours per hour.</param>
/// <param name="Stops">Weighted mean over demands, stops per hour.</param>
/// <param name="PedestrianDelayS">Mean wait of walkers, s; null without any.</param>
public sealed record PlanAlternative(string Name, NetworkPlan Plan, double Index, double DelayVehHours, double Stops, double? PedestrianDelayS)
{
    internal static PlanAlternative Of(TimingNetwork network, string name, NetworkPlan plan, PlanEvaluation evaluation)
    {
        var weight = network.Demands.Sum(d => d.Weight);
        double Mean(Func<DemandEvaluation, double> value) => evaluation.Demands.Select((d, i) => value(d) * network.Demands[i].Weight).Sum() / weight;
        return new PlanAlternative(
            name, plan, evaluation.Index, Mean(d => d.DelayVehHours), Mean(d => d.Stops), evaluation.Demands[0].PedestrianDelayS is null ? null : Mean(d => d.PedestrianDelayS ?? 0));
    }

    /// <summary>Whether it is no worse in delay, stops and walkers' wait, and better in one of them.</summary>
    public bool Beats(PlanAlternative other) =>
        DelayVehHours <= other.DelayVehHours && Stops <= other.Stops && (PedestrianDelayS ?? 0) <= (other.PedestrianDelayS ?? 0)
        && (DelayVehHours < other.DelayVehHours || Stops < other.Stops || (PedestrianDelayS ?? 0) < (other.PedestrianDelayS ?? 0));
}

/// <summary>What changes at one signal, and what that does.</summary>
/// <param name="Signal">Index of the signal.</param>
/// <param name="Id">Its name on the cabinet.</param>
/// <param name="CycleChangeS">New less old, s.</param>
/// <param name="OffsetChangeS">New less old, the shorter way round, s; null when cycles or reference points differ.</param>
/// <param name="SplitChangeS">New less old, s, by phase that changes.</param>
/// <param name="ChangesSequence">Whether phases come in another order.</param>
/// <param name="Gains">
/// What taking this signal alone back to today would cost, vehicle hours per hour with stops counted, by direction of travel; a minus for directions that would win.
/// Where the cycle changes a signal cannot go back alone: then new plan against today's, on its own approaches.
/// </param>
/// <param name="Text">The same in one sentence.</param>
public sealed record PlanChange(
    int Signal,
    SignalId Id,
    double CycleChangeS,
    double? OffsetChangeS,
    ImmutableSortedDictionary<byte, double> SplitChangeS,
    bool ChangesSequence,
    ImmutableSortedDictionary<TravelDirection, double> Gains,
    string Text)
{
    /// <summary>Sum over directions, vehicle hours per hour.</summary>
    public double Gain => Gains.Values.Sum();
}

/// <summary>What coordinating one link is worth.</summary>
/// <param name="From">Index of the signal upstream.</param>
/// <param name="To">Index of the signal downstream.</param>
/// <param name="VehPerHour">Flow from one to the other.</param>
/// <param name="MeanCost">Cost over all differences of offset alike, as without coordination; vehicle hours per hour.</param>
/// <param name="BestCost">Cost at its own best difference.</param>
/// <param name="Cost">Cost in the plan.</param>
public sealed record LinkBenefit(int From, int To, double VehPerHour, double MeanCost, double BestCost, double Cost)
{
    /// <summary>What coordination could bring at most.</summary>
    public double Worth => MeanCost - BestCost;

    /// <summary>What the plan's coordination brings: cost with no coordination less cost in the plan; below 0 where the link pays for others.</summary>
    public double Gained => MeanCost - Cost;
}
