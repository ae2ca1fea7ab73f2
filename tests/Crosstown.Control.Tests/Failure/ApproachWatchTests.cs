using Crosstown.Control.Adaptive;
using Crosstown.Control.Classics;
using Crosstown.Control.Sites;
using Crosstown.Control.Tests.Sites;
using Crosstown.Core.Networks;
using Crosstown.Timing.Guard;
using Crosstown.Timing.Tests.Roads;

namespace Crosstown.Control.Tests.Failure;

/// <summary>Queues that are estimated without a zone, against a street that was written for the test and knows them.</summary>
public sealed class ApproachWatchTests
{
    private static readonly RoadProfile s_profile = RoadProfile.Bench;

    [Theory]
    [InlineData("zone", 0.15, 0.1)]
    [InlineData("loops", 0.15, 0.4)]
    [InlineData("loops", 0.27, 1.0)]
    [InlineData("stop loop", 0.15, 1.3)]
    [InlineData("advance loop", 0.15, 1.3)]
    [InlineData("nothing", 0.15, 1.7)]
    public void The_standing_queue_is_known_from_what_is_left(string sensed, double flowVps, double meanErrorVeh)
    {
        var (error, mean, estimated) = Compare(sensed, flowVps);

        Assert.True(error <= meanErrorVeh, $"{sensed}: mean error {error:0.00} of a mean of {mean:0.00} vehicles");
        Assert.InRange(estimated / mean, 0.6, 1.5);
    }

    [Fact]
    public void A_lane_of_which_nothing_was_ever_sensed_is_expected_to_have_a_queue_in_red()
    {
        var site = DrawnSite.Make();
        var watch = new LaneWatch(150, 13.89, 45);
        var approach = new ApproachWatch(site.Approaches[0], [watch], site.Card.Reference);
        var driver = new StageDriver(site.Menu, s_profile, 0, "rG");
        for (var nowS = 1; nowS <= 120; nowS++)
        {
            approach.Update(new DetectorFrame(7), nowS, driver);
        }

        // The plan gives the main street 30 s of 56 s; three fifths of what can leave in them are expected, for two minutes.
        Assert.InRange(watch.DueBy(120), 15, 22);
        Assert.True(watch.RateVps > 0);
        Assert.False(watch.IsSensed);
    }

    [Fact]
    public void Vehicles_without_a_loop_before_the_stop_line_are_expected_when_the_signal_before_let_them_go()
    {
        var network = DrawnStreets.Street(2);
        var ends = network.Lanes.Select((l, i) => (l, i)).Where(l => l.l.Name is "m0_0" or "m1_0").OrderBy(l => l.l.Name, StringComparer.Ordinal).ToArray();
        var equipment = new RoadEquipment { Detectors = [.. ends.Select(l => new LaneDetector($"stop_{l.l.Name}", l.i, l.l.LengthM - 1, l.l.LengthM - 1))] };
        var site = SignalSite.List(network, equipment, [DrawnStreets.Program(0, 30, 20), DrawnStreets.Program(1, 30, 20)]).Single(s => s.Card.Signal == "x1");
        var main = site.Approaches.Single(a => a.Lanes[0].Lane == ends[1].i);
        var feeder = Assert.Single(main.Feeders);
        Assert.Equal((0, 1.0), (feeder.Loop, feeder.Share));
        Assert.Equal(ends[1].l.LengthM / ends[1].l.SpeedMps, feeder.DriveS, 6);

        // Ten cars in a row, once a minute, over the loop there; here they pass when they come.
        var watch = new LaneWatch(0, ends[1].l.SpeedMps);
        var approach = new ApproachWatch(main, [watch], site.Card.Reference);
        var driver = new StageDriver(site.Menu, s_profile, 0, "Gr");
        var (coming, all, late) = (0, 0, 0);
        for (var nowS = 1; nowS <= 3600; nowS++)
        {
            var frame = new DetectorFrame(2);
            frame.Passed[0] = nowS % 60 is >= 0 and < 20 && nowS % 2 == 0 ? 1 : 0;
            var here = (nowS - (int)feeder.DriveS) % 60;
            frame.Passed[1] = here is >= 0 and < 20 && here % 2 == 0 ? 1 : 0;
            approach.Update(frame, nowS, driver);
            if (nowS > 1800 && nowS % 60 == 20)
            {
                // The last of the row has just left there.
                all += 10;
                coming += watch.DueS.Count(d => d > nowS);
            }
            else if (nowS > 1800 && nowS % 60 == 50)
            {
                late += watch.DueS.Count(d => d > nowS);
            }
        }

        Assert.InRange((double)coming / all, 0.8, 1.2);
        Assert.Equal(0, late);
    }

    private static (double Error, double Mean, double Estimated) Compare(string sensed, double flowVps)
    {
        var site = DrawnSite.Make();
        var (error, mean, estimated, count) = (0.0, 0.0, 0.0, 0);
        for (var seed = 1UL; seed <= 4; seed++)
        {
            var street = new PlainStreet(seed, flowVps, 0.1);
            var watch = new LaneWatch(150, 13.89, 45);
            var approach = new ApproachWatch(site.Approaches[0], [watch], site.Card.Reference);
            var signal = new GuardedSignal(site, s_profile, new FixedController(site, s_profile), new StateGuard(site.Card, s_profile, 0, "Gr"), 0, "Gr");
            for (var nowS = 1; nowS <= 3600; nowS++)
            {
                var frame = street.Step(signal.State);
                signal.Step(frame, nowS);

                // All is well for ten minutes, so that something can be learned; then only some is left.
                if (nowS > 600)
                {
                    Blind(frame, DrawnSite.MainZone, sensed != "zone");
                    Blind(frame, DrawnSite.MainStop, sensed is "advance loop" or "nothing");
                    Blind(frame, DrawnSite.MainAdvance, sensed is "stop loop" or "nothing");
                }

                approach.Update(frame, nowS, signal.Driver);
                if (nowS > 900)
                {
                    var (truth, queue) = (street.Standing(0), (signal.State[0] == 'G' ? watch.Halting : watch.DueBy(nowS)) + watch.Hidden);
                    if (signal.State[0] != 'G')
                    {
                        error += Math.Abs(truth - queue);
                        mean += truth;
                        estimated += queue;
                        count++;
                    }
                }
            }
        }

        return (error / count, mean / count, estimated / count);
    }

    private static void Blind(DetectorFrame frame, int d, bool isBlind)
    {
        if (isBlind)
        {
            (frame.Vehicles[d], frame.Halting[d], frame.Passed[d], frame.Covered[d]) = (float.NaN, float.NaN, float.NaN, float.NaN);
        }
    }
}
