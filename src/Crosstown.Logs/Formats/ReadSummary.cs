using System.Collections.Immutable;
using Crosstown.Core.Street;

namespace Crosstown.Logs.Formats;

/// <summary>What one file gave.</summary>
/// <param name="Source">The file, as the user named it.</param>
/// <param name="Format">Name of the format; null when none was recognized.</param>
/// <param name="Signals">The signals whose events it holds, sorted.</param>
/// <param name="Events">Events handed to the sink, duplicates included.</param>
/// <param name="RowsRefused">Rows or records left out, each with a data issue.</param>
/// <param name="Bytes">Size as it lies on disk.</param>
public sealed record FileSummary(string Source, string? Format, ImmutableArray<SignalId> Signals, long Events, long RowsRefused, long Bytes);

/// <summary>What the files read gave, in the order in which they were read.</summary>
public sealed record ReadSummary(ImmutableArray<FileSummary> Files)
{
    /// <summary>Events handed to the sink, duplicates included.</summary>
    public long Events => Files.Sum(f => f.Events);

    /// <summary>Rows or records left out.</summary>
    public long RowsRefused => Files.Sum(f => f.RowsRefused);

    /// <summary>Bytes read from disk.</summary>
    public long Bytes => Files.Sum(f => f.Bytes);
}
