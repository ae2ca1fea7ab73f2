using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Crosstown.Server.Imports;
using Crosstown.Server.Measuring;
using Crosstown.Cli.Output;
using Crosstown.Core.Data;
using Crosstown.Logs.Store;

namespace Crosstown.Cli.Commands;

/// <summary><c>crosstown import PATH... --data DIR</c></summary>
internal static class ImportCommand
{
    public static Command Create()
    {
        var paths = SharedOptions.Paths("Controller logs: .dat, .datZ, .xml, .csv, .ndjson, .parquet, gzipped or not, and folders of them.", required: true);
        var data = SharedOptions.Data(required: true);
        var zone = SharedOptions.Zone();
        var signal = SharedOptions.Signal();
        var json = SharedOptions.Json();
        var command = new Command("import", "Take controller logs into the data folder. The same file again adds nothing.") { paths, data, zone, signal, json };
        command.SetAction(parsed => Run(
            parsed.GetValue(paths)!, parsed.GetValue(data)!, parsed.GetValue(zone), parsed.GetValue(signal), parsed.GetValue(json), TimeProvider.System));
        return command;
    }

    private static int Run(string[] paths, string data, string? zone, string? signal, bool asJson, TimeProvider time)
    {
        var issues = new DataIssueLog();
        var store = EventStore.Open(data, issues);
        var configuration = SignalConfigurations.Open(data, [], issues);
        var started = time.GetTimestamp();
        var result = ImportRun.Run(store, paths, zone, SharedOptions.ParseSignal(signal), id => configuration.Find(id)?.Zone, issues);
        var seconds = time.GetElapsedTime(started).TotalSeconds;
        var kept = KeepSummary(data, issues, time);

        if (asJson)
        {
            using var writer = new Utf8JsonWriter(Console.OpenStandardOutput());
            writer.WriteStartObject();
            writer.WriteNumber("files", result.Files.Count);
            writer.WriteNumber("events_read", result.Files.Sum(f => f.Events));
            writer.WriteNumber("events_added", result.Commit.Added);
            writer.WriteNumber("duplicates", result.Commit.Duplicates);
            writer.WriteNumber("rows_refused", result.Files.Sum(f => f.RowsRefused));
            writer.WriteNumber("issues", issues.Count);
            writer.WriteString("state_hash", store.StateHash());
            writer.WriteEndObject();
        }
        else
        {
            foreach (var file in result.Files)
            {
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{file.Source}: {file.Format ?? "not read"}, {file.Events:N0} events of {file.Signals.Length} signals, {file.RowsRefused:N0} rows refused"));
            }

            IssueReport.Print(issues, Console.Out);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{result.Commit.Added:N0} events added, {result.Commit.Duplicates:N0} known already, {seconds:0.0} s; the store holds {store.CountEvents():N0} in {store.CountBytes():N0} bytes"));
            if (kept is not null)
            {
                Console.WriteLine($"What was wrong is kept in {kept}");
            }
        }

        return issues.Count == 0 ? CommandLine.Done : CommandLine.DoneWithProblems;
    }

    /// <summary>Keeps the issues of an import beside the data, under a name of our own (rule P10).</summary>
    private static string? KeepSummary(string data, DataIssueLog issues, TimeProvider time)
    {
        if (issues.Count == 0)
        {
            return null;
        }

        var folder = Path.Combine(data, "imports");
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, time.GetUtcNow().ToString("yyyyMMdd'T'HHmmssfff'Z'", CultureInfo.InvariantCulture) + ".ndjson");
        IssueReport.Keep(issues, path);
        return path;
    }
}
