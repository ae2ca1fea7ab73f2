namespace Crosstown.Measures.Composed.BeforeAfter;

/// <summary>Welch's comparison of two means of unequal variance.</summary>
/// <param name="Before">Mean of the first.</param>
/// <param name="After">Mean of the second.</param>
/// <param name="Low">Lower end of the interval for their difference.</param>
/// <param name="High">Upper end.</param>
/// <param name="Confidence">1 less the two-sided chance of a difference as great when there is none.</param>
internal readonly record struct Welch(double Before, double After, double Low, double High, double Confidence)
{
    /// <param name="before">At least two values.</param>
    /// <param name="after">At least two values.</param>
    /// <param name="confidence">Of the interval, above 0.5 and below 1.</param>
    public static Welch Compare(List<double> before, List<double> after, double confidence)
    {
        var (beforeMean, beforeDeviation) = Statistics.Spread(before);
        var (afterMean, afterDeviation) = Statistics.Spread(after);
        var a = beforeDeviation!.Value * beforeDeviation.Value / before.Count;
        var b = afterDeviation!.Value * afterDeviation.Value / after.Count;
        var difference = afterMean - beforeMean;
        if (a + b == 0)
        {
            // Days that do not vary at all: any difference is one.
            return new Welch(beforeMean, afterMean, difference, difference, difference == 0 ? 0 : 1);
        }

        var error = Math.Sqrt(a + b);
        var freedom = (a + b) * (a + b) / ((a * a / (before.Count - 1)) + (b * b / (after.Count - 1)));
        var half = Statistics.StudentQuantile((1 + confidence) / 2, freedom) * error;
        return new Welch(beforeMean, afterMean, difference - half, difference + half, (2 * Statistics.StudentBelow(Math.Abs(difference) / error, freedom)) - 1);
    }
}
