using System.Globalization;

namespace Crosstown.Logs.Store;

/// <summary>The files of the journal: <c>events/journal/0000000012.journal</c>, numbered as they were made.</summary>
internal static class JournalFolder
{
    private const string Ending = ".journal";
    private const int Digits = 10;

    public static string PathOf(StoreFolder folder, long number) =>
        Path.Combine(folder.JournalRoot, number.ToString($"D{Digits}", CultureInfo.InvariantCulture) + Ending);

    /// <summary>The files, oldest first; none where there is no journal.</summary>
    public static List<(long Number, string Path)> List(StoreFolder folder) =>
        Directory.Exists(folder.JournalRoot)
            ? [.. Directory.EnumerateFiles(folder.JournalRoot, "*" + Ending).Select(p => (NumberOf(p), p)).Where(f => f.Item1 > 0).OrderBy(f => f.Item1)]
            : [];

    public static bool HasFiles(StoreFolder folder) => List(folder).Count > 0;

    /// <summary>Removes files, in that order, and puts their going on the disk.</summary>
    public static void Remove(StoreFolder folder, IEnumerable<string> paths)
    {
        var any = false;
        foreach (var path in paths)
        {
            folder.Disk.RemoveFile(path);
            any = true;
        }

        if (any)
        {
            folder.Disk.SyncFolder(folder.JournalRoot);
        }
    }

    private static long NumberOf(string path) =>
        long.TryParse(Path.GetFileNameWithoutExtension(path.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
