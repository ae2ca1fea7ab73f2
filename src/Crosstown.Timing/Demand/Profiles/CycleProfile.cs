using Crosstown.Core.Time;
using Crosstown.Timing.Demand.InForce;
using Crosstown.Timing.Demand.Reading;

namespace Crosstown.Timing.Demand.Profiles;

/// <summary>When in the cycle something passes: counts in bins of one second.</summary>
/// <remarks>A table of one signal. What is said of two signals is made from two such tables (rule P12).</remarks>
internal sealed class CycleProfile(int cycleS)
{
    public int CycleS { get; } = cycleS;

    /// <summary>Vehicles by second of the cycle.</summary>
    public double[] Bins { get; } = new double[cycleS];

    public double Total => Bins.Sum();

    /// <summary>Adds what passed at a place of the cycle.</summary>
    /// <param name="placeMs">Any size; it is folded.</param>
    public void Add(long placeMs, double vehicles = 1)
    {
        Bins[Circle.After(placeMs, 0, CycleS * 1000L) / 1000] += vehicles;
    }

    /// <summary>Folds detections by the clock, while one pattern is in force and in step.</summary>
    /// <param name="log">The signal.</param>
    /// <param name="channels">Channels that count together.</param>
    /// <param name="shiftMs">By channel, added to each time: driving time less latency.</param>
    /// <param name="cycleS">Of the pattern.</param>
    /// <param name="zeroMs">Place on the clock that bin 0 begins at.</param>
    /// <param name="isIn">Which moments count.</param>
    public static CycleProfile Fold(SignalLog log, IEnumerable<byte> channels, Func<byte, long> shiftMs, int cycleS, long zeroMs, Func<long, bool> isIn)
    {
        var profile = new CycleProfile(cycleS);
        foreach (var channel in channels)
        {
            var shift = shiftMs(channel);
            foreach (var onMs in log.Ons[channel])
            {
                if (isIn(onMs) && !log.IsFaulty(channel, onMs))
                {
                    profile.Add(log.LocalDayMs(onMs + shift) - zeroMs);
                }
            }
        }

        return profile;
    }
}

/// <summary>Times in which one pattern of a signal was in force and in step.</summary>
internal sealed class InStepTimes
{
    private readonly long[] _starts;
    private readonly long[] _ends;

    public InStepTimes(SignalLog log, TimingInForce timing, RecoveredPattern pattern, IEnumerable<TimeRange>? within = null)
    {
        var spans = timing.Spans.Where(s => s.Number == pattern.Timing.Number).Select(s => s.When).ToList();
        var pieces = RegularCycles.Of(log, pattern.AnchorPhase, pattern.AnchorMs, pattern.Timing.CycleMs, spans).Cycles.ToList();
        if (within is not null)
        {
            var limits = Joined(within);
            pieces = [.. pieces.SelectMany(p => limits.Where(w => w.EndMs > p.StartMs && w.StartMs < p.EndMs)
                .Select(w => new TimeRange(Math.Max(p.StartMs, w.StartMs), Math.Min(p.EndMs, w.EndMs))))];
        }

        pieces = Joined(pieces);
        _starts = [.. pieces.Select(p => p.StartMs)];
        _ends = [.. pieces.Select(p => p.EndMs)];
    }

    public IEnumerable<TimeRange> Ranges => _starts.Zip(_ends, (s, e) => new TimeRange(s, e));

    public bool Contains(long timeMs)
    {
        var at = Array.BinarySearch(_starts, timeMs);
        at = at >= 0 ? at : ~at - 1;
        return at >= 0 && timeMs < _ends[at];
    }

    /// <summary>Times in which this and another are in step together.</summary>
    public long SharedMs(InStepTimes other) =>
        Ranges.Sum(a => other.Ranges.Sum(b => Math.Max(0, Math.Min(a.EndMs, b.EndMs) - Math.Max(a.StartMs, b.StartMs))));

    private static List<TimeRange> Joined(IEnumerable<TimeRange> ranges)
    {
        var joined = new List<TimeRange>();
        foreach (var range in ranges.OrderBy(r => r.StartMs))
        {
            if (joined.Count > 0 && range.StartMs <= joined[^1].EndMs)
            {
                joined[^1] = new TimeRange(joined[^1].StartMs, Math.Max(joined[^1].EndMs, range.EndMs));
            }
            else
            {
                joined.Add(range);
            }
        }

        return joined;
    }
}
