using Crosstown.Server.Hosting;
using Crosstown.Server.People.Accounts;
using Crosstown.Server.People.Audit;
using Crosstown.Server.People.Oidc;
using Crosstown.Server.People.Sessions;
using Crosstown.Server.People.Sources;
using Crosstown.Server.Query;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace Crosstown.Server.People;

/// <summary>Sign-in, roles, the audit, and the keys that they rest on.</summary>
internal static class PeopleServices
{
    /// <summary>The scheme that chooses between a source's token, a session, and the made-up town's visitor.</summary>
    private const string SchemeName = "crosstown";

    /// <summary>PBKDF2 with HMAC-SHA-512. OWASP asks for 210,000 rounds; a sign-in may take a fifth of a second.</summary>
    private const int HashRounds = 250_000;

    /// <summary>All that the server needs.</summary>
    public static void Add(IServiceCollection services, ServerSettings settings, bool isHttps)
    {
        AddAccounts(services, settings.Data);
        services.AddSingleton<SessionStore>().AddSingleton<SourceTokens>().AddSingleton<SignInLimit>().AddScoped<SignIn>().AddSingleton<OidcClient>();
        services.AddHostedService<AuditRetention>().AddSingleton<IRawAccessLog, RawAccessAudit>();
        var authentication = services.AddAuthentication(SchemeName)
            .AddPolicyScheme(SchemeName, null, o => o.ForwardDefaultSelector = context =>
                SourceTokenHandler.IsMeant(context.Request) ? SourceTokenHandler.SchemeName : settings.IsTown ? TownVisitor.SchemeName : SessionHandler.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, SourceTokenHandler>(SourceTokenHandler.SchemeName, null)
            .AddScheme<AuthenticationSchemeOptions, SessionHandler>(SessionHandler.SchemeName, null);
        if (settings.IsTown)
        {
            authentication.AddScheme<AuthenticationSchemeOptions, TownVisitor>(TownVisitor.SchemeName, null);
        }

        services.AddAuthorization(Access.AddPolicies);
        services.AddAntiforgery(o =>
        {
            o.Cookie.Name = isHttps ? "__Host-crosstown-form" : "crosstown-form";
            o.Cookie.SecurePolicy = isHttps ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest;
            o.Cookie.SameSite = SameSiteMode.Strict;
            o.Cookie.HttpOnly = true;
            o.Cookie.Path = "/";

            // The policy of content says it for all pages.
            o.SuppressXFrameOptionsHeader = true;
        });
        services.AddRazorComponents();
    }

    /// <summary>What the command line needs too: accounts, the audit and the keys, over a record store.</summary>
    public static void AddAccounts(IServiceCollection services, string dataFolder)
    {
        var keys = Directory.CreateDirectory(Path.Combine(dataFolder, "keys"));
        if (!OperatingSystem.IsWindows())
        {
            keys.UnixFileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        }

        services.AddDataProtection().SetApplicationName("crosstown").PersistKeysToFileSystem(keys);
        services.AddSingleton<AuditLog>().AddSingleton<AccountStore>().AddSingleton<IUserStore<Account>>(s => s.GetRequiredService<AccountStore>()).AddSingleton<OneTimeCodes>();
        services.AddSingleton<IUserValidator<Account>, NameRules>().AddSingleton<IPasswordValidator<Account>, PasswordRules>();
        services.AddIdentityCore<Account>(o => o.Tokens.ProviderMap[OneTimeCodes.Name] = new TokenProviderDescriptor(typeof(OneTimeCodes)));

        // Identity adds rules of its own behind ours: theirs ask for signs and capitals, which OWASP ASVS forbids.
        foreach (var rule in services.Where(s => s.ImplementationType == typeof(UserValidator<Account>) || s.ImplementationType == typeof(PasswordValidator<Account>)).ToArray())
        {
            services.Remove(rule);
        }

        services.Configure<PasswordHasherOptions>(o => o.IterationCount = HashRounds);
        services.AddScoped<AccountRegister>();
    }

    /// <summary>Who it is, whether they may, and whether the request came from a page of ours: in this order, before any endpoint.</summary>
    public static void Use(WebApplication app)
    {
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseMiddleware<WriteGate>();
        app.UseMiddleware<SessionWatch>();
    }
}
