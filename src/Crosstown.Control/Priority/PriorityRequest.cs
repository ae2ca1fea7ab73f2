using System.Collections.Immutable;

namespace Crosstown.Control.Priority;

/// <summary>Who asks for priority, as a class: nothing tells one vehicle of it from another.</summary>
public enum PriorityRole
{
    /// <summary>A bus or tram: served within the plan.</summary>
    Transit,

    /// <summary>Fire, rescue or police on a call: served before the plan.</summary>
    Emergency,
}

/// <summary>What a generator asks of a signal, after the requests of NTCIP 1211. It names a class of vehicle and a way over the junction, and nobody.</summary>
public sealed record PriorityRequest
{
    public required PriorityRole Role { get; init; }

    /// <summary>The street on which it comes: index of the edge that ends at the signal.</summary>
    public required int Approach { get; init; }

    /// <summary>The links that it could use, as places in the signal's states; at least one. <see cref="PriorityServer.ListLinks"/> finds those from edge to edge.</summary>
    public required ImmutableArray<int> Links { get; init; }

    /// <summary>Second of the clock at which it would be at the stop line if nothing stood in its way.</summary>
    public required int ServiceS { get; init; }

    /// <summary>Second of the clock at which it would then have left the stop line; not before <see cref="ServiceS"/>.</summary>
    public required int DepartureS { get; init; }

    /// <summary>Second of the clock at which the request ends by itself when nothing more is heard of it.</summary>
    public required int ExpiryS { get; init; }
}

/// <summary>How a request stands, in the words of SAE J2735.</summary>
public enum PriorityStatus
{
    /// <summary>No such request: it has ended, and its number means nothing any more.</summary>
    Unknown,

    /// <summary>Taken; nothing has had to be done yet.</summary>
    Processing,

    /// <summary>Another one goes first.</summary>
    WatchOtherTraffic,

    /// <summary>The signal stays or becomes green for it.</summary>
    Granted,

    /// <summary>The signal does not serve it: the way is not there, or the cabinet has a preempt of its own.</summary>
    Rejected,

    /// <summary>It has been served for as long as the limits allow.</summary>
    MaxPresence,

    /// <summary>Too soon after the last one of its class.</summary>
    ReserviceLocked,
}
