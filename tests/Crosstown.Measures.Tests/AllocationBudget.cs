using System.Globalization;
using System.Runtime.CompilerServices;
using Crosstown.Core.Data;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Measures.Engine;
using Crosstown.Measures.Options;
using Crosstown.Simulation.Towns;

namespace Crosstown.Measures.Tests;

/// <summary>Measures allocate when they start on a signal, and nothing per event: the budget file says how much each may.</summary>
[Collection(nameof(AllocationBudget))]
[CollectionDefinition(nameof(AllocationBudget), DisableParallelization = true)]
public sealed class AllocationBudget(ITestOutputHelper output)
{
    [Fact]
    public void No_measure_allocates_per_event()
    {
        var budget = File.ReadLines(Beside("allocation-budget.csv")).Skip(1).Select(l => l.Split(',')).ToDictionary(c => c[0], c => double.Parse(c[1], CultureInfo.InvariantCulture));
        var (configuration, log) = SimulatedSignal();
        var over = new List<string>();
        foreach (var measure in MeasureCatalog.All)
        {
            foreach (var set in Enum.GetValues<DefinitionSet>().Where(s => !measure.TablesIn(s).IsEmpty))
            {
                var buffers = new RowBuffers();
                Allocated(measure, set, configuration, log, buffers);
                var half = Allocated(measure, set, configuration, log.AsSpan(0, log.Length / 2), buffers);
                var whole = Allocated(measure, set, configuration, log, buffers);
                var perEvent = (double)Math.Max(0, whole - half) / (log.Length - (log.Length / 2));
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{measure.Name} {set}: {perEvent:0.0000} bytes per event, {half} to start"));
                if (perEvent > budget.GetValueOrDefault(measure.Name, budget["*"]))
                {
                    over.Add(string.Create(CultureInfo.InvariantCulture, $"{measure.Name} in {set}: {perEvent:0.0000} bytes per event, the budget is {budget.GetValueOrDefault(measure.Name, budget["*"])}"));
                }
            }
        }

        Assert.Empty(over);
    }

    private static long Allocated(Measure measure, DefinitionSet set, SignalConfiguration configuration, ReadOnlySpan<ControllerEvent> log, RowBuffers buffers)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var pass = new SignalPass([measure], configuration, LocalTimeMap.Utc, new MeasureOptions { Set = set }, null, new Discard(), new DataIssueLog(), buffers);
        pass.Append(log);
        pass.Finish();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    /// <summary>Ten hours of the first signal of the simulated town, some 200,000 events.</summary>
    private static (SignalConfiguration Configuration, ControllerEvent[] Log) SimulatedSignal()
    {
        var town = Town.Create(seed: 1, signalCount: 1);
        var startMs = Town.DefaultStartMs + (9 * 3_600_000);
        var log = new List<ControllerEvent>();
        new TownSimulation(town, startMs).Advance(startMs + (10 * 3_600_000), (_, events) => log.AddRange(events));
        return (town.Signals[0].Configuration, [.. log]);
    }

    private static string Beside(string file, [CallerFilePath] string thisFile = "") => Path.Combine(Path.GetDirectoryName(thisFile)!, file);

    private sealed class Discard : ITableSink
    {
        public void Take(SignalId signal, LocalTimeMap clock, RowBuffer rows)
        {
        }
    }
}
