using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Logs.Store;
using Crosstown.Logs.Zones;
using Crosstown.Server.Hosting;
using Crosstown.Server.Public.Counts;
using Crosstown.Server.Store.Records;
using Crosstown.Server.Towns;
using Crosstown.Simulation.Towns;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Crosstown.Server.Tests.Public;

/// <summary>A clock that a test sets.</summary>
internal sealed class SetClock(long nowMs) : TimeProvider
{
    public long NowMs { get; set; } = nowMs;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(NowMs);
}

/// <summary>A small town with a day of logs, served to the public on a port of its own. Its jobs run only when a test says so.</summary>
internal sealed class PublicTown : IAsyncDisposable
{
    public const int Signals = 4;
    public const long HourMs = 3_600_000;
    public const long DayMs = 24 * HourMs;

    private readonly string _folder;
    private readonly WebApplication _app;

    private PublicTown(string folder, Town town, SetClock clock, WebApplication app)
    {
        (_folder, Town, Clock, _app) = (folder, town, clock, app);
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
    }

    public Town Town { get; }

    public SetClock Clock { get; }

    public HttpClient Client { get; }

    public string Folder => _folder;

    public IServiceProvider Services => _app.Services;

    public CountPublisher Publisher => Services.GetRequiredService<CountPublisher>();

    public PublishedCounts Published => Services.GetRequiredService<PublishedCounts>();

    public RecordStore Records => Services.GetRequiredService<RecordStore>();

    public LiveEvents Events => Services.GetRequiredService<LiveEvents>();

    /// <summary>Local midnight with which the town's log begins, ms UTC.</summary>
    public static long StartMs => ZoneRules.For(TownFeed.Zone).Map.BinAt(Town.DefaultStartMs, DayMs).StartMs;

    /// <summary>Starts the town's server at the begin of its log.</summary>
    /// <param name="isStaff">True as in the demo, where whoever comes acts as staff.</param>
    public static async Task<PublicTown> StartAsync(bool isStaff = false, Action<IServiceCollection>? add = null, string? config = null)
    {
        var folder = Directory.CreateTempSubdirectory("crosstown-public-").FullName;
        var town = Town.Create(1, Signals, ZoneRules.For(TownFeed.Zone).Map, StartMs);
        TownFolder.Write(town, folder);
        var clock = new SetClock(StartMs);
        var app = ServerHost.Create(new ServerSettings { Data = folder, Urls = "http://127.0.0.1:0", IsTown = isStaff, Config = config }, clock, services =>
        {
            foreach (var job in services.Where(s => s.ServiceType == typeof(IHostedService) && s.ImplementationFactory is not null).ToArray())
            {
                services.Remove(job);
            }

            add?.Invoke(services);
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new PublicTown(folder, town, clock, app);
    }

    /// <summary>Lets the town run for hours from its begin, and stores what it logged.</summary>
    /// <param name="changed">Lets a test leave out, hold back or add events of a signal.</param>
    public async Task RunAsync(int hours, Func<SignalId, ControllerEvent[], ControllerEvent[]>? changed = null)
    {
        var simulation = new TownSimulation(Town, StartMs);
        var logs = new List<(SignalId Signal, ControllerEvent[] Events)>();
        for (var hour = 1; hour <= hours; hour++)
        {
            simulation.Advance(StartMs + (hour * HourMs), (signal, events) => logs.Add((signal, events.ToArray())));
        }

        foreach (var signal in logs.GroupBy(l => l.Signal))
        {
            var events = signal.SelectMany(l => l.Events).ToArray();
            await Events.AppendAsync(signal.Key, TownFeed.Zone, changed?.Invoke(signal.Key, events) ?? events, TestContext.Current.CancellationToken);
        }
    }

    public async Task<string> GetAsync(string path)
    {
        using var answer = await Client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {(int)answer.StatusCode} {text}");
        return text;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
