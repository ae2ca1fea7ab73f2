using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Crosstown.Cli.Commands.Retime;
using Crosstown.Control.Adaptive;
using Crosstown.Control.Classics;
using Crosstown.Control.Sites;
using Crosstown.Control.Traci;
using Crosstown.Core.Data;
using Crosstown.Core.Networks;
using Crosstown.Timing.Guard;

namespace Crosstown.Cli.Commands;

/// <summary><c>crosstown control --traci HOST:PORT --scenario DIR [--controller NAME] [--sensing TIER] [--profile NAME] [--seed N] [--record FILE]</c></summary>
internal static class ControlCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly Dictionary<string, Func<SignalSite, RoadProfile, ISignalController>> Controllers = new(StringComparer.Ordinal)
    {
        ["adaptive"] = (site, profile) => new RollingController(site, profile),
        ["fixed"] = (site, profile) => new FixedController(site, profile),
        ["actuated"] = (site, profile) => new ActuatedController(site, profile),
        ["max-pressure"] = (site, profile) => new PressureController(site, profile),
        ["cyclic-max-pressure"] = (site, profile) => new CyclicPressureController(site, profile),
    };

    private static readonly Dictionary<string, bool> Tiers = new(StringComparer.Ordinal) { ["area"] = false, ["loops"] = true };

    private static readonly Dictionary<string, RoadProfile> Profiles = new(StringComparer.Ordinal) { ["bench"] = RoadProfile.Bench, ["field"] = RoadProfile.Field };

    public static Command Create()
    {
        var traci = new Option<string>("--traci") { Description = "Where a SUMO, started with --remote-port, waits for its client.", HelpName = "HOST:PORT", Required = true };
        var scenario = new Option<string>("--scenario")
        {
            Description = "A folder with a road network, its detectors and a reference plan in SUMO's form (scenario.json says which is which).",
            HelpName = "DIR",
            Required = true,
        };
        var controller = new Option<string>("--controller")
        {
            Description = "Who decides: adaptive (looks ahead every second), fixed (the reference plan), actuated, max-pressure or cyclic-max-pressure.",
            HelpName = "NAME",
            DefaultValueFactory = _ => "adaptive",
        };
        var sensing = new Option<string>("--sensing")
        {
            Description = "What is read of the street: area (loops, and counts of zones before the stop lines) or loops (nothing else).",
            HelpName = "TIER",
            DefaultValueFactory = _ => "area",
        };
        var profile = new Option<string>("--profile")
        {
            Description = "Times to keep: bench (published comparisons') or field (a street's).",
            HelpName = "NAME",
            DefaultValueFactory = _ => "bench",
        };
        var seed = new Option<ulong>("--seed") { Description = "Decides what a controller leaves to chance; none of those that there are does.", HelpName = "N", DefaultValueFactory = _ => 1 };
        var record = new Option<FileInfo?>("--record") { Description = "Write there, as JSON, what the run took and what was refused.", HelpName = "FILE" };
        var command = new Command("control", "Control the signals of a running simulation, second by second, until it ends.") { traci, scenario, controller, sensing, profile, seed, record };
        command.SetAction(result => Run(
            result.GetRequiredValue(traci), result.GetRequiredValue(scenario), result.GetRequiredValue(controller), result.GetRequiredValue(sensing), result.GetRequiredValue(profile), result.GetValue(record)));
        return command;
    }

    private static int Run(string place, string folder, string controller, string sensing, string profile, FileInfo? recordFile)
    {
        var problems = new List<Problem>();
        var (host, port) = ReadPlace(place, problems);
        var make = Choose("--controller", controller, Controllers, problems);
        var loopsOnly = Choose("--sensing", sensing, Tiers, problems);
        var roads = Choose("--profile", profile, Profiles, problems);
        if (problems.Count > 0)
        {
            throw new ProblemException(problems);
        }

        var street = ScenarioFolder.Open(folder);
        foreach (var problem in street.Problems)
        {
            Console.Error.WriteLine($"{problem.Code} {problem.Where}: {problem.Message}");
        }

        if (street.Reference.IsEmpty)
        {
            throw new ProblemException("XT799", "--scenario", $"{folder} has no reference plan, which says what may be green together: name one in its scenario.json.");
        }

        try
        {
            using var client = TraciClient.Connect(host, port, Patience);
            var record = TraciRun.Drive(client, street.Network, street.Equipment, street.Reference, roads!, new TraciSettings
            {
                Controller = site => make!(site, roads!),
                Guard = (card, nowS, state) => new StateGuard(card, roads!, nowS, state),
                SensesLoopsOnly = loopsOnly,
            });
            Report(record);
            if (recordFile is not null)
            {
                Write(record, recordFile);
            }

            return CommandLine.Done;
        }
        catch (TraciException fault)
        {
            Console.Error.WriteLine($"Failed: {fault.Message}");
            return CommandLine.Failed;
        }
    }

    private static void Report(TraciRecord record)
    {
        foreach (var problem in record.FirstRefusals)
        {
            Console.Error.WriteLine($"{problem.Code} {problem.Where}: {problem.Message} The state was refused, and the signal went on with its reference plan.");
        }

        static string Text(double? ms) => ms is { } known ? known.ToString("0.000 ms", CultureInfo.InvariantCulture) : "unknown";
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{record.StepMs.Length} steps of {record.Signals} signals; own time for a signal and second {Text(record.MeanMs)} on average, {Text(record.P99Ms)} at the 99th percentile; {record.RefusedStates} states refused"));
    }

    private static void Write(TraciRecord record, FileInfo file)
    {
        using var stream = file.Create();
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteNumber("version", 1);
        json.WriteNumber("steps", record.StepMs.Length);
        json.WriteNumber("signals", record.Signals);
        JudgesJson.Number(json, "mean_ms", record.MeanMs, 4);
        JudgesJson.Number(json, "p99_ms", record.P99Ms, 4);
        json.WriteNumber("refused_states", record.RefusedStates);
        json.WriteStartArray("fallen_back");
        foreach (var signal in record.FallenBack)
        {
            json.WriteStringValue(signal);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static (string Host, int Port) ReadPlace(string place, List<Problem> problems)
    {
        var colon = place.LastIndexOf(':');
        if (colon > 0 && int.TryParse(place.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is >= 1 and <= 65_535)
        {
            return (place[..colon].Trim('[', ']'), port);
        }

        problems.Add(new Problem("XT799", "--traci", $"'{place}' is no place of a simulator; write HOST:PORT with a port of 1 to 65535."));
        return ("", 0);
    }

    private static T? Choose<T>(string option, string word, Dictionary<string, T> choices, List<Problem> problems)
    {
        if (!choices.TryGetValue(word, out var chosen))
        {
            problems.Add(new Problem("XT799", option, $"'{word}' is none of {string.Join(", ", choices.Keys)}."));
        }

        return chosen;
    }
}
