using System.Data.Common;
using Crosstown.Core.Data;
using Dapper;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Crosstown.Server.Store.Records;

/// <summary>The relational records: accounts, audit, sources, findings, imports. SQLite in the data folder, or PostgreSQL where one is named.</summary>
/// <remarks>
/// <para>
/// SQLite runs with a write-ahead log and <c>synchronous=FULL</c>: each commit syncs the log before it returns, so what was acknowledged survives a power cut
/// (rules R01, R03), and readers see the last commit while a write goes on. Deleted rows are overwritten (rule P22). PostgreSQL is refused when its <c>fsync</c> is off.
/// </para>
/// <para>
/// Reads use <see cref="Open()"/>, whose connections cannot write. All changes go through <see cref="WriteAsync"/>, one at a time across all processes,
/// each in one transaction. An input/output error while writing is final: the store takes nothing more until the program starts again (rule R03).
/// A full disk is not: the change is refused, and the next may succeed.
/// </para>
/// </remarks>
internal sealed class RecordStore : IDisposable
{
    /// <summary>The file in the data folder.</summary>
    public const string FileName = "records.db";

    private const int BusySeconds = 30;

    // SQLite's result codes that say how a write failed.
    private const int SqliteInputOutput = 10;
    private const int SqliteFull = 13;

    // Any number that no other program in the same database uses: our writers wait for each other on it.
    private const long WriterLock = 0x43524F5353;

    private static readonly AsyncLocal<bool> s_isWriting = new();

    private readonly SemaphoreSlim _turn = new(1);
    private readonly NpgsqlDataSource? _readers;
    private readonly NpgsqlDataSource? _writers;
    private readonly string _where;
    private readonly string? _sqlite;
    private volatile bool _isBroken;

    private RecordStore(string dataFolder, string? connectionString)
    {
        if (string.IsNullOrWhiteSpace(connectionString))
        {
            Dialect = RecordDialect.Sqlite;
            _where = Path.Combine(dataFolder, FileName);
            _sqlite = new SqliteConnectionStringBuilder { DataSource = _where, ForeignKeys = true, DefaultTimeout = BusySeconds, Mode = SqliteOpenMode.ReadWriteCreate }.ConnectionString;
            return;
        }

        Dialect = RecordDialect.Postgresql;
        _where = "ConnectionStrings:Crosstown";
        try
        {
            var named = new NpgsqlConnectionStringBuilder(connectionString) { ApplicationName = "crosstown", IncludeErrorDetail = false };
            _readers = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(named.ConnectionString) { Options = $"{named.Options} -c default_transaction_read_only=on".Trim() });
            _writers = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(named.ConnectionString) { Options = $"{named.Options} -c synchronous_commit=on".Trim() });
        }
        catch (ArgumentException)
        {
            // The text may hold a password, so that it is not repeated.
            throw new ProblemException("XT352", _where, "This is no connection string of PostgreSQL, such as 'Host=/run/postgresql;Database=crosstown'.");
        }
    }

    public RecordDialect Dialect { get; }

    /// <summary>Opens the records and brings the schema up to this program.</summary>
    /// <param name="dataFolder">Where SQLite's file lies; made when it is not there.</param>
    /// <param name="connectionString">PostgreSQL; null or empty for SQLite.</param>
    /// <exception cref="ProblemException">The database cannot be used as it is: it is newer, was changed by hand, or does not answer.</exception>
    public static RecordStore Open(string dataFolder, string? connectionString, TimeProvider time) =>
        Open(dataFolder, connectionString, Migration.ListAll(), time);

    /// <summary>Opens with other steps than the program's own.</summary>
    internal static RecordStore Open(string dataFolder, string? connectionString, IReadOnlyList<Migration> migrations, TimeProvider time)
    {
        var store = new RecordStore(dataFolder, connectionString);
        try
        {
            store.Prepare(dataFolder);
            new Schema(store.Dialect, store._where, time).Upgrade(store.Begin, migrations);
            return store;
        }
        catch (DbException e)
        {
            store.Dispose();
            throw new ProblemException("XT352", store._where, $"The database of records cannot be used: {Reason(e)}.");
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>A connection for reading, to be disposed. Changes through it fail.</summary>
    /// <exception cref="RecordsUnavailableException">The database does not answer.</exception>
    public DbConnection Open()
    {
        try
        {
            return Connect(forWriting: false);
        }
        catch (DbException e)
        {
            throw Unavailable(e);
        }
    }

    /// <summary>Carries out one change in one transaction, after all that came before it. When it throws, nothing of it is kept.</summary>
    /// <param name="work">Every command in it takes the transaction. It must not ask for another write.</param>
    /// <exception cref="RecordsUnavailableException">The database did not take the change.</exception>
    public async Task<T> WriteAsync<T>(Func<DbConnection, DbTransaction, Task<T>> work, CancellationToken cancellation)
    {
        if (s_isWriting.Value)
        {
            throw new InvalidOperationException("A write inside a write would wait for itself; hand the connection and the transaction on instead.");
        }

        await _turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (_isBroken)
            {
                throw Broken(null);
            }

            var (connection, transaction) = Begin();
            await using (connection.ConfigureAwait(false))
            await using (transaction.ConfigureAwait(false))
            {
                s_isWriting.Value = true;
                var result = await work(connection, transaction).ConfigureAwait(false);
                await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
                return result;
            }
        }
        catch (DbException e) when (IsWorldFailure(e))
        {
            throw Unavailable(e);
        }
        finally
        {
            s_isWriting.Value = false;
            _turn.Release();
        }
    }

    /// <summary>Carries out one change that has no result; otherwise as the other.</summary>
    public Task WriteAsync(Func<DbConnection, DbTransaction, Task> work, CancellationToken cancellation) => WriteAsync(
        async (connection, transaction) =>
        {
            await work(connection, transaction).ConfigureAwait(false);
            return true;
        },
        cancellation);

    public void Dispose()
    {
        _turn.Dispose();
        _readers?.Dispose();
        _writers?.Dispose();
        if (_sqlite is not null)
        {
            using var pool = new SqliteConnection(_sqlite);
            SqliteConnection.ClearPool(pool);
        }
    }

    /// <summary>A write's connection and transaction; other writers, in other processes too, wait until it ends.</summary>
    private (DbConnection Connection, DbTransaction Transaction) Begin()
    {
        var connection = Connect(forWriting: true);
        try
        {
            // On SQLite this takes the right to write at once, so that no transaction fails half-way for want of it.
            var transaction = connection.BeginTransaction();
            if (Dialect == RecordDialect.Postgresql)
            {
                connection.Execute("select pg_advisory_xact_lock(@key)", new { key = WriterLock }, transaction);
            }

            return (connection, transaction);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private DbConnection Connect(bool forWriting)
    {
        if (_sqlite is null)
        {
            return (forWriting ? _writers! : _readers!).OpenConnection();
        }

        var connection = new SqliteConnection(_sqlite);
        try
        {
            connection.Open();
            using var command = connection.CreateCommand();

            // The settings belong to the connection, and a pooled one may have been the other kind.
            command.CommandText = forWriting
                ? "pragma synchronous=full; pragma secure_delete=on; pragma trusted_schema=off; pragma query_only=off; pragma synchronous"
                : "pragma synchronous=full; pragma secure_delete=on; pragma trusted_schema=off; pragma query_only=on; pragma synchronous";
            command.ExecuteNonQuery();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private void Prepare(string dataFolder)
    {
        if (_sqlite is null)
        {
            using var server = Connect(forWriting: false);
            if (server.ExecuteScalar<string>("show fsync") != "on")
            {
                throw new ProblemException("XT352", _where, "The PostgreSQL server runs with fsync off, so that acknowledged records could be lost. Turn it on.");
            }

            return;
        }

        Directory.CreateDirectory(dataFolder);
        if (!File.Exists(_where))
        {
            // SQLite gives its log files the rights of this one. It holds password hashes, so that they are the owner's alone.
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            new FileStream(_where, options).Dispose();
        }

        using var connection = Connect(forWriting: true);
        var journal = connection.ExecuteScalar<string>("pragma journal_mode=wal");
        var synchronous = connection.ExecuteScalar<long>("pragma synchronous");
        if (journal != "wal" || synchronous != 2)
        {
            throw new ProblemException("XT352", _where, $"SQLite runs with journal {journal} and synchronous {synchronous} here, not with wal and 2 (full): the folder's file system cannot hold records.");
        }
    }

    private static bool IsWorldFailure(DbException e) => e switch
    {
        // Constraint, mismatch, misuse and plain errors are the caller's own; the rest is the disk's or another program's.
        SqliteException s => s.SqliteErrorCode is not (1 or 19 or 20 or 21 or 25),

        // Class 22, 23 and 42 are data, constraints and syntax: the caller's own.
        PostgresException p => p.SqlState[..2] is not ("22" or "23" or "42" or "P0"),
        _ => true,
    };

    private RecordsUnavailableException Unavailable(DbException e)
    {
        switch (e)
        {
            case SqliteException { SqliteErrorCode: SqliteFull } or PostgresException { SqlState: PostgresErrorCodes.DiskFull }:
                return new RecordsUnavailableException(new Problem("XT354", "records", "The disk of the records is full. Nothing was changed; make room and try again."), isFull: true, e);
            case SqliteException { SqliteErrorCode: SqliteInputOutput }:
                _isBroken = true;
                return Broken(e);
            default:
                return new RecordsUnavailableException(new Problem("XT353", "records", "The database of records does not answer right now. Nothing was changed; try again."), isFull: false, e);
        }
    }

    private static RecordsUnavailableException Broken(Exception? cause) => new(
        new Problem("XT355", "records", "Writing the records failed, and what is on the disk is not known. No change is taken until the server was started again."), isFull: false, cause);

    /// <summary>What went wrong in the database's words, without values of rows or connection settings.</summary>
    private static string Reason(DbException e) => e switch
    {
        PostgresException p => $"PostgreSQL says {p.SqlState}, {p.MessageText}",
        SqliteException s => s.Message.TrimEnd('.'),
        _ => "the PostgreSQL server cannot be reached",
    };
}
