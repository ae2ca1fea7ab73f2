using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Crosstown.Core.Events;
using Crosstown.Server.Data;
using Crosstown.Server.Operations;
using Crosstown.Server.Tests.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Crosstown.Server.Tests.Operations;

public sealed partial class HealthAndMetricsTests
{
    [Fact]
    public async Task A_server_with_little_room_is_live_and_not_ready_and_says_so_in_a_code()
    {
        var free = Health.LeastFreeBytes + 1;
        await using var server = await DeskServer.StartAsync(add: s => s.AddSingleton(new DiskGauge(() => new DiskRoom(free, 1L << 40))));
        Assert.Equal((200, "ready"), await LookAsync(server));

        free = Health.LeastFreeBytes - 1;
        Assert.Equal((503, "not-ready disk-low"), await LookAsync(server));
        Assert.Equal(200, (await server.SendAsync(HttpMethod.Get, "../../health/live")).Status);

        free = Health.LeastFreeBytes;
        Assert.Equal((200, "ready"), await LookAsync(server));
    }

    [Fact]
    [Trait("rule", "P18")]
    public async Task Metrics_are_the_text_that_Prometheus_reads_and_no_label_says_who_from_where_or_which_signal()
    {
        await using var server = await DeskServer.StartAsync();
        await server.AddAsync("7185", new ControllerEvent(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), 82, 3));
        await server.GetAsync("signals/7185/configuration?secret=canary-query");
        var (status, text, _) = await server.SendAsync(HttpMethod.Get, "../../metrics");

        Assert.Equal(200, status);
        var lines = text.GetString()!.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(lines, line => Assert.Matches(Line(), line));
        Assert.Contains(lines, l => l.StartsWith("crosstown_events_taken_total ", StringComparison.Ordinal) && l != "crosstown_events_taken_total 0");
        Assert.Contains(lines, l => l.StartsWith("http_server_request_duration_seconds_count{", StringComparison.Ordinal) && l.Contains("/api/v1/signals/{id}/configuration", StringComparison.Ordinal));
        foreach (var name in new[] { "crosstown_data_age_seconds", "crosstown_live_listeners", "crosstown_journal_size_bytes", "crosstown_memory_resident_bytes", "crosstown_store_accepting" })
        {
            Assert.Contains(lines, l => l.StartsWith(name, StringComparison.Ordinal));
        }

        foreach (var canary in new[] { "7185", "canary", "127.0.0.1", "demo" })
        {
            Assert.DoesNotContain(canary, text.GetString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_port_for_whoever_watches_the_machine_answers_metrics_and_health_and_nothing_else()
    {
        var port = FreePort();
        var config = Path.Combine(Path.GetTempPath(), $"crosstown-metrics-{Environment.ProcessId}-{port}.json");
        await File.WriteAllTextAsync(config, $$"""{ "Metrics": { "Port": {{port}} } }""");
        await using var server = await DeskServer.StartAsync(config: config);
        File.Delete(config);
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };

        Assert.Contains("crosstown_store_accepting", await client.GetStringAsync(new Uri("/metrics", UriKind.Relative)), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri("/health/ready", UriKind.Relative))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(new Uri("/api/v1/signals", UriKind.Relative))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(new Uri("/app/", UriKind.Relative))).StatusCode);
    }

    [Fact]
    [Trait("rule", "P18")]
    public async Task Figures_and_traces_go_to_the_collector_that_is_named_without_addresses_agents_or_queries()
    {
        var received = new List<(string Path, string Content)>();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var collector = builder.Build();
        collector.MapPost("/v1/{kind}", async (HttpContext context) =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            lock (received)
            {
                received.Add((context.Request.Path, Encoding.Latin1.GetString(body.ToArray())));
            }
        });
        await collector.StartAsync();
        var config = Path.Combine(Path.GetTempPath(), $"crosstown-otlp-{Environment.ProcessId}.json");
        await File.WriteAllTextAsync(config, $$"""{ "OpenTelemetry": { "Endpoint": "{{collector.Urls.First()}}" } }""");
        await using (var server = await DeskServer.StartAsync(config: config))
        {
            File.Delete(config);
            server.Client.DefaultRequestHeaders.UserAgent.ParseAdd("canary-agent/1.0");
            await server.AddAsync("7185", new ControllerEvent(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), 82, 3));
            await server.GetAsync("signals/7185/configuration?secret=canary-query");
        }

        Assert.Contains(received, r => r.Path == "/v1/metrics" && r.Content.Contains("crosstown.events.taken", StringComparison.Ordinal));
        Assert.Contains(received, r => r.Path == "/v1/traces" && r.Content.Contains("/api/v1/signals/{id}/configuration", StringComparison.Ordinal));
        Assert.All(received, r => Assert.DoesNotMatch("canary|127\\.0\\.0\\.1|7185", r.Content));
    }

    [Fact]
    public async Task A_server_that_is_stopped_tells_listeners_and_keeps_everything_that_was_acknowledged()
    {
        var data = DeskServer.MakeFolder();
        try
        {
            await using (var server = await DeskServer.StartAsync(data: data))
            {
                using var live = await server.Client.GetStreamAsync(new Uri("live", UriKind.Relative)).ContinueWith(t => t.GetAwaiter().GetResult(), TaskScheduler.Default);
                await server.AddAsync("5", new ControllerEvent(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), 82, 3));
                var started = TimeProvider.System.GetTimestamp();
                await server.StopAsync();
                Assert.True(TimeProvider.System.GetElapsedTime(started) < OperationsServices.StopTime);
                using var rest = new StreamReader(live);
                _ = await rest.ReadToEndAsync();
            }

            Assert.Equal(1, Crosstown.Logs.Store.EventStore.Open(data).CountEvents());
            DataFolder.Open(data).Dispose();
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    private static async Task<(int Status, string Said)> LookAsync(DeskServer server)
    {
        var (status, body, _) = await server.SendAsync(HttpMethod.Get, "../../health/ready");
        return (status, string.Join(' ', body.GetProperty("codes").EnumerateArray().Select(c => c.GetString()).Prepend(body.GetProperty("status").GetString())));
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [GeneratedRegex("""^(# (HELP|TYPE) [a-z_0-9]+ .*|[a-zA-Z_][a-zA-Z0-9_]*(\{[a-z_]+="[^"]*"(,[a-z_]+="[^"]*")*\})? -?([0-9.]+(E[+-]?[0-9]+)?|NaN|\+Inf))$""")]
    private static partial Regex Line();
}
