using Crosstown.Core.Events;
using Crosstown.Core.Street;

namespace Crosstown.Logs;

/// <summary>Takes events as readers find them; the event store is one.</summary>
public interface IEventSink
{
    /// <summary>Takes a run of one signal's events, in any order, duplicates included. The span is only good during the call.</summary>
    /// <param name="signal">Whose log it is.</param>
    /// <param name="zone">IANA zone of the signal's wall clock, as used to turn its times into UTC.</param>
    /// <param name="events">Any number of events, of any day.</param>
    void Add(SignalId signal, string zone, ReadOnlySpan<ControllerEvent> events);
}
