namespace Crosstown.Control.Snmp;

/// <summary>How a version 3 message is protected.</summary>
[Flags]
public enum UsmProtection : byte
{
    None = 0,
    Authentic = 1,
    Private = 2,

    /// <summary>An error may be reported to the sender.</summary>
    Reportable = 4,
}

/// <summary>What a version 3 message says in the clear about its protection (RFC 3414, 2.4).</summary>
public sealed class UsmHeader
{
    /// <summary>Number of the user-based security model.</summary>
    public const int SecurityModel = 3;

    public required int MessageId { get; init; }

    /// <summary>Longest answer that its sender can take, octets.</summary>
    public required int LongestAnswer { get; init; }

    public required UsmProtection Flags { get; init; }

    /// <summary>The engine whose keys and clock count, 32 octets at most; empty when the sender does not know it yet.</summary>
    public required ReadOnlyMemory<byte> Engine { get; init; }

    /// <summary>How often that engine has started.</summary>
    public required int Boots { get; init; }

    /// <summary>Since it started, s.</summary>
    public required int TimeS { get; init; }

    /// <summary>32 octets at most.</summary>
    public required ReadOnlyMemory<byte> User { get; init; }

    /// <summary>Where the digest stands in the message; 0 for none.</summary>
    public required int DigestAt { get; init; }

    public required int DigestLength { get; init; }

    /// <summary>Eight octets, or none.</summary>
    public required ReadOnlyMemory<byte> Salt { get; init; }

    /// <summary>What is inside, encrypted; empty when it is not.</summary>
    public required ReadOnlyMemory<byte> Encrypted { get; init; }
}
