using System.Net;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Crosstown.Core.Data;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Crosstown.Server.People;

/// <summary>Lets whoever opens the made-up town act as its staff, so that a demonstration needs no account. Only the demo turns it on, and only on this machine.</summary>
internal sealed class TownVisitor(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "town-visitor";

    /// <summary>The name under which the visitor stands in the audit.</summary>
    public const string Name = "demo";

    /// <summary>Refuses to serve the town, which asks nobody who they are, to other machines.</summary>
    /// <exception cref="ProblemException">One of the addresses reaches further than this machine.</exception>
    public static void RequireLoopback(string urls)
    {
        foreach (var url in urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!IsLoopback(BindingAddress.Parse(url).Host))
            {
                throw new ProblemException("XT365", "--urls", $"'{url}' can be reached from other machines, and the made-up town asks nobody who they are. Use http://127.0.0.1 or http://localhost, with any port.");
            }
        }
    }

    /// <summary>Whether a host name means this machine. A page elsewhere may give its own name our address, so that the name counts and not the address.</summary>
    public static bool IsLoopback(string host) =>
        string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        // Settings may bind what the command line did not name; the connection itself cannot lie.
        if (Context.Connection is not { LocalIpAddress: { } here, RemoteIpAddress: { } there } || !IPAddress.IsLoopback(here) || !IPAddress.IsLoopback(there))
        {
            return Task.FromResult(AuthenticateResult.NoResult());
        }

        var identity = new ClaimsIdentity(SchemeName, ClaimTypes.Name, ClaimTypes.Role);
        identity.AddClaim(new Claim(ClaimTypes.NameIdentifier, Name));
        identity.AddClaim(new Claim(ClaimTypes.Name, Name));
        identity.AddClaim(new Claim(ClaimTypes.Role, Access.PolicyOf(Role.Approve)));
        identity.AddClaim(new Claim(ClaimTypes.Role, Access.PolicyOf(Role.Admin)));
        return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName)));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties) => Refusal.ChallengeAsync(Context);

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) => Refusal.ForbidAsync(Context);
}
