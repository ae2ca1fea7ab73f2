using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Crosstown.Server.People.Sessions;

/// <summary>Knows people by the session that their cookie names.</summary>
internal sealed class SessionHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, SessionStore sessions)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "session";

    /// <summary>A page sends it with requests that no person caused, such as a chart that follows the clock.</summary>
    public const string BackgroundHeader = "Crosstown-Background";

    // Browsers bind a __Host- cookie to the host and to https; on plain http they refuse one.
    private const string SecureCookie = "__Host-crosstown";
    private const string PlainCookie = "crosstown";

    public static string? KeyOf(HttpRequest request) => request.Cookies[CookieOf(request)];

    /// <summary>Hands the browser a new session's key.</summary>
    public static void SetCookie(HttpContext context, string key) => context.Response.Cookies.Append(CookieOf(context.Request), key, Cookie(context.Request));

    public static void RemoveCookie(HttpContext context) => context.Response.Cookies.Delete(CookieOf(context.Request), Cookie(context.Request));

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (KeyOf(Request) is not { Length: > 0 and < 100 } key)
        {
            return AuthenticateResult.NoResult();
        }

        var identity = await sessions.FindAsync(key, !IsBackground(Request), Context.RequestAborted).ConfigureAwait(false);
        return identity is null
            ? AuthenticateResult.Fail("The session is over.")
            : AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties) => Refusal.ChallengeAsync(Context);

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) => Refusal.ForbidAsync(Context);

    /// <summary>A stream of events goes on, and connects again, without anybody; a browser cannot give it a header.</summary>
    private static bool IsBackground(HttpRequest request) =>
        request.Headers.ContainsKey(BackgroundHeader) || request.Headers.Accept.ToString().Contains("text/event-stream", StringComparison.OrdinalIgnoreCase);

    private static string CookieOf(HttpRequest request) => request.IsHttps ? SecureCookie : PlainCookie;

    private static CookieOptions Cookie(HttpRequest request) => new() { HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = request.IsHttps, Path = "/", IsEssential = true };
}
