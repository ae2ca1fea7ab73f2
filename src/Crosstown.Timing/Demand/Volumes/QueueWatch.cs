using Crosstown.Core.Controllers;
using Crosstown.Core.Time;
using Crosstown.Timing.Demand.Reading;

namespace Crosstown.Timing.Demand.Volumes;

/// <summary>One green of a lane group, as its stop bar saw it.</summary>
/// <param name="GreenMs">Begin of green.</param>
/// <param name="YellowMs">Begin of yellow.</param>
/// <param name="StoodAtGreen">A vehicle stood at the stop bar as green began.</param>
/// <param name="Failed">Covered for 80 % of green and of the first five seconds of red: the queue did not clear.</param>
internal readonly record struct QueueCycle(long GreenMs, long YellowMs, bool StoodAtGreen, bool Failed);

/// <summary>Looks whether queues clear.</summary>
internal static class QueueWatch
{
    /// <summary>Occupied share of green, and of five seconds of red, from which a cycle has failed: the published split-failure measure.</summary>
    public const double FailedShare = 0.8;

    private const long RedMs = 5000;
    private const int StandingCycles = 3;

    /// <summary>Greens of a group with what presence at its stop bar says.</summary>
    /// <returns>Null when it has no presence detector or no protected phase.</returns>
    public static List<QueueCycle>? Cycles(SignalLog log, StopLineGroup group)
    {
        var channels = group.Presences.Select(p => (int)p.Channel).Where(c => log.Presences[c].Count > 0).ToList();
        if (channels.Count == 0 || group.FirstPhase is 0 or > ControllerProgram.MaxPhase)
        {
            return null;
        }

        var covered = Union(channels.SelectMany(c => log.Presences[c]).Order());
        var cycles = new List<QueueCycle>();
        var at = 0;
        foreach (var service in log.Services[group.FirstPhase])
        {
            if (channels.TrueForAll(c => log.IsFaulty(c, service.GreenMs)))
            {
                continue;
            }

            while (at < covered.Count && covered[at].OffMs <= service.GreenMs)
            {
                at++;
            }

            var stood = at < covered.Count && covered[at].OnMs <= service.GreenMs;
            var green = Occupied(covered, at, service.GreenMs, service.YellowMs) / (double)Math.Max(1, service.GreenLengthMs);
            var red = Occupied(covered, at, service.RedMs, service.RedMs + RedMs) / (double)RedMs;
            cycles.Add(new QueueCycle(service.GreenMs, service.YellowMs, stood, green >= FailedShare && red >= FailedShare));
        }

        return cycles;
    }

    /// <summary>Whether volume was capacity in a time: two in five of its cycles belong to queues that stood for three cycles or more.</summary>
    public static bool IsCapacity(List<QueueCycle> cycles, TimeRange range)
    {
        var (all, standing) = (0, 0);
        for (var i = 0; i < cycles.Count; i++)
        {
            if (range.Contains(cycles[i].GreenMs))
            {
                all++;
                standing += cycles[i].Failed && RunAt(cycles, i) >= StandingCycles ? 1 : 0;
            }
        }

        return standing >= 2 && standing >= 0.4 * all;
    }

    /// <summary>How many cycles in a row failed around one that did.</summary>
    private static int RunAt(List<QueueCycle> cycles, int at)
    {
        var (from, to) = (at, at);
        while (from > 0 && cycles[from - 1].Failed)
        {
            from--;
        }

        while (to + 1 < cycles.Count && cycles[to + 1].Failed)
        {
            to++;
        }

        return to - from + 1;
    }

    private static List<(long OnMs, long OffMs)> Union(IEnumerable<(long OnMs, long OffMs)> sorted)
    {
        var union = new List<(long OnMs, long OffMs)>();
        foreach (var one in sorted)
        {
            if (union.Count > 0 && one.OnMs <= union[^1].OffMs)
            {
                union[^1] = (union[^1].OnMs, Math.Max(union[^1].OffMs, one.OffMs));
            }
            else
            {
                union.Add(one);
            }
        }

        return union;
    }

    private static long Occupied(List<(long OnMs, long OffMs)> covered, int from, long startMs, long endMs)
    {
        var sum = 0L;
        for (var i = from; i < covered.Count && covered[i].OnMs < endMs; i++)
        {
            sum += Math.Max(0, Math.Min(endMs, covered[i].OffMs) - Math.Max(startMs, covered[i].OnMs));
        }

        return sum;
    }
}
