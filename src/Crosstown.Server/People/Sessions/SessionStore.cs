using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Crosstown.Server.People.Accounts;
using Crosstown.Server.Store.Records;
using Dapper;
using Microsoft.AspNetCore.WebUtilities;

namespace Crosstown.Server.People.Sessions;

/// <summary>Open sessions, kept in the records so that the server can end each one (rule X08).</summary>
internal sealed class SessionStore(RecordStore records, TimeProvider time)
{
    /// <summary>Says in a principal's claims which step a person still has to take.</summary>
    public const string StepClaim = "step";

    /// <summary>A session ends this long after the sign-in, whatever happens.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(8);

    /// <summary>A session ends after this long without a request of the person's own.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromMinutes(30);

    /// <summary>How exactly the last request is known: each note of it is a write.</summary>
    private static readonly TimeSpan s_seenStep = TimeSpan.FromMinutes(1);

    /// <summary>Opens a session, and clears those away that are over.</summary>
    /// <returns>The key for the cookie: 256 random bits, of which the records hold the hash alone.</returns>
    public async Task<string> StartAsync(Account account, bool secondFactorPassed, CancellationToken cancellation)
    {
        var key = WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        await records.WriteAsync(
            async (connection, transaction) =>
            {
                await connection.ExecuteAsync(
                    "delete from session where started_ms <= @longestMs or seen_ms <= @idleMs",
                    new { longestMs = nowMs - (long)Longest.TotalMilliseconds, idleMs = nowMs - (long)Idle.TotalMilliseconds },
                    transaction).ConfigureAwait(false);
                await connection.ExecuteAsync(
                    "insert into session (key_hash, account_id, stamp, second_factor_passed, started_ms, seen_ms) values (@hash, @Id, @Stamp, @secondFactorPassed, @nowMs, @nowMs)",
                    new { hash = HashOf(key), account.Id, account.Stamp, secondFactorPassed, nowMs },
                    transaction).ConfigureAwait(false);
            },
            cancellation).ConfigureAwait(false);
        return key;
    }

    /// <summary>Ends one session.</summary>
    public Task EndAsync(string key, CancellationToken cancellation) => records.WriteAsync(
        (connection, transaction) => connection.ExecuteAsync("delete from session where key_hash = @hash", new { hash = HashOf(key) }, transaction), cancellation);

    /// <summary>Ends all sessions of an account.</summary>
    public Task EndAllAsync(Account account, CancellationToken cancellation) => records.WriteAsync(
        (connection, transaction) => connection.ExecuteAsync("delete from session where account_id = @Id", new { account.Id }, transaction), cancellation);

    /// <summary>Who holds a session, with the roles that count now; null when it is over.</summary>
    /// <param name="isOwnRequest">False for requests that a page makes by itself, which keep no session open.</param>
    public async Task<ClaimsIdentity?> FindAsync(string key, bool isOwnRequest, CancellationToken cancellation)
    {
        var hash = HashOf(key);
        Row? row;
        Role[] roles;
        using (var connection = records.Open())
        {
            row = await connection.QuerySingleOrDefaultAsync<Row>(
                "select s.account_id as AccountId, a.name as Name, s.started_ms as StartedMs, s.seen_ms as SeenMs, s.second_factor_passed as Passed, a.second_factor_enabled as Enabled, a.must_change_password as MustChange "
                + "from session s join account a on a.id = s.account_id where s.key_hash = @hash and a.stamp = s.stamp and not a.is_disabled",
                new { hash }).ConfigureAwait(false);
            if (row is null)
            {
                return null;
            }

            roles = [.. (await connection.QueryAsync<string>("select role from account_role where account_id = @AccountId", new { row.AccountId }).ConfigureAwait(false)).Select(r => Enum.Parse<Role>(r, ignoreCase: true))];
        }

        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        if (nowMs - row.StartedMs >= Longest.TotalMilliseconds || nowMs - row.SeenMs >= Idle.TotalMilliseconds)
        {
            return null;
        }

        if (isOwnRequest && nowMs - row.SeenMs >= s_seenStep.TotalMilliseconds)
        {
            await records.WriteAsync((c, t) => c.ExecuteAsync("update session set seen_ms = @nowMs where key_hash = @hash", new { nowMs, hash }, t), cancellation).ConfigureAwait(false);
        }

        return Describe(row, roles);
    }

    private static ClaimsIdentity Describe(Row row, Role[] roles)
    {
        var identity = new ClaimsIdentity(SessionHandler.SchemeName, ClaimTypes.Name, ClaimTypes.Role);
        identity.AddClaim(new Claim(ClaimTypes.NameIdentifier, $"{row.AccountId}"));
        identity.AddClaim(new Claim(ClaimTypes.Name, row.Name));
        var step = row.Enabled && !row.Passed ? SignInStep.SecondFactor : row.MustChange ? SignInStep.Password : !row.Enabled && !row.Passed && roles.Any(NeedsSecondFactor) ? SignInStep.SetUpSecondFactor : SignInStep.None;
        identity.AddClaim(new Claim(StepClaim, step.ToString()));
        foreach (var role in EffectiveRoles(step, roles))
        {
            identity.AddClaim(new Claim(ClaimTypes.Role, Access.PolicyOf(role)));
        }

        return identity;
    }

    /// <summary>Without a second factor an approver only operates, and an administrator only views; in the middle of a sign-in nobody may do anything.</summary>
    private static IEnumerable<Role> EffectiveRoles(SignInStep step, Role[] roles) => step switch
    {
        SignInStep.None => roles,
        SignInStep.SetUpSecondFactor => roles.Select(r => r switch { Role.Approve => Role.Operate, Role.Admin => Role.View, _ => r }).Distinct(),
        _ => [],
    };

    private static bool NeedsSecondFactor(Role role) => role is Role.Approve or Role.Admin;

    private static string HashOf(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    private sealed record Row
    {
        public long AccountId { get; init; }

        public string Name { get; init; } = "";

        public long StartedMs { get; init; }

        public long SeenMs { get; init; }

        public bool Passed { get; init; }

        public bool Enabled { get; init; }

        public bool MustChange { get; init; }
    }
}
