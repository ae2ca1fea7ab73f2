using System.Buffers.Text;
using Crosstown.Core.Data;

namespace Crosstown.Timing.Utdf;

/// <summary>Reads numbers out of cells and reports those that are none.</summary>
internal sealed class UtdfCells(UtdfDocument document, DataIssueLog issues)
{
    private readonly List<UtdfCell> _cells = [];

    public UtdfDocument Document { get; } = document;

    public DataIssueLog Issues { get; } = issues;

    /// <summary>A row's numbers by column; null where a cell is empty or bad, and an empty array when the row is not there.</summary>
    public double?[] Numbers(UtdfSection section, string record, int? node, double least, double most)
    {
        if (section.Find(record, node) is not { } row)
        {
            return [];
        }

        var line = Document.BytesOf(row.Line - 1);
        UtdfCell.Split(line, _cells);
        var numbers = new double?[section.Columns.Length];
        for (var i = 0; i < _cells.Count && i < numbers.Length; i++)
        {
            if (section.KeyColumns[i])
            {
                continue;
            }

            numbers[i] = Number(section, row, i, _cells[i].Value(line), least, most);
        }

        return numbers;
    }

    /// <summary>One number; null where the row or cell is missing, empty or bad.</summary>
    public double? Number(UtdfSection section, string record, int? node, string column, double least, double most)
    {
        if (section.Find(record, node) is not { } row || section.FindColumn(column) is not { } at)
        {
            return null;
        }

        var line = Document.BytesOf(row.Line - 1);
        UtdfCell.Split(line, _cells);
        return at < _cells.Count ? Number(section, row, at, _cells[at].Value(line), least, most) : null;
    }

    /// <summary>A row's texts by column; empty when the row is not there.</summary>
    public string[] Texts(UtdfSection section, string record, int? node)
    {
        if (section.Find(record, node) is not { } row)
        {
            return [];
        }

        var texts = Document.GetTexts(row);
        return [.. texts.Take(section.Columns.Length), .. Enumerable.Repeat("", Math.Max(0, section.Columns.Length - texts.Length))];
    }

    /// <summary>The number that a cell's text stands for, with or without the star of an override; null when it is none.</summary>
    public static double? Parse(ReadOnlySpan<byte> value)
    {
        value = value is [(byte)'*', ..] ? value[1..].TrimStart((byte)' ') : value;
        value = value is [(byte)'+', ..] ? value[1..] : value;
        return Utf8Parser.TryParse(value, out double number, out var used) && used == value.Length && double.IsFinite(number) ? number : null;
    }

    private double? Number(UtdfSection section, UtdfRow row, int column, ReadOnlySpan<byte> value, double least, double most)
    {
        if (value.IsEmpty)
        {
            return null;
        }

        if (Parse(value) is { } number && number >= least && number <= most)
        {
            return number;
        }

        if (Issues.WouldKeep(DataIssueKind.BadRow, Document.Name))
        {
            var where = row.Node is { } node ? $"[{section.Name}] row '{row.Record}' of node {node}, column {section.Columns[column]}" : $"[{section.Name}] row '{row.Record}', column {section.Columns[column]}";
            Issues.Add(
                DataIssueKind.BadRow, Document.Name, row.Line, System.Text.Encoding.Latin1.GetString(value),
                $"{where}: no number from {least:0.###} to {most:0.###}; the cell is taken as empty");
        }
        else
        {
            Issues.Add(DataIssueKind.BadRow, Document.Name, row.Line, default, "");
        }

        return null;
    }
}
