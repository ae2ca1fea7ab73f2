namespace Crosstown.Server.Store.Records;

/// <summary>Which database holds the records.</summary>
internal enum RecordDialect
{
    /// <summary>The file <c>records.db</c> in the data folder.</summary>
    Sqlite,

    /// <summary>A server that <c>ConnectionStrings:Crosstown</c> names.</summary>
    Postgresql,
}
