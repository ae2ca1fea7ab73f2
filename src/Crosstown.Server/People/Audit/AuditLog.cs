using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Crosstown.Server.Store.Records;
using Dapper;

namespace Crosstown.Server.People.Audit;

/// <summary>Who did what, when and why: a chain of entries that are only ever added (rule C16).</summary>
/// <remarks>
/// Kept for three years: long enough for a city's yearly audit to look at a whole term of contracts and for a claim about a crash to name who changed a timing, and no longer,
/// because it holds the names of staff. <see cref="CutAsync"/> removes what is older; the entry of the cut carries the hash at which the rest begins.
/// </remarks>
internal sealed partial class AuditLog(RecordStore records, TimeProvider time)
{
    /// <summary>Days that entries are kept.</summary>
    public const int KeptDays = 3 * 365;

    private const int LongestWord = 64;
    private const int LongestSubject = 200;

    private const string Columns =
        "number as Number, time_ms as TimeMs, account as Account, reason as Reason, action as Action, subject as Subject, before_hash as BeforeHash, after_hash as AfterHash, program as Program, previous_hash as PreviousHash, hash as Hash";

    /// <summary>SHA-256 of a text in UTF-8, hexadecimal: what <see cref="AuditAct.BeforeHash"/> and <see cref="AuditAct.AfterHash"/> take.</summary>
    public static string HashOf(string content) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)));

    /// <summary>Adds an entry by itself. Use the other form to add it in the same transaction as the change that it tells of.</summary>
    public Task AppendAsync(AuditAct act, CancellationToken cancellation) =>
        records.WriteAsync((connection, transaction) => AppendAsync(connection, transaction, act), cancellation);

    /// <summary>Adds an entry in the transaction of the change that it tells of, so that there is never one without the other.</summary>
    /// <exception cref="ArgumentException">A word of the act is not of its form; that is a fault of the caller.</exception>
    public async Task AppendAsync(DbConnection connection, DbTransaction transaction, AuditAct act)
    {
        Check(act);
        var last = await connection.QuerySingleOrDefaultAsync<AuditEntry>($"select {Columns} from audit_entry order by number desc limit 1", transaction: transaction).ConfigureAwait(false);
        var entry = new AuditEntry
        {
            Number = (last?.Number ?? 0) + 1,
            TimeMs = time.GetUtcNow().ToUnixTimeMilliseconds(),
            Account = act.Account,
            Reason = act.Reason,
            Action = act.Action,
            Subject = act.Subject,
            BeforeHash = act.BeforeHash,
            AfterHash = act.AfterHash,
            Program = ProgramVersion.Text,
            PreviousHash = last?.Hash ?? AuditEntry.Beginning,
        };
        await connection.ExecuteAsync(
            "insert into audit_entry (number, time_ms, account, reason, action, subject, before_hash, after_hash, program, previous_hash, hash) "
            + "values (@Number, @TimeMs, @Account, @Reason, @Action, @Subject, @BeforeHash, @AfterHash, @Program, @PreviousHash, @Hash)",
            entry with { Hash = entry.ComputeHash() },
            transaction).ConfigureAwait(false);
    }

    /// <summary>Entries from the newest back.</summary>
    /// <param name="before">Only those with a smaller number; null for the newest.</param>
    /// <param name="account">Only those of one account; null for all.</param>
    /// <param name="action">Only those of one action; null for all.</param>
    public IReadOnlyList<AuditEntry> List(long? before, string? account, string? action, int most)
    {
        using var connection = records.Open();
        return [.. connection.Query<AuditEntry>(
            $"select {Columns} from audit_entry where number < @before and (@anyAccount or account = @account) and (@anyAction or action = @action) order by number desc limit @most",
            new { before = before ?? long.MaxValue, anyAccount = account is null, account = account ?? "", anyAction = action is null, action = action ?? "", most = (long)most })];
    }

    /// <summary>Walks the whole chain and stops at the first entry that does not hold.</summary>
    public AuditCheck Verify()
    {
        using var connection = records.Open();
        var cut = connection.QuerySingleOrDefault<Cut>("select number as Number, hash as Hash from audit_cut order by number desc limit 1") ?? new Cut(0, AuditEntry.Beginning);
        var (count, number, hash) = (0L, cut.Number, cut.Hash);
        foreach (var entry in connection.Query<AuditEntry>($"select {Columns} from audit_entry where number > @Number order by number", new { cut.Number }, buffered: false))
        {
            var why = entry.Number != number + 1 ? $"entry {number + 1} is missing"
                : entry.PreviousHash != hash ? "it does not follow from the entry before it"
                : entry.Hash != entry.ComputeHash() ? "its content does not fit its hash"
                : null;
            if (why is not null)
            {
                return new AuditCheck(count, number, hash, number + 1, why);
            }

            (count, number, hash) = (count + 1, entry.Number, entry.Hash);
        }

        return cut.Number > 0 && count == 0
            ? new AuditCheck(0, number, hash, number + 1, "the entry of the last cut is missing")
            : new AuditCheck(count, number, hash, null, null);
    }

    /// <summary>Whether the chain holds an entry with this number and hash, as noted down at an earlier walk.</summary>
    public bool Holds(long number, string hash)
    {
        using var connection = records.Open();
        return connection.ExecuteScalar<long>("select count(*) from audit_entry where number = @number and hash = @hash", new { number, hash }) == 1;
    }

    /// <summary>Removes the entries whose time is over, and says so in the chain.</summary>
    /// <returns>How many were removed.</returns>
    public Task<long> CutAsync(CancellationToken cancellation) => records.WriteAsync(
        async (connection, transaction) =>
        {
            var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
            var last = await connection.QuerySingleOrDefaultAsync<Cut>(
                "select number as Number, hash as Hash from audit_entry where time_ms < @endMs order by number desc limit 1",
                new { endMs = nowMs - (KeptDays * 86_400_000L) },
                transaction).ConfigureAwait(false);
            if (last is null)
            {
                return 0L;
            }

            await AppendAsync(connection, transaction, new AuditAct("system", "retention", "audit-cut", $"audit/{last.Number}") { BeforeHash = last.Hash }).ConfigureAwait(false);
            await connection.ExecuteAsync("insert into audit_cut (number, hash, time_ms) values (@Number, @Hash, @nowMs)", new { last.Number, last.Hash, nowMs }, transaction).ConfigureAwait(false);
            return await connection.ExecuteAsync("delete from audit_entry where number <= @Number", new { last.Number }, transaction).ConfigureAwait(false);
        },
        cancellation);

    private static void Check(AuditAct act)
    {
        if (act.Account.Length is 0 or > LongestWord
            || act.Reason.Length > LongestWord || !Word().IsMatch(act.Reason)
            || act.Action.Length > LongestWord || !Word().IsMatch(act.Action)
            || act.Subject.Length > LongestSubject || !Id().IsMatch(act.Subject)
            || !Hash().IsMatch(act.BeforeHash) || !Hash().IsMatch(act.AfterHash))
        {
            throw new ArgumentException($"This is no act of the audit: {act}", nameof(act));
        }
    }

    [GeneratedRegex("^[a-z0-9][a-z0-9-]*\\z")]
    private static partial Regex Word();

    [GeneratedRegex("^[A-Za-z0-9/._:,-]+\\z")]
    private static partial Regex Id();

    [GeneratedRegex("^([0-9a-f]{64})?\\z")]
    private static partial Regex Hash();

    private sealed record Cut(long Number, string Hash);
}
