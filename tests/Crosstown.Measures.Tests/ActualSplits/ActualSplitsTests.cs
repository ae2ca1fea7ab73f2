namespace Crosstown.Measures.Tests.ActualSplits;

public sealed class ActualSplitsTests
{
    [Fact]
    public void Splits_and_cycles_are_averaged_over_their_bin()
    {
        var rows = Drawn.Rows("actual-splits", "actual-splits", "at 10s 300 25\nat 100s 300 36\nat 100s 316 120\nat 200s 317 110\nat 300s 324 9\nat 900s 300 50");

        Assert.Equal(
            ["split 1 2 30.5 25 36", "cycle  1 120.0 120 120", "natural_cycle  1 110.0 110 110", "split 17 1 9.0 9 9", "split 1 1 50.0 50 50"],
            rows.Select(r => $"{r["quantity"]} {r["phase"]} {r["services"]} {r["mean_s"]} {r["min_s"]} {r["max_s"]}"));
    }

    [Fact]
    public void A_negative_length_is_no_split()
    {
        Assert.Empty(Drawn.Rows("actual-splits", "actual-splits", "at 10s 300 -3"));
    }
}
