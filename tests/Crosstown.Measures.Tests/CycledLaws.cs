using Crosstown.Core.Data;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Time;
using Crosstown.Measures.Engine;
using Crosstown.Measures.Options;

namespace Crosstown.Measures.Tests;

/// <summary>The law of cutting on a log in which cycles, plans and requests come whole, so that what must wait for an end is tried.</summary>
public sealed class CycledLaws
{
    private static readonly SignalConfiguration OneApproach = CycledLog.Configuration with
    {
        Approaches = [.. CycledLog.Configuration.Approaches.Where(a => a.Id == "a2")],
        Detectors = [.. CycledLog.Configuration.Detectors.Where(d => d.ApproachId == "a2")],
    };

    [Theory]
    [MemberData(nameof(MeasureLaws.All), MemberType = typeof(MeasureLaws))]
    public void A_cabinet_s_log_in_small_pieces_gives_the_same_rows_as_in_one(string name, DefinitionSet set)
    {
        for (var seed = 1; seed <= 6; seed++)
        {
            var log = CycledLog.Make(seed);
            var speeds = CycledLog.Speeds(seed);

            // Bins of a minute have many edges for cycles to lie across; with one approach no other's open cycle holds a bin back by chance.
            var (configuration, binMs) = seed % 2 == 0 ? (OneApproach, 60_000) : (CycledLog.Configuration, MeasureOptions.DefaultBinMs);
            var once = Pass(name, set, configuration, log, speeds, null, binMs);
            var inPieces = Pass(name, set, configuration, log, speeds, new Random(seed), binMs);

            Assert.Equal(once.Tables.Keys.Order(), inPieces.Tables.Keys.Order());
            foreach (var (table, lines) in once.Tables)
            {
                for (var i = 0; i < Math.Min(lines.Count, inPieces[table].Count); i++)
                {
                    Assert.True(lines[i] == inPieces[table][i], $"seed {seed}, {table}, row {i}: {lines[i]} <> {inPieces[table][i]}");
                }

                Assert.True(lines.Count == inPieces[table].Count, $"seed {seed}, {table}: {lines.Count} <> {inPieces[table].Count} rows");
            }
        }
    }

    [Theory]
    [MemberData(nameof(MeasureLaws.All), MemberType = typeof(MeasureLaws))]
    public void Rows_of_a_cabinet_s_log_leave_in_order_of_time(string name, DefinitionSet set)
    {
        var rows = Pass(name, set, CycledLog.Configuration, CycledLog.Make(9), CycledLog.Speeds(9), null);

        foreach (var table in MeasureCatalog.Find(name)!.TablesIn(set))
        {
            var column = Array.FindIndex([.. table.Columns], c => c.Type == Core.Tables.ColumnType.Time);
            var times = rows[table.Name].Select(l => l.Split(',')[column]).ToArray();
            Assert.Equal(times.Order(StringComparer.Ordinal), times);
        }
    }

    [Theory]
    [InlineData("approach-volume")]
    [InlineData("turning-movements")]
    [InlineData("coordination-diagram")]
    [InlineData("arrivals-on-red")]
    [InlineData("approach-delay")]
    [InlineData("split-monitor")]
    [InlineData("approach-speed")]
    [InlineData("left-turn-gap")]
    [InlineData("green-time-use")]
    [InlineData("preemption")]
    [InlineData("transit-priority")]
    [InlineData("volume-to-capacity")]
    public void A_cabinet_s_log_fills_every_table(string name)
    {
        foreach (var set in Enum.GetValues<DefinitionSet>())
        {
            var rows = Pass(name, set, CycledLog.Configuration, CycledLog.Make(9), CycledLog.Speeds(9), null);
            Assert.All(MeasureCatalog.Find(name)!.TablesIn(set), table => Assert.NotEmpty(rows[table.Name]));
        }
    }

    private static CollectedRows Pass(
        string name, DefinitionSet set, SignalConfiguration configuration, ReadOnlySpan<ControllerEvent> events, ReadOnlySpan<SpeedReading> speeds, Random? random,
        long binMs = MeasureOptions.DefaultBinMs)
    {
        var sink = new CollectedRows();
        var pass = new SignalPass([MeasureCatalog.Find(name)!], configuration, LocalTimeMap.Utc, new MeasureOptions { Set = set, BinMs = binMs }, null, sink, new DataIssueLog());
        while (events.Length > 0)
        {
            var length = random is null ? events.Length : Math.Min(events.Length, random.Next(3) == 0 ? random.Next(4) : random.Next(300));
            var lastMs = length == 0 ? long.MinValue : events[length - 1].TimeMs;
            var count = 0;
            while (count < speeds.Length && speeds[count].TimeMs <= lastMs)
            {
                count++;
            }

            pass.Append(speeds[..count]);
            speeds = speeds[count..];
            pass.Append(events[..length]);
            events = events[length..];
        }

        pass.Finish();
        return sink;
    }
}
