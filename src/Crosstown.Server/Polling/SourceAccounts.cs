using Microsoft.Extensions.Configuration;

namespace Crosstown.Server.Polling;

/// <summary>User and secret of a controller, as the settings give them.</summary>
/// <param name="Password">Empty for none.</param>
/// <param name="IdentityFile">File of a private key; null for none.</param>
internal sealed record SourceAccount(string User, string Password, string? IdentityFile)
{
    /// <summary>Says nothing of the secret, wherever it is printed.</summary>
    public override string ToString() => nameof(SourceAccount);
}

/// <summary>
/// Reads accounts from settings <c>Sources:Secrets:NAME:User</c>, <c>:PasswordFile</c> (or <c>:Password</c>, meant for the environment) and <c>:IdentityFile</c>
/// each time that one is needed, so that a changed secret holds at once and none lies in memory (rule X09).
/// </summary>
internal sealed class SourceAccounts(IConfiguration configuration)
{
    private const int MostPasswordBytes = 1024;

    /// <summary>Whether the settings know an account.</summary>
    public bool Knows(string name) => IsName(name) && configuration.GetSection($"Sources:Secrets:{name}").Exists();

    /// <summary>A name that may stand in the settings: letters, digits, <c>_</c> and <c>-</c>.</summary>
    public static bool IsName(string name) => name.Length is > 0 and <= 40 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');

    /// <exception cref="PollException">XT335: the settings do not know the account, or its file cannot be read.</exception>
    public SourceAccount Get(string name)
    {
        if (!Knows(name))
        {
            throw new PollException("XT335", $"The settings know no account '{name}': give Sources:Secrets:{name}:User, and PasswordFile or IdentityFile.");
        }

        var section = configuration.GetSection($"Sources:Secrets:{name}");
        var password = section["PasswordFile"] is { } file ? ReadSecret(file, name) : section["Password"] ?? "";
        var user = section["User"] ?? "";
        return IsText(user) && IsText(password)
            ? new SourceAccount(user, password, section["IdentityFile"])
            : throw new PollException("XT335", $"User or password of account '{name}' has a character that cannot be sent, such as a line end.");
    }

    private static string ReadSecret(string file, string name)
    {
        try
        {
            if (new FileInfo(file).Length > MostPasswordBytes)
            {
                throw new PollException("XT335", $"The password file of account '{name}' is longer than {MostPasswordBytes} bytes.");
            }

            return File.ReadAllText(file).TrimEnd('\r', '\n');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PollException("XT335", $"The password file of account '{name}' cannot be read.");
        }
    }

    private static bool IsText(string text) => !text.Any(char.IsControl);
}
