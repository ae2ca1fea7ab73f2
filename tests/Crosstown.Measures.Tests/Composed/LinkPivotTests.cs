using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Measures.ArrivalsByShift;
using Crosstown.Measures.Composed.LinkPivot;
using Crosstown.Tests.Drawing;

namespace Crosstown.Measures.Tests.Composed;

public sealed class LinkPivotTests
{
    private static readonly LinkPivotMeasure Measure = new();

    [Fact]
    public void The_upstream_signal_moves_by_what_lets_its_platoon_meet_green_without_harming_the_other_way()
    {
        // b: green from second 10 to 20, forward platoon at 5, too early by 5. a: green 10 to 20, backward platoon at 15, which stays green if a moves by up to 5.
        var links = Rows.Compose(Measure, i => i with { Corridor = Rows.Street("a", "b") }, [.. Signal("a", null, 15), .. Signal("b", 5, null)]);

        Assert.Equal(
            ["1 30 5 9 0 9 10 10 10 0.5263157894736842 1.0"],
            links["link-pivot", "position cycle_s shift_s forward_arrivals forward_on_green forward_on_green_predicted backward_arrivals backward_on_green backward_on_green_predicted share_on_green share_on_green_predicted"]);
        Assert.Equal(["a 5", "b 0"], links["link-pivot-offsets", "signal offset_change_s"]);
    }

    [Fact]
    public void Offset_changes_add_up_from_the_last_signal_back_modulo_the_cycle()
    {
        // Forward platoons come 5 s early at b and 5 s late (second 25) at c: b moves by 15 (or more) against c, a by 5 against b.
        var links = Rows.Compose(Measure, i => i with { Corridor = Rows.Street("a", "b", "c") }, [.. Signal("b", 5, null), .. Signal("c", 25, null)]);

        Assert.Equal(["1 5", "2 24"], links["link-pivot", "position shift_s"]);
        Assert.Equal(["1 29", "2 24", "3 0"], links["link-pivot-offsets", "position offset_change_s"]);
    }

    [Fact]
    public void A_bias_lets_the_weighted_direction_win()
    {
        // Forward needs a shift of 5 to 14; backward at second 10 is lost by any shift from 1 to 20.
        (string, RowBuffer)[] rows = [.. Signal("a", null, 10), .. Signal("b", 5, null)];

        string ShiftWith(double bias) => Assert.Single(
            Rows.Compose(Measure, i => i with { Corridor = Rows.Street("a", "b"), Options = Rows.With(Measure, ("bias", bias)) }, rows)["link-pivot", "shift_s"]);

        Assert.Equal("5", ShiftWith(0.5));
        Assert.Equal("0", ShiftWith(-0.5));
    }

    [Fact]
    public void A_link_whose_arrivals_nobody_counts_is_left_as_it_is()
    {
        var links = Rows.Compose(Measure, i => i with { Corridor = Rows.Street("a", "b", "c") }, Signal("c", 5, null));

        Assert.Equal(["1 0 - -", "2 5 9 -"], links["link-pivot", "position shift_s forward_arrivals backward_arrivals"]);
    }

    [Fact]
    public void Hours_and_days_that_are_not_asked_for_stay_out()
    {
        var rows = Signal("b", 5, null);

        Assert.Empty(Rows.Compose(Measure, i => i with { Corridor = Rows.Street("a", "b"), Options = Rows.With(Measure, ("from_h", 13)) }, rows)["link-pivot", "position"]);
        Assert.Empty(Rows.Compose(Measure, i => i with { Corridor = Rows.Street("a", "b"), Days = Measures.Composed.DayTypes.Weekend }, rows)["link-pivot", "position"]);
    }

    [Fact]
    public void The_chosen_shift_is_the_best_of_all()
    {
        var links = Rows.Compose(Measure, i => i with { Corridor = Rows.Street("a", "b") }, [.. Signal("a", null, 3), .. Signal("b", 22, null)]);
        var shifts = links["link-pivot-shifts", "shift_s weighted"].Select(r => r.Split(' ')).ToArray();
        var best = Assert.Single(links["link-pivot", "shift_s"]);

        Assert.Equal(30, shifts.Length);
        Assert.Equal(shifts.Max(s => double.Parse(s[1], System.Globalization.CultureInfo.InvariantCulture)), double.Parse(shifts.Single(s => s[0] == best)[1], System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    [Trait("Category", SharedData.Category)]
    public void Two_real_signals_read_as_they_did_when_they_were_checked()
    {
        // Two Oregon signals that share no street: this tests arithmetic on real tables, not their offsets.
        var configurations = EventLog.ReadOregonDetectors(SharedData.PathTo("data/hires/odot-3h/detectors.csv"));
        var kept = new List<(string, RowBuffer)>();
        foreach (var (signal, log) in EventLog.Read(SharedData.PathTo("data/hires/odot-3h/events.csv")))
        {
            Capture.Run([new ArrivalsByShiftMeasure()], configurations[signal], log, (id, rows) => kept.Add((id.Value, rows)));
        }

        var links = Rows.Compose(Measure, i => i with { Corridor = Rows.Street("227", "452") }, kept);

        Golden.Check(
            "link-pivot", "Oregon signals 227 and 452, 2024-05-13 15-18 h, atspm 2.1.0 test data, taken as neighbors",
            links["link-pivot", "signal cycle_s shift_s forward_arrivals forward_on_green forward_on_green_predicted backward_arrivals backward_on_green backward_on_green_predicted seen_share"]);
    }

    /// <summary>30 cycles of 30 s with green from 10 to 20 on phases 2 and 6, and a platoon of one vehicle a cycle.</summary>
    private static (string, RowBuffer)[] Signal(string name, int? forwardAt, int? backwardAt)
    {
        static string Hit(int channel, int? second) => second is { } s ? $"det {channel} .{s} #1 .{29 - s}" : $"det {channel} .30";
        var configuration = new SignalConfiguration
        {
            Signal = SignalId.Parse(name),
            Detectors =
            [
                new Detector { Channel = 5, Phase = 2, Functions = DetectorFunctions.AdvanceCount },
                new Detector { Channel = 6, Phase = 6, Functions = DetectorFunctions.AdvanceCount },
            ],
        };
        var kept = new List<(string, RowBuffer)>();
        Capture.Run(
            [new ArrivalsByShiftMeasure()],
            configuration,
            Strip.Read($"phase 2 R10 G10 Y5 R5\nphase 6 R10 G10 Y5 R5\n{Hit(5, forwardAt)}\n{Hit(6, backwardAt)}\nrepeat 30\nat 0s 132 30"),
            (_, rows) => kept.Add((name, rows)));
        return [.. kept];
    }
}
