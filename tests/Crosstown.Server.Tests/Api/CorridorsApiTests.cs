using System.Net;
using System.Text.Json;
using Crosstown.Server.City;

namespace Crosstown.Server.Tests.Api;

public sealed class CorridorsApiTests(QueryTown town)
{
    private string Corridor => town.Get<CityModel>().Now.Corridors[0].Id;

    [Fact]
    public async Task A_time_space_diagram_has_real_greens_both_ways_and_the_timing_behind_them()
    {
        var diagram = await town.GetJsonAsync($"/api/v1/corridors/{Corridor}/time-space?{town.Hours(8, 9)}");
        var signals = diagram.GetProperty("signals").EnumerateArray().ToArray();
        Assert.True(signals.Length >= 3);
        foreach (var signal in signals)
        {
            foreach (var side in (string[])["forward", "backward"])
            {
                var greens = signal.GetProperty(side).EnumerateArray().ToArray();
                Assert.InRange(greens.Length, 20, 80);
                var group = signal.GetProperty(side + "Group").GetString()!.Replace("phase ", "", StringComparison.Ordinal);
                var begins = await town.GetJsonAsync($"/api/v1/signals/{signal.GetProperty("signal").GetString()}/events?{town.Hours(8, 9)}&codes=1&parameter={group}");
                Assert.Equal(
                    begins.GetProperty("times").EnumerateArray().Select(t => t.GetInt64()),
                    greens.Select(g => g.GetProperty("start").GetInt64()).Where(t => t >= town.StartMs + (8 * 3_600_000)));
            }

            Assert.Contains(signal.GetProperty("plans").EnumerateArray(), p => p.GetProperty("cycleS").ValueKind == JsonValueKind.Number && p.GetProperty("forward").GetProperty("measuredStartS").ValueKind == JsonValueKind.Number);
        }

        var bands = diagram.GetProperty("bands").EnumerateArray().ToArray();
        Assert.Contains(bands, b => b.GetProperty("timing").GetString() == "programmed");
        Assert.Contains(bands, b => b.GetProperty("direction").GetString() == "backward" && b.GetProperty("bandS").GetDouble() > 0);
    }

    [Fact]
    public async Task Bands_are_those_of_the_measure()
    {
        var diagram = await town.GetJsonAsync($"/api/v1/corridors/{Corridor}/time-space?{town.Hours(8, 9)}");
        var table = await town.GetJsonAsync($"/api/v1/tables/time-space-average?{town.Hours(0, 24)}&corridor={Corridor}");
        var columns = table.GetProperty("columns");
        var measured = diagram.GetProperty("bands").EnumerateArray().Where(b => b.GetProperty("timing").GetString() == "measured").ToArray();
        Assert.NotEmpty(measured);
        foreach (var band in measured)
        {
            var row = Enumerable.Range(0, table.GetProperty("rows").GetInt32()).Single(r =>
                columns.GetProperty("direction")[r].GetString() == band.GetProperty("direction").GetString()
                && columns.GetProperty("first_position")[r].GetInt32() == band.GetProperty("first").GetInt32() + 1
                && columns.GetProperty("last_position")[r].GetInt32() == band.GetProperty("last").GetInt32() + 1
                && columns.GetProperty("time")[r].GetInt64() < band.GetProperty("toMs").GetInt64() && columns.GetProperty("end")[r].GetInt64() > band.GetProperty("fromMs").GetInt64());
            Assert.Equal(columns.GetProperty("band_s")[row].GetDouble(), band.GetProperty("bandS").GetDouble(), 0.2);
        }
    }

    [Fact]
    public async Task A_summary_is_the_corridor_s_own()
    {
        var table = await town.GetJsonAsync($"/api/v1/corridors/{Corridor}/summary?{town.Hours(7, 9)}&bin=1h");
        var figures = table.GetProperty("columns").GetProperty("figure").EnumerateArray().Select(f => f.GetString()).Distinct().ToArray();
        Assert.Contains("arrivals-on-green", figures);
        Assert.Equal(HttpStatusCode.NotFound, (await town.Client.GetAsync(new Uri($"/api/v1/corridors/nowhere/summary?{town.Hours(7, 9)}", UriKind.Relative))).StatusCode);
    }

    [Fact]
    public async Task More_than_six_hours_are_refused()
    {
        var problem = await town.GetJsonAsync($"/api/v1/corridors/{Corridor}/time-space?{town.Hours(0, 7)}", HttpStatusCode.BadRequest);
        Assert.Equal("XT404", problem.GetProperty("problems")[0].GetProperty("code").GetString());
    }
}
