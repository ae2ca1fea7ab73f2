using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Crosstown.Server.Tests.Polling;

/// <summary>The ways in which a controller is good, dead or hostile.</summary>
internal enum FakeKind
{
    Good,

    /// <summary>Nobody listens.</summary>
    Refused,

    /// <summary>Takes the connection and never says a word.</summary>
    Silent,

    /// <summary>A byte of the header now and then.</summary>
    SlowHeader,

    /// <summary>A good header, then a byte of the log now and then.</summary>
    SlowBody,

    /// <summary>A log without an end.</summary>
    Endless,

    /// <summary>Says that the log is a terabyte long.</summary>
    Huge,

    /// <summary>A header without an end.</summary>
    EndlessHeader,

    /// <summary>Bytes that are no log.</summary>
    Garbage,

    /// <summary>Zeros packed a thousand to one.</summary>
    PackedBomb,

    /// <summary>Sends on to another address.</summary>
    Redirect,

    /// <summary>The log of another signal.</summary>
    OtherSignal,

    /// <summary>Breaks off inside the log.</summary>
    BreaksOff,

    /// <summary>A server error.</summary>
    Error,

    /// <summary>A page of markup with a document type that would expand without end.</summary>
    Expanding,
}

/// <summary>A controller on loopback that logs five events a second and serves them as MaxTime does, or misbehaves.</summary>
internal sealed class FakeController : IAsyncDisposable
{
    public const int EventEveryMs = 200;

    private static readonly byte[] s_bomb = MakeBomb();

    private readonly CancellationTokenSource _stop = new();
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly FakeKind _kind;
    private readonly string _signal;
    private readonly TimeProvider _time;
    private readonly TimeSpan _offset;
    private readonly long _fromMs;
    private readonly Task _serving;
    private int _open;
    private int _mostOpen;
    private int _requests;

    /// <param name="signal">The number that it reports.</param>
    /// <param name="offset">Its wall clock against UTC.</param>
    public FakeController(FakeKind kind, string signal, TimeProvider time, TimeSpan offset)
    {
        (_kind, _signal, _time, _offset) = (kind, signal, time, offset);
        _fromMs = time.GetUtcNow().ToUnixTimeMilliseconds() / EventEveryMs * EventEveryMs;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        if (kind == FakeKind.Refused)
        {
            _listener.Stop();
            _serving = Task.CompletedTask;
        }
        else
        {
            _serving = ServeAsync();
        }
    }

    public int Port { get; }

    public string Address => $"127.0.0.1:{Port}";

    public int Requests => Volatile.Read(ref _requests);

    /// <summary>Most connections that were open at once.</summary>
    public int MostOpen => Volatile.Read(ref _mostOpen);

    /// <summary>The last request line; empty before the first.</summary>
    public string LastRequest { get; private set; } = "";

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private static byte[] MakeBomb()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(Encoding.ASCII.GetBytes("<?xml version=\"1.0\"?><EventResponses><EventResponse>"));
            gzip.Write(new byte[64 << 20]);
        }

        return packed.ToArray();
    }

    private async Task ServeAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var socket = await _listener.AcceptSocketAsync(_stop.Token);
            _ = AnswerAsync(socket);
        }
    }

    private async Task AnswerAsync(Socket socket)
    {
        _mostOpen = Math.Max(_mostOpen, Interlocked.Increment(ref _open));
        try
        {
            await using var stream = new NetworkStream(socket, ownsSocket: true);
            if (_kind != FakeKind.Silent)
            {
                LastRequest = await ReadRequestAsync(stream);
                Interlocked.Increment(ref _requests);
                await MisbehaveAsync(stream);
            }
            else
            {
                await Task.Delay(Timeout.Infinite, _stop.Token);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or SocketException)
        {
            // The server went away, as it should from most of these.
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }

    private async Task<string> ReadRequestAsync(NetworkStream stream)
    {
        var bytes = new byte[4096];
        var length = 0;
        while (length < bytes.Length && !bytes.AsSpan(0, length).EndsWith("\r\n\r\n"u8))
        {
            var count = await stream.ReadAsync(bytes.AsMemory(length), _stop.Token);
            if (count == 0)
            {
                break;
            }

            length += count;
        }

        var text = Encoding.ASCII.GetString(bytes, 0, length);
        return text[..Math.Max(0, text.IndexOf('\r', StringComparison.Ordinal))];
    }

    private async Task MisbehaveAsync(NetworkStream stream)
    {
        switch (_kind)
        {
            case FakeKind.SlowHeader:
                await DripAsync(stream, "HTTP/1.1 200 OK\r\nX-Slow: ");
                break;
            case FakeKind.SlowBody:
                await SendAsync(stream, "HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\n\r\n");
                await DripAsync(stream, Log(_signal));
                break;
            case FakeKind.Endless or FakeKind.Huge:
                await SendAsync(stream, _kind == FakeKind.Huge ? "HTTP/1.1 200 OK\r\nContent-Length: 1099511627776\r\n\r\n" : "HTTP/1.1 200 OK\r\n\r\n");
                var line = Log(_signal);
                while (true)
                {
                    await SendAsync(stream, line);
                }

            case FakeKind.EndlessHeader:
                await SendAsync(stream, "HTTP/1.1 200 OK\r\n");
                for (var i = 0; ; i++)
                {
                    await SendAsync(stream, $"X-Header-{i}: {new string('a', 500)}\r\n");
                }

            case FakeKind.Garbage:
                var garbage = new byte[20_000];
                new Random(Port).NextBytes(garbage);
                await SendAsync(stream, garbage, "200 OK");
                break;
            case FakeKind.PackedBomb:
                await SendAsync(stream, s_bomb, "200 OK");
                break;
            case FakeKind.Redirect:
                await SendAsync(stream, "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n");
                break;
            case FakeKind.OtherSignal:
                await SendAsync(stream, Encoding.ASCII.GetBytes(Log("31337")), "200 OK");
                break;
            case FakeKind.BreaksOff:
                var whole = Log(_signal);
                await SendAsync(stream, $"HTTP/1.1 200 OK\r\nContent-Length: {whole.Length + 1000}\r\n\r\n{whole}");
                break;
            case FakeKind.Error:
                await SendAsync(stream, Encoding.ASCII.GetBytes("no"), "503 Service Unavailable");
                break;
            case FakeKind.Expanding:
                await SendAsync(stream, Encoding.ASCII.GetBytes("<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b \"bbbb\"><!ENTITY c \"&b;&b;&b;\">]><EventResponses><EventResponse>&c;</EventResponse></EventResponses>"), "200 OK");
                break;
            default:
                await SendAsync(stream, Encoding.ASCII.GetBytes(Log(_signal)), "200 OK");
                break;
        }
    }

    private string Log(string signal)
    {
        var nowMs = _time.GetUtcNow().ToUnixTimeMilliseconds();
        var fromMs = Math.Max(_fromMs, SinceMs());
        var log = new StringBuilder("<?xml version=\"1.0\"?>\r\n<EventResponses><EventResponse><Description><IntersectionNumber>").Append(signal).Append("</IntersectionNumber><IP>10.1.2.3</IP></Description>\r\n");
        for (var at = (fromMs + EventEveryMs - 1) / EventEveryMs * EventEveryMs; at <= nowMs; at += EventEveryMs)
        {
            var number = (at - _fromMs) / EventEveryMs;
            var clock = DateTimeOffset.FromUnixTimeMilliseconds(at).Add(_offset).ToString("MM-dd-yyyy HH:mm:ss.f", CultureInfo.InvariantCulture);
            log.Append(CultureInfo.InvariantCulture, $"<Event ID=\"{number}\" TimeStamp=\"{clock}\" EventTypeID=\"{(number % 2 == 0 ? 82 : 81)}\" Parameter=\"{(number / 2 % 16) + 1}\"/>\r\n");
        }

        return log.Append("</EventResponse></EventResponses>").ToString();
    }

    private long SinceMs()
    {
        var at = LastRequest.IndexOf("since=", StringComparison.Ordinal);
        var end = at < 0 ? -1 : LastRequest.IndexOf(' ', at);
        return end > 0 && DateTime.TryParseExact(Uri.UnescapeDataString(LastRequest[(at + 6)..end]), "MM-dd-yyyy HH:mm:ss.f", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var since)
            ? new DateTimeOffset(since).Subtract(_offset).ToUnixTimeMilliseconds()
            : 0;
    }

    private async Task DripAsync(NetworkStream stream, string text)
    {
        for (var i = 0; ; i++)
        {
            await SendAsync(stream, text[i % text.Length].ToString());
            await Task.Delay(200, _stop.Token);
        }
    }

    private async Task SendAsync(NetworkStream stream, byte[] body, string status)
    {
        await SendAsync(stream, $"HTTP/1.1 {status}\r\nContent-Type: application/xml\r\nContent-Length: {body.Length}\r\n\r\n");
        await stream.WriteAsync(body, _stop.Token);
    }

    private ValueTask SendAsync(NetworkStream stream, string text) => stream.WriteAsync(Encoding.ASCII.GetBytes(text), _stop.Token);
}
