using System.Text;
using Crosstown.Cli.Measuring;
using Crosstown.Cli.Report.Charts;
using Crosstown.Cli.Report.Data;
using Crosstown.Cli.Report.Page;
using Crosstown.Core.Data;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Logs.Store;
using Crosstown.Logs.Zones;
using Crosstown.Measures;
using Crosstown.Measures.Options;

namespace Crosstown.Cli.Report;

/// <summary>What a report was made of.</summary>
/// <param name="EventCount">Events that were measured.</param>
/// <param name="Findings">What is worth a look.</param>
/// <param name="ByteCount">Length of the file.</param>
internal sealed record ReportResult(long EventCount, Findings Findings, long ByteCount);

/// <summary>Measures a store and writes the report of it. Memory grows with one signal's rows and the text of the page.</summary>
internal static class ReportRun
{
    private static readonly string[] s_tables = [.. SignalCharts.Tables.Concat(Findings.Tables).Distinct(StringComparer.Ordinal)];

    /// <param name="path">The HTML file; an existing one is replaced whole.</param>
    /// <param name="alsoTo">Takes all rows of all measures too; null for none.</param>
    /// <exception cref="ProblemException">The store holds no events.</exception>
    /// <exception cref="IOException">The file cannot be written; an existing one stays as it was.</exception>
    public static ReportResult Run(EventStore store, SignalConfigurations configurations, string title, string subtitle, string path, DataIssueLog issues, ITableSink? alsoTo = null)
    {
        var options = new MeasureOptions();
        var tables = new CollectedTables(s_tables);
        var page = new ReportPage(title, subtitle);
        var request = new MeasureRequest { Measures = MeasureCatalog.All, Options = options };
        var events = MeasureRun.Run(store, configurations, request, alsoTo is null ? tables : new BothSinks(tables, alsoTo), issues, signal =>
        {
            var range = store.FindRange(signal)!.Value;
            var clock = store.FindZone(signal) is { } zone ? ZoneRules.For(zone).Map : LocalTimeMap.Utc;
            page.Add(new SignalView(configurations.Find(signal, range.StartMs) ?? SignalConfiguration.Unknown(signal), clock, range, options.BinMs, tables));
            tables.Release(signal, []);
        });
        if (page.Views.Count == 0)
        {
            throw new ProblemException("XT140", "report", "The data folder holds no events; import logs first.");
        }

        var temporary = path + ".partial";
        using (var file = new StreamWriter(temporary, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)))
        {
            page.Write(file, events, issues);
        }

        File.Move(temporary, path, overwrite: true);
        return new ReportResult(events, page.Findings, new FileInfo(path).Length);
    }

    private sealed class BothSinks(ITableSink first, ITableSink second) : ITableSink
    {
        public void Take(SignalId signal, LocalTimeMap clock, RowBuffer rows)
        {
            first.Take(signal, clock, rows);
            second.Take(signal, clock, rows);
        }
    }
}
