using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Crosstown.Server.Imports;
using Crosstown.Server.Measuring;
using Crosstown.Cli.Output;
using Crosstown.Core.Data;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Logs.Speeds;
using Crosstown.Logs.Store;
using Crosstown.Measures;
using Crosstown.Measures.Composed;
using Crosstown.Measures.Options;

namespace Crosstown.Cli.Commands;

/// <summary><c>crosstown measure PATH... | --data DIR --out DIR</c></summary>
internal static class MeasureCommand
{
    public static Command Create()
    {
        var paths = SharedOptions.Paths("Controller logs to measure; or give --data.", required: false);
        var data = SharedOptions.Data(required: false);
        var zone = SharedOptions.Zone();
        var signal = SharedOptions.Signal();
        var signals = SharedOptions.Signals();
        var measure = new Option<string[]>("--measure")
        {
            Description = $"Measures by name, or all of single signals: {string.Join(", ", ListNames())}.",
            HelpName = "NAME,...",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => ["all"],
        };
        var bin = new Option<string>("--bin") { Description = "Length of a bin: 15m, 1h.", HelpName = "TIME", DefaultValueFactory = _ => "15m" };
        var from = new Option<string>("--from") { Description = "First moment wanted, on the signal's clock or with an offset.", HelpName = "TIME" };
        var to = new Option<string>("--to") { Description = "First moment not wanted any more.", HelpName = "TIME" };
        var options = new Option<string>("--options")
        {
            Description = "Definitions: crosstown, odot-2.1, udot-5, or an options file.",
            HelpName = "NAME|FILE",
            DefaultValueFactory = _ => "crosstown",
        };
        var output = new Option<string>("--out") { Description = "Folder for one file per table.", HelpName = "DIR", Required = true };
        var city = new Option<string>("--city") { Description = "City file with corridors, for measures of several signals; without it, city.json in the data folder.", HelpName = "FILE" };
        var corridor = new Option<string>("--corridor") { Description = "The corridor of measures that need one.", HelpName = "ID" };
        var speeds = new Option<string>("--speeds") { Description = "Speeds of advance detectors (TimeStamp, DetectorId, Mph), for approach-speed; they are binned in memory and not kept.", HelpName = "FILE" };
        var format = SharedOptions.Format();
        var json = SharedOptions.Json();
        var command = new Command("measure", "Compute performance measures.") { paths, data, zone, signal, signals, measure, bin, from, to, options, city, corridor, speeds, output, format, json };
        command.SetAction(parsed =>
        {
            var issues = new DataIssueLog();
            var unnamed = SharedOptions.ParseSignal(parsed.GetValue(signal));
            var zoneName = parsed.GetValue(zone);
            var request = new MeasureRequest
            {
                Selection = ParseMeasures(parsed.GetValue(measure)!),
                Options = ParseOptions(parsed.GetValue(options)!, SharedOptions.ParseBinMs(parsed.GetValue(bin)!)),
                From = LocalTime.Parse(parsed.GetValue(from), "--from"),
                To = LocalTime.Parse(parsed.GetValue(to), "--to"),
                Corridor = Corridors.Find(parsed.GetValue(data), parsed.GetValue(city), parsed.GetValue(corridor), issues),
                Speeds = parsed.GetValue(speeds) is { } file ? SpeedFile.Read(file, zoneName, unnamed, issues) : new Dictionary<SignalId, SpeedReading[]>(),
            };
            return Run(
                parsed.GetValue(paths) ?? [], parsed.GetValue(data), zoneName, unnamed, parsed.GetValue(signals) ?? [], request,
                parsed.GetValue(output)!, SharedOptions.ParseFormat(parsed.GetValue(format)!), parsed.GetValue(json), issues, TimeProvider.System);
        });
        return command;
    }

    private static int Run(
        string[] paths, string? data, string? zone, SignalId? signal, string[] signals, MeasureRequest request, string output, TableFormat format, bool asJson, DataIssueLog issues,
        TimeProvider time)
    {
        if (paths.Length == 0 == data is null)
        {
            throw new ProblemException("XT125", "measure", "Give logs to measure (PATH...), or a data folder (--data DIR), and not both.");
        }

        var started = time.GetTimestamp();
        using var scratch = paths.Length > 0 ? PassingFolder.Create() : null;
        var folder = scratch?.Path ?? data!;
        var configurations = SignalConfigurations.Open(data, signals, issues, signal);
        var store = EventStore.Open(folder, issues);
        if (paths.Length > 0)
        {
            ImportRun.Run(store, paths, zone, signal, id => configurations.Find(id)?.Zone, issues);
        }

        using var tables = new TableOutput(output, format, TimeStyle.Local, request.Selection.TablesIn(request.Options.Set));
        var total = store.ListSignals().Count;
        var done = 0;
        var events = MeasureRun.Run(new StoredEvents(store, issues), configurations, request, tables, issues, _ => Console.Error.Write(++done % 50 == 0 ? $"{done} of {total} signals\n" : ""));
        tables.Complete();
        if (issues.Count > 0)
        {
            IssueReport.Keep(issues, Path.Combine(output, "issues.ndjson"));
        }

        Report(tables, events, total, time.GetElapsedTime(started), asJson, issues);
        return issues.Count == 0 ? CommandLine.Done : CommandLine.DoneWithProblems;
    }

    private static void Report(TableOutput tables, long events, int signals, TimeSpan elapsed, bool asJson, DataIssueLog issues)
    {
        if (asJson)
        {
            using var writer = new Utf8JsonWriter(Console.OpenStandardOutput());
            writer.WriteStartObject();
            writer.WriteNumber("signals", signals);
            writer.WriteNumber("events", events);
            writer.WriteNumber("issues", issues.Count);
            writer.WriteStartArray("files");
            foreach (var (path, rows) in tables.ListFiles())
            {
                writer.WriteStartObject();
                writer.WriteString("path", path);
                writer.WriteNumber("rows", rows);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
            return;
        }

        foreach (var (path, rows) in tables.ListFiles())
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{path}: {rows:N0} rows"));
        }

        IssueReport.Print(issues, Console.Out);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{events:N0} events of {signals} signals measured in {elapsed.TotalSeconds:0.0} s"));
    }

    private static MeasureSelection ParseMeasures(string[] texts)
    {
        var names = texts.SelectMany(t => t.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).ToHashSet();
        if (names.Remove("all"))
        {
            names.UnionWith(MeasureCatalog.All.Select(m => m.Name));
        }

        var unknown = names.Except(ListNames()).ToArray();
        return unknown.Length == 0
            ? MeasureSelection.Of(names)
            : throw new ProblemException("XT126", "--measure", $"There is no measure {string.Join(", ", unknown)}; there are {string.Join(", ", ListNames())}.");
    }

    private static IEnumerable<string> ListNames() => MeasureCatalog.All.Select(m => m.Name).Concat(ComposedCatalog.All.Select(m => m.Name));

    private static MeasureOptions ParseOptions(string text, long binMs)
    {
        if (MeasureOptions.FindSet(text) is { } set)
        {
            return new MeasureOptions { Set = set, BinMs = binMs };
        }

        return File.Exists(text)
            ? MeasureOptions.Read(File.ReadAllText(text), text, binMs)
            : throw new ProblemException("XT127", "--options", $"'{text}' is neither a definition set (crosstown, odot-2.1, udot-5) nor a file.");
    }
}
