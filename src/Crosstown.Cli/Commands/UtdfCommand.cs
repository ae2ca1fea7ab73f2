using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Crosstown.Cli.Output;
using Crosstown.Core.Data;
using Crosstown.Logs.Store;
using Crosstown.Timing.Utdf;

namespace Crosstown.Cli.Commands;

/// <summary><c>crosstown utdf read FILE</c> says what a UTDF file holds; <c>crosstown utdf write FILE --out FILE</c> writes it again, byte for byte.</summary>
internal static class UtdfCommand
{
    public static Command Create() => new("utdf", "UTDF files: the exchange format of signal timing.") { ReadFile(), WriteFile() };

    private static Argument<string> Input() => new("FILE") { Description = "A UTDF file: combined format, timing plans or turning movement counts." };

    private static Command ReadFile()
    {
        var (file, json) = (Input(), SharedOptions.Json());
        var command = new Command("read", "Say what the file holds, and what is wrong with it.") { file, json };
        command.SetAction(parsed =>
        {
            var issues = new DataIssueLog();
            var document = Open(parsed.GetValue(file)!, issues);
            var network = document.Named("Timeplans").Any() && document.Named("Phases").Any() ? UtdfNetwork.Read(document, new UtdfNetworkOptions(), issues) : null;
            var counts = document.Sections.Any(s => s.FindColumn("DATE") is not null && s.FindColumn("TIME") is not null) ? UtdfCounts.Read(document, issues) : [];
            if (parsed.GetValue(json))
            {
                WriteSummary(document, network, counts, issues);
            }
            else
            {
                PrintSummary(document, network, counts);
                IssueReport.Print(issues, Console.Out);
            }

            return issues.Count > 0 ? CommandLine.DoneWithProblems : CommandLine.Done;
        });
        return command;
    }

    private static Command WriteFile()
    {
        var file = Input();
        var output = new Option<string>("--out") { Description = "Where the file is written.", HelpName = "FILE", Required = true };
        var command = new Command("write", "Read the file and write it again: the same bytes, whatever its quirks.") { file, output };
        command.SetAction(parsed =>
        {
            var issues = new DataIssueLog();
            var document = Open(parsed.GetValue(file)!, issues);
            using var bytes = new MemoryStream();
            document.Write(bytes);
            WholeFile.Write(parsed.GetValue(output)!, bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
            IssueReport.Print(issues, Console.Out);
            return issues.Count > 0 ? CommandLine.DoneWithProblems : CommandLine.Done;
        });
        return command;
    }

    /// <exception cref="ProblemException">There is no such file, or it is no UTDF file.</exception>
    private static UtdfDocument Open(string path, DataIssueLog issues)
    {
        if (!File.Exists(path))
        {
            throw new ProblemException("XT102", path, "There is no such file.");
        }

        using var stream = File.OpenRead(path);
        return UtdfDocument.Read(stream, Path.GetFileName(path), issues);
    }

    private static void PrintSummary(UtdfDocument document, UtdfNetwork? network, IReadOnlyCollection<UtdfCountPeriod> counts)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{document.Name}: {document.LineCount:N0} lines, {document.Sections.Length} sections"));
        foreach (var section in document.Sections)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  [{section.Name}] {section.Rows.Length:N0} rows, {section.Columns.Length} columns"));
        }

        if (network is not null)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{network.Signals.Length:N0} signals, {network.Network.Groups.Length:N0} lane groups, {network.Network.Groups.Sum(g => g.Feeders.Length):N0} ways from one to the next"));
            foreach (var cycle in network.Signals.GroupBy(s => s.CycleMs).OrderByDescending(g => g.Count()))
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  cycle {cycle.Key / 1000.0:0.#} s: {cycle.Count()} signals"));
            }
        }

        foreach (var period in counts)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  counts of {period.Title}: {period.VehPerHour.Count} intersections"));
        }
    }

    private static void WriteSummary(UtdfDocument document, UtdfNetwork? network, IReadOnlyCollection<UtdfCountPeriod> counts, DataIssueLog issues)
    {
        using var json = new Utf8JsonWriter(Console.OpenStandardOutput());
        json.WriteStartObject();
        json.WriteNumber("lines", document.LineCount);
        json.WriteStartObject("sections");
        foreach (var section in document.Sections.GroupBy(s => s.Name))
        {
            json.WriteNumber(section.Key, section.Sum(s => s.Rows.Length));
        }

        json.WriteEndObject();
        json.WriteNumber("signals", network?.Signals.Length ?? 0);
        json.WriteNumber("lane_groups", network?.Network.Groups.Length ?? 0);
        json.WriteNumber("count_periods", counts.Count);
        json.WriteNumber("issues", issues.Count);
        json.WriteEndObject();
    }
}
