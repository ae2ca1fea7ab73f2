using System.Text.Json;
using System.Text.Json.Serialization;
using Crosstown.Core.Data;
using Crosstown.Logs;
using Crosstown.Logs.Store;
using Crosstown.Server.Api;
using Crosstown.Server.City;
using Crosstown.Server.Hosting.Guards;
using Crosstown.Server.Hosting.Logging;
using Crosstown.Server.Live;
using Crosstown.Server.Operations;
using Crosstown.Server.People;
using Crosstown.Server.People.Oidc;
using Crosstown.Server.People.Pages;
using Crosstown.Server.Store.Records;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Crosstown.Server.Hosting;

/// <summary>Puts the server together from its parts. Each part adds its services and its endpoints in one line.</summary>
internal static class ServerHost
{
    /// <summary>Makes a server that listens once it is started.</summary>
    /// <exception cref="ProblemException">A setting or a file in the data folder is wrong.</exception>
    /// <param name="add">Adds services of the caller's own, such as the feed of the made-up town.</param>
    public static WebApplication Create(ServerSettings settings, TimeProvider time, Action<IServiceCollection>? add = null)
    {
        var folder = DataFolder.Open(settings.Data);
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = settings.Data, EnvironmentName = "Production" });
        if (settings.IsTown)
        {
            TownVisitor.RequireLoopback(settings.Urls);
        }

        builder.WebHost.UseUrls(settings.Urls).ConfigureKestrel(k =>
        {
            k.AddServerHeader = false;
            RequestLimits.Set(k.Limits);
        });
        if (settings.Config is { } config)
        {
            builder.Configuration.AddJsonFile(Path.GetFullPath(config), optional: false, reloadOnChange: false);
        }

        Proxies.Configure(builder);
        builder.Logging.ClearProviders().AddConsole(o => o.FormatterName = LogLines.FormatterName).AddConsoleFormatter<LogLines, ConsoleFormatterOptions>().SetMinimumLevel(LogLevel.Warning)
            .AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
        builder.Services.AddSingleton(settings).AddSingleton(time).AddSingleton(new DataIssueLog());
        var records = RecordStore.Open(settings.Data, builder.Configuration.GetConnectionString("Crosstown"), time);
        builder.Services.AddSingleton(_ => records);
        OperationsServices.Add(builder, settings, folder);
        builder.Services.AddSingleton(s => LiveEvents.Open(settings.Data, s.GetRequiredService<DataIssueLog>()));
        builder.Services.AddSingleton<IEventSource>(s => s.GetRequiredService<LiveEvents>());
        builder.Services.AddSingleton(s => new CityModel(settings.Data, s.GetRequiredService<DataIssueLog>()));
        builder.Services.AddSingleton(new WebFiles(settings.WebRoot ?? Path.Combine(AppContext.BaseDirectory, "wwwroot")));
        builder.Services.AddProblemDetails().AddExceptionHandler<Failures>();
        builder.Services.ConfigureHttpJsonOptions(o =>
        {
            o.SerializerOptions.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower));
            o.SerializerOptions.MaxDepth = 32;
        });
        builder.Services.AddSingleton(OidcSettings.Read(builder.Configuration));
        PeopleServices.Add(builder.Services, settings, Proxies.IsHttps(builder.Configuration, settings.Urls));
        ApiLimits.Add(builder.Services);
        ApiDocument.Add(builder.Services);
        LiveServices.Add(builder.Services);
        Polling.PollingServices.Add(builder.Services);
        Query.QueryServices.Add(builder.Services);
        Configuration.ConfigurationServices.Add(builder.Services);
        Imports.ImportServices.Add(builder.Services);
        Data.DataServices.Add(builder.Services, settings, builder.Configuration);
        Retiming.RetimingServices.Add(builder.Services, builder.Configuration);
        Public.PublicServices.Add(builder.Services);
        add?.Invoke(builder.Services);

        var app = builder.Build();
        Proxies.Use(app);
        app.UseMiddleware<SecurityHeaders>();
        OperationsServices.Use(app);
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        if (settings.IsTown)
        {
            app.UseMiddleware<TownHosts>();
        }

        app.UseRouting();
        PeopleServices.Use(app);
        app.UseRateLimiter();
        app.UseRequestTimeouts();
        ApiDocument.Map(app);
        Public.PublicPages.Map(app);
        app.Services.GetRequiredService<WebFiles>().Map(app);
        PeoplePages.Map(app);
        OidcRoutes.Map(app);
        ApiRoutes.Map(app);
        app.MapFallback("/{**path}", ApiProblem.NothingHere).OpenToAll().ExcludeFromDescription();
        return app;
    }
}
