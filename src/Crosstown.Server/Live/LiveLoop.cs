using Microsoft.Extensions.Hosting;

namespace Crosstown.Server.Live;

/// <summary>Keeps states current: remembers what is stored, then beats once a second.</summary>
internal sealed class LiveLoop(SignalStates states, LiveStream stream, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan s_beat = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var remembering = Task.Run(() => states.Remember(stoppingToken), stoppingToken);
        using var timer = new PeriodicTimer(s_beat, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            stream.Beat();
        }

        await remembering;
    }
}
