using System.CommandLine;
using System.Globalization;
using System.Text;
using Crosstown.Cli.Output;
using Crosstown.Cli.Report.Data;
using Crosstown.Cli.Report.Page;
using Crosstown.Core.Data;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Logs.Store;
using Crosstown.Measures;
using Crosstown.Measures.Composed;
using Crosstown.Measures.Options;
using Crosstown.Server.Measuring;
using Crosstown.Server.Retiming;
using Crosstown.Timing.Retiming;

namespace Crosstown.Cli.Commands;

/// <summary><c>crosstown watch --data DIR [--out DIR] [--nightly]</c>: what is worth a look, and how far today's timing is from the best plan that is known.</summary>
internal static class WatchCommand
{
    private const int ShownRows = 5;
    private const long DayMs = 86_400_000;

    public static Command Create()
    {
        var data = SharedOptions.Data(required: true);
        var output = new Option<string>("--out") { Description = "A folder for the findings and losses as tables; nightly, one folder a day in it.", HelpName = "DIR" };
        var nightly = new Option<bool>("--nightly") { Description = "Stay, and look again every night." };
        var at = new Option<string>("--at") { Description = "With --nightly: the hour, on this machine's clock.", HelpName = "HH:MM", DefaultValueFactory = _ => "03:00" };
        var command = new Command("watch", "Look for what is broken or badly timed: findings with their evidence, and what each corridor loses by today's timing.") { data, output, nightly, at };
        command.SetAction(async (parsed, cancel) =>
        {
            var folder = parsed.GetValue(data)!;
            if (!parsed.GetValue(nightly))
            {
                return Look(folder, parsed.GetValue(output), TimeProvider.System, cancel);
            }

            if (!TimeOnly.TryParseExact(parsed.GetValue(at), "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var hour))
            {
                throw new ProblemException("XT674", "--at", $"'{parsed.GetValue(at)}' is no time of day; write it as 03:00.");
            }

            var time = TimeProvider.System;
            while (true)
            {
                var now = time.GetLocalNow().DateTime;
                var next = now.Date.Add(hour.ToTimeSpan());
                await Task.Delay((next > now ? next : next.AddDays(1)) - now, time, cancel).ConfigureAwait(false);
                var night = parsed.GetValue(output) is { } root ? Path.Combine(root, time.GetLocalNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)) : null;
                Look(folder, night, time, cancel);
            }
        });
        return command;
    }

    private static int Look(string data, string? output, TimeProvider time, CancellationToken cancel)
    {
        var issues = new DataIssueLog();
        var store = EventStore.Open(data, issues);
        var configurations = SignalConfigurations.Open(data, [], issues);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{time.GetLocalNow():yyyy-MM-dd HH:mm}  {store.ListSignals().Count} signals"));
        var files = new List<(string Name, string Text)>();
        foreach (var list in FindingLists.All(FindingsOf(store, configurations, issues)))
        {
            Print(list);
            files.Add(($"{list.Title.ToLowerInvariant().Replace(' ', '-')}.csv", CsvOf(list)));
        }

        var answer = RetimingRun.Run(
            new StoredEvents(store, issues), configurations,
            new RetimingRequest { Corridors = Corridors.ListAll(data, null, issues), Facts = RetimingRun.ReadFacts(data) }, null, (_, _) => cancel, cancel);
        PrintLosses(answer.Result);
        files.Add(("losses.csv", Written(w => PlanDocuments.WriteLosses(w, answer.Result))));
        if (output is not null)
        {
            files.ForEach(f => WholeFile.Write(Path.Combine(output, f.Name), Encoding.UTF8.GetBytes(f.Text)));
        }

        IssueReport.Print(issues, Console.Out);
        return issues.Count == 0 ? CommandLine.Done : CommandLine.DoneWithProblems;
    }

    /// <summary>What the last local day with a log says.</summary>
    private static Findings FindingsOf(EventStore store, SignalConfigurations configurations, DataIssueLog issues)
    {
        var events = new StoredEvents(store, issues);
        var options = new MeasureOptions();
        var findings = new Findings();
        var selection = MeasureSelection.Of(MeasureCatalog.All.Where(m => m.TablesIn(options.Set).Any(t => Findings.Tables.Contains(t.Name))).Select(m => m.Name));
        foreach (var signal in store.ListSignals())
        {
            if (store.FindRange(signal) is not { } all)
            {
                continue;
            }

            var clock = events.ClockOf(signal);
            var day = clock.BinAt(all.EndMs - 1, DayMs);
            var range = new TimeRange(Math.Max(all.StartMs, day.StartMs), Math.Min(all.EndMs, day.EndMs));
            var tables = new CollectedTables(Findings.Tables);
            LocalTime At(long ms) => new(DateTime.UnixEpoch.AddMilliseconds(ms), TimeSpan.Zero);
            MeasureRun.Run(events, configurations, new MeasureRequest { Selection = selection, Options = options, From = At(range.StartMs), To = At(range.EndMs), Signals = [signal] }, tables, issues);
            findings.Add(new SignalView(configurations.Find(signal, range.StartMs) ?? SignalConfiguration.Unknown(signal), clock, range, options.BinMs, tables));
        }

        return findings;
    }

    private static void Print(FindingList list)
    {
        Console.WriteLine();
        Console.WriteLine($"{list.Title}. {list.About}");
        if (list.Table.Rows.IsEmpty)
        {
            Console.WriteLine($"  {list.WhenEmpty}");
        }

        foreach (var row in list.Table.Rows.Take(ShownRows))
        {
            Console.WriteLine("  " + string.Join("; ", list.Table.Head.Zip(row, (head, cell) => $"{head} {cell}")));
        }

        if (list.Table.Rows.Length > ShownRows)
        {
            Console.WriteLine($"  and {list.Table.Rows.Length - ShownRows} more");
        }
    }

    private static void PrintLosses(LogRetimingResult result)
    {
        Console.WriteLine();
        Console.WriteLine("Timing. What today's plans cost beside the best that is known and that the guard passes, by the model.");
        foreach (var loss in result.Losses)
        {
            var place = loss.Corridor is null ? "All signals together" : $"{loss.Name} ({loss.Corridor})";
            Console.WriteLine(loss.Share is { } share
                ? string.Create(CultureInfo.InvariantCulture, $"  {place}, {loss.Period}: loses {100 * share:0} % ({loss.Today - loss.Best:0.0} of {loss.Today:0.0} vehicle hours per hour, stops counted; {100 * loss.Coverage:0} % of the time was seen)")
                : $"  {place}, {loss.Period}: no traffic was seen");
        }
    }

    private static string CsvOf(FindingList list) => Written(w =>
    {
        foreach (var row in list.Table.Rows.Prepend(list.Table.Head))
        {
            w.Write(string.Join(',', row.Select(CellText.QuoteForCsv)) + "\n");
        }
    });

    private static string Written(Action<TextWriter> write)
    {
        using var writer = new StringWriter(CultureInfo.InvariantCulture);
        write(writer);
        return writer.ToString();
    }
}
