using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Crosstown.Core.Data;
using Crosstown.Server.Hosting;
using Crosstown.Server.People;
using Crosstown.Server.Store.Records;
using Crosstown.Server.Tests.People;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Crosstown.Server.Tests.Hosting;

public sealed class GuardTests
{
    private const string Canary = "canary-7f3a-word";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("rule", "X07")]
    public async Task Every_route_and_every_error_carries_the_security_headers()
    {
        await using var server = await PeopleServer.StartAsync();
        using var nobody = server.Open();
        using var everything = await server.SignInAsAsync(Role.Approve, Role.Admin);
        var paths = AccessTable.List(server.Services.GetRequiredService<EndpointDataSource>()).Select(r => (HttpMethod.Parse(r.Method == "*" ? "GET" : r.Method), AccessTests.PathOf(r.Route)))
            .Append((HttpMethod.Get, "/no/such/page")).Append((HttpMethod.Patch, "/api/v1/city")).Append((HttpMethod.Get, "/api/v1/signals/7/events?from=x&to=y")).ToArray();
        everything.Client.DefaultRequestHeaders.Remove("RequestVerificationToken");
        foreach (var (method, path) in paths)
        {
            foreach (var browser in (PeopleServer.Browser[])[nobody, everything])
            {
                using var answer = await browser.SendAsync(method, path);
                var headers = answer.Headers;
                string? Of(string name) => headers.TryGetValues(name, out var values) ? Assert.Single(values) : null;
                var where = $"{method} {path}: {(int)answer.StatusCode}";
                Assert.True(Of("Content-Security-Policy") == "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'", where);
                Assert.True(Of("X-Content-Type-Options") == "nosniff", where);
                Assert.True(Of("X-Frame-Options") == "DENY" && Of("X-XSS-Protection") == "0", where);
                Assert.True(Of("Referrer-Policy") == "no-referrer", where);
                Assert.True(Of("Cross-Origin-Opener-Policy") == "same-origin", where);
                Assert.True(Of("Cross-Origin-Resource-Policy") == "same-origin", where);
                Assert.True(Of("Permissions-Policy")?.Contains("camera=()", StringComparison.Ordinal) == true, where);
                Assert.True(browser == nobody || answer.Headers.CacheControl is not null, where + " may be kept");
                Assert.True(Of("Server") is null && Of("X-Powered-By") is null, where);
            }
        }
    }

    [Fact]
    [Trait("rule", "X07")]
    public async Task No_endpoint_takes_a_change_without_the_token_from_another_site_or_with_somebody_elses_token()
    {
        await using var server = await PeopleServer.StartAsync();
        using var everything = await server.SignInAsAsync(Role.Approve, Role.Admin);
        using var other = await server.SignInAsAsync(Role.Operate);
        var own = everything.Client.DefaultRequestHeaders.GetValues("RequestVerificationToken").Single();
        var strange = other.Client.DefaultRequestHeaders.GetValues("RequestVerificationToken").Single();
        var changes = AccessTable.List(server.Services.GetRequiredService<EndpointDataSource>()).Where(r => r.Method is not ("GET" or "HEAD" or "OPTIONS" or "*")).ToArray();
        Assert.True(changes.Length > 10);
        async Task<bool> IsStoppedAsync(AccessRow row, string? token, string? site)
        {
            using var request = new HttpRequestMessage(HttpMethod.Parse(row.Method), new Uri(AccessTests.PathOf(row.Route), UriKind.Relative));
            everything.Client.DefaultRequestHeaders.Remove("RequestVerificationToken");
            if (token is not null)
            {
                request.Headers.Add("RequestVerificationToken", token);
            }

            if (site is not null)
            {
                request.Headers.Add("Sec-Fetch-Site", site);
            }

            using var answer = await everything.Client.SendAsync(request, Stop);
            return answer.StatusCode == HttpStatusCode.BadRequest && (await answer.Content.ReadAsStringAsync(Stop)).Contains("XT359", StringComparison.Ordinal);
        }

        foreach (var row in changes)
        {
            Assert.True(await IsStoppedAsync(row, null, null), $"{row} without a token");
            Assert.True(await IsStoppedAsync(row, strange, null), $"{row} with another account's token");
            Assert.True(await IsStoppedAsync(row, own, "cross-site"), $"{row} from another site");
            Assert.True(await IsStoppedAsync(row, own, "same-site"), $"{row} from a sister site");
        }

        Assert.False(await IsStoppedAsync(new AccessRow("POST", "/api/v1/people", ""), own, "same-origin"));
    }

    [Theory]
    [InlineData("__RequestVerificationToken=%2Fe%00&name=rosa&password=x")]
    [InlineData("return=%2Fe%00&name=rosa&password=x")]
    [InlineData("name=%FF%FE%")]
    [Trait("rule", "X07")]
    public async Task A_form_that_cannot_be_read_is_refused_as_one_that_is_not_ours(string form)
    {
        await using var server = await PeopleServer.StartAsync();
        using var nobody = server.Open();
        using var body = new StringContent(form, System.Text.Encoding.ASCII, "application/x-www-form-urlencoded");
        using var answer = await nobody.Client.PostAsync(new Uri("/sign-in", UriKind.Relative), body, Stop);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("XT359", await answer.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("rule", "X12")]
    public async Task A_failure_on_any_route_shows_a_code_and_nothing_of_the_inside()
    {
        Exception? fault = null;
        await using var server = await PeopleServer.StartAsync(map: app => app.Use((_, next) => fault is null ? next() : throw fault));
        using var everything = await server.SignInAsAsync(Role.Approve, Role.Admin);
        var rows = AccessTable.List(server.Services.GetRequiredService<EndpointDataSource>());
        Exception[] faults =
        [
            new InvalidOperationException(Canary), new IOException(Canary), new FormatException(Canary), new Microsoft.Data.Sqlite.SqliteException(Canary, 1),
            new RecordsUnavailableException(new Problem("XT353", "records", "busy"), isFull: false, new IOException(Canary)),
            new RecordsUnavailableException(new Problem("XT354", "records", "full"), isFull: true, new IOException(Canary)),
        ];
        foreach (var row in rows)
        {
            foreach (var each in faults)
            {
                fault = each;
                using var answer = await everything.SendAsync(HttpMethod.Parse(row.Method == "*" ? "GET" : row.Method), AccessTests.PathOf(row.Route));
                fault = null;
                var text = await answer.Content.ReadAsStringAsync(Stop);
                var (status, code) = each is RecordsUnavailableException r ? (r.IsFull ? 507 : 503, r.Problem.Code) : (500, "XT367");
                Assert.True((int)answer.StatusCode == status && (row.Method == "HEAD" || text.Contains(code, StringComparison.Ordinal)), $"{row}: {(int)answer.StatusCode} {text}");
                Assert.DoesNotContain(Canary, text, StringComparison.Ordinal);
                Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
                Assert.DoesNotContain("Exception", text, StringComparison.Ordinal);
                Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
                Assert.Equal(status != 500, answer.Headers.Contains("Retry-After"));
            }
        }
    }

    [Fact]
    [Trait("rule", "X05")]
    public async Task Too_much_of_anything_is_refused_before_it_is_read()
    {
        await using var server = await PeopleServer.StartAsync();
        using var admin = await server.SignInAsAsync(Role.Admin);

        // The sender asks before it sends, since the server does not wait for what it will not take.
        admin.Client.DefaultRequestHeaders.ExpectContinue = true;
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await admin.SendAsync(HttpMethod.Post, "/api/v1/people", $"{{\"name\":\"{new string('x', 2 << 20)}\"}}")).StatusCode);
        Assert.Equal(HttpStatusCode.RequestUriTooLong, (await admin.GetAsync("/api/v1/city?x=" + new string('x', 9_000))).StatusCode);
        admin.Client.DefaultRequestHeaders.Add("X-Long", new string('x', 20_000));
        Assert.Equal(HttpStatusCode.RequestHeaderFieldsTooLarge, (await admin.GetAsync("/api/v1/city")).StatusCode);
    }

    [Fact]
    [Trait("rule", "X05")]
    public async Task A_sender_that_trickles_its_headers_is_cut_off()
    {
        await using var server = await PeopleServer.StartAsync();
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, server.Address.Port, Stop);
        var stream = socket.GetStream();
        await stream.WriteAsync("GET /api/v1/session HTTP/1.1\r\nHost: localhost\r\n"u8.ToArray(), Stop);
        var watch = Stopwatch.StartNew();
        var read = stream.ReadAsync(new byte[1000], Stop).AsTask();
        var text = "";
        for (var i = 0; i < 40 && !read.IsCompleted; i++)
        {
            await Task.WhenAny(read, Task.Delay(1000, Stop));
            if (!read.IsCompleted)
            {
                await stream.WriteAsync(Encoding.ASCII.GetBytes($"X-{i}: a\r\n"), Stop);
            }
        }

        text = read.IsCompletedSuccessfully ? $"{await read} bytes" : "closed";
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(25), $"{watch.Elapsed}: {text}");
    }

    [Theory]
    [InlineData("http://0.0.0.0:0")]
    [InlineData("http://*:5311")]
    [InlineData("http://+:5311")]
    [InlineData("http://192.168.1.10:5311")]
    [InlineData("http://127.0.0.1:0;http://[::]:0")]
    [InlineData("http://crosstown.example.gov:80")]
    public void The_made_up_town_is_served_to_no_other_machine(string urls)
    {
        var folder = Directory.CreateTempSubdirectory("crosstown-town-");
        var refused = Assert.Throws<ProblemException>(() => ServerHost.Create(new ServerSettings { Data = folder.FullName, Urls = urls, IsTown = true }, TimeProvider.System));
        folder.Delete(recursive: true);

        Assert.Equal("XT365", Assert.Single(refused.Problems).Code);
    }

    [Fact]
    public async Task A_page_elsewhere_that_points_its_name_at_the_town_gets_nothing_and_changes_need_the_token()
    {
        await using var server = await PeopleServer.StartAsync(isTown: true);
        using var browser = server.Open();
        Assert.Equal("view operate approve admin", await browser.RolesAsync());
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.SendAsync(HttpMethod.Post, "/api/v1/people", """{"name":"x","roles":[],"password":"seven quiet herons wade"}""")).StatusCode);
        foreach (var host in (string[])["evil.example", "evil.example:5311", "127.0.0.1.evil.example", "localhost.evil.example"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/api/v1/session", UriKind.Relative)) { Headers = { Host = host } };
            using var answer = await browser.Client.SendAsync(request, Stop);
            Assert.Equal(HttpStatusCode.MisdirectedRequest, answer.StatusCode);
        }

        await browser.LoadTokenAsync();
        Assert.Equal(HttpStatusCode.Created, (await browser.SendAsync(HttpMethod.Post, "/api/v1/people", """{"name":"x","roles":[],"password":"seven quiet herons wade"}""")).StatusCode);
    }

    [Fact]
    public async Task What_a_proxy_says_is_believed_only_where_the_settings_name_the_proxy()
    {
        await using var alone = await PeopleServer.StartAsync();
        await using var behind = await PeopleServer.StartAsync("""{"Proxies":["127.0.0.1"]}""");
        foreach (var (server, isBelieved) in new[] { (alone, false), (behind, true) })
        {
            using var browser = server.Open();
            browser.Client.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");
            using var answer = await browser.GetAsync("/api/v1/session");
            Assert.Equal(isBelieved, answer.Headers.Contains("Strict-Transport-Security"));
        }
    }

    [Fact]
    [Trait("rule", "P18")]
    public async Task The_whole_log_holds_no_address_agent_path_or_query_even_at_its_most_talkative()
    {
        var data = Directory.CreateTempSubdirectory("crosstown-log-");
        var config = Path.Combine(data.FullName, "settings.json");
        await File.WriteAllTextAsync(config, """{"Logging":{"LogLevel":{"Default":"Trace","Microsoft":"Trace","Microsoft.AspNetCore.DataProtection":"Trace"}}}""", Stop);
        var program = Path.Combine(AppContext.BaseDirectory, "crosstown.dll");
        using var process = Process.Start(new ProcessStartInfo("dotnet", [program, "serve", "--data", data.FullName, "--urls", "http://127.0.0.1:0", "--config", config])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var log = new StringBuilder();
        var address = new TaskCompletionSource<string>();
        process.OutputDataReceived += (_, e) =>
        {
            lock (log)
            {
                log.AppendLine(e.Data);
            }

            if (e.Data?.StartsWith("Crosstown is at ", StringComparison.Ordinal) == true)
            {
                address.TrySetResult(e.Data["Crosstown is at ".Length..]);
            }
        };
        process.ErrorDataReceived += (_, e) =>
        {
            lock (log)
            {
                log.AppendLine(e.Data);
            }
        };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var listening = await address.Task.WaitAsync(TimeSpan.FromSeconds(60), Stop);
        using (var client = new HttpClient { BaseAddress = new Uri(listening) })
        {
            client.DefaultRequestHeaders.TryAddWithoutValidation("User-Agent", Canary);
            client.DefaultRequestHeaders.TryAddWithoutValidation("X-Forwarded-For", "203.0.113.77");
            client.DefaultRequestHeaders.TryAddWithoutValidation("Referer", $"https://example.org/{Canary}");
            client.DefaultRequestHeaders.TryAddWithoutValidation("Cookie", $"crosstown={Canary}");
            client.DefaultRequestHeaders.TryAddWithoutValidation("RequestVerificationToken", Canary);
            foreach (var path in (string[])["/", "/app/", $"/{Canary}", $"/api/v1/signals/{Canary}", $"/api/v1/session?who={Canary}", $"/api/v1/signals/7/events?from={Canary}&to=1", $"/sign-in?return=/{Canary}"])
            {
                using var got = await client.GetAsync(new Uri(path, UriKind.Relative), Stop);
                using var form = new FormUrlEncodedContent([KeyValuePair.Create("name", Canary), KeyValuePair.Create("password", Canary)]);
                using var sent = await client.PostAsync(new Uri(path, UriKind.Relative), form, Stop);
            }
        }

        using (var socket = new TcpClient())
        {
            await socket.ConnectAsync(IPAddress.Loopback, new Uri(listening).Port, Stop);
            await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"{Canary} nonsense {Canary}\r\n\r\n"), Stop);
            _ = await socket.GetStream().ReadAsync(new byte[100], Stop);
        }

        await Task.Delay(500, Stop);
        process.Kill();
        await process.WaitForExitAsync(Stop);
        data.Delete(recursive: true);
        string text;
        lock (log)
        {
            text = log.ToString();
        }

        Assert.Contains("Crosstown is at", text, StringComparison.Ordinal);
        foreach (var word in (string[])[Canary, "203.0.113.77", "canary", "/api/v1/", "return="])
        {
            Assert.DoesNotContain(word, text, StringComparison.OrdinalIgnoreCase);
        }

        Assert.DoesNotContain("127.0.0.1", text.Replace($"Crosstown is at {listening}", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }
}
