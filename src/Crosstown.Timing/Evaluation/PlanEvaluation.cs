using System.Collections.Immutable;
using Crosstown.Timing.Model;

namespace Crosstown.Timing.Evaluation;

/// <summary>What a plan gives.</summary>
public sealed record PlanEvaluation
{
    /// <summary>One per demand of the network, in its order.</summary>
    public required ImmutableArray<DemandEvaluation> Demands { get; init; }

    /// <summary>Value of the objective, vehicle hours per hour: the weighted mean over demands, with the worst one's share where the objective asks for it.</summary>
    public required double Index { get; init; }

    /// <summary>Delay and stops of some lane groups, vehicle hours per hour: the weighted mean over demands. Groups of signals that stay free count nothing.</summary>
    /// <param name="network">What was evaluated.</param>
    /// <param name="stopPenaltyS">Seconds of delay that a stop counts for.</param>
    /// <param name="isCounted">Which groups.</param>
    public double CostOf(TimingNetwork network, double stopPenaltyS, Func<LaneGroup, bool> isCounted)
    {
        var cost = 0.0;
        for (var d = 0; d < Demands.Length; d++)
        {
            for (var g = 0; g < network.Groups.Length; g++)
            {
                if (Demands[d].Groups[g] is { } figures && isCounted(network.Groups[g]))
                {
                    cost += network.Demands[d].Weight * (figures.DelayVehHours + (figures.Stops * stopPenaltyS / 3600));
                }
            }
        }

        return cost / network.Demands.Sum(d => d.Weight);
    }
}

/// <summary>What a plan gives under one demand.</summary>
public sealed record DemandEvaluation
{
    public required string Name { get; init; }

    /// <summary>One per lane group of the network, in its order; null at a signal that stays free, whose greens nobody knows.</summary>
    public required ImmutableArray<GroupEvaluation?> Groups { get; init; }

    /// <summary>Walks of phases that have one.</summary>
    public required ImmutableArray<WalkEvaluation> Walks { get; init; }

    /// <summary>Vehicle hours per hour.</summary>
    public required double DelayVehHours { get; init; }

    /// <summary>Person hours per hour: delay times occupancy, where a group without one counts one person a vehicle.</summary>
    public required double DelayPersonHours { get; init; }

    /// <summary>Stops per hour.</summary>
    public required double Stops { get; init; }

    /// <summary>Mean wait of walkers, s, weighted by called walks; null when no walk is called.</summary>
    public required double? PedestrianDelayS { get; init; }

    /// <summary>Value of the objective, vehicle hours per hour.</summary>
    public required double Index { get; init; }
}

/// <summary>What a plan gives to one lane group.</summary>
/// <param name="VolumeVehPerHour">As demanded.</param>
/// <param name="CapacityVehPerHour">What its greens can pass, with gaps and sneakers of permissive greens; 0 when it has no green.</param>
/// <param name="DegreeOfSaturation">Volume over capacity; infinite without any green.</param>
/// <param name="UniformDelayS">Delay in the mean cycle, s/veh.</param>
/// <param name="OverflowDelayS">Delay by randomness and overflow, s/veh.</param>
/// <param name="AccelerationDelayS">Delay beyond the stop line of those who stopped, s/veh.</param>
/// <param name="StopsPerVehicle">Share of vehicles that stop, 0-1.</param>
/// <param name="QueueReachVeh">Farthest back of the queue in the mean cycle with the overflow queue, veh, all lanes together.</param>
/// <param name="ExcessQueueVeh">Vehicles of that queue beyond the storage; 0 where it fits or has no bound.</param>
/// <param name="ArrivalOnGreenShare">Share of vehicles that arrive in effective green, 0-1; null without traffic.</param>
public readonly record struct GroupEvaluation(
    double VolumeVehPerHour,
    double CapacityVehPerHour,
    double DegreeOfSaturation,
    double UniformDelayS,
    double OverflowDelayS,
    double AccelerationDelayS,
    double StopsPerVehicle,
    double QueueReachVeh,
    double ExcessQueueVeh,
    double? ArrivalOnGreenShare)
{
    /// <summary>Control delay, s/veh.</summary>
    public double DelayS => UniformDelayS + OverflowDelayS + AccelerationDelayS;

    /// <summary>Vehicle hours per hour.</summary>
    public double DelayVehHours => DelayS * VolumeVehPerHour / 3600;

    /// <summary>Stops per hour.</summary>
    public double Stops => StopsPerVehicle * VolumeVehPerHour;
}

/// <summary>How long walkers wait for one phase's walk.</summary>
/// <param name="Signal">Index of the signal.</param>
/// <param name="Phase">Number of the phase.</param>
/// <param name="DelayS">Mean wait of walkers who come at any moment, s.</param>
/// <param name="CallsPerHour">Called walks.</param>
public readonly record struct WalkEvaluation(int Signal, byte Phase, double DelayS, double CallsPerHour);

/// <summary>One lane group's mean cycle, in equal bins from its signal's begin of barrier group 1.</summary>
/// <param name="BinS">Length of a bin, s.</param>
/// <param name="ZeroS">Master time of the first bin's begin, s.</param>
/// <param name="Arrivals">Vehicles at the stop line by bin.</param>
/// <param name="Departures">Vehicles that leave it by bin.</param>
/// <param name="Service">Vehicles that could leave it by bin.</param>
/// <param name="Queue">Vehicles that wait at each bin's end.</param>
public sealed record CyclicProfile(
    double BinS,
    double ZeroS,
    ImmutableArray<float> Arrivals,
    ImmutableArray<float> Departures,
    ImmutableArray<float> Service,
    ImmutableArray<float> Queue);
