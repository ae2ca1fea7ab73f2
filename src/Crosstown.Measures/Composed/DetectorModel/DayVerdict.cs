namespace Crosstown.Measures.Composed.DetectorModel;

/// <summary>What a detector's day of counts says about the detector.</summary>
internal enum Verdict
{
    /// <summary>Too little history, or too few counts of the day.</summary>
    Unknown,
    Healthy,

    /// <summary>Counts are missing for an hour or more.</summary>
    Missing,

    /// <summary>No vehicle for so long that the expected ones cannot all have stayed away.</summary>
    Dead,

    /// <summary>The same greatest count again and again where more was expected: a cap.</summary>
    Saturated,

    /// <summary>The same count over and over.</summary>
    Frozen,

    /// <summary>The day's shape is right but comes hours early or late.</summary>
    Shifted,

    /// <summary>Counts too much all day.</summary>
    Over,

    /// <summary>Counts too little all day.</summary>
    Under,

    /// <summary>Many bins far from what was expected.</summary>
    Erratic,
}

/// <summary>The limits of the daily checks.</summary>
internal sealed record VerdictLimits(double MissingBins, double QuietVehicles, double EqualEvidence, double RatioLimit, double ShiftGain, double ErraticShare);

/// <summary>A verdict and the bins that it rests on.</summary>
internal readonly record struct DayFinding(Verdict Verdict, int FirstBin, int EndBin);

/// <summary>Checks one detector's day against its expected counts.</summary>
internal static class DayCheck
{
    /// <summary>Shifts shorter than half an hour are within what a day's traffic does by itself, in 15-minute bins.</summary>
    private const int LeastShiftBins = 2;

    /// <summary>Six hours, in 15-minute bins.</summary>
    private const int MostShiftBins = 24;

    /// <summary>A cap shows by this many counts at the greatest value of the day.</summary>
    private const int CappedBins = 8;

    /// <param name="counts">One per bin; null where missing.</param>
    /// <param name="expected">One per bin; NaN where nothing is known.</param>
    /// <param name="isQuietAll">Bins in which no detector of the signal saw what it should have: a closed street, not a broken detector.</param>
    /// <param name="anomalous">Bins whose count lies far from the expected one.</param>
    /// <param name="logRatio">Median logarithm of the bins' counts over the expected ones, less what the signal's other detectors did; null when not known.</param>
    /// <param name="logRatioDeviation">Usual spread of it.</param>
    public static DayFinding Judge(
        ReadOnlySpan<double?> counts, ReadOnlySpan<double> expected, ReadOnlySpan<bool> isQuietAll, int anomalous, double? logRatio, double logRatioDeviation, VerdictLimits limits)
    {
        var compared = 0;
        for (var bin = 0; bin < counts.Length; bin++)
        {
            compared += counts[bin] is not null && !double.IsNaN(expected[bin]) ? 1 : 0;
        }

        var missing = LongestMissing(counts);
        if (missing.EndBin - missing.FirstBin >= limits.MissingBins)
        {
            return missing;
        }

        if (compared * 2 < counts.Length)
        {
            return new DayFinding(Verdict.Unknown, 0, counts.Length);
        }

        if (FindDead(counts, expected, isQuietAll, limits) is { } dead)
        {
            return dead;
        }

        if (FindCap(counts, expected) is { } cap)
        {
            return cap;
        }

        if (FindFrozen(counts, expected, limits) is { } frozen)
        {
            return frozen;
        }

        var whole = new DayFinding(Verdict.Healthy, 0, counts.Length);
        if (IsShifted(counts, expected, limits))
        {
            return whole with { Verdict = Verdict.Shifted };
        }

        // Off by the limit, and beyond four times what its days usually vary by.
        if (logRatio is { } ratio && Math.Abs(ratio) > Math.Max(Math.Log(1 + limits.RatioLimit), 4 * logRatioDeviation))
        {
            return whole with { Verdict = ratio > 0 ? Verdict.Over : Verdict.Under };
        }

        return (double)anomalous / compared >= limits.ErraticShare ? whole with { Verdict = Verdict.Erratic } : whole;
    }

    private static DayFinding LongestMissing(ReadOnlySpan<double?> counts)
    {
        var best = new DayFinding(Verdict.Missing, 0, 0);
        var first = 0;
        for (var bin = 0; bin <= counts.Length; bin++)
        {
            if (bin == counts.Length || counts[bin] is not null)
            {
                best = bin - first > best.EndBin - best.FirstBin ? new DayFinding(Verdict.Missing, first, bin) : best;
                first = bin + 1;
            }
        }

        return best;
    }

    private static DayFinding? FindDead(ReadOnlySpan<double?> counts, ReadOnlySpan<double> expected, ReadOnlySpan<bool> isQuietAll, VerdictLimits limits)
    {
        var (first, missed) = (0, 0.0);
        for (var bin = 0; bin < counts.Length; bin++)
        {
            if (counts[bin] is not 0 || isQuietAll[bin])
            {
                (first, missed) = (bin + 1, 0);
                continue;
            }

            missed += double.IsNaN(expected[bin]) ? 0 : expected[bin];
            if (missed >= limits.QuietVehicles)
            {
                var end = bin + 1;
                while (end < counts.Length && counts[end] is 0)
                {
                    end++;
                }

                return new DayFinding(Verdict.Dead, first, end);
            }
        }

        return null;
    }

    private static DayFinding? FindCap(ReadOnlySpan<double?> counts, ReadOnlySpan<double> expected)
    {
        var most = 0.0;
        foreach (var count in counts)
        {
            most = Math.Max(most, count ?? 0);
        }

        var (atMost, above, first, last) = (0, 0, -1, 0);
        for (var bin = 0; bin < counts.Length; bin++)
        {
            if (counts[bin] == most)
            {
                atMost++;
                above += expected[bin] > most ? 1 : 0;
                first = first < 0 ? bin : first;
                last = bin + 1;
            }
        }

        // A handful of equal greatest counts is chance where counts are small.
        return most >= CappedBins && atMost >= CappedBins && above * 2 > atMost ? new DayFinding(Verdict.Saturated, first, last) : null;
    }

    private static DayFinding? FindFrozen(ReadOnlySpan<double?> counts, ReadOnlySpan<double> expected, VerdictLimits limits)
    {
        var (first, evidence) = (0, 0.0);
        for (var bin = 1; bin < counts.Length; bin++)
        {
            if (counts[bin] is not > 0 || counts[bin] != counts[bin - 1])
            {
                (first, evidence) = (bin, 0);
                continue;
            }

            // Two Poisson counts of mean m are equal with a chance near 1 / (2 sqrt(pi m)).
            var mean = Math.Max(1, double.IsNaN(expected[bin]) ? counts[bin]!.Value : Math.Min(expected[bin], counts[bin]!.Value));
            evidence += Math.Log10(2 * Math.Sqrt(Math.PI * mean));
            if (evidence >= limits.EqualEvidence)
            {
                var end = bin + 1;
                while (end < counts.Length && counts[end] == counts[bin])
                {
                    end++;
                }

                return new DayFinding(Verdict.Frozen, first, end);
            }
        }

        return null;
    }

    private static bool IsShifted(ReadOnlySpan<double?> counts, ReadOnlySpan<double> expected, VerdictLimits limits)
    {
        if (Misfit(counts, expected, 0) is not { } unshifted)
        {
            return false;
        }

        var best = double.MaxValue;
        for (var shift = LeastShiftBins; shift <= MostShiftBins; shift++)
        {
            best = Math.Min(best, Math.Min(Misfit(counts, expected, shift) ?? double.MaxValue, Misfit(counts, expected, -shift) ?? double.MaxValue));
        }

        return best < (1 - limits.ShiftGain) * unshifted;
    }

    /// <summary>Mean difference of square roots, which vary alike at all volumes, between the day and the expected day moved by some bins.</summary>
    private static double? Misfit(ReadOnlySpan<double?> counts, ReadOnlySpan<double> expected, int shift)
    {
        var (sum, compared) = (0.0, 0);
        for (var bin = Math.Max(0, shift); bin < Math.Min(counts.Length, counts.Length + shift); bin++)
        {
            if (counts[bin] is { } count && !double.IsNaN(expected[bin - shift]))
            {
                sum += Math.Abs(Math.Sqrt(count) - Math.Sqrt(expected[bin - shift]));
                compared++;
            }
        }

        return compared * 2 < counts.Length ? null : sum / compared;
    }
}
