using System.Reflection;
using Crosstown.Core.Data;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Measures.Composed;
using Crosstown.Measures.Composed.Reports;
using Crosstown.Measures.Engine;
using Crosstown.Measures.Options;

namespace Crosstown.Measures.Tests.Composed;

/// <summary>What holds for every composed measure, whatever the rows.</summary>
public sealed class ComposedLaws
{
    private static readonly Lazy<(SignalId Signal, RowBuffer Rows)[]> Inputs = new(MakeInputs);

    public static TheoryData<string> All() => [.. ComposedCatalog.All.Select(m => m.Name)];

    [Theory]
    [MemberData(nameof(All))]
    public void Rows_cut_apart_and_signals_interleaved_give_the_same_result(string name)
    {
        for (var seed = 1; seed <= 3; seed++)
        {
            var whole = Run(name, Inputs.Value);
            var cut = Run(name, Shuffle(Inputs.Value, new Random(seed)));

            Assert.Equal(whole.Tables.Keys.Order(), cut.Tables.Keys.Order());
            foreach (var (table, lines) in whole.Tables)
            {
                // Tables of several signals may leave in another order of signals; within a signal the order is the same.
                Assert.True(BySignal(lines).SequenceEqual(BySignal(cut[table])), $"seed {seed}: {table} differs");
            }
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Without_rows_or_without_a_corridor_nothing_breaks(string name)
    {
        Assert.All(Run(name, []).Tables.Keys, table => Assert.Equal("watchdog-silence", table));

        var run = new ComposedRun([ComposedCatalog.Find(name)!], new ComposedContext(new MeasureOptions(), new CollectedRows(), new DataIssueLog()));
        foreach (var (signal, rows) in Inputs.Value)
        {
            run.Take(signal, LocalTimeMap.Utc, rows);
        }

        run.Finish();
    }

    [Fact]
    public void Each_reads_only_tables_that_are_written_before_it()
    {
        var known = MeasureCatalog.All.SelectMany(m => m.TablesIn(DefinitionSet.Crosstown)).Select(t => t.Name).ToHashSet();
        foreach (var measure in ComposedCatalog.All)
        {
            Assert.Contains(measure.Inputs, known.Contains);
            known.UnionWith(measure.Tables.Select(t => t.Name));
        }

        Assert.Distinct(MeasureCatalog.All.Select(m => m.Name).Concat(ComposedCatalog.All.Select(m => m.Name)));
        Assert.Distinct(MeasureCatalog.All.SelectMany(m => m.TablesIn(DefinitionSet.Crosstown)).Concat(ComposedCatalog.All.SelectMany(m => m.Tables)).Select(t => t.Name));
    }

    [Fact]
    public void Every_table_has_quality_columns_and_snake_case_names()
    {
        foreach (var table in ComposedCatalog.All.SelectMany(m => m.Tables))
        {
            Assert.Equal(["seen_share", "dropped_cycles", "repaired_pairs", "faulted_detectors"], table.Columns[^4..].Select(c => c.Name));
            Assert.All(table.Columns, c => Assert.Matches("^[a-z][a-z0-9_]*$", c.Name));
        }
    }

    [Fact]
    [Trait("rule", "P12")]
    public void Nothing_composed_can_hold_or_take_a_single_event()
    {
        // The report runner hands each signal's events to that signal's own pass and is the only one that comes near them.
        const BindingFlags all = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        var types = typeof(ComposedMeasure).Assembly.GetTypes()
            .Where(t => t.Namespace is { } space && space.StartsWith("Crosstown.Measures.Composed", StringComparison.Ordinal))
            .Where(t => t != typeof(ReadEvents) && t != typeof(ReportRun) && t.DeclaringType != typeof(ReportRun))
            .ToArray();

        Assert.NotEmpty(types);
        Assert.All(types, type =>
        {
            Assert.All(type.GetFields(all), f => AssertNoEvent(f.FieldType, $"{type}.{f.Name}"));
            Assert.All(type.GetMethods(all), m => Assert.All(m.GetParameters().Select(p => p.ParameterType).Append(m.ReturnType), t => AssertNoEvent(t, $"{type}.{m.Name}")));
        });
    }

    private static void AssertNoEvent(Type type, string where)
    {
        Assert.False(type == typeof(ControllerEvent) || type == typeof(EventsShown), where);
        if (type.HasElementType)
        {
            AssertNoEvent(type.GetElementType()!, where);
        }

        Assert.All(type.GetGenericArguments(), a => AssertNoEvent(a, where));
    }

    private static string[] BySignal(IReadOnlyList<string> lines) => [.. lines.Select((line, i) => (line, i)).OrderBy(p => p.line.Split(',')[1], StringComparer.Ordinal).ThenBy(p => p.i).Select(p => p.line)];

    private static CollectedRows Run(string name, IEnumerable<(SignalId Signal, RowBuffer Rows)> inputs)
    {
        var sink = new CollectedRows();
        var measure = ComposedCatalog.Find(name)!;
        var measures = ComposedCatalog.All.TakeWhile(m => m.Name != name).Where(m => m.Tables.Any(t => measure.Inputs.Contains(t.Name))).Append(measure).ToArray();
        var run = new ComposedRun(measures, new ComposedContext(new MeasureOptions(), sink, new DataIssueLog())
        {
            Corridor = Rows.Street("1", "2", "3"),
            Configurations = new[] { "1", "2", "3" }.ToDictionary(SignalId.Parse, s => RandomLog.Configuration with { Signal = SignalId.Parse(s) }),
            Period = new TimeRange(RandomLog.StartMs - Rows.DayMs, RandomLog.StartMs + (5 * Rows.DayMs)),
            Compared = new ComparedPeriods(new TimeRange(RandomLog.StartMs - Rows.DayMs, RandomLog.StartMs + Rows.DayMs), new TimeRange(RandomLog.StartMs + Rows.DayMs, RandomLog.StartMs + (5 * Rows.DayMs))),
        });
        foreach (var (signal, rows) in inputs)
        {
            run.Take(signal, LocalTimeMap.Utc, rows);
        }

        run.Finish();
        return sink;
    }

    private static (SignalId Signal, RowBuffer Rows)[] MakeInputs()
    {
        var kept = new Kept();
        foreach (var number in new[] { 1, 2, 3 })
        {
            var pass = new SignalPass(
                [.. MeasureCatalog.All], RandomLog.Configuration with { Signal = SignalId.Parse($"{number}") }, LocalTimeMap.Utc, new MeasureOptions(), null, kept, new DataIssueLog());
            pass.Append(RandomLog.Make(number, 20_000));
            pass.Finish();
        }

        return [.. kept.All];
    }

    /// <summary>Cuts rows into small runs and deals them out at random, keeping the order within each signal's table.</summary>
    private static IEnumerable<(SignalId Signal, RowBuffer Rows)> Shuffle((SignalId Signal, RowBuffer Rows)[] inputs, Random random)
    {
        var next = new int[inputs.Length];
        var alive = inputs.GroupBy(i => (i.Signal, i.Rows.Schema.Name)).Select(g => new Queue<int>(g.Select(i => Array.IndexOf(inputs, i)))).ToList();
        while (alive.Count > 0)
        {
            var queue = alive[random.Next(alive.Count)];
            var i = queue.Peek();
            var count = Math.Min(1 + random.Next(200), inputs[i].Rows.Count - next[i]);
            yield return (inputs[i].Signal, Rows.Copy(inputs[i].Rows, next[i], count));
            next[i] += count;
            if (next[i] == inputs[i].Rows.Count)
            {
                queue.Dequeue();
                if (queue.Count == 0)
                {
                    alive.Remove(queue);
                }
            }
        }
    }

    private sealed class Kept : ITableSink
    {
        public List<(SignalId Signal, RowBuffer Rows)> All { get; } = [];

        public void Take(SignalId signal, LocalTimeMap clock, RowBuffer rows) => All.Add((signal, Rows.Copy(rows, 0, rows.Count)));
    }
}
