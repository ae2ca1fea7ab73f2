using System.Collections.Immutable;
using Crosstown.Core.Data;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Logs;
using Crosstown.Measures.Composed;
using Crosstown.Measures.Engine;
using Crosstown.Measures.Options;

namespace Crosstown.Server.Measuring;

/// <summary>What is to be measured.</summary>
internal sealed record MeasureRequest
{
    public required MeasureSelection Selection { get; init; }

    /// <summary>The corridor of composed measures; null when none was asked for.</summary>
    public Corridor? Corridor { get; init; }

    /// <summary>Speed readings by signal, in time order; they live in memory only (rule P11).</summary>
    public IReadOnlyDictionary<SignalId, SpeedReading[]> Speeds { get; init; } = new Dictionary<SignalId, SpeedReading[]>();

    public required MeasureOptions Options { get; init; }

    /// <summary>First moment of the rows wanted; null for all.</summary>
    public LocalTime? From { get; init; }

    /// <summary>First moment after the rows wanted; null for all.</summary>
    public LocalTime? To { get; init; }

    /// <summary>Whose rows; null for all signals that have events.</summary>
    public ImmutableArray<SignalId>? Signals { get; init; }
}

/// <summary>Computes measures from stored events, one signal after the other, each in one pass.</summary>
internal static class MeasureRun
{
    /// <summary>Events before the asked time that are read as history: a day, so that plans and open intervals are known.</summary>
    public const long LookBackMs = 86_400_000;

    /// <summary>Events after the asked time that are read so that its last cycles come to their end.</summary>
    public const long LookAheadMs = 30 * 60_000;

    /// <param name="progress">Called with each signal when its rows are done.</param>
    /// <returns>The number of events that went through the measures.</returns>
    public static long Run(
        IEventSource source, SignalConfigurations configurations, MeasureRequest request, ITableSink sink, DataIssueLog issues, Action<SignalId>? progress = null)
    {
        long events = 0;
        var buffers = new RowBuffers();
        var signals = request.Signals ?? source.ListSignals();
        var asked = new AskedTables(request.Selection.TablesIn(request.Options.Set).Select(t => t.Name), sink);
        var composed = new ComposedRun(request.Selection.Composed, new ComposedContext(request.Options, asked, issues)
        {
            Corridor = request.Corridor,
            Configurations = signals.Select(s => configurations.Find(s)).OfType<SignalConfiguration>().ToDictionary(c => c.Signal),
        });
        foreach (var signal in signals)
        {
            var clock = source.ClockOf(signal);
            if (RangeOf(source, signal, request, clock) is not { } range)
            {
                continue;
            }

            var configuration = configurations.Find(signal, range.StartMs);
            if (configuration is null)
            {
                issues.Add(
                    DataIssueKind.MissingConfiguration, $"signal {signal}", 0, signal.Value,
                    "no configuration: measures that need detectors, phases or approaches have no rows; `crosstown learn` proposes one from the log");
                configuration = SignalConfiguration.Unknown(signal);
            }

            var rows = request.From is null && request.To is null ? (TimeRange?)null : range;
            var pass = new SignalPass(request.Selection.Measures, configuration, clock, request.Options, rows, new Both(composed, asked), issues, buffers);
            using var reader = source.Open(signal, new TimeRange(range.StartMs - LookBackMs, range.EndMs + LookAheadMs));
            var speeds = request.Speeds.GetValueOrDefault(signal, []).AsSpan();
            while (reader.Next(out var block))
            {
                var due = 0;
                while (due < speeds.Length && speeds[due].TimeMs <= block[^1].TimeMs)
                {
                    due++;
                }

                pass.Append(speeds[..due]);
                speeds = speeds[due..];
                pass.Append(block);
                events += block.Length;
            }

            pass.Finish();
            progress?.Invoke(signal);
        }

        composed.Finish();
        return events;
    }

    private static TimeRange? RangeOf(IEventSource source, SignalId signal, MeasureRequest request, LocalTimeMap clock)
    {
        if (source.FindRange(signal) is not { } all)
        {
            return null;
        }

        var start = request.From?.ToUtcMs(clock) ?? all.StartMs;
        var end = request.To?.ToUtcMs(clock) ?? all.EndMs;
        return end <= start ? null : new TimeRange(start, end);
    }

    /// <summary>Lets through the tables that were asked for: what runs only as an input of another measure is not written.</summary>
    private sealed class AskedTables(IEnumerable<string> names, ITableSink sink) : ITableSink
    {
        private readonly HashSet<string> _names = [.. names];

        public void Take(SignalId signal, LocalTimeMap clock, RowBuffer rows)
        {
            if (_names.Contains(rows.Schema.Name))
            {
                sink.Take(signal, clock, rows);
            }
        }
    }

    private sealed class Both(ITableSink first, ITableSink second) : ITableSink
    {
        public void Take(SignalId signal, LocalTimeMap clock, RowBuffer rows)
        {
            first.Take(signal, clock, rows);
            second.Take(signal, clock, rows);
        }
    }
}
