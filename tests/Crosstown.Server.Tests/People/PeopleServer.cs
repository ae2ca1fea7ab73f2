using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;
using Crosstown.Server.Hosting;
using Crosstown.Server.People;
using Crosstown.Server.People.Accounts;
using Crosstown.Server.Store.Records;
using Crosstown.Server.Tests.Configuration;
using Crosstown.Server.Tests.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace Crosstown.Server.Tests.People;

/// <summary>A server that asks people who they are, in this process, on a port, a data folder and a clock of its own.</summary>
internal sealed partial class PeopleServer : IAsyncDisposable
{
    public const string Password = "seven quiet herons wade";

    private readonly DirectoryInfo _data;
    private readonly WebApplication _app;

    private PeopleServer(DirectoryInfo data, WebApplication app, FixedTime time)
    {
        (_data, _app, Time) = (data, app, time);
        Address = new Uri(app.Urls.First());
    }

    public Uri Address { get; }

    public string Data => _data.FullName;

    public FixedTime Time { get; }

    public IServiceProvider Services => _app.Services;

    public RecordStore Records => _app.Services.GetRequiredService<RecordStore>();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <param name="settings">A JSON object of settings.</param>
    /// <param name="dialect">Which database holds the records.</param>
    /// <param name="systemTime">Whether the clock is the machine's, for whoever else looks at it.</param>
    /// <param name="hashRounds">Few, so that tests need not wait; null for as many as outside of tests.</param>
    public static async Task<PeopleServer> StartAsync(string? settings = null, bool isTown = false, string dialect = nameof(RecordDialect.Sqlite), Action<IServiceCollection>? add = null, Action<WebApplication>? map = null, int? hashRounds = 1000, bool systemTime = false, int port = 0)
    {
        var data = Directory.CreateTempSubdirectory("crosstown-people-");
        var config = Path.Combine(data.FullName, "settings.json");
        var connection = dialect == nameof(RecordDialect.Postgresql) ? PostgresServer.NewDatabase() : null;
        File.WriteAllText(config, settings ?? (connection is null ? "{}" : JsonSerializer.Serialize(new { ConnectionStrings = new { Crosstown = connection } })));
        var time = new FixedTime(new DateTimeOffset(2026, 5, 13, 6, 0, 0, TimeSpan.Zero));
        var app = ServerHost.Create(new ServerSettings { Data = data.FullName, Urls = $"http://127.0.0.1:{port}", IsTown = isTown, Config = config }, systemTime ? TimeProvider.System : time, services =>
        {
            if (hashRounds is { } rounds)
            {
                services.Configure<PasswordHasherOptions>(o => o.IterationCount = rounds);
            }

            add?.Invoke(services);
        });
        map?.Invoke(app);
        await app.StartAsync(Stop);
        return new PeopleServer(data, app, time);
    }

    /// <summary>Adds an account that is ready for use.</summary>
    public async Task<Account> AddAsync(string name, params Role[] roles)
    {
        await using var scope = Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<AccountRegister>().AddAsync(name, roles, Password, mustChangePassword: false, "console", Stop);
    }

    public async Task<T> WithAccountsAsync<T>(Func<AccountRegister, Task<T>> work)
    {
        await using var scope = Services.CreateAsyncScope();
        return await work(scope.ServiceProvider.GetRequiredService<AccountRegister>());
    }

    /// <summary>Gives an account a second factor.</summary>
    /// <returns>The secret, and the recovery codes.</returns>
    public Task<(string Secret, IReadOnlyList<string> Codes)> SetUpSecondFactorAsync(string name) => WithAccountsAsync(async accounts =>
    {
        var account = (await accounts.FindByNameAsync(name))!;
        var secret = await accounts.OfferSecondFactorAsync(account);
        return (secret, (await accounts.ConfirmSecondFactorAsync(account, CodeOf(secret), Stop))!);
    });

    /// <summary>What an authenticator shows now, or some steps from now.</summary>
    public string CodeOf(string secret, int steps = 0) => $"{OneTimeCodes.CodeAt(secret, OneTimeCodes.StepAt(Time.GetUtcNow()) + steps):D6}";

    public Browser Open() => new(Address);

    /// <summary>A browser in which somebody has signed in, with the second factor where the account has one.</summary>
    public async Task<Browser> SignInAsync(string name, string? secret = null)
    {
        var browser = Open();
        using var answer = await browser.SubmitAsync("/sign-in", "/sign-in", ("name", name), ("password", Password));
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        if (secret is not null)
        {
            // Each code is taken once: wait for the next.
            Time.Move(TimeSpan.FromSeconds(30));
            using var second = await browser.SubmitAsync("/sign-in/second-factor", "/sign-in/second-factor", ("code", CodeOf(secret)));
            Assert.Equal(HttpStatusCode.SeeOther, second.StatusCode);
        }

        return browser;
    }

    /// <summary>A browser of somebody with these roles, as the roles count after a full sign-in.</summary>
    public async Task<Browser> SignInAsAsync(params Role[] roles)
    {
        var name = "as-" + (roles.Length == 0 ? "none" : string.Join('-', roles.Select(Access.PolicyOf)));
        await AddAsync(name, roles);
        var needsSecond = roles.Any(r => r is Role.Approve or Role.Admin);
        var browser = await SignInAsync(name, needsSecond ? (await SetUpSecondFactorAsync(name)).Secret : null);
        await browser.LoadTokenAsync();
        return browser;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _data.Delete(recursive: true);
    }

    /// <summary>A browser without script: it keeps cookies, fills forms in and follows no redirect by itself.</summary>
    internal sealed partial class Browser : IDisposable
    {
        private readonly HttpClientHandler _handler = new() { AllowAutoRedirect = false };

        public Browser(Uri address)
        {
            Client = new HttpClient(_handler) { BaseAddress = address };
            Client.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("text/html"));
        }

        public HttpClient Client { get; }

        public CookieContainer Cookies => _handler.CookieContainer;

        public async Task<string> GetTextAsync(string path)
        {
            using var answer = await Client.GetAsync(new Uri(path, UriKind.Relative), Stop);
            return await answer.Content.ReadAsStringAsync(Stop);
        }

        public Task<HttpResponseMessage> GetAsync(string path) => Client.GetAsync(new Uri(path, UriKind.Relative), Stop);

        /// <summary>Opens a page and sends the form in it.</summary>
        public async Task<HttpResponseMessage> SubmitAsync(string page, string action, params (string Name, string Value)[] fields)
        {
            var token = FormToken().Match(await GetTextAsync(page));
            Assert.True(token.Success, $"{page} has no form");
            return await PostFormAsync(action, [.. fields, ("__RequestVerificationToken", WebUtility.HtmlDecode(token.Groups[1].Value))]);
        }

        public async Task<HttpResponseMessage> PostFormAsync(string action, params (string Name, string Value)[] fields)
        {
            using var form = new FormUrlEncodedContent(fields.Select(f => KeyValuePair.Create(f.Name, f.Value)));
            return await Client.PostAsync(new Uri(action, UriKind.Relative), form, Stop);
        }

        public async Task<JsonElement> SessionAsync()
        {
            using var json = JsonDocument.Parse(await Client.GetStringAsync(new Uri("/api/v1/session", UriKind.Relative), Stop));
            return json.RootElement.Clone();
        }

        /// <summary>Sends the antiforgery token with everything from now on, as the client does.</summary>
        public async Task LoadTokenAsync()
        {
            Client.DefaultRequestHeaders.Remove("RequestVerificationToken");
            Client.DefaultRequestHeaders.Add("RequestVerificationToken", (await SessionAsync()).GetProperty("antiforgery").GetString());
        }

        public async Task<string> RolesAsync() => string.Join(' ', (await SessionAsync()).GetProperty("roles").EnumerateArray().Select(r => r.GetString()));

        public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? body = null)
        {
            using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
            if (body is not null)
            {
                request.Content = new StringContent(body, new MediaTypeHeaderValue("application/json"));
            }

            return await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Stop);
        }

        public void Dispose()
        {
            Client.Dispose();
            _handler.Dispose();
        }

        [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
        private static partial Regex FormToken();
    }
}
