using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Logs.Store;
using Crosstown.Logs.Zones;
using Crosstown.Server.Adaptive;
using Crosstown.Simulation.Towns;
using Microsoft.Extensions.Hosting;

namespace Crosstown.Server.Towns;

/// <summary>Runs the made-up town: two past days first, as fast as the machine can, then live, second by second.</summary>
/// <remarks>
/// Its cabinets deliver as real ones do: an hour at a time while the past is caught up, then at once. One of them loses its connection now and
/// then and hands in what it logged when the connection is back.
/// </remarks>
internal sealed class TownFeed : BackgroundService
{
    /// <summary>The zone of the town's clocks.</summary>
    public const string Zone = "America/Los_Angeles";

    /// <summary>Whole days before today's local midnight that the town has a log of.</summary>
    public const int PastDays = 2;

    private const int FaultRounds = 24;
    private const long HourMs = 3_600_000;
    private const long DayMs = 24 * HourMs;

    private readonly LiveEvents _events;
    private readonly TimeProvider _time;
    private readonly AdaptiveTown? _adaptive;
    private readonly TownOutage _outage;
    private readonly List<Task> _writing = [];
    private readonly List<ControllerEvent> _withheld = [];

    /// <param name="town">The town.</param>
    /// <param name="events">Where its logs go.</param>
    /// <param name="time">The clock.</param>
    /// <param name="adaptive">Looks at the town while it runs; null for nobody.</param>
    public TownFeed(Town town, LiveEvents events, TimeProvider time, AdaptiveTown? adaptive = null)
    {
        (Town, _events, _time, _adaptive) = (town, events, time, adaptive);
        _outage = new TownOutage(town.Signals[^1].Signal);
    }

    public Town Town { get; }

    /// <summary>How much of the past is done, 0-1; 1 when live.</summary>
    public double Progress { get; private set; }

    /// <summary>Makes the town whose log begins <see cref="PastDays"/> before today.</summary>
    public static Town CreateTown(ulong seed, TimeProvider time)
    {
        var clock = ZoneRules.For(Zone).Map;
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        return Town.Create(seed, Town.MaxSignals, clock, clock.BinAt(nowMs - (PastDays * DayMs), DayMs).StartMs, FaultRounds);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var startMs = Town.LocalTime.BinAt(_time.GetUtcNow().ToUnixTimeMilliseconds() - (PastDays * DayMs), DayMs).StartMs;
        await Task.Yield();
        _adaptive?.Begin(startMs);
        var simulation = new TownSimulation(Town, startMs);
        while (NowMs() - simulation.TimeMs > HourMs)
        {
            await AdvanceAsync(simulation, simulation.TimeMs + HourMs, isLive: false, stoppingToken).ConfigureAwait(false);
            Progress = (double)(simulation.TimeMs - startMs) / Math.Max(1, NowMs() - startMs);
        }

        using var second = new PeriodicTimer(TimeSpan.FromSeconds(1), _time);
        do
        {
            await AdvanceAsync(simulation, NowMs(), isLive: true, stoppingToken).ConfigureAwait(false);
            _adaptive?.Follow(simulation);
            Progress = 1;
        }
        while (await second.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
    }

    private long NowMs()
    {
        var nowMs = _time.GetUtcNow().ToUnixTimeMilliseconds();
        return nowMs - (nowMs % 100);
    }

    private async Task AdvanceAsync(TownSimulation simulation, long toMs, bool isLive, CancellationToken stop)
    {
        simulation.Advance(toMs, (signal, events) =>
        {
            if (isLive)
            {
                _adaptive?.Take(signal, events, toMs);
            }

            Take(signal, events, isLive && _outage.Holds(signal, toMs), stop);
        });
        await Task.WhenAll(_writing).ConfigureAwait(false);
        _writing.Clear();
    }

    private void Take(SignalId signal, ReadOnlySpan<ControllerEvent> events, bool isLost, CancellationToken stop)
    {
        if (isLost)
        {
            _withheld.AddRange(events);
            return;
        }

        ControllerEvent[] delivered = signal == _outage.Signal && _withheld.Count > 0 ? [.. _withheld, .. events] : events.ToArray();
        if (signal == _outage.Signal)
        {
            _withheld.Clear();
        }

        if (delivered.Length > 0)
        {
            _writing.Add(_events.AppendAsync(signal, Zone, delivered, stop).AsTask());
        }
    }
}

/// <summary>When one cabinet of the town cannot be reached: the last quarter of an hour of every second hour.</summary>
internal sealed record TownOutage(SignalId Signal)
{
    private const long EveryMs = 2 * 3_600_000;
    private const long LengthMs = 15 * 60_000;

    public bool Holds(SignalId signal, long atMs) => signal == Signal && atMs % EveryMs >= EveryMs - LengthMs;
}
