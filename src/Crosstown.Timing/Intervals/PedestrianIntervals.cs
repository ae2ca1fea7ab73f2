namespace Crosstown.Timing.Intervals;

/// <summary>How long walk, pedestrian clearance and buffer have to be. Lengths in ft, walking speeds in ft/s, answers in s.</summary>
/// <remarks>MUTCD 11th ed. 4I.06. An unknown crossing gives null.</remarks>
public static class PedestrianIntervals
{
    /// <summary>Shortest walk, s.</summary>
    public const decimal MinimumWalkS = 7m;

    /// <summary>Solid don't walk between the end of flashing don't walk and a conflicting green, s. Yellow and red clearance count.</summary>
    public const decimal MinimumBufferS = 3m;

    /// <summary>Walking speed of the clearance, ft/s. Where walkers are slow an engineer states less, never more.</summary>
    public const decimal WalkingFtPerS = 3.5m;

    /// <summary>Walking speed of the check over walk and clearance together, ft/s.</summary>
    public const decimal TotalFtPerS = 3.0m;

    /// <summary>Where the button's distance from the curb is not known, it is taken to lie so far behind it, ft.</summary>
    public const decimal ButtonBehindCurbFt = 6m;

    /// <summary>Shortest walk ahead of the parallel green, where there is one, s.</summary>
    public const decimal MinimumLeadS = 3m;

    /// <summary>The pedestrian clearance that a crossing needs, rounded up to a tenth; null when its length is unknown.</summary>
    /// <param name="crossingFt">Curb to far curb, above 0.</param>
    /// <param name="walkingFtPerS">Above 0, at most <see cref="WalkingFtPerS"/>.</param>
    public static decimal? ClearanceS(decimal? crossingFt, decimal walkingFtPerS = WalkingFtPerS)
    {
        if (walkingFtPerS is <= 0 or > WalkingFtPerS)
        {
            throw new ArgumentOutOfRangeException(nameof(walkingFtPerS), walkingFtPerS, $"A walking speed is above 0 and at most {WalkingFtPerS} ft/s.");
        }

        return crossingFt is { } feet ? Tenths.Up(Positive(feet, nameof(crossingFt)), walkingFtPerS) : null;
    }

    /// <summary>What walk and clearance have to last together, rounded up to a tenth; null when neither distance is known.</summary>
    /// <param name="buttonToCurbFt">From the button to the far curb; null when unknown: the crossing and six feet then stand for it.</param>
    public static decimal? WalkAndClearanceS(decimal? buttonToCurbFt, decimal? crossingFt) =>
        (buttonToCurbFt ?? (crossingFt + ButtonBehindCurbFt)) is { } feet ? Tenths.Up(Positive(feet, nameof(buttonToCurbFt)), TotalFtPerS) : null;

    private static decimal Positive(decimal feet, string name) =>
        feet > 0 ? feet : throw new ArgumentOutOfRangeException(name, feet, "A distance is above 0 ft.");
}
