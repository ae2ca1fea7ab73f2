using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Crosstown.Server.Hosting;
using Crosstown.Server.Imports;
using Crosstown.Server.Polling;
using Microsoft.Extensions.DependencyInjection;

namespace Crosstown.Server.Tests.Polling;

public sealed class SourcesApiTests : IDisposable
{
    private readonly PassingFolder _folder = PassingFolder.Create();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_source_is_added_tested_changed_listed_and_removed()
    {
        await using var controller = new FakeController(FakeKind.Good, "12", TimeProvider.System, TimeZoneInfo.FindSystemTimeZoneById(PollingRig.Zone).GetUtcOffset(TimeProvider.System.GetUtcNow()));
        await using var app = ServerHost.Create(new ServerSettings { Data = _folder.Path, Urls = "http://127.0.0.1:0", IsTown = true }, TimeProvider.System, AllowLoopback);
        await app.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First() + "/api/v1/") };
        client.DefaultRequestHeaders.Add("RequestVerificationToken", (await client.GetFromJsonAsync<JsonElement>("session")).GetProperty("antiforgery").GetString() ?? "none");
        var request = new { signal = "12", kind = "maxtime-http", address = controller.Address, intervalS = 3600, zone = PollingRig.Zone };

        var added = await client.PostAsJsonAsync("sources", request);
        Assert.Equal(HttpStatusCode.Created, added.StatusCode);
        var id = (await added.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetInt64();
        Assert.Equal(HttpStatusCode.Conflict, (await client.PostAsJsonAsync("sources", request)).StatusCode);
        var wrong = await client.PostAsJsonAsync("sources", new { signal = "a b", kind = "ftp", address = "http://x/", intervalS = 0, zone = "Nowhere/None" });
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        Assert.Equal(
            ["XT330", "XT331", "XT333", "XT335", "XT334"],
            (await wrong.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("problems").EnumerateArray().Select(p => p.GetProperty("code").GetString()!));

        await Task.Delay(600);
        var test = await (await client.PostAsync($"sources/{id}/test", null)).Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(JsonValueKind.Null, test.GetProperty("problem").ValueKind);
        Assert.True(test.GetProperty("events").GetInt64() > 0);

        var changed = await client.PutAsJsonAsync($"sources/{id}", new { signal = "12", kind = "maxtime-http", address = "127.0.0.1:1", intervalS = 3600, zone = PollingRig.Zone });
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        await client.PostAsync($"sources/{id}/test", null);
        var source = (await client.GetFromJsonAsync<JsonElement>("sources")).GetProperty("items").EnumerateArray().Single();
        Assert.Equal("maxtime-http", source.GetProperty("kind").GetString());
        Assert.Equal("XT339", source.GetProperty("status").GetProperty("problem").GetProperty("code").GetString());
        Assert.True(source.GetProperty("status").GetProperty("failureCount").GetInt32() >= 1);
        var state = await client.GetFromJsonAsync<JsonElement>("signals/12/state");
        Assert.True(state.GetProperty("detectors").GetArrayLength() > 0);

        Assert.Equal(HttpStatusCode.NoContent, (await client.DeleteAsync($"sources/{id}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.DeleteAsync($"sources/{id}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.PostAsync($"sources/{id}/test", null)).StatusCode);
        Assert.Equal(0, (await client.GetFromJsonAsync<JsonElement>("sources")).GetProperty("total").GetInt32());
        await app.StopAsync();
    }

    [Fact]
    public async Task A_browser_that_listens_does_not_hold_up_the_end_of_the_program()
    {
        await using var app = ServerHost.Create(new ServerSettings { Data = _folder.Path, Urls = "http://127.0.0.1:0", IsTown = true }, TimeProvider.System);
        await app.StartAsync();
        using var client = new HttpClient();
        await using var stream = await client.GetStreamAsync(new Uri(app.Urls.First() + "/api/v1/live"));
        using var reader = new StreamReader(stream);
        Assert.Equal("event: status", await reader.ReadLineAsync());

        var started = TimeProvider.System.GetTimestamp();
        await app.StopAsync();

        Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(10));
        await reader.ReadToEndAsync();
    }

    private static void AllowLoopback(IServiceCollection services) => services.AddSingleton(s => new AddressGuard(true, Dns.GetHostAddressesAsync, TimeProvider.System));
}
