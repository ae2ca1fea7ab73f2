using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Crosstown.Server.Imports;
using Crosstown.Server.Learning;
using Crosstown.Cli.Output;
using Crosstown.Core.Data;
using Crosstown.Logs.Store;

namespace Crosstown.Cli.Commands;

/// <summary><c>crosstown learn PATH... | --data DIR --out FILE</c></summary>
internal static class LearnCommand
{
    public static Command Create()
    {
        var paths = SharedOptions.Paths("Controller logs to learn from; or give --data.", required: false);
        var data = SharedOptions.Data(required: false);
        var zone = SharedOptions.Zone();
        var signal = SharedOptions.Signal();
        var output = new Option<string>("--out")
        {
            Description = "A JSON file (FILE.json) for all signals, or a folder for one file per signal.",
            HelpName = "FILE",
            Required = true,
        };
        var json = SharedOptions.Json();
        var command = new Command("learn", "Propose signal configurations from logs, each statement with its confidence and evidence.") { paths, data, zone, signal, output, json };
        command.SetAction(parsed => Run(
            parsed.GetValue(paths) ?? [], parsed.GetValue(data), parsed.GetValue(zone), parsed.GetValue(signal), parsed.GetValue(output)!, parsed.GetValue(json)));
        return command;
    }

    private static int Run(string[] paths, string? data, string? zone, string? signal, string output, bool asJson)
    {
        if (paths.Length == 0 == data is null)
        {
            throw new ProblemException("XT125", "learn", "Give logs to learn from (PATH...), or a data folder (--data DIR), and not both.");
        }

        var issues = new DataIssueLog();
        using var scratch = paths.Length > 0 ? PassingFolder.Create() : null;
        var store = EventStore.Open(scratch?.Path ?? data!, issues);
        if (paths.Length > 0)
        {
            ImportRun.Run(store, paths, zone, SharedOptions.ParseSignal(signal), null, issues);
        }

        var learned = LearnRun.Run(store, issues).ToArray();
        if (Path.GetExtension(output).Equals(".json", StringComparison.OrdinalIgnoreCase))
        {
            SignalFileOutput.WriteAll(learned, output);
        }
        else
        {
            SignalFileOutput.WriteEach(learned, output);
        }

        if (asJson)
        {
            using var writer = new Utf8JsonWriter(Console.OpenStandardOutput());
            writer.WriteStartArray();
            foreach (var configuration in learned)
            {
                writer.WriteStartObject();
                writer.WriteString("signal", configuration.Signal.Value);
                writer.WriteNumber("detectors", configuration.Detectors.Length);
                writer.WriteNumber("detectors_with_phase", configuration.Detectors.Count(d => d.Phase is not null));
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }
        else
        {
            foreach (var configuration in learned)
            {
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"signal {configuration.Signal}: phase known for {configuration.Detectors.Count(d => d.Phase is not null)} of {configuration.Detectors.Length} detectors, {configuration.Phases.Length} phases, {configuration.Overlaps.Count(o => !o.ParentPhases.IsEmpty)} of {configuration.Overlaps.Length} overlaps, {configuration.PedestrianButtons.Length} buttons, {configuration.Patterns.Length} patterns"));
            }

            IssueReport.Print(issues, Console.Out);
        }

        return issues.Count == 0 ? CommandLine.Done : CommandLine.DoneWithProblems;
    }
}
