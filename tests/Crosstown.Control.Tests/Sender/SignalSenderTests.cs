using Crosstown.Control.Tests.Ntcip;
using Crosstown.Core.Controllers;
using Crosstown.Sender;

namespace Crosstown.Control.Tests.Sender;

public sealed class SignalSenderTests
{
    [Fact]
    public async Task A_hold_keeps_a_green_that_would_end_and_is_taken_back_when_its_time_is_over()
    {
        using var rig = await SenderRig.ReadyAsync();
        await rig.RunToGreenAsync(4);
        Assert.StartsWith("sent 1004 ", await rig.AdviseAsync(AdviceKind.Hold, 4, 10_000), StringComparison.Ordinal);
        Assert.Equal(1u << 4, rig.Cabinet.Holds);

        // Repeated, it holds past the split of 35 s; the guard lets nobody wait for more than two cycles.
        var heldFrom = rig.Cabinet.State.GreenStartOf(4);
        while (rig.Cabinet.NowMs - heldFrom < 45_000)
        {
            await rig.RunAsync(5000);
            Assert.StartsWith("sent 1004 ", await rig.AdviseAsync(AdviceKind.Hold, 4, 10_000), StringComparison.Ordinal);
            Assert.True(Bits.Has(rig.Cabinet.State.Greens, 4));
        }

        await rig.RunAsync(11_000);
        Assert.Equal(0u, rig.Cabinet.Holds);
        Assert.Contains(rig.Said, s => s.EndsWith(": its time is over", StringComparison.Ordinal));
        Assert.False(Bits.Has(rig.Cabinet.State.Greens, 4));
        Assert.True(rig.Sender.Written.IsNothing);
        Assert.DoesNotContain(rig.Said, s => s.StartsWith("alarm", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_force_off_ends_a_green_early_and_never_inside_its_minimum()
    {
        using var rig = await SenderRig.ReadyAsync();
        var phase = await rig.RunToGreenAsync(4, 8);
        Assert.Contains("XT642", await rig.AdviseAsync(AdviceKind.ForceOff, phase), StringComparison.Ordinal);
        Assert.Equal(0u, rig.Cabinet.ForceOffs);
        await rig.RunAsync(7000);
        Assert.StartsWith("sent 1004 ", await rig.AdviseAsync(AdviceKind.ForceOff, phase), StringComparison.Ordinal);

        // Both rings cross the barrier together: the partner is ended too.
        Assert.StartsWith("sent 1004 ", await rig.AdviseAsync(AdviceKind.ForceOff, phase == 4 ? 8 : 4), StringComparison.Ordinal);
        await rig.RunAsync(1000);
        Assert.False(Bits.Has(rig.Cabinet.State.Greens, phase));
        Assert.True(rig.Cabinet.NowMs - rig.Cabinet.State.GreenStartOf(phase) < 20_000);
        Assert.Equal(0u, rig.Cabinet.ForceOffs);
        Assert.False(rig.Sender.IsLocked);
        Assert.DoesNotContain(rig.Said, s => s.StartsWith("alarm", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_pattern_is_chosen_refreshed_and_left_again()
    {
        using var rig = await SenderRig.ReadyAsync();
        rig.Cabinet.Schedule = ControllerStep.FreePattern;
        await rig.RunAsync(2000);
        for (var i = 0; i < 10; i++)
        {
            Assert.StartsWith("sent 1004 ", await rig.AdviseAsync(AdviceKind.ChoosePattern, 3), StringComparison.Ordinal);
            await rig.RunAsync(8000);
            Assert.Equal(3, rig.Cabinet.State.Pattern);
        }

        // Refreshed well before the backup time, so that the controller never falls back in between.
        Assert.True(rig.SetRequests >= 80 / 4, $"{rig.SetRequests} writes in 80 s");
        await rig.RunAsync(4000);
        Assert.Equal(ControllerStep.FreePattern, rig.Cabinet.State.Pattern);
        Assert.Equal(0, rig.Cabinet.SystemPattern);
    }

    [Fact]
    [Trait("rule", "C03")]
    public async Task Without_facts_of_its_own_nothing_is_sent()
    {
        using var rig = new SenderRig(hasFacts: false);
        await rig.RunAsync(SenderRig.QuietMs + 2000);
        Assert.Contains("XT620", await rig.AdviseAsync(AdviceKind.Hold, await rig.RunToGreenAsync(2, 4)), StringComparison.Ordinal);
        Assert.Equal(0, rig.SetRequests);
    }

    [Fact]
    [Trait("rule", "C03")]
    public async Task What_the_senders_own_facts_forbid_is_not_sent_whatever_the_adviser_thinks()
    {
        var street = SimulatedCabinet.Facts.Street.Select(s => s.Phase == 2 ? s with { SpeedMph = 55 } : s);
        using var rig = new SenderRig(SimulatedCabinet.Facts with { Street = [.. street] });
        await rig.RunAsync(SenderRig.QuietMs + 2000);
        Assert.Contains("XT624", await rig.AdviseAsync(AdviceKind.Hold, await rig.RunToGreenAsync(2)), StringComparison.Ordinal);
        Assert.Contains("XT624", await rig.AdviseAsync(AdviceKind.ChoosePattern, 3), StringComparison.Ordinal);
        Assert.Equal(0, rig.SetRequests);
        Assert.True(rig.Shadow.IsDirty);
    }

    [Fact]
    [Trait("rule", "C10")]
    public async Task Advice_ends_when_who_advises_is_silent_for_three_seconds()
    {
        using var rig = await SenderRig.ReadyAsync();
        var phase = await rig.RunToGreenAsync(2, 6);
        Assert.StartsWith("sent", await rig.AdviseAsync(AdviceKind.Hold, phase), StringComparison.Ordinal);
        rig.IsAdviserAlive = false;
        await rig.RunAsync(2400);
        Assert.NotEqual(0u, rig.Cabinet.Holds);
        await rig.RunAsync(1200);
        Assert.Equal(0u, rig.Cabinet.Holds);
        Assert.Contains(rig.Said, s => s.EndsWith("who advises is silent", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("rule", "C10")]
    public async Task Whenever_in_a_cycle_the_link_is_cut_the_controller_is_free_again_within_its_backup_time()
    {
        using var rig = await SenderRig.ReadyAsync();
        rig.Cabinet.BackupS = 5;
        var cuts = 0;
        for (var second = 0; second < 90; second++)
        {
            // Wherever the cycle stands, whatever is green is held.
            var green = rig.Cabinet.State.Greens;
            if (green == 0)
            {
                await rig.RunAsync(1000);
                continue;
            }

            if (!(await rig.AdviseAsync(AdviceKind.Hold, Bits.TakeFirst(ref green))).StartsWith("sent", StringComparison.Ordinal))
            {
                await rig.RunAsync(1000);
                continue;
            }

            rig.Link.IsCut = true;
            cuts++;
            await rig.RunAsync(5000);
            Assert.Equal(0u, rig.Cabinet.Holds);
            rig.Link.IsCut = false;
            await rig.RunAsync(6000);
            Assert.Equal(0u, rig.Cabinet.Holds);
            Assert.True(rig.Sender.Written.IsNothing);
        }

        Assert.True(cuts > 40, $"{cuts} cuts");
        Assert.False(rig.Sender.IsLocked);
    }

    [Fact]
    [Trait("rule", "C10")]
    public async Task A_command_whose_answer_was_lost_is_taken_back()
    {
        using var rig = await SenderRig.ReadyAsync();
        var phase = await rig.RunToGreenAsync(2, 6);
        var sets = rig.SetRequests;
        Assert.StartsWith("sent", await rig.AdviseAsync(AdviceKind.Hold, phase, 9000), StringComparison.Ordinal);
        rig.Link.LosesAnswers = () => rig.Time.Advance(500);
        var said = await rig.AdviseAsync(AdviceKind.ChoosePattern, 3);
        Assert.Contains("alarm 1004 XT788", said, StringComparison.Ordinal);
        Assert.Contains("refused 1004 ", said, StringComparison.Ordinal);
        Assert.False(rig.Sender.Written.IsNothing);
        rig.Link.LosesAnswers = null;
        await rig.RunAsync(1000);
        Assert.Equal((0u, 0u, 0), (rig.Cabinet.Holds, rig.Cabinet.ForceOffs, rig.Cabinet.SystemPattern));
        Assert.True(rig.Sender.Written.IsNothing);
        Assert.True(rig.SetRequests > sets + 1);
    }

    [Fact]
    [Trait("rule", "C09")]
    public async Task A_preempt_ends_all_advice_at_once_and_keeps_it_off_for_two_cycles()
    {
        using var rig = await SenderRig.ReadyAsync();
        var met = 0;
        for (var round = 0; round < 12; round++)
        {
            await rig.RunToGreenAsync(2, 6, 4, 8);
            await rig.RunAsync(100 * ((round * 7) % 60));
            var green = rig.Cabinet.State.Greens;
            if (green == 0 || !(await rig.AdviseAsync(AdviceKind.Hold, Bits.TakeFirst(ref green))).StartsWith("sent", StringComparison.Ordinal))
            {
                continue;
            }

            await rig.RunAsync(100 * (round % 5));
            met++;
            rig.Cabinet.Preempts = 1 << 1;
            await rig.RunAsync(700);
            Assert.Equal((0u, 0u, 0), (rig.Cabinet.Holds, rig.Cabinet.ForceOffs, rig.Cabinet.SystemPattern));
            var sets = rig.SetRequests;
            await rig.RunAsync(20_000);
            rig.Cabinet.Preempts = 0;
            for (var ms = 0; ms < 175_000; ms += 2500)
            {
                await rig.RunAsync(2500);
                green = rig.Cabinet.State.Greens;
                Assert.Contains("XT657", await rig.AdviseAsync(AdviceKind.Hold, green == 0 ? 2 : Bits.TakeFirst(ref green)), StringComparison.Ordinal);
                Assert.Contains("XT657", await rig.AdviseAsync(AdviceKind.ChoosePattern, 3), StringComparison.Ordinal);
            }

            Assert.Equal(sets, rig.SetRequests);
            await rig.RunAsync(30_000);
        }

        Assert.True(met >= 6, $"{met} preempts met a hold");
        Assert.True(rig.Said.Count(s => s.EndsWith("a preempt is at work", StringComparison.Ordinal)) >= met - 1);
    }

    [Theory]
    [Trait("rule", "C13")]
    [InlineData(nameof(Lie.Ignores))]
    [InlineData(nameof(Lie.Shifts))]
    [InlineData(nameof(Lie.Adds))]
    public async Task A_controller_that_has_not_what_it_was_told_is_rolled_back_and_left_alone_with_an_alarm(string lie)
    {
        using var rig = await SenderRig.ReadyAsync();
        var phase = await rig.RunToGreenAsync(2, 6);
        rig.Cabinet.Lie = Enum.Parse<Lie>(lie);
        Assert.Contains("refused", await rig.AdviseAsync(AdviceKind.Hold, phase), StringComparison.Ordinal);
        Assert.Single(rig.Said, s => s.StartsWith("alarm 1004 XT784", StringComparison.Ordinal));
        Assert.True(rig.Sender.IsLocked);
        Assert.Equal(0, rig.Shadow.CleanDays);
        Assert.Equal((0u, 0u), (rig.Cabinet.Holds, rig.Cabinet.ForceOffs));

        // However honest it is now: it is left alone.
        rig.Cabinet.Lie = Lie.None;
        await rig.RunAsync(60_000);
        Assert.Equal((0u, 0u, 0), (rig.Cabinet.Holds, rig.Cabinet.ForceOffs, rig.Cabinet.SystemPattern));
        Assert.Contains("XT784", await rig.AdviseAsync(AdviceKind.Hold, await rig.RunToGreenAsync(2, 6)), StringComparison.Ordinal);
        Assert.Equal(0u, rig.Cabinet.Holds);
    }

    [Fact]
    [Trait("rule", "C13")]
    public async Task A_controller_that_does_not_let_go_of_a_hold_is_an_alarm_and_told_again_until_it_does()
    {
        using var rig = await SenderRig.ReadyAsync();
        var phase = await rig.RunToGreenAsync(2, 6);
        rig.Cabinet.Lie = Lie.Clings;
        Assert.StartsWith("sent", await rig.AdviseAsync(AdviceKind.Hold, phase, 3000), StringComparison.Ordinal);
        await rig.RunAsync(5000);
        Assert.Contains(rig.Said, s => s.StartsWith("alarm 1004 XT784", StringComparison.Ordinal));
        Assert.Equal(1u << phase, rig.Cabinet.Holds);
        rig.Cabinet.Lie = Lie.None;
        await rig.RunAsync(1000);
        Assert.Equal(0u, rig.Cabinet.Holds);
        Assert.Contains("restored 1004", rig.Said);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(11)]
    [InlineData(60)]
    public async Task A_controller_that_would_not_forget_a_command_gets_none(int backupS)
    {
        using var rig = await SenderRig.ReadyAsync();
        rig.Cabinet.BackupS = backupS;
        Assert.Contains("XT786", await rig.AdviseAsync(AdviceKind.Hold, await rig.RunToGreenAsync(2, 6)), StringComparison.Ordinal);
        Assert.Equal(0, rig.SetRequests);
    }

    [Fact]
    public async Task A_controller_that_somebody_else_commands_or_has_in_hand_gets_nothing()
    {
        using var rig = await SenderRig.ReadyAsync();
        var phase = await rig.RunToGreenAsync(2, 6);
        using var other = new SenderRig(time: rig.Time, cabinet: rig.Cabinet, holder: 2);
        await other.StepAsync(false);
        await new ControlWriter(Client(other), 1).WriteAsync(ControlCommandOf(phase), () => true, SenderRig.Stop);
        Assert.Contains("XT785", await rig.AdviseAsync(AdviceKind.Hold, phase), StringComparison.Ordinal);
        Assert.Equal(0, rig.SetRequests);
        rig.Cabinet.Control = Crosstown.Control.Ntcip.UnitControl.Manual;
        await rig.RunAsync(11_000);
        Assert.Contains("XT785", await rig.AdviseAsync(AdviceKind.ChoosePattern, 3), StringComparison.Ordinal);
        Assert.Equal(0, rig.SetRequests);
    }

    [Fact]
    [Trait("rule", "C15")]
    public async Task Before_seven_clean_days_and_without_a_persons_word_advice_is_judged_and_never_sent()
    {
        using var early = await SenderRig.ReadyAsync(ShadowRecord.Of(6, ShadowRecord.DayMs - 1, 0, 0, false));
        using var watching = await SenderRig.ReadyAsync(isMeantToAdvise: false);
        foreach (var rig in new[] { early, watching })
        {
            var phase = await rig.RunToGreenAsync(2, 6);
            Assert.StartsWith("shadow 1004 ", await rig.AdviseAsync(AdviceKind.Hold, phase), StringComparison.Ordinal);
            Assert.StartsWith("shadow 1004 ", await rig.AdviseAsync(AdviceKind.ChoosePattern, 3), StringComparison.Ordinal);
            await rig.RunAsync(5000);
            Assert.Equal(0, rig.SetRequests);
            Assert.Equal(0, rig.Cabinet.Writes);
            Assert.DoesNotContain(3, rig.Agent.Requests);
        }
    }

    [Fact]
    public async Task Nothing_is_advised_for_a_quarter_of_an_hour_after_the_sender_first_hears_a_controller_or_hears_that_it_started()
    {
        using var rig = new SenderRig();
        await rig.RunAsync(60_000);
        Assert.Contains("XT657", await rig.AdviseAsync(AdviceKind.ChoosePattern, 3), StringComparison.Ordinal);
        await rig.RunAsync(SenderRig.QuietMs);
        Assert.StartsWith("sent", await rig.AdviseAsync(AdviceKind.ChoosePattern, 3), StringComparison.Ordinal);
        rig.Agent.Boots++;
        await rig.RunAsync(2000);
        Assert.Contains("XT657", await rig.AdviseAsync(AdviceKind.ChoosePattern, 3), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sender_that_is_stopped_takes_back_what_it_sent_and_lets_go()
    {
        using var rig = await SenderRig.ReadyAsync();
        Assert.StartsWith("sent", await rig.AdviseAsync(AdviceKind.Hold, await rig.RunToGreenAsync(2, 6)), StringComparison.Ordinal);
        await rig.Sender.StopAsync(SenderRig.Stop);
        Assert.Equal(0u, rig.Cabinet.Holds);
        Assert.False(rig.Lease.IsHeld);
    }

    private static Crosstown.Control.Snmp.SnmpClient Client(SenderRig rig) =>
        new(rig.Link, new Crosstown.Control.Snmp.UserAccess("sender", Crosstown.Control.Snmp.AuthenticationProtocol.Sha256, new("canary one of eight"), new("canary two of eight")), new(), rig.Time, 99);

    private static ControlCommand ControlCommandOf(int phase)
    {
        var status = new ControllerStatus
        {
            Pattern = 3,
            IsFlashing = false,
            IsPreempted = false,
            SinceStartMs = 10_000_000,
            Greens = 1u << phase,
            Walkers = 0,
            GreenMs = [.. new int[17]],
            WaitedMs = [.. new int[17]],
        };
        var advice = new SignalAdvice { Signal = SimulatedCabinet.Id, Fence = 1, Kind = AdviceKind.Hold, Number = (byte)phase, LifetimeMs = 5000 };
        return ControlCommand.Of([new Crosstown.Timing.Guard.PlanGuard().Check(SimulatedCabinet.Facts, status, 0, advice).Approval!]);
    }
}
