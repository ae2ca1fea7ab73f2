using Crosstown.Server.Query;
using Microsoft.AspNetCore.Http;

namespace Crosstown.Server.Api;

/// <summary>Sends an answer that is ready, packed where the client takes that.</summary>
internal sealed class JsonAnswer(CachedAnswer answer) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.ContentType = "application/json";
        var body = answer.Plain;
        if (httpContext.Request.Headers.AcceptEncoding.ToString().Contains("br", StringComparison.OrdinalIgnoreCase) && answer.Packed is { } packed)
        {
            response.Headers.ContentEncoding = "br";
            body = packed;
        }

        response.ContentLength = body.Length;
        return response.Body.WriteAsync(body, httpContext.RequestAborted).AsTask();
    }
}
