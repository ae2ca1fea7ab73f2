using System.Collections.Immutable;
using Crosstown.Core.Time;

namespace Crosstown.Server.Public.Counts;

/// <summary>What was counted at one place in one bin.</summary>
/// <param name="Count">Null when the log saw nothing of the bin.</param>
/// <param name="SeenShare">0-1: how much of the bin the log saw.</param>
/// <param name="FaultedDetectors">Detectors behind the count that were at fault; 0 for none.</param>
internal readonly record struct CountedBin(TimeRange Range, int? Count, double SeenShare, int FaultedDetectors);

/// <summary>One published figure, final from the moment it is out.</summary>
/// <param name="Count">Null when withheld, and when the log saw nothing.</param>
/// <param name="IsWithheld">True when there is a count, and it is less than the least that is published.</param>
/// <param name="SeenShare">0-1, rounded down to hundredths.</param>
internal readonly record struct PublishedCell(TimeRange Range, int? Count, bool IsWithheld, double SeenShare, int FaultedDetectors);

/// <summary>Turns the bins of a block into what may be published of it (rule P14).</summary>
/// <remarks>
/// <para>
/// A block is a fixed time: a local hour for vehicles, a local day for calls of crosswalks. Of a place and block one level is published, once. An hour's
/// four quarters are published where every one of them reaches the least count; else the hour alone; and where that is too few, neither. So no published
/// figure is the sum of others, and what is withheld cannot be found by subtraction: every withheld figure may be anything from 0 to one less than the least count, and a
/// quarter behind a published hour anything from 0 to the hour.
/// </para>
/// <para>
/// The choice of level says no more. "One quarter was below" holds whatever any single quarter was. That is why a day is not published where all its hours are
/// withheld: with twenty-four hours of at most nine each, a day of 216 would say nine for every one.
/// </para>
/// </remarks>
internal static class CountRules
{
    /// <summary>The cells of one place in one block.</summary>
    /// <param name="bins">All bins of the block, in order.</param>
    /// <param name="least">k: the smallest count that is published.</param>
    /// <param name="mayShowBins">True where the bins themselves may be published; false for a block that is always one figure.</param>
    public static ImmutableArray<PublishedCell> Close(TimeRange block, IReadOnlyList<CountedBin> bins, int least, bool mayShowBins)
    {
        var seen = bins.Where(b => b.Count is not null).ToArray();
        if (mayShowBins && seen.Length > 0 && seen.All(b => b.Count >= least))
        {
            return [.. bins.Select(b => new PublishedCell(b.Range, b.Count, false, RoundDown(b.Count is null ? 0 : b.SeenShare), b.FaultedDetectors))];
        }

        var total = seen.Sum(b => b.Count!.Value);
        var isEnough = seen.Length > 0 && total >= least;
        var share = seen.Sum(b => b.SeenShare * b.Range.LengthMs) / block.LengthMs;
        return
        [
            new PublishedCell(
                block, isEnough ? total : null, seen.Length > 0 && !isEnough, RoundDown(share), bins.Count == 0 ? 0 : bins.Max(b => b.FaultedDetectors)),
        ];
    }

    // A share of 1 that was reckoned in floating point must not come out as 0.99.
    private static double RoundDown(double share) => Math.Clamp(Math.Floor((share * 100) + 1e-6) / 100, 0, 1);
}
