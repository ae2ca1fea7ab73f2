using Crosstown.Control.Sites;
using Crosstown.Simulation.Vehicles;

namespace Crosstown.Control.Tests.Sites;

/// <summary>The stages that a controller chooses from, at the signals of all scenarios.</summary>
public sealed class LaneStagesTests
{
    [Fact]
    [Trait("Category", SharedData.Category)]
    [Trait("rule", "C08")]
    public void Links_of_one_stage_may_all_be_green_together_and_every_link_that_is_served_has_a_stage()
    {
        var stages = 0;
        foreach (var folder in Directory.GetDirectories(SharedData.PathTo("data/scenarios")).Order(StringComparer.Ordinal))
        {
            var scenario = Scenario.Read(file => File.OpenRead(Path.Combine(folder, file)));
            foreach (var site in SignalSite.List(scenario.Network, scenario.Equipment, scenario.Reference))
            {
                var card = site.Card;
                foreach (var stage in site.Menu.Stages)
                {
                    var green = Enumerable.Range(0, card.LinkCount).Where(l => stage[l]).ToArray();
                    Assert.All(green, a => Assert.All(green, b => Assert.True(card.MayShare(a, b), $"{card.Signal}: links {a} and {b}")));
                    stages++;
                }

                Assert.All(Enumerable.Range(0, card.LinkCount).Where(card.IsServed), l => Assert.Contains(site.Menu.Stages, s => s[l]));
            }
        }

        Assert.True(stages > 200, $"{stages} stages");
    }
}
