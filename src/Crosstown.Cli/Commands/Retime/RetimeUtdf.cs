using System.Collections.Immutable;
using System.Diagnostics;
using Crosstown.Cli.Output;
using Crosstown.Core.Data;
using Crosstown.Server.Retiming;
using Crosstown.Timing.Guard;
using Crosstown.Timing.Optimization;
using Crosstown.Timing.Proof;
using Crosstown.Timing.Sheets;
using Crosstown.Timing.Utdf;

namespace Crosstown.Cli.Commands.Retime;

/// <summary>What is asked of a timing file's retiming.</summary>
/// <param name="File">A UTDF file in the combined format.</param>
/// <param name="Output">The folder for the results.</param>
internal sealed record RetimeUtdfRequest(string File, string Output)
{
    public string[] Counts { get; init; } = [];

    public string? Facts { get; init; }

    public RetimeChoices Choices { get; init; } = new();

    public ProofChoices Proof { get; init; } = new();

    /// <summary>End of the search; null for as long as it takes.</summary>
    public double? Seconds { get; init; }

    public bool AsJson { get; init; }
}

/// <summary>Retimes the signals of a UTDF file: plans that the guard passed, as sheets, objects, JSON and the file itself; and who was left out, with every reason.</summary>
internal static class RetimeUtdf
{
    /// <summary>Number of the pattern that a UTDF file holds.</summary>
    private const byte Pattern = 1;

    /// <exception cref="ProblemException">A file cannot be read, or an option cannot be used.</exception>
    public static int Run(RetimeUtdfRequest request, CancellationToken cancel)
    {
        var options = request.Choices.ToOptions();
        var judges = request.Proof.ToJudges();
        if (request.Choices.ForBands)
        {
            throw new ProblemException("XT674", "--objective", "A timing file names no corridors: bandwidth goes with logs and a city file. Use another objective here.");
        }

        var name = Path.GetFileName(request.File);
        if (Path.GetFullPath(Path.Combine(request.Output, name)) == Path.GetFullPath(request.File))
        {
            throw new ProblemException("XT675", "--out", $"{name} lies in this folder and would be written over: give another folder.");
        }

        var issues = new DataIssueLog();
        var document = Open(request.File, issues);
        var periods = request.Counts.SelectMany(c => UtdfCounts.Read(Open(c, issues), issues)).ToImmutableArray();
        var network = UtdfNetwork.Read(document, new UtdfNetworkOptions { Counts = periods }, issues);
        var facts = UtdfFacts.Read(document, network, request.Facts is { } path ? RetimeFiles.ReadFacts(path) : [], issues);

        var result = Search(network, facts, options, request, cancel);
        cancel.ThrowIfCancellationRequested();
        var judged = result.Approval is null || judges == ProofJudges.Model
            ? JudgedPlans.None
            : PlanProof.Run(
                new PlanProofRequest(network.Network, network.Today, result.Network, result.Plan) { Judges = judges, Seeds = request.Proof.Seeds, Seed = request.Choices.Seed, Progress = new ProofLine(Console.Error) },
                cancel);
        var report = new RetimeUtdfReport(name, network, facts, result, judged, options.Accepted);
        var files = new List<(string Name, byte[] Bytes)> { ("assumptions.csv", RetimeFiles.Bytes(report.WriteAssumptions)), ("left-out.csv", RetimeFiles.Bytes(report.WriteLeftOut)) };
        if (result.Approval is { } approval)
        {
            var details = report.DetailsOf(DateOnly.FromDateTime(TimeProvider.System.GetLocalNow().DateTime));
            var written = UtdfPlans.Write(document, network, approval, Pattern);
            files.Add(("plans.json", RetimeFiles.Bytes(stream => PlanFile.Write(stream, approval, details))));
            files.Add(("sheets.html", RetimeFiles.Bytes(writer => TimingSheet.Write(writer, approval, details))));
            files.Add(("patterns.csv", RetimeFiles.Bytes(writer => PatternTable.Write(writer, approval, details))));
            files.Add(("before-after.csv", RetimeFiles.Bytes(report.WriteBeforeAfter)));
            files.Add((name, RetimeFiles.Bytes(written.Write)));
        }

        // Everything is made before anything is written.
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

        return issues.Count > 0 || !result.Refused.IsEmpty || result.Approval is null ? CommandLine.DoneWithProblems : CommandLine.Done;
    }

    private static GuardedRetimingResult Search(UtdfNetwork network, UtdfFacts facts, GuardedRetimingOptions options, RetimeUtdfRequest request, CancellationToken cancel)
    {
        var clock = Stopwatch.StartNew();
        var ends = new List<CancellationTokenSource>();
        var progress = new ProgressLines(Console.Error, Console.IsErrorRedirected);
        try
        {
            return new GuardedRetiming(network.Network, facts.Facts, options, new PlanGuard()).Run(progress, search =>
            {
                cancel.ThrowIfCancellationRequested();
                progress.Begin($"search {search}");
                var end = CancellationTokenSource.CreateLinkedTokenSource(cancel);
                ends.Add(end);
                if (request.Seconds is { } seconds)
                {
                    // Half of what is left: a refusal asks for one more search.
                    var left = Math.Max(0, seconds - clock.Elapsed.TotalSeconds);
                    end.CancelAfter(TimeSpan.FromSeconds(search < options.Searches ? left / 2 : left));
                }

                return end.Token;
            });
        }
        finally
        {
            progress.End();
            ends.ForEach(e => e.Dispose());
        }
    }

    /// <exception cref="ProblemException">There is no such file, or it is no UTDF file.</exception>
    private static UtdfDocument Open(string path, DataIssueLog issues)
    {
        using var stream = RetimeFiles.Open(path);
        return UtdfDocument.Read(stream, Path.GetFileName(path), issues);
    }
}
