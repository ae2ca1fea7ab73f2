using Crosstown.Core.Data;
using Crosstown.Logs.Formats;

namespace Crosstown.Server.Live.Intake;

/// <summary>By which way logs came into a running server.</summary>
internal enum IntakeDoor
{
    /// <summary>Batches of events that another program sent.</summary>
    Push,

    /// <summary>Files that a person handed in.</summary>
    Upload,

    /// <summary>Files that were dropped into a folder.</summary>
    Folder,
}

/// <summary>What became of files or batches that were taken; all of it is on the disk.</summary>
/// <param name="StartedMs">Ms UTC.</param>
/// <param name="EndedMs">When all of it was on the disk, ms UTC.</param>
/// <param name="Files">What each gave, under names that may be kept (<see cref="Imports.SourceName"/>).</param>
/// <param name="Taken">Events that are stored now, known ones included.</param>
/// <param name="Added">Events of them that were not known.</param>
/// <param name="Refused">Rows left out and events not stored; the issues say why.</param>
/// <param name="Issues">What was wrong.</param>
internal sealed record IntakeReport(
    IntakeDoor Door, long StartedMs, long EndedMs, IReadOnlyList<FileSummary> Files, long Taken, long Added, long Refused, DataIssueLog Issues)
{
    /// <summary>Events that were known, or came twice.</summary>
    public long Duplicates => Taken - Added;

    /// <summary>Whether any reader knew any of the content.</summary>
    public bool IsRead => Files.Any(f => f.Format is not null);
}
