using System.Collections.Immutable;

namespace Crosstown.Core.Tables;

/// <summary>How a column's values are held and written.</summary>
public enum ColumnType
{
    /// <summary>Milliseconds UTC; written as ISO 8601, local wall clock or UTC as the writer is told.</summary>
    Time,

    /// <summary>The signal that the whole run of rows belongs to; takes no value of its own.</summary>
    Signal,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>A real number held in 64 bits.</summary>
    Real,

    /// <summary>A real number held in 32 bits, as some peers do.</summary>
    Single,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>One of the words listed in <see cref="Column.Words"/>; never free text (rule P04).</summary>
    Word,
}

/// <summary>A column of a result table.</summary>
/// <param name="Name">As in the file.</param>
/// <param name="Type">How values are held.</param>
/// <param name="Unit">Unit, such as <c>s</c>, <c>veh/h</c>, <c>0-1</c>; empty for counts and labels.</param>
/// <param name="Description">What the value says, its range, and what null means.</param>
public sealed record Column(string Name, ColumnType Type, string Unit, string Description)
{
    /// <summary>For <see cref="ColumnType.Word"/>: all words that may stand in the column.</summary>
    public ImmutableArray<string> Words { get; init; } = [];
}

/// <summary>A result table: its file name and columns.</summary>
/// <remarks>
/// One schema describes a table for every writer (CSV, NDJSON, Parquet), for the documentation and for the privacy inventory (rule P02).
/// </remarks>
public sealed record TableSchema
{
    /// <summary>File name without ending, such as <c>split-failures</c>.</summary>
    public required string Name { get; init; }

    public required ImmutableArray<Column> Columns { get; init; }

    /// <summary>True when the file is sorted by its first time column and then by signal; false when by signal and then by time.</summary>
    public bool TimeFirst { get; init; }
}
