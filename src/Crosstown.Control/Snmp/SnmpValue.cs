using System.Buffers.Binary;
using System.Formats.Asn1;
using System.Globalization;

namespace Crosstown.Control.Snmp;

/// <summary>What kind of value a managed object has (RFC 3416, 3).</summary>
public enum SnmpValueKind
{
    /// <summary>A whole number of 32 bits with sign.</summary>
    Number,
    Octets,

    /// <summary>Nothing: what a request carries in place of a value.</summary>
    Null,
    Name,

    /// <summary>Four octets.</summary>
    NetworkAddress,
    Counter32,

    /// <summary>Also Unsigned32.</summary>
    Gauge32,

    /// <summary>Hundredths of a second.</summary>
    TimeTicks,
    Opaque,
    Counter64,

    /// <summary>The agent does not know the object.</summary>
    NoSuchObject,

    /// <summary>The agent knows the object, but not in this place.</summary>
    NoSuchInstance,

    /// <summary>A walk is at its end.</summary>
    EndOfMibView,
}

/// <summary>The value of one managed object.</summary>
public sealed class SnmpValue : IEquatable<SnmpValue>
{
    private readonly byte[] _octets;

    private SnmpValue(SnmpValueKind kind, long number = 0, byte[]? octets = null, ObjectIdentifier? name = null)
    {
        Kind = kind;
        Bits = number;
        _octets = octets ?? [];
        Name = name;
    }

    public static SnmpValue Null { get; } = new(SnmpValueKind.Null);

    public SnmpValueKind Kind { get; }

    /// <summary>The value of a kind that counts or measures; null for others, and for a counter of 64 bits above 2^63 - 1.</summary>
    public long? Number => Kind is SnmpValueKind.Number or SnmpValueKind.Counter32 or SnmpValueKind.Gauge32 or SnmpValueKind.TimeTicks || (Kind == SnmpValueKind.Counter64 && Bits >= 0) ? Bits : null;

    /// <summary>The value of octets, an opaque value or an address; empty for others.</summary>
    public ReadOnlySpan<byte> Octets => _octets;

    /// <summary>The value of kind name; null for others.</summary>
    public ObjectIdentifier? Name { get; }

    /// <summary>False for the three kinds that say that there is no value, and for null.</summary>
    public bool IsThere => Kind is < SnmpValueKind.NoSuchObject and not SnmpValueKind.Null;

    private long Bits { get; }

    public static SnmpValue OfNumber(int number) => new(SnmpValueKind.Number, number);

    public static SnmpValue OfOctets(ReadOnlySpan<byte> octets) => new(SnmpValueKind.Octets, 0, octets.ToArray());

    public static SnmpValue OfName(ObjectIdentifier name) => new(SnmpValueKind.Name, 0, null, name);

    /// <summary>A value of a kind that has no sign.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The kind has another form, or the number does not fit it.</exception>
    public static SnmpValue OfUnsigned(SnmpValueKind kind, ulong number) => kind switch
    {
        SnmpValueKind.Counter64 => new SnmpValue(kind, unchecked((long)number)),
        SnmpValueKind.Counter32 or SnmpValueKind.Gauge32 or SnmpValueKind.TimeTicks when number <= uint.MaxValue => new SnmpValue(kind, (long)number),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, $"{number} is no value of this kind."),
    };

    /// <summary>That there is no value, and why.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The kind is one that has values.</exception>
    public static SnmpValue Missing(SnmpValueKind kind) =>
        kind >= SnmpValueKind.NoSuchObject ? new SnmpValue(kind) : throw new ArgumentOutOfRangeException(nameof(kind), kind, "This kind has values.");

    public bool Equals(SnmpValue? other) => other is not null && Kind == other.Kind && Bits == other.Bits && _octets.AsSpan().SequenceEqual(other._octets) && Equals(Name, other.Name);

    public override bool Equals(object? obj) => Equals(obj as SnmpValue);

    public override int GetHashCode() => HashCode.Combine(Kind, Bits, _octets.Length, Name);

    public override string ToString() => Kind switch
    {
        SnmpValueKind.Octets or SnmpValueKind.Opaque or SnmpValueKind.NetworkAddress => $"{Kind} of {_octets.Length}",
        SnmpValueKind.Name => $"{Kind} {Name}",
        SnmpValueKind.Counter64 => string.Create(CultureInfo.InvariantCulture, $"{Kind} {(ulong)Bits}"),
        _ when Number is { } number => string.Create(CultureInfo.InvariantCulture, $"{Kind} {number}"),
        _ => $"{Kind}",
    };

    internal static SnmpValue Read(AsnReader reader)
    {
        var tag = reader.PeekTag();
        if (tag.IsConstructed)
        {
            throw Ber.Malformed("a value that is built of parts");
        }

        if (tag.TagClass == TagClass.Universal)
        {
            return tag.TagValue switch
            {
                (int)UniversalTagNumber.Integer => new SnmpValue(SnmpValueKind.Number, Ber.ReadNumber(reader, tag, int.MinValue, int.MaxValue)),
                (int)UniversalTagNumber.OctetString => new SnmpValue(SnmpValueKind.Octets, 0, Ber.ReadContent(reader, tag).ToArray()),
                (int)UniversalTagNumber.Null => Empty(reader, tag, SnmpValueKind.Null),
                (int)UniversalTagNumber.ObjectIdentifier => new SnmpValue(SnmpValueKind.Name, 0, null, Ber.ReadName(reader)),
                _ => throw Ber.Malformed($"a value of type {tag.TagValue}"),
            };
        }

        return (tag.TagClass, tag.TagValue) switch
        {
            (TagClass.Application, 0) when reader.PeekContentBytes().Length == 4 => new SnmpValue(SnmpValueKind.NetworkAddress, 0, Ber.ReadContent(reader, tag).ToArray()),
            (TagClass.Application, 1) => new SnmpValue(SnmpValueKind.Counter32, Ber.ReadNumber(reader, tag, 0, uint.MaxValue)),
            (TagClass.Application, 2) => new SnmpValue(SnmpValueKind.Gauge32, Ber.ReadNumber(reader, tag, 0, uint.MaxValue)),
            (TagClass.Application, 3) => new SnmpValue(SnmpValueKind.TimeTicks, Ber.ReadNumber(reader, tag, 0, uint.MaxValue)),
            (TagClass.Application, 4) => new SnmpValue(SnmpValueKind.Opaque, 0, Ber.ReadContent(reader, tag).ToArray()),
            (TagClass.Application, 6) => new SnmpValue(SnmpValueKind.Counter64, Ber.ReadUnsigned64(reader, tag)),
            (TagClass.ContextSpecific, 0) => Empty(reader, tag, SnmpValueKind.NoSuchObject),
            (TagClass.ContextSpecific, 1) => Empty(reader, tag, SnmpValueKind.NoSuchInstance),
            (TagClass.ContextSpecific, 2) => Empty(reader, tag, SnmpValueKind.EndOfMibView),
            _ => throw Ber.Malformed($"a value of type {tag.TagClass} {tag.TagValue}"),
        };
    }

    internal void Write(AsnWriter writer)
    {
        switch (Kind)
        {
            case SnmpValueKind.Number:
                writer.WriteInteger(Bits);
                break;
            case SnmpValueKind.Octets:
                writer.WriteOctetString(_octets);
                break;
            case SnmpValueKind.Name:
                writer.WriteObjectIdentifier(Name!.ToString());
                break;
            case SnmpValueKind.Null:
                writer.WriteNull();
                break;
            case SnmpValueKind.NetworkAddress:
                writer.WriteOctetString(_octets, new Asn1Tag(TagClass.Application, 0));
                break;
            case SnmpValueKind.Opaque:
                writer.WriteOctetString(_octets, new Asn1Tag(TagClass.Application, 4));
                break;
            case SnmpValueKind.Counter64:
                Span<byte> wide = stackalloc byte[9];
                BinaryPrimitives.WriteUInt64BigEndian(wide[1..], unchecked((ulong)Bits));
                writer.WriteInteger(wide.TrimStart((byte)0) is { IsEmpty: false } shown ? shown[0] >= 0x80 ? wide[(9 - shown.Length - 1)..] : shown : wide[8..], new Asn1Tag(TagClass.Application, 6));
                break;
            case SnmpValueKind.Counter32 or SnmpValueKind.Gauge32 or SnmpValueKind.TimeTicks:
                writer.WriteInteger(Bits, new Asn1Tag(TagClass.Application, Kind - SnmpValueKind.Counter32 + 1));
                break;
            default:
                writer.WriteNull(new Asn1Tag(TagClass.ContextSpecific, Kind - SnmpValueKind.NoSuchObject));
                break;
        }
    }

    private static SnmpValue Empty(AsnReader reader, Asn1Tag tag, SnmpValueKind kind) =>
        Ber.ReadContent(reader, tag).Length == 0 ? new SnmpValue(kind) : throw Ber.Malformed("a value where there is none");
}

/// <summary>A managed object by its name, and its value.</summary>
/// <param name="Name">Which object.</param>
/// <param name="Value">Null where a request asks for it.</param>
public sealed record SnmpVariable(ObjectIdentifier Name, SnmpValue Value);
