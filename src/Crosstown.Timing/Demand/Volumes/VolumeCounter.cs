using System.Collections.Immutable;
using Crosstown.Core.Time;
using Crosstown.Timing.Demand.Reading;

namespace Crosstown.Timing.Demand.Volumes;

/// <summary>Counts a lane group's vehicles from the best of its detectors that work, bin by bin.</summary>
internal sealed class VolumeCounter(SignalLog log, long firstBinMs, int bins)
{
    private const double LeastCoverage = 0.9;

    // A count channel that is on this long is stuck; more actuations than this cannot be vehicles (one lane passes 0.55 a second at most).
    private const long StuckMs = 900_000;
    private const int MostInBin = 620;

    // An hour: a detector that is silent in it, while one of its group counts this many in a quarter of it, is dead.
    private const int SilentBins = 4;
    private const int BusyBins = 40;

    // Bins in common from which one detector's share of another is trusted.
    private const int EnoughShared = 4;
    private const double WrongRatio = 0.6;

    /// <summary>The group's volumes; capacity flags are set by whoever knows the queues.</summary>
    public VolumeSeries Count(StopLineGroup group)
    {
        var counts = group.Counts.Select(CountsOf).ToList();
        var advances = group.Advances.Select(CountsOf).ToList();
        var presences = group.Presences.Select(CountsOf).ToList();
        Silence([.. counts, .. advances]);
        var isEveryLane = counts.Count >= group.Lanes;
        var isEveryAdvance = advances.Count > 0 && (advances.Count >= group.Lanes || !group.AreLanesKnown);
        for (var i = 0; i < counts.Count; i++)
        {
            // Lane by lane where detectors name their lanes: one bad lane of three would hardly show in the sum.
            var ahead = group.Advances.Select((a, k) => (a.Lane, Counts: advances[k])).Where(a => a.Lane == group.Counts[i].Lane && a.Lane is not null).Select(a => a.Counts).ToList();
            var at = group.Presences.Select((p, k) => (p.Lane, Counts: presences[k])).Where(p => p.Lane == group.Counts[i].Lane && p.Lane is not null).Select(p => p.Counts).ToList();
            RejectLow([counts[i]], ahead.Count > 0 ? ahead : at, ahead.Count > 0);
        }

        RejectLow(counts, advances.Count > 0 ? advances : presences, advances.Count > 0);
        var shares = SharesOf(counts);
        var advanceTotal = Sum(advances);
        var countTotal = Sum(counts);
        var presenceTotal = Sum(presences);
        var perAdvance = Ratio(countTotal, advanceTotal);
        var perPresence = Ratio(countTotal, presenceTotal) ?? Ratio(advanceTotal, presenceTotal);
        var result = ImmutableArray.CreateBuilder<BinVolume>(bins);
        for (var bin = 0; bin < bins; bin++)
        {
            var coverage = CoverageOf(bin);
            result.Add(coverage < LeastCoverage ? new BinVolume(null, coverage, VolumeSource.None, 0, false) : One(bin, coverage));
        }

        return new VolumeSeries(group.Id, firstBinMs, result.ToImmutable());

        BinVolume One(int bin, double coverage)
        {
            var known = counts.Select((c, i) => (Value: c[bin], Share: shares[i])).Where(c => c.Value is not null).ToList();
            var knownShare = known.Sum(c => c.Share);
            if (isEveryLane && known.Count == counts.Count)
            {
                return new BinVolume(countTotal[bin], coverage, VolumeSource.StopBarCount, 0.95, false);
            }

            if (isEveryAdvance && advanceTotal[bin] is { } ahead)
            {
                return new BinVolume(ahead * (isEveryLane ? perAdvance ?? 1 : 1), coverage, VolumeSource.AdvanceCount, 0.8, false);
            }

            if (known.Count > 0 && knownShare > 0.2)
            {
                var seen = known.Sum(c => c.Value!.Value) / knownShare * (isEveryLane ? 1 : group.Lanes / (double)Math.Max(1, counts.Count));
                return new BinVolume(seen, coverage, VolumeSource.SomeLanes, 0.6 * Math.Min(1, known.Count / (double)group.Lanes) + 0.1, false);
            }

            return presenceTotal[bin] is { } actuations
                ? new BinVolume(actuations * (perPresence ?? 1), coverage, VolumeSource.PresenceCount, perPresence is null ? 0.3 : 0.5, false)
                : new BinVolume(null, coverage, VolumeSource.None, 0, false);
        }
    }

    private double CoverageOf(int bin)
    {
        var startMs = firstBinMs + (bin * VolumeSeries.BinMs);
        return log.Coverage(new TimeRange(startMs, startMs + VolumeSeries.BinMs));
    }

    /// <summary>Actuations of a channel by bin; null where it cannot be trusted.</summary>
    private double?[] CountsOf(GroupDetector detector)
    {
        var counts = new double?[bins];
        Array.Fill(counts, 0);
        foreach (var onMs in log.Ons[detector.Channel])
        {
            var bin = (int)Math.Floor((onMs - detector.LatencyMs - firstBinMs) / (double)VolumeSeries.BinMs);
            if (bin >= 0 && bin < bins)
            {
                counts[bin]++;
            }
        }

        void Reject(long fromMs, long toMs)
        {
            var first = Math.Max(0, (fromMs - firstBinMs) / VolumeSeries.BinMs);
            for (var bin = first; bin < bins && firstBinMs + (bin * VolumeSeries.BinMs) < toMs; bin++)
            {
                counts[bin] = null;
            }
        }

        foreach (var fault in log.Faults[detector.Channel])
        {
            // The cabinet notices a fault only after a while.
            Reject(fault.StartMs - VolumeSeries.BinMs, fault.EndMs);
        }

        foreach (var (onMs, offMs) in log.Presences[detector.Channel])
        {
            if (offMs - onMs >= StuckMs)
            {
                Reject(onMs, offMs);
            }
        }

        for (var bin = 0; bin < bins; bin++)
        {
            if (counts[bin] > MostInBin)
            {
                counts[bin] = null;
            }
        }

        return counts;
    }

    private void Silence(List<double?[]> channels)
    {
        for (var c = 0; c < channels.Count; c++)
        {
            for (var from = 0; from + SilentBins <= bins; from++)
            {
                var isSilent = true;
                var others = 0.0;
                for (var bin = from; bin < from + SilentBins; bin++)
                {
                    isSilent &= channels[c][bin] is 0 or null;
                    others = Math.Max(others, Enumerable.Range(0, channels.Count).Where(o => o != c).Select(o => channels[o][bin] ?? 0).DefaultIfEmpty(0).Max());
                }

                if (isSilent && others >= BusyBins)
                {
                    Array.Fill(channels[c], null, from, SilentBins);
                }
            }
        }
    }

    /// <summary>
    /// Where stop-bar counts and others part from their usual relation, the lower one is wrong: detectors miss vehicles, they do not invent them. Presence
    /// counts too little in queues, so it can only bear witness against a stop-bar count.
    /// </summary>
    private void RejectLow(List<double?[]> counts, List<double?[]> others, bool mayRejectOthers)
    {
        var (stop, ahead) = (Sum(counts), Sum(others));
        if (Ratio(stop, ahead) is not { } usual)
        {
            return;
        }

        for (var from = 0; from < bins; from += SilentBins)
        {
            var (seen, expected) = (0.0, 0.0);
            for (var bin = from; bin < Math.Min(bins, from + SilentBins); bin++)
            {
                if (stop[bin] is { } s && ahead[bin] is { } a)
                {
                    seen += s;
                    expected += a * usual;
                }
            }

            var isLow = seen < WrongRatio * expected && expected - seen > 3 * Math.Sqrt(expected);
            var isHigh = expected < WrongRatio * seen && seen - expected > 3 * Math.Sqrt(seen);
            foreach (var channel in isLow ? counts : isHigh && mayRejectOthers ? others : [])
            {
                Array.Fill(channel, null, from, Math.Min(SilentBins, bins - from));
            }
        }
    }

    /// <summary>Each lane's share of the group's volume, from bins in which all were counted.</summary>
    private double[] SharesOf(List<double?[]> counts)
    {
        var sums = new double[counts.Count];
        for (var bin = 0; bin < bins; bin++)
        {
            if (counts.TrueForAll(c => c[bin] is not null))
            {
                for (var i = 0; i < sums.Length; i++)
                {
                    sums[i] += counts[i][bin]!.Value;
                }
            }
        }

        var total = sums.Sum();
        return total > 0 ? [.. sums.Select(s => s / total)] : [.. sums.Select(_ => 1.0 / Math.Max(1, sums.Length))];
    }

    /// <summary>Sum of channels by bin; null where one of them is not known, or there are none.</summary>
    private double?[] Sum(List<double?[]> channels)
    {
        var sums = new double?[bins];
        for (var bin = 0; bin < bins && channels.Count > 0; bin++)
        {
            sums[bin] = channels.TrueForAll(c => c[bin] is not null) ? channels.Sum(c => c[bin]!.Value) : null;
        }

        return sums;
    }

    /// <summary>Median of one over the other in bins where both count; null when they are too few.</summary>
    private double? Ratio(double?[] over, double?[] under)
    {
        var ratios = new List<double>();
        for (var bin = 0; bin < bins; bin++)
        {
            if (over[bin] is { } o && under[bin] is { } u && u >= 10)
            {
                ratios.Add(o / u);
            }
        }

        ratios.Sort();
        return ratios.Count >= EnoughShared ? ratios[ratios.Count / 2] : null;
    }
}
