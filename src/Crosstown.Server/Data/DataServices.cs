using Crosstown.Server.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Crosstown.Server.Data;

internal static class DataServices
{
    public static void Add(IServiceCollection services, ServerSettings settings, IConfiguration configuration) => services
        .AddSingleton(RetentionSettings.Read(configuration))
        .AddSingleton(DiskGauge.Of(settings.Data))
        .AddSingleton<Storage>()
        .AddSingleton<CoverageRecords>()
        .AddSingleton<IRetention, RawEventRetention>()
        .AddSingleton<IRetention, ImportRetention>()
        .AddSingleton<IRetention, SizeRetention>()
        .AddSingleton<RetentionJob>().AddHostedService(s => s.GetRequiredService<RetentionJob>())
        .AddSingleton<CoverageLook>().AddHostedService(s => s.GetRequiredService<CoverageLook>())
        .AddSingleton<CheckJob>().AddHostedService(s => s.GetRequiredService<CheckJob>());
}
