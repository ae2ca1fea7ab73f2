using System.Globalization;
using System.Text.Json;
using Crosstown.Core.Data;
using Crosstown.Server.Imports;

namespace Crosstown.Server.Operations;

/// <summary>Reads what an earlier program kept of an import's issues: <c>imports/20240513T150000000Z.ndjson</c>, a line for each count and each example.</summary>
internal static class EarlierIssues
{
    private const string NameFormat = "yyyyMMdd'T'HHmmssfff'Z'";

    /// <summary>The import as it is recorded now; null when the file's name is none of these. Lines that cannot be read are left out.</summary>
    public static ImportRecord? Read(string path)
    {
        if (!DateTimeOffset.TryParseExact(Path.GetFileNameWithoutExtension(path), NameFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at))
        {
            return null;
        }

        var examples = new List<DataIssue>();
        var counts = new Dictionary<(DataIssueKind Kind, string Source), long>();
        foreach (var line in File.ReadLines(path))
        {
            ReadLine(line, examples, counts);
        }

        var issues = new DataIssueLog();
        foreach (var issue in examples)
        {
            issues.Add(issue.Kind, issue.Source, issue.Position, issue.Value, issue.Assumed);
        }

        foreach (var ((kind, source), count) in counts)
        {
            var known = examples.Count(e => e.Kind == kind && e.Source == source);
            issues.AddMany(count - known, kind, source, 0, "", "counted by an earlier program");
        }

        var timeMs = at.ToUnixTimeMilliseconds();
        return new ImportRecord { Door = ImportDoor.CommandLine, StartedMs = timeMs, EndedMs = timeMs, Files = [], EventsAdded = 0, Duplicates = 0, Issues = issues };
    }

    private static void ReadLine(string line, List<DataIssue> examples, Dictionary<(DataIssueKind Kind, string Source), long> counts)
    {
        try
        {
            using var json = JsonDocument.Parse(line, new JsonDocumentOptions { MaxDepth = 4 });
            var root = json.RootElement;
            if (!Enum.TryParse<DataIssueKind>(root.GetProperty("kind").GetString(), out var kind))
            {
                return;
            }

            var source = root.GetProperty("source").GetString() ?? "";
            if (root.TryGetProperty("count", out var count))
            {
                counts[(kind, source)] = count.GetInt64();
            }
            else
            {
                examples.Add(new DataIssue(kind, source, root.GetProperty("position").GetInt64(), root.GetProperty("value").GetString() ?? "", root.GetProperty("assumed").GetString() ?? ""));
            }
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return;
        }
    }
}
