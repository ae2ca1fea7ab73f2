using System.Collections.Immutable;
using Crosstown.Core.Controllers;
using Crosstown.Timing.Guard;
using Crosstown.Timing.Intervals;

namespace Crosstown.Timing.Tests.Guard;

/// <summary>What lies exactly on a limit passes; what a refusal names is what is wrong; and nonsense among sound entries is found.</summary>
public sealed class GuardLimitTests
{
    private static readonly PlanGuard Guard = new();

    private static readonly SignalFacts Alone = Crossing.Facts with { CoordinationGroup = null };

    [Fact]
    [Trait("rule", "C03")]
    public void Facts_on_their_limits_are_facts()
    {
        foreach (var change in new Func<PhaseFacts, PhaseFacts>[]
        {
            s => s with { SpeedMph = 80 }, s => s with { GradePercent = 15 }, s => s with { GradePercent = -15 }, s => s with { WidthFt = 400 }, s => s with { DetectorSetbackFt = 1000 },
            s => s with { BicycleCrossingFt = 400 }, s => s with { CrossingFt = 400 }, s => s with { ButtonToCurbFt = 450 }, s => s with { WalkingFtPerS = 2 }, s => s with { LeadingWalkS = 30 },
        })
        {
            Assert.DoesNotContain(Check(Crossing.On(4, change), Crossing.Proposal), p => p.Code is "XT621" or "XT622");
        }
    }

    [Fact]
    [Trait("rule", "C03")]
    public void Sixteen_phases_four_rings_eight_groups_and_sixteen_overlaps_are_what_there_is()
    {
        foreach (var change in new Func<PhaseTiming, PhaseTiming>[] { p => p with { Number = 16 }, p => p with { Ring = 4 }, p => p with { BarrierGroup = 8 } })
        {
            var facts = Crossing.Facts with { Phases = Crossing.Phases.SetItem(5, change(Crossing.Phases[5])) };
            Assert.DoesNotContain(Check(facts, Crossing.Proposal), p => p.Message.Contains("phases are 1-16", StringComparison.Ordinal));
        }

        SignalFacts Numbered(byte number) => Crossing.Facts with { Overlaps = [Crossing.Facts.Overlaps[0] with { Number = number }], OverlapStreet = [] };
        Assert.Equal([("XT621", "overlap P")], Check(Numbered(16), Crossing.Proposal).Select(p => (p.Code, p.Part)));
        Assert.Equal([("XT622", "overlap 17")], Check(Numbered(17), Crossing.Proposal).Select(p => (p.Code, p.Part)));
        Assert.Equal([("XT622", "overlap 0")], Check(Numbered(0), Crossing.Proposal).Select(p => (p.Code, p.Part)));
        Assert.Contains(Check(Crossing.Facts with { Overlaps = [Crossing.Facts.Overlaps[0] with { Parents = [2, 3] }] }, Crossing.Proposal), p => p.Code == "XT622");
    }

    [Fact]
    [Trait("rule", "C03")]
    public void One_missing_entry_among_sound_ones_is_found()
    {
        Assert.Contains(Check(Crossing.Facts with { Phases = [.. Crossing.Phases, null!] }, Crossing.Proposal), p => p is { Code: "XT621", Part: "phases" });
        Assert.Contains(Check(Crossing.Facts with { Preempts = [.. Crossing.Facts.Preempts, null!] }, Crossing.Proposal), p => p is { Code: "XT622", Part: "overlaps and preempts" });
        Assert.Contains(Check(Crossing.Facts, Crossing.Proposal with { Signals = [.. Crossing.Proposal.Signals, null!] }), p => p.Code == "XT649");
        Assert.Contains(Check(Crossing.Facts, Crossing.Propose(Crossing.Proposed, null!)), p => p.Code == "XT649");
        var thrice = Check(Crossing.Facts with { Phases = [.. Crossing.Phases, Crossing.Phases[1], Crossing.Phases[1]] }, Crossing.Proposal);
        Assert.Equal(2, thrice.Count(p => p.Message.Contains("stated twice", StringComparison.Ordinal)));
        Assert.Equal("facts", Assert.Throws<ArgumentNullException>(() => Guard.Check(null!, Crossing.Proposal)).ParamName);
    }

    [Fact]
    [Trait("rule", "C03")]
    public void Facts_far_out_of_range_are_named_and_break_nothing()
    {
        foreach (var change in new Func<PhaseFacts, PhaseFacts>[] { s => s with { GradePercent = -40 }, s => s with { GradePercent = 40 }, s => s with { WalkingFtPerS = 0 }, s => s with { ButtonToCurbFt = 0 } })
        {
            Assert.Contains(Check(Crossing.On(4, change), Crossing.Proposal), p => p is { Code: "XT622", Phase: 4 });
        }
    }

    [Fact]
    [Trait("rule", "C04")]
    public void The_fastest_and_the_steepest_street_are_reckoned_with()
    {
        var fast = Check(Crossing.On(2, s => s with { SpeedMph = 80 }), Crossing.Proposal).First(p => p.Code == "XT624");
        Assert.Equal((4.3m, 6.9m), (fast.Value, fast.Limit));
        var uphill = Check(Crossing.On(1, s => s with { SpeedMph = 45, GradePercent = 15 }), Crossing.Proposal).First(p => p.Code == "XT624");
        Assert.Equal((3.0m, 3.3m), (uphill.Value, uphill.Limit));
    }

    [Fact]
    [Trait("rule", "C08")]
    public void Conflicts_are_named_by_their_phases()
    {
        var conflicts = Crossing.Facts.Conflicts!.Value;
        Assert.Contains(Check(Crossing.Facts with { Conflicts = [.. conflicts.Take(9)] }, Crossing.Proposal), p => p.Message.StartsWith("Conflicts are stated for 8 phases", StringComparison.Ordinal));
        Assert.Contains(Check(Crossing.Facts with { Conflicts = conflicts.SetItem(1, 0) }, Crossing.Proposal), p => p.Message.StartsWith("Phases 1 and 2 conflict one way only", StringComparison.Ordinal));
        var without = Check(Crossing.Facts, Crossing.Proposal with { Signals = [Crossing.Proposal.Signals[0] with { Phases = Crossing.Phases.RemoveAt(0) }] });
        Assert.Contains(without, p => p.Message.Contains("the cabinet has 1, 2, 4, 5, 6, 8", StringComparison.Ordinal));
    }

    [Fact]
    public void Predictions_on_their_limits_are_predictions() =>
        Assert.Empty(Check(Crossing.Facts, Crossing.Propose(Crossing.Proposed with
        {
            Predictions = Crossing.Proposed.Predictions.SetItem(1, new ServicePrediction(2, 1000, 1e6, 1e6)),
            Notes = [new PlanNote(NoteKind.NearCapacity, 2, "a stadium empties")],
        })));

    [Fact]
    [Trait("rule", "C12")]
    public void A_step_is_judged_for_every_phase_that_either_pattern_has()
    {
        var step = Crossing.Timed(p => p with { SplitMs = p.SplitMs.SetItem(3, 9000).SetItem(2, 34_000).SetItem(6, 34_000) }) with { Kind = ChangeKind.Step };
        Assert.Equal([2, 3, 6], Check(Crossing.Facts, step).Where(p => p.Code == "XT656").Select(p => (int)p.Phase!.Value));
    }

    [Fact]
    public void Patterns_have_the_numbers_1_to_253()
    {
        foreach (var number in new byte[] { 1, 253 })
        {
            Assert.Empty(Check(Alone, Crossing.Propose(Crossing.Proposed with { Timing = Crossing.Pattern with { Number = number }, Replaces = 3 })));
        }
    }

    [Fact]
    [Trait("rule", "C07")]
    public void A_cycle_that_all_minimums_just_fill_is_long_enough_and_the_longest_ring_counts()
    {
        // 5 + 5 + 10 + 6 and 7 + 6 s are 39 s.
        var phases = Crossing.Phases.Select(p => p.Number is 2 or 6 ? p with { RedClearanceMs = 1700 } : p.Number is 4 or 8 ? p with { RedClearanceMs = 2400 } : p).ToImmutableArray();
        var timing = Timing(39, (1, 10), (2, 16), (4, 13), (5, 10), (6, 16), (8, 13)) with { OffsetMs = 0 };
        Assert.Empty(Check(Alone, WithPhases(timing, phases, [NoteKind.LessThanToday, NoteKind.PedestriansByOverride])));

        // A left turn of 20 s makes its ring need 40.9 s up to the barrier, where the other needs 25.9; 12.9 s come after it.
        var longer = Crossing.Phases.SetItem(0, Crossing.Phases[0] with { MinimumGreenMs = 20_000, MaximumMs = 40_000 });
        var problem = Check(Alone, WithPhases(Timing(53, (1, 25), (2, 15), (4, 13), (5, 15), (6, 25), (8, 13)), longer, [])).Single(p => p.Code == "XT644");
        Assert.Equal((53m, 53.8m), (problem.Value, problem.Limit));
        var endless = Check(Alone, Crossing.Timed(p => p with { CycleMs = 256_000 })).Single(p => p.Code == "XT644");
        Assert.Equal((256m, 255m), (endless.Value, endless.Limit));
    }

    [Fact]
    [Trait("rule", "C06")]
    public void A_split_that_its_walk_just_fills_holds_it()
    {
        // 7 + 18.9 + 3.6 + 2.5 s are 32 s.
        var phases = Crossing.Phases.Select(p => p.Number is 4 or 8 ? p with { RedClearanceMs = 2500 } : p).ToImmutableArray();
        Assert.Empty(Check(Alone, WithPhases(Timing(87, (1, 15), (2, 40), (4, 32), (5, 15), (6, 40), (8, 32)), phases, [NoteKind.LessThanToday])));

        // Without a walk there is none to hold, nor one that leads.
        Assert.Empty(Check(Alone, Crossing.With(2, p => p with { PedestrianClearanceMs = 60_000 })));
        Assert.Empty(Check(Crossing.On(2, s => s with { LeadingWalkS = 3 }), Crossing.Timed(p => p with { SplitMs = p.SplitMs.SetItem(1, 39_000).SetItem(2, 16_000) })));
        var problem = Assert.Single(Check(Crossing.On(4, s => s with { ButtonToCurbFt = 77.8m }), Crossing.Proposal));
        Assert.Equal(("XT653", 25.9m, 26.0m), (problem.Code, problem.Value, problem.Limit));
        Assert.Contains("25.9 s together", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("rule", "C08")]
    public void Rings_are_named_that_do_not_fill_the_cycle_or_have_no_sequence()
    {
        Assert.Equal(["ring 1", "ring 2"], Check(Alone, Crossing.Timed(p => p with { CycleMs = 91_000 })).Where(p => p.Code == "XT630").Select(p => p.Part));
        var one = Check(Alone, Crossing.Timed(p => p with { SplitMs = p.SplitMs.SetItem(1, 16_000) })).Single(p => p.Code == "XT630");
        Assert.Equal(("ring 1", 91m), (one.Part, one.Value));
        var order = Assert.Single(Check(Alone, Crossing.Timed(p => p with { Sequence = [[1, 2], [5, 6, 8]] })));
        Assert.Equal(("XT648", "ring 1"), (order.Code, order.Part));
        Assert.Contains("Sequence 1-2 of ring 1", order.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("rule", "C08")]
    public void A_lagging_left_turn_on_circular_green_is_a_trap_in_either_ring()
    {
        var first = Alone with { LeftTurns = [new LeftTurnFacts(LeftTurnDisplay.CircularGreen, 2, 6, 5)] };
        Assert.Contains(Check(first, Crossing.Timed(p => p with { Sequence = [[2, 1, 4], [5, 6, 8]] })), p => p.Code == "XT635" && p.Message.StartsWith("Phase 1 follows phase 2", StringComparison.Ordinal));
        var second = Alone with { LeftTurns = [new LeftTurnFacts(LeftTurnDisplay.CircularGreen, 6, 2, 1)] };
        Assert.Contains(Check(second, Crossing.Timed(p => p with { Sequence = [[1, 2, 4], [6, 5, 8]] })), p => p.Code == "XT635" && p.Message.StartsWith("Phase 5 follows phase 6", StringComparison.Ordinal));

        // A sequence for one ring alone is refused, and the other ring keeps its own order.
        Assert.Equal(["XT648"], Check(second, Crossing.Timed(p => p with { Sequence = [[1, 2, 4]] })).Select(p => p.Code));
    }

    [Fact]
    [Trait("rule", "C02")]
    public void What_is_not_green_is_neither_held_nor_ended_and_nothing_else_is_said_of_it()
    {
        var waiting = Crossing.Status with { WaitedMs = Crossing.Status.WaitedMs.SetItem(8, 230_000) };
        Assert.Equal(["XT659"], Guard.Check(Crossing.Facts, waiting, 7, Crossing.Advice(AdviceKind.Hold, 4)).Problems.Select(p => p.Code));
        Assert.Equal(["XT659"], Guard.Check(Crossing.Facts, Crossing.Status, 7, Crossing.Advice(AdviceKind.ForceOff, 4)).Problems.Select(p => p.Code));
        var unknown = Crossing.Status with { Greens = Crossing.Status.Greens | (1 << 3) };
        Assert.Equal(["XT659"], Guard.Check(Crossing.Facts, unknown, 7, Crossing.Advice(AdviceKind.Hold, 3)).Problems.Select(p => p.Code));
    }

    [Fact]
    [Trait("rule", "C09")]
    public void After_a_preempt_the_refusal_says_how_long_two_cycles_are()
    {
        var problem = Assert.Single(Guard.Check(Crossing.Facts, Crossing.Status with { SincePreemptMs = 100_000 }, 7, Crossing.Advice(AdviceKind.Hold, 2)).Problems);
        Assert.Equal((100m, 180m), (problem.Value, problem.Limit));
        Assert.Contains("two cycles, 180 s", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("rule", "C06")]
    public void A_pattern_in_the_cabinet_may_have_its_walks_by_override()
    {
        var facts = Alone with { Patterns = [Timing(86, (1, 15), (2, 40), (4, 31), (5, 15), (6, 40), (8, 31))] };
        Assert.Empty(Guard.Check(facts, Crossing.Status, 7, Crossing.Advice(AdviceKind.Hold, 2)).Problems);
        Assert.Empty(Guard.Check(facts, Crossing.Status, 7, Crossing.Advice(AdviceKind.ChoosePattern, 3)).Problems);
    }

    [Fact]
    public void A_gap_of_three_and_a_half_seconds_is_allowed() => Assert.Equal(3.2m, GreenIntervals.PassageS(3.5m, 6, 45));

    private static PatternTiming Timing(int cycleS, params (byte Phase, int SplitS)[] splits) =>
        Crossing.Pattern with { CycleMs = cycleS * 1000, SplitMs = splits.ToImmutableSortedDictionary(s => s.Phase, s => s.SplitS * 1000) };

    /// <summary>The pattern with new intervals, and notes of some kinds on left turns and side streets.</summary>
    private static PlanProposal WithPhases(PatternTiming timing, ImmutableArray<PhaseTiming> phases, NoteKind[] notes)
    {
        var plan = Crossing.Propose(Crossing.Proposed with { Timing = timing, Notes = [.. notes.SelectMany(kind => new byte[] { 1, 4, 5, 8 }.Select(phase => new PlanNote(kind, phase, "seen and accepted")))] });
        return plan with { Signals = [plan.Signals[0] with { Phases = phases }] };
    }

    private static ImmutableArray<GuardProblem> Check(SignalFacts facts, PlanProposal proposal) => Guard.Check([facts], proposal).Problems;
}
