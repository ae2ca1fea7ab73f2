using System.Net;
using Crosstown.Server.People;
using Crosstown.Server.People.Accounts;
using Crosstown.Server.People.Audit;
using Crosstown.Server.People.Pages;
using Crosstown.Server.People.Sessions;
using Crosstown.Server.Tests.Store;
using Dapper;
using Microsoft.Extensions.DependencyInjection;

namespace Crosstown.Server.Tests.People;

public sealed class SignInTests
{
    public static TheoryData<string> Both => TestRecords.Both;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Both))]
    public async Task A_person_signs_in_works_and_signs_out_on_either_database(string dialect)
    {
        await using var server = await PeopleServer.StartAsync(dialect: dialect);
        await server.AddAsync("rosa.lopez", Role.Operate);
        using var browser = server.Open();
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync("/api/v1/city")).StatusCode);

        using var signedIn = await browser.SubmitAsync("/sign-in?return=/app/signals/7", "/sign-in", ("name", "Rosa.Lopez"), ("password", PeopleServer.Password), ("return", "/app/signals/7"));

        Assert.Equal(HttpStatusCode.SeeOther, signedIn.StatusCode);
        Assert.Equal("/app/signals/7", signedIn.Headers.Location!.ToString());
        Assert.Equal("view operate", await browser.RolesAsync());
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/api/v1/city")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.GetAsync("/api/v1/people")).StatusCode);

        Assert.Equal(["sign-in", "account-add"], server.Services.GetRequiredService<AuditLog>().List(null, null, null, 10).Select(e => e.Action));

        using var signedOut = await browser.SubmitAsync("/sign-out", "/sign-out");
        Assert.Equal(HttpStatusCode.SeeOther, signedOut.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync("/api/v1/city")).StatusCode);
    }

    [Fact]
    [Trait("rule", "X07")]
    public async Task The_sessions_cookie_is_of_this_site_alone_and_out_of_reach_of_scripts_and_the_public_gets_none()
    {
        await using var server = await PeopleServer.StartAsync();
        await server.AddAsync("rosa", Role.View);
        using var browser = server.Open();
        Assert.False((await browser.GetAsync("/api/v1/session")).Headers.Contains("Set-Cookie"));
        Assert.False((await browser.GetAsync("/app/")).Headers.Contains("Set-Cookie"));

        using var answer = await browser.SubmitAsync("/sign-in", "/sign-in", ("name", "rosa"), ("password", PeopleServer.Password));

        var cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"), c => c.StartsWith("crosstown=", StringComparison.Ordinal));
        Assert.EndsWith("; path=/; samesite=strict; httponly", cookie, StringComparison.Ordinal);
        Assert.DoesNotContain("expires", cookie, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    [Trait("rule", "X07")]
    public async Task Over_https_all_cookies_are_held_to_it_and_to_the_host()
    {
        await using var server = await PeopleServer.StartAsync("""{"Proxies":["127.0.0.1"],"PublicUrl":"https://crosstown.example.gov"}""");
        await server.AddAsync("rosa", Role.View);
        using var handler = new HttpClientHandler { UseCookies = false, AllowAutoRedirect = false };
        using var client = new HttpClient(handler) { BaseAddress = server.Address };
        client.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");
        using var page = await client.GetAsync(new Uri("/sign-in", UriKind.Relative), Stop);
        var token = System.Text.RegularExpressions.Regex.Match(await page.Content.ReadAsStringAsync(Stop), "Token\" value=\"([^\"]+)").Groups[1].Value;
        var form = Assert.Single(page.Headers.GetValues("Set-Cookie"));
        client.DefaultRequestHeaders.Add("Cookie", form.Split(';')[0]);
        using var fields = new FormUrlEncodedContent([KeyValuePair.Create("name", "rosa"), KeyValuePair.Create("password", PeopleServer.Password), KeyValuePair.Create("__RequestVerificationToken", token)]);
        using var answer = await client.PostAsync(new Uri("/sign-in", UriKind.Relative), fields, Stop);

        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        Assert.All([form, Assert.Single(answer.Headers.GetValues("Set-Cookie"))], c =>
        {
            Assert.StartsWith("__Host-crosstown", c, StringComparison.Ordinal);
            Assert.Contains("; path=/; secure; samesite=strict; httponly", c, StringComparison.Ordinal);
        });
    }

    [Fact]
    [Trait("rule", "X08")]
    public async Task A_session_ends_after_half_an_hour_without_use_and_after_eight_hours_of_use()
    {
        await using var server = await PeopleServer.StartAsync();
        await server.AddAsync("rosa", Role.View);
        using var idle = await server.SignInAsync("rosa");
        using var busy = await server.SignInAsync("rosa");
        using var alone = await server.SignInAsync("rosa");
        using var told = await server.SignInAsync("rosa");
        alone.Client.DefaultRequestHeaders.Add(SessionHandler.BackgroundHeader, "1");
        told.Client.DefaultRequestHeaders.Accept.ParseAdd("text/event-stream");

        for (var minutes = 0; minutes < 8 * 60; minutes += 20)
        {
            Assert.Equal(HttpStatusCode.OK, (await busy.GetAsync("/api/v1/city")).StatusCode);
            var untouched = minutes < 30 ? HttpStatusCode.OK : HttpStatusCode.Unauthorized;
            Assert.Equal(untouched, (await alone.GetAsync("/api/v1/city")).StatusCode);
            Assert.Equal(untouched, (await told.GetAsync("/api/v1/city")).StatusCode);
            server.Time.Move(TimeSpan.FromMinutes(20));
        }

        Assert.Equal(HttpStatusCode.Unauthorized, (await idle.GetAsync("/api/v1/city")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await busy.GetAsync("/api/v1/city")).StatusCode);
    }

    [Fact]
    public async Task Five_wrong_passwords_put_an_account_to_rest_for_five_minutes_also_when_they_come_at_once()
    {
        await using var server = await PeopleServer.StartAsync();
        await server.AddAsync("rosa", Role.View);
        var right = 0;
        await Task.WhenAll(Enumerable.Range(0, 12).Select(async _ =>
            await server.WithAccountsAsync(async a => (await a.CheckAsync("rosa", "wrong words entirely", Stop)) is null ? 0 : Interlocked.Increment(ref right))));
        Assert.Equal(0, right);

        using (var connection = server.Records.Open())
        {
            Assert.Equal(AccountRegister.MostAttempts, connection.ExecuteScalar<long>("select failed_count from account where name = 'rosa'"));
        }

        Assert.Null(await server.WithAccountsAsync(a => a.CheckAsync("rosa", PeopleServer.Password, Stop)));
        server.Time.Move(AccountRegister.Rest);
        Assert.NotNull(await server.WithAccountsAsync(a => a.CheckAsync("rosa", PeopleServer.Password, Stop)));
    }

    [Fact]
    public async Task A_wrong_password_and_a_name_that_nobody_has_get_the_same_answer()
    {
        await using var server = await PeopleServer.StartAsync();
        await server.AddAsync("rosa", Role.View);
        async Task<(HttpStatusCode, string)> Try(string name, string password)
        {
            using var browser = server.Open();
            using var answer = await browser.SubmitAsync("/sign-in", "/sign-in", ("name", name), ("password", password));
            Assert.DoesNotContain(browser.Cookies.GetAllCookies(), c => c.Name == "crosstown");
            var text = await answer.Content.ReadAsStringAsync(Stop);
            return (answer.StatusCode, text[text.IndexOf("alert", StringComparison.Ordinal)..text.IndexOf("</p>", StringComparison.Ordinal)]);
        }

        var wrong = await Try("rosa", "wrong words entirely");

        Assert.Equal(HttpStatusCode.Unauthorized, wrong.Item1);
        Assert.Equal(wrong, await Try("nobody.here", PeopleServer.Password));
        Assert.Equal(wrong, await Try("a b'; drop table account", PeopleServer.Password));
        Assert.Equal(wrong, await Try("rosa", new string('x', 5000)));
    }

    [Fact]
    public async Task Too_many_attempts_from_one_place_are_refused_whatever_the_accounts()
    {
        await using var server = await PeopleServer.StartAsync();
        using var browser = server.Open();
        var token = System.Text.RegularExpressions.Regex.Match(await browser.GetTextAsync("/sign-in"), "Token\" value=\"([^\"]+)").Groups[1].Value;
        HttpStatusCode last = default;
        for (var i = 0; i <= SignInLimit.Most; i++)
        {
            using var answer = await browser.PostFormAsync("/sign-in", ("name", "!"), ("password", "x"), ("__RequestVerificationToken", token));
            last = answer.StatusCode;
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, last);
        server.Time.Move(SignInLimit.Window);
        using var later = await browser.PostFormAsync("/sign-in", ("name", "!"), ("password", "x"), ("__RequestVerificationToken", token));
        Assert.Equal(HttpStatusCode.Unauthorized, later.StatusCode);
    }

    [Fact]
    [Trait("rule", "X08")]
    public async Task Approvers_and_administrators_hold_their_role_only_with_a_second_factor()
    {
        await using var server = await PeopleServer.StartAsync();
        await server.AddAsync("ann", Role.Approve, Role.Admin);
        using var without = await server.SignInAsync("ann");
        Assert.Equal("view operate", await without.RolesAsync());
        Assert.Equal(HttpStatusCode.Forbidden, (await without.GetAsync("/api/v1/people")).StatusCode);

        var (secret, codes) = await server.SetUpSecondFactorAsync("ann");
        Assert.Equal(HttpStatusCode.Unauthorized, (await without.GetAsync("/api/v1/city")).StatusCode);
        using var half = await server.SignInAsync("ann");
        Assert.Equal("", await half.RolesAsync());
        Assert.Equal(HttpStatusCode.Forbidden, (await half.GetAsync("/api/v1/city")).StatusCode);

        server.Time.Move(TimeSpan.FromSeconds(30));
        using var wrong = await half.SubmitAsync("/sign-in/second-factor", "/sign-in/second-factor", ("code", "000000"));
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        var code = server.CodeOf(secret);
        var before = half.Cookies.GetAllCookies()["crosstown"]!.Value;
        using var right = await half.SubmitAsync("/sign-in/second-factor", "/sign-in/second-factor", ("code", code));
        Assert.Equal(HttpStatusCode.SeeOther, right.StatusCode);
        Assert.NotEqual(before, half.Cookies.GetAllCookies()["crosstown"]!.Value);
        Assert.Equal("view operate approve admin", await half.RolesAsync());

        // A code that somebody looked at over a shoulder opens nothing again; a recovery code opens once.
        using var again = await server.SignInAsync("ann");
        Assert.Equal(HttpStatusCode.Unauthorized, (await again.SubmitAsync("/sign-in/second-factor", "/sign-in/second-factor", ("code", code))).StatusCode);
        Assert.Equal(HttpStatusCode.SeeOther, (await again.SubmitAsync("/sign-in/second-factor", "/sign-in/second-factor", ("code", codes[0].ToLowerInvariant()))).StatusCode);
        using var third = await server.SignInAsync("ann");
        Assert.Equal(HttpStatusCode.Unauthorized, (await third.SubmitAsync("/sign-in/second-factor", "/sign-in/second-factor", ("code", codes[0]))).StatusCode);
    }

    [Fact]
    public void Codes_are_those_of_the_published_test_vectors()
    {
        // RFC 6238, appendix B, SHA-1, the last six of eight digits; the secret is "12345678901234567890".
        const string secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
        Assert.Equal(287082, OneTimeCodes.CodeAt(secret, 59 / 30));
        Assert.Equal(81804, OneTimeCodes.CodeAt(secret, 1111111109 / 30));
        Assert.Equal(5924, OneTimeCodes.CodeAt(secret, 1234567890 / 30));
        Assert.Equal(353130, OneTimeCodes.CodeAt(secret, 20000000000 / 30));
    }

    [Fact]
    public async Task The_pages_set_a_second_factor_up_and_take_it_away()
    {
        await using var server = await PeopleServer.StartAsync();
        await server.AddAsync("rosa", Role.Admin);
        using var browser = await server.SignInAsync("rosa");
        var page = await browser.GetTextAsync("/account/second-factor");
        var secret = System.Text.RegularExpressions.Regex.Match(page, "secret=([A-Z2-7]{32})").Groups[1].Value;
        Assert.Contains("<path", page, StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await browser.SubmitAsync("/account/second-factor", "/account/second-factor", ("code", "123"))).StatusCode);
        using var done = await browser.SubmitAsync("/account/second-factor", "/account/second-factor", ("code", server.CodeOf(secret)));
        var codes = System.Text.RegularExpressions.Regex.Matches(await done.Content.ReadAsStringAsync(Stop), "<code>([A-Z2-9-]{27})</code>").Select(m => m.Groups[1].Value).ToArray();
        Assert.Equal(AccountRegister.RecoveryCodes, codes.Distinct().Count());
        Assert.Equal("view admin", await browser.RolesAsync());

        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await browser.SubmitAsync("/account", "/account/second-factor/remove", ("code", server.CodeOf(secret)))).StatusCode);
        Assert.Equal(HttpStatusCode.SeeOther, (await browser.SubmitAsync("/account", "/account/second-factor/remove", ("code", codes[1]))).StatusCode);
        Assert.Equal("view", await browser.RolesAsync());
    }

    [Fact]
    public async Task A_password_that_somebody_else_chose_opens_nothing_until_it_is_changed_and_a_change_ends_other_sessions()
    {
        await using var server = await PeopleServer.StartAsync();
        await server.WithAccountsAsync(a => a.AddAsync("tom", [Role.Operate], PeopleServer.Password, mustChangePassword: true, "console", Stop));
        using var browser = await server.SignInAsync("tom");
        using var other = await server.SignInAsync("tom");
        Assert.Equal("", await browser.RolesAsync());
        Assert.Contains("Choose a password", await browser.GetTextAsync("/account"), StringComparison.Ordinal);
        async Task<HttpStatusCode> Change(string present, string wanted, string again) =>
            (await browser.SubmitAsync("/account", "/account/password", ("present", present), ("wanted", wanted), ("again", again))).StatusCode;

        Assert.Equal(HttpStatusCode.UnprocessableEntity, await Change("no", "many other long words", "many other long words"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await Change(PeopleServer.Password, "short", "short"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await Change(PeopleServer.Password, PeopleServer.Password, PeopleServer.Password));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await Change(PeopleServer.Password, "many other long words", "many other long wordz"));
        Assert.Equal(HttpStatusCode.SeeOther, await Change(PeopleServer.Password, "many other long words", "many other long words"));

        Assert.Equal("view operate", await browser.RolesAsync());
        Assert.Equal("", await other.RolesAsync());
        Assert.Equal(HttpStatusCode.Unauthorized, (await other.GetAsync("/api/v1/city")).StatusCode);
    }

    [Theory]
    [InlineData("short words")]
    [InlineData("password1234")]
    [InlineData("P@ssw0rd!2026")]
    [InlineData("123456789012")]
    [InlineData("qwertyuiop12345")]
    [InlineData("aaaaaaaaaaaaaaaa")]
    [InlineData("rosa.lopez2026!!")]
    [InlineData("TrafficSignal1!")]
    [InlineData("letmeinletmein")]
    [InlineData("abcdefghijklmnop")]
    public void Passwords_that_are_guessed_first_are_refused(string password) => Assert.NotNull(PasswordRules.Find(password, "rosa.lopez"));

    [Theory]
    [InlineData("seven quiet herons wade")]
    [InlineData("Xk4.tgu9wq2v")]
    [InlineData("summer street monday orange")]
    [InlineData("ein Haus am langen See")]
    [InlineData("пять тихих цапель")]
    public void Passwords_of_several_words_or_chance_are_taken_without_rules_of_composition(string password) => Assert.Null(PasswordRules.Find(password, "rosa.lopez"));

    [Fact]
    public async Task Passwords_are_hashed_with_at_least_210000_rounds_of_SHA_512_and_a_salt_of_their_own()
    {
        await using var server = await PeopleServer.StartAsync(hashRounds: null);
        var hashes = new[] { (await server.AddAsync("ann")).PasswordHash!, (await server.AddAsync("bob")).PasswordHash! }.Select(Convert.FromBase64String).ToArray();

        // Identity's third format: 1, then the function (2 is HMAC-SHA-512), rounds and length of the salt in four bytes each.
        Assert.All(hashes, h =>
        {
            Assert.Equal([1, 0, 0, 0, 2], h[..5]);
            Assert.InRange(System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(h.AsSpan(5)), 210_000, 10_000_000);
            Assert.InRange(System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(h.AsSpan(9)), 16, 64);
        });
        Assert.NotEqual(hashes[0], hashes[1]);
    }

    [Theory]
    [InlineData("https://elsewhere.example/")]
    [InlineData("//elsewhere.example/")]
    [InlineData("/\\elsewhere.example/")]
    [InlineData("/\tx")]
    [InlineData("javascript:alert(1)")]
    [InlineData("")]
    [InlineData(null)]
    public void A_sign_in_leads_to_no_other_site(string? asked) => Assert.Equal("/app/", PeoplePages.LocalPath(asked));

    [Fact]
    [Trait("rule", "X09")]
    public async Task Keys_are_the_owners_alone_and_neither_password_nor_token_nor_secret_lies_on_the_disk()
    {
        await using var server = await PeopleServer.StartAsync();
        await server.AddAsync("ann", Role.Admin);
        var (secret, codes) = await server.SetUpSecondFactorAsync("ann");
        using var browser = await server.SignInAsync("ann", secret);
        await browser.LoadTokenAsync();
        using var made = await browser.SendAsync(HttpMethod.Post, "/api/v1/source-tokens", """{"name":"garage"}""");
        var token = System.Text.Json.JsonDocument.Parse(await made.Content.ReadAsStringAsync(Stop)).RootElement.GetProperty("token").GetString()!;
        var session = browser.Cookies.GetAllCookies()["crosstown"]!.Value;

        foreach (var file in Directory.EnumerateFiles(server.Data, "*", SearchOption.AllDirectories).Where(f => !f.EndsWith(".lock", StringComparison.Ordinal)))
        {
            var bytes = new MemoryStream();
            using (var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite))
            {
                await stream.CopyToAsync(bytes, Stop);
            }

            var text = System.Text.Encoding.Latin1.GetString(bytes.ToArray());
            Assert.All([PeopleServer.Password, secret, codes[0], codes[0].Replace("-", "", StringComparison.Ordinal), token, session], s => Assert.DoesNotContain(s, text, StringComparison.OrdinalIgnoreCase));
        }

        if (!OperatingSystem.IsWindows())
        {
            var keys = Path.Combine(server.Data, "keys");
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(keys));
            Assert.Equal([UnixFileMode.UserRead | UnixFileMode.UserWrite], Directory.GetFiles(keys).Select(File.GetUnixFileMode).Distinct());
        }
    }

    [Fact]
    public async Task A_live_answer_ends_when_its_session_does()
    {
        await using var server = await PeopleServer.StartAsync();
        await server.AddAsync("rosa", Role.View);
        using var browser = await server.SignInAsync("rosa");
        using var live = await browser.Client.GetAsync(new Uri("/api/v1/live", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, Stop);
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
        await using var stream = await live.Content.ReadAsStreamAsync(Stop);
        await server.WithAccountsAsync(async a =>
        {
            await a.SetDisabledAsync((await a.FindByNameAsync("rosa"))!, isDisabled: true, "console", Stop);
            return 0;
        });

        var ended = Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            var buffer = new byte[4096];
            while (await stream.ReadAsync(buffer, Stop) > 0)
            {
            }

            throw new IOException("closed");
        });
        for (var i = 0; i < 50 && !ended.IsCompleted; i++)
        {
            server.Time.Move(TimeSpan.FromSeconds(30));
            await Task.Delay(50, Stop);
        }

        await ended.WaitAsync(TimeSpan.FromSeconds(5), Stop);
    }
}
