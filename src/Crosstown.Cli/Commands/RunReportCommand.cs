using System.CommandLine;
using System.Globalization;
using Crosstown.Server.Measuring;
using Crosstown.Cli.Output;
using Crosstown.Core.Data;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Logs.Store;
using Crosstown.Logs.Zones;
using Crosstown.Measures.Composed.Reports;
using Crosstown.Measures.Options;

namespace Crosstown.Cli.Commands;

/// <summary><c>crosstown run-report DEFINITION --data DIR --out DIR</c>: runs a saved report.</summary>
internal static class RunReportCommand
{
    public static Command Create()
    {
        var definition = new Argument<string>("DEFINITION") { Description = "A saved report: its measures, signals or corridor, period and day types, as JSON." };
        var data = SharedOptions.Data(required: true);
        var city = new Option<string>("--city") { Description = "City file with corridors; without it, city.json in the data folder.", HelpName = "FILE" };
        var output = new Option<string>("--out") { Description = "Folder for one file per table.", HelpName = "DIR", Required = true };
        var format = SharedOptions.Format();
        var command = new Command("run-report", "Run a saved report.") { definition, data, city, output, format };
        command.SetAction(parsed => Run(
            parsed.GetValue(definition)!, parsed.GetValue(data)!, parsed.GetValue(city), parsed.GetValue(output)!, SharedOptions.ParseFormat(parsed.GetValue(format)!)));
        return command;
    }

    private static int Run(string file, string data, string? city, string output, TableFormat format)
    {
        if (!File.Exists(file))
        {
            throw new ProblemException("XT102", file, "There is no such file.");
        }

        var issues = new DataIssueLog();
        var store = EventStore.Open(data, issues);
        var configurations = SignalConfigurations.Open(data, [], issues);
        var report = new ReportRun(
            ReportDefinition.Read(File.ReadAllText(file), file), new MeasureOptions(),
            store.ListSignals().Select(s => configurations.Find(s) ?? Core.Street.SignalConfiguration.Unknown(s)).ToDictionary(c => c.Signal),
            Corridors.ListAll(data, city, issues));
        using var tables = new TableOutput(output, format, TimeStyle.Local, report.Tables);
        report.Run(
            signal => store.FindZone(signal) is { } zone ? ZoneRules.For(zone).Map : LocalTimeMap.Utc,
            (signal, range, show) =>
            {
                using var reader = store.OpenReader(signal, range, issues);
                while (reader.Next(out var block))
                {
                    show(block);
                }
            },
            tables,
            issues);
        tables.Complete();
        foreach (var (path, rows) in tables.ListFiles())
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{path}: {rows:N0} rows"));
        }

        IssueReport.Print(issues, Console.Out);
        return issues.Count == 0 ? CommandLine.Done : CommandLine.DoneWithProblems;
    }
}
