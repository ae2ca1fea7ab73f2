using System.Globalization;
using Crosstown.Cli.Commands;
using Crosstown.Cli.Commands.Retime;
using Crosstown.Core.Data;
using Crosstown.Simulation.Sumo;
using Crosstown.Tests;
using Crosstown.Timing.Roads;

namespace Crosstown.Bench;

/// <summary>Whether the lane-queue model can be trusted, and whether its plans are better: the simulator SUMO, which is not ours, judges both.</summary>
internal static class TrustBench
{
    /// <summary>Steps of the search for each network's own plan: enough for a plan that is far from the others.</summary>
    private const int Steps = 400;

    private static readonly string[] Networks = ["xt-grid2x3", "xt-arterial6", "grid4x4", "cologne1", "ingolstadt1"];

    public static bool Run(string? shared)
    {
        if (shared is null || SumoRun.Program is null)
        {
            Console.WriteLine("Skipped: it needs the reference scenarios (CROSSTOWN_SHARED) and the program sumo.");
            return true;
        }

        var scratch = Directory.CreateTempSubdirectory("crosstown-trust");
        var (ours, theirs) = (new List<double>(), new List<double>());
        var better = 0.0;
        try
        {
            foreach (var name in Networks)
            {
                var folder = Path.Combine(shared, "data", "scenarios", name);
                var scenario = ScenarioFolder.Open(folder);
                var endS = scenario.EndS + scenario.DrainS;
                var model = new StreetModel(scenario.Network, scenario.Demand, scenario.StartS, endS);
                var profile = RetimeScenario.ChooseProfile(scenario, null);
                var plans = new StreetPlans(scenario.Network, scenario.Demand, scenario.Reference, scenario.StartS, scenario.EndS, profile);
                var found = new StreetSearch(plans, model, new StreetSearchOptions { Evaluations = Steps }).Run();
                var own = Path.Combine(scratch.FullName, $"{name}.add.xml");
                using (var file = File.Create(own))
                {
                    SumoProgram.Write(file, found.Plans.Select(p => p.ToProgram("crosstown", profile)));
                }

                var classic = double.PositiveInfinity;
                foreach (var (what, path) in new[]
                {
                    ("reference", Path.Combine(folder, "reference.add.xml")),
                    ("webster", Path.Combine(folder, "baselines", "webster.add.xml")),
                    ("coordinated", Path.Combine(folder, "baselines", "coord.add.xml")),
                    ("crosstown", own),
                })
                {
                    using var file = File.OpenRead(path);
                    var programs = SumoEquipmentReader.Read(file, path, scenario.Network, new List<Problem>()).Programs;
                    var byModel = Enumerable.Range(1, 4).Average(seed => model.Run(programs, (ulong)seed, 10).MeanDelayS);
                    var bySumo = Enumerable.Range(1, 2).Average(seed => SumoRun.MeanDelayS(folder, what == "reference" ? null : path, scenario.StartS, endS, seed));
                    ours.Add(byModel);
                    theirs.Add(bySumo);
                    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-14} {what,-12} model {byModel,7:0.0} s  SUMO {bySumo,7:0.0} s  ratio {byModel / bySumo:0.00}"));
                    if (what == "crosstown")
                    {
                        better = Math.Max(better, bySumo / classic);
                    }
                    else
                    {
                        classic = Math.Min(classic, bySumo);
                    }
                }
            }
        }
        finally
        {
            scratch.Delete(recursive: true);
        }

        var isMet = Figures.Hold($"rank correlation of {ours.Count} plans on {Networks.Length} networks", SumoRun.RankCorrelation(ours, theirs), "", 0.9, atLeast: true);
        isMet &= Figures.Hold("mean difference of the mean delay", 100 * ours.Zip(theirs).Average(p => Math.Abs((p.First / p.Second) - 1)), "%", 10, atLeast: false);
        isMet &= Figures.Hold("our plan against the best classic one, worst network", 100 * better, "%", 100, atLeast: false);
        return isMet;
    }
}
