using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Identity;

namespace Crosstown.Server.People.Accounts;

/// <summary>Which names an account may have: they stand in the audit and in addresses.</summary>
internal sealed partial class NameRules : IUserValidator<Account>
{
    /// <summary>Names that the audit uses for what is no account.</summary>
    private static readonly string[] s_reserved = ["system", "console", "demo", "nobody"];

    public static bool IsName(string name) => Name().IsMatch(name) && !s_reserved.Contains(name, StringComparer.OrdinalIgnoreCase);

    public async Task<IdentityResult> ValidateAsync(UserManager<Account> users, Account user)
    {
        if (!IsName(user.Name))
        {
            return IdentityResult.Failed(new IdentityError
            {
                Code = "XT360",
                Description = $"An account's name has 1 to 64 letters, digits, '.', '_' or '-', begins with a letter or digit, and is none of {string.Join(", ", s_reserved)}.",
            });
        }

        var same = await users.FindByNameAsync(user.Name).ConfigureAwait(false);
        return same is not null && same.Id != user.Id
            ? IdentityResult.Failed(new IdentityError { Code = "XT360", Description = $"There is an account '{same.Name}' already." })
            : IdentityResult.Success;
    }

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._-]{0,63}\\z")]
    private static partial Regex Name();
}
