using Crosstown.Control.Failure;
using Crosstown.Control.Sites;
using Crosstown.Control.Tests.Sites;
using Crosstown.Core.Networks;
using Crosstown.Timing.Guard;

namespace Crosstown.Control.Tests.Failure;

public sealed class FallbackControllerTests
{
    private static readonly RoadProfile s_profile = RoadProfile.Bench;

    [Fact]
    public void With_its_detectors_gone_a_signal_runs_the_reference_plan_and_comes_back_level_by_level()
    {
        var trial = new Trial(new Steady());
        trial.Run(300);
        Assert.Equal(ControlLevel.Preferred, trial.Controller.Level);
        trial.Run(300, frame => Blind(frame, 0, 1, 2, 3, 4, 5, 6));
        Assert.Equal(ControlLevel.Fixed, trial.Controller.Level);
        trial.Run(400);

        Assert.Equal(
            [(ControlLevel.Preferred, ControlLevel.Fixed), (ControlLevel.Fixed, ControlLevel.Actuated), (ControlLevel.Actuated, ControlLevel.Preferred)],
            trial.Controller.Changes.Select(c => (c.From, c.To)));
        Assert.InRange(trial.Controller.Changes[0].AtS, 301, 301 + 15);
        Assert.True(trial.Controller.Changes[1].AtS >= 600 + FallbackController.UpAfterS);
        Assert.True(trial.Controller.Changes[2].AtS >= trial.Controller.Changes[1].AtS + FallbackController.UpAfterS);
        Assert.Equal("7 of 7 detectors have failed", trial.Controller.Changes[0].Reason);
        Assert.Equal("x0", trial.Controller.Changes[0].Signal);
    }

    [Fact]
    public void A_part_of_the_detectors_gone_is_lived_with()
    {
        var trial = new Trial(new Steady());
        trial.Run(600, frame => Blind(frame, DrawnSite.MainZone, DrawnSite.SideAdvance, DrawnSite.SideStop));

        Assert.Empty(trial.Controller.Changes);
        Assert.Equal(3, trial.Controller.Health.Failed);
    }

    [Fact]
    public void A_lane_that_is_lost_goes_to_the_actuated_controller_which_never_skips_its_stage()
    {
        var trial = new Trial(new Steady(), mainVps: 0.05, sideVps: 0.02);
        trial.Run(200);
        trial.Run(1000, frame => Blind(frame, DrawnSite.MainZone, DrawnSite.MainStop, DrawnSite.MainAdvance, DrawnSite.SideZone, DrawnSite.SideAdvance));

        Assert.Equal(ControlLevel.Actuated, trial.Controller.Level);
        var shown = trial.Shown.Skip(300).ToArray();

        // The main street's green in the plan is 30 s; it comes again and again though nobody calls for it.
        Assert.InRange(shown.Zip(shown.Skip(1)).Count(s => s.First != "Gr" && s.Second == "Gr"), 3, 60);
    }

    [Fact]
    public void A_controller_that_throws_is_left_at_once_and_tried_again_later_each_time()
    {
        var trial = new Trial(new Thrower());
        trial.Run(2000);

        var falls = trial.Controller.Changes.Where(c => c.From == ControlLevel.Preferred).ToArray();
        Assert.InRange(falls.Length, 3, 6);
        Assert.All(falls, f => Assert.Equal((ControlLevel.Actuated, "it failed: InvalidOperationException"), (f.To, f.Reason)));
        Assert.All(falls.Zip(falls.Skip(1)).Zip(falls.Skip(1).Zip(falls.Skip(2))), g => Assert.True(g.First.Second.AtS - g.First.First.AtS < g.Second.Second.AtS - g.Second.First.AtS));
    }

    [Fact]
    public void A_controller_that_takes_a_second_is_left()
    {
        var time = new ManualTime();
        var trial = new Trial(new Slow(time), time);
        trial.Run(50);

        Assert.Equal("its decision took 1.5 s", Assert.Single(trial.Controller.Changes).Reason);
    }

    [Fact]
    public void A_clock_that_jumps_is_on_the_record_and_forgiven()
    {
        var trial = new Trial(new Steady());
        trial.Run(100);
        trial.NowS += 30;
        trial.Run(200);

        Assert.Equal(["the clock jumped by 31 s", $"all was well for {FallbackController.UpAfterS} s"], trial.Controller.Changes.Select(c => c.Reason));
        Assert.Equal(ControlLevel.Preferred, trial.Controller.Level);
    }

    [Fact]
    public void Where_nobody_drives_at_all_nothing_is_on_the_record()
    {
        var trial = new Trial(new Steady(), mainVps: 0, sideVps: 0);
        trial.Run(3000);

        Assert.Empty(trial.Controller.Changes);
    }

    private static void Blind(DetectorFrame frame, params int[] detectors)
    {
        foreach (var d in detectors)
        {
            (frame.Vehicles[d], frame.Halting[d], frame.Passed[d], frame.Covered[d]) = (float.NaN, float.NaN, float.NaN, float.NaN);
        }
    }

    /// <summary>The drawn signal with a street, under the controller that is tried; every state is approved.</summary>
    private sealed class Trial
    {
        private readonly PlainStreet _street;
        private readonly GuardedSignal _signal;

        public Trial(ISignalController preferred, TimeProvider? time = null, double mainVps = 0.2, double sideVps = 0.1)
        {
            var site = DrawnSite.Make();
            _street = new PlainStreet(3, mainVps, sideVps);
            Controller = new FallbackController(site, s_profile, preferred, _ => true, time ?? new ManualTime());
            _signal = new GuardedSignal(site, s_profile, Controller, new StateGuard(site.Card, s_profile, 0, "Gr"), 0, "Gr");
        }

        public FallbackController Controller { get; }

        public List<string> Shown { get; } = [];

        public int NowS { get; set; }

        public void Run(int seconds, Action<DetectorFrame>? disturb = null)
        {
            for (var i = 0; i < seconds; i++)
            {
                var frame = _street.Step(_signal.State);
                disturb?.Invoke(frame);
                _signal.Step(frame, ++NowS);
                Shown.Add(_signal.State);
            }

            Assert.True(_signal.Refused == 0, string.Join("; ", _signal.FirstRefusal));
        }
    }

    /// <summary>Changes every twenty seconds.</summary>
    private sealed class Steady : ISignalController
    {
        public (int Stage, int HoldS) Decide(DetectorFrame frame, int nowS, StageDriver driver) =>
            driver.IsChanging ? (driver.Target, 0) : nowS % 20 == 0 ? (1 - driver.Stage, 0) : (driver.Stage, 1);
    }

    private sealed class Thrower : ISignalController
    {
        public (int Stage, int HoldS) Decide(DetectorFrame frame, int nowS, StageDriver driver) => throw new InvalidOperationException("It cannot.");
    }

    private sealed class Slow(ManualTime time) : ISignalController
    {
        public (int Stage, int HoldS) Decide(DetectorFrame frame, int nowS, StageDriver driver)
        {
            time.Advance(1500);
            return (driver.Stage, 1);
        }
    }
}
