using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Threading.RateLimiting;
using Crosstown.Server.Hosting.Guards;
using Crosstown.Server.People.Sources;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Crosstown.Server.Api;

/// <summary>The limits of every route of the interface: bytes of a body, time of an answer, requests of one account (rule X05).</summary>
/// <remarks>
/// Who asks is told apart by the account's name, or, before anybody signs in, by a keyed hash of the network address whose key is made at the start and lives in memory
/// alone: no address is written or kept (rule P18).
/// </remarks>
internal static class ApiLimits
{
    public const string Policy = "interface";

    /// <summary>Requests that one account may make at once, and how many come back each second.</summary>
    public const int AccountBurst = 600;

    public const int AccountPerSecond = 60;

    /// <summary>The same for somebody who is not signed in.</summary>
    public const int VisitorBurst = 60;

    public const int VisitorPerSecond = 6;

    /// <summary>The same for a program that sends logs: a city's worth of signals may come through one, and its bodies have a budget of their own.</summary>
    public const int SourceBurst = 10_000;

    public const int SourcePerSecond = 5_000;

    /// <summary>An answer takes no longer; files of a city's rows may, see <see cref="StreamTime"/>.</summary>
    public static readonly TimeSpan Time = TimeSpan.FromSeconds(60);

    /// <summary>The longest that a streamed answer takes.</summary>
    public static readonly TimeSpan StreamTime = TimeSpan.FromMinutes(15);

    private static readonly byte[] s_key = RandomNumberGenerator.GetBytes(32);

    public static void Add(IServiceCollection services)
    {
        services.AddRequestTimeouts(o => o.AddPolicy(Policy, new RequestTimeoutPolicy { Timeout = Time, TimeoutStatusCode = StatusCodes.Status503ServiceUnavailable }));
        services.AddRateLimiter(o =>
        {
            o.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            o.OnRejected = async (rejected, _) =>
            {
                var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? Math.Max(1, (int)Math.Ceiling(after.TotalSeconds)) : 1;
                rejected.HttpContext.Response.Headers.RetryAfter = wait.ToString(CultureInfo.InvariantCulture);
                await ApiProblem.Of(
                    StatusCodes.Status429TooManyRequests, "XT415", "account", string.Create(CultureInfo.InvariantCulture, $"Too many requests: {AccountPerSecond:N0} a second are answered for an account, {SourcePerSecond:N0} for a program that sends logs, {VisitorPerSecond:N0} for anybody else. Try again in {wait} s."))
                    .ExecuteAsync(rejected.HttpContext);
            };
            o.AddPolicy(Policy, context => context.User.Identity switch
            {
                { IsAuthenticated: true, AuthenticationType: SourceTokenHandler.SchemeName, Name: { } name } => Bucket($"source {name}", SourceBurst, SourcePerSecond),
                { IsAuthenticated: true, Name: { } name } => Bucket($"account {name}", AccountBurst, AccountPerSecond),
                _ => Bucket(Visitor(context), VisitorBurst, VisitorPerSecond),
            });
        });
    }

    /// <summary>Sets the limits of all routes of a group; an endpoint may set its own.</summary>
    public static RouteGroupBuilder WithLimits(this RouteGroupBuilder group)
    {
        group.WithMetadata(new RequestSizeLimitAttribute(RequestLimits.BodyBytes));
        group.WithRequestTimeout(Policy);
        group.RequireRateLimiting(Policy);
        return group;
    }

    /// <summary>Lets an answer that is sent while it is made take longer.</summary>
    public static TBuilder Streams<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new RequestTimeoutAttribute((int)StreamTime.TotalMilliseconds));

    private static RateLimitPartition<string> Bucket(string key, int burst, int perSecond) => RateLimitPartition.GetTokenBucketLimiter(key, _ => new TokenBucketRateLimiterOptions
    {
        TokenLimit = burst,
        TokensPerPeriod = perSecond,
        ReplenishmentPeriod = TimeSpan.FromSeconds(1),
        QueueLimit = 0,
        AutoReplenishment = true,
    });

    private static string Visitor(HttpContext context) =>
        Convert.ToHexString(HMACSHA256.HashData(s_key, Encoding.UTF8.GetBytes(context.Connection.RemoteIpAddress?.ToString() ?? "")).AsSpan(0, 8));
}
