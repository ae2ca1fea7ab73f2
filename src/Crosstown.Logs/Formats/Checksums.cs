using System.Runtime.InteropServices;

namespace Crosstown.Logs.Formats;

/// <summary>The checksum at the end of a gzip member (RFC 1952, section 8): the CRC-32 of IEEE 802.3, reflected.</summary>
internal struct Crc32
{
    private static readonly uint[] Tables = MakeTables();
    private uint _state;

    /// <summary>The checksum of all bytes added so far.</summary>
    public readonly uint Value => _state;

    public void Add(ReadOnlySpan<byte> bytes)
    {
        var tables = Tables;
        var crc = ~_state;
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (var word in words)
        {
            var x = word ^ crc;
            crc = tables[(7 * 256) + (int)(x & 0xff)]
                ^ tables[(6 * 256) + (int)((x >> 8) & 0xff)]
                ^ tables[(5 * 256) + (int)((x >> 16) & 0xff)]
                ^ tables[(4 * 256) + (int)((x >> 24) & 0xff)]
                ^ tables[(3 * 256) + (int)((x >> 32) & 0xff)]
                ^ tables[(2 * 256) + (int)((x >> 40) & 0xff)]
                ^ tables[256 + (int)((x >> 48) & 0xff)]
                ^ tables[(int)(x >> 56)];
        }

        foreach (var b in bytes[(words.Length * 8)..])
        {
            crc = tables[(byte)(crc ^ b)] ^ (crc >> 8);
        }

        _state = ~crc;
    }

    /// <summary>Eight tables, so that eight bytes are taken in one step: table k gives what a byte leaves after k more bytes.</summary>
    private static uint[] MakeTables()
    {
        var tables = new uint[8 * 256];
        for (var i = 0u; i < 256; i++)
        {
            var crc = i;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
            }

            tables[i] = crc;
        }

        for (var i = 256; i < tables.Length; i++)
        {
            tables[i] = (tables[i - 256] >> 8) ^ tables[(byte)tables[i - 256]];
        }

        return tables;
    }
}

/// <summary>The checksum at the end of a zlib stream (RFC 1950, section 8).</summary>
internal static class Adler32
{
    private const uint Modulus = 65521;

    /// <summary>Most bytes after which the sums still fit 32 bits (RFC 1950).</summary>
    private const int BytesBetweenReductions = 5552;

    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        uint a = 1;
        uint b = 0;
        while (bytes.Length > 0)
        {
            var part = bytes[..Math.Min(bytes.Length, BytesBetweenReductions)];
            foreach (var value in part)
            {
                a += value;
                b += a;
            }

            a %= Modulus;
            b %= Modulus;
            bytes = bytes[part.Length..];
        }

        return (b << 16) | a;
    }
}
