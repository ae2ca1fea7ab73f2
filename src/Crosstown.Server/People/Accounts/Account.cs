namespace Crosstown.Server.People.Accounts;

/// <summary>Somebody who may sign in. Identity changes it in place before it is stored.</summary>
internal sealed class Account
{
    /// <summary>Where local accounts come from.</summary>
    public const string Local = "local";

    public long Id { get; set; }

    /// <summary>1 to 64 letters, digits, '.', '_' and '-'.</summary>
    public string Name { get; set; } = "";

    /// <summary>The name in capitals: names that differ in case alone are one.</summary>
    public string NormalizedName { get; set; } = "";

    /// <summary><see cref="Local"/>, or the name of the sign-in service that vouches for the account.</summary>
    public string Origin { get; set; } = Local;

    /// <summary>The service's own name of the account; empty for local accounts.</summary>
    public string Subject { get; set; } = "";

    /// <summary>Salted and slow; null for accounts without a password of ours.</summary>
    public string? PasswordHash { get; set; }

    /// <summary>Changes with password, roles and second factor; sessions with another end.</summary>
    public string Stamp { get; set; } = "";

    /// <summary>Wrong attempts in a row.</summary>
    public long FailedCount { get; set; }

    /// <summary>No attempt counts before this time, ms UTC; null when not locked.</summary>
    public long? LockedUntilMs { get; set; }

    /// <summary>The second factor's secret, encrypted with the keys of the data folder; null when none was made.</summary>
    public string? SecondFactorKey { get; set; }

    public bool SecondFactorEnabled { get; set; }

    public bool IsDisabled { get; set; }

    /// <summary>The password came from somebody else and only serves to choose another.</summary>
    public bool MustChangePassword { get; set; }

    public long CreatedMs { get; set; }

    public long? LastSignInMs { get; set; }
}
