using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace Crosstown.Tests;

/// <summary>Looks for made-up identifiers in all bytes of a folder, in the forms in which programs hide them without meaning to (rule P19).</summary>
internal sealed class CanarySweep
{
    private const int ShortestForm = 6;
    private const int DeepestPacking = 3;
    private const int LargestUnpacked = 16 << 20;

    private readonly List<(string Canary, string Form, byte[] Bytes)> _exact = [];
    private readonly List<(string Canary, string Form, byte[] Bytes)> _anyCase = [];

    public CanarySweep(IEnumerable<string> canaries)
    {
        foreach (var canary in canaries)
        {
            AddForms(canary);
        }
    }

    /// <summary>Every place where a canary lies: file, form and packing.</summary>
    public IReadOnlyList<string> Search(string folder)
    {
        var hits = new List<string>();
        foreach (var path in Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            Search(Encoding.UTF8.GetBytes(Path.GetRelativePath(folder, path)), $"name of {path}", 0, hits);
            if (File.Exists(path))
            {
                Search(File.ReadAllBytes(path), path, 0, hits);
            }
        }

        return [.. hits.Distinct()];
    }

    private void Search(byte[] bytes, string where, int depth, List<string> hits)
    {
        foreach (var (canary, form, wanted) in _exact)
        {
            if (bytes.AsSpan().IndexOf(wanted) >= 0)
            {
                hits.Add($"{canary} as {form} in {where}");
            }
        }

        var lower = bytes.Select(b => b is >= (byte)'A' and <= (byte)'Z' ? (byte)(b | 0x20) : b).ToArray();
        foreach (var (canary, form, wanted) in _anyCase)
        {
            if (lower.AsSpan().IndexOf(wanted) >= 0)
            {
                hits.Add($"{canary} as {form} in {where}");
            }
        }

        if (depth == DeepestPacking)
        {
            return;
        }

        for (var i = 0; i + 2 < bytes.Length; i++)
        {
            if (bytes[i] == 0x1F && bytes[i + 1] == 0x8B)
            {
                SearchPacked(s => new GZipStream(s, CompressionMode.Decompress), bytes, i, $"{where}, gzip at {i}", depth, hits);
            }
            else if ((bytes[i] & 0x0F) == 8 && ((bytes[i] << 8) | bytes[i + 1]) % 31 == 0)
            {
                SearchPacked(s => new ZLibStream(s, CompressionMode.Decompress), bytes, i, $"{where}, zlib at {i}", depth, hits);
            }
        }
    }

    private void SearchPacked(Func<Stream, Stream> open, byte[] bytes, int offset, string where, int depth, List<string> hits)
    {
        using var unpacked = new MemoryStream();
        try
        {
            using var stream = open(new MemoryStream(bytes, offset, bytes.Length - offset));
            var buffer = new byte[8192];
            for (var count = stream.Read(buffer); count > 0 && unpacked.Length < LargestUnpacked; count = stream.Read(buffer))
            {
                unpacked.Write(buffer, 0, count);
            }
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            // Two bytes that only look like a header; what came out before the end is searched all the same.
        }

        if (unpacked.Length >= ShortestForm)
        {
            Search(unpacked.ToArray(), where, depth + 1, hits);
        }
    }

    private void AddForms(string canary)
    {
        var bare = new string([.. canary.Where(char.IsLetterOrDigit)]);
        foreach (var text in new[] { canary, canary.ToLowerInvariant(), canary.ToUpperInvariant(), bare, bare.ToLowerInvariant(), bare.ToUpperInvariant() }.Distinct(StringComparer.Ordinal))
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            Add(_anyCase, "text", Encoding.UTF8.GetBytes(text.ToLowerInvariant()));
            Add(_anyCase, "UTF-16 little-endian", Encoding.Unicode.GetBytes(text.ToLowerInvariant()));
            Add(_anyCase, "UTF-16 big-endian", Encoding.BigEndianUnicode.GetBytes(text.ToLowerInvariant()));
            Add(_anyCase, "hexadecimal", Encoding.ASCII.GetBytes(Convert.ToHexStringLower(bytes)));
            Add(_anyCase, "URL", Encoding.ASCII.GetBytes(Uri.EscapeDataString(text).ToLowerInvariant()));
#pragma warning disable CA5350, CA5351 // Weak hashes are what careless programs would hide an identifier with.
            foreach (var (name, hash) in new[] { ("MD5", MD5.HashData(bytes)), ("SHA-1", SHA1.HashData(bytes)), ("SHA-256", SHA256.HashData(bytes)) })
#pragma warning restore CA5350, CA5351
            {
                Add(_exact, name, hash);
                Add(_anyCase, $"{name} in hexadecimal", Encoding.ASCII.GetBytes(Convert.ToHexStringLower(hash)));
                Add(_exact, $"{name} in base64", Encoding.ASCII.GetBytes(Convert.ToBase64String(hash).TrimEnd('=')));
            }

            // In the middle of longer base64 text a value has three forms, by the place of its first byte; the characters at both ends depend on neighbors.
            for (var before = 0; before < 3; before++)
            {
                var encoded = Convert.ToBase64String([.. new byte[before], .. bytes]).TrimEnd('=');
                var first = before == 0 ? 0 : before + 1;
                var last = (before + bytes.Length) % 3 == 0 ? encoded.Length : encoded.Length - 1;
                Add(_exact, "base64", Encoding.ASCII.GetBytes(encoded[first..last]));
                Add(_exact, "base64url", Encoding.ASCII.GetBytes(encoded[first..last].Replace('+', '-').Replace('/', '_')));
            }

            if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > uint.MaxValue)
            {
                var binary = new byte[8];
                BinaryPrimitives.WriteInt64LittleEndian(binary, number);
                Add(_exact, "64-bit number", binary);
            }

            if (text.Length == 12 && text.All(char.IsAsciiHexDigit))
            {
                Add(_exact, "six bytes", Convert.FromHexString(text));
            }
        }

        void Add(List<(string, string, byte[])> forms, string form, byte[] bytes)
        {
            if (bytes.Length >= ShortestForm)
            {
                forms.Add((canary, form, bytes));
            }
        }
    }
}
