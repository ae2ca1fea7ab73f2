using Crosstown.Logs;
using Crosstown.Server.Api;
using Crosstown.Server.City;
using Crosstown.Server.People;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace Crosstown.Server.Live;

/// <summary>How signals are now, asked for once or told as it changes, by server-sent events.</summary>
internal static class LiveApi
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/signals/{id}/state", Describe).RequireRole(Role.View).WithName("getSignalState").WithTags("live");
        api.MapGet("/live", Listen).RequireRole(Role.View).WithName("listenLive").DisableRequestTimeout().WithTags("live");
    }

    private static IResult Describe(string id, CityModel city, IEventSource events, SignalStates states) =>
        SignalsApi.Known(id, city, events) is { } signal ? Results.Ok(states.Of(signal).Describe()) : ApiProblem.NoSignal(id);

    private static async Task Listen(HttpContext context, LiveStream stream, IHostApplicationLifetime lifetime)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        context.Response.Headers["X-Accel-Buffering"] = "no";
        await TypedResults.ServerSentEvents(stream.Listen(either.Token)).ExecuteAsync(context);
    }
}
