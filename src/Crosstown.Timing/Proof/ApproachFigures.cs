using System.Collections.Immutable;
using Crosstown.Core.Street;
using Crosstown.Timing.Evaluation;
using Crosstown.Timing.Model;

namespace Crosstown.Timing.Proof;

/// <summary>What a plan gives to one approach: all lane groups of a signal with one direction of travel.</summary>
/// <param name="Signal">Index of the signal.</param>
/// <param name="Direction">Of travel, toward the signal.</param>
/// <param name="VolumeVehPerHour">Weighted mean over demands.</param>
/// <param name="DelayS">Control delay, s/veh, weighted by volume; null without traffic.</param>
/// <param name="StopsPerVehicle">0-1, weighted by volume; null without traffic.</param>
/// <param name="DegreeOfSaturation">Of the worst lane group under the worst demand.</param>
/// <param name="QueueVeh">Farthest back of the longest queue under the worst demand, veh.</param>
public sealed record ApproachFigures(
    int Signal, TravelDirection Direction, double VolumeVehPerHour, double? DelayS, double? StopsPerVehicle, double DegreeOfSaturation, double QueueVeh)
{
    /// <summary>The approaches of a network under a plan, by signal and direction; none of a signal that stays free.</summary>
    public static ImmutableArray<ApproachFigures> Of(TimingNetwork network, PlanEvaluation evaluation)
    {
        var weight = network.Demands.Sum(d => d.Weight);
        return
        [
            .. Enumerable.Range(0, network.Groups.Length)
                .GroupBy(g => (network.Groups[g].Signal, network.Groups[g].Direction))
                .OrderBy(a => a.Key.Signal).ThenBy(a => a.Key.Direction)
                .Select(approach =>
                {
                    var cells = approach.SelectMany(g => evaluation.Demands.Select((d, i) => (Weight: network.Demands[i].Weight / weight, Figures: d.Groups[g])))
                        .Where(c => c.Figures is not null).Select(c => (c.Weight, Figures: c.Figures!.Value)).ToList();
                    var volume = cells.Sum(c => c.Weight * c.Figures.VolumeVehPerHour);
                    return cells.Count == 0
                        ? null
                        : new ApproachFigures(
                            approach.Key.Signal, approach.Key.Direction, volume,
                            volume > 0 ? cells.Sum(c => c.Weight * c.Figures.VolumeVehPerHour * c.Figures.DelayS) / volume : null,
                            volume > 0 ? cells.Sum(c => c.Weight * c.Figures.Stops) / volume : null,
                            cells.Max(c => c.Figures.DegreeOfSaturation), cells.Max(c => c.Figures.QueueReachVeh));
                })
                .OfType<ApproachFigures>(),
        ];
    }
}
