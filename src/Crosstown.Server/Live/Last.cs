using Crosstown.Core.Events;

namespace Crosstown.Server.Live;

/// <summary>The last event of one kind and number, whatever the order in which events arrive.</summary>
/// <param name="TimeMs">Ms UTC; 0 when there was none.</param>
internal readonly record struct Last(long TimeMs, ushort Code, short Parameter)
{
    public bool IsKnown => TimeMs > 0;

    /// <summary>Whether an event comes after this one in the total order of time and code.</summary>
    public bool IsBefore(in ControllerEvent e) => e.TimeMs > TimeMs || (e.TimeMs == TimeMs && e.Code >= Code);

    public static void Take(ref Last last, in ControllerEvent e)
    {
        if (last.IsBefore(e))
        {
            last = new Last(e.TimeMs, e.Code, e.Parameter);
        }
    }
}

/// <summary>What a vehicle or pedestrian head shows, and since when.</summary>
/// <param name="SinceMs">First event that showed it, ms UTC.</param>
internal readonly record struct Shown(long SinceMs, Last Last, byte State)
{
    public bool IsKnown => Last.IsKnown;

    public static void Take(ref Shown shown, in ControllerEvent e, byte state)
    {
        if (shown.Last.IsBefore(e))
        {
            shown = new Shown(shown.IsKnown && shown.State == state ? shown.SinceMs : e.TimeMs, new Last(e.TimeMs, e.Code, e.Parameter), state);
        }
    }
}

/// <summary>A detector or push button: whether it is on, and the fault that the cabinet reports.</summary>
internal struct DetectorLast
{
    public Last Change;
    public Last Fault;
}

/// <summary>The last events of one preempt, ms UTC each; 0 for none.</summary>
internal record struct PreemptTimes(long OnMs, long OffMs, long EntryMs, long ExitMs, long MostPresenceMs)
{
    /// <summary>A preempt whose input is off and that logs no exit ends by itself after this: 20 minutes, as the preemption measure has it.</summary>
    private const long SilenceMs = 20 * 60_000;

    /// <summary>Since when the preempt has been asked for or served, ms UTC; null when it is not.</summary>
    /// <param name="lastMs">The signal's newest event.</param>
    public readonly long? ActiveSince(long lastMs)
    {
        var isOn = OnMs > 0 && OnMs >= OffMs && OnMs > ExitMs;
        var isServed = EntryMs > 0 && EntryMs > ExitMs && (OffMs < EntryMs || lastMs - OffMs < SilenceMs);
        return isServed ? (isOn ? Math.Min(EntryMs, OnMs) : EntryMs) : isOn ? OnMs : null;
    }

    /// <summary>Whether the preempt has stayed longer than its maximum.</summary>
    public readonly bool IsOverMost => MostPresenceMs > 0 && MostPresenceMs >= OnMs && MostPresenceMs > OffMs;
}
