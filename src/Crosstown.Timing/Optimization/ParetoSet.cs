using System.Collections.Immutable;
using Crosstown.Core.Data;
using Crosstown.Timing.Evaluation;
using Crosstown.Timing.Model;

namespace Crosstown.Timing.Optimization;

/// <summary>Plans to choose from: each trades delay, stops and walkers' wait in its own way, and none is beaten in all three by another.</summary>
/// <remarks>
/// One full search for the asked objective comes first. The plans that it met at other cycles are where shorter searches under other weights begin: more for stops, nothing for stops, more for
/// walkers. What is beaten is left out, and of plans that are nearly alike one is kept. Locks, limits and the other parts of the objective hold for all. The same seed gives the same plans for any
/// number of threads.
/// </remarks>
public sealed record ParetoSet
{
    private static readonly double[] StopPenaltiesS = [0, 25, 60, 120];
    private static readonly double[] WalkerWeights = [5, 20, 60];

    /// <summary>By delay, the least first. Index is that of the asked objective; <see cref="Best"/> has the least.</summary>
    public required ImmutableArray<PlanAlternative> Plans { get; init; }

    /// <summary>The plan for the asked objective; one of <see cref="Plans"/>.</summary>
    public required PlanAlternative Best { get; init; }

    /// <summary>The full search for the asked objective, whose plan is where <see cref="Best"/> began.</summary>
    public required OptimizerResult Result { get; init; }

    /// <summary>False when the search was canceled.</summary>
    public required bool IsComplete { get; init; }

    /// <summary>Searches plans that trade one thing for another.</summary>
    /// <param name="network">The network.</param>
    /// <param name="options">What may change, and the objective between whose parts is traded.</param>
    /// <param name="mostPlans">Plans at most, 2 or more.</param>
    /// <param name="progress">Told after every stage, by several threads.</param>
    /// <param name="cancellation">Ends the search early; what was found until then is the answer.</param>
    /// <exception cref="ArgumentException">The network contradicts itself, or an option lies outside its limits; the message says which.</exception>
    /// <exception cref="ProblemException">XT691 and XT690, as for <see cref="PlanOptimizer.Optimize"/>.</exception>
    public static ParetoSet Search(
        TimingNetwork network, OptimizerOptions? options = null, int mostPlans = 7, IProgress<OptimizerProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(mostPlans, 2);
        options ??= new OptimizerOptions();
        var result = new PlanOptimizer(network, options).Optimize(progress is null ? null : new Early(progress), cancellation);
        var asked = options.Objective;
        TimingObjective[] sweep =
        [
            .. StopPenaltiesS.Select(s => asked with { StopPenaltyS = s }),
            .. network.Signals.Any(s => s.Phases.Any(p => p.WalkMs > 0)) ? WalkerWeights.Select(w => asked with { PedestrianWeight = asked.PedestrianWeight + w }) : [],
        ];
        var found = new PlanAlternative?[sweep.Length];
        var done = 0;
        Parallel.For(0, sweep.Length, new ParallelOptions { MaxDegreeOfParallelism = options.MaxThreads }, i =>
        {
            if (cancellation.IsCancellationRequested || sweep[i] == asked)
            {
                return;
            }

            var plan = SearchFrom(network, options with { Objective = sweep[i] }, i, [.. result.Alternatives.Select(a => a.Plan)], cancellation);
            var name = sweep[i].PedestrianWeight > asked.PedestrianWeight ? $"a walker counts as {sweep[i].PedestrianWeight:0.#} vehicles" : $"a stop counts as {sweep[i].StopPenaltyS:0} s";
            found[i] = PlanAlternative.Of(network, name, plan, new PlanEvaluator(network, options.Evaluation, asked).Evaluate(plan));
            progress?.Report(new OptimizerProgress(name, 0.7 + (0.3 * Interlocked.Increment(ref done) / sweep.Length), result.Evaluation.Index));
        });

        List<PlanAlternative> all = [.. result.Alternatives, .. found.OfType<PlanAlternative>()];
        var best = all.MinBy(a => a.Index)!;
        all.RemoveAll(a => !ReferenceEquals(a, best) && (all.Exists(b => b.Beats(a)) || all.Exists(b => IsSame(a, b) && all.IndexOf(b) < all.IndexOf(a))));
        Thin(all, best, mostPlans);
        return new ParetoSet { Plans = [.. all.OrderBy(a => a.DelayVehHours)], Best = best, Result = result, IsComplete = !cancellation.IsCancellationRequested };
    }

    /// <summary>From the plan that serves an objective best so far to a better one.</summary>
    private static NetworkPlan SearchFrom(TimingNetwork network, OptimizerOptions options, int number, List<NetworkPlan> plans, CancellationToken cancellation)
    {
        var evaluator = new PlanEvaluator(network, options.Evaluation, options.Objective);
        var start = plans.MinBy(p => evaluator.Evaluate(p).Index)!;
        var search = new NetworkSearch(network, options, 5000 + number, cancellation);
        search.Load([.. start.Patterns.Select(p => p is null ? null : SignalState.Of(p))]);
        search.SearchSplits([4000, 2000, 1000]);
        search.SearchHalfCycles();
        search.SearchSequences();
        search.HoldBands();
        search.SearchOffsets(4, 50 * options.Effort);
        return search.ToPlan();
    }

    private static bool IsSame(PlanAlternative a, PlanAlternative b) =>
        a.DelayVehHours == b.DelayVehHours && a.Stops == b.Stops && a.PedestrianDelayS == b.PedestrianDelayS;

    /// <summary>Leaves out, one after the other, the plan that lies nearest to another; never the best, nor the ends of the choice.</summary>
    private static void Thin(List<PlanAlternative> plans, PlanAlternative best, int most)
    {
        Func<PlanAlternative, double>[] measures = [a => a.DelayVehHours, a => a.Stops, a => a.PedestrianDelayS ?? 0];
        double[] spans = [.. measures.Select(m => Math.Max(1e-9, plans.Max(m) - plans.Min(m)))];
        double Apart(PlanAlternative a, PlanAlternative b) => measures.Select((m, i) => Math.Abs(m(a) - m(b)) / spans[i]).Sum();
        while (plans.Count > most)
        {
            var ends = measures.Select(m => plans.MinBy(m)).Append(best).ToList();
            var free = plans.Where(p => !ends.Contains(p)).ToList();
            var least = (free.Count > 0 ? free : plans.FindAll(p => !ReferenceEquals(p, best))).MinBy(p => plans.Where(q => !ReferenceEquals(p, q)).Min(q => Apart(p, q)))!;
            plans.Remove(least);
        }
    }

    /// <summary>Progress of the first search as the part of the whole that it is.</summary>
    private sealed class Early(IProgress<OptimizerProgress> progress) : IProgress<OptimizerProgress>
    {
        public void Report(OptimizerProgress value) => progress.Report(value with { DoneShare = value.DoneShare * 0.7 });
    }
}
