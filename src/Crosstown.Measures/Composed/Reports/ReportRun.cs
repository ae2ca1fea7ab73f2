using System.Collections.Immutable;
using Crosstown.Core.Data;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Measures.Engine;
using Crosstown.Measures.Options;

namespace Crosstown.Measures.Composed.Reports;

/// <summary>Shows one signal's stored events of a span, in the total order.</summary>
/// <param name="show">Called with any number of events at a time.</param>
public delegate void ReadEvents(SignalId signal, TimeRange range, EventsShown show);

/// <summary>Runs a saved report: the measures of single signals, what is composed from them, and only the days and hours that were asked for.</summary>
public sealed class ReportRun
{
    /// <summary>How far before the first asked day events are read, so that patterns, splits and states are known: 2 days.</summary>
    public const long LookBackMs = 2 * LocalDays.DayMs;

    private readonly ReportDefinition _definition;
    private readonly MeasureOptions _options;
    private readonly IReadOnlyDictionary<SignalId, SignalConfiguration> _configurations;
    private readonly Corridor? _corridor;
    private readonly HashSet<string> _tablesAsked;

    /// <param name="definition">What is asked for.</param>
    /// <param name="options">Definitions in force; hours of the definition are set in the measures that have such options.</param>
    /// <param name="configurations">Every signal that may be asked for.</param>
    /// <param name="corridors">All corridors.</param>
    /// <exception cref="ProblemException">A signal or corridor of the definition does not exist, or a measure needs a corridor and none is given.</exception>
    public ReportRun(ReportDefinition definition, MeasureOptions options, IReadOnlyDictionary<SignalId, SignalConfiguration> configurations, IReadOnlyList<Corridor> corridors)
    {
        _definition = definition;
        _configurations = configurations;
        _corridor = definition.Corridor is null ? null : corridors.FirstOrDefault(c => c.Id == definition.Corridor);
        Signals = definition.Corridor is not null ? [.. _corridor?.Signals.Select(s => s.Signal) ?? []]
            : definition.Signals.IsEmpty ? [.. configurations.Keys.Order()]
            : definition.Signals;
        var selection = MeasureSelection.Of(definition.Measures);
        (Measures, Composed) = (selection.Measures, selection.Composed);
        Tables = selection.TablesIn(options.Set);
        _tablesAsked = [.. Tables.Select(t => t.Name)];
        foreach (var measure in Composed)
        {
            foreach (var option in measure.Options.Where(o => o.Name is "from_h" or "to_h"))
            {
                options = options.With(option, option.Name == "from_h" ? definition.FromHour : definition.ToHour);
            }
        }

        _options = options;
        var problems = new List<Problem>();
        if (definition.Corridor is not null && _corridor is null)
        {
            problems.Add(new Problem("XT134", $"{definition.Name}: corridor", $"There is no corridor '{definition.Corridor}'."));
        }

        foreach (var signal in Signals.Where(s => !configurations.ContainsKey(s)))
        {
            problems.Add(new Problem("XT135", $"{definition.Name}: signals", $"There is no signal '{signal}'."));
        }

        if (problems.Count > 0)
        {
            throw new ProblemException(problems);
        }
    }

    /// <summary>The signals that are read, in order.</summary>
    public ImmutableArray<SignalId> Signals { get; }

    /// <summary>The tables that its rows belong to.</summary>
    public ImmutableArray<TableSchema> Tables { get; }

    /// <summary>Measures of single signals: those asked for, and those that composed ones read.</summary>
    public ImmutableArray<Measure> Measures { get; }

    /// <summary>Composed measures: those asked for, and those that they read.</summary>
    public ImmutableArray<ComposedMeasure> Composed { get; }

    /// <summary>Reads every signal once and hands all asked rows to a sink.</summary>
    /// <param name="clockOf">Each signal's wall clock.</param>
    /// <param name="read">Where stored events come from.</param>
    /// <param name="sink">Takes the rows.</param>
    /// <param name="issues">Takes what is found wrong.</param>
    public void Run(Func<SignalId, LocalTimeMap> clockOf, ReadEvents read, ITableSink sink, DataIssueLog issues)
    {
        if (Signals.IsEmpty)
        {
            return;
        }

        var asked = new AskedRows(this, sink);
        var clock = clockOf(Signals[0]);
        var period = _definition.Period.On(clock);
        var run = new ComposedRun(Composed, new ComposedContext(_options, asked, issues)
        {
            Corridor = _corridor,
            Configurations = Signals.ToDictionary(s => s, s => _configurations[s]),
            Period = period,
            Compared = _definition.Before is { } before ? new ComparedPeriods(before.On(clock), period) : null,
            Days = _definition.Days,
        });
        foreach (var signal in Signals)
        {
            var own = clockOf(signal);
            var whole = new TimeRange((_definition.Before ?? _definition.Period).On(own).StartMs, _definition.Period.On(own).EndMs);
            var pass = new SignalPass([.. Measures], _configurations[signal], own, _options, whole, new Both(run, asked), issues);
            read(signal, new TimeRange(whole.StartMs - LookBackMs, whole.EndMs), pass.Append);
            pass.Finish();
        }

        run.Finish();
    }

    /// <summary>Lets through the tables that were asked for, and of measures of single signals only the asked days and hours.</summary>
    private sealed class AskedRows(ReportRun run, ITableSink sink) : ITableSink
    {
        public void Take(SignalId signal, LocalTimeMap clock, RowBuffer rows)
        {
            if (!run._tablesAsked.Contains(rows.Schema.Name))
            {
                return;
            }

            if (run.Measures.Any(m => m.TablesIn(run._options.Set).Any(t => t.Name == rows.Schema.Name)))
            {
                var period = run._definition.Period.On(clock);
                rows.KeepFirstTimeWhere(ms => period.Contains(ms) && run._definition.Wants(clock, ms));
            }

            if (rows.Count > 0)
            {
                sink.Take(signal, clock, rows);
            }
        }
    }

    /// <summary>Composed measures see all rows before any are left out.</summary>
    private sealed class Both(ITableSink first, ITableSink second) : ITableSink
    {
        public void Take(SignalId signal, LocalTimeMap clock, RowBuffer rows)
        {
            first.Take(signal, clock, rows);
            second.Take(signal, clock, rows);
        }
    }
}
