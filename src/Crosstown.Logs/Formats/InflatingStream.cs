using System.Buffers.Binary;
using System.IO.Compression;
using Crosstown.Core.Data;

namespace Crosstown.Logs.Formats;

/// <summary>Unpacks gzip, member after member, and checks what the library does not: that the data has its end and its checksum (rule R07), and that it does not swell without bounds (rule R08).</summary>
/// <remarks>
/// The library's streams take the end of the file for the end of the data. Here the deflate data is unpacked without its wrapper. If the unpacker
/// asks for bytes after the last one, the data was cut. If it does not, the checksum and length that follow the data are known from what came out, and are
/// looked for in the bytes given last: that also tells where the next member begins.
/// </remarks>
internal sealed class InflatingStream : ForwardStream
{
    private const int TrailerBytes = 8;

    /// <summary>A file that ends in so many bytes of the right checksum was cut there; fewer may be chance.</summary>
    private const int SurelyCutBytes = 2;
    private const int LongestHeader = 16 << 10;

    private readonly PackedBytes _packed;
    private readonly int _ratioLimit;
    private DeflateStream? _deflate;
    private Crc32 _crc;
    private long _memberBytes;
    private long _bytes;
    private bool _ended;
    private ContentTrouble? _trouble;

    public InflatingStream(PackedBytes packed, int ratioLimit)
    {
        _packed = packed;
        _ratioLimit = ratioLimit;
    }

    public override ContentTrouble? Trouble => _trouble;

    /// <summary>Whether a gzip member starts here (RFC 1952: two magic bytes, and deflate as the only method).</summary>
    public static bool IsGzip(ReadOnlySpan<byte> head) => head is [0x1f, 0x8b, 8, ..];

    public override int Read(Span<byte> buffer)
    {
        while (!_ended && buffer.Length > 0)
        {
            if (_deflate is null && !BeginMember())
            {
                break;
            }

            int read;
            try
            {
                read = _deflate!.Read(buffer);
            }
            catch (InvalidDataException)
            {
                End(DataIssueKind.ChecksumMismatch, $"the packed data is damaged after {_bytes} unpacked bytes; what came before is kept, unproven by a checksum");
                break;
            }

            if (read == 0)
            {
                EndMember();
                continue;
            }

            _bytes += read;
            _memberBytes += read;
            if (_bytes > ReadLimits.RatioFloorBytes && _bytes / _ratioLimit > _packed.BytesRead)
            {
                End(DataIssueKind.LimitReached, $"the file unpacks to more than {_ratioLimit} times its size, which no log does; it is left after {_bytes - read} bytes");
                break;
            }

            _crc.Add(buffer[..read]);
            return read;
        }

        return 0;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _deflate?.Dispose();
        }

        base.Dispose(disposing);
    }

    private bool BeginMember()
    {
        var head = _packed.Peek(LongestHeader);
        if (head.Length == 0)
        {
            _ended = true;
            return false;
        }

        if (!IsGzip(head))
        {
            End(
                DataIssueKind.BadRow,
                head.IndexOfAnyExcept((byte)0) < 0
                    ? "zeros follow the packed data, as tapes and block devices leave them; they are left out"
                    : "bytes follow the packed data that are none; they are left out");
            return false;
        }

        var length = HeaderLength(head);
        if (length < 0)
        {
            End(DataIssueKind.Truncated, $"the file ends inside a gzip header, or the header is longer than {LongestHeader} bytes");
            return false;
        }

        _packed.Skip(length);
        _deflate = new DeflateStream(_packed, CompressionMode.Decompress, leaveOpen: true);
        _crc = default;
        _memberBytes = 0;
        return true;
    }

    private void EndMember()
    {
        _deflate!.Dispose();
        _deflate = null;
        if (_packed.WasStarved)
        {
            End(DataIssueKind.Truncated, $"the packed file was cut; the {_bytes} bytes that could be unpacked are kept, unproven by a checksum");
            return;
        }

        Span<byte> trailer = stackalloc byte[TrailerBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(trailer, _crc.Value);
        BinaryPrimitives.WriteUInt32LittleEndian(trailer[4..], (uint)_memberBytes);
        var last = _packed.LastGivenAnd(TrailerBytes);
        var found = last.IndexOf(trailer);
        if (found >= 0)
        {
            _packed.ContinueAfter(found + TrailerBytes);
            return;
        }

        for (var kept = Math.Min(TrailerBytes - 1, last.Length); kept >= SurelyCutBytes; kept--)
        {
            if (last.EndsWith(trailer[..kept]))
            {
                End(DataIssueKind.Truncated, "the packed file was cut inside its checksum; all of its data is there and is kept");
                return;
            }
        }

        End(DataIssueKind.ChecksumMismatch, "the checksum of the packed file is missing or does not match its data, which is kept, unproven");
    }

    private void End(DataIssueKind kind, string text)
    {
        _ended = true;
        _trouble = new ContentTrouble(kind, _bytes, text);
    }

    /// <summary>Length of a gzip header (RFC 1952, section 2.3); -1 when it is not all there.</summary>
    private static int HeaderLength(ReadOnlySpan<byte> head)
    {
        const int Checksummed = 2, Extra = 4, Named = 8, Commented = 16;
        if (head.Length < 10)
        {
            return -1;
        }

        var flags = head[3];
        var length = 10;
        if ((flags & Extra) != 0)
        {
            length = head.Length < 12 ? head.Length : 12 + BinaryPrimitives.ReadUInt16LittleEndian(head[10..]);
        }

        foreach (var flag in (ReadOnlySpan<int>)[Named, Commented])
        {
            if ((flags & flag) != 0 && length < head.Length)
            {
                var end = head[length..].IndexOf((byte)0);
                length = end < 0 ? head.Length : length + end + 1;
            }
        }

        length += (flags & Checksummed) != 0 ? 2 : 0;
        return length < head.Length ? length : -1;
    }
}
