using Crosstown.Core;
using Crosstown.Core.Data;
using Crosstown.Core.Street;
using Crosstown.Core.Time;
using Crosstown.Simulation.Towns;
using Crosstown.Timing.Demand.InForce;
using Crosstown.Timing.Demand.Profiles;

namespace Crosstown.Timing.Tests.Demand;

public sealed class LinkPivotTests
{
    private const int CycleS = 12;

    private static MeasuredApproach Random(ulong seed, int link, int direction)
    {
        var random = new RandomNumbers(seed, link, direction);
        var begin = random.NextInt(CycleS);
        return new MeasuredApproach(
            [.. Enumerable.Range(0, CycleS).Select(_ => random.Between(0, 10))],
            [.. Enumerable.Range(0, CycleS).Select(t => (t - begin + CycleS) % CycleS < 5 ? 1.0 : 0.0)]);
    }

    [Theory]
    [InlineData(1, 0.5)]
    [InlineData(2, 0.5)]
    [InlineData(3, 0.8)]
    public void The_best_of_all_offsets_is_found(ulong seed, double forwardWeight)
    {
        PivotLink[] links = [.. Enumerable.Range(0, 3).Select(i => new PivotLink(Random(seed, i, 0), Random(seed, i, 1)))];
        var best = double.NegativeInfinity;
        for (var code = 0; code < CycleS * CycleS * CycleS; code++)
        {
            int[] offset = [0, code % CycleS, code / CycleS % CycleS, code / CycleS / CycleS];
            best = Math.Max(best, Score(links, offset, forwardWeight));
        }

        var result = LinkPivot.Optimize(links, forwardWeight);

        Assert.Equal(best, Score(links, [.. result.OffsetChangeS], forwardWeight), 9);
    }

    /// <summary>Written apart from the code under test: every vehicle is moved with its upstream signal, every green with its own.</summary>
    private static double Score(PivotLink[] links, int[] offset, double forwardWeight)
    {
        static double OnGreen(MeasuredApproach approach, int arrivalsMove, int greenMove)
        {
            var sum = 0.0;
            for (var t = 0; t < CycleS; t++)
            {
                var clock = (t + arrivalsMove) % CycleS;
                sum += approach.Arrivals[t] * approach.Green[(((clock - greenMove) % CycleS) + CycleS) % CycleS];
            }

            return sum;
        }

        var total = 0.0;
        for (var i = 0; i < links.Length; i++)
        {
            total += forwardWeight * OnGreen(links[i].Forward!, offset[i], offset[i + 1]);
            total += (1 - forwardWeight) * OnGreen(links[i].Backward!, offset[i + 1], offset[i]);
        }

        return total;
    }

    [Fact]
    public void A_shift_of_a_whole_cycle_changes_nothing()
    {
        var approach = Random(5, 0, 0);

        Assert.Equal(approach.OnGreen(0, 0), approach.OnGreen(0, CycleS), 12);
        Assert.Equal(approach.OnGreen(3, 0), approach.OnGreen(3 - CycleS, 0), 12);
        Assert.Equal(approach.OnGreen(4, 4), approach.OnGreen(0, 0), 12);
    }

    [Fact]
    public void An_offset_that_sends_platoons_into_red_is_turned_round()
    {
        // The fourth signal of the town begins half a cycle off in the morning. The second has the same cycle, and is well.
        var record = TownRecord.Of(7, 8, 5.5, 12);
        var signals = record.Signals();
        var timings = signals.Select(s => InForceLearner.Learn(s.Configuration, s.Log)).ToList();
        var corridor = new Corridor
        {
            Id = "harrison",
            Signals =
            [
                .. new[] { "1001", "1002", "1003", "1004" }.Select((id, i) => new CorridorSignal
                {
                    Signal = SignalId.Parse(id),
                    DistanceFt = i * 1500,
                    ForwardGroup = SignalGroup.Phase(2),
                    BackwardGroup = SignalGroup.Phase(6),
                }),
            ],
        };
        var midnight = Town.DefaultStartMs + (2 * TownRecord.Day);
        var morning = new TimeRange(midnight + (6 * TownRecord.Hour), midnight + (9 * TownRecord.Hour));
        var links = CorridorPivot.Measure(corridor, signals, timings, [morning], 120);
        var result = LinkPivot.Optimize(links);

        var last = result.Links[2];
        var change = last.IndexOf(last.Max());
        Assert.InRange(change, 35, 85);
        Assert.True(last[change] > 1.3 * last[0], $"{last[0]:0} to {last[change]:0} of {result.Arrivals:0}");
        Assert.True(result.Links[1].Max() < 1.2 * result.Links[1][0]);
        Assert.True(result.OnGreenAfter > result.OnGreenBefore);
    }

    [Fact]
    public void Profiles_of_different_cycles_are_refused()
    {
        var short10 = new MeasuredApproach([.. new double[10]], [.. new double[10]]);

        Assert.Equal("XT694", Assert.Throws<ProblemException>(() => LinkPivot.Optimize([new PivotLink(Random(1, 0, 0), short10)])).Problems[0].Code);
        Assert.Equal("XT694", Assert.Throws<ProblemException>(() => LinkPivot.Optimize([new PivotLink(null, null)])).Problems[0].Code);
        Assert.Equal("XT695", Assert.Throws<ProblemException>(() => LinkPivot.Optimize([new PivotLink(short10, null)], double.NaN)).Problems[0].Code);
    }
}
