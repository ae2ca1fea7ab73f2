using System.Collections.Immutable;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Time;

namespace Crosstown.Logs;

/// <summary>Gives out the raw events of signals, one signal at a time: there is no way to ask for two at once (rule P12).</summary>
public interface IEventSource
{
    /// <summary>The signals that have events, in their order.</summary>
    ImmutableArray<SignalId> ListSignals();

    /// <summary>A signal's wall clock; UTC for a signal that is not known.</summary>
    LocalTimeMap ClockOf(SignalId signal);

    /// <summary>From the first to just behind the last event of a signal; null for a signal that is not known.</summary>
    TimeRange? FindRange(SignalId signal);

    /// <summary>Opens a signal's events; none come for a signal that is not known.</summary>
    IEventReader Open(SignalId signal, TimeRange range);
}

/// <summary>One signal's events, in their total order, read forward block by block.</summary>
public interface IEventReader : IDisposable
{
    /// <summary>Reads the next block.</summary>
    /// <param name="block">One event or more, good until the next call. Empty at the end.</param>
    /// <returns>False at the end.</returns>
    bool Next(out ReadOnlySpan<ControllerEvent> block);
}
