using Microsoft.Extensions.Configuration;

namespace Crosstown.Server.Public;

/// <summary>What the city decides about its public pages.</summary>
/// <param name="License">Name of the license of what is published; null when not stated.</param>
/// <param name="LicenseAddress">Where its text is, an https address; null when not stated.</param>
internal sealed record PublicSettings(string? License, string? LicenseAddress)
{
    private const int LongestLicense = 80;

    /// <exception cref="Core.Data.ProblemException">XT390: a value is not what it should be.</exception>
    public static PublicSettings Read(IConfiguration configuration)
    {
        var license = Trim(configuration["Public:License"]);
        var address = Trim(configuration["Public:LicenseAddress"]);
        if (license?.Length > LongestLicense)
        {
            throw new Core.Data.ProblemException("XT390", "Public:License", $"The license's name has {license.Length} characters; at most {LongestLicense} are shown. Give its short name.");
        }

        if (address is not null && !(Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps))
        {
            throw new Core.Data.ProblemException("XT390", "Public:LicenseAddress", $"'{address}' is no https address, such as https://creativecommons.org/publicdomain/zero/1.0/.");
        }

        return new PublicSettings(license, address);
    }

    private static string? Trim(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
