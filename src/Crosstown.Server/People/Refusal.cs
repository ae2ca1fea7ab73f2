using Crosstown.Server.Api;
using Crosstown.Server.People.Sessions;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Crosstown.Server.People;

/// <summary>What somebody is told who may not do what they asked for.</summary>
internal static class Refusal
{
    /// <summary>Nobody is signed in: a browser is led to the sign-in, a program gets 401.</summary>
    public static Task ChallengeAsync(HttpContext context)
    {
        if (IsPage(context.Request))
        {
            context.Response.Redirect("/sign-in?return=" + Uri.EscapeDataString(context.Request.Path.Value ?? "/"));
            return Task.CompletedTask;
        }

        context.Response.Headers.WWWAuthenticate = "Bearer";
        return ApiProblem.Of(StatusCodes.Status401Unauthorized, "XT357", "session", "Nobody is signed in. Sign in at /sign-in, or send a source's token in the header Authorization.").ExecuteAsync(context);
    }

    /// <summary>Somebody is, but may not: a browser in the middle of a sign-in is led on, everybody else gets 403.</summary>
    public static Task ForbidAsync(HttpContext context)
    {
        if (IsPage(context.Request) && PageOf(context.User.FindFirst(SessionStore.StepClaim)?.Value) is { } page)
        {
            context.Response.Redirect(page);
            return Task.CompletedTask;
        }

        return ApiProblem.Of(StatusCodes.Status403Forbidden, "XT358", "role", "Your account may not do this. An administrator can give it the role; approving and administering also need a second factor, see /account.").ExecuteAsync(context);
    }

    private static string? PageOf(string? step) => step switch
    {
        nameof(SignInStep.SecondFactor) => "/sign-in/second-factor",
        nameof(SignInStep.Password) or nameof(SignInStep.SetUpSecondFactor) => "/account",
        _ => null,
    };

    private static bool IsPage(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) && !request.Path.StartsWithSegments("/api") && request.Headers[HeaderNames.Accept].ToString().Contains("text/html", StringComparison.Ordinal);
}
