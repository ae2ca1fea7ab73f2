using Microsoft.Extensions.DependencyInjection;

namespace Crosstown.Server.Imports;

internal static class ImportServices
{
    public static void Add(IServiceCollection services) => services.AddSingleton<ImportRecords>().AddHostedService<ImportRecording>();
}
