using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Crosstown.Cli.Imports;
using Crosstown.Cli.Measuring;
using Crosstown.Cli.Output;
using Crosstown.Core.Data;
using Crosstown.Core.Tables;
using Crosstown.Logs.Store;
using Crosstown.Measures;
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
            Description = $"Measures by name, or all: {string.Join(", ", MeasureCatalog.All.Select(m => m.Name))}.",
            HelpName = "NAME,...", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => ["all"],
        };
        var bin = new Option<string>("--bin") { Description = "Length of a bin: 15m, 1h.", HelpName = "TIME", DefaultValueFactory = _ => "15m" };
        var from = new Option<string>("--from") { Description = "First moment wanted, on the signal's clock or with an offset.", HelpName = "TIME" };
        var to = new Option<string>("--to") { Description = "First moment not wanted any more.", HelpName = "TIME" };
        var options = new Option<string>("--options")
        {
            Description = "Definitions: crosstown, odot-2.1, udot-5, or an options file.", HelpName = "NAME|FILE", DefaultValueFactory = _ => "crosstown",
        };
        var output = new Option<string>("--out") { Description = "Folder for one file per table.", HelpName = "DIR", Required = true };
        var format = SharedOptions.Format();
        var json = SharedOptions.Json();
        var command = new Command("measure", "Compute performance measures.") { paths, data, zone, signal, signals, measure, bin, from, to, options, output, format, json };
        command.SetAction(parsed =>
        {
            var request = new MeasureRequest
            {
                Measures = ParseMeasures(parsed.GetValue(measure)!),
                Options = ParseOptions(parsed.GetValue(options)!, SharedOptions.ParseBinMs(parsed.GetValue(bin)!)),
                From = LocalTime.Parse(parsed.GetValue(from), "--from"),
                To = LocalTime.Parse(parsed.GetValue(to), "--to"),
            };
            return Run(
                parsed.GetValue(paths) ?? [], parsed.GetValue(data), parsed.GetValue(zone), parsed.GetValue(signal), parsed.GetValue(signals) ?? [], request,
                parsed.GetValue(output)!, SharedOptions.ParseFormat(parsed.GetValue(format)!), parsed.GetValue(json), TimeProvider.System);
        });
        return command;
    }

    private static int Run(
        string[] paths, string? data, string? zone, string? signal, string[] signals, MeasureRequest request, string output, TableFormat format, bool asJson, TimeProvider time)
    {
        if (paths.Length == 0 == data is null)
        {
            throw new ProblemException("XT125", "measure", "Give logs to measure (PATH...), or a data folder (--data DIR), and not both.");
        }

        var issues = new DataIssueLog();
        var started = time.GetTimestamp();
        using var scratch = paths.Length > 0 ? ScratchFolder.Create() : null;
        var folder = scratch?.Path ?? data!;
        var configurations = SignalConfigurations.Open(data, signals, issues);
        var store = EventStore.Open(folder, issues);
        if (paths.Length > 0)
        {
            ImportRun.Run(store, paths, zone, SharedOptions.ParseSignal(signal), id => configurations.Find(id)?.Zone, issues);
        }

        var schemas = request.Measures.SelectMany(m => m.TablesIn(request.Options.Set)).ToArray();
        using var tables = new TableOutput(output, format, TimeStyle.Local, schemas);
        var total = store.ListSignals().Count;
        var done = 0;
        var events = MeasureRun.Run(store, configurations, request, tables, issues, _ => Console.Error.Write(++done % 50 == 0 ? $"{done} of {total} signals\n" : ""));
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

    private static ImmutableArray<Measure> ParseMeasures(string[] texts)
    {
        var names = texts.SelectMany(t => t.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).ToArray();
        if (names.Contains("all"))
        {
            return MeasureCatalog.All;
        }

        var unknown = names.Where(n => MeasureCatalog.Find(n) is null).ToArray();
        return unknown.Length == 0
            ? [.. names.Distinct().Select(n => MeasureCatalog.Find(n)!)]
            : throw new ProblemException("XT126", "--measure", $"There is no measure {string.Join(", ", unknown)}; there are {string.Join(", ", MeasureCatalog.All.Select(m => m.Name))}.");
    }

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
