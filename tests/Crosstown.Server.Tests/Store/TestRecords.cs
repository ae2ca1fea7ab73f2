using Crosstown.Server.Store.Records;

namespace Crosstown.Server.Tests.Store;

/// <summary>An empty record store of either kind, removed with the test.</summary>
internal sealed class TestRecords : IDisposable
{
    private TestRecords(string folder, string? connectionString, RecordStore store)
    {
        Folder = folder;
        ConnectionString = connectionString;
        Store = store;
    }

    /// <summary>Both databases, for a theory; PostgreSQL's rows are skipped where it is not installed.</summary>
    public static TheoryData<string> Both { get; } = [nameof(RecordDialect.Sqlite), nameof(RecordDialect.Postgresql)];

    public string Folder { get; }

    public string? ConnectionString { get; }

    public RecordStore Store { get; private set; }

    public static TestRecords Create(string dialect, IReadOnlyList<Migration>? migrations = null)
    {
        var connectionString = dialect == nameof(RecordDialect.Postgresql) ? PostgresServer.NewDatabase() : null;
        var folder = Directory.CreateTempSubdirectory("crosstown-records-").FullName;
        return new TestRecords(folder, connectionString, RecordStore.Open(folder, connectionString, migrations ?? Migration.ListAll(), TimeProvider.System));
    }

    /// <summary>Opens the same records as a later start of the program would.</summary>
    public RecordStore Reopen(IReadOnlyList<Migration>? migrations = null)
    {
        Store.Dispose();
        return Store = RecordStore.Open(Folder, ConnectionString, migrations ?? Migration.ListAll(), TimeProvider.System);
    }

    public void Dispose()
    {
        Store.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
