using Crosstown.Logs.Store;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Crosstown.Server.Measuring;

/// <summary>Closes local days in the background when they are over, and closes them anew when late events or another configuration change them.</summary>
internal sealed class MeasureRoller(KeptMeasures kept, MeasureStore store, TimeProvider time, ILogger<MeasureRoller> log) : BackgroundService
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(30);

    /// <summary>At start so many kept days of each signal are compared with its log: events may have come while their day was not marked yet.</summary>
    private const int DaysChecked = 7;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        CheckNewest(stoppingToken);
        using var timer = new PeriodicTimer(s_pause, time);
        do
        {
            Roll(stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>Closes all days that are due.</summary>
    /// <returns>How many were closed.</returns>
    public int Roll(CancellationToken stop)
    {
        var closed = 0;
        foreach (var (signal, day) in kept.ListDue(time.GetUtcNow().ToUnixTimeMilliseconds()))
        {
            stop.ThrowIfCancellationRequested();
            try
            {
                kept.Close(signal, day);
                closed++;
            }
            catch (IOException e)
            {
                log.LogError(e, "Measures of signal {Signal} and {Day} could not be kept; they are tried again", signal, day);
                break;
            }
        }

        return closed;
    }

    private void CheckNewest(CancellationToken stop)
    {
        foreach (var signal in store.ListSignals())
        {
            foreach (var day in store.ListDays(signal).TakeLast(DaysChecked))
            {
                stop.ThrowIfCancellationRequested();
                kept.Check(signal, day);
            }
        }
    }
}
