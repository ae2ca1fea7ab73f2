using Crosstown.Core.Tables;

namespace Crosstown.Measures.Engine;

/// <summary>Row buffers that passes use one after the other, so that they grow once and not once per signal. Not for passes that run at the same time.</summary>
public sealed class RowBuffers
{
    private readonly Dictionary<TableSchema, RowBuffer> _buffers = new(ReferenceEqualityComparer.Instance);

    /// <summary>An empty buffer for a table.</summary>
    internal RowBuffer For(TableSchema schema)
    {
        if (!_buffers.TryGetValue(schema, out var rows))
        {
            _buffers[schema] = rows = new RowBuffer(schema);
        }

        rows.Clear();
        return rows;
    }
}
