using System.Text;
using Crosstown.Server.Measuring;
using Crosstown.Cli.Report.Charts;
using Crosstown.Cli.Report.Data;
using Crosstown.Cli.Report.Drawing;
using Crosstown.Cli.Report.Page;
using Crosstown.Core.Data;
using Crosstown.Core.Street;
using Crosstown.Core.Time;
using Crosstown.Logs.Store;
using Crosstown.Logs.Zones;
using Crosstown.Measures;
using Crosstown.Measures.Composed;
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
    private const long TimeSpaceMs = 10 * 60_000;
    private const long DayMs = 86_400_000;

    /// <summary>Half past seven: coordination runs, and traffic is heavy, nearly everywhere.</summary>
    private const long MorningPeakMs = 450 * 60_000;

    private static readonly string[] s_tables = [.. SignalCharts.Tables.Concat(Findings.Tables).Concat(TimeSpaceChart.Tables).Distinct(StringComparer.Ordinal)];

    /// <param name="path">The HTML file; an existing one is replaced whole.</param>
    /// <param name="corridor">A street whose time-space diagram is drawn; null for none.</param>
    /// <exception cref="ProblemException">The store holds no events.</exception>
    /// <exception cref="IOException">The file cannot be written; an existing one stays as it was.</exception>
    public static ReportResult Run(EventStore store, SignalConfigurations configurations, string title, string subtitle, string path, DataIssueLog issues, Corridor? corridor = null)
    {
        var options = new MeasureOptions();
        var tables = new CollectedTables(s_tables);
        var page = new ReportPage(title, subtitle);
        var request = new MeasureRequest { Selection = MeasureSelection.Of(MeasureCatalog.All.Select(m => m.Name)), Options = options };
        var composed = new ComposedRun([.. ComposedCatalog.All.Where(m => m.Tables.Any(t => TimeSpaceChart.Tables.Contains(t.Name)))], new ComposedContext(options, tables, issues)
        {
            Corridor = corridor,
            Configurations = configurations.ListAll().GroupBy(c => c.Signal).ToDictionary(g => g.Key, g => g.First()),
        });
        var events = MeasureRun.Run(new StoredEvents(store, issues), configurations, request, new BothSinks(tables, composed), issues, signal =>
        {
            var range = store.FindRange(signal)!.Value;
            var clock = store.FindZone(signal) is { } zone ? ZoneRules.For(zone).Map : LocalTimeMap.Utc;
            page.Add(new SignalView(configurations.Find(signal, range.StartMs) ?? SignalConfiguration.Unknown(signal), clock, range, options.BinMs, tables));
            tables.Release(signal, TimeSpaceChart.Tables);
        });
        composed.Finish();
        if (page.Views.Count == 0)
        {
            throw new ProblemException("XT154", "report", "The data folder holds no events; import logs first.");
        }

        if (corridor is not null && DrawCorridor(corridor, page.Views) is { } chart)
        {
            page.AddCorridor(chart);
        }

        var temporary = path + ".partial";
        using (var file = new StreamWriter(temporary, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)))
        {
            page.Write(file, events, issues);
        }

        File.Move(temporary, path, overwrite: true);
        return new ReportResult(events, page.Findings, new FileInfo(path).Length);
    }

    /// <summary>Ten minutes of the corridor in the first whole morning; in the middle of the log where there is none.</summary>
    private static Chart? DrawCorridor(Corridor corridor, IReadOnlyList<SignalView> views)
    {
        var own = corridor.Signals.Select(s => views.FirstOrDefault(v => v.Signal == s.Signal)).OfType<SignalView>().ToArray();
        if (own.Length < 2)
        {
            return null;
        }

        var first = own[0].Clock.BinAt(own[0].Span.StartMs + (own[0].Span.LengthMs / 2), DayMs).StartMs - DayMs + MorningPeakMs;
        var startMs = own[0].Span.Contains(first) ? first : own[0].Span.StartMs + ((own[0].Span.LengthMs - TimeSpaceMs) / 2);
        return TimeSpaceChart.Draw(corridor, own, new TimeRange(startMs, startMs + TimeSpaceMs));
    }
}
