using Crosstown.Core.Controllers;
using Crosstown.Core.Data;
using Crosstown.Timing.Guard;
using Crosstown.Timing.Intervals;
using Crosstown.Timing.Optimization;
using Crosstown.Timing.Tests.Utdf;
using Crosstown.Timing.Utdf;

namespace Crosstown.Timing.Tests.Optimization;

/// <summary>The small file under the guard: signal 1 may change, signal 2 is locked.</summary>
public sealed class GuardedRetimingTests
{
    private const string BackupPrevented = """{"version": 1, "signals": [{"signal": "*", "preventsBackup": true}]}""";

    [Fact]
    [Trait("rule", "C03")]
    public void Without_the_fact_that_backup_is_prevented_the_signal_keeps_todays_timing_and_every_reason_is_named()
    {
        var (network, result) = Run("""{"version": 1, "signals": []}""", new GuardedRetimingOptions());
        Assert.Null(result.Approval);
        var refused = Assert.Single(result.Refused);
        Assert.Equal("1", refused.Signal.Value);
        Assert.Contains(refused.Problems, p => p.Code == "XT621" && p.Message.Contains("prevents", StringComparison.Ordinal));
        Assert.Equal("2", Assert.Single(result.Fixed).Value);
        Assert.Equal(network.Today.Patterns, result.Plan.Patterns);
        Assert.Equal(result.Before.Index, result.After.Index);
    }

    [Fact]
    [Trait("rule", "C04")]
    public void Intervals_become_as_long_as_the_street_asks_and_no_left_turn_or_minor_street_gets_less()
    {
        var (network, result) = Run(BackupPrevented, new GuardedRetimingOptions());
        Assert.Empty(result.Refused);
        var (proposal, facts) = (Assert.Single(result.Approval!.Proposal.Signals), Assert.Single(result.Approval.Facts));
        var (timing, today) = (proposal.Patterns.Single().Timing, network.Today.Patterns[0]!);
        Assert.Empty(proposal.Patterns.Single().Notes);
        Assert.Equal(today.CycleMs, timing.CycleMs);
        foreach (var phase in proposal.Phases!.Value)
        {
            var (field, street) = (facts.Phases.Single(p => p.Number == phase.Number), facts.Street.Single(s => s.Phase == phase.Number));
            Assert.True(phase.YellowMs >= Math.Max(field.YellowMs, (double)ChangeIntervals.YellowS(street.SpeedMph, street.GradePercent)! * 1000));
            Assert.True(phase.RedClearanceMs >= Math.Max(field.RedClearanceMs, (double)ChangeIntervals.RedClearanceS(street.WidthFt, street.SpeedMph)! * 1000));
            if (street.Role != PhaseRole.Major)
            {
                Assert.True(timing.SplitMs[phase.Number] - phase.ChangeMs >= today.SplitMs[phase.Number] - field.ChangeMs, $"phase {phase.Number}");
            }
        }

        // Phase 5, eastbound left: 3.5 and 1.0 in the cabinet; 42 mph and 70 ft need 4.1 and 1.5.
        var left = proposal.Phases.Value.Single(p => p.Number == 5);
        Assert.Equal((4100, 1500), (left.YellowMs, left.RedClearanceMs));

        // What was approved is what the independent look at the final plan approves again.
        Assert.True(new PlanGuard().Check(result.Approval.Facts, result.Approval.Proposal).Problems.IsEmpty);
    }

    [Fact]
    public void The_file_with_the_plan_reads_back_with_its_cycle_splits_and_intervals()
    {
        var document = UtdfFiles.Read(UtdfFiles.Small);
        var (network, result) = Run(BackupPrevented, new GuardedRetimingOptions());
        var issues = new DataIssueLog();
        var again = UtdfNetwork.Read(UtdfPlans.Write(document, network, result.Approval!, 1), new UtdfNetworkOptions(), issues);
        Assert.Equal(0, issues.Count);
        Assert.Equal(result.Plan.Patterns[0]!.SplitMs, again.Today.Patterns[0]!.SplitMs);
        Assert.Equal(result.Network.Signals[0].Phases.Select(p => (p.Number, p.YellowMs, p.RedClearanceMs, p.MinimumGreenMs)), again.Network.Signals[0].Phases.Select(p => (p.Number, p.YellowMs, p.RedClearanceMs, p.MinimumGreenMs)));
        Assert.Equal(network.Today.Patterns[1]!.SplitMs, again.Today.Patterns[1]!.SplitMs);
    }

    [Fact]
    public void What_needs_an_engineers_word_is_refused_without_it_and_noted_with_it()
    {
        // Oak Street asks for more than is left of the cycle when Main Street has its minimums.
        const string facts = """{"version": 1, "signals": [{"signal": "1", "preventsBackup": true, "phases": [{"phase": 1, "detectorSetbackFt": 0}, {"phase": 5, "detectorSetbackFt": 0}]}]}""";
        var text = UtdfFiles.Small.Replace("Volume,1,20,100,30,25,90,15", "Volume,1,20,580,30,25,590,15", StringComparison.Ordinal);
        var (_, refused) = Run(facts, new GuardedRetimingOptions(), text);
        Assert.Null(refused.Approval);
        Assert.Contains(Assert.Single(refused.Refused).Problems, p => p.Code == "XT641");

        var accepted = new GuardedRetimingOptions { Accepted = [NoteKind.NearCapacity, NoteKind.QueueBeyondStorage], Reason = "Oak Street is rebuilt next year." };
        var (_, result) = Run(facts, accepted, text);
        Assert.Empty(result.Refused);
        var notes = Assert.Single(result.Approval!.Proposal.Signals).Patterns.Single().Notes;
        Assert.Contains(notes, n => n is { Kind: NoteKind.NearCapacity, Reason: "Oak Street is rebuilt next year." });
    }

    [Fact]
    public void A_plan_that_pays_more_for_longer_intervals_than_it_gains_is_given_back()
    {
        // Westbound traffic just fits today's green; longer changes of the phases beside it would push it over.
        var text = UtdfFiles.Small.Replace("92,460,46,46,552,40", "92,460,46,46,1250,40", StringComparison.Ordinal);
        var accepted = new GuardedRetimingOptions { Accepted = [NoteKind.NearCapacity, NoteKind.QueueBeyondStorage], Reason = "Main Street is full." };
        var (network, result) = Run(BackupPrevented, accepted, text);
        Assert.Null(result.Approval);
        Assert.Empty(result.Refused);
        var (signal, loss) = Assert.Single(result.Costly);
        Assert.Equal("1", signal.Value);
        Assert.True(loss > 0);
        Assert.Equal(network.Today.Patterns, result.Plan.Patterns);
        Assert.Equal(result.Before.Index, result.After.Index);
    }

    [Fact]
    public void The_same_seed_gives_the_same_plan_and_another_cycle_is_the_one_asked_for()
    {
        var options = new GuardedRetimingOptions { CycleS = 100, Optimizer = new OptimizerOptions { MaxThreads = 2, Seed = 3 } };
        var (_, first) = Run(BackupPrevented.Replace("true", "true, \"coordinationGroup\": \"\"", StringComparison.Ordinal), options);
        var (_, second) = Run(BackupPrevented.Replace("true", "true, \"coordinationGroup\": \"\"", StringComparison.Ordinal), options with { Optimizer = options.Optimizer with { MaxThreads = 1 } });
        Assert.Equal(100_000, first.Plan.Patterns[0]!.CycleMs);
        Assert.Equal((first.Plan.Patterns[0]!.OffsetMs, first.After.Index), (second.Plan.Patterns[0]!.OffsetMs, second.After.Index));
        Assert.Equal(first.Plan.Patterns[0]!.SplitMs, second.Plan.Patterns[0]!.SplitMs);
    }

    [Fact]
    public void Facts_of_other_signals_are_a_wrong_call()
    {
        var (network, result) = Run(BackupPrevented, new GuardedRetimingOptions());
        Assert.Throws<ArgumentException>(() => new GuardedRetiming(network.Network, [result.Approval!.Facts[0]], new GuardedRetimingOptions(), new PlanGuard()));
    }

    private static (UtdfNetwork Network, GuardedRetimingResult Result) Run(string facts, GuardedRetimingOptions options, string text = UtdfFiles.Small)
    {
        var document = UtdfFiles.Read(text);
        var network = UtdfNetwork.Read(document, new UtdfNetworkOptions(), new DataIssueLog());
        var known = UtdfFacts.Read(document, network, UtdfFactsTests.Facts(facts), new DataIssueLog());
        return (network, new GuardedRetiming(network.Network, known.Facts, options, new PlanGuard()).Run(null, _ => CancellationToken.None));
    }
}
