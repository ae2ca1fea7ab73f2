using System.Collections.Concurrent;
using Crosstown.Core.Street;
using Crosstown.Logs.Store;
using Crosstown.Server.Operations;
using Crosstown.Server.Store.Records;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Crosstown.Server.Data;

/// <summary>Looks at the coverage of signal-days in the background: those that are new or have changed, the newest first, one at a time.</summary>
/// <remarks>A day of a busy signal takes a few milliseconds. The day that is not over is looked at again every ten minutes at most.</remarks>
internal sealed class CoverageLook(LiveEvents events, CoverageRecords coverage, TimeProvider time, ILogger<CoverageLook> log) : BackgroundService
{
    private const int DaysAtOnce = 500;
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_pauseOfToday = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<SignalId, long> _lookedAtToday = new();

    /// <summary>Looks at what is due, at most so many days. Returns how many there were.</summary>
    public async Task<int> LookAsync(CancellationToken stop)
    {
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        var found = new List<DayCoverage>();
        foreach (var (signal, day) in ListDue(nowMs).Take(DaysAtOnce))
        {
            stop.ThrowIfCancellationRequested();
            if (DayCoverage.Of(events, signal, day, nowMs) is { } looked)
            {
                found.Add(looked);
            }

            await Task.Yield();
        }

        if (found.Count > 0)
        {
            await coverage.KeepAsync(found, stop);
        }

        return found.Count;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            using var timer = new PeriodicTimer(s_pause, time);
            do
            {
                try
                {
                    while (await LookAsync(stoppingToken) == DaysAtOnce)
                    {
                        await Task.Yield();
                    }
                }
                catch (Exception e) when (e is IOException or RecordsUnavailableException)
                {
                    log.LogWarning(LogEvents.CoverageFailed, "Looking at coverage failed: {Reason}", e.GetType().Name);
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            log.LogDebug(LogEvents.CoverageStopped, "Looking at coverage stopped with the server.");
        }
    }

    private IEnumerable<(SignalId Signal, DateOnly Day)> ListDue(long nowMs)
    {
        var today = DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeMilliseconds(nowMs).UtcDateTime);
        var days = events.ListSignals().SelectMany(s => events.ListDays(s).Select(d => (Signal: s, Day: d))).Where(d => d.Day <= today).OrderByDescending(d => d.Day);
        foreach (var (signal, day) in days)
        {
            var known = coverage.Find(signal, DataDays.NumberOf(day));
            if (day == today && known is not null)
            {
                if (_lookedAtToday.GetValueOrDefault(signal) is var lookedMs && nowMs - lookedMs < (long)s_pauseOfToday.TotalMilliseconds)
                {
                    continue;
                }

                _lookedAtToday[signal] = nowMs;
                yield return (signal, day);
            }
            else if (known is null || known.Events != events.CountEvents(signal, day))
            {
                _lookedAtToday[signal] = day == today ? nowMs : _lookedAtToday.GetValueOrDefault(signal);
                yield return (signal, day);
            }
        }
    }
}
