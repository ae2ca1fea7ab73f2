using System.Text.RegularExpressions;

namespace Crosstown.Server.Polling;

/// <summary>Chooses among the names that a controller's folder lists.</summary>
internal static partial class FileMarks
{
    private const int MostLength = 100;

    /// <summary>
    /// Whether a listed name is a log's: only letters, digits, <c>.</c>, <c>_</c> and <c>-</c>, so that it means the same to every program that is told it.
    /// </summary>
    public static bool IsLog(string name) => name.Length <= MostLength && LogName().IsMatch(name);

    /// <summary>
    /// What orders the files of a folder in time: the name from its date on, as in <c>2026_05_13_0915.dat</c>. What stands before is left out, since
    /// controllers put their own address there (rule P10).
    /// </summary>
    public static string Of(string name) => Date().Match(name) is { Success: true } date ? name[date.Index..] : name;

    /// <summary>The files to read: from the newest one taken on, since that may have grown, the oldest first.</summary>
    public static IReadOnlyList<string> Choose(IEnumerable<string> names, string? mark, int most) =>
    [
        .. names.Where(IsLog)
            .Select(n => (Name: n, Mark: Of(n)))
            .Where(n => mark is null || string.CompareOrdinal(n.Mark, mark) >= 0)
            .OrderBy(n => n.Mark, StringComparer.Ordinal)
            .Take(most)
            .Select(n => n.Name),
    ];

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._-]*\.(dat|datz|csv|xml|gz|ndjson|parquet)\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex LogName();

    [GeneratedRegex("(19|20)[0-9]{2}[_-]?[01][0-9][_-]?[0-3][0-9]", RegexOptions.CultureInvariant)]
    private static partial Regex Date();
}
