using System.Text.Json;
using System.Text.Json.Serialization;
using Crosstown.Core.Data;
using Crosstown.Logs;
using Crosstown.Logs.Store;
using Crosstown.Server.Api;
using Crosstown.Server.City;
using Crosstown.Server.Live;
using Crosstown.Server.People;
using Crosstown.Server.Store.Records;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Crosstown.Server.Hosting;

/// <summary>Puts the server together from its parts. Each part adds its services and its endpoints in one line.</summary>
internal static class ServerHost
{
    /// <summary>Makes a server that listens once it is started.</summary>
    /// <exception cref="ProblemException">A setting or a file in the data folder is wrong.</exception>
    /// <param name="add">Adds services of the caller's own, such as the feed of the made-up town.</param>
    public static WebApplication Create(ServerSettings settings, TimeProvider time, Action<IServiceCollection>? add = null)
    {
        Directory.CreateDirectory(settings.Data);
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = settings.Data, EnvironmentName = "Production" });
        builder.WebHost.UseUrls(settings.Urls).ConfigureKestrel(k => k.AddServerHeader = false);
        if (settings.Config is { } config)
        {
            builder.Configuration.AddJsonFile(Path.GetFullPath(config), optional: false, reloadOnChange: false);
        }

        builder.Logging.ClearProviders().AddJsonConsole().SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddSingleton(settings).AddSingleton(time).AddSingleton(new DataIssueLog());
        var records = RecordStore.Open(settings.Data, builder.Configuration.GetConnectionString("Crosstown"), time);
        builder.Services.AddSingleton(_ => records);
        builder.Services.AddSingleton(s => LiveEvents.Open(settings.Data, s.GetRequiredService<DataIssueLog>()));
        builder.Services.AddSingleton<IEventSource>(s => s.GetRequiredService<LiveEvents>());
        builder.Services.AddSingleton(s => new CityModel(settings.Data, s.GetRequiredService<DataIssueLog>()));
        builder.Services.AddSingleton(new WebFiles(settings.WebRoot ?? Path.Combine(AppContext.BaseDirectory, "wwwroot")));
        builder.Services.AddProblemDetails();
        builder.Services.ConfigureHttpJsonOptions(o =>
        {
            o.SerializerOptions.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower));
            o.SerializerOptions.MaxDepth = 32;
        });
        AddPeople(builder.Services, settings);
        LiveServices.Add(builder.Services);
        Public.PublicServices.Add(builder.Services);
        add?.Invoke(builder.Services);

        var app = builder.Build();
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UseAuthentication();
        app.UseAuthorization();
        Public.PublicPages.Map(app);
        app.Services.GetRequiredService<WebFiles>().Map(app);
        ApiRoutes.Map(app);
        return app;
    }

    private static void AddPeople(IServiceCollection services, ServerSettings settings)
    {
        var authentication = services.AddAuthentication(TownVisitor.SchemeName);
        if (settings.IsTown)
        {
            authentication.AddScheme<AuthenticationSchemeOptions, TownVisitor>(TownVisitor.SchemeName, null);
        }

        services.AddAuthorization(Access.AddPolicies);
    }
}
