using System.Net;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Crosstown.Core.Events;
using Crosstown.Server.Query;

namespace Crosstown.Server.Tests.Api;

public sealed class EventsApiTests(QueryTown town)
{
    private static long[] Longs(JsonElement array) => [.. array.EnumerateArray().Select(e => e.GetInt64())];

    [Fact]
    public async Task Pages_of_events_put_together_are_the_whole_log_of_the_time()
    {
        var path = $"/api/v1/signals/{town.Busy}/events?{town.Hours(8, 8.5)}";
        var whole = await town.GetJsonAsync(path + "&limit=100000");
        var (times, codes) = (new List<long>(), new List<long>());
        var next = path + "&limit=37";
        var pages = 0;
        while (next is not null)
        {
            var page = await town.GetJsonAsync(next);
            times.AddRange(Longs(page.GetProperty("times")));
            codes.AddRange(Longs(page.GetProperty("codes")));
            next = page.GetProperty("next").GetString();
            Assert.Equal(next is not null, page.GetProperty("isCut").GetBoolean());
            pages++;
        }

        Assert.True(times.Count > 1000, $"{times.Count} events");
        Assert.Equal((times.Count + 36) / 37, pages);
        Assert.Equal(Longs(whole.GetProperty("times")), times);
        Assert.Equal(Longs(whole.GetProperty("codes")), codes);
    }

    [Fact]
    public async Task Only_wanted_codes_and_parameters_come()
    {
        var page = await town.GetJsonAsync($"/api/v1/signals/{town.Busy}/events?{town.Hours(8, 10)}&codes=1,8&parameter=2,6");
        var all = await town.GetJsonAsync($"/api/v1/signals/{town.Busy}/events?{town.Hours(8, 10)}&limit=100000");
        var expected = Longs(all.GetProperty("times")).Zip(Longs(all.GetProperty("codes")), Longs(all.GetProperty("parameters"))).Count(e => e.Second is 1 or 8 && e.Third is 2 or 6);
        Assert.True(expected > 50, $"{expected}");
        Assert.Equal(expected, page.GetProperty("times").GetArrayLength());
    }

    [Theory]
    [InlineData("text/csv", "time,signal,code,parameter\n")]
    [InlineData("application/x-ndjson", "{\"time\":\"")]
    public async Task Other_formats_hold_the_same_events(string type, string start)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/signals/{town.Busy}/events?{town.Hours(8, 9)}");
        request.Headers.Accept.ParseAdd(type);
        using var response = await town.Client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        var all = await town.GetJsonAsync($"/api/v1/signals/{town.Busy}/events?{town.Hours(8, 9)}&limit=100000");
        Assert.Equal(type, response.Content.Headers.ContentType!.MediaType);
        Assert.StartsWith(start, text, StringComparison.Ordinal);
        Assert.Equal(all.GetProperty("times").GetArrayLength(), text.Count(c => c == '\n') - (type == "text/csv" ? 1 : 0));
    }

    [Fact]
    public async Task All_that_is_wrong_is_said_at_once()
    {
        var problem = await town.GetJsonAsync($"/api/v1/signals/{town.Busy}/events?from=x&to=-1&codes=1,a&limit=0&colour=red&local=maybe", HttpStatusCode.BadRequest);
        var where = problem.GetProperty("problems").EnumerateArray().Select(p => p.GetProperty("where").GetString()!).Order().ToArray();
        Assert.Equal(["codes", "colour", "from", "limit", "local", "to"], where);
    }

    [Fact]
    [Trait("rule", "P13")]
    public async Task Without_a_reason_of_the_list_no_raw_event_is_shown()
    {
        foreach (var reason in (string?[])[null, "curiosity"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/signals/{town.Busy}/events?{town.Hours(8, 9)}");
            using var client = new HttpClient { BaseAddress = town.Client.BaseAddress };
            if (reason is not null)
            {
                request.Headers.Add(RawReasons.Header, reason);
            }

            using var response = await client.SendAsync(request);
            Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
            Assert.Contains("XT410", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_list_of_codes_has_every_code_that_the_program_knows()
    {
        var listed = (await town.GetJsonAsync("/api/v1/event-codes")).EnumerateArray().ToDictionary(e => e.GetProperty("code").GetInt32());
        var constants = typeof(EventCode).GetFields(BindingFlags.Public | BindingFlags.Static).Where(f => f.FieldType == typeof(ushort)).ToArray();
        Assert.True(constants.Length > 120, $"{constants.Length}");
        foreach (var constant in constants)
        {
            var entry = listed[(ushort)constant.GetRawConstantValue()!];
            Assert.False(string.IsNullOrEmpty(entry.GetProperty("description").GetString()));
            if (!constant.Name.Contains("SplitPhase", StringComparison.Ordinal))
            {
                Assert.Equal(Regex.Replace(constant.Name, "(?<=[a-z0-9])(?=[A-Z])", " ").ToLowerInvariant(), entry.GetProperty("name").GetString()!.ToLowerInvariant());
            }
        }

        Assert.All(Enumerable.Range(134, 16).Concat(Enumerable.Range(203, 16)).Concat(Enumerable.Range(300, 16)), code => Assert.Equal("s", listed[code].GetProperty("parameter").GetString()));
    }
}
