using System.Collections.Concurrent;
using System.Globalization;
using Crosstown.Core.Controllers;

namespace Crosstown.Core.Tests.Controllers;

public sealed class ControllerSafetyTests
{
    private const int SecondsEach = 8000;

    // Each time a million seconds; nightly ten million, or what CROSSTOWN_SAFETY_SECONDS says.
    private static readonly int Scenes =
        1 + (int.Parse(Environment.GetEnvironmentVariable("CROSSTOWN_SAFETY_SECONDS") ?? "1000000", CultureInfo.InvariantCulture) / SecondsEach);

    [Fact]
    [Trait("rule", "C08")]
    [Trait("rule", "C05")]
    [Trait("rule", "C06")]
    public void In_a_million_seconds_of_random_traffic_plans_preempts_and_buses_nothing_conflicts_and_nothing_is_cut_short()
    {
        var seen = new ConcurrentDictionary<CoordinationMode, bool>();
        var stages = new ConcurrentDictionary<PreemptStage, bool>();
        Parallel.For(0, Scenes, seed =>
        {
            var scene = new RandomScene(seed);
            var watch = new SafetyWatch(scene.Program, $"seed {seed}");
            var modes = 0u;
            var preempts = 0u;
            for (var tick = 0; tick < SecondsEach * 10; tick++)
            {
                scene.Step();
                watch.Look(scene.State);
                modes |= (uint)1 << (int)scene.State.Coordination;
                preempts |= (uint)1 << (int)scene.State.Preempt;
                if (tick % 36_000 == 0)
                {
                    scene.Log.Clear();
                }
            }

            Assert.True(watch.Greens > SecondsEach / 60, $"seed {seed}: only {watch.Greens} greens in {SecondsEach} s");
            Mark(modes, seen);
            Mark(preempts, stages);
        });

        Assert.Equal(Enum.GetValues<CoordinationMode>().Length, seen.Count);
        Assert.Equal(Enum.GetValues<PreemptStage>().Length, stages.Count);

        static void Mark<T>(uint mask, ConcurrentDictionary<T, bool> found)
            where T : struct, Enum
        {
            foreach (var value in Enum.GetValues<T>().Where((_, i) => (mask >> i & 1) != 0))
            {
                found[value] = true;
            }
        }
    }

    [Fact]
    [Trait("rule", "C07")]
    public void In_coordination_a_standing_call_is_served_within_two_cycles_or_240_seconds()
    {
        for (var seed = 0; seed < 120; seed++)
        {
            var scene = new RandomScene(seed, hasPreempts: false, isSteady: true);
            var boundMs = Math.Max(240_000, 2 * scene.LongestCycleMs);
            var waitingSinceMs = new long[17];
            for (var tick = 0; tick < 30_000; tick++)
            {
                var calls = scene.Inputs.VehicleCalls;
                scene.Step();
                var now = scene.State.TimeMs;
                foreach (var phase in scene.Program.Phases)
                {
                    var isWaiting = (calls >> phase.Number & 1) != 0 && scene.State.IntervalOf(phase.Number) != VehicleInterval.Green;
                    waitingSinceMs[phase.Number] = !isWaiting ? 0 : waitingSinceMs[phase.Number] == 0 ? now : waitingSinceMs[phase.Number];
                    var waitedMs = isWaiting ? now - waitingSinceMs[phase.Number] : 0;
                    Assert.True(waitedMs <= boundMs, $"seed {seed}: phase {phase.Number} has waited {waitedMs} ms at {now}, bound {boundMs}");
                }
            }
        }
    }

    [Fact]
    [Trait("rule", "C07")]
    public void Through_plan_changes_clock_jumps_buses_and_walks_longer_than_their_split_no_standing_call_is_forgotten()
    {
        for (var seed = 0; seed < 120; seed++)
        {
            var scene = new RandomScene(seed, hasPreempts: false);
            var boundMs = 3 * Math.Max(240_000, 2 * scene.LongestCycleMs);
            var waitingSinceMs = new long[17];
            for (var tick = 0; tick < 30_000; tick++)
            {
                var calls = scene.Inputs.VehicleCalls;
                scene.Step();
                foreach (var phase in scene.Program.Phases)
                {
                    var isWaiting = (calls >> phase.Number & 1) != 0 && scene.State.IntervalOf(phase.Number) != VehicleInterval.Green;
                    waitingSinceMs[phase.Number] = isWaiting ? waitingSinceMs[phase.Number] + 100 : 0;
                    Assert.True(waitingSinceMs[phase.Number] <= boundMs, $"seed {seed}: phase {phase.Number} has waited {boundMs} ms at {scene.State.TimeMs}");
                }
            }
        }
    }

    [Fact]
    public void Every_preempt_reaches_its_dwell_and_gives_the_street_back()
    {
        for (var seed = 0; seed < 40; seed++)
        {
            var scene = new RandomScene(seed);
            var stageSinceMs = 0L;
            var stage = PreemptStage.None;
            for (var tick = 0; tick < 40_000; tick++)
            {
                scene.Step();
                if (scene.State.Preempt != stage)
                {
                    stage = scene.State.Preempt;
                    stageSinceMs = scene.State.TimeMs;
                }

                Assert.True(
                    stage != PreemptStage.Entry || scene.State.TimeMs - stageSinceMs < 90_000,
                    $"seed {seed}: a preempt has tried to enter since {stageSinceMs} ms");
            }
        }
    }

    [Fact]
    public void The_same_scene_logs_the_same_events()
    {
        static List<(long, ushort, short)> Run()
        {
            var scene = new RandomScene(7);
            for (var tick = 0; tick < 20_000; tick++)
            {
                scene.Step();
            }

            var events = new List<(long, ushort, short)>();
            foreach (var e in scene.Log.TakeBefore(long.MaxValue))
            {
                events.Add((e.TimeMs, e.Code, e.Parameter));
            }

            return events;
        }

        Assert.Equal(Run(), Run());
    }
}
