using System.Collections.Concurrent;
using Crosstown.Server.Live;
using Crosstown.Server.Operations;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Crosstown.Server.Polling;

/// <summary>Reads all sources, each on its own beat and within its own limits, so that none delays another (rule R11).</summary>
internal sealed class PollScheduler(
    SourceCatalog catalog, SourceRules rules, SignalStates states, IReadOnlyDictionary<SourceKind, IPoller> pollers, PollLimits limits, EventIntake intake, TimeProvider time,
    ILogger<PollScheduler> logger) : BackgroundService
{
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_betweenSaves = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<long, SourceRun> _runs = new();
    private readonly PollLane _network = new(limits.QuickPlaces, limits.AsidePlaces, limits.SuspectPlaces);
    private readonly PollLane _programs = new(
        Math.Max(1, limits.QuickPlaces / limits.ProgramDivisor), Math.Max(1, limits.AsidePlaces / limits.ProgramDivisor), Math.Max(1, limits.SuspectPlaces / limits.ProgramDivisor));

    private readonly SharedBytes _shared = new(limits.SharedBytes);
    private readonly CancellationTokenSource _stop = new();
    private int _running;

    /// <summary>Readings that run now.</summary>
    public int RunningCount => Volatile.Read(ref _running);

    /// <summary>How a source does; null when it is not known.</summary>
    public SourceStatus? StatusOf(long id) => _runs.TryGetValue(id, out var run) ? run.Describe() : null;

    /// <summary>Takes the sources as they are kept now.</summary>
    public void Reload()
    {
        var sources = catalog.List();
        var positions = catalog.ListPositions();
        foreach (var (id, run) in _runs)
        {
            if (sources.All(s => s.Id != id) && _runs.TryRemove(id, out _))
            {
                states.Of(run.Source.Signal).Promise(0);
            }
        }

        foreach (var source in sources)
        {
            var run = _runs.GetOrAdd(source.Id, id => new SourceRun(source, positions.GetValueOrDefault(id), limits, time));
            if (run.Source.Signal != source.Signal)
            {
                states.Of(run.Source.Signal).Promise(0);
            }

            run.Replace(source);
            states.Of(source.Signal).Promise(source.IsEnabled ? (long)source.Interval.TotalMilliseconds : 0);
        }
    }

    /// <summary>Starts what is due, as far as places are free.</summary>
    public void Tick()
    {
        var now = time.GetTimestamp();
        foreach (var (_, run) in _runs)
        {
            if (run.TryBegin(now))
            {
                LaneOf(run).Enqueue(run);
            }
        }

        Start(_network);
        Start(_programs);
    }

    /// <summary>Reads a source once, out of turn; null when it is not known, or being read right now.</summary>
    public async Task<PollAnswer?> TestAsync(long id, CancellationToken stop)
    {
        if (!_runs.TryGetValue(id, out var run) || !run.TryBegin())
        {
            return null;
        }

        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, _stop.Token);
        var answer = await PollAsync(run, either.Token);
        End(run, answer);
        return answer;
    }

    /// <summary>Saves how far sources were read.</summary>
    public async Task SaveAsync(CancellationToken stop)
    {
        var unsaved = _runs.Select(r => (r.Key, Position: r.Value.TakeUnsavedPosition())).Where(p => p.Position is not null).Select(p => (p.Key, p.Position!)).ToArray();
        if (unsaved.Length > 0)
        {
            await catalog.SavePositionsAsync(unsaved, stop);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await _stop.CancelAsync();
        while (RunningCount > 0 && !cancellationToken.IsCancellationRequested)
        {
            await Task.Delay(s_tick, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await SaveQuietlyAsync();
    }

    public override void Dispose()
    {
        _stop.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        Reload();
        using var timer = new PeriodicTimer(s_tick, time);
        var savedAt = time.GetTimestamp();
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            Tick();
            if (time.GetElapsedTime(savedAt) >= s_betweenSaves)
            {
                savedAt = time.GetTimestamp();
                await SaveQuietlyAsync();
            }
        }
    }

    private PollLane LaneOf(SourceRun run) => run.Source.Kind is SourceKind.Ftp or SourceKind.Sftp ? _programs : _network;

    private void Start(PollLane lane)
    {
        while (!_stop.IsCancellationRequested && lane.Next() is var (run, place))
        {
            Interlocked.Increment(ref _running);
            _ = Task.Run(() => RunAsync(lane, run, place));
        }
    }

    private async Task RunAsync(PollLane lane, SourceRun run, PollPlace place)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        var polling = PollAsync(run, stop.Token);
        if (place == PollPlace.Quick && await Task.WhenAny(polling, Task.Delay(limits.Quick, time, stop.Token)) != polling)
        {
            var hasPlace = lane.TryMoveAside();
            Start(lane);
            if (hasPlace)
            {
                place = PollPlace.Aside;
                End(run, await polling);
                lane.Leave(place);
            }
            else
            {
                await stop.CancelAsync();
                End(run, await polling);
            }
        }
        else
        {
            var answer = await polling;
            await stop.CancelAsync();
            End(run, answer);
            lane.Leave(place);
        }

        Interlocked.Decrement(ref _running);
        Start(lane);
    }

    private void End(SourceRun run, PollAnswer answer)
    {
        run.End(answer);
        var state = states.Of(run.Source.Signal);
        if (answer.Problem is { } problem)
        {
            state.Fail(problem.Message);
        }
        else
        {
            state.Hear();
        }
    }

    private async Task<PollAnswer> PollAsync(SourceRun run, CancellationToken stop)
    {
        var source = run.Source;
        run.Started();
        using var deadline = new CancellationTokenSource(limits.Whole, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, deadline.Token);
        var context = new PollContext(source, rules.ZoneOf(source) ?? "UTC", run.Memory, limits, _shared, intake, time, either.Token);
        try
        {
            await pollers[source.Kind].PollAsync(context);
            return context.Answer(null);
        }
        catch (PollException e)
        {
            return context.Answer(e.At(source));
        }
        catch (OperationCanceledException)
        {
            return context.Answer(new PollException("XT340", $"The controller took longer than {limits.Whole.TotalSeconds:0.#} s, or the reading was given up for others.").At(source));
        }
        catch (Exception e)
        {
            // Whatever one controller's answer brings about must not end the others' readings. The text may hold an address, so that only the kind is logged.
            logger.LogError(LogEvents.PollingFailed, "Reading the {Source} failed in an unexpected way: {Kind}", source.Name, e.GetType().Name);
            return context.Answer(new PollException("XT343", "What came could not be read; the server's log says more.").At(source));
        }
    }

    private async Task SaveQuietlyAsync()
    {
        try
        {
            await SaveAsync(CancellationToken.None);
        }
        catch (IOException e)
        {
            logger.LogWarning(LogEvents.PositionsNotSaved, "How far sources were read is not saved: {Kind}. After a start some is read again.", e.GetType().Name);
        }
    }
}
