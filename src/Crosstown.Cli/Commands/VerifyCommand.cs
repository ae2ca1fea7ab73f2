using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Crosstown.Cli.Output;
using Crosstown.Core.Data;
using Crosstown.Server.Data;
using Crosstown.Server.Operations.Backups;

namespace Crosstown.Cli.Commands;

/// <summary><c>crosstown verify --data DIR | --backup FILE</c></summary>
internal static class VerifyCommand
{
    public static Command Create()
    {
        var data = SharedOptions.Data(required: false);
        var backup = new Option<string>("--backup") { Description = "A backup instead of a data folder: each of its files is compared with its hash.", HelpName = "FILE" };
        var json = SharedOptions.Json();
        var command = new Command("verify", "Read every stored block and compare it with its checksum. Changes nothing.") { data, backup, json };
        command.SetAction((parsed, stop) => Task.FromResult(Run(parsed.GetValue(data), parsed.GetValue(backup), parsed.GetValue(json), stop)));
        return command;
    }

    private static int Run(string? data, string? backup, bool asJson, CancellationToken stop)
    {
        if (data is null == backup is null)
        {
            throw new ProblemException("XT383", "verify", "Give a data folder (--data DIR) or a backup (--backup FILE), and not both.");
        }

        if (backup is not null)
        {
            var list = Restore.Check(backup);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{backup}: {list.Files.Count:N0} files, all whole"));
            return CommandLine.Done;
        }

        var issues = new DataIssueLog();
        var result = StoreCheck.Run(data!, issues, null, stop);
        if (asJson)
        {
            using var writer = new Utf8JsonWriter(Console.OpenStandardOutput());
            writer.WriteStartObject();
            writer.WriteNumber("signal_days", result.SignalDays);
            writer.WriteNumber("events", result.Events);
            writer.WriteNumber("damaged", result.Damaged);
            writer.WriteNumber("missing_events", result.MissingEvents);
            writer.WriteEndObject();
        }
        else
        {
            IssueReport.Print(issues, Console.Out);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{result.Events:N0} events of {result.SignalDays:N0} signal-days read; {result.Damaged:N0} blocks or files damaged, {result.MissingEvents:N0} events missing"));
        }

        return result.IsWhole ? CommandLine.Done : CommandLine.DoneWithProblems;
    }
}
