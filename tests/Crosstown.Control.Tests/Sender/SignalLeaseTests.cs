using Crosstown.Control.Tests.Ntcip;
using Crosstown.Core;
using Crosstown.Core.Controllers;
using Crosstown.Sender;

namespace Crosstown.Control.Tests.Sender;

public sealed class SignalLeaseTests
{
    [Fact]
    [Trait("rule", "C10")]
    public void However_senders_are_cut_off_at_most_one_holds_a_signal_and_its_number_grows()
    {
        for (var seed = 0; seed < 40; seed++)
        {
            var random = new RandomNumbers(810, seed);
            var time = new ManualTime();
            var record = new MemoryLease();
            var ways = Enumerable.Range(0, 3).Select(_ => record.NewWay()).ToArray();
            var leases = ways.Select((way, i) => new SignalLease(way, i + 1, time)).ToArray();
            var (lastFence, changes, heldMs) = (0L, 0, 0);
            var lastHolder = -1;
            for (var ms = 0; ms < 600_000; ms += 100)
            {
                time.Advance(100);
                for (var i = 0; i < leases.Length; i++)
                {
                    // A sender that is stuck beats late; one that is cut off beats into the void.
                    ways[i].IsCut = random.NextDouble() < 0.004 ? !ways[i].IsCut : ways[i].IsCut;
                    if (random.NextDouble() < 0.2)
                    {
                        leases[i].Beat();
                    }
                }

                var holders = Enumerable.Range(0, leases.Length).Where(i => leases[i].IsHeld).ToList();
                Assert.True(holders.Count <= 1, $"seed {seed}, {ms} ms: {string.Join(" and ", holders)} hold");
                heldMs += 100 * holders.Count;
                if (holders.Count == 1 && holders[0] != lastHolder)
                {
                    Assert.True(leases[holders[0]].Fence > lastFence, $"seed {seed}, {ms} ms: number {leases[holders[0]].Fence} after {lastFence}");
                    (lastHolder, lastFence) = (holders[0], leases[holders[0]].Fence);
                    changes++;
                }
            }

            Assert.True(changes > 1 && heldMs > 200_000, $"seed {seed}: {changes} holders, held for {heldMs} ms");
        }
    }

    [Fact]
    [Trait("rule", "C10")]
    public void A_holder_that_is_cut_off_has_stopped_seven_seconds_before_another_begins()
    {
        var time = new ManualTime();
        var record = new MemoryLease();
        var (first, second) = (record.NewWay(), record.NewWay());
        var (one, two) = (new SignalLease(first, 1, time), new SignalLease(second, 2, time));
        one.Beat();
        two.Beat();
        Assert.True(one.IsHeld && !two.IsHeld);
        first.IsCut = true;
        var (stoppedMs, beganMs) = (0, 0);
        for (var ms = 100; beganMs == 0; ms += 100)
        {
            time.Advance(100);
            one.Beat();
            two.Beat();
            stoppedMs = stoppedMs == 0 && !one.IsHeld ? ms : stoppedMs;
            beganMs = two.IsHeld ? ms : 0;
        }

        Assert.Equal((SignalLease.ValidMs, SignalLease.TakeOverMs), (stoppedMs, beganMs));
        Assert.Equal((1, 2), (one.Fence, two.Fence));

        // Back in touch, the first finds that it holds nothing.
        first.IsCut = false;
        one.Beat();
        Assert.False(one.IsHeld);
        two.Release();
        one.Beat();
        Assert.True(one.IsHeld && !two.IsHeld);
        Assert.Equal(3, one.Fence);
    }

    [Fact]
    [Trait("rule", "C10")]
    public void A_file_holds_a_lease_for_two_processes_and_a_damaged_one_is_waited_for()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("crosstown-lease-").FullName, "1004");
        var time = new ManualTime();
        var (one, two) = (new SignalLease(new LeaseFile(path), 7_000_000_000_000_000_001, time), new SignalLease(new LeaseFile(path), 2, time));
        one.Beat();
        two.Beat();
        Assert.True(one.IsHeld && !two.IsHeld);
        File.WriteAllText(path, "half a line 12");
        one.Beat();
        two.Beat();
        Assert.False(two.IsHeld);
        Assert.False(one.IsHeld);
        time.Advance(SignalLease.TakeOverMs - 100);
        two.Beat();
        Assert.False(two.IsHeld);
        time.Advance(100);
        two.Beat();
        one.Beat();
        Assert.True(two.IsHeld && !one.IsHeld);

        // Who finds the file in other hands does not hold.
        using (new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            time.Advance(SignalLease.ValidMs);
            two.Beat();
            Assert.False(two.IsHeld);
        }

        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }

    [Fact]
    [Trait("rule", "C10")]
    public async Task The_lease_is_asked_for_again_before_each_packet_of_a_command()
    {
        using var rig = await SenderRig.ReadyAsync();
        var (asked, sets) = (0, rig.SetRequests);
        rig.Link.LosesAnswers = () => rig.Time.Advance(500);
        await Assert.ThrowsAsync<LeaseLostException>(() => rig.Writer.WriteAsync(ControlCommand.Nothing, () => ++asked == 1, SenderRig.Stop));
        Assert.Equal((2, 1), (asked, rig.SetRequests - sets));
    }

    [Fact]
    [Trait("rule", "C10")]
    public async Task Of_two_senders_before_one_controller_only_the_holder_is_heard()
    {
        var (time, cabinet, record) = (new ManualTime(), new SimulatedCabinet(), new MemoryLease());
        using var one = new SenderRig(time: time, cabinet: cabinet, lease: record, holder: 1);
        using var two = new SenderRig(time: time, cabinet: cabinet, lease: record, holder: 2);
        async Task RunAsync(int ms)
        {
            for (var done = 0; done < ms; done += 100)
            {
                cabinet.Advance(100);
                time.Advance(100);
                await one.StepAsync(false);
                await two.StepAsync(false);
            }
        }

        await RunAsync(SenderRig.QuietMs + 2000);
        Assert.StartsWith("sent", await one.AdviseAsync(AdviceKind.ChoosePattern, 3), StringComparison.Ordinal);
        Assert.Contains("XT787", await two.AdviseAsync(AdviceKind.ChoosePattern, 3), StringComparison.Ordinal);
        Assert.Equal(0, two.SetRequests);

        // The partition: the first reaches the controller still, but not the lease.
        one.LeaseWay.IsCut = true;
        await RunAsync(SignalLease.ValidMs + 500);
        var sets = one.SetRequests;
        for (var ms = 0; ms < 30_000; ms += 500)
        {
            await RunAsync(500);
            Assert.Contains("XT787", await one.AdviseAsync(AdviceKind.ChoosePattern, 3), StringComparison.Ordinal);
        }

        Assert.Equal(sets, one.SetRequests);
        Assert.StartsWith("sent", await two.AdviseAsync(AdviceKind.ChoosePattern, 3), StringComparison.Ordinal);
        one.LeaseWay.IsCut = false;
        await RunAsync(2000);
        Assert.Contains("XT787", await one.AdviseAsync(AdviceKind.ChoosePattern, 3), StringComparison.Ordinal);
        Assert.Equal(sets, one.SetRequests);
    }
}
