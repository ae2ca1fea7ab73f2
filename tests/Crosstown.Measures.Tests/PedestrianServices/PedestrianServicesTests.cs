using Crosstown.Core.Street;
using Crosstown.Measures.Options;

namespace Crosstown.Measures.Tests.PedestrianServices;

public sealed class PedestrianServicesTests
{
    private const string Drawing = "ped 2 .10 W7 F10 .5\npedoverlap B .10 W7 F10 .5\nat 4s 90 2\nat 5s 90 2";

    [Fact]
    public void Walks_of_phases_and_of_pedestrian_overlaps_are_kept_apart()
    {
        var rows = Drawn.Rows("pedestrian-services", "pedestrian-services", Drawing);

        Assert.Equal(["phase 2 1 2", "overlap 2 1 "], rows.Select(r => $"{r["group"]} {r["number"]} {r["services"]} {r["presses"]}"));
    }

    [Fact]
    public void An_overlap_that_an_approach_names_counts_for_its_phase()
    {
        var configuration = Drawn.SignalWith() with { Approaches = [new() { Id = "a", Protected = SignalGroup.Phase(4), Pedestrian = SignalGroup.Overlap(2) }] };

        var rows = Drawn.Rows("pedestrian-services", "pedestrian-services", Drawing, configuration);

        Assert.Equal(["phase 2 1 2", "phase 4 1 0"], rows.Select(r => $"{r["group"]} {r["number"]} {r["services"]} {r["presses"]}"));
    }

    [Fact]
    public void Oregon_s_package_adds_overlaps_to_the_phase_of_the_same_number()
    {
        var row = Assert.Single(Drawn.Rows("pedestrian-services", "ped", Drawing, set: DefinitionSet.Odot21));

        Assert.Equal("2", row["PedServices"]);
        Assert.Equal("2", row["PedActuation"]);
    }

    [Fact]
    public void A_walk_on_the_edge_of_a_bin_belongs_to_the_bin_that_begins()
    {
        var row = Assert.Single(Drawn.Rows("pedestrian-services", "pedestrian-services", "at 900s 21 2"));

        Assert.Equal("2024-01-01T12:15:00.000", row["time"]);
    }
}
