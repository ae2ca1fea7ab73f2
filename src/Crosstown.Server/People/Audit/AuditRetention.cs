using Crosstown.Server.Store.Records;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Crosstown.Server.People.Audit;

/// <summary>Once a day, removes the audit's entries whose time is over.</summary>
internal sealed class AuditRetention(AuditLog audit, TimeProvider time, ILogger<AuditRetention> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromDays(1), time);
        do
        {
            try
            {
                var removed = await audit.CutAsync(stoppingToken).ConfigureAwait(false);
                if (removed > 0)
                {
                    logger.LogWarning("{Count} entries of the audit were removed because they were older than {Days} days", removed, AuditLog.KeptDays);
                }
            }
            catch (RecordsUnavailableException e)
            {
                logger.LogError("The audit's old entries could not be removed, and are tried again tomorrow: {Code}", e.Problem.Code);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
    }
}
