using System.Formats.Tar;
using System.Security.Cryptography;
using Crosstown.Core.Data;
using Crosstown.Logs.Store;
using Crosstown.Server.Store.Records;
using Microsoft.Data.Sqlite;

namespace Crosstown.Server.Operations.Backups;

/// <summary>Writes everything in a data folder into one file, also while a server works in it.</summary>
/// <remarks>
/// Events as <see cref="EventStoreCopy"/> lists them, records through SQLite's own online backup, all other files as they are. The file has its name only
/// when all of it is on the disk (rule R04), and only its owner may read it: it holds password hashes and keys.
/// </remarks>
internal static class Backup
{
    private const string EventsFolder = "events";

    private static readonly string[] s_left = [DataFolder.LockFile, DataFolder.RestoringFolder];

    /// <param name="before">Called with the name of each entry before it is written; a test ends the work there.</param>
    /// <returns>What the backup holds.</returns>
    /// <exception cref="ProblemException">There is no such data folder, or the backup would lie in it.</exception>
    public static BackupList Run(string data, string output, bool hasRecords, TimeProvider time, Action<string>? before = null)
    {
        var (root, file) = (Path.GetFullPath(data), Path.GetFullPath(output));
        if (!Directory.Exists(root))
        {
            throw new ProblemException("XT382", data, "There is no such data folder.");
        }

        if (file.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            throw new ProblemException("XT382", output, "A backup may not lie in the folder that it is of; name a file outside, best on another disk.");
        }

        var createdMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        var unfinished = file + ".part";
        WholeFile.MakeFolder(Path.GetDirectoryName(file)!);
        BackupList list;
        try
        {
            using (var stream = OpenNew(unfinished))
            using (var tar = new TarWriter(stream, TarEntryFormat.Pax, leaveOpen: false))
            {
                list = WriteAll(tar, root, hasRecords, createdMs, before);
            }

            WholeFile.Publish(unfinished, file);
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }

        return list;
    }

    private static BackupList WriteAll(TarWriter tar, string root, bool hasRecords, long createdMs, Action<string>? before)
    {
        var written = new Dictionary<string, BackupFile>(StringComparer.Ordinal);
        var names = EventStoreCopy.Run(root, file =>
        {
            before?.Invoke(file.Name);
            return TryWrite(tar, file.Name, file.Path, file.Content, written);
        });
        var files = names.Select(n => written[n]).ToList();
        var isKept = hasRecords && File.Exists(Path.Combine(root, RecordStore.FileName));
        if (isKept)
        {
            before?.Invoke(RecordStore.FileName);
            using var folder = Imports.PassingFolder.Create();
            var copy = Path.Combine(folder.Path, RecordStore.FileName);
            CopyRecords(Path.Combine(root, RecordStore.FileName), copy);
            TryWrite(tar, RecordStore.FileName, copy, null, written);
            files.Add(written[RecordStore.FileName]);
        }

        foreach (var path in ListOthers(root))
        {
            var name = Path.GetRelativePath(root, path).Replace('\\', '/');
            before?.Invoke(name);

            // Small files that are replaced by renaming: read whole, each is one state or the other.
            if (TryWrite(tar, name, path, null, written))
            {
                files.Add(written[name]);
            }
        }

        var list = new BackupList(BackupList.CurrentFormat, ProgramVersion.Text, createdMs, isKept, files);
        before?.Invoke(BackupList.EntryName);
        using var json = new MemoryStream(list.Write());
        tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, BackupList.EntryName) { DataStream = json, Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
        return list;
    }

    private static IEnumerable<string> ListOthers(string root) =>
        Directory.EnumerateFileSystemEntries(root).Order(StringComparer.Ordinal)
            .Where(p => Path.GetFileName(p) is var name && name != EventsFolder && !name.StartsWith(RecordStore.FileName, StringComparison.Ordinal) && !s_left.Contains(name))
            .SelectMany(IEnumerable<string> (p) => Directory.Exists(p) ? Directory.EnumerateFiles(p, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal) : [p])
            .Where(p => !p.EndsWith(".part", StringComparison.Ordinal));

    /// <summary>Writes an entry; false when its file is gone.</summary>
    private static bool TryWrite(TarWriter tar, string name, string path, byte[]? content, Dictionary<string, BackupFile> written)
    {
        try
        {
            using Stream stream = content is null ? new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete) : new MemoryStream(content);
            var hash = Convert.ToHexStringLower(SHA256.HashData(stream));
            var length = stream.Position;
            stream.Position = 0;
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "data/" + name) { DataStream = stream, Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
            written[name] = new BackupFile(name, length, hash);
            return true;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
    }

    private static void CopyRecords(string from, string to)
    {
        using var source = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = from, Mode = SqliteOpenMode.ReadWrite, Pooling = false, DefaultTimeout = 30 }.ConnectionString);
        using var target = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = to, Pooling = false }.ConnectionString);
        source.Open();
        target.Open();
        source.BackupDatabase(target);
    }

    private static FileStream OpenNew(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.ReadWrite, BufferSize = 1 << 16 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, options);
    }
}
