using System.Collections.Concurrent;
using System.Threading.Channels;
using Crosstown.Core.Street;
using Crosstown.Logs.Store;
using Crosstown.Server.City;
using Crosstown.Server.Hosting;
using Crosstown.Server.Operations;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Crosstown.Server.Learning;

/// <summary>Where learning a signal stands.</summary>
/// <param name="Ahead">Signals that are learned before it; 0 unless it waits.</param>
internal readonly record struct LearnStanding(ProposalState State, int Ahead);

/// <summary>Learns signals in the background, one at a time and with low priority, so that nobody waits for it.</summary>
/// <remarks>
/// Signals that have events and no configuration are learned by themselves: once their log is an hour long, and again when it has become four times as
/// long, until there are <see cref="Measures.Learning.SignalLearner.MostEvents"/> events, beyond which a proposal does not change much.
/// </remarks>
internal sealed class LearnQueue(LiveEvents events, CityModel city, ServerSettings settings, TimeProvider time, ILogger<LearnQueue> log) : BackgroundService
{
    /// <summary>The shortest log that a proposal is made from by itself: an hour tells something.</summary>
    public const long ShortestLogMs = 3_600_000;

    private const int GrownBy = 4;
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(30);

    private readonly Channel<SignalId> _waiting = Channel.CreateUnbounded<SignalId>();
    private readonly ConcurrentDictionary<SignalId, ProposalState> _states = new();
    private readonly ConcurrentDictionary<SignalId, Proposal> _proposals = new();
    private readonly ConcurrentDictionary<SignalId, byte> _looked = new();
    private readonly ProposalFiles _files = new(settings.Data);

    /// <summary>Puts a signal into the queue; nothing happens when it is there already.</summary>
    public void Ask(SignalId signal)
    {
        var before = _states.GetValueOrDefault(signal);
        if (before is not (ProposalState.Queued or ProposalState.Running))
        {
            _states[signal] = ProposalState.Queued;
            _waiting.Writer.TryWrite(signal);
        }
    }

    public LearnStanding StandingOf(SignalId signal)
    {
        if (_states.TryGetValue(signal, out var state))
        {
            return new LearnStanding(state, state == ProposalState.Queued ? _states.Values.Count(s => s is ProposalState.Queued or ProposalState.Running) - 1 : 0);
        }

        return new LearnStanding(Find(signal) is null ? ProposalState.None : ProposalState.Ready, 0);
    }

    /// <summary>The newest proposal of a signal, also while a newer one is being learned; null when there is none.</summary>
    public Proposal? Find(SignalId signal)
    {
        if (_looked.TryAdd(signal, 0) && _files.Find(signal) is { } kept)
        {
            _proposals.TryAdd(signal, kept);
        }

        return _proposals.GetValueOrDefault(signal);
    }

    /// <summary>Asks for proposals of the signals that have none yet, or whose log has grown much since.</summary>
    public void AskForUnknown()
    {
        foreach (var signal in events.ListSignals())
        {
            if (city.Now.Current.TryGetValue(signal, out var c) && (c.Detectors.Length > 0 || c.Phases.Length > 0))
            {
                continue;
            }

            var lengthMs = events.FindRange(signal)?.LengthMs ?? 0;
            var known = Find(signal)?.Learned;
            var isDue = known is null
                ? lengthMs >= ShortestLogMs
                : known.Events < Measures.Learning.SignalLearner.MostEvents && lengthMs >= GrownBy * known.Log.LengthMs;
            if (isDue && _states.GetValueOrDefault(signal) != ProposalState.Failed)
            {
                Ask(signal);
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var looking = LookAsync(stoppingToken);
        try
        {
            await foreach (var signal in _waiting.Reader.ReadAllAsync(stoppingToken))
            {
                _states[signal] = ProposalState.Running;
                _states[signal] = await LearnAsync(signal);
            }
        }
        catch (OperationCanceledException)
        {
            await looking;
        }
    }

    private async Task LookAsync(CancellationToken stop)
    {
        try
        {
            using var timer = new PeriodicTimer(s_look, time);
            do
            {
                AskForUnknown();
            }
            while (await timer.WaitForNextTickAsync(stop));
        }
        catch (OperationCanceledException)
        {
            log.LogDebug(LogEvents.LearningStopped, "Learning stopped with the server.");
        }
    }

    /// <summary>On a thread of its own: learning takes a second of one core for a busy signal, and requests come first.</summary>
    private Task<ProposalState> LearnAsync(SignalId signal)
    {
        var done = new TaskCompletionSource<ProposalState>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() => done.SetResult(Learn(signal))) { IsBackground = true, Priority = ThreadPriority.BelowNormal, Name = "learn" };
        thread.Start();
        return done.Task;
    }

    private ProposalState Learn(SignalId signal)
    {
        try
        {
            if (LearnRun.Run(events, signal) is not { } learned)
            {
                return ProposalState.None;
            }

            var proposal = new Proposal(time.GetUtcNow().ToUnixTimeMilliseconds(), learned);
            _looked.TryAdd(signal, 0);
            _proposals[signal] = proposal;
            _files.Keep(proposal);
            return ProposalState.Ready;
        }
#pragma warning disable CA1031 // One signal's odd log must not end the server, which would lose the live path of all others.
        catch (Exception e)
#pragma warning restore CA1031
        {
            log.LogWarning(LogEvents.LearningFailed, "Learning signal {Signal} failed: {Reason}", signal.Value, e.GetType().Name);
            return ProposalState.Failed;
        }
    }
}
