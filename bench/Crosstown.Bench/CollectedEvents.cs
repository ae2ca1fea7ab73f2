using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Logs;

namespace Crosstown.Bench;

/// <summary>Keeps all events of a small log, sorted and distinct.</summary>
internal sealed class CollectedEvents : IEventSink
{
    private readonly Dictionary<SignalId, SortedSet<ControllerEvent>> _events = [];

    public void Add(SignalId signal, string zone, ReadOnlySpan<ControllerEvent> events)
    {
        if (!_events.TryGetValue(signal, out var known))
        {
            _events[signal] = known = [];
        }

        foreach (var e in events)
        {
            known.Add(e);
        }
    }

    public ControllerEvent[] Distinct(SignalId signal) => [.. _events[signal]];
}
