using Crosstown.Core.Networks;
using Crosstown.Timing.Roads;

namespace Crosstown.Timing.Tests.Roads;

/// <summary>The search against plans that anyone can see are wrong, and against every offset there is.</summary>
public sealed class StreetSearchTests
{
    private static (StreetPlans Plans, StreetModel Model) Make(int signals, int mainS, int sideS, double mainEveryS, double sideEveryS)
    {
        var network = DrawnStreets.Street(signals);
        var main = Enumerable.Range(0, signals + 1).Select(k => $"m{k}").ToArray();
        var demand = DrawnStreets.Cars(
            network,
            [(main, 0, 1200, mainEveryS), .. Enumerable.Range(0, signals).Select(k => (new[] { $"s{k}", $"n{k}" }, (double)k, 1200.0, sideEveryS))]);
        var plans = new StreetPlans(network, demand, [.. Enumerable.Range(0, signals).Select(k => DrawnStreets.Program(k, mainS, sideS))], 0, 1200, RoadProfile.Bench);
        return (plans, new StreetModel(network, demand, 0, 2400));
    }

    [Fact]
    public void A_starved_street_gets_its_green_back()
    {
        var (plans, model) = Make(2, 60, 10, 10, 4);

        var result = new StreetSearch(plans, model, new StreetSearchOptions { Evaluations = 150, Replications = 1 }).Run();

        Assert.True(result.MeanDelayS < 0.4 * result.TodayDelayS, $"{result.TodayDelayS} to {result.MeanDelayS}");
        Assert.All(result.Plans, p => Assert.Empty(ProgramCheck.Check(p.Menu.Card, p.ToProgram("p", RoadProfile.Bench), RoadProfile.Bench)));
    }

    [Fact]
    public void The_same_seed_gives_the_same_plans()
    {
        var (plans, model) = Make(2, 30, 24, 5, 8);
        var options = new StreetSearchOptions { Evaluations = 80, Replications = 2, Seed = 9 };

        var first = new StreetSearch(plans, model, options).Run();
        var again = new StreetSearch(plans, model.Twin(), options).Run();

        Assert.Equal(first.MeanDelayS, again.MeanDelayS);
        Assert.Equal(first.Plans.Select(p => (p.OffsetS, string.Join(',', p.GreenS))), again.Plans.Select(p => (p.OffsetS, string.Join(',', p.GreenS))));
    }

    [Fact]
    public void It_is_no_worse_than_the_best_of_all_offsets_at_the_same_greens()
    {
        var (plans, model) = Make(2, 24, 20, 5, 8);
        var best = double.PositiveInfinity;
        var search = new StreetSearch(plans, model, new StreetSearchOptions { Evaluations = 250, Replications = 1 });
        for (var offset = 0; offset < 50; offset += 2)
        {
            best = Math.Min(best, search.Confirm([DrawnStreets.Program(0, 24, 20), DrawnStreets.Program(1, 24, 20, offsetS: offset)]));
        }

        Assert.True(search.Run().MeanDelayS <= best * 1.02, $"best of all offsets {best}");
    }
}
