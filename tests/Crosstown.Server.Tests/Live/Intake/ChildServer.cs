using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Crosstown.Server.Tests.Live.Intake;

/// <summary>A real server in a process of its own, that can be killed.</summary>
internal sealed class ChildServer : IDisposable
{
    public const string DataName = "CROSSTOWN_CHILD_DATA";
    public const string AddressName = "CROSSTOWN_CHILD_ADDRESS";

    private readonly Process _process;

    private ChildServer(Process process, Uri address) => (_process, Address) = (process, address);

    public Uri Address { get; }

    public int ProcessId => _process.Id;

    /// <summary>Starts a server on a data folder and waits until it listens.</summary>
    public static async Task<ChildServer> StartAsync(string data, string scratch)
    {
        var address = Path.Combine(scratch, "address");
        File.Delete(address);
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["--explicit", "only", "--filter-class", typeof(ChildServerBody).FullName!, "--no-progress"])
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
