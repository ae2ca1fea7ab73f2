using System.Collections.Immutable;
using Crosstown.Core.Controllers;
using Crosstown.Core.Events;
using Crosstown.Core.Networks;
using Crosstown.Core.Street;
using Crosstown.Simulation.Vehicles;
using Crosstown.Timing.Model;
using Crosstown.Timing.Proof.Drawing;
using Crosstown.Timing.Roads;

namespace Crosstown.Timing.Tests.Proof.Drawing;

/// <summary>What is drawn passes, serves and shows what the timing network says: judged by the traffic simulator, the converse conversion and the controller.</summary>
public sealed class StreetDrawingTests
{
    private const double WarmUpS = 600;

    [Fact]
    public void Every_stop_line_of_a_driven_grid_gets_the_traffic_that_the_demand_asks_for_and_no_vehicle_is_lost()
    {
        var network = SampleStreets.Grid(3, 2, 700, 450, 0.12, 0.1, 25, 80, 44);
        var drawing = StreetDrawing.Draw(network);
        var engine = Engine(drawing, network, SampleStreets.WithOffsets(network, s => s * 20), WarmUpS + 3600, 600);
        Until(engine, WarmUpS);
        var warm = engine.Finish();
        Until(engine, WarmUpS + 3600);
        var measured = engine.Finish();
        var end = engine.Run(TestContext.Current.CancellationToken);

        Assert.Empty(engine.Issues);
        Assert.Equal(24, drawing.Approaches.Length);
        Assert.All(drawing.Approaches, (a, i) => Assert.InRange((measured.Sections[i].Left - warm.Sections[i].Left) / a.VolumeVehPerHour, 0.97, 1.03));
        Assert.Equal((end.Scheduled, 0, 0), (end.Arrived, end.StillDriving, end.NeverEntered));
        Assert.All(end.Sections, s => Assert.Equal(s.Came, s.Left));

        // What approaches lost is what all lost: each second counts at one of them.
        Assert.Equal(end.DelayS - end.EntryDelayS, end.Sections.Sum(s => s.DelayS), 0);
        Assert.Equal(end.Stops, end.Sections.Sum(s => s.Stops));
    }

    [Fact]
    public void Where_vehicles_come_from_and_which_way_they_turn_is_what_feeders_and_groups_say()
    {
        var network = SampleStreets.Grid(2, 1, 800, 500, 0.1, 0.15, 30, 80, 44);
        var drawing = StreetDrawing.Draw(network);
        var engine = Engine(drawing, network, SampleStreets.WithOffsets(network, _ => 0), 3600, 1800);
        var totals = engine.Run(TestContext.Current.CancellationToken);
        var east = Assert.Single(drawing.Approaches, a => a is { Signal: 1, Direction: TravelDirection.Eastbound });
        var from = drawing.Network.Edges[east.Edges[0]].From;
        var came = totals.Movements.Where(m => drawing.Network.Edges[drawing.Network.Lanes[drawing.Network.Connections[m.Connection].ToLane].Edge].To == from)
            .GroupBy(m => drawing.Network.Connections[m.Connection].Direction).ToDictionary(m => m.Key, m => m.Sum(x => x.Vehicles));
        Assert.InRange(came[TurnDirection.Straight] / (0.75 * 800), 0.96, 1.04);
        Assert.InRange(came[TurnDirection.Left] / (0.1 * 500), 0.9, 1.1);
        Assert.InRange(came[TurnDirection.Right] / (0.15 * 500), 0.9, 1.1);
    }

    [Fact]
    public void Drawn_streets_converted_back_have_the_same_volumes_and_travel_times()
    {
        var network = SampleStreets.Grid(3, 2, 700, 450, 0.12, 0.1, 25, 80, 44);
        var drawing = StreetDrawing.Draw(network);
        var demand = drawing.Demand(0, 3600, 3);
        var programs = drawing.Programs(network, SampleStreets.WithOffsets(network, _ => 0));
        var back = new RoadConversion(drawing.Network, demand, new StreetPlans(drawing.Network, demand, programs, 0, 3600, RoadProfile.Bench), 0, 3600).Network;
        Assert.Equal(network.Signals.Length, back.Signals.Length);
        for (var s = 0; s < network.Signals.Length; s++)
        {
            var there = Enumerable.Range(0, back.Signals.Length).Single(i => back.Signals[i].Name == StreetDrawing.NameOf(s));
            foreach (var direction in new[] { TravelDirection.Eastbound, TravelDirection.Northbound, TravelDirection.Westbound, TravelDirection.Southbound })
            {
                double Volume(TimingNetwork of, int signal) => of.Demands.Average(d => Enumerable.Range(0, of.Groups.Length).Where(g => of.Groups[g].Signal == signal && of.Groups[g].Direction == direction).Sum(g => d.VolumeVehPerHour[g]));

                // A vehicle that is still on its way at the end has been counted there too.
                Assert.InRange(Volume(back, there) / Volume(network, s), 0.95, 1.03);
            }
        }

        // Turns are slower than the way straight on, and what takes no bay is counted from the first lane's groups.
        var ways = back.Groups.SelectMany((g, i) => g.Feeders.Select((f, k) => (f.TravelS, Flow: back.Demands.Sum(d => d.FedVehPerHour[i][k])))).Where(w => w.Flow > 50).ToList();
        Assert.True(ways.Count >= 14);
        Assert.All(ways, w => Assert.InRange(w.TravelS, 23, 26));
    }

    [Theory]
    [InlineData(1800)]
    [InlineData(1600)]
    [InlineData(1400)]
    public void A_queue_that_never_ends_leaves_at_the_saturation_flow(double saturation)
    {
        var network = SampleStreets.OneSignal(1500, 400, 60, 40);
        network = network with { Groups = [.. network.Groups.Select(g => g with { SaturationVehPerHour = saturation })] };
        var drawing = StreetDrawing.Draw(network);
        Assert.All(drawing.SaturationVehPerHour, s => Assert.InRange(s!.Value / saturation, 0.99, 1.01));

        // The greens of the longer cycle pass more by what more seconds of green pass: start and end of green cancel out.
        double PerCycle(int cycle, int split)
        {
            var timed = SampleStreets.OneSignal(1500, 400, cycle, split) with { Groups = network.Groups };
            var engine = Engine(drawing, timed, SampleStreets.WithOffsets(timed, _ => 0), WarmUpS + 3600, 0);
            Until(engine, WarmUpS);
            var warm = engine.Finish();
            Until(engine, WarmUpS + 3600);
            var at = Enumerable.Range(0, drawing.Approaches.Length).Single(i => drawing.Approaches[i].Direction == TravelDirection.Eastbound);
            return (engine.Finish().Sections[at].Left - warm.Sections[at].Left) * cycle / 3600.0;
        }

        Assert.InRange((PerCycle(100, 55) - PerCycle(60, 30)) / 25 * 3600 / saturation, 0.95, 1.05);
    }

    [Theory]
    [InlineData(OffsetReference.BeginGreen, false)]
    [InlineData(OffsetReference.BeginYellow, false)]
    [InlineData(OffsetReference.BeginLastGreen, true)]
    public void A_drawn_program_shows_what_the_controller_shows_under_full_demand_second_by_second(OffsetReference reference, bool lags)
    {
        var network = NemaSignal(reference, lags);
        var pattern = network.Signals[0].Today!;
        var drawing = StreetDrawing.Draw(network);
        var program = Assert.Single(drawing.Programs(network, new NetworkPlan { Patterns = [pattern] }));
        var greens = Greens(network.Signals[0], pattern);
        for (var g = 0; g < network.Groups.Length; g++)
        {
            var phase = System.Numerics.BitOperations.Log2(network.Groups[g].Phases);
            var approach = drawing.Approaches.Single(a => a.Groups.Contains(g));
            var turn = network.Groups[g].Movement == LaneMovement.Left ? TurnDirection.Left : TurnDirection.Straight;
            var link = drawing.Network.Connections.First(c => c.Direction == turn && drawing.Network.Lanes[c.FromLane].Edge == approach.Edges[^1] && c.Signal is not null).SignalLink;
            for (var second = 0; second < 100; second++)
            {
                var state = StateAt(program, second)[link];
                Assert.True(greens[phase, second] == (state == 'G'), $"Phase {phase} at second {second} of the master clock: the controller shows {(greens[phase, second] ? "green" : "no green")}, the program {state}.");
            }
        }
    }

    [Fact]
    public void Half_cycles_keep_their_place_in_the_common_cycle()
    {
        var network = SampleStreets.Grid(2, 1, 800, 400, 0.1, 0.1, 30, 80, 44);
        var half = network.Signals[1].Today! with { CycleMs = 40_000, OffsetMs = 25_000, SplitMs = ImmutableSortedDictionary<byte, int>.Empty.Add(2, 22_000).Add(4, 18_000) };
        var programs = StreetDrawing.Draw(network).Programs(network, new NetworkPlan { Patterns = [network.Signals[0].Today, half] });
        Assert.Equal((80, 40), (programs[0].CycleS, programs[1].CycleS));
        Assert.Equal(25, programs[1].OffsetS);
        Assert.Equal(StateAt(programs[1], 30), StateAt(programs[1], 70));
        Assert.NotEqual(StateAt(programs[1], 30), StateAt(programs[1], 50));
    }

    [Fact]
    public void Bays_begin_where_their_storage_says_and_streets_are_as_long_as_their_travel_times()
    {
        var network = SampleStreets.Grid(2, 1, 800, 400, 0.1, 0.1, 30, 80, 44);
        var drawing = StreetDrawing.Draw(network, new StreetDrawingOptions { SpeedMps = 15 });
        var east = drawing.Approaches.Single(a => a is { Signal: 1, Direction: TravelDirection.Eastbound });
        var edges = east.Edges.Select(e => drawing.Network.Edges[e]).ToList();
        Assert.Equal([2, 3], edges.Select(e => e.Lanes.Length));
        Assert.Equal(60, drawing.Network.Lanes[edges[1].Lanes[0]].LengthM, 1);
        var leg = drawing.Network.Edges.Single(e => e.To == edges[0].From);
        var straight = drawing.Network.Connections.First(c => c.Direction == TurnDirection.Straight && drawing.Network.Lanes[c.ToLane].Edge == drawing.Network.Lanes[leg.Lanes[0]].Edge && c.ViaLane >= 0);
        var way = edges.Append(leg).Select(e => drawing.Network.Lanes[e.Lanes[0]]).Append(drawing.Network.Lanes[straight.ViaLane]).Sum(l => l.LengthM / l.SpeedMps);
        Assert.InRange(way, 29, 31);
    }

    [Fact]
    public void Turns_from_lanes_of_two_groups_come_out_side_by_side_and_none_waits_for_the_other()
    {
        var network = SampleStreets.OneSignal(900, 300, 60, 40);
        var phase = network.Groups[0].Phases;
        network = network with
        {
            Groups =
            [
                network.Groups[0] with { Movement = LaneMovement.ThroughRight }, network.Groups[1],
                network.Groups[0] with { Id = "0 EBR", Movement = LaneMovement.Right, Phases = phase, SaturationVehPerHour = 1500 },
            ],
            Demands = [network.Demands[0] with { VolumeVehPerHour = [600, 300, 300], FedVehPerHour = [[], [], []] }],
        };
        var drawing = StreetDrawing.Draw(network);
        var rights = drawing.Network.Connections.Where(c => c.Direction == TurnDirection.Right).ToList();
        Assert.Equal(2, rights.Count);
        Assert.Equal([0, 1], rights.Select(c => drawing.Network.Lanes[c.ToLane].Position).Order());
        Assert.All(rights, c => Assert.Empty(c.Foes));
    }

    [Fact]
    public void Signals_that_are_not_drawn_send_their_traffic_evenly_and_take_what_goes_to_them_away()
    {
        var network = SampleStreets.Grid(3, 1, 800, 400, 0.1, 0.1, 30, 80, 44);
        var drawing = StreetDrawing.Draw(network, new StreetDrawingOptions { Signals = [false, true, true] });
        Assert.All(drawing.Approaches, a => Assert.NotEqual(0, a.Signal));
        var engine = Engine(drawing, network, SampleStreets.WithOffsets(network, _ => 0), 3600, 900);
        var totals = engine.Run(TestContext.Current.CancellationToken);
        Assert.All(drawing.Approaches, (a, i) => Assert.InRange(totals.Sections[i].Left / a.VolumeVehPerHour, 0.96, 1.04));
    }

    [Fact]
    public void Groups_of_which_neither_direction_nor_turn_is_known_are_drawn_all_the_same()
    {
        var known = SampleStreets.Grid(2, 1, 500, 300, 0.1, 0.1, 30, 80, 44);
        var network = known with { Groups = [.. known.Groups.Select(g => g with { Direction = TravelDirection.Unknown, Movement = LaneMovement.Unknown, StorageVeh = null })] };
        var drawing = StreetDrawing.Draw(network);
        var totals = Engine(drawing, network, SampleStreets.WithOffsets(network, _ => 0), 1800, 1800).Run(TestContext.Current.CancellationToken);
        Assert.Equal((16, totals.Scheduled), (drawing.Approaches.Length, totals.Arrived));
        Assert.Throws<ArgumentException>(() => StreetDrawing.Draw(network, new StreetDrawingOptions { Signals = [false, false] }));
    }

    private static string StateAt(FixedProgram program, double timeS)
    {
        var place = (((timeS - program.OffsetS) % program.CycleS) + program.CycleS) % program.CycleS;
        foreach (var phase in program.Phases)
        {
            place -= phase.DurationS;
            if (place < 0)
            {
                return phase.State;
            }
        }

        return program.Phases[^1].State;
    }

    private static TrafficEngine Engine(StreetDrawing drawing, TimingNetwork network, NetworkPlan plan, double endS, double drainS) => new(
        drawing.Network, drawing.Demand(0, endS, 7), new TrafficControl { Programs = drawing.Programs(network, plan), SectionBegins = drawing.ApproachBegins },
        new TrafficSettings { Seed = 7, EndS = endS, DrainS = drainS });

    private static void Until(TrafficEngine engine, double timeS)
    {
        while (engine.TimeS < timeS)
        {
            engine.Step();
        }
    }

    /// <summary>Four approaches, protected left turns from lanes of their own: phases 1-8 in two rings.</summary>
    private static TimingNetwork NemaSignal(OffsetReference reference, bool lags)
    {
        var splits = new[] { 18, 32, 20, 30, 15, 35, 22, 28 };
        var directions = new[] { TravelDirection.Eastbound, TravelDirection.Westbound, TravelDirection.Northbound, TravelDirection.Southbound };
        int[] through = [2, 6, 4, 8];
        int[] left = [5, 1, 7, 3];
        return new TimingNetwork
        {
            Signals =
            [
                new TimedSignal
                {
                    Signal = SignalId.Parse("1"),
                    Phases = [.. Enumerable.Range(1, 8).Select(p => new PhaseTiming
                    {
                        Number = (byte)p, Ring = (byte)(p <= 4 ? 1 : 2), BarrierGroup = (byte)(p is 1 or 2 or 5 or 6 ? 1 : 2), MinimumGreenMs = 5000, MaximumMs = 200_000, YellowMs = 4000,
                        RedClearanceMs = p % 2 == 0 ? 2000 : 1000, IsCoordinated = p is 2 or 6, Recall = Recall.Maximum,
                    })],
                    Today = new PatternTiming
                    {
                        Number = 3, CycleMs = 100_000, OffsetMs = 37_000, Reference = reference,
                        SplitMs = splits.Select((s, i) => ((byte)(i + 1), s * 1000)).ToImmutableSortedDictionary(s => s.Item1, s => s.Item2),
                        Sequence = lags ? [[2, 1, 3, 4], [6, 5, 8, 7]] : [],
                    },
                },
            ],
            Groups = [.. Enumerable.Range(0, 4).SelectMany(d => new[]
            {
                new LaneGroup { Id = $"{d} T", Signal = 0, Direction = directions[d], Movement = LaneMovement.Through, Phases = 1u << through[d], SaturationVehPerHour = 1800 },
                new LaneGroup { Id = $"{d} L", Signal = 0, Direction = directions[d], Movement = LaneMovement.Left, Phases = 1u << left[d], SaturationVehPerHour = 1700 },
            })],
            Demands = [new TrafficDemand { Name = "all", VolumeVehPerHour = [.. Enumerable.Repeat(200.0, 8)], FedVehPerHour = [.. Enumerable.Repeat(ImmutableArray<double>.Empty, 8)] }],
        };
    }

    /// <summary>Greens of the controller by phase and second of the master's cycle, once it is in step.</summary>
    private static bool[,] Greens(TimedSignal signal, PatternTiming pattern)
    {
        var controller = new ControllerProgram(signal.Phases, patterns: [pattern]);
        var (state, log) = (new ControllerState(), new EventBuffer());
        var greens = new bool[17, 100];
        for (var time = 0; time < 2_000_000; time += ControllerStep.TickMs)
        {
            ControllerStep.Step(controller, state, new ControllerInputs { TimeMs = time, LocalDayMs = time, Pattern = pattern.Number, VehicleCalls = 0x1FE, Extensions = 0x1FE }, log);
            if (time >= 1_900_000 && time % 1000 == 500)
            {
                for (var p = 1; p <= 8; p++)
                {
                    greens[p, time / 1000 % 100] = Bits.Has(state.Greens, p);
                }
            }
        }

        return greens;
    }
}
