using System.Runtime.CompilerServices;

namespace Crosstown.Cli.Tests.Structure;

/// <summary>The checkout that the tests were built from.</summary>
internal static class Repository
{
    private static readonly string[] NotOurs = ["bin", "obj", "out", "node_modules", "TestResults", ".git", ".vs", "demo-data"];

    public static string Root { get; } = FindRoot();

    public static string PathTo(string relative) => Path.Combine(Root, relative.Replace('/', Path.DirectorySeparatorChar));

    /// <summary>All text files that people maintain, as paths from the root with forward slashes.</summary>
    public static IReadOnlyList<string> ListFiles(params string[] endings) =>
        [.. Walk(Root).Select(p => Path.GetRelativePath(Root, p).Replace('\\', '/'))
            .Where(p => endings.Length == 0 || endings.Any(e => p.EndsWith(e, StringComparison.Ordinal)))
            .Order(StringComparer.Ordinal)];

    private static IEnumerable<string> Walk(string folder) =>
        Directory.EnumerateFiles(folder).Concat(Directory.EnumerateDirectories(folder)
            .Where(d => !NotOurs.Contains(Path.GetFileName(d)) && !(folder == Root && Path.GetFileName(d) == "data")).SelectMany(Walk));

    private static string FindRoot([CallerFilePath] string thisFile = "")
    {
        var folder = Path.GetDirectoryName(thisFile);
        while (folder is not null && !File.Exists(Path.Combine(folder, "Crosstown.slnx")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new DirectoryNotFoundException($"No checkout above {thisFile}.");
    }
}
