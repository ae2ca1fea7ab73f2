using System.Text.Json;
using Crosstown.Cli.Commands;
using Crosstown.Cli.Commands.Retime;
using Crosstown.Core.Data;
using Crosstown.Core.Networks;
using Crosstown.Simulation.Sumo;
using Crosstown.Timing.Roads;

namespace Crosstown.Cli.Tests.Commands.Retime;

/// <summary>Retiming a scenario from the command line, judged by a simulator that is not ours.</summary>
public sealed class RetimeScenarioTests : IDisposable
{
    private readonly DirectoryInfo _scratch = Directory.CreateTempSubdirectory("crosstown-retime");

    public void Dispose() => _scratch.Delete(recursive: true);

    private static string? Sumo
    {
        get
        {
            Assert.SkipWhen(SumoRun.Program is null, "The simulator sumo is not installed: apt-get install sumo.");
            return SumoRun.Program;
        }
    }

    [Fact]
    [Trait("Category", SharedData.Category)]
    public void A_scenario_is_retimed_and_another_simulator_finds_it_better()
    {
        _ = Sumo;
        var folder = SharedData.PathTo("data/scenarios/xt-grid2x3");
        var scenario = ScenarioFolder.Open(folder);

        var code = RetimeScenario.Run(new RetimeScenarioRequest(folder, _scratch.FullName, 6, 1, null, false), CancellationToken.None);

        Assert.Equal(CommandLine.Done, code);
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(_scratch.FullName, "plans.json")));
        Assert.Equal("field", json.RootElement.GetProperty("profile").GetString());
        Assert.Equal(scenario.Reference.Length, json.RootElement.GetProperty("signals").GetArrayLength());
        var plan = Path.Combine(_scratch.FullName, "plan.add.xml");
        using (var file = File.OpenRead(plan))
        {
            var problems = new List<Problem>();
            var programs = SumoEquipmentReader.Read(file, "plan.add.xml", scenario.Network, problems).Programs;
            Assert.Empty(problems);
            Assert.All(programs.Zip(scenario.Reference), p => Assert.Empty(ProgramCheck.Check(new SignalCard(scenario.Network, p.Second), p.First, RoadProfile.Field)));
        }

        var endS = scenario.EndS + scenario.DrainS;
        var before = SumoRun.MeanDelayS(folder, null, scenario.StartS, endS, 1);
        var after = SumoRun.MeanDelayS(folder, plan, scenario.StartS, endS, 1);
        Assert.True(after < 0.8 * before, $"{before} to {after}");
    }

    [Fact]
    [Trait("Category", SharedData.Category)]
    public void The_model_ranks_plans_as_another_simulator_does()
    {
        _ = Sumo;
        var (ours, theirs) = (new List<double>(), new List<double>());
        foreach (var name in new[] { "xt-grid2x3", "cologne1", "ingolstadt1" })
        {
            var folder = SharedData.PathTo($"data/scenarios/{name}");
            var scenario = ScenarioFolder.Open(folder);
            var endS = scenario.EndS + scenario.DrainS;
            var model = new StreetModel(scenario.Network, scenario.Demand, scenario.StartS, endS);
            foreach (var plan in new[] { Path.Combine(folder, "reference.add.xml"), Path.Combine(folder, "baselines", "webster.add.xml") })
            {
                using var file = File.OpenRead(plan);
                ours.Add(model.Run(SumoEquipmentReader.Read(file, plan, scenario.Network, new List<Problem>()).Programs, 1).MeanDelayS);
                theirs.Add(SumoRun.MeanDelayS(folder, plan.EndsWith("reference.add.xml", StringComparison.Ordinal) ? null : plan, scenario.StartS, endS, 1));
            }
        }

        Assert.True(SumoRun.RankCorrelation(ours, theirs) >= 0.88, $"{string.Join(' ', ours)} against {string.Join(' ', theirs)}");
        Assert.All(ours.Zip(theirs), p => Assert.InRange(p.First / p.Second, 0.75, 1.3));
    }

    [Fact]
    public void A_folder_that_is_no_scenario_is_refused_with_the_reason()
    {
        RetimeScenarioRequest Request() => new(_scratch.FullName, Path.Combine(_scratch.FullName, "out"), 1, 1, null, false);
        Assert.Equal("XT102", Assert.Throws<ProblemException>(() => RetimeScenario.Run(Request(), CancellationToken.None)).Problems[0].Code);
        File.WriteAllText(Path.Combine(_scratch.FullName, "scenario.json"), "{ \"net\": \"net.net.xml\"");
        Assert.Equal("XT734", Assert.Throws<ProblemException>(() => RetimeScenario.Run(Request(), CancellationToken.None)).Problems[0].Code);
        File.WriteAllText(Path.Combine(_scratch.FullName, "scenario.json"), "{ \"net\": \"net.net.xml\" }");
        Assert.Contains("net.net.xml", Assert.Throws<ProblemException>(() => RetimeScenario.Run(Request(), CancellationToken.None)).Problems[0].Where, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_scratch.FullName, "out")));
    }
}
