using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;

namespace Crosstown.Server.People;

/// <summary>What a signed-in person may do. Approving holds operating, operating holds viewing; administering holds viewing alone.</summary>
internal enum Role
{
    /// <summary>See binned measures, findings and configuration.</summary>
    View,

    /// <summary>See raw events for a reason, change configuration, import, snooze findings.</summary>
    Operate,

    /// <summary>Approve what another person proposed.</summary>
    Approve,

    /// <summary>Accounts, sources of logs, retention.</summary>
    Admin,
}

/// <summary>Says who may use an endpoint. An endpoint that says nothing is closed to everybody (rule X04).</summary>
internal static class Access
{
    /// <summary>The scope of a source's token, and the policy of the doors that it opens.</summary>
    public const string Intake = "intake";

    /// <summary>The policy of a person's own account.</summary>
    public const string SignedIn = "signed-in";

    public const string ScopeClaim = "scope";

    public static string PolicyOf(Role role) => role.ToString().ToLowerInvariant();

    /// <summary>Only people with the role.</summary>
    public static TBuilder RequireRole<TBuilder>(this TBuilder builder, Role role)
        where TBuilder : IEndpointConventionBuilder => builder.RequireAuthorization(PolicyOf(role));

    /// <summary>People who operate, and programs with a source's token.</summary>
    public static TBuilder RequireIntake<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.RequireAuthorization(Intake);

    /// <summary>Anybody who is signed in, whatever their roles: their own account's pages.</summary>
    public static TBuilder RequireSignIn<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.RequireAuthorization(SignedIn);

    /// <summary>Anybody, signed in or not.</summary>
    public static TBuilder OpenToAll<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.AllowAnonymous();

    /// <summary>Whether a person's role claims hold a role.</summary>
    public static bool Holds(IEnumerable<string> claims, Role asked) => claims.Any(c => Enum.TryParse<Role>(c, ignoreCase: true, out var has) && has switch
    {
        Role.Approve => asked is Role.View or Role.Operate or Role.Approve,
        Role.Operate => asked is Role.View or Role.Operate,
        Role.Admin => asked is Role.View or Role.Admin,
        _ => asked is Role.View,
    });

    public static void AddPolicies(AuthorizationOptions options)
    {
        foreach (var role in Enum.GetValues<Role>())
        {
            options.AddPolicy(PolicyOf(role), p => p.RequireAuthenticatedUser().RequireAssertion(c =>
                Holds(c.User.FindAll(System.Security.Claims.ClaimTypes.Role).Select(r => r.Value), role)));
        }

        options.AddPolicy(Intake, p => p.RequireAuthenticatedUser().RequireAssertion(c =>
            c.User.HasClaim(ScopeClaim, Intake) || Holds(c.User.FindAll(System.Security.Claims.ClaimTypes.Role).Select(r => r.Value), Role.Operate)));
        options.AddPolicy(SignedIn, p => p.RequireAuthenticatedUser());
        options.FallbackPolicy = new AuthorizationPolicyBuilder().RequireAssertion(_ => false).Build();
    }
}
