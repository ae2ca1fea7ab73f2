using Crosstown.Server.Data;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Crosstown.Server.Retiming;

internal static class RetimingServices
{
    public static void Add(IServiceCollection services, IConfiguration configuration) => services
        .AddSingleton(RetimingSettings.Read(configuration))
        .AddSingleton<RetimingRecords>()
        .AddSingleton<IRetention, RetimingRetention>()
        .AddSingleton<RetimingBoard>().AddHostedService(s => s.GetRequiredService<RetimingBoard>());
}
