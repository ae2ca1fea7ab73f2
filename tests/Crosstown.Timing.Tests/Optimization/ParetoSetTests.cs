using Crosstown.Timing.Evaluation;
using Crosstown.Timing.Model;
using Crosstown.Timing.Optimization;

namespace Crosstown.Timing.Tests.Optimization;

/// <summary>Plans to choose from.</summary>
public sealed class ParetoSetTests
{
    private static readonly OptimizerOptions Options = new() { MinCycleS = 75, MaxCycleS = 135, CycleStepS = 20 };

    [Fact]
    public void No_plan_is_beaten_every_figure_is_the_evaluator_s_and_the_ends_lie_apart()
    {
        var network = ReferenceGrid.Make(3, 4, 17);
        var set = ParetoSet.Search(network, Options);
        Assert.True(set.IsComplete);
        Assert.InRange(set.Plans.Length, 3, 7);
        Assert.All(set.Plans, a => Assert.DoesNotContain(set.Plans, b => b.Beats(a)));
        Assert.Equal(set.Plans.Select(p => p.DelayVehHours).Order(), set.Plans.Select(p => p.DelayVehHours));
        Assert.Equal(set.Plans.Min(p => p.Index), set.Best.Index);
        Assert.True(set.Best.Index <= set.Result.Evaluation.Index);
        var evaluator = new PlanEvaluator(network, Options.Evaluation, Options.Objective);
        foreach (var plan in set.Plans)
        {
            var evaluation = evaluator.Evaluate(plan.Plan);
            Assert.Equal((evaluation.Index, evaluation.Demands[0].DelayVehHours, evaluation.Demands[0].Stops), (plan.Index, plan.DelayVehHours, plan.Stops));
            Assert.Equal(evaluation.Demands[0].PedestrianDelayS, plan.PedestrianDelayS);
        }

        Assert.True(set.Plans.Min(p => p.Stops) < set.Plans[0].Stops * 0.97, string.Join("; ", set.Plans.Select(p => $"{p.Name}: {p.DelayVehHours:0.0} {p.Stops:0} {p.PedestrianDelayS:0.0}")));
        Assert.True(set.Plans.Min(p => p.PedestrianDelayS) < set.Plans.Max(p => p.PedestrianDelayS) - 1);
    }

    [Fact]
    public void The_same_seed_gives_the_same_plans_for_one_thread_and_for_four_and_locks_hold_in_all()
    {
        var network = ReferenceGrid.Make(2, 3, 4);
        network = network with { Signals = [.. network.Signals.Select((s, i) => i == 1 ? s with { Locks = TimingLocks.Offset | TimingLocks.Splits | TimingLocks.Sequence } : s)] };
        var one = ParetoSet.Search(network, Options with { MaxThreads = 1 });
        var four = ParetoSet.Search(network, Options with { MaxThreads = 4 });
        Assert.Equal(one.Plans.Select(p => (p.Name, p.Index, p.DelayVehHours, p.Stops)), four.Plans.Select(p => (p.Name, p.Index, p.DelayVehHours, p.Stops)));
        var today = network.Signals[1].Today!;
        Assert.All(one.Plans, p => Assert.True(p.Plan.Patterns[1]!.CycleMs == today.CycleMs && p.Plan.Patterns[1]!.OffsetMs == 0 && p.Plan.Patterns[1]!.SplitMs.SequenceEqual(today.SplitMs)));
    }

    [Fact]
    public void Few_are_kept_when_few_are_asked_for_and_a_canceled_search_still_has_the_best()
    {
        var network = ReferenceGrid.Make(2, 3, 4);
        var three = ParetoSet.Search(network, Options, mostPlans: 3);
        Assert.InRange(three.Plans.Length, 2, 3);
        Assert.Contains(three.Best, three.Plans);
        using var cancel = new CancellationTokenSource();
        cancel.Cancel();
        var canceled = ParetoSet.Search(network, Options, cancellation: cancel.Token);
        Assert.False(canceled.IsComplete);
        Assert.Contains(canceled.Best, canceled.Plans);
        Assert.Throws<ArgumentOutOfRangeException>(() => ParetoSet.Search(network, Options, mostPlans: 1));
    }
}
