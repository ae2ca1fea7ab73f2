using System.Globalization;
using Crosstown.Measures.Options;

namespace Crosstown.Measures.Tests.PedestrianVolume;

public sealed class PedestrianVolumeTests
{
    [Fact]
    public void Presses_of_one_who_keeps_pressing_are_one_person()
    {
        const string Drawing = "at 0s 90 2\nat 10s 90 2\nat 20s 90 2\nat 30s 90 2";

        Assert.Equal("4", Assert.Single(Ours(Drawing))["presses"]);
        Assert.Equal("1", Assert.Single(Ours(Drawing))["unique_presses"]);
        Assert.Equal("2", Assert.Single(Ours(Drawing, DefinitionSet.Udot5))["unique_presses"]);
    }

    [Fact]
    public void Fifteen_seconds_apart_is_not_yet_someone_new()
    {
        Assert.Equal("1", Assert.Single(Ours("at 0s 90 2\nat 15s 90 2"))["unique_presses"]);
        Assert.Equal("2", Assert.Single(Ours("at 0s 90 2\nat 15.1s 90 2"))["unique_presses"]);
    }

    [Fact]
    public void Oregon_s_package_forgets_the_first_press()
    {
        Assert.Empty(Drawn.Rows("pedestrian-volume", "unique_ped", "at 0s 90 2", set: DefinitionSet.Odot21));
        Assert.Equal("1", Assert.Single(Drawn.Rows("pedestrian-volume", "unique_ped", "at 0s 90 2\nat 60s 90 2", set: DefinitionSet.Odot21))["Unique_Actuations"]);
    }

    [Fact]
    public void The_estimate_follows_the_published_formula_over_the_hour_that_begins_with_the_bin()
    {
        var log = Enumerable.Range(0, 16).Select(i => $"at {i * 240}s 1 4").Append("at 0s 90 2\nat 60s 90 2");

        var first = Ours(string.Join('\n', log))[0];

        // 0.7167 x 2 + 0.0599 x 4 + 1.1063 / 4
        Assert.Equal(1.949575, double.Parse(first["estimated_people"], CultureInfo.InvariantCulture), 9);
    }

    [Fact]
    public void An_hour_that_the_log_did_not_wholly_see_has_no_estimate()
    {
        Assert.Equal("", Ours("at 0s 90 2\nat 1000s 1 4\nat 3700s 1 4")[0]["estimated_people"]);
    }

    private static IReadOnlyList<Drawn.Row> Ours(string drawing, DefinitionSet set = DefinitionSet.Crosstown) =>
        Drawn.Rows("pedestrian-volume", "pedestrian-volume", drawing, set: set);
}
