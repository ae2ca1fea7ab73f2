using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;

namespace Crosstown.Measures.Composed;

/// <summary>Feeds composed measures with the rows of measures of single signals, and with each other's.</summary>
/// <remarks>
/// It is the sink of the signals' passes, one after the other or day by day. Rows that a composed measure writes go on to the measures behind it in
/// the list that read them, and to the caller's sink.
/// </remarks>
public sealed class ComposedRun : ITableSink
{
    private readonly List<(ComposedMeasure Measure, ComposedWork Work)> _works = [];
    private readonly Dictionary<string, List<ComposedWork>> _readers = new(StringComparer.Ordinal);

    /// <param name="measures">In an order in which each reads only what comes before; <see cref="ComposedCatalog.All"/> has one.</param>
    /// <param name="context">What they may know; its sink takes all their rows.</param>
    public ComposedRun(IReadOnlyList<ComposedMeasure> measures, ComposedContext context)
    {
        var inner = context.WithSink(new Forward(this, context.Sink));
        foreach (var measure in measures)
        {
            if (measure.Start(inner) is not { } work)
            {
                continue;
            }

            _works.Add((measure, work));
            foreach (var input in measure.Inputs)
            {
                if (!_readers.TryGetValue(input, out var readers))
                {
                    _readers[input] = readers = [];
                }

                readers.Add(work);
            }
        }
    }

    /// <summary>Takes rows of a signal's pass; rows that no measure reads are passed over.</summary>
    public void Take(SignalId signal, LocalTimeMap clock, RowBuffer rows)
    {
        if (_readers.TryGetValue(rows.Schema.Name, out var readers))
        {
            foreach (var reader in readers)
            {
                reader.Take(signal, clock, rows);
            }
        }
    }

    /// <summary>No more rows come: the measures finish in their order, so that those behind see all that those before wrote.</summary>
    public void Finish()
    {
        foreach (var (_, work) in _works)
        {
            work.Finish();
        }
    }

    private sealed class Forward(ComposedRun run, ITableSink outer) : ITableSink
    {
        public void Take(SignalId signal, LocalTimeMap clock, RowBuffer rows)
        {
            run.Take(signal, clock, rows);
            outer.Take(signal, clock, rows);
        }
    }
}
