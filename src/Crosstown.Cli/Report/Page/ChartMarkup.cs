using System.Globalization;
using System.Text;
using Crosstown.Cli.Report.Data;
using Crosstown.Cli.Report.Drawing;

namespace Crosstown.Cli.Report.Page;

/// <summary>Charts as they stand in a page, and as pictures of their own.</summary>
internal static class ChartMarkup
{
    /// <summary>Writes a chart as a figure: title, reading, legend, picture, and the numbers behind it.</summary>
    /// <param name="id">Unique in the page.</param>
    /// <param name="headingLevel">3 or 4, as the headings around it ask.</param>
    /// <param name="hasDefinition">True where the page explains the chart's measure under <c>m-NAME</c>.</param>
    public static void WriteFigure(StringBuilder page, Chart chart, string id, int headingLevel, bool hasDefinition)
    {
        var title = SvgCanvas.Escape(chart.Title);
        page.Append(CultureInfo.InvariantCulture, $"<figure aria-labelledby=\"{id}\"><figcaption><h{headingLevel} id=\"{id}\">{title}</h{headingLevel}><p>{SvgCanvas.Escape(chart.Reading)}</p></figcaption>\n");
        WriteLegend(page, chart);
        page.Append(CultureInfo.InvariantCulture, $"<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"Chart: {title}\"><svg viewBox=\"0 0 {SvgCanvas.Number(chart.Width)} {SvgCanvas.Number(chart.Height)}\" role=\"img\" aria-label=\"{title}. {SvgCanvas.Escape(chart.Reading)}\">")
            .Append(chart.Body).Append("</svg></div>\n");
        page.Append(CultureInfo.InvariantCulture, $"<details><summary>The numbers<span class=\"none\"> of {title}</span></summary>");
        WriteTable(page, chart.Table, $"Numbers: {chart.Title}");
        page.Append("</details>");
        if (hasDefinition)
        {
            page.Append(CultureInfo.InvariantCulture, $"<p class=\"def\"><a href=\"#m-{chart.Measure}\">How {SvgCanvas.Escape(chart.Measure.Replace('-', ' '))} is reckoned</a></p>");
        }

        page.Append("</figure>\n");
    }

    /// <summary>Writes a table that scrolls sideways where it is too wide. Cells that are numbers stand at the right.</summary>
    public static void WriteTable(StringBuilder page, ChartTable table, string name)
    {
        if (table.Rows.IsEmpty)
        {
            page.Append("<p class=\"none\">No rows.</p>");
            return;
        }

        page.Append(CultureInfo.InvariantCulture, $"<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"{SvgCanvas.Escape(name)}\"><table><thead><tr>");
        var numeric = table.Head.Select((_, i) => table.Rows.All(r => IsNumber(r[i]))).ToArray();
        var wide = table.Head.Select((_, i) => table.Rows.Any(r => r[i].Length > 40)).ToArray();
        for (var i = 0; i < table.Head.Length; i++)
        {
            page.Append(numeric[i] ? "<th scope=\"col\" class=\"r\">" : "<th scope=\"col\">").Append(SvgCanvas.Escape(table.Head[i])).Append("</th>");
        }

        page.Append("</tr></thead><tbody>\n");
        foreach (var row in table.Rows)
        {
            page.Append("<tr>");
            for (var i = 0; i < row.Length; i++)
            {
                page.Append(numeric[i] ? "<td class=\"r\">" : wide[i] ? "<td class=\"w\">" : "<td>").Append(SvgCanvas.Escape(row[i])).Append("</td>");
            }

            page.Append("</tr>\n");
        }

        page.Append("</tbody></table></div>");
    }

    /// <summary>A chart as an SVG file of its own, on a light card, with its title and legend inside.</summary>
    public static string Picture(Chart chart)
    {
        const double HeadHeight = 34;
        const double LegendRowHeight = 18;
        const double Side = 8;
        var legend = new SvgCanvas();
        var (x, y) = (Frame.Left, HeadHeight + 6.0);
        foreach (var entry in chart.Legend)
        {
            var width = 34 + (entry.Label.Length * 6.4);
            if (x + width > chart.Width)
            {
                (x, y) = (Frame.Left, y + LegendRowHeight);
            }

            WriteSign(legend, entry, x, y);
            legend.Text("t", x + 28, y + 10, entry.Label);
            x += width + 10;
        }

        var top = chart.Legend.IsEmpty ? HeadHeight : y + LegendRowHeight;
        var picture = new StringBuilder();
        var (fullWidth, fullHeight) = (chart.Width + (2 * Side), top + chart.Height + Side);
        picture.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {SvgCanvas.Number(fullWidth)} {SvgCanvas.Number(fullHeight)}\" role=\"img\" aria-labelledby=\"title text\">\n")
            .Append(CultureInfo.InvariantCulture, $"<title id=\"title\">{SvgCanvas.Escape(chart.Title)}</title>\n<desc id=\"text\">{SvgCanvas.Escape(chart.Reading)}</desc>\n")
            .Append("<style>").Append(StyleSheet.Picture).Append("</style>\n").Append(StyleSheet.GapPattern).Append('\n')
            .Append(CultureInfo.InvariantCulture, $"<rect class=\"card\" x=\".5\" y=\".5\" width=\"{SvgCanvas.Number(fullWidth - 1)}\" height=\"{SvgCanvas.Number(fullHeight - 1)}\" rx=\"8\"/>\n")
            .Append(CultureInfo.InvariantCulture, $"<g transform=\"translate({Side} 0)\"><text class=\"title\" x=\"{SvgCanvas.Number(Frame.Left)}\" y=\"25\">{SvgCanvas.Escape(chart.Title)}</text>")
            .Append("<g class=\"legend\">").Append(legend).Append("</g></g>\n")
            .Append(CultureInfo.InvariantCulture, $"<g transform=\"translate({Side} {SvgCanvas.Number(top)})\">").Append(chart.Body).Append("</g>\n</svg>\n");
        return picture.ToString();
    }

    private static void WriteLegend(StringBuilder page, Chart chart)
    {
        if (chart.Legend.IsEmpty)
        {
            return;
        }

        page.Append("<ul class=\"legend\">");
        foreach (var entry in chart.Legend)
        {
            var sign = new SvgCanvas();
            WriteSign(sign, entry, 0, 0);
            page.Append("<li><svg viewBox=\"0 0 24 12\" aria-hidden=\"true\">").Append(sign).Append("</svg>").Append(SvgCanvas.Escape(entry.Label)).Append("</li>");
        }

        page.Append("</ul>\n");
    }

    private static void WriteSign(SvgCanvas canvas, LegendEntry entry, double x, double y)
    {
        switch (entry.Sign)
        {
            case Sign.Line:
                canvas.Trace(entry.Style, [new(x + 1, y + 6), new(x + 23, y + 6)]);
                break;
            case Sign.Area:
                canvas.Rectangle(entry.Style, x + 4, y, 16, 12);
                break;
            case Sign.Bar:
                canvas.Marks(entry.Style, [new(x + 12, y + 6)], "v90", 0, 90);
                break;
            case Sign.Dash:
                canvas.Marks(entry.Style, [new(x + 12, y + 6)], "h80", 80);
                break;
            case Sign.Triangle:
                canvas.Marks(entry.Style, [new(x + 12, y + 2)], "l40 80h-80z");
                break;
            default:
                canvas.Marks(entry.Style, [new(x + 12, y + 6)]);
                break;
        }
    }

    /// <summary>True for a number with or without its unit, and for one that is not known.</summary>
    private static bool IsNumber(string text) =>
        text == Words.Missing || (text.Length > 0 && char.IsAsciiDigit(text[0]) && text.All(c => char.IsAsciiDigit(c) || c is '.' or ',' or ' ' or '%' or 's' or 'h'));
}
