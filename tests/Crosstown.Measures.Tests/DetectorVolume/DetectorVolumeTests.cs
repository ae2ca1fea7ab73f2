using Crosstown.Measures.Options;

namespace Crosstown.Measures.Tests.DetectorVolume;

public sealed class DetectorVolumeTests
{
    [Fact]
    public void Actuations_are_counted_where_they_begin_and_scaled_to_the_hour()
    {
        var bin = Ours("det 5 .10 #5 .10 #5 .10 #5 .855\nat 900s 81 5")[0];

        Assert.Equal("3", bin["count"]);
        Assert.Equal("2024-01-01T12:00:00.000", bin["time"]);
    }

    [Fact]
    public void An_actuation_on_the_edge_belongs_to_the_bin_that_begins()
    {
        var rows = Ours("at 899s 82 5\nat 900s 82 5");

        Assert.Equal(["1", "1"], rows.Select(r => r["count"]));
    }

    [Fact]
    public void A_known_detector_that_counts_nothing_counts_zero_while_the_log_is_seen()
    {
        var rows = Ours("at 10s 82 5\nat 250s 1 2\nat 500s 1 2\nat 750s 1 2\nat 1000s 1 2\nat 1250s 1 2\nat 1500s 1 2\nat 1750s 1 2");

        Assert.Equal(["1", "0"], rows.Select(r => r["count"]));
    }

    [Fact]
    public void A_bin_that_the_log_did_not_see_has_no_count_at_all()
    {
        var rows = Ours("at 10s 82 5\nat 2800s 1 2\nat 2900s 1 2");

        Assert.Equal(["1", "", "", "0"], rows.Select(r => r["count"]));
        Assert.Equal("", rows[1]["flow_vph"]);
        Assert.Equal("0.0", rows[1]["seen_share"]);
    }

    [Fact]
    public void Oregon_s_zeros_stand_only_in_bins_with_data()
    {
        var thin = "at 10s 82 5\nat 950s 1 2\nat 1750s 1 2";
        var full = "at 10s 82 5\n" + string.Join('\n', Enumerable.Range(0, 19).Select(i => $"at {i * 100}s 1 2"));

        Assert.Equal(["1"], Odot("actuations_zeros_incremental", thin).Select(r => r["Total"]));
        Assert.Equal(["1", "0"], Odot("actuations_zeros_incremental", full).Take(2).Select(r => r["Total"]));
        Assert.Equal(["1", "0"], Odot("actuations_zeros_oneshot", full).Take(2).Select(r => r["Total"]));
    }

    [Fact]
    public void A_detector_at_fault_says_so()
    {
        Assert.Equal("1", Ours("at 10s 82 5\nat 20s 88 5\nat 60s 83 5\nat 100s 1 2")[0]["faulted_detectors"]);
    }

    private static IReadOnlyList<Drawn.Row> Ours(string drawing) => Drawn.Rows("detector-volume", "detector-volume", drawing);

    private static IReadOnlyList<Drawn.Row> Odot(string table, string drawing) =>
        Drawn.Rows("detector-volume", table, drawing, set: DefinitionSet.Odot21);
}
