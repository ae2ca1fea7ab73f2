using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Crosstown.Core.Tables;

namespace Crosstown.Logs.Analytics;

/// <summary>Writes a query's rows as text, CSV or NDJSON, chunk by chunk.</summary>
internal static class SqlRows
{
    /// <summary>How many rows are looked at to find the width of text columns; later rows that are wider stick out.</summary>
    private const int RowsMeasured = 1000;

    /// <returns>The number of rows written.</returns>
    /// <exception cref="AnalyticsException">The query fails on the way, or has a column of a kind that is not shown.</exception>
    public static long Write(AnalyticsResult result, SqlFormat format, TextWriter output)
    {
        foreach (var column in result.Columns)
        {
            if (!SqlCell.CanShow(column.Stored))
            {
                throw new AnalyticsException($"Column {column.Name} is a list, a structure or of another type that has no place in a table: cast it to VARCHAR.");
            }
        }

        var names = UniqueNames(result);
        return format switch
        {
            SqlFormat.Csv => WriteCsv(result, names, output),
            SqlFormat.Ndjson => WriteNdjson(result, names, output),
            _ => WriteText(result, names, output),
        };
    }

    private static long WriteCsv(AnalyticsResult result, string[] names, TextWriter output)
    {
        output.Write(string.Join(',', names.Select(CellText.QuoteForCsv)));
        output.Write('\n');
        return ForEachRow(result, cells =>
        {
            for (var i = 0; i < cells.Length; i++)
            {
                output.Write(i == 0 ? "" : ",");
                output.Write(SqlCell.IsText(result.Columns[i].Type) ? CellText.QuoteForCsv(cells[i] ?? "") : cells[i]);
            }

            output.Write('\n');
        });
    }

    private static long WriteNdjson(AnalyticsResult result, string[] names, TextWriter output)
    {
        var before = names.Select((n, i) => $"{(i == 0 ? '{' : ',')}{Quote(n)}:").ToArray();
        return ForEachRow(result, cells =>
        {
            for (var i = 0; i < cells.Length; i++)
            {
                output.Write(before[i]);
                output.Write(cells[i] is not { } cell ? "null" : SqlCell.IsNumber(result.Columns[i].Type) ? cell : Quote(cell));
            }

            output.Write("}\n");
        });
    }

    private static long WriteText(AnalyticsResult result, string[] names, TextWriter output)
    {
        var waiting = new List<string?[]>();
        int[]? widths = null;
        var rowCount = ForEachRow(result, cells =>
        {
            if (widths is not null)
            {
                WriteLine(result, cells, widths, output);
            }
            else
            {
                waiting.Add([.. cells]);
                if (waiting.Count == RowsMeasured)
                {
                    widths = Begin();
                }
            }
        });
        if (widths is null)
        {
            Begin();
        }

        output.Write(string.Create(CultureInfo.InvariantCulture, $"({rowCount} {(rowCount == 1 ? "row" : "rows")})\n"));
        return rowCount;

        int[] Begin()
        {
            var found = names.Select((n, i) => Math.Max(n.Length, waiting.Select(r => r[i]?.Length ?? 0).DefaultIfEmpty(0).Max())).ToArray();
            WriteLine(result, names, found, output);
            WriteLine(result, [.. found.Select(w => new string('-', w))], found, output);
            foreach (var row in waiting)
            {
                WriteLine(result, row, found, output);
            }

            waiting.Clear();
            return found;
        }
    }

    private static void WriteLine(AnalyticsResult result, ReadOnlySpan<string?> cells, int[] widths, TextWriter output)
    {
        var line = new StringBuilder();
        for (var i = 0; i < cells.Length; i++)
        {
            line.Append(i == 0 ? "" : "  ");
            var cell = cells[i] ?? "";
            if (SqlCell.IsNumber(result.Columns[i].Type))
            {
                line.Append(cell.PadLeft(widths[i]));
                continue;
            }

            // Text may hold what a terminal obeys.
            foreach (var c in cell)
            {
                line.Append(char.IsControl(c) ? '?' : c);
            }

            line.Append(' ', Math.Max(0, widths[i] - cell.Length));
        }

        output.Write(line.ToString().TrimEnd());
        output.Write('\n');
    }

    private static long ForEachRow(AnalyticsResult result, Action<string?[]> write)
    {
        long rowCount = 0;
        var cells = new string?[result.Columns.Length];
        while (result.Next())
        {
            for (var row = 0; row < result.RowCount; row++)
            {
                for (var i = 0; i < cells.Length; i++)
                {
                    cells[i] = SqlCell.Show(result.Columns[i], result.Column(i), row);
                }

                write(cells);
            }

            rowCount += result.RowCount;
        }

        return rowCount;
    }

    /// <summary>Two columns of one name would be one in JSON: the later get a number.</summary>
    private static string[] UniqueNames(AnalyticsResult result)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return [.. result.Columns.Select(c =>
        {
            var name = c.Name;
            for (var i = 2; !seen.Add(name); i++)
            {
                name = string.Create(CultureInfo.InvariantCulture, $"{c.Name}_{i}");
            }

            return name;
        })];
    }

    private static string Quote(string text) => $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";
}
