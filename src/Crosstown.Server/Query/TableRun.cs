using Crosstown.Core.Data;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Logs;
using Crosstown.Measures.Composed;
using Crosstown.Measures.Engine;
using Crosstown.Server.City;
using Crosstown.Server.Measuring;

namespace Crosstown.Server.Query;

/// <summary>Makes the rows of a table, signal after signal, in steps: from what was kept where that serves, else from raw events.</summary>
internal sealed class TableRun(IEventSource events, KeptMeasures kept)
{
    /// <summary>A step reads about so many events.</summary>
    private const int EventsInStep = 32 * 1024;

    /// <summary>Hands the asked table's rows to a sink. Between two steps the caller may send on what it has.</summary>
    /// <param name="signals">Whose rows, in this order.</param>
    public IEnumerable<bool> Run(TableRequest request, IReadOnlyList<SignalId> signals, CitySnapshot city, ITableSink sink)
    {
        var asked = new OneTable(request.Source.Schema.Name, sink);
        var selection = request.Source.Selection;
        var composed = !request.Source.IsComposed ? null : new ComposedRun(selection.Composed, new ComposedContext(request.Options, asked, new DataIssueLog())
        {
            Corridor = request.Corridor,
            Period = request.Range,
            Compared = request.Compared,
            Configurations = signals.Select(s => city.Current.GetValueOrDefault(s)).OfType<SignalConfiguration>().ToDictionary(c => c.Signal),
        });
        var buffers = new RowBuffers();
        foreach (var signal in signals)
        {
            foreach (var step in OneSignal(request, signal, city, composed is null ? asked : composed, buffers))
            {
                yield return step;
            }
        }

        composed?.Finish();
        yield return true;
    }

    private IEnumerable<bool> OneSignal(TableRequest request, SignalId signal, CitySnapshot city, ITableSink sink, RowBuffers buffers)
    {
        if (!request.IsUsual || kept.Plan(signal, request.Range, request.Source) is not { } plan)
        {
            return Raw(request, signal, request.Range, city, sink, buffers);
        }

        return plan.Stretches.SelectMany(s => s.Day is { } day ? Kept(signal, day, s.Range, plan, sink) : Raw(request, signal, s.Range, city, sink, buffers));
    }

    private IEnumerable<bool> Kept(SignalId signal, DateOnly day, TimeRange range, MeasurePlan plan, ITableSink sink)
    {
        kept.Read(signal, day, range, plan.Tables, sink);
        yield return true;
    }

    private IEnumerable<bool> Raw(TableRequest request, SignalId signal, TimeRange range, CitySnapshot city, ITableSink sink, RowBuffers buffers)
    {
        var clock = events.ClockOf(signal);
        var configuration = city.Configurations.Find(signal, range.StartMs) ?? SignalConfiguration.Unknown(signal);
        var pass = new SignalPass(request.Source.Selection.Measures, configuration, clock, request.Options, range, sink, new DataIssueLog(), buffers);
        using var reader = events.Open(signal, new TimeRange(range.StartMs - MeasureRun.LookBackMs, range.EndMs + MeasureRun.LookAheadMs));
        while (Append(reader, pass))
        {
            yield return true;
        }

        pass.Finish();
        yield return true;
    }

    private static bool Append(IEventReader reader, SignalPass pass)
    {
        var read = 0;
        while (read < EventsInStep)
        {
            if (!reader.Next(out var block))
            {
                return read > 0;
            }

            pass.Append(block);
            read += block.Length;
        }

        return true;
    }

    private sealed class OneTable(string name, ITableSink sink) : ITableSink
    {
        public void Take(SignalId signal, LocalTimeMap clock, RowBuffer rows)
        {
            if (rows.Schema.Name == name)
            {
                sink.Take(signal, clock, rows);
            }
        }
    }
}

/// <summary>Collects all rows.</summary>
internal sealed class RowSink(RowBuffer to) : ITableSink
{
    public void Take(SignalId signal, LocalTimeMap clock, RowBuffer rows)
    {
        for (var row = 0; row < rows.Count; row++)
        {
            to.AddRow(rows.Cells(row), rows.Nulls(row));
        }
    }
}

/// <summary>Hands rows to a writer.</summary>
internal sealed class WriterSink(ITableWriter writer) : ITableSink
{
    public void Take(SignalId signal, LocalTimeMap clock, RowBuffer rows) => writer.Write(signal, clock, rows, 0, rows.Count);
}
