using Crosstown.Core.Events;
using Crosstown.Core.Tables;

namespace Crosstown.Measures.Engine;

/// <summary>Buffers that passes use one after the other, so that they grow once and not once per signal. Not for passes that run at the same time.</summary>
/// <remarks>Passes that take turns may share them too, if each hands over its rows before the next is given events or begun.</remarks>
public sealed class RowBuffers
{
    private readonly Dictionary<TableSchema, RowBuffer> _buffers = new(ReferenceEqualityComparer.Instance);
    private ControllerEvent[] _shown = [];

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

    /// <summary>Room for the events that a pass shows its measures.</summary>
    internal ControllerEvent[] Shown(int length) => _shown.Length == length ? _shown : _shown = new ControllerEvent[length];
}
