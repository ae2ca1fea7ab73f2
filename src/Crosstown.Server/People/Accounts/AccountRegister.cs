using System.Globalization;
using System.Security.Cryptography;
using Crosstown.Core.Data;
using Crosstown.Server.People.Audit;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Crosstown.Server.People.Accounts;

/// <summary>All that is done to accounts, each act with its entry in the audit.</summary>
internal sealed class AccountRegister(
    AccountStore store,
    AuditLog audit,
    TimeProvider time,
    IOptions<IdentityOptions> options,
    IPasswordHasher<Account> hasher,
    IEnumerable<IUserValidator<Account>> names,
    IEnumerable<IPasswordValidator<Account>> passwords,
    ILookupNormalizer normalizer,
    IServiceProvider services,
    ILogger<AccountRegister> logger) : UserManager<Account>(store, options, hasher, names, passwords, normalizer, new IdentityErrorDescriber(), services, logger)
{
    /// <summary>Recovery codes that an account is given.</summary>
    public const int RecoveryCodes = 8;

    /// <summary>Wrong attempts in a row after which an account rests.</summary>
    public const int MostAttempts = 5;

    private const string CodeLetters = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

    /// <summary>How long it rests: it slows guessing to 60 an hour, and a mischief-maker keeps nobody out for long.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromMinutes(5);

    private readonly Account _nobody = new() { Name = "nobody", PasswordHash = hasher.HashPassword(new Account(), Convert.ToHexString(RandomNumberGenerator.GetBytes(16))) };

    /// <summary>Adds a local account whose password somebody else chose, so that it must be changed at the first sign-in.</summary>
    /// <exception cref="ProblemException">The name or password is not taken.</exception>
    public async Task<Account> AddAsync(string name, IReadOnlyCollection<Role> roles, string password, bool mustChangePassword, string by, CancellationToken cancellation)
    {
        var account = new Account { Name = name, MustChangePassword = mustChangePassword, CreatedMs = time.GetUtcNow().ToUnixTimeMilliseconds() };
        Require(await CreateAsync(account, password).ConfigureAwait(false));
        foreach (var role in roles)
        {
            await store.AddToRoleAsync(account, Access.PolicyOf(role), cancellation).ConfigureAwait(false);
        }

        await TellAsync(by, "account-add", account, "", RolesHash(roles), cancellation).ConfigureAwait(false);
        return account;
    }

    /// <summary>Brings in, or up to date, an account that a sign-in service vouches for.</summary>
    /// <param name="wish">The name that the service gives; another is made when it is not taken here.</param>
    public async Task<Account> BringInAsync(string origin, string subject, string? wish, IReadOnlyCollection<Role> roles, CancellationToken cancellation)
    {
        var account = store.FindBySubject(origin, subject);
        if (account is null)
        {
            var made = $"{origin}-{AuditLog.HashOf(subject)[..12]}";
            var name = wish is not null && NameRules.IsName(wish) && await FindByNameAsync(wish).ConfigureAwait(false) is null ? wish : made;
            account = new Account { Name = name, Origin = origin, Subject = subject, CreatedMs = time.GetUtcNow().ToUnixTimeMilliseconds() };
            Require(await CreateAsync(account).ConfigureAwait(false));
            await TellAsync(origin, "account-add", account, "", RolesHash(roles), cancellation).ConfigureAwait(false);
        }

        await SetRolesAsync(account, roles, origin, cancellation).ConfigureAwait(false);
        return account;
    }

    /// <summary>Gives an account exactly these roles; its open sessions end when that changes something.</summary>
    public async Task SetRolesAsync(Account account, IReadOnlyCollection<Role> roles, string by, CancellationToken cancellation)
    {
        var before = store.ListRoles(account.Id);
        if (before.ToHashSet().SetEquals(roles))
        {
            return;
        }

        if (before.Contains(Role.Admin) && !roles.Contains(Role.Admin))
        {
            RequireOtherAdmin(account);
        }

        foreach (var role in before.Except(roles))
        {
            await store.RemoveFromRoleAsync(account, Access.PolicyOf(role), cancellation).ConfigureAwait(false);
        }

        foreach (var role in roles.Except(before))
        {
            await store.AddToRoleAsync(account, Access.PolicyOf(role), cancellation).ConfigureAwait(false);
        }

        Require(await UpdateSecurityStampAsync(account).ConfigureAwait(false));
        await TellAsync(by, "account-roles", account, RolesHash(before), RolesHash(roles), cancellation).ConfigureAwait(false);
    }

    /// <summary>Lets an account sign in no more, or again. Its open sessions end at once.</summary>
    public async Task SetDisabledAsync(Account account, bool isDisabled, string by, CancellationToken cancellation)
    {
        if (account.IsDisabled == isDisabled)
        {
            return;
        }

        if (isDisabled && store.ListRoles(account.Id).Contains(Role.Admin))
        {
            RequireOtherAdmin(account);
        }

        account.IsDisabled = isDisabled;
        Require(await UpdateSecurityStampAsync(account).ConfigureAwait(false));
        await TellAsync(by, isDisabled ? "account-disable" : "account-enable", account, "", "", cancellation).ConfigureAwait(false);
    }

    /// <summary>Gives a local account a password to be changed at once, and takes its second factor and its rest away.</summary>
    public async Task ResetAsync(Account account, string password, string by, CancellationToken cancellation)
    {
        RequireLocal(account);
        await SetPasswordAsync(account, password, mustChange: true).ConfigureAwait(false);
        await DropSecondFactorAsync(account, cancellation).ConfigureAwait(false);
        await store.ClearAttemptsAsync(account, cancellation).ConfigureAwait(false);
        await TellAsync(by, "account-reset", account, "", "", cancellation).ConfigureAwait(false);
    }

    /// <summary>Changes a person's own password, once the present one was given. Open sessions end.</summary>
    /// <returns>False when the present password is wrong, or the account rests.</returns>
    public async Task<bool> ChangeOwnPasswordAsync(Account account, string present, string wanted, CancellationToken cancellation)
    {
        RequireLocal(account);
        if (await CheckAsync(account.Name, present, cancellation).ConfigureAwait(false) is null)
        {
            return false;
        }

        if (present == wanted)
        {
            throw new ProblemException("XT361", "password", "The new password is the present one; take another.");
        }

        await SetPasswordAsync(account, wanted, mustChange: false).ConfigureAwait(false);
        await TellAsync(account.Name, "account-password", account, "", "", cancellation).ConfigureAwait(false);
        return true;
    }

    /// <summary>The account of a name and password; null when they do not fit, or the account rests or is disabled. All take the same time.</summary>
    public async Task<Account?> CheckAsync(string name, string password, CancellationToken cancellation)
    {
        var account = NameRules.IsName(name) ? await FindByNameAsync(name).ConfigureAwait(false) : null;
        var mayTry = account is { PasswordHash: not null, IsDisabled: false } && password.Length <= PasswordRules.Longest && await CountAsync(account, cancellation).ConfigureAwait(false);
        var asked = mayTry ? account! : _nobody;
        var outcome = PasswordHasher.VerifyHashedPassword(asked, asked.PasswordHash!, password.Length <= PasswordRules.Longest ? password : "");
        if (!mayTry || outcome == PasswordVerificationResult.Failed)
        {
            return null;
        }

        if (outcome == PasswordVerificationResult.SuccessRehashNeeded)
        {
            account!.PasswordHash = PasswordHasher.HashPassword(account, password);
            Require(await UpdateAsync(account).ConfigureAwait(false));
        }

        // With a second factor, right passwords alone must not clear the count of wrong codes.
        if (!account!.SecondFactorEnabled)
        {
            await store.ClearAttemptsAsync(account, cancellation).ConfigureAwait(false);
        }

        return account;
    }

    /// <summary>Whether a six-digit code, or a recovery code, is the account's. Each is taken once, and wrong ones count as wrong passwords do.</summary>
    public async Task<bool> CheckSecondFactorAsync(Account account, string code, CancellationToken cancellation)
    {
        if (!account.SecondFactorEnabled || code.Length > 64 || !await CountAsync(account, cancellation).ConfigureAwait(false))
        {
            return false;
        }

        if (await VerifyTwoFactorTokenAsync(account, OneTimeCodes.Name, code).ConfigureAwait(false))
        {
            await store.ClearAttemptsAsync(account, cancellation).ConfigureAwait(false);
            return true;
        }

        if (!await store.RedeemCodeAsync(account, code, cancellation).ConfigureAwait(false))
        {
            return false;
        }

        await store.ClearAttemptsAsync(account, cancellation).ConfigureAwait(false);
        await TellAsync(account.Name, "recovery-code", account, "", "", cancellation).ConfigureAwait(false);
        return true;
    }

    /// <summary>The secret that an authenticator is to be given; a new one when none waits to be confirmed.</summary>
    public async Task<string> OfferSecondFactorAsync(Account account)
    {
        if (!account.SecondFactorEnabled && account.SecondFactorKey is null)
        {
            await store.SetAuthenticatorKeyAsync(account, GenerateNewAuthenticatorKey(), CancellationToken.None).ConfigureAwait(false);
            Require(await UpdateAsync(account).ConfigureAwait(false));
        }

        return (await store.GetAuthenticatorKeyAsync(account, CancellationToken.None).ConfigureAwait(false))!;
    }

    /// <summary>Turns the second factor on once its first code was right. Open sessions end.</summary>
    /// <returns>Codes for when the authenticator is lost, shown this once; null when the code is wrong.</returns>
    public async Task<IReadOnlyList<string>?> ConfirmSecondFactorAsync(Account account, string code, CancellationToken cancellation)
    {
        if (account.SecondFactorEnabled || !await CountAsync(account, cancellation).ConfigureAwait(false)
            || !await VerifyTwoFactorTokenAsync(account, OneTimeCodes.Name, code).ConfigureAwait(false))
        {
            return null;
        }

        await store.ClearAttemptsAsync(account, cancellation).ConfigureAwait(false);
        account.SecondFactorEnabled = true;
        Require(await UpdateSecurityStampAsync(account).ConfigureAwait(false));
        var codes = (await GenerateNewTwoFactorRecoveryCodesAsync(account, RecoveryCodes).ConfigureAwait(false))!.ToArray();
        await TellAsync(account.Name, "second-factor-on", account, "", "", cancellation).ConfigureAwait(false);
        return codes;
    }

    /// <summary>Takes the second factor away, once a code of it was given.</summary>
    public async Task<bool> RemoveSecondFactorAsync(Account account, string code, CancellationToken cancellation)
    {
        if (!await CheckSecondFactorAsync(account, code, cancellation).ConfigureAwait(false))
        {
            return false;
        }

        await DropSecondFactorAsync(account, cancellation).ConfigureAwait(false);
        Require(await UpdateSecurityStampAsync(account).ConfigureAwait(false));
        await TellAsync(account.Name, "second-factor-off", account, "", "", cancellation).ConfigureAwait(false);
        return true;
    }

    /// <summary>Notes that somebody is in.</summary>
    public async Task NoteSignInAsync(Account account, CancellationToken cancellation)
    {
        account.LastSignInMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        Require(await UpdateAsync(account).ConfigureAwait(false));
        await TellAsync(account.Name, "sign-in", account, "", "", cancellation).ConfigureAwait(false);
    }

    protected override string CreateTwoFactorRecoveryCode() =>
        string.Join('-', Enumerable.Range(0, 4).Select(_ => RandomNumberGenerator.GetString(CodeLetters, 6)));

    private async Task<bool> CountAsync(Account account, CancellationToken cancellation)
    {
        var counts = await store.CountAttemptAsync(account, MostAttempts, Rest, time.GetUtcNow().ToUnixTimeMilliseconds(), cancellation).ConfigureAwait(false);
        if (!counts)
        {
            logger.LogWarning("An attempt to sign in was refused because its account rests after {Most} wrong ones", MostAttempts);
        }

        return counts;
    }

    private async Task SetPasswordAsync(Account account, string password, bool mustChange)
    {
        foreach (var rule in PasswordValidators)
        {
            Require(await rule.ValidateAsync(this, account, password).ConfigureAwait(false));
        }

        account.PasswordHash = PasswordHasher.HashPassword(account, password);
        account.MustChangePassword = mustChange;
        Require(await UpdateSecurityStampAsync(account).ConfigureAwait(false));
    }

    private async Task DropSecondFactorAsync(Account account, CancellationToken cancellation)
    {
        account.SecondFactorEnabled = false;
        account.SecondFactorKey = null;
        await store.ReplaceCodesAsync(account, [], cancellation).ConfigureAwait(false);
        Require(await UpdateAsync(account).ConfigureAwait(false));
    }

    private void RequireOtherAdmin(Account account)
    {
        if (!store.HasOtherAdmin(account.Id))
        {
            throw new ProblemException("XT364", "roles", $"'{account.Name}' is the last account that administers. Give another one that role first.");
        }
    }

    private static void RequireLocal(Account account)
    {
        if (account.Origin != Account.Local)
        {
            throw new ProblemException("XT368", "account", $"'{account.Name}' signs in through '{account.Origin}', which keeps its password.");
        }
    }

    private Task TellAsync(string by, string action, Account account, string before, string after, CancellationToken cancellation) => audit.AppendAsync(
        new AuditAct(by, "account", action, string.Create(CultureInfo.InvariantCulture, $"account/{account.Name}")) { BeforeHash = before, AfterHash = after }, cancellation);

    private static string RolesHash(IEnumerable<Role> roles) => AuditLog.HashOf(string.Join(',', roles.Order().Select(Access.PolicyOf)));

    private static void Require(IdentityResult result)
    {
        if (!result.Succeeded)
        {
            throw new ProblemException([.. result.Errors.Select(e => new Problem(e.Code.StartsWith("XT", StringComparison.Ordinal) ? e.Code : "XT360", e.Code == "XT361" ? "password" : "name", e.Description))]);
        }
    }
}
