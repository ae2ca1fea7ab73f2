using System.CommandLine;
using Crosstown.Core.Data;

namespace Crosstown.Cli.Commands.Retime;

/// <summary><c>crosstown retime --scenario DIR --out DIR</c></summary>
internal static class RetimeCommand
{
    public static Command Create()
    {
        var scenario = new Option<string>("--scenario")
        {
            Description = "A folder with a road network, its demand and a reference plan in SUMO's form (scenario.json says which is which).",
            HelpName = "DIR",
        };
        var output = new Option<string>("--out") { Description = "The folder for plans.json and the plan itself; it is made where it is not there.", HelpName = "DIR", Required = true };
        var seconds = new Option<double?>("--seconds") { Description = "End the search after so many seconds with the best so far; without it, it does a fixed number of steps.", HelpName = "N" };
        var seed = new Option<ulong>("--seed") { Description = "Decides what the search leaves to chance.", HelpName = "N", DefaultValueFactory = _ => 1 };
        var profile = new Option<string>("--profile")
        {
            Description = "Times to keep at a scenario's signals: field (a street's) or bench (published comparisons'); without it, field where the reference plan keeps it, else bench.",
            HelpName = "NAME",
        };
        var json = SharedOptions.Json();
        var command = new Command("retime", "Find better timing for all signals of a place, checked before it is written.") { scenario, output, seconds, seed, profile, json };
        command.SetAction((parsed, cancel) => Task.FromResult(Run(
            parsed.GetValue(scenario), parsed.GetValue(output)!, parsed.GetValue(seconds), parsed.GetValue(seed), parsed.GetValue(profile), parsed.GetValue(json), cancel)));
        return command;
    }

    private static int Run(string? scenario, string output, double? seconds, ulong seed, string? profile, bool asJson, CancellationToken cancel)
    {
        if (scenario is null)
        {
            throw new ProblemException("XT718", "retime", "Give what to retime: --scenario DIR.");
        }

        if (seconds is not (null or (> 0 and <= 86_400)))
        {
            throw new ProblemException("XT718", "--seconds", $"{seconds} is not a time; give more than 0 and at most 86400 seconds.");
        }

        return RetimeScenario.Run(new RetimeScenarioRequest(scenario, output, seconds, seed, profile, asJson), cancel);
    }
}
