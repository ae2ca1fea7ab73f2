using Crosstown.Server.Privacy;
using Crosstown.Server.Public.Counts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Crosstown.Server.Public;

/// <summary>What the public side needs, and the limit that holds for all of it.</summary>
internal static class PublicServices
{
    public static void Add(IServiceCollection services) => services
        .AddSingleton(s => PublicSettings.Read(s.GetRequiredService<IConfiguration>()))
        .AddSingleton<StatusBoard>()
        .AddSingleton<PublicLimiter>()
        .AddSingleton<PublishedCounts>()
        .AddSingleton<RunningRules>()
        .AddSingleton<CountPublisher>()
        .AddHostedService(s => s.GetRequiredService<CountPublisher>());

    /// <summary>Refuses a reader who asks too often, with the seconds to wait.</summary>
    public static TBuilder WithPublicLimit<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.AddEndpointFilter(async (context, next) =>
        {
            var wait = context.HttpContext.RequestServices.GetRequiredService<PublicLimiter>().WaitSeconds(context.HttpContext);
            if (wait == 0)
            {
                return await next(context).ConfigureAwait(false);
            }

            context.HttpContext.Response.Headers.RetryAfter = wait.ToString(System.Globalization.CultureInfo.InvariantCulture);
            return Results.Problem(statusCode: StatusCodes.Status429TooManyRequests, title: $"Too many requests. Try again in {wait} s.");
        });
}
