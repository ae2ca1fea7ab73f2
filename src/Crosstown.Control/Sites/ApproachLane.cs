using System.Collections.Immutable;

namespace Crosstown.Control.Sites;

/// <summary>A lane that ends at a signal, with what senses it.</summary>
public sealed record ApproachLane
{
    /// <summary>Index in the network.</summary>
    public required int Lane { get; init; }

    /// <summary>m/s, above 0.</summary>
    public required double SpeedMps { get; init; }

    /// <summary>The ways on from it, at least one.</summary>
    public required ImmutableArray<LaneLink> Links { get; init; }

    /// <summary>The zone before its stop line, as an index among the equipment's detectors; -1 without one.</summary>
    public required int Zone { get; init; }

    /// <summary>From the begin of the zone to the stop line, m; 0 without a zone.</summary>
    public required double ZoneM { get; init; }

    /// <summary>The loop at the stop line; -1 without one.</summary>
    public required int StopLoop { get; init; }

    /// <summary>The loop before it; -1 without one.</summary>
    public required int AdvanceLoop { get; init; }

    /// <summary>From the advance loop to the stop line, m; 0 without one.</summary>
    public required double AdvanceM { get; init; }
}

/// <summary>A way from an approach lane over the junction.</summary>
/// <param name="Link">Its place in the signal's states.</param>
/// <param name="ToLane">Index in the network.</param>
/// <param name="ExitZone">The zone at the begin of the exit lane, as an index among the equipment's detectors; -1 without one.</param>
/// <param name="ExitM">Length of that zone, m.</param>
/// <param name="Share">Share of the lane's vehicles that may be expected to go this way before anything was counted, 0-1; those of a lane sum to 1.</param>
public sealed record LaneLink(int Link, int ToLane, int ExitZone, double ExitM, double Share)
{
    /// <summary>The exit's street, as an index of the network's edges.</summary>
    public required int Street { get; init; }
}

/// <summary>A lane at another signal, with a loop at its stop line, from which vehicles come without a signal in between.</summary>
/// <param name="Loop">As an index among the equipment's detectors.</param>
/// <param name="Share">Share of those who pass it that may be expected to come here, 0-1.</param>
/// <param name="DriveS">Seconds from there to the stop line here, on an empty street.</param>
public sealed record FeederLane(int Loop, double Share, double DriveS);

/// <summary>A lane upstream of an approach, with a zone, from which vehicles come without another signal in between.</summary>
/// <param name="Lane">Index in the network.</param>
/// <param name="Zone">As an index among the equipment's detectors.</param>
/// <param name="ZoneM">Length of the zone, m.</param>
/// <param name="EndM">From the end of the zone to the stop line, m.</param>
/// <param name="SpeedMps">m/s, above 0.</param>
/// <param name="Leads">Lanes of the approach that it leads to, as places in the approach; at least one.</param>
/// <param name="LeadsAway">True when it leads elsewhere too.</param>
public sealed record UpstreamLane(int Lane, int Zone, double ZoneM, double EndM, double SpeedMps, ImmutableArray<int> Leads, bool LeadsAway);
