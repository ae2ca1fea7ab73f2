using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Crosstown.Cli.Report.Charts;
using Crosstown.Cli.Report.Data;
using Crosstown.Cli.Report.Drawing;
using Crosstown.Core.Data;
using Crosstown.Server.Imports;

namespace Crosstown.Cli.Report.Page;

/// <summary>The report: one HTML file with all its charts inside, that needs no script, no network and no font of its own.</summary>
internal sealed class ReportPage
{
    private const int ListedFindings = 10;
    private const int ListedIssues = 40;

    private readonly string _title;
    private readonly string _subtitle;
    private readonly List<SignalView> _views = [];
    private readonly List<(SignalView View, string Html)> _sections = [];
    private readonly List<Chart> _corridorCharts = [];
    private readonly SortedSet<string> _measures = new(StringComparer.Ordinal);
    private int _figures;

    /// <param name="title">The page's title.</param>
    /// <param name="subtitle">What the data is.</param>
    public ReportPage(string title, string subtitle) => (_title, _subtitle) = (title, subtitle);

    public Findings Findings { get; } = new();

    /// <summary>Signals that were added, in order.</summary>
    public IReadOnlyList<SignalView> Views => _views;

    /// <summary>Draws one signal's section. Its rows may be let go afterwards.</summary>
    public void Add(SignalView view)
    {
        _views.Add(view);
        Findings.Add(view);
        var html = new StringBuilder();
        foreach (var chart in SignalCharts.Overview(view))
        {
            WriteFigure(html, chart, 3);
        }

        var isFirst = true;
        foreach (var day in view.Days())
        {
            var charts = SignalCharts.OfDay(view, day).ToArray();
            if (charts.Length == 0)
            {
                continue;
            }

            html.Append(CultureInfo.InvariantCulture, $"<details class=\"day-part\"{(isFirst ? " open=\"\"" : "")}><summary><h3>{SvgCanvas.Escape(view.Day(day.StartMs))}</h3></summary>\n");
            foreach (var chart in charts)
            {
                WriteFigure(html, chart, 4);
            }

            html.Append("</details>\n");
            isFirst = false;
        }

        _sections.Add((view, html.ToString()));
    }

    /// <summary>Adds a chart of several signals.</summary>
    public void AddCorridor(Chart chart) => _corridorCharts.Add(chart);

    /// <summary>Writes the page.</summary>
    /// <param name="eventCount">Events that were measured.</param>
    /// <exception cref="InvalidOperationException">No signal was added.</exception>
    public void Write(TextWriter output, long eventCount, DataIssueLog issues)
    {
        if (_views.Count == 0)
        {
            throw new InvalidOperationException("A report needs at least one signal.");
        }

        var page = new StringBuilder();
        page.Append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n")
            .Append(CultureInfo.InvariantCulture, $"<title>{SvgCanvas.Escape(_title)}</title>\n<style>{StyleSheet.Page}</style>\n</head>\n<body>\n")
            .Append("<svg class=\"hidden\" aria-hidden=\"true\" focusable=\"false\">").Append(StyleSheet.GapPattern).Append("</svg>\n")
            .Append("<a class=\"skip\" href=\"#main\">Skip to the report</a>\n")
            .Append(CultureInfo.InvariantCulture, $"<header><h1>{SvgCanvas.Escape(_title)}</h1><p class=\"lead\">{SvgCanvas.Escape(_subtitle)}</p></header>\n");
        WriteNavigation(page);
        page.Append("<main id=\"main\" tabindex=\"-1\">\n");
        WriteFacts(page, eventCount, issues);
        page.Append("<h2 id=\"first\">Where to look first</h2>\n");
        WriteFindings(page);
        page.Append("<h2 id=\"coverage\">What was seen</h2>\n");
        WriteFigure(page, CoverageChart.Draw(_views), 3);
        WriteIssues(page, issues);
        if (_corridorCharts.Count > 0)
        {
            page.Append("<h2 id=\"corridor\">Along the street</h2>\n");
            foreach (var chart in _corridorCharts)
            {
                WriteFigure(page, chart, 3);
            }
        }

        page.Append("<h2 id=\"signals\">Signal by signal</h2>\n");
        output.Write(page);
        foreach (var (view, html) in _sections)
        {
            WriteSection(output, view, html, isOpen: view == _sections[0].View);
        }

        page.Clear();
        WriteDefinitions(page);
        page.Append("</main>\n<footer><p>Times are on each signal's wall clock. Every number stands beside the share of time its log really saw; a dash is a number that is not known, never 0. No person, vehicle or device is in these data. The page shows single events of signals, arrivals and preempts among them: it is for the staff who run them, not for publication.</p></footer>\n</body>\n</html>\n");
        output.Write(page);
    }

    private static void WriteSection(TextWriter output, SignalView view, string html, bool isOpen)
    {
        var configuration = view.Configuration;
        var detectors = configuration.Detectors.Length == 0 ? "no configuration" : $"{Words.Counted(configuration.Detectors.Length, "detector")}, {Words.Count(configuration.Detectors.Count(d => d.Phase is not null))} with a known phase";
        output.Write(
            $"<details class=\"signal\" id=\"signal-{SvgCanvas.Escape(view.Signal.Value)}\"{(isOpen ? " open=\"\"" : "")}><summary><h2>Signal {SvgCanvas.Escape(view.Label)}</h2><span class=\"brief\">{SvgCanvas.Escape($"{view.DayAndTime(view.Span.StartMs)} to {view.DayAndTime(view.Span.EndMs)}, {Words.Percent(view.SeenShare)} of the time seen; {detectors}")}</span></summary>\n<div class=\"inside\">\n");
        output.Write(html.Length > 0 ? html : "<p class=\"none\">Nothing could be measured here: the log holds no phase or detector events that a measure reads.</p>\n");
        output.Write("</div></details>\n");
    }

    private void WriteFigure(StringBuilder page, Chart chart, int level)
    {
        var isDefined = MeasurePages.Find(chart.Measure) is not null;
        if (isDefined)
        {
            _measures.Add(chart.Measure);
        }

        ChartMarkup.WriteFigure(page, chart, string.Create(CultureInfo.InvariantCulture, $"c{++_figures}"), level, isDefined);
    }

    private void WriteNavigation(StringBuilder page)
    {
        page.Append("<nav aria-label=\"Report\"><ul><li><a href=\"#first\">Where to look first</a></li><li><a href=\"#coverage\">What was seen</a></li>");
        if (_corridorCharts.Count > 0)
        {
            page.Append("<li><a href=\"#corridor\">Along the street</a></li>");
        }

        foreach (var view in _views)
        {
            page.Append(CultureInfo.InvariantCulture, $"<li><a href=\"#signal-{SvgCanvas.Escape(view.Signal.Value)}\">Signal {SvgCanvas.Escape(view.Signal.Value)}</a></li>");
        }

        page.Append("<li><a href=\"#definitions\">How it is reckoned</a></li></ul></nav>\n");
    }

    private void WriteFacts(StringBuilder page, long eventCount, DataIssueLog issues)
    {
        var failed = Findings.SplitFailures.Sum(f => f.Failures);
        var arrivals = Findings.Progression.Sum(f => f.Arrivals);
        var onRed = Findings.Progression.Sum(f => f.ShareOnRed * f.Arrivals);
        var seen = _views.Where(v => v.SeenShare is not null).Select(v => v.SeenShare!.Value).ToArray();
        var (start, end) = (_views.MinBy(v => v.Span.StartMs)!, _views.MaxBy(v => v.Span.EndMs)!);
        page.Append("<dl class=\"facts\">");
        Fact("Signals", Words.Count(_views.Count), $"{start.DayAndTime(start.Span.StartMs)} – {end.DayAndTime(end.Span.EndMs)}");
        Fact("Events", Words.Count(eventCount), "measured");
        Fact("Time seen", seen.Length == 0 ? Words.Missing : Words.Percent(seen.Average()), $"{Words.Counted(_views.Sum(v => v.Gaps.Length), "gap")}");
        Fact("Split failures", Words.Count(failed), $"at {Words.Counted(Findings.SplitFailures.Length, "phase")}");
        Fact("Arrivals on red", arrivals == 0 ? Words.Missing : Words.Percent(onRed / arrivals), $"of {Words.Count(arrivals)}");
        Fact("Detectors at fault", Words.Count(Findings.Detectors.Select(f => (f.View.Signal, f.Channel)).Distinct().Count()), "reported or found");
        Fact("Data issues", Words.Count(issues.Count), issues.Count == 0 ? "none" : "listed below");
        page.Append("</dl>\n");

        void Fact(string name, string value, string note) =>
            page.Append(CultureInfo.InvariantCulture, $"<div><dt>{SvgCanvas.Escape(name)}</dt><dd>{SvgCanvas.Escape(value)} <span class=\"note\">{SvgCanvas.Escape(note)}</span></dd></div>");
    }

    private void WriteFindings(StringBuilder page)
    {
        foreach (var list in FindingLists.All(Findings))
        {
            page.Append(CultureInfo.InvariantCulture, $"<section class=\"card\"><h3>{SvgCanvas.Escape(list.Title)}</h3><p class=\"none\">{SvgCanvas.Escape(list.About)}</p>");
            var rows = list.Table.Rows;
            if (rows.IsEmpty)
            {
                page.Append(CultureInfo.InvariantCulture, $"<p>{SvgCanvas.Escape(list.WhenEmpty)}</p>");
            }
            else
            {
                ChartMarkup.WriteTable(page, list.Table with { Rows = [.. rows.Take(ListedFindings)] }, list.Title);
                if (rows.Length > ListedFindings)
                {
                    page.Append(CultureInfo.InvariantCulture, $"<details class=\"more\"><summary>{Words.Count(rows.Length - ListedFindings)} more: {SvgCanvas.Escape(list.Title.ToLowerInvariant())}</summary>");
                    ChartMarkup.WriteTable(page, list.Table with { Rows = [.. rows.Skip(ListedFindings)] }, $"More: {list.Title}");
                    page.Append("</details>");
                }
            }

            page.Append("</section>\n");
        }
    }

    private static void WriteIssues(StringBuilder page, DataIssueLog issues)
    {
        page.Append("<section class=\"card\"><h3>Data issues</h3>");
        if (issues.Count == 0)
        {
            page.Append("<p>None: every row of every file was read as it stood.</p></section>\n");
            return;
        }

        var counts = issues.ListCounts();
        var examples = issues.ListExamples().ToLookup(e => (e.Kind, e.Source));
        page.Append(CultureInfo.InvariantCulture, $"<p class=\"none\">{Words.Counted(issues.Count, "issue")}: what was wrong in the files, and what was assumed. Good rows around them were kept.</p>");
        ChartMarkup.WriteTable(
            page,
            new ChartTable(
                ["What", "Where", "How often", "First of them", "What was assumed"],
                [
                    .. counts.Take(ListedIssues).Select(c =>
                    {
                        var example = examples[(c.Kind, c.Source)].FirstOrDefault();
                        return ImmutableArray.Create(c.Kind.ToString(), SourceName.WithoutAddress(c.Source), Words.Count(c.Count), example is null ? Words.Missing : $"at {example.Position}: '{example.Value}'", example?.Assumed ?? Words.Missing);
                    }),
                ]),
            "Data issues");
        page.Append(counts.Count > ListedIssues ? $"<p class=\"none\">{Words.Count(counts.Count - ListedIssues)} more kinds and sources are not listed here.</p></section>\n" : "</section>\n");
    }

    private void WriteDefinitions(StringBuilder page)
    {
        page.Append("<h2 id=\"definitions\">How the numbers are reckoned</h2>\n");
        foreach (var measure in _measures)
        {
            if (MeasurePages.Find(measure) is { } text)
            {
                page.Append(CultureInfo.InvariantCulture, $"<section class=\"card\" id=\"m-{measure}\"><h3>{SvgCanvas.Escape(text.Title)}</h3>\n{text.Html}</section>\n");
            }
        }
    }
}
