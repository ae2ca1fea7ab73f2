using Crosstown.Core.Events;
using Crosstown.Measures.ArrivalsByShift;
using Crosstown.Measures.Options;
using Crosstown.Tests.Drawing;

namespace Crosstown.Measures.Tests.ArrivalsByShift;

public sealed class ArrivalsByShiftTests
{
    private const string Table = "arrivals-by-shift";

    /// <summary>30 cycles of 30 s: red 0-10, green 10-20, yellow 20-25, red; one vehicle a cycle at second 5.</summary>
    private const string ThirtyCycles = """
        phase 2 R10 G10 Y5 R5
        det 5   .5 #1 .24
        repeat 30
        at 0s 132 30
        """;

    private static readonly ArrivalsByShiftMeasure Measure = new();

    [Fact]
    public void A_vehicle_five_seconds_before_green_meets_it_when_shifted_by_five_to_fourteen_seconds()
    {
        var rows = Drawn.Run(Measure, ThirtyCycles, Streets.AtStopBar)[Table, "shift_s arrivals on_green_later"];

        Assert.Equal(30, rows.Length);
        for (var shift = 0; shift < 30; shift++)
        {
            Assert.Equal($"{shift} 9 {(shift is >= 5 and < 15 ? 9 : 0)}", rows[shift]);
        }
    }

    [Fact]
    public void An_earlier_arrival_wraps_into_the_cycle_before()
    {
        var rows = Drawn.Run(Measure, ThirtyCycles, Streets.AtStopBar)[Table, "shift_s arrivals on_green_earlier"];

        // 5 - d lies in [-20, -10) for d of 16 to 25.
        for (var shift = 0; shift < 30; shift++)
        {
            Assert.Equal($"{shift} 9 {(shift is >= 16 and <= 25 ? 9 : 0)}", rows[shift]);
        }
    }

    [Fact]
    public void In_steady_cycles_a_shift_forward_equals_the_rest_of_the_cycle_back()
    {
        var rows = Drawn.Run(Measure, ThirtyCycles, Streets.AtStopBar)[Table, "on_green_later on_green_earlier"].Select(r => r.Split(' ')).ToArray();

        for (var shift = 1; shift < 30; shift++)
        {
            Assert.Equal(rows[shift][0], rows[30 - shift][1]);
        }
    }

    [Fact]
    public void Without_wrapping_a_vehicle_that_leaves_its_cycle_is_lost()
    {
        var rows = Drawn.Run(Measure, ThirtyCycles, Streets.AtStopBar, Drawn.With(Measure, ("wrap", false)))[Table, "on_green_later on_green_earlier"];

        Assert.Equal("9 0", rows[5]);
        Assert.All(rows[16..26], row => Assert.Equal("0 0", row));
    }

    [Fact]
    public void Arrivals_near_the_ends_of_the_log_and_near_a_gap_are_left_out_for_every_shift()
    {
        // 10 minutes of log, 10 of silence, 20 of log: of each part the first and last 5 minutes cannot be shifted by a whole longest cycle.
        var before = Strip.Read(ThirtyCycles);
        ControllerEvent[] log = [.. before.Where(e => e.TimeMs < Strip.DefaultStartMs + 600_000), .. before.Select(e => e with { TimeMs = e.TimeMs + 1_200_000 })];

        var rows = Run.OneShot([Measure], Streets.AtStopBar, log)[Table];

        Assert.Equal("9", rows[0].Split(',')[6]);
    }

    [Fact]
    public void A_signal_that_says_no_cycle_length_has_no_rows() =>
        Assert.Empty(Drawn.Run(Measure, ThirtyCycles.Replace("at 0s 132 30", "", StringComparison.Ordinal), Streets.AtStopBar)[Table, "shift_s"]);

    [Fact]
    public void The_sums_are_those_of_asking_each_arrival_at_each_shift_on_its_own()
    {
        for (var seed = 1; seed <= 5; seed++)
        {
            var log = RandomTraffic(seed);
            var rows = Run.OneShot([Measure], Streets.AtStopBar, log, new MeasureOptions().With(Measure.Options.Single(o => o.Name == "cycle_s"), 90))[Table];
            var bySlowWay = SlowWay(log, 90);

            Assert.Equal(bySlowWay.Length, rows.Count);
            for (var i = 0; i < rows.Count; i++)
            {
                Assert.True(bySlowWay[i] == string.Join(',', rows[i].Split(',')[5..9]), $"seed {seed}: {bySlowWay[i]} <> {rows[i]}");
            }
        }
    }

    [Fact]
    [Trait("Category", SharedData.Category)]
    public void A_real_peak_hour_reads_as_it_did_when_it_was_checked()
    {
        var log = EventLog.Read(SharedData.PathTo("data/hires/udot-7185/events_2017-10-17_17h.csv"), onlySignal: "7185").Single();

        Golden.Check("arrivals-by-shift", "Utah signal 7185, 2017-10-17 17-18 h, ATSPM 4 test data", Run.OneShot([Measure], Streets.Utah7185(), log.Value)[Table]);
    }

    private static ControllerEvent[] RandomTraffic(int seed)
    {
        var random = new Random(seed);
        var events = new List<ControllerEvent>();
        for (var time = 0L; time < 3_000_000;)
        {
            foreach (var (code, seconds) in new[] { (EventCode.PhaseBeginGreen, 20 + random.Next(40)), (EventCode.PhaseBeginYellow, 4), (EventCode.PhaseEndYellow, 20 + random.Next(40)) })
            {
                events.Add(new ControllerEvent(Strip.DefaultStartMs + time, code, 2));
                time += (1000 * seconds) + (100 * random.Next(10));
            }
        }

        for (var i = 0; i < 400; i++)
        {
            events.Add(new ControllerEvent(Strip.DefaultStartMs + (100 * random.Next(30_000)), EventCode.DetectorOn, 5));
        }

        return [.. events.Distinct().Order()];
    }

    private static string[] SlowWay(ControllerEvent[] log, int cycleS)
    {
        var display = log.Where(e => e.Code != EventCode.DetectorOn).ToArray();
        bool IsGreen(long ms) => display.LastOrDefault(e => e.TimeMs <= ms).Code == EventCode.PhaseBeginGreen;
        var arrivals = log.Where(e => e.Code == EventCode.DetectorOn).Select(e => e.TimeMs)
            .Where(t => t - 300_000 >= display[0].TimeMs && t + 300_000 <= log[^1].TimeMs).ToArray();
        return
        [
            .. Enumerable.Range(0, cycleS).Select(d =>
                $"{d},{arrivals.Length},{arrivals.Count(t => IsGreen(t + (1000 * d)))},{arrivals.Count(t => IsGreen(t - (1000 * d)))}"),
        ];
    }
}
