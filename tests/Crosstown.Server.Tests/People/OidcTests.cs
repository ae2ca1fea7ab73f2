using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Crosstown.Core.Data;
using Crosstown.Server.People.Oidc;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Configuration;

namespace Crosstown.Server.Tests.People;

[Trait("rule", "X08")]
public sealed class OidcTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Each lie, and the word that refuses it.</summary>
    public static TheoryData<string, string> Lies => new()
    {
        { "issuer", "token" }, { "audience", "token" }, { "two audiences without a party", "token" }, { "another party", "token" }, { "no algorithm", "token" },
        { "public key as secret", "token" }, { "offered secret", "token" }, { "expired", "token" }, { "no end", "token" }, { "not yet", "token" }, { "issued tomorrow", "token" },
        { "no issue time", "token" }, { "no subject", "token" }, { "nonce", "nonce" }, { "no nonce", "nonce" }, { "signature", "token" }, { "claims changed after signing", "token" },
        { "signature left out", "token" }, { "unknown key", "token" }, { "another key under the same name", "token" }, { "huge token", "token" }, { "no token", "token" },
        { "no token form", "token" }, { "access hash", "accesshash" }, { "token endpoint redirects", "code" },
    };

    [Fact]
    public async Task A_person_signs_in_through_a_real_provider()
    {
        var folder = Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", "..", "oidc");
        Assert.SkipUnless(Directory.Exists(Path.Combine(folder, "node_modules", "oidc-provider")), "oidc-provider is not installed: npm ci --prefix tests/oidc --ignore-scripts.");
        var port = FreePort();
        var publicUrl = $"http://127.0.0.1:{port}";
        using var provider = Process.Start(new ProcessStartInfo("node", ["provider.mjs", "crosstown", "s:e cret/+", publicUrl + OidcSettings.ReturnPath]) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
        try
        {
            provider.BeginErrorReadLine();
            var line = await provider.StandardOutput.ReadLineAsync(Stop);
            Assert.StartsWith("issuer ", line, StringComparison.Ordinal);
            await using var server = await PeopleServer.StartAsync(Settings(line!["issuer ".Length..], publicUrl, "s:e cret/+"), systemTime: true, port: port);
            using var browser = server.Open();
            Assert.Contains("Sign in with City Hall", await browser.GetTextAsync("/sign-in"), StringComparison.Ordinal);

            var next = new Uri(server.Address, "/sign-in/service?return=/app/signals/7");
            HttpResponseMessage answer;
            var steps = 0;
            while ((answer = await browser.Client.GetAsync(next, Stop)).StatusCode is HttpStatusCode.Redirect or HttpStatusCode.SeeOther)
            {
                next = new Uri(next, answer.Headers.Location!);
                Assert.True(++steps < 10, $"{next}");
            }

            var page = await answer.Content.ReadAsStringAsync(Stop);
            Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{next}: {(int)answer.StatusCode} {page}");
            Assert.Contains("url=/app/signals/7", page, StringComparison.Ordinal);
            var session = await browser.SessionAsync();
            Assert.Equal("rosa.lopez", session.GetProperty("name").GetString());
            Assert.Equal("view operate approve", await browser.RolesAsync());
        }
        finally
        {
            provider.Kill();
        }
    }

    [Fact]
    public async Task An_honest_service_is_believed_and_groups_that_are_taken_away_are_gone_at_the_next_sign_in()
    {
        await using var issuer = await HostileIssuer.StartAsync();
        await using var server = await StartAsync(issuer);
        using var browser = server.Open();
        var (status, _) = await SignInAsync(browser, issuer);

        Assert.Equal(HttpStatusCode.OK, status);

        // Without a second factor at the service, the group's role to approve counts as operating.
        Assert.Equal("view operate", await browser.RolesAsync());
        issuer.Claims = c => c["amr"] = new[] { "pwd", "hwk" };
        await SignInAsync(browser, issuer);
        Assert.Equal("view operate approve", await browser.RolesAsync());
        issuer.Claims = c => c["groups"] = new[] { "strangers" };
        await SignInAsync(browser, issuer);
        Assert.Equal("", await browser.RolesAsync());
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.GetAsync("/api/v1/city")).StatusCode);
    }

    [Theory]
    [MemberData(nameof(Lies))]
    public async Task A_lie_in_the_token_is_refused(string lie, string word)
    {
        await using var issuer = await HostileIssuer.StartAsync();
        await using var server = await StartAsync(issuer);
        using var other = RSA.Create(2048);
        Tell(issuer, lie, other, server.Time.GetUtcNow().ToUnixTimeSeconds());
        using var browser = server.Open();

        var (status, page) = await SignInAsync(browser, issuer);

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains($"({word})", page, StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, (await browser.SessionAsync()).GetProperty("name").ValueKind);
    }

    [Fact]
    public async Task An_answer_that_is_replayed_late_made_up_or_another_browsers_is_refused()
    {
        await using var issuer = await HostileIssuer.StartAsync();
        await using var server = await StartAsync(issuer);
        using var browser = server.Open();
        using var stranger = server.Open();
        var state = await BeginAsync(browser, issuer);
        async Task<HttpStatusCode> Return(PeopleServer.Browser who, string with) => (await who.GetAsync($"{OidcSettings.ReturnPath}?code=x&state={with}&iss={Uri.EscapeDataString(issuer.Address)}")).StatusCode;

        Assert.Equal(HttpStatusCode.BadRequest, await Return(stranger, state));
        var cookie = browser.Cookies.GetAllCookies()["crosstown-service"]!.Value;
        Assert.Equal(HttpStatusCode.OK, await Return(browser, state));

        // The same cookie and answer again, as somebody would send them who had copied both.
        stranger.Cookies.Add(server.Address, new Cookie("crosstown-service", cookie));
        Assert.Equal(HttpStatusCode.BadRequest, await Return(stranger, state));
        await BeginAsync(browser, issuer);
        Assert.Equal(HttpStatusCode.BadRequest, await Return(browser, "made-up"));
        var late = await BeginAsync(browser, issuer);
        server.Time.Move(TimeSpan.FromMinutes(11));
        Assert.Equal(HttpStatusCode.BadRequest, await Return(browser, late));
        Assert.Equal(1, issuer.TokenRequests);
    }

    [Fact]
    public async Task An_answer_of_another_issuer_or_of_none_is_a_mix_up_and_no_code_is_sent()
    {
        await using var issuer = await HostileIssuer.StartAsync();
        await using var server = await StartAsync(issuer);
        using var browser = server.Open();
        foreach (var named in (string[])["&iss=https%3A%2F%2Fother.example", ""])
        {
            var state = await BeginAsync(browser, issuer);
            using var answer = await browser.GetAsync($"{OidcSettings.ReturnPath}?code=x&state={state}{named}");
            Assert.Contains("(issuer)", await answer.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        }

        var denied = await BeginAsync(browser, issuer);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.GetAsync($"{OidcSettings.ReturnPath}?error=access_denied&state={denied}&iss={Uri.EscapeDataString(issuer.Address)}")).StatusCode);
        Assert.Equal(0, issuer.TokenRequests);
    }

    [Theory]
    [InlineData("issuer", "https://other.example")]
    [InlineData("token_endpoint", "http://other.example/token")]
    [InlineData("jwks_uri", "file:///etc/passwd")]
    [InlineData("authorization_endpoint", "javascript:alert(1)")]
    public async Task A_service_that_describes_itself_as_another_or_by_unsafe_addresses_is_not_used(string field, string value)
    {
        await using var issuer = await HostileIssuer.StartAsync();
        issuer.Description = d => d[field] = value;
        await using var server = await StartAsync(issuer);
        using var browser = server.Open();

        Assert.Equal(HttpStatusCode.BadGateway, (await browser.GetAsync("/sign-in/service")).StatusCode);
    }

    [Fact]
    public async Task Keys_that_the_service_changes_are_fetched_anew_but_not_at_every_strangers_wish()
    {
        await using var issuer = await HostileIssuer.StartAsync();
        await using var server = await StartAsync(issuer);
        using var browser = server.Open();
        Assert.Equal(HttpStatusCode.OK, (await SignInAsync(browser, issuer)).Status);
        issuer.Rotate();
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(HttpStatusCode.BadRequest, (await SignInAsync(browser, issuer)).Status);
        }

        Assert.Equal(1, issuer.KeyRequests);
        server.Time.Move(TimeSpan.FromSeconds(31));
        Assert.Equal(HttpStatusCode.OK, (await SignInAsync(browser, issuer)).Status);
        Assert.Equal(2, issuer.KeyRequests);
    }

    [Fact]
    public void Settings_that_are_missing_or_unsafe_are_all_named_at_once()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["SignIn:Issuer"] = "http://login.example.gov", ["SignIn:PublicUrl"] = "http://crosstown.example.gov/path", ["SignIn:Scopes"] = "profile", ["SignIn:Name"] = "local", ["SignIn:Roles:x"] = "king",
        }).Build();

        var refused = Assert.Throws<ProblemException>(() => OidcSettings.Read(configuration));

        Assert.Equal(
            ["SignIn:ClientId", "SignIn:Issuer", "SignIn:Name", "SignIn:PublicUrl", "SignIn:Roles", "SignIn:Roles:x", "SignIn:Scopes"],
            refused.Problems.Select(p => p.Where).Order(StringComparer.Ordinal));
        Assert.All(refused.Problems, p => Assert.Equal("XT369", p.Code));
    }

    private static void Tell(HostileIssuer issuer, string lie, RSA other, long now)
    {
        static string Hmac(string key, string signed) => WebEncoders.Base64UrlEncode(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.ASCII.GetBytes(signed)));
        switch (lie)
        {
            case "issuer": issuer.Claims = c => c["iss"] = "https://other.example"; break;
            case "audience": issuer.Claims = c => c["aud"] = "other-client"; break;
            case "two audiences without a party": issuer.Claims = c => c["aud"] = new[] { HostileIssuer.Client, "other-client" }; break;
            case "another party": issuer.Claims = c => c["azp"] = "other-client"; break;
            case "no algorithm": issuer.Header = h => h["alg"] = "none"; issuer.Sign = _ => ""; break;
            case "public key as secret": issuer.Header = h => h["alg"] = "HS256"; issuer.Sign = s => Hmac(issuer.PublicKeyText(), s); break;
            case "offered secret":
                issuer.OffersSecret = true;
                issuer.Header = h => (h["alg"], h["kid"]) = ("HS256", "shared");
                issuer.Sign = s => Hmac(new string('s', 32), s);
                break;
            case "expired": issuer.Claims = c => c["exp"] = now - 120; break;
            case "no end": issuer.Claims = c => c.Remove("exp"); break;
            case "not yet": issuer.Claims = c => c["nbf"] = now + 120; break;
            case "issued tomorrow": issuer.Claims = c => c["iat"] = now + 86_400; break;
            case "no issue time": issuer.Claims = c => c.Remove("iat"); break;
            case "no subject": issuer.Claims = c => c.Remove("sub"); break;
            case "nonce": issuer.Claims = c => c["nonce"] = "another"; break;
            case "no nonce": issuer.Claims = c => c.Remove("nonce"); break;
            case "signature": issuer.Token = t => t[..^6] + (t[^6] == 'A' ? 'B' : 'A') + t[^5..]; break;
            case "claims changed after signing":
                issuer.Token = t =>
                {
                    var parts = t.Split('.');
                    parts[1] = WebEncoders.Base64UrlEncode(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(WebEncoders.Base64UrlDecode(parts[1])).Replace("account-17", "account-18", StringComparison.Ordinal)));
                    return string.Join('.', parts);
                };
                break;
            case "signature left out": issuer.Token = t => t[..(t.LastIndexOf('.') + 1)]; break;
            case "unknown key": issuer.Header = h => h["kid"] = "unknown"; break;
            case "another key under the same name": issuer.Sign = s => WebEncoders.Base64UrlEncode(other.SignData(Encoding.ASCII.GetBytes(s), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)); break;
            case "huge token": issuer.Claims = c => c["x"] = new string('x', 100_000); break;
            case "no token": issuer.Token = _ => ""; break;
            case "no token form": issuer.Token = _ => "a.b.c"; break;
            case "access hash": issuer.Claims = c => c["at_hash"] = "AAAAAAAAAAAAAAAAAAAAAA"; break;
            case "token endpoint redirects": issuer.RedirectTokenTo = issuer.Address + "/elsewhere"; break;
            default: throw new ArgumentException(lie, nameof(lie));
        }
    }

    private static async Task<PeopleServer> StartAsync(HostileIssuer issuer)
    {
        var server = await PeopleServer.StartAsync(Settings(issuer.Address, "https://crosstown.example.gov", null));
        issuer.Time = server.Time;
        return server;
    }

    private static string Settings(string issuer, string publicUrl, string? secret) => JsonSerializer.Serialize(new
    {
        SignIn = new { Title = "City Hall", Issuer = issuer, ClientId = HostileIssuer.Client, ClientSecret = secret, PublicUrl = publicUrl, Roles = new { signals = "approve" } },
    });

    private static async Task<string> BeginAsync(PeopleServer.Browser browser, HostileIssuer issuer)
    {
        using var begun = await browser.GetAsync("/sign-in/service");
        Assert.Equal(HttpStatusCode.Redirect, begun.StatusCode);
        return issuer.Accept(begun.Headers.Location!);
    }

    private static async Task<(HttpStatusCode Status, string Page)> SignInAsync(PeopleServer.Browser browser, HostileIssuer issuer)
    {
        var state = await BeginAsync(browser, issuer);
        using var answer = await browser.GetAsync($"{OidcSettings.ReturnPath}?code=x&state={state}&iss={Uri.EscapeDataString(issuer.Address)}");
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Stop));
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string ThisFile([CallerFilePath] string thisFile = "") => thisFile;
}
