using Crosstown.Control.Adaptive;
using Crosstown.Control.Priority;
using Crosstown.Control.Sites;
using Crosstown.Core;

namespace Crosstown.Control.Tests.Priority;

/// <summary>One signal on its plan (green 0-40 s for the first street, 46-84 s for the second) and what priority makes of it.</summary>
public sealed class PriorityTests
{
    private const int First = 0;
    private const int Second = 2;

    [Fact]
    public void A_plan_under_nobody_is_shown_as_it_is_written()
    {
        var trial = new SignalTrial();
        trial.RunTo(500);
        var written = trial.Street.Plan.Phases.SelectMany(p => Enumerable.Repeat(p.State, (int)p.DurationS)).ToArray();

        Assert.Equal(Enumerable.Range(90, 410).Select(t => written[t % 90]), trial.States.Skip(90));
        Assert.Empty(trial.Judge.Broken);
        Assert.Empty(trial.Log);
    }

    [Fact]
    public void A_bus_that_would_come_six_seconds_late_finds_its_green_held_and_the_street_across_gets_the_time_back_in_the_next_cycle()
    {
        var trial = new SignalTrial();
        trial.RunTo(110);
        var number = trial.Ask(PriorityRole.Transit, First, 135);
        trial.RunTo(138);
        Assert.Equal(PriorityStatus.Granted, trial.Server.Status(number!.Value));
        trial.Server.Pass(number.Value, 137);
        trial.RunTo(500);

        Assert.InRange(trial.Ends(0).First(t => t > 100), 137, 139);
        var heldS = trial.Ends(0).First(t => t > 100) - 130;
        Assert.Equal((136 + heldS, 174), (trial.Begins(2).First(t => t > 130), trial.Ends(2).First(t => t > 130)));
        Assert.Equal(180, trial.Begins(0).First(t => t > 140));
        var backS = heldS - (int)Math.Round(heldS * 0.1);
        Assert.Equal((226 - backS, 264), (trial.Begins(2).First(t => t > 180), trial.Ends(2).First(t => t > 180)));
        Assert.Equal((270, 310), (trial.Begins(0).First(t => t > 190), trial.Ends(0).First(t => t > 230)));
        var record = Assert.Single(trial.Log);
        Assert.Equal((PriorityKind.Extension, PriorityOutcome.Passed, true), (record.Kind, record.Outcome, record.IsUseful));
        Assert.InRange(record.SavedS!.Value, 40, 50);
        Assert.InRange(record.RecoveredS!.Value, 270, 271);
        Assert.Empty(trial.Judge.Broken);
    }

    [Fact]
    public void A_bus_that_would_come_too_late_for_the_limit_is_given_no_extension()
    {
        var trial = new SignalTrial(PriorityLimits.Usual with { LongestEarlyS = 0 });
        trial.RunTo(110);
        trial.Ask(PriorityRole.Transit, First, 150);
        trial.RunTo(180);

        Assert.Equal(130, trial.Ends(0).First(t => t > 100));
    }

    [Fact]
    public void A_green_is_held_no_longer_than_the_limit_for_a_bus_that_does_not_come()
    {
        var trial = new SignalTrial();
        trial.RunTo(110);
        var number = trial.Ask(PriorityRole.Transit, First, 131)!.Value;
        trial.RunTo(180, now => trial.Server.Update(number, Math.Max(131, now + 1), Math.Max(131, now + 1) + 2, 10_000));

        Assert.InRange(trial.Ends(0).First(t => t > 100), 131, 130 + PriorityLimits.Usual.LongestExtensionS);
    }

    [Fact]
    public void A_bus_that_would_wait_finds_its_green_as_early_as_the_limit_and_the_street_across_keeps_its_walk_and_gets_its_time_back()
    {
        var trial = new SignalTrial(PriorityLimits.Usual with { LongestEarlyS = 10 });
        trial.RunTo(135);
        var number = trial.Ask(PriorityRole.Transit, First, 160)!.Value;
        trial.RunTo(173);
        trial.Server.Pass(number, 173);
        trial.RunTo(500);

        Assert.Equal(170, trial.Begins(0).First(t => t > 140));
        Assert.Contains(trial.States.Skip(135).Take(30), s => s[5] == 'G');
        Assert.Equal(211, trial.Ends(0).First(t => t > 170));
        Assert.Equal((217, 264), (trial.Begins(2).First(t => t > 180), trial.Ends(2).First(t => t > 180)));
        Assert.Equal((PriorityKind.EarlyGreen, true), (trial.Log.Single().Kind, trial.Log.Single().IsUseful));
        Assert.Empty(trial.Judge.Broken);
    }

    [Fact]
    public void A_bus_that_meets_green_anyway_needs_nothing_and_moves_nothing()
    {
        var trial = new SignalTrial();
        trial.RunTo(90);
        var number = trial.Ask(PriorityRole.Transit, First, 110)!.Value;
        trial.RunTo(112);
        trial.Server.Pass(number, 112);
        trial.RunTo(300);

        Assert.Equal(130, trial.Ends(0).First(t => t > 100));
        Assert.Equal((PriorityKind.NoneNeeded, false, null), (trial.Log.Single().Kind, trial.Log.Single().IsGrant, trial.Log.Single().RecoveredS));
    }

    [Fact]
    public void A_grant_that_changed_nothing_is_told_from_one_that_did()
    {
        var trial = new SignalTrial();
        trial.RunTo(135);
        var number = trial.Ask(PriorityRole.Transit, First, 160)!.Value;
        trial.RunTo(200);
        trial.Server.Pass(number, 200);
        trial.RunTo(400);

        var record = Assert.Single(trial.Log);
        Assert.True(record.IsGrant);
        Assert.False(record.IsUseful);
        Assert.Equal(0, record.SavedS);
    }

    [Fact]
    public void The_next_bus_is_not_served_before_the_first_has_been_made_up()
    {
        var trial = new SignalTrial(PriorityLimits.Usual with { ReserviceS = 200 });
        trial.RunTo(110);
        var number = trial.Ask(PriorityRole.Transit, First, 135)!.Value;
        trial.RunTo(137);
        trial.Server.Pass(number, 137);
        trial.RunTo(300);

        Assert.Equal(PriorityStatus.ReserviceLocked, trial.Server.Open(Request(trial, 320), trial.NowS).Status);
        trial.RunTo(340);
        Assert.Equal(PriorityStatus.Processing, trial.Server.Open(Request(trial, 360), trial.NowS).Status);
    }

    [Fact]
    public void An_emergency_goes_before_a_bus_and_the_earlier_before_the_later()
    {
        var trial = new SignalTrial();
        trial.RunTo(100);
        var bus = trial.Ask(PriorityRole.Transit, First, 110)!.Value;
        var late = trial.Ask(PriorityRole.Emergency, First, 190)!.Value;
        var early = trial.Ask(PriorityRole.Emergency, Second, 128)!.Value;
        trial.RunTo(126);

        Assert.Equal(
            (PriorityStatus.WatchOtherTraffic, PriorityStatus.WatchOtherTraffic, PriorityStatus.Granted), (trial.Server.Status(bus), trial.Server.Status(late), trial.Server.Status(early)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(8)]
    public void An_emergency_finds_its_queue_gone(int queue)
    {
        var trial = new SignalTrial { Frame = new DrawnCrossing().Frame(0, 0, queue) };
        trial.RunTo(90);
        var number = trial.Ask(PriorityRole.Emergency, Second, 132)!.Value;
        trial.RunTo(134);
        trial.Server.Pass(number, 134);
        trial.RunTo(500);

        // Two seconds to start and two for each vehicle, and three to spare.
        var green = trial.Begins(2).First(t => t > 90);
        var latest = 132 - 3 - (queue > 0 ? 2 + (2 * queue) : 0);
        Assert.InRange(green, latest - 2, latest);
        Assert.True(trial.Log.Single().IsUseful);
        Assert.Empty(trial.Judge.Broken);
    }

    [Fact]
    public void An_emergency_that_stays_is_served_for_as_long_as_the_limits_allow()
    {
        var trial = new SignalTrial();
        trial.RunTo(90);
        var number = trial.Ask(PriorityRole.Emergency, Second, 120)!.Value;
        trial.RunTo(500, now => trial.Server.Update(number, Math.Max(120, now + 1), Math.Max(120, now + 1) + 2, 10_000));

        Assert.Equal(PriorityOutcome.MaximumPresence, trial.Log.Single().Outcome);
        Assert.InRange(trial.Log.Single().EndedS - trial.Log.Single().GrantedS!.Value, 120, 121);
        Assert.Empty(trial.Judge.Broken);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(17)]
    [InlineData(33)]
    [InlineData(50)]
    [InlineData(66)]
    [InlineData(83)]
    public void After_an_emergency_at_any_time_of_the_cycle_the_plan_is_in_step_within_three_cycles(int atS)
    {
        foreach (var approach in new[] { First, Second })
        {
            var trial = new SignalTrial();
            trial.RunTo(180 + atS);
            var number = trial.Ask(PriorityRole.Emergency, approach, 215 + atS)!.Value;
            trial.RunTo(225 + atS);
            trial.Server.Pass(number, 225 + atS);
            trial.RunTo(225 + atS + 270);
            var from = trial.NowS;
            trial.RunTo(from + 90);
            var written = trial.Street.Plan.Phases.SelectMany(p => Enumerable.Repeat(p.State, (int)p.DurationS)).ToArray();

            Assert.Equal(Enumerable.Range(from, 90).Select(t => written[t % 90]), trial.States.Skip(from));
            Assert.All(trial.Log, r => Assert.InRange((r.RecoveredS ?? r.EndedS) - r.EndedS, 0, 270));
            Assert.Empty(trial.Judge.Broken);
        }
    }

    [Fact]
    public void A_request_of_which_nothing_more_is_heard_ends_by_itself()
    {
        var trial = new SignalTrial();
        trial.RunTo(100);
        var number = trial.Ask(PriorityRole.Emergency, Second, 130, expiryS: 115)!.Value;
        trial.RunTo(200);

        Assert.Equal(PriorityStatus.Unknown, trial.Server.Status(number));
        Assert.Equal(PriorityOutcome.Expired, trial.Log.Single().Outcome);
    }

    [Fact]
    [Trait("rule", "C09")]
    public void A_preempt_of_the_cabinet_ends_all_grants_and_nothing_is_granted_until_two_cycles_after_it()
    {
        var trial = new SignalTrial();
        trial.RunTo(110);
        var number = trial.Ask(PriorityRole.Emergency, Second, 130)!.Value;
        trial.RunTo(125);
        trial.Server.BeginPreempt(125);
        Assert.Equal(PriorityStatus.Unknown, trial.Server.Status(number));
        Assert.Null(trial.Ask(PriorityRole.Emergency, Second, 140));
        trial.RunTo(160);
        trial.Server.EndPreempt(160);
        Assert.Null(trial.Ask(PriorityRole.Emergency, Second, 200));
        trial.RunTo(160 + PriorityLimits.Usual.AfterPreemptS);

        Assert.NotNull(trial.Ask(PriorityRole.Emergency, Second, trial.NowS + 30));
        Assert.Equal([PriorityOutcome.Rejected, PriorityOutcome.Rejected], trial.Log.Where(r => r.Outcome != PriorityOutcome.Preempted).Select(r => r.Outcome));
        Assert.Single(trial.Log, r => r.Outcome == PriorityOutcome.Preempted);
    }

    /// <summary>Any requests at any time around any controller: a judge that shares no code with the signal finds nothing.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("rule", "C05")]
    [Trait("rule", "C06")]
    [Trait("rule", "C07")]
    [Trait("rule", "C08")]
    public void Whatever_is_asked_no_rule_is_broken(bool hasPlan)
    {
        var grants = 0;
        for (var seed = 1; seed <= 150; seed++)
        {
            var random = new RandomNumbers((ulong)seed);
            var trial = new SignalTrial(inner: hasPlan ? null : site => new Whim(site, new RandomNumbers((ulong)seed, 1)));
            var living = new List<int>();
            trial.RunTo(1500, now =>
            {
                trial.Frame = trial.Street.Frame([.. Enumerable.Range(0, 4).Select(_ => random.NextInt(12))]);
                if (random.NextDouble() < 0.02 && trial.Ask(random.NextInt(3) == 0 ? PriorityRole.Emergency : PriorityRole.Transit, random.NextInt(4), now + random.NextInt(60), now + 20 + random.NextInt(80)) is { } number)
                {
                    living.Add(number);
                }

                if (living.Count > 0 && random.NextDouble() < 0.04)
                {
                    trial.Server.Pass(living[0], now);
                    living.RemoveAt(0);
                }
            });

            Assert.True(trial.Judge.Broken.Count == 0, $"seed {seed}: {string.Join("; ", trial.Judge.Broken.Take(3))}");
            grants += trial.Log.Count(r => r.IsGrant);
        }

        Assert.True(grants > 500, $"{grants} grants");
    }

    [Theory]
    [InlineData(60, true)]
    [InlineData(90, false)]
    public void Around_a_controller_that_knows_prices_a_green_is_held_only_for_what_it_is_worth(float dearer, bool isHeld)
    {
        // By itself the signal would let the bus leave 18 s later: yellow and red, 11 s for the walkers across, yellow and red, 2 s to start.
        var trial = new SignalTrial(inner: _ => new Priced(new DrawnCrossing(), dearer));
        trial.RunTo(110);
        var number = trial.Ask(PriorityRole.Transit, First, 135)!.Value;
        trial.RunTo(138);
        trial.Server.Pass(number, 137);
        trial.RunTo(180);

        Assert.Equal(isHeld ? 138 : 130, trial.Ends(0).First(t => t > 100));
        Assert.Equal(isHeld ? PriorityKind.Extension : PriorityKind.None, trial.Log.Single().Kind);
        Assert.Empty(trial.Judge.Broken);
    }

    [Theory]
    [InlineData(-10, true)]
    [InlineData(1000, false)]
    public void Around_a_controller_that_knows_prices_a_green_comes_early_only_for_what_it_is_worth(float dearer, bool isEarly)
    {
        var trial = new SignalTrial(inner: _ => new Priced(new DrawnCrossing(), dearer));
        trial.RunTo(100);
        trial.Ask(PriorityRole.Transit, Second, 126);
        trial.RunTo(180);

        Assert.Equal(isEarly, trial.Begins(2).First(t => t > 100) < 136);
        Assert.Empty(trial.Judge.Broken);
    }

    [Fact]
    public void A_green_that_would_hardly_come_earlier_is_left_to_the_controller()
    {
        var trial = new SignalTrial(inner: _ => new Priced(new DrawnCrossing(), 0));
        trial.RunTo(100);
        trial.Ask(PriorityRole.Transit, Second, 134);
        trial.RunTo(180);

        Assert.Equal(136, trial.Begins(2).First(t => t > 100));
        Assert.DoesNotContain(trial.Log, r => r.IsGrant);
    }

    [Fact]
    public void The_adaptive_controller_prices_its_own_choice_as_it_made_it_and_no_stay_below_it()
    {
        var street = new DrawnCrossing();
        var controller = new RollingController(street.Site, Core.Networks.RoadProfile.Field);
        var driver = new StageDriver(street.Site.Menu, Core.Networks.RoadProfile.Field, 0, "GGrrGr");
        var random = new RandomNumbers(9);
        var changes = 0;
        for (var nowS = 0; nowS < 900; nowS++)
        {
            var frame = street.Frame([.. Enumerable.Range(0, 4).Select(_ => random.NextInt(10))]);
            var isChanging = driver.IsChanging;
            var isDue = ServiceClock.FindDue(street.Site, Core.Networks.RoadProfile.Field, driver, nowS) is not null;
            var (stage, holdS) = controller.Decide(frame, nowS, driver);
            if (!isChanging && !isDue)
            {
                Assert.True(controller.Price(1, driver.Stage) >= controller.OwnPrice - 0.01f);
                if (holdS == 0 && stage != driver.Stage)
                {
                    changes++;
                    Assert.Equal(controller.OwnPrice, controller.Price(0, stage), 0.01f);
                }
            }

            driver.Advance(nowS, holdS > 0 && !driver.IsChanging ? driver.Stage : stage, holdS);
        }

        Assert.InRange(changes, 10, 200);
    }

    private static PriorityRequest Request(SignalTrial trial, int serviceS) => new()
    {
        Role = PriorityRole.Transit,
        Approach = First,
        Links = trial.Server.ListLinks(First, First + 4),
        ServiceS = serviceS,
        DepartureS = serviceS + 2,
        ExpiryS = serviceS + 60,
    };

    /// <summary>Runs the plan, and says that anything else costs so much more.</summary>
    private sealed class Priced(DrawnCrossing street, float dearer) : IPricedController
    {
        private readonly PlanFollower _plan = new(new PlanClock(street.Site, street.Plan));

        public float OwnPrice => 500;

        public float Price(int holdS, int stage) => OwnPrice + dearer;

        public (int Stage, int HoldS) Decide(DetectorFrame frame, int nowS, StageDriver driver) => _plan.Decide(frame, nowS, driver);
    }

    /// <summary>Wants any stage at any time, as long as nobody left out by it has waited for long: what starves anybody then is priority.</summary>
    private sealed class Whim(SignalSite site, RandomNumbers random) : ISignalController
    {
        private const int PatienceS = 80;

        public (int Stage, int HoldS) Decide(DetectorFrame frame, int nowS, StageDriver driver)
        {
            if (ServiceClock.FindDue(site, Core.Networks.RoadProfile.Field, driver, nowS) is { } due)
            {
                return (due, driver.MayEnd(nowS) ? 0 : 1);
            }

            var stage = random.NextInt(site.Menu.Stages.Length);
            var isFair = Enumerable.Range(0, site.Card.LinkCount).All(l => site.Menu.Stages[stage][l] || driver.Aspect(l) == LinkAspect.Green || nowS - driver.SinceS(l) < PatienceS);
            return isFair && random.NextDouble() < 0.03 && driver.MayEnd(nowS) ? (stage, 0) : (driver.Stage, 1 + random.NextInt(20));
        }
    }
}
