using Crosstown.Server.Api;
using Crosstown.Server.People.Sources;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;

namespace Crosstown.Server.People;

/// <summary>Lets a change pass only when it comes from a page of ours: with the antiforgery token, or with a source's own token instead of a cookie (rule X07).</summary>
/// <remarks>It asks for all methods but the four that change nothing, on every route, so that a new endpoint need not remember it.</remarks>
internal sealed class WriteGate(RequestDelegate next, IAntiforgery antiforgery)
{
    private const string TokenHeader = "RequestVerificationToken";

    public async Task InvokeAsync(HttpContext context)
    {
        if (Changes(context.Request.Method) && context.User.Identity?.AuthenticationType != SourceTokenHandler.SchemeName && !await IsOursAsync(context).ConfigureAwait(false))
        {
            await ApiProblem.Of(
                StatusCodes.Status400BadRequest, "XT359", TokenHeader,
                "A change needs the token that GET /api/v1/session gives, in the header RequestVerificationToken, from a page of this server. Load the page again.").ExecuteAsync(context).ConfigureAwait(false);
            return;
        }

        await next(context).ConfigureAwait(false);
    }

    private static bool Changes(string method) => !(HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method) || HttpMethods.IsTrace(method));

    private async Task<bool> IsOursAsync(HttpContext context)
    {
        var request = context.Request;

        // Browsers say where a request began; programs say nothing.
        if (request.Headers["Sec-Fetch-Site"].ToString() is not ("" or "same-origin" or "none"))
        {
            return false;
        }

        // Without the header the token is in a form; only the short kind of form is read for it.
        try
        {
            return (request.Headers.ContainsKey(TokenHeader) || request.ContentType?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) == true)
                && await antiforgery.IsRequestValidAsync(context).ConfigureAwait(false);
        }
        catch (AntiforgeryValidationException)
        {
            // The form itself cannot be read: no page of ours sends such a one.
            return false;
        }
    }
}
