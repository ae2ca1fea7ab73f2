using System.Collections.Immutable;
using Crosstown.Core.Networks;
using Crosstown.Timing.Evaluation;
using Crosstown.Timing.Roads;

namespace Crosstown.Timing.Tests.Roads;

/// <summary>A road network as lane groups: what was counted, and what the profile evaluator makes of it beside the lane-queue model.</summary>
public sealed class RoadConversionTests
{
    private static readonly string[] Main = ["m0", "m1", "m2"];

    private static (RoadConversion Conversion, StreetModel Model, StreetPlans Plans) Make(int offsetS)
    {
        var network = DrawnStreets.Street(2);
        var demand = DrawnStreets.Cars(network, (Main, 0, 3600, 6), (["s0", "n0"], 1, 3600, 12), (["s1", "n1"], 2, 3600, 12));
        var reference = ImmutableArray.Create(DrawnStreets.Program(0, 30, 24), DrawnStreets.Program(1, 30, 24, offsetS: offsetS));
        var plans = new StreetPlans(network, demand, reference, 0, 3600, RoadProfile.Bench);
        return (new RoadConversion(network, demand, plans, 0, 3600), new StreetModel(network, demand, 0, 7200), plans);
    }

    [Fact]
    public void Volumes_feeders_and_greens_are_those_of_the_routes_and_the_program()
    {
        var (conversion, _, _) = Make(0);
        var network = conversion.Network;

        Assert.Equal(4, network.Demands.Length);
        var second = network.Groups.Single(g => g.Signal == 1 && g.Feeders.Length > 0);
        var index = network.Groups.IndexOf(second);
        Assert.Equal(600, network.Demands.Average(d => d.VolumeVehPerHour[index]), 2.0);
        Assert.Equal(600, network.Demands.Average(d => d.FedVehPerHour[index][0]), 2.0);
        Assert.Equal(300 / DrawnStreets.SpeedMps, second.Feeders[0].TravelS, 0.1);
        Assert.Equal(0b10u, second.Phases);
        Assert.Equal(0u, second.PermissivePhases);
        Assert.Equal(40, second.StorageVeh!.Value, 0.1);
        Assert.Equal(1856, second.SaturationVehPerHour, 10.0);
        Assert.All(network.Signals, s => Assert.Equal(60_000, s.Today!.CycleMs));
        Assert.All(conversion.ToStages(conversion.Today), p => Assert.Equal([30, 24], p.GreenS));
    }

    [Fact]
    public void The_profile_evaluator_and_the_lane_queue_model_rank_offsets_alike()
    {
        var byProfiles = new List<double>();
        var byQueues = new List<double>();
        for (var offset = 0; offset < 60; offset += 10)
        {
            var (conversion, model, plans) = Make(offset);
            byProfiles.Add(new PlanEvaluator(conversion.Network).Evaluate(conversion.Today).Index);
            byQueues.Add(model.Run([plans.Today(0).ToProgram("p", RoadProfile.Bench), plans.Today(1).ToProgram("p", RoadProfile.Bench)], 1).MeanDelayS);
        }

        // Ten seconds apart, the best may lie between two offsets; so each one's best and worst are among the other's two.
        Assert.Contains(byQueues[byProfiles.IndexOf(byProfiles.Min())], byQueues.Order().Take(2));
        Assert.Contains(byQueues[byProfiles.IndexOf(byProfiles.Max())], byQueues.OrderDescending().Take(2));
    }
}
