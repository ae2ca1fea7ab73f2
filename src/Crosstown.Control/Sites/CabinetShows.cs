namespace Crosstown.Control.Sites;

/// <summary>What is known of a cabinet beyond its lamps, by whoever thinks in stages: where it stands among them, and where it can go.</summary>
/// <param name="stages">How many stages there are.</param>
public sealed class CabinetShows(int stages)
{
    /// <summary>The stage that it shows, or showed last.</summary>
    public int Stage { get; set; }

    /// <summary>True while a ring changes, or what is shown is no stage.</summary>
    public bool IsChanging { get; set; }

    /// <summary>True when every green has had its minimum; walkers may still be crossing.</summary>
    public bool MayEnd { get; set; }

    /// <summary>By stage: true when it can come next.</summary>
    public bool[] MayCome { get; } = new bool[stages];

    /// <summary>By stage: seconds for which walkers keep the greens that it would end.</summary>
    public int[] WalkersS { get; } = new int[stages];
}
