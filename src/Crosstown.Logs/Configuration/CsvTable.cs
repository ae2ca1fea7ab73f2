using System.Text;
using Crosstown.Core.Data;
using Crosstown.Logs.Formats;

namespace Crosstown.Logs.Configuration;

/// <summary>A small text table held whole: comma, semicolon or tab, with quotes as RFC 4180 has them, line ends inside quotes too.</summary>
internal sealed class CsvTable
{
    private readonly Dictionary<string, int> _columns = new(StringComparer.Ordinal);
    private readonly HashSet<int> _used = [];

    private CsvTable(string source) => Source = source;

    public string Source { get; }

    /// <summary>Column names as the file writes them.</summary>
    public string[] Header { get; private set; } = [];

    /// <summary>Rows with the line on which each begins.</summary>
    public List<(long Line, string[] Fields)> Rows { get; } = [];

    /// <summary>Reads a table; rows with another number of fields than the header are left out and reported.</summary>
    public static CsvTable Read(string text, string source, DataIssueLog issues)
    {
        var table = new CsvTable(source);
        var headerEnd = text.IndexOf('\n', StringComparison.Ordinal);
        var delimiter = Delimiter(headerEnd < 0 ? text : text.AsSpan(0, headerEnd));
        var at = 0;
        long line = 1;
        while (at < text.Length)
        {
            var rowLine = line;
            var fields = ReadRow(text, ref at, ref line, delimiter);
            if (fields is null)
            {
                issues.Add(DataIssueKind.Truncated, source, rowLine, "", "a quote that opens here is never closed; the rest of the file is left out");
            }
            else if (fields.Length == 1 && fields[0].Length == 0)
            {
                continue;
            }
            else if (table.Header.Length == 0)
            {
                table.SetHeader(fields);
            }
            else if (fields.Length != table.Header.Length)
            {
                issues.Add(DataIssueKind.BadRow, source, rowLine, "", $"the row has {fields.Length} fields where the header has {table.Header.Length}; it is left out");
            }
            else
            {
                table.Rows.Add((rowLine, fields));
            }
        }

        return table;
    }

    /// <summary>The column that goes by one of these names (in lower case, without separators); -1 when there is none.</summary>
    public int Column(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (_columns.TryGetValue(name, out var column))
            {
                _used.Add(column);
                return column;
            }
        }

        return -1;
    }

    /// <summary>Reports the columns that nothing asked for: they are dropped, and counted by name only.</summary>
    public void ReportUnused(DataIssueLog issues)
    {
        for (var i = 0; i < Header.Length; i++)
        {
            if (!_used.Contains(i))
            {
                issues.AddMany(Rows.Count, DataIssueKind.UnknownField, Source, 1, IssueText.Name(Encoding.UTF8.GetBytes(Header[i])), "a signal's configuration has no such field; it is dropped unread");
            }
        }
    }

    private void SetHeader(string[] fields)
    {
        Header = fields;
        var plain = new char[EventFields.MaxNameBytes];
        for (var i = 0; i < fields.Length; i++)
        {
            _columns.TryAdd(plain.AsSpan(0, EventFields.Plain(Encoding.UTF8.GetBytes(fields[i]), plain)).ToString(), i);
        }
    }

    private static char Delimiter(ReadOnlySpan<char> header)
    {
        var best = ',';
        foreach (var candidate in ";\t")
        {
            best = header.Count(candidate) > header.Count(best) ? candidate : best;
        }

        return best;
    }

    private static string[]? ReadRow(string text, ref int at, ref long line, char delimiter)
    {
        var fields = new List<string>();
        var field = new StringBuilder();
        var quoted = false;
        for (; at < text.Length; at++)
        {
            var c = text[at];
            line += c == '\n' ? 1 : 0;
            if (c == '"')
            {
                if (quoted && at + 1 < text.Length && text[at + 1] == '"')
                {
                    field.Append(c);
                    at++;
                }
                else
                {
                    quoted = !quoted;
                }
            }
            else if (!quoted && c == delimiter)
            {
                fields.Add(field.ToString().Trim());
                field.Clear();
            }
            else if (!quoted && c == '\n')
            {
                at++;
                break;
            }
            else
            {
                field.Append(c);
            }
        }

        fields.Add(field.ToString().Trim());
        return quoted ? null : [.. fields];
    }
}
