using System.Text.Json;
using Crosstown.Core.Tables;

namespace Crosstown.Server.Api;

/// <summary>A table as columns of JSON: smallest and quickest for charts. Times are ms UTC, words are text, missing is null.</summary>
internal static class TableJson
{
    /// <param name="rows">Null for no rows: the columns are then empty.</param>
    /// <param name="about">Writes members that stand before the data.</param>
    public static void Write(Utf8JsonWriter json, TableSchema schema, RowBuffer? rows, Action<Utf8JsonWriter> about)
    {
        json.WriteStartObject();
        json.WriteString("table", schema.Name);
        about(json);
        json.WriteNumber("rows", rows?.Count ?? 0);
        json.WriteStartObject("columns");
        for (var i = 0; i < schema.Columns.Length; i++)
        {
            var column = schema.Columns[i];
            if (column.Type == ColumnType.Signal)
            {
                continue;
            }

            json.WriteStartArray(column.Name);
            for (var row = 0; row < (rows?.Count ?? 0); row++)
            {
                WriteCell(json, column, rows!, row, i);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteCell(Utf8JsonWriter json, Column column, RowBuffer rows, int row, int index)
    {
        if (rows.IsNull(row, index))
        {
            json.WriteNullValue();
            return;
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
                json.WriteStringValue(column.Words[(int)rows.Bits(row, index)]);
                break;
            default:
                json.WriteNumberValue(rows.Bits(row, index));
                break;
        }
    }
}
