using System.Buffers.Binary;
using System.Formats.Asn1;

namespace Crosstown.Control.Snmp;

/// <summary>Puts what is asked into a message of the version and protection that the access has.</summary>
internal static class MessageFrame
{
    /// <param name="access">Whose right it is.</param>
    /// <param name="engine">The device's engine; null in versions 1 and 2c.</param>
    /// <param name="id">Of the request and, in version 3, the message.</param>
    /// <param name="salt">Used once with a key, ever.</param>
    /// <param name="pdu">Writes what is asked.</param>
    public static byte[] Encode(SnmpAccess access, UsmEngine? engine, int id, ulong salt, Action<AsnWriter> pdu)
    {
        if (access is not CommunityAccess community)
        {
            ArgumentNullException.ThrowIfNull(engine);
            return EncodeProtected(engine, id, salt, UsmProtection.Authentic | UsmProtection.Private | UsmProtection.Reportable, pdu);
        }

        var writer = new AsnWriter(AsnEncodingRules.BER);
        using (writer.PushSequence())
        {
            writer.WriteInteger((int)community.Version);
            writer.WriteOctetString(community.Community.Octets);
            pdu(writer);
        }

        return writer.Encode();
    }

    /// <summary>Asks an engine that nothing is known of for its name: it answers with a report.</summary>
    public static byte[] EncodeDiscovery(int id) =>
        EncodeVersion3(new Opening([], 0, 0, [], 0, default), UsmProtection.Reportable, id, writer => WriteScoped(writer, [], inner => ReadPdu.Write(inner, SnmpReadKind.Get, id, [])));

    /// <summary>A message of an engine's user, authentic and, as the flags say, encrypted.</summary>
    public static byte[] EncodeProtected(UsmEngine engine, int id, ulong salt, UsmProtection flags, Action<AsnWriter> pdu)
    {
        var (boots, timeS, protocol) = (engine.Boots, engine.TimeS, engine.Access.Authentication);
        var scoped = new AsnWriter(AsnEncodingRules.BER);
        WriteScoped(scoped, engine.Id, pdu);
        var isPrivate = flags.HasFlag(UsmProtection.Private);
        var message = EncodeVersion3(new Opening(engine.Id, boots, timeS, engine.Access.User, UsmKeys.DigestLength(protocol), isPrivate ? salt : null), flags, id, writer =>
        {
            if (isPrivate)
            {
                writer.WriteOctetString(UsmKeys.Encrypt(engine.PrivacyKey, boots, timeS, salt, scoped.Encode()));
            }
            else
            {
                writer.WriteEncodedValue(scoped.Encode());
            }
        });
        UsmKeys.Sign(protocol, engine.AuthenticationKey, message, SnmpMessage.Decode(message).Header!.DigestAt);
        return message;
    }

    internal static byte[] EncodeVersion3(Opening opening, UsmProtection flags, int id, Action<AsnWriter> inside)
    {
        var security = new AsnWriter(AsnEncodingRules.BER);
        using (security.PushSequence())
        {
            security.WriteOctetString(opening.Engine);
            security.WriteInteger(opening.Boots);
            security.WriteInteger(opening.TimeS);
            security.WriteOctetString(opening.User);
            security.WriteOctetString(new byte[opening.DigestLength]);
            Span<byte> salt = stackalloc byte[8];
            BinaryPrimitives.WriteUInt64BigEndian(salt, opening.Salt ?? 0);
            security.WriteOctetString(opening.Salt is null ? [] : salt);
        }

        var writer = new AsnWriter(AsnEncodingRules.BER);
        using (writer.PushSequence())
        {
            writer.WriteInteger((int)SnmpVersion.V3);
            using (writer.PushSequence())
            {
                writer.WriteInteger(id);
                writer.WriteInteger(SnmpMessage.LongestOctets);
                writer.WriteOctetString([(byte)flags]);
                writer.WriteInteger(UsmHeader.SecurityModel);
            }

            writer.WriteOctetString(security.Encode());
            inside(writer);
        }

        return writer.Encode();
    }

    internal static void WriteScoped(AsnWriter writer, ReadOnlySpan<byte> engine, Action<AsnWriter> pdu)
    {
        using (writer.PushSequence())
        {
            writer.WriteOctetString(engine);
            writer.WriteOctetString([]);
            pdu(writer);
        }
    }

    /// <summary>What stands at the head of a version 3 message.</summary>
    internal readonly record struct Opening(byte[] Engine, int Boots, int TimeS, byte[] User, int DigestLength, ulong? Salt);
}
