using Crosstown.Core.Data;
using Crosstown.Core.Street;
using Crosstown.Core.Time;
using Crosstown.Logs;
using Crosstown.Measures;
using Crosstown.Measures.Engine;
using Crosstown.Measures.Options;

namespace Crosstown.Server.Measuring;

/// <summary>Computes measures of one signal over a time from its events, as a chart asks for them.</summary>
internal static class SignalTables
{
    /// <summary>Runs measures over a range; plans and open intervals of the day before are known, and last cycles come to their end.</summary>
    /// <param name="measures">What to run, at most 63.</param>
    /// <param name="configuration">The signal's configuration at the start of the range.</param>
    /// <param name="range">Rows whose first time lies outside are left out.</param>
    public static CollectedTables Run(
        IEventSource source, IReadOnlyList<Measure> measures, SignalConfiguration configuration, TimeRange range, MeasureOptions options, DataIssueLog issues)
    {
        var signal = configuration.Signal;
        var tables = new CollectedTables(measures.SelectMany(m => m.TablesIn(options.Set)).Select(t => t.Name));
        var pass = new SignalPass(measures, configuration, source.ClockOf(signal), options, range, tables, issues);
        using var reader = source.Open(signal, new TimeRange(range.StartMs - MeasureRun.LookBackMs, range.EndMs + MeasureRun.LookAheadMs));
        while (reader.Next(out var block))
        {
            pass.Append(block);
        }

        pass.Finish();
        return tables;
    }
}
