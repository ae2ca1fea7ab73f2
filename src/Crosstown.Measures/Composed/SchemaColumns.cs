using Crosstown.Core.Tables;

namespace Crosstown.Measures.Composed;

/// <summary>Finds columns of an input by name, and reads its cells.</summary>
internal static class SchemaColumns
{
    /// <exception cref="ArgumentException">The table has no such column: it is not the one that was asked for.</exception>
    public static int IndexOf(this TableSchema schema, string column)
    {
        for (var i = 0; i < schema.Columns.Length; i++)
        {
            if (schema.Columns[i].Name == column)
            {
                return i;
            }
        }

        throw new ArgumentException($"Table {schema.Name} has no column {column}.", nameof(column));
    }

    /// <summary>The cell as a number; null when missing.</summary>
    public static double? Value(this RowBuffer rows, int row, int column) => rows.IsNull(row, column) ? null : rows.Number(row, column);

    public static long? Whole(this RowBuffer rows, int row, int column) => rows.IsNull(row, column) ? null : rows.Bits(row, column);
}
