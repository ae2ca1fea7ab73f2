using System.Collections.Immutable;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Measures.BuildingBlocks;

namespace Crosstown.Measures.Composed.CorridorSummary;

/// <summary>Corridor summary: each direction's figures over all signals of a corridor, bin by bin.</summary>
public sealed class CorridorSummaryMeasure : ComposedMeasure
{
    internal static readonly TableSchema Table = new()
    {
        Name = "corridor-summary",
        Columns =
        [
            new("time", ColumnType.Time, "", "Start of the bin."),
            new("direction", ColumnType.Word, "", "Which way along the corridor.") { Words = ["forward", "backward"] },
            new("figure", ColumnType.Word, "", "What is summed up; seconds for delays and blocked green, else a count.") { Words = Figure.Words },
            new("counted", ColumnType.Real, "", "Sum over the signals."),
            new("out_of", ColumnType.Real, "", "Sum of what it is a share or mean of; null for a plain count."),
            new("value", ColumnType.Real, "", "counted over out_of: so busy signals weigh more; null when out_of is 0 or null."),
            new("signals", ColumnType.Integer, "", "Signals that contributed."),
            new("least", ColumnType.Real, "", "Least value of one signal; null without values."),
            new("most", ColumnType.Real, "", "Greatest value of one signal."),
            .. Quality.Columns,
        ],
    };

    public override string Name => "corridor-summary";

    public override string Title => "Corridor summary";

    public override ImmutableArray<string> Inputs => Figure.Tables;

    public override ImmutableArray<TableSchema> Tables => [Table];

    public override ComposedWork? Start(ComposedContext context) => context.Corridor is { } corridor ? new CorridorSummary(context, corridor) : null;

    private struct Cell
    {
        public double Counted;
        public double OutOf;
        public double Least;
        public double Most;
        public double Seen;
        public int Signals;
        public int Values;
    }

    /// <remarks>What it holds grows with the bins of the period, not with the signals.</remarks>
    private sealed class CorridorSummary(ComposedContext context, Corridor corridor) : ComposedWork
    {
        private readonly SortedDictionary<(long TimeMs, int Direction, int Figure), Cell> _cells = [];
        private readonly LocalTimeMap?[] _clocks = new LocalTimeMap?[corridor.Signals.Length];

        public override void Take(SignalId signal, LocalTimeMap clock, RowBuffer rows)
        {
            if (corridor.FindIndex(signal) is not { } index)
            {
                return;
            }

            _clocks[index] = clock;
            for (var f = 0; f < Figure.All.Length; f++)
            {
                var figure = Figure.All[f];
                if (figure.Table != rows.Schema.Name)
                {
                    continue;
                }

                var columns = figure.ColumnsIn(rows.Schema);
                for (var row = 0; row < rows.Count; row++)
                {
                    foreach (var direction in (ReadOnlySpan<int>)[0, 1])
                    {
                        if (corridor.GroupAt(index, direction == 0) is { IsOverlap: false } group && group.Number == rows.Whole(row, columns.Phase) && columns.Speaks(rows, row))
                        {
                            Add((rows.Bits(row, columns.Time), direction, f), rows, row, columns);
                        }
                    }
                }
            }
        }

        public override void Finish()
        {
            var rows = new RowBuffer(Table);
            foreach (var ((timeMs, direction, f), cell) in _cells)
            {
                var isRatio = !Figure.All[f].OutOf.IsEmpty;
                rows.Time(timeMs).Word(direction).Word(f).Real(cell.Counted).Real(isRatio ? cell.OutOf : null)
                    .Real(isRatio && cell.OutOf > 0 ? cell.Counted / cell.OutOf : null).Integer(cell.Signals)
                    .Real(cell.Values == 0 ? null : cell.Least).Real(cell.Values == 0 ? null : cell.Most);
                Quality.WriteComposed(rows, cell.Seen / cell.Signals);
            }

            context.HandOver(corridor.Signals[0].Signal, _clocks.FirstOrDefault(c => c is not null) ?? LocalTimeMap.Utc, rows);
        }

        private void Add((long TimeMs, int Direction, int Figure) key, RowBuffer rows, int row, in FigureColumns columns)
        {
            if (FigureColumns.Sum(rows, row, columns.Counted) is not { } counted || FigureColumns.Sum(rows, row, columns.OutOf) is not { } outOf)
            {
                return;
            }

            var cell = _cells.GetValueOrDefault(key);
            cell.Counted += counted;
            cell.OutOf += outOf;
            cell.Seen += rows.Value(row, columns.Seen) ?? 0;
            cell.Signals++;
            var value = columns.OutOf.IsEmpty ? counted : outOf > 0 ? counted / outOf : (double?)null;
            if (value is { } known)
            {
                cell.Least = cell.Values == 0 ? known : Math.Min(cell.Least, known);
                cell.Most = cell.Values == 0 ? known : Math.Max(cell.Most, known);
                cell.Values++;
            }

            _cells[key] = cell;
        }
    }
}
