using System.Collections.Frozen;
using System.Globalization;
using System.Security.Cryptography;
using Crosstown.Server.People;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace Crosstown.Server.Hosting;

/// <summary>The built client, held in memory with its packed forms. Names under <c>assets/</c> carry a hash of their content and may be kept for good.</summary>
internal sealed class WebFiles
{
    private const string Forever = "public, max-age=31536000, immutable";
    private const string AskAgain = "no-cache";

    private static readonly FrozenDictionary<string, string> s_types = new Dictionary<string, string>
    {
        [".html"] = "text/html; charset=utf-8", [".js"] = "text/javascript; charset=utf-8", [".mjs"] = "text/javascript; charset=utf-8",
        [".css"] = "text/css; charset=utf-8", [".svg"] = "image/svg+xml", [".json"] = "application/json", [".png"] = "image/png",
        [".woff2"] = "font/woff2", [".pbf"] = "application/x-protobuf", [".txt"] = "text/plain; charset=utf-8", [".webmanifest"] = "application/manifest+json",
    }.ToFrozenDictionary();

    private readonly FrozenDictionary<string, Entry> _files;

    /// <param name="folder">The built client; a folder that is not there holds no files, and its pages say so.</param>
    public WebFiles(string folder)
    {
        _files = Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                .Where(f => !f.EndsWith(".br", StringComparison.Ordinal) && !f.EndsWith(".gz", StringComparison.Ordinal))
                .Select(f => Read(folder, f))
                .ToFrozenDictionary(e => e.Path, StringComparer.Ordinal)
            : FrozenDictionary<string, Entry>.Empty;
    }

    /// <summary>Serves the client under <c>/app/</c>: its files, and its page for every address that is no file, since the address is the page's own state.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/app/{**path}", (HttpContext context, string? path) => Send(context, path ?? "")).OpenToAll().ExcludeFromDescription();
    }

    private IResult Send(HttpContext context, string path)
    {
        if (!_files.TryGetValue(path, out var file))
        {
            if (Path.HasExtension(path) || !_files.TryGetValue("index.html", out file))
            {
                return Results.Problem(statusCode: StatusCodes.Status404NotFound, title: _files.Count == 0 ? "The client is not built." : "There is no such file.");
            }
        }

        var (bytes, packing) = Choose(file, context.Request.Headers.AcceptEncoding.ToString());
        var headers = context.Response.Headers;
        headers.CacheControl = file.Path.StartsWith("assets/", StringComparison.Ordinal) ? Forever : AskAgain;
        headers.Vary = HeaderNames.AcceptEncoding;
        if (packing is not null)
        {
            headers.ContentEncoding = packing;
        }

        return Results.Bytes(bytes, file.Type, entityTag: new EntityTagHeaderValue(string.Create(CultureInfo.InvariantCulture, $"\"{file.Hash}{packing}\"")));
    }

    private static (byte[] Bytes, string? Packing) Choose(Entry file, string accepted) =>
        file.Brotli is { } brotli && accepted.Contains("br", StringComparison.OrdinalIgnoreCase) ? (brotli, "br")
        : file.Gzip is { } gzip && accepted.Contains("gzip", StringComparison.OrdinalIgnoreCase) ? (gzip, "gzip")
        : (file.Plain, null);

    private static Entry Read(string folder, string path)
    {
        var plain = File.ReadAllBytes(path);
        return new Entry(
            Path.GetRelativePath(folder, path).Replace('\\', '/'),
            s_types.GetValueOrDefault(Path.GetExtension(path), "application/octet-stream"),
            Convert.ToHexStringLower(SHA256.HashData(plain))[..16],
            plain,
            File.Exists(path + ".br") ? File.ReadAllBytes(path + ".br") : null,
            File.Exists(path + ".gz") ? File.ReadAllBytes(path + ".gz") : null);
    }

    private sealed record Entry(string Path, string Type, string Hash, byte[] Plain, byte[]? Brotli, byte[]? Gzip);
}
