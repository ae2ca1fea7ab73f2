using System.Collections.Immutable;
using System.Text;
using Crosstown.Cli.Report.Drawing;

namespace Crosstown.Cli.Report.Page;

/// <summary>The documentation's page of each measure, as far as a report repeats it.</summary>
internal static class MeasurePages
{
    /// <summary>The sections that a report repeats.</summary>
    private static readonly ImmutableArray<string> s_repeated = ["What it says", "Formula", "With no data"];

    /// <summary>Title and sections of a measure's page as HTML; null when the documentation has no such page.</summary>
    public static (string Title, string Html)? Find(string measure)
    {
        using var stream = typeof(MeasurePages).Assembly.GetManifestResourceStream($"measures/{measure}.md");
        if (stream is null)
        {
            return null;
        }

        using var reader = new StreamReader(stream, Encoding.UTF8);
        var title = measure;
        var html = new StringBuilder();
        var section = "";
        var block = new List<string>();
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith("# ", StringComparison.Ordinal))
            {
                title = line[2..].Trim();
            }
            else if (line.StartsWith("## ", StringComparison.Ordinal))
            {
                Close();
                section = line[3..].Trim();
                if (s_repeated.Contains(section))
                {
                    html.Append("<h4>").Append(SvgCanvas.Escape(section)).Append("</h4>\n");
                }
            }
            else if (line.Length == 0)
            {
                Close();
            }
            else if (s_repeated.Contains(section))
            {
                block.Add(line);
            }
        }

        Close();
        return (title, html.ToString());

        void Close()
        {
            WriteBlock(html, block);
            block.Clear();
        }
    }

    /// <summary>A paragraph, a list, or indented or fenced code.</summary>
    private static void WriteBlock(StringBuilder html, List<string> lines)
    {
        if (lines.Count == 0)
        {
            return;
        }

        if (lines[0].StartsWith("```", StringComparison.Ordinal) || lines.TrueForAll(l => l.StartsWith("    ", StringComparison.Ordinal)))
        {
            html.Append("<pre><code>").Append(SvgCanvas.Escape(string.Join('\n', lines.Where(l => !l.StartsWith("```", StringComparison.Ordinal))))).Append("</code></pre>\n");
        }
        else if (IsItem(lines[0]))
        {
            var items = new List<string>();
            foreach (var line in lines)
            {
                if (IsItem(line))
                {
                    items.Add(line[2..].Trim());
                }
                else
                {
                    items[^1] += ' ' + line.Trim();
                }
            }

            html.Append("<ul>").AppendJoin("", items.Select(i => $"<li>{Inline(i)}</li>")).Append("</ul>\n");
        }
        else if (lines[0].StartsWith('|'))
        {
            html.Append("<pre><code>").Append(SvgCanvas.Escape(string.Join('\n', lines))).Append("</code></pre>\n");
        }
        else
        {
            html.Append("<p>").Append(Inline(string.Join(' ', lines.Select(l => l.Trim())))).Append("</p>\n");
        }
    }

    private static bool IsItem(string line) => line.StartsWith("- ", StringComparison.Ordinal) || line.StartsWith("* ", StringComparison.Ordinal);

    /// <summary>Code, strong and emphasized words; a link becomes its text.</summary>
    private static string Inline(string text)
    {
        var html = new StringBuilder();
        var parts = text.Split('`');
        for (var i = 0; i < parts.Length; i++)
        {
            if (i % 2 == 1 && i < parts.Length - 1)
            {
                html.Append("<code>").Append(SvgCanvas.Escape(parts[i])).Append("</code>");
                continue;
            }

            var prose = i % 2 == 1 ? '`' + parts[i] : parts[i];
            html.Append(Paired(Paired(WithoutLinks(SvgCanvas.Escape(prose)), "**", "strong"), "*", "em"));
        }

        return html.ToString();
    }

    private static string Paired(string text, string sign, string element)
    {
        var parts = text.Split(sign);
        if (parts.Length % 2 == 0)
        {
            return text;
        }

        var html = new StringBuilder(parts[0]);
        for (var i = 1; i < parts.Length; i++)
        {
            html.Append(i % 2 == 1 ? $"<{element}>" : $"</{element}>").Append(parts[i]);
        }

        return html.ToString();
    }

    private static string WithoutLinks(string text)
    {
        for (var middle = text.IndexOf("](", StringComparison.Ordinal); middle >= 0; middle = text.IndexOf("](", StringComparison.Ordinal))
        {
            var open = text.LastIndexOf('[', middle);
            var close = text.IndexOf(')', middle);
            if (open < 0 || close < 0)
            {
                return text;
            }

            text = string.Concat(text.AsSpan(0, open), text.AsSpan(open + 1, middle - open - 1), text.AsSpan(close + 1));
        }

        return text;
    }
}
