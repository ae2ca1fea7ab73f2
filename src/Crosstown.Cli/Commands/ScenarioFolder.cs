using Crosstown.Core.Data;
using Crosstown.Simulation.Vehicles;

namespace Crosstown.Cli.Commands;

/// <summary>A folder with a road network, its demand and a reference plan in SUMO's form, and a <c>scenario.json</c> that says which file is which.</summary>
internal static class ScenarioFolder
{
    /// <exception cref="ProblemException">XT102: a file is not there; or what its files are refused for.</exception>
    public static Scenario Open(string folder)
    {
        var scenario = Scenario.Read(name =>
        {
            var path = Path.Combine(folder, name);
            return File.Exists(path)
                ? File.OpenRead(path)
                : throw new ProblemException("XT102", path, "There is no such file; a scenario is a folder with scenario.json and the files that it names.");
        });
        return scenario.Name.Length > 0 ? scenario : scenario with { Name = Path.GetFileName(Path.GetFullPath(folder)) };
    }
}
