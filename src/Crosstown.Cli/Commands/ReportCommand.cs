using System.CommandLine;
using System.Globalization;
using Crosstown.Server.Measuring;
using Crosstown.Cli.Output;
using Crosstown.Cli.Report;
using Crosstown.Core.Data;
using Crosstown.Logs.Store;

namespace Crosstown.Cli.Commands;

/// <summary><c>crosstown report --data DIR --out FILE</c></summary>
internal static class ReportCommand
{
    public static Command Create()
    {
        var data = SharedOptions.Data(required: true);
        var signals = SharedOptions.Signals();
        var output = new Option<string>("--out") { Description = "The HTML file.", HelpName = "FILE", DefaultValueFactory = _ => "report.html" };
        var command = new Command("report", "Measure the data folder and write one HTML page with all charts.") { data, signals, output };
        command.SetAction(parsed => Run(parsed.GetValue(data)!, parsed.GetValue(signals) ?? [], parsed.GetValue(output)!));
        return command;
    }

    private static int Run(string data, string[] signals, string output)
    {
        var issues = new DataIssueLog();
        var store = EventStore.Open(data, issues);
        var result = ReportRun.Run(
            store, SignalConfigurations.Open(data, signals, issues), "Signal performance report", string.Create(CultureInfo.InvariantCulture, $"{store.ListSignals().Count} signals"), output, issues);
        IssueReport.Print(issues, Console.Error);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{output}: {result.EventCount:N0} events, {result.ByteCount:N0} bytes"));
        return issues.Count == 0 ? CommandLine.Done : CommandLine.DoneWithProblems;
    }
}
