using Crosstown.Core.Events;
using Crosstown.Measures.Options;

namespace Crosstown.Measures.Tests;

/// <summary>What waits for a next event does not wait for ever; where it gives up may not depend on where the log was cut.</summary>
public sealed class SlowLogLaw
{
    [Theory]
    [MemberData(nameof(MeasureLaws.All), MemberType = typeof(MeasureLaws))]
    public void A_log_of_weeks_with_hours_between_events_gives_the_same_rows_however_it_is_cut(string name, DefinitionSet set)
    {
        const int Slower = 400;
        Measure[] measures = [MeasureCatalog.Find(name)!];
        var options = new MeasureOptions { Set = set, BinMs = 3_600_000 };
        for (var seed = 1; seed <= 6; seed++)
        {
            var log = RandomLog.Make(seed + 60, 1500);
            var slow = log.Select(e => e with { TimeMs = log[0].TimeMs + ((e.TimeMs - log[0].TimeMs) * Slower) }).ToArray();

            var oneShot = Run.OneShot(measures, RandomLog.Configuration, slow, options);
            var chopped = Run.Chopped(measures, RandomLog.Configuration, slow, seed, options);
            var single = new CollectedRows();
            var pass = new Engine.SignalPass(measures, RandomLog.Configuration, Core.Time.LocalTimeMap.Utc, options, null, single, new Core.Data.DataIssueLog());
            foreach (ref readonly var e in slow.AsSpan())
            {
                pass.Append(new ReadOnlySpan<ControllerEvent>(in e));
            }

            pass.Finish();
            foreach (var (table, lines) in oneShot.Tables)
            {
                Assert.True(lines.SequenceEqual(chopped[table]), $"seed {seed}, table {table}: chopped rows differ from one shot");
                Assert.True(lines.SequenceEqual(single[table]), $"seed {seed}, table {table}: rows of single events differ from one shot{Difference(lines, single[table])}");
            }
        }
    }

    private static string Difference(List<string> expected, IReadOnlyList<string> actual)
    {
        var i = Enumerable.Range(0, Math.Min(expected.Count, actual.Count)).FirstOrDefault(i => expected[i] != actual[i], -1);
        return i < 0 ? $": {expected.Count} and {actual.Count} rows" : $": row {i}, {expected[i]} <> {actual[i]}";
    }
}
