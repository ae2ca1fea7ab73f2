namespace Crosstown.Core.Tables;

/// <summary>Writes a table as CSV: UTF-8 without byte order mark, a header line of column names, lines ended by LF.</summary>
/// <remarks>A missing value is an empty field. Text that a spreadsheet would run as a formula is made harmless (rule X06).</remarks>
/// <param name="stream">Where the text goes; stays open.</param>
public sealed class CsvTableWriter(Stream stream, TableSchema schema, TimeStyle times) : TextTableWriter(stream, schema, times, new Layout(
    Header: string.Join(',', schema.Columns.Select(c => CellText.QuoteForCsv(c.Name))) + "\n",
    Before: (_, place) => place == 0 ? "" : ",",
    Word: CellText.QuoteForCsv,
    AroundText: "",
    Missing: "",
    RowEnd: "\n"));
