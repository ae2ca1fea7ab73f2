using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Crosstown.Logs.Zones;

namespace Crosstown.Server.Polling;

/// <summary>Asks a MaxTime controller for its event log since the newest event taken.</summary>
/// <remarks>
/// One connection for one answer. Redirects, proxies, cookies and packed answers are not followed, used, kept or taken; the address connected to is
/// the one that was checked.
/// </remarks>
internal sealed class MaxTimePoller : IPoller, IDisposable
{
    private const string Page = "/v1/asclog/xml/full";

    /// <summary>The first reading of a source goes back a day; the controller itself keeps less.</summary>
    private const long FirstMs = 86_400_000;

    private const int MostHeaderKiB = 16;

    private static readonly HttpRequestOptionsKey<IPEndPoint> s_target = new("target");

    private readonly AddressGuard _guard;
    private readonly PollLimits _limits;
    private readonly HttpMessageInvoker _http;

    public MaxTimePoller(AddressGuard guard, PollLimits limits)
    {
        (_guard, _limits) = (guard, limits);
        _http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            MaxResponseHeadersLength = MostHeaderKiB,
            MaxResponseDrainSize = 0,
            PooledConnectionLifetime = TimeSpan.Zero,
            ConnectCallback = ConnectAsync,
        });
    }

    public async Task PollAsync(PollContext context)
    {
        if (!SourceAddress.TryParse(context.Source.Address, SourceRules.PortOf(context.Source.Kind), out var target))
        {
            throw new PollException("XT331", "The source's address is no host and port.");
        }

        // Looked up and checked once; what was checked is what is connected to.
        var address = await _guard.FindAsync(target.Host, context.Stop);
        context.Memory.BeginAt(context.NowMs - FirstMs);
        using var request = new HttpRequestMessage(HttpMethod.Get, AddressOf(target, context)) { Version = HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        request.Options.Set(s_target, new IPEndPoint(address, target.Port));
        request.Headers.ConnectionClose = true;
        request.Headers.Accept.ParseAdd("application/xml");
        using var answer = context.NewBuffer();
        try
        {
            using var response = await _http.SendAsync(request, context.Stop);
            Check(response);
            await using var body = await response.Content.ReadAsStreamAsync(context.Stop);
            await answer.ReadAsync(body, context.Stop);
        }
        catch (HttpRequestException e) when (e.InnerException is PollException inner)
        {
            _guard.Forget(target.Host);
            throw inner;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException)
        {
            _guard.Forget(target.Host);
            throw new PollException("XT339", e is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } ? "The controller does not take the connection." : "The controller broke off, or does not speak HTTP.");
        }
        finally
        {
            context.CountBytes(answer.Length);
        }

        await context.TakeAsync(answer.Content, "maxtime", known: 0);
    }

    public void Dispose() => _http.Dispose();

    private static Uri AddressOf(SourceAddress target, PollContext context)
    {
        var clock = ZoneRules.MapFor(context.Zone);
        var sinceMs = clock.ToLocalMs(context.Memory.NewestMs!.Value - SourceMemory.OverlapMs);
        var since = DateTimeOffset.FromUnixTimeMilliseconds(sinceMs).ToString("MM-dd-yyyy HH:mm:ss.f", CultureInfo.InvariantCulture);
        return new UriBuilder(Uri.UriSchemeHttp, target.Host, target.Port, Page) { Query = $"since={Uri.EscapeDataString(since)}" }.Uri;
    }

    private static void Check(HttpResponseMessage response)
    {
        var status = (int)response.StatusCode;
        if (status is >= 300 and < 400)
        {
            throw new PollException("XT342", string.Create(CultureInfo.InvariantCulture, $"The controller sends on to another address (HTTP {status}), which is not followed."));
        }

        if (status != 200)
        {
            throw new PollException("XT342", string.Create(CultureInfo.InvariantCulture, $"The controller answers HTTP {status}; a log comes with 200."));
        }

        if (response.Content.Headers.ContentEncoding.Count > 0)
        {
            throw new PollException("XT343", "The answer is packed, which was not asked for.");
        }
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext connection, CancellationToken stop)
    {
        connection.InitialRequestMessage.Options.TryGetValue(s_target, out var target);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(_limits.Connect);
        var socket = new Socket(target!.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(target, limit.Token);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            socket.Dispose();
            throw new PollException("XT339", $"The controller does not answer within {_limits.Connect.TotalSeconds:0} s.");
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
