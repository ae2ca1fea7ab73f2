using System.CommandLine;
using System.Globalization;
using Crosstown.Server.Measuring;
using Crosstown.Cli.Output;
using Crosstown.Core.Data;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Logs.Store;
using Crosstown.Measures;
using Crosstown.Measures.Composed;
using Crosstown.Measures.Options;

namespace Crosstown.Cli.Commands;

/// <summary><c>crosstown export --data DIR --what events|measures|config --format F --out FILE</c></summary>
internal static class ExportCommand
{
    public static Command Create()
    {
        var data = SharedOptions.Data(required: true);
        var what = new Option<string>("--what") { Description = "events, measures or config.", HelpName = "NAME", Required = true };
        var format = SharedOptions.Format();
        var local = new Option<bool>("--local") { Description = "Times on the signal's wall clock instead of UTC." };
        var output = new Option<string>("--out") { Description = "The file for events; the folder for measures and config.", HelpName = "PATH", Required = true };
        var signals = new Option<string[]>("--signal") { Description = "Only these signals.", HelpName = "ID", AllowMultipleArgumentsPerToken = true };
        var from = new Option<string>("--from") { Description = "First moment wanted, with an offset or in UTC.", HelpName = "TIME" };
        var to = new Option<string>("--to") { Description = "First moment not wanted any more.", HelpName = "TIME" };
        var command = new Command("export", "Write what the data folder holds into open formats.") { data, what, format, local, output, signals, from, to };
        command.SetAction(parsed =>
        {
            var ids = parsed.GetValue(signals)?.Select(s => SharedOptions.ParseSignal(s)!.Value).ToArray() ?? [];
            return Run(
                parsed.GetValue(data)!, parsed.GetValue(what)!, SharedOptions.ParseFormat(parsed.GetValue(format)!),
                parsed.GetValue(local) ? TimeStyle.Local : TimeStyle.Utc, parsed.GetValue(output)!, ids,
                LocalTime.Parse(parsed.GetValue(from), "--from"), LocalTime.Parse(parsed.GetValue(to), "--to"));
        });
        return command;
    }

    private static int Run(string data, string what, TableFormat format, TimeStyle times, string output, SignalId[] signals, LocalTime? from, LocalTime? to)
    {
        var issues = new DataIssueLog();
        var store = EventStore.Open(data, issues);
        var code = what switch
        {
            "events" => EventExportVerb.Run(
                new StoredEvents(store, issues), signals.Length == 0 ? null : signals,
                new TimeRange(from?.ToUtcMs(LocalTimeMap.Utc) ?? long.MinValue / 2, to?.ToUtcMs(LocalTimeMap.Utc) ?? long.MaxValue / 2),
                format, times, output, Console.Out, Console.Error, CancellationToken.None),
            "measures" => ExportMeasures(store, data, format, times, output, signals, from, to, issues),
            "config" => ExportConfiguration(data, output, signals, issues),
            _ => throw new ProblemException("XT129", "--what", $"'{what}' cannot be exported; there are events, measures and config."),
        };
        IssueReport.Print(issues, Console.Error);
        return code == CommandLine.Done && issues.Count > 0 ? CommandLine.DoneWithProblems : code;
    }

    private static int ExportMeasures(
        EventStore store, string data, TableFormat format, TimeStyle times, string output, SignalId[] signals, LocalTime? from, LocalTime? to, DataIssueLog issues)
    {
        var request = new MeasureRequest
        {
            Selection = MeasureSelection.Of(MeasureCatalog.All.Select(m => m.Name)),
            Options = new MeasureOptions(),
            From = from,
            To = to,
            Signals = signals.Length == 0 ? null : [.. signals.Order()],
        };
        using var tables = new TableOutput(output, format, times, request.Selection.TablesIn(request.Options.Set));
        MeasureRun.Run(new StoredEvents(store, issues), SignalConfigurations.Open(data, [], issues), request, tables, issues);
        tables.Complete();
        foreach (var (path, rows) in tables.ListFiles())
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{path}: {rows:N0} rows"));
        }

        return CommandLine.Done;
    }

    private static int ExportConfiguration(string data, string output, SignalId[] signals, DataIssueLog issues)
    {
        var chosen = SignalConfigurations.Open(data, [], issues).ListAll().Where(c => signals.Length == 0 || signals.Contains(c.Signal)).ToArray();
        SignalFileOutput.WriteEach(chosen, output);
        Console.WriteLine($"{chosen.Length} signal files written to {output}");
        return CommandLine.Done;
    }
}
