using Crosstown.Core.Data;
using Crosstown.Server.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Crosstown.Server.People.Sources;

internal sealed record SourceTokenList(IReadOnlyList<SourceToken> Items);

internal sealed record NewSourceToken(string Name);

/// <param name="Token">Shown this once; send it in <c>Authorization: Bearer</c>.</param>
internal sealed record SourceTokenMade(string Name, string Token);

/// <summary>Tokens of programs that send logs, for administrators.</summary>
internal static class SourceTokensApi
{
    public static void Map(RouteGroupBuilder api)
    {
        var tokens = api.MapGroup("/source-tokens").RequireRole(Role.Admin).WithTags("people");
        tokens.MapGet("", (SourceTokens sources) => new SourceTokenList(sources.List())).WithName("listSourceTokens");
        tokens.MapPost("", async (NewSourceToken wanted, HttpContext context, SourceTokens sources) =>
        {
            try
            {
                var token = await sources.AddAsync(wanted.Name, context.User.Identity!.Name!, context.RequestAborted);
                context.Response.Headers.CacheControl = "no-store";
                return Results.Created($"/api/v1/source-tokens/{wanted.Name}", new SourceTokenMade(wanted.Name, token));
            }
            catch (ProblemException e)
            {
                return ApiProblem.Of(StatusCodes.Status400BadRequest, e.Problems);
            }
        }).WithName("addSourceToken");
        tokens.MapDelete("/{name}", async (string name, HttpContext context, SourceTokens sources) =>
            await sources.RevokeAsync(name, context.User.Identity!.Name!, context.RequestAborted)
                ? Results.NoContent()
                : ApiProblem.Of(StatusCodes.Status404NotFound, "XT362", "name", "There is no source of that name whose token counts.")).WithName("revokeSourceToken");
    }
}
