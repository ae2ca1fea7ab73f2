using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Crosstown.Server.Hosting.Guards;

/// <summary>How much and how long a request may be before anything of ours sees it (rules X05, R08). Endpoints that take logs raise the size of their own body.</summary>
internal static class RequestLimits
{
    /// <summary>Largest body where an endpoint says nothing else.</summary>
    public const long BodyBytes = 1 << 20;

    private const int HeaderBytes = 16 << 10;
    private const int LineBytes = 8 << 10;
    private const int Headers = 64;
    private const int Connections = 4_000;

    public static void Set(KestrelServerLimits limits)
    {
        limits.MaxRequestBodySize = BodyBytes;
        limits.MaxRequestHeadersTotalSize = HeaderBytes;
        limits.MaxRequestHeaderCount = Headers;
        limits.MaxRequestLineSize = LineBytes;
        limits.MaxConcurrentConnections = Connections;

        // A sender that trickles is cut off, so that a few thousand of them cannot hold the server.
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        limits.KeepAliveTimeout = TimeSpan.FromSeconds(90);
        limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
        limits.MinResponseDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(10));
        limits.Http2.MaxStreamsPerConnection = 100;
    }
}
