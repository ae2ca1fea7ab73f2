using Crosstown.Core.Time;
using Crosstown.Logs;
using Crosstown.Server.City;
using Crosstown.Server.People;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Crosstown.Server.Api;

/// <summary>Raw events of one signal.</summary>
/// <param name="Times">Ms UTC, one an event.</param>
/// <param name="Codes">Event codes.</param>
/// <param name="Parameters">Phase, channel or value, as the code says.</param>
/// <param name="IsCut">True when there are more events in the time than were asked for.</param>
internal sealed record EventsAnswer(string Signal, IReadOnlyList<long> Times, IReadOnlyList<int> Codes, IReadOnlyList<int> Parameters, bool IsCut);

internal static class EventsApi
{
    private const int MostEvents = 20_000;

    public static void Map(RouteGroupBuilder api) =>
        api.MapGet("/signals/{id}/events", Get).RequireRole(Role.Operate).WithName("listEvents").WithTags("events");

    private static IResult Get(string id, long from, long to, CityModel city, IEventSource events, int limit = 2000)
    {
        if (SignalsApi.Known(id, city, events) is not { } signal)
        {
            return ApiProblem.NoSignal(id);
        }

        if (to <= from || to - from > TablesApi.MostMs)
        {
            return ApiProblem.Of(StatusCodes.Status400BadRequest, "XT304", "to", $"The time from {from} to {to} is not between 1 ms and 31 days.");
        }

        limit = Math.Clamp(limit, 1, MostEvents);
        var (times, codes, parameters) = (new List<long>(), new List<int>(), new List<int>());
        using var reader = events.Open(signal, new TimeRange(from, to));
        while (times.Count <= limit && reader.Next(out var block))
        {
            foreach (ref readonly var e in block)
            {
                if (times.Count > limit)
                {
                    break;
                }

                times.Add(e.TimeMs);
                codes.Add((int)e.Code);
                parameters.Add((int)e.Parameter);
            }
        }

        var isCut = times.Count > limit;
        return Results.Ok(new EventsAnswer(signal.Value, [.. times.Take(limit)], [.. codes.Take(limit)], [.. parameters.Take(limit)], isCut));
    }
}
