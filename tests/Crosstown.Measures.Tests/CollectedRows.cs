using System.Globalization;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;

namespace Crosstown.Measures.Tests;

/// <summary>Keeps all rows as lines of text, by table, as the CSV files would show them.</summary>
/// <param name="movedBackMs">Taken off all times, for comparing a log with the same log moved.</param>
internal sealed class CollectedRows(long movedBackMs = 0) : ITableSink
{
    public Dictionary<string, List<string>> Tables { get; } = [];

    public IReadOnlyList<string> this[string table] => Tables.TryGetValue(table, out var lines) ? lines : [];

    public void Take(SignalId signal, LocalTimeMap clock, RowBuffer rows)
    {
        if (!Tables.TryGetValue(rows.Schema.Name, out var lines))
        {
            Tables[rows.Schema.Name] = lines = [];
        }

        for (var row = 0; row < rows.Count; row++)
        {
            lines.Add(string.Join(',', Enumerable.Range(0, rows.Schema.Columns.Length).Select(c => Cell(signal, clock, rows, row, c))));
        }
    }

    private string Cell(SignalId signal, LocalTimeMap clock, RowBuffer rows, int row, int column)
    {
        var culture = CultureInfo.InvariantCulture;
        var bits = rows.Bits(row, column);
        return rows.Schema.Columns[column].Type switch
        {
            ColumnType.Signal => signal.Value,
            _ when rows.IsNull(row, column) => "",
            ColumnType.Time => DateTimeOffset.FromUnixTimeMilliseconds(clock.ToLocalMs(bits) - movedBackMs).ToString("yyyy-MM-dd'T'HH:mm:ss.fff", culture),
            ColumnType.Real => WithPoint(rows.Number(row, column).ToString("R", culture)),
            ColumnType.Single => WithPoint(((float)rows.Number(row, column)).ToString("R", culture)),
            ColumnType.Boolean => bits != 0 ? "true" : "false",
            ColumnType.Word => rows.Schema.Columns[column].Words[(int)bits],
            _ => bits.ToString(culture),
        };
    }

    private static string WithPoint(string number) => number.Contains('.', StringComparison.Ordinal) || number.Contains('E', StringComparison.Ordinal) ? number : number + ".0";
}
