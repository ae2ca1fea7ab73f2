using Crosstown.Core.Data;
using Crosstown.Server.Hosting;
using Crosstown.Server.Operations.Metrics;
using Crosstown.Server.People;
using Crosstown.Server.Store.Records;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Crosstown.Server.Operations;

/// <summary>What those who run the server need: health, metrics, an orderly start and end.</summary>
internal static class OperationsServices
{
    /// <summary>Time in which requests that have begun may end when the server stops.</summary>
    public static readonly TimeSpan StopTime = TimeSpan.FromSeconds(20);

    public static void Add(WebApplicationBuilder builder, ServerSettings settings, DataFolder folder)
    {
        var telemetry = TelemetrySettings.Read(builder.Configuration);
        if (telemetry.MetricsPort is { } port)
        {
            builder.WebHost.UseUrls($"{settings.Urls};http://127.0.0.1:{port}");
        }

        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = StopTime);
        builder.Logging.AddFilter("Crosstown.Server", LogLevel.Information);
        builder.Services
            .AddSingleton(telemetry)
            .AddSingleton(_ => folder)
            .AddSingleton<ServerMeter>()
            .AddSingleton<MetricsPage>()
            .AddSingleton<Health>()
            .AddHostedService<DataFolderUpgrade>()
            .AddHostedService<HealthWatch>();
        if (telemetry.Endpoint is not null)
        {
            builder.Services.AddHostedService<Telemetry>();
        }
    }

    public static void Use(WebApplication app)
    {
        // The folder is the first to be taken and the last to be let go.
        _ = app.Services.GetRequiredService<DataFolder>();
        _ = app.Services.GetRequiredService<ServerMeter>();
        var lifetime = app.Lifetime;
        var log = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Crosstown.Server.Operations");
        lifetime.ApplicationStarted.Register(() => log.LogInformation(LogEvents.Started, "The server takes requests; program {Program}", ProgramVersion.Text));
        lifetime.ApplicationStopping.Register(() => log.LogInformation(LogEvents.Stopping, "The server stops: requests that have begun have {Seconds} s to end", (int)StopTime.TotalSeconds));
        lifetime.ApplicationStopped.Register(() => log.LogInformation(LogEvents.Stopped, "The server takes nothing more; what arrived is put into segments"));
        var settings = app.Services.GetRequiredService<TelemetrySettings>();
        app.Use((context, next) =>
            settings.MetricsPort is { } port && context.Connection.LocalPort == port ? AnswerWatcher(context)
            : lifetime.ApplicationStopping.IsCancellationRequested && !context.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal) ? Stopping(context)
            : next(context));
        app.MapGet("/health/live", () => Results.Json(new { status = "live" })).OpenToAll().WithName("getLive").WithTags("operations");
        app.MapGet("/health/ready", (Health health) => Ready(health)).OpenToAll().WithName("getReady").WithTags("operations");
        app.MapGet("/metrics", (MetricsPage page) => Results.Text(page.Write(), MetricsPage.ContentType)).RequireRole(Role.Admin).WithName("getMetrics").WithTags("operations");
    }

    private static IResult Ready(Health health) => health.Look() is { Count: > 0 } codes
        ? Results.Json(new { status = "not-ready", codes }, statusCode: StatusCodes.Status503ServiceUnavailable)
        : Results.Json(new { status = "ready", codes = Array.Empty<string>() });

    /// <summary>The port for whoever watches the machine: metrics and health without sign-in, nothing else, on loopback only.</summary>
    private static Task AnswerWatcher(HttpContext context) => context.Request.Path.Value switch
    {
        "/metrics" => Results.Text(context.RequestServices.GetRequiredService<MetricsPage>().Write(), MetricsPage.ContentType).ExecuteAsync(context),
        "/health/live" => Results.Json(new { status = "live" }).ExecuteAsync(context),
        "/health/ready" => Ready(context.RequestServices.GetRequiredService<Health>()).ExecuteAsync(context),
        _ => Results.NotFound().ExecuteAsync(context),
    };

    private static Task Stopping(HttpContext context)
    {
        context.Response.Headers.RetryAfter = "10";
        return Api.ApiProblem.Of(StatusCodes.Status503ServiceUnavailable, [new Problem("XT389", "server", "The server is being stopped; try again in a moment.")]).ExecuteAsync(context);
    }
}

/// <summary>Brings the data folder up to this program before anything else begins.</summary>
internal sealed class DataFolderUpgrade(DataFolder folder, RecordStore records) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => folder.UpgradeAsync(records, cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
