using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Crosstown.Server.Tests.Polling;

/// <summary>A controller's FTP server on loopback: one folder, one account, and a note of every command.</summary>
internal sealed class FakeFtpServer : IAsyncDisposable
{
    public const string User = "reader";
    public const string Password = "pass \"word\" \\ 42";

    private readonly CancellationTokenSource _stop = new();
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Task _serving;

    public FakeFtpServer()
    {
        _listener.Start();
        Address = $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";
        _serving = ServeAsync();
    }

    public string Address { get; }

    public ConcurrentDictionary<string, byte[]> Files { get; } = new();

    public ConcurrentQueue<string> Commands { get; } = new();

    /// <summary>When set, a file's bytes never end.</summary>
    public bool IsEndless { get; set; }

    /// <summary>How long a file waits before it comes.</summary>
    public TimeSpan Wait { get; set; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            _ = AnswerAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using var data = new TcpListener(IPAddress.Loopback, 0);
        try
        {
            using var control = client;
            using var reader = new StreamReader(control.GetStream(), Encoding.Latin1);
            await using var writer = new StreamWriter(control.GetStream(), Encoding.Latin1) { NewLine = "\r\n", AutoFlush = true };
            await writer.WriteLineAsync("220 cabinet");
            var user = "";
            while (await reader.ReadLineAsync(_stop.Token) is { } line)
            {
                var word = line.Split(' ', 2)[0].ToUpperInvariant();
                var rest = line.Length > word.Length ? line[(word.Length + 1)..] : "";
                Commands.Enqueue(word);
                switch (word)
                {
                    case "USER":
                        user = rest;
                        await writer.WriteLineAsync("331 more");
                        break;
                    case "PASS":
                        await writer.WriteLineAsync(user == User && rest == Password ? "230 in" : "530 no");
                        break;
                    case "PWD":
                        await writer.WriteLineAsync("257 \"/\"");
                        break;
                    case "EPSV":
                        data.Start();
                        await writer.WriteLineAsync($"229 passive (|||{((IPEndPoint)data.LocalEndpoint).Port}|)");
                        break;
                    case "CWD":
                        await writer.WriteLineAsync(rest is "set1" or "/set1" or "/" ? "250 there" : "550 none");
                        break;
                    case "TYPE":
                        await writer.WriteLineAsync("200 yes");
                        break;
                    case "NLST":
                        await SendAsync(writer, data, Encoding.Latin1.GetBytes(string.Join("\r\n", Files.Keys.Order()) + "\r\n"), isEndless: false);
                        break;
                    case "RETR" when Files.TryGetValue(rest, out var bytes):
                        await Task.Delay(Wait, _stop.Token);
                        await SendAsync(writer, data, bytes, IsEndless);
                        break;
                    case "QUIT":
                        await writer.WriteLineAsync("221 bye");
                        return;
                    default:
                        await writer.WriteLineAsync("502 not here");
                        break;
                }
            }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            // The client went away.
        }
    }

    private async Task SendAsync(StreamWriter control, TcpListener data, byte[] bytes, bool isEndless)
    {
        using var connection = await data.AcceptTcpClientAsync(_stop.Token);
        await control.WriteLineAsync("150 comes");
        do
        {
            await connection.GetStream().WriteAsync(bytes, _stop.Token);
        }
        while (isEndless);
        connection.Close();
        await control.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"226 {bytes.Length} sent"));
    }
}
