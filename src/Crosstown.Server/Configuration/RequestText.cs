using System.Text;
using Microsoft.AspNetCore.Http;

namespace Crosstown.Server.Configuration;

/// <summary>The body of a request as text, within a limit.</summary>
internal static class RequestText
{
    /// <returns>Null when the body is longer than the limit, or no UTF-8.</returns>
    public static async Task<string?> ReadAsync(Stream body, int mostBytes, CancellationToken stop)
    {
        using var held = new MemoryStream();
        var buffer = new byte[16 << 10];
        int count;
        while ((count = await body.ReadAsync(buffer, stop)) > 0)
        {
            if (held.Length + count > mostBytes)
            {
                return null;
            }

            held.Write(buffer, 0, count);
        }

        try
        {
            return new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(held.GetBuffer(), 0, (int)held.Length).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>The tag that a change was made for: null when the request names none, and <c>*</c> for whatever is there.</summary>
    public static string? FindExpectedTag(HttpRequest request) =>
        request.Headers.IfMatch.ToString().Trim() is { Length: > 0 } header ? header.Trim('"') : null;
}
