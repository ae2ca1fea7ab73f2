using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Crosstown.Server.Query;

/// <summary>Entity tags of answers that are the same as long as what they were made from is.</summary>
internal sealed class AnswerTag
{
    private static readonly string s_program = typeof(AnswerTag).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";

    private readonly string _run;

    public AnswerTag(TimeProvider time) => _run = $"{s_program}/{time.GetUtcNow().ToUnixTimeMilliseconds()}/{time.GetTimestamp()}";

    /// <summary>A tag of everything that an answer depends on: versions of events and configuration count within one run, so the run is part of it.</summary>
    public string Of(params ReadOnlySpan<object?> parts)
    {
        var text = new StringBuilder(_run);
        foreach (var part in parts)
        {
            text.Append('\n').Append(part);
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())).AsSpan(0, 12));
    }

    /// <summary>Sets the headers of an answer and says whether the client has it already.</summary>
    /// <param name="isRaw">Raw data stays out of caches on disks.</param>
    public static bool IsKnown(HttpContext context, string tag, bool isRaw)
    {
        var value = new EntityTagHeaderValue($"\"{tag}\"", isWeak: true);
        var headers = context.Response.Headers;
        headers.ETag = value.ToString();
        headers.CacheControl = isRaw ? "private, no-store" : "private, no-cache";
        headers.Vary = $"{HeaderNames.Accept}, {HeaderNames.AcceptEncoding}";
        return EntityTagHeaderValue.TryParseList(context.Request.Headers.IfNoneMatch, out var known) && known.Any(k => k.Compare(value, useStrongComparison: false) || k.Tag == "*");
    }
}
