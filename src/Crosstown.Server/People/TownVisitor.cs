using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Crosstown.Server.People;

/// <summary>Lets whoever opens the made-up town act as its staff, so that a demonstration needs no account. Only the demo turns it on, and only on loopback.</summary>
internal sealed class TownVisitor(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "town-visitor";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var identity = new ClaimsIdentity(SchemeName, ClaimTypes.Name, ClaimTypes.Role);
        identity.AddClaim(new Claim(ClaimTypes.Name, "demo"));
        identity.AddClaim(new Claim(ClaimTypes.Role, Access.PolicyOf(Role.Approve)));
        identity.AddClaim(new Claim(ClaimTypes.Role, Access.PolicyOf(Role.Admin)));
        return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName)));
    }
}
