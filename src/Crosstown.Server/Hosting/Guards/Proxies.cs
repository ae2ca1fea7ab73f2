using System.Net;
using Crosstown.Core.Data;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Crosstown.Server.Hosting.Guards;

/// <summary>Believes what a proxy says of a request only where the settings name that proxy (<c>Proxies</c>, a list of addresses).</summary>
internal static class Proxies
{
    private const string Section = "Proxies";

    /// <exception cref="ProblemException">A proxy's address is none.</exception>
    public static void Configure(WebApplicationBuilder builder)
    {
        // An environment variable of the framework would make it believe everybody.
        builder.Configuration["FORWARDEDHEADERS_ENABLED"] = "false";
        var named = List(builder.Configuration);
        builder.Services.Configure<ForwardedHeadersOptions>(o =>
        {
            o.ForwardedHeaders = named.Length == 0 ? ForwardedHeaders.None : ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedFor;
            o.KnownIPNetworks.Clear();
            o.KnownProxies.Clear();
            foreach (var proxy in named)
            {
                o.KnownProxies.Add(proxy);
            }
        });
    }

    public static void Use(WebApplication app)
    {
        if (List(app.Configuration).Length > 0)
        {
            app.UseForwardedHeaders();
        }
    }

    /// <summary>Whether browsers reach the server by https alone: it listens so, or the public address behind a proxy says so.</summary>
    public static bool IsHttps(IConfiguration configuration, string urls) =>
        (List(configuration).Length > 0 && configuration["PublicUrl"] is { } address && address.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
        || urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).All(u => u.StartsWith("https://", StringComparison.OrdinalIgnoreCase));

    private static IPAddress[] List(IConfiguration configuration) => [.. (configuration.GetSection(Section).Get<string[]>() ?? []).Select(text =>
        IPAddress.TryParse(text, out var proxy) ? proxy : throw new ProblemException("XT369", Section, $"'{text}' is no address of a proxy, such as 10.0.0.5."))];
}
