using System.Globalization;
using System.Security.Cryptography;
using Crosstown.Core.Data;
using Crosstown.Core.Street;
using Crosstown.Logs.Configuration;
using Crosstown.Logs.Store;
using Crosstown.Server.City;
using Crosstown.Server.Hosting;
using Crosstown.Server.Measuring;

namespace Crosstown.Server.Configuration;

/// <summary>From when on a new version of a configuration is to hold.</summary>
internal enum ConfigurationStart
{
    /// <summary>From now on, so that older logs are read with the settings of their time; from the beginning where the signal had no configuration.</summary>
    Now,

    /// <summary>From the configuration's own <c>validFrom</c>, or from the beginning where it has none; a version that starts then is replaced.</summary>
    AsWritten,
}

/// <summary>One signal's new version.</summary>
/// <param name="ExpectedTag">What <see cref="ConfigurationStore.TagOf(SignalId)"/> said when the change was made; null takes the change whatever happened since.</param>
internal sealed record ConfigurationChange(SignalConfiguration Version, string? ExpectedTag, ConfigurationStart Start);

/// <summary>Keeps the configuration of signals in the data folder: one file per signal with all of its versions, each file whole or as it was before.</summary>
/// <remarks>
/// Files that people put into the folder themselves, tables or files of many signals, are read as well. Before the first change they are turned into
/// one file per signal, and kept under <see cref="ReplacedFolder"/>.
/// </remarks>
internal sealed class ConfigurationStore(ServerSettings settings, CityModel city, TimeProvider time) : IDisposable
{
    /// <summary>Where files lie that were turned into one file per signal.</summary>
    public const string ReplacedFolder = "signals-replaced";

    private readonly SemaphoreSlim _one = new(1);
    private readonly Dictionary<string, (long Length, DateTime Changed)> _ours = new(StringComparer.Ordinal);

    private string Folder => Path.Combine(settings.Data, SignalConfigurations.Folder);

    /// <summary>All versions of a signal, the earliest first.</summary>
    public IReadOnlyList<SignalConfiguration> ListVersions(SignalId signal) => city.Now.Configurations.ListVersions(signal);

    /// <summary>The version that holds at this moment; null for a signal that is not configured.</summary>
    public SignalConfiguration? FindCurrent(SignalId signal) => city.Now.Configurations.Find(signal, time.GetUtcNow().ToUnixTimeMilliseconds());

    /// <summary>Says which state of a signal's versions this is: the same versions have the same tag.</summary>
    public string TagOf(SignalId signal) => TagOf(ListVersions(signal));

    /// <summary>Makes changes of one or many signals part of the configuration. None of them is made when one of them was made for a state that is not there any more.</summary>
    /// <returns>The signals that were changed by somebody else since; empty when all is done and on the disk.</returns>
    /// <param name="before">Called for each signal with the hash of its versions before and after, and waited for, before anything is written: who changes what is kept first, so that no change goes without.</param>
    /// <exception cref="IOException">The disk failed; each signal is as it was or as it was to be.</exception>
    public async Task<IReadOnlyList<SignalId>> SaveAsync(IReadOnlyCollection<ConfigurationChange> changes, Func<SignalId, string, string, Task> before, CancellationToken stop)
    {
        await _one.WaitAsync(stop);
        try
        {
            var stale = changes.Where(c => c.ExpectedTag is { } expected && TagOf(c.Version.Signal) != expected).Select(c => c.Version.Signal).Distinct().ToList();
            if (stale.Count > 0 || changes.Count == 0)
            {
                return stale;
            }

            var next = changes.GroupBy(c => c.Version.Signal).ToDictionary(
                g => g.Key, g => g.OrderBy(c => c.Version.ValidFromMs).Aggregate(ListVersions(g.Key), With));
            foreach (var (signal, versions) in next)
            {
                await before(signal, ListVersions(signal) is { Count: > 0 } old ? HashOf(old) : "", HashOf(versions));
            }

            TakeOverFiles();
            foreach (var (signal, versions) in next)
            {
                Write(signal, versions);
            }

            city.Reload(new DataIssueLog());
            return [];
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>The city file's text and tag; an empty city when there is none.</summary>
    public (string Text, string Tag) ReadCity()
    {
        var path = Path.Combine(settings.Data, Corridors.FileName);
        var text = File.Exists(path) ? File.ReadAllText(path) : "{}";
        return (text, TagOf(System.Text.Encoding.UTF8.GetBytes(text)));
    }

    /// <summary>Replaces the city file.</summary>
    /// <returns>False when it was changed by somebody else since it had that tag.</returns>
    /// <param name="before">Called with the hash of the text before and after, as with signals.</param>
    /// <exception cref="IOException">The disk failed; the file is as it was or as it was to be.</exception>
    public async Task<bool> SaveCityAsync(string text, string? expectedTag, Func<string, string, Task> before, CancellationToken stop)
    {
        await _one.WaitAsync(stop);
        try
        {
            if (expectedTag is not null && ReadCity().Tag != expectedTag)
            {
                return false;
            }

            await before(HashOf(System.Text.Encoding.UTF8.GetBytes(ReadCity().Text)), HashOf(System.Text.Encoding.UTF8.GetBytes(text)));
            WholeFile.Write(Path.Combine(settings.Data, Corridors.FileName), System.Text.Encoding.UTF8.GetBytes(text));
            city.Reload(new DataIssueLog());
            return true;
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private static string TagOf(IReadOnlyList<SignalConfiguration> versions) => HashOf(versions)[..16];

    private static string TagOf(ReadOnlySpan<byte> bytes) => HashOf(bytes)[..16];

    private static string HashOf(IReadOnlyList<SignalConfiguration> versions)
    {
        using var stream = new MemoryStream();
        SignalFiles.WriteAll(stream, versions);
        return HashOf(stream.GetBuffer().AsSpan(0, (int)stream.Length));
    }

    private static string HashOf(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private IReadOnlyList<SignalConfiguration> With(IReadOnlyList<SignalConfiguration> versions, ConfigurationChange change)
    {
        var startMs = change.Start == ConfigurationStart.AsWritten ? change.Version.ValidFromMs
            : versions.Count == 0 ? long.MinValue
            : time.GetUtcNow().ToUnixTimeMilliseconds();
        while (change.Start == ConfigurationStart.Now && versions.Any(v => v.ValidFromMs == startMs && startMs != long.MinValue))
        {
            startMs++;
        }

        return [.. versions.Where(v => v.ValidFromMs != startMs).Append(change.Version with { ValidFromMs = startMs }).OrderBy(v => v.ValidFromMs)];
    }

    private void Write(SignalId signal, IReadOnlyList<SignalConfiguration> versions)
    {
        using var stream = new MemoryStream();
        if (versions is [var only])
        {
            SignalFiles.Write(stream, only);
        }
        else
        {
            SignalFiles.WriteAll(stream, versions);
        }

        var path = PathOf(signal);
        WholeFile.Write(path, stream.GetBuffer().AsSpan(0, (int)stream.Length));
        Remember(path);
    }

    private string PathOf(SignalId signal) => Path.Combine(Folder, signal.Value + ".json");

    private void Remember(string path) => _ours[path] = (new FileInfo(path).Length, File.GetLastWriteTimeUtc(path));

    /// <summary>Turns what lies in other files into one file per signal. Ended half-way, both say the same, and the next change goes on.</summary>
    private void TakeOverFiles()
    {
        WholeFile.MakeFolder(Folder);
        var others = Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories)
            .Where(f => Path.GetExtension(f).ToUpperInvariant() is ".JSON" or ".CSV").Where(f => !IsOurs(f)).Order(StringComparer.Ordinal).ToList();
        if (others.Count == 0)
        {
            return;
        }

        // A file that is itself replaced by the one of its signal comes last: until then it still says what it says of others.
        foreach (var versions in city.Reload(new DataIssueLog()).Configurations.ListAll().GroupBy(c => c.Signal).OrderBy(g => others.Contains(PathOf(g.Key))))
        {
            Write(versions.Key, [.. versions.OrderBy(v => v.ValidFromMs)]);
        }

        var kept = Path.Combine(settings.Data, ReplacedFolder, time.GetUtcNow().ToString("yyyyMMdd'T'HHmmssfff'Z'", CultureInfo.InvariantCulture));
        foreach (var path in others.Where(f => !_ours.ContainsKey(f)))
        {
            WholeFile.Publish(path, Path.Combine(kept, Path.GetRelativePath(Folder, path)));
        }
    }

    /// <summary>Whether a file holds the versions of the signal of its name and nothing else.</summary>
    private bool IsOurs(string path)
    {
        var file = new FileInfo(path);
        if (_ours.TryGetValue(path, out var known) && known == (file.Length, file.LastWriteTimeUtc))
        {
            return true;
        }

        if (!SignalId.TryParse(Path.GetFileNameWithoutExtension(path), out var signal) || path != PathOf(signal))
        {
            return false;
        }

        var found = SignalFiles.Read(path, new DataIssueLog());
        if (found.Count == 0 || found.Any(c => c.Signal != signal))
        {
            return false;
        }

        Remember(path);
        return true;
    }
}
