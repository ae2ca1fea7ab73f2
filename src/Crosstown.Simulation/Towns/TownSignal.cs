using System.Collections.Immutable;
using Crosstown.Core.Controllers;
using Crosstown.Core.Street;
using Crosstown.Simulation.Detection;
using Crosstown.Simulation.Traffic;

namespace Crosstown.Simulation.Towns;

/// <summary>Which codes a cabinet logs.</summary>
public enum Vendor
{
    /// <summary>The Indiana list only.</summary>
    Indiana,

    /// <summary>With actual splits, cycles and offsets (300-318, 320), clock drift (400) and communication figures (500-503).</summary>
    MaxTime,
}

/// <summary>One direction of a street between two signals.</summary>
/// <param name="From">The signal upstream.</param>
/// <param name="To">The signal downstream.</param>
/// <param name="Direction">The way the traffic is headed.</param>
/// <param name="LengthFt">Stop bar to stop bar.</param>
/// <param name="SpeedMph">What vehicles drive.</param>
public sealed record TownLink(SignalId From, SignalId To, TravelDirection Direction, double LengthFt, int SpeedMph)
{
    /// <summary>Unhindered travel time in seconds.</summary>
    public double TravelS => LengthFt * 3600 / (SpeedMph * 5280.0);
}

/// <summary>From a local minute of the day on, a pattern.</summary>
/// <param name="FromMinute">Minutes after local midnight.</param>
/// <param name="Pattern">1-253, or 254 for free.</param>
public sealed record DayPlanEntry(int FromMinute, byte Pattern);

/// <summary>One signal of the town: everything that is true of it.</summary>
public sealed record TownSignal
{
    /// <summary>What an engineer would enter, complete and right.</summary>
    public required SignalConfiguration Configuration { get; init; }

    /// <summary>What is programmed in the cabinet.</summary>
    public required ControllerProgram Program { get; init; }

    public required Vendor Vendor { get; init; }

    /// <summary>Patterns by the clock, Monday to Friday, rising; the first entry begins at minute 0.</summary>
    public required ImmutableArray<DayPlanEntry> Weekdays { get; init; }

    /// <summary>Patterns by the clock, Saturday and Sunday.</summary>
    public required ImmutableArray<DayPlanEntry> Weekends { get; init; }

    /// <summary>Streets that lead here from other signals.</summary>
    public ImmutableArray<TownLink> LinksIn { get; init; } = [];

    /// <summary>What will break, and when.</summary>
    public IReadOnlyList<PlannedFault> Faults { get; init; } = [];

    /// <summary>What is worth finding here, in words; empty for a signal without a story.</summary>
    public string Story { get; init; } = "";

    /// <summary>True where the offsets of all patterns are a third of the cycle or more off what the street's travel times ask for, so that platoons meet red.</summary>
    public bool HasBadOffset { get; init; }

    /// <summary>Phases whose demand fails their splits in the peaks, while the coordinated phases have more than theirs need.</summary>
    public ImmutableArray<byte> StarvedPhases { get; init; } = [];

    public SignalId Signal => Configuration.Signal;

    /// <summary>Where it stands and what is special about it.</summary>
    internal Site Site { get; init; } = TownPlanner.SitesOf(1)[0];

    internal ImmutableArray<LegPlan> Legs { get; init; } = [];

    internal ImmutableArray<LanePlan> Lanes { get; init; } = [];

    internal ImmutableArray<DetectorPlan> Detectors { get; init; } = [];

    internal ImmutableArray<ButtonPlan> Buttons { get; init; } = [];

    internal ImmutableArray<PreemptDemand> PreemptDemands { get; init; } = [];

    internal ImmutableArray<PriorityDemand> PriorityDemands { get; init; } = [];
}

/// <summary>Traffic on one leg toward the signal.</summary>
/// <param name="Direction">The way it is headed.</param>
/// <param name="SpeedMph">What vehicles drive.</param>
/// <param name="PeakVph">Vehicles per hour at the peak that come from outside the town, or from side streets along a link.</param>
/// <param name="Shape">Over the day.</param>
/// <param name="LeftShare">Of all vehicles of the leg, 0-1.</param>
/// <param name="RightShare">Of all vehicles of the leg, 0-1.</param>
internal sealed record LegPlan(TravelDirection Direction, int SpeedMph, double PeakVph, DemandShape Shape, double LeftShare, double RightShare);

/// <summary>One lane and what lets it go.</summary>
internal sealed record LanePlan
{
    public required int Leg { get; init; }

    public required LaneMovement Movement { get; init; }

    /// <summary>Green is right of way.</summary>
    public required byte Phase { get; init; }

    /// <summary>Place in the program's overlaps whose green is right of way; -1 for none.</summary>
    public int Overlap { get; init; } = -1;

    /// <summary>Phase whose green lets it go through gaps; 0 for none.</summary>
    public byte PermissivePhase { get; init; }

    /// <summary>Place of its flashing yellow arrow; -1 for none.</summary>
    public int Arrow { get; init; } = -1;

    /// <summary>Lanes that a permissive turn waits for, by index.</summary>
    public ImmutableArray<int> YieldsTo { get; init; } = [];

    public int SaturationHeadwayMs { get; init; } = 1900;
}

/// <summary>One detector: where it lies and what it does. Its channel and purpose are in the configuration.</summary>
/// <param name="Channel">As in the configuration.</param>
/// <param name="Lanes">Lanes that it covers, by index.</param>
/// <param name="FarFt">Upstream edge, feet before the stop bar.</param>
/// <param name="NearFt">Downstream edge.</param>
/// <param name="IsPulse">Counts at the stop bar instead of watching a zone.</param>
/// <param name="OnlyMoving">Ignores a vehicle that starts from rest.</param>
/// <param name="LatencyMs">How late the cabinet hears it.</param>
/// <param name="Calls">Phases that it calls, bit n for phase n.</param>
/// <param name="Extends">Phases that it extends.</param>
internal sealed record DetectorPlan(
    byte Channel, ImmutableArray<int> Lanes, double FarFt, double NearFt, bool IsPulse, bool OnlyMoving, int LatencyMs, uint Calls, uint Extends);

/// <summary>One pedestrian button and who presses it.</summary>
internal sealed record ButtonPlan(byte Channel, byte Phase, double PeakPerHour, DemandShape Shape);

/// <summary>How often a preempt comes and how long its input stays.</summary>
internal sealed record PreemptDemand(byte Number, double MeanMinutesBetween, int ShortestS, int LongestS);

/// <summary>A transit line: headway while it runs.</summary>
internal sealed record PriorityDemand(byte Number, byte Phase, int HeadwayMinutes, int FromMinute, int ToMinute, int TravelMs);
