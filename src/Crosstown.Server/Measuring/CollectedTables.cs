using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;

namespace Crosstown.Server.Measuring;

/// <summary>Keeps the rows that charts are drawn from, signal by signal, until they are let go.</summary>
/// <param name="wanted">Names of the tables to keep; rows of others pass by.</param>
internal sealed class CollectedTables(IEnumerable<string> wanted) : ITableSink
{
    private readonly HashSet<string> _wanted = [.. wanted];
    private readonly Dictionary<SignalId, Dictionary<string, RowBuffer>> _bySignal = [];

    /// <inheritdoc/>
    public void Take(SignalId signal, LocalTimeMap clock, RowBuffer rows)
    {
        if (!_wanted.Contains(rows.Schema.Name))
        {
            return;
        }

        if (!_bySignal.TryGetValue(signal, out var tables))
        {
            _bySignal[signal] = tables = new Dictionary<string, RowBuffer>(StringComparer.Ordinal);
        }

        if (!tables.TryGetValue(rows.Schema.Name, out var kept))
        {
            tables[rows.Schema.Name] = kept = new RowBuffer(rows.Schema);
        }

        for (var row = 0; row < rows.Count; row++)
        {
            kept.AddRow(rows.Cells(row), rows.Nulls(row));
        }
    }

    /// <summary>A signal's rows of a table; null when it has none.</summary>
    public TableRows? Find(SignalId signal, string table) =>
        _bySignal.TryGetValue(signal, out var tables) && tables.TryGetValue(table, out var rows) ? new TableRows(rows) : null;

    /// <summary>Forgets a signal's rows, except those of some tables.</summary>
    /// <param name="kept">Names of the tables whose rows stay, because they are drawn for several signals at once.</param>
    public void Release(SignalId signal, IReadOnlyCollection<string> kept)
    {
        if (_bySignal.TryGetValue(signal, out var tables))
        {
            foreach (var name in tables.Keys.Where(n => !kept.Contains(n)).ToArray())
            {
                tables.Remove(name);
            }
        }
    }
}
