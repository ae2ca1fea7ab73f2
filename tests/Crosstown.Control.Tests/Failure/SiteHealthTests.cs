using Crosstown.Control.Classics;
using Crosstown.Control.Failure;
using Crosstown.Control.Sites;
using Crosstown.Control.Tests.Sites;
using Crosstown.Core.Networks;
using Crosstown.Timing.Guard;

namespace Crosstown.Control.Tests.Failure;

public sealed class SiteHealthTests
{
    private const int FromS = 600;
    private static readonly RoadProfile s_profile = RoadProfile.Bench;

    public static TheoryData<string, int, int> Faults => new()
    {
        // What fails, which detector, and within how many seconds it has to be found.
        { "says nothing", DrawnSite.MainZone, 3 },
        { "says nothing", DrawnSite.SideStop, 3 },
        { "sees nobody", DrawnSite.MainZone, 60 },
        { "sees nobody", DrawnSite.MainStop, 240 },
        { "sees nobody", DrawnSite.MainAdvance, 240 },
        { "is stuck", DrawnSite.MainZone, 60 },
        { "is stuck", DrawnSite.SideZone, 300 },
        { "is stuck", DrawnSite.MainStop, 240 },
        { "is stuck", DrawnSite.MainAdvance, 240 },
        { "is stuck", DrawnSite.MainExit, 180 },
        { "chatters", DrawnSite.MainZone, 5 },
        { "chatters", DrawnSite.MainExit, 5 },
        { "chatters", DrawnSite.MainStop, 20 },
        { "chatters", DrawnSite.SideAdvance, 20 },
        { "counts in red", DrawnSite.MainStop, 120 },
    };

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.004, 0.001)]
    [InlineData(0.1, 0.03)]
    [InlineData(0.3, 0.15)]
    [InlineData(0.7, 0.5)]
    public void Nobody_is_blamed_where_all_are_in_order_however_many_drive(double mainVps, double sideVps)
    {
        for (var seed = 1UL; seed <= 5; seed++)
        {
            Run(seed, mainVps, sideVps, 3600, (_, _) => { }, (nowS, health) => Assert.True(health.Failed == 0, $"seed {seed}, second {nowS}: {Verdicts(health)}"));
        }
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_detector_that_fails_is_found_in_time_alone_and_believed_again_when_it_is_well(string fault, int detector, int withinS)
    {
        const int wellS = FromS + 900;
        var held = new DetectorFrame(7);
        var (found, well) = (0, 0);
        Run(7, 0.25, 0.08, wellS + 1200, (nowS, frame) =>
        {
            if (nowS == FromS)
            {
                Copy(frame, held, detector);
                held.Vehicles[detector] = Math.Max(1, held.Vehicles[detector]);
            }

            if (nowS is >= FromS and < wellS)
            {
                Fail(fault, frame, held, detector, nowS);
            }
        }, (nowS, health) =>
        {
            var isBlamed = health.VerdictOf(detector) != DetectorVerdict.Healthy;
            Assert.True(health.Failed == (isBlamed ? 1 : 0), $"second {nowS}: {Verdicts(health)}");
            Assert.False(isBlamed && nowS < FromS);
            found = isBlamed && found == 0 ? nowS : found;
            well = nowS > wellS && !isBlamed && well == 0 ? nowS : well;
            if (nowS == wellS - 1)
            {
                Assert.Equal(fault is "says nothing" or "sees nobody" ? DetectorVerdict.Silent : fault == "is stuck" ? DetectorVerdict.Stuck : DetectorVerdict.Chattering, health.VerdictOf(detector));
            }
        });

        Assert.True(found > 0 && found - FromS <= withinS, $"found after {found - FromS} s");
        Assert.InRange(well - wellS, 1, 400);
    }

    [Theory]
    [InlineData("sees nobody", DrawnSite.MainZone, 90)]
    [InlineData("sees nobody", DrawnSite.MainStop, 90)]
    [InlineData("is stuck", DrawnSite.MainZone, 90)]
    [InlineData("is stuck", DrawnSite.MainStop, 90)]
    [InlineData("chatters", DrawnSite.MainZone, 5)]
    [InlineData("chatters", DrawnSite.MainStop, 20)]
    public void One_that_never_worked_is_found_within_a_cycle_or_two_and_nobody_is_blamed_in_its_place(string fault, int detector, int withinS)
    {
        var held = DrawnSite.Empty();
        (held.Vehicles[detector], held.Halting[detector]) = (6, 4);
        for (var seed = 1UL; seed <= 5; seed++)
        {
            var found = 0;
            Run(seed, 0.2, 0.08, 600, (nowS, frame) => Fail(fault, frame, held, detector, nowS), (nowS, health) =>
            {
                var isBlamed = health.VerdictOf(detector) != DetectorVerdict.Healthy;
                Assert.True(health.Failed == (isBlamed ? 1 : 0), $"seed {seed}, second {nowS}: {Verdicts(health)}");
                found = isBlamed && found == 0 ? nowS : found;
            });
            Assert.True(found > 0 && found <= withinS, $"seed {seed}: found after {found} s");
        }
    }

    [Fact]
    public void A_zone_behind_the_signal_counts_for_nothing_until_it_was_seen_to_work()
    {
        var health = new SiteHealth(DrawnSite.Make(), s_profile, _ => true);
        var driver = new StageDriver(DrawnSite.Make().Menu, s_profile, 0, "Gr");
        var kept = new List<(int, float, float, float, float, float)>();
        for (var nowS = 1; nowS <= 6; nowS++)
        {
            var frame = DrawnSite.Empty();
            frame.Vehicles[DrawnSite.MainExit] = nowS < 4 ? 3 : 4;
            health.Update(frame, nowS, driver);
            health.Mask(frame, kept);

            Assert.Equal(nowS < 4 ? float.NaN : 4, frame.Vehicles[DrawnSite.MainExit]);
            Assert.Equal(0, health.Failed);
        }
    }

    [Fact]
    public void What_a_failed_detector_says_is_kept_from_whoever_decides_and_given_back()
    {
        var frame = DrawnSite.Empty();
        var health = new SiteHealth(DrawnSite.Make(), s_profile, _ => true);
        var driver = new StageDriver(DrawnSite.Make().Menu, s_profile, 0, "Gr");
        for (var nowS = 1; nowS <= 20; nowS++)
        {
            frame.Vehicles[DrawnSite.MainZone] = nowS % 2 * 12;
            health.Update(frame, nowS, driver);
        }

        var kept = new List<(int, float, float, float, float, float)>();
        health.Mask(frame, kept);
        Assert.Equal(float.NaN, frame.Vehicles[DrawnSite.MainZone]);
        Assert.Equal(0, frame.Vehicles[DrawnSite.SideZone]);
        SiteHealth.Unmask(frame, kept);
        Assert.Equal(0, frame.Vehicles[DrawnSite.MainZone]);
    }

    [Fact]
    public void What_is_not_read_at_all_is_no_failure()
    {
        var site = DrawnSite.Make();
        var health = new SiteHealth(site, s_profile, d => d >= DrawnSite.MainStop);
        health.Update(new DetectorFrame(7), 1, new StageDriver(site.Menu, s_profile, 0, "Gr"));

        Assert.Equal(4, health.Count);
        Assert.Equal(1, health.BlindShare);
    }

    private static void Run(ulong seed, double mainVps, double sideVps, int seconds, Action<int, DetectorFrame> disturb, Action<int, SiteHealth> look)
    {
        var site = DrawnSite.Make();
        var street = new PlainStreet(seed, mainVps, sideVps);
        var health = new SiteHealth(site, s_profile, _ => true);
        var signal = new GuardedSignal(site, s_profile, new FixedController(site, s_profile), new StateGuard(site.Card, s_profile, 0, "Gr"), 0, "Gr");
        for (var nowS = 1; nowS <= seconds; nowS++)
        {
            var frame = street.Step(signal.State);
            disturb(nowS, frame);
            health.Update(frame, nowS, signal.Driver);
            look(nowS, health);
            signal.Step(frame, nowS);
        }
    }

    private static string Verdicts(SiteHealth health) => string.Join(", ", Enumerable.Range(0, 7).Select(d => $"{d} {health.VerdictOf(d)}"));

    private static void Fail(string fault, DetectorFrame frame, DetectorFrame held, int d, int nowS)
    {
        var isLoop = d >= DrawnSite.MainStop;
        switch (fault)
        {
            case "says nothing":
                (frame.Vehicles[d], frame.Halting[d], frame.Passed[d], frame.Covered[d]) = (float.NaN, float.NaN, float.NaN, float.NaN);
                break;
            case "sees nobody":
                (frame.Vehicles[d], frame.Halting[d], frame.Passed[d], frame.Covered[d]) = isLoop ? (float.NaN, float.NaN, 0f, 0f) : (0f, 0f, float.NaN, float.NaN);
                break;
            case "is stuck" when isLoop:
                (frame.Passed[d], frame.Covered[d]) = (0, 1);
                break;
            case "is stuck":
                Copy(held, frame, d);
                break;
            case "chatters" when isLoop:
                (frame.Passed[d], frame.Covered[d]) = (nowS * 7 % 4, nowS % 2);
                break;
            case "chatters":
                frame.Vehicles[d] = nowS * 7 % 19;
                break;
            default:
                frame.Passed[d] = nowS % 7 == 0 ? 1 : 0;
                break;
        }
    }

    private static void Copy(DetectorFrame from, DetectorFrame to, int d) =>
        (to.Vehicles[d], to.Halting[d], to.Passed[d], to.Covered[d]) = (from.Vehicles[d], from.Halting[d], from.Passed[d], from.Covered[d]);
}
