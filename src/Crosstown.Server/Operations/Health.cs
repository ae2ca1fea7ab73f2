using System.Data.Common;
using Crosstown.Logs.Store;
using Crosstown.Server.Data;
using Crosstown.Server.Store.Records;
using Dapper;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Crosstown.Server.Operations;

/// <summary>Whether the server can do its work, as codes that say nothing of its insides. What each means and what to do: docs/operations.md.</summary>
internal sealed class Health(LiveEvents events, RecordStore records, DiskGauge disk, IHostApplicationLifetime lifetime)
{
    /// <summary>Bytes that must be free: an hour of 2,500 busy signals takes 0.3 GB.</summary>
    public const long LeastFreeBytes = 512L << 20;

    /// <summary>What is wrong now; empty when nothing is.</summary>
    public IReadOnlyList<string> Look()
    {
        var codes = new List<string>();
        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            codes.Add("stopping");
        }

        switch (events.Health)
        {
            case LiveHealth.DiskFailed:
                codes.Add("store-failed");
                break;
            case LiveHealth.DiskFull:
                codes.Add("store-full");
                break;
        }

        if (HasLittleRoom())
        {
            codes.Add("disk-low");
        }

        if (!CanReadRecords())
        {
            codes.Add("records-unreachable");
        }

        return codes;
    }

    private bool HasLittleRoom()
    {
        try
        {
            return disk.Read().FreeBytes < LeastFreeBytes;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private bool CanReadRecords()
    {
        try
        {
            using var connection = records.Open();
            return connection.ExecuteScalar<long>("select count(*) from schema_step") > 0;
        }
        catch (Exception e) when (e is DbException or RecordsUnavailableException or ObjectDisposedException)
        {
            return false;
        }
    }
}

/// <summary>Says in the log when the server becomes unready, and when it is ready again.</summary>
internal sealed class HealthWatch(Health health, TimeProvider time, ILogger<HealthWatch> log) : BackgroundService
{
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            var before = "";
            using var timer = new PeriodicTimer(s_look, time);
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                var codes = string.Join(',', health.Look());
                if (codes != before && codes.Length > 0)
                {
                    log.LogError(LogEvents.NotReady, "The server is not ready: {Codes}", codes);
                }
                else if (codes != before)
                {
                    log.LogInformation(LogEvents.ReadyAgain, "The server is ready again");
                }

                before = codes;
            }
        }
        catch (OperationCanceledException)
        {
            log.LogDebug(LogEvents.HealthStopped, "Looking at health stopped with the server.");
        }
    }
}
