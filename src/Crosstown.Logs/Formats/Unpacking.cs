using System.Buffers.Binary;
using System.IO.Compression;
using Crosstown.Core.Data;

namespace Crosstown.Logs.Formats;

/// <summary>Takes off a file's packing, told by its first bytes.</summary>
/// <remarks>
/// Gzip (exports, of any size) is unpacked as it is read. Zlib is how controllers pack their logs: such a file is unpacked whole before any of it is
/// used, because its checksum comes last. If that does not match, nothing in the file can be trusted and it is refused; if the file
/// was only cut, what there is stands.
/// </remarks>
internal static class Unpacking
{
    private const int ZlibHeaderBytes = 2;
    private const int ZlibTrailerBytes = 4;

    /// <summary>A file that ends in so many bytes of the right checksum was cut there; fewer may be chance.</summary>
    private const int SurelyCutBytes = 2;

    /// <summary>The unpacked content; null when the file was refused.</summary>
    public static ForwardStream? Open(Stream file, LogReading reading)
    {
        var packed = new PackedBytes(file);
        var head = packed.Peek(3);
        return InflatingStream.IsGzip(head) ? new InflatingStream(packed, reading.Settings.Limits.CompressionRatio)
            : IsZlib(head) ? OpenZlib(packed, reading)
            : packed;
    }

    /// <summary>RFC 1950, section 2.2: deflate, a window of at most 32 KiB, no dictionary, and a header divisible by 31.</summary>
    private static bool IsZlib(ReadOnlySpan<byte> head) =>
        head.Length >= 2 && (head[0] & 0x0f) == 8 && head[0] >> 4 <= 7 && (head[1] & 0x20) == 0 && BinaryPrimitives.ReadUInt16BigEndian(head) % 31 == 0;

    private static HeldContent? OpenZlib(PackedBytes packed, LogReading reading)
    {
        var limits = reading.Settings.Limits;
        packed.Skip(ZlibHeaderBytes);
        using var deflate = new DeflateStream(packed, CompressionMode.Decompress, leaveOpen: true);
        var content = new byte[16 << 10];
        var length = 0;
        try
        {
            while (true)
            {
                var read = deflate.Read(content, length, content.Length - length);
                if (read == 0)
                {
                    break;
                }

                length += read;
                if (length > limits.ControllerFileBytes || (length > ReadLimits.RatioFloorBytes && length / limits.CompressionRatio > packed.BytesRead))
                {
                    reading.RefuseFile(
                        DataIssueKind.LimitReached,
                        0,
                        "",
                        $"the file unpacks to more than {limits.ControllerFileBytes} bytes or {limits.CompressionRatio} times its size, which no controller's log does; it is left out");
                    return null;
                }

                if (length == content.Length)
                {
                    Array.Resize(ref content, length * 2);
                }
            }
        }
        catch (InvalidDataException)
        {
            reading.RefuseFile(DataIssueKind.ChecksumMismatch, length, "", "the packed data is damaged, so nothing in it can be trusted; the file is left out");
            return null;
        }

        return CheckTrailer(packed, content.AsMemory(0, length), reading);
    }

    private static HeldContent? CheckTrailer(PackedBytes packed, ReadOnlyMemory<byte> content, LogReading reading)
    {
        if (packed.WasStarved)
        {
            return new HeldContent(content, new ContentTrouble(
                DataIssueKind.Truncated,
                content.Length,
                $"the packed file was cut; the {content.Length} bytes that could be unpacked are kept, unproven by a checksum"));
        }

        Span<byte> trailer = stackalloc byte[ZlibTrailerBytes];
        BinaryPrimitives.WriteUInt32BigEndian(trailer, Adler32.Of(content.Span));
        var last = packed.LastGivenAnd(ZlibTrailerBytes);
        if (last.EndsWith(trailer))
        {
            return new HeldContent(content, null);
        }

        for (var kept = ZlibTrailerBytes - 1; kept >= SurelyCutBytes; kept--)
        {
            if (last.EndsWith(trailer[..kept]))
            {
                return new HeldContent(content, new ContentTrouble(
                    DataIssueKind.Truncated,
                    content.Length,
                    "the packed file was cut inside its checksum; all of its data is there and is kept"));
            }
        }

        var found = last.IndexOf(trailer);
        if (found >= 0)
        {
            return new HeldContent(content, new ContentTrouble(DataIssueKind.BadRow, content.Length, "bytes follow the packed data's checksum; they are left out"));
        }

        reading.RefuseFile(
            DataIssueKind.ChecksumMismatch,
            content.Length,
            "",
            "the checksum of the packed file is missing or does not match its data, so nothing in it can be trusted; the file is left out");
        return null;
    }

    private sealed class HeldContent(ReadOnlyMemory<byte> content, ContentTrouble? trouble) : ForwardStream
    {
        private ReadOnlyMemory<byte> _rest = content;

        public override ContentTrouble? Trouble => trouble;

        public override int Read(Span<byte> buffer)
        {
            var count = Math.Min(buffer.Length, _rest.Length);
            _rest.Span[..count].CopyTo(buffer);
            _rest = _rest[count..];
            return count;
        }
    }
}
