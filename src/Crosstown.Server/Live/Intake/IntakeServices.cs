using Crosstown.Server.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Crosstown.Server.Live.Intake;

internal static class IntakeServices
{
    public static void Add(IServiceCollection services) => services
        .AddSingleton(s => IntakeSettings.Read(s.GetRequiredService<IConfiguration>(), s.GetRequiredService<ServerSettings>().Data))
        .AddSingleton<IntakeLog>().AddSingleton<BodyBudget>().AddSingleton<IntakeRun>()
        .AddSingleton<IntakeFolder>().AddHostedService(s => s.GetRequiredService<IntakeFolder>());
}
