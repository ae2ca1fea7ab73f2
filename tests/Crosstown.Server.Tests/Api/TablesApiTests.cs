using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Crosstown.Core.Events;
using Crosstown.Logs.Analytics;
using Crosstown.Server.People.Audit;
using Crosstown.Server.Query;

namespace Crosstown.Server.Tests.Api;

public sealed class TablesApiTests(QueryTown town)
{
    private static int RowsOf(JsonElement table, string column = "time") => table.GetProperty("columns").GetProperty(column).GetArrayLength();

    [Fact]
    public async Task A_table_has_its_columns_in_full()
    {
        var table = await town.GetJsonAsync($"/api/v1/signals/{town.Busy}/tables/approach-volume?{town.Hours(7, 9)}&bin=15m");
        Assert.Equal("America/Los_Angeles", table.GetProperty("zone").GetString());
        Assert.Equal(900_000, table.GetProperty("binMs").GetInt64());
        var rows = table.GetProperty("rows").GetInt32();
        Assert.True(rows > 16, $"{rows}");
        Assert.All(table.GetProperty("columns").EnumerateObject(), c => Assert.Equal(rows, c.Value.GetArrayLength()));
        Assert.All(table.GetProperty("columns").GetProperty("time").EnumerateArray(), t => Assert.InRange(t.GetInt64(), town.StartMs + (7 * 3_600_000), town.StartMs + (9 * 3_600_000) - 1));
    }

    [Fact]
    public async Task Bins_and_options_change_the_rows_and_the_tag()
    {
        var path = $"/api/v1/signals/{town.Busy}/tables/split-failures?{town.Hours(7, 9)}";
        var usual = await town.GetJsonAsync(path);
        var hours = await town.GetJsonAsync(path + "&bin=1h");
        var strict = await town.GetJsonAsync(path + "&red_window_s=10");
        Assert.Equal(3_600_000, hours.GetProperty("binMs").GetInt64());
        Assert.True(RowsOf(hours) < RowsOf(usual));
        Assert.Equal(3, new[] { usual, hours, strict }.Select(t => t.GetProperty("version").GetString()).Distinct().Count());
    }

    [Fact]
    public async Task All_that_is_wrong_is_said_at_once()
    {
        var problem = await town.GetJsonAsync($"/api/v1/signals/{town.Busy}/tables/split-failures?from=5&to=1&bin=7x&red_window_s=-1&green_window=3&local=1&format=xls", HttpStatusCode.BadRequest);
        var said = problem.GetProperty("problems").EnumerateArray().ToDictionary(p => p.GetProperty("where").GetString()!, p => p.GetProperty("code").GetString());
        Assert.Equal(["bin", "format", "green_window", "local", "red_window_s", "to"], said.Keys.Order());
        Assert.Equal("XT406", said["green_window"]);
        Assert.Equal("XT404", said["to"]);
    }

    [Theory]
    [InlineData("/api/v1/signals/nobody/tables/approach-volume", "XT401")]
    [InlineData("/api/v1/signals/{0}/tables/no-such-table", "XT403")]
    public async Task What_is_not_there_is_named(string path, string code)
    {
        var problem = await town.GetJsonAsync($"{string.Format(CultureInfo.InvariantCulture, path, town.Busy)}?{town.Hours(7, 9)}", HttpStatusCode.NotFound);
        Assert.Equal(code, problem.GetProperty("problems")[0].GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_tag_that_still_holds_saves_the_answer_and_new_events_of_the_time_void_it()
    {
        var signal = town.Town.Signals[5].Signal;
        var path = new Uri($"/api/v1/signals/{signal}/tables/detector-volume?{town.Hours(3, 4)}", UriKind.Relative);
        using var first = await town.Client.GetAsync(path);
        Assert.True(first.Headers.CacheControl is { Private: true });
        Assert.Equal(HttpStatusCode.NotModified, await AskAsync(path, first.Headers.ETag!));

        // Events of another day leave the answer as it is.
        await town.Events.AppendAsync(signal, "America/Los_Angeles", new ControllerEvent[] { new(town.StartMs + (48 * 3_600_000L) + 3_650_000, EventCode.DetectorOn, 1) });
        Assert.Equal(HttpStatusCode.NotModified, await AskAsync(path, first.Headers.ETag!));
        await town.Events.AppendAsync(signal, "America/Los_Angeles", new ControllerEvent[] { new(town.StartMs + (3 * 3_600_000L) + 7, EventCode.DetectorOn, 1) });
        Assert.Equal(HttpStatusCode.OK, await AskAsync(path, first.Headers.ETag!));
    }

    [Fact]
    public async Task Twenty_users_on_one_chart_cost_one_computation()
    {
        var cache = town.Get<AnswerCache>();
        var (computed, shared) = (cache.Computed, cache.Shared);
        var path = new Uri($"/api/v1/signals/{town.Busy}/tables/coordination-arrivals?{town.Hours(0, 23.5)}", UriKind.Relative);
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ => await town.Client.GetByteArrayAsync(path)));
        Assert.All(answers, a => Assert.Equal(answers[0], a));
        Assert.Equal(computed + 1, cache.Computed);
        Assert.Equal(shared + 19, cache.Shared);
    }

    [Fact]
    public async Task An_answer_is_packed_for_those_who_take_that()
    {
        var path = new Uri($"/api/v1/signals/{town.Busy}/tables/coordination-arrivals?{town.Hours(6, 10)}", UriKind.Relative);
        var plain = await town.Client.GetByteArrayAsync(path);
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.AcceptEncoding.ParseAdd("gzip, br");
        using var packed = await town.Client.SendAsync(request);
        Assert.Equal("br", packed.Content.Headers.ContentEncoding.Single());
        var bytes = await packed.Content.ReadAsByteArrayAsync();
        Assert.True(bytes.Length * 2 < plain.Length, $"{bytes.Length} of {plain.Length}");
        using var unpacked = new MemoryStream();
        await new System.IO.Compression.BrotliStream(new MemoryStream(bytes), System.IO.Compression.CompressionMode.Decompress).CopyToAsync(unpacked);
        Assert.Equal(plain, unpacked.ToArray());
    }

    [Theory]
    [InlineData("text/csv")]
    [InlineData("application/x-ndjson")]
    public async Task The_city_s_rows_come_in_every_format(string type)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/tables/approach-volume?{town.Hours(7, 9)}");
        request.Headers.Accept.ParseAdd(type);
        using var response = await town.Client.SendAsync(request);
        var lines = (await response.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var expected = 0;
        foreach (var signal in town.Town.Signals)
        {
            expected += RowsOf(await town.GetJsonAsync($"/api/v1/signals/{signal.Signal}/tables/approach-volume?{town.Hours(7, 9)}"));
        }

        Assert.True(expected > 100, $"{expected}");
        Assert.Equal(expected, lines.Length - (type == "text/csv" ? 1 : 0));
    }

    [Fact]
    public async Task Parquet_is_a_parquet_file_where_the_library_is_here()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/tables/approach-volume?{town.Hours(7, 9)}");
        request.Headers.Accept.ParseAdd("application/vnd.apache.parquet");
        using var response = await town.Client.SendAsync(request);
        if (AnalyticsEngine.TryLoad(out _, out _))
        {
            var bytes = await response.Content.ReadAsByteArrayAsync();
            Assert.Equal("PAR1"u8, bytes.AsSpan(0, 4));
            Assert.Equal("PAR1"u8, bytes.AsSpan(bytes.Length - 4));
        }
        else
        {
            Assert.Equal(HttpStatusCode.NotImplemented, response.StatusCode);
            Assert.Contains("XT701", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Pages_of_the_city_s_rows_put_together_are_all_rows()
    {
        var whole = await town.GetJsonAsync($"/api/v1/tables/approach-volume?{town.Hours(7, 8)}&limit=100000");
        var (times, signals) = (new List<long>(), new List<string>());
        var next = $"/api/v1/tables/approach-volume?{town.Hours(7, 8)}&limit=11";
        while (next is not null)
        {
            var page = await town.GetJsonAsync(next);
            Assert.InRange(RowsOf(page), 1, 11);
            times.AddRange(page.GetProperty("columns").GetProperty("time").EnumerateArray().Select(t => t.GetInt64()));
            signals.AddRange(page.GetProperty("columns").GetProperty("signal").EnumerateArray().Select(t => t.GetString()!));
            next = page.GetProperty("next").GetString();
        }

        Assert.Equal(RowsOf(whole), times.Count);
        Assert.Equal(whole.GetProperty("columns").GetProperty("signal").EnumerateArray().Select(t => t.GetString()), signals);
        Assert.Equal(whole.GetProperty("columns").GetProperty("time").EnumerateArray().Select(t => t.GetInt64()), times);
    }

    [Fact]
    [Trait("rule", "P12")]
    public async Task Raw_tables_come_one_signal_at_a_time()
    {
        foreach (var path in new[] { "/api/v1/tables/coordination-arrivals", "/api/v1/tables/time-space-diagram", $"/api/v1/signals/{town.Busy}/tables/time-space-diagram" })
        {
            var problem = await town.GetJsonAsync($"{path}?{town.Hours(7, 8)}&corridor={town.Get<City.CityModel>().Now.Corridors[0].Id}", HttpStatusCode.BadRequest);
            Assert.Equal("XT409", problem.GetProperty("problems")[0].GetProperty("code").GetString());
        }
    }

    [Fact]
    [Trait("rule", "P13")]
    public async Task Looking_at_raw_tables_is_on_record_once_an_hour()
    {
        var signal = town.Town.Signals[6].Signal;
        for (var i = 0; i < 3; i++)
        {
            await town.GetJsonAsync($"/api/v1/signals/{signal}/tables/timing-and-actuation?{town.Hours(7 + i, 7.2 + i)}");
        }

        var entry = Assert.Single(town.Get<AuditLog>().List(null, null, RawAccessAudit.Action, 1000), e => e.Subject == $"signal/{signal}/timing-and-actuation");
        Assert.Equal(("demo", "maintenance"), (entry.Account, entry.Reason));

        using var client = new HttpClient { BaseAddress = town.Client.BaseAddress };
        using var response = await client.GetAsync(new Uri($"/api/v1/signals/{signal}/tables/timing-and-actuation?{town.Hours(7, 7.1)}", UriKind.Relative));
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task Local_times_are_the_signal_s_wall_clock()
    {
        var table = await town.GetJsonAsync($"/api/v1/signals/{town.Busy}/tables/approach-volume?{town.Hours(7, 8)}&local=true");
        Assert.Equal("2024-05-13T07:00:00.000", table.GetProperty("columns").GetProperty("time")[0].GetString());
    }

    [Fact]
    public async Task A_format_that_we_do_not_have_is_refused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/tables/approach-volume?{town.Hours(7, 9)}");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/vnd.ms-excel"));
        using var response = await town.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.NotAcceptable, response.StatusCode);
        Assert.Contains("XT407", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_composed_table_of_the_city_is_made_of_all_its_signals()
    {
        var report = await town.GetJsonAsync($"/api/v1/tables/watchdog-report?{town.Hours(0, 48)}");
        Assert.True(RowsOf(report, "signal") > 0);
        var corridor = town.Get<City.CityModel>().Now.Corridors[0].Id;
        Assert.True(RowsOf(await town.GetJsonAsync($"/api/v1/tables/link-pivot?{town.Hours(7, 9)}&corridor={corridor}"), "signal") > 0);
        Assert.Equal("XT411", (await town.GetJsonAsync($"/api/v1/tables/link-pivot?{town.Hours(7, 9)}", HttpStatusCode.NotFound)).GetProperty("problems")[0].GetProperty("code").GetString());
    }

    [Fact]
    public async Task All_signals_events_of_two_days_stream_in_constant_memory()
    {
        // The longest stream of one request here: each interval of the signal's log as text.
        var path = $"/api/v1/signals/{town.Busy}/tables/timing-and-actuation?{town.Hours(0, 48)}&format=ndjson";
        var first = await PeakAsync(path);
        var again = await PeakAsync(path);
        Assert.True(first.Bytes > 20_000_000, $"{first.Bytes} bytes");
        Assert.True(again.Most - again.Start < 48L << 20, $"from {again.Start / 1e6:0} to {again.Most / 1e6:0} MB for {again.Bytes / 1e6:0} MB sent");
    }

    private async Task<HttpStatusCode> AskAsync(Uri path, EntityTagHeaderValue known)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.IfNoneMatch.Add(known);
        using var response = await town.Client.SendAsync(request);
        return response.StatusCode;
    }

    /// <summary>Live memory while an answer is read, looked at after every two million bytes.</summary>
    private async Task<(long Start, long Most, long Bytes)> PeakAsync(string path)
    {
        var start = GC.GetTotalMemory(forceFullCollection: true);
        using var response = await town.Client.GetAsync(new Uri(path, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await using var body = await response.Content.ReadAsStreamAsync();
        var buffer = new byte[64 * 1024];
        var (most, total, next) = (0L, 0L, 0L);
        while (await body.ReadAsync(buffer) is > 0 and var read)
        {
            total += read;
            if (total >= next)
            {
                most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true));
                next = total + 2_000_000;
            }
        }

        return (start, most, total);
    }
}
