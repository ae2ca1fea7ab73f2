using System.Globalization;
using System.Text.Json;
using Crosstown.Core.Data;
using Crosstown.Server.Imports;

namespace Crosstown.Cli.Output;

/// <summary>Shows and keeps what was wrong with data.</summary>
internal static class IssueReport
{
    private const int ShownPerKind = 2;

    /// <summary>Prints each source's issues by kind, with their number and the first of them.</summary>
    public static void Print(DataIssueLog issues, TextWriter output)
    {
        if (issues.Count == 0)
        {
            return;
        }

        var examples = issues.ListExamples().ToLookup(e => (e.Kind, e.Source));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Worth a look: {issues.Count:N0} data issues"));
        foreach (var (kind, source, count) in issues.ListCounts())
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {kind} x {count:N0} in {source}"));
            foreach (var issue in examples[(kind, source)].Take(ShownPerKind))
            {
                var value = issue.Value.Length == 0 ? "" : $" '{issue.Value}'";
                var position = issue.Position == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"at {issue.Position}");
                output.WriteLine($"    {position}{value}: {issue.Assumed}".Replace("    :", "    ", StringComparison.Ordinal));
            }
        }
    }

    /// <summary>
    /// Keeps the counts and examples as NDJSON, a line each; an existing file is replaced whole. Controllers put their network address into the names of
    /// their files: it is left out of what is kept (rule P10).
    /// </summary>
    public static void Keep(DataIssueLog issues, string path)
    {
        var temporary = path + ".partial";
        using (var file = File.Create(temporary))
        {
            foreach (var (kind, source, count) in issues.ListCounts())
            {
                WriteLine(file, kind, source, w => w.WriteNumber("count", count));
            }

            foreach (var issue in issues.ListExamples())
            {
                WriteLine(file, issue.Kind, issue.Source, w =>
                {
                    w.WriteNumber("position", issue.Position);
                    w.WriteString("value", issue.Value);
                    w.WriteString("assumed", issue.Assumed);
                });
            }
        }

        File.Move(temporary, path, overwrite: true);
    }

    private static void WriteLine(Stream file, DataIssueKind kind, string source, Action<Utf8JsonWriter> rest)
    {
        using (var writer = new Utf8JsonWriter(file))
        {
            writer.WriteStartObject();
            writer.WriteString("kind", kind.ToString());
            writer.WriteString("source", SourceName.WithoutAddress(source));
            rest(writer);
            writer.WriteEndObject();
        }

        file.WriteByte((byte)'\n');
    }
}
