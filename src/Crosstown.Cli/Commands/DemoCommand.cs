using System.CommandLine;
using System.Globalization;
using Crosstown.Cli.Demo;
using Crosstown.Cli.Output;
using Crosstown.Core.Data;

namespace Crosstown.Cli.Commands;

/// <summary><c>crosstown demo [--seed 1] [--data DIR] [--out FILE]</c></summary>
internal static class DemoCommand
{
    private const string DefaultFolder = "demo-data";
    private const string ReportFile = "report.html";

    public static Command Create()
    {
        var seed = new Option<ulong>("--seed") { Description = "Another seed is another town; the same seed gives the same bytes.", HelpName = "NUMBER", DefaultValueFactory = _ => 1 };
        var data = new Option<string>("--data") { Description = "The data folder: empty, or an earlier demo's, which is replaced.", HelpName = "DIR", DefaultValueFactory = _ => DefaultFolder };
        var output = new Option<string>("--out") { Description = "The report; report.html in the data folder when not given.", HelpName = "FILE" };
        var command = new Command("demo", "Simulate a town of eight signals for two days, and do with its logs what you would do with yours.") { seed, data, output };
        command.SetAction(parsed => Run(
            new DemoRequest
            {
                Seed = parsed.GetValue(seed),
                Data = parsed.GetValue(data)!,
                Report = parsed.GetValue(output) ?? Path.Combine(parsed.GetValue(data)!, ReportFile),
            },
            TimeProvider.System));
        return command;
    }

    private static int Run(DemoRequest request, TimeProvider time)
    {
        var issues = new DataIssueLog();
        var started = time.GetTimestamp();
        var result = DemoRun.Run(request, issues, text => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{time.GetElapsedTime(started).TotalSeconds,5:0.0} s  {text}")));
        DemoSummary.Print(result, Console.Out, !Console.IsOutputRedirected);
        IssueReport.Print(issues, Console.Out);
        Console.WriteLine();
        Console.WriteLine($"Open the report: {Path.GetFullPath(request.Report)}");
        return CommandLine.Done;
    }
}
