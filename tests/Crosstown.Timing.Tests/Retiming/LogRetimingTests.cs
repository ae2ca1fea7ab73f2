using Crosstown.Timing.Guard;
using Crosstown.Timing.Optimization;
using Crosstown.Timing.Retiming;
using Crosstown.Timing.Tests.Demand;

namespace Crosstown.Timing.Tests.Retiming;

/// <summary>From the town's logs to plans for a day.</summary>
public sealed class LogRetimingTests(ITestOutputHelper output)
{
    [Fact]
    public void Look()
    {
        var record = TownRecord.Of(7, 8, 5.5, 12);
        var result = new LogRetiming(record.Signals(), [], record.Links(), new LogRetimingOptions { Retiming = new GuardedRetimingOptions { Optimizer = new OptimizerOptions { MaxThreads = 2 } } }, new PlanGuard()).Run([], null, (_, _) => CancellationToken.None);
        foreach (var p in result.Periods)
        {
            output.WriteLine($"{p.Study.Name} pattern {p.Pattern} {p.Result?.Before.Index:0.0} -> {p.Result?.After.Index:0.0} approved {p.Result?.Approval?.Proposal.Signals.Length} refused {p.Result?.Refused.Length} fixed {p.Result?.Fixed.Length} costly {p.Result?.Costly.Count}");
            foreach (var r in p.Result?.Refused ?? [])
            {
                foreach (var g in r.Problems)
                {
                    output.WriteLine($"   {g.Signal} {g.Code} {g.Part} {g.Message}");
                }
            }

            foreach (var c in p.Result?.Changes ?? [])
            {
                output.WriteLine($"   {c.Text}");
            }
        }

        foreach (var w in result.Withdrawn)
        {
            output.WriteLine($"withdrawn {w.Signal}: {w.Problems[0].Message}");
        }

        foreach (var l in result.Losses)
        {
            output.WriteLine($"{l.Name} {l.Period} loses {l.Share:P1} coverage {l.Coverage:0.00}");
        }
    }
}
