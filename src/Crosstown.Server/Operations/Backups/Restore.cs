using System.Formats.Tar;
using System.Security.Cryptography;
using Crosstown.Core.Data;
using Crosstown.Logs.Store;

namespace Crosstown.Server.Operations.Backups;

/// <summary>Puts a backup into an empty folder, or checks it without.</summary>
/// <remarks>
/// Everything is unpacked into a folder of its own inside, each file synced and compared with its hash; then it is moved to its place, the file that makes it
/// a data folder last. Ended half-way, the folder says so: no program opens it, and the next restore begins anew.
/// </remarks>
internal static class Restore
{
    private const string Prefix = "data/";
    private const int MostListBytes = 256 << 20;

    /// <param name="before">Called before each step with what it is about; a test ends the work there.</param>
    /// <exception cref="ProblemException">XT382: the backup is damaged, and which file. XT383: the folder is not empty.</exception>
    public static BackupList Run(string backup, string data, Action<string>? before = null)
    {
        var root = Path.GetFullPath(data);
        var passing = Path.Combine(root, DataFolder.RestoringFolder);
        if (Directory.Exists(root) && Directory.EnumerateFileSystemEntries(root).Any())
        {
            if (!Directory.Exists(passing))
            {
                throw new ProblemException("XT383", data, "The folder is not empty; a backup is restored into an empty one. Nothing was changed.");
            }

            // Whatever is here came from a restore that was ended: it had found the folder empty.
            foreach (var entry in Directory.EnumerateFileSystemEntries(root).Where(e => e != passing))
            {
                Remove(entry);
            }

            Directory.Delete(passing, recursive: true);
        }

        WholeFile.MakeFolder(passing);
        BackupList list;
        try
        {
            list = Read(backup, passing, before);
        }
        catch (ProblemException)
        {
            Directory.Delete(passing, recursive: true);
            throw;
        }

        Move(root, passing, before);
        return list;
    }

    /// <summary>Compares every file of a backup with its hash and writes nothing.</summary>
    /// <exception cref="ProblemException">XT382: the backup is damaged, and which file.</exception>
    public static BackupList Check(string backup) => Read(backup, null, null);

    private static BackupList Read(string backup, string? folder, Action<string>? before)
    {
        if (!File.Exists(backup))
        {
            throw new ProblemException("XT382", backup, "There is no such backup.");
        }

        var found = new Dictionary<string, BackupFile>(StringComparer.Ordinal);
        BackupList? list = null;
        try
        {
            using var stream = new FileStream(backup, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
            using var tar = new TarReader(stream);
            while (tar.GetNextEntry() is { } entry)
            {
                if (entry.Name == BackupList.EntryName)
                {
                    list = ReadList(entry, backup);
                }
                else if (entry.EntryType == TarEntryType.RegularFile && entry.Name.StartsWith(Prefix, StringComparison.Ordinal) && IsInside(entry.Name[Prefix.Length..]))
                {
                    var name = entry.Name[Prefix.Length..];
                    before?.Invoke(name);
                    found[name] = Unpack(entry, name, folder);
                }
                else
                {
                    throw Damaged(backup, $"The entry '{entry.Name}' is none that a backup has.");
                }
            }
        }
        catch (Exception e) when (e is EndOfStreamException or InvalidDataException or FormatException or OverflowException)
        {
            throw Damaged(backup, $"The file is cut or is no backup; {found.Count} files could be read, the last is '{found.Keys.LastOrDefault("none")}'.");
        }

        if (list is null)
        {
            throw Damaged(backup, $"The list of its files, which stands at its end, is missing: the file is cut, or is no backup. The last file is '{found.Keys.LastOrDefault("none")}'.");
        }

        var wrong = list.Files.Where(f => !found.TryGetValue(f.Name, out var file) || file != f).ToList();
        if (wrong.Count > 0)
        {
            throw new ProblemException([.. wrong.Select(f => new Problem(
                "XT382", backup, found.ContainsKey(f.Name) ? $"The file '{f.Name}' is damaged: its hash is not the one that the list has." : $"The file '{f.Name}' is missing."))]);
        }

        foreach (var name in folder is null ? [] : found.Keys.Except(list.Files.Select(f => f.Name), StringComparer.Ordinal))
        {
            File.Delete(PathOf(folder!, name));
        }

        return list;
    }

    private static BackupList ReadList(TarEntry entry, string backup)
    {
        if (entry.Length is <= 0 or > MostListBytes || entry.DataStream is not { } stream)
        {
            throw Damaged(backup, "The list of its files cannot be read.");
        }

        var bytes = new byte[entry.Length];
        stream.ReadExactly(bytes);
        var list = BackupList.Read(bytes) ?? throw Damaged(backup, "The list of its files cannot be read.");
        return list.Format <= BackupList.CurrentFormat
            ? list
            : throw new ProblemException("XT381", backup, $"The backup has format {list.Format}; this program knows {BackupList.CurrentFormat}. Restore it with the program that made it, {list.Program}, or a newer one.");
    }

    private static BackupFile Unpack(TarEntry entry, string name, string? folder)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 16];
        long length = 0;
        FileStream? file = null;
        try
        {
            if (folder is not null)
            {
                var path = PathOf(folder, name);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
                if (!OperatingSystem.IsWindows())
                {
                    options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
                }

                file = new FileStream(path, options);
            }

            int count;
            while ((count = entry.DataStream?.Read(buffer) ?? 0) > 0)
            {
                hash.AppendData(buffer, 0, count);
                file?.Write(buffer, 0, count);
                length += count;
            }

            if (file is not null)
            {
                WholeFile.Sync(file.SafeFileHandle, file.Name);
            }
        }
        finally
        {
            file?.Dispose();
        }

        return new BackupFile(name, length, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    /// <summary>Moves all to its place: the version file, which makes it a data folder, last.</summary>
    private static void Move(string root, string passing, Action<string>? before)
    {
        foreach (var folder in Directory.EnumerateDirectories(passing, "*", SearchOption.AllDirectories).OrderByDescending(f => f.Length))
        {
            WholeFile.SyncFolder(folder);
        }

        WholeFile.SyncFolder(passing);
        foreach (var entry in Directory.EnumerateFileSystemEntries(passing).OrderBy(e => Path.GetFileName(e) == DataFolder.VersionFile).ThenBy(e => e, StringComparer.Ordinal).ToList())
        {
            before?.Invoke("move " + Path.GetFileName(entry));
            Directory.Move(entry, Path.Combine(root, Path.GetFileName(entry)));
            WholeFile.SyncFolder(root);
        }

        before?.Invoke("done");
        Directory.Delete(passing);
        WholeFile.SyncFolder(root);
    }

    private static string PathOf(string folder, string name) => Path.Combine([folder, .. name.Split('/')]);

    private static bool IsInside(string name) =>
        name.Length > 0 && !name.Contains('\\', StringComparison.Ordinal) && !name.Contains('\0', StringComparison.Ordinal) && name.Split('/').All(p => p is not ("" or "." or ".."));

    private static void Remove(string path)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
        else
        {
            File.Delete(path);
        }
    }

    private static ProblemException Damaged(string backup, string message) => new("XT382", backup, message);
}
