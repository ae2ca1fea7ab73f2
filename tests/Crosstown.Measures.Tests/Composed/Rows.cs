using System.Globalization;
using Crosstown.Core.Data;
using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Measures.Composed;
using Crosstown.Measures.Options;

namespace Crosstown.Measures.Tests.Composed;

/// <summary>Makes rows of tables by hand, copies and cuts them, and runs composed measures over them.</summary>
internal static class Rows
{
    /// <summary>Monday 2024-01-01T00:00:00Z.</summary>
    public const long MondayMs = 1_704_067_200_000;

    public const long DayMs = 86_400_000;

    /// <summary>The schema of one of the catalogs' tables.</summary>
    public static TableSchema SchemaOf(string table) => MeasureCatalog.All.SelectMany(m => m.TablesIn(DefinitionSet.Crosstown)).Concat(ComposedCatalog.All.SelectMany(m => m.Tables)).Single(t => t.Name == table);

    /// <summary>Rows with some columns given; all others are missing.</summary>
    /// <param name="columns">Names, parted by blanks.</param>
    /// <param name="cells">One array per row; null for a missing value, a word for a word, a time as milliseconds.</param>
    public static RowBuffer Of(string table, string columns, params IEnumerable<object?[]> cells)
    {
        var schema = SchemaOf(table);
        var names = columns.Split(' ');
        Assert.All(names, n => Assert.Contains(schema.Columns, c => c.Name == n));
        var rows = new RowBuffer(schema);
        foreach (var row in cells)
        {
            foreach (var column in schema.Columns)
            {
                var given = Array.IndexOf(names, column.Name);
                Put(rows, column, given < 0 ? null : row[given]);
            }
        }

        return rows;
    }

    /// <summary>Some rows again, in a buffer of their own.</summary>
    public static RowBuffer Copy(RowBuffer rows, int from, int count)
    {
        var copy = new RowBuffer(rows.Schema);
        for (var row = from; row < from + count; row++)
        {
            for (var c = 0; c < rows.Schema.Columns.Length; c++)
            {
                var column = rows.Schema.Columns[c];
                object? value = rows.IsNull(row, c) ? null : column.Type is ColumnType.Real or ColumnType.Single ? rows.Number(row, c)
                    : column.Type == ColumnType.Word ? column.Words[(int)rows.Bits(row, c)] : column.Type == ColumnType.Boolean ? rows.Bits(row, c) != 0 : rows.Bits(row, c);
                Put(copy, column, value);
            }
        }

        return copy;
    }

    /// <summary>Runs one composed measure over rows of signals.</summary>
    public static Composed Compose(ComposedMeasure measure, Func<ComposedContextInit, ComposedContextInit>? with, params IEnumerable<(string Signal, RowBuffer Rows)> inputs)
    {
        var sink = new CollectedRows();
        var init = with is null ? new ComposedContextInit() : with(new ComposedContextInit());
        var run = new ComposedRun([measure], new ComposedContext(init.Options, sink, new DataIssueLog())
        {
            Corridor = init.Corridor,
            Configurations = init.Configurations,
            Period = init.Period,
            Compared = init.Compared,
            Days = init.Days,
        });
        foreach (var (signal, rows) in inputs)
        {
            run.Take(SignalId.Parse(signal), init.Clock, rows);
        }

        run.Finish();
        return new Composed(sink);
    }

    public static MeasureOptions With(ComposedMeasure measure, params ReadOnlySpan<(string Option, object Value)> changes)
    {
        var options = new MeasureOptions();
        foreach (var (name, value) in changes)
        {
            options = options.With(measure.Options.Single(o => o.Name == name), value);
        }

        return options;
    }

    /// <summary>Signals a, b, c, … 1,320 ft apart at 30 mph (30 s), phase 2 forward and phase 6 backward.</summary>
    public static Corridor Street(params string[] signals) => new()
    {
        Id = "main",
        Signals =
        [
            .. signals.Select((s, i) => new CorridorSignal
            {
                Signal = SignalId.Parse(s), DistanceFt = 1320 * i, SpeedMphToNext = i < signals.Length - 1 ? 30 : null,
                ForwardGroup = SignalGroup.Phase(2), BackwardGroup = SignalGroup.Phase(6),
            }),
        ],
    };

    private static void Put(RowBuffer rows, Column column, object? value)
    {
        if (column.Type == ColumnType.Signal)
        {
            return;
        }

        switch (value, column.Type)
        {
            case (null, _): rows.Null(); break;
            case (_, ColumnType.Time): rows.Time(Convert.ToInt64(value, CultureInfo.InvariantCulture)); break;
            case (_, ColumnType.Integer): rows.Integer(Convert.ToInt64(value, CultureInfo.InvariantCulture)); break;
            case (_, ColumnType.Real): rows.Real(Convert.ToDouble(value, CultureInfo.InvariantCulture)); break;
            case (_, ColumnType.Boolean): rows.Boolean((bool)value); break;
            case (string word, ColumnType.Word): rows.Word(column.Words.IndexOf(word)); break;
            default: throw new ArgumentException($"Column {column.Name} takes no {value}.");
        }
    }

    internal sealed record ComposedContextInit
    {
        public MeasureOptions Options { get; init; } = new();

        public LocalTimeMap Clock { get; init; } = LocalTimeMap.Utc;

        public Corridor? Corridor { get; init; }

        public Dictionary<SignalId, SignalConfiguration> Configurations { get; init; } = [];

        public TimeRange? Period { get; init; }

        public ComparedPeriods? Compared { get; init; }

        public DayTypes Days { get; init; } = DayTypes.All;
    }

    /// <summary>What composed measures wrote, by column name.</summary>
    internal sealed class Composed(CollectedRows rows)
    {
        /// <summary>Some columns of all rows of a table, joined by blanks; missing values as a dash.</summary>
        public string[] this[string table, string columns]
        {
            get
            {
                var schema = SchemaOf(table);
                var wanted = columns.Split(' ').Select(c => schema.Columns.Select(x => x.Name).ToList().IndexOf(c)).ToArray();
                Assert.DoesNotContain(-1, wanted);
                return [.. rows[table].Select(line => line.Split(',')).Select(cells => string.Join(' ', wanted.Select(w => cells[w].Length == 0 ? "-" : cells[w])))];
            }
        }
    }
}
