namespace Crosstown.Control.Priority;

/// <summary>How far priority may go at a signal. Yellow, clearances, least greens, walks and the longest red are the profile's, and no limit here moves them.</summary>
/// <param name="LongestExtensionS">Seconds for which a green is held at most beyond its end for a vehicle of transit.</param>
/// <param name="LongestEarlyS">Seconds by which a green comes at most before its time for a vehicle of transit.</param>
/// <param name="ReserviceS">Seconds after a grant to transit in which the next is not granted.</param>
/// <param name="LongestPresenceS">Seconds for which an emergency is served at most at one signal.</param>
/// <param name="AfterPreemptS">Seconds for which nothing is granted after a preempt of the cabinet's own: two cycles.</param>
public sealed record PriorityLimits(int LongestExtensionS, int LongestEarlyS, int ReserviceS, int LongestPresenceS, int AfterPreemptS)
{
    /// <summary>Fourteen seconds either way, within what agencies allow; two thirds of a usual cycle of rest between two vehicles.</summary>
    public static PriorityLimits Usual { get; } = new(14, 14, 60, 120, 240);
}
