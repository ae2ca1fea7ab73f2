using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Crosstown.Cli.Commands.Retime;
using Crosstown.Control.Adaptive;
using Crosstown.Control.Classics;
using Crosstown.Control.Failure;
using Crosstown.Control.Sites;
using Crosstown.Control.Traci;
using Crosstown.Core.Data;
using Crosstown.Core.Networks;
using Crosstown.Timing.Guard;

namespace Crosstown.Cli.Commands;

/// <summary><c>crosstown control --traci HOST:PORT --scenario DIR [--controller NAME] [--sensing TIER] [--profile NAME] [--fail-detectors SHARE] [--fail-kind KIND] [--seed N] [--record FILE]</c></summary>
internal static class ControlCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Makes a controller; null for the actuated one, which a signal that falls back has anyway.</summary>
    private static readonly Dictionary<string, Func<SignalSite, RoadProfile, ISignalController?>> Controllers = new(StringComparer.Ordinal)
    {
        ["adaptive"] = (site, profile) => new RollingController(site, profile),
        ["fixed"] = (site, profile) => new FixedController(site, profile),
        ["actuated"] = (_, _) => null,
        ["max-pressure"] = (site, profile) => new PressureController(site, profile),
        ["cyclic-max-pressure"] = (site, profile) => new CyclicPressureController(site, profile),
    };

    private static readonly Dictionary<string, bool> Tiers = new(StringComparer.Ordinal) { ["area"] = false, ["loops"] = true };

    private static readonly Dictionary<string, RoadProfile> Profiles = new(StringComparer.Ordinal) { ["bench"] = RoadProfile.Bench, ["field"] = RoadProfile.Field };

    private static readonly Dictionary<string, FaultKind> FaultKinds = new(StringComparer.Ordinal)
    {
        ["silent"] = FaultKind.Silent,
        ["stuck"] = FaultKind.Stuck,
        ["chatter"] = FaultKind.Chatter,
        ["mixed"] = FaultKind.Mixed,
    };

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
        var failing = new Option<double>("--fail-detectors")
        {
            Description = "Share of the detectors that say something wrong or nothing, 0 to 1, to see what comes of it.",
            HelpName = "SHARE",
            DefaultValueFactory = _ => 0,
        };
        var kind = new Option<string>("--fail-kind")
        {
            Description = "How they fail: silent, stuck, chatter or mixed.",
            HelpName = "KIND",
            DefaultValueFactory = _ => "mixed",
        };
        var seed = new Option<ulong>("--seed") { Description = "Decides which detectors fail, and what those that chatter say.", HelpName = "N", DefaultValueFactory = _ => 1 };
        var record = new Option<FileInfo?>("--record") { Description = "Write there, as JSON, what the run took and what was refused.", HelpName = "FILE" };
        var command = new Command("control", "Control the signals of a running simulation, second by second, until it ends.") { traci, scenario, controller, sensing, profile, failing, kind, seed, record };
        command.SetAction(result => Run(
            result.GetRequiredValue(traci), result.GetRequiredValue(scenario), result.GetRequiredValue(controller), result.GetRequiredValue(sensing), result.GetRequiredValue(profile),
            (result.GetRequiredValue(failing), result.GetRequiredValue(kind), result.GetRequiredValue(seed)), result.GetValue(record)));
        return command;
    }

    private static int Run(string place, string folder, string controller, string sensing, string profile, (double Share, string Kind, ulong Seed) faults, FileInfo? recordFile)
    {
        var problems = new List<Problem>();
        var (host, port) = ReadPlace(place, problems);
        var make = Choose("--controller", controller, Controllers, problems);
        var loopsOnly = Choose("--sensing", sensing, Tiers, problems);
        var roads = Choose("--profile", profile, Profiles, problems);
        var kind = Choose("--fail-kind", faults.Kind, FaultKinds, problems);
        if (!(faults.Share is >= 0 and <= 1))
        {
            problems.Add(new Problem("XT799", "--fail-detectors", string.Create(CultureInfo.InvariantCulture, $"{faults.Share} is no share of the detectors; write 0 to 1.")));
        }

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
            var signals = new List<FallbackController>();
            var tally = new DetectorTally();
            var record = TraciRun.Drive(client, street.Network, street.Equipment, street.Reference, roads!, new TraciSettings
            {
                Controller = site => Watch(site, make!(site, roads!)),
                Guard = (card, nowS, state) => new StateGuard(card, roads!, nowS, state),
                SensesLoopsOnly = loopsOnly,
                Disturbs = sensed =>
                {
                    var failed = new DetectorFaults(street.Equipment.Detectors, sensed, faults.Share, kind, faults.Seed);
                    var names = failed.Failed.ToHashSet();
                    return frame =>
                    {
                        failed.Apply(frame);
                        signals.ForEach(s => s.Health.Tally(names.Contains, tally));
                    };
                },
            });
            Report(record, signals, tally, controller);
            if (recordFile is not null)
            {
                Write(record, recordFile);
            }

            return CommandLine.Done;

            // The reference plan needs no detector, and there is nothing below it.
            ISignalController Watch(SignalSite site, ISignalController? preferred)
            {
                if (preferred is FixedController)
                {
                    return preferred;
                }

                signals.Add(new FallbackController(site, roads!, preferred, d => !loopsOnly || street.Equipment.Detectors[d].IsLoop, TimeProvider.System));
                return signals[^1];
            }
        }
        catch (TraciException fault)
        {
            Console.Error.WriteLine($"Failed: {fault.Message}");
            return CommandLine.Failed;
        }
    }

    private static void Report(TraciRecord record, List<FallbackController> signals, DetectorTally tally, string controller)
    {
        string Name(ControlLevel level) => level switch { ControlLevel.Preferred => controller, ControlLevel.Actuated => "actuated", _ => "fixed" };
        foreach (var change in signals.SelectMany(s => s.Changes).OrderBy(c => c.AtS).ThenBy(c => c.Signal, StringComparer.Ordinal))
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"second {change.AtS}, signal {change.Signal}: {Name(change.From)} -> {Name(change.To)}, since {change.Reason}"));
        }

        foreach (var problem in record.FirstRefusals)
        {
            Console.Error.WriteLine($"{problem.Code} {problem.Where}: {problem.Message} The state was refused, and the signal went on with its reference plan.");
        }

        static string Text(double? ms) => ms is { } known ? known.ToString("0.000 ms", CultureInfo.InvariantCulture) : "unknown";
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{record.StepMs.Length} steps of {record.Signals} signals; own time for a signal and second {Text(record.MeanMs)} on average, {Text(record.P99Ms)} at the 99th percentile; {record.RefusedStates} states refused; {record.Astray} seconds with another state than ordered"));
        if (signals.Count > 0)
        {
            static string Percent(double? share) => share is { } known ? known.ToString("0.00 %", CultureInfo.InvariantCulture) : "none";
            Console.WriteLine($"Detectors: of the time of those that were made to fail, {Percent(tally.FoundShare)} was found; of the time of the others, {Percent(tally.BlamedShare)} was blamed");
        }
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
