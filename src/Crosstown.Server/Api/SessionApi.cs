using System.Security.Claims;
using Crosstown.Server.Hosting;
using Crosstown.Server.People;
using Crosstown.Server.People.Sources;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Crosstown.Server.Api;

/// <summary>Who is signed in, as the client needs it to show what may be done.</summary>
/// <param name="Name">The account's name; null when nobody is signed in.</param>
/// <param name="Roles">What the account may do, each role spelled out.</param>
/// <param name="IsTown">True for the made-up town, where whoever opens it acts as its staff.</param>
/// <param name="Antiforgery">To be sent with each change in the header <c>RequestVerificationToken</c>; null when nobody is signed in.</param>
internal sealed record Session(string? Name, IReadOnlyList<string> Roles, bool IsTown, string? Antiforgery);

internal static class SessionApi
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/session", (HttpContext context, ServerSettings settings, IAntiforgery antiforgery) =>
        {
            var claims = context.User.FindAll(ClaimTypes.Role).Select(c => c.Value).ToArray();
            return new Session(
                context.User.Identity is { IsAuthenticated: true } identity ? identity.Name : null,
                [.. Enum.GetValues<Role>().Where(r => Access.Holds(claims, r)).Select(Access.PolicyOf)],
                settings.IsTown,
                context.User.Identity is { IsAuthenticated: true, AuthenticationType: not SourceTokenHandler.SchemeName } ? antiforgery.GetAndStoreTokens(context).RequestToken : null);
        }).OpenToAll().WithName("getSession").WithTags("session");
    }
}
