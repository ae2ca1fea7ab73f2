using System.Net;
using System.Text.Json;
using Crosstown.Server.Query;

namespace Crosstown.Server.Tests.Api;

public sealed class RankingsApiTests(QueryTown town)
{
    public static TheoryData<string> Names => [.. Ranking.All.Select(r => r.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Every_ranking_of_a_day_is_in_its_order_and_says_what_was_seen(string name)
    {
        var answer = await town.GetJsonAsync($"/api/v1/rankings/{name}?{town.Hours(24, 48)}");
        var values = answer.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("value").GetDouble()).ToArray();
        Assert.Equal(answer.GetProperty("isLeastFirst").GetBoolean() ? values.Order() : values.OrderDescending(), values);
        Assert.Equal(answer.GetProperty("total").GetInt32(), values.Length);
        Assert.All(answer.GetProperty("items").EnumerateArray(), i => Assert.InRange(i.GetProperty("seenShare").GetDouble(), 0, 1));
        Assert.NotEmpty(values);
        if (answer.GetProperty("unit").GetString() == "0-1" && name != "volume-to-capacity")
        {
            Assert.All(values, v => Assert.InRange(v, 0, 1));
        }
    }

    [Fact]
    public async Task A_ranking_is_the_sum_of_the_table_s_rows()
    {
        var ranking = await town.GetJsonAsync($"/api/v1/rankings/split-failures?{town.Hours(7, 33)}");
        var first = ranking.GetProperty("items")[0];
        var table = (await town.GetJsonAsync($"/api/v1/signals/{first.GetProperty("signal").GetString()}/tables/split-failures?{town.Hours(7, 33)}")).GetProperty("columns");
        var rows = Enumerable.Range(0, table.GetProperty("phase").GetArrayLength())
            .Where(r => table.GetProperty("channel")[r].ValueKind == JsonValueKind.Null && $"phase {table.GetProperty("phase")[r]}" == first.GetProperty("group").GetString()).ToArray();
        var cycles = rows.Sum(r => table.GetProperty("cycles")[r].GetDouble());
        Assert.Equal(cycles, first.GetProperty("count").GetDouble());
        Assert.Equal(rows.Sum(r => table.GetProperty("failures")[r].GetDouble()) / cycles, first.GetProperty("value").GetDouble(), 1e-6);
    }

    [Fact]
    public async Task The_movement_that_demand_outgrows_is_among_the_worst()
    {
        var answer = await town.GetJsonAsync($"/api/v1/rankings/split-failures?{town.Hours(24 + 16, 24 + 19)}&limit=10");
        Assert.Equal(10, answer.GetProperty("items").GetArrayLength());
        Assert.True(answer.GetProperty("items")[0].GetProperty("value").GetDouble() > 0.3);
    }

    [Fact]
    public async Task A_ranking_that_does_not_exist_is_refused_with_the_list()
    {
        var problem = await town.GetJsonAsync($"/api/v1/rankings/best-looking?{town.Hours(0, 1)}", HttpStatusCode.NotFound);
        Assert.Contains("split-failures", problem.GetProperty("title").GetString(), StringComparison.Ordinal);
        Assert.Equal(Ranking.All.Length, (await town.GetJsonAsync("/api/v1/rankings")).GetArrayLength());
    }
}
