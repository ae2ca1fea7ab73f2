using System.Diagnostics.Metrics;
using System.Net.Http.Headers;
using System.Text;
using Crosstown.Server.Tests.Public;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Crosstown.Server.Tests.Privacy;

/// <summary>Made-up people come to the server through every door; none of them may be found in what it keeps, writes about its work, or answers to others.</summary>
public sealed class ServerCanaryTests
{
    private const string HardwareAddress = "7c:2e:bd:91:04:f6";
    private const string Mailbox = "canary.person@example.org";
    private const string DialNumber = "801-736-4412";
    private const string HandsetNumber = "490154203237518";
    private const string Uuid = "3f0c9d2a-71b4-4e8e-9a55-0d6be1f7c812";
    private const string NetworkAddress = "198.51.100.118";
    private const string Mark = "QZX7294K";
    private const string Name = "Mildred Ottoline Fairweather";
    private const string Agent = "CanaryBrowser/77.31 (Handset Zeta-9)";

    private static readonly Action<ILogger, string, Exception?> s_leak = LoggerMessage.Define<string>(LogLevel.Warning, new EventId(1), "A reader came: {Reader}");

    private static readonly string[] s_canaries = [HardwareAddress, Mailbox, DialNumber, HandsetNumber, Uuid, NetworkAddress, Mark, Name, Agent];

    [Fact]
    [Trait("rule", "P06")]
    [Trait("rule", "P18")]
    [Trait("rule", "P19")]
    public async Task Nobody_who_comes_by_header_path_query_body_name_or_file_is_found_on_disk_in_records_in_the_log_in_metrics_or_in_later_answers()
    {
        var leaks = Directory.CreateTempSubdirectory("crosstown-canary-").FullName;
        var (log, labels) = (new StringWriter(), new List<string>());
        var console = Console.Out;
        using var meters = Listen(labels);
        Console.SetOut(TextWriter.Synchronized(log));
        string[] stored;
        try
        {
            await using var town = await PublicTown.StartAsync(isStaff: true, add: s => s.AddLogging(l => l.SetMinimumLevel(LogLevel.Trace)));
            await town.RunAsync(2);
            town.Clock.NowMs = PublicTown.StartMs + (5 * PublicTown.HourMs);
            var doors = 0;
            foreach (var canary in s_canaries)
            {
                doors += await ComeAsync(town, canary);
            }

            Assert.True(doors >= 40, $"{doors} doors");
            await town.Publisher.PublishDueAsync(TestContext.Current.CancellationToken);
            foreach (var path in new[] { "/api/v1/session", "/api/v1/city", "/api/v1/signals", "/api/v1/imports", "/api/v1/audit", "/api/v1/sources", "/api/v1/people", "/api/v1/data", "/status", "/counts", "/privacy/data" })
            {
                using var answer = await town.Client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
                await File.WriteAllBytesAsync(
                    Path.Combine(leaks, $"answer{path.Replace('/', '-')}"), await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);
            }

            CopyFolder(town.Folder, Path.Combine(leaks, "data"));
            await File.WriteAllTextAsync(Path.Combine(leaks, "log.txt"), log.ToString(), TestContext.Current.CancellationToken);
            await File.WriteAllLinesAsync(Path.Combine(leaks, "labels.txt"), labels, TestContext.Current.CancellationToken);
            stored = [.. new CanarySweep(s_canaries).Search(leaks)];

            // The same search finds what is planted in the records and in the log.
            await town.Records.WriteAsync((c, t) => c.ExecuteAsync("create table visit (who text); insert into visit values (@Mailbox)", new { Mailbox }, t), TestContext.Current.CancellationToken);
            s_leak(town.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Crosstown.Server.Public"), NetworkAddress, null);
            await Task.Delay(500, TestContext.Current.CancellationToken);
            CopyFolder(town.Folder, Path.Combine(leaks, "planted"));
            await File.WriteAllTextAsync(Path.Combine(leaks, "planted", "log.txt"), log.ToString(), TestContext.Current.CancellationToken);
        }
        finally
        {
            Console.SetOut(console);
        }

        var planted = new CanarySweep(s_canaries).Search(Path.Combine(leaks, "planted"));
        Directory.Delete(leaks, recursive: true);

        Assert.Empty(stored);
        Assert.Contains(planted, h => h.StartsWith(Mailbox, StringComparison.Ordinal) && h.Contains("records.db", StringComparison.Ordinal));
        Assert.Contains(planted, h => h.StartsWith(NetworkAddress, StringComparison.Ordinal) && h.Contains("log.txt", StringComparison.Ordinal));
    }

    /// <summary>One canary through all doors; the answers to these requests themselves go back to who sent them and nowhere else.</summary>
    private static async Task<int> ComeAsync(PublicTown town, string canary)
    {
        var escaped = Uri.EscapeDataString(canary);
        var events = Encoding.UTF8.GetBytes($"{{\"time\":\"2024-05-12T08:00:00Z\",\"signal\":\"1001\",\"code\":82,\"parameter\":2,\"tag\":\"{canary}\"}}\n{{\"signal\":\"{canary}\",\"code\":1}}\n");
        HttpRequestMessage[] requests =
        [
            Get($"/app/{escaped}"), Get($"/{escaped}"), Get($"/api/v1/signals/{escaped}"), Get($"/privacy/data/table/{escaped}"), Get($"/counts?signal={escaped}&day={escaped}"),
            Get($"/api/v1/signals?query={escaped}"), Get($"/api/v1/public/counts?from={escaped}"), Get($"/status?{escaped}={escaped}"),
            Post("/api/v1/events?signal=1001", new ByteArrayContent(events), "application/x-ndjson"),
            Post("/api/v1/events", new ByteArrayContent(Encoding.UTF8.GetBytes($"time,signal,code,parameter,{canary}\n2024-05-12T08:00:00Z,1001,82,2,{canary}\n")), "text/csv"),
            Post("/sign-in", new FormUrlEncodedContent(new Dictionary<string, string> { ["name"] = canary, ["password"] = canary }), null),
            Post("/api/v1/people", new StringContent($"{{\"name\":\"{canary}\",\"note\":\"{canary}\"}}"), "application/json"),
            Post("/api/v1/files", new MultipartFormDataContent { { new ByteArrayContent(events), "file", $"{canary.Replace(':', '-')}.csv" } }, null),
            new(HttpMethod.Put, new Uri("/api/v1/signals/1001/configuration", UriKind.Relative)) { Content = new StringContent($"{{\"signal\":\"1001\",\"owner\":\"{canary}\"}}", Encoding.UTF8, "application/json") },
        ];
        foreach (var request in requests)
        {
            using (request)
            {
                request.Headers.TryAddWithoutValidation("User-Agent", canary);
                request.Headers.TryAddWithoutValidation("X-Forwarded-For", canary);
                request.Headers.TryAddWithoutValidation("Referer", $"https://example.org/{escaped}");
                request.Headers.TryAddWithoutValidation("Cookie", $"who={escaped}");
                request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {escaped}");
                request.Headers.TryAddWithoutValidation("X-Request-Id", canary);
                using var answer = await town.Client.SendAsync(request, TestContext.Current.CancellationToken);
                await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
                town.Clock.NowMs += 1000;
            }
        }

        return requests.Length;

        static HttpRequestMessage Get(string path) => new(HttpMethod.Get, new Uri(path, UriKind.Relative));

        static HttpRequestMessage Post(string path, HttpContent content, string? type)
        {
            if (type is not null)
            {
                content.Headers.ContentType = new MediaTypeHeaderValue(type);
            }

            return new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative)) { Content = content };
        }
    }

    private static MeterListener Listen(List<string> labels)
    {
        var listener = new MeterListener { InstrumentPublished = (instrument, l) => l.EnableMeasurementEvents(instrument) };
        void Take(ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            foreach (var (key, value) in tags)
            {
                lock (labels)
                {
                    labels.Add($"{key}={value}");
                }
            }
        }

        listener.SetMeasurementEventCallback<long>((i, _, tags, _) => TakeOurs(i, tags));
        listener.SetMeasurementEventCallback<double>((i, _, tags, _) => TakeOurs(i, tags));
        listener.SetMeasurementEventCallback<int>((i, _, tags, _) => TakeOurs(i, tags));
        listener.Start();
        return listener;

        void TakeOurs(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            if (instrument.Meter.Name.StartsWith("Crosstown", StringComparison.OrdinalIgnoreCase))
            {
                Take(tags);
            }
        }
    }

    private static void CopyFolder(string from, string to)
    {
        // The lock is empty, and held.
        foreach (var path in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories).Where(p => Path.GetExtension(p) != ".lock"))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, path));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            using var source = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var copy = File.Create(target);
            source.CopyTo(copy);
        }
    }
}
