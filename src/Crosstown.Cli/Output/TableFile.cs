using Crosstown.Core.Street;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Logs.Analytics;

namespace Crosstown.Cli.Output;

/// <summary>One table on its way into one file. Until it is published it stands under another name, so that no reader meets half a file.</summary>
internal sealed class TableFile : ITableWriter
{
    private readonly string _partialPath;
    private readonly FileStream? _stream;
    private readonly ITableWriter _writer;
    private bool _published;

    /// <param name="path">Where the finished file goes; a file that is there is replaced.</param>
    /// <exception cref="Core.Data.ProblemException">Parquet is asked for and DuckDB's library is not here.</exception>
    public TableFile(string path, TableSchema schema, TableFormat format, TimeStyle times)
    {
        Path = path;
        Schema = schema;
        _partialPath = path + ".partial";
        if (format == TableFormat.Parquet)
        {
            _writer = new ParquetTableWriter(AnalyticsEngine.Load(), _partialPath, schema, times);
            return;
        }

        _stream = new FileStream(_partialPath, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
        _writer = format == TableFormat.Csv ? new CsvTableWriter(_stream, schema, times) : new NdjsonTableWriter(_stream, schema, times);
    }

    public string Path { get; }

    public TableSchema Schema { get; }

    /// <summary>The number of rows written so far.</summary>
    public long RowCount { get; private set; }

    /// <inheritdoc/>
    public void Write(SignalId signal, LocalTimeMap clock, RowBuffer rows, int start, int count)
    {
        _writer.Write(signal, clock, rows, start, count);
        RowCount += count;
    }

    /// <inheritdoc/>
    public void Complete()
    {
        _writer.Complete();
        _writer.Dispose();
        _stream?.Dispose();
    }

    /// <summary>Gives the completed file its name.</summary>
    public void Publish()
    {
        File.Move(_partialPath, Path, overwrite: true);
        _published = true;
    }

    /// <summary>Removes the file unless it was published.</summary>
    public void Dispose()
    {
        _writer.Dispose();
        _stream?.Dispose();
        if (!_published)
        {
            File.Delete(_partialPath);
        }
    }
}
