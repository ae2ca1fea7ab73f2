using System.CommandLine;
using Crosstown.Core.Data;
using Crosstown.Server.Measuring;
using Crosstown.Server.Retiming;

namespace Crosstown.Cli.Commands.Retime;

/// <summary><c>crosstown retime --data DIR | PATH... | --utdf FILE | --scenario DIR  --out DIR</c></summary>
internal static class RetimeCommand
{
    public static Command Create()
    {
        var paths = SharedOptions.Paths("Controller logs to retime from; or give --data, --utdf or --scenario.", required: false);
        var data = SharedOptions.Data(required: false);
        var zone = SharedOptions.Zone();
        var signal = SharedOptions.Signal();
        var signals = SharedOptions.Signals();
        var city = new Option<string>("--city") { Description = "With logs: the city file with corridors; without it, city.json in the data folder.", HelpName = "FILE" };
        var corridor = new Option<string>("--corridor") { Description = "With logs: retime this corridor's signals only.", HelpName = "ID" };
        var from = new Option<string>("--from") { Description = "With logs: first moment that counts, on the signal's clock or with an offset; without it, seven days before the end.", HelpName = "TIME" };
        var to = new Option<string>("--to") { Description = "With logs: first moment that does not count any more.", HelpName = "TIME" };
        var parts = Many("--for", "PART", "With logs: parts of the day to retime: am, midday, pm, night or all.");
        var periods = new Option<string>("--periods")
        {
            Description = "With logs: where a period of the day ends: traffic (where it changes) or today (where the plans of today change).",
            HelpName = "NAME",
            DefaultValueFactory = _ => "traffic",
        };
        var intervals = new Option<string>("--intervals")
        {
            Description = "With logs: what stands for streets that nobody measured: cabinet (they ask for no more than today's intervals give) or street (assumed to the safe side).",
            HelpName = "NAME",
            DefaultValueFactory = _ => "cabinet",
        };
        var scenario = new Option<string>("--scenario")
        {
            Description = "A folder with a road network, its demand and a reference plan in SUMO's form (scenario.json says which is which).",
            HelpName = "DIR",
        };
        var utdf = new Option<string>("--utdf") { Description = "A timing file in the combined UTDF format: its plan is what runs today.", HelpName = "FILE" };
        var counts = Many("--counts", "FILE", "With --utdf: files of turning movement counts to serve in place of the file's own volumes.");
        var facts = new Option<string>("--facts") { Description = "What was measured in the field, as JSON; the rest is taken from logs or file or assumed. With --data, facts.json in the folder where none is named.", HelpName = "FILE" };
        var cycle = new Option<int?>("--cycle") { Description = "The one cycle of all signals that change, s.", HelpName = "S" };
        var objective = new Option<string>("--objective")
        {
            Description = "balanced (delay, and 10 s for a stop), delay, stops, pedestrians, worst (the worst of the days or counts), queues (none beyond its lanes) or, with logs, bandwidth (of the corridors).",
            HelpName = "NAME",
            DefaultValueFactory = _ => "balanced",
        };
        var keep = Many("--keep", "PART", "What stays as it is today: cycle, splits, sequence, offsets.");
        var within = new Option<int?>("--within") { Description = "Keep the cycle, and splits and offsets within so many seconds of today's.", HelpName = "S" };
        var accept = Many("--accept", "WHAT", "What an engineer accepts where the guard asks: near-capacity, storage, less-than-today, pedestrians-by-override.");
        var reason = new Option<string>("--reason") { Description = "Why it is accepted; it stands on the sheets.", HelpName = "TEXT" };
        var output = new Option<string>("--out") { Description = "The folder for plans.json and the plan itself; it is made where it is not there.", HelpName = "DIR", Required = true };
        var seconds = new Option<double?>("--seconds") { Description = "End the search after so many seconds with the best so far; without it, it does a fixed number of steps.", HelpName = "N" };
        var seed = new Option<ulong>("--seed") { Description = "Decides what the search leaves to chance.", HelpName = "N", DefaultValueFactory = _ => 1 };
        var profile = new Option<string>("--profile")
        {
            Description = "Times to keep at a scenario's signals: field (a street's) or bench (published comparisons'); without it, field where the reference plan keeps it, else bench.",
            HelpName = "NAME",
        };
        var proof = new Option<string>("--proof")
        {
            Description = "With logs and --utdf: who compares the plan with today's: model, simulation (and the model), sumo (and the model) or all; SUMO where it is installed.",
            HelpName = "JUDGE",
            DefaultValueFactory = _ => "all",
        };
        var proofSeeds = new Option<int>("--proof-seeds") { Description = "Runs of each plan with each simulator, for the spread.", HelpName = "N", DefaultValueFactory = _ => 3 };
        var json = SharedOptions.Json();
        var command = new Command("retime", "Find better timing for all signals of a place, checked before it is written.")
        {
            paths, data, zone, signal, signals, city, corridor, from, to, parts, periods, intervals, utdf, counts, facts, scenario, output, cycle, objective, keep, within, accept, reason,
            seconds, seed, profile, proof, proofSeeds, json,
        };
        command.SetAction((parsed, cancel) =>
        {
            var limit = parsed.GetValue(seconds);
            if (limit is not (null or (> 0 and <= 86_400)))
            {
                throw new ProblemException("XT718", "--seconds", $"{limit} is not a time; give more than 0 and at most 86400 seconds.");
            }

            var (logs, folder, file, roads) = (parsed.GetValue(paths) ?? [], parsed.GetValue(data), parsed.GetValue(utdf), parsed.GetValue(scenario));
            if (new[] { logs.Length > 0, folder is not null, file is not null, roads is not null }.Count(given => given) != 1)
            {
                throw new ProblemException("XT718", "retime", "Give one thing to retime: logs (PATH...), --data DIR, --utdf FILE or --scenario DIR.");
            }

            var (folderOut, asJson) = (parsed.GetValue(output)!, parsed.GetValue(json));
            var choices = new RetimeChoices
            {
                Prefix = "--",
                CycleS = parsed.GetValue(cycle),
                Objective = parsed.GetValue(objective)!,
                Keep = parsed.GetValue(keep) ?? [],
                WithinS = parsed.GetValue(within),
                Accept = parsed.GetValue(accept) ?? [],
                Reason = parsed.GetValue(reason) ?? "",
                Seed = parsed.GetValue(seed),
            };
            var judging = new ProofChoices { Judges = parsed.GetValue(proof)!, Seeds = parsed.GetValue(proofSeeds) };
            if (roads is not null)
            {
                return Task.FromResult(RetimeScenario.Run(new RetimeScenarioRequest(roads, folderOut, limit, choices.Seed, parsed.GetValue(profile), asJson), cancel));
            }

            return Task.FromResult(file is not null
                ? RetimeUtdf.Run(
                    new RetimeUtdfRequest(file, folderOut) { Counts = parsed.GetValue(counts) ?? [], Facts = parsed.GetValue(facts), Choices = choices, Proof = judging, Seconds = limit, AsJson = asJson },
                    cancel)
                : RetimeLogs.Run(
                    new RetimeLogsRequest(logs, folder, folderOut)
                    {
                        Zone = parsed.GetValue(zone),
                        Signal = SharedOptions.ParseSignal(parsed.GetValue(signal)),
                        Configurations = parsed.GetValue(signals) ?? [],
                        City = parsed.GetValue(city),
                        Corridor = parsed.GetValue(corridor),
                        From = LocalTime.Parse(parsed.GetValue(from), "--from"),
                        To = LocalTime.Parse(parsed.GetValue(to), "--to"),
                        Parts = parsed.GetValue(parts) ?? [],
                        Periods = parsed.GetValue(periods)!,
                        Intervals = parsed.GetValue(intervals)!,
                        Facts = parsed.GetValue(facts),
                        Choices = choices,
                        Proof = judging,
                        Seconds = limit,
                        AsJson = asJson,
                    },
                    cancel));
        });
        return command;
    }

    private static Option<string[]> Many(string name, string word, string description) =>
        new(name) { Description = description, HelpName = word, AllowMultipleArgumentsPerToken = true };
}
