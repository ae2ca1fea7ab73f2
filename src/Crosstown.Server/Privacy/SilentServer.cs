using System.Collections.Immutable;
using Crosstown.Server.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Crosstown.Server.Privacy;

/// <summary>A whole server that neither listens nor works: only for reading off what it would store, answer, log and measure.</summary>
internal sealed class SilentServer : IServer
{
    /// <inheritdoc/>
    public IFeatureCollection Features { get; } = new FeatureCollection();

    /// <summary>Starts a server on a folder, lists what it has, and stops it.</summary>
    /// <param name="data">The data folder; null for an empty one that is removed afterwards. The records in it are brought up to this program.</param>
    /// <param name="config">A file with settings; null for none.</param>
    public static async Task<ImmutableArray<RunningGroup>> ListGroupsAsync(string? data, string? config, CancellationToken stop)
    {
        var scratch = data is null ? Directory.CreateTempSubdirectory("crosstown-privacy-").FullName : null;
        try
        {
            var app = ServerHost.Create(new ServerSettings { Data = data ?? scratch!, Config = config }, TimeProvider.System, Silence);
            await using (app.ConfigureAwait(false))
            {
                await app.StartAsync(stop).ConfigureAwait(false);
                var groups = ServerInventory.ListGroups(app.Services);
                await app.StopAsync(stop).ConfigureAwait(false);
                return groups;
            }
        }
        finally
        {
            if (scratch is not null)
            {
                Directory.Delete(scratch, recursive: true);
            }
        }
    }

    /// <inheritdoc/>
    public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
        where TContext : notnull => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
    }

    /// <summary>Takes out what works in the background; what builds the endpoints stays.</summary>
    private static void Silence(IServiceCollection services)
    {
        foreach (var job in services.Where(s => s.ServiceType == typeof(IHostedService) && s.ImplementationType?.Assembly != typeof(Microsoft.AspNetCore.Hosting.IWebHostBuilder).Assembly
            && s.ImplementationType?.Assembly.GetName().Name != "Microsoft.AspNetCore.Hosting").ToArray())
        {
            services.Remove(job);
        }

        services.RemoveAll<IServer>();
        services.AddSingleton<IServer, SilentServer>();
    }
}
