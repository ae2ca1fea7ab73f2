using System.Runtime.InteropServices;
using Crosstown.Core.Time;

namespace Crosstown.Core.Privacy;

/// <summary>What a closed bin of speed readings says.</summary>
/// <param name="Channel">The detector channel that read them.</param>
/// <param name="Time">The bin.</param>
/// <param name="Readings">How many readings it had.</param>
/// <param name="Values">The figures; null below <see cref="PrivacyLimits.ReadingMinimum"/> readings.</param>
public readonly record struct SpeedBin(byte Channel, TimeRange Time, int Readings, SpeedValues? Values);

/// <summary>Figures over at least <see cref="PrivacyLimits.ReadingMinimum"/> speeds, in miles per hour.</summary>
/// <param name="MeanMph">Arithmetic mean.</param>
/// <param name="StandardDeviationMph">Of the sample, divided by n - 1.</param>
/// <param name="Percentile15Mph">The lowest whole mph that 15 % of the readings do not exceed.</param>
/// <param name="MedianMph">The same for 50 %.</param>
/// <param name="Percentile85Mph">The same for 85 %.</param>
public readonly record struct SpeedValues(
    double MeanMph, double StandardDeviationMph, int Percentile15Mph, int MedianMph, int Percentile85Mph);

/// <summary>Bins speed readings on arrival, so that no single one is ever kept (rule P11).</summary>
/// <remarks>
/// A reading becomes a count in a histogram of whole miles per hour and part of two sums at once. What comes out are closed bins only, and
/// figures only of bins with enough readings. The order of readings changes nothing. Not for use by several threads at a time.
/// </remarks>
public sealed class SpeedBins
{
    /// <summary>Speeds above are not readings of road traffic; they are left out and counted.</summary>
    public const double MaximumMph = 160;

    private readonly LocalTimeMap _clock;
    private readonly long _binMs;
    private readonly SortedDictionary<(long StartMs, byte Channel), Sums> _open = [];

    /// <param name="clock">The wall clock that bins follow.</param>
    /// <param name="binMs">Length of a bin in ms.</param>
    /// <exception cref="ArgumentOutOfRangeException">The bin is shorter than <see cref="PrivacyLimits.ReadingBinMinutes"/>.</exception>
    public SpeedBins(LocalTimeMap clock, long binMs)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(binMs, PrivacyLimits.ReadingBinMinutes * 60_000L);
        _clock = clock;
        _binMs = binMs;
    }

    /// <summary>Readings left out because they were negative, above <see cref="MaximumMph"/> or no number.</summary>
    public long LeftOut { get; private set; }

    /// <param name="channel">The detector channel.</param>
    /// <param name="timeMs">When, ms UTC.</param>
    /// <param name="speedMph">0 to <see cref="MaximumMph"/>.</param>
    public void Add(byte channel, long timeMs, double speedMph)
    {
        if (!(speedMph is >= 0 and <= MaximumMph))
        {
            LeftOut++;
            return;
        }

        var time = _clock.BinAt(timeMs, _binMs);
        if (!_open.TryGetValue((time.StartMs, channel), out var sums))
        {
            _open[(time.StartMs, channel)] = sums = new Sums(time);
        }

        sums.Add(speedMph);
    }

    /// <summary>Hands over and forgets the bins that end at or before a moment, by start and channel.</summary>
    /// <param name="nowMs">The moment up to which all readings have come, ms UTC.</param>
    public IReadOnlyList<SpeedBin> TakeClosed(long nowMs)
    {
        var closed = new List<SpeedBin>();
        foreach (var ((_, channel), sums) in _open)
        {
            if (sums.Time.EndMs <= nowMs)
            {
                closed.Add(new SpeedBin(channel, sums.Time, sums.Count, sums.Summarize()));
            }
        }

        foreach (ref readonly var bin in CollectionsMarshal.AsSpan(closed))
        {
            _open.Remove((bin.Time.StartMs, bin.Channel));
        }

        return closed;
    }

    private sealed class Sums(TimeRange time)
    {
        private const int StepsPerMph = 100;
        private readonly int[] _byMph = new int[(int)MaximumMph + 1];

        // Whole steps, so that sums are exact and do not depend on the order.
        private long _sum;
        private Int128 _squares;

        public TimeRange Time { get; } = time;

        public int Count { get; private set; }

        public void Add(double speedMph)
        {
            var steps = (long)Math.Round(speedMph * StepsPerMph);
            _sum += steps;
            _squares += (Int128)steps * steps;
            _byMph[(int)Math.Round(speedMph)]++;
            Count++;
        }

        public SpeedValues? Summarize()
        {
            if (Count < PrivacyLimits.ReadingMinimum)
            {
                return null;
            }

            var deviation = (double)((_squares * Count) - ((Int128)_sum * _sum)) / Count / (Count - 1);
            return new SpeedValues((double)_sum / StepsPerMph / Count, Math.Sqrt(deviation) / StepsPerMph, Percentile(15), Percentile(50), Percentile(85));
        }

        private int Percentile(int percent)
        {
            var needed = ((Count * (long)percent) + 99) / 100;
            var seen = 0L;
            for (var mph = 0; ; mph++)
            {
                seen += _byMph[mph];
                if (seen >= needed)
                {
                    return mph;
                }
            }
        }
    }
}
