using Crosstown.Control.Classics;
using Crosstown.Control.Failure;
using Crosstown.Control.Sites;
using Crosstown.Control.Tests.Sites;
using Crosstown.Core;
using Crosstown.Core.Networks;
using Crosstown.Timing.Guard;

namespace Crosstown.Control.Tests.Failure;

/// <summary>Orders that are lost or late, and clocks that jump, judged by a guard that sees what the street sees.</summary>
public sealed class LossyOrdersTests
{
    private static readonly RoadProfile s_profile = RoadProfile.Bench;

    [Theory]
    [Trait("rule", "C05")]
    [InlineData("restless", 0, 3)]
    [InlineData("restless", 0.3, 0)]
    [InlineData("restless", 0.2, 5)]
    [InlineData("fixed", 0.2, 5)]
    [InlineData("actuated", 0.2, 5)]
    public void What_the_street_sees_is_lawful_whatever_becomes_of_the_orders(string name, double lossShare, int mostDelayS)
    {
        var site = DrawnSite.Make();
        for (var seed = 1UL; seed <= 20; seed++)
        {
            var random = new RandomNumbers(seed);
            var street = new PlainStreet(seed, 0.2, 0.1);
            ISignalController controller = name switch
            {
                "fixed" => new FixedController(site, s_profile),
                "actuated" => new FallbackController(site, s_profile, null, _ => true, new ManualTime()),
                _ => new Restless(),
            };
            var signal = new GuardedSignal(site, s_profile, controller, new StateGuard(site.Card, s_profile, 0, "Gr"), 0, "Gr");
            var watch = new StateGuard(site.Card, s_profile, 0, "Gr");
            var line = new List<(int AtS, string State)>();
            var (shown, changes) = ("Gr", 0);
            for (var nowS = 1; nowS <= 2000; nowS++)
            {
                var isTold = signal.Step(street.Step(shown), nowS, shown);
                if (isTold && random.NextDouble() >= lossShare)
                {
                    line.Add((nowS + random.NextInt(mostDelayS + 1), signal.State));
                }

                foreach (var (_, state) in line.Where(o => o.AtS == nowS))
                {
                    changes += state == shown ? 0 : 1;
                    shown = state;
                }

                var against = watch.Judge(nowS, shown);
                Assert.True(against.IsEmpty, $"seed {seed}, second {nowS}: {string.Join("; ", against)}");
                watch.Note(nowS, shown);
            }

            Assert.InRange(changes, 40, 800);
            Assert.True(signal.Astray > 0);
            Assert.False(signal.HasFallenBack);
        }
    }

    [Fact]
    public void A_signal_that_somebody_else_switches_is_taken_back_and_goes_on_from_what_it_shows()
    {
        var site = DrawnSite.Make();
        var signal = new GuardedSignal(site, s_profile, new FixedController(site, s_profile), new StateGuard(site.Card, s_profile, 0, "Gr"), 0, "Gr");
        var (shown, told) = ("Gr", new List<string>());
        for (var nowS = 1; nowS <= 200; nowS++)
        {
            if (signal.Step(DrawnSite.Empty(), nowS, shown))
            {
                shown = signal.State;
            }

            // Somebody lets the side street go.
            shown = nowS == 120 ? "rG" : shown;
            if (nowS == 122)
            {
                Assert.Equal("rG", signal.State);
            }
        }

        Assert.InRange(signal.Astray, 1, 6);
        Assert.False(signal.HasFallenBack);
        Assert.Equal(0, signal.Refused);
    }

    [Fact]
    [Trait("rule", "C05")]
    public void A_clock_that_jumps_ahead_breaks_nothing_but_the_longest_red()
    {
        var site = DrawnSite.Make();
        for (var seed = 1UL; seed <= 20; seed++)
        {
            var random = new RandomNumbers(seed);
            var signal = new GuardedSignal(site, s_profile, new Restless(), new StateGuard(site.Card, s_profile, 0, "Gr"), 0, "Gr");
            var watch = new StateGuard(site.Card, s_profile, 0, "Gr");
            var served = 0;
            for (var nowS = 1; nowS <= 20_000;)
            {
                var before = signal.State;
                signal.Step(DrawnSite.Empty(), nowS);
                Assert.All(watch.Judge(nowS, signal.State), p => Assert.Equal("XT798", p.Code));
                watch.Note(nowS, signal.State);
                served += before != "rG" && signal.State == "rG" ? 1 : 0;
                nowS += random.NextInt(10) == 0 ? 2 + random.NextInt(random.NextInt(20) == 0 ? 400 : 30) : 1;
            }

            Assert.False(signal.HasFallenBack);
            Assert.InRange(served, 100, 2000);
        }
    }

    [Fact]
    public void A_clock_that_stands_still_or_goes_back_is_refused()
    {
        var site = DrawnSite.Make();
        var signal = new GuardedSignal(site, s_profile, new Restless(), new StateGuard(site.Card, s_profile, 0, "Gr"), 0, "Gr");
        signal.Step(DrawnSite.Empty(), 10);

        Assert.Contains("was at 10 s", Assert.Throws<ArgumentOutOfRangeException>(() => signal.Step(DrawnSite.Empty(), 10)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => signal.Step(DrawnSite.Empty(), 3));
    }

    /// <summary>Wants another stage as soon as it may.</summary>
    private sealed class Restless : ISignalController
    {
        public (int Stage, int HoldS) Decide(DetectorFrame frame, int nowS, StageDriver driver) => (driver.IsChanging ? driver.Target : 1 - driver.Stage, 0);
    }
}
