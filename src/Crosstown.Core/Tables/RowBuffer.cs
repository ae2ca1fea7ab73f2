using System.Diagnostics;
using Crosstown.Core.Time;

namespace Crosstown.Core.Tables;

/// <summary>Rows of one table for one signal, in the order in which they were added.</summary>
/// <remarks>
/// Cells are held as 64-bit words, row after row, with one null bit each, in buffers that are kept when the rows are cleared: adding rows
/// allocates nothing once the buffers have grown. Cells are added left to right; the <see cref="ColumnType.Signal"/> column takes none.
/// At most 64 columns.
/// </remarks>
public sealed class RowBuffer
{
    private readonly ColumnType[] _types;
    private long[] _cells;
    private ulong[] _nulls;
    private int _next;

    /// <exception cref="ArgumentException">The schema has more than 64 columns.</exception>
    public RowBuffer(TableSchema schema, int capacity = 64)
    {
        if (schema.Columns.Length > 64)
        {
            throw new ArgumentException($"Table {schema.Name} has {schema.Columns.Length} columns; 64 is the limit.", nameof(schema));
        }

        Schema = schema;
        _types = [.. schema.Columns.Select(c => c.Type)];
        _cells = new long[capacity * _types.Length];
        _nulls = new ulong[capacity];
    }

    public TableSchema Schema { get; }

    /// <summary>The number of whole rows.</summary>
    public int Count { get; private set; }

    public RowBuffer Time(long timeMs) => Put(ColumnType.Time, timeMs);

    public RowBuffer Integer(long value) => Put(ColumnType.Integer, value);

    public RowBuffer Integer(long? value) => value is { } v ? Put(ColumnType.Integer, v) : Null();

    public RowBuffer Real(double value) => Put(ColumnType.Real, BitConverter.DoubleToInt64Bits(value));

    public RowBuffer Real(double? value) => value is { } v ? Real(v) : Null();

    public RowBuffer Single(float value) => Put(ColumnType.Single, BitConverter.SingleToInt32Bits(value));

    public RowBuffer Boolean(bool value) => Put(ColumnType.Boolean, value ? 1 : 0);

    /// <param name="index">Index into the column's <see cref="Column.Words"/>.</param>
    public RowBuffer Word(int index) => Put(ColumnType.Word, index);

    /// <summary>A missing value: not known, which is never the same as 0.</summary>
    public RowBuffer Null()
    {
        var column = Begin();
        _nulls[Count] |= 1UL << column;
        _cells[_next++] = 0;
        return Finish();
    }

    public bool IsNull(int row, int column) => (_nulls[row] >> column & 1) != 0;

    /// <summary>The cell's 64 bits: a number, the bits of a real, 1 for true, or a word's index.</summary>
    public long Bits(int row, int column) => _cells[(row * _types.Length) + column];

    /// <summary>The cell as a number; for a <see cref="ColumnType.Single"/> the 32-bit value widened. NaN when null.</summary>
    public double Number(int row, int column) => IsNull(row, column)
        ? double.NaN
        : _types[column] switch
        {
            ColumnType.Real => BitConverter.Int64BitsToDouble(Bits(row, column)),
            ColumnType.Single => BitConverter.Int32BitsToSingle((int)Bits(row, column)),
            _ => Bits(row, column),
        };

    /// <summary>All cells of a row.</summary>
    public ReadOnlySpan<long> Cells(int row) => _cells.AsSpan(row * _types.Length, _types.Length);

    /// <summary>Which cells of a row are missing: bit <c>n</c> for column <c>n</c>.</summary>
    public ulong Nulls(int row) => _nulls[row];

    /// <summary>Adds a whole row as <see cref="Cells"/> and <see cref="Nulls"/> gave it.</summary>
    /// <param name="cells">One word a column, the <see cref="ColumnType.Signal"/> column's included.</param>
    /// <exception cref="ArgumentException">Not one cell a column.</exception>
    public void AddRow(ReadOnlySpan<long> cells, ulong nulls)
    {
        if (cells.Length != _types.Length)
        {
            throw new ArgumentException($"Table {Schema.Name} takes {_types.Length} cells a row, not {cells.Length}.", nameof(cells));
        }

        Debug.Assert(_next == Count * _types.Length, $"Table {Schema.Name}: a row is begun and not ended.");
        Grow();
        cells.CopyTo(_cells.AsSpan(_next));
        _nulls[Count++] = nulls;
        _next += cells.Length;
    }

    /// <summary>Forgets the rows and keeps the memory.</summary>
    public void Clear()
    {
        Count = 0;
        _next = 0;
    }

    /// <summary>Drops the rows whose first time column lies outside a range; rows of a table without one stay.</summary>
    public void KeepFirstTimeIn(TimeRange range) => KeepFirstTimeWhere(range.Contains);

    /// <summary>Drops the rows whose first time column is not wanted; rows of a table without one stay.</summary>
    public void KeepFirstTimeWhere(Predicate<long> isWanted)
    {
        var column = Array.IndexOf(_types, ColumnType.Time);
        if (column < 0)
        {
            return;
        }

        var kept = 0;
        for (var row = 0; row < Count; row++)
        {
            if (isWanted(Bits(row, column)))
            {
                Cells(row).CopyTo(_cells.AsSpan(kept * _types.Length));
                _nulls[kept++] = _nulls[row];
            }
        }

        Count = kept;
        _next = kept * _types.Length;
    }

    /// <summary>Sorts rows by the given columns, keeping the order of equal rows; nulls come first.</summary>
    public void SortBy(params ReadOnlySpan<int> columns)
    {
        var keys = columns.ToArray();
        var order = new int[Count];
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        Array.Sort(order, (a, b) =>
        {
            foreach (var key in keys)
            {
                var byNull = IsNull(b, key).CompareTo(IsNull(a, key));
                var byValue = byNull != 0 ? byNull
                    : _types[key] is ColumnType.Real or ColumnType.Single ? Number(a, key).CompareTo(Number(b, key))
                    : Bits(a, key).CompareTo(Bits(b, key));
                if (byValue != 0)
                {
                    return byValue;
                }
            }

            return a.CompareTo(b);
        });

        var cells = new long[_cells.Length];
        var nulls = new ulong[_nulls.Length];
        for (var i = 0; i < order.Length; i++)
        {
            Cells(order[i]).CopyTo(cells.AsSpan(i * _types.Length));
            nulls[i] = _nulls[order[i]];
        }

        (_cells, _nulls) = (cells, nulls);
    }

    private RowBuffer Put(ColumnType type, long bits)
    {
        var column = Begin();
        Debug.Assert(_types[column] == type, $"Table {Schema.Name}: column {Schema.Columns[column].Name} takes {_types[column]}, not {type}.");
        _cells[_next++] = bits;
        return Finish();
    }

    private int Begin()
    {
        var column = _next - (Count * _types.Length);
        if (column == 0)
        {
            Grow();
            _nulls[Count] = 0;
        }

        if (_types[column] == ColumnType.Signal)
        {
            _cells[_next++] = 0;
            column++;
        }

        return column;
    }

    private RowBuffer Finish()
    {
        var column = _next - (Count * _types.Length);
        if (column == _types.Length - 1 && _types[column] == ColumnType.Signal)
        {
            _cells[_next++] = 0;
            column++;
        }

        if (column == _types.Length)
        {
            Count++;
        }

        return this;
    }

    private void Grow()
    {
        if (Count < _nulls.Length)
        {
            return;
        }

        Array.Resize(ref _nulls, Math.Max(64, _nulls.Length * 2));
        Array.Resize(ref _cells, _nulls.Length * _types.Length);
    }
}
