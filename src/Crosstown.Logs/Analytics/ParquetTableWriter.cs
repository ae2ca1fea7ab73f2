using System.Text;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;

namespace Crosstown.Logs.Analytics;

/// <summary>Writes a table as a Parquet file (zstd), in bounded memory, through a database file that stands beside it while it is written.</summary>
/// <remarks>
/// Times in UTC are marked so in the file (<c>isAdjustedToUTC</c>), which every reader understands; on the wall clock they are plain
/// timestamps in milliseconds. Words and signal ids are text; missing values, and numbers that are none, are null. Rows keep their order.
/// </remarks>
public sealed unsafe class ParquetTableWriter : ITableWriter
{
    private const string TableName = "result";
    private const int MemoryLimitMb = 256;

    private readonly string _path;
    private readonly string _databasePath;
    private readonly string _spillFolder;
    private readonly TimeStyle _times;
    private readonly TableSchema _schema;
    private readonly ColumnType[] _types;
    private readonly byte[][][] _words;
    private readonly int _capacity;
    private readonly AnalyticsDatabase _database;
    private nint _appender;
    private nint _chunk;
    private int _count;

    /// <param name="engine">Shows that the library is here.</param>
    /// <param name="path">The file to write; it appears in <see cref="Complete"/>.</param>
    /// <exception cref="AnalyticsException">The place cannot be written.</exception>
    public ParquetTableWriter(AnalyticsEngine engine, string path, TableSchema schema, TimeStyle times)
    {
        ArgumentNullException.ThrowIfNull(engine);
        (_path, _schema, _times) = (path, schema, times);
        _databasePath = path + ".rows";
        _spillFolder = path + ".spill";
        _types = [.. schema.Columns.Select(c => c.Type)];
        _words = [.. schema.Columns.Select(c => c.Words.Select(Encoding.UTF8.GetBytes).ToArray())];
        _capacity = (int)DuckDb.VectorSize();
        RemoveTemporary();
        _database = AnalyticsEngine.Open(_databasePath, _spillFolder, MemoryLimitMb, threads: 1);
        var columns = schema.Columns.Select(c => $"{AnalyticsDatabase.Identifier(c.Name)} {TypeOf(c.Type, times).Sql}");
        _database.Execute($"CREATE TABLE {TableName} ({string.Join(", ", columns)})");
        if (DuckDb.CreateAppender(_database.Connection, null, TableName, out _appender) != DuckDb.Success)
        {
            throw new AnalyticsException(DuckDb.Text(DuckDb.AppenderError(_appender)));
        }

        var types = stackalloc nint[_types.Length];
        for (var i = 0; i < _types.Length; i++)
        {
            types[i] = DuckDb.CreateLogicalType(TypeOf(_types[i], times).Stored);
        }

        _chunk = DuckDb.CreateDataChunk(types, (ulong)_types.Length);
        for (var i = 0; i < _types.Length; i++)
        {
            DuckDb.DestroyLogicalType(ref types[i]);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="AnalyticsException">The rows cannot be kept, as on a full disk.</exception>
    public void Write(SignalId signal, LocalTimeMap clock, RowBuffer rows, int start, int count)
    {
        ObjectDisposedException.ThrowIf(_chunk == 0, this);
        if (!ReferenceEquals(rows.Schema, _schema) && rows.Schema.Name != _schema.Name)
        {
            throw new ArgumentException($"Rows of table {rows.Schema.Name} do not go into table {_schema.Name}.", nameof(rows));
        }

        Span<byte> id = stackalloc byte[SignalId.MaxLength];
        id = id[..Encoding.UTF8.GetBytes(signal.Value, id)];
        while (count > 0)
        {
            var taken = Math.Min(count, _capacity - _count);
            for (var column = 0; column < _types.Length; column++)
            {
                Fill(column, id, clock, rows, start, taken);
            }

            _count += taken;
            start += taken;
            count -= taken;
            if (_count == _capacity)
            {
                Append();
            }
        }
    }

    /// <inheritdoc/>
    /// <exception cref="AnalyticsException">The file cannot be written.</exception>
    public void Complete()
    {
        ObjectDisposedException.ThrowIf(_chunk == 0, this);
        Append();
        Check(DuckDb.FlushAppender(_appender));
        _database.Execute($"COPY {TableName} TO {AnalyticsDatabase.Literal(_path)} (FORMAT parquet, COMPRESSION zstd)");
    }

    /// <summary>Removes the database file; a table that was not completed leaves nothing.</summary>
    public void Dispose()
    {
        if (_chunk == 0)
        {
            return;
        }

        DuckDb.DestroyDataChunk(ref _chunk);
        _ = DuckDb.DestroyAppender(ref _appender);
        _database.Dispose();
        RemoveTemporary();
    }

    /// <summary>Copies one column's cells of some rows into the chunk.</summary>
    private void Fill(int column, ReadOnlySpan<byte> signal, LocalTimeMap clock, RowBuffer rows, int start, int count)
    {
        var vector = DuckDb.DataChunkVector(_chunk, (ulong)column);
        var data = DuckDb.VectorData(vector);
        for (var i = 0; i < count; i++)
        {
            var to = _count + i;
            var row = start + i;
            var cell = rows.Bits(row, column);
            if (rows.IsNull(row, column) || IsNoNumber(column, cell))
            {
                DuckDb.EnsureValidityWritable(vector);
                DuckDb.VectorValidity(vector)[to >> 6] &= ~(1UL << (to & 63));
                continue;
            }

            switch (_types[column])
            {
                case ColumnType.Time:
                    ((long*)data)[to] = _times == TimeStyle.Utc ? CheckTime(cell) * 1000 : CheckTime(clock.ToLocalMs(cell));
                    break;
                case ColumnType.Integer:
                case ColumnType.Real:
                    ((long*)data)[to] = cell;
                    break;
                case ColumnType.Single:
                    ((int*)data)[to] = (int)cell;
                    break;
                case ColumnType.Boolean:
                    ((byte*)data)[to] = cell != 0 ? (byte)1 : (byte)0;
                    break;
                case ColumnType.Signal:
                    Assign(vector, to, signal);
                    break;
                case ColumnType.Word:
                    Assign(vector, to, _words[column][cell]);
                    break;
            }
        }
    }

    private static void Assign(nint vector, int row, ReadOnlySpan<byte> text)
    {
        fixed (byte* bytes = text)
        {
            DuckDb.AssignString(vector, (ulong)row, bytes, (ulong)text.Length);
        }
    }

    private static long CheckTime(long timeMs) => timeMs is >= CellText.MinTimeMs and <= CellText.MaxTimeMs
        ? timeMs
        : throw new ArgumentOutOfRangeException(nameof(timeMs), timeMs, $"A time is written from {CellText.MinTimeMs} to {CellText.MaxTimeMs} ms, the years 1 to 9999.");

    private bool IsNoNumber(int column, long cell) => _types[column] switch
    {
        ColumnType.Real => !double.IsFinite(BitConverter.Int64BitsToDouble(cell)),
        ColumnType.Single => !float.IsFinite(BitConverter.Int32BitsToSingle((int)cell)),
        _ => false,
    };

    private void Append()
    {
        if (_count > 0)
        {
            DuckDb.SetDataChunkSize(_chunk, (ulong)_count);
            Check(DuckDb.AppendDataChunk(_appender, _chunk));
            DuckDb.ResetDataChunk(_chunk);
            _count = 0;
        }
    }

    private void Check(int state)
    {
        if (state != DuckDb.Success)
        {
            throw new AnalyticsException(DuckDb.Text(DuckDb.AppenderError(_appender)));
        }
    }

    private void RemoveTemporary()
    {
        File.Delete(_databasePath);
        File.Delete(_databasePath + ".wal");
        if (Directory.Exists(_spillFolder))
        {
            Directory.Delete(_spillFolder, recursive: true);
        }
    }

    private static (string Sql, DuckDbType Stored) TypeOf(ColumnType type, TimeStyle times) => type switch
    {
        ColumnType.Time when times == TimeStyle.Utc => ("TIMESTAMPTZ", DuckDbType.TimestampTz),
        ColumnType.Time => ("TIMESTAMP_MS", DuckDbType.TimestampMs),
        ColumnType.Integer => ("BIGINT", DuckDbType.BigInt),
        ColumnType.Real => ("DOUBLE", DuckDbType.Double),
        ColumnType.Single => ("FLOAT", DuckDbType.Float),
        ColumnType.Boolean => ("BOOLEAN", DuckDbType.Boolean),
        _ => ("VARCHAR", DuckDbType.Varchar),
    };
}
