using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;

namespace Crosstown.Server.Measuring;

/// <summary>Hands rows to two sinks, one after the other.</summary>
internal sealed class BothSinks(ITableSink first, ITableSink second) : ITableSink
{
    /// <inheritdoc/>
    public void Take(SignalId signal, LocalTimeMap clock, RowBuffer rows)
    {
        first.Take(signal, clock, rows);
        second.Take(signal, clock, rows);
    }
}
