using System.Collections.Immutable;
using Crosstown.Core;
using Crosstown.Core.Controllers;
using Crosstown.Core.Data;
using Crosstown.Core.Street;
using Crosstown.Timing.Model;
using Crosstown.Timing.Tests.Evaluation;
using Crosstown.Timing.Tests.Optimization;
using Crosstown.Timing.Transmission;

namespace Crosstown.Timing.Tests.Transmission;

public sealed class TransmissionModelTests
{
    [Theory]
    [InlineData(90, 35, 3600, 1120)]
    [InlineData(60, 30, 1800, 600)]
    [InlineData(120, 40, 1800, 400)]
    public void Flat_arrivals_lose_the_uniform_delay(int cycle, int green, double saturation, double volume)
    {
        var (network, plan) = SingleSignal.Make(cycle, green, saturation, volume, g => g with { Lanes = 4 });
        var model = new TransmissionModel(network, 0, new TransmissionOptions { WarmUpS = cycle * 2, DurationS = cycle * 10 });

        var answer = model.Run(plan)[0];

        var share = (double)green / cycle;
        var expected = 0.5 * cycle * (1 - share) * (1 - share) / (1 - (volume / saturation)) * volume / 3600;
        Assert.Equal(expected, answer.DelayVeh, expected * 0.03);
        Assert.Equal(volume, answer.ServedVehPerHour[0], volume * 0.001);
        Assert.InRange(Math.Abs(answer.LostVeh), 0, 1e-6);
    }

    [Fact]
    public void The_farthest_queue_is_what_came_in_red()
    {
        var (network, plan) = SingleSignal.Make(90, 35, 3600, 1120, g => g with { Lanes = 4 });

        var answer = new TransmissionModel(network, 0, new TransmissionOptions { WarmUpS = 180, DurationS = 900 }).Run(plan)[0];

        // q·r = 1120/3600 · 55 s.
        Assert.Equal(1120 / 3600.0 * 55, answer.MaximumQueueVeh[0], 0.7);
    }

    [Fact]
    public void A_full_link_passes_what_its_signal_passes_and_no_more()
    {
        // Much room: the second signal's green of 25 s in 60 s at 0.5 veh/s is what counts, 750 veh/h of the 1,200 that want.
        var answer = RunTandem(storage: 40, volume: 1200);

        Assert.Equal(750, answer.ServedVehPerHour[1], 5.0);
        Assert.Equal(750, answer.ServedVehPerHour[0], 15.0);
        Assert.InRange(answer.MaximumQueueVeh[1], 25, 40);
        Assert.True(answer.BlockedS[0] > 1000);
        Assert.InRange(Math.Abs(answer.LostVeh), 0, 1e-6);
    }

    [Fact]
    public void A_short_link_runs_dry_before_room_gets_back_and_vehicles_get_down()
    {
        // 10 vehicles of room, 10 s down and 15 s back: the queue of 10 is gone after 20 s of green, the first that its room let in comes at 25 s, as green ends.
        var answer = RunTandem(storage: 10, volume: 1200);

        Assert.Equal(600, answer.ServedVehPerHour[1], 12.0);
        Assert.InRange(answer.MaximumQueueVeh[1], 9, 10 + 1e-9);
    }

    [Fact]
    public void Without_a_bound_on_room_nobody_is_blocked()
    {
        var answer = RunTandem(storage: null, volume: 1200);

        Assert.Equal(1200, answer.ServedVehPerHour[0], 12.0);
        Assert.Equal(0, answer.BlockedS[0]);
        Assert.True(answer.MaximumQueueVeh[1] > 100);
    }

    [Fact]
    public void A_shared_group_moves_with_its_worst_target()
    {
        // Half of the first group's vehicles turn onto the link that is full; the others wait behind them.
        var answer = RunTandem(storage: 10, volume: 1200, share: 0.5);

        Assert.Equal(answer.ServedVehPerHour[1] * 2, answer.ServedVehPerHour[0], 0.04 * answer.ServedVehPerHour[0]);
        Assert.InRange(Math.Abs(answer.LostVeh), 0, 1e-6);
    }

    [Fact]
    public void Sixteen_plans_at_once_are_sixteen_plans_one_by_one()
    {
        var network = Crowded();
        var plans = Shifted(network, TransmissionModel.MaxPlans);
        var model = new TransmissionModel(network, 0, new TransmissionOptions { WarmUpS = 60, DurationS = 300 });

        var together = model.Run(plans);

        for (var p = 0; p < plans.Length; p += 5)
        {
            var alone = model.Run(plans[p])[0];
            Assert.Equal(alone.DelayVeh, together[p].DelayVeh);
            Assert.Equal(alone.GroupDelayVeh, together[p].GroupDelayVeh);
        }

        Assert.True(together.Select(a => a.DelayVeh).Distinct().Count() > 10);
    }

    [Fact]
    public void Vehicles_are_conserved_while_queues_block_each_other()
    {
        var network = Crowded();
        var model = new TransmissionModel(network, 0, new TransmissionOptions { WarmUpS = 300, DurationS = 1800 });

        var answers = model.Run(Shifted(network, TransmissionModel.MaxPlans));

        Assert.All(answers, a => Assert.InRange(Math.Abs(a.LostVeh), 0, 1e-6));
        Assert.Contains(answers, a => a.BlockedS.Any(b => b > 100));
    }

    [Fact]
    public void Splits_that_do_not_fill_the_cycle_are_told()
    {
        var (network, plan) = SingleSignal.Make(90, 35, 1800, 600);
        var bad = new NetworkPlan { Patterns = [plan.Patterns[0]! with { CycleMs = 100_000 }] };

        var problem = Assert.Throws<ProblemException>(() => new TransmissionModel(network).Run(bad));

        Assert.Equal("XT740", problem.Problems[0].Code);
        Assert.Contains("90000", problem.Problems[0].Message, StringComparison.Ordinal);
    }

    /// <summary>A first signal that is nearly always green feeds a second with 25 s of 60 s.</summary>
    private static TransmissionEvaluation RunTandem(double? storage, double volume, double share = 1)
    {
        ImmutableArray<PhaseTiming> phases =
        [
            new PhaseTiming { Number = 1, Ring = 1, BarrierGroup = 1, MinimumGreenMs = 5000, MaximumMs = 90_000, YellowMs = 4000, RedClearanceMs = 1000, IsCoordinated = true },
            new PhaseTiming { Number = 2, Ring = 1, BarrierGroup = 1, MinimumGreenMs = 5000, MaximumMs = 90_000, YellowMs = 4000, RedClearanceMs = 1000 },
        ];
        var pattern = new PatternTiming { Number = 1, CycleMs = 60_000, OffsetMs = 0, SplitMs = ImmutableSortedDictionary<byte, int>.Empty.Add(1, 30_000).Add(2, 30_000) };
        var network = new TimingNetwork
        {
            Signals =
            [
                new TimedSignal { Signal = SignalId.Parse("1"), Phases = phases, Today = pattern },
                new TimedSignal { Signal = SignalId.Parse("2"), Phases = phases, Today = pattern },
            ],
            Groups =
            [
                new LaneGroup { Id = "1 NBT", Signal = 0, Phases = 0b110, SaturationVehPerHour = 1800, StartLostS = 0, EndGainS = 5 },
                new LaneGroup { Id = "2 NBT", Signal = 1, Phases = 0b10, SaturationVehPerHour = 1800, StartLostS = 0, EndGainS = 0, StorageVeh = storage, Feeders = [new Feeder(0, 10)] },
            ],
            Demands = [new TrafficDemand { Name = "test", VolumeVehPerHour = [volume, volume * share], FedVehPerHour = [[], [volume * share]] }],
        };
        var model = new TransmissionModel(network, 0, new TransmissionOptions { WarmUpS = 600, DurationS = 1800 });
        return model.Run(new NetworkPlan { Patterns = [pattern, pattern] })[0];
    }

    /// <summary>A grid whose links hold so few vehicles that queues reach back.</summary>
    private static TimingNetwork Crowded()
    {
        var network = ReferenceGrid.Make(4, 5);
        return network with
        {
            Groups = [.. network.Groups.Select(g => g with { StorageVeh = 6 * g.Lanes })],
            Demands = [network.Demands[0] with
            {
                VolumeVehPerHour = [.. network.Demands[0].VolumeVehPerHour.Select(v => v * 1.3)],
                FedVehPerHour = [.. network.Demands[0].FedVehPerHour.Select(f => f.Select(v => v * 1.3).ToImmutableArray())],
            }],
        };
    }

    private static NetworkPlan[] Shifted(TimingNetwork network, int plans)
    {
        var random = new RandomNumbers(7);
        return
        [
            .. Enumerable.Range(0, plans).Select(_ => new NetworkPlan
            {
                Patterns = [.. network.Signals.Select(s => s.Today! with { OffsetMs = random.NextInt(s.Today.CycleMs / 1000) * 1000 })],
            }),
        ];
    }
}
