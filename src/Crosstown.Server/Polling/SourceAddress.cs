using System.Globalization;
using System.Net;

namespace Crosstown.Server.Polling;

/// <summary>Host and port of a controller.</summary>
internal readonly record struct SourceAddress(string Host, int Port)
{
    private const int MostLength = 255;

    /// <summary>Reads <c>host</c>, <c>host:port</c>, <c>[IPv6]</c> or <c>[IPv6]:port</c>. False for anything else, such as an address of a page.</summary>
    public static bool TryParse(string text, int defaultPort, out SourceAddress address)
    {
        address = default;
        if (text.Length is 0 or > MostLength)
        {
            return false;
        }

        var bracket = text[0] == '[' ? text.IndexOf(']', StringComparison.Ordinal) : -1;
        var colon = text.IndexOf(':', Math.Max(0, bracket));
        if (text[0] == '[' && bracket < 0)
        {
            return false;
        }

        var host = bracket > 0 ? text[1..bracket] : colon < 0 ? text : text[..colon];
        var rest = bracket > 0 ? text[(bracket + 1)..] : colon < 0 ? "" : text[colon..];
        var port = defaultPort;
        if (rest.Length > 0 && !(rest[0] == ':' && int.TryParse(rest.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and <= 65_535))
        {
            return false;
        }

        if (bracket > 0 ? Uri.CheckHostName(host) != UriHostNameType.IPv6 || host.Contains('%', StringComparison.Ordinal) : !IsNameOrQuad(host))
        {
            return false;
        }

        address = new SourceAddress(host, port);
        return true;
    }

    /// <summary>A name whose last part begins with a letter, or four plain numbers: what else ends in a number is read differently by different programs.</summary>
    private static bool IsNameOrQuad(string host)
    {
        var last = host[(host.TrimEnd('.').LastIndexOf('.') + 1)..];
        return last.Length > 0 && char.IsAsciiDigit(last[0])
            ? IPAddress.TryParse(host, out var address) && address.ToString() == host
            : Uri.CheckHostName(host) == UriHostNameType.Dns && host.All(IsHostLetter);
    }

    private static bool IsHostLetter(char c) => char.IsAsciiLetterOrDigit(c) || c is '.' or '-';
}
