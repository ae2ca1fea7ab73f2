using Crosstown.Core.Events;
using Crosstown.Core.Street;

namespace Crosstown.Logs.Tests.Formats;

/// <summary>Counts events and keeps none.</summary>
internal sealed class CountingSink : IEventSink
{
    public long Events { get; private set; }

    public void Add(SignalId signal, string zone, ReadOnlySpan<ControllerEvent> events) => Events += events.Length;
}
