using System.Collections.Concurrent;
using System.Collections.Immutable;
using Crosstown.Server.People.Audit;
using Crosstown.Server.Store.Records;
using Dapper;

namespace Crosstown.Server.Query;

/// <summary>That a finding is set aside.</summary>
/// <param name="Finding">The finding's id.</param>
/// <param name="Reason">One of <see cref="Snoozes.Reasons"/>.</param>
/// <param name="UntilMs">When it comes back, ms UTC.</param>
internal sealed record Snooze(string Finding, string Reason, long UntilMs);

/// <summary>Findings that people set aside for a while, each with a reason of a closed list; every change is in the audit.</summary>
internal sealed class Snoozes
{
    /// <summary>The longest that a finding can be set aside: 21 days.</summary>
    public const long MostMs = 21 * 86_400_000L;

    private readonly RecordStore _records;
    private readonly AuditLog _audit;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<string, Snooze> _all;
    private long _version;

    public Snoozes(RecordStore records, AuditLog audit, TimeProvider time)
    {
        (_records, _audit, _time) = (records, audit, time);
        using var connection = records.Open();
        _all = new ConcurrentDictionary<string, Snooze>(
            connection.Query<Snooze>("select finding as Finding, reason as Reason, until_ms as UntilMs from snooze").Select(s => KeyValuePair.Create(s.Finding, s)), StringComparer.Ordinal);
    }

    public static ImmutableArray<string> Reasons { get; } = ["known", "scheduled", "construction", "not-a-fault", "waiting-for-parts"];

    /// <summary>Rises with each change.</summary>
    public long Version => Interlocked.Read(ref _version);

    /// <summary>The snooze of a finding that still lasts; null for none.</summary>
    public Snooze? Find(string finding) => _all.TryGetValue(finding, out var snooze) && snooze.UntilMs > _time.GetUtcNow().ToUnixTimeMilliseconds() ? snooze : null;

    /// <summary>Sets a finding aside; an earlier snooze of it is replaced. Done when it is on the disk.</summary>
    /// <param name="account">Who does.</param>
    public async Task SetAsync(Snooze snooze, string account, CancellationToken stop)
    {
        var nowMs = _time.GetUtcNow().ToUnixTimeMilliseconds();
        await _records.WriteAsync(
            async (connection, transaction) =>
            {
                await connection.ExecuteAsync("delete from snooze where finding = @Finding or until_ms < @nowMs", new { snooze.Finding, nowMs }, transaction);
                await connection.ExecuteAsync(
                    "insert into snooze (finding, reason, until_ms, set_ms, account) values (@Finding, @Reason, @UntilMs, @nowMs, @account)",
                    new { snooze.Finding, snooze.Reason, snooze.UntilMs, nowMs, account }, transaction);
                await _audit.AppendAsync(connection, transaction, new AuditAct(account, snooze.Reason, "finding-snooze", $"finding/{snooze.Finding}") { AfterHash = AuditLog.HashOf($"{snooze.Reason} {snooze.UntilMs}") });
            },
            stop);
        _all[snooze.Finding] = snooze;
        Interlocked.Increment(ref _version);
    }

    /// <summary>Brings a finding back.</summary>
    /// <returns>False when it was not set aside.</returns>
    public async Task<bool> EndAsync(string finding, string account, CancellationToken stop)
    {
        if (Find(finding) is not { } snooze)
        {
            return false;
        }

        await _records.WriteAsync(
            async (connection, transaction) =>
            {
                await connection.ExecuteAsync("delete from snooze where finding = @finding", new { finding }, transaction);
                await _audit.AppendAsync(connection, transaction, new AuditAct(account, snooze.Reason, "finding-wake", $"finding/{finding}") { BeforeHash = AuditLog.HashOf($"{snooze.Reason} {snooze.UntilMs}") });
            },
            stop);
        _all.TryRemove(finding, out _);
        Interlocked.Increment(ref _version);
        return true;
    }
}
