using Crosstown.Control.Ntcip;
using Crosstown.Control.Tests.Ntcip;
using Crosstown.Core;
using Crosstown.Core.Controllers;
using Crosstown.Sender;

namespace Crosstown.Control.Tests.Sender;

/// <summary>What the guard is told of a controller, against what it really did.</summary>
public sealed class StatusTrackerTests
{
    [Fact]
    public void However_readings_come_no_green_is_told_longer_and_no_wait_shorter_than_it_was()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var random = new RandomNumbers(1202, seed);
            var (time, cabinet) = (new ManualTime(), new SimulatedCabinet());
            var tracker = new StatusTracker(time);
            var waitingSince = new long[17];
            var (readAtMs, nextMs, compared) = (0L, 0L, 0);
            for (var ms = 0L; ms < 900_000; ms += 100)
            {
                time.Advance(100);
                cabinet.Advance(100);
                if (random.NextInt(30) == 0)
                {
                    cabinet.Calls ^= 1u << new[] { 1, 2, 4, 5, 6, 8 }[random.NextInt(6)];
                }

                for (var phase = 1; phase <= 16; phase++)
                {
                    var isWaiting = Bits.Has(cabinet.Calls & ~cabinet.State.Greens, phase);
                    waitingSince[phase] = !isWaiting ? 0 : waitingSince[phase] == 0 ? cabinet.NowMs : waitingSince[phase];
                }

                if (ms >= nextMs)
                {
                    tracker.Take(Snapshot(time, cabinet));
                    readAtMs = cabinet.NowMs;
                    nextMs = ms + 300 + (random.NextInt(10) == 0 ? random.NextInt(9000) : random.NextInt(700));
                }

                if (tracker.Current is not { } status)
                {
                    Assert.True(cabinet.NowMs - readAtMs > StatusTracker.OldestMs, $"seed {seed}, {ms} ms: no status of a reading that is {cabinet.NowMs - readAtMs} ms old");
                    continue;
                }

                Assert.True(cabinet.NowMs - readAtMs <= StatusTracker.OldestMs);
                for (var phase = 1; phase <= 16 && cabinet.NowMs == readAtMs; phase++)
                {
                    compared++;
                    var greenMs = Bits.Has(cabinet.State.Greens, phase) ? cabinet.NowMs - cabinet.State.GreenStartOf(phase) : 0;
                    Assert.True(status.GreenMs[phase] <= greenMs, $"seed {seed}, {ms} ms: phase {phase} green for {greenMs} ms, told {status.GreenMs[phase]}");
                    var waitedMs = waitingSince[phase] == 0 ? 0 : cabinet.NowMs - waitingSince[phase];
                    Assert.True(status.WaitedMs[phase] >= waitedMs || ms < 1000, $"seed {seed}, {ms} ms: phase {phase} waited {waitedMs} ms, told {status.WaitedMs[phase]}");
                }
            }

            Assert.True(compared > 5000, $"{compared} compared");
        }
    }

    [Fact]
    [Trait("rule", "C09")]
    public void A_preempt_is_seen_by_each_of_the_objects_that_can_show_it_and_remembered_when_it_is_over()
    {
        var time = new ManualTime();
        foreach (var show in new Func<ControllerSnapshot, ControllerSnapshot>[]
        {
            s => s with { ShortAlarms = ShortAlarms.Preempt }, s => s with { Flash = UnitFlash.Preempt }, s => s with { Preempts = [PreemptState.Dwell] }, s => s with { Preempts = [PreemptState.NotActiveWithCall] },
            s => s with { Preempts = [PreemptState.NotActive, PreemptState.Other] }, s => s with { Preempts = [PreemptState.ExitStarted] },
        })
        {
            var (tracker, cabinet) = (new StatusTracker(time), new SimulatedCabinet());
            tracker.Take(Snapshot(time, cabinet));
            Assert.Equal((false, null), (tracker.Current!.IsPreempted, tracker.Current.SincePreemptMs));
            time.Advance(500);
            tracker.Take(show(Snapshot(time, cabinet)));
            Assert.True(tracker.Current!.IsPreempted);
            time.Advance(700);
            tracker.Take(Snapshot(time, cabinet));
            Assert.Equal((false, 700L), (tracker.Current!.IsPreempted, tracker.Current.SincePreemptMs!.Value));
        }
    }

    [Fact]
    [Trait("rule", "C03")]
    public void A_controller_that_leaves_out_what_the_guard_needs_has_no_status()
    {
        var time = new ManualTime();
        foreach (var without in new Func<ControllerSnapshot, ControllerSnapshot>[]
        {
            s => s with { Greens = null }, s => s with { Walks = null }, s => s with { PedestrianClearances = null }, s => s with { VehicleCalls = null }, s => s with { PedestrianCalls = null }, s => s with { Pattern = null },
            s => s with { Flash = null }, s => s with { ShortAlarms = null, Preempts = [] }, s => s with { ShortAlarms = null, Preempts = [PreemptState.NotActive, null] },
        })
        {
            var tracker = new StatusTracker(time);
            tracker.Take(Snapshot(time, new SimulatedCabinet()));
            Assert.NotNull(tracker.Current);
            time.Advance(500);
            tracker.Take(without(Snapshot(time, new SimulatedCabinet())));
            Assert.Null(tracker.Current);
            Assert.NotNull(tracker.Lack);
        }
    }

    private static ControllerSnapshot Snapshot(ManualTime time, SimulatedCabinet cabinet) => new()
    {
        TakenAt = time.GetTimestamp(),
        AnsweredShare = 1,
        Greens = cabinet.State.Greens,
        Walks = 0,
        PedestrianClearances = 0,
        VehicleCalls = cabinet.Calls,
        PedestrianCalls = 0,
        Pattern = cabinet.State.Pattern,
        Flash = UnitFlash.None,
        ShortAlarms = ShortAlarms.None,
        Preempts = [PreemptState.NotActive],
    };
}
