using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Measures.Composed.ButtonHealth;
using Crosstown.Measures.Composed.DetectorPairs;
using static Crosstown.Measures.Tests.Composed.Rows;

namespace Crosstown.Measures.Tests.Composed;

public sealed class PairsAndButtonsTests
{
    private static readonly SignalConfiguration Signal = SignalConfiguration.Unknown(SignalId.Parse("a")) with
    {
        Detectors =
        [
            new Detector { Channel = 1, Phase = 2, Functions = DetectorFunctions.AdvanceCount },
            new Detector { Channel = 2, Phase = 2, Functions = DetectorFunctions.LaneByLaneCount },
            new Detector { Channel = 3, Phase = 2, Functions = DetectorFunctions.LaneByLaneCount },
        ],
    };

    [Fact]
    public void An_advance_detector_that_loses_half_its_vehicles_shows_against_the_stop_bar()
    {
        var rows = Pairs(9, day => day == 8 ? 500 : 1000, _ => 0.0)["detector-pairs", "advance_count stop_bar_count ratio usual_ratio verdict"];

        Assert.Equal("1000 1000 1.0 - unknown", rows[6]);
        Assert.Equal("1000 1000 1.0 1.0 healthy", rows[7]);
        Assert.Equal("500 1000 0.5 1.0 stop-bar-high", rows[8]);
    }

    [Fact]
    public void A_day_with_missing_counts_is_not_compared() =>
        Assert.Equal("- 1000 - 1.0 unknown", Pairs(9, _ => 1000, day => day == 8 ? 0.1 : 0)["detector-pairs", "advance_count stop_bar_count ratio usual_ratio verdict"][8]);

    [Fact]
    public void A_button_that_nobody_presses_on_a_day_like_others_is_dead() =>
        Assert.Equal("0 0 - 40.0 dead", Buttons((7, 40, 20), (1, 0, 0))[7]);

    [Fact]
    public void A_button_that_presses_itself_chatters() => Assert.EndsWith("chatter", Buttons((7, 40, 20), (1, 4000, 60))[7], StringComparison.Ordinal);

    [Fact]
    public void A_busy_day_with_as_many_presses_per_walk_is_healthy() => Assert.EndsWith("healthy", Buttons((7, 40, 20), (1, 80, 40))[7], StringComparison.Ordinal);

    [Fact]
    public void A_button_without_a_week_of_history_is_not_judged() => Assert.All(Buttons((7, 40, 20), (0, 0, 0)), r => Assert.EndsWith("unknown", r, StringComparison.Ordinal));

    private static Rows.Composed Pairs(int days, Func<int, int> advance, Func<int, double> missing)
    {
        var rows = Rows.Of("detector-days", "time channel count missing_share seen_share", Enumerable.Range(0, days).SelectMany(day => new[]
        {
            new object?[] { MondayMs + (day * DayMs), 1, advance(day), missing(day), 1.0 },
            [MondayMs + (day * DayMs), 2, 600, 0.0, 1.0],
            [MondayMs + (day * DayMs), 3, 400, 0.0, 1.0],
        }));
        return Compose(new DetectorPairsMeasure(), i => i with { Configurations = new() { [Signal.Signal] = Signal } }, ("a", rows));
    }

    private static string[] Buttons(params (int Days, int Presses, int Walks)[] runs)
    {
        var days = runs.SelectMany(r => Enumerable.Repeat(r, r.Days)).ToArray();
        RowBuffer rows = Rows.Of(
            "phase-days", "time phase services gap_outs max_outs force_offs presses walks seen_share",
            days.Select((d, i) => new object?[] { MondayMs + (i * DayMs), 4, 100, 100, 0, 0, d.Presses, d.Walks, 1.0 }));
        return Compose(new ButtonHealthMeasure(), null, ("a", rows))["button-days", "presses walks presses_per_walk usual_presses verdict"];
    }
}
