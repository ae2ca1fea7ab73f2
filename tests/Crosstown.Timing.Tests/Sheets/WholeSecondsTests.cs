using System.Collections.Immutable;
using Crosstown.Core;
using Crosstown.Core.Data;
using Crosstown.Timing.Sheets;

namespace Crosstown.Timing.Tests.Sheets;

public sealed class WholeSecondsTests
{
    [Fact]
    public void Every_ring_still_fills_the_cycle_and_every_minimum_is_kept()
    {
        for (var seed = 0u; seed < 500; seed++)
        {
            var random = new RandomNumbers(seed);
            var cycleMs = (80 + random.NextInt(60)) * 1000;
            var first = (int)(cycleMs * random.Between(0.35, 0.6)) / 100 * 100;
            int[] Halves(int length, double least, double mostOther)
            {
                var left = (int)random.Between(least, Math.Min(length - mostOther, length / 2.0)) / 100 * 100;
                return [left, length - left];
            }

            int[] splits = [.. Halves(first, 9_500, 16_000), .. Halves(cycleMs - first, 9_500, 13_000), .. Halves(first, 9_500, 16_000), .. Halves(cycleMs - first, 9_500, 13_000)];
            var exact = SampleSheets.New with
            {
                CycleMs = cycleMs,
                OffsetMs = random.NextInt(cycleMs / 100) * 100,
                SplitMs = splits.Select((s, i) => ((byte)(i + 1), s)).ToImmutableSortedDictionary(s => s.Item1, s => s.s),
            };
            var whole = WholeSeconds.Round(SampleSheets.Phases, exact);
            Assert.True(WholeSeconds.Has(whole));
            Assert.InRange(whole.OffsetMs, 0, cycleMs - 1000);
            foreach (var ring in SampleSheets.Phases.GroupBy(p => p.Ring))
            {
                Assert.Equal(cycleMs, ring.Sum(p => whole.SplitMs[p.Number]));
            }

            Assert.Equal(whole.SplitMs[1] + whole.SplitMs[2], whole.SplitMs[5] + whole.SplitMs[6]);
            foreach (var phase in SampleSheets.Phases)
            {
                Assert.True(whole.SplitMs[phase.Number] >= phase.MinimumGreenMs + phase.ChangeMs, $"seed {seed}, phase {phase.Number}");
                Assert.InRange(Math.Abs(whole.SplitMs[phase.Number] - exact.SplitMs[phase.Number]), 0, 1900);
            }
        }
    }

    [Fact]
    public void Whole_patterns_stay_as_they_are() => Assert.Equal(SampleSheets.New.SplitMs, WholeSeconds.Round(SampleSheets.Phases, SampleSheets.New).SplitMs);

    [Fact]
    public void Minimums_that_do_not_fit_in_whole_seconds_are_refused()
    {
        // 9.5 s and 16 s are 25.5 s: a barrier of that length leaves no room for 10 s and 16 s when the other barrier is full as well.
        var tight = SampleSheets.Pattern(3, 48, 0, [0, 0, 0, 0, 0, 0, 0, 0]) with
        {
            SplitMs = new[] { 9_500, 16_000, 9_500, 13_000, 9_500, 16_000, 9_500, 13_000 }.Select((s, i) => ((byte)(i + 1), s)).ToImmutableSortedDictionary(s => s.Item1, s => s.s),
        };
        Assert.Equal("XT670", Assert.Throws<ProblemException>(() => WholeSeconds.Round(SampleSheets.Phases, tight)).Problems.Single().Code);
        Assert.Equal("XT670", Assert.Throws<ProblemException>(() => WholeSeconds.Round(SampleSheets.Phases, SampleSheets.New with { CycleMs = 90_500 })).Problems.Single().Code);
    }
}
