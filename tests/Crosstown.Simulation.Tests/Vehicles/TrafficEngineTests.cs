using System.Collections.Immutable;
using Crosstown.Core.Controllers;
using Crosstown.Core.Data;
using Crosstown.Core.Events;
using Crosstown.Core.Networks;
using Crosstown.Simulation.Vehicles;
using static Crosstown.Simulation.Tests.Vehicles.DrawnStreets;

namespace Crosstown.Simulation.Tests.Vehicles;

public sealed class TrafficEngineTests
{
    [Fact]
    public void A_car_alone_takes_length_over_speed_and_loses_nothing()
    {
        var network = Straight(1, 500, 500);
        var totals = Run(network, Demand([Trip(0, [0, 1])], EvenCar), Program((60, "G")), endS: 1);

        Assert.Equal(1, totals.Arrived);
        Assert.InRange(totals.DelayS, 0, 0.01);
        Assert.InRange(totals.DurationS, (1000 - 5) / SpeedMps, ((1000 - 5) / SpeedMps) + 2);
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(500)]
    [InlineData(200)]
    [InlineData(100)]
    public void A_standing_queue_leaves_at_the_saturation_headway_after_a_lost_start(int stepMs)
    {
        // 25 cars wait for a signal that turns green after 120 s; a loop just after the line tells when each passes.
        var headways = new double[24];
        const int Runs = 20;
        for (ulong seed = 1; seed <= Runs; seed++)
        {
            var network = Straight(1, 400, 400);
            var trips = Enumerable.Range(0, 25).Select(i => Trip(i * 3, [0, 1]));
            var passes = Passes(network, Demand(trips, Car), Program((120, "r"), (120, "G")), seed, stepMs);
            Assert.Equal(25, passes.Length);
            for (var i = 0; i < headways.Length; i++)
            {
                headways[i] += (passes[i + 1] - passes[i]) / 1000.0 / Runs;
            }
        }

        var saturation = headways[4..].Average();
        var lost = headways[..4].Sum(h => h - saturation);
        Assert.InRange(saturation, stepMs == 1000 ? 1.8 : 1.6, 2.1);
        Assert.InRange(lost, 0.2, 3);
    }

    [Fact]
    public void Random_arrivals_at_an_isolated_signal_lose_what_Webster_says()
    {
        const double PerHour = 500;
        const double CycleS = 60;
        var network = Straight(1, 600, 300);
        var program = Program((27, "G"), (3, "y"), (30, "r"));
        var delay = 0.0;
        const int Runs = 6;
        for (ulong seed = 1; seed <= Runs; seed++)
        {
            // What slower cars ahead cost without a signal is not the signal's.
            var demand = Demand(AtRandom(PerHour, 7200, seed, [0, 1]), Car);
            delay += (Run(network, demand, program, seed, 7200).DelayS - Run(network, demand, Program((60, "G")), seed, 7200).DelayS) / demand.Trips.Length / Runs;
        }

        // What the engine's own queue shows: 1.9 s headway, and green plus yellow less 2 s.
        const double Saturation = 1 / 1.9;
        const double Share = 28 / CycleS;
        const double Q = PerHour / 3600;
        const double X = Q / (Saturation * Share);
        var webster = (CycleS * (1 - Share) * (1 - Share) / (2 * (1 - (Share * X)))) + (X * X / (2 * Q * (1 - X)))
            - (0.65 * Math.Pow(CycleS / (Q * Q), 1.0 / 3) * Math.Pow(X, 2 + (5 * Share)));
        Assert.Equal(webster, delay, webster * 0.15);
    }

    [Fact]
    public void A_queue_grows_upstream_as_fast_as_the_shock_wave()
    {
        // 720 veh/h at 13.89 m/s meet a queue of 7.5 m a vehicle: the wave goes up at q / (1/7.5 - q/v), so that many stand.
        const double Q = 720 / 3600.0;
        var network = Straight(1, 1500, 100);
        var trips = Enumerable.Range(0, 72).Select(i => Trip(i / Q, [0, 1]));
        var engine = Engine(network, Demand(trips, EvenCar), Program((2000, "r")), 1, 300);
        while (engine.TimeS < 300)
        {
            engine.Step();
        }

        var first = (1500 / SpeedMps) + 4;
        var standing = engine.Finish().Edges.Single(e => e.Edge == 0).MaximumQueue;
        var wave = Q / ((1 / 7.5) - (Q / SpeedMps));
        Assert.Equal(wave * (300 - first) / 7.5, standing, 3.0);
    }

    [Fact]
    public void Nobody_is_lost_and_nobody_overlaps_on_a_crowded_crossing()
    {
        var network = Cross("<tag k=\"lanes\" v=\"4\"/>", hasCrossings: true);
        var engine = Engine(network, Crowd(network, 1500, 900), null, 3, 900);
        var overlaps = 0;
        var conflicts = 0;
        while (!engine.IsDone)
        {
            engine.Step();
            overlaps += engine.CountOverlaps();
            conflicts += engine.CountBoxConflicts();
            var now = engine.Finish();
            Assert.True(now.Arrived + now.StillDriving + now.NeverEntered <= now.Scheduled);
        }

        var totals = engine.Finish();
        Assert.Equal(totals.Scheduled, totals.Arrived + totals.StillDriving + totals.NeverEntered);
        Assert.Equal(totals.Scheduled, totals.Kinds.Sum(k => k.Scheduled));
        Assert.Equal(totals.Arrived, totals.Movements.Sum(m => m.Vehicles) - totals.StillDriving + StillBefore(engine));
        Assert.Equal(0, overlaps);
        Assert.InRange(conflicts, 0, totals.Scheduled / 200);

        static int StillBefore(TrafficEngine e) => e.Driving;
    }

    [Fact]
    public void Threads_do_not_change_a_byte_and_seeds_do()
    {
        var network = Cross("<tag k=\"lanes\" v=\"4\"/>", hasCrossings: true);
        var one = Snapshot(network, 7, 1);

        Assert.Equal(one, Snapshot(network, 7, 1));
        Assert.Equal(one, Snapshot(network, 7, 2));
        Assert.Equal(one, Snapshot(network, 7, 5));
        Assert.NotEqual(one, Snapshot(network, 8, 1));
    }

    [Fact]
    public void More_opposing_traffic_leaves_fewer_gaps_for_left_turns()
    {
        var passed = new List<int>();
        foreach (var opposing in (ReadOnlySpan<double>)[100, 500, 900])
        {
            var network = Cross(sideTags: "");
            var trips = AtRandom(900, 1800, 1, Way(network, 'E', 'S')).Concat(AtRandom(opposing, 1800, 2, Way(network, 'W', 'E')));
            var state = Green(network, "EW");
            var program = new FixedProgram { Signal = network.Programs[0].Signal, Name = "test", Phases = [new FixedPhase(60, state)] };
            var engine = Engine(network, Demand(trips, Car), program, 1, 1800, drainS: 0);
            var conflicts = 0;
            while (!engine.IsDone)
            {
                engine.Step();
                conflicts += engine.CountBoxConflicts();
            }

            Assert.InRange(conflicts, 0, 2);
            passed.Add(2 * engine.Finish().Movements.Where(m => network.Connections[m.Connection].Direction == TurnDirection.Left).Sum(m => m.Vehicles));

            // Gap acceptance with 4.5 s critical gap and 2.5 s follow-up.
            var formula = opposing * Math.Exp(-opposing * 4.5 / 3600) / (1 - Math.Exp(-opposing * 2.5 / 3600));
            Assert.InRange(passed[^1], Math.Min(850, formula) * 0.55, Math.Max(900, formula) * 1.35);
        }

        Assert.True(passed[0] > passed[1] && passed[1] > passed[2]);
    }

    [Fact]
    public void A_full_street_beyond_holds_traffic_before_the_crossing_and_the_cross_street_flows()
    {
        // The way out to the east is shut by a car that stands at a stop for the whole run; those who go there must not stand in the box.
        var network = Cross();
        var east = Edge(network, 'E', false);
        var stop = network.Edges[east].Lanes[0];
        var blocked = new RouteDemand
        {
            DepartS = 0, Kind = 0, Edges = [east], EntrySpeed = EntryChoice.First,
            Stops = [new PlannedStop(stop, 20, 30, 5000)],
        };
        var trips = AtRandom(600, 900, 1, Way(network, 'W', 'E')).Concat(AtRandom(300, 900, 2, Way(network, 'S', 'N'))).Append(blocked);
        var engine = Engine(network, Demand(trips, Car), null, 1, 900, drainS: 300);
        engine.Run();
        var free = Run(network, Demand(AtRandom(300, 900, 2, Way(network, 'S', 'N')), Car), null, 1, 900);
        var totals = engine.Finish();

        var north = totals.Edges.Single(e => e.Edge == Edge(network, 'N', false)).Vehicles;
        Assert.Equal(free.Scheduled, north);
        Assert.InRange(totals.Edges.Single(e => e.Edge == east).Vehicles, 2, 6);
        Assert.Equal(0, engine.CountOverlaps());
    }

    [Fact]
    public void Right_turns_on_red_go_only_where_the_signal_lets_them()
    {
        var network = Cross();
        var connection = network.Connections.Single(c => network.Lanes[c.FromLane].Edge == Edge(network, 'S', true) && c.Direction == TurnDirection.Right);
        var trips = Enumerable.Range(0, 10).Select(i => Trip(i * 20, Way(network, 'S', 'E'))).ToList();
        int Arrived(char letter)
        {
            var state = new string('r', network.Programs[0].Phases[0].State.Length).ToCharArray();
            state[connection.SignalLink] = letter;
            var program = new FixedProgram { Signal = network.Programs[0].Signal, Name = "test", Phases = [new FixedPhase(60, new string(state))] };
            return Run(network, Demand(trips, Car), program, 1, 400, drainS: 0).Arrived;
        }

        Assert.Equal(0, Arrived('r'));
        Assert.Equal(10, Arrived('s'));
    }

    [Fact]
    public void A_bus_stands_at_its_stop_and_that_is_no_delay()
    {
        var network = Straight(2, 400, 400);
        var bus = EvenCar with { Name = "bus", Class = RoadUsers.Bus, LengthM = 12 };
        var with = Trip(0, [0, 1]) with { Stops = [new PlannedStop(2, 180, 200, 20)] };
        var totals = Run(network, Demand([with], bus), Program((60, "GG")), endS: 1);
        var without = Run(network, Demand([Trip(0, [0, 1])], bus), Program((60, "GG")), endS: 1);

        Assert.InRange(totals.DurationS - without.DurationS, 20, 32);
        Assert.InRange(totals.DelayS, 3, 12);
    }

    [Fact]
    public void Walkers_wait_for_their_walk_and_turning_cars_for_them()
    {
        var network = Cross(hasCrossings: true);
        var signal = network.Programs[0];
        var crossings = network.Connections.Where(c => c.Signal is not null && network.Edges[network.Lanes[c.ToLane].Edge].Function == EdgeFunction.Crossing).ToList();
        Assert.Equal(4, crossings.Count);
        Assert.All(crossings, c => Assert.Contains(signal.Phases, p => p.State[c.SignalLink] == 'G'));
        Assert.All(crossings, c => Assert.Contains(signal.Phases, p => p.State[c.SignalLink] == 'r'));
        var turning = network.Connections.Where(c => c.Direction == TurnDirection.Right).ToList();
        Assert.All(turning, t => Assert.Contains(t.YieldsTo, f => crossings.Contains(network.Connections[f])));
    }

    [Fact]
    public void A_controller_of_ours_serves_both_streets_and_logs_what_it_does()
    {
        var network = Cross();
        var signal = network.Programs[0].Signal;
        var (links, detectors) = Equip(network, signal);
        var control = new TrafficControl
        {
            Controllers = [new ControlledSignal { Signal = signal, Program = TwoStreets(), Links = links }],
            Detectors = detectors,
        };
        var demand = Demand(AtRandom(400, 1800, 1, Way(network, 'W', 'E')).Concat(AtRandom(200, 1800, 2, Way(network, 'S', 'N'))), Car);
        var engine = new TrafficEngine(network, demand, control, new TrafficSettings { EndS = 1800, MidnightMs = 1_700_000_000_000 });
        var totals = engine.Run();
        var events = engine.LogOf(signal).TakeBefore(long.MaxValue).ToArray();

        Assert.Equal(totals.Scheduled, totals.Arrived);
        Assert.InRange(totals.MeanDelayS!.Value, 1, 20);
        Assert.True(events.Count(e => e is { Code: EventCode.PhaseBeginGreen, Parameter: 4 }) > 10);
        foreach (var channel in detectors.Select(d => d.Channel))
        {
            var own = events.Where(e => e.Parameter == channel && e.Code is EventCode.DetectorOn or EventCode.DetectorOff && e.Parameter == channel).ToArray();
            Assert.Equal(own.Count(e => e.Code == EventCode.DetectorOn), own.Count(e => e.Code == EventCode.DetectorOff));
            Assert.All(own.Chunk(2), pair => Assert.Equal(EventCode.DetectorOn, pair[0].Code));
        }

        // A loop after each line counts every car once.
        Assert.Equal(totals.Scheduled, events.Count(e => e.Code == EventCode.DetectorOn && e.Parameter is 1 or 3 && e.Code == EventCode.DetectorOn));
        Assert.All(events, e => Assert.Equal(0, e.TimeMs % 100));
    }

    [Fact]
    public void Cars_find_the_lane_that_their_way_needs()
    {
        var network = Cross("<tag k=\"lanes\" v=\"6\"/><tag k=\"turn:lanes:forward\" v=\"left|through|right\"/><tag k=\"turn:lanes:backward\" v=\"left|through|right\"/>");
        var trips = AtRandom(200, 1200, 1, Way(network, 'W', 'N')).Concat(AtRandom(200, 1200, 2, Way(network, 'W', 'E'))).Concat(AtRandom(200, 1200, 3, Way(network, 'W', 'S')))
            .Select(t => t with { EntryLane = EntryChoice.First, EntrySpeed = EntryChoice.First });
        var totals = Run(network, Demand(trips, Car), null, 1, 1200);

        Assert.Equal(totals.Scheduled, totals.Arrived);
        Assert.Equal(3, totals.Movements.Select(m => network.Connections[m.Connection].FromLane).Distinct().Count());
    }

    [Fact]
    public void What_cannot_be_driven_is_left_out_and_told()
    {
        var network = Straight(1, 100, 100);
        var engine = Engine(network, Demand([Trip(0, [1, 0]), Trip(0, [0, 9]), Trip(1, [0, 1])], Car), Program((60, "G")), 1, 60);

        Assert.Equal(2, engine.Issues.Count);
        Assert.Contains("e1", engine.Issues[0].Value, StringComparison.Ordinal);
        Assert.Equal(1, engine.Run().Arrived);
    }

    [Theory]
    [InlineData("XT731")]
    [InlineData("XT732")]
    [InlineData("XT733")]
    [InlineData("XT730")]
    public void What_does_not_fit_the_network_is_refused_with_its_code(string code)
    {
        var network = Straight(2, 100, 100);
        var control = code switch
        {
            "XT731" => new TrafficControl { Programs = [Program((60, "GG")) with { Signal = "elsewhere" }] },
            "XT732" => new TrafficControl { Programs = [Program((60, "G"))] },
            "XT733" => new TrafficControl { Detectors = [new StreetDetector { Signal = "s", Channel = 1, Lane = 0, StartM = 90, EndM = 120 }] },
            _ => new TrafficControl(),
        };
        var settings = new TrafficSettings { StepMs = code == "XT730" ? 300 : 1000 };

        var problem = Assert.Throws<ProblemException>(() => new TrafficEngine(network, Demand([], Car), control, settings));

        Assert.All(problem.Problems, p => Assert.Equal(code, p.Code));
    }

    private static RouteDemand Trip(double departS, ImmutableArray<int> edges) =>
        new() { DepartS = departS, Kind = 0, Edges = edges, EntryLane = EntryChoice.Best, EntrySpeed = EntryChoice.Best };

    private static TrafficEngine Engine(RoadNetwork network, RoadDemand demand, FixedProgram? program, ulong seed = 1, double endS = 600, double drainS = 3600, int stepMs = 1000, int threads = 1, ImmutableArray<StreetDetector>? detectors = null) =>
        new(
            network,
            demand,
            new TrafficControl { Programs = program is null ? [] : [program], Detectors = detectors ?? [] },
            new TrafficSettings { Seed = seed, EndS = endS, DrainS = drainS, StepMs = stepMs, Threads = threads });

    private static TrafficTotals Run(RoadNetwork network, RoadDemand demand, FixedProgram? program, ulong seed = 1, double endS = 600, double drainS = 3600) =>
        Engine(network, demand, program, seed, endS, drainS).Run();

    /// <summary>When vehicles pass the line of the first edge, ms.</summary>
    private static long[] Passes(RoadNetwork network, RoadDemand demand, FixedProgram program, ulong seed, int stepMs)
    {
        var line = network.Lanes[1].LengthM;
        var engine = Engine(network, demand, program, seed, stepMs: stepMs, detectors: [new StreetDetector { Signal = "s", Channel = 1, Lane = 1, StartM = Math.Min(0.1, line), EndM = Math.Min(0.1, line), Mode = SensingMode.Pulse }]);
        engine.Run();
        return [.. engine.LogOf("s").TakeBefore(long.MaxValue).ToArray().Where(e => e.Code == EventCode.DetectorOn).Select(e => e.TimeMs)];
    }

    private static RoadDemand Crowd(RoadNetwork network, double perHour, double untilS)
    {
        var truck = Car with { Name = "truck", Class = RoadUsers.Truck, LengthM = 9, AccelerationMps2 = 1.3, DecelerationMps2 = 4 };
        var trips = new List<RouteDemand>();
        foreach (var (from, ways) in (ReadOnlySpan<(char, string)>)[('W', "ENS"), ('E', "WNS"), ('S', "NEW"), ('N', "SEW")])
        {
            for (var i = 0; i < ways.Length; i++)
            {
                trips.AddRange(AtRandom(perHour * (i == 0 ? 0.5 : 0.25) / 2, untilS, 5, Way(network, from, ways[i]), i == 2 ? 1 : 0));
            }
        }

        return Demand(trips, Car, truck);
    }

    private static string Snapshot(RoadNetwork network, ulong seed, int threads)
    {
        var signal = network.Programs[0].Signal;
        var detectors = Equip(network, signal).Detectors;
        var engine = Engine(network, Crowd(network, 1000, 600), null, seed, 600, threads: threads, detectors: detectors);
        var totals = engine.Run();
        var events = engine.LogOf(signal).TakeBefore(long.MaxValue).ToArray();
        return string.Join(';', [
            System.Text.Json.JsonSerializer.Serialize(totals),
            .. events.Select(e => $"{e.TimeMs},{e.Code},{e.Parameter}"),
        ]);
    }

    private static string Green(RoadNetwork network, string sides)
    {
        var state = new string('r', network.Programs[0].Phases[0].State.Length).ToCharArray();
        foreach (var c in network.Connections.Where(c => c.SignalLink >= 0 && sides.Any(s => network.Lanes[c.FromLane].Edge == Edge(network, s, true))))
        {
            state[c.SignalLink] = c.Direction == TurnDirection.Straight ? 'G' : 'g';
        }

        return new string(state);
    }

    /// <summary>Phase 2 for the streets east and west, 4 for the others; a stop-bar zone and a loop on each approach from west and south.</summary>
    private static (ImmutableArray<LinkDisplay> Links, ImmutableArray<StreetDetector> Detectors) Equip(RoadNetwork network, string signal)
    {
        var links = new LinkDisplay[network.Connections.Max(c => c.SignalLink) + 1];
        foreach (var c in network.Connections.Where(c => c.SignalLink >= 0))
        {
            var isMain = network.Lanes[c.FromLane].Edge == Edge(network, 'E', true) || network.Lanes[c.FromLane].Edge == Edge(network, 'W', true);
            var phase = 1u << (isMain ? 2 : 4);
            links[c.SignalLink] = c.Direction == TurnDirection.Left ? new LinkDisplay { Permissive = phase } : new LinkDisplay { Protected = phase };
        }

        var detectors = ImmutableArray.CreateBuilder<StreetDetector>();
        foreach (var (side, phase, channel) in (ReadOnlySpan<(char, int, int)>)[('W', 2, 1), ('S', 4, 3)])
        {
            var lane = network.Edges[Edge(network, side, true)].Lanes[0];
            var length = network.Lanes[lane].LengthM;
            detectors.Add(new StreetDetector { Signal = signal, Channel = channel, Lane = lane, StartM = length - 60, EndM = length - 58, Calls = 1u << phase, Extends = 1u << phase });
            detectors.Add(new StreetDetector { Signal = signal, Channel = channel + 1, Lane = lane, StartM = length - 15, EndM = length, Calls = 1u << phase });
        }

        return ([.. links], detectors.ToImmutable());
    }

    private static ControllerProgram TwoStreets() => new(
    [
        new PhaseTiming { Number = 2, Ring = 1, BarrierGroup = 1, MinimumGreenMs = 8000, MaximumMs = 40_000, YellowMs = 4000, RedClearanceMs = 1000, Recall = Recall.Minimum },
        new PhaseTiming { Number = 4, Ring = 1, BarrierGroup = 2, MinimumGreenMs = 6000, MaximumMs = 25_000, YellowMs = 4000, RedClearanceMs = 1000 },
    ]);
}
