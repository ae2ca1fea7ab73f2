using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Logs.Store;
using Crosstown.Server.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Crosstown.Server.Tests.Configuration;

/// <summary>A server of a made-up town in this process, on a port and a data folder of its own.</summary>
public sealed class DeskServer : IAsyncDisposable
{
    private static int s_made;
    private readonly WebApplication _app;
    private readonly bool _ownsFolder;

    private DeskServer(WebApplication app, string data, bool ownsFolder)
    {
        (_app, Data, _ownsFolder) = (app, data, ownsFolder);
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.First().TrimEnd('/') + "/api/v1/") };
    }

    public string Data { get; }

    public HttpClient Client { get; }

    public IServiceProvider Services => _app.Services;

    public static string MakeFolder()
    {
        var folder = Path.Combine(Path.GetTempPath(), $"crosstown-desk-{Environment.ProcessId}-{Interlocked.Increment(ref s_made)}");
        Directory.CreateDirectory(folder);
        return folder;
    }

    /// <param name="data">An existing folder, which is kept; null for a new one, which is deleted at the end.</param>
    public static async Task<DeskServer> StartAsync(TimeProvider? time = null, string? data = null, Action<string>? prepare = null, Action<IServiceCollection>? add = null, string? config = null)
    {
        var folder = data ?? MakeFolder();
        prepare?.Invoke(folder);
        var app = ServerHost.Create(new ServerSettings { Data = folder, Urls = "http://127.0.0.1:0", IsTown = true, Config = config }, time ?? TimeProvider.System, add);
        await app.StartAsync(TestContext.Current.CancellationToken);
        var server = new DeskServer(app, folder, data is null);
        using var session = JsonDocument.Parse(await server.Client.GetStringAsync(new Uri("session", UriKind.Relative)));
        if (session.RootElement.GetProperty("antiforgery").GetString() is { } antiforgery)
        {
            server.Client.DefaultRequestHeaders.Add("RequestVerificationToken", antiforgery);
        }

        server.Client.DefaultRequestHeaders.Add("Crosstown-Reason", "maintenance");
        return server;
    }

    public T Get<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    /// <summary>Adds events as a poller would.</summary>
    public async Task AddAsync(string signal, params ControllerEvent[] events) =>
        await Get<LiveEvents>().AppendAsync(SignalId.Parse(signal), "America/Denver", events);

    public async Task<(int Status, JsonElement Body, HttpResponseHeaders Headers)> SendAsync(HttpMethod method, string path, string? body = null, string? ifMatch = null, string type = "application/json", string? accept = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, type);
        }

        if (ifMatch is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        }

        if (accept is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept", accept);
        }

        using var response = await Client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        var isJson = response.Content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.Ordinal) == true;
        using var json = JsonDocument.Parse(isJson && text.Length > 0 ? text : JsonSerializer.Serialize(text));
        return ((int)response.StatusCode, json.RootElement.Clone(), response.Headers);
    }

    public async Task<JsonElement> GetAsync(string path)
    {
        var (status, body, _) = await SendAsync(HttpMethod.Get, path);
        Assert.True(status == 200, $"{path}: {status} {body}");
        return body;
    }

    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        if (_ownsFolder)
        {
            Directory.Delete(Data, recursive: true);
        }
    }
}
