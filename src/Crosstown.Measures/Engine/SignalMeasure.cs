using Crosstown.Core.Events;

namespace Crosstown.Measures.Engine;

/// <summary>A measure at work on one signal. It holds what it must remember between calls and nothing of what is done with.</summary>
/// <remarks>
/// The law: however the events are cut into calls, the rows are the same. So rows may depend on events alone, never on where a call ended.
/// Nothing here allocates per event.
/// </remarks>
public abstract class SignalMeasure
{
    /// <summary>Takes events of the measure's codes, in the total order, none earlier than any shown before.</summary>
    /// <param name="events">Any number, none included.</param>
    public abstract void Advance(ReadOnlySpan<ControllerEvent> events);

    /// <summary>Writes the rows of everything that ended at or before a moment before which no more events come.</summary>
    public abstract void CloseUpTo(long watermarkMs);

    /// <summary>The log has ended: writes what is still open, as far as it can be said.</summary>
    /// <param name="endMs">Time of the last event of any code plus 1 ms, or the end of the asked range where that is earlier.</param>
    public abstract void Finish(long endMs);
}
