using Crosstown.Core.Events;

namespace Crosstown.Measures.Engine;

/// <summary>A measure at work that reads speeds beside the events.</summary>
internal interface ITakesSpeeds
{
    /// <summary>Takes readings in time order, before any event later than them is shown.</summary>
    void Take(ReadOnlySpan<SpeedReading> readings);
}
