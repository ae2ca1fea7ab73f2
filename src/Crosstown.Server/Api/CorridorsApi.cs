using System.Text.Json;
using Crosstown.Core.Tables;
using Crosstown.Core.Time;
using Crosstown.Logs;
using Crosstown.Server.City;
using Crosstown.Server.Measuring;
using Crosstown.Server.People;
using Crosstown.Server.Query;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using P = Crosstown.Server.Query.Parameters;

namespace Crosstown.Server.Api;

/// <summary>Streets whose signals are timed together.</summary>
internal static class CorridorsApi
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/corridors/{id}/time-space", GetTimeSpaceAsync).RequireRole(Role.View).WithName("getTimeSpace").WithTags("corridors")
            .WithSummary("A corridor's time-space diagram: real greens both ways, the timing that held, and the bands. At most 6 hours.")
            .Takes(P.Corridor, P.From, P.To)
            .Produces<TimeSpaceAnswer>().Problems(StatusCodes.Status304NotModified, StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound);
        api.MapGet("/corridors/{id}/summary", GetSummary).RequireRole(Role.View).WithName("getCorridorSummary").Streams().WithTags("corridors")
            .WithSummary("A corridor's figures bin by bin: arrivals, arrivals on green, split failures, pedestrian delay and queues of each direction over all its signals.")
            .Takes(P.Corridor, P.From, P.To, P.Bin, P.Local, P.Format)
            .Answers(AnswerKind.Table, StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound, StatusCodes.Status406NotAcceptable, StatusCodes.Status501NotImplemented);
    }

    private static async Task<IResult> GetTimeSpaceAsync(
        string id, HttpContext context, CityModel city, IEventSource events, EventVersions versions, AnswerCache cache, AnswerTag tags, IOptions<JsonOptions> json)
    {
        var now = city.Now;
        if (now.Corridors.FirstOrDefault(c => c.Id == id) is not { } corridor)
        {
            return NoCorridor(id, now);
        }

        var reader = new RequestReader(context);
        if (reader.Range(P.From, P.To, TimeSpaceQuery.MostMs) is not { } range || reader.Problems.Count > 0)
        {
            return ApiProblem.OfRequest(reader.Problems);
        }

        var read = new TimeRange(range.StartMs - MeasureRun.LookBackMs, range.EndMs + MeasureRun.LookAheadMs);
        var tag = tags.Of("time-space", id, range.StartMs, range.EndMs, now.Version, string.Join(',', corridor.Signals.Select(s => versions.Of(s.Signal, read))));
        if (AnswerTag.IsKnown(context, tag, isRaw: false))
        {
            return Results.StatusCode(StatusCodes.Status304NotModified);
        }

        return new JsonAnswer(await cache.GetAsync(
            tag, () => new CachedAnswer(JsonSerializer.SerializeToUtf8Bytes(new TimeSpaceQuery(events).Find(corridor, range, now), json.Value.SerializerOptions), 0), context.RequestAborted));
    }

    private static IResult GetSummary(string id, HttpContext context, CityModel city, TableRun run)
    {
        var now = city.Now;
        if (now.Corridors.FirstOrDefault(c => c.Id == id) is not { } corridor)
        {
            return NoCorridor(id, now);
        }

        var reader = new RequestReader(context);
        if (TableRequest.Read(reader, context.Request, "corridor-summary", now, corridor) is not { } request)
        {
            return ApiProblem.OfRequest(reader.Problems);
        }

        if (AnswerFormats.Check(request.Format, context.Request) is { } refused)
        {
            return ApiProblem.Of(refused.Status, [refused.Problem]);
        }

        context.Response.Headers.CacheControl = "private, no-cache";
        var signals = corridor.Signals.Select(s => s.Signal).Order().ToArray();
        if (request.Format != AnswerFormat.Json)
        {
            return new TableStream(request.Format!.Value, request.Source.Schema, request.Times, $"corridor-{id}", w => run.Run(request, signals, now, new WriterSink(w)));
        }

        var rows = new RowBuffer(request.Source.Schema, 1024);
        foreach (var _ in run.Run(request, signals, now, new RowSink(rows)))
        {
        }

        return TablesApi.Page(request, rows, now.Zone);
    }

    private static IResult NoCorridor(string id, CitySnapshot city) => ApiProblem.Of(
        StatusCodes.Status404NotFound, "XT411", "corridor", $"There is no corridor '{RequestReader.Shown(id)}'; there are {string.Join(", ", city.Corridors.Select(c => c.Id))}.");
}
