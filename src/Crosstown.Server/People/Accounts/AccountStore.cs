using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Crosstown.Server.Store.Records;
using Dapper;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;

namespace Crosstown.Server.People.Accounts;

/// <summary>Keeps accounts, their roles and recovery codes in the records, as Identity asks for them.</summary>
/// <remarks>Counting of wrong attempts and the use of one-time codes are single statements, so that attempts in parallel gain nothing.</remarks>
internal sealed class AccountStore(RecordStore records, IDataProtectionProvider protection) :
    IUserPasswordStore<Account>, IUserSecurityStampStore<Account>, IUserRoleStore<Account>,
    IUserTwoFactorStore<Account>, IUserAuthenticatorKeyStore<Account>, IUserTwoFactorRecoveryCodeStore<Account>
{
    private const string Columns =
        "id as Id, name as Name, normalized_name as NormalizedName, origin as Origin, subject as Subject, password_hash as PasswordHash, stamp as Stamp, failed_count as FailedCount, locked_until_ms as LockedUntilMs, "
        + "second_factor_key as SecondFactorKey, second_factor_enabled as SecondFactorEnabled, is_disabled as IsDisabled, must_change_password as MustChangePassword, created_ms as CreatedMs, last_sign_in_ms as LastSignInMs";

    private readonly IDataProtector _secrets = protection.CreateProtector("crosstown.second-factor.1");

    /// <summary>All accounts with their roles, by name.</summary>
    public IReadOnlyList<(Account Account, IReadOnlyList<Role> Roles)> List()
    {
        using var connection = records.Open();
        var roles = connection.Query<RoleRow>("select account_id as AccountId, role as Word from account_role").ToLookup(r => r.AccountId, r => Enum.Parse<Role>(r.Word, ignoreCase: true));
        return [.. connection.Query<Account>($"select {Columns} from account order by name").Select(a => (a, (IReadOnlyList<Role>)[.. roles[a.Id].Order()]))];
    }

    /// <summary>The account that a sign-in service vouches for; null when it never signed in here.</summary>
    public Account? FindBySubject(string origin, string subject)
    {
        using var connection = records.Open();
        return connection.QuerySingleOrDefault<Account>($"select {Columns} from account where origin = @origin and subject = @subject", new { origin, subject });
    }

    public IReadOnlyList<Role> ListRoles(long accountId)
    {
        using var connection = records.Open();
        return [.. connection.Query<string>("select role from account_role where account_id = @accountId", new { accountId }).Select(r => Enum.Parse<Role>(r, ignoreCase: true)).Order()];
    }

    /// <summary>Whether another enabled account administers.</summary>
    public bool HasOtherAdmin(long accountId)
    {
        using var connection = records.Open();
        return connection.ExecuteScalar<long>(
            "select count(*) from account a join account_role r on r.account_id = a.id where r.role = 'admin' and not a.is_disabled and a.id <> @accountId", new { accountId }) > 0;
    }

    /// <summary>Counts an attempt before it is looked at. After every <paramref name="most"/> of them in a row the account rests.</summary>
    /// <returns>False when the account rests and the attempt does not count.</returns>
    public Task<bool> CountAttemptAsync(Account account, int most, TimeSpan rest, long nowMs, CancellationToken cancellation) => records.WriteAsync(
        async (connection, transaction) => await connection.ExecuteAsync(
            "update account set failed_count = failed_count + 1, locked_until_ms = case when (failed_count + 1) % @most = 0 then @untilMs else null end "
            + "where id = @Id and (locked_until_ms is null or locked_until_ms <= @nowMs)",
            new { account.Id, most = (long)most, untilMs = nowMs + (long)rest.TotalMilliseconds, nowMs },
            transaction).ConfigureAwait(false) == 1,
        cancellation);

    /// <summary>Forgets wrong attempts after a right one, or at an administrator's word.</summary>
    public Task ClearAttemptsAsync(Account account, CancellationToken cancellation) => records.WriteAsync(
        (connection, transaction) => connection.ExecuteAsync("update account set failed_count = 0, locked_until_ms = null where id = @Id", new { account.Id }, transaction), cancellation);

    /// <summary>Marks a time step of the second factor as used.</summary>
    /// <returns>False when it, or a later one, was used before.</returns>
    public Task<bool> UseStepAsync(Account account, long step, CancellationToken cancellation) => records.WriteAsync(
        async (connection, transaction) => await connection.ExecuteAsync(
            "update account set second_factor_step = @step where id = @Id and second_factor_step < @step", new { account.Id, step }, transaction).ConfigureAwait(false) == 1,
        cancellation);

    public async Task<IdentityResult> CreateAsync(Account user, CancellationToken cancellationToken)
    {
        user.Id = await records.WriteAsync(
            (connection, transaction) => connection.ExecuteScalarAsync<long>(
                "insert into account (name, normalized_name, origin, subject, password_hash, stamp, failed_count, second_factor_key, second_factor_enabled, second_factor_step, is_disabled, must_change_password, created_ms) "
                + "values (@Name, @NormalizedName, @Origin, @Subject, @PasswordHash, @Stamp, 0, @SecondFactorKey, @SecondFactorEnabled, 0, @IsDisabled, @MustChangePassword, @CreatedMs) returning id",
                user,
                transaction),
            cancellationToken).ConfigureAwait(false);
        return IdentityResult.Success;
    }

    public async Task<IdentityResult> UpdateAsync(Account user, CancellationToken cancellationToken)
    {
        await records.WriteAsync(
            (connection, transaction) => connection.ExecuteAsync(
                "update account set name = @Name, normalized_name = @NormalizedName, password_hash = @PasswordHash, stamp = @Stamp, second_factor_key = @SecondFactorKey, "
                + "second_factor_enabled = @SecondFactorEnabled, is_disabled = @IsDisabled, must_change_password = @MustChangePassword, last_sign_in_ms = @LastSignInMs where id = @Id",
                user,
                transaction),
            cancellationToken).ConfigureAwait(false);
        return IdentityResult.Success;
    }

    public async Task<IdentityResult> DeleteAsync(Account user, CancellationToken cancellationToken)
    {
        await records.WriteAsync((connection, transaction) => connection.ExecuteAsync("delete from account where id = @Id", new { user.Id }, transaction), cancellationToken).ConfigureAwait(false);
        return IdentityResult.Success;
    }

    public Task<Account?> FindByIdAsync(string userId, CancellationToken cancellationToken) =>
        FindAsync("id = @id", new { id = long.Parse(userId, NumberStyles.None, CultureInfo.InvariantCulture) });

    public Task<Account?> FindByNameAsync(string normalizedUserName, CancellationToken cancellationToken) => FindAsync("normalized_name = @normalizedUserName", new { normalizedUserName });

    public Task<string> GetUserIdAsync(Account user, CancellationToken cancellationToken) => Task.FromResult(user.Id.ToString(CultureInfo.InvariantCulture));

    public Task<string?> GetUserNameAsync(Account user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.Name);

    public Task SetUserNameAsync(Account user, string? userName, CancellationToken cancellationToken)
    {
        user.Name = userName ?? "";
        return Task.CompletedTask;
    }

    public Task<string?> GetNormalizedUserNameAsync(Account user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.NormalizedName);

    public Task SetNormalizedUserNameAsync(Account user, string? normalizedName, CancellationToken cancellationToken)
    {
        user.NormalizedName = normalizedName ?? "";
        return Task.CompletedTask;
    }

    public Task<string?> GetPasswordHashAsync(Account user, CancellationToken cancellationToken) => Task.FromResult(user.PasswordHash);

    public Task<bool> HasPasswordAsync(Account user, CancellationToken cancellationToken) => Task.FromResult(user.PasswordHash is not null);

    public Task SetPasswordHashAsync(Account user, string? passwordHash, CancellationToken cancellationToken)
    {
        user.PasswordHash = passwordHash;
        return Task.CompletedTask;
    }

    public Task<string?> GetSecurityStampAsync(Account user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.Stamp);

    public Task SetSecurityStampAsync(Account user, string stamp, CancellationToken cancellationToken)
    {
        user.Stamp = stamp;
        return Task.CompletedTask;
    }

    public Task AddToRoleAsync(Account user, string roleName, CancellationToken cancellationToken) => WriteAsync(
        "insert into account_role (account_id, role) values (@Id, @role) on conflict (account_id, role) do nothing", new { user.Id, role = roleName.ToLowerInvariant() }, cancellationToken);

    public Task RemoveFromRoleAsync(Account user, string roleName, CancellationToken cancellationToken) =>
        WriteAsync("delete from account_role where account_id = @Id and role = @role", new { user.Id, role = roleName.ToLowerInvariant() }, cancellationToken);

    public Task<IList<string>> GetRolesAsync(Account user, CancellationToken cancellationToken) => Task.FromResult<IList<string>>([.. ListRoles(user.Id).Select(Access.PolicyOf)]);

    public Task<bool> IsInRoleAsync(Account user, string roleName, CancellationToken cancellationToken) =>
        Task.FromResult(ListRoles(user.Id).Any(r => string.Equals(Access.PolicyOf(r), roleName, StringComparison.OrdinalIgnoreCase)));

    public async Task<IList<Account>> GetUsersInRoleAsync(string roleName, CancellationToken cancellationToken)
    {
        using var connection = records.Open();
        return [.. await connection.QueryAsync<Account>(
            $"select {Columns} from account where id in (select account_id from account_role where role = @role)", new { role = roleName.ToLowerInvariant() }).ConfigureAwait(false)];
    }

    public Task<bool> GetTwoFactorEnabledAsync(Account user, CancellationToken cancellationToken) => Task.FromResult(user.SecondFactorEnabled);

    public Task SetTwoFactorEnabledAsync(Account user, bool enabled, CancellationToken cancellationToken)
    {
        user.SecondFactorEnabled = enabled;
        return Task.CompletedTask;
    }

    public Task<string?> GetAuthenticatorKeyAsync(Account user, CancellationToken cancellationToken) =>
        Task.FromResult(user.SecondFactorKey is { } kept ? _secrets.Unprotect(kept) : null);

    public Task SetAuthenticatorKeyAsync(Account user, string key, CancellationToken cancellationToken)
    {
        user.SecondFactorKey = _secrets.Protect(key);
        return Task.CompletedTask;
    }

    public Task ReplaceCodesAsync(Account user, IEnumerable<string> recoveryCodes, CancellationToken cancellationToken)
    {
        var hashes = recoveryCodes.Select(HashOfCode).ToArray();
        return records.WriteAsync(
            async (connection, transaction) =>
            {
                await connection.ExecuteAsync("delete from recovery_code where account_id = @Id", new { user.Id }, transaction).ConfigureAwait(false);
                await connection.ExecuteAsync("insert into recovery_code (account_id, code_hash) values (@Id, @hash)", hashes.Select(hash => new { user.Id, hash }), transaction).ConfigureAwait(false);
            },
            cancellationToken);
    }

    public Task<bool> RedeemCodeAsync(Account user, string code, CancellationToken cancellationToken) => records.WriteAsync(
        async (connection, transaction) => await connection.ExecuteAsync(
            "delete from recovery_code where account_id = @Id and code_hash = @hash", new { user.Id, hash = HashOfCode(code) }, transaction).ConfigureAwait(false) == 1,
        cancellationToken);

    public async Task<int> CountCodesAsync(Account user, CancellationToken cancellationToken)
    {
        using var connection = records.Open();
        return (int)await connection.ExecuteScalarAsync<long>("select count(*) from recovery_code where account_id = @Id", new { user.Id }).ConfigureAwait(false);
    }

    public void Dispose()
    {
        // The records belong to the server.
    }

    /// <summary>Codes have 120 random bits, so that a fast hash keeps them safe. Case, spaces and dashes do not matter to who types one.</summary>
    private static string HashOfCode(string code) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        code.Replace("-", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal).ToUpperInvariant())));

    private async Task<Account?> FindAsync(string condition, object values)
    {
        using DbConnection connection = records.Open();
        return await connection.QuerySingleOrDefaultAsync<Account>($"select {Columns} from account where {condition}", values).ConfigureAwait(false);
    }

    private Task<int> WriteAsync(string sql, object values, CancellationToken cancellation) =>
        records.WriteAsync((connection, transaction) => connection.ExecuteAsync(sql, values, transaction), cancellation);

    private sealed record RoleRow(long AccountId, string Word);
}
