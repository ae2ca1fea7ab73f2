using Crosstown.Core.Data;

namespace Crosstown.Server.Imports;

/// <summary>By which way logs came in.</summary>
internal enum ImportDoor
{
    /// <summary><c>crosstown import</c>.</summary>
    CommandLine,

    /// <summary>Files that a person handed in.</summary>
    Upload,

    /// <summary>Batches of events that another program sent.</summary>
    Push,

    /// <summary>Files and events that we fetched from controllers, or that were dropped into a folder.</summary>
    Poll,
}

/// <summary>One file of an import.</summary>
/// <param name="Name">As it may be kept: <see cref="SourceName.Of"/>.</param>
/// <param name="Format">Null when no reader knew the content.</param>
/// <param name="Signal">The signal whose log it is; null when it holds those of several, or of none.</param>
/// <param name="Signals">The number of signals in it.</param>
/// <param name="Events">Events read, known ones included.</param>
/// <param name="RowsRefused">Rows or records left out, each with an issue.</param>
internal sealed record ImportedFile(string Name, string? Format, string? Signal, long Signals, long Events, long RowsRefused, long Bytes);

/// <summary>What became of one import.</summary>
internal sealed record ImportRecord
{
    /// <summary>Most files that a record names; more are counted only.</summary>
    public const int MostFiles = 1_000;

    public required ImportDoor Door { get; init; }

    /// <summary>Ms UTC.</summary>
    public required long StartedMs { get; init; }

    /// <summary>When all of it was on the disk, ms UTC.</summary>
    public required long EndedMs { get; init; }

    /// <summary>At most <see cref="MostFiles"/> are kept by name.</summary>
    public required IReadOnlyList<ImportedFile> Files { get; init; }

    /// <summary>Events that the store did not have.</summary>
    public required long EventsAdded { get; init; }

    /// <summary>Events that the store had, or that came twice.</summary>
    public required long Duplicates { get; init; }

    /// <summary>What was wrong.</summary>
    public required DataIssueLog Issues { get; init; }
}
