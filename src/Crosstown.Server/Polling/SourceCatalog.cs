using System.Data.Common;
using Crosstown.Core.Data;
using Crosstown.Core.Street;
using Crosstown.Server.People.Audit;
using Crosstown.Server.Store.Records;
using Dapper;

namespace Crosstown.Server.Polling;

/// <summary>The sources, in the relational records. Each change is written into the audit with it.</summary>
internal sealed class SourceCatalog(RecordStore records, AuditLog audit, TimeProvider time)
{
    private const string Columns =
        "select s.id as Id, s.signal as Signal, s.kind as Kind, s.address as Address, s.path as Path, s.interval_s as IntervalS, s.zone as Zone, s.account as Account, s.reported_as as ReportedAs, s.is_enabled as IsEnabled";

    public IReadOnlyList<Source> List()
    {
        using var connection = records.Open();
        return [.. connection.Query<Row>($"{Columns} from source s order by s.id").Select(r => r.ToSource())];
    }

    /// <summary>How far each source was read when that was last saved.</summary>
    public IReadOnlyDictionary<long, string> ListPositions()
    {
        using var connection = records.Open();
        return connection.Query<(long Id, string Position)>("select source_id, position from source_position").ToDictionary(p => p.Id, p => p.Position);
    }

    /// <param name="account">Who adds it.</param>
    /// <exception cref="ProblemException">XT336: the signal has a source already.</exception>
    public async Task<Source> AddAsync(Source source, string account, CancellationToken stop)
    {
        var id = await records.WriteAsync(
            async (connection, transaction) =>
            {
                await RefuseSecond(connection, transaction, source);
                await audit.AppendAsync(connection, transaction, Act(account, "source-add", source.Signal.Value) with { AfterHash = HashOf(source) });
                return await connection.ExecuteScalarAsync<long>(
                    "insert into source (signal, kind, address, path, interval_s, zone, account, reported_as, is_enabled) values (@Signal, @Kind, @Address, @Path, @IntervalS, @Zone, @Account, @ReportedAs, @IsEnabled) returning id",
                    Row.Of(source),
                    transaction);
            },
            stop);
        return source with { Id = id };
    }

    /// <summary>False when there is no source of the id.</summary>
    /// <exception cref="ProblemException">XT336: the signal has another source already.</exception>
    public Task<bool> ReplaceAsync(Source source, string account, CancellationToken stop) => records.WriteAsync(
        async (connection, transaction) =>
        {
            await RefuseSecond(connection, transaction, source);

            if (await FindAsync(connection, transaction, source.Id) is not { } before)
            {
                return false;
            }

            await audit.AppendAsync(connection, transaction, Act(account, "source-replace", source.Signal.Value) with { BeforeHash = HashOf(before), AfterHash = HashOf(source) });

            // Where to go on reading belongs to the controller that was read.
            await connection.ExecuteAsync(
                "delete from source_position where source_id in (select id from source where id = @Id and (signal <> @Signal or kind <> @Kind or address <> @Address or path <> @Path))", Row.Of(source), transaction);
            return await connection.ExecuteAsync(
                "update source set signal = @Signal, kind = @Kind, address = @Address, path = @Path, interval_s = @IntervalS, zone = @Zone, account = @Account, reported_as = @ReportedAs, is_enabled = @IsEnabled where id = @Id",
                Row.Of(source),
                transaction) > 0;
        },
        stop);

    /// <summary>False when there is no source of the id.</summary>
    public Task<bool> RemoveAsync(long id, string account, CancellationToken stop) => records.WriteAsync(
        async (connection, transaction) =>
        {
            if (await FindAsync(connection, transaction, id) is not { } before)
            {
                return false;
            }

            await audit.AppendAsync(connection, transaction, Act(account, "source-remove", before.Signal.Value) with { BeforeHash = HashOf(before) });
            await connection.ExecuteAsync("delete from source_position where source_id = @id", new { id }, transaction);
            return await connection.ExecuteAsync("delete from source where id = @id", new { id }, transaction) > 0;
        },
        stop);

    /// <summary>Saves how far sources have been read; of sources that are gone nothing is kept.</summary>
    public Task SavePositionsAsync(IReadOnlyCollection<(long Id, string Position)> positions, CancellationToken stop) => records.WriteAsync(
        async (connection, transaction) =>
        {
            var savedMs = time.GetUtcNow().ToUnixTimeMilliseconds();
            await connection.ExecuteAsync(
                "insert into source_position (source_id, position, saved_ms) select id, @Position, @savedMs from source where id = @Id on conflict (source_id) do update set position = excluded.position, saved_ms = excluded.saved_ms",
                positions.Select(p => new { p.Id, p.Position, savedMs }),
                transaction);
        },
        stop);

    private static AuditAct Act(string account, string action, string signal) => new(account, "source", action, $"source/{signal}");

    private static string HashOf(Source source) => AuditLog.HashOf((source with { Id = 0 }).ToString());

    private static async Task<Source?> FindAsync(DbConnection connection, DbTransaction transaction, long id) =>
        (await connection.QuerySingleOrDefaultAsync<Row>($"{Columns} from source s where s.id = @id", new { id }, transaction))?.ToSource();

    private static async Task RefuseSecond(DbConnection connection, DbTransaction transaction, Source source)
    {
        if (await connection.ExecuteScalarAsync<long>("select count(*) from source where signal = @Signal and id <> @Id", Row.Of(source), transaction) > 0)
        {
            throw new ProblemException("XT336", "signal", $"Signal {source.Signal} has a source already; change that one.");
        }
    }

    private sealed class Row
    {
        public long Id { get; init; }

        public required string Signal { get; init; }

        public required string Kind { get; init; }

        public required string Address { get; init; }

        public required string Path { get; init; }

        public long IntervalS { get; init; }

        public string? Zone { get; init; }

        public string? Account { get; init; }

        public string? ReportedAs { get; init; }

        public bool IsEnabled { get; init; }

        public static Row Of(Source source) => new()
        {
            Id = source.Id,
            Signal = source.Signal.Value,
            Kind = source.Kind switch { SourceKind.MaxTimeHttp => "maxtime-http", SourceKind.Ftp => "ftp", SourceKind.Sftp => "sftp", _ => "folder" },
            Address = source.Address,
            Path = source.Path,
            IntervalS = source.IntervalS,
            Zone = source.Zone,
            Account = source.Account,
            ReportedAs = source.ReportedAs,
            IsEnabled = source.IsEnabled,
        };

        public Source ToSource() => new(
            Id,
            SignalId.Parse(Signal),
            Kind switch { "maxtime-http" => SourceKind.MaxTimeHttp, "ftp" => SourceKind.Ftp, "sftp" => SourceKind.Sftp, _ => SourceKind.Folder },
            Address, Path, (int)IntervalS, Zone, Account, ReportedAs, IsEnabled);
    }
}
