using Crosstown.Core.Street;
using Crosstown.Core.Time;

namespace Crosstown.Core.Tables;

/// <summary>Takes finished rows, one signal's at a time.</summary>
public interface ITableSink
{
    /// <summary>Takes all rows of <paramref name="rows"/>; the caller clears them afterwards.</summary>
    /// <param name="signal">The signal that the rows belong to; rows of one signal and table come in time order over all calls.</param>
    /// <param name="clock">The signal's wall clock.</param>
    void Take(SignalId signal, LocalTimeMap clock, RowBuffer rows);
}
