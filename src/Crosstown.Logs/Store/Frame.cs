using System.Buffers.Binary;

namespace Crosstown.Logs.Store;

/// <summary>The wrapping of everything the store writes: what it is, how long, and a checksum of both and the content (rule R05).</summary>
/// <remarks>Twelve bytes, little-endian: kind, content length, CRC-32C over the first eight bytes and the content.</remarks>
internal static class Frame
{
    public const int HeaderLength = 12;

    /// <summary>No frame's content is longer. A length above it is damage, and is never allocated.</summary>
    public const int MaxLength = 256 << 20;

    public const uint Head = 'X' | ('T' << 8) | ('H' << 16) | ('1' << 24);
    public const uint Model = 'X' | ('T' << 8) | ('M' << 16) | ('1' << 24);
    public const uint Data = 'X' | ('T' << 8) | ('D' << 16) | ('1' << 24);
    public const uint Index = 'X' | ('T' << 8) | ('I' << 16) | ('1' << 24);
    public const uint Trailer = 'X' | ('T' << 8) | ('E' << 16) | ('1' << 24);
    public const uint Journal = 'X' | ('T' << 8) | ('J' << 16) | ('1' << 24);
    public const uint Record = 'X' | ('T' << 8) | ('R' << 16) | ('1' << 24);
    public const uint Manifest = 'X' | ('T' << 8) | ('S' << 16) | ('1' << 24);

    /// <summary>Starts a frame; returns where, for <see cref="End"/>.</summary>
    public static int Begin(ByteWriter to)
    {
        var start = to.Length;
        to.Take(HeaderLength);
        return start;
    }

    public static void End(ByteWriter to, int start, uint kind)
    {
        var header = to.At(start, HeaderLength);
        var content = to.Written[(start + HeaderLength)..];
        BinaryPrimitives.WriteUInt32LittleEndian(header, kind);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], (uint)content.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], Crc32C.Compute(header[..8], content));
    }

    public static uint KindOf(ReadOnlySpan<byte> header) => BinaryPrimitives.ReadUInt32LittleEndian(header);

    public static uint LengthOf(ReadOnlySpan<byte> header) => BinaryPrimitives.ReadUInt32LittleEndian(header[4..]);

    /// <summary>Whether a whole frame stands at the start of some bytes, of that kind and unharmed.</summary>
    public static bool IsGood(ReadOnlySpan<byte> bytes, uint kind) =>
        bytes.Length >= HeaderLength
        && KindOf(bytes) == kind
        && LengthOf(bytes) <= (uint)(bytes.Length - HeaderLength)
        && BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]) == Crc32C.Compute(bytes[..8], bytes.Slice(HeaderLength, (int)LengthOf(bytes)));
}
