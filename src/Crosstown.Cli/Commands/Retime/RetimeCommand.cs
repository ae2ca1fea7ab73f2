using System.CommandLine;
using Crosstown.Core.Data;

namespace Crosstown.Cli.Commands.Retime;

/// <summary><c>crosstown retime --utdf FILE --out DIR</c> and <c>crosstown retime --scenario DIR --out DIR</c></summary>
internal static class RetimeCommand
{
    public static Command Create()
    {
        var scenario = new Option<string>("--scenario")
        {
            Description = "A folder with a road network, its demand and a reference plan in SUMO's form (scenario.json says which is which).",
            HelpName = "DIR",
        };
        var utdf = new Option<string>("--utdf") { Description = "A timing file in the combined UTDF format: its plan is what runs today.", HelpName = "FILE" };
        var counts = Many("--counts", "FILE", "With --utdf: files of turning movement counts to serve in place of the file's own volumes.");
        var facts = new Option<string>("--facts") { Description = "With --utdf: what was measured in the field, as JSON; the rest is taken from the file or assumed to the safe side.", HelpName = "FILE" };
        var cycle = new Option<int?>("--cycle") { Description = "With --utdf: the one cycle of all signals that change, s.", HelpName = "S" };
        var objective = new Option<string>("--objective")
        {
            Description = "With --utdf: balanced (delay, and 10 s for a stop), delay, stops, pedestrians or worst (the worst of the counts).",
            HelpName = "NAME",
            DefaultValueFactory = _ => "balanced",
        };
        var keep = Many("--keep", "PART", "With --utdf: what stays as it is today: cycle, splits, sequence, offsets.");
        var within = new Option<int?>("--within") { Description = "With --utdf: keep the cycle, and splits and offsets within so many seconds of today's.", HelpName = "S" };
        var accept = Many("--accept", "WHAT", "With --utdf: what an engineer accepts where the guard asks: near-capacity, storage, less-than-today, pedestrians-by-override.");
        var reason = new Option<string>("--reason") { Description = "Why it is accepted; it stands on the sheets.", HelpName = "TEXT" };
        var output = new Option<string>("--out") { Description = "The folder for plans.json and the plan itself; it is made where it is not there.", HelpName = "DIR", Required = true };
        var seconds = new Option<double?>("--seconds") { Description = "End the search after so many seconds with the best so far; without it, it does a fixed number of steps.", HelpName = "N" };
        var seed = new Option<ulong>("--seed") { Description = "Decides what the search leaves to chance.", HelpName = "N", DefaultValueFactory = _ => 1 };
        var profile = new Option<string>("--profile")
        {
            Description = "Times to keep at a scenario's signals: field (a street's) or bench (published comparisons'); without it, field where the reference plan keeps it, else bench.",
            HelpName = "NAME",
        };
        var json = SharedOptions.Json();
        var command = new Command("retime", "Find better timing for all signals of a place, checked before it is written.") 
        {
            utdf, counts, facts, scenario, output, cycle, objective, keep, within, accept, reason, seconds, seed, profile, json,
        };
        command.SetAction((parsed, cancel) =>
        {
            var limit = parsed.GetValue(seconds);
            if (limit is not (null or (> 0 and <= 86_400)))
            {
                throw new ProblemException("XT718", "--seconds", $"{limit} is not a time; give more than 0 and at most 86400 seconds.");
            }

            return Task.FromResult(parsed.GetValue(utdf) is { } file && parsed.GetValue(scenario) is null
                ? RetimeUtdf.Run(
                    new RetimeUtdfRequest(file, parsed.GetValue(output)!)
                    {
                        Counts = parsed.GetValue(counts) ?? [],
                        Facts = parsed.GetValue(facts),
                        CycleS = parsed.GetValue(cycle),
                        Objective = parsed.GetValue(objective)!,
                        Keep = parsed.GetValue(keep) ?? [],
                        WithinS = parsed.GetValue(within),
                        Accept = parsed.GetValue(accept) ?? [],
                        Reason = parsed.GetValue(reason) ?? "",
                        Seconds = limit,
                        Seed = parsed.GetValue(seed),
                        AsJson = parsed.GetValue(json),
                    },
                    cancel)
                : RunScenario(parsed.GetValue(scenario), parsed.GetValue(utdf), parsed.GetValue(output)!, limit, parsed.GetValue(seed), parsed.GetValue(profile), parsed.GetValue(json), cancel));
        });
        return command;
    }

    private static Option<string[]> Many(string name, string word, string description) =>
        new(name) { Description = description, HelpName = word, AllowMultipleArgumentsPerToken = true };

    private static int RunScenario(string? scenario, string? utdf, string output, double? seconds, ulong seed, string? profile, bool asJson, CancellationToken cancel)
    {
        if (scenario is null || utdf is not null)
        {
            throw new ProblemException("XT718", "retime", "Give one thing to retime: --utdf FILE or --scenario DIR.");
        }

        return RetimeScenario.Run(new RetimeScenarioRequest(scenario, output, seconds, seed, profile, asJson), cancel);
    }
}
