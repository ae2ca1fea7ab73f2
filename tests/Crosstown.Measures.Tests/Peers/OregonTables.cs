using Crosstown.Measures.Options;

namespace Crosstown.Measures.Tests.Peers;

/// <summary>Our tables under the option set odot-2.1 against what Oregon's own package wrote for the same events: not one row may differ.</summary>
public sealed class OregonTables
{
    private static readonly Lazy<CollectedRows> Ours = new(() =>
    {
        var events = EventLog.Read(SharedData.PathTo("data/hires/odot-3h/events.csv"));
        var configurations = EventLog.ReadOregonDetectors(SharedData.PathTo("data/hires/odot-3h/detectors.csv"));
        var all = new CollectedRows();
        foreach (var (signal, log) in events)
        {
            var one = Run.OneShot([.. MeasureCatalog.All], configurations[signal], log, new MeasureOptions { Set = DefinitionSet.Odot21 });
            foreach (var (table, lines) in one.Tables)
            {
                if (!all.Tables.TryAdd(table, lines))
                {
                    all.Tables[table].AddRange(lines);
                }
            }
        }

        return all;
    });

    [Theory]
    [Trait("Category", SharedData.Category)]
    [InlineData("actuations", 855)]
    [InlineData("actuations_zeros_incremental", 860)]
    [InlineData("actuations_zeros_oneshot", 864)]
    [InlineData("arrival_on_green", 72)]
    [InlineData("communications", 71)]
    [InlineData("coordination", 336)]
    [InlineData("coordination_agg", 24)]
    [InlineData("full_ped", 96)]
    [InlineData("has_data", 24)]
    [InlineData("ped", 42)]
    [InlineData("ped_delay", 36)]
    [InlineData("phase_wait", 144)]
    [InlineData("split_failures", 132)]
    [InlineData("split_failures_by_cycle", 794)]
    [InlineData("splits", 192)]
    [InlineData("terminations", 256)]
    [InlineData("timeline", 14498)]
    [InlineData("unique_ped", 29)]
    [InlineData("yellow_red", 628)]
    public void Every_row_of_the_peer_s_table_is_ours_and_no_other(string table, int rows)
    {
        var expected = File.ReadAllLines(SharedData.PathTo($"data/hires/odot-3h/expected/{table}.csv"))[1..];
        Assert.Equal(rows, expected.Length);

        Assert.Equal(expected.Order(StringComparer.Ordinal), Ours.Value[table].Order(StringComparer.Ordinal));
    }
}
