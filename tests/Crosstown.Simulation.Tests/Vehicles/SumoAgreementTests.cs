using System.Text.Json;
using Crosstown.Core.Data;
using Crosstown.Simulation.Sumo;
using Crosstown.Simulation.Vehicles;

namespace Crosstown.Simulation.Tests.Vehicles;

/// <summary>Our engine beside SUMO's stored scores of the same scenarios and plans, protocol crosstown-control-1.</summary>
[Trait("Category", SharedData.Category)]
public sealed class SumoAgreementTests
{
    [Theory]
    [InlineData("xt-grid2x3", "reference", 0.05)]
    [InlineData("xt-arterial6", "reference", 0.05)]
    [InlineData("grid4x4", "reference", 0.05)]
    [InlineData("grid4x4", "webster", 0.05)]
    [InlineData("grid4x4", "coord", 0.05)]
    [InlineData("arterial4x4", "webster", 0.06)]
    [InlineData("arterial4x4", "reference", 0.06)]
    [InlineData("arterial4x4", "coord", 0.06)]
    [InlineData("ingolstadt1", "reference", 0.15)]
    [InlineData("ingolstadt1", "webster", 0.20)]
    public void Mean_delay_is_near_that_of_SUMO(string scenario, string plan, double tolerance)
    {
        var theirs = Score(scenario, plan);
        var ours = Enumerable.Range(1, 3).Average(seed => Run(scenario, plan, (ulong)seed));

        Assert.Equal(theirs, ours, theirs * tolerance);
    }

    [Theory]
    [InlineData("grid4x4")]
    [InlineData("arterial4x4")]
    [InlineData("cologne1")]
    [InlineData("cologne3")]
    [InlineData("ingolstadt1")]
    public void Plans_rank_as_in_SUMO(string scenario)
    {
        string[] plans = ["reference", "webster", "coord"];
        var ours = plans.ToDictionary(p => p, p => Enumerable.Range(1, 2).Average(seed => Run(scenario, p, (ulong)seed)));

        foreach (var (a, b) in plans.SelectMany(a => plans.Select(b => (a, b))).Where(p => Score(scenario, p.a) < 0.93 * Score(scenario, p.b)))
        {
            Assert.True(ours[a] < ours[b], $"{scenario}: SUMO gives {a} {Score(scenario, a)} s and {b} {Score(scenario, b)} s, we {ours[a]:F1} s and {ours[b]:F1} s.");
        }
    }

    private static double Score(string scenario, string plan)
    {
        using var scores = JsonDocument.Parse(File.ReadAllText(SharedData.PathTo("data/baselines.json")));
        return scores.RootElement.GetProperty("scenarios").GetProperty(scenario).GetProperty("all").GetProperty(plan).GetProperty("mean").GetDouble();
    }

    private static double Run(string name, string plan, ulong seed)
    {
        var folder = SharedData.PathTo($"data/scenarios/{name}");
        var scenario = Scenario.Read(f => File.OpenRead(Path.Combine(folder, f)));
        var programs = scenario.Reference;
        if (plan != "reference")
        {
            using var file = File.OpenRead(Path.Combine(folder, "baselines", $"{plan}.add.xml"));
            programs = SumoEquipmentReader.Read(file, plan, scenario.Network, new List<Problem>()).Programs;
        }

        var settings = new TrafficSettings { Seed = seed, StartS = scenario.StartS, EndS = scenario.EndS, DrainS = scenario.DrainS };
        var engine = new TrafficEngine(scenario.Network, scenario.Demand, new TrafficControl { Programs = programs }, settings);
        var totals = engine.Run();
        Assert.Empty(engine.Issues);
        Assert.Equal(0, totals.NeverEntered);
        return totals.MeanDelayS!.Value;
    }
}
