using System.Collections.Immutable;
using Crosstown.Core.Data;
using Crosstown.Core.Street;
using Crosstown.Core.Time;
using Crosstown.Logs.Zones;

namespace Crosstown.Logs.Store;

/// <summary>The events of a store, for export and SQL.</summary>
/// <param name="issues">Takes what is found damaged while reading; null makes damage an exception.</param>
public sealed class StoredEvents(EventStore store, DataIssueLog? issues) : IEventSource
{
    /// <inheritdoc/>
    public ImmutableArray<SignalId> ListSignals() => [.. store.ListSignals()];

    /// <inheritdoc/>
    public LocalTimeMap ClockOf(SignalId signal) => store.FindZone(signal) is { } zone ? ZoneRules.MapFor(zone) : LocalTimeMap.Utc;

    /// <inheritdoc/>
    public TimeRange? FindRange(SignalId signal) => store.FindRange(signal);

    /// <inheritdoc/>
    public IEventReader Open(SignalId signal, TimeRange range) => store.OpenReader(signal, range, issues);
}
