using System.Buffers;
using System.Text;
using Crosstown.Core.Street;
using Crosstown.Core.Time;

namespace Crosstown.Core.Tables;

/// <summary>What CSV and NDJSON share: rows as lines of UTF-8 text, cell after cell, into a stream that the caller owns.</summary>
/// <remarks>
/// Rows go straight into one pooled buffer, which is handed to the stream when full: a row costs no allocation, and memory does not grow with
/// their number. The two formats differ only in what stands around a cell, which is laid out once, when the writer is made.
/// </remarks>
public abstract class TextTableWriter : ITableWriter
{
    private const int BufferBytes = 64 * 1024;

    private readonly Stream _stream;
    private readonly TableSchema _schema;
    private readonly TimeStyle _times;
    private readonly byte[] _around;
    private readonly byte[] _missing;
    private readonly byte[] _rowEnd;
    private readonly ColumnType[] _types;
    private readonly byte[][] _before;
    private readonly byte[][][] _words;
    private readonly int _maxRowBytes;
    private byte[] _buffer;
    private int _used;

    private protected TextTableWriter(Stream stream, TableSchema schema, TimeStyle times, Layout layout)
    {
        _stream = stream;
        _schema = schema;
        _times = times;
        _around = Encoding.UTF8.GetBytes(layout.AroundText);
        _missing = Encoding.UTF8.GetBytes(layout.Missing);
        _rowEnd = Encoding.UTF8.GetBytes(layout.RowEnd);
        _types = [.. schema.Columns.Select(c => c.Type)];
        _before = [.. schema.Columns.Select((c, i) => Encoding.UTF8.GetBytes(layout.Before(c, i)))];
        _words = [.. schema.Columns.Select(c => c.Words.Select(w => Encoding.UTF8.GetBytes(layout.Word(w))).ToArray())];
        _maxRowBytes = _rowEnd.Length;
        for (var i = 0; i < _types.Length; i++)
        {
            var widestWord = _words[i].Select(w => w.Length).DefaultIfEmpty(0).Max();
            var widestCell = Math.Max(CellText.MaxNumberLength, Math.Max(widestWord, SignalId.MaxLength));
            _maxRowBytes += _before[i].Length + widestCell + (2 * _around.Length);
        }

        _buffer = ArrayPool<byte>.Shared.Rent(Math.Max(BufferBytes, _maxRowBytes));
        var header = Encoding.UTF8.GetBytes(layout.Header);
        if (header.Length > 0)
        {
            stream.Write(header);
        }
    }

    /// <inheritdoc/>
    public void Write(SignalId signal, LocalTimeMap clock, RowBuffer rows, int start, int count)
    {
        ObjectDisposedException.ThrowIf(_buffer.Length == 0, this);
        if (!ReferenceEquals(rows.Schema, _schema) && rows.Schema.Name != _schema.Name)
        {
            throw new ArgumentException($"Rows of table {rows.Schema.Name} do not go into table {_schema.Name}.", nameof(rows));
        }

        for (var row = start; row < start + count; row++)
        {
            if (_buffer.Length - _used < _maxRowBytes)
            {
                Flush();
            }

            WriteRow(signal.Value, clock, rows, row);
        }
    }

    /// <inheritdoc/>
    public void Complete()
    {
        Flush();
        _stream.Flush();
    }

    /// <summary>Gives the buffer back; the stream stays open, and rows not yet handed to it are dropped.</summary>
    public void Dispose()
    {
        var buffer = _buffer;
        _buffer = [];
        _used = 0;
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        GC.SuppressFinalize(this);
    }

    private void WriteRow(string signal, LocalTimeMap clock, RowBuffer rows, int row)
    {
        var to = _buffer.AsSpan(_used, _maxRowBytes);
        var cells = rows.Cells(row);
        var nulls = rows.Nulls(row);
        var at = 0;
        for (var i = 0; i < _types.Length; i++)
        {
            Put(to, ref at, _before[i]);
            if ((nulls >> i & 1) != 0)
            {
                Put(to, ref at, _missing);
                continue;
            }

            var cell = cells[i];
            switch (_types[i])
            {
                case ColumnType.Time:
                    Put(to, ref at, _around);
                    at += CellText.WriteTime(to[at..], _times == TimeStyle.Utc ? cell : clock.ToLocalMs(cell), _times == TimeStyle.Utc);
                    Put(to, ref at, _around);
                    break;
                case ColumnType.Signal:
                    // A signal id is letters, digits and '_', '.', '-' behind a first letter or digit: nothing to quote in either format.
                    Put(to, ref at, _around);
                    at += Encoding.UTF8.GetBytes(signal, to[at..]);
                    Put(to, ref at, _around);
                    break;
                case ColumnType.Integer:
                    at += CellText.WriteInteger(to[at..], cell);
                    break;
                case ColumnType.Real:
                    var real = BitConverter.Int64BitsToDouble(cell);
                    if (double.IsFinite(real))
                    {
                        at += CellText.WriteReal(to[at..], real);
                    }
                    else
                    {
                        Put(to, ref at, _missing);
                    }

                    break;
                case ColumnType.Single:
                    var single = BitConverter.Int32BitsToSingle((int)cell);
                    if (float.IsFinite(single))
                    {
                        at += CellText.WriteSingle(to[at..], single);
                    }
                    else
                    {
                        Put(to, ref at, _missing);
                    }

                    break;
                case ColumnType.Boolean:
                    Put(to, ref at, cell != 0 ? "true"u8 : "false"u8);
                    break;
                case ColumnType.Word:
                    Put(to, ref at, _words[i][cell]);
                    break;
            }
        }

        Put(to, ref at, _rowEnd);
        _used += at;
    }

    private static void Put(Span<byte> to, ref int at, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(to[at..]);
        at += bytes.Length;
    }

    private void Flush()
    {
        if (_used > 0)
        {
            _stream.Write(_buffer, 0, _used);
            _used = 0;
        }
    }

    /// <summary>What a format puts around the cells.</summary>
    /// <param name="Header">Before all rows.</param>
    /// <param name="Before">Before a cell of a column, by the column and its place.</param>
    /// <param name="Word">A word as a whole cell.</param>
    /// <param name="AroundText">Before and after a time or a signal id.</param>
    /// <param name="Missing">A missing value.</param>
    /// <param name="RowEnd">After a row.</param>
    private protected sealed record Layout(
        string Header, Func<Column, int, string> Before, Func<string, string> Word, string AroundText, string Missing, string RowEnd);
}
