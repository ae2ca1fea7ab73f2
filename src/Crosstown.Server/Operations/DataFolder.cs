using System.Text;
using System.Text.Json;
using Crosstown.Core.Data;
using Crosstown.Logs.Store;
using Crosstown.Server.Imports;
using Crosstown.Server.Store.Records;

namespace Crosstown.Server.Operations;

/// <summary>A data folder as a whole: which format it has, who serves it, and how one of an earlier program is brought up.</summary>
internal sealed class DataFolder : IDisposable
{
    /// <summary>The file that says which format a folder has.</summary>
    public const string VersionFile = "version.json";

    /// <summary>Held by the server that works in the folder.</summary>
    public const string LockFile = "server.lock";

    /// <summary>Stands in a folder into which a backup is being restored.</summary>
    public const string RestoringFolder = "restoring.part";

    /// <summary>The format that this program writes. 1: no version file, issues of imports as files; 2: with version file and records.</summary>
    public const int CurrentFormat = 2;

    private const int FormatBefore = 1;
    private const string IssueFolder = "imports";

    private readonly string _data;
    private readonly FileStream _lock;

    private DataFolder(string data, FileStream held) => (_data, _lock) = (data, held);

    /// <summary>Takes a folder for a server, until disposed.</summary>
    /// <exception cref="ProblemException">XT380: another server has it. XT381: it is of a newer program. XT388: a restore into it was ended half-way.</exception>
    public static DataFolder Open(string data)
    {
        Directory.CreateDirectory(data);
        Check(data);
        FileStream held;
        try
        {
            held = new FileStream(Path.Combine(data, LockFile), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            throw new ProblemException("XT380", data, "Another server works in this folder. Stop it, or name another folder. The lock ends with the process that holds it; there is nothing to delete.");
        }

        return new DataFolder(data, held);
    }

    /// <summary>Refuses a folder that this program must not touch.</summary>
    /// <exception cref="ProblemException">XT381: it is of a newer program. XT388: a restore into it was ended half-way.</exception>
    public static void Check(string data)
    {
        if (Directory.Exists(Path.Combine(data, RestoringFolder)))
        {
            throw new ProblemException("XT388", data, "A restore into this folder was ended half-way. Run it again; it begins anew.");
        }

        if (FormatOf(data) is var (format, program) && format > CurrentFormat)
        {
            throw new ProblemException("XT381", Path.Combine(data, VersionFile), $"The folder has format {format}, written by {program}; this program knows up to {CurrentFormat}. Use that program or a newer one, or restore a backup from before the upgrade.");
        }
    }

    /// <summary>A folder's format, and the program that gave it; format 1 where no file says.</summary>
    /// <exception cref="ProblemException">XT381: the file is damaged.</exception>
    public static (int Format, string Program) FormatOf(string data)
    {
        var path = Path.Combine(data, VersionFile);
        if (!File.Exists(path))
        {
            return (FormatBefore, "a program from before the server");
        }

        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path), new JsonDocumentOptions { MaxDepth = 4 });
            return (json.RootElement.GetProperty("format").GetInt32(), json.RootElement.GetProperty("program").GetString() ?? "");
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new ProblemException("XT381", path, "The file that says which format the folder has cannot be read. Restore a backup.");
        }
    }

    /// <summary>Brings a folder of an earlier program up to this one. Each step may be ended anywhere and done again.</summary>
    /// <param name="before">Called before each step with what it is about; a test ends the work there.</param>
    public async Task UpgradeAsync(RecordStore records, CancellationToken stop, Action<string>? before = null)
    {
        if (FormatOf(_data).Format >= CurrentFormat && File.Exists(Path.Combine(_data, VersionFile)))
        {
            return;
        }

        var imports = new ImportRecords(records);
        var folder = Path.Combine(_data, IssueFolder);
        string[] kept = Directory.Exists(folder) ? Directory.GetFiles(folder, "*.ndjson") : [];
        foreach (var path in kept.Order(StringComparer.Ordinal))
        {
            if (EarlierIssues.Read(path) is not { } record)
            {
                continue;
            }

            before?.Invoke("record " + Path.GetFileName(path));
            await imports.KeepOnceAsync(record, stop);
            before?.Invoke("remove " + Path.GetFileName(path));
            WholeFile.Remove(path);
        }

        before?.Invoke(VersionFile);
        WholeFile.Write(Path.Combine(_data, VersionFile), Encoding.UTF8.GetBytes($"{{\n  \"format\": {CurrentFormat},\n  \"program\": \"{ProgramVersion.Text}\"\n}}\n"));
    }

    public void Dispose() => _lock.Dispose();
}
