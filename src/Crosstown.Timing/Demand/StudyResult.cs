using System.Collections.Immutable;
using Crosstown.Core.Street;
using Crosstown.Timing.Demand.InForce;
using Crosstown.Timing.Demand.Periods;
using Crosstown.Timing.Demand.Saturation;
using Crosstown.Timing.Demand.Volumes;
using Crosstown.Timing.Model;

namespace Crosstown.Timing.Demand;

/// <summary>One figure that a study found, and how far it can be trusted.</summary>
/// <param name="Where">Signal, lane group or link.</param>
/// <param name="What">Such as <c>volume 07:00-09:00</c> or <c>saturation flow</c>.</param>
/// <param name="Value">Null when nothing tells it.</param>
/// <param name="Unit">Such as <c>veh/h</c>.</param>
/// <param name="Confidence">0-1.</param>
/// <param name="Coverage">Share of the time that the log really saw, 0-1.</param>
/// <param name="Source">Where it comes from, in words.</param>
public sealed record Figure(string Where, string What, double? Value, string Unit, double Confidence, double Coverage, string Source);

/// <summary>What a signal still lacks.</summary>
/// <param name="Signal">The signal.</param>
/// <param name="ForOffsets">What an offset plan still needs; empty when it has all. No geometry is ever needed for it.</param>
/// <param name="ForSplits">What a plan with other splits still needs beside that.</param>
public sealed record SignalLacks(SignalId Signal, ImmutableArray<string> ForOffsets, ImmutableArray<string> ForSplits);

/// <summary>How traffic travels along a link.</summary>
/// <param name="Link">The link.</param>
/// <param name="TravelS">Mean time from stop bar to stop bar, s; null when nothing tells it.</param>
/// <param name="Alpha">Robertson's dispersion factor.</param>
/// <param name="Beta">Robertson's travel time factor.</param>
/// <param name="IsFitted">True when fitted to counts at both ends; false when reckoned from length and speed.</param>
/// <param name="Fit">Share of the variance of arrivals that the platoons from upstream explain, 0-1; 0 when not fitted.</param>
/// <param name="Basis">What it rests on, in words.</param>
public sealed record LinkTravel(StreetLink Link, double? TravelS, double Alpha, double Beta, bool IsFitted, double Fit, string Basis);

/// <summary>What a study found at one lane group.</summary>
/// <param name="Group">Its id.</param>
/// <param name="Volumes">15 minutes each.</param>
/// <param name="Saturation">How its queue leaves.</param>
public sealed record GroupStudy(string Group, VolumeSeries Volumes, SaturationFlow Saturation);

/// <summary>What a lane group asked for in one period.</summary>
/// <param name="Group">Its id.</param>
/// <param name="MedianVehPerHour">Median of the days.</param>
/// <param name="SpreadVehPerHour">Half the distance from the second-lowest sixth to the second-highest sixth of the days; null below five days.</param>
/// <param name="Source">Where most of it comes from.</param>
/// <param name="Confidence">0-1.</param>
/// <param name="Coverage">Share of the time that was really seen, 0-1.</param>
/// <param name="CapacityShare">Share of its time, 0-1, in which queues did not clear: the volume is then what could pass, and demand is more.</param>
public sealed record GroupDemand(
    string Group, double MedianVehPerHour, double? SpreadVehPerHour, VolumeSource Source, double Confidence, double Coverage, double CapacityShare)
{
    /// <summary>True when volume is not demand.</summary>
    public bool IsLowerBound => CapacityShare >= 0.2;
}

/// <summary>One period of one type of day, ready to be timed.</summary>
public sealed record PeriodStudy
{
    /// <summary>Such as <c>weekdays 06:00-09:00</c>.</summary>
    public required string Name { get; init; }

    public required DayType DayType { get; init; }

    public required TimeOfDay When { get; init; }

    /// <summary>Its demands are the median of the days, then each day if asked for; signals have the pattern that is in force in this period.</summary>
    public required TimingNetwork Network { get; init; }

    /// <summary>One per lane group of the network, in its order.</summary>
    public required ImmutableArray<GroupDemand> Groups { get; init; }
}

/// <summary>What the logs of some signals tell of their timing and traffic.</summary>
public sealed record StudyResult
{
    /// <summary>One per signal, in the order given.</summary>
    public required ImmutableArray<TimingInForce> Timings { get; init; }

    /// <summary>One per lane group, in the order of the networks' groups.</summary>
    public required ImmutableArray<GroupStudy> Groups { get; init; }

    /// <summary>One per link, in the order given.</summary>
    public required ImmutableArray<LinkTravel> Links { get; init; }

    public required ImmutableArray<DayType> DayTypes { get; init; }

    public required ImmutableArray<PeriodStudy> Periods { get; init; }

    /// <summary>One per signal, in the order given.</summary>
    public required ImmutableArray<SignalLacks> Lacks { get; init; }

    /// <summary>Every figure with its source and confidence.</summary>
    public required ImmutableArray<Figure> Figures { get; init; }
}
