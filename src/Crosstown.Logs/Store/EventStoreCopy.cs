namespace Crosstown.Logs.Store;

/// <summary>A file of the event store as a copy takes it.</summary>
/// <param name="Name">Path from the data folder on, with forward slashes.</param>
/// <param name="Content">The file's bytes where they are to be taken as they were read; null for a file that never changes, to be read from its path.</param>
/// <param name="Path">Where it lies.</param>
public sealed record StoreCopyFile(string Name, string Path, byte[]? Content);

/// <summary>Lists the files of a running event store so that a copy of them holds everything that was acknowledged before the copy began.</summary>
/// <remarks>
/// The journal first, cut to whole records, then the list of segments, then the segments that it names: what leaves the journal meanwhile is in a
/// segment of the list. Segments never change; one that was merged into another or deleted meanwhile is looked up in a newer list, and the list of
/// the copy is the last one that was read. Segments that only an earlier list named are then not part of the copy.
/// </remarks>
public static class EventStoreCopy
{
    private const int MostLists = 100;

    /// <summary>Hands out the files; the list of segments comes last.</summary>
    /// <param name="take">Takes a file; false when it is not there any more.</param>
    /// <returns>The names of the files that make up the copy.</returns>
    /// <exception cref="IOException">The store changes faster than it can be read, or the disk failed.</exception>
    /// <exception cref="InvalidDataException">The list of segments is damaged; opening the store for writing mends it.</exception>
    public static IReadOnlyList<string> Run(string dataFolder, Func<StoreCopyFile, bool> take)
    {
        var folder = new StoreFolder(Path.GetFullPath(dataFolder), new Disk());
        var names = new List<string>();
        foreach (var (_, path) in JournalFolder.List(folder))
        {
            if (ReadJournal(path) is { } records && take(new StoreCopyFile(NameOf(folder, path), path, records)))
            {
                names.Add(NameOf(folder, path));
            }
        }

        var taken = new HashSet<string>(StringComparer.Ordinal);
        for (var lists = 0; lists < MostLists; lists++)
        {
            if (!File.Exists(folder.ManifestPath))
            {
                return names;
            }

            var manifest = File.ReadAllBytes(folder.ManifestPath);
            var content = StoreContent.Read(manifest) ?? throw new InvalidDataException($"{folder.NameOf(folder.ManifestPath)} is damaged; start the server, which makes it anew from the segments, and back up again.");
            var named = content.Signals.SelectMany(s => s.Value.Days.SelectMany(d => d.Value.Select(p => folder.PathOf(s.Key, d.Key, p)))).ToList();
            if (named.All(path => taken.Contains(path) || (take(new StoreCopyFile(NameOf(folder, path), path, null)) && taken.Add(path))))
            {
                take(new StoreCopyFile(NameOf(folder, folder.ManifestPath), folder.ManifestPath, manifest));
                return [.. names, .. named.Select(p => NameOf(folder, p)), NameOf(folder, folder.ManifestPath)];
            }
        }

        throw new IOException($"The event store changed {MostLists} times while it was copied; try again when less is imported.");
    }

    private static string NameOf(StoreFolder folder, string path) => folder.NameOf(path).Replace('\\', '/');

    /// <summary>A journal file up to its last whole record: what follows was not acknowledged yet. Null when it is gone.</summary>
    private static byte[]? ReadJournal(string path)
    {
        byte[] bytes;
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            bytes = new byte[file.Length];
            bytes = bytes[..file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)];
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }

        var length = 0;
        while (Frame.IsGood(bytes.AsSpan(length), Frame.Journal) || Frame.IsGood(bytes.AsSpan(length), Frame.Record))
        {
            length += Frame.HeaderLength + (int)Frame.LengthOf(bytes.AsSpan(length));
        }

        // Damage in the middle is kept as it is: reading the copy reports it as reading the journal does.
        return IsCut(bytes.AsSpan(length)) ? bytes[..length] : bytes;
    }

    private static bool IsCut(ReadOnlySpan<byte> rest) =>
        rest.Length < Frame.HeaderLength || (Frame.LengthOf(rest) <= Frame.MaxLength && Frame.LengthOf(rest) > rest.Length - Frame.HeaderLength);
}
