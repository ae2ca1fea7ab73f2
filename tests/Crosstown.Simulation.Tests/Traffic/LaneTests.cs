using Crosstown.Core;
using Crosstown.Simulation.Traffic;

namespace Crosstown.Simulation.Tests.Traffic;

/// <summary>Lanes against what can be worked out by hand.</summary>
public sealed class LaneTests
{
    private const int SaturationHeadwayMs = 2000;

    private sealed class Watcher : ILaneWatcher
    {
        public List<(long ArriveMs, long CrossMs)> Crossings { get; } = [];

        public List<(int Point, long TimeMs)> Passes { get; } = [];

        public void PassedPoint(int point, long timeMs) => Passes.Add((point, timeMs));

        public List<bool> WasMoving { get; } = [];

        public void CrossedStopBar(Lane lane, Turn turn, bool isMoving, long arrivalMs, long timeMs)
        {
            Crossings.Add((arrivalMs, timeMs));
            WasMoving.Add(isMoving);
        }
    }

    private static Lane MakeLane(Watcher watcher, double speedMph = 40) =>
        new(speedMph, SaturationHeadwayMs, new RandomNumbers(1, 1), watcher) { Varies = false };

    private static void Run(Lane lane, long fromMs, long toMs, Func<long, Display> displayAt)
    {
        for (var t = fromMs; t < toMs; t += 100)
        {
            lane.Show(displayAt(t), t);
            if (lane.WakeMs <= t)
            {
                lane.Advance(t);
            }
        }
    }

    [Fact]
    public void A_standing_queue_leaves_at_saturation_flow_after_two_seconds_of_lost_time()
    {
        var watcher = new Watcher();
        var lane = MakeLane(watcher);
        for (var i = 0; i < 30; i++)
        {
            lane.Join(i * 1500, Turn.Through);
        }

        Run(lane, 0, 200_000, t => t < 60_000 ? Display.Stop : Display.Go);

        var crossings = watcher.Crossings.Select(c => c.CrossMs - 60_000).ToList();
        Assert.Equal(30, crossings.Count);
        Assert.Equal([3000, 5600, 7900, 10_000, 12_000], crossings.Take(5));
        for (var i = 4; i < 30; i++)
        {
            // The n-th vehicle leaves n saturation headways and the lost time after green.
            Assert.Equal(((i + 1) * SaturationHeadwayMs) + 2000, crossings[i]);
        }
    }

    [Fact]
    public void An_area_detector_counts_who_is_in_its_zone_and_who_stands_there()
    {
        var lane = MakeLane(new Watcher());
        for (var i = 0; i < 10; i++)
        {
            lane.Join(i * 3000, Turn.Through);
        }

        // Ten stand 25 ft apart, the last two behind a zone of 200 ft; the third is 25 ft from its place when the fourth stands.
        Run(lane, 0, 29_000, _ => Display.Stop);
        Assert.Equal((8, 8), lane.Sense(200, 28_900));
        Assert.Equal(10 * 28_900 - (45 * 3000), lane.WaitedMs(28_900));
        Assert.Equal((2, 1), MovingUp().Sense(100, 3500));

        // Green at 60 s: two have crossed, 3 s and 5.6 s after, and the start has come as far as the third, 1.15 s for each.
        Run(lane, 29_000, 66_100, t => t < 60_000 ? Display.Stop : Display.Go);
        Assert.Equal(2, lane.Crossed);
        Assert.Equal((6, 5), lane.Sense(200, 66_000));
        Run(lane, 66_100, 120_000, _ => Display.Go);
        Assert.Equal((0, 0), lane.Sense(200, 119_900));
        Assert.Equal(0, lane.WaitedMs(119_900));

        // One stands at the bar, the next is 50 ft away.
        static Lane MovingUp()
        {
            var other = MakeLane(new Watcher());
            other.Join(0, Turn.Through);
            other.Join(4350, Turn.Through);
            Run(other, 0, 3600, _ => Display.Stop);
            return other;
        }
    }

    [Fact]
    public void A_right_turn_on_red_starts_from_rest_even_behind_a_queue_that_left_in_green()
    {
        var watcher = new Watcher();
        var lane = MakeLane(watcher);
        for (var i = 0; i < 4; i++)
        {
            lane.Join(i * 1500, Turn.Through);
        }

        lane.Join(40_000, Turn.Right);
        Run(lane, 0, 60_000, t => t < 10_000 ? Display.Stop : t < 25_000 ? Display.Go : t < 29_000 ? Display.Caution : Display.Stop);

        Assert.Equal([false, false, true, true, false], watcher.WasMoving);
        Assert.Equal((40_000, 42_500), watcher.Crossings[^1]);
    }

    [Fact]
    public void A_driver_who_runs_red_crosses_at_speed_and_not_later_than_two_seconds_into_it()
    {
        var watcher = new Watcher();
        var runner = new Lane(40, SaturationHeadwayMs, new RandomNumbers(1, 1), watcher) { Varies = false, YellowUsedMs = 6000 };
        runner.Join(15_500, Turn.Through);
        runner.Join(17_500, Turn.Through);
        Run(runner, 0, 60_000, t => t < 10_000 ? Display.Go : t < 14_000 ? Display.Caution : Display.Stop);

        Assert.Equal([(15_500, 15_500)], watcher.Crossings);
        Assert.Equal([true], watcher.WasMoving);
    }

    [Fact]
    public void Uniform_arrivals_below_capacity_are_delayed_as_the_formula_says()
    {
        // Cycle 90 s, green 45 s, a vehicle every 6 s: a third of the saturation flow. Start-up loses 2 s, so red is effectively 47 s.
        const int CycleMs = 90_000;
        const int GreenMs = 45_000;
        const int HeadwayMs = 6000;
        const double EffectiveRedS = 47;
        var watcher = new Watcher();
        var lane = MakeLane(watcher);
        const int Cycles = 40;
        for (var i = 0L; i < Cycles * CycleMs / HeadwayMs; i++)
        {
            lane.Join((i * HeadwayMs) + (HeadwayMs / 2), Turn.Through);
        }

        Run(lane, 0, (Cycles + 1) * CycleMs, t => t % CycleMs < CycleMs - GreenMs ? Display.Stop : Display.Go);

        var delay = watcher.Crossings.Average(c => (c.CrossMs - c.ArriveMs) / 1000.0);
        const double FlowRatio = SaturationHeadwayMs / (double)HeadwayMs;
        const double Uniform = EffectiveRedS * EffectiveRedS / (2 * (CycleMs / 1000.0) * (1 - FlowRatio));

        // The formula has a vehicle leave in the middle of its headway, the lane at its end: half a headway more for each that stops.
        const double StoppedShare = EffectiveRedS / (CycleMs / 1000.0 * (1 - FlowRatio));
        Assert.InRange(delay, (Uniform + StoppedShare) * 0.97, (Uniform + StoppedShare) * 1.03);
    }

    [Fact]
    public void Demand_above_capacity_grows_a_queue_by_their_difference()
    {
        const int CycleMs = 100_000;
        var watcher = new Watcher();
        var lane = MakeLane(watcher);
        const int Cycles = 20;
        for (var i = 0; i < Cycles * 25; i++)
        {
            lane.Join(i * 4000L, Turn.Through);
        }

        Run(lane, 0, Cycles * CycleMs, t => t % CycleMs < 60_000 ? Display.Stop : Display.Go);

        // The n-th leaves 2n + 2 s after green, so 18 leave before 40 s are over, and 25 come.
        Assert.Equal(Cycles * 7, lane.Waiting);
        Assert.Equal(Cycles * 25, lane.Waiting + watcher.Crossings.Count);
    }

    [Fact]
    public void A_free_vehicle_passes_a_point_upstream_at_its_speed()
    {
        var watcher = new Watcher();
        var lane = MakeLane(watcher, speedMph: 45);
        lane.Watch(396, 1);
        lane.Join(20_000, Turn.Through);

        Run(lane, 0, 40_000, _ => Display.Go);

        // 45 mph is 66 ft/s: 396 ft take 6 s.
        Assert.Equal((1, 14_000L), Assert.Single(watcher.Passes));
        Assert.Equal((20_000L, 20_000L), Assert.Single(watcher.Crossings));
    }

    [Fact]
    public void A_queue_that_reaches_a_detector_holds_it_until_the_start_wave_comes_back()
    {
        var watcher = new Watcher();
        var lane = MakeLane(watcher);
        lane.Watch(100, 7);
        for (var i = 0; i < 8; i++)
        {
            lane.Join(10_000 + (i * 2000), Turn.Through);
        }

        Run(lane, 0, 120_000, t => t < 60_000 ? Display.Stop : Display.Go);

        // Four vehicles fit between point and bar: the first four fronts pass freely, the fifth four waves after the first one starts.
        var passes = watcher.Passes.Select(p => p.TimeMs).ToList();
        Assert.Equal(8, passes.Count);
        Assert.True(passes[3] < 20_000);
        Assert.Equal(63_000 + (4 * Lane.WaveMs), passes[4]);
    }

    [Fact]
    public void A_permissive_left_turn_waits_for_a_gap_and_two_leave_in_yellow()
    {
        var opposingWatcher = new Watcher();
        var opposing = MakeLane(opposingWatcher);
        var watcher = new Watcher();
        var lane = MakeLane(watcher);
        lane.YieldTo([opposing]);
        for (var i = 0; i < 40; i++)
        {
            opposing.Join(10_000 + (i * 2100), Turn.Through);
        }

        for (var i = 0; i < 4; i++)
        {
            lane.Join(5000 + (i * 2000), Turn.Left);
        }

        for (var t = 0L; t < 70_000; t += 100)
        {
            opposing.Show(t is >= 20_000 and < 60_000 ? Display.Go : Display.Stop, t);
            lane.Show(t < 20_000 ? Display.Stop : t < 60_000 ? Display.Permissive : t < 64_000 ? Display.PermissiveCaution : Display.Stop, t);
            opposing.Advance(t);
            lane.Advance(t);
        }

        Assert.Equal(2, watcher.Crossings.Count);
        Assert.All(watcher.Crossings, c => Assert.InRange(c.CrossMs, 60_000, 64_000));
    }

    [Fact]
    public void Nobody_starts_late_in_yellow_and_nobody_runs_red_when_drivers_do_not_vary()
    {
        var watcher = new Watcher();
        var lane = MakeLane(watcher);
        for (var i = 0; i < 200; i++)
        {
            lane.Join(i * 2500L, Turn.Through);
        }

        Run(lane, 0, 500_000, t => (t % 50_000) switch { < 20_000 => Display.Go, < 24_000 => Display.Caution, _ => Display.Stop });

        Assert.All(watcher.Crossings, c => Assert.InRange(c.CrossMs % 50_000, 0, 20_000 + lane.YellowUsedMs));
    }

    [Fact]
    public void A_right_turn_leaves_on_red_after_it_has_stopped()
    {
        var watcher = new Watcher();
        var lane = MakeLane(watcher);
        lane.Join(10_000, Turn.Right);
        lane.Join(12_000, Turn.Through);

        Run(lane, 0, 60_000, _ => Display.Stop);

        Assert.Equal((10_000L, 12_500L), Assert.Single(watcher.Crossings));
    }
}
