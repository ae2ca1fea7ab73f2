using Crosstown.Core.Data;
using Crosstown.Server.Api;
using Crosstown.Server.People.Accounts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Crosstown.Server.People;

/// <summary>An account, as administrators see it.</summary>
/// <param name="Origin"><c>local</c>, or the sign-in service that vouches for it.</param>
/// <param name="IsResting">True while attempts do not count because too many were wrong.</param>
/// <param name="CreatedMs">Ms UTC.</param>
/// <param name="LastSignInMs">Ms UTC; null when it never signed in.</param>
internal sealed record AccountAnswer(string Name, string Origin, IReadOnlyList<Role> Roles, bool IsDisabled, bool IsResting, bool HasSecondFactor, bool MustChangePassword, long CreatedMs, long? LastSignInMs);

internal sealed record AccountList(IReadOnlyList<AccountAnswer> Items);

/// <param name="Password">Must be changed at the first sign-in.</param>
internal sealed record NewAccount(string Name, IReadOnlyList<Role> Roles, string Password);

internal sealed record RoleList(IReadOnlyList<Role> Roles);

internal sealed record NewPassword(string Password);

/// <summary>Accounts, for administrators.</summary>
internal static class PeopleApi
{
    public static void Map(RouteGroupBuilder api)
    {
        var people = api.MapGroup("/people").RequireRole(Role.Admin).WithTags("people");
        people.MapGet("", (AccountStore store, TimeProvider time) => new AccountList([.. store.List().Select(a => Describe(a.Account, a.Roles, time))])).WithName("listPeople");
        people.MapPost("", AddAsync).WithName("addPerson");
        people.MapPut("/{name}/roles", (string name, RoleList wanted, HttpContext context, AccountRegister accounts) =>
            ChangeAsync(name, accounts, a => accounts.SetRolesAsync(a, wanted.Roles, By(context), context.RequestAborted))).WithName("setPersonRoles");
        people.MapPost("/{name}/disable", (string name, HttpContext context, AccountRegister accounts) =>
            ChangeAsync(name, accounts, a => accounts.SetDisabledAsync(a, isDisabled: true, By(context), context.RequestAborted))).WithName("disablePerson");
        people.MapPost("/{name}/enable", (string name, HttpContext context, AccountRegister accounts) =>
            ChangeAsync(name, accounts, a => accounts.SetDisabledAsync(a, isDisabled: false, By(context), context.RequestAborted))).WithName("enablePerson");
        people.MapPost("/{name}/reset", (string name, NewPassword wanted, HttpContext context, AccountRegister accounts) =>
            ChangeAsync(name, accounts, a => accounts.ResetAsync(a, wanted.Password, By(context), context.RequestAborted))).WithName("resetPerson");
    }

    private static async Task<IResult> AddAsync(NewAccount wanted, HttpContext context, AccountRegister accounts, AccountStore store, TimeProvider time)
    {
        try
        {
            var added = await accounts.AddAsync(wanted.Name, wanted.Roles, wanted.Password, mustChangePassword: true, By(context), context.RequestAborted);
            return Results.Created($"/api/v1/people/{added.Name}", Describe(added, store.ListRoles(added.Id), time));
        }
        catch (ProblemException e)
        {
            return ApiProblem.Of(StatusCodes.Status400BadRequest, e.Problems);
        }
    }

    private static async Task<IResult> ChangeAsync(string name, AccountRegister accounts, Func<Account, Task> change)
    {
        if (await accounts.FindByNameAsync(name) is not { } account)
        {
            return ApiProblem.Of(StatusCodes.Status404NotFound, "XT362", "name", "There is no account of that name.");
        }

        try
        {
            await change(account);
            return Results.NoContent();
        }
        catch (ProblemException e)
        {
            return ApiProblem.Of(StatusCodes.Status409Conflict, e.Problems);
        }
    }

    private static string By(HttpContext context) => context.User.Identity!.Name!;

    private static AccountAnswer Describe(Account account, IReadOnlyList<Role> roles, TimeProvider time) => new(
        account.Name, account.Origin, roles, account.IsDisabled, account.LockedUntilMs > time.GetUtcNow().ToUnixTimeMilliseconds(),
        account.SecondFactorEnabled, account.MustChangePassword, account.CreatedMs, account.LastSignInMs);
}
