namespace Crosstown.Timing.Evaluation;

internal readonly record struct DispersionKey(double TravelS, double Alpha, double Beta, double BinS, int Bins);

/// <summary>Robertson's platoon dispersion in bins: a shift, and a recursion of which each bin keeps a share and the next takes the rest.</summary>
/// <remarks>
/// α and β are for steps of 1 s. For other bins the share follows from the spread that they give there, and the shift keeps the mean travel time (Rakha and Farzaneh).
/// </remarks>
internal readonly struct Dispersion
{
    /// <summary>Share of a bin's inflow that arrives first, F.</summary>
    public float Now { get; private init; }

    /// <summary>(1 - F) to the powers 1 to 16.</summary>
    public float[] Powers { get; private init; }

    /// <summary>What a recursion that ends a period at 1 began it with, so that it closes: 1 / (1 - (1 - F)^bins).</summary>
    public float Closing { get; private init; }

    public double ShiftBins { get; private init; }

    public static Dispersion Of(DispersionKey key)
    {
        var spread = key.Alpha * key.Beta * key.TravelS;
        var now = 1 / (1 + spread);
        var shift = key.Beta * key.TravelS;
        if (Math.Abs(key.BinS - 1) > 1e-9)
        {
            var mean = (shift + spread) / key.BinS;
            var variance = spread * (1 + spread) / (key.BinS * key.BinS);
            now = variance < 1e-9 ? 1 : (Math.Sqrt(1 + (4 * variance)) - 1) / (2 * variance);
            shift = mean - ((1 - now) / now);
        }

        var powers = new float[16];
        for (var i = 0; i < 16; i++)
        {
            powers[i] = (float)Math.Pow(1 - now, i + 1);
        }

        return new Dispersion { Now = (float)now, Powers = powers, Closing = (float)(1 / (1 - Math.Pow(1 - now, key.Bins))), ShiftBins = Math.Max(0, shift) };
    }
}
