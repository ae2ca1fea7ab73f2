using System.Collections.Immutable;
using System.Formats.Asn1;
using System.Runtime.InteropServices;

namespace Crosstown.Control.Snmp;

public enum SnmpVersion
{
    V1 = 0,
    V2C = 1,
    V3 = 3,
}

/// <summary>The part of a message that says what is asked or answered.</summary>
/// <param name="Tag">0 get, 1 get next, 2 response, 3 set, 5 get bulk, 8 report.</param>
/// <param name="RequestId">What an answer repeats.</param>
/// <param name="ErrorStatus">0 for none; of a get bulk, how many variables are asked for once.</param>
/// <param name="ErrorIndex">From 1; 0 for none; of a get bulk, how often the others are asked for.</param>
/// <param name="Variables">256 at most.</param>
public sealed record SnmpPdu(int Tag, int RequestId, int ErrorStatus, int ErrorIndex, ImmutableArray<SnmpVariable> Variables);

/// <summary>A message as it came, before anything secret is looked at.</summary>
public sealed class SnmpMessage
{
    /// <summary>Longest message that is read or written, octets: what a network carries without cutting is far below.</summary>
    public const int LongestOctets = 16_384;

    /// <summary>Most variables of a message.</summary>
    public const int MostVariables = 256;

    public required SnmpVersion Version { get; init; }

    /// <summary>The word that stands for a password in versions 1 and 2c; empty in version 3.</summary>
    public ReadOnlyMemory<byte> Community { get; init; }

    /// <summary>Null where it is encrypted, and until then unknown.</summary>
    public SnmpPdu? Pdu { get; init; }

    /// <summary>Null in versions 1 and 2c.</summary>
    public UsmHeader? Header { get; init; }

    /// <summary>Reads a message of any version.</summary>
    /// <exception cref="SnmpException">It is none, or too large.</exception>
    public static SnmpMessage Decode(ReadOnlyMemory<byte> datagram)
    {
        if (datagram.Length > LongestOctets)
        {
            throw new SnmpException(SnmpFault.TooLarge, $"The packet has {datagram.Length} octets, and {LongestOctets} are the most.");
        }

        try
        {
            var outer = Ber.Open(datagram);
            var reader = outer.ReadSequence();
            outer.ThrowIfNotEmpty();
            var version = Ber.ReadNumber(reader, 0, 3);
            var message = version switch
            {
                0 or 1 => new SnmpMessage { Version = (SnmpVersion)version, Community = Ber.ReadOctets(reader), Pdu = ReadPdu(reader) },
                3 => ReadVersion3(reader, datagram),
                _ => throw Ber.Malformed($"version {version}"),
            };
            reader.ThrowIfNotEmpty();
            return message;
        }
        catch (AsnContentException e)
        {
            throw Ber.Malformed(e.Message.TrimEnd('.'));
        }
    }

    /// <summary>Reads what is inside a version 3 message: which engine's objects are meant, and the request or answer.</summary>
    /// <exception cref="SnmpException">It is none.</exception>
    internal static SnmpPdu DecodeScoped(ReadOnlyMemory<byte> scoped)
    {
        try
        {
            // Some ciphers fill up their last block: what follows is left.
            return ReadScoped(Ber.Open(scoped));
        }
        catch (AsnContentException e)
        {
            throw Ber.Malformed(e.Message.TrimEnd('.'));
        }
    }

    private static SnmpPdu ReadScoped(AsnReader outer)
    {
        var reader = outer.ReadSequence();
        Ber.ReadOctets(reader);
        Ber.ReadOctets(reader);
        var pdu = ReadPdu(reader);
        reader.ThrowIfNotEmpty();
        return pdu;
    }

    private static SnmpMessage ReadVersion3(AsnReader reader, ReadOnlyMemory<byte> datagram)
    {
        var global = reader.ReadSequence();
        var id = Ber.ReadNumber(global, 0);
        var most = Ber.ReadNumber(global, 484);
        var flags = Ber.ReadOctets(global);
        if (flags.Length != 1 || Ber.ReadNumber(global, 1) != UsmHeader.SecurityModel)
        {
            throw Ber.Malformed("a security model that is not the user-based one");
        }

        global.ThrowIfNotEmpty();
        var outer = Ber.Open(Ber.ReadOctets(reader));
        var usm = outer.ReadSequence();
        outer.ThrowIfNotEmpty();
        var engine = Ber.ReadOctets(usm);
        var (boots, time, user) = (Ber.ReadNumber(usm, 0), Ber.ReadNumber(usm, 0), Ber.ReadOctets(usm));
        var (digest, salt) = (Ber.ReadOctets(usm), Ber.ReadOctets(usm));
        usm.ThrowIfNotEmpty();
        if (engine.Length > 32 || user.Length > 32 || digest.Length > 48 || salt.Length is not (0 or 8))
        {
            throw Ber.Malformed("security parameters of a length that there is not");
        }

        var header = new UsmHeader
        {
            MessageId = id,
            LongestAnswer = most,
            Flags = (UsmProtection)flags.Span[0],
            Engine = engine,
            Boots = boots,
            TimeS = time,
            User = user,
            DigestAt = OffsetOf(digest, datagram),
            DigestLength = digest.Length,
            Salt = salt,
            Encrypted = (flags.Span[0] & (byte)UsmProtection.Private) != 0 ? Ber.ReadOctets(reader) : default,
        };
        return new SnmpMessage { Version = SnmpVersion.V3, Header = header, Pdu = header.Flags.HasFlag(UsmProtection.Private) ? null : ReadScoped(reader) };
    }

    private static SnmpPdu ReadPdu(AsnReader reader)
    {
        var tag = reader.PeekTag();
        if (tag.TagClass != TagClass.ContextSpecific || !tag.IsConstructed || tag.TagValue is not (0 or 1 or 2 or 3 or 5 or 8))
        {
            throw Ber.Malformed($"a request or answer of type {tag.TagValue}");
        }

        var pdu = reader.ReadSequence(tag);
        var (id, status, index) = (Ber.ReadNumber(pdu), Ber.ReadNumber(pdu, 0), Ber.ReadNumber(pdu, 0));
        var list = pdu.ReadSequence();
        pdu.ThrowIfNotEmpty();
        var variables = ImmutableArray.CreateBuilder<SnmpVariable>();
        while (list.HasData)
        {
            if (variables.Count == MostVariables)
            {
                throw new SnmpException(SnmpFault.TooLarge, $"The message has more than {MostVariables} variables.");
            }

            var pair = list.ReadSequence();
            variables.Add(new SnmpVariable(Ber.ReadName(pair), SnmpValue.Read(pair)));
            pair.ThrowIfNotEmpty();
        }

        return new SnmpPdu(tag.TagValue, id, status, index, variables.ToImmutable());
    }

    private static int OffsetOf(ReadOnlyMemory<byte> part, ReadOnlyMemory<byte> whole) =>
        MemoryMarshal.TryGetArray(part, out var inner) && MemoryMarshal.TryGetArray(whole, out var outer) && inner.Array == outer.Array ? inner.Offset - outer.Offset : 0;
}
