using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Crosstown.Cli.Output;
using Crosstown.Core.Controllers;
using Crosstown.Core.Data;
using Crosstown.Core.Privacy;
using Crosstown.Logs.Store;
using Crosstown.Timing.Evaluation;
using Crosstown.Timing.Guard;
using Crosstown.Timing.Optimization;
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

    public int? CycleS { get; init; }

    public string Objective { get; init; } = "balanced";

    /// <summary>Words, each alone or several with commas.</summary>
    public string[] Keep { get; init; } = [];

    public int? WithinS { get; init; }

    /// <summary>Words, each alone or several with commas.</summary>
    public string[] Accept { get; init; } = [];

    public string Reason { get; init; } = "";

    /// <summary>End of the search; null for as long as it takes.</summary>
    public double? Seconds { get; init; }

    public ulong Seed { get; init; } = 1;

    public bool AsJson { get; init; }
}

/// <summary>Retimes the signals of a UTDF file: plans that the guard passed, as sheets, objects, JSON and the file itself; and who was left out, with every reason.</summary>
internal static class RetimeUtdf
{
    /// <summary>Number of the pattern that a UTDF file holds.</summary>
    private const byte Pattern = 1;

    private const int LongestReason = 200;

    private static readonly (string Word, NoteKind Kind)[] s_accepted =
    [
        ("near-capacity", NoteKind.NearCapacity), ("storage", NoteKind.QueueBeyondStorage), ("less-than-today", NoteKind.LessThanToday),
        ("pedestrians-by-override", NoteKind.PedestriansByOverride),
    ];

    /// <exception cref="ProblemException">A file cannot be read, or an option cannot be used.</exception>
    public static int Run(RetimeUtdfRequest request, CancellationToken cancel)
    {
        var options = OptionsOf(request);
        var name = Path.GetFileName(request.File);
        if (Path.GetFullPath(Path.Combine(request.Output, name)) == Path.GetFullPath(request.File))
        {
            throw new ProblemException("XT675", "--out", $"{name} lies in this folder and would be written over: give another folder.");
        }

        var issues = new DataIssueLog();
        var document = Open(request.File, issues);
        var periods = request.Counts.SelectMany(c => UtdfCounts.Read(Open(c, issues), issues)).ToImmutableArray();
        var network = UtdfNetwork.Read(document, new UtdfNetworkOptions { Counts = periods }, issues);
        var facts = UtdfFacts.Read(document, network, request.Facts is { } path ? ReadFacts(path) : [], issues);

        var result = Search(network, facts, options, request, cancel);
        cancel.ThrowIfCancellationRequested();
        var report = new RetimeUtdfReport(name, network, facts, result, options.Accepted);
        var files = new List<(string Name, byte[] Bytes)> { ("assumptions.csv", Bytes(report.WriteAssumptions)), ("left-out.csv", Bytes(report.WriteLeftOut)) };
        if (result.Approval is { } approval)
        {
            var details = report.DetailsOf(DateOnly.FromDateTime(TimeProvider.System.GetLocalNow().DateTime));
            var written = UtdfPlans.Write(document, network, approval, Pattern);
            files.Add(("plans.json", Bytes(stream => PlanFile.Write(stream, approval, details))));
            files.Add(("sheets.html", Bytes(writer => TimingSheet.Write(writer, approval, details))));
            files.Add(("patterns.csv", Bytes(writer => PatternTable.Write(writer, approval, details))));
            files.Add(("before-after.csv", Bytes(report.WriteBeforeAfter)));
            files.Add((name, Bytes(written.Write)));
        }

        // Everything is made before anything is written.
        foreach (var (file, bytes) in files)
        {
            WholeFile.Write(Path.Combine(request.Output, file), bytes);
        }

        if (request.AsJson)
        {
            using var standard = Console.OpenStandardOutput();
            report.WriteSummary(standard, request.Seed, issues.Count, [.. files.Select(f => f.Name)]);
        }
        else
        {
            report.Print(Console.Out);
            IssueReport.Print(issues, Console.Out);
            Console.WriteLine($"Written to {request.Output}: {string.Join(", ", files.Select(f => f.Name))}");
        }

        return issues.Count > 0 || !result.Refused.IsEmpty || result.Approval is null ? CommandLine.DoneWithProblems : CommandLine.Done;
    }

    /// <summary>The word by which a kind of note is accepted.</summary>
    internal static string WordOf(NoteKind kind) => s_accepted.First(a => a.Kind == kind).Word;

    /// <exception cref="ProblemException">XT674: options that cannot be used, all of them.</exception>
    internal static GuardedRetimingOptions OptionsOf(RetimeUtdfRequest request)
    {
        var problems = new List<Problem>();
        void Refuse(string option, string what) => problems.Add(new Problem("XT674", option, what));
        string[] Words(string option, string[] given, string[] known)
        {
            var words = given.SelectMany(g => g.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).Distinct().ToArray();
            foreach (var word in words.Except(known))
            {
                Refuse(option, $"'{word}' is none of {string.Join(", ", known)}.");
            }

            return words;
        }

        var keep = Words("--keep", request.Keep, ["cycle", "splits", "sequence", "offsets"]);
        var accept = Words("--accept", request.Accept, [.. s_accepted.Select(a => a.Word)]);
        var objective = request.Objective switch
        {
            "balanced" => new TimingObjective(),
            "delay" => new TimingObjective { StopPenaltyS = 0 },
            "stops" => new TimingObjective { StopPenaltyS = 60 },
            "pedestrians" => new TimingObjective { PedestrianWeight = 1 },
            "worst" => new TimingObjective { WorstShare = 1 },
            _ => null,
        };
        if (objective is null)
        {
            Refuse("--objective", $"'{request.Objective}' is none of balanced, delay, stops, pedestrians, worst.");
        }

        if (request.CycleS is not (null or (>= 30 and <= 255)))
        {
            Refuse("--cycle", $"{request.CycleS} is no cycle: give 30 to 255 whole seconds.");
        }

        if (request.CycleS is not null && (keep.Contains("cycle") || keep.Contains("splits") || request.WithinS is not null))
        {
            Refuse("--cycle", "Another cycle cannot go with --keep cycle, --keep splits or --within.");
        }

        if (request.WithinS is not (null or (>= 0 and <= 255)))
        {
            Refuse("--within", $"{request.WithinS} is no bound: give 0 to 255 whole seconds.");
        }

        if (accept.Length > 0 && string.IsNullOrWhiteSpace(request.Reason))
        {
            Refuse("--reason", "Say why it is accepted: the reason stands on the sheets.");
        }

        if (request.Reason.Length > LongestReason || ValueShapes.Find(request.Reason) is not null)
        {
            Refuse("--reason", $"A reason has at most {LongestReason} characters and speaks of the street: no address or number of a person or vehicle.");
        }

        return problems.Count > 0
            ? throw new ProblemException(problems)
            : new GuardedRetimingOptions
            {
                CycleS = request.CycleS,
                Reason = request.Reason.Trim(),
                Accepted = [.. s_accepted.Where(a => accept.Contains(a.Word)).Select(a => a.Kind)],
                Optimizer = new OptimizerOptions
                {
                    Objective = objective!,
                    ChangesCycle = !keep.Contains("cycle") && request.WithinS is null,
                    ChangesSplits = !keep.Contains("splits"),
                    ChangesSequence = !keep.Contains("sequence"),
                    ChangesOffsets = !keep.Contains("offsets"),
                    KeepsPedestrianMinimums = !accept.Contains("pedestrians-by-override"),
                    MaxOffsetChangeS = request.WithinS,
                    MaxSplitChangeS = request.WithinS,
                    Seed = request.Seed,
                },
            };
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
                progress.Begin(search);
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
        using var stream = OpenFile(path);
        return UtdfDocument.Read(stream, Path.GetFileName(path), issues);
    }

    private static ImmutableArray<MeasuredFacts> ReadFacts(string path)
    {
        using var stream = OpenFile(path);
        return FactsFile.Read(stream, Path.GetFileName(path));
    }

    private static FileStream OpenFile(string path) => File.Exists(path) ? File.OpenRead(path) : throw new ProblemException("XT102", path, "There is no such file.");

    private static byte[] Bytes(Action<Stream> write)
    {
        using var stream = new MemoryStream();
        write(stream);
        return stream.ToArray();
    }

    private static byte[] Bytes(Action<TextWriter> write)
    {
        using var writer = new StringWriter(CultureInfo.InvariantCulture);
        write(writer);
        return Encoding.UTF8.GetBytes(writer.ToString());
    }

    /// <summary>One line that changes on a terminal, and a line for each fifth elsewhere.</summary>
    private sealed class ProgressLines(TextWriter output, bool isRedirected) : IProgress<OptimizerProgress>
    {
        private readonly Lock _lock = new();
        private int _search;
        private int _shown = -1;

        public void Begin(int search)
        {
            lock (_lock)
            {
                (_search, _shown) = (search, -1);
            }
        }

        public void Report(OptimizerProgress value)
        {
            lock (_lock)
            {
                var percent = (int)(Math.Clamp(value.DoneShare, 0, 1) * 100);
                if (percent <= _shown || (isRedirected && percent / 20 == _shown / 20 && _shown >= 0))
                {
                    return;
                }

                _shown = percent;
                var index = value.BestIndex is { } best ? string.Create(CultureInfo.InvariantCulture, $", index {best:0.0}") : "";
                var text = string.Create(CultureInfo.InvariantCulture, $"search {_search}: {percent,3} %{index}, {value.Stage}");
                output.Write(isRedirected ? text + Environment.NewLine : $"\r{text,-100}");
            }
        }

        public void End()
        {
            if (!isRedirected && _shown >= 0)
            {
                output.WriteLine();
            }
        }
    }
}
