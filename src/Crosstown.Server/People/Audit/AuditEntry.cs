using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Crosstown.Server.People.Audit;

/// <summary>One link of the audit's chain.</summary>
internal sealed record AuditEntry
{
    /// <summary>What the first entry names as the one before it.</summary>
    public const string Beginning = "0000000000000000000000000000000000000000000000000000000000000000";

    /// <summary>1 for the first; without gaps.</summary>
    public long Number { get; init; }

    /// <summary>When, ms UTC.</summary>
    public long TimeMs { get; init; }

    public string Account { get; init; } = "";

    public string Reason { get; init; } = "";

    public string Action { get; init; } = "";

    public string Subject { get; init; } = "";

    public string BeforeHash { get; init; } = "";

    public string AfterHash { get; init; } = "";

    /// <summary>Version of the program that wrote the entry.</summary>
    public string Program { get; init; } = "";

    /// <summary>Hash of the entry before.</summary>
    public string PreviousHash { get; init; } = "";

    /// <summary>SHA-256 of all the above, hexadecimal.</summary>
    public string Hash { get; init; } = "";

    /// <summary>The hash that the entry must carry: each field with its length before it, so that no text can move from one field to the next.</summary>
    public string ComputeHash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[sizeof(int)];
        foreach (var field in (ReadOnlySpan<string>)
            [Number.ToString(CultureInfo.InvariantCulture), TimeMs.ToString(CultureInfo.InvariantCulture), Account, Reason, Action, Subject, BeforeHash, AfterHash, Program, PreviousHash])
        {
            var bytes = Encoding.UTF8.GetBytes(field);
            BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
