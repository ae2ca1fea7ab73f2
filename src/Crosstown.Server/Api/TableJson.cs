using System.Text;
using System.Text.Json;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;

namespace Crosstown.Server.Api;

/// <summary>A table as columns of JSON: smallest and quickest for charts. Times are ms UTC, words are text, missing is null.</summary>
internal static class TableJson
{
    /// <param name="rows">The rows.</param>
    /// <param name="local">Times are written as text on this wall clock; null for ms UTC. Rows with owners go by their owner's clock.</param>
    /// <param name="owners">The signal of each row; null for rows of one signal, which have no column of it.</param>
    /// <param name="about">Writes members that stand before the data.</param>
    public static void Write(Utf8JsonWriter json, TableSchema schema, RowBuffer rows, LocalTimeMap? local, IReadOnlyList<(SignalId Signal, LocalTimeMap Clock)>? owners, Action<Utf8JsonWriter> about)
    {
        json.WriteStartObject();
        json.WriteString("table", schema.Name);
        about(json);
        json.WriteNumber("rows", rows.Count);
        json.WriteStartObject("columns");
        for (var i = 0; i < schema.Columns.Length; i++)
        {
            var column = schema.Columns[i];
            if (column.Type == ColumnType.Signal && owners is null)
            {
                continue;
            }

            json.WriteStartArray(column.Name);
            if (column.Type == ColumnType.Signal)
            {
                foreach (var (signal, _) in owners!)
                {
                    json.WriteStringValue(signal.Value);
                }
            }
            else if (column.Type == ColumnType.Time && local is not null)
            {
                WriteLocal(json, rows, i, local, owners);
            }
            else
            {
                WriteColumn(json, column, rows, i);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteLocal(Utf8JsonWriter json, RowBuffer rows, int index, LocalTimeMap local, IReadOnlyList<(SignalId Signal, LocalTimeMap Clock)>? owners)
    {
        Span<byte> text = stackalloc byte[CellText.MaxTimeLength];
        for (var row = 0; row < rows.Count; row++)
        {
            if (rows.IsNull(row, index))
            {
                json.WriteNullValue();
                continue;
            }

            var length = CellText.WriteTime(text, (owners?[row].Clock ?? local).ToLocalMs(rows.Bits(row, index)), utc: false);
            json.WriteStringValue(text[..length]);
        }
    }

    private static void WriteColumn(Utf8JsonWriter json, Column column, RowBuffer rows, int index)
    {
        var words = column.Type == ColumnType.Word ? column.Words.Select(w => JsonEncodedText.Encode(Encoding.UTF8.GetBytes(w))).ToArray() : [];
        for (var row = 0; row < rows.Count; row++)
        {
            if (rows.IsNull(row, index))
            {
                json.WriteNullValue();
                continue;
            }

            switch (column.Type)
            {
                case ColumnType.Real or ColumnType.Single:
                    var number = rows.Number(row, index);
                    if (double.IsFinite(number))
                    {
                        json.WriteNumberValue(Math.Round(number, 6));
                    }
                    else
                    {
                        json.WriteNullValue();
                    }

                    break;
                case ColumnType.Boolean:
                    json.WriteBooleanValue(rows.Bits(row, index) != 0);
                    break;
                case ColumnType.Word:
                    json.WriteStringValue(words[(int)rows.Bits(row, index)]);
                    break;
                default:
                    json.WriteNumberValue(rows.Bits(row, index));
                    break;
            }
        }
    }
}
