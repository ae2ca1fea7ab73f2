using System.Globalization;
using Crosstown.Core.Data;
using Crosstown.Core.Street;
using Crosstown.Logs.Formats;
using Crosstown.Logs.Store;
using Crosstown.Server.Operations;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Crosstown.Server.Live.Intake;

/// <summary>Takes files that are dropped into a folder, once they have stopped growing.</summary>
/// <remarks>
/// A file in a folder with a known signal's name is that signal's where neither its content nor its own name says. A file that was taken is removed, or kept in <c>done</c>
/// for the days that the settings say; one that no reader knows is kept in <c>refused</c> for a week. Both under names of our own (rule P10).
/// Ending half-way is harmless: the file is taken again, and known events add nothing.
/// </remarks>
internal sealed class IntakeFolder(IntakeSettings settings, IntakeRun run, TimeProvider time, ILogger<IntakeFolder> logger) : BackgroundService
{
    /// <summary>Days that a file which no reader knows is kept.</summary>
    public const int RefusedDays = 7;

    private const string Done = "done";
    private const string Refused = "refused";
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_pauseWhenRefused = TimeSpan.FromSeconds(10);
    private readonly Dictionary<string, (long Length, DateTime Changed)> _seen = new(StringComparer.Ordinal);
    private long _number;

    /// <summary>Looks once. Returns how many files were taken or set aside.</summary>
    /// <exception cref="AppendRefusedException">The store takes nothing now; the files stay where they are.</exception>
    public async Task<int> LookAsync(CancellationToken stop)
    {
        if (settings.Folder is not { } folder || !Directory.Exists(folder))
        {
            return 0;
        }

        RemoveOld(Path.Combine(folder, Done), settings.KeepDays);
        RemoveOld(Path.Combine(folder, Refused), RefusedDays);
        var taken = 0;
        var files = ListFiles(folder);
        foreach (var gone in _seen.Keys.Except(files.Select(f => f.FullName)).ToList())
        {
            _seen.Remove(gone);
        }

        foreach (var file in files)
        {
            var now = (file.Length, file.LastWriteTimeUtc);
            if (!_seen.TryGetValue(file.FullName, out var before) || before != now)
            {
                _seen[file.FullName] = now;
                continue;
            }

            if (await TryTakeAsync(folder, file, stop).ConfigureAwait(false))
            {
                _seen.Remove(file.FullName);
                taken++;
            }
        }

        return taken;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        if (settings.Folder is { } folder)
        {
            Directory.CreateDirectory(folder);
        }

        while (!stoppingToken.IsCancellationRequested)
        {
            var pause = s_pause;
            try
            {
                await LookAsync(stoppingToken).ConfigureAwait(false);
            }
            catch (AppendRefusedException e)
            {
                logger.LogWarning(LogEvents.InboxWaits, "Dropped files are not taken now: {Refusal}", e.Refusal);
                pause = s_pauseWhenRefused;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                logger.LogWarning(LogEvents.InboxFailed, "The folder for dropped files cannot be read: {Reason}", e.GetType().Name);
                pause = s_pauseWhenRefused;
            }

            await Task.Delay(pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static List<FileInfo> ListFiles(string folder)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 4, AttributesToSkip = FileAttributes.Hidden | FileAttributes.System | FileAttributes.ReparsePoint };
        var (done, refused) = (Path.Combine(folder, Done) + Path.DirectorySeparatorChar, Path.Combine(folder, Refused) + Path.DirectorySeparatorChar);
        return [.. new DirectoryInfo(folder).EnumerateFiles("*", options)
            .Where(f => !f.FullName.StartsWith(done, StringComparison.Ordinal) && !f.FullName.StartsWith(refused, StringComparison.Ordinal))
            .OrderBy(f => f.FullName, StringComparer.Ordinal)];
    }

    private async Task<bool> TryTakeAsync(string folder, FileInfo file, CancellationToken stop)
    {
        IntakeReport report;
        try
        {
            var words = new IntakeWords(null, SignalName.TryFromFileName(file.Name, out _) ? null : SignalOf(folder, file));
            report = await run.TakeAsync([new IntakeFile(file.Name, () => file.Open(FileMode.Open, FileAccess.Read, FileShare.Read))], IntakeDoor.Folder, words, stop).ConfigureAwait(false);
        }
        catch (Exception e) when (e is (IOException or UnauthorizedAccessException) and not AppendRefusedException)
        {
            logger.LogWarning(LogEvents.InboxFileFailed, "A dropped file cannot be read: {Reason}", e.GetType().Name);
            return false;
        }
        catch (ProblemException e)
        {
            logger.LogWarning(LogEvents.InboxFileFailed, "A dropped file cannot be read: {Reason}", e.Problems[0].Code);
            return false;
        }

        if (report.IsRead && settings.KeepDays == 0)
        {
            file.Delete();
        }
        else
        {
            Keep(Path.Combine(folder, report.IsRead ? Done : Refused), file);
        }

        return true;
    }

    private SignalId? SignalOf(string folder, FileInfo file) =>
        file.DirectoryName != folder && SignalName.TryParse(file.Directory!.Name, out var signal) && run.Knows(signal) ? signal : null;

    private void Keep(string folder, FileInfo file)
    {
        Directory.CreateDirectory(folder);
        string path;
        do
        {
            path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{time.GetUtcNow():yyyyMMdd'T'HHmmss'Z'}-{++_number}.log"));
        }
        while (File.Exists(path));
        file.MoveTo(path);
        File.SetLastWriteTimeUtc(path, time.GetUtcNow().UtcDateTime);
    }

    private void RemoveOld(string folder, int days)
    {
        if (!Directory.Exists(folder))
        {
            return;
        }

        var before = time.GetUtcNow().UtcDateTime.AddDays(-days);
        foreach (var path in Directory.EnumerateFiles(folder).Where(p => File.GetLastWriteTimeUtc(p) < before).ToList())
        {
            File.Delete(path);
        }
    }
}
