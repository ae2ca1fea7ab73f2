using System.Reflection;
using System.Security.Cryptography;

namespace Crosstown.Server.Public;

/// <summary>The style sheet of the public pages. Its address holds a hash of its content, so that it may be kept for good.</summary>
internal sealed class PublicStyle
{
    private PublicStyle(byte[] bytes)
    {
        Bytes = bytes;
        Hash = Convert.ToHexStringLower(SHA256.HashData(bytes))[..16];
    }

    /// <summary>The one that this program was built with.</summary>
    public static PublicStyle Built { get; } = Read();

    public byte[] Bytes { get; }

    public string Hash { get; }

    public string Address => $"/public/{Hash}.css";

    private static PublicStyle Read()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("public.css") ?? throw new InvalidOperationException("This program was built without the style of its public pages.");
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return new PublicStyle(bytes.ToArray());
    }
}
