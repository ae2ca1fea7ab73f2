using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Crosstown.Server.Imports;
using Crosstown.Server.Measuring;
using Crosstown.Cli.Output;
using Crosstown.Core.Data;
using Crosstown.Logs.Store;
using Crosstown.Server.Operations;
using Crosstown.Server.Store.Records;

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
        command.SetAction((parsed, stop) => RunAsync(
            parsed.GetValue(paths)!, parsed.GetValue(data)!, parsed.GetValue(zone), parsed.GetValue(signal), parsed.GetValue(json), TimeProvider.System, stop));
        return command;
    }

    private static async Task<int> RunAsync(string[] paths, string data, string? zone, string? signal, bool asJson, TimeProvider time, CancellationToken stop)
    {
        DataFolder.Check(data);
        using var records = RecordStore.Open(data, Environment.GetEnvironmentVariable(SharedOptions.RecordsVariable), time);
        var issues = new DataIssueLog();
        var store = EventStore.Open(data, issues);
        var configuration = SignalConfigurations.Open(data, [], issues);
        var (started, startedMs) = (time.GetTimestamp(), time.GetUtcNow().ToUnixTimeMilliseconds());
        var result = ImportRun.Run(store, paths, zone, SharedOptions.ParseSignal(signal), id => configuration.Find(id)?.Zone, issues);
        var seconds = time.GetElapsedTime(started).TotalSeconds;
        var kept = await KeepAsync(records, result.ToRecord(ImportDoor.CommandLine, startedMs, time.GetUtcNow().ToUnixTimeMilliseconds(), issues), stop);

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
            if (kept is { } number)
            {
                writer.WriteNumber("import", number);
            }

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
            if (kept is { } number)
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Recorded as import {number}; records are kept for {ImportRecords.KeptDays} days"));
            }
        }

        return issues.Count == 0 && kept is not null ? CommandLine.Done : CommandLine.DoneWithProblems;
    }

    /// <summary>Keeps what became of the import with the server's records, so that its import page shows it. Null when they did not take it: the events are stored all the same.</summary>
    private static async Task<long?> KeepAsync(RecordStore records, ImportRecord record, CancellationToken stop)
    {
        try
        {
            return await new ImportRecords(records).KeepAsync(record, stop);
        }
        catch (RecordsUnavailableException e)
        {
            await Console.Error.WriteLineAsync($"The events are stored; the record of the import is not. {e.Message}");
            return null;
        }
    }
}
