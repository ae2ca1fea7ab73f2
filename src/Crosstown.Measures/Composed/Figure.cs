using System.Collections.Immutable;
using Crosstown.Core.Tables;

namespace Crosstown.Measures.Composed;

/// <summary>A figure that can be added up over signals and days: a count, or a ratio of two sums.</summary>
/// <param name="Word">Its name in a row.</param>
/// <param name="Table">The table that it is taken from.</param>
/// <param name="Counted">Columns whose sum it is.</param>
/// <param name="OutOf">Columns whose sum it is divided by; empty for a plain count.</param>
/// <param name="PhaseOnly">A column that is null in the rows of whole phases; rows of single detectors are left out. Null where there are none.</param>
internal sealed record Figure(string Word, string Table, ImmutableArray<string> Counted, ImmutableArray<string> OutOf, string? PhaseOnly = null)
{
    /// <summary>All figures. Tables of measures that do not run simply bring no rows.</summary>
    public static ImmutableArray<Figure> All { get; } =
    [
        new("arrivals", "arrivals-on-green", ["arrivals"], []),
        new("arrivals-on-green", "arrivals-on-green", ["on_green"], ["on_green", "on_yellow", "on_red"]),
        new("split-failures", "split-failures", ["failures"], ["cycles"], "channel"),
        new("pedestrian-delay", "pedestrian-delay", ["total_s"], ["waits"]),
        new("queued-at-green", "queue-spillback", ["queued_at_green"], ["cycles"]),
        new("blocked-green", "queue-spillback", ["blocked_green_s"], ["green_s"]),
    ];

    /// <summary>The words, for a column.</summary>
    public static ImmutableArray<string> Words { get; } = [.. All.Select(f => f.Word)];

    /// <summary>The tables, each once.</summary>
    public static ImmutableArray<string> Tables { get; } = [.. All.Select(f => f.Table).Distinct()];

    /// <summary>Where the figure stands in a table.</summary>
    public FigureColumns ColumnsIn(TableSchema schema) => new(
        schema.IndexOf("time"), schema.IndexOf("phase"), schema.IndexOf("seen_share"),
        [.. Counted.Select(schema.IndexOf)], [.. OutOf.Select(schema.IndexOf)], PhaseOnly is null ? null : schema.IndexOf(PhaseOnly));
}

/// <summary>A figure's columns in one table.</summary>
internal readonly record struct FigureColumns(int Time, int Phase, int Seen, ImmutableArray<int> Counted, ImmutableArray<int> OutOf, int? PhaseOnly)
{
    /// <summary>False for a row that speaks of something else, such as one detector.</summary>
    public bool Speaks(RowBuffer rows, int row) => PhaseOnly is not { } column || rows.IsNull(row, column);

    /// <summary>Null when one of the cells is missing.</summary>
    public static double? Sum(RowBuffer rows, int row, ImmutableArray<int> columns)
    {
        var sum = 0.0;
        foreach (var column in columns)
        {
            if (rows.IsNull(row, column))
            {
                return null;
            }

            sum += rows.Number(row, column);
        }

        return sum;
    }
}
