using Crosstown.Core.Data;
using Crosstown.Server.Hosting;
using Crosstown.Server.Operations;
using Crosstown.Server.Store.Records;
using Dapper;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Crosstown.Server.Data;

/// <summary>One look at every stored block.</summary>
/// <param name="Seconds">How long it took.</param>
internal sealed record CheckRow(long EndedMs, long Seconds, long SignalDays, long Events, long Damaged, long MissingEvents);

/// <summary>Reads every stored block once a week, with low priority, so that damage is found while a backup still has what was lost.</summary>
internal sealed class CheckJob(ServerSettings settings, RecordStore records, TimeProvider time, ILogger<CheckJob> log) : BackgroundService
{
    private static readonly TimeSpan s_look = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan s_every = TimeSpan.FromDays(7);

    private int _isRunning;
    private int _isAsked;

    public bool IsRunning => _isRunning != 0;

    /// <summary>The last look; null when there was none.</summary>
    public CheckRow? FindLast()
    {
        using var connection = records.Open();
        return connection.QueryFirstOrDefault<CheckRow>(
            "select ended_ms as EndedMs, seconds as Seconds, signal_days as SignalDays, events as Events, damaged as Damaged, missing_events as MissingEvents from data_check order by ended_ms desc limit 1");
    }

    /// <summary>Asks for a look soon; it runs in the background.</summary>
    public void Ask() => Interlocked.Exchange(ref _isAsked, 1);

    /// <summary>Looks now, and keeps what was found.</summary>
    public async Task<StoreCheckResult> RunAsync(CancellationToken stop)
    {
        Interlocked.Exchange(ref _isRunning, 1);
        try
        {
            var started = time.GetTimestamp();
            var issues = new DataIssueLog();
            var result = await Task.Factory.StartNew(() => RunQuietly(issues, stop), stop, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            await KeepAsync(records, result, (long)time.GetElapsedTime(started).TotalSeconds, time.GetUtcNow().ToUnixTimeMilliseconds(), stop);
            if (result.IsWhole)
            {
                log.LogInformation(LogEvents.VerifyDone, "All {SignalDays} stored signal-days could be read", result.SignalDays);
            }
            else
            {
                log.LogError(LogEvents.VerifyFoundDamage, "{Damaged} stored blocks are damaged and {Missing} events could not be read; the first is in {File}", result.Damaged, result.MissingEvents, issues.ListExamples().Select(i => i.Source).FirstOrDefault("?"));
            }

            return result;
        }
        finally
        {
            Interlocked.Exchange(ref _isRunning, 0);
        }
    }

    public static Task KeepAsync(RecordStore records, StoreCheckResult result, long seconds, long endedMs, CancellationToken stop) => records.WriteAsync(
        (connection, transaction) => connection.ExecuteAsync(
            "insert into data_check (ended_ms, seconds, signal_days, events, damaged, missing_events) values (@endedMs, @seconds, @SignalDays, @Events, @Damaged, @MissingEvents) on conflict (ended_ms) do nothing",
            new { endedMs, seconds, result.SignalDays, result.Events, result.Damaged, result.MissingEvents },
            transaction),
        stop);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            using var timer = new PeriodicTimer(TimeSpan.FromSeconds(5), time);
            var next = time.GetTimestamp();
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                var isAsked = Interlocked.Exchange(ref _isAsked, 0) != 0;
                if (!isAsked && time.GetElapsedTime(next) < s_look)
                {
                    continue;
                }

                next = time.GetTimestamp();
                try
                {
                    if (isAsked || FindLast() is not { } last || time.GetUtcNow().ToUnixTimeMilliseconds() - last.EndedMs >= (long)s_every.TotalMilliseconds)
                    {
                        await RunAsync(stoppingToken);
                    }
                }
                catch (Exception e) when (e is IOException or RecordsUnavailableException)
                {
                    log.LogWarning(LogEvents.VerifyFailed, "Looking at the stored blocks failed: {Reason}", e.GetType().Name);
                }
            }
        }
        catch (OperationCanceledException)
        {
            log.LogDebug(LogEvents.VerifyStopped, "Looking at the stored blocks stopped with the server.");
        }
    }

    private StoreCheckResult RunQuietly(DataIssueLog issues, CancellationToken stop)
    {
        Thread.CurrentThread.Priority = ThreadPriority.Lowest;
        return StoreCheck.Run(settings.Data, issues, null, stop);
    }
}
