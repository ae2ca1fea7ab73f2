using Crosstown.Core.Data;
using Crosstown.Server.Api;
using Crosstown.Server.People;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Crosstown.Server.Polling;

/// <summary>A source and how it does. The account is a name; its secret is never given out.</summary>
/// <param name="IntervalS">Seconds from one reading to the next.</param>
/// <param name="Status">Null when it is not being read, as right after it was added.</param>
internal sealed record SourceAnswer(
    long Id, string Signal, SourceKind Kind, string Address, string Path, int IntervalS, string? Zone, string? Account, string? ReportedAs, bool IsEnabled, SourceStatus? Status);

/// <summary>The sources of logs, for administrators.</summary>
internal static class SourcesApi
{
    public static void Map(RouteGroupBuilder api)
    {
        var sources = api.MapGroup("/sources").RequireRole(Role.Admin).WithTags("sources");
        sources.MapGet("", List).WithName("listSources");
        sources.MapPost("", AddAsync).WithName("addSource");
        sources.MapPut("/{id:long}", ReplaceAsync).WithName("replaceSource");
        sources.MapDelete("/{id:long}", RemoveAsync).WithName("removeSource");
        sources.MapPost("/{id:long}/test", TestAsync).WithName("testSource");
    }

    private static Page<SourceAnswer> List(SourceCatalog catalog, PollScheduler scheduler, int page = 1, int size = 1000)
    {
        var all = catalog.List();
        size = Math.Clamp(size, 1, SignalsApi.MostOnPage);
        page = Math.Clamp(page, 1, 1 + (all.Count / size));
        return new Page<SourceAnswer>(
            [.. all.Skip((page - 1) * size).Take(size).Select(s => Answer(s, scheduler))], all.Count, page * size < all.Count ? $"/api/v1/sources?page={page + 1}&size={size}" : null);
    }

    private static async Task<IResult> AddAsync(SourceRequest request, HttpContext context, SourceCatalog catalog, SourceRules rules, PollScheduler scheduler, CancellationToken stop)
    {
        try
        {
            var source = await catalog.AddAsync(rules.Check(0, request), AccountOf(context), stop);
            scheduler.Reload();
            return Results.Created($"/api/v1/sources/{source.Id}", Answer(source, scheduler));
        }
        catch (ProblemException e)
        {
            return Refuse(e);
        }
    }

    private static async Task<IResult> ReplaceAsync(long id, SourceRequest request, HttpContext context, SourceCatalog catalog, SourceRules rules, PollScheduler scheduler, CancellationToken stop)
    {
        try
        {
            var source = rules.Check(id, request);
            if (!await catalog.ReplaceAsync(source, AccountOf(context), stop))
            {
                return NoSource(id);
            }

            scheduler.Reload();
            return Results.Ok(Answer(source, scheduler));
        }
        catch (ProblemException e)
        {
            return Refuse(e);
        }
    }

    private static async Task<IResult> RemoveAsync(long id, HttpContext context, SourceCatalog catalog, PollScheduler scheduler, CancellationToken stop)
    {
        if (!await catalog.RemoveAsync(id, AccountOf(context), stop))
        {
            return NoSource(id);
        }

        scheduler.Reload();
        return Results.NoContent();
    }

    private static async Task<IResult> TestAsync(long id, PollScheduler scheduler, CancellationToken stop) =>
        scheduler.StatusOf(id) is null ? NoSource(id)
        : await scheduler.TestAsync(id, stop) is { } answer ? Results.Ok(answer)
        : ApiProblem.Of(StatusCodes.Status409Conflict, "XT340", "id", $"Source {id} is being read right now; look at its status, or try again.");

    private static SourceAnswer Answer(Source s, PollScheduler scheduler) => new(
        s.Id, s.Signal.Value, s.Kind, s.Address, s.Path, s.IntervalS, s.Zone, s.Account, s.ReportedAs, s.IsEnabled, scheduler.StatusOf(s.Id));

    private static string AccountOf(HttpContext context) => context.User.Identity!.Name!;

    private static IResult NoSource(long id) => ApiProblem.Of(StatusCodes.Status404NotFound, "XT337", "id", $"There is no source {id}.");

    private static IResult Refuse(ProblemException e) =>
        ApiProblem.Of(e.Problems.Any(p => p.Code == "XT336") ? StatusCodes.Status409Conflict : StatusCodes.Status400BadRequest, e.Problems);
}
