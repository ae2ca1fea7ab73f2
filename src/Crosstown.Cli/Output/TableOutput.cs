using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;

namespace Crosstown.Cli.Output;

/// <summary>Writes result tables into a folder, one file a table, in memory that grows neither with the rows nor with the signals.</summary>
/// <remarks>
/// A table sorted by signal is written as its rows come. A table sorted by time needs rows of all signals at once, and they come one signal at
/// a time: they are set aside in a temporary file and merged at the end. All files appear together, under their names, in
/// <see cref="Complete"/>; when anything fails before that, the folder is as it was.
/// </remarks>
internal sealed class TableOutput : ITableSink, IDisposable
{
    private readonly string _folder;
    private readonly TableFormat _format;
    private readonly TimeStyle _times;
    private readonly Dictionary<string, Table> _tables = [];

    /// <param name="folder">Made when it is not there.</param>
    /// <param name="schemas">The tables that were asked for: each gets its file, also when no row comes.</param>
    /// <exception cref="Core.Data.ProblemException">Parquet is asked for and DuckDB's library is not here.</exception>
    public TableOutput(string folder, TableFormat format, TimeStyle times, IEnumerable<TableSchema> schemas)
    {
        (_folder, _format, _times) = (folder, format, times);
        Directory.CreateDirectory(folder);
        try
        {
            foreach (var schema in schemas)
            {
                _tables.Add(schema.Name, Open(schema));
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The files and their numbers of rows, by table name; whole after <see cref="Complete"/>.</summary>
    public IEnumerable<(string Path, long RowCount)> ListFiles() =>
        _tables.OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => (t.Value.File.Path, t.Value.File.RowCount));

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">
    /// The rows belong to a table that was not asked for, or to one sorted by signal while a later signal's rows are written already.
    /// </exception>
    public void Take(SignalId signal, LocalTimeMap clock, RowBuffer rows)
    {
        if (!_tables.TryGetValue(rows.Schema.Name, out var table))
        {
            throw new ArgumentException($"Table {rows.Schema.Name} is not among those to write: {string.Join(", ", _tables.Keys)}.", nameof(rows));
        }

        if (table.Runs is { } runs)
        {
            runs.Add(signal, clock, rows);
            return;
        }

        if (table.LastSignal is { } last && signal < last)
        {
            throw new ArgumentException($"Table {rows.Schema.Name} is sorted by signal: {signal} cannot follow {last}.", nameof(signal));
        }

        table.LastSignal = signal;
        table.File.Write(signal, clock, rows, 0, rows.Count);
    }

    /// <summary>Merges what was set aside, ends all files and gives them their names.</summary>
    public void Complete()
    {
        foreach (var table in _tables.Values)
        {
            table.Runs?.MergeInto(table.File);
            table.File.Complete();
        }

        foreach (var table in _tables.Values)
        {
            table.File.Publish();
        }
    }

    /// <summary>Removes temporary files, and the unfinished ones when <see cref="Complete"/> was not reached.</summary>
    public void Dispose()
    {
        foreach (var table in _tables.Values)
        {
            table.Runs?.Dispose();
            table.File.Dispose();
        }
    }

    private Table Open(TableSchema schema)
    {
        var name = Path.Combine(_folder, schema.Name);
        var ending = _format switch { TableFormat.Csv => ".csv", TableFormat.Ndjson => ".ndjson", _ => ".parquet" };
        var file = new TableFile(name + ending, schema, _format, _times);
        return new Table { File = file, Runs = schema.TimeFirst ? new SignalRuns(name + ".runs.partial", schema) : null };
    }

    private sealed class Table
    {
        public required TableFile File { get; init; }

        public required SignalRuns? Runs { get; init; }

        public SignalId? LastSignal { get; set; }
    }
}
