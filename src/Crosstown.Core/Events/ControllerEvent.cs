using System.Runtime.InteropServices;

namespace Crosstown.Core.Events;

/// <summary>One line of a controller's high-resolution log: when, what, and for which phase, channel or value.</summary>
/// <remarks>
/// Twelve bytes, and no room for anything else: rule P01 says that no identifier of a person, device or vehicle fits.
/// Events of one signal have one total order, which every measure relies on: time, then code, then parameter.
/// Two events that are equal in all three are one event; the readers keep the first and count the rest.
/// </remarks>
/// <param name="TimeMs">Milliseconds since 1970-01-01T00:00:00Z. Controllers log on a 100 ms grid, vendor codes off it.</param>
/// <param name="Code">Indiana/Purdue event code 0-255, or a vendor's own above. See <see cref="EventCode"/>.</param>
/// <param name="Parameter">
/// Phase, overlap, channel, pattern, seconds, …: the code says. 0-255 in the standard; vendor codes go to 32,767 and
/// may be negative (a clock that runs 1 ms behind logs -1).
/// </param>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
public readonly record struct ControllerEvent(long TimeMs, ushort Code, short Parameter) : IComparable<ControllerEvent>
{
    /// <summary>Orders by time, then code, then parameter.</summary>
    public int CompareTo(ControllerEvent other)
    {
        if (TimeMs != other.TimeMs)
        {
            return TimeMs < other.TimeMs ? -1 : 1;
        }

        return Code != other.Code ? Code - other.Code : Parameter - other.Parameter;
    }

    public static bool operator <(ControllerEvent left, ControllerEvent right) => left.CompareTo(right) < 0;

    public static bool operator >(ControllerEvent left, ControllerEvent right) => left.CompareTo(right) > 0;

    public static bool operator <=(ControllerEvent left, ControllerEvent right) => left.CompareTo(right) <= 0;

    public static bool operator >=(ControllerEvent left, ControllerEvent right) => left.CompareTo(right) >= 0;
}
