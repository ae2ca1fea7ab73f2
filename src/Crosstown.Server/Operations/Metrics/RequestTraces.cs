using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Crosstown.Server.Operations.Metrics;

/// <summary>A trace of each request: its route as a pattern, its method, what came of it, and nothing about who asked (rule P18).</summary>
/// <remarks>The framework's own traces have the path with its ids and the agent on them; ours never get them.</remarks>
internal static class RequestTraces
{
    public const string Name = "Crosstown.Requests";

    private const int FirstFailure = 500;
    private static readonly ActivitySource s_source = new(Name);

    public static async Task Trace(HttpContext context, RequestDelegate next)
    {
        using var activity = s_source.StartActivity("request", ActivityKind.Server);
        try
        {
            await next(context);
        }
        finally
        {
            if (activity is not null)
            {
                var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText;
                activity.DisplayName = route is null ? context.Request.Method : $"{context.Request.Method} {route}";
                activity.SetTag("http.request.method", context.Request.Method);
                activity.SetTag("http.route", route);
                activity.SetTag("http.response.status_code", context.Response.StatusCode);
                activity.SetStatus(context.Response.StatusCode >= FirstFailure ? ActivityStatusCode.Error : ActivityStatusCode.Unset);
            }
        }
    }
}
