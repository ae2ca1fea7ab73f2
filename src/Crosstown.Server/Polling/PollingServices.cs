using System.Net;
using Crosstown.Logs.Store;
using Crosstown.Server.Hosting;
using Crosstown.Server.Live;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Crosstown.Server.Polling;

internal static class PollingServices
{
    public static void Add(IServiceCollection services)
    {
        services.AddSingleton(s => SourceSettings.Read(s.GetRequiredService<IConfiguration>(), s.GetRequiredService<ServerSettings>()));
        services.AddSingleton<SourceAccounts>().AddSingleton<SourceCatalog>().AddSingleton<SourceRules>().AddSingleton(new PollLimits());
        services.AddSingleton(s => new AddressGuard(s.GetRequiredService<SourceSettings>().AllowLoopback, Dns.GetHostAddressesAsync, s.GetRequiredService<TimeProvider>()));
        services.AddSingleton<MaxTimePoller>().AddSingleton<FtpPoller>().AddSingleton<SftpPoller>().AddSingleton<FolderPoller>();
        services.AddSingleton(s => new PollScheduler(
            s.GetRequiredService<SourceCatalog>(),
            s.GetRequiredService<SourceRules>(),
            s.GetRequiredService<SignalStates>(),
            new Dictionary<SourceKind, IPoller>
            {
                [SourceKind.MaxTimeHttp] = s.GetRequiredService<MaxTimePoller>(),
                [SourceKind.Ftp] = s.GetRequiredService<FtpPoller>(),
                [SourceKind.Sftp] = s.GetRequiredService<SftpPoller>(),
                [SourceKind.Folder] = s.GetRequiredService<FolderPoller>(),
            },
            s.GetRequiredService<PollLimits>(),
            s.GetRequiredService<LiveEvents>().AppendAsync,
            s.GetRequiredService<TimeProvider>(),
            s.GetRequiredService<ILogger<PollScheduler>>()));
        services.AddHostedService(s => s.GetRequiredService<PollScheduler>());
    }
}
