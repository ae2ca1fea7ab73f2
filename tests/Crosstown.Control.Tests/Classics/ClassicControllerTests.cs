using Crosstown.Control.Classics;
using Crosstown.Control.Sites;
using Crosstown.Control.Tests.Sites;
using Crosstown.Core.Networks;
using Crosstown.Timing.Guard;
using Crosstown.Timing.Tests.Roads;

namespace Crosstown.Control.Tests.Classics;

/// <summary>The classic controllers at one drawn signal: main street 30 s, side street 20 s, a cycle of 56 s.</summary>
public sealed class ClassicControllerTests
{
    private static readonly RoadProfile s_profile = RoadProfile.Bench;

    [Theory]
    [InlineData(0)]
    [InlineData(23)]
    public void Fixed_shows_the_reference_program_second_by_second(int offsetS)
    {
        var program = DrawnStreets.Program(0, 30, 20, offsetS: offsetS);
        var site = DrawnSite.Make(program);
        var shown = Run(site, new FixedController(site, s_profile), 600, (_, _) => DrawnSite.Empty());

        for (var nowS = 120; nowS <= 600; nowS++)
        {
            var at = (nowS - offsetS) % 56;
            Assert.Equal(program.Phases[at < 30 ? 0 : at < 33 ? 1 : at < 53 ? 2 : 3].State, shown[nowS - 1]);
        }
    }

    [Fact]
    public void Actuated_rests_where_it_is_while_nobody_calls_until_the_longest_red_is_near()
    {
        var site = DrawnSite.Make();
        var shown = Run(site, new ActuatedController(site, s_profile), 600, (_, _) => DrawnSite.Empty());

        var reds = shown.IndexOf("yr");
        Assert.InRange(reds, s_profile.LongestRedS - 40, s_profile.LongestRedS - 4);
    }

    [Fact]
    public void Actuated_gives_a_caller_his_green_after_the_gap_and_ends_it_after_the_next()
    {
        var site = DrawnSite.Make();
        var shown = Run(site, new ActuatedController(site, s_profile), 120, (nowS, _) =>
        {
            var frame = DrawnSite.Empty();

            // A vehicle on the main street every second second up to 40; one waits on the side street from 20 on until it is served.
            frame.Covered[DrawnSite.MainAdvance] = nowS <= 40 && nowS % 2 == 0 ? 1 : 0;
            (frame.Vehicles[DrawnSite.SideZone], frame.Covered[DrawnSite.SideStop]) = nowS is >= 20 and < 48 ? (1, 1) : (0, 0);
            return frame;
        });

        // Gap of three seconds after 40, three of yellow, then green while the stop loop is covered and three seconds more: nobody calls the main street then.
        Assert.Equal(43, shown.IndexOf("yr") + 1);
        Assert.Equal(46, shown.IndexOf("rG") + 1);
        Assert.DoesNotContain("ry", shown);
    }

    [Fact]
    public void Actuated_ends_a_green_that_never_gaps_out_at_its_maximum()
    {
        var site = DrawnSite.Make();
        var shown = Run(site, new ActuatedController(site, s_profile), 300, (_, _) =>
        {
            var frame = DrawnSite.Empty();
            frame.Covered[DrawnSite.MainStop] = 1;
            frame.Covered[DrawnSite.SideStop] = 1;
            return frame;
        });

        Assert.All(Runs(shown).Skip(1).SkipLast(1).Where(r => r.State.Contains('G', StringComparison.Ordinal)), r => Assert.InRange(r.Seconds, 50, 51));
    }

    [Fact]
    public void Pressure_serves_the_longer_queue_unless_it_stands_where_that_would_go()
    {
        var site = DrawnSite.Make();
        List<string> Show(float main, float side, float ahead) => Run(site, new PressureController(site, s_profile), 100, (_, _) =>
        {
            var frame = DrawnSite.Empty();
            (frame.Halting[DrawnSite.MainZone], frame.Halting[DrawnSite.SideZone], frame.Halting[DrawnSite.MainExit]) = (main, side, ahead);
            return frame;
        });

        Assert.Equal("Gr", Show(9, 5, 0)[^1]);
        Assert.Equal("rG", Show(5, 9, 0)[^1]);
        Assert.Equal("rG", Show(9, 5, 6)[^1]);
    }

    [Fact]
    public void Pressure_counts_queues_between_loops_where_no_zone_answers()
    {
        var site = DrawnSite.Make();
        var shown = Run(site, new PressureController(site, s_profile), 60, (nowS, _) =>
        {
            var frame = DrawnSite.Empty();
            foreach (var zone in new[] { DrawnSite.MainZone, DrawnSite.SideZone, DrawnSite.MainExit })
            {
                (frame.Vehicles[zone], frame.Halting[zone]) = (float.NaN, float.NaN);
            }

            frame.Passed[DrawnSite.SideAdvance] = nowS <= 4 ? 1 : 0;
            frame.Covered[DrawnSite.SideStop] = 1;
            return frame;
        });

        Assert.Equal("rG", shown[^1]);
    }

    [Fact]
    public void Cyclic_pressure_keeps_the_cycle_and_gives_green_by_queue()
    {
        var site = DrawnSite.Make();
        var shown = Run(site, new CyclicPressureController(site, s_profile), 56 * 12, (_, _) =>
        {
            var frame = DrawnSite.Empty();
            (frame.Halting[DrawnSite.MainZone], frame.Halting[DrawnSite.SideZone]) = (3, 9);
            return frame;
        });

        var greens = Runs(shown).Skip(4).SkipLast(4).ToArray();
        Assert.Equal([15, 35], greens.Where(r => r.State.Contains('G', StringComparison.Ordinal)).GroupBy(r => r.State).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => g.Select(r => r.Seconds).Distinct().Single()));
    }

    [Theory]
    [Trait("rule", "C07")]
    [InlineData("fixed")]
    [InlineData("actuated")]
    [InlineData("pressure")]
    [InlineData("cyclic")]
    public void None_of_them_lets_a_street_wait_for_ever_whatever_the_detectors_say(string name)
    {
        var site = DrawnSite.Make();
        ISignalController controller = name switch
        {
            "fixed" => new FixedController(site, s_profile),
            "actuated" => new ActuatedController(site, s_profile),
            "pressure" => new PressureController(site, s_profile),
            _ => new CyclicPressureController(site, s_profile),
        };

        // Detectors that say nothing, then a main street that is always full.
        Run(site, controller, 3000, (nowS, _) =>
        {
            var frame = nowS < 1500 ? new DetectorFrame(7) : DrawnSite.Empty();
            (frame.Vehicles[DrawnSite.MainZone], frame.Halting[DrawnSite.MainZone], frame.Covered[DrawnSite.MainStop]) = nowS < 1500 ? (float.NaN, float.NaN, float.NaN) : (20, 15, 1);
            return frame;
        });
    }

    /// <summary>States by second, from second 1 on; the guard has to accept each.</summary>
    private static List<string> Run(SignalSite site, ISignalController controller, int seconds, Func<int, StageDriver, DetectorFrame> see)
    {
        var signal = new GuardedSignal(site, s_profile, controller, new StateGuard(site.Card, s_profile, 0, "Gr"), 0, "Gr");
        var shown = new List<string>();
        for (var nowS = 1; nowS <= seconds; nowS++)
        {
            signal.Step(see(nowS, signal.Driver), nowS);
            shown.Add(signal.State);
        }

        Assert.True(signal.Refused == 0, string.Join("; ", signal.FirstRefusal));
        return shown;
    }

    private static List<(string State, int Seconds)> Runs(List<string> shown)
    {
        var runs = new List<(string State, int Seconds)>();
        foreach (var state in shown)
        {
            if (runs.Count > 0 && runs[^1].State == state)
            {
                runs[^1] = (state, runs[^1].Seconds + 1);
            }
            else
            {
                runs.Add((state, 1));
            }
        }

        return runs;
    }
}
