using System.Collections.Immutable;
using Crosstown.Core.Data;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Time;
using Crosstown.Logs.Zones;

namespace Crosstown.Logs.Store;

/// <summary>Gives out the events of a store.</summary>
/// <param name="store">Where they lie.</param>
/// <param name="issues">Takes what is found damaged on the way; null makes damage an exception.</param>
public sealed class StoreEventSource(EventStore store, DataIssueLog? issues) : IEventSource
{
    public ImmutableArray<SignalId> ListSignals() => [.. store.ListSignals()];

    public LocalTimeMap ClockOf(SignalId signal) => store.FindZone(signal) is { } zone ? ZoneRules.For(zone).Map : LocalTimeMap.Utc;

    public IEventReader Open(SignalId signal, TimeRange range) => new Reader(store.OpenReader(signal, range, issues));

    private sealed class Reader(EventReader blocks) : IEventReader
    {
        private ControllerEvent[] _block = [];
        private int _next;
        private int _count;

        public int Read(Span<ControllerEvent> events)
        {
            if (_next == _count)
            {
                if (!blocks.Next(out var block))
                {
                    return 0;
                }

                if (_block.Length < block.Length)
                {
                    _block = new ControllerEvent[block.Length];
                }

                block.CopyTo(_block);
                (_next, _count) = (0, block.Length);
            }

            var length = Math.Min(events.Length, _count - _next);
            _block.AsSpan(_next, length).CopyTo(events);
            _next += length;
            return length;
        }

        public void Dispose() => blocks.Dispose();
    }
}
