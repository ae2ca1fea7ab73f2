using System.Formats.Asn1;

namespace Crosstown.Control.Snmp;

/// <summary>Reads the basic encoding as field devices write it: lengths and numbers may have more octets than they need.</summary>
internal static class Ber
{
    public static SnmpException Malformed(string what) => new(SnmpFault.Malformed, $"The packet is no SNMP message: {what}.");

    public static AsnReader Open(ReadOnlyMemory<byte> octets) => new(octets, AsnEncodingRules.BER);

    /// <summary>The content of a value that is not built of parts; the reader goes on behind it.</summary>
    public static ReadOnlyMemory<byte> ReadContent(AsnReader reader, Asn1Tag tag)
    {
        var found = reader.PeekTag();
        if (found.IsConstructed || !found.HasSameClassAndValue(tag))
        {
            throw Malformed($"{found} where {tag} belongs");
        }

        var content = reader.PeekContentBytes();
        reader.ReadEncodedValue();
        return content;
    }

    public static ReadOnlyMemory<byte> ReadOctets(AsnReader reader) => ReadContent(reader, Asn1Tag.PrimitiveOctetString);

    public static int ReadNumber(AsnReader reader, int least = int.MinValue, int most = int.MaxValue) => (int)ReadNumber(reader, Asn1Tag.Integer, least, most);

    public static long ReadNumber(AsnReader reader, Asn1Tag tag, long least, long most)
    {
        var content = ReadContent(reader, tag).Span;
        if (content.Length is < 1 or > 8)
        {
            throw Malformed($"a number of {content.Length} octets");
        }

        var number = (long)(sbyte)content[0];
        foreach (var octet in content[1..])
        {
            number = (number << 8) | octet;
        }

        // Gauges and counters above half of their range come from some devices without the octet that says that they have no sign.
        if (number < 0 && least == 0 && most == uint.MaxValue && content.Length == 4)
        {
            number &= uint.MaxValue;
        }

        return number >= least && number <= most ? number : throw Malformed($"the number {number}, where {least} to {most} may stand");
    }

    public static long ReadUnsigned64(AsnReader reader, Asn1Tag tag)
    {
        var content = ReadContent(reader, tag).Span;
        if (content.Length is < 1 or > 9 || (content.Length == 9 && content[0] != 0))
        {
            throw Malformed($"a counter of {content.Length} octets");
        }

        var number = 0UL;
        foreach (var octet in content)
        {
            number = (number << 8) | octet;
        }

        return unchecked((long)number);
    }

    public static ObjectIdentifier ReadName(AsnReader reader) =>
        ObjectIdentifier.FromContent(ReadContent(reader, Asn1Tag.ObjectIdentifier).Span) ?? throw Malformed("a name that is none, or is too long");
}
