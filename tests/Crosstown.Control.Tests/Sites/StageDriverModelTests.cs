using System.Globalization;
using Crosstown.Control.Sites;
using Crosstown.Core;
using Crosstown.Core.Networks;
using Crosstown.Timing.Tests.Guard;

namespace Crosstown.Control.Tests.Sites;

/// <summary>How a signal changes stages, written a second time for the model checker spin, and the real driver held against it.</summary>
public sealed class StageDriverModelTests : IDisposable
{
    // The model's times: two seconds of yellow, one of red clearance, five for walkers.
    private static readonly RoadProfile s_profile = new("model", YellowS: 2, RedS: 1, MinimumGreenS: 2, LongestRedS: 30, WalkS: 2, WalkingMps: 1.5);

    private readonly SpinModel _model = new("stage-driver.pml", 1_000_000);

    public void Dispose() => _model.Dispose();

    [Fact]
    [Trait("rule", "C05")]
    [Trait("rule", "C06")]
    [Trait("rule", "C08")]
    public void In_the_model_nothing_conflicts_nothing_is_cut_and_every_change_ends()
    {
        _model.Build([], []);

        Assert.Contains("errors: 0", _model.Verify("-a"), StringComparison.Ordinal);
    }

    [Theory]
    [Trait("rule", "C08")]
    [InlineData(1, "a yellow that is a tick short")]
    [InlineData(2, "vehicles begin before walkers have cleared")]
    [InlineData(3, "a green that is cut")]
    [InlineData(4, "red clearance is skipped")]
    [InlineData(6, "green straight to red")]
    public void Spin_finds_an_error_that_is_planted_in_the_model(int plant, string what)
    {
        _model.Build([string.Create(CultureInfo.InvariantCulture, $"-DPLANT={plant}")], ["-DSAFETY", "-DNOCLAIM"]);

        Assert.True(_model.Verify().Contains("errors: 1", StringComparison.Ordinal), what);
    }

    [Fact]
    [Trait("rule", "C07")]
    public void Spin_finds_a_change_that_never_ends()
    {
        _model.Build(["-DPLANT=5"], []);

        Assert.Contains("errors: 1", _model.Verify("-a"), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("rule", "C08")]
    public void What_the_real_driver_shows_is_what_the_model_allows()
    {
        for (var seed = 0; seed < 3; seed++)
        {
            Assert.True(_model.IsAllowed(Follow(seed, 600)), $"seed {seed}");
        }
    }

    [Fact]
    [Trait("rule", "C08")]
    public void A_driver_that_breaks_a_rule_once_is_not_what_the_model_allows()
    {
        var rows = Follow(1, 300);
        var yellow = rows.FindLastIndex(280, r => r[0] == 2);
        var clear = rows.FindLastIndex(280, r => r.All(lamp => lamp == 0));
        var walk = rows.FindLastIndex(280, r => r[2] == 1);
        Assert.True(yellow > 0 && clear > 0 && walk > 0);

        Assert.False(_model.IsAllowed([.. rows.Where((_, i) => i != yellow)]), "a yellow that is a tick short");
        Assert.False(_model.IsAllowed([.. rows.Where((_, i) => i != clear)]), "a red clearance that is skipped");
        Assert.False(_model.IsAllowed([.. rows.Select((r, i) => i == walk ? [r[0], 1, r[2]] : r)]), "vehicles beside walkers");
    }

    /// <summary>What the real driver shows when stages are asked for at random: 0 red, 1 green, 2 yellow for each link.</summary>
    private static List<byte[]> Follow(int seed, int rows)
    {
        var menu = new StageMenu(DrawnCard.Make(
            [new HashSet<int> { 1 }, new HashSet<int> { 0, 2 }, new HashSet<int> { 1 }], [0, 0, 7.2], [new FixedPhase(20, "GrG"), new FixedPhase(20, "rGr")]));
        var random = new RandomNumbers(75, seed);
        var driver = new StageDriver(menu, s_profile, 0, "GrG");
        var shown = new List<byte[]>();
        for (var nowS = 1; nowS <= rows; nowS++)
        {
            var changes = random.NextInt(8) == 0;
            driver.Advance(nowS, changes ? random.NextInt(menu.Stages.Length) : driver.Stage, changes ? 0 : 1 + random.NextInt(12));
            shown.Add([.. Enumerable.Range(0, 3).Select(l => (byte)driver.Aspect(l))]);
        }

        return shown;
    }
}
