using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Crosstown.Server.People.Audit;
using Crosstown.Server.Query;
using Crosstown.Server.Store.Records;
using Crosstown.Simulation.Detection;

namespace Crosstown.Server.Tests.Api;

public sealed class FindingsApiTests(QueryTown town)
{
    private async Task<JsonElement[]> ListAsync(string query = "")
    {
        await town.Get<FindingBoard>().LookAsync(isAll: true, TestContext.Current.CancellationToken);
        return [.. (await town.GetJsonAsync($"/api/v1/findings{query}")).GetProperty("items").EnumerateArray()];
    }

    [Fact]
    public async Task Planted_faults_of_detectors_that_still_last_are_found()
    {
        var found = await ListAsync("?class=detector");
        var missed = new List<string>();
        var planted = 0;
        foreach (var signal in town.Town.Signals)
        {
            foreach (var fault in signal.Faults.Where(f => f.Kind is FaultKind.StuckOn or FaultKind.StuckOff or FaultKind.Chattering && f.When.EndMs > town.Clock.NowMs - 3_600_000))
            {
                planted++;
                if (!found.Any(f => f.GetProperty("signal").GetString() == signal.Signal.Value && f.GetProperty("number").GetInt32() == fault.Channel))
                {
                    missed.Add($"{signal.Signal} {fault.Kind} {fault.Channel}");
                }
            }
        }

        Assert.Empty(missed);
        Assert.True(planted + found.Length > 0, "nothing planted, nothing found");
    }

    [Fact]
    public async Task A_finding_says_what_since_when_and_what_to_do_with_its_evidence()
    {
        var found = await ListAsync();
        Assert.NotEmpty(found);
        Assert.Equal(found.Length, found.Select(f => f.GetProperty("id").GetString()).Distinct().Count());
        Assert.All(found, f =>
        {
            Assert.False(string.IsNullOrEmpty(f.GetProperty("title").GetString()));
            Assert.False(string.IsNullOrEmpty(f.GetProperty("action").GetString()));
            Assert.True(f.GetProperty("sinceMs").GetInt64() <= f.GetProperty("lastMs").GetInt64());
            Assert.InRange(f.GetProperty("lastMs").GetInt64(), town.StartMs, town.Clock.NowMs);
            Assert.True(f.GetProperty("count").GetInt32() > 0);
        });
        Assert.Contains(found, f => f.GetProperty("evidence").GetArrayLength() >= 10);
    }

    [Fact]
    public async Task Findings_are_there_at_once()
    {
        await ListAsync();
        var watch = Stopwatch.StartNew();
        await town.GetJsonAsync("/api/v1/findings?limit=500");
        Assert.True(watch.ElapsedMilliseconds < 100, $"{watch.ElapsedMilliseconds} ms");
    }

    [Fact]
    public async Task Filters_hold()
    {
        var all = await ListAsync();
        foreach (var cause in all.Select(f => f.GetProperty("cause").GetString()).Distinct())
        {
            var some = await ListAsync($"?class={cause}");
            Assert.Equal(all.Count(f => f.GetProperty("cause").GetString() == cause), some.Length);
        }

        var id = all[0].GetProperty("signal").GetString();
        Assert.All(await ListAsync($"?signal={id}"), f => Assert.Equal(id, f.GetProperty("signal").GetString()));
        Assert.Equal(HttpStatusCode.BadRequest, (await town.Client.GetAsync(new Uri("/api/v1/findings?class=gremlins&severity=mild", UriKind.Relative))).StatusCode);
    }

    [Fact]
    public async Task A_finding_is_set_aside_with_a_reason_for_at_most_21_days_and_that_is_in_the_audit()
    {
        var id = (await ListAsync())[0].GetProperty("id").GetString()!;
        var untilMs = town.Clock.NowMs + (3 * 86_400_000L);
        var refused = await SendAsync(HttpMethod.Post, id, new { untilMs = town.Clock.NowMs + (22 * 86_400_000L), reason = "tired" });
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Equal(2, JsonDocument.Parse(await refused.Content.ReadAsStringAsync()).RootElement.GetProperty("problems").GetArrayLength());

        var set = await SendAsync(HttpMethod.Post, id, new { untilMs, reason = "waiting-for-parts" });
        Assert.True(set.StatusCode == HttpStatusCode.OK, await set.Content.ReadAsStringAsync());
        var snooze = (await ListAsync()).Single(f => f.GetProperty("id").GetString() == id).GetProperty("snooze");
        Assert.Equal((untilMs, "waiting-for-parts"), (snooze.GetProperty("untilMs").GetInt64(), snooze.GetProperty("reason").GetString()));
        Assert.Contains(town.Get<AuditLog>().List(null, null, "finding-snooze", 10), e => e.Subject == $"finding/{id}" && e.Reason == "waiting-for-parts");
        Assert.Equal("waiting-for-parts", new Snoozes(town.Get<RecordStore>(), town.Get<AuditLog>(), town.Clock).Find(id)?.Reason);

        Assert.Equal(HttpStatusCode.NoContent, (await SendAsync(HttpMethod.Delete, id, null)).StatusCode);
        Assert.Equal(JsonValueKind.Null, (await ListAsync()).Single(f => f.GetProperty("id").GetString() == id).GetProperty("snooze").ValueKind);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(HttpMethod.Delete, id, null)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(HttpMethod.Post, "nobody:stuck-on:1", new { untilMs, reason = "known" })).StatusCode);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string id, object? body)
    {
        var session = await town.GetJsonAsync("/api/v1/session");
        using var request = new HttpRequestMessage(method, $"/api/v1/findings/{id}/snooze") { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Add("RequestVerificationToken", session.GetProperty("antiforgery").GetString());
        return await town.Client.SendAsync(request);
    }
}
