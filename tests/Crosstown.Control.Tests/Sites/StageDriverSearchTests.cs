using Crosstown.Core.Networks;
using Crosstown.Timing.Tests.Guard;

namespace Crosstown.Control.Tests.Sites;

/// <summary>All states of the real driver on two small junctions, whatever it is asked for.</summary>
public sealed class StageDriverSearchTests
{
    private static readonly RoadProfile s_profile = new("drawn", YellowS: 2, RedS: 1, MinimumGreenS: 3, LongestRedS: 24, WalkS: 2, WalkingMps: 1.5);

    /// <summary>Two streets, and a left turn that yields to the main street or has a stage of its own.</summary>
    private static StageMenu Turns { get; } = new(DrawnCard.Make(
        [new HashSet<int> { 1, 2 }, new HashSet<int> { 0, 2 }, new HashSet<int> { 0, 1 }], [0, 0, 0],
        [new FixedPhase(20, "Grg"), new FixedPhase(20, "rGr"), new FixedPhase(10, "rrG")]));

    /// <summary>A main street, a side street, and a crossing of the side street that goes with the main street.</summary>
    private static StageMenu Walkers { get; } = new(DrawnCard.Make(
        [new HashSet<int> { 1 }, new HashSet<int> { 0, 2 }, new HashSet<int> { 1 }], [0, 0, 7.2], [new FixedPhase(20, "GrG"), new FixedPhase(20, "rGr")]));

    [Theory]
    [Trait("rule", "C05")]
    [Trait("rule", "C06")]
    [Trait("rule", "C07")]
    [Trait("rule", "C08")]
    [InlineData("turns")]
    [InlineData("walkers")]
    public void No_state_that_can_be_reached_breaks_a_rule_and_every_change_ends(string junction)
    {
        var search = new DriverSearch(Junction(junction), s_profile, s_profile);

        Assert.Null(search.Wrong);
        Assert.InRange(search.States, 50, 1_000_000);
        Assert.NotNull(search.LongestChangeS);
        Assert.InRange(search.LongestChangeS.Value, 3, 15);
        var (turns, walkers) = (new[] { "Grg", "rGr", "rrG", "ryr", "yry" }, new[] { "GrG", "Grr", "rGr", "yrr", "ryr" });
        Assert.Subset(search.Shown.ToHashSet(), (junction == "turns" ? turns : walkers).ToHashSet());
    }

    [Theory]
    [InlineData("turns", "yellow", "odd yellow")]
    [InlineData("turns", "red", "soon after")]
    [InlineData("turns", "green", "short green")]
    [InlineData("walkers", "walk", "short walk")]
    [InlineData("walkers", "walking", "soon after 2")]
    public void A_driver_that_is_told_shorter_times_is_found_out(string junction, string time, string word)
    {
        var driven = time switch
        {
            "yellow" => s_profile with { YellowS = 1 },
            "red" => s_profile with { RedS = 0 },
            "green" => s_profile with { MinimumGreenS = 2 },
            "walk" => s_profile with { WalkS = 1 },
            _ => s_profile with { WalkingMps = 2 },
        };

        Assert.Contains(word, new DriverSearch(Junction(junction), driven, s_profile).Wrong, StringComparison.Ordinal);
    }

    private static StageMenu Junction(string name) => name == "turns" ? Turns : Walkers;
}
