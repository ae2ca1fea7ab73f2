using Crosstown.Core.Street;

namespace Crosstown.Measures.Tests;

/// <summary>Stored answers of one Oregon signal over half an hour, checked by eye against its log when they were written.</summary>
public sealed class OregonSample
{
    private static readonly Lazy<CollectedRows> Rows = new(() =>
    {
        var (signal, log) = EventLog.Read(SharedData.PathTo("data/hires/odot-1136/events.csv")).Single();
        return Run.OneShot(
            [.. MeasureCatalog.All], EventLog.ReadOregonDetectors(SharedData.PathTo("data/hires/odot-1136/detectors.csv"))[signal], log);
    });

    [Theory]
    [Trait("Category", SharedData.Category)]
    [InlineData("detector-volume")]
    [InlineData("arrivals-on-green")]
    [InlineData("split-failures")]
    [InlineData("split-failures-by-cycle")]
    [InlineData("phase-termination")]
    [InlineData("phase-terminations")]
    [InlineData("actual-splits")]
    [InlineData("yellow-red")]
    [InlineData("yellow-red-offsets")]
    [InlineData("phase-wait")]
    [InlineData("coordination-quality")]
    [InlineData("timeline", "2024-04-15T12:05:00.000")]
    [InlineData("communications-health")]
    public void Half_an_hour_of_a_real_signal_gives_the_stored_answer(string table, string until = "2024-04-15T12:30:00.000")
    {
        var schema = MeasureCatalog.All.SelectMany(m => m.TablesIn(default)).Single(t => t.Name == table);
        var rows = Rows.Value[table].Where(l => string.CompareOrdinal(l, until) < 0);

        Golden.Check(
            $"oregon-1136-{table}",
            $"Oregon DOT signal 1136, 2024-04-15 12:00-14:00, rows before {until[11..16]}; sample of the package atspm 2.1.0, MIT",
            [string.Join(',', schema.Columns.Select(c => c.Name)), .. rows]);
    }

    [Theory]
    [Trait("Category", SharedData.Category)]
    [InlineData("pedestrian-delay")]
    [InlineData("pedestrian-volume")]
    [InlineData("pedestrian-services")]
    public void Three_hours_of_pedestrians_give_the_stored_answer(string table)
    {
        var (signal, log) = EventLog.Read(SharedData.PathTo("data/hires/odot-3h/events.csv")).First();
        Measure[] measures = [MeasureCatalog.Find(table)!];
        var columns = measures[0].TablesIn(default).Single().Columns.Select(c => c.Name);

        Golden.Check(
            $"oregon-227-{table}",
            "Oregon DOT signal 227, 2024-05-13 15:00-18:00; test data of the package atspm 2.1.0, MIT",
            [string.Join(',', columns), .. Run.OneShot(measures, SignalConfiguration.Unknown(signal), log)[table]]);
    }

    [Fact]
    [Trait("Category", SharedData.Category)]
    public void Every_set_of_definitions_has_something_to_say_of_a_real_signal()
    {
        var (signal, log) = EventLog.Read(SharedData.PathTo("data/hires/odot-1136/events.csv")).Single();
        SignalConfiguration configuration = EventLog.ReadOregonDetectors(SharedData.PathTo("data/hires/odot-1136/detectors.csv"))[signal];
        foreach (var set in Enum.GetValues<Options.DefinitionSet>())
        {
            var rows = Run.OneShot([.. MeasureCatalog.All], configuration, log, new Options.MeasureOptions { Set = set });

            Assert.True(rows.Tables.Values.Sum(t => t.Count) > 500, $"{set}: {rows.Tables.Values.Sum(t => t.Count)} rows");
        }
    }
}
