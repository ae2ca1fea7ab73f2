using System.Collections.Immutable;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Time;

namespace Crosstown.Logs.Tests.Analytics;

/// <summary>Events in memory, read in pieces of an odd length.</summary>
internal sealed class EventList(LocalTimeMap clock, params (string Signal, ControllerEvent[] Events)[] signals) : IEventSource
{
    public ImmutableArray<SignalId> ListSignals() => [.. signals.Select(s => SignalId.Parse(s.Signal)).Order()];

    public LocalTimeMap ClockOf(SignalId signal) => clock;

    public TimeRange? FindRange(SignalId signal) =>
        signals.FirstOrDefault(s => s.Signal == signal.Value).Events is { Length: > 0 } events ? new TimeRange(events[0].TimeMs, events[^1].TimeMs + 1) : null;

    public IEventReader Open(SignalId signal, TimeRange range) => new Reader(signals.FirstOrDefault(s => s.Signal == signal.Value).Events ?? [], range);

    private sealed class Reader(ControllerEvent[] events, TimeRange range) : IEventReader
    {
        private int _next = Array.FindIndex(events, e => e.TimeMs >= range.StartMs) is >= 0 and var first ? first : events.Length;

        public bool Next(out ReadOnlySpan<ControllerEvent> block)
        {
            var start = _next;
            while (_next - start < 4999 && _next < events.Length && range.Contains(events[_next].TimeMs))
            {
                _next++;
            }

            block = events.AsSpan(start, _next - start);
            return !block.IsEmpty;
        }

        public void Dispose()
        {
        }
    }
}
