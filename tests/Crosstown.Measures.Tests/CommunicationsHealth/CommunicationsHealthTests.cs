using Crosstown.Measures.Options;

namespace Crosstown.Measures.Tests.CommunicationsHealth;

public sealed class CommunicationsHealthTests
{
    [Fact]
    public void A_bin_has_data_when_each_five_minutes_hold_three_standard_events()
    {
        Assert.Equal("true 3", Said(Ours(Beats(100, 899))[0]));
        Assert.Equal("false 2", Said(Ours(Beats(140, 899))[0]));
    }

    [Fact]
    public void Events_that_the_line_logs_of_itself_are_no_data()
    {
        Assert.Equal("false 0", Said(Ours("at 0s 1 2\n" + string.Join('\n', Enumerable.Range(0, 90).Select(i => $"at {i * 10}s 503 40")))[0]));
    }

    [Fact]
    public void Drift_is_kept_with_its_sign()
    {
        var bin = Ours("at 0s 400 3\nat 60s 400 -7\nat 90s 181 1")[0];

        Assert.Equal("-2.0", bin["clock_drift_ms"]);
        Assert.Equal("-7", bin["clock_drift_most_ms"]);
        Assert.Equal("1", bin["clock_updates"]);
    }

    [Fact]
    public void What_was_not_reported_is_not_known()
    {
        var bin = Ours("at 0s 502 25\nat 60s 503 40")[0];

        Assert.Equal("0.25", bin["loss_share"]);
        Assert.Equal("40.0", bin["response_ms"]);
        Assert.Equal("", bin["attempts"]);
        Assert.Equal("", bin["clock_drift_ms"]);
    }

    [Fact]
    public void A_day_s_share_counts_its_bins()
    {
        var day = Assert.Single(Drawn.Rows("communications-health", "communications-days", Beats(100, 899) + "\nat 1700s 1 2"));

        Assert.Equal("2 1 0.5", $"{day["bins"]} {day["bins_with_data"]} {day["share_with_data"]}");
    }

    [Fact]
    public void Oregon_s_tables_name_only_bins_with_data_and_drop_negative_drift()
    {
        Assert.Equal(
            ["2024-01-01T12:00:00.000"],
            Drawn.Rows("communications-health", "has_data", Beats(100, 1300), set: DefinitionSet.Odot21).Select(r => r["TimeStamp"]));
        Assert.Empty(Drawn.Rows("communications-health", "communications", "at 1s 400 -5", set: DefinitionSet.Odot21));
    }

    private static string Beats(int everyS, int untilS) =>
        string.Join('\n', Enumerable.Range(0, (untilS / everyS) + 1).Select(i => $"at {i * everyS}s 1 2"));

    private static string Said(Drawn.Row bin) => $"{bin["has_data"]} {bin["least_events"]}";

    private static IReadOnlyList<Drawn.Row> Ours(string drawing) =>
        Drawn.Rows("communications-health", "communications-health", drawing);
}
