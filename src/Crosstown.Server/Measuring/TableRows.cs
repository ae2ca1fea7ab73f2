using System.Collections.Immutable;
using System.Globalization;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;

namespace Crosstown.Server.Measuring;

/// <summary>Rows of one table and signal, read by column name.</summary>
internal sealed class TableRows(RowBuffer rows)
{
    private readonly Dictionary<string, int> _columns = rows.Schema.Columns.Select((c, i) => (c.Name, i)).ToDictionary(c => c.Name, c => c.i, StringComparer.Ordinal);

    /// <summary>The rows themselves.</summary>
    public RowBuffer Rows => rows;

    public TableSchema Schema => rows.Schema;

    public int Count => rows.Count;

    /// <summary>All cells of a row, as they are held.</summary>
    public ReadOnlySpan<long> Cells(int row) => rows.Cells(row);

    /// <summary>Which cells of a row are missing.</summary>
    public ulong Nulls(int row) => rows.Nulls(row);

    public bool Has(string column) => _columns.ContainsKey(column);

    /// <exception cref="KeyNotFoundException">The table has no such column.</exception>
    public TableColumn Column(string name) => _columns.TryGetValue(name, out var index)
        ? new TableColumn(rows, index)
        : throw new KeyNotFoundException($"Table {rows.Schema.Name} has no column {name}; there are {string.Join(", ", _columns.Keys)}.");

    /// <summary>The rows whose first time lies in a range; null when there are none.</summary>
    public TableRows? CutTo(TimeRange range)
    {
        var cut = new RowBuffer(rows.Schema, Math.Max(1, rows.Count));
        for (var row = 0; row < rows.Count; row++)
        {
            cut.AddRow(rows.Cells(row), rows.Nulls(row));
        }

        cut.KeepFirstTimeIn(range);
        return cut.Count == 0 ? null : new TableRows(cut);
    }

    /// <summary>The columns that say which phase or overlap a row is about.</summary>
    public GroupColumns Groups() => new(
        Column("phase"), Has("overlap") ? Column("overlap") : null);
}

/// <summary>One column's cells.</summary>
internal readonly struct TableColumn(RowBuffer rows, int index)
{
    public Column Definition => rows.Schema.Columns[index];

    /// <summary>The number in a row; null when missing.</summary>
    public double? Number(int row) => rows.IsNull(row, index) ? null : rows.Number(row, index);

    /// <summary>The whole number in a row; null when missing.</summary>
    public long? Integer(int row) => rows.IsNull(row, index) ? null : rows.Bits(row, index);

    /// <summary>The time in a row, ms UTC; the column must have one in every row.</summary>
    public long Time(int row) => rows.Bits(row, index);

    /// <summary>Yes or no; null when missing.</summary>
    public bool? Flag(int row) => rows.IsNull(row, index) ? null : rows.Bits(row, index) != 0;

    /// <summary>A word, or a whole number, as text; empty when missing.</summary>
    public string Text(int row) => Definition.Type == ColumnType.Word ? Word(row) : Integer(row)?.ToString(CultureInfo.InvariantCulture) ?? "";

    /// <summary>The word in a row; empty when missing.</summary>
    public string Word(int row) => rows.IsNull(row, index) ? "" : rows.Schema.Columns[index].Words[(int)rows.Bits(row, index)];
}

/// <summary>The columns <c>phase</c> and <c>overlap</c>, one of which is set in each row.</summary>
internal readonly struct GroupColumns(TableColumn phase, TableColumn? overlap)
{
    /// <summary>What the row is about; null when neither is set.</summary>
    public SignalGroup? At(int row) =>
        phase.Integer(row) is { } p ? SignalGroup.Phase((int)p)
        : overlap?.Integer(row) is { } o ? SignalGroup.Overlap((int)o)
        : null;

    /// <summary>All groups of a table: phases first, each kind by number.</summary>
    public ImmutableArray<SignalGroup> List(int rowCount)
    {
        var groups = new HashSet<SignalGroup>();
        for (var row = 0; row < rowCount; row++)
        {
            if (At(row) is { } group)
            {
                groups.Add(group);
            }
        }

        return [.. groups.OrderBy(g => g.IsOverlap).ThenBy(g => g.Number)];
    }
}
