using System.CommandLine;
using System.Globalization;
using Crosstown.Cli.Demo;
using Crosstown.Cli.Output;
using Crosstown.Core.Data;
using Crosstown.Server.Adaptive;
using Crosstown.Server.Hosting;
using Crosstown.Server.Retiming;
using Crosstown.Server.Towns;
using Microsoft.Extensions.DependencyInjection;

namespace Crosstown.Cli.Commands;

/// <summary><c>crosstown demo [--port 5311] [--seed 1] [--data DIR] [--report FILE]</c></summary>
internal static class DemoCommand
{
    private const string DefaultFolder = "demo-data";

    public static Command Create()
    {
        var port = new Option<int>("--port") { Description = "Where to listen on this machine alone; 0 takes any free port.", HelpName = "PORT", DefaultValueFactory = _ => 5311 };
        var seed = new Option<ulong>("--seed") { Description = "Another seed is another town; the same seed gives the same bytes.", HelpName = "NUMBER", DefaultValueFactory = _ => 1 };
        var data = new Option<string>("--data") { Description = "The data folder: empty, or an earlier demo's, which is replaced.", HelpName = "DIR", DefaultValueFactory = _ => DefaultFolder };
        var report = new Option<string>("--report") { Description = "Write a report of two days of eight signals to a file and end, instead of serving the live town.", HelpName = "FILE" };
        var web = ServeCommand.Web();
        var command = new Command("demo", "Run a made-up town of 24 signals, live, and serve its operations centre.") { port, seed, data, report, web };
        command.SetAction(async (parsed, stop) => parsed.GetValue(report) is { } file
            ? Report(new DemoRequest { Seed = parsed.GetValue(seed), Data = parsed.GetValue(data)!, Report = file }, TimeProvider.System)
            : await Serve(parsed.GetValue(seed), parsed.GetValue(data)!, parsed.GetValue(port), parsed.GetValue(web), stop));
        return command;
    }

    private static Task<int> Serve(ulong seed, string data, int port, string? web, CancellationToken stop)
    {
        DemoFolder.Prepare(data, seed);
        var town = TownFeed.CreateTown(seed, TimeProvider.System);
        TownFolder.Write(town, data);
        var settings = new ServerSettings
        {
            Data = Path.GetFullPath(data),
            Urls = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"),
            IsTown = true,
            WebRoot = web,
        };
        return ServeCommand.Run(settings, services => services.AddSingleton(town).AddSingleton<AdaptiveTown>().AddHostedService<TownFeed>().AddSingleton<IRetimingAudience>(new TownStory(town, Console.Out)), stop);
    }

    private static int Report(DemoRequest request, TimeProvider time)
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
