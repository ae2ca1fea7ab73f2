using System.Globalization;
using Crosstown.Core.Data;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Time;
using Crosstown.Measures.Engine;
using Crosstown.Measures.Options;
using Crosstown.Tests.Drawing;

namespace Crosstown.Measures.Tests.Peers;

/// <summary>What the measures say of Utah's sample logs.</summary>
public sealed class UtahGolden
{
    private const int MostRows = 120;

    [Theory]
    [Trait("Category", SharedData.Category)]
    [InlineData("approach-volume", DefinitionSet.Crosstown)]
    [InlineData("turning-movements", DefinitionSet.Crosstown)]
    [InlineData("coordination-diagram", DefinitionSet.Crosstown)]
    [InlineData("coordination-diagram", DefinitionSet.Udot5)]
    [InlineData("arrivals-on-red", DefinitionSet.Crosstown)]
    [InlineData("approach-delay", DefinitionSet.Crosstown)]
    [InlineData("approach-delay", DefinitionSet.Udot5)]
    [InlineData("split-monitor", DefinitionSet.Crosstown)]
    [InlineData("split-monitor", DefinitionSet.Udot5)]
    [InlineData("left-turn-gap", DefinitionSet.Crosstown)]
    [InlineData("left-turn-gap", DefinitionSet.Udot5)]
    [InlineData("green-time-use", DefinitionSet.Crosstown)]
    [InlineData("volume-to-capacity", DefinitionSet.Crosstown)]
    public void An_afternoon_peak_hour(string name, DefinitionSet set)
    {
        var measure = MeasureCatalog.Find(name)!;
        var rows = Run.OneShot([measure], UtahLogs.Read7185(), UtahLogs.Events7185(), new MeasureOptions { Set = set });

        Golden.Check(
            $"{name}-7185" + (set == DefinitionSet.Crosstown ? "" : "-udot-5"),
            "ATSPM 4 test data: signal 7185, 2017-10-17 17:00 to 18:00, local time read as UTC",
            Lines(measure, set, rows));
    }

    [Theory]
    [Trait("Category", SharedData.Category)]
    [InlineData("preemption", "preempt_7706_2021-09-17.csv")]
    [InlineData("transit-priority", "priority_7706_2021-09-17.csv")]
    public void Preempts_and_buses(string name, string file)
    {
        var signal = SignalId.Parse("7706");
        var measure = MeasureCatalog.Find(name)!;
        var log = EventLog.Read(SharedData.PathTo("data/hires/udot-preempt-priority/" + file), "LocationId")[signal];
        var rows = Run.OneShot([measure], SignalConfiguration.Unknown(signal), log);

        Golden.Check($"{name}-7706", $"ATSPM 5 test data: signal 7706, {file}, local time read as UTC", Lines(measure, DefinitionSet.Crosstown, rows));
    }

    [Fact]
    [Trait("Category", SharedData.Category)]
    public void Speeds_of_a_night_and_morning_on_a_fixed_cycle()
    {
        var log = Strip.Read("""
            start 2018-02-01T00:00:00Z
            mark 1s
            phase 2  R50 G45 Y4 C1
            repeat 480
            """);
        var speeds = UtahLogs.Rows("data/hires/udot-7185/speed_2018-02-01_am.csv")
            .Select(r => new SpeedReading(EventLog.TimeMs(r["TimeStamp"]), 18, byte.Parse(r["Mph"], CultureInfo.InvariantCulture)))
            .OrderBy(r => r.TimeMs)
            .ToArray();
        var measure = MeasureCatalog.Find("approach-speed")!;
        var sink = new CollectedRows();
        var pass = new SignalPass([measure], UtahLogs.Read7185(), LocalTimeMap.Utc, new MeasureOptions(), null, sink, new DataIssueLog());
        pass.Append(speeds);
        pass.Append(log);
        pass.Finish();

        Golden.Check(
            "approach-speed-7185",
            "ATSPM 4 test data: speeds of signal 7185, 2018-02-01, on a drawn cycle of 100 s with 45 s of green",
            Lines(measure, DefinitionSet.Crosstown, sink));
    }

    private static IEnumerable<string> Lines(Measure measure, DefinitionSet set, CollectedRows rows)
    {
        foreach (var table in measure.TablesIn(set))
        {
            yield return $"# {table.Name}: {rows[table.Name].Count} rows, the first {MostRows} of them at most";
            yield return string.Join(',', table.Columns.Select(c => c.Name));
            foreach (var line in rows[table.Name].Take(MostRows))
            {
                yield return line;
            }
        }
    }
}
