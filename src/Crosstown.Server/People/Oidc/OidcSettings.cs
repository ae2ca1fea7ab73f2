using System.Collections.Frozen;
using Crosstown.Core.Data;
using Microsoft.Extensions.Configuration;

namespace Crosstown.Server.People.Oidc;

/// <summary>The city's own sign-in service (OpenID Connect), from the section <c>SignIn</c> of the settings. Without an issuer there is none.</summary>
internal sealed record OidcSettings
{
    /// <summary>Path that the service sends people back to; it must be registered there behind <see cref="PublicUrl"/>.</summary>
    public const string ReturnPath = "/sign-in/service/return";

    private const string Section = "SignIn";

    /// <summary>What the button on the sign-in page says; null when there is no service.</summary>
    public string? Title { get; init; }

    /// <summary>The service's name in the audit and in the records: lower-case letters, digits and '-'.</summary>
    public string Name { get; init; } = "";

    /// <summary>The issuer as it calls itself in its tokens, exactly.</summary>
    public string Issuer { get; init; } = "";

    public string ClientId { get; init; } = "";

    /// <summary>From <c>SignIn:ClientSecretFile</c>, or the environment's <c>SignIn__ClientSecret</c>; null for a public client.</summary>
    public string? ClientSecret { get; init; }

    /// <summary>This server as browsers see it, without a path.</summary>
    public string PublicUrl { get; init; } = "";

    public string Scopes { get; init; } = "openid profile";

    /// <summary>Claim of the token that holds the groups of a person.</summary>
    public string RoleClaim { get; init; } = "groups";

    /// <summary>Claim that holds the account's name.</summary>
    public string NameClaim { get; init; } = "preferred_username";

    /// <summary>Which group gives which role.</summary>
    public FrozenDictionary<string, Role> Roles { get; init; } = FrozenDictionary<string, Role>.Empty;

    /// <summary>Values of the claim <c>amr</c> (RFC 8176) that count as a second factor.</summary>
    public FrozenSet<string> SecondFactorMethods { get; init; } = FrozenSet<string>.Empty;

    public string RedirectUri => PublicUrl + ReturnPath;

    /// <exception cref="ProblemException">A setting is missing or wrong; all that are, at once.</exception>
    public static OidcSettings Read(IConfiguration configuration)
    {
        var section = configuration.GetSection(Section);
        if (section["Issuer"] is not { Length: > 0 } issuer)
        {
            return new OidcSettings();
        }

        var problems = new List<Problem>();
        var settings = new OidcSettings
        {
            Name = section["Name"] ?? "city",
            Title = section["Title"] ?? "the city's account",
            Issuer = issuer,
            ClientId = section["ClientId"] ?? "",
            ClientSecret = ReadSecret(section, problems),
            PublicUrl = (section["PublicUrl"] ?? "").TrimEnd('/'),
            Scopes = section["Scopes"] ?? "openid profile",
            RoleClaim = section["RoleClaim"] ?? "groups",
            NameClaim = section["NameClaim"] ?? "preferred_username",
            Roles = ReadRoles(section.GetSection("Roles"), problems),
            SecondFactorMethods = (section.GetSection("SecondFactorMethods").Get<string[]>() ?? ["mfa", "otp", "hwk", "swk", "fido"]).ToFrozenSet(StringComparer.Ordinal),
        };
        Check(IsSafe(settings.Issuer), "Issuer", $"'{settings.Issuer}' must begin with https://; http:// is only for this machine.");
        Check(IsSafe(settings.PublicUrl) && new Uri(settings.PublicUrl).AbsolutePath == "/", "PublicUrl", $"'{settings.PublicUrl}' must be this server as browsers see it, such as https://crosstown.example.gov.");
        Check(settings.ClientId.Length > 0, "ClientId", "It is missing: the name under which the service knows this server.");
        Check(settings.Scopes.Split(' ').Contains("openid"), "Scopes", $"'{settings.Scopes}' must contain openid.");
        Check(settings.Name.Length is > 0 and <= 32 && settings.Name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-') && settings.Name != Accounts.Account.Local, "Name", $"'{settings.Name}' must be 1 to 32 lower-case letters, digits or '-', and not 'local'.");
        Check(settings.Roles.Count > 0, "Roles", "It is missing: an object that names for each group one of view, operate, approve, admin. Without it nobody may do anything.");
        return problems.Count == 0 ? settings : throw new ProblemException(problems);

        void Check(bool isRight, string name, string message)
        {
            if (!isRight)
            {
                problems.Add(new Problem("XT369", $"{Section}:{name}", message));
            }
        }
    }

    /// <summary>Whether tokens and codes may travel to an address: https, or http that stays on this machine.</summary>
    public static bool IsSafe(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.UserInfo.Length == 0 && uri.Fragment.Length == 0
        && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback));

    private static string? ReadSecret(IConfigurationSection section, List<Problem> problems)
    {
        if (section["ClientSecretFile"] is not { Length: > 0 } file)
        {
            return section["ClientSecret"];
        }

        if (File.Exists(file))
        {
            return File.ReadAllText(file).Trim();
        }

        problems.Add(new Problem("XT369", $"{Section}:ClientSecretFile", $"There is no file '{file}'."));
        return null;
    }

    private static FrozenDictionary<string, Role> ReadRoles(IConfigurationSection section, List<Problem> problems)
    {
        var roles = new Dictionary<string, Role>(StringComparer.Ordinal);
        foreach (var entry in section.GetChildren())
        {
            if (Enum.TryParse<Role>(entry.Value, ignoreCase: true, out var role) && !int.TryParse(entry.Value, out _))
            {
                roles[entry.Key] = role;
            }
            else
            {
                problems.Add(new Problem("XT369", $"{Section}:Roles:{entry.Key}", $"'{entry.Value}' is no role; there are view, operate, approve and admin."));
            }
        }

        return roles.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
