using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Server.Adaptive;
using Crosstown.Simulation.Towns;

namespace Crosstown.Server.Tests.Adaptive;

/// <summary>Adaptive control of the made-up town: what it asks, and what comes of it against the town's own plan.</summary>
public sealed class TownAdvisersTests(ITestOutputHelper output)
{
    private const long Hour = 3_600_000;
    private const long Day = Town.DefaultStartMs + (48 * Hour);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Delay for each crossing, s.</summary>
    private static double DelayS(IReadOnlyList<(SignalId Signal, SignalCount Count, double WaitedS)> counts) => counts.Sum(c => c.WaitedS) / counts.Sum(c => c.Count.Vehicles);

    private static double WalkWaitS(IReadOnlyList<(SignalId Signal, SignalCount Count, double WaitedS)> counts) => counts.Sum(c => c.Count.WalkersWaitMs) / 1000.0 / counts.Sum(c => c.Count.Walkers);

    [Theory]
    [InlineData(1, 7.5, 0.80, 1.0)]
    [InlineData(2, 17, 0.75, 1.0)]
    [InlineData(3, 12, 0.85, 1.0)]
    [InlineData(1, 22, 1.05, 1.8)]
    public void It_lowers_the_delay_of_the_same_vehicles_against_the_towns_plan_and_the_guard_refuses_nothing(ulong seed, double hour, double atMost, double walkersAtMost)
    {
        var town = Town.Create(seed, 24);
        var run = AdaptiveTrial.Try(town, Day + (long)(hour * Hour), 20 * 60_000, seed + 100, _ => { }, Stop);

        var (plan, adaptive) = (DelayS(run.Plan), DelayS(run.Adaptive));
        output.WriteLine($"delay {plan:0.0} -> {adaptive:0.0} s ({(adaptive / plan) - 1:P0}), walkers {WalkWaitS(run.Plan):0.0} -> {WalkWaitS(run.Adaptive):0.0} s, longest red {run.Plan.Max(c => c.Count.LongestRedMs) / 1000} -> {run.Adaptive.Max(c => c.Count.LongestRedMs) / 1000} s");
        Assert.Equal(0, run.Refused);
        Assert.InRange(adaptive / plan, 0.1, atMost);
        Assert.InRange(WalkWaitS(run.Adaptive) / WalkWaitS(run.Plan), 0.1, walkersAtMost);
        Assert.True(run.Adaptive.Sum(c => c.Count.Vehicles) > 0.97 * run.Plan.Sum(c => c.Count.Vehicles), "Fewer came through.");
    }

    private static (List<ControllerEvent> Events, int Refused) Log(TownAdvisers? advisers, Town town, long startMs, long lengthMs)
    {
        var events = new List<ControllerEvent>();
        var simulation = new TownSimulation(town, startMs) { Adviser = advisers is null ? null : advisers.Advise };
        simulation.Advance(startMs + lengthMs, (_, own) => events.AddRange(own));
        return (events, advisers is null ? 0 : town.Signals.Sum(s => advisers.Of(s.Signal).Refused));
    }

    [Fact]
    [Trait("rule", "C15")]
    public void In_shadow_it_wishes_and_nothing_in_the_town_is_another_by_a_byte()
    {
        var town = Town.Create(4, 8);
        var startMs = Day + (8 * Hour);
        var advisers = new TownAdvisers(town, startMs, startMs - TownSimulation.WarmUpMs);
        var wishes = 0;
        var looked = new List<ControllerEvent>();
        var simulation = new TownSimulation(town, startMs)
        {
            Adviser = (in view) =>
            {
                var order = advisers.Advise(view);
                wishes += (advisers.Of(view.Signal).Wish & ~advisers.Of(view.Signal).Greens) != 0 ? 1 : 0;
                Assert.False(order.AsksAnything);
                return order;
            },
        };
        simulation.Advance(startMs + (Hour / 2), (_, own) => looked.AddRange(own));

        Assert.True(wishes > 100, "It never wished for anything else, so nothing was tried.");
        Assert.Equal(Log(null, town, startMs, Hour / 2).Events, looked);
    }

    [Fact]
    [Trait("rule", "C09")]
    public void While_a_preempt_is_at_work_and_for_two_cycles_after_nothing_is_asked()
    {
        var town = Town.Create(1, 5);
        var startMs = Day + (9 * Hour);
        var advisers = new TownAdvisers(town, startMs, startMs - TownSimulation.WarmUpMs) { MayAsk = true };
        var preemptedMs = new Dictionary<SignalId, long>();
        var (preempted, quiet, asked) = (0, 0, 0);
        var simulation = new TownSimulation(town, startMs)
        {
            Adviser = (in view) =>
            {
                var order = advisers.Advise(view);
                if (view.State.Preempt != Crosstown.Core.Controllers.PreemptStage.None)
                {
                    preemptedMs[view.Signal] = view.TimeMs;
                    preempted++;
                }

                if (preemptedMs.TryGetValue(view.Signal, out var last) && view.TimeMs - last < 240_000)
                {
                    Assert.False(order.AsksAnything);
                    quiet++;
                }
                else
                {
                    asked += order.AsksAnything ? 1 : 0;
                }

                return order;
            },
        };
        simulation.Advance(startMs + (3 * Hour), (_, _) => { });

        Assert.True(preempted > 30 && quiet > preempted + 200, $"{preempted} s of preempts, {quiet} s quiet.");
        Assert.True(asked > 5 * 3 * 3600 * 0.8, $"It asked in {asked} of {5 * 3 * 3600} seconds.");
        Assert.Equal(0, town.Signals.Sum(s => advisers.Of(s.Signal).Refused));
    }

    [Fact]
    [Trait("rule", "C05")]
    public void The_cabinets_keep_every_minimum_yellow_red_clearance_and_walk_of_theirs()
    {
        var town = Town.Create(5, 8);
        var startMs = Day + (16 * Hour);
        var advisers = new TownAdvisers(town, startMs, startMs - TownSimulation.WarmUpMs) { MayAsk = true };
        var simulation = new TownSimulation(town, startMs) { Adviser = advisers.Advise };
        var checks = 0;
        simulation.Advance(startMs + Hour, (signal, own) =>
        {
            var program = town.FindSignal(signal)!.Program;
            var since = new Dictionary<(int Code, int Phase), long>();
            foreach (var e in own)
            {
                var phase = program.Phases.FirstOrDefault(p => p.Number == e.Parameter);
                int? leastMs = e.Code switch
                {
                    EventCode.PhaseBeginYellow => phase?.MinimumGreenMs,
                    EventCode.PhaseEndYellow => phase?.YellowMs,
                    EventCode.PhaseEndRedClearance => phase?.RedClearanceMs,
                    EventCode.PedestrianBeginClearance => phase?.WalkMs,
                    EventCode.PedestrianBeginDontWalk => phase?.PedestrianClearanceMs,
                    _ => null,
                };
                var begin = e.Code switch
                {
                    EventCode.PhaseBeginYellow => EventCode.PhaseBeginGreen,
                    EventCode.PhaseEndYellow => EventCode.PhaseBeginYellow,
                    EventCode.PhaseEndRedClearance => EventCode.PhaseBeginRedClearance,
                    EventCode.PedestrianBeginClearance => EventCode.PedestrianBeginWalk,
                    EventCode.PedestrianBeginDontWalk => EventCode.PedestrianBeginClearance,
                    _ => (ushort)0,
                };
                if (leastMs is { } least && since.TryGetValue((begin, e.Parameter), out var fromMs))
                {
                    checks++;
                    Assert.True(e.TimeMs - fromMs >= least, $"Signal {signal}, phase {e.Parameter}: code {e.Code} after {e.TimeMs - fromMs} of {least} ms.");
                }

                since[(e.Code, e.Parameter)] = e.TimeMs;
            }
        });

        Assert.True(checks > 3000, $"{checks} intervals.");
        Assert.Equal(0, town.Signals.Sum(s => advisers.Of(s.Signal).Refused));
    }
}
