using Crosstown.Core.Data;
using Crosstown.Timing.Evaluation;
using Crosstown.Timing.Optimization;
using Crosstown.Timing.Utdf;

namespace Crosstown.Timing.Tests.Utdf;

/// <summary>The 181 signals of Tempe that share a cycle of 110 s, retimed against the plan that the file holds, and written back.</summary>
[Trait("Category", SharedData.Category)]
public sealed class TempeRetimingTests
{
    [Fact]
    public void Offsets_alone_save_an_eighth_of_the_delay_and_a_tenth_of_the_stops()
    {
        var (_, document) = UtdfFiles.ReadShared(UtdfFiles.Tempe);
        var city = UtdfNetwork.Read(document, new UtdfNetworkOptions { OnlyCycleS = 110 }, new DataIssueLog());
        Assert.Equal(181, city.Network.Signals.Length);
        var result = new PlanOptimizer(city.Network, new OptimizerOptions { ChangesCycle = false, ChangesSplits = false, ChangesSequence = false, MaxThreads = 1 }).Optimize();
        Assert.True(Change(result, Uniform) <= -0.12, $"uniform delay {Change(result, Uniform):P1}");
        Assert.True(Change(result, d => d.Stops) <= -0.10, $"stops {Change(result, d => d.Stops):P1}");

        // Splits are as they were, and what the file then says is the plan that was found.
        for (var s = 0; s < city.Signals.Length; s++)
        {
            Assert.Equal(city.Today.Patterns[s]!.SplitMs, result.Plan.Patterns[s]!.SplitMs);
        }

        var written = UtdfPlans.Write(document, city, result.Plan);
        var again = UtdfNetwork.Read(written, new UtdfNetworkOptions { OnlyCycleS = 110 }, new DataIssueLog());
        var evaluated = new PlanEvaluator(again.Network, new OptimizerOptions().Evaluation).Evaluate(again.Today);
        Assert.Equal(1, evaluated.Demands[0].DelayVehHours / result.Evaluation.Demands[0].DelayVehHours, 3);
    }

    [Fact]
    public void With_splits_the_index_falls_by_a_fifth()
    {
        var city = UtdfNetwork.Read(UtdfFiles.ReadShared(UtdfFiles.Tempe).Document, new UtdfNetworkOptions { OnlyCycleS = 110 }, new DataIssueLog());
        var result = new PlanOptimizer(city.Network, new OptimizerOptions { ChangesCycle = false, ChangesSequence = false, MaxThreads = 1 }).Optimize();
        Assert.True(Change(result, d => d.Index) <= -0.20, $"index {Change(result, d => d.Index):P1}");
    }

    private static double Change(OptimizerResult result, Func<DemandEvaluation, double> of) => (of(result.Evaluation.Demands[0]) / of(result.Today!.Demands[0])) - 1;

    private static double Uniform(DemandEvaluation demand) => demand.Groups.Sum(g => g is { } group ? group.UniformDelayS * group.VolumeVehPerHour / 3600 : 0);
}
