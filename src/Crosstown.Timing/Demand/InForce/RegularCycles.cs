using Crosstown.Core.Time;
using Crosstown.Timing.Demand.Reading;

namespace Crosstown.Timing.Demand.InForce;

/// <summary>Cycles that began and ended at the yield point of their pattern: walks, priority, preempts and transitions did not shift them.</summary>
/// <remarks>Judged by the greens themselves. Code 150 is not enough: there are controllers that report a transition and never its end.</remarks>
internal sealed class RegularCycles
{
    private const long WindowMs = 300;

    private readonly List<TimeRange> _cycles = [];
    private readonly long[] _starts;

    private RegularCycles(List<TimeRange> cycles)
    {
        _cycles = cycles;
        _starts = [.. cycles.Select(c => c.StartMs)];
    }

    /// <summary>In time order; a cycle runs from the moment after one yield to the next.</summary>
    public IReadOnlyList<TimeRange> Cycles => _cycles;

    /// <summary>Finds them from the ends of one coordinated phase.</summary>
    /// <param name="log">The signal.</param>
    /// <param name="phase">The coordinated phase.</param>
    /// <param name="placeMs">Where on the clock its greens end.</param>
    /// <param name="cycleMs">Of the pattern.</param>
    /// <param name="spans">When the pattern was in force.</param>
    public static RegularCycles Of(SignalLog log, byte phase, long placeMs, long cycleMs, IReadOnlyList<TimeRange> spans)
    {
        var cycles = new List<TimeRange>();
        var lastMs = -1L;
        foreach (var service in log.Services[phase])
        {
            var isAt = Circle.Distance(log.LocalDayMs(service.YellowMs), placeMs, cycleMs) <= WindowMs
                && spans.Any(s => s.Contains(service.YellowMs)) && !log.IsDisturbed(service.YellowMs);
            if (isAt && lastMs >= 0 && Circle.Distance(service.YellowMs - lastMs, 0, cycleMs) <= 2 * WindowMs && spans.Any(s => s.Contains(lastMs) && s.Contains(service.YellowMs)))
            {
                cycles.Add(new TimeRange(lastMs + 1, service.YellowMs + 1));
            }

            lastMs = isAt ? service.YellowMs : -1;
        }

        return new RegularCycles(cycles);
    }

    /// <summary>Index of the cycle that holds a moment; -1 for none.</summary>
    public int IndexAt(long timeMs)
    {
        var at = Array.BinarySearch(_starts, timeMs);
        at = at >= 0 ? at : ~at - 1;
        return at >= 0 && _cycles[at].Contains(timeMs) ? at : -1;
    }
}
