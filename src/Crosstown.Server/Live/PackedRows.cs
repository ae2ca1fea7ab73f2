using Crosstown.Core.Tables;

namespace Crosstown.Server.Live;

/// <summary>Rows of one table, packed: each cell as its difference from the row before, in as few bytes as it needs. Some 10 bytes a row instead of 80.</summary>
/// <remarks>Rows are added at the end and read as a whole. Cells come back bit for bit. Callers keep threads apart.</remarks>
internal sealed class PackedRows(TableSchema schema)
{
    private readonly long[] _before = new long[schema.Columns.Length];
    private ulong _nullsBefore;
    private byte[] _bytes = [];
    private int _length;

    /// <summary>The number of rows.</summary>
    public int Count { get; private set; }

    /// <summary>Memory held, in bytes.</summary>
    public int Bytes => _bytes.Length;

    public void Add(RowBuffer rows)
    {
        for (var row = 0; row < rows.Count; row++)
        {
            var cells = rows.Cells(row);
            var nulls = rows.Nulls(row);
            Write(nulls ^ _nullsBefore);
            _nullsBefore = nulls;
            for (var column = 0; column < cells.Length; column++)
            {
                if ((nulls >> column & 1) == 0)
                {
                    Write(IsReal(column) ? Turn((ulong)(cells[column] ^ _before[column])) : ZigZag(cells[column] - _before[column]));
                    _before[column] = cells[column];
                }
            }
        }

        Count += rows.Count;
    }

    /// <summary>All rows, in the order in which they were added.</summary>
    public RowBuffer Unpack()
    {
        var rows = new RowBuffer(schema, Math.Max(1, Count));
        var (before, cells, nulls, at) = (new long[_before.Length], new long[_before.Length], 0UL, 0);
        for (var row = 0; row < Count; row++)
        {
            nulls ^= Read(ref at);
            for (var column = 0; column < cells.Length; column++)
            {
                if ((nulls >> column & 1) != 0)
                {
                    cells[column] = 0;
                    continue;
                }

                var word = Read(ref at);
                before[column] = IsReal(column) ? before[column] ^ (long)Turn(word) : before[column] + UnZigZag(word);
                cells[column] = before[column];
            }

            rows.AddRow(cells, nulls);
        }

        return rows;
    }

    public void Clear()
    {
        (_bytes, _length, _nullsBefore, Count) = ([], 0, 0, 0);
        Array.Clear(_before);
    }

    /// <summary>Two reals that are near or round differ in their first bits: turned round, these are the low ones.</summary>
    private static ulong Turn(ulong bits) => System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(bits);

    private static ulong ZigZag(long value) => (ulong)(value << 1 ^ value >> 63);

    private static long UnZigZag(ulong word) => (long)(word >> 1) ^ -(long)(word & 1);

    private bool IsReal(int column) => schema.Columns[column].Type is ColumnType.Real;

    private void Write(ulong word)
    {
        if (_length + 10 > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(64, _bytes.Length + (_bytes.Length / 2)));
        }

        while (word >= 0x80)
        {
            _bytes[_length++] = (byte)(word | 0x80);
            word >>= 7;
        }

        _bytes[_length++] = (byte)word;
    }

    private ulong Read(ref int at)
    {
        var word = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var b = _bytes[at++];
            word |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
            {
                return word;
            }
        }
    }
}
