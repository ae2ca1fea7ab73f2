using System.Globalization;
using System.Text.Json;
using Crosstown.Core.Time;
using Crosstown.Server.City;
using Crosstown.Server.People;
using Crosstown.Server.Query;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using P = Crosstown.Server.Query.Parameters;

namespace Crosstown.Server.Api;

/// <summary>Signals ranked by a figure.</summary>
internal static class RankingsApi
{
    /// <summary>A ranking is made anew no more often than this: all who look meanwhile share one.</summary>
    private const long FreshMs = 15_000;

    private static readonly ApiParameter s_name = new("name", ParameterKind.Name, "The ranking; GET /api/v1/rankings lists them.") { In = "path", IsRequired = true, Example = "split-failures" };
    private static readonly ApiParameter s_limit = new("limit", ParameterKind.Whole, "Most entries of the answer, worst first.") { Least = 1, Most = 50_000, Default = "1000" };
    private static readonly RankingSummary[] s_all = [.. Ranking.All.Select(r => new RankingSummary(r.Name, r.Title, r.Unit, r.Description, r.IsLeastFirst))];

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/rankings", () => s_all).RequireRole(Role.View).WithName("listRankings").WithTags("rankings").WithSummary("The figures that signals can be ranked by.");
        api.MapGet("/rankings/{name}", GetAsync).RequireRole(Role.View).WithName("getRanking").WithTags("rankings")
            .WithSummary("Signals, or their phases and detectors, ranked by a figure over a time, worst first.")
            .Takes(s_name, P.From, P.To, s_limit)
            .Produces<RankingAnswer>().Problems(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound);
    }

    private static async Task<IResult> GetAsync(string name, HttpContext context, RankingQuery query, CityModel city, AnswerCache cache, AnswerTag tags, TimeProvider time, IOptions<JsonOptions> json)
    {
        if (Ranking.Find(name) is not { } ranking)
        {
            return ApiProblem.Of(StatusCodes.Status404NotFound, "XT412", "name", $"There is no ranking '{RequestReader.Shown(name)}'; there are {string.Join(", ", Ranking.All.Select(r => r.Name))}.");
        }

        var reader = new RequestReader(context);
        var limit = reader.Whole(s_limit);
        if (reader.Range(P.From, P.To, P.MostMs) is not { } range || reader.Problems.Count > 0)
        {
            return ApiProblem.OfRequest(reader.Problems);
        }

        context.Response.Headers.CacheControl = string.Create(CultureInfo.InvariantCulture, $"private, max-age={FreshMs / 1000}");
        var key = tags.Of("ranking", name, range.StartMs, range.EndMs, limit, city.Now.Version, time.GetUtcNow().ToUnixTimeMilliseconds() / FreshMs);
        return new JsonAnswer(await cache.GetAsync(key, () => Compute(query, ranking, range, (int)limit!.Value, json.Value.SerializerOptions), context.RequestAborted));
    }

    private static CachedAnswer Compute(RankingQuery query, Ranking ranking, TimeRange range, int limit, JsonSerializerOptions json) =>
        new(JsonSerializer.SerializeToUtf8Bytes(query.Find(ranking, range, limit), json), 0);
}
