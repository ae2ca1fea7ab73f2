using System.Collections.Immutable;
using System.Xml.Linq;
using Crosstown.Core;
using Crosstown.Timing.Sheets;

namespace Crosstown.Timing.Tests.Sheets;

public sealed class TimeSpaceDrawingTests
{
    private const double MetersPerSecond = 35 * 22.0 / 15;

    /// <summary>The band against trying every tenth of a second at which a vehicle could leave.</summary>
    [Fact]
    public void The_band_is_the_longest_run_of_departures_that_meet_every_green()
    {
        for (var seed = 0u; seed < 200; seed++)
        {
            var random = new RandomNumbers(seed);
            int[] offsets = [random.NextInt(100), random.NextInt(100), random.NextInt(100)];
            var signals = offsets.Select(o => SampleSheets.OnStreet(o)).ToList();
            foreach (var forward in new[] { true, false })
            {
                var expected = Enumerate(offsets, forward);
                Assert.Equal(expected, TimeSpaceDrawing.FindBand(SampleSheets.Street, signals, forward)!.WidthS, 6);
            }
        }
    }

    [Fact]
    public void Perfect_progression_gives_the_whole_of_the_shortest_green()
    {
        // 1,540 ft at 35 mph is 30.0 s, 1,320 ft more 25.7 s.
        var band = TimeSpaceDrawing.FindBand(SampleSheets.Street, [SampleSheets.OnStreet(0), SampleSheets.OnStreet(30), SampleSheets.OnStreet(56)], true)!;
        Assert.Equal(0.99, band.Attainability, 0.011);
        Assert.Equal(band.WidthS / 100, band.Efficiency, 6);
    }

    [Fact]
    public void Signals_of_other_cycles_or_without_a_speed_give_no_band()
    {
        var free = SampleSheets.OnStreet(0) with { Pattern = null };
        Assert.Null(TimeSpaceDrawing.FindBand(SampleSheets.Street, [SampleSheets.OnStreet(0), free, SampleSheets.OnStreet(0)], true));
        var unknown = SampleSheets.Street with { Signals = [.. SampleSheets.Street.Signals.Select(s => s with { SpeedMphToNext = null })] };
        Assert.Null(TimeSpaceDrawing.FindBand(unknown, [SampleSheets.OnStreet(0), SampleSheets.OnStreet(0), SampleSheets.OnStreet(0)], true));
    }

    [Fact]
    public void The_picture_shows_greens_both_ways_the_band_and_measured_arrivals()
    {
        ImmutableArray<double> arrivals = [.. Enumerable.Range(0, 50).Select(i => i == 10 ? 0.5 : 0.01)];
        using var text = new StringWriter();
        TimeSpaceDrawing.Write(text, SampleSheets.Street, [SampleSheets.OnStreet(0), SampleSheets.OnStreet(30, arrivals), SampleSheets.OnStreet(56)], "Main <Street>");
        var svg = XElement.Parse(text.ToString());
        XName Svg(string name) => XName.Get(name, "http://www.w3.org/2000/svg");
        int Count(string name, string look) => svg.Descendants(Svg(name)).Count(e => (string?)e.Attribute("class") == look);
        Assert.Equal("img", (string?)svg.Attribute("role"));
        Assert.Contains("Main <Street>", svg.Element(Svg("title"))!.Value, StringComparison.Ordinal);
        Assert.InRange(Count("rect", "forward"), 7, 9);
        Assert.InRange(Count("rect", "backward"), 7, 9);
        Assert.InRange(Count("path", "band"), 2, 4);
        Assert.Equal(1, Count("path", "arrivals"));
        Assert.Contains("band of 33", svg.Element(Svg("desc"))!.Value, StringComparison.Ordinal);
    }

    private static double Enumerate(int[] offsets, bool forward)
    {
        // Phase 2 follows phase 1 in ring 1; the offset refers to phase 6 or 2, whichever comes first: both begin after their left turns of 15 and 18 s.
        var first = Math.Min(15, 18);
        var (start, green) = forward ? (15, 40 - 6) : (18, 37 - 6);
        double[] at = [0, 1540 / MetersPerSecond, 2860 / MetersPerSecond];
        bool Meets(double leave) => Enumerable.Range(0, 3).All(i =>
        {
            var travel = Math.Round((forward ? at[i] : at[2] - at[i]) * 10) / 10;
            var local = (leave + travel - (offsets[i] + start - first) + 1000) % 100;
            return local < green - 1e-9 || local > 100 - 1e-9;
        });
        var open = Enumerable.Range(0, 1000).Select(t => Meets(t / 10.0)).ToArray();
        var (best, run) = (0, 0);
        for (var t = 0; t < 2000; t++)
        {
            run = open[t % 1000] ? run + 1 : 0;
            best = Math.Max(best, Math.Min(run, 1000));
        }

        return best / 10.0;
    }
}
