using System.Data.Common;
using Crosstown.Core.Data;
using Crosstown.Core.Privacy;
using Crosstown.Server.Api;
using Crosstown.Server.Store.Records;
using Dapper;

namespace Crosstown.Server.Imports;

/// <summary>An import in a list.</summary>
/// <param name="EventsRead">Events read, known ones included.</param>
/// <param name="Issues">Number of issues found.</param>
internal sealed record ImportRow(long Id, string Door, long StartedMs, long EndedMs, long Files, long Bytes, long EventsRead, long EventsAdded, long Duplicates, long RowsRefused, long Issues);

/// <summary>How often something was wrong.</summary>
internal sealed record IssueCount(string Kind, string Source, long Issues);

/// <summary>One thing that was wrong.</summary>
/// <param name="Position">Line, record or byte, as the format counts them; 0 for the file as a whole.</param>
/// <param name="Value">The value that is wrong, at most 80 characters; empty where it may not be kept.</param>
/// <param name="Assumed">What was assumed or done, with the limit.</param>
internal sealed record IssueExample(string Kind, string Source, long Position, string Value, string Assumed);

/// <summary>The records of imports, kept for 90 days.</summary>
internal sealed class ImportRecords(RecordStore records)
{
    /// <summary>Days that records of imports are kept: as long as the raw events that they tell of.</summary>
    public const int KeptDays = PrivacyLimits.RawRetentionDays;

    private const string Columns =
        "id as Id, door as Door, started_ms as StartedMs, ended_ms as EndedMs, files as Files, bytes as Bytes, events_read as EventsRead, events_added as EventsAdded, duplicates as Duplicates, rows_refused as RowsRefused, issues as Issues";

    /// <summary>Keeps a record. Returns its number.</summary>
    /// <exception cref="RecordsUnavailableException">The database did not take it.</exception>
    public Task<long> KeepAsync(ImportRecord record, CancellationToken stop) => records.WriteAsync((connection, transaction) => Insert(record, connection, transaction), stop);

    /// <summary>Keeps a record unless one of the same door and start is there.</summary>
    public Task KeepOnceAsync(ImportRecord record, CancellationToken stop) => records.WriteAsync(
        async (connection, transaction) =>
        {
            var known = await connection.ExecuteScalarAsync<long>(
                "select count(*) from import_run where door = @door and started_ms = @startedMs", new { door = EnumWord.Of(record.Door), startedMs = record.StartedMs }, transaction).ConfigureAwait(false);
            if (known == 0)
            {
                await Insert(record, connection, transaction).ConfigureAwait(false);
            }
        },
        stop);

    /// <summary>A page of imports, the newest first.</summary>
    /// <param name="withIssues">True for those with issues or refused rows only.</param>
    public (IReadOnlyList<ImportRow> Items, int Total) List(ImportDoor? door, bool withIssues, int skip, int take)
    {
        const string Where = "where (@anyDoor or door = @door) and (not @withIssues or issues > 0 or rows_refused > 0)";
        using var connection = records.Open();
        var asked = new { anyDoor = door is null, door = door is { } d ? EnumWord.Of(d) : "", withIssues, skip = (long)skip, take = (long)take };
        return (
            [.. connection.Query<ImportRow>($"select {Columns} from import_run {Where} order by id desc limit @take offset @skip", asked)],
            (int)connection.ExecuteScalar<long>($"select count(*) from import_run {Where}", asked));
    }

    /// <summary>One import; null when there is none of that number.</summary>
    public (ImportRow Row, IReadOnlyList<ImportedFile> Files, IReadOnlyList<IssueCount> Counts, IReadOnlyList<IssueExample> Examples)? Find(long id)
    {
        using var connection = records.Open();
        if (connection.QuerySingleOrDefault<ImportRow>($"select {Columns} from import_run where id = @id", new { id }) is not { } row)
        {
            return null;
        }

        return (
            row,
            [.. connection.Query<ImportedFile>("select name as Name, format as Format, signal as Signal, signals as Signals, events as Events, rows_refused as RowsRefused, bytes as Bytes from import_file where import_id = @id order by number", new { id })],
            [.. connection.Query<IssueCount>("select kind as Kind, source as Source, issues as Issues from import_issue_count where import_id = @id order by number", new { id })],
            [.. connection.Query<IssueExample>("select kind as Kind, source as Source, position as Position, value as Value, assumed as Assumed from import_issue where import_id = @id order by number", new { id })]);
    }

    /// <summary>How many records ended before a moment.</summary>
    public long CountBefore(long beforeMs)
    {
        using var connection = records.Open();
        return connection.ExecuteScalar<long>("select count(*) from import_run where ended_ms < @beforeMs", new { beforeMs });
    }

    /// <summary>When the oldest record ended of those that did not before a moment; null when there is none.</summary>
    public long? FindOldestMs(long fromMs)
    {
        using var connection = records.Open();
        return connection.ExecuteScalar<long?>("select min(ended_ms) from import_run where ended_ms >= @fromMs", new { fromMs });
    }

    /// <summary>Deletes the records that ended before a moment, with their files and issues. Returns how many.</summary>
    public Task<long> DeleteBeforeAsync(long beforeMs, CancellationToken stop) => records.WriteAsync(
        async (connection, transaction) => (long)await connection.ExecuteAsync("delete from import_run where ended_ms < @beforeMs", new { beforeMs }, transaction).ConfigureAwait(false), stop);

    private static async Task<long> Insert(ImportRecord record, DbConnection connection, DbTransaction transaction)
    {
        var id = await connection.ExecuteScalarAsync<long>(
            "insert into import_run (door, started_ms, ended_ms, files, bytes, events_read, events_added, duplicates, rows_refused, issues) "
            + "values (@door, @startedMs, @endedMs, @files, @bytes, @read, @added, @duplicates, @refused, @issues) returning id",
            new
            {
                door = EnumWord.Of(record.Door),
                startedMs = record.StartedMs,
                endedMs = record.EndedMs,
                files = (long)record.Files.Count,
                bytes = record.Files.Sum(f => f.Bytes),
                read = record.Files.Sum(f => f.Events),
                added = record.EventsAdded,
                duplicates = record.Duplicates,
                refused = record.Files.Sum(f => f.RowsRefused),
                issues = record.Issues.Count,
            },
            transaction).ConfigureAwait(false);
        await connection.ExecuteAsync(
            "insert into import_file (import_id, number, name, format, signal, signals, events, rows_refused, bytes) values (@id, @number, @Name, @Format, @Signal, @Signals, @Events, @RowsRefused, @Bytes)",
            record.Files.Take(ImportRecord.MostFiles).Select((f, i) => new { id, number = i + 1L, Name = SourceName.Of(f.Name), f.Format, f.Signal, f.Signals, f.Events, f.RowsRefused, f.Bytes }),
            transaction).ConfigureAwait(false);
        await connection.ExecuteAsync(
            "insert into import_issue_count (import_id, number, kind, source, issues) values (@id, @number, @kind, @source, @count)",
            record.Issues.ListCounts().Take(ImportRecord.MostFiles).Select((c, i) => new { id, number = i + 1L, kind = EnumWord.Of(c.Kind), source = SourceName.Of(c.Source), count = c.Count }),
            transaction).ConfigureAwait(false);
        await connection.ExecuteAsync(
            "insert into import_issue (import_id, number, kind, source, position, value, assumed) values (@id, @number, @kind, @source, @position, @value, @assumed)",
            record.Issues.ListExamples().Take(ImportRecord.MostFiles).Select((e, i) => new { id, number = i + 1L, kind = EnumWord.Of(e.Kind), source = SourceName.Of(e.Source), position = e.Position, value = Shown(e), assumed = SourceName.WithoutAddress(e.Assumed) }),
            transaction).ConfigureAwait(false);
        return id;
    }

    /// <summary>The value as it may be kept: nothing that is shaped like an address or an identifier, whichever reader made the issue (rules P07, P10).</summary>
    private static string Shown(DataIssue issue) =>
        issue.Kind == DataIssueKind.PrivacyRefused || ValueShapes.Find(issue.Value) is not null ? "" : SourceName.WithoutAddress(issue.Value);
}
