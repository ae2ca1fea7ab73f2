using System.Diagnostics;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Crosstown.Server.Adaptive;
using Crosstown.Server.Hosting;
using Crosstown.Server.Towns;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Crosstown.Browser.Tests;

/// <summary>The live town as <c>./run demo</c> serves it, in this process, on a port of its own: started once for all tests.</summary>
public sealed class LiveTown : IAsyncLifetime
{
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("crosstown-browser-");
    private WebApplication? _app;

    /// <summary>Where it listens, without a slash at the end.</summary>
    public string Address { get; private set; } = "";

    /// <summary>From the start of the server to its first answer.</summary>
    public TimeSpan UntilFirstPage { get; private set; }

    /// <summary>From the start of the server to two whole past days and a live signal.</summary>
    public TimeSpan UntilLive { get; private set; }

    internal IServiceProvider Services => _app!.Services;

    public async ValueTask InitializeAsync()
    {
        var watch = Stopwatch.StartNew();
        var town = TownFeed.CreateTown(1, TimeProvider.System);
        TownFolder.Write(town, _data.FullName);
        _app = ServerHost.Create(
            new ServerSettings { Data = _data.FullName, Urls = "http://127.0.0.1:0", IsTown = true },
            TimeProvider.System,
            services => services.AddSingleton(town).AddSingleton<AdaptiveTown>().AddHostedService<TownFeed>());
        await _app.StartAsync(TestContext.Current.CancellationToken);
        Address = _app.Urls.First().TrimEnd('/');
        using var client = new HttpClient();
        (await client.GetAsync(new Uri(Address + "/app/"))).EnsureSuccessStatusCode();
        UntilFirstPage = watch.Elapsed;
        var feed = _app.Services.GetServices<IHostedService>().OfType<TownFeed>().Single();
        while (feed.Progress < 1)
        {
            Assert.True(watch.Elapsed < TimeSpan.FromMinutes(5), $"The town has caught up only {feed.Progress:P0} of its past.");
            await Task.Delay(200);
        }

        UntilLive = watch.Elapsed;
        await HandInAsync();
    }

    /// <summary>Waits until what the signals logged in the past has been looked at, so that most of them are well.</summary>
    public async Task SettleAsync(CancellationToken stop)
    {
        using var client = new HttpClient { BaseAddress = new Uri(Address) };
        for (var i = 0; i < 300; i++)
        {
            var signals = (await client.GetFromJsonAsync<JsonElement>(new Uri("/api/v1/signals?size=100", UriKind.Relative), stop)).GetProperty("items").EnumerateArray().ToList();
            if (signals.Count(s => s.GetProperty("status").GetProperty("class").GetString() == "healthy") > signals.Count / 2)
            {
                return;
            }

            await Task.Delay(200, stop);
        }

        Assert.Fail("Most signals of the town are not healthy after a minute.");
    }

    /// <summary>Waits until the town's logs have been studied.</summary>
    /// <returns>The proposal.</returns>
    public async Task<long> FindProposalAsync(CancellationToken stop)
    {
        using var client = new HttpClient { BaseAddress = new Uri(Address) };
        for (var i = 0; i < 600; i++)
        {
            var study = await client.GetFromJsonAsync<JsonElement>(new Uri("/api/v1/retimings/study", UriKind.Relative), stop);
            if (study.GetProperty("endedMs").ValueKind == JsonValueKind.Number)
            {
                return study.GetProperty("proposal").GetInt64();
            }

            await Task.Delay(500, stop);
        }

        Assert.Fail("The town's logs have not been studied after five minutes.");
        return 0;
    }

    /// <summary>Hands a small file in, as a technician would, so that there is an import to look at.</summary>
    private async Task HandInAsync()
    {
        using var client = new HttpClient { BaseAddress = new Uri(Address) };
        var session = await client.GetFromJsonAsync<JsonElement>(new Uri("/api/v1/session", UriKind.Relative));
        using var body = new StringContent("TimeStamp,DeviceId,EventId,Parameter\n2026-05-13T15:00:00.000,1001,82,5\n2026-05-13T15:00:01.000,1001,81,x\n", Encoding.UTF8, "text/csv");
        using var form = new MultipartFormDataContent { { body, "files", "by-hand.csv" } };
        form.Headers.Add("RequestVerificationToken", session.GetProperty("antiforgery").GetString());
        using var answer = await client.PostAsync(new Uri("/api/v1/files", UriKind.Relative), form);
        answer.EnsureSuccessStatusCode();
        for (var i = 0; i < 50; i++)
        {
            if ((await client.GetFromJsonAsync<JsonElement>(new Uri("/api/v1/imports", UriKind.Relative))).GetProperty("total").GetInt32() > 0)
            {
                return;
            }

            await Task.Delay(100);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }

        _data.Delete(recursive: true);
    }
}
