namespace Crosstown.Timing.Intervals;

/// <summary>Rounding to what a controller takes: tenths of a second, always to the safe side.</summary>
internal static class Tenths
{
    /// <summary>The least tenth that is not below a fraction. Compared by multiplication: a quotient that has no end cannot slip below its tenth.</summary>
    /// <param name="denominator">Above 0.</param>
    public static decimal Up(decimal numerator, decimal denominator)
    {
        var tenths = decimal.Floor(numerator * 10 / denominator);
        while (tenths * denominator < numerator * 10)
        {
            tenths++;
        }

        return tenths / 10;
    }
}
