using System.Collections.Immutable;
using System.Diagnostics;
using System.Text;
using Crosstown.Cli.Output;
using Crosstown.Core.Data;
using Crosstown.Core.Street;
using Crosstown.Logs.Store;
using Crosstown.Server.Imports;
using Crosstown.Server.Measuring;
using Crosstown.Server.Retiming;
using Crosstown.Timing.Demand;
using Crosstown.Timing.Model;
using Crosstown.Timing.Proof;
using Crosstown.Timing.Retiming;
using Crosstown.Timing.Sheets;
using Crosstown.Timing.Utdf;

namespace Crosstown.Cli.Commands.Retime;

/// <summary>What is asked of a retiming from logs.</summary>
/// <param name="Paths">Logs; empty with a data folder.</param>
/// <param name="Data">The data folder; null with logs.</param>
/// <param name="Output">The folder for the results.</param>
internal sealed record RetimeLogsRequest(string[] Paths, string? Data, string Output)
{
    public string? Zone { get; init; }

    public SignalId? Signal { get; init; }

    public string[] Configurations { get; init; } = [];

    public string? City { get; init; }

    public string? Corridor { get; init; }

    public LocalTime? From { get; init; }

    public LocalTime? To { get; init; }

    /// <summary>Words, each alone or several with commas.</summary>
    public string[] Parts { get; init; } = [];

    public string Periods { get; init; } = "traffic";

    public string Intervals { get; init; } = "cabinet";

    public string? Facts { get; init; }

    public RetimeChoices Choices { get; init; } = new();

    public ProofChoices Proof { get; init; } = new();

    /// <summary>End of the search; null for as long as it takes.</summary>
    public double? Seconds { get; init; }

    public bool AsJson { get; init; }
}

/// <summary>Retimes signals from their logs: plans for each period that the guard passed, as sheets, objects and JSON; what the logs told, what they lack, and who was left out.</summary>
internal static class RetimeLogs
{
    private static readonly (string Word, DayPart? Part)[] s_parts = [("am", DayPart.Morning), ("midday", DayPart.Midday), ("pm", DayPart.Evening), ("night", DayPart.Night), ("all", null)];

    /// <exception cref="ProblemException">Logs or a file cannot be read, an option cannot be used, or there is nothing to time.</exception>
    public static int Run(RetimeLogsRequest request, CancellationToken cancel)
    {
        var options = OptionsOf(request);
        var judges = request.Proof.ToJudges();
        var issues = new DataIssueLog();
        using var scratch = request.Paths.Length > 0 ? PassingFolder.Create() : null;
        var configurations = SignalConfigurations.Open(request.Data, request.Configurations, issues, request.Signal);
        var store = EventStore.Open(scratch?.Path ?? request.Data!, issues);
        if (request.Paths.Length > 0)
        {
            ImportRun.Run(store, request.Paths, request.Zone, request.Signal, id => configurations.Find(id)?.Zone, issues);
        }

        var corridors = Corridors.ListAll(request.Data, request.City, issues);
        var chosen = Corridors.Find(request.Data, request.City, request.Corridor, issues);
        var answer = Search(store, configurations, new RetimingRequest
        {
            From = request.From,
            To = request.To,
            Signals = chosen is null ? null : [.. chosen.Signals.Select(s => s.Signal)],
            Corridors = chosen is null ? corridors : [chosen],
            Facts = request.Facts is { } file ? RetimeFiles.ReadFacts(file) : RetimingRun.ReadFacts(request.Data),
            Options = options,
        }, request, issues, cancel);

        var judged = Judge(answer.Result, judges, request, cancel);
        var report = new RetimeLogsReport(answer, judged);
        var files = Make(answer, chosen is null ? corridors : [chosen], report, judged);
        RetimeFiles.Write(request.Output, files);

        if (request.AsJson)
        {
            using var standard = Console.OpenStandardOutput();
            report.WriteSummary(standard, request.Choices.Seed, issues.Count, [.. files.Select(f => f.Name)]);
        }
        else
        {
            report.Print(Console.Out);
            IssueReport.Print(issues, Console.Out);
            Console.WriteLine($"Written to {request.Output}: {string.Join(", ", files.Select(f => f.Name))}");
        }

        return issues.Count > 0 || answer.Result.Approval is null || report.RefusedCount > 0 ? CommandLine.DoneWithProblems : CommandLine.Done;
    }

    /// <summary>What simulators say of each period that changes, by its name; the model stands beside them.</summary>
    private static Dictionary<string, JudgedPlans> Judge(LogRetimingResult result, ProofJudges judges, RetimeLogsRequest request, CancellationToken cancel)
    {
        var judged = new Dictionary<string, JudgedPlans>(StringComparer.Ordinal);
        foreach (var (study, _, found) in judges == ProofJudges.Model ? [] : result.Periods)
        {
            if (found?.Approval is not null)
            {
                var today = new NetworkPlan { Patterns = [.. study.Network.Signals.Select(s => s.Today)] };
                judged[study.Name] = PlanProof.Run(
                    new PlanProofRequest(study.Network, today, found.Network, found.Plan) { Judges = judges, Seeds = request.Proof.Seeds, Seed = request.Choices.Seed, Progress = new ProofLine(Console.Error) }, cancel);
                cancel.ThrowIfCancellationRequested();
            }
        }

        return judged;
    }

    /// <summary>Everything is made before anything is written.</summary>
    private static List<(string Name, byte[] Bytes)> Make(RetimingAnswer answer, IReadOnlyList<Corridor> corridors, RetimeLogsReport report, Dictionary<string, JudgedPlans> judged)
    {
        var result = answer.Result;
        var files = new List<(string Name, byte[] Bytes)>
        {
            ("figures.csv", RetimeFiles.Bytes((TextWriter w) => PlanDocuments.WriteFigures(w, result.Study))),
            ("lacks.csv", RetimeFiles.Bytes((TextWriter w) => PlanDocuments.WriteLacks(w, result.Study))),
            ("assumptions.csv", RetimeFiles.Bytes((TextWriter w) => PlanDocuments.WriteAssumptions(w, result))),
            ("left-out.csv", RetimeFiles.Bytes((TextWriter w) => PlanDocuments.WriteLeftOut(w, result))),
            ("links.csv", RetimeFiles.Bytes((TextWriter w) => PlanDocuments.WriteLinks(w, result))),
            ("losses.csv", RetimeFiles.Bytes((TextWriter w) => PlanDocuments.WriteLosses(w, result))),
            ("before-after.csv", RetimeFiles.Bytes((TextWriter w) => PlanDocuments.WriteBeforeAfter(w, result, judged))),
        };
        if (result.Approval is { } approval)
        {
            var details = PlanDocuments.SheetsOf(result, DateOnly.FromDateTime(TimeProvider.System.GetLocalNow().DateTime), report.Source, judged);
            files.Add(("plans.json", RetimeFiles.Bytes((Stream stream) => PlanFile.Write(stream, approval, details))));
            files.Add(("sheets.html", RetimeFiles.Bytes((TextWriter w) => TimingSheet.Write(w, approval, details))));
            files.Add(("patterns.csv", RetimeFiles.Bytes((TextWriter w) => PatternTable.Write(w, approval, details))));
        }

        foreach (var period in result.Periods.Where(p => p.Result?.Approval is not null))
        {
            var text = RetimeFiles.Bytes((TextWriter w) => UtdfDraft.Write(w, period.Result!.Network, period.Result.Plan));
            if (text.Length > 0)
            {
                files.Add(($"utdf/{FileNameOf(period)}.csv", text));
            }
        }

        foreach (var corridor in corridors)
        {
            foreach (var period in result.Periods.Where(p => p.Result is not null))
            {
                foreach (var isAfter in new[] { false, true })
                {
                    if (PlanDocuments.DrawingOf(period, corridor, isAfter) is { } drawing)
                    {
                        files.Add(($"time-space/{corridor.Id}-{FileNameOf(period)}-{(isAfter ? "plan" : "today")}.svg", Encoding.UTF8.GetBytes(drawing)));
                    }
                }
            }
        }

        return files;
    }

    private static string FileNameOf(RetimedPeriod period) => period.Study.Name.Replace(':', '.').Replace(' ', '-');

    /// <exception cref="ProblemException">XT674: options that cannot be used, all of them.</exception>
    private static LogRetimingOptions OptionsOf(RetimeLogsRequest request)
    {
        var problems = new List<Problem>();
        var words = request.Parts.SelectMany(g => g.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).Distinct().ToArray();
        problems.AddRange(words.Where(w => !Array.Exists(s_parts, p => p.Word == w)).Select(w => new Problem("XT674", "--for", $"'{w}' is none of {string.Join(", ", s_parts.Select(p => p.Word))}.")));
        if (request.Periods is not ("traffic" or "today"))
        {
            problems.Add(new Problem("XT674", "--periods", $"'{request.Periods}' is none of traffic, today."));
        }

        if (request.Intervals is not ("cabinet" or "street"))
        {
            problems.Add(new Problem("XT674", "--intervals", $"'{request.Intervals}' is none of cabinet, street."));
        }

        if (problems.Count > 0)
        {
            throw new ProblemException(problems);
        }

        return new LogRetimingOptions
        {
            Study = new StudyOptions { Periods = request.Periods == "today" ? PeriodRule.PlansOfToday : PeriodRule.Traffic },
            Retiming = request.Choices.ToOptions(),
            ForBands = request.Choices.ForBands,
            TrustsIntervals = request.Intervals == "cabinet",
            Parts = words.Contains("all") ? [] : [.. s_parts.Where(p => words.Contains(p.Word)).Select(p => p.Part!.Value)],
        };
    }

    private static RetimingAnswer Search(
        EventStore store, SignalConfigurations configurations, RetimingRequest asked, RetimeLogsRequest request, DataIssueLog issues, CancellationToken cancel)
    {
        var clock = Stopwatch.StartNew();
        var ends = new List<CancellationTokenSource>();
        var lines = new ProgressLines(Console.Error, Console.IsErrorRedirected);
        try
        {
            return RetimingRun.Run(new StoredEvents(store, issues), configurations, asked, new Lines(lines), EndOf, cancel);
        }
        finally
        {
            lines.End();
            ends.ForEach(e => e.Dispose());
        }

        // What is left is shared by the periods that are left; half of a period's part, as a refusal asks for one more search.
        CancellationToken EndOf(int done, int periods)
        {
            var end = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            ends.Add(end);
            if (request.Seconds is { } seconds)
            {
                end.CancelAfter(TimeSpan.FromSeconds(Math.Max(0, seconds - clock.Elapsed.TotalSeconds) / (periods - done) / 2));
            }

            return end.Token;
        }
    }

    private sealed class Lines(ProgressLines lines) : IProgress<LogRetimingProgress>
    {
        public void Report(LogRetimingProgress value)
        {
            lines.Begin(value.Period);
            lines.Report(value.Search);
        }
    }
}
