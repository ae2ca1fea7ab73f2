using System.Globalization;
using System.Security.Cryptography;
using Crosstown.Core.Data;
using Crosstown.Server.Api;
using Crosstown.Server.Store.Records;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Crosstown.Server.Hosting.Guards;

/// <summary>Turns what went wrong into an answer with a code, and nothing of the inside (rule X12).</summary>
internal sealed class Failures(ILogger<Failures> logger) : IExceptionHandler
{
    private const string RetrySeconds = "10";

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        await Describe(httpContext, exception).ExecuteAsync(httpContext).ConfigureAwait(false);
        return true;
    }

    private IResult Describe(HttpContext context, Exception exception)
    {
        switch (exception)
        {
            case ProblemException e:
                return ApiProblem.Of(StatusCodes.Status400BadRequest, e.Problems);
            case RecordsUnavailableException e:
                logger.LogError(exception, "The records took no change or gave no answer: {Code}", e.Problem.Code);
                context.Response.Headers.RetryAfter = RetrySeconds;
                return ApiProblem.Of(e.IsFull ? StatusCodes.Status507InsufficientStorage : StatusCodes.Status503ServiceUnavailable, [e.Problem]);
            case BadHttpRequestException e:
                return Results.Problem(statusCode: e.StatusCode);
            case OperationCanceledException when context.RequestAborted.IsCancellationRequested:
                return Results.StatusCode(StatusCodes.Status499ClientClosedRequest);
            default:
                // Whoever asks is given a number; whoever keeps the server finds the place by it.
                var reference = RandomNumberGenerator.GetInt32(100_000_000).ToString("D8", CultureInfo.InvariantCulture);
                logger.LogError(exception, "A request to {Route} failed; reference {Reference}", (context.Features.Get<IExceptionHandlerFeature>()?.Endpoint as RouteEndpoint)?.RoutePattern.RawText ?? "no route", reference);
                return ApiProblem.Of(StatusCodes.Status500InternalServerError, "XT367", "server", $"The server failed to answer. Its log has the place under reference {reference}.");
        }
    }
}
