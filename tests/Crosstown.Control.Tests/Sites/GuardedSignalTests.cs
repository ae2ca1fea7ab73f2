using System.Collections.Immutable;
using Crosstown.Control.Classics;
using Crosstown.Control.Sites;
using Crosstown.Core.Data;
using Crosstown.Core.Networks;
using Crosstown.Timing.Guard;
using Crosstown.Timing.Tests.Roads;

namespace Crosstown.Control.Tests.Sites;

public sealed class GuardedSignalTests
{
    private static readonly RoadProfile s_profile = RoadProfile.Bench;

    [Fact]
    [Trait("rule", "C03")]
    [Trait("rule", "C08")]
    public void A_refused_state_is_not_shown_and_the_fixed_program_goes_on()
    {
        var site = DrawnSite.Make();
        var watch = new StateGuard(site.Card, s_profile, 0, "Gr");

        // The guard is stricter than the driver: its yellow is four seconds.
        var guard = new StateGuard(site.Card, s_profile with { YellowS = 4 }, 0, "Gr");
        var signal = new GuardedSignal(site, s_profile, new Restless(), guard, 0, "Gr");
        var shown = new List<string>();
        for (var nowS = 1; nowS <= 400; nowS++)
        {
            signal.Step(DrawnSite.Empty(), nowS);
            Assert.Empty(watch.Judge(nowS, signal.State));
            watch.Note(nowS, signal.State);
            shown.Add(signal.State);
        }

        Assert.True(signal.HasFallenBack);
        Assert.InRange(signal.Refused, 1, 100);
        Assert.Equal(["XT792", "XT794"], signal.FirstRefusal.Select(p => p.Code));
        var first = shown.IndexOf("yr");
        Assert.Equal("yr", shown[first + 3]);
    }

    [Fact]
    [Trait("rule", "C03")]
    public void Once_refused_the_reference_program_runs_in_its_cycle_and_offset()
    {
        var site = DrawnSite.Make(DrawnStreets.Program(0, 30, 20, offsetS: 7));
        var guard = new RefusesOnce(new StateGuard(site.Card, s_profile, 0, "Gr"), atS: 40);
        var signal = new GuardedSignal(site, s_profile, new Restless(), guard, 0, "Gr");
        for (var nowS = 1; nowS <= 400; nowS++)
        {
            var before = signal.State;
            var isNew = signal.Step(DrawnSite.Empty(), nowS);
            Assert.Equal(before != signal.State, isNew);
            if (nowS >= 150)
            {
                // Green of the main street for 30 s of 56, from second 7 on; yellow before each red.
                var at = (nowS - 7) % 56;
                Assert.Equal(at < 30 ? "Gr" : at < 33 ? "yr" : at < 53 ? "rG" : "ry", signal.State);
            }
        }

        Assert.Equal(1, signal.Refused);
    }

    [Fact]
    [Trait("rule", "C07")]
    public void A_red_beyond_its_limit_is_ended_though_every_state_until_then_is_refused()
    {
        var site = DrawnSite.Make();
        var guard = new StateGuard(site.Card, s_profile with { LongestRedS = 20 }, 0, "Gr");
        var signal = new GuardedSignal(site, s_profile, new Stubborn(), guard, 0, "Gr");
        var shown = new List<string>();
        for (var nowS = 1; nowS <= 120; nowS++)
        {
            signal.Step(DrawnSite.Empty(), nowS);
            shown.Add(signal.State);
        }

        Assert.True(signal.HasFallenBack);
        Assert.Contains("rG", shown);
        Assert.Equal("XT798", Assert.Single(signal.FirstRefusal).Code);
    }

    [Fact]
    public void A_signal_that_only_flashes_is_left_as_it_is()
    {
        var flashing = DrawnStreets.Program(0, 30, 20) with { Phases = [new FixedPhase(60, "oo")] };

        Assert.Empty(SignalSite.List(DrawnStreets.Street(1), new RoadEquipment(), [flashing]));
    }

    [Fact]
    public void A_start_from_a_state_that_is_no_stage_leads_to_one_without_a_refusal()
    {
        var site = DrawnSite.Make();
        foreach (var first in new[] { "rr", "yr", "ry", "oo" })
        {
            var signal = new GuardedSignal(site, s_profile, new FixedController(site, s_profile), new StateGuard(site.Card, s_profile, 0, first), 0, first);
            var shown = new HashSet<string>();
            for (var nowS = 1; nowS <= 200; nowS++)
            {
                signal.Step(DrawnSite.Empty(), nowS);
                shown.Add(signal.State);
            }

            Assert.Equal(0, signal.Refused);
            Assert.Superset(new HashSet<string> { "Gr", "rG" }, shown);
        }
    }

    /// <summary>Wants another stage as soon as it may.</summary>
    private sealed class Restless : ISignalController
    {
        public (int Stage, int HoldS) Decide(DetectorFrame frame, int nowS, StageDriver driver) => (driver.IsChanging ? driver.Target : 1 - driver.Stage, 0);
    }

    /// <summary>Never wants another stage.</summary>
    private sealed class Stubborn : ISignalController
    {
        public (int Stage, int HoldS) Decide(DetectorFrame frame, int nowS, StageDriver driver) => (driver.Stage, 10);
    }

    private sealed class RefusesOnce(IStateGuard inner, int atS) : IStateGuard
    {
        private bool _hasRefused;

        public ImmutableArray<Problem> Judge(int nowS, string state)
        {
            if (nowS < atS || _hasRefused)
            {
                return inner.Judge(nowS, state);
            }

            _hasRefused = true;
            return [new Problem("XT791", "signal x0", "It is refused once.")];
        }

        public void Note(int nowS, string state) => inner.Note(nowS, state);
    }
}
