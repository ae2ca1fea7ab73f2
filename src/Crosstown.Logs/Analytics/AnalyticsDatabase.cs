namespace Crosstown.Logs.Analytics;

/// <summary>An open database with one connection, for one thread at a time.</summary>
internal sealed class AnalyticsDatabase : IDisposable
{
    private nint _database;
    private nint _connection;

    /// <exception cref="AnalyticsException">The database cannot be opened.</exception>
    public AnalyticsDatabase(string path, IReadOnlyDictionary<string, string> settings)
    {
        _ = DuckDb.CreateConfig(out var config);
        try
        {
            foreach (var (name, value) in settings)
            {
                if (DuckDb.SetConfig(config, name, value) != DuckDb.Success)
                {
                    throw new AnalyticsException($"DuckDB refuses the setting {name} = {value}.");
                }
            }

            if (DuckDb.Open(path, out _database, config, out var error) != DuckDb.Success)
            {
                throw new AnalyticsException($"DuckDB cannot open {path}: {DuckDb.TakeText(error)}");
            }
        }
        finally
        {
            DuckDb.DestroyConfig(ref config);
        }

        if (DuckDb.Connect(_database, out _connection) != DuckDb.Success)
        {
            DuckDb.Close(ref _database);
            throw new AnalyticsException($"DuckDB cannot connect to {path}.");
        }
    }

    /// <summary>DuckDB's handle of the connection.</summary>
    public nint Connection => _connection;

    /// <summary>A text as an SQL literal.</summary>
    public static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    /// <summary>A name as an SQL identifier.</summary>
    public static string Identifier(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>Runs statements that have no result.</summary>
    /// <exception cref="AnalyticsException">DuckDB refuses.</exception>
    public void Execute(string sql)
    {
        var state = DuckDb.Query(_connection, sql, out var result);
        var error = state == DuckDb.Success ? null : DuckDb.Text(DuckDb.ResultError(ref result));
        DuckDb.DestroyResult(ref result);
        if (error is not null)
        {
            throw new AnalyticsException(error);
        }
    }

    /// <summary>Runs one reading statement; its rows come as they are asked for.</summary>
    /// <exception cref="AnalyticsException">The text is not exactly one statement that reads, or DuckDB refuses it.</exception>
    public AnalyticsResult Read(string sql)
    {
        var count = DuckDb.ExtractStatements(_connection, sql, out var statements);
        nint prepared = 0, pending = 0;
        try
        {
            if (count == 0)
            {
                var error = DuckDb.Text(DuckDb.ExtractStatementsError(statements));
                throw new AnalyticsException(error.Length > 0 ? error : "There is no statement to run.");
            }

            if (count > 1)
            {
                throw new AnalyticsException($"One statement at a time: this text holds {count}.");
            }

            if (DuckDb.PrepareExtracted(_connection, statements, 0, out prepared) != DuckDb.Success)
            {
                throw new AnalyticsException(DuckDb.Text(DuckDb.PrepareError(prepared)));
            }

            if (DuckDb.PreparedStatementType(prepared) != DuckDb.SelectStatement)
            {
                throw new AnalyticsException("Only statements that read are run: SELECT, WITH, FROM, DESCRIBE, SHOW, SUMMARIZE.");
            }

            if (DuckDb.PendingStreaming(prepared, out pending) != DuckDb.Success)
            {
                throw new AnalyticsException(DuckDb.Text(DuckDb.PendingError(pending)));
            }

            if (DuckDb.ExecutePending(pending, out var result) != DuckDb.Success)
            {
                var error = DuckDb.Text(DuckDb.ResultError(ref result));
                DuckDb.DestroyResult(ref result);
                throw new AnalyticsException(error);
            }

            return new AnalyticsResult(result);
        }
        finally
        {
            DuckDb.DestroyPending(ref pending);
            DuckDb.DestroyPrepared(ref prepared);
            DuckDb.DestroyExtracted(ref statements);
        }
    }

    public void Dispose()
    {
        DuckDb.Disconnect(ref _connection);
        DuckDb.Close(ref _database);
    }
}
