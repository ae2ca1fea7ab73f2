using System.Security.Cryptography;
using System.Text;
using Crosstown.Core.Data;

namespace Crosstown.Control.Snmp;

/// <summary>A word that nobody may read. Nothing prints it.</summary>
public sealed class SnmpSecret
{
    private readonly byte[] _octets;

    /// <param name="octets">Copied.</param>
    public SnmpSecret(ReadOnlySpan<byte> octets) => _octets = octets.ToArray();

    public SnmpSecret(string text) => _octets = Encoding.UTF8.GetBytes(text);

    internal ReadOnlySpan<byte> Octets => _octets;

    public override string ToString() => "a secret";

    internal bool Is(string text) => CryptographicOperations.FixedTimeEquals(_octets, Encoding.UTF8.GetBytes(text));
}

/// <summary>By which right a device is asked.</summary>
public abstract class SnmpAccess
{
    // What devices come with (public, private), and what manuals show.
    private static readonly string[] s_defaults =
        ["", "public", "private", "administrator", "admin", "community", "password", "password1", "passw0rd", "default", "changeme", "12345678", "123456789", "secret", "snmp", "snmpv3", "ntcip", "traffic", "authpassword", "privpassword", "auth_password", "priv_password"];

    private protected SnmpAccess()
    {
    }

    /// <summary>Each reason for which this access is weak, in words that hold no secret; empty when it is not. Every one is an alarm (rule X02).</summary>
    public abstract IReadOnlyList<string> ListWeaknesses();

    private protected static bool IsDefault(SnmpSecret secret) => Array.Exists(s_defaults, word => secret.Is(word) || secret.Is(word.ToUpperInvariant()) || (word.Length > 0 && secret.Is(char.ToUpperInvariant(word[0]) + word[1..])));
}

/// <summary>Access by a word that goes over the network in the clear: for reading, inside a tunnel.</summary>
public sealed class CommunityAccess : SnmpAccess
{
    /// <param name="version">1 or 2c.</param>
    /// <param name="community">The word.</param>
    /// <param name="isInsideTunnel">That a person states that what goes to the device goes through a tunnel, or stays on this machine.</param>
    /// <exception cref="ProblemException">XT780: it is not inside a tunnel, or the version is another.</exception>
    public CommunityAccess(SnmpVersion version, SnmpSecret community, bool isInsideTunnel)
    {
        ArgumentNullException.ThrowIfNull(community);
        if (version == SnmpVersion.V3 || !isInsideTunnel)
        {
            throw new ProblemException("XT780", "access", "SNMP 1 and 2c send their word in the clear: only inside a tunnel, which has to be stated. Use version 3 otherwise.");
        }

        Version = version;
        Community = community;
    }

    public SnmpVersion Version { get; }

    internal SnmpSecret Community { get; }

    public override IReadOnlyList<string> ListWeaknesses() => IsDefault(Community) ? ["The community is one that devices come with."] : [];
}

/// <summary>How a version 3 message shows who wrote it. All but SHA-1 are of RFC 7860.</summary>
public enum AuthenticationProtocol
{
    /// <summary>HMAC-SHA-1-96: for devices that know nothing newer.</summary>
    Sha1,

    /// <summary>HMAC-192-SHA-256.</summary>
    Sha256,

    /// <summary>HMAC-256-SHA-384.</summary>
    Sha384,

    /// <summary>HMAC-384-SHA-512.</summary>
    Sha512,
}

/// <summary>Access as a user of version 3, always authentic and encrypted (AES, 128 bits).</summary>
public sealed class UserAccess : SnmpAccess
{
    /// <summary>Shortest password, octets (RFC 3414, 11.2).</summary>
    public const int ShortestPassword = 8;

    /// <param name="user">1 to 32 octets.</param>
    /// <param name="authentication">Its digest.</param>
    /// <param name="authenticationPassword">At least 8 octets.</param>
    /// <param name="privacyPassword">At least 8 octets.</param>
    /// <exception cref="ProblemException">XT780: the name or a password is too short or too long.</exception>
    public UserAccess(string user, AuthenticationProtocol authentication, SnmpSecret authenticationPassword, SnmpSecret privacyPassword)
    {
        ArgumentNullException.ThrowIfNull(user);
        ArgumentNullException.ThrowIfNull(authenticationPassword);
        ArgumentNullException.ThrowIfNull(privacyPassword);
        User = Encoding.UTF8.GetBytes(user);
        if (User.Length is < 1 or > 32 || authenticationPassword.Octets.Length is < ShortestPassword or > 1024 || privacyPassword.Octets.Length is < ShortestPassword or > 1024)
        {
            throw new ProblemException("XT780", "access", $"A user of SNMP 3 has a name of 1 to 32 octets and two passwords of {ShortestPassword} to 1024 octets.");
        }

        Authentication = authentication;
        AuthenticationPassword = authenticationPassword;
        PrivacyPassword = privacyPassword;
    }

    public AuthenticationProtocol Authentication { get; }

    internal byte[] User { get; }

    internal SnmpSecret AuthenticationPassword { get; }

    internal SnmpSecret PrivacyPassword { get; }

    public override IReadOnlyList<string> ListWeaknesses()
    {
        var weak = new List<string>();
        if (IsDefault(AuthenticationPassword))
        {
            weak.Add("The authentication password is one that manuals show.");
        }

        if (IsDefault(PrivacyPassword))
        {
            weak.Add("The privacy password is one that manuals show.");
        }

        if (CryptographicOperations.FixedTimeEquals(AuthenticationPassword.Octets, PrivacyPassword.Octets))
        {
            weak.Add("Both passwords are the same.");
        }

        return weak;
    }
}
