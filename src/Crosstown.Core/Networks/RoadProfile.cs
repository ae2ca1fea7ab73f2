namespace Crosstown.Core.Networks;

/// <summary>The safety figures that a fixed-time program on a road network must keep. Whole seconds, since its programs count them.</summary>
/// <param name="Name">What it is called on the command line.</param>
/// <param name="YellowS">Yellow of every vehicle link, s.</param>
/// <param name="RedS">Red clearance after the yellow before a conflicting green, s.</param>
/// <param name="MinimumGreenS">Shortest green of a vehicle link, s.</param>
/// <param name="LongestRedS">Longest red of a link that is served at all, s.</param>
/// <param name="WalkS">Shortest walk of a crossing, s.</param>
/// <param name="WalkingMps">Speed for the clearance of crossings, m/s.</param>
public sealed record RoadProfile(string Name, int YellowS, int RedS, int MinimumGreenS, int LongestRedS, int WalkS, double WalkingMps)
{
    /// <summary>What published comparisons use: no red clearance, five seconds of green. Not for a street.</summary>
    public static RoadProfile Bench { get; } = new("bench", 3, 0, 5, 180, 4, 1.5);

    /// <summary>What a street needs.</summary>
    public static RoadProfile Field { get; } = new("field", 4, 2, 7, 150, 7, 1.2);

    /// <summary>Yellow and red clearance, s.</summary>
    public int ChangeS => YellowS + RedS;
}
