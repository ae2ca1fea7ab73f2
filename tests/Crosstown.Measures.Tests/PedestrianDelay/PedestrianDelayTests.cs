using System.Globalization;
using Crosstown.Core.Street;
using Crosstown.Measures.Options;

namespace Crosstown.Measures.Tests.PedestrianDelay;

public sealed class PedestrianDelayTests
{
    [Fact]
    public void One_who_presses_waits_from_the_first_press_to_the_walk()
    {
        var bin = Assert.Single(Ours("ped 2 .10 W7 F10 .5\nat 4s 90 2\nat 6s 90 2\nat 4s 45 2"));

        Assert.Equal("1", bin["waits"]);
        Assert.Equal("6.0", bin["mean_s"]);
        Assert.Equal("2", bin["presses"]);
        Assert.Equal("1", bin["calls"]);
        Assert.Equal("1", bin["walks"]);
    }

    [Fact]
    public void A_press_in_walk_waits_for_nothing()
    {
        var bin = Assert.Single(Ours("ped 2 .10 W7 F10 .5 W7\nat 12s 90 2"));

        Assert.Equal("0", bin["waits"]);
        Assert.Equal("", bin["mean_s"]);
        Assert.Equal("1", bin["presses_in_walk"]);
    }

    [Fact]
    public void A_press_in_clearance_waits_for_the_next_walk()
    {
        Assert.Equal("14.0", Assert.Single(Ours("ped 2 .10 W7 F10 .5 W7\nat 18s 90 2"))["mean_s"]);
    }

    [Fact]
    public void A_press_that_no_walk_answers_is_no_wait()
    {
        Assert.Equal("0", Assert.Single(Ours("at 4s 90 2\nat 100s 1 4"))["waits"]);
    }

    [Fact]
    public void A_press_from_hours_ago_is_forgotten()
    {
        var bin = Ours("at 4s 90 2\nat 7000s 21 2")[^1];

        Assert.Equal("0", bin["waits"]);
        Assert.Equal("1", bin["given_up"]);
    }

    [Fact]
    public void Buttons_and_pedestrian_overlaps_are_led_to_their_phase_by_the_configuration()
    {
        var configuration = Drawn.SignalWith() with
        {
            PedestrianButtons = [new(12, 2)],
            Approaches = [new() { Id = "a", Protected = SignalGroup.Phase(2), Pedestrian = SignalGroup.Overlap(1) }],
        };

        var bin = Assert.Single(Drawn.Rows("pedestrian-delay", "pedestrian-delay", "pedoverlap A .10 W7 F10 .5\nat 4s 90 12", configuration));

        Assert.Equal("2", bin["phase"]);
        Assert.Equal("6.0", bin["mean_s"]);
    }

    [Fact]
    public void Oregon_s_package_ends_a_wait_at_a_clearance_too_and_wants_one_before_it()
    {
        // The press in walk opens nothing, and neither does the one after it; the press after the clearance does.
        const string Drawing = "ped 2 .10 W7 F10 .5 W7\nat 12s 90 2\nat 20s 90 2";
        var rows = Drawn.Rows("pedestrian-delay", "ped_delay", Drawing, set: DefinitionSet.Odot21);

        Assert.Equal("12.0", Assert.Single(rows)["AvgPedDelay"]);
        Assert.Equal("5.0", Assert.Single(Drawn.Rows("pedestrian-delay", "ped_delay", "at 2s 90 2\nat 7s 22 2", set: DefinitionSet.Odot21))["AvgPedDelay"]);
    }

    [Fact]
    [Trait("Category", SharedData.Category)]
    public void Every_bin_of_Utah_s_expected_pedestrian_table_is_ours()
    {
        var expected = File.ReadAllLines(SharedData.PathTo("data/hires/udot-7115/ped_expected_first_half.csv"));
        var log = EventLog.Read(SharedData.PathTo("data/hires/udot-7115/ped_input.csv"), onlySignal: "7115").Single().Value;
        var configuration = Drawn.SignalWith() with { Approaches = [new() { Id = "a", Protected = SignalGroup.Phase(2) }] };
        Measure[] measures = [MeasureCatalog.Find("pedestrian-delay")!];

        var columns = measures[0].TablesIn(DefinitionSet.Udot5).Single().Columns.Select(c => c.Name);
        var rows = Run.OneShot(measures, configuration, log, new MeasureOptions { Set = DefinitionSet.Udot5 })["PhasePedAggregation"];

        Assert.Equal(expected[0].Split(','), columns);
        Assert.Equal(expected[1..], rows.Take(expected.Length - 1));
        Assert.Equal(24 * 4, rows.Count);
        Assert.True(rows.Sum(r => int.Parse(r.Split(',')[3], CultureInfo.InvariantCulture)) > 40);
    }

    private static IReadOnlyList<Drawn.Row> Ours(string drawing) => Drawn.Rows("pedestrian-delay", "pedestrian-delay", drawing);
}
