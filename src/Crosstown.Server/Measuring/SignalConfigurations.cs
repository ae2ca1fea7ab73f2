using Crosstown.Core.Data;
using Crosstown.Core.Street;
using Crosstown.Logs.Configuration;

namespace Crosstown.Server.Measuring;

/// <summary>The configurations at hand: those named by the user, else those in the data folder.</summary>
internal sealed class SignalConfigurations
{
    /// <summary>Where configuration lies in a data folder: one JSON file per signal.</summary>
    public const string Folder = "signals";

    private readonly ILookup<SignalId, SignalConfiguration> _bySignal;

    private SignalConfigurations(IEnumerable<SignalConfiguration> configurations) => _bySignal = configurations.ToLookup(c => c.Signal);

    public static SignalConfigurations Of(IEnumerable<SignalConfiguration> configurations) => new(configurations);

    /// <param name="data">The data folder; null when there is none.</param>
    /// <param name="files">Files and folders named by the user; they are taken instead of the data folder's.</param>
    /// <param name="issues">Takes what is wrong with the files.</param>
    /// <param name="unnamed">The signal of tables that name none; null leaves their rows out.</param>
    /// <exception cref="ProblemException">A named file is not there.</exception>
    public static SignalConfigurations Open(string? data, IReadOnlyList<string> files, DataIssueLog issues, SignalId? unnamed = null)
    {
        var kept = data is null ? null : Path.Combine(data, Folder);
        return new SignalConfigurations(
            files.Count > 0 ? SignalFiles.Read(files, issues, unnamed)
            : kept is not null && Directory.Exists(kept) ? SignalFiles.Read([kept], issues, unnamed)
            : []);
    }

    /// <summary>The newest configuration of a signal that holds at a moment; the earliest where all begin later; null when there is none.</summary>
    public SignalConfiguration? Find(SignalId signal, long atMs = long.MaxValue)
    {
        SignalConfiguration? found = null;
        foreach (var version in _bySignal[signal].OrderBy(c => c.ValidFromMs))
        {
            if (found is null || version.ValidFromMs <= atMs)
            {
                found = version;
            }
        }

        return found;
    }

    /// <summary>All versions of a signal's configuration, the earliest first; none for a signal that is not configured.</summary>
    public IReadOnlyList<SignalConfiguration> ListVersions(SignalId signal) => [.. _bySignal[signal].OrderBy(c => c.ValidFromMs)];

    public IEnumerable<SignalConfiguration> ListAll() => _bySignal.SelectMany(g => g);
}
