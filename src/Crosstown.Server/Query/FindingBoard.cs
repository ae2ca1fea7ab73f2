using System.Collections.Concurrent;
using System.Collections.Immutable;
using Crosstown.Core.Street;
using Crosstown.Logs.Store;
using Crosstown.Server.City;
using Crosstown.Server.Live;
using Crosstown.Server.Measuring;
using Microsoft.Extensions.Hosting;

namespace Crosstown.Server.Query;

/// <summary>All findings at one moment.</summary>
/// <param name="Version">Rises with each change within one run of the program.</param>
/// <param name="CheckedMs">When all signals had been looked at, ms UTC; the server's clock.</param>
/// <param name="Pending">Signals that have not been looked at yet, as just after a start.</param>
internal sealed record FindingSnapshot(ImmutableArray<Finding> All, long Version, long CheckedMs, int Pending);

/// <summary>Looks at every signal in the background and keeps what looks wrong, so that the list is there at once when somebody asks.</summary>
/// <remarks>
/// A signal whose class changed is looked at within seconds; one whose log goes on, every five minutes; any, every quarter of an hour, when its bins end.
/// </remarks>
internal sealed class FindingBoard : BackgroundService
{
    private static readonly TimeSpan s_beat = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_changedAfter = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan s_anyAfter = TimeSpan.FromMinutes(15);

    /// <summary>When so many of the signals fall silent together, the cause is what they share.</summary>
    private const double ShareOfAll = 0.6;

    private const int LeastOfAll = 4;

    private readonly ConcurrentDictionary<SignalId, Looked> _looked = new();
    private readonly ConcurrentDictionary<SignalId, byte> _changed = new();
    private readonly FindingSearch _search;
    private readonly LiveEvents _events;
    private readonly SignalStates _states;
    private readonly CityModel _city;
    private readonly LiveStream _stream;
    private readonly Snoozes _snoozes;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _turn = new(1);
    private volatile FindingSnapshot _now;

    public FindingBoard(
        FindingSearch search, LiveEvents events, SignalStates states, CityModel city, LiveStream stream, Snoozes snoozes, LiveMeasures live, KeptMeasures kept, TimeProvider time)
    {
        (_search, _events, _states, _city, _stream, _snoozes, _time) = (search, events, states, city, stream, snoozes, time);
        _now = new FindingSnapshot([], 0, time.GetUtcNow().ToUnixTimeMilliseconds(), events.ListSignals().Length);
        live.Changed += signal => _changed[signal] = 0;
        kept.Closed += (signal, _) => _changed[signal] = 0;
    }

    /// <summary>The findings as they were found last.</summary>
    public FindingSnapshot Now => _now;

    /// <summary>Looks at the signals that are due.</summary>
    /// <param name="isAll">Looks at all of them.</param>
    public async Task LookAsync(bool isAll, CancellationToken stop)
    {
        await _turn.WaitAsync(stop);
        try
        {
            var city = _city.Now;
            var signals = city.Current.Keys.Union(_events.ListSignals()).Order().ToArray();
            var isAnyNew = false;
            foreach (var signal in signals)
            {
                stop.ThrowIfCancellationRequested();
                var shown = _states.StatusOf(signal).Class;
                if (!isAll && !IsDue(signal, shown, city.Version))
                {
                    continue;
                }

                _changed.TryRemove(signal, out _);
                _looked[signal] = new Looked(_search.Find(signal, city.Current.GetValueOrDefault(signal)), shown, city.Version, _time.GetTimestamp());
                isAnyNew = true;
            }

            foreach (var gone in _looked.Keys.Except(signals).ToArray())
            {
                isAnyNew |= _looked.TryRemove(gone, out _);
            }

            if (isAnyNew)
            {
                Publish(signals);
            }

            _stream.TellFindings(_now.All.Count(f => _snoozes.Find(f.Id) is null));
        }
        finally
        {
            _turn.Release();
        }
    }

    public override void Dispose()
    {
        _turn.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        using var timer = new PeriodicTimer(s_beat, _time);
        do
        {
            await LookAsync(isAll: false, stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private bool IsDue(SignalId signal, SignalClass shown, long cityVersion) =>
        !_looked.TryGetValue(signal, out var looked)
        || looked.Shown != shown
        || looked.CityVersion != cityVersion
        || _time.GetElapsedTime(looked.At) >= (_changed.ContainsKey(signal) ? s_changedAfter : s_anyAfter);

    private void Publish(SignalId[] signals)
    {
        var all = signals.Where(_looked.ContainsKey).SelectMany(s => _looked[s].Found).ToList();
        var silent = all.Where(f => f.Kind == FindingKind.Silent).ToArray();
        if (silent.Length >= LeastOfAll && silent.Length >= ShareOfAll * signals.Length)
        {
            // One network or one source is behind them: a list of them all would hide what else is wrong.
            all.RemoveAll(silent.Contains);
            all.Add(new Finding(FindingKind.AllSilent, "", null, silent.Max(f => f.SinceMs), silent.Max(f => f.LastMs), 1, silent.Length, Math.Ceiling(ShareOfAll * signals.Length), [], null));
        }

        _now = new FindingSnapshot(
            [.. all.OrderBy(f => f.Kind.Severity).ThenByDescending(f => f.LastMs).ThenBy(f => f.SinceMs).ThenBy(f => f.Id, StringComparer.Ordinal)],
            _now.Version + 1, _time.GetUtcNow().ToUnixTimeMilliseconds(), signals.Length - signals.Count(_looked.ContainsKey));
    }

    private sealed record Looked(IReadOnlyList<Finding> Found, SignalClass Shown, long CityVersion, long At);
}
