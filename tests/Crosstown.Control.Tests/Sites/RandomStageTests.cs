using Crosstown.Control.Sites;
using Crosstown.Core;
using Crosstown.Core.Networks;
using Crosstown.Simulation.Vehicles;
using Crosstown.Timing.Guard;

namespace Crosstown.Control.Tests.Sites;

/// <summary>The real driver and clock at the signals of all scenarios, asked for stages at random, against the guard.</summary>
public sealed class RandomStageTests
{
    private const int Steps = 5_000_000;

    [Fact]
    [Trait("Category", SharedData.Category)]
    [Trait("rule", "C05")]
    [Trait("rule", "C06")]
    [Trait("rule", "C07")]
    [Trait("rule", "C08")]
    public void Whatever_stages_are_asked_for_the_guard_refuses_no_state_and_no_red_is_too_long()
    {
        var folders = Directory.GetDirectories(SharedData.PathTo("data/scenarios")).Order(StringComparer.Ordinal).ToArray();
        var sites = folders.SelectMany(folder =>
        {
            var scenario = Scenario.Read(file => File.OpenRead(Path.Combine(folder, file)));
            return SignalSite.List(scenario.Network, scenario.Equipment, scenario.Reference);
        }).ToArray();
        RoadProfile[] profiles = [RoadProfile.Bench, RoadProfile.Field];
        var each = (Steps / (sites.Length * profiles.Length)) + 1;

        Parallel.For(0, sites.Length * profiles.Length, i => Ask(sites[i / 2], profiles[i % 2], new RandomNumbers(76, i), each));
    }

    private static void Ask(SignalSite site, RoadProfile profile, RandomNumbers random, int steps)
    {
        var first = new string([.. site.Menu.Stages[0].Select(g => g ? 'g' : 'r')]);
        var driver = new StageDriver(site.Menu, profile, 0, first);
        var guard = new StateGuard(site.Card, profile, 0, first);
        var restless = 1 + random.NextInt(30);
        for (var nowS = 1; nowS <= steps; nowS++)
        {
            // Now and then it changes from asking for another stage every second to hardly ever.
            restless = random.NextInt(500) == 0 ? 1 + random.NextInt(120) : restless;
            var (stage, holdS) = random.NextInt(restless) == 0 ? (random.NextInt(site.Menu.Stages.Length), 0) : (driver.Stage, 1 + random.NextInt(40));
            if (!driver.IsChanging && ServiceClock.FindDue(site, profile, driver, nowS) is { } due)
            {
                (stage, holdS) = (due, driver.MayEnd(nowS) ? 0 : 1);
            }

            driver.Advance(nowS, holdS > 0 && !driver.IsChanging ? driver.Stage : stage, holdS);
            var problems = guard.Judge(nowS, driver.State);
            Assert.True(problems.IsEmpty, $"{site.Card.Signal}, {profile.Name}, second {nowS}, restless {restless}: {string.Join("; ", problems)}");
            guard.Note(nowS, driver.State);
        }
    }
}
