using System.Collections.Immutable;
using Crosstown.Core.Street;
using Crosstown.Simulation.Towns;
using Crosstown.Simulation.Traffic;
using Crosstown.Timing.Demand;
using Crosstown.Timing.Evaluation;
using Crosstown.Timing.Model;
using Crosstown.Timing.Optimization;

namespace Crosstown.Timing.Tests.Demand;

/// <summary>A plan made from logs alone, judged by the truth that made the logs.</summary>
public sealed class PlanFromLogsTests(ITestOutputHelper output)
{
    private static readonly OptimizerOptions Options = new() { MinCycleS = 90, MaxCycleS = 130, CycleStepS = 20, RefinedCycles = 1, MaxThreads = 2 };

    [Fact]
    public void A_plan_from_logs_is_within_two_percent_of_one_from_the_truth()
    {
        var record = TownRecord.Of(7, 8, 5.5, 12);
        var study = DemandStudy.Run(record.Signals(), record.Links(), new StudyOptions { Periods = PeriodRule.Given, GivenPeriods = [new TimeOfDay(420, 540)] });
        var learnt = study.Periods[0].Network;
        var truth = TrueNetwork(record, learnt);
        var judge = new PlanEvaluator(truth);
        var fromLogs = judge.Evaluate(new PlanOptimizer(learnt, Options).Optimize().Plan);
        var fromTruth = judge.Evaluate(new PlanOptimizer(truth, Options).Optimize().Plan);
        var today = judge.Evaluate(new NetworkPlan { Patterns = [.. truth.Signals.Select(s => s.Today)] });

        output.WriteLine($"index {fromLogs.Index:0.00} from logs, {fromTruth.Index:0.00} from the truth, {today.Index:0.00} today");
        Assert.True(fromTruth.Index < today.Index);
        Assert.InRange(fromLogs.Index, 0, 1.02 * fromTruth.Index);
    }

    /// <summary>What really was: vehicles that crossed, headways and speeds that the town is made of.</summary>
    private static TimingNetwork TrueNetwork(TownRecord record, TimingNetwork learnt)
    {
        double Flow(LaneGroup group, Turn turn) => record.TrueVehPerHour(learnt.Signals[group.Signal].Signal, group.Direction, turn, 7, 9);
        static Turn[] TurnsOf(LaneMovement movement) => movement switch
        {
            LaneMovement.Left => [Turn.Left],
            LaneMovement.Right => [Turn.Right],
            LaneMovement.Through => [Turn.Through],
            _ => [Turn.Through, Turn.Right],
        };
        static TravelDirection Heading(TravelDirection from, Turn turn)
        {
            TravelDirection[] round = [TravelDirection.Northbound, TravelDirection.Eastbound, TravelDirection.Southbound, TravelDirection.Westbound];
            return round[(Array.IndexOf(round, from) + (turn switch { Turn.Left => 3, Turn.Right => 1, _ => 0 })) % 4];
        }

        var volumes = learnt.Groups.Select(g => TurnsOf(g.Movement).Sum(t => Flow(g, t))).ToImmutableArray();
        var groups = learnt.Groups.Select(group =>
        {
            var lanes = record.Town.Signals[group.Signal].Lanes.Where(l => SitePlanner.Directions[l.Leg] == group.Direction
                && (l.Movement == LaneMovement.Left) == (group.Movement == LaneMovement.Left) && (l.Movement == LaneMovement.Right) == (group.Movement == LaneMovement.Right));
            return group with
            {
                SaturationVehPerHour = lanes.Sum(l => 3_600_000.0 / l.SaturationHeadwayMs),
                StartLostS = 2,

                // Two seconds of yellow are used, and the last vehicle of them gets through half a headway before on average.
                EndGainS = 1,
                Feeders = [.. group.Feeders.Select(f =>
                {
                    var link = record.Town.Links.First(l => l.From == learnt.Signals[learnt.Groups[f.Group].Signal].Signal && l.To == learnt.Signals[group.Signal].Signal);
                    var spreadS = 0.07 * link.TravelS;
                    var tailS = (2 * spreadS * spreadS / (Math.Sqrt(1 + (4 * spreadS * spreadS)) - 1)) - 1;
                    return new Feeder(f.Group, link.TravelS, tailS / (link.TravelS - tailS), (link.TravelS - tailS) / link.TravelS);
                })],
            };
        }).ToImmutableArray();
        var fed = groups.Select((group, g) =>
        {
            // Nine in ten go on to the next signal, and choose their lane there by where they want to go.
            var leg = Enumerable.Range(0, groups.Length).Where(i => groups[i].Signal == group.Signal && groups[i].Direction == group.Direction).Sum(i => volumes[i]);
            var sent = group.Feeders.Select(f => TurnsOf(groups[f.Group].Movement).Where(t => Heading(groups[f.Group].Direction, t) == group.Direction)
                .Sum(t => Flow(groups[f.Group], t)) * 0.9 * volumes[g] / leg).ToList();
            var most = Math.Min(1, volumes[g] / Math.Max(1, sent.Sum()));
            return sent.Select(s => s * most).ToImmutableArray();
        }).ToImmutableArray();
        return learnt with
        {
            Groups = groups,
            Demands = [new TrafficDemand { Name = "truth", Hours = learnt.Demands[0].Hours, VolumeVehPerHour = volumes, FedVehPerHour = fed }],
        };
    }
}
