using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Crosstown.Server.Hosting;
using Microsoft.Extensions.Hosting;

namespace Crosstown.Server.Tests.Live.Intake;

/// <summary>A real server in a process of its own, that can be killed.</summary>
public sealed class ChildServer : IDisposable
{
    private const string DataName = "CROSSTOWN_CHILD_DATA";
    private const string AddressName = "CROSSTOWN_CHILD_ADDRESS";
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(20);

    private readonly Process _process;

    private ChildServer(Process process, Uri address) => (_process, Address) = (process, address);

    public Uri Address { get; }

    public int ProcessId => _process.Id;

    /// <summary>The child's own body: it serves until it is killed. Run by <see cref="StartAsync"/> alone.</summary>
    [Fact(Explicit = true)]
    public static async Task Serve()
    {
        var data = Environment.GetEnvironmentVariable(DataName);
        Assert.SkipWhen(data is null, "This is the body of a child process; other tests start it.");
        await using var app = ServerHost.Create(new ServerSettings { Data = data!, Urls = "http://127.0.0.1:0", IsTown = true }, TimeProvider.System);
        await app.StartAsync(TestContext.Current.CancellationToken);
        var address = Environment.GetEnvironmentVariable(AddressName)!;
        await File.WriteAllTextAsync(address + ".part", app.Urls.First(), TestContext.Current.CancellationToken);
        File.Move(address + ".part", address);
        await Task.Delay(s_longest, TestContext.Current.CancellationToken);
        await app.StopAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Starts a server on a data folder and waits until it listens.</summary>
    public static async Task<ChildServer> StartAsync(string data, string scratch)
    {
        var address = Path.Combine(scratch, "address");
        File.Delete(address);
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["--explicit", "only", "--filter-class", typeof(ChildServer).FullName!, "--no-progress"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment[DataName] = data;
        start.Environment[AddressName] = address;
        var process = Process.Start(start)!;
        var said = new StringBuilder();
        process.OutputDataReceived += (_, e) => said.AppendLine(e.Data);
        process.ErrorDataReceived += (_, e) => said.AppendLine(e.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        for (var waited = 0; !File.Exists(address); waited++)
        {
            Assert.False(process.HasExited || waited > 1_200, $"The server did not start: {said}");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        return new ChildServer(process, new Uri(await File.ReadAllTextAsync(address, TestContext.Current.CancellationToken)));
    }

    /// <summary>A client that may write.</summary>
    public async Task<HttpClient> ConnectAsync()
    {
        var client = new HttpClient { BaseAddress = new Uri(Address, "api/v1/") };
        using var session = JsonDocument.Parse(await client.GetStringAsync(new Uri("session", UriKind.Relative), TestContext.Current.CancellationToken));
        if (session.RootElement.GetProperty("antiforgery").GetString() is { } antiforgery)
        {
            client.DefaultRequestHeaders.Add("RequestVerificationToken", antiforgery);
        }

        client.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        return client;
    }

    /// <summary>Ends it at once, as <c>kill -9</c> does.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }
}
