using System.Collections.Immutable;
using Crosstown.Core.Controllers;
using Crosstown.Timing.Guard;

namespace Crosstown.Timing.Tests.Guard;

public sealed class PatternChangesTests
{
    [Fact]
    [Trait("rule", "C12")]
    public void A_retiming_goes_out_in_steps_that_each_keep_to_the_bounds_and_fill_every_ring()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var plan = GoodPlan.Make(seed);
            var today = plan.Facts.Patterns[0];
            var target = plan.Pattern.Timing;
            var stages = PatternChanges.Stage(plan.Phases, today, target);
            Assert.Same(target, stages[^1]);
            var before = today;
            foreach (var stage in stages)
            {
                Assert.True(Math.Abs(stage.CycleMs - before.CycleMs) * 10 <= before.CycleMs, $"seed {seed}: cycle from {before.CycleMs} to {stage.CycleMs}");
                Assert.All(plan.Phases, p => Assert.InRange(stage.SplitMs[p.Number] - before.SplitMs[p.Number], -5000, 5000));
                foreach (var ring in plan.Phases.GroupBy(p => (p.Ring, p.BarrierGroup)))
                {
                    var other = plan.Phases.Where(p => p.BarrierGroup == ring.Key.BarrierGroup).GroupBy(p => p.Ring).First();
                    Assert.Equal(other.Sum(p => stage.SplitMs[p.Number]), ring.Sum(p => stage.SplitMs[p.Number]));
                }

                Assert.InRange(stage.OffsetMs, 0, stage.CycleMs - 1);
                before = stage;
            }

            var largest = plan.Phases.Max(p => Math.Abs(target.SplitMs[p.Number] - today.SplitMs[p.Number]));
            Assert.True(stages.Length >= (largest + 4999) / 5000, $"seed {seed}");
            Assert.True(stages.Length <= (largest / 2000) + (Math.Abs(Math.Log((double)target.CycleMs / today.CycleMs)) / 0.05) + 2, $"seed {seed}: {stages.Length} stages for {largest} ms");
        }
    }

    [Fact]
    public void Every_stage_of_a_retiming_passes_the_guard_as_a_step()
    {
        var target = Crossing.Pattern with { CycleMs = 120_000, OffsetMs = 117_000, SplitMs = new Dictionary<byte, int> { [1] = 20_000, [2] = 62_000, [4] = 38_000, [5] = 25_000, [6] = 57_000, [8] = 38_000 }.ToImmutableSortedDictionary() };
        var stages = PatternChanges.Stage(Crossing.Phases, Crossing.Pattern, target);
        Assert.Equal(5, stages.Length);
        var facts = Crossing.Facts;
        foreach (var stage in stages)
        {
            var step = Crossing.Propose(Crossing.Proposed with { Timing = stage, Notes = [.. Crossing.Phases.Select(p => new PlanNote(NoteKind.LessThanToday, p.Number, "for the arterial"))] }) with { Kind = ChangeKind.Step };
            Assert.Empty(new PlanGuard().Check([facts], step).Problems);
            facts = facts with { Patterns = [stage] };
        }

        // From 17 s the short way to 117 s of 120 is back over zero.
        Assert.All(stages, s => Assert.True(s.OffsetMs <= 17_000 || s.OffsetMs >= s.CycleMs - 17_000, $"{s.OffsetMs}"));
    }

    [Fact]
    public void Nothing_to_change_is_one_stage()
    {
        Assert.Equal([Crossing.Pattern], PatternChanges.Stage(Crossing.Phases, Crossing.Pattern, Crossing.Pattern));
    }

    [Fact]
    public void Patterns_that_do_not_fill_their_rings_are_not_staged()
    {
        foreach (var bad in new[]
        {
            Crossing.Pattern with { CycleMs = 91_000 }, Crossing.Pattern with { SplitMs = Crossing.Pattern.SplitMs.SetItem(1, 16_000) },
            Crossing.Pattern with { SplitMs = Crossing.Pattern.SplitMs.SetItem(1, 15_500).SetItem(2, 39_500) }, Crossing.Pattern with { SplitMs = Crossing.Pattern.SplitMs.SetItem(1, 0).SetItem(2, 55_000) },
        })
        {
            Assert.Throws<ArgumentException>(() => PatternChanges.Stage(Crossing.Phases, bad, Crossing.Pattern));
            Assert.Throws<ArgumentException>(() => PatternChanges.Stage(Crossing.Phases, Crossing.Pattern, bad));
        }
    }
}
