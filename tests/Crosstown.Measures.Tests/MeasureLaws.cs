using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Measures.Options;

namespace Crosstown.Measures.Tests;

/// <summary>What holds for every measure of the catalog, whatever the log.</summary>
public sealed class MeasureLaws
{
    private const long DayMs = 86_400_000;

    public static TheoryData<string, DefinitionSet> All()
    {
        var data = new TheoryData<string, DefinitionSet>();
        foreach (var measure in MeasureCatalog.All)
        {
            foreach (var set in Enum.GetValues<DefinitionSet>().Where(s => !measure.TablesIn(s).IsEmpty))
            {
                data.Add(measure.Name, set);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_chopped_log_gives_the_same_rows_as_one_shot(string name, DefinitionSet set)
    {
        for (var seed = 1; seed <= 8; seed++)
        {
            var log = RandomLog.Make(seed, 6000);
            AssertChopped(name, set, RandomLog.Configuration, log, seed);
        }
    }

    [Theory]
    [Trait("Category", SharedData.Category)]
    [MemberData(nameof(All))]
    public void A_chopped_real_log_gives_the_same_rows_as_one_shot(string name, DefinitionSet set)
    {
        var (signal, log) = EventLog.Read(SharedData.PathTo("data/hires/odot-3h/events.csv")).First();
        var configuration = EventLog.ReadOregonDetectors(SharedData.PathTo("data/hires/odot-3h/detectors.csv"))[signal];
        AssertChopped(name, set, configuration, log, 1);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_log_moved_by_a_week_gives_the_same_rows_a_week_later(string name, DefinitionSet set)
    {
        var log = RandomLog.Make(5, 6000);
        var moved = log.Select(e => e with { TimeMs = e.TimeMs + (7 * DayMs) }).ToArray();
        var options = new MeasureOptions { Set = set };

        var rows = Run.OneShot([MeasureCatalog.Find(name)!], RandomLog.Configuration, log, options);
        var movedRows = Run.OneShot([MeasureCatalog.Find(name)!], RandomLog.Configuration, moved, options, movedBackMs: 7 * DayMs);

        AssertSame(rows, movedRows, 5);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Other_measures_in_the_same_pass_change_nothing(string name, DefinitionSet set)
    {
        var log = RandomLog.Make(6, 6000);
        var options = new MeasureOptions { Set = set };

        var alone = Run.OneShot([MeasureCatalog.Find(name)!], RandomLog.Configuration, log, options);
        var together = Run.OneShot(MeasureCatalog.All, RandomLog.Configuration, log, options);

        foreach (var (table, lines) in alone.Tables)
        {
            Assert.Equal(lines, together[table]);
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void No_events_or_one_event_or_an_unknown_signal_break_nothing(string name, DefinitionSet set)
    {
        var options = new MeasureOptions { Set = set };
        Measure[] measures = [MeasureCatalog.Find(name)!];

        Assert.Empty(Run.OneShot(measures, RandomLog.Configuration, [], options).Tables);
        Run.OneShot(measures, RandomLog.Configuration, [new ControllerEvent(RandomLog.StartMs, EventCode.DetectorOn, 2)], options);
        Run.OneShot(measures, SignalConfiguration.Unknown(SignalId.Parse("9")), RandomLog.Make(7, 3000), options);
    }

    [Fact]
    public void Measures_and_tables_have_one_name_each()
    {
        Assert.Distinct(MeasureCatalog.All.Select(m => m.Name));
        foreach (var set in Enum.GetValues<DefinitionSet>())
        {
            Assert.Distinct(MeasureCatalog.All.SelectMany(m => m.TablesIn(set)).Select(t => t.Name));
        }
    }

    private static void AssertChopped(string name, DefinitionSet set, SignalConfiguration configuration, ControllerEvent[] log, int seed)
    {
        var options = new MeasureOptions { Set = set };
        Measure[] measures = [MeasureCatalog.Find(name)!];
        AssertSame(Run.OneShot(measures, configuration, log, options), Run.Chopped(measures, configuration, log, seed, options), seed);
    }

    private static void AssertSame(CollectedRows expected, CollectedRows actual, int seed)
    {
        Assert.Equal(expected.Tables.Keys.Order(), actual.Tables.Keys.Order());
        foreach (var (table, lines) in expected.Tables)
        {
            for (var i = 0; i < Math.Min(lines.Count, actual[table].Count); i++)
            {
                Assert.True(lines[i] == actual[table][i], $"seed {seed}, {table}, row {i}: {lines[i]} <> {actual[table][i]}");
            }

            Assert.Equal(lines.Count, actual[table].Count);
        }
    }
}
