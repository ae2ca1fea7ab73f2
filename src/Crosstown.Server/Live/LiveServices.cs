using Microsoft.Extensions.DependencyInjection;

namespace Crosstown.Server.Live;

internal static class LiveServices
{
    public static void Add(IServiceCollection services)
    {
        services
            .AddSingleton<SignalStates>().AddSingleton<LiveStream>().AddHostedService<LiveLoop>()
            .AddSingleton<LiveMeasures>().AddHostedService(s => s.GetRequiredService<LiveMeasures>());
        Intake.IntakeServices.Add(services);
    }
}
