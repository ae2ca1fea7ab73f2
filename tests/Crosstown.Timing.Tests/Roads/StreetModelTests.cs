using Crosstown.Core.Networks;
using Crosstown.Timing.Roads;

namespace Crosstown.Timing.Tests.Roads;

/// <summary>The lane-queue model against what can be worked out by hand.</summary>
public sealed class StreetModelTests
{
    private static readonly VehicleKind Car = new() { Name = "car" };

    private static double HeadwayS => RoadSaturation.HeadwayS(Car, DrawnStreets.SpeedMps);

    [Fact]
    public void Headways_are_those_measured_in_a_microscopic_simulator()
    {
        // SUMO 1.15, one lane, cars of 5 m + 2.5 m, sigma 0.5: 1.94 s at 13.89 m/s, 2.42 s at 7.33, 2.58 s at 6.51; 4.3 m + 1.5 m: 1.79 s and 2.15 s.
        var small = Car with { LengthM = 4.3, StandingGapM = 1.5 };
        Assert.Equal(1.94, RoadSaturation.HeadwayS(Car, 13.89), 0.06);
        Assert.Equal(2.42, RoadSaturation.HeadwayS(Car, 7.33), 0.06);
        Assert.Equal(2.58, RoadSaturation.HeadwayS(Car, 6.51), 0.06);
        Assert.Equal(1.79, RoadSaturation.HeadwayS(small, 13.89), 0.06);
        Assert.Equal(2.15, RoadSaturation.HeadwayS(small, 7.33), 0.06);
    }

    [Fact]
    public void A_standing_queue_leaves_at_saturation_after_its_start()
    {
        // 40 s of green in 90: (40 - start) / headway vehicles in each; far more want to go.
        var network = DrawnStreets.Street(1);
        var demand = DrawnStreets.Cars(network, (["m0", "m1"], 0, 1800, 2));
        var model = new StreetModel(network, demand, 0, 1800);

        var outcome = model.Run([DrawnStreets.Program(0, 40, 44)], 1);

        var perCycle = 1 + Math.Floor((40 - RoadSaturation.QueueStartLossS(Car, DrawnStreets.SpeedMps)) / HeadwayS);
        Assert.Equal(20 * perCycle, outcome.Trips - outcome.Unfinished, 1.5 * perCycle);
    }

    [Fact]
    public void Even_arrivals_below_capacity_wait_as_the_uniform_queue_says()
    {
        // d = r² / (2C(1 - y)) with r from the end of green to the start of flow, plus what each stop costs in braking and speeding up; seven seconds are no part of the cycle, so arrivals fall everywhere in it.
        const double EveryS = 7;
        var network = DrawnStreets.Street(1, blockM: 800);
        var demand = DrawnStreets.Cars(network, (["m0", "m1"], 0, 3600, EveryS));
        var never = new StreetModel(network, demand, 0, 7200).Run([DrawnStreets.Program(0, 40, 44) with { Phases = [new FixedPhase(90, "Gr")] }], 1).MeanDelayS;

        var with = new StreetModel(network, demand, 0, 7200).Run([DrawnStreets.Program(0, 40, 44)], 1).MeanDelayS;

        // Who comes to the line in the first part of yellow is too near to stop.
        var passesS = (DrawnStreets.SpeedMps / (2 * Car.DecelerationMps2)) + 0.5;
        var redS = 50 + RoadSaturation.QueueStartLossS(Car, DrawnStreets.SpeedMps) - passesS;
        var uniform = redS * redS / (2 * 90 * (1 - (HeadwayS / EveryS)));
        Assert.InRange(with - never, uniform - 1, uniform + 2);
    }

    [Fact]
    public void A_red_for_ever_fills_the_street_and_no_more()
    {
        var network = DrawnStreets.Street(1);
        var demand = DrawnStreets.Cars(network, (["m0", "m1"], 0, 3600, 4));
        var red = DrawnStreets.Program(0, 40, 44) with { Phases = [new FixedPhase(90, "rG")] };

        var outcome = new StreetModel(network, demand, 0, 3600).Run([red], 1);

        Assert.Equal(900, outcome.Unfinished);
        Assert.Equal(300 / 7.5, 900 - outcome.Unentered, 1.0);
    }

    [Fact]
    public void A_queue_that_reaches_back_over_a_signal_stops_what_is_green_there()
    {
        // The second signal gives the main street a fifth of the cycle: what the first lets through is what the second lets out.
        var network = DrawnStreets.Street(2, blockM: 100);
        var demand = DrawnStreets.Cars(network, (["m0", "m1", "m2"], 0, 3600, 3));
        var model = new StreetModel(network, demand, 0, 3600);

        var free = model.Run([DrawnStreets.Program(0, 60, 24), DrawnStreets.Program(1, 60, 24)], 1);
        var choked = model.Run([DrawnStreets.Program(0, 60, 24), DrawnStreets.Program(1, 18, 66)], 1);

        var perCycle = 1 + Math.Floor((18 - RoadSaturation.QueueStartLossS(Car, DrawnStreets.SpeedMps)) / HeadwayS);
        Assert.Equal(40 * perCycle, choked.Trips - choked.Unfinished, 2.5 * perCycle);
        Assert.True(choked.Unentered > free.Unentered + 300, $"{choked.Unentered} against {free.Unentered}");
    }

    [Fact]
    public void A_yielding_street_gets_no_gap_in_a_saturated_one()
    {
        var network = DrawnStreets.Street(1);
        var demand = DrawnStreets.Cars(network, (["m0", "m1"], 0, 900, 1.5), (["s0", "n0"], 60, 900, 20));
        var both = DrawnStreets.Program(0, 40, 44) with { Phases = [new FixedPhase(90, "Gg")] };

        var outcome = new StreetModel(network, demand, 0, 900).Run([both], 1);
        var alone = new StreetModel(network, demand with { Trips = [.. demand.Trips.Where(t => t.Edges[0] == network.Edges.Select((e, i) => (e, i)).Single(p => p.e.Name == "s0").i)] }, 0, 900)
            .Run([both], 1);

        Assert.True(outcome.Unfinished > 60, $"{outcome.Unfinished} left");
        Assert.True(alone.MeanDelayS < 6, $"{alone.MeanDelayS} s");
    }

    [Fact]
    public void The_same_seed_gives_the_same_answer_whatever_ran_before()
    {
        var network = DrawnStreets.Street(3);
        var demand = DrawnStreets.Cars(network, (["m0", "m1", "m2", "m3"], 0, 1800, 5), (["s1", "n1"], 0, 1800, 9));
        var programs = Enumerable.Range(0, 3).Select(k => DrawnStreets.Program(k, 30, 24)).ToArray();
        var model = new StreetModel(network, demand, 0, 3600);
        var first = model.Run(programs, 5, 20);
        _ = model.Run(programs, 6, 20);

        Assert.Equal(first, model.Run(programs, 5, 20));
        Assert.Equal(first, model.Twin().Run(programs, 5, 20));
        Assert.NotEqual(first, model.Run(programs, 6, 20));
    }
}
