using System.Text.Encodings.Web;
using System.Text.Json;

namespace Crosstown.Core.Tables;

/// <summary>Writes a table as NDJSON: one JSON object a line, every column in every line, missing values as <c>null</c>.</summary>
/// <remarks>Times, words and signal ids are strings, also where an id is a number: <c>007</c> and <c>7</c> are two signals.</remarks>
/// <param name="stream">Where the text goes; stays open.</param>
public sealed class NdjsonTableWriter(Stream stream, TableSchema schema, TimeStyle times) : TextTableWriter(stream, schema, times, new Layout(
    Header: "",
    Before: (column, place) => $"{(place == 0 ? '{' : ',')}{Quote(column.Name)}:",
    Word: Quote,
    AroundText: "\"",
    Missing: "null",
    RowEnd: "}\n"))
{
    private static string Quote(string text) => $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";
}
