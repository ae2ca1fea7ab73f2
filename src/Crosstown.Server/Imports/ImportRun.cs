using Crosstown.Core.Data;
using Crosstown.Core.Street;
using Crosstown.Logs.Formats;
using Crosstown.Logs.Store;

namespace Crosstown.Server.Imports;

/// <summary>What an import did.</summary>
/// <param name="Files">What each file gave.</param>
/// <param name="Commit">What became part of the store.</param>
internal sealed record ImportResult(IReadOnlyList<FileSummary> Files, CommitSummary Commit)
{
    /// <summary>The import as it is recorded.</summary>
    public ImportRecord ToRecord(ImportDoor door, long startedMs, long endedMs, DataIssueLog issues) => new()
    {
        Door = door,
        StartedMs = startedMs,
        EndedMs = endedMs,
        Files = [.. Files.Select(f => new ImportedFile(SourceName.Of(f.Source), f.Format, f.Signals is [var only] ? only.Value : null, f.Signals.Length, f.Events, f.RowsRefused, f.Bytes))],
        EventsAdded = Commit.Added,
        Duplicates = Commit.Duplicates,
        Issues = issues,
    };
}

/// <summary>Reads files into a store: all of them become part of it, or none.</summary>
internal static class ImportRun
{
    /// <param name="paths">Files and folders.</param>
    /// <param name="zoneOfSignal">IANA zone where the configuration knows it; null otherwise.</param>
    /// <exception cref="ProblemException">A path is not there, or the zone is none.</exception>
    /// <exception cref="IOException">The disk failed; the store is as it was.</exception>
    public static ImportResult Run(
        EventStore store, IReadOnlyList<string> paths, string? zone, SignalId? signal, Func<SignalId, string?>? zoneOfSignal, DataIssueLog issues)
    {
        var settings = new ReadSettings
        {
            Zone = zone,
            Signal = signal,
            ZoneOfSignal = id => zoneOfSignal?.Invoke(id) ?? (zone is null ? store.FindZone(id) : null),
        };
        using var writer = store.OpenWriter(issues);
        var files = new List<FileSummary>();
        foreach (var path in paths)
        {
            files.AddRange(LogFiles.Read(path, settings, writer, issues).Files);
        }

        return new ImportResult(files, writer.Commit());
    }
}
