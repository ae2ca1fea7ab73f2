namespace Crosstown.Cli.Output;

/// <summary>In what form tables are written.</summary>
internal enum TableFormat
{
    Csv,
    Ndjson,

    /// <summary>Needs DuckDB's library.</summary>
    Parquet,
}
