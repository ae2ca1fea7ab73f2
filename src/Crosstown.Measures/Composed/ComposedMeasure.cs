using System.Collections.Immutable;
using Crosstown.Core.Data;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Measures.Options;

namespace Crosstown.Measures.Composed;

/// <summary>A measure over tables of several signals or days: a corridor's roll-up, a model of counts, a comparison of two periods.</summary>
/// <remarks>
/// It reads the rows that measures of single signals wrote, never events: what leaves a signal is a count, a share, a band or a programmed value
/// (rule P12). It is listed in <see cref="ComposedCatalog"/>.
/// </remarks>
public abstract class ComposedMeasure
{
    /// <summary>Kebab-case, as on the command line and in options files; differs from all names in <see cref="MeasureCatalog"/>.</summary>
    public abstract string Name { get; }

    /// <summary>The published name, as a reader would look for it.</summary>
    public abstract string Title { get; }

    public virtual ImmutableArray<Option> Options => [];

    /// <summary>Names of the tables that it reads: our own, of measures of single signals or of composed measures listed before it.</summary>
    public abstract ImmutableArray<string> Inputs { get; }

    public abstract ImmutableArray<TableSchema> Tables { get; }

    /// <summary>Starts the work; null when the context gives it nothing to do (no corridor, no second period).</summary>
    public abstract ComposedWork? Start(ComposedContext context);
}

/// <summary>A composed measure at work. It keeps sums and short histories, never all rows.</summary>
/// <remarks>
/// The law: rows of one signal and table come in time order; however they are cut into calls, and however the calls of several signals and tables
/// are interleaved, the result is the same.
/// </remarks>
public abstract class ComposedWork
{
    /// <summary>Takes rows of one of the inputs.</summary>
    /// <param name="rows">One signal's, in time order over all calls; good only during the call.</param>
    public abstract void Take(SignalId signal, LocalTimeMap clock, RowBuffer rows);

    /// <summary>No more rows come: writes what is still to be said.</summary>
    public abstract void Finish();
}

/// <summary>Two spans to be compared, such as the weeks before and after a retiming.</summary>
public sealed record ComparedPeriods(TimeRange Before, TimeRange After);

/// <summary>What a composed measure may know and use.</summary>
public sealed class ComposedContext
{
    private readonly ITableSink _sink;

    /// <param name="options">Definitions in force.</param>
    /// <param name="sink">Takes the rows. Rows of a table without a signal column come under the corridor's first signal.</param>
    /// <param name="issues">Takes what the measures find wrong with their inputs.</param>
    public ComposedContext(MeasureOptions options, ITableSink sink, DataIssueLog issues)
    {
        Options = options;
        Issues = issues;
        _sink = sink;
    }

    public MeasureOptions Options { get; }

    public DataIssueLog Issues { get; }

    /// <summary>The corridor; null when none was asked for.</summary>
    public Corridor? Corridor { get; init; }

    /// <summary>What is known of the signals; a signal that is missing here is unknown.</summary>
    public IReadOnlyDictionary<SignalId, SignalConfiguration> Configurations { get; init; } = new Dictionary<SignalId, SignalConfiguration>();

    /// <summary>The asked period; null when the rows themselves say how far they reach.</summary>
    public TimeRange? Period { get; init; }

    /// <summary>The two spans of a comparison; null when none was asked for.</summary>
    public ComparedPeriods? Compared { get; init; }

    /// <summary>The days that count, for measures that speak of periods.</summary>
    public DayTypes Days { get; init; } = DayTypes.All;

    /// <summary>Hands finished rows over and clears them.</summary>
    internal void HandOver(SignalId signal, LocalTimeMap clock, RowBuffer rows)
    {
        if (rows.Count > 0)
        {
            _sink.Take(signal, clock, rows);
            rows.Clear();
        }
    }

    internal ComposedContext WithSink(ITableSink sink) => new(Options, sink, Issues)
    {
        Corridor = Corridor,
        Configurations = Configurations,
        Period = Period,
        Compared = Compared,
        Days = Days,
    };

    internal ITableSink Sink => _sink;
}
