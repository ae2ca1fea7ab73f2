using System.Collections.Immutable;
using Crosstown.Core.Controllers;
using Crosstown.Timing.Demand.Reading;
using Crosstown.Timing.Demand.Volumes;

namespace Crosstown.Timing.Demand.Saturation;

/// <summary>Measures saturation flow and start-up lost time from queues as they leave.</summary>
/// <remarks>
/// HCM's field method: in each green that began with a queue, the headways of the fifth vehicle to the last one that had stood in it. Where the lane has a
/// presence detector, the queue ends with the first gap at it; without one, with the first headway that no queue has.
/// </remarks>
internal static class QueueDischarge
{
    public const int EnoughQueues = 30;

    /// <summary>Veh/h per lane where nothing was measured: HCM's base of 1,900 less a little for trucks and width.</summary>
    public const double DefaultPerLane = 1800;

    /// <summary>Left turns: HCM's factor 0.95.</summary>
    public const double DefaultLeftPerLane = 1710;

    /// <summary>Right turns from their own lane: HCM's factor 0.85.</summary>
    public const double DefaultRightPerLane = 1530;

    private const double DefaultStartLostS = 2;
    private const double DefaultEndGainS = 2;

    // Vehicles at saturation leave less than this between them at a presence zone; one that comes freely leaves more.
    private const long GapMs = 600;
    private const long LongestHeadwayMs = 3500;
    private const int FirstSaturated = 4;
    private const int EnoughEnds = 10;
    private const long UsedRedMs = 3000;
    private const long StoppedMs = 4000;

    public static SaturationFlow Measure(SignalLog log, StopLineGroup group)
    {
        var lanes = ImmutableArray.CreateBuilder<(double HeadwayMs, double LostMs, double? EndMs, int Queues, int Ends)>();
        foreach (var count in group.Counts)
        {
            var presence = group.Presences.FirstOrDefault(p => p.Lane == count.Lane && p.Lane is not null)
                ?? (group.Lanes == 1 && group.Presences.Length > 0 ? group.Presences[0] : null);
            if (Lane(log, group, count, presence) is { } lane)
            {
                lanes.Add(lane);
            }
        }

        var queues = lanes.Sum(l => l.Queues);
        var perLane = group.Turn switch { TurnKind.Left => DefaultLeftPerLane, TurnKind.Right => DefaultRightPerLane, _ => DefaultPerLane };
        if (queues < EnoughQueues)
        {
            return new SaturationFlow(perLane * group.Lanes, DefaultStartLostS, DefaultEndGainS, queues, false, false);
        }

        // Lanes that were not measured pass what the others do on average.
        var mean = lanes.Sum(l => l.Queues * (3_600_000 / l.HeadwayMs)) / queues;
        var measured = lanes.Where(l => l.Queues >= EnoughQueues / 3).Sum(l => 3_600_000 / l.HeadwayMs);
        var others = Math.Max(0, group.Lanes - lanes.Count(l => l.Queues >= EnoughQueues / 3));
        var ends = lanes.Sum(l => l.Ends);
        return new SaturationFlow(
            measured + (others * mean),
            lanes.Sum(l => l.Queues * l.LostMs) / queues / 1000,
            ends >= EnoughEnds ? Math.Clamp(lanes.Sum(l => l.Ends * (l.EndMs ?? 0)) / ends / 1000, 0, 6) : DefaultEndGainS,
            queues, true, ends >= EnoughEnds);
    }

    private static (double HeadwayMs, double LostMs, double? EndMs, int Queues, int Ends)? Lane(SignalLog log, StopLineGroup group, GroupDetector count, GroupDetector? presence)
    {
        if (group.FirstPhase is 0 or > ControllerProgram.MaxPhase || System.Numerics.BitOperations.PopCount(group.Phases) > 1)
        {
            return null;
        }

        var ons = log.Ons[count.Channel];
        var presences = presence is null ? null : log.Presences[presence.Channel];
        var (at, near) = (0, 0);
        var means = new List<double>();
        var queues = new List<(List<long> Headways, int InGreen, long GreenLengthMs, bool ToEnd)>();
        foreach (var service in log.Services[group.FirstPhase])
        {
            while (at < ons.Count && ons[at] - count.LatencyMs < service.GreenMs)
            {
                at++;
            }

            if (log.IsFaulty(count.Channel, service.GreenMs) || (presence is not null && log.IsFaulty(presence.Channel, service.GreenMs)))
            {
                continue;
            }

            var queueEndMs = presences is null ? service.YellowMs : QueueEnd(presences, ref near, service.GreenMs, service.RedMs + StoppedMs);
            var headways = new List<long>();
            var last = service.GreenMs;
            for (var i = at; i < ons.Count; i++)
            {
                var timeMs = ons[i] - count.LatencyMs;
                if (timeMs > Math.Min(queueEndMs, service.YellowMs) + UsedRedMs || (timeMs > queueEndMs && queueEndMs < service.YellowMs) || timeMs - last > LongestHeadwayMs + (headways.Count == 0 ? 2000 : 0))
                {
                    break;
                }

                headways.Add(timeMs - last);
                last = timeMs;
            }

            // The queue went on to the end of green when somebody who would have gone stands there in red.
            var toEnd = presences is not null && queueEndMs >= service.RedMs + StoppedMs && last > service.YellowMs - LongestHeadwayMs;
            var sum = 0L;
            var used = headways.TakeWhile(h => (sum += h) <= service.GreenLengthMs).ToList();
            if (used.Count >= FirstSaturated + 2)
            {
                queues.Add((headways, used.Count, service.GreenLengthMs, toEnd));
                means.Add(used.Skip(FirstSaturated).Average());
            }
        }

        if (queues.Count == 0)
        {
            return null;
        }

        // Weighted by vehicles, not by queues: short ones are noisy.
        var saturated = queues.SelectMany(q => q.Headways.Take(q.InGreen).Skip(FirstSaturated)).Order().ToArray();
        var trim = saturated.Length / 20;
        var headwayMs = saturated[trim..^Math.Max(1, trim)].DefaultIfEmpty(saturated[0]).Average();
        means.Sort();
        headwayMs = queues.Count >= EnoughQueues ? headwayMs : means[means.Count / 2];
        var lost = queues.Select(q => q.Headways.Take(FirstSaturated).Sum() - (FirstSaturated * headwayMs)).Order().ToArray();
        var lostMs = Math.Clamp(lost[lost.Length / 2], 0, 6000);
        var ends = queues.Where(q => q.ToEnd).ToList();
        double? endMs = ends.Count == 0 ? null : ends.Average(q => (q.Headways.Count * headwayMs) + lostMs - q.GreenLengthMs);
        return (headwayMs, lostMs, endMs, queues.Count, ends.Count);
    }

    /// <summary>When the last vehicle that had stood in the queue came to the stop bar: the first gap at the presence zone after begin of green.</summary>
    private static long QueueEnd(List<(long OnMs, long OffMs)> presences, ref int near, long greenMs, long untilMs)
    {
        while (near < presences.Count && presences[near].OffMs <= greenMs)
        {
            near++;
        }

        if (near >= presences.Count || presences[near].OnMs > greenMs)
        {
            return greenMs;
        }

        var endMs = presences[near].OffMs;
        for (var i = near + 1; i < presences.Count && presences[i].OnMs - endMs <= GapMs && endMs < untilMs; i++)
        {
            endMs = presences[i].OffMs;
        }

        return endMs;
    }
}
