using System.Collections.Immutable;
using System.Globalization;
using Crosstown.Core.Controllers;
using Crosstown.Core.Street;
using Crosstown.Timing.Guard;

namespace Crosstown.Timing.Tests.Guard;

/// <summary>Each rule at its edge: the last value that passes and the first that does not, on one crossing drawn by hand.</summary>
public sealed class PlanRuleTests
{
    private static readonly PlanGuard Guard = new();

    [Fact]
    public void The_crossing_as_drawn_is_approved() => Approved(Crossing.Facts, Crossing.Proposal);

    [Theory]
    [Trait("rule", "C04")]
    [InlineData("45", "84", "")]
    [InlineData("45.001", "84", "XT624")]
    [InlineData("45", "85.6", "")]
    [InlineData("45", "85.601", "XT626")]
    [InlineData("75", "84", "XT624,XT627")]
    public void Yellow_and_red_clearance_pass_at_what_the_street_needs_and_not_a_tenth_below(string speedMph, string widthFt, string codes) =>
        Gives(codes, Crossing.On(2, s => s with { SpeedMph = D(speedMph), WidthFt = D(widthFt) }), Crossing.Proposal);

    [Fact]
    [Trait("rule", "C04")]
    public void A_yellow_that_would_have_to_be_longer_than_six_seconds_says_both_limits()
    {
        var problems = Check(Crossing.On(2, s => s with { SpeedMph = 60, GradePercent = -6 }), Crossing.Proposal);
        Assert.Equal(["XT624", "XT627"], problems.Select(p => p.Code));
        Assert.Equal((4.3m, 6.5m), (problems[0].Value, problems[0].Limit));
        Assert.Equal((6.5m, 6m), (problems[1].Value, problems[1].Limit));
        Assert.All(problems, p => Assert.Equal(((byte?)2, "phase 2", "C04"), (p.Phase, p.Part, p.Rule)));
        Gives("XT626,XT627", Crossing.On(2, s => s with { WidthFt = 377 }), Crossing.Proposal);
        Gives("XT626", Crossing.On(2, s => s with { WidthFt = 376 }), Crossing.Proposal);
    }

    [Fact]
    [Trait("rule", "C05")]
    public void Change_intervals_of_the_cabinet_are_not_shortened_and_may_grow()
    {
        var slow = Crossing.On(2, s => s with { SpeedMph = 25, WidthFt = 20 });
        Gives("XT623", slow, Crossing.With(2, p => p with { YellowMs = 4200 }));
        Approved(slow, Crossing.With(2, p => p with { YellowMs = 4300 }));
        Approved(slow, Crossing.With(2, p => p with { YellowMs = 6000, RedClearanceMs = 6000 }));
        Gives("XT627", slow, Crossing.With(2, p => p with { YellowMs = 6100 }));
        Gives("XT627", slow, Crossing.With(2, p => p with { RedClearanceMs = 6100 }));
        var problem = Assert.Single(Check(Crossing.On(2, s => s with { WidthFt = 20 }), Crossing.With(2, p => p with { RedClearanceMs = 1500 })));
        Assert.Equal(("XT625", 1.5m, 1.6m, "C05"), (problem.Code, problem.Value, problem.Limit, problem.Rule));
    }

    [Fact]
    [Trait("rule", "C06")]
    public void A_walk_of_seven_seconds_and_its_clearance_pass_and_a_tenth_less_does_not()
    {
        Gives("XT650", Crossing.Facts, Crossing.With(4, p => p with { WalkMs = 6900 }));
        Gives("XT651", Crossing.On(4, s => s with { CrossingFt = 66.16m }), Crossing.Proposal);
        Approved(Crossing.On(4, s => s with { CrossingFt = 66.15m }), Crossing.Proposal);
        Gives("XT651", Crossing.On(4, s => s with { CrossingFt = 60, WalkingFtPerS = 3.1m }), Crossing.Proposal);
        Approved(Crossing.On(4, s => s with { CrossingFt = 58.5m, WalkingFtPerS = 3.1m }), Crossing.Proposal);
        Approved(Crossing.On(4, s => s with { ButtonToCurbFt = 77.7m }), Crossing.Proposal);
        Gives("XT653", Crossing.On(4, s => s with { ButtonToCurbFt = 77.8m }), Crossing.Proposal);
        var problem = Assert.Single(Check(Crossing.Facts, Crossing.With(4, p => p with { PedestrianClearanceMs = 18_800 })));
        Assert.Equal(("XT651", (byte?)4, 18.8m, 18.9m, "C06"), (problem.Code, problem.Phase, problem.Value, problem.Limit, problem.Rule));
    }

    [Fact]
    [Trait("rule", "C06")]
    public void A_walk_is_not_taken_away_and_may_be_given()
    {
        var problem = Assert.Single(Check(Crossing.Facts, Crossing.With(4, p => p with { WalkMs = 0 })));
        Assert.Equal(("XT654", 0m, 7m), (problem.Code, problem.Value, problem.Limit));
        var facts = Crossing.On(2, s => s with { CrossingFt = 30 });
        Approved(facts, Crossing.With(2, p => p with { WalkMs = 7000, PedestrianClearanceMs = 8600 }));
        Gives("XT621", Crossing.Facts with { Phases = [.. Crossing.Phases.Select(p => p.Number == 2 ? p with { WalkMs = 7000, PedestrianClearanceMs = 8600 } : p)] }, Crossing.Proposal);
    }

    [Fact]
    [Trait("rule", "C06")]
    public void Don_t_walk_lasts_three_seconds_before_others_start()
    {
        var problems = Check(Crossing.Facts, Crossing.With(4, p => p with { YellowMs = 2900, RedClearanceMs = 0 }));
        var buffer = Assert.Single(problems, p => p.Code == "XT652");
        Assert.Equal((2.9m, 3m), (buffer.Value, buffer.Limit));
        Assert.DoesNotContain(Check(Crossing.Facts, Crossing.With(4, p => p with { YellowMs = 2900, RedClearanceMs = 100 })), p => p.Code == "XT652");
    }

    [Theory]
    [Trait("rule", "C06")]
    [InlineData("0", "")]
    [InlineData("2.9", "XT639")]
    [InlineData("3", "")]
    [InlineData("22.1", "")]
    [InlineData("22.2", "XT628")]
    [InlineData("30", "XT628")]
    [InlineData("30.1", "XT622")]
    public void A_leading_walk_lasts_three_seconds_and_delays_the_green_in_its_split(string leadS, string codes) =>
        Gives(codes, Crossing.On(4, s => s with { LeadingWalkS = D(leadS) }), Crossing.Proposal);

    [Fact]
    [Trait("rule", "C07")]
    public void Minimum_greens_are_what_role_queue_and_bicycles_need()
    {
        Gives("XT642", Crossing.Facts, Crossing.With(1, p => p with { MinimumGreenMs = 4900 }));
        Gives("XT642", Crossing.Facts, Crossing.With(4, p => p with { MinimumGreenMs = 6900 }));
        Gives("XT642", Crossing.Facts, Crossing.With(2, p => p with { MinimumGreenMs = 9900 }));
        Approved(Crossing.On(2, s => s with { DetectorSetbackFt = 87.5m }), Crossing.Proposal);
        Gives("XT642", Crossing.On(2, s => s with { DetectorSetbackFt = 87.6m }), Crossing.Proposal);

        // 6 + 147/14.7 - 5.9 s are 10.1 s.
        Approved(Crossing.On(2, s => s with { BicycleCrossingFt = 145.5m }), Crossing.Proposal);
        var problem = Assert.Single(Check(Crossing.On(2, s => s with { BicycleCrossingFt = 147 }), Crossing.Proposal));
        Assert.Equal(("XT642", 10m, 10.1m, "C07"), (problem.Code, problem.Value, problem.Limit, problem.Rule));
    }

    [Fact]
    [Trait("rule", "C07")]
    public void A_variable_initial_serves_the_queue_in_place_of_the_minimum()
    {
        // 200 ft hold 8 vehicles: 19 s.
        var facts = Crossing.On(2, s => s with { DetectorSetbackFt = 200 });
        Approved(facts, Crossing.With(2, p => p with { AddedInitialMs = 1500, MaximumInitialMs = 19_000 }));
        Gives("XT642", facts, Crossing.With(2, p => p with { AddedInitialMs = 1500, MaximumInitialMs = 18_900 }));
        Gives("XT642", facts, Crossing.With(2, p => p with { AddedInitialMs = 0, MaximumInitialMs = 19_000 }));
    }

    [Fact]
    [Trait("rule", "C07")]
    public void A_split_holds_its_minimum_green_yellow_and_red_clearance()
    {
        // Phase 1 needs 5 + 3 + 2 = 10 s, phase 2 10 + 5.9 s.
        Approved(Crossing.Facts, Crossing.Propose(Less(Crossing.Timed(p => p with { SplitMs = p.SplitMs.SetItem(1, 10_000).SetItem(2, 45_000) }), 1)));
        var problem = Assert.Single(Check(Crossing.Facts, Crossing.Propose(Less(Crossing.Timed(p => p with { SplitMs = p.SplitMs.SetItem(1, 9000).SetItem(2, 46_000) }), 1))));
        Assert.Equal(("XT628", (byte?)3, (byte?)1, 9m, 10m, "C07"), (problem.Code, problem.Pattern, problem.Phase, problem.Value, problem.Limit, problem.Rule));
    }

    [Fact]
    [Trait("rule", "C06")]
    public void A_split_holds_its_walk_unless_walkers_are_rare_and_marked_so()
    {
        // 7 + 18.9 + 5.9 s are 31.8 s.
        var shorter = Crossing.Timed(p => p with { CycleMs = 86_000, SplitMs = p.SplitMs.SetItem(4, 31_000).SetItem(8, 31_000) });
        var plan = Less(shorter, 4, 8);
        Assert.Equal(["XT629", "XT629"], Check(Crossing.Facts, Crossing.Propose(plan)).Select(p => p.Code));
        var marked = plan with { Notes = [.. plan.Notes, Note(NoteKind.PedestriansByOverride, 4), Note(NoteKind.PedestriansByOverride, 8)] };
        Approved(Crossing.Facts, Crossing.Propose(marked));
        Gives("XT629", Crossing.Facts, Crossing.Propose(marked with { Notes = marked.Notes.RemoveAt(3) }));
        Gives("XT629", Crossing.Facts, Crossing.Propose(marked with { Notes = [.. marked.Notes.RemoveAt(3), new PlanNote(NoteKind.PedestriansByOverride, 8, "")] }));
        Gives("XT629", Crossing.Facts, Crossing.Propose(marked with { Notes = [.. marked.Notes.RemoveAt(3), Note(NoteKind.LessThanToday, 8)] }));
        foreach (var always in new Func<PhaseTiming, PhaseTiming>[] { p => p with { Recall = Recall.Pedestrian }, p => p with { RestsInWalk = true } })
        {
            var phases = Crossing.Phases.Select(p => p.Number == 4 ? always(p) : p).ToImmutableArray();
            Gives("XT629", Crossing.Facts, Crossing.Propose(marked) with { Signals = [Crossing.Propose(marked).Signals[0] with { Phases = phases }] });
        }

        Approved(Crossing.Facts, Crossing.Propose(Less(Crossing.Timed(p => p with { CycleMs = 87_000, SplitMs = p.SplitMs.SetItem(4, 32_000).SetItem(8, 32_000) }), 4, 8)));
    }

    [Fact]
    [Trait("rule", "C08")]
    public void Rings_reach_barriers_together_and_fill_the_cycle()
    {
        var ring = Assert.Single(Check(Crossing.Facts, Crossing.Timed(p => p with { CycleMs = 91_000 })), p => p is { Code: "XT630", Part: "ring 1" });
        Assert.Equal((90m, 91m, "C08"), (ring.Value, ring.Limit, ring.Rule));
        Assert.Equal(["XT636", "XT636"], Check(Crossing.Facts, Crossing.Timed(p => p with { SplitMs = p.SplitMs.SetItem(4, 34_000).SetItem(8, 34_000).SetItem(2, 41_000).SetItem(6, 41_000) })).Select(p => p.Code));
        var barrier = Check(Crossing.Facts, Crossing.Propose(Less(Crossing.Timed(p => p with { SplitMs = p.SplitMs.SetItem(8, 34_000).SetItem(6, 41_000) }), 8)));
        Assert.Equal(["XT631", "XT631"], barrier.Select(p => p.Code));
        Assert.Equal(("barrier group 1", 56m, 55m), (barrier[0].Part, barrier[0].Value, barrier[0].Limit));
        Assert.Equal(("barrier group 2", 34m, 35m), (barrier[1].Part, barrier[1].Value, barrier[1].Limit));
    }

    [Fact]
    [Trait("rule", "C08")]
    public void A_ring_without_phases_on_one_side_waits_there()
    {
        var facts = Crossing.Facts with { Phases = Crossing.Phases.RemoveAt(5), Street = Crossing.Facts.Street.RemoveAt(5) };
        var plan = Crossing.Timed(p => p with { SplitMs = p.SplitMs.Remove(8) });
        Approved(facts, plan);
        Gives("XT630,XT631", facts, Crossing.Timed(p => p with { SplitMs = p.SplitMs.Remove(8).SetItem(5, 16_000) }));
    }

    [Fact]
    public void Cycle_offset_and_splits_are_whole_seconds_within_their_limits()
    {
        Gives("XT632", Crossing.Facts, Crossing.Timed(p => p with { OffsetMs = 90_000 }));
        Gives("XT632", Crossing.Facts, Crossing.Timed(p => p with { OffsetMs = -1000 }));
        Approved(Crossing.Facts, Crossing.Timed(p => p with { OffsetMs = 0 }));
        Approved(Crossing.Facts, Crossing.Timed(p => p with { OffsetMs = 89_000 }));
        Gives("XT645", Crossing.Facts, Crossing.Timed(p => p with { OffsetMs = 500 }));
        Gives("XT645", Crossing.Facts, Crossing.Timed(p => p with { SplitMs = p.SplitMs.SetItem(1, 15_500).SetItem(2, 39_500) }));
        Gives("XT630,XT645", Crossing.Facts with { CoordinationGroup = null }, Crossing.Propose(Less(Crossing.Timed(p => p with { CycleMs = 90_500 }), 1, 4, 5, 8)));
    }

    [Theory]
    [InlineData(240, "")]
    [InlineData(241, "XT643")]
    [InlineData(255, "XT643")]
    [InlineData(256, "XT643,XT644")]
    [Trait("rule", "C07")]
    public void Nobody_waits_longer_than_240_seconds_and_no_cycle_is_longer_than_255(int cycleS, string codes)
    {
        // All but ten seconds of phase 1 and its change go to the others: red for the cycle less five seconds.
        var restMs = (cycleS * 1000) - 55_000;
        var plan = Less(Crossing.Timed(p => p with { CycleMs = cycleS * 1000, SplitMs = p.SplitMs.SetItem(1, 15_000).SetItem(2, 40_000).SetItem(4, restMs).SetItem(8, restMs) }), 1, 5);
        var problems = Check(Crossing.Facts with { CoordinationGroup = null }, Crossing.Propose(plan));
        var expected = codes.Split(',', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(cycleS > 250 ? expected : expected.Where(c => c != "XT643"), problems.Select(p => p.Code).Distinct().Order());
    }

    [Fact]
    [Trait("rule", "C07")]
    public void The_longest_red_is_240_seconds_to_the_tenth()
    {
        // Phase 1 is green for 10 of its 15 s: 250 - 10 s of red pass, 251 - 10 s do not.
        foreach (var (cycleS, code) in new[] { (250, ""), (251, "XT643") })
        {
            var restMs = (cycleS * 1000) - 55_000;
            var plan = Less(Crossing.Timed(p => p with { CycleMs = cycleS * 1000, SplitMs = p.SplitMs.SetItem(4, restMs).SetItem(8, restMs) }), 1, 5);
            Gives(code, Crossing.Facts with { CoordinationGroup = null }, Crossing.Propose(plan));
        }

        var problem = Check(Crossing.Facts, Crossing.Timed(p => p with { SplitMs = p.SplitMs.SetItem(5, 0) })).First(p => p.Code == "XT643");
        Assert.Equal(((byte?)5, "C07"), (problem.Phase, problem.Rule));
    }

    [Fact]
    public void A_cycle_is_at_least_thirty_seconds_and_what_all_minimums_need()
    {
        // 5 + 5 + 10 + 5.9 and 7 + 5.9 s are 38.8 s.
        PatternTiming Short(PatternTiming p, int side) => p with { CycleMs = 26_000 + side, OffsetMs = 0, SplitMs = p.SplitMs.SetItem(1, 10_000).SetItem(2, 16_000).SetItem(5, 10_000).SetItem(6, 16_000).SetItem(4, side).SetItem(8, side) };
        var notes = new[] { 1, 4, 5, 8 };
        PatternProposal Plan(int side)
        {
            var plan = Less(Crossing.Timed(p => Short(p, side)), notes);
            return plan with { Notes = [.. plan.Notes, Note(NoteKind.PedestriansByOverride, 4), Note(NoteKind.PedestriansByOverride, 8)] };
        }

        var facts = Crossing.Facts with { CoordinationGroup = null };
        Approved(facts, Crossing.Propose(Plan(13_000)));
        var problems = Check(facts, Crossing.Propose(Plan(12_000)));
        Assert.Equal(["XT644", "XT628", "XT628"], problems.Select(p => p.Code));
        Assert.Equal((38m, 38.8m), (problems[0].Value, problems[0].Limit));
    }

    [Fact]
    public void The_offset_counts_to_the_controllers_own_reference()
    {
        Gives("XT633", Crossing.Facts, Crossing.Timed(p => p with { Reference = OffsetReference.BeginYellow }));
        Approved(Crossing.Facts with { OffsetReference = OffsetReference.BeginYellow }, Crossing.Timed(p => p with { Reference = OffsetReference.BeginYellow }));
        Gives("XT621", Crossing.Facts with { OffsetReference = null }, Crossing.Proposal);
        Gives("XT622,XT633", Crossing.Facts with { OffsetReference = (OffsetReference)9 }, Crossing.Proposal);
        Gives("XT633,XT649", Crossing.Facts, Crossing.Timed(p => p with { Reference = (OffsetReference)9 }));
    }

    [Fact]
    public void A_proposal_is_whole_and_says_nothing_twice()
    {
        Gives("XT649", Crossing.Facts, Crossing.Timed(p => p with { Number = 0 }), "XT621");
        Gives("XT649", Crossing.Facts, Crossing.Timed(p => p with { Number = 254 }), "XT621");
        Gives("XT649", Crossing.Facts, Crossing.Timed(p => p with { ForceOff = (ForceOffMode)5 }));
        Gives("XT649", Crossing.Facts, Crossing.Timed(p => p with { Transition = (TransitionMode)5 }));
        Gives("XT649", Crossing.Facts, Crossing.Propose(Crossing.Proposed, Crossing.Proposed));
        Gives("XT649", Crossing.Facts, Crossing.Propose());
        Gives("XT649", Crossing.Facts, Crossing.Timed(p => p with { SplitMs = null! }));
        Gives("XT649", Crossing.Facts, Crossing.Propose(Crossing.Proposed with { Notes = default }));
        Gives("XT649", Crossing.Facts, Crossing.Propose(Crossing.Proposed with { Notes = [new PlanNote(NoteKind.NearCapacity, 2, null!)] }));
        Gives("XT649", Crossing.Facts, Crossing.Propose([null!]));
        Gives("XT649", Crossing.Facts, Crossing.Proposal with { Signals = [] });
        Gives("XT649", Crossing.Facts, Crossing.Proposal with { Signals = default });
        Gives("XT649", Crossing.Facts, Crossing.Proposal with { Signals = [null!] });
        Gives("XT649", Crossing.Facts, Crossing.Proposal with { Kind = (ChangeKind)4 });
        Gives("XT649", Crossing.Facts, Crossing.Proposal with { Signals = [Crossing.Proposal.Signals[0], Crossing.Proposal.Signals[0]] });
        Assert.Throws<ArgumentNullException>(() => Guard.Check(null!, Crossing.Proposal));
        Assert.Throws<ArgumentNullException>(() => Guard.Check([Crossing.Facts], null!));
        Assert.Throws<ArgumentNullException>(() => Guard.Check(Crossing.Facts, Crossing.Status, 1, null!));
    }

    [Fact]
    [Trait("rule", "C08")]
    public void The_phases_of_a_proposal_are_the_cabinets_in_their_rings()
    {
        var signal = Crossing.Proposal.Signals[0];
        PlanProposal Of(ImmutableArray<PhaseTiming> phases) => Crossing.Proposal with { Signals = [signal with { Phases = phases }] };
        Gives("XT647", Crossing.Facts, Of(Crossing.Phases.RemoveAt(0)));
        Gives("XT647", Crossing.Facts, Of([.. Crossing.Phases, Crossing.Phases[0]]));
        Gives("XT647", Crossing.Facts, Of([.. Crossing.Phases.RemoveAt(0), null!]));
        Gives("XT647", Crossing.Facts, Of(default));
        Gives("XT647", Crossing.Facts, Of([]));
        Approved(Crossing.Facts, Of([.. Crossing.Phases.Reverse()]));
        var moved = Check(Crossing.Facts, Crossing.With(5, p => p with { Ring = 3 }));
        Assert.Contains(moved, p => p is { Code: "XT634", Phase: 5, Rule: "C08" });
        Assert.Contains(Check(Crossing.Facts, Crossing.With(5, p => p with { BarrierGroup = 2 })), p => p is { Code: "XT634", Phase: 5 });
        Gives("XT647", Crossing.Facts, Crossing.Timed(p => p with { SplitMs = p.SplitMs.SetItem(3, 9000) }));
    }

    [Fact]
    [Trait("rule", "C08")]
    public void What_the_monitor_forbids_does_not_run_together()
    {
        var conflicts = Crossing.Facts.Conflicts!.Value;
        var both = conflicts.SetItem(2, conflicts[2] | (1u << 6)).SetItem(6, conflicts[6] | (1u << 2));
        var problem = Assert.Single(Check(Crossing.Facts with { Conflicts = both }, Crossing.Proposal));
        Assert.Equal(("XT634", "phases 2 and 6", "C08"), (problem.Code, problem.Part, problem.Rule));
        Gives("XT622,XT634", Crossing.Facts with { Conflicts = conflicts.SetItem(2, conflicts[2] | (1u << 6)) }, Crossing.Proposal);
        Gives("XT622,XT634", Crossing.Facts with { Conflicts = conflicts.SetItem(6, conflicts[6] | (1u << 2)) }, Crossing.Proposal);
        Gives("XT622", Crossing.Facts with { Conflicts = conflicts.SetItem(2, conflicts[2] & ~(1u << 4)) }, Crossing.Proposal);
        Gives("XT622", Crossing.Facts with { Conflicts = conflicts.SetItem(2, conflicts[2] & ~(1u << 4)).SetItem(4, conflicts[4] & ~(1u << 2)) }, Crossing.Proposal);
        Gives("XT622", Crossing.Facts with { Conflicts = conflicts.SetItem(1, conflicts[1] & ~(1u << 2)).SetItem(2, conflicts[2] & ~(1u << 1)) }, Crossing.Proposal);
        Gives("XT622", Crossing.Facts with { Conflicts = conflicts.RemoveAt(16) }, Crossing.Proposal);
        Gives("XT621", Crossing.Facts with { Conflicts = default(ImmutableArray<uint>) }, Crossing.Proposal);
    }

    [Fact]
    [Trait("rule", "C08")]
    public void Lead_and_lag_with_circular_greens_are_a_yellow_trap()
    {
        var circular = Crossing.Facts with { Overlaps = [], OverlapStreet = [], LeftTurns = [new LeftTurnFacts(LeftTurnDisplay.CircularGreen, 6, 2, 1)] };
        Approved(circular, Crossing.Proposal);
        Approved(circular, Crossing.Timed(p => p with { Sequence = [[2, 1, 4], [5, 6, 8]] }));
        var trap = Assert.Single(Check(circular, Crossing.Timed(p => p with { Sequence = [[1, 2, 4], [6, 5, 8]] })));
        Assert.Equal(("XT635", (byte?)6, "C08"), (trap.Code, trap.Phase, trap.Rule));
        Gives("XT635", circular with { PreventsBackup = false }, Crossing.Proposal);
        Gives("XT621", circular with { PreventsBackup = null }, Crossing.Proposal);
        var alone = circular with { PreventsBackup = null, Phases = Crossing.Phases.RemoveAt(3), Street = Crossing.Facts.Street.RemoveAt(3) };
        Approved(alone, Crossing.Propose(Crossing.Proposed with { Timing = Crossing.Pattern with { SplitMs = Crossing.Pattern.SplitMs.Remove(5).SetItem(6, 55_000) } }));
        Approved(Crossing.Facts, Crossing.Timed(p => p with { Sequence = [[1, 2, 4], [6, 5, 8]] }));
    }

    [Fact]
    [Trait("rule", "C08")]
    public void A_flashing_yellow_arrow_is_driven_by_the_opposing_through_alone()
    {
        SignalFacts Arrow(Func<OverlapTiming, OverlapTiming> change) => Crossing.Facts with { Overlaps = [change(Crossing.Facts.Overlaps[0])] };
        Gives("XT635", Arrow(o => o with { Parents = [6] }), Crossing.Proposal);
        Gives("XT635", Arrow(o => o with { Parents = [2, 6] }), Crossing.Proposal);
        Gives("XT635", Arrow(o => o with { Kind = OverlapKind.Standard }), Crossing.Proposal);
        Gives("XT635", Arrow(o => o with { ProtectedPhase = 0 }), Crossing.Proposal);
        var permissive = Arrow(o => o with { ProtectedPhase = 0 }) with { LeftTurns = [new LeftTurnFacts(LeftTurnDisplay.FlashingYellowArrow, 6, 2, null)] };
        Approved(permissive, Crossing.Proposal);
    }

    [Fact]
    [Trait("rule", "C08")]
    public void A_sequence_names_each_phase_of_its_ring_once_one_side_after_the_other()
    {
        foreach (var sequence in new ImmutableArray<ImmutableArray<byte>>[]
        {
            [[1, 2], [5, 6, 8]], [[1, 2, 4, 4], [5, 6, 8]], [[1, 4, 2], [5, 6, 8]], [[1, 2, 4], [5, 6, 4]], [[1, 2, 4]], [[1, 2, 4], [5, 6, 8], [3]], [[1, 2, 4], default], [[1, 2, 2], [5, 6, 8]],
        })
        {
            Gives("XT648", Crossing.Facts, Crossing.Timed(p => p with { Sequence = sequence }));
        }

        Approved(Crossing.Facts, Crossing.Timed(p => p with { Sequence = [[2, 1, 4], [5, 6, 8], []] }));
    }

    [Fact]
    [Trait("rule", "C09")]
    public void Overlaps_and_preempts_stay_as_they_are()
    {
        var signal = Crossing.Proposal.Signals[0];
        PlanProposal Of(ImmutableArray<OverlapTiming>? overlaps, ImmutableArray<PreemptTiming>? preempts) => Crossing.Proposal with { Signals = [signal with { Overlaps = overlaps, Preempts = preempts }] };
        var overlap = Crossing.Facts.Overlaps[0];
        var preempt = Crossing.Facts.Preempts[0];
        Approved(Crossing.Facts, Of([overlap with { Parents = [2] }], [preempt with { DwellPhases = [2, 6], TrackPhases = [4], ExitPhases = [2] }]));
        foreach (var changed in new[]
        {
            overlap with { Number = 2 }, overlap with { YellowMs = 3100 }, overlap with { RedClearanceMs = 1900 }, overlap with { TrailingGreenMs = 1000 }, overlap with { Parents = [6] },
            overlap with { Parents = [2, 6] }, overlap with { Parents = default }, overlap with { ProtectedPhase = 5 }, overlap with { Kind = OverlapKind.Standard }, null!,
        })
        {
            Gives("XT638", Crossing.Facts, Of([changed], null));
        }

        foreach (var changed in new[]
        {
            preempt with { Number = 2 }, preempt with { DelayMs = 1 }, preempt with { TrackPhases = [8] }, preempt with { TrackClearanceMs = 1 }, preempt with { GateDownMs = 1 },
            preempt with { DwellPhases = [2] }, preempt with { MinimumDwellMs = 1 }, preempt with { ExitPhases = [] }, preempt with { MaximumPresenceMs = 1 }, null!,
        })
        {
            Gives("XT637", Crossing.Facts, Of(null, [changed]));
        }

        Gives("XT637,XT638", Crossing.Facts, Of([], []));
        Gives("XT637,XT638", Crossing.Facts, Of(default(ImmutableArray<OverlapTiming>), default(ImmutableArray<PreemptTiming>)));
        Gives("XT638", Crossing.Facts, Of([overlap, overlap], null));
    }

    [Fact]
    [Trait("rule", "C12")]
    public void A_step_changes_the_cycle_by_a_tenth_and_splits_by_five_seconds_at_most()
    {
        PlanProposal Step(int cycleS, int mainS, int sideS) => Crossing.Propose(Less(Crossing.Timed(p => p with
        {
            CycleMs = cycleS * 1000,
            SplitMs = p.SplitMs.SetItem(2, mainS * 1000).SetItem(6, mainS * 1000).SetItem(4, sideS * 1000).SetItem(8, sideS * 1000),
        }), 1, 4, 5, 8)) with { Kind = ChangeKind.Step };
        Approved(Crossing.Facts, Step(99, 44, 40));
        Gives("XT655", Crossing.Facts, Step(100, 45, 40));
        Approved(Crossing.Facts, Step(82, 35, 32));
        Gives("XT656", Crossing.Facts, Step(90, 34, 41));
        Gives("XT655", Crossing.Facts, Step(80, 33, 32), "XT656");
        Approved(Crossing.Facts, Step(99, 44, 40) with { Kind = ChangeKind.Retiming });
        var problem = Assert.Single(Check(Crossing.Facts, Step(100, 45, 40)));
        Assert.Equal((100m, 90m, "C12"), (problem.Value, problem.Limit, problem.Rule));
    }

    [Fact]
    [Trait("rule", "C12")]
    public void A_plan_needs_what_it_goes_back_to()
    {
        Gives("XT621", Crossing.Facts with { Patterns = [] }, Crossing.Proposal);
        Approved(Crossing.Facts, Crossing.Propose(Crossing.Proposed with { Timing = Crossing.Pattern with { Number = 9 }, Replaces = 3 }));
        Gives("XT621", Crossing.Facts, Crossing.Propose(Crossing.Proposed with { Timing = Crossing.Pattern with { Number = 9 } }));
        Approved(Crossing.Facts with { Patterns = [] }, Crossing.Propose(Crossing.Proposed with { Replaces = 254 }));
        Gives("XT621", Crossing.Facts, Crossing.Propose(Crossing.Proposed with { Replaces = 254 }) with { Kind = ChangeKind.Step });
        Gives("XT622", Crossing.Facts with { Patterns = default }, Crossing.Proposal);
        Gives("XT622", Crossing.Facts with { Patterns = [null!] }, Crossing.Proposal);
        Gives("XT621", Crossing.Facts with { Patterns = [Crossing.Pattern with { CycleMs = 0 }], CoordinationGroup = null }, Crossing.Proposal);
    }

    [Fact]
    public void Left_turns_and_minor_streets_keep_their_share_of_the_hour_or_get_a_note()
    {
        // The same split in a longer cycle is less.
        var longer = Crossing.Timed(p => p with { CycleMs = 91_000, SplitMs = p.SplitMs.SetItem(2, 41_000).SetItem(6, 41_000) });
        var problems = Check(Crossing.Facts, longer);
        Assert.Equal([1, 4, 5, 8], problems.Select(p => (int)p.Phase!.Value));
        Assert.All(problems, p => Assert.Equal("XT636", p.Code));
        Approved(Crossing.Facts, Crossing.Propose(Less(longer, 1, 4, 5, 8)));
        Gives("XT636", Crossing.Facts, Crossing.Propose(Less(longer, 1, 4, 5)));

        // What the arterial loses is for its engineer to weigh.
        Approved(Crossing.Facts, Crossing.Timed(p => p with { SplitMs = p.SplitMs.SetItem(2, 39_000).SetItem(1, 16_000) }));
        Gives("XT636", Crossing.Facts, Crossing.With(1, p => p with { RedClearanceMs = 2100 }));
    }

    [Fact]
    public void Saturation_and_queues_that_do_not_fit_need_a_note()
    {
        PlanProposal Expect(ServicePrediction prediction, params PlanNote[] notes) => Crossing.Propose(Crossing.Proposed with { Predictions = Crossing.Proposed.Predictions.SetItem(1, prediction), Notes = [.. notes] });
        Approved(Crossing.Facts, Expect(new ServicePrediction(2, 0.95, 12, 12)));
        Gives("XT641", Crossing.Facts, Expect(new ServicePrediction(2, 0.9501, 12, 12)));
        Gives("XT640", Crossing.Facts, Expect(new ServicePrediction(2, 0.95, 12.01, 12)));
        Approved(Crossing.Facts, Expect(new ServicePrediction(2, 0.95, 900, null)));
        Approved(Crossing.Facts, Expect(new ServicePrediction(2, 1.2, 13, 12), Note(NoteKind.NearCapacity, 2), Note(NoteKind.QueueBeyondStorage, 2)));
        Gives("XT640,XT641", Crossing.Facts, Expect(new ServicePrediction(2, 1.2, 13, 12), Note(NoteKind.NearCapacity, 6), Note(NoteKind.QueueBeyondStorage, 6)));
        Approved(Crossing.Facts, Expect(new ServicePrediction(2, 0, 0, 0.5)));
        foreach (var nonsense in new[]
        {
            new ServicePrediction(2, double.NaN, 1, null), new ServicePrediction(2, -0.1, 1, null), new ServicePrediction(2, 1001, 1, null), new ServicePrediction(2, 0.5, double.NaN, null),
            new ServicePrediction(2, 0.5, -1, null), new ServicePrediction(2, 0.5, 2e6, null), new ServicePrediction(2, 0.5, 1, 0), new ServicePrediction(2, 0.5, 1, double.NaN), new ServicePrediction(2, 0.5, 1, 2e6),
        })
        {
            Gives("XT622", Crossing.Facts, Expect(nonsense));
        }

        Gives("XT621", Crossing.Facts, Expect(null!));
        var problems = Check(Crossing.Facts, Crossing.Propose(Crossing.Proposed with { Predictions = default }));
        Assert.Equal(6, problems.Length);
        Assert.All(problems, p => Assert.Equal("XT621", p.Code));
    }

    [Fact]
    public void Signals_in_step_share_a_cycle_or_run_half_of_it()
    {
        var neighbor = SignalId.Parse("1005");
        SignalFacts Neighbor(int cycleMs, string? group = "main street", byte number = 3) =>
            Crossing.Facts with { Signal = neighbor, CoordinationGroup = group, Patterns = [Crossing.Pattern with { CycleMs = cycleMs, Number = number }] };
        foreach (var (other, code) in new[] { (Neighbor(90_000), ""), (Neighbor(45_000), ""), (Neighbor(180_000), ""), (Neighbor(100_000), "XT646"), (Neighbor(91_000), "XT646"), (Neighbor(100_000, null), ""), (Neighbor(100_000, "elsewhere"), ""), (Neighbor(100_000, number: 4), "") })
        {
            Assert.Equal(code, string.Join(',', Guard.Check([Crossing.Facts, other], Crossing.Proposal).Problems.Select(p => p.Code)));
        }

        // What is proposed for the neighbor counts, not what its cabinet has.
        var both = Crossing.Proposal with { Signals = [Crossing.Proposal.Signals[0], Crossing.Proposal.Signals[0] with { Signal = neighbor }] };
        Assert.NotNull(Guard.Check([Crossing.Facts, Neighbor(100_000) with { Patterns = [Crossing.Pattern] }], both).Approval);
        var verdict = Guard.Check([Crossing.Facts, Neighbor(90_000)], both with { Signals = both.Signals.SetItem(1, both.Signals[1] with { Patterns = [Crossing.Proposed with { Timing = Crossing.Pattern with { CycleMs = 100_000 } }] }) });
        Assert.Contains(verdict.Problems, p => p.Code == "XT646" && p.Signal == Crossing.Id);
        Assert.DoesNotContain(verdict.Problems, p => p.Code == "XT646" && p.Signal == neighbor);
        Assert.Equal([Crossing.Id, neighbor], Guard.Check([Neighbor(90_000), Crossing.Facts], both).Approval!.Facts.Select(f => f.Signal));
    }

    [Fact]
    [Trait("rule", "C03")]
    public void Facts_that_are_missing_doubled_or_out_of_range_are_named()
    {
        Gives("XT620", Crossing.Facts with { Signal = SignalId.Parse("x") }, Crossing.Proposal);
        Assert.Equal(["XT622"], Guard.Check([Crossing.Facts, Crossing.Facts], Crossing.Proposal).Problems.Select(p => p.Code));
        Assert.Equal(["XT620"], Guard.Check([], Crossing.Proposal).Problems.Select(p => p.Code));
        Assert.Equal(["XT620"], Guard.Check([null!], Crossing.Proposal).Problems.Select(p => p.Code));
        Gives("XT621", Crossing.Facts with { Phases = default }, Crossing.Proposal);
        Gives("XT621", Crossing.Facts with { Phases = [null!] }, Crossing.Proposal);
        Gives("XT622", Crossing.Facts with { Phases = [.. Crossing.Phases, Crossing.Phases[2]] }, Crossing.Proposal);
        foreach (var bad in new[] { Crossing.Phases[0] with { Number = 0 }, Crossing.Phases[0] with { Number = 17 }, Crossing.Phases[0] with { Ring = 0 }, Crossing.Phases[0] with { Ring = 5 }, Crossing.Phases[0] with { BarrierGroup = 0 }, Crossing.Phases[0] with { BarrierGroup = 9 } })
        {
            Gives("XT622", Crossing.Facts with { Phases = Crossing.Phases.SetItem(0, bad) }, Crossing.Proposal);
        }

        Gives("XT622", Crossing.Facts with { Street = [.. Crossing.Facts.Street, Crossing.Facts.Street[0]] }, Crossing.Proposal);
        Assert.Equal(6, Check(Crossing.Facts with { Street = default }, Crossing.Proposal).Count(p => p.Code == "XT621"));
        Gives("XT621", Crossing.Facts with { Street = Crossing.Facts.Street.SetItem(0, null!) }, Crossing.Proposal);
        Gives("XT621", Crossing.Facts with { LeftTurns = default(ImmutableArray<LeftTurnFacts>) }, Crossing.Proposal);
        foreach (var turn in new[] { null!, new LeftTurnFacts((LeftTurnDisplay)8, 6, 2, 1), new LeftTurnFacts(LeftTurnDisplay.ProtectedOnly, 7, 2, 1), new LeftTurnFacts(LeftTurnDisplay.ProtectedOnly, 6, 3, 1), new LeftTurnFacts(LeftTurnDisplay.ProtectedOnly, 6, 2, 3), new LeftTurnFacts(LeftTurnDisplay.CircularGreen, 7, 2, 1) })
        {
            Gives("XT622", Crossing.Facts with { LeftTurns = [turn] }, Crossing.Proposal);
        }
    }

    [Theory]
    [Trait("rule", "C03")]
    [InlineData("speed", "0", "80", "80.1")]
    [InlineData("grade", "-15.1", "0", "15.1")]
    [InlineData("width", "0", "40", "400.1")]
    [InlineData("setback", "-0.1", "10", "1000.1")]
    [InlineData("bicycles", "-0.1", "10", "400.1")]
    [InlineData("crossing", "0", "30", "400.1")]
    [InlineData("button", "65.9", "66", "450.1")]
    [InlineData("walking", "1.9", "3.5", "3.6")]
    [InlineData("lead", "-0.1", "3", "30.1")]
    public void A_fact_out_of_its_range_is_refused_with_its_value(string what, string low, string within, string high)
    {
        SignalFacts With(string text) => Crossing.On(4, s => what switch
        {
            "speed" => s with { SpeedMph = D(text) },
            "grade" => s with { GradePercent = D(text) },
            "width" => s with { WidthFt = D(text) },
            "setback" => s with { DetectorSetbackFt = D(text) },
            "bicycles" => s with { BicycleCrossingFt = D(text) },
            "crossing" => s with { CrossingFt = D(text) },
            "button" => s with { ButtonToCurbFt = D(text) },
            "walking" => s with { WalkingFtPerS = D(text) },
            _ => s with { LeadingWalkS = D(text) },
        });
        foreach (var text in new[] { low, high })
        {
            var problem = Assert.Single(Check(With(text), Crossing.Proposal), p => p.Code == "XT622");
            Assert.Equal((D(text), (byte?)4, "phase 4", "C03"), (problem.Value, problem.Phase, problem.Part, problem.Rule));
        }

        Assert.DoesNotContain(Check(With(within), Crossing.Proposal), p => p.Code == "XT622");
    }

    [Fact]
    [Trait("rule", "C03")]
    public void Overlaps_have_facts_of_their_own()
    {
        var overlap = Crossing.Facts.Overlaps[0];
        foreach (var bad in new[] { overlap with { Number = 0 }, overlap with { Number = 17 }, overlap with { Kind = (OverlapKind)6 }, overlap with { Parents = default }, overlap with { Parents = [] }, overlap with { Parents = [3] }, overlap with { ProtectedPhase = 3 } })
        {
            Assert.Contains(Check(Crossing.Facts with { Overlaps = [bad] }, Crossing.Proposal), p => p.Code == "XT622");
        }

        Assert.Contains(Check(Crossing.Facts with { Overlaps = [overlap, overlap] }, Crossing.Proposal), p => p.Code == "XT622");
        Assert.Contains(Check(Crossing.Facts with { Overlaps = [null!] }, Crossing.Proposal), p => p.Code == "XT622");
        Assert.Contains(Check(Crossing.Facts with { Overlaps = default }, Crossing.Proposal), p => p.Code == "XT622");
        Assert.Contains(Check(Crossing.Facts with { Preempts = default }, Crossing.Proposal), p => p.Code == "XT622");
        Assert.Contains(Check(Crossing.Facts with { Preempts = [null!] }, Crossing.Proposal), p => p.Code == "XT622");
        Gives("XT621", Crossing.Facts with { OverlapStreet = [] }, Crossing.Proposal);
        Gives("XT621", Crossing.Facts with { OverlapStreet = default }, Crossing.Proposal);
        Gives("XT621", Crossing.Facts with { OverlapStreet = [new OverlapFacts(1, null, 0, 52)] }, Crossing.Proposal);
        Gives("XT621", Crossing.Facts with { OverlapStreet = [new OverlapFacts(1, 25, null, 52)] }, Crossing.Proposal);
        Gives("XT621", Crossing.Facts with { OverlapStreet = [new OverlapFacts(1, 25, 0, null)] }, Crossing.Proposal);
        Gives("XT622", Crossing.Facts with { OverlapStreet = [Crossing.Facts.OverlapStreet[0], Crossing.Facts.OverlapStreet[0]] }, Crossing.Proposal);
        var problem = Assert.Single(Check(Crossing.Facts with { OverlapStreet = [new OverlapFacts(1, 45, 0, 52)] }, Crossing.Proposal));
        Assert.Equal(("XT624", "overlap A", 3.0m, 4.3m), (problem.Code, problem.Part, problem.Value, problem.Limit));
        Gives("XT626", Crossing.Facts with { OverlapStreet = [new OverlapFacts(1, 25, 0, 60)] }, Crossing.Proposal);
    }

    [Fact]
    [Trait("rule", "C08")]
    public void What_the_controllers_engine_refuses_is_refused_with_its_words()
    {
        // Nobody is coordinated: no rule of the guard's own is broken, and no pattern can run.
        var facts = Crossing.Facts with { Phases = [.. Crossing.Phases.Select(p => p with { IsCoordinated = false })] };
        var problem = Assert.Single(Check(facts, Crossing.Proposal));
        Assert.Equal(("XT613", "C08", "pattern 3"), (problem.Code, problem.Rule, problem.Part));
    }

    [Fact]
    public void Garbage_is_refused_and_never_breaks_the_guard()
    {
        var random = new Core.RandomNumbers(5, 5);
        int Any() => random.NextInt(6) switch { 0 => int.MinValue, 1 => int.MaxValue, 2 => 0, 3 => -1, 4 => random.NextInt(300), _ => random.NextInt(300_000) };
        for (var i = 0; i < 2000; i++)
        {
            PhaseTiming Garble(PhaseTiming p) => p with
            {
                Number = random.NextInt(9) == 0 ? (byte)Any() : p.Number, Ring = random.NextInt(9) == 0 ? (byte)Any() : p.Ring, BarrierGroup = random.NextInt(9) == 0 ? (byte)Any() : p.BarrierGroup,
                YellowMs = Any(), RedClearanceMs = Any(), MinimumGreenMs = Any(), MaximumMs = Any(), WalkMs = Any(), PedestrianClearanceMs = Any(), MaximumInitialMs = Any(), AddedInitialMs = Any(),
            };
            var phases = Crossing.Phases.Select(Garble).ToImmutableArray();
            var timing = Crossing.Pattern with { Number = (byte)Any(), CycleMs = Any(), OffsetMs = Any(), SplitMs = Crossing.Pattern.SplitMs.Select(s => KeyValuePair.Create(random.NextInt(5) == 0 ? (byte)Any() : s.Key, Any())).DistinctBy(s => s.Key).ToImmutableSortedDictionary() };
            var proposal = Crossing.Propose(Crossing.Proposed with { Timing = timing, Replaces = 3 });
            proposal = proposal with { Kind = (ChangeKind)random.NextInt(2), Signals = [proposal.Signals[0] with { Phases = random.NextInt(2) == 0 ? null : phases }] };
            var facts = random.NextInt(2) == 0 ? Crossing.Facts : Crossing.Facts with { Phases = phases };
            Assert.NotEmpty(Check(facts, proposal));
        }
    }

    private static PatternProposal Less(PlanProposal plan, params int[] phases) =>
        plan.Signals[0].Patterns[0] with { Notes = [.. phases.Select(p => Note(NoteKind.LessThanToday, (byte)p))] };

    private static PlanNote Note(NoteKind kind, byte phase) => new(kind, phase, "seen and accepted");

    private static ImmutableArray<GuardProblem> Check(SignalFacts facts, PlanProposal proposal)
    {
        var verdict = Guard.Check([facts], proposal);
        Assert.Equal(verdict.Problems.IsEmpty, verdict.Approval is not null);
        return verdict.Problems;
    }

    private static void Approved(SignalFacts facts, PlanProposal proposal) => Gives("", facts, proposal);

    private static void Gives(string codes, SignalFacts facts, PlanProposal proposal, string? also = null)
    {
        var problems = Check(facts, proposal);
        var found = string.Join(',', problems.Select(p => p.Code).Where(c => c != also).Distinct().Order());
        Assert.True(found == codes, $"expected '{codes}', found '{found}': {string.Join(" | ", problems.Select(p => p.ToProblem()))}");
    }

    private static decimal D(string text) => decimal.Parse(text, CultureInfo.InvariantCulture);
}
