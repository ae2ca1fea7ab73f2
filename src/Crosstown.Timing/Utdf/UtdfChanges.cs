namespace Crosstown.Timing.Utdf;

/// <summary>Cells and rows to change in a <see cref="UtdfDocument"/>.</summary>
public sealed class UtdfChanges
{
    /// <summary>Texts by 0-based line and column.</summary>
    internal Dictionary<int, SortedDictionary<int, string>> Cells { get; } = [];

    /// <summary>Whole lines, without line end, by the 0-based line that they follow.</summary>
    internal Dictionary<int, List<string>> RowsAfter { get; } = [];

    internal List<string> RowsAtEnd { get; } = [];

    public bool IsEmpty => Cells.Count == 0 && RowsAfter.Count == 0 && RowsAtEnd.Count == 0;

    /// <summary>How many cells are to be changed.</summary>
    public int CellCount => Cells.Values.Sum(c => c.Count);

    /// <summary>Sets a cell; a row too short for it is made longer.</summary>
    /// <param name="row">A row of the document.</param>
    /// <param name="column">0-based.</param>
    /// <param name="text">What the cell is to say; quotes are added where it needs them.</param>
    public void Set(UtdfRow row, int column, string text)
    {
        if (!Cells.TryGetValue(row.Line - 1, out var cells))
        {
            Cells[row.Line - 1] = cells = [];
        }

        cells[column] = text;
    }

    /// <summary>Adds a row behind the last one of a section, padded with commas as the section's header is.</summary>
    public void AddRow(UtdfDocument document, UtdfSection section, IReadOnlyList<string> cells)
    {
        var after = section.LastLine - 1;
        if (!RowsAfter.TryGetValue(after, out var rows))
        {
            RowsAfter[after] = rows = [];
        }

        rows.Add(Line(cells, document.CellCountOf(section.HeaderLine - 1)));
    }

    /// <summary>Adds a section at the end of the file, padded with commas as the last section's header is.</summary>
    public void AddSection(UtdfDocument document, string name, string title, IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        var last = document.Sections[^1];
        var width = document.CellCountOf(last.HeaderLine - 1) is var count && count > last.Columns.Length ? count : 0;
        if (!document.IsBlankAtEnd)
        {
            RowsAtEnd.Add(Line([], width));
        }

        RowsAtEnd.Add(Line([$"[{name}]"], width));
        RowsAtEnd.Add(Line([title], width));
        RowsAtEnd.Add(Line(columns, width));
        RowsAtEnd.AddRange(rows.Select(r => Line(r, width)));
    }

    private static string Line(IReadOnlyList<string> cells, int width) =>
        string.Join(',', cells.Select(c => UtdfCell.Quote(c, false)).Concat(Enumerable.Repeat("", Math.Max(0, width - cells.Count))));
}
