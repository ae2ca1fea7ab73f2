using Crosstown.Server.Learning;
using Microsoft.Extensions.DependencyInjection;

namespace Crosstown.Server.Configuration;

internal static class ConfigurationServices
{
    public static void Add(IServiceCollection services) => services
        .AddSingleton<ConfigurationStore>()
        .AddSingleton<ConfigurationImports>()
        .AddSingleton<LearnQueue>()
        .AddHostedService(s => s.GetRequiredService<LearnQueue>());
}
