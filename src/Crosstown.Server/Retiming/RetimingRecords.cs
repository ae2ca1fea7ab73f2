using System.Data.Common;
using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Serialization;
using Crosstown.Server.Api;
using Crosstown.Server.People.Audit;
using Crosstown.Server.Store.Records;
using Dapper;

namespace Crosstown.Server.Retiming;

/// <summary>Who asked for a study.</summary>
internal enum RetimingOrigin
{
    /// <summary>The server, by night.</summary>
    Night,

    /// <summary>Staff.</summary>
    Request,

    /// <summary>The made-up town, once its past is in.</summary>
    Town,
}

/// <summary>Something that somebody did with a proposal.</summary>
/// <param name="Act">What.</param>
/// <param name="State">Where it led.</param>
/// <param name="AtMs">When, ms UTC.</param>
/// <param name="Account">Who.</param>
/// <param name="Reason">Why, of a closed list.</param>
/// <param name="Day">The local day in the field, yyyy-mm-dd; null where there is none.</param>
internal sealed record RetimingStepRow(RetimingAct Act, RetimingState State, long AtMs, string Account, string Reason, string? Day);

/// <summary>A file that a proposal has.</summary>
/// <param name="Bytes">Its size.</param>
internal sealed record RetimingFileRow(string Name, long Bytes);

/// <summary>A proposal as it is kept, without what only its own page shows.</summary>
/// <param name="Corridor">The corridor's id; empty for all signals.</param>
/// <param name="FieldDay">The local day in which cabinets were changed, yyyy-mm-dd; null before.</param>
internal sealed record RetimingRow(
    long Id, long MadeMs, RetimingOrigin Origin, string Corridor, RetimingState State, string? ProposedBy, string? ApprovedBy, string? FieldDay, RetimingSummary Summary, RetimingEffect? Effect);

/// <summary>What a study leaves to be kept.</summary>
/// <param name="Order">What was asked for.</param>
internal sealed record RetimingFound(RetimingOrigin Origin, string Corridor, RetimingOrder Order, RetimingSummary Summary, RetimingContent Content, RetimingDocuments Documents);

/// <summary>Why a step was not taken.</summary>
internal enum RetimingStepRefusal
{
    NotThere,
    NotPossible,
    SamePerson,
}

/// <summary>The records of proposals, of every step that people took with them, and of what corridors lost.</summary>
internal sealed class RetimingRecords(RecordStore records, AuditLog audit, TimeProvider time)
{
    /// <summary>Days that a proposal is kept on which nobody acted, and what corridors lost.</summary>
    public const int UntakenDays = 90;

    /// <summary>Days that all others are kept: as long as the audit that names them.</summary>
    public const int KeptDays = AuditLog.KeptDays;

    private const string Columns =
        "id as Id, made_ms as MadeMs, origin as Origin, corridor as Corridor, state as State, proposed_by as ProposedBy, approved_by as ApprovedBy, field_day as FieldDay, summary as Summary, effect as Effect";

    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) } };

    /// <summary>Keeps what a study found. An older one of the same signals on which nobody acted goes.</summary>
    /// <returns>Its number.</returns>
    /// <exception cref="RecordsUnavailableException">The database did not take it.</exception>
    public Task<long> KeepAsync(RetimingFound found, CancellationToken stop)
    {
        var (content, summary) = (JsonSerializer.Serialize(found.Content, s_json), JsonSerializer.Serialize(found.Summary, s_json));
        var hash = AuditLog.HashOf(found.Documents.Plan + content);
        var files = found.Documents.All.Select(d => (d.Name, Bytes: (long)d.Content.Length, Content: Pack(d.Content))).ToList();
        return records.WriteAsync(
            async (connection, transaction) =>
            {
                await connection.ExecuteAsync("delete from retiming_proposal where state = 'found' and corridor = @Corridor", new { found.Corridor }, transaction);
                var id = await connection.ExecuteScalarAsync<long>(
                    "insert into retiming_proposal (made_ms, origin, corridor, state, choices, summary, content, content_hash) values (@madeMs, @origin, @Corridor, 'found', @choices, @summary, @content, @hash) returning id",
                    new { madeMs = Now(), origin = EnumWord.Of(found.Origin), found.Corridor, choices = JsonSerializer.Serialize(found.Order, s_json), summary, content, hash }, transaction);
                foreach (var file in files)
                {
                    await connection.ExecuteAsync("insert into retiming_file (proposal_id, name, bytes, content) values (@id, @Name, @Bytes, @Content)", new { id, file.Name, file.Bytes, file.Content }, transaction);
                }

                await audit.AppendAsync(connection, transaction, new AuditAct("system", "study", "retiming-found", Subject(id)) { AfterHash = AuditLog.HashOf($"{EnumWord.Of(RetimingState.Found)} {hash}") });
                return id;
            },
            stop);
    }

    /// <summary>Keeps what corridors lose.</summary>
    public Task KeepLossesAsync(IReadOnlyList<RetimingLoss> losses, CancellationToken stop) => records.WriteAsync(
        async (connection, transaction) =>
        {
            foreach (var loss in losses)
            {
                await connection.ExecuteAsync(
                    "insert into retiming_loss (at_ms, corridor, period, name, today, best, seen_share) values (@AtMs, @Corridor, @Period, @Name, @Today, @Best, @SeenShare)", loss, transaction);
            }
        },
        stop);

    /// <summary>Proposals, the newest first.</summary>
    public IReadOnlyList<RetimingRow> List(int most)
    {
        using var connection = records.Open();
        return [.. connection.Query<Stored>($"select {Columns} from retiming_proposal order by id desc limit @most", new { most = (long)most }).Select(s => s.ToRow())];
    }

    /// <summary>One proposal; null when there is none of that number.</summary>
    public RetimingRow? Find(long id)
    {
        using var connection = records.Open();
        return connection.QuerySingleOrDefault<Stored>($"select {Columns} from retiming_proposal where id = @id", new { id })?.ToRow();
    }

    /// <summary>What only the page of a proposal shows.</summary>
    public (RetimingContent Content, RetimingOrder Order, IReadOnlyList<RetimingStepRow> Steps, IReadOnlyList<RetimingFileRow> Files) Open(long id)
    {
        using var connection = records.Open();
        var (content, choices) = connection.QuerySingle<(string Content, string Choices)>("select content, choices from retiming_proposal where id = @id", new { id });
        var steps = connection.Query<StoredStep>("select act as Act, state as State, at_ms as AtMs, account as Account, reason as Reason, day as Day from retiming_step where proposal_id = @id order by number", new { id });
        var files = connection.Query<RetimingFileRow>("select name as Name, bytes as Bytes from retiming_file where proposal_id = @id order by name", new { id });
        return (JsonSerializer.Deserialize<RetimingContent>(content, s_json)!, JsonSerializer.Deserialize<RetimingOrder>(choices, s_json)!, [.. steps.Select(s => s.ToRow())], [.. files]);
    }

    /// <summary>The content in full; null when there is no such proposal.</summary>
    public RetimingContent? FindContent(long id)
    {
        using var connection = records.Open();
        return connection.QuerySingleOrDefault<string>("select content from retiming_proposal where id = @id", new { id }) is { } text ? JsonSerializer.Deserialize<RetimingContent>(text, s_json) : null;
    }

    /// <summary>A file of a proposal; null when there is none of the name.</summary>
    public byte[]? FindFile(long id, string name)
    {
        using var connection = records.Open();
        return connection.QuerySingleOrDefault<string>("select content from retiming_file where proposal_id = @id and name = @name", new { id, name }) is { } content ? Unpack(content) : null;
    }

    /// <summary>What corridors lost, the newest study first.</summary>
    public IReadOnlyList<RetimingLoss> ListLosses(long sinceMs)
    {
        using var connection = records.Open();
        return [.. connection.Query<StoredLoss>(
            "select at_ms as AtMs, corridor as Corridor, name as Name, period as Period, today as Today, best as Best, seen_share as SeenShare from retiming_loss where at_ms >= @sinceMs order by at_ms desc, corridor, period",
            new { sinceMs }).Select(l => new RetimingLoss(l.AtMs, l.Corridor, l.Name, l.Period, l.Today, l.Best, l.Today > 0 ? Math.Max(0, 1 - (l.Best / l.Today)) : null, l.SeenShare))];
    }

    /// <summary>Takes a step, or says why not. The step and its entry in the audit are written together or not at all.</summary>
    /// <param name="reason">One of <see cref="RetimingSteps.ReasonsOf"/>.</param>
    /// <param name="day">The local day in the field; null where there is none.</param>
    public Task<RetimingStepRefusal?> StepAsync(long id, RetimingAct act, string account, string reason, DateOnly? day, CancellationToken stop) => records.WriteAsync(
        async (connection, transaction) =>
        {
            var now = await connection.QuerySingleOrDefaultAsync<Standing>(
                "select state as State, proposed_by as ProposedBy, content_hash as Hash from retiming_proposal where id = @id", new { id }, transaction);
            if (now is not var (word, proposedBy, hash) || EnumWord.Find<RetimingState>(word) is not { } state)
            {
                return (RetimingStepRefusal?)RetimingStepRefusal.NotThere;
            }

            if (RetimingSteps.After(state, act) is not { } next)
            {
                return RetimingStepRefusal.NotPossible;
            }

            if (act == RetimingAct.Approve && !RetimingSteps.MayApprove(proposedBy, account))
            {
                return RetimingStepRefusal.SamePerson;
            }

            await WriteStepAsync(connection, transaction, id, new RetimingStepRow(act, next, Now(), account, reason, day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)));
            await audit.AppendAsync(connection, transaction, new AuditAct(account, reason, $"retiming-{EnumWord.Of(act)}", Subject(id))
            {
                BeforeHash = AuditLog.HashOf($"{word} {hash}"),
                AfterHash = AuditLog.HashOf($"{EnumWord.Of(next)} {hash}"),
            });
            return null;
        },
        stop);

    /// <summary>Keeps what the logs measured of a change.</summary>
    public Task KeepEffectAsync(long id, RetimingEffect effect, CancellationToken stop) => records.WriteAsync(
        (connection, transaction) => connection.ExecuteAsync("update retiming_proposal set effect = @effect where id = @id", new { id, effect = JsonSerializer.Serialize(effect, s_json) }, transaction), stop);

    /// <summary>How many proposals and losses were written before a moment and are due, and when the oldest that stays was.</summary>
    public (long Due, long? OldestMs) CountUntaken(long beforeMs)
    {
        using var connection = records.Open();
        return (
            connection.ExecuteScalar<long>("select (select count(*) from retiming_proposal where state in ('found', 'declined') and made_ms < @beforeMs) + (select count(*) from retiming_loss where at_ms < @beforeMs)", new { beforeMs }),
            connection.ExecuteScalar<long?>("select min(at_ms) from retiming_loss where at_ms >= @beforeMs", new { beforeMs }));
    }

    /// <summary>Deletes what nobody took up, and losses, from before a moment, and everything from before another one.</summary>
    public Task<long> DeleteAsync(long untakenBeforeMs, long allBeforeMs, CancellationToken stop) => records.WriteAsync(
        async (connection, transaction) =>
        {
            var count = await connection.ExecuteAsync(
                "delete from retiming_proposal where made_ms < @allBeforeMs or (state in ('found', 'declined') and made_ms < @untakenBeforeMs)", new { allBeforeMs, untakenBeforeMs }, transaction);
            return (long)count + await connection.ExecuteAsync("delete from retiming_loss where at_ms < @untakenBeforeMs", new { untakenBeforeMs }, transaction);
        },
        stop);

    private static string Subject(long id) => string.Create(CultureInfo.InvariantCulture, $"retiming/{id}");

    private static async Task WriteStepAsync(DbConnection connection, DbTransaction transaction, long id, RetimingStepRow step)
    {
        var (act, state) = (EnumWord.Of(step.Act), EnumWord.Of(step.State));
        var number = await connection.ExecuteScalarAsync<long>("select count(*) from retiming_step where proposal_id = @id", new { id }, transaction);
        await connection.ExecuteAsync(
            "insert into retiming_step (proposal_id, number, act, state, at_ms, account, reason, day) values (@id, @number, @act, @state, @AtMs, @Account, @Reason, @Day)",
            new { id, number = number + 1, act, state, step.AtMs, step.Account, step.Reason, step.Day }, transaction);
        var columns = step.Act switch
        {
            RetimingAct.Propose => "proposed_by = @Account,",
            RetimingAct.Approve => "approved_by = @Account,",
            RetimingAct.EnterField => "field_day = @Day,",
            _ => "",
        };
        await connection.ExecuteAsync($"update retiming_proposal set {columns} state = @state where id = @id", new { id, state, step.Account, step.Day }, transaction);
    }

    private static string Pack(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal))
        {
            gzip.Write(content);
        }

        return Convert.ToBase64String(packed.ToArray());
    }

    private static byte[] Unpack(string content)
    {
        using var gzip = new GZipStream(new MemoryStream(Convert.FromBase64String(content)), CompressionMode.Decompress);
        using var whole = new MemoryStream();
        gzip.CopyTo(whole);
        return whole.ToArray();
    }

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();

    private sealed record Stored(long Id, long MadeMs, string Origin, string Corridor, string State, string? ProposedBy, string? ApprovedBy, string? FieldDay, string Summary, string? Effect)
    {
        public RetimingRow ToRow() => new(
            Id, MadeMs, EnumWord.Find<RetimingOrigin>(Origin)!.Value, Corridor, EnumWord.Find<RetimingState>(State)!.Value, ProposedBy, ApprovedBy, FieldDay,
            JsonSerializer.Deserialize<RetimingSummary>(Summary, s_json)!, Effect is null ? null : JsonSerializer.Deserialize<RetimingEffect>(Effect, s_json));
    }

    private sealed record Standing(string State, string? ProposedBy, string Hash);

    private sealed record StoredStep(string Act, string State, long AtMs, string Account, string Reason, string? Day)
    {
        public RetimingStepRow ToRow() => new(EnumWord.Find<RetimingAct>(Act)!.Value, EnumWord.Find<RetimingState>(State)!.Value, AtMs, Account, Reason, Day);
    }

    private sealed record StoredLoss(long AtMs, string Corridor, string Name, string Period, double Today, double Best, double SeenShare);
}
