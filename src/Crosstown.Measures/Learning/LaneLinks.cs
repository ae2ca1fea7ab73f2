namespace Crosstown.Measures.Learning;

/// <summary>Two detectors that the same vehicles pass one after the other.</summary>
/// <param name="First">Index of the channel that is passed first, or either when the lag is 0.</param>
/// <param name="Second">Index of the other.</param>
/// <param name="LagMs">Time between them, 0 or more.</param>
/// <param name="Deviations">How far the count at that lag stands out, in standard deviations.</param>
internal readonly record struct LaneLink(int First, int Second, long LagMs, double Deviations);

/// <summary>Finds detectors that lie in one lane by the lag at which the hits of one follow the hits of the other.</summary>
/// <remarks>
/// Counts only: the lags of all hits of one channel against all hits of another within 30 s, of one signal. A lane shows as a narrow peak over the broad hills
/// that a common signal display makes.
/// </remarks>
internal static class LaneLinks
{
    private const int Steps = (int)(2 * LearningLimits.LongestLagMs / LearningLimits.LagStepMs);

    public static List<LaneLink> Find(IReadOnlyList<ChannelFacts> channels)
    {
        var links = new List<LaneLink>();
        Span<int> lags = stackalloc int[Steps];
        for (var a = 0; a < channels.Count; a++)
        {
            for (var b = a + 1; b < channels.Count; b++)
            {
                if (channels[a].OnMs.Count < LearningLimits.FewestActuations || channels[b].OnMs.Count < LearningLimits.FewestActuations)
                {
                    continue;
                }

                var hitsA = Newest(channels[a].OnMs);
                var hitsB = Newest(channels[b].OnMs);
                CountLags(hitsA, hitsB, lags);
                FindPeak(lags, out var lagMs, out var deviations, out var excess);
                var share = excess / Math.Min(hitsA.Length, hitsB.Length);
                var leastShare = Math.Abs(lagMs) < LearningLimits.TogetherMs ? LearningLimits.SameVehiclesTogether : LearningLimits.SameVehicles;
                if (deviations >= LearningLimits.SameLane && share >= leastShare)
                {
                    links.Add(lagMs >= 0 ? new LaneLink(a, b, lagMs, deviations) : new LaneLink(b, a, -lagMs, deviations));
                }
            }
        }

        return links;
    }

    private static ReadOnlySpan<long> Newest(List<long> times) =>
        System.Runtime.InteropServices.CollectionsMarshal.AsSpan(times)[Math.Max(0, times.Count - LearningLimits.MostCompared)..];

    private static void CountLags(ReadOnlySpan<long> a, ReadOnlySpan<long> b, Span<int> lags)
    {
        lags.Clear();
        var from = 0;
        foreach (var time in a)
        {
            while (from < b.Length && b[from] < time - LearningLimits.LongestLagMs)
            {
                from++;
            }

            for (var i = from; i < b.Length && b[i] < time + LearningLimits.LongestLagMs; i++)
            {
                lags[(int)((b[i] - time + LearningLimits.LongestLagMs) / LearningLimits.LagStepMs)]++;
            }
        }
    }

    /// <summary>The pair of neighboring steps that stands out most over the upper part of its surroundings.</summary>
    private static void FindPeak(ReadOnlySpan<int> lags, out long lagMs, out double deviations, out double excess)
    {
        Span<int> around = stackalloc int[20];
        deviations = 0;
        lagMs = 0;
        excess = 0;
        for (var i = 12; i < lags.Length - 13; i++)
        {
            lags[(i - 12)..(i - 2)].CopyTo(around);
            lags[(i + 4)..(i + 14 > lags.Length ? lags.Length : i + 14)].CopyTo(around[10..]);
            around.Sort();
            var high = 2.0 * around[17];
            var found = (lags[i] + lags[i + 1] - high) / Math.Sqrt(high + 2);
            if (found > deviations)
            {
                deviations = found;
                excess = lags[i] + lags[i + 1] - high;
                lagMs = ((i + 1) * LearningLimits.LagStepMs) - LearningLimits.LongestLagMs;
            }
        }
    }
}
