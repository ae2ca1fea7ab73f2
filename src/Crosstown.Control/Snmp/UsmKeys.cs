using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Crosstown.Control.Snmp;

/// <summary>Keys, digests and ciphers of the user-based security model (RFC 3414, RFC 3826, RFC 7860), as pure functions.</summary>
internal static class UsmKeys
{
    private const int Expanded = 1_048_576;
    private const int BlockOctets = 16;

    /// <summary>Octets of the digest in a message.</summary>
    public static int DigestLength(AuthenticationProtocol protocol) => protocol switch
    {
        AuthenticationProtocol.Sha1 => 12,
        AuthenticationProtocol.Sha256 => 24,
        AuthenticationProtocol.Sha384 => 32,
        AuthenticationProtocol.Sha512 => 48,
        _ => throw new ArgumentOutOfRangeException(nameof(protocol), protocol, "There is no such protocol."),
    };

    /// <summary>The key of a password: the hash of a megabyte of its repetition (RFC 3414, A.2).</summary>
    public static byte[] FromPassword(AuthenticationProtocol protocol, ReadOnlySpan<byte> password)
    {
        if (password.IsEmpty)
        {
            throw new ArgumentException("A password has an octet at least.", nameof(password));
        }

        using var hash = IncrementalHash.CreateHash(NameOf(protocol));
        Span<byte> block = stackalloc byte[64];
        var at = 0;
        for (var done = 0; done < Expanded; done += block.Length)
        {
            for (var i = 0; i < block.Length; i++)
            {
                block[i] = password[at];
                at = at + 1 == password.Length ? 0 : at + 1;
            }

            hash.AppendData(block);
        }

        return hash.GetHashAndReset();
    }

    /// <summary>The key that a user has at one engine and nowhere else.</summary>
    public static byte[] Localize(AuthenticationProtocol protocol, ReadOnlySpan<byte> key, ReadOnlySpan<byte> engine)
    {
        using var hash = IncrementalHash.CreateHash(NameOf(protocol));
        hash.AppendData(key);
        hash.AppendData(engine);
        hash.AppendData(key);
        return hash.GetHashAndReset();
    }

    /// <summary>The digest of a message in which zeros stand in the digest's place.</summary>
    public static byte[] Digest(AuthenticationProtocol protocol, ReadOnlySpan<byte> key, ReadOnlySpan<byte> message) =>
        CryptographicOperations.HmacData(NameOf(protocol), key, message)[..DigestLength(protocol)];

    /// <summary>Writes the digest into its place, which holds zeros.</summary>
    public static void Sign(AuthenticationProtocol protocol, ReadOnlySpan<byte> key, Span<byte> message, int digestAt) =>
        Digest(protocol, key, message).CopyTo(message[digestAt..]);

    /// <summary>Whether a message carries the digest that it should.</summary>
    public static bool IsAuthentic(AuthenticationProtocol protocol, ReadOnlySpan<byte> key, ReadOnlySpan<byte> message, int digestAt, int digestLength)
    {
        if (digestLength != DigestLength(protocol) || digestAt <= 0 || digestAt + digestLength > message.Length)
        {
            return false;
        }

        var blank = message.ToArray();
        blank.AsSpan(digestAt, digestLength).Clear();
        return CryptographicOperations.FixedTimeEquals(Digest(protocol, key, blank), message.Slice(digestAt, digestLength));
    }

    /// <summary>Encrypts in AES-128-CFB (RFC 3826).</summary>
    /// <param name="key">The localized key, of which 16 octets count.</param>
    public static byte[] Encrypt(ReadOnlySpan<byte> key, int boots, int timeS, ulong salt, ReadOnlySpan<byte> plain) => Cipher(key, boots, timeS, salt, plain, encrypts: true);

    /// <summary>Decrypts AES-128-CFB (RFC 3826).</summary>
    public static byte[] Decrypt(ReadOnlySpan<byte> key, int boots, int timeS, ulong salt, ReadOnlySpan<byte> cipher) => Cipher(key, boots, timeS, salt, cipher, encrypts: false);

    private static byte[] Cipher(ReadOnlySpan<byte> key, int boots, int timeS, ulong salt, ReadOnlySpan<byte> text, bool encrypts)
    {
        Span<byte> start = stackalloc byte[BlockOctets];
        BinaryPrimitives.WriteInt32BigEndian(start, boots);
        BinaryPrimitives.WriteInt32BigEndian(start[4..], timeS);
        BinaryPrimitives.WriteUInt64BigEndian(start[8..], salt);
        using var aes = Aes.Create();
        aes.SetKey(key[..BlockOctets]);

        // The framework takes whole blocks; in this mode what follows an octet never changes it, so zeros fill up and are cut off again.
        var whole = new byte[(text.Length + BlockOctets - 1) / BlockOctets * BlockOctets];
        text.CopyTo(whole);
        var done = encrypts ? aes.EncryptCfb(whole, start, PaddingMode.None, BlockOctets * 8) : aes.DecryptCfb(whole, start, PaddingMode.None, BlockOctets * 8);
        return done[..text.Length];
    }

    private static HashAlgorithmName NameOf(AuthenticationProtocol protocol) => protocol switch
    {
        AuthenticationProtocol.Sha1 => HashAlgorithmName.SHA1,
        AuthenticationProtocol.Sha256 => HashAlgorithmName.SHA256,
        AuthenticationProtocol.Sha384 => HashAlgorithmName.SHA384,
        AuthenticationProtocol.Sha512 => HashAlgorithmName.SHA512,
        _ => throw new ArgumentOutOfRangeException(nameof(protocol), protocol, "There is no such protocol."),
    };
}
