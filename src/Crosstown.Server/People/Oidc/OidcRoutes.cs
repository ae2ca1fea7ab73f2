using System.Security.Cryptography;
using System.Text.Json;
using Crosstown.Server.People.Accounts;
using Crosstown.Server.People.Pages;
using Crosstown.Server.People.Sessions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Crosstown.Server.People.Oidc;

/// <summary>The way to the city's sign-in service and back.</summary>
internal static class OidcRoutes
{
    private const string Purpose = "crosstown.sign-in-attempt.1";
    private const int AttemptMinutes = 10;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/sign-in/service", BeginAsync).OpenToAll().ExcludeFromDescription();
        routes.MapGet(OidcSettings.ReturnPath, FinishAsync).OpenToAll().ExcludeFromDescription();
    }

    private static async Task<IResult> BeginAsync(HttpContext context, OidcSettings settings, OidcClient client, SignInLimit limit, IDataProtectionProvider protection, ILogger<OidcClient> logger)
    {
        if (settings.Title is null)
        {
            return Results.NotFound();
        }

        if (!limit.Take(context.Connection.RemoteIpAddress))
        {
            return Failed("There were too many attempts from this part of the network. Try again in five minutes.", StatusCodes.Status429TooManyRequests);
        }

        try
        {
            var (address, attempt) = await client.BeginAsync(PeoplePages.LocalPath(context.Request.Query["return"]), context.RequestAborted);
            context.Response.Cookies.Append(CookieOf(context), protection.CreateProtector(Purpose).Protect(JsonSerializer.Serialize(attempt)), Cookie(context));
            context.Response.Headers.CacheControl = "no-store";
            return Results.Redirect(address);
        }
        catch (OidcRefusedException e)
        {
            return Refused(logger, e);
        }
    }

    private static async Task<IResult> FinishAsync(
        HttpContext context, OidcSettings settings, OidcClient client, IDataProtectionProvider protection, AccountRegister accounts, SignIn signIn, ILogger<OidcClient> logger)
    {
        if (settings.Title is null)
        {
            return Results.NotFound();
        }

        context.Response.Headers.CacheControl = "no-store";
        var kept = context.Request.Cookies[CookieOf(context)];
        context.Response.Cookies.Delete(CookieOf(context), Cookie(context));
        try
        {
            var attempt = Read(protection, kept) ?? throw new OidcRefusedException(OidcRefusal.State);
            var query = context.Request.Query;
            var person = await client.FinishAsync(attempt, query["state"], query["code"], query["iss"], query["error"], context.RequestAborted);
            var account = await accounts.BringInAsync(settings.Name, person.Subject, person.Name, person.Roles, context.RequestAborted);
            if (account.IsDisabled)
            {
                throw new OidcRefusedException(OidcRefusal.Denied);
            }

            await signIn.OpenAsync(context, account, person.SecondFactorPassed);
            return new RazorComponentResult<ReturnPage>(new Dictionary<string, object?> { [nameof(ReturnPage.Return)] = attempt.Return });
        }
        catch (OidcRefusedException e)
        {
            return Refused(logger, e);
        }
    }

    private static OidcAttempt? Read(IDataProtectionProvider protection, string? kept)
    {
        try
        {
            return kept is { Length: > 0 } ? JsonSerializer.Deserialize<OidcAttempt>(protection.CreateProtector(Purpose).Unprotect(kept)) : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static RazorComponentResult<ReturnPage> Refused(ILogger logger, OidcRefusedException e)
    {
        logger.LogWarning(e, "A sign-in through the service was refused: {Reason}", e.Reason);
        return e.Reason switch
        {
            OidcRefusal.Service => Failed("The sign-in service cannot be reached, or is not the one that this server is set up for.", StatusCodes.Status502BadGateway),
            OidcRefusal.Denied => Failed("The sign-in service did not let you in, or your account here is disabled.", StatusCodes.Status403Forbidden),
            _ => Failed($"The sign-in could not be completed ({e.Reason.ToString().ToLowerInvariant()}). Begin again; when it happens again, tell whoever keeps this server.", StatusCodes.Status400BadRequest),
        };
    }

    private static RazorComponentResult<ReturnPage> Failed(string alert, int status) =>
        new(new Dictionary<string, object?> { [nameof(ReturnPage.Return)] = "/sign-in", [nameof(ReturnPage.Alert)] = alert }) { StatusCode = status };

    private static string CookieOf(HttpContext context) => context.Request.IsHttps ? "__Host-crosstown-service" : "crosstown-service";

    // Lax, because the service's own page sends the browser back; it says nothing of who somebody is.
    private static CookieOptions Cookie(HttpContext context) => new()
    {
        HttpOnly = true, SameSite = SameSiteMode.Lax, Secure = context.Request.IsHttps, Path = "/", IsEssential = true, MaxAge = TimeSpan.FromMinutes(AttemptMinutes),
    };
}
