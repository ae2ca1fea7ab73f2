using System.Net;
using System.Runtime.CompilerServices;
using Crosstown.Cli.Commands;
using Crosstown.Client;
using Crosstown.Server.Api;
using Crosstown.Server.City;
using Crosstown.Server.Hosting;
using Crosstown.Server.Tests.Live;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.Routing;

namespace Crosstown.Server.Tests.Api;

public sealed class ApiDocumentTests(QueryTown town)
{
    private static string RepositoryRoot([CallerFilePath] string thisFile = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(thisFile)!, "..", "..", ".."));

    [Fact]
    [Trait("rule", "X05")]
    public void Every_route_of_the_interface_limits_body_time_and_requests()
    {
        var routes = town.Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Where(e => e.RoutePattern.RawText!.StartsWith("/api/v1", StringComparison.Ordinal)).ToArray();
        Assert.True(routes.Length > 40, $"{routes.Length} routes");
        Assert.All(routes, r =>
        {
            Assert.InRange(r.Metadata.GetMetadata<IRequestSizeLimitMetadata>()?.MaxRequestBodySize ?? long.MaxValue, 1, 1L << 30);
            Assert.True(r.Metadata.GetMetadata<RequestTimeoutAttribute>() is not null || r.Metadata.GetMetadata<DisableRequestTimeoutAttribute>() is not null, r.DisplayName);
            Assert.Equal(ApiLimits.Policy, r.Metadata.GetMetadata<EnableRateLimitingAttribute>()?.PolicyName);
        });
        Assert.All(routes.Where(r => r.Metadata.GetMetadata<DisableRequestTimeoutAttribute>() is not null), r => Assert.Equal("/api/v1/live", r.RoutePattern.RawText));
    }

    [Fact]
    [Trait("rule", "X05")]
    public async Task Who_asks_too_often_is_told_when_to_try_again()
    {
        // A server of its own: the account's allowance is used up on purpose.
        using var folder = Crosstown.Server.Imports.PassingFolder.Create();
        await using var app = ServerHost.Create(new ServerSettings { Data = folder.Path, Urls = "http://127.0.0.1:0", IsTown = true }, new HandClock(DateTimeOffset.FromUnixTimeMilliseconds(town.StartMs)));
        await app.StartAsync(TestContext.Current.CancellationToken);
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        for (var i = 0; i < 20 * ApiLimits.AccountBurst; i++)
        {
            using var response = await client.GetAsync(new Uri("/api/v1/event-codes", UriKind.Relative));
            if (response.StatusCode == HttpStatusCode.TooManyRequests)
            {
                Assert.True(i >= ApiLimits.AccountBurst, $"{i} requests");
                Assert.True(response.Headers.RetryAfter?.Delta > TimeSpan.Zero);
                Assert.Contains("XT415", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
                await app.StopAsync(TestContext.Current.CancellationToken);
                return;
            }
        }

        Assert.Fail("No request was refused.");
    }

    [Fact]
    public async Task Every_operation_is_described_in_full()
    {
        var document = await town.GetJsonAsync(ApiDocument.Path);
        var operations = document.GetProperty("paths").EnumerateObject().SelectMany(p => p.Value.EnumerateObject().Where(o => o.Name != "head").Select(o => (Where: $"{o.Name} {p.Name}", o.Value))).ToArray();
        Assert.True(operations.Length > 40, $"{operations.Length}");
        Assert.All(operations, o =>
        {
            Assert.True(o.Value.TryGetProperty("summary", out var summary) && summary.GetString()!.Length > 8, o.Where);
            Assert.True(o.Value.TryGetProperty("operationId", out _), o.Where);
            Assert.True(o.Value.GetProperty("responses").TryGetProperty("429", out _), o.Where);
        });
        var table = document.GetProperty("paths").GetProperty("/api/v1/signals/{id}/tables/{table}").GetProperty("get");
        Assert.Contains("application/vnd.apache.parquet", table.GetProperty("responses").GetProperty("200").GetProperty("content").EnumerateObject().Select(c => c.Name));
        var from = table.GetProperty("parameters").EnumerateArray().Single(p => p.GetProperty("name").GetString() == "from");
        Assert.True(from.GetProperty("required").GetBoolean());
        Assert.Equal(0, from.GetProperty("schema").GetProperty("minimum").GetInt64());
    }

    [Fact]
    public async Task The_page_and_the_client_are_those_of_the_interface()
    {
        foreach (var (path, text) in await DocsCommand.ListInterfaceFilesAsync(TestContext.Current.CancellationToken))
        {
            Assert.True(text == (await File.ReadAllTextAsync(Path.Combine(RepositoryRoot(), path))).ReplaceLineEndings("\n"), $"{path} is out of date: run ./run docs");
        }
    }

    [Fact]
    public async Task The_client_asks_the_real_server()
    {
        using var http = new HttpClient { BaseAddress = town.Client.BaseAddress };
        var client = new CrosstownClient(http);
        var (from, to) = (town.StartMs + (7 * 3_600_000L), town.StartMs + (9 * 3_600_000L));
        var table = await client.GetTableAsync(town.Busy.Value, "approach-volume", from, to, bin: "1h");
        Assert.Equal(table.Rows, table.Columns["time"].GetArrayLength());
        var refused = await Assert.ThrowsAsync<CrosstownException>(() => client.ListEventsAsync(town.Busy.Value, from, to));
        Assert.Equal((HttpStatusCode.Forbidden, "XT410"), (refused.Status, refused.Problems.Single().Code));
        client.Reason = "routine-check";
        Assert.NotEmpty((await client.ListEventsAsync(town.Busy.Value, from, to, codes: [1, 8])).Times);
        using var csv = new StreamReader(await client.OpenCityTableAsync("text/csv", "approach-volume", from, to, signals: [town.Busy.Value]));
        Assert.StartsWith("time,signal,direction", await csv.ReadLineAsync(), StringComparison.Ordinal);
        Assert.NotEmpty((await client.GetRankingAsync("volume", from, to)).Items);
        Assert.NotEmpty((await client.GetTimeSpaceAsync(town.Get<CityModel>().Now.Corridors[0].Id, from, to)).Signals);
        Assert.NotEmpty(await client.ListEventCodesAsync());
    }
}
