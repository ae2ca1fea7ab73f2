using System.Reflection;
using Crosstown.Core.Controllers;
using Crosstown.Timing.Guard;

namespace Crosstown.Timing.Tests.Guard;

public sealed class AdviceTests
{
    private static readonly PlanGuard Guard = new();

    [Theory]
    [InlineData(AdviceKind.ChoosePattern, 3)]
    [InlineData(AdviceKind.ChoosePattern, 254)]
    [InlineData(AdviceKind.Hold, 2)]
    [InlineData(AdviceKind.ForceOff, 6)]
    public void Advice_inside_an_approved_pattern_is_approved(AdviceKind kind, byte number)
    {
        var advice = Crossing.Advice(kind, number);
        var verdict = Guard.Check(Crossing.Facts, Crossing.Status, 7, advice);

        Assert.Empty(verdict.Problems);
        Assert.Same(advice, verdict.Approval!.Advice);
    }

    [Fact]
    [Trait("rule", "C02")]
    public void Advice_has_no_field_for_an_interval_a_conflict_an_overlap_or_a_preempt()
    {
        var fields = typeof(SignalAdvice).GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(p => p.Name).Order();
        Assert.Equal(["Fence", "Kind", "LifetimeMs", "Number", "Signal"], fields);
        Assert.Equal(["ChoosePattern", "Hold", "ForceOff"], Enum.GetNames<AdviceKind>());
    }

    [Fact]
    [Trait("rule", "C03")]
    public void Without_facts_or_status_nothing_is_advised()
    {
        var hold = Crossing.Advice(AdviceKind.Hold, 2);
        Refused("XT620", Guard.Check(null, Crossing.Status, 7, hold));
        Refused("XT620", Guard.Check(Crossing.Facts with { Signal = Core.Street.SignalId.Parse("9") }, Crossing.Status, 7, hold));
        Refused("XT621", Guard.Check(Crossing.Facts, null, 7, hold));
        Refused("XT621", Guard.Check(Crossing.Facts, Crossing.Status with { SinceStartMs = null }, 7, hold));
        Refused("XT621", Guard.Check(Crossing.Facts, Crossing.Status with { GreenMs = [] }, 7, hold));
        Refused("XT621", Guard.Check(Crossing.Facts, Crossing.Status with { WaitedMs = default }, 7, hold));
        Refused("XT621", Guard.Check(Crossing.On(4, s => s with { SpeedMph = null }), Crossing.Status, 7, hold));
        Refused("XT621", Guard.Check(Crossing.Facts with { Phases = [] }, Crossing.Status, 7, hold));
        Refused("XT624", Guard.Check(Crossing.On(4, s => s with { SpeedMph = 50 }), Crossing.Status, 7, hold));
    }

    [Theory]
    [Trait("rule", "C02")]
    [InlineData(AdviceKind.ChoosePattern, 4)]
    [InlineData(AdviceKind.ChoosePattern, 255)]
    [InlineData(AdviceKind.Hold, 4)]
    [InlineData(AdviceKind.Hold, 16)]
    [InlineData(AdviceKind.Hold, 200)]
    [InlineData(AdviceKind.ForceOff, 1)]
    [InlineData((AdviceKind)7, 2)]
    public void Only_patterns_of_the_cabinet_can_be_chosen_and_only_greens_held_or_ended(AdviceKind kind, byte number) =>
        Refused("XT659", Guard.Check(Crossing.Facts, Crossing.Status, 7, Crossing.Advice(kind, number)));

    [Fact]
    [Trait("rule", "C02")]
    public void A_pattern_in_force_that_is_not_known_was_never_approved() =>
        Refused("XT659", Guard.Check(Crossing.Facts, Crossing.Status with { Pattern = 9 }, 7, Crossing.Advice(AdviceKind.Hold, 2)));

    [Fact]
    [Trait("rule", "C08")]
    public void A_pattern_of_the_cabinet_that_does_not_fit_its_rings_is_neither_chosen_nor_held_in()
    {
        var facts = Crossing.Facts with { Patterns = [Crossing.Pattern with { SplitMs = Crossing.Pattern.SplitMs.SetItem(1, 16_000) }] };
        var verdict = Guard.Check(facts, Crossing.Status, 7, Crossing.Advice(AdviceKind.ChoosePattern, 3));
        Assert.Equal(["XT631", "XT630"], verdict.Problems.Select(p => p.Code));
        Assert.Equal(["XT631", "XT630"], Guard.Check(facts, Crossing.Status, 7, Crossing.Advice(AdviceKind.Hold, 2)).Problems.Select(p => p.Code));
        Assert.Null(verdict.Approval);
    }

    [Fact]
    [Trait("rule", "C09")]
    public void During_a_preempt_and_for_two_cycles_after_it_nothing_is_advised()
    {
        foreach (var kind in Enum.GetValues<AdviceKind>())
        {
            var advice = Crossing.Advice(kind, kind == AdviceKind.ChoosePattern ? (byte)3 : (byte)2);
            Refused("XT657", Guard.Check(Crossing.Facts, Crossing.Status with { IsPreempted = true }, 7, advice));
            for (var sinceMs = 0; sinceMs < 180_000; sinceMs += 100)
            {
                Refused("XT657", Guard.Check(Crossing.Facts, Crossing.Status with { SincePreemptMs = sinceMs }, 7, advice));
            }

            Assert.NotNull(Guard.Check(Crossing.Facts, Crossing.Status with { SincePreemptMs = 180_000 }, 7, advice).Approval);
        }

        var free = Crossing.Status with { Pattern = 254, SincePreemptMs = 239_900 };
        Refused("XT657", Guard.Check(Crossing.Facts, free, 7, Crossing.Advice(AdviceKind.Hold, 2)));
        Assert.NotNull(Guard.Check(Crossing.Facts, free with { SincePreemptMs = 240_000 }, 7, Crossing.Advice(AdviceKind.Hold, 2)).Approval);
    }

    [Fact]
    [Trait("rule", "C12")]
    public void In_flash_and_for_fifteen_minutes_after_a_start_nothing_is_advised()
    {
        var hold = Crossing.Advice(AdviceKind.Hold, 2);
        Refused("XT657", Guard.Check(Crossing.Facts, Crossing.Status with { IsFlashing = true }, 7, hold));
        Refused("XT657", Guard.Check(Crossing.Facts, Crossing.Status with { SinceStartMs = 899_900 }, 7, hold));
        Assert.NotNull(Guard.Check(Crossing.Facts, Crossing.Status with { SinceStartMs = 900_000 }, 7, hold).Approval);
    }

    [Fact]
    [Trait("rule", "C10")]
    public void Advice_needs_the_largest_number_and_lives_ten_seconds_at_most()
    {
        var hold = Crossing.Advice(AdviceKind.Hold, 2);
        Refused("XT658", Guard.Check(Crossing.Facts, Crossing.Status, 8, hold));
        Refused("XT658", Guard.Check(Crossing.Facts, Crossing.Status, 9, hold));
        Refused("XT658", Guard.Check(Crossing.Facts, Crossing.Status, -5, hold with { Fence = 0 }));
        Refused("XT658", Guard.Check(Crossing.Facts, Crossing.Status, 7, hold with { LifetimeMs = 0 }));
        Refused("XT658", Guard.Check(Crossing.Facts, Crossing.Status, 7, hold with { LifetimeMs = 10_001 }));
        Assert.NotNull(Guard.Check(Crossing.Facts, Crossing.Status, 7, hold with { LifetimeMs = 10_000 }).Approval);
        Assert.NotNull(Guard.Check(Crossing.Facts, Crossing.Status, 0, hold with { Fence = 1, LifetimeMs = 1 }).Approval);
    }

    [Fact]
    [Trait("rule", "C07")]
    public void A_hold_makes_nobody_wait_beyond_two_cycles()
    {
        // Phase 4 may come last: 90 - 35 s after the hold. 5 s of hold leave 120 of 180 s.
        var hold = Crossing.Advice(AdviceKind.Hold, 2);
        Assert.NotNull(Guard.Check(Crossing.Facts, Waiting(4, 120_000), 7, hold).Approval);
        var problem = Refused("XT643", Guard.Check(Crossing.Facts, Waiting(4, 120_100), 7, hold));
        Assert.Equal((180.1m, 180m, (byte)4), (problem.Value, problem.Limit, problem.Phase));

        // Its own call does not count, and ending a green helps who waits.
        Assert.NotNull(Guard.Check(Crossing.Facts, Waiting(2, 500_000), 7, hold).Approval);
        Assert.NotNull(Guard.Check(Crossing.Facts, Waiting(4, 500_000), 7, Crossing.Advice(AdviceKind.ForceOff, 2)).Approval);
    }

    [Fact]
    [Trait("rule", "C07")]
    public void In_free_operation_a_hold_keeps_to_240_seconds()
    {
        // 120 s stand for the cycle; the side street's own green and change take 12.9 s of them.
        var hold = Crossing.Advice(AdviceKind.Hold, 2);
        Assert.NotNull(Guard.Check(Crossing.Facts, Waiting(4, 127_900) with { Pattern = 254 }, 7, hold).Approval);
        Refused("XT643", Guard.Check(Crossing.Facts, Waiting(4, 128_000) with { Pattern = 254 }, 7, hold));
    }

    [Fact]
    [Trait("rule", "C07")]
    public void A_green_is_not_ended_before_its_minimum()
    {
        var end = Crossing.Advice(AdviceKind.ForceOff, 2);
        var status = Crossing.Status with { GreenMs = Crossing.Status.GreenMs.SetItem(2, 9900) };
        var problem = Refused("XT642", Guard.Check(Crossing.Facts, status, 7, end));
        Assert.Equal((9.9m, 10m), (problem.Value, problem.Limit));
        Assert.NotNull(Guard.Check(Crossing.Facts, Crossing.Status with { GreenMs = Crossing.Status.GreenMs.SetItem(2, 10_000) }, 7, end).Approval);
    }

    [Fact]
    [Trait("rule", "C06")]
    public void A_green_is_not_ended_while_walkers_cross_with_it()
    {
        var status = Crossing.Status with { Walkers = 1 << 2 };
        Refused("XT654", Guard.Check(Crossing.Facts, status, 7, Crossing.Advice(AdviceKind.ForceOff, 2)));
        Assert.NotNull(Guard.Check(Crossing.Facts, status, 7, Crossing.Advice(AdviceKind.ForceOff, 6)).Approval);
        Assert.NotNull(Guard.Check(Crossing.Facts, status, 7, Crossing.Advice(AdviceKind.Hold, 2)).Approval);
    }

    [Fact]
    public void All_reasons_are_given_at_once()
    {
        var status = Crossing.Status with { IsPreempted = true, IsFlashing = true, Walkers = 1 << 2, GreenMs = [.. new int[17]] };
        var verdict = Guard.Check(Crossing.Facts, status, 9, Crossing.Advice(AdviceKind.ForceOff, 2) with { LifetimeMs = 20_000 });
        Assert.Equal(["XT658", "XT658", "XT657", "XT657", "XT642", "XT654"], verdict.Problems.Select(p => p.Code));
        Assert.Null(verdict.Approval);
        Assert.All(verdict.Problems, p => Assert.Equal(Crossing.Id, p.Signal));
    }

    private static ControllerStatus Waiting(byte phase, int ms) => Crossing.Status with { WaitedMs = Crossing.Status.WaitedMs.SetItem(phase, ms) };

    private static GuardProblem Refused(string code, AdviceVerdict verdict)
    {
        Assert.Null(verdict.Approval);
        return Assert.Single(verdict.Problems, p => p.Code == code);
    }
}
