using System.Text;
using Crosstown.Core.Data;
using Crosstown.Core.Street;

namespace Crosstown.Logs.Configuration;

/// <summary>Reads and writes signal configuration: our own JSON files, one per signal, and the tables that peers write.</summary>
public static class SignalFiles
{
    /// <summary>Most bytes of a configuration file (rule R08): a state's 6,700 approaches take 0.4 MB.</summary>
    public const int MaxFileBytes = 64 << 20;

    /// <summary>Reads one file, or all <c>.json</c> and <c>.csv</c> files of a folder and the folders in it.</summary>
    /// <param name="path">A file or folder.</param>
    /// <param name="issues">Takes what is wrong with the files.</param>
    /// <param name="unnamed">The signal of tables that name none; null leaves their rows out.</param>
    /// <returns>One configuration per signal and start date, by signal and then by date.</returns>
    /// <exception cref="ProblemException">XT102: no such file or folder.</exception>
    public static IReadOnlyList<SignalConfiguration> Read(string path, DataIssueLog issues, SignalId? unnamed = null) => Read([path], issues, unnamed);

    /// <summary>Reads files and folders together: tables may refer to each other's approaches. Of two that disagree, the one named first is taken.</summary>
    /// <exception cref="ProblemException">XT102: no such file or folder.</exception>
    public static IReadOnlyList<SignalConfiguration> Read(IEnumerable<string> paths, DataIssueLog issues, SignalId? unnamed = null)
    {
        return ReadTexts(paths.SelectMany(ListFiles).Select(f => (Name: f, Text: ReadText(f, issues))).Where(f => f.Text is not null).Select(f => (f.Name, f.Text!)), issues, unnamed);
    }

    /// <summary>Reads texts of files together, as <see cref="Read(IEnumerable{string}, DataIssueLog, SignalId?)"/> reads files.</summary>
    /// <param name="texts">What issues call each file, and what it says.</param>
    public static IReadOnlyList<SignalConfiguration> ReadTexts(IEnumerable<(string Name, string Text)> texts, DataIssueLog issues, SignalId? unnamed = null)
    {
        var tables = new SignalTables(issues, unnamed);
        var parts = new List<SignalPart>();
        foreach (var (name, text) in texts)
        {
            var start = text.AsSpan().TrimStart();
            if (start.StartsWith("{") || start.StartsWith("["))
            {
                parts.AddRange(SignalJson.Read(text, name, issues).Select(c => new SignalPart(name, false, c)));
            }
            else if (CsvTable.Read(text, name, issues) is var table && !tables.Add(table))
            {
                issues.Add(DataIssueKind.BadHeader, name, 1, "", "the columns are none of a signal configuration (signals, approaches or detectors); the file is left out");
            }
        }

        parts.AddRange(tables.Finish());
        return SignalMerge.Merge(parts, issues);
    }

    /// <summary>Writes one signal's JSON file; the same configuration gives the same bytes.</summary>
    public static void Write(Stream stream, SignalConfiguration configuration) => SignalJson.Write(stream, [configuration], isArray: false);

    /// <summary>Writes several signals into one JSON file, as an array.</summary>
    public static void WriteAll(Stream stream, IEnumerable<SignalConfiguration> configurations) => SignalJson.Write(stream, configurations, isArray: true);

    private static IEnumerable<string> ListFiles(string path)
    {
        if (File.Exists(path))
        {
            return [path];
        }

        if (!Directory.Exists(path))
        {
            throw new ProblemException("XT102", path, "There is no such file or folder.");
        }

        return Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories)
            .Where(f => Path.GetExtension(f).ToUpperInvariant() is ".JSON" or ".CSV")
            .Order(StringComparer.Ordinal);
    }

    private static string? ReadText(string file, DataIssueLog issues)
    {
        var length = new FileInfo(file).Length;
        if (length is 0 or > MaxFileBytes)
        {
            issues.Add(
                length == 0 ? DataIssueKind.EmptyFile : DataIssueKind.LimitReached,
                file,
                0,
                "",
                length == 0 ? "the file is empty" : $"the file has {length} bytes; {MaxFileBytes} is the limit for a configuration; it is left out");
            return null;
        }

        return File.ReadAllText(file, Encoding.UTF8);
    }
}
