namespace Crosstown.Logs.Store;

/// <summary>Puts small files on the disk so that each is there whole or as it was before, whatever ends the process (rule R04).</summary>
public static class WholeFile
{
    private static readonly Disk s_disk = new();

    /// <summary>Writes a file under a passing name, syncs it, gives it its name and syncs the folder. Folders above are made where they are missing.</summary>
    /// <exception cref="IOException">The disk failed; the file is as it was, or whole.</exception>
    public static void Write(string path, ReadOnlySpan<byte> bytes)
    {
        var full = Path.GetFullPath(path);
        var folder = Path.GetDirectoryName(full)!;
        s_disk.MakeFolder(folder);
        var unfinished = full + SegmentWriter.UnfinishedEnding;
        using (var file = s_disk.MakeFile(unfinished))
        {
            s_disk.Write(file, unfinished, bytes, 0);
            s_disk.Sync(file, unfinished);
        }

        s_disk.Rename(unfinished, full);
        s_disk.SyncFolder(folder);
    }

    /// <summary>Gives a file that is whole its final name and syncs both folders. A file of that name is replaced.</summary>
    public static void Publish(string path, string newPath)
    {
        var (from, to) = (Path.GetFullPath(path), Path.GetFullPath(newPath));
        s_disk.MakeFolder(Path.GetDirectoryName(to)!);
        using (var file = File.OpenHandle(from, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete))
        {
            s_disk.Sync(file, from);
        }

        s_disk.Rename(from, to);
        s_disk.SyncFolder(Path.GetDirectoryName(to)!);
        if (Path.GetDirectoryName(from) != Path.GetDirectoryName(to))
        {
            s_disk.SyncFolder(Path.GetDirectoryName(from)!);
        }
    }

    /// <summary>Removes a file for good; nothing happens when it is not there.</summary>
    public static void Remove(string path)
    {
        if (File.Exists(path))
        {
            s_disk.RemoveFile(path);
            s_disk.SyncFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
        }
    }

    /// <summary>Makes a folder and those above it where they are missing, each on the disk.</summary>
    public static void MakeFolder(string path) => s_disk.MakeFolder(Path.GetFullPath(path));

    /// <summary>Puts what was written to a file on the disk.</summary>
    /// <exception cref="IOException">The disk failed; what is on it is not known (rule R03).</exception>
    public static void Sync(Microsoft.Win32.SafeHandles.SafeFileHandle file, string path) => s_disk.Sync(file, path);

    /// <summary>Puts the names in a folder on the disk.</summary>
    public static void SyncFolder(string path) => s_disk.SyncFolder(path);
}
