using System.Net;
using System.Text.Json;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Logs.Store;
using Crosstown.Logs.Zones;
using Crosstown.Server.Hosting;
using Crosstown.Server.Query;
using Crosstown.Server.Tests.Live;
using Crosstown.Server.Towns;
using Crosstown.Simulation.Towns;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

[assembly: AssemblyFixture(typeof(Crosstown.Server.Tests.Api.QueryTown))]

namespace Crosstown.Server.Tests.Api;

/// <summary>A real server over two days and an hour of a small town's log; its clock stands an hour behind the third midnight.</summary>
public sealed class QueryTown : IAsyncLifetime
{
    private const string Zone = "America/Los_Angeles";
    private const long HourMs = 3_600_000;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("crosstown-query-");
    private WebApplication _app = null!;

    internal HandClock Clock { get; private set; } = null!;

    internal Town Town { get; private set; } = null!;

    internal LiveEvents Events => _app.Services.GetRequiredService<LiveEvents>();

    internal string Data => _folder.FullName;

    /// <summary>Local midnight of the first day, ms UTC.</summary>
    public long StartMs { get; private set; }

    public HttpClient Client { get; private set; } = null!;

    internal T Get<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    public async ValueTask InitializeAsync()
    {
        var local = ZoneRules.For(Zone).Map;
        StartMs = Town.DefaultStartMs - local.OffsetMs(Town.DefaultStartMs);
        Town = Town.Create(1, 8, local, StartMs);
        TownFolder.Write(Town, Data);
        Clock = new HandClock(DateTimeOffset.FromUnixTimeMilliseconds(StartMs + (49 * HourMs)));
        _app = ServerHost.Create(new ServerSettings { Data = Data, Urls = "http://127.0.0.1:0", IsTown = true }, Clock);
        var logs = Town.Signals.ToDictionary(s => s.Signal, _ => new List<ControllerEvent>());
        new TownSimulation(Town, StartMs).Advance(StartMs + (49 * HourMs), (signal, events) => logs[signal].AddRange(events));
        foreach (var (signal, log) in logs)
        {
            await Events.AppendAsync(signal, Zone, log.ToArray());
        }

        await _app.StartAsync();
        Client = new HttpClient(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.None }) { BaseAddress = new Uri(_app.Urls.First()), Timeout = TimeSpan.FromMinutes(2) };
        Client.DefaultRequestHeaders.Add(RawReasons.Header, "maintenance");
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        _folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    internal SignalId Busy => Town.Signals[0].Signal;

    /// <summary>An answer as JSON, with its status asserted.</summary>
    internal async Task<JsonElement> GetJsonAsync(string path, HttpStatusCode status = HttpStatusCode.OK)
    {
        using var response = await Client.GetAsync(new Uri(path, UriKind.Relative));
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == status, $"{(int)response.StatusCode} {path}: {text[..Math.Min(600, text.Length)]}");
        return JsonDocument.Parse(text).RootElement;
    }

    /// <summary>From and to as a query: hours from the first local midnight.</summary>
    internal string Hours(double from, double to) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"from={StartMs + (long)(from * HourMs)}&to={StartMs + (long)(to * HourMs)}");
}
