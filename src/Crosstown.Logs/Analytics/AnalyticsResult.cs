using System.Collections.Immutable;

namespace Crosstown.Logs.Analytics;

/// <summary>The rows of a query, a chunk at a time: however many there are, one chunk is in memory.</summary>
internal sealed unsafe class AnalyticsResult : IDisposable
{
    private DuckDb.ResultHandle _result;
    private nint _chunk;

    public AnalyticsResult(DuckDb.ResultHandle result)
    {
        _result = result;
        var columns = ImmutableArray.CreateBuilder<ResultColumn>();
        for (ulong i = 0; i < DuckDb.ColumnCount(ref _result); i++)
        {
            columns.Add(ReadColumn(i));
        }

        Columns = columns.ToImmutable();
    }

    public ImmutableArray<ResultColumn> Columns { get; }

    /// <summary>The number of rows in the chunk.</summary>
    public int RowCount { get; private set; }

    /// <summary>Goes to the next chunk; false when there is none.</summary>
    /// <exception cref="AnalyticsException">DuckDB fails on the way.</exception>
    public bool Next()
    {
        DuckDb.DestroyDataChunk(ref _chunk);
        _chunk = DuckDb.FetchChunk(_result);
        RowCount = _chunk == 0 ? 0 : (int)DuckDb.DataChunkSize(_chunk);
        if (_chunk == 0 && DuckDb.Text(DuckDb.ResultError(ref _result)) is { Length: > 0 } error)
        {
            throw new AnalyticsException(error);
        }

        return RowCount > 0;
    }

    /// <summary>A column of the chunk.</summary>
    public ChunkColumn Column(int column)
    {
        var vector = DuckDb.DataChunkVector(_chunk, (ulong)column);
        return new ChunkColumn(DuckDb.VectorData(vector), DuckDb.VectorValidity(vector));
    }

    public void Dispose()
    {
        DuckDb.DestroyDataChunk(ref _chunk);
        DuckDb.DestroyResult(ref _result);
    }

    private ResultColumn ReadColumn(ulong index)
    {
        var name = DuckDb.Text(DuckDb.ColumnName(ref _result, index));
        var logical = DuckDb.ColumnLogicalType(ref _result, index);
        try
        {
            var type = DuckDb.GetTypeId(logical);
            return type switch
            {
                DuckDbType.Decimal => new ResultColumn(name, type, DuckDb.DecimalInternalType(logical), DuckDb.DecimalScale(logical), []),
                DuckDbType.Enum => new ResultColumn(name, type, DuckDb.EnumInternalType(logical), 0, ListWords(logical)),
                _ => new ResultColumn(name, type, type, 0, []),
            };
        }
        finally
        {
            DuckDb.DestroyLogicalType(ref logical);
        }
    }

    private static ImmutableArray<string> ListWords(nint logical)
    {
        var words = ImmutableArray.CreateBuilder<string>();
        for (ulong i = 0; i < DuckDb.EnumDictionarySize(logical); i++)
        {
            words.Add(DuckDb.TakeText(DuckDb.EnumDictionaryValue(logical, i)));
        }

        return words.ToImmutable();
    }
}

/// <summary>A column of a result.</summary>
/// <param name="Stored">How the values lie in memory: for decimals and enumerations a whole number's type, else <paramref name="Type"/>.</param>
/// <param name="Scale">Digits after the point of a decimal.</param>
/// <param name="Words">The words of an enumeration.</param>
internal sealed record ResultColumn(string Name, DuckDbType Type, DuckDbType Stored, int Scale, ImmutableArray<string> Words);

/// <summary>A column's values in a chunk; good until the next chunk is asked for.</summary>
internal readonly unsafe struct ChunkColumn(void* data, ulong* validity)
{
    public bool IsNull(int row) => validity is not null && (validity[row >> 6] >> (row & 63) & 1) == 0;

    public T Get<T>(int row)
        where T : unmanaged => ((T*)data)[row];

    /// <summary>A text's bytes: 16 bytes hold its length and, up to twelve bytes, itself; a longer one's place stands in the last eight.</summary>
    public ReadOnlySpan<byte> Text(int row)
    {
        var at = (byte*)data + (row * 16L);
        var length = *(int*)at;
        return new ReadOnlySpan<byte>(length <= 12 ? at + 4 : *(byte**)(at + 8), length);
    }
}
