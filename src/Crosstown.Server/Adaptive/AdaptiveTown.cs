using System.Diagnostics;
using System.Globalization;
using Crosstown.Control.Cabinets;
using Crosstown.Core.Controllers;
using Crosstown.Core.Events;
using Crosstown.Core.Street;
using Crosstown.Server.Api;
using Crosstown.Server.Retiming;
using Crosstown.Server.Towns;
using Crosstown.Simulation.Towns;
using Microsoft.Extensions.DependencyInjection;

namespace Crosstown.Server.Adaptive;

/// <summary>Two copies of the made-up town, one under its plan and one under adaptive control, side by side in the town's clock. And hours of its past day tried in the background.</summary>
/// <remarks>
/// The first copy is the town whose logs the server takes in, the second is heard by nobody else. Both begin alike; vehicles and walkers from outside come to both at the same moments. All that
/// moves them is called by the feed, one second after the other, on its thread; readers take the answer that was made last.
/// </remarks>
internal sealed class AdaptiveTown : IDisposable
{
    /// <summary>Days in shadow before anything may be asked of a signal on a street (rule C15). The made-up town harms nobody, so it asks for none.</summary>
    public const int CleanDaysNeeded = 7;

    private const int StepMs = 60_000;

    private static readonly AdaptiveTrialAnswer s_noTrial = new(null, 0, "", AdaptiveTrial.Runs, 0, []);

    private readonly Town _town;
    private readonly TimeProvider _time;
    private readonly IServiceProvider _services;
    private readonly IReadOnlyList<Corridor> _corridors;
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<SignalId, Watched> _watched = [];
    private readonly Lock _one = new();
    private volatile TownSimulation? _arrived;
    private TownSimulation? _second;
    private TownAdvisers? _ofTown;
    private TownAdvisers? _ofSecond;
    private AdaptiveMode _running = AdaptiveMode.Off;
    private bool _hasTried;
    private volatile int _wanted = (int)AdaptiveMode.Shadow;
    private long _sinceMs;
    private long _ticks;
    private long _asked;
    private volatile AdaptiveAnswer _answer;
    private volatile AdaptiveBarsAnswer _bars = new(0, null, []);
    private AdaptiveTrialAnswer _trial = s_noTrial;

    /// <param name="town">The town.</param>
    /// <param name="time">The clock.</param>
    /// <param name="services">The board of retiming is looked up here: its study goes first.</param>
    public AdaptiveTown(Town town, TimeProvider time, IServiceProvider services)
    {
        (_town, _time, _services) = (town, time, services);
        _corridors = TownCorridors.ListAll(town);
        foreach (var signal in town.Signals)
        {
            _watched[signal.Signal] = new Watched(signal.Program);
        }

        _answer = Nothing(isTown: true, AdaptiveMode.Shadow);
    }

    /// <summary>Where it stands.</summary>
    public AdaptiveAnswer Answer
    {
        get
        {
            lock (_one)
            {
                return _answer with { Mode = (AdaptiveMode)_wanted, Trial = _trial };
            }
        }
    }

    /// <summary>What the signals showed in the last minutes.</summary>
    public AdaptiveBarsAnswer Bars => _bars;

    /// <summary>What adaptive control may do from the next second on.</summary>
    public AdaptiveMode Mode
    {
        get => (AdaptiveMode)_wanted;
        set => _wanted = (int)value;
    }

    /// <summary>The answer where there is no made-up town.</summary>
    public static AdaptiveAnswer Nothing(bool isTown, AdaptiveMode mode) => new(isTown, mode, false, null, null, CleanDaysNeeded, null, [], [], null, s_noTrial);

    /// <summary>Tries hours of the last weekday before today in the background, below everything else.</summary>
    /// <returns>False while a trial runs.</returns>
    public bool BeginTrial()
    {
        lock (_one)
        {
            if (_trial.State == "running")
            {
                return false;
            }

            _trial = s_noTrial with { State = "running" };
        }

        var started = _time.GetTimestamp();
        const long DayMs = 86_400_000;
        var clock = _town.LocalTime;
        var dayMs = clock.BinAt(clock.BinAt(_time.GetUtcNow().ToUnixTimeMilliseconds(), DayMs).StartMs - (DayMs / 2), DayMs).StartMs;
        while (DateTime.UnixEpoch.AddMilliseconds(clock.ToLocalMs(dayMs)).DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday)
        {
            dayMs = clock.BinAt(dayMs - (DayMs / 2), DayMs).StartMs;
        }

        _ = LowPriority.RunAsync("adaptive trial", () =>
        {
            try
            {
                new AdaptiveTrial(_town, _corridors, dayMs).Run(
                    answer =>
                    {
                        lock (_one)
                        {
                            _trial = answer with { TookS = Math.Round(_time.GetElapsedTime(started).TotalSeconds, 1) };
                        }
                    },
                    _stop.Token);
            }
            catch (OperationCanceledException)
            {
                lock (_one)
                {
                    _trial = s_noTrial;
                }
            }

            return true;
        });
        return true;
    }

    /// <summary>The feed begins: the second copy sets out from the same moment, on a thread of its own below all others.</summary>
    public void Begin(long startMs) => _ = LowPriority.RunAsync("second town", () =>
    {
        var second = new TownSimulation(_town, startMs);
        while (_time.GetUtcNow().ToUnixTimeMilliseconds() - second.TimeMs > StepMs && !_stop.IsCancellationRequested)
        {
            second.Advance(second.TimeMs + StepMs, static (_, _) => { });
        }

        _arrived = second;
        return true;
    });

    /// <summary>The cabinets of the first copy have logged something.</summary>
    public void Take(SignalId signal, ReadOnlySpan<ControllerEvent> events, long nowMs) => _watched[signal].First.Take(events, nowMs);

    /// <summary>The first copy has come to the present.</summary>
    public void Follow(TownSimulation first)
    {
        if (_second is null)
        {
            if (_arrived is not { } arrived)
            {
                return;
            }

            _second = arrived;
        }

        _second.Advance(first.TimeMs, (signal, events) => _watched[signal].Second.Take(events, first.TimeMs));
        var wanted = (AdaptiveMode)_wanted;
        if (_sinceMs == 0 || wanted != _running)
        {
            Change(first, wanted);
        }

        Tell(first);
        if (!_hasTried && _services.GetService<RetimingBoard>() is not { Status.EndedMs: null })
        {
            _hasTried = true;
            BeginTrial();
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }

    private void Change(TownSimulation first, AdaptiveMode mode)
    {
        _running = mode;
        _sinceMs = first.TimeMs;
        (_ticks, _asked) = (0, 0);
        _ofTown = mode == AdaptiveMode.Off ? null : NewAdvisers(first, mayAsk: mode == AdaptiveMode.Live);
        _ofSecond = mode == AdaptiveMode.Shadow ? NewAdvisers(first, mayAsk: true) : null;
        first.Adviser = _ofTown is null ? null : Timed(_ofTown);
        _second!.Adviser = _ofSecond is null ? null : Timed(_ofSecond);
        first.BeginCount();
        _second.BeginCount();
        foreach (var watched in _watched.Values)
        {
            watched.Begin();
        }
    }

    private TownAdvisers NewAdvisers(TownSimulation first, bool mayAsk) => new(_town, first.TimeMs, first.StartMs - TownSimulation.WarmUpMs) { MayAsk = mayAsk };

    private AdviseTown Timed(TownAdvisers advisers) => (in view) =>
    {
        var begun = Stopwatch.GetTimestamp();
        var order = advisers.Advise(view);
        _ticks += Stopwatch.GetTimestamp() - begun;
        _asked++;
        return order;
    };

    private void Tell(TownSimulation first)
    {
        var (ofFirst, ofSecond) = (first.ListCounts(), _second!.ListCounts());
        var (plan, adaptive) = _running == AdaptiveMode.Live ? (ofSecond, ofFirst) : (ofFirst, ofSecond);
        var asking = _running == AdaptiveMode.Live ? _ofTown : _ofSecond;
        var elapsedS = Math.Max(1, (first.TimeMs - _sinceMs) / 1000.0);
        var signals = new List<AdaptiveSignal>();
        foreach (var signal in _town.Signals.Select(s => s.Signal))
        {
            var watched = _watched[signal];
            var adviser = asking?.Of(signal);
            watched.Note(adviser, first.TimeMs);
            signals.Add(new AdaptiveSignal(
                signal.Value, PairOf(plan, adaptive, [signal]), _running == AdaptiveMode.Shadow ? WishOf(_ofTown!.Of(signal)) : null,
                adviser is null || adviser.Pause == CabinetPause.None ? null : EnumWord.Of(adviser.Pause), watched.Pauses, Math.Min(1, watched.PausedMs / 1000.0 / elapsedS), adviser?.Refused ?? 0));
        }

        _answer = new AdaptiveAnswer(
            true, _running, true, first.TimeMs, _sinceMs, CleanDaysNeeded, PairOf(plan, adaptive, null),
            [.. _corridors.Select(c => new AdaptiveStreet(c.Id, PairOf(plan, adaptive, [.. c.Signals.Select(s => s.Signal)])))], signals,
            _asked == 0 ? null : Math.Round(Stopwatch.GetElapsedTime(0, _ticks).TotalMilliseconds / _asked, 3), s_noTrial);
        _bars = new AdaptiveBarsAnswer(first.TimeMs - PhaseBars.KeptMs, first.TimeMs, [.. _town.Signals.Select(BarsOf)]);
    }

    private AdaptiveBars BarsOf(TownSignal signal)
    {
        var watched = _watched[signal.Signal];
        var (first, second) = (watched.First.List(), watched.Second.List());
        return new AdaptiveBars(
            signal.Signal.Value, [.. signal.Program.Phases.Where(p => p.IsCoordinated).Select(p => p.Number)], _running == AdaptiveMode.Live ? second : first, _running == AdaptiveMode.Live ? first : second);
    }

    private static AdaptivePair PairOf(
        IReadOnlyList<(SignalId Signal, SignalCount Count, double WaitedS)> plan, IReadOnlyList<(SignalId Signal, SignalCount Count, double WaitedS)> adaptive, HashSet<SignalId>? signals) =>
        new(AdaptiveSums.FiguresOf(plan.Where(c => signals is null || signals.Contains(c.Signal))), AdaptiveSums.FiguresOf(adaptive.Where(c => signals is null || signals.Contains(c.Signal))));

    /// <summary>The wish in words; null where the greens would stay, or nothing can be asked.</summary>
    private static string? WishOf(CabinetAdviser adviser)
    {
        var (ending, coming) = (adviser.Greens & ~adviser.Wish, adviser.Wish & ~adviser.Greens);
        return adviser.Wish == 0 ? null : ending == 0 ? $"keep {Numbers(adviser.Greens)}" : $"end {Numbers(ending)}, for {Numbers(coming)}";
    }

    private static string Numbers(uint phases)
    {
        var numbers = new List<string>();
        while (phases != 0)
        {
            numbers.Add(Bits.TakeFirst(ref phases).ToString(CultureInfo.InvariantCulture));
        }

        return string.Join(" and ", numbers);
    }

    private sealed class Watched(ControllerProgram program)
    {
        private long _lookedMs;
        private bool _isPaused;

        public PhaseBars First { get; } = new(program);

        public PhaseBars Second { get; } = new(program);

        public int Pauses { get; private set; }

        public long PausedMs { get; private set; }

        public void Begin() => (Pauses, PausedMs, _lookedMs, _isPaused) = (0, 0, 0, false);

        public void Note(CabinetAdviser? adviser, long nowMs)
        {
            var isPaused = adviser is not null && adviser.Pause != CabinetPause.None;
            PausedMs += isPaused && _lookedMs != 0 ? nowMs - _lookedMs : 0;
            Pauses += isPaused && !_isPaused ? 1 : 0;
            (_isPaused, _lookedMs) = (isPaused, nowMs);
        }
    }
}
